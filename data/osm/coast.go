package osm

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// sea makes the sea out of the coastlines: OSM draws no sea, only its edge, with
// the land on the left and the water on the right. The box is where the map
// ends; the sea is closed along it. problems tells what could not be closed.
func sea(lines []orb.LineString, box orb.Bound) (out orb.MultiPolygon, problems []string) {
	if len(lines) == 0 {
		return nil, nil
	}
	rings, open := joinCoast(lines)
	rings, open, problems = bridge(rings, open, box)
	var islands, outer []ringPath
	for _, r := range rings {
		// A ring that the box cuts is treated like a line that comes from outside.
		p := ringPath{ring: r, area: signedArea(r), bound: r.Bound()}
		switch {
		case math.Abs(p.area) < 1e-13:
		case !box.Contains(p.bound.Min) || !box.Contains(p.bound.Max):
			open = append(open, turnedOutside(r, box))
		case p.area > 0:
			islands = append(islands, p)
		default:
			outer = append(outer, p) // clockwise: water inside, an arm of the sea
		}
	}
	var pieces []coastPiece
	for _, l := range open {
		pieces = append(pieces, cutCoast(l, box)...)
	}
	for i := range pieces {
		if s := pieces[i].snap(box); s != "" {
			problems = append(problems, s)
		}
	}
	closed, bad := closeCoast(pieces, box)
	problems = append(problems, bad...)
	for _, r := range closed {
		outer = append(outer, ringPath{ring: r, area: signedArea(r), bound: r.Bound()})
	}
	if len(pieces) == 0 && len(islands) > 0 && !inAny(outer, islands[0]) {
		// Nothing but islands: what is around them is the sea, up to the box.
		outer = append(outer, ringPath{ring: box.ToRing(), area: signedArea(box.ToRing()), bound: box})
	}
	for _, o := range outer {
		out = append(out, orb.Polygon{o.orient(true)})
	}
	for _, is := range islands {
		for i, o := range outer {
			if encloses(&o, &is) {
				out[i] = append(out[i], is.orient(false))
				break
			}
		}
	}
	return out, problems
}

func inAny(outer []ringPath, p ringPath) bool {
	return slices.ContainsFunc(outer, func(o ringPath) bool { return encloses(&o, &p) })
}

// joinCoast joins coastlines head to tail. Their direction has a meaning, so
// none is turned round.
func joinCoast(lines []orb.LineString) (rings []orb.Ring, open []orb.LineString) {
	begins := map[orb.Point][]int{}
	ends := map[orb.Point]int{}
	for i, l := range lines {
		begins[l[0]] = append(begins[l[0]], i)
		ends[l[len(l)-1]]++
	}
	used := make([]bool, len(lines))
	follow := func(i int) {
		used[i] = true
		path := slices.Clone(lines[i])
		for path[0] != path[len(path)-1] {
			next := -1
			for _, k := range begins[path[len(path)-1]] {
				if !used[k] {
					next = k
					break
				}
			}
			if next < 0 {
				break
			}
			used[next] = true
			path = append(path, lines[next][1:]...)
		}
		if path[0] == path[len(path)-1] && len(path) > 3 {
			rings = append(rings, orb.Ring(path))
		} else {
			open = append(open, path)
		}
	}
	// First the lines that nothing leads to, so that each chain is whole.
	for i, l := range lines {
		if !used[i] && ends[l[0]] == 0 {
			follow(i)
		}
	}
	for i := range lines {
		if !used[i] {
			follow(i)
		}
	}
	return rings, open
}

// bridge joins ends that the extract leaves open inside the map: a river mouth
// where the coastline stops and goes on along the other bank, or an island with
// a way missing. It does so, the shortest gap first, where the beginning of a
// coastline is nearer than the map's edge.
func bridge(rings []orb.Ring, open []orb.LineString, box orb.Bound) ([]orb.Ring, []orb.LineString, []string) {
	var problems []string
	for {
		from, to, best := -1, -1, math.Inf(1)
		for i, a := range open {
			end := a[len(a)-1]
			_, _, edge := edgeAt(end, box)
			if !box.Contains(end) || edge <= onEdgeDegrees {
				continue
			}
			for j, b := range open {
				if d := math.Hypot(b[0][0]-end[0], b[0][1]-end[1]); box.Contains(b[0]) && d < edge && d < best {
					from, to, best = i, j, d
				}
			}
		}
		if from < 0 {
			return rings, open, problems
		}
		end := open[from][len(open[from])-1]
		problems = append(problems, fmt.Sprintf("a coastline ends inside the map at %.5f,%.5f; it was joined to the next one, %.0f m away", end[0], end[1], best*metresPerDegree))
		if from == to {
			rings = append(rings, append(orb.Ring(open[from]), open[from][0]))
		} else {
			open[to] = append(open[from], open[to]...)
		}
		open = slices.Delete(open, from, from+1)
	}
}

// turnedOutside starts a ring at a point outside of the box, if there is one, so
// that cutting it doesn't break a piece in two.
func turnedOutside(r orb.Ring, box orb.Bound) orb.LineString {
	for i, p := range r[:len(r)-1] {
		if !box.Contains(p) {
			out := append(orb.LineString{}, r[i:len(r)-1]...)
			out = append(out, r[:i+1]...)
			return out
		}
	}
	return orb.LineString(r)
}

// A coastPiece is a part of the coast inside the box. in and out are where along
// the box's edge it begins and ends, see edgeAt.
type coastPiece struct {
	line    orb.LineString
	in, out float64
}

// cutCoast gives the parts of a line that lie in the box.
func cutCoast(l orb.LineString, box orb.Bound) []coastPiece {
	var out []coastPiece
	var cur orb.LineString
	end := func() {
		if len(cur) > 1 {
			out = append(out, coastPiece{line: cur})
		}
		cur = nil
	}
	for i := 0; i+1 < len(l); i++ {
		a, b, ok := clipSegment(l[i], l[i+1], box)
		if !ok {
			end()
			continue
		}
		if len(cur) > 0 && cur[len(cur)-1] != a {
			end()
		}
		if len(cur) == 0 {
			cur = append(cur, a)
		}
		if b != a {
			cur = append(cur, b)
		}
		if b != l[i+1] {
			end()
		}
	}
	end()
	return out
}

// clipSegment is Liang and Barsky's: the part of a-b in the box.
func clipSegment(a, b orb.Point, box orb.Bound) (orb.Point, orb.Point, bool) {
	t0, t1 := 0.0, 1.0
	d := orb.Point{b[0] - a[0], b[1] - a[1]}
	for k := range 2 {
		for _, e := range [2][2]float64{{-d[k], a[k] - box.Min[k]}, {d[k], box.Max[k] - a[k]}} {
			p, q := e[0], e[1]
			if p == 0 {
				if q < 0 {
					return a, b, false
				}
				continue
			}
			t := q / p
			if p < 0 {
				t0 = max(t0, t)
			} else {
				t1 = min(t1, t)
			}
			if t0 > t1 {
				return a, b, false
			}
		}
	}
	at := func(t float64) orb.Point { return orb.Point{a[0] + t*d[0], a[1] + t*d[1]} }
	p, q := a, b
	if t0 > 0 {
		p = at(t0)
	}
	if t1 < 1 {
		q = at(t1)
	}
	return p, q, true
}

// edgeAt says where on the box's edge a point is: 0 at the south-west corner,
// counter-clockwise, one unit a side. The point is moved to the nearest place on
// the edge; far tells how far in degrees.
func edgeAt(p orb.Point, box orb.Bound) (at float64, on orb.Point, far float64) {
	w, h := box.Max[0]-box.Min[0], box.Max[1]-box.Min[1]
	clamp := func(x float64) float64 { return max(0, min(1, x)) }
	fx, fy := clamp((p[0]-box.Min[0])/w), clamp((p[1]-box.Min[1])/h)
	far = math.Inf(1)
	for side, c := range [4]struct {
		d  float64
		at float64
		on orb.Point
	}{
		{math.Abs(p[1] - box.Min[1]), fx, orb.Point{p[0], box.Min[1]}},
		{math.Abs(p[0] - box.Max[0]), fy, orb.Point{box.Max[0], p[1]}},
		{math.Abs(p[1] - box.Max[1]), 1 - fx, orb.Point{p[0], box.Max[1]}},
		{math.Abs(p[0] - box.Min[0]), 1 - fy, orb.Point{box.Min[0], p[1]}},
	} {
		if c.d < far {
			far, at, on = c.d, float64(side)+c.at, c.on
		}
	}
	return math.Mod(at, 4), on, far
}

// onEdgeDegrees is how near to the box's edge is on it: rounding.
const onEdgeDegrees = 1e-9

// snap finds where the piece meets the box's edge. An end inside the box, where
// the extract was cut, is led straight to the nearest place on the edge.
func (c *coastPiece) snap(box orb.Bound) (problem string) {
	var far float64
	var on orb.Point
	first, last := c.line[0], c.line[len(c.line)-1]
	c.in, on, far = edgeAt(first, box)
	if far > onEdgeDegrees {
		problem = fmt.Sprintf("a coastline begins inside the map at %.5f,%.5f; it was led to the edge", first[0], first[1])
		c.line = append(orb.LineString{on}, c.line...)
	}
	c.out, on, far = edgeAt(last, box)
	if far > onEdgeDegrees {
		problem = fmt.Sprintf("a coastline ends inside the map at %.5f,%.5f; it was led to the edge", last[0], last[1])
		c.line = append(c.line, on)
	}
	return problem
}

// closeCoast closes the pieces along the box's edge. Going along a piece the
// water is on the right, so from where it leaves the box the sea's outline
// follows the edge clockwise to the next piece that comes in.
func closeCoast(pieces []coastPiece, box orb.Bound) (rings []orb.Ring, problems []string) {
	order := make([]int, len(pieces))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(pieces[a].in, pieces[b].in) })
	used := make([]bool, len(pieces))
	// next is the first piece that comes in clockwise of a place on the edge.
	next := func(from float64) (int, float64) {
		best, gap := -1, math.Inf(1)
		for _, i := range order {
			d := math.Mod(from-pieces[i].in+4, 4)
			if d < gap {
				best, gap = i, d
			}
		}
		return best, gap
	}
	for _, start := range order {
		if used[start] {
			continue
		}
		var ring orb.Ring
		cur := start
		for {
			used[cur] = true
			ring = append(ring, pieces[cur].line...)
			n, gap := next(pieces[cur].out)
			ring = append(ring, corners(pieces[cur].out, gap, box)...)
			if n == start {
				break
			}
			if used[n] {
				p := pieces[cur].line[len(pieces[cur].line)-1]
				problems = append(problems, fmt.Sprintf("the coastline that leaves the map at %.5f,%.5f could not be closed to a sea", p[0], p[1]))
				ring = nil
				break
			}
			cur = n
		}
		if len(ring) < 3 {
			continue
		}
		ring = append(ring, ring[0])
		if math.Abs(signedArea(ring)) > 1e-13 {
			rings = append(rings, ring)
		}
	}
	return rings, problems
}

// corners are the box's corners met when going clockwise along its edge, gap
// units on from a place.
func corners(from, gap float64, box orb.Bound) (out []orb.Point) {
	at := [4]orb.Point{box.Min, {box.Max[0], box.Min[1]}, box.Max, {box.Min[0], box.Max[1]}}
	for c := math.Ceil(from) - 1; c > from-gap; c-- {
		out = append(out, at[(int(c)%4+4)%4])
	}
	return out
}
