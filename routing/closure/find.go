package closure

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/register"

	"github.com/paulmach/orb"
)

// How streets are found that somebody meant.
const (
	pickReach   geo.Metres = 50  // from a click to the street
	lineReach   geo.Metres = 20  // from a line that was drawn to the street that it follows
	crossReach  geo.Metres = 8   // where a line is looked at for streets that it crosses
	step        geo.Metres = 5   // between two looks along a line
	alike                  = 0.8 // cosine of 37 degrees: two headings that are one
	enoughLine  geo.Metres = 25  // of a street a line must follow, or half of it
	enoughArea  geo.Metres = 10  // of a street must lie in an area, or half of it
	maxLineWalk geo.Metres = 100_000
)

// Find gives the streets that somebody meant by a drawing, of those that accept
// takes: those that points were put on; those that a line follows, or, if it follows
// none, that it crosses; those that lie in an area with half of their length or 10 m.
// A piece runs in the direction that is closed, with Both as the map has it. The
// error is a *register.FieldError.
func Find(n *street.Network, drawn orb.Geometry, d Direction, accept func(street.SegmentID) bool) ([]Piece, error) {
	if err := CheckDrawn(drawn); err != nil {
		return nil, err
	}
	var found []follow
	switch g := drawn.(type) {
	case orb.MultiPoint:
		for i, p := range g {
			near := n.Nearest(p, pickReach, accept, 1)
			if len(near) == 0 {
				return nil, noStreet(fmt.Sprintf("there is no street within %v m of point %d", pickReach, i+1))
			}
			found = append(found, follow{near[0].Segment, 1})
		}
	case orb.LineString:
		if lengthOf(g) > maxLineWalk {
			return nil, noStreet(fmt.Sprintf("the line is longer than %v km", maxLineWalk/1000))
		}
		if found = followed(n, g, accept); len(found) == 0 {
			found = crossed(n, g, accept)
		}
	case orb.Polygon:
		found = within(n, g, accept)
	}
	if len(found) == 0 {
		return nil, noStreet("no street is meant by it")
	}
	slices.SortFunc(found, func(a, b follow) int { return cmp.Compare(a.segment, b.segment) })
	found = slices.CompactFunc(found, func(a, b follow) bool { return a.segment == b.segment })
	pieces := make([]Piece, len(found))
	for i, f := range found {
		line := n.Line(f.segment)
		if d == Along && f.sense < 0 || d == Against && f.sense >= 0 {
			line.Reverse()
		}
		pieces[i] = Piece{n.Segment(f.segment).Way, line}
	}
	return pieces, nil
}

func noStreet(what string) error {
	return &register.FieldError{Thing: "closure", Field: "drawn", What: what, Mend: "pick a street, or draw along or around one", Rule: register.ErrEntry}
}

// A follow is a segment, and in which sense a line goes along it: negative is
// backward.
type follow struct {
	segment street.SegmentID
	sense   geo.Metres
}

// A tally is how far a line goes along a segment.
type tally struct{ length, sense geo.Metres }

// followed lists the segments that a line goes along.
func followed(n *street.Network, line orb.LineString, accept func(street.SegmentID) bool) (found []follow) {
	for id, t := range along(n, line, lineReach, accept) {
		if t.length >= min(enoughLine, geo.Metres(n.Segment(id).LengthM)/2) {
			found = append(found, follow{id, t.sense})
		}
	}
	return found
}

// along tells how far a line goes along which segments: at each step it counts for
// the nearest one within reach that heads the same way or the opposite one.
func along(n *street.Network, line orb.LineString, reach geo.Metres, accept func(street.SegmentID) bool) map[street.SegmentID]tally {
	all := make(map[street.SegmentID]tally)
	walk(line, step, func(at orb.Point, heading [2]float64, length geo.Metres) {
		for _, near := range n.Nearest(at, reach, accept, 6) {
			cos := dot(heading, headingAt(n, near))
			if math.Abs(cos) < alike {
				continue
			}
			t := all[near.Segment]
			t.length += length
			t.sense += geo.Metres(math.Copysign(float64(length), cos))
			all[near.Segment] = t
			return
		}
	})
	return all
}

// walk visits the middle of each step along a line.
func walk(line orb.LineString, step geo.Metres, visit func(at orb.Point, heading [2]float64, length geo.Metres)) {
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		length := geo.Distance(a, b)
		if length == 0 {
			continue
		}
		steps := max(1, math.Ceil(float64(length/step)))
		h := heading(a, b)
		for k := range int(steps) {
			f := (float64(k) + 0.5) / steps
			visit(orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}, h, length/geo.Metres(steps))
		}
	}
}

// heading is the unit vector from a to b on the ground, east and north.
func heading(a, b orb.Point) [2]float64 {
	x, y := (b[0]-a[0])*math.Cos((a[1]+b[1])*math.Pi/360), b[1]-a[1]
	if l := math.Hypot(x, y); l > 0 {
		return [2]float64{x / l, y / l}
	}
	return [2]float64{}
}

func dot(a, b [2]float64) float64 { return a[0]*b[0] + a[1]*b[1] }

// headingAt is the heading of a segment, forward, about a place on it.
func headingAt(n *street.Network, near street.Near) [2]float64 {
	length := geo.Metres(n.Segment(near.Segment).LengthM)
	return heading(n.PointAt(near.Segment, max(0, near.Along-2)), n.PointAt(near.Segment, min(length, near.Along+2)))
}

// crossed lists the segments that a line crosses.
func crossed(n *street.Network, line orb.LineString, accept func(street.SegmentID) bool) (found []follow) {
	seen := make(map[street.SegmentID]bool)
	walk(line, step, func(at orb.Point, _ [2]float64, _ geo.Metres) {
		for _, near := range n.Nearest(at, crossReach, accept, 8) {
			if !seen[near.Segment] {
				seen[near.Segment] = true
				if meet(line, n.Line(near.Segment)) {
					found = append(found, follow{near.Segment, 1})
				}
			}
		}
	})
	return found
}

// meet tells if two lines have a point in common.
func meet(a, b orb.LineString) bool {
	for i := 1; i < len(a); i++ {
		for k := 1; k < len(b); k++ {
			if cut(a[i-1], a[i], b[k-1], b[k]) {
				return true
			}
		}
	}
	return false
}

func cut(a, b, c, d orb.Point) bool {
	side := func(p, q, r orb.Point) float64 { return (q[0]-p[0])*(r[1]-p[1]) - (q[1]-p[1])*(r[0]-p[0]) }
	return side(a, b, c)*side(a, b, d) <= 0 && side(c, d, a)*side(c, d, b) <= 0 &&
		max(a[0], b[0]) >= min(c[0], d[0]) && max(c[0], d[0]) >= min(a[0], b[0]) &&
		max(a[1], b[1]) >= min(c[1], d[1]) && max(c[1], d[1]) >= min(a[1], b[1])
}

// within lists the segments that lie in an area.
func within(n *street.Network, area orb.Polygon, accept func(street.SegmentID) bool) (found []follow) {
	bound := area.Bound()
	for id := range street.SegmentID(n.Segments()) {
		if accept != nil && !accept(id) {
			continue
		}
		line := n.Line(id)
		if !line.Bound().Intersects(bound) {
			continue
		}
		var inside geo.Metres
		walk(line, step, func(at orb.Point, _ [2]float64, length geo.Metres) {
			if bound.Contains(at) && geo.Contains(area, at) {
				inside += length
			}
		})
		if inside >= min(enoughArea, geo.Metres(n.Segment(id).LengthM)/2) && inside > 0 {
			found = append(found, follow{id, 1})
		}
	}
	return found
}

func lengthOf(line orb.LineString) (sum geo.Metres) {
	for i := 1; i < len(line); i++ {
		sum += geo.Distance(line[i-1], line[i])
	}
	return sum
}
