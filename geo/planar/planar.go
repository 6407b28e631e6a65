// Package planar cuts the plane along lines: it finds where they cross, walks the
// faces between them, says which face a point is in, and joins faces into areas
// whose neighbours share every vertex of their border.
//
// Positions are whole numbers of 1e-9 degrees, about 0.1 mm, so that every answer
// is exact: no crossing is missed and no point falls between two faces. Lines are
// straight in longitude and latitude. Edges may be no longer than MaxEdge.
//
// A Mesh and a Locator are built once, then only read; they may be shared between
// goroutines.
package planar

import (
	"cmp"
	"errors"
	"math"

	"github.com/paulmach/orb"
)

// Unit is how many units make a degree. A position of OpenStreetMap, in 1e-7
// degrees, is a whole number of them.
const Unit = 1_000_000_000

// MaxEdge is the longest an edge may be along either axis: one degree. It keeps
// products of two differences, doubled, inside 64 bits.
const MaxEdge = Unit

// Errors of lines that this package cannot work with.
var (
	ErrPosition = errors.New("position is not on earth")
	ErrTooLong  = errors.New("edge is longer than a degree: add points to it")
	ErrTangled  = errors.New("lines cross each other far too often")
)

// A Point is a position in 1e-9 degrees: X is the longitude, Y the latitude.
type Point struct{ X, Y int64 }

// At rounds p to the nearest unit. It is false for a position that is not on
// earth, NaN among them.
func At(p orb.Point) (Point, bool) {
	if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
		return Point{}, false
	}
	return Point{int64(math.Round(p[0] * Unit)), int64(math.Round(p[1] * Unit))}, true
}

// Orb gives the position in degrees. At takes it back to the same Point.
func (p Point) Orb() orb.Point { return orb.Point{float64(p.X) / Unit, float64(p.Y) / Unit} }

// compare orders points from west to east, then from south to north.
func compare(a, b Point) int {
	if c := cmp.Compare(a.X, b.X); c != 0 {
		return c
	}
	return cmp.Compare(a.Y, b.Y)
}

// orient is positive when c lies left of the line from a to b, negative when it
// lies right of it, 0 on it. Differences must stay below 2*MaxEdge or so.
func orient(a, b, c Point) int64 {
	return (b.X-a.X)*(c.Y-a.Y) - (b.Y-a.Y)*(c.X-a.X)
}

// A Line is what a mesh is made of: a run of edges, closed where its last point
// is its first. Points that repeat are passed over.
type Line struct{ Points []Point }
