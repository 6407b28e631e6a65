// Package street is the street network: junctions, the segments between them,
// what may use which of them in which direction, turn restrictions and names.
//
// A Network is built once, from Parts, and then only read; it may be shared
// between goroutines. To change it, build the next one and swap a pointer.
//
// Terms and tag values are OpenStreetMap's. A segment is the part of one way
// between two junctions; forward means along the way as it is drawn. Positions
// are WGS 84 in OSM's own fixed point (1e-7 degree), lengths metres, speeds
// km/h.
package street

import (
	"math"

	"github.com/paulmach/orb"
)

// Fixed is a position in 1e-7 degrees, longitude first: OSM's own precision,
// about 1 cm, in half the room of an orb.Point.
type Fixed struct{ Lon, Lat int32 }

// Point gives the position as an orb.Point.
func (f Fixed) Point() orb.Point {
	return orb.Point{float64(f.Lon) / 1e7, float64(f.Lat) / 1e7}
}

// FixedPoint rounds p to the nearest 1e-7 degree. p must be a position on earth.
func FixedPoint(p orb.Point) Fixed {
	return Fixed{int32(math.Round(p[0] * 1e7)), int32(math.Round(p[1] * 1e7))}
}

// A JunctionID numbers the junctions of one Network from 0.
type JunctionID uint32

// A SegmentID numbers the segments of one Network from 0.
type SegmentID uint32

// A Junction is a node where segments meet or end, or where a barrier stands.
type Junction struct {
	At      Fixed
	Node    int64    // OSM node id
	Blocked Vehicles // who cannot pass the barrier that stands here, by its tags that always hold
	Flags   JunctionFlags
	Rules   RuleID // hours and limits of the barrier; 0 = none
}

// JunctionFlags tell what stands at a junction.
type JunctionFlags uint8

// What may stand at a junction.
const (
	Signals  JunctionFlags = 1 << iota // highway=traffic_signals
	Crossing                           // highway=crossing
	Stop                               // highway=stop
	Gate                               // a barrier that opens: gate, lift_gate, swing_gate
	Pier                               // where one may board: a ferry or a waterway meets the streets
)

// Vehicles is a set of vehicle classes, as OSM's access tags tell them apart.
type Vehicles uint16

// The vehicle classes. A profile of routing/path belongs to one of them.
const (
	Foot       Vehicles = 1 << iota
	Bicycle             // bicycles and e-bikes
	Motorcycle          // motorcycles and mopeds
	Car
	Goods // hgv: lorries over 3.5 t, so tow trucks and sanitation trucks
	Bus
	Emergency
	Boat

	AllVehicles = Foot | Bicycle | Motorcycle | Car | Goods | Bus | Emergency | Boat
	Motor       = Motorcycle | Car | Goods | Bus | Emergency
)

// A Segment is the part of a way between two junctions.
type Segment struct {
	Way      int64      // OSM way id
	From, To JunctionID // forward is from From to To
	Shape    uint32     // index of its first point in Parts.Shape
	Points   uint32     // how many points, both ends included, so at least 2
	LengthM  float32    // length along its points
	Name     NameID     // 0 = no name
	Rules    RuleID     // conditional access and limits; 0 = none

	Forward, Backward Vehicles // who may travel along it in that direction
	Private           Vehicles // of those, who may only to reach a place on it (access=private, destination, permit...)

	SpeedForward, SpeedBackward uint8 // posted maxspeed in km/h; 0 = not tagged

	Class    Class
	Surface  Surface
	Sidewalk Sides // tagged sidewalks; 0 = none tagged
	Lanes    uint8 // 0 = not tagged
	Layer    int8  // OSM layer, -5..5
	Flags    SegmentFlags
}

// SegmentFlags tell what kind of structure a segment is.
type SegmentFlags uint16

// What a segment may be.
const (
	Bridge SegmentFlags = 1 << iota
	Tunnel
	Roundabout
	Link         // motorway_link, primary_link ...
	Service      // a service road's minor part: driveway, parking_aisle, alley
	Toll         // toll=yes
	Unlit        // lit=no
	SideUnknown  // no sidewalk tag at all, as against sidewalk=no
	Area         // the outline of a highway area, walked along its edge
	Disconnected // not in the network's largest connected part for cars and feet
	Joined       // no way of the map: the importer joined a pier to the waterway beside it
)

// Sides of a segment, seen along its forward direction.
type Sides uint8

// The two sides.
const (
	Left Sides = 1 << iota
	Right
)

// Class is the kind of way: OSM's highway value without _link, or a ferry,
// pier or waterway that somebody can travel along.
type Class uint8

// The classes, from the most important down.
const (
	ClassUnknown Class = iota
	Motorway
	Trunk
	Primary
	Secondary
	Tertiary
	Unclassified
	Residential
	LivingStreet
	ServiceRoad
	Pedestrian
	Track
	Busway
	Cycleway
	Footway
	Bridleway
	Path
	Steps
	Corridor
	Platform
	Ferry
	Waterway
	classes // how many there are
)

// Surface is a coarse reading of OSM's surface and tracktype.
type Surface uint8

// The surfaces.
const (
	SurfaceUnknown Surface = iota
	Paved
	Cobbles
	Gravel
	Ground
	surfaces
)

// A NameID numbers the names of one Network. 0 is "no name".
type NameID uint32

// A Name is what a street is called: Default is OSM's name (or, without one,
// its ref), Ref its road number, and In the names by language code (zh, en ...).
type Name struct {
	Default string
	Ref     string
	In      map[string]string
}

// A RuleID numbers the rule sets of one Network. 0 is "none".
type RuleID uint32

// Rules are the tags of a segment that hold only sometimes or only for some
// sizes. Conditional values are kept as OSM wrote them, by key
// ("access:conditional", "maxspeed:conditional" ...). Beside a condition on access
// or direction stand the plain tags of that kind, too ("access", "hgv", "oneway"
// ...), as they say which of them goes before which; and maxspeed:hgv where there
// is one. Map files made before that lack them.
//
// Those of a barrier (Junction.Rules) have its limits, its conditions on access
// with the plain tags beside them, "opening_hours" and "locked".
type Rules struct {
	MaxHeightM, MaxWidthM, MaxWeightT float32 // 0 = not tagged
	Conditional                       map[string]string
}

// A Restriction bans turns: from one segment over a junction, or over via
// segments, to another. Only = true turns it round: from From over the via, To
// is the only way on.
type Restriction struct {
	From, To SegmentID
	Via      JunctionID  // the junction at the end of From
	ViaWays  []SegmentID // segments between From and To, in order; nil for a via node
	Only     bool
	Except   Vehicles // who need not keep it
	For      Vehicles // who must keep it (restriction:hgv=...); AllVehicles minus Foot by default
	When     string   // opening_hours text of restriction:conditional; "" = always
	Relation int64    // OSM relation id
}

// Parts is what a Network is made of, as the importer collects and the map file
// keeps it. Names[0] and Rules[0] are the empty ones.
type Parts struct {
	Junctions    []Junction
	Segments     []Segment
	Shape        []Fixed
	Names        []Name
	Rules        []Rules
	Restrictions []Restriction
	DrivesLeft   bool // traffic keeps to the left
	// Order lists all segments from the least to the most important, as
	// geo/street/dissect finds it; nil = not known.
	Order []SegmentID
}
