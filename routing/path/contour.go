package path

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// contour draws the area whose time is at most so many seconds, by marching
// squares: rings round it, counter-clockwise, and round its holes. Of a square with
// two opposite corners inside the corners are joined, so that streets that lie
// askew stay in one piece.
func (f *field) contour(seconds float64) orb.MultiPolygon {
	next := make(map[int]int) // from where a ring cuts the raster to where it does next
	for row := range f.side - 1 {
		for column := range f.side - 1 {
			f.square(row, column, seconds, next)
		}
	}
	starts := make([]int, 0, len(next))
	for from := range next {
		starts = append(starts, from)
	}
	slices.Sort(starts)
	var outer, holes []orb.Ring
	for _, from := range starts {
		if _, open := next[from]; !open {
			continue
		}
		ring := orb.Ring{}
		for at := from; ; {
			ring = append(ring, f.cut(at, seconds))
			to := next[at]
			delete(next, at)
			if at = to; at == from {
				break
			}
		}
		if ring = append(ring, ring[0]); len(ring) < 4 {
			continue
		}
		if ring.Orientation() == orb.CCW {
			outer = append(outer, ring)
		} else {
			holes = append(holes, ring)
		}
	}
	// The largest first; a hole is in the smallest ring around it.
	slices.SortStableFunc(outer, func(a, b orb.Ring) int { return int(math.Copysign(1, planar.Area(b)-planar.Area(a))) })
	area := make(orb.MultiPolygon, len(outer))
	for i, ring := range outer {
		area[i] = orb.Polygon{ring}
	}
	for _, hole := range holes {
		for i := len(outer) - 1; i >= 0; i-- {
			if planar.RingContains(outer[i], hole[0]) {
				area[i] = append(area[i], hole)
				break
			}
		}
	}
	return area
}

// The sides of a square of the raster, and the numbers of where a ring may cut it:
// 2*point for the side to the east of a point, 2*point+1 for the one to the north.
func (f *field) square(row, column int, seconds float64, next map[int]int) {
	point := row*f.side + column
	in := func(p int) bool { return f.seconds[p] <= seconds }
	a, b, c, d := in(point), in(point+1), in(point+f.side+1), in(point+f.side) // south-west, then counter-clockwise
	south, east, north, west := 2*point, 2*(point+1)+1, 2*(point+f.side), 2*point+1
	// Going along a side counter-clockwise around the square, a ring leaves where
	// the inside ends and comes in where it begins; it keeps the inside to its left.
	type cut struct {
		at      int
		leaving bool
	}
	var cuts []cut
	for _, s := range [...]struct {
		from, to bool
		at       int
	}{{a, b, south}, {b, c, east}, {c, d, north}, {d, a, west}} {
		if s.from != s.to {
			cuts = append(cuts, cut{s.at, s.from})
		}
	}
	// From where the inside ends the ring goes to where it begins again, round the
	// outside between them, and so has the inside on its left.
	for i, k := range cuts {
		if k.leaving {
			next[k.at] = cuts[(i+1)%len(cuts)].at
		}
	}
}

// cut is where the contour cuts a side of the raster.
func (f *field) cut(at int, seconds float64) orb.Point {
	p, q := at/2, at/2+1
	if at%2 == 1 {
		q = at/2 + f.side
	}
	// What is unknown is as far as one gets beside a street.
	far := seconds + f.reach()/asideSpeed
	a, b := min(far, f.seconds[p]), min(far, f.seconds[q])
	share := 0.5
	if a != b {
		share = min(1, max(0, (seconds-a)/(b-a)))
	}
	share = 0.01 + 0.98*share // never in a point itself, where rings would touch
	x, y := float64(p%f.side), float64(p/f.side)
	if at%2 == 0 {
		x += share
	} else {
		y += share
	}
	return orb.Point{f.origin[0] + x*f.step/f.lonM, f.origin[1] + y*f.step/f.latM}
}
