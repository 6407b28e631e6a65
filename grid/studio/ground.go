package studio

import (
	"slices"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// A chain is a run of edges of a mesh with one label on each side.
type chain struct {
	points      []planar.Point
	left, right int32
}

// chains puts the edges of a mesh together that have a different label on each
// side, from one node where more than two of them meet to the next; want says
// which of them are asked for. A ring that meets no such node is a chain that
// ends where it began.
func chains(m *planar.Mesh, sides func(edge int) (left, right int32), want func(edge int) bool) []chain {
	degree := make([]int32, len(m.Nodes))
	at := make([][2]int32, len(m.Nodes)) // of nodes with two edges: 1 + each
	for e, x := range m.Edges {
		if l, r := sides(e); l == r {
			continue
		}
		for _, v := range [2]int32{x.From, x.To} {
			if d := degree[v]; d < 2 {
				at[v][d] = int32(e) + 1
			}
			degree[v]++
		}
	}
	done := make([]bool, len(m.Edges))
	var out []chain
	// walk follows edges from a node on to the next that is no mere bend.
	walk := func(e, from int32) {
		c := chain{points: []planar.Point{m.Nodes[from]}}
		c.left, c.right = sides(int(e))
		if m.Edges[e].From != from {
			c.left, c.right = c.right, c.left
		}
		for v := from; ; {
			done[e] = true
			if v == m.Edges[e].From {
				v = m.Edges[e].To
			} else {
				v = m.Edges[e].From
			}
			c.points = append(c.points, m.Nodes[v])
			if degree[v] != 2 || v == from {
				break
			}
			next := at[v][0] - 1
			if next == e {
				next = at[v][1] - 1
			}
			e = next
		}
		c.points = slices.Clip(c.points)
		out = append(out, c)
	}
	for pass := range 2 {
		for e, x := range m.Edges {
			if l, r := sides(e); done[e] || l == r || !want(e) {
				continue
			}
			switch {
			case pass == 1: // what is left are rings
				walk(int32(e), x.From)
			case degree[x.From] != 2:
				walk(int32(e), x.From)
			case degree[x.To] != 2:
				walk(int32(e), x.To)
			}
		}
	}
	return out
}

// Ground is what a unit grid covers, as in RFC 7946. Neighbours share their
// positions to the bit.
func (d *Draft) Ground(id UnitID) orb.MultiPolygon {
	rings, simple := d.rings(id)
	if simple {
		// Its own ring runs counter-clockwise; all others are holes.
		outer := -1
		for i, r := range rings {
			if twiceArea(r) <= 0 {
				continue
			}
			if outer >= 0 {
				simple = false
				break
			}
			outer = i
		}
		if simple && outer >= 0 {
			rings[0], rings[outer] = rings[outer], rings[0]
			poly := make(orb.Polygon, len(rings))
			for i, r := range rings {
				poly[i] = orbRing(r)
			}
			return orb.MultiPolygon{poly}
		}
	}
	return d.dissolve(d.around[id], func(u UnitID) int32 {
		if u == id {
			return 0
		}
		return -1
	}, 1)[0]
}

// rings walks round a unit with it on the left. It is false where the unit meets
// itself at a node, so that there is more than one way to go on.
func (d *Draft) rings(id UnitID) ([][]planar.Point, bool) {
	list := slices.Clone(d.around[id])
	slices.Sort(list)
	used := make([]bool, len(list))
	start := func(i int) planar.Point {
		a := &d.arcs[list[i]]
		if a.left == id {
			return a.points[0]
		}
		return a.points[len(a.points)-1]
	}
	for i := range list {
		for j := range i {
			if start(i) == start(j) {
				return nil, false
			}
		}
	}
	var out [][]planar.Point
	for first := range list {
		if used[first] {
			continue
		}
		var ring []planar.Point
		for i := first; i >= 0 && !used[i]; {
			used[i] = true
			a := &d.arcs[list[i]]
			if a.left == id {
				ring = append(ring, a.points[:len(a.points)-1]...)
			} else {
				for k := len(a.points) - 1; k > 0; k-- {
					ring = append(ring, a.points[k])
				}
			}
			end := a.points[0]
			if a.left == id {
				end = a.points[len(a.points)-1]
			}
			i = -1
			for j := range list {
				if start(j) == end {
					i = j
					break
				}
			}
		}
		out = append(out, ring)
	}
	return out, true
}

func orbRing(points []planar.Point) orb.Ring {
	r := make(orb.Ring, 0, len(points)+1)
	for _, p := range points {
		r = append(r, p.Orb())
	}
	return append(r, r[0])
}

// twiceArea is positive for a ring that runs counter-clockwise. Sums of whole
// numbers wrap around and back again: it is exact for rings of up to 4 square
// degrees.
func twiceArea(ring []planar.Point) int64 {
	o, sum := ring[0], int64(0)
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += (p.X-o.X)*(q.Y-o.Y) - (p.Y-o.Y)*(q.X-o.X)
	}
	return sum
}

// dissolve joins units to n areas: group gives the area of a unit from 0, or -1.
// The arcs are all the borders of these areas.
func (d *Draft) dissolve(arcs []int32, group func(UnitID) int32, n int) []orb.MultiPolygon {
	lines := make([]planar.Line, len(arcs))
	for i, a := range arcs {
		lines[i].Points = d.arcs[a].points
	}
	m, err := planar.New(lines)
	if err != nil {
		return make([]orb.MultiPolygon, n) // they were in a mesh before
	}
	label := make([]int32, m.Faces())
	for f := range label {
		label[f] = -1
	}
	for e, x := range m.Edges {
		use := m.Uses(e)[0]
		a := &d.arcs[arcs[use.Line]]
		l, r := a.left, a.right
		if !use.Forward {
			l, r = r, l
		}
		label[x.Left], label[x.Right] = group(l), group(r)
	}
	return m.Dissolve(label, n)
}

// Grounds gives the ground of parts, in their order. Neighbours share every
// vertex of their border.
func (d *Draft) Grounds(parts []PartID) []orb.MultiPolygon {
	place := make([]int32, len(d.parts))
	for i := range place {
		place[i] = -1
	}
	for i, p := range parts {
		place[p] = int32(i)
	}
	group := func(u UnitID) int32 {
		if u == 0 {
			return -1
		}
		return place[d.units[u].Part]
	}
	var border []int32
	for id := range d.Units {
		g := group(id)
		if g < 0 {
			continue
		}
		for _, n := range d.around[id] {
			a := &d.arcs[n]
			other := group(a.other(id))
			if other != g && (other < 0 || a.left == id) {
				border = append(border, n)
			}
		}
	}
	return d.dissolve(border, group, len(parts))
}
