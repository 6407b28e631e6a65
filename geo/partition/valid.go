package partition

import (
	"fmt"
	"math"
	"strings"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

// Validate says where an area breaks the rules of OGC Simple Features, which every
// program that will read it keeps to, or nil. It tells the first fault it meets.
func Validate(area orb.MultiPolygon) *Invalid {
	if len(area) == 0 {
		return &Invalid{Reason: "no ground", Mend: "draw its area"}
	}
	for i, poly := range area {
		if len(poly) == 0 {
			return &Invalid{Reason: fmt.Sprintf("polygon %d has no ring", i), Mend: "take it away or draw it", At: first(area)}
		}
		for j, ring := range poly {
			if f := ringFault(ring); f != nil {
				f.Reason = fmt.Sprintf("polygon %d, ring %d: %s", i, j, f.Reason)
				if f.At == nil {
					f.At = first(orb.MultiPolygon{{ring}})
				}
				return f
			}
		}
	}
	if len(area) == 1 && len(area[0]) == 1 && plainlySimple(area[0][0]) {
		return nil
	}
	f := disordered(area)
	if f != nil && f.At == nil {
		f.At = first(area)
	}
	return f
}

// OffEarth is the first position of an area that is not on earth or no number, if there
// is one.
func OffEarth(area orb.MultiPolygon) (at orb.Point, off bool) {
	for _, poly := range area {
		for _, ring := range poly {
			for _, p := range ring {
				if _, on := planar.At(p); !on {
					return p, true
				}
			}
		}
	}
	return at, false
}

// first is the first position on earth, nil without one.
func first(area orb.MultiPolygon) *orb.Point {
	for _, poly := range area {
		for _, ring := range poly {
			for _, p := range ring {
				if _, ok := planar.At(p); ok {
					return &p
				}
			}
		}
	}
	return nil
}

// ringFault says what is wrong with a ring by itself, but for crossings.
func ringFault(ring orb.Ring) *Invalid {
	for k, p := range ring {
		if _, ok := planar.At(p); !ok {
			mend := "positions are degrees, longitude first"
			switch {
			case math.IsNaN(p[0]) || math.IsNaN(p[1]):
			case math.Abs(p[0]) > 360 || math.Abs(p[1]) > 360:
				mend = "export it in WGS 84 degrees, not in metres"
			case math.Abs(p[0]) <= 90:
				mend = "longitude comes first: the two look swapped"
			}
			return &Invalid{Reason: fmt.Sprintf("position %d (%v, %v) is not on earth", k, p[0], p[1]), Mend: mend}
		}
	}
	if len(ring) < 4 {
		return &Invalid{Reason: fmt.Sprintf("%d positions, 4 is the least", len(ring)), Mend: "a ring names its first position again at its end"}
	}
	if ring[0] != ring[len(ring)-1] {
		at := ring[len(ring)-1]
		return &Invalid{Reason: "does not end where it began", Mend: "add its first position at its end", At: &at}
	}
	for _, p := range ring {
		if p != ring[0] {
			return nil
		}
	}
	return &Invalid{Reason: "all its positions are the same", Mend: "take it away or draw it"}
}

// mostSimple is the longest ring that is looked at edge against edge.
const mostSimple = 100

// plainlySimple is true for a closed ring whose edges clearly meet at their ends
// only. Nearly all rings are such, and the thorough test takes many times as long.
func plainlySimple(ring orb.Ring) bool {
	n := len(ring) - 1
	if n > mostSimple {
		return false
	}
	for i := range n {
		a, b := ring[i], ring[i+1]
		if a == b {
			return false
		}
		c := ring[(i+2)%n]
		ahead := (b[0]-a[0])*(c[0]-b[0]) + (b[1]-a[1])*(c[1]-b[1])
		if ahead <= 0 && side(a, b, c) == 0 {
			return false // there and back
		}
		west, east := min(a[0], b[0]), max(a[0], b[0])
		south, north := min(a[1], b[1]), max(a[1], b[1])
		for j := i + 2; j < n; j++ {
			if i == 0 && j == n-1 {
				continue // neighbours over the end
			}
			c, d := ring[j], ring[j+1]
			if max(c[0], d[0]) < west || min(c[0], d[0]) > east || max(c[1], d[1]) < south || min(c[1], d[1]) > north {
				continue
			}
			if s := side(a, b, c); s != 0 && s == side(a, b, d) {
				continue
			}
			if s := side(c, d, a); s != 0 && s == side(c, d, b) {
				continue
			}
			return false
		}
	}
	return true
}

// side is 1 or -1 when c surely lies left or right of the line from a to b, 0 on it
// or where rounding might tell wrong (the bound is Shewchuk's, 1997, for orient2d).
func side(a, b, c orb.Point) int {
	l, r := (a[0]-c[0])*(b[1]-c[1]), (a[1]-c[1])*(b[0]-c[0])
	d, doubt := l-r, 3.4e-16*(math.Abs(l)+math.Abs(r))
	switch {
	case d > doubt:
		return 1
	case d < -doubt:
		return -1
	}
	return 0
}

// disordered says how the rings of an area lie wrong to themselves or each other.
func disordered(area orb.MultiPolygon) *Invalid {
	polys := make([]geom.Polygon, len(area))
	for i, poly := range area {
		rings := make([]geom.LineString, len(poly))
		for j, ring := range poly {
			flat := make([]float64, 0, 2*len(ring))
			for _, p := range ring {
				flat = append(flat, p[0], p[1])
			}
			rings[j] = geom.NewLineString(geom.NewSequence(flat, geom.DimXY))
			if rings[j].Validate() == nil && !rings[j].IsSimple() {
				at := knot(ring)
				return &Invalid{
					Reason: fmt.Sprintf("polygon %d, ring %d crosses or touches itself", i, j),
					Mend:   "untie it there", At: &at,
				}
			}
		}
		polys[i] = geom.NewPolygon(rings)
	}
	err := geom.NewMultiPolygon(polys).Validate()
	if err == nil {
		return nil
	}
	f := &Invalid{Reason: strings.TrimPrefix(err.Error(), "validating multipolygon constraints: "), Mend: "draw it again there"}
	// The library tells the place only in its text.
	var at orb.Point
	if what, place, told := strings.Cut(f.Reason, " (at or near {"); told {
		if n, _ := fmt.Sscanf(place, "%g %g", &at[0], &at[1]); n == 2 {
			f.Reason, f.At = what, &at
		}
	}
	return f
}

// knot is a point where a ring meets itself.
func knot(ring orb.Ring) orb.Point {
	points, ok := RingPoints(ring, true)
	if !ok {
		return ring[0]
	}
	mesh, err := planar.New([]planar.Line{{Points: points}})
	if err != nil {
		return ring[0]
	}
	edges := make([]int, len(mesh.Nodes))
	for i, e := range mesh.Edges {
		edges[e.From]++
		edges[e.To]++
		if len(mesh.Uses(i)) > 1 { // there and back
			return mesh.Nodes[e.From].Orb()
		}
	}
	for v, n := range edges {
		if n > 2 {
			return mesh.Nodes[v].Orb()
		}
	}
	return ring[0]
}
