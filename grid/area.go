// Package grid says who answers for which ground: the tree of areas that rights
// are bound to, and plans, which cut the city into responsibility grids.
//
// Positions are WGS 84, longitude first. Ground is straight between its points in
// longitude and latitude, as GeoJSON has it.
package grid

import "github.com/paulmach/orb"

// An AreaID names an area for as long as the bureau exists. 0 is no area.
type AreaID int64

// AreaKind is the level of an area.
type AreaKind string

// The levels, from the top down. The bureau is the one root.
const (
	Bureau    AreaKind = "bureau"
	Town      AreaKind = "town" // street, town or township (街道/镇/乡)
	Community AreaKind = "community"
	Station   AreaKind = "station"
)

// An Area is one node of the bureau's tree of areas.
type Area struct {
	ID       AreaID
	Parent   AreaID // 0 for the bureau alone
	Kind     AreaKind
	Code     string            // administrative code; "" when it has none
	Name     map[string]string // by language: zh-CN, en
	Boundary orb.MultiPolygon  // nil when not drawn yet
	Version  int64             // counts the changes of this area, from 1
}
