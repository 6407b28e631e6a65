package studio

import (
	"fmt"
	"slices"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// moveVertex takes a vertex to another place, in all units that share it.
func (d *Draft) moveVertex(from, to orb.Point) (c Change, err error) {
	v, ok1 := planar.At(from)
	w, ok2 := planar.At(to)
	if !ok1 || !ok2 {
		return c, fmt.Errorf("%w: from %v to %v is not on earth", ErrEdit, from, to)
	}
	moving := d.arcsThrough(v)
	if len(moving) == 0 {
		return c, ErrNoVertex
	}
	touched := map[UnitID]bool{}
	for _, n := range moving {
		for _, u := range [2]UnitID{d.arcs[n].left, d.arcs[n].right} {
			if u == 0 {
				return c, ErrRim
			}
			if err := d.open(d.units[u].Part); err != nil {
				return c, err
			}
			touched[u] = true
		}
	}
	if v == w {
		return c, nil
	}
	units := sorted(touched)
	near, _ := d.beside(units)
	// The ends of the edges that move may touch units farther on.
	near, arcs := d.beside(sorted(near))
	for i, n := range arcs {
		for _, p := range d.arcs[n].points {
			if p == w {
				return c, ErrCrossing
			}
		}
		if !slices.Contains(moving, n) {
			continue
		}
		a := d.arcs[n]
		points := slices.Clone(a.points)
		for j, p := range points {
			if p == v {
				points[j] = w
			}
		}
		arcs[i] = d.newArc(points, a.left, a.right)
		c.ArcsOut, c.ArcsIn = append(c.ArcsOut, n), append(c.ArcsIn, arcs[i])
	}
	m, err := d.mesh(arcs)
	if err != nil {
		return c, err
	}
	if slices.Contains(d.whole(m, arcs), false) {
		return c, ErrCrossing
	}
	for e := range m.Edges {
		if len(m.Uses(e)) > 1 {
			return c, ErrCrossing
		}
	}
	owner, conflict := d.owners(m, arcs, near)
	if conflict {
		return c, ErrCrossing
	}
	return c, d.resize(&c, m, owner, units)
}

// resize notes the new areas of units. The work stays where it is: a border that
// moves by some metres takes no street along.
func (d *Draft) resize(c *Change, m *planar.Mesh, owner []UnitID, units []UnitID) error {
	label := make([]int32, m.Faces())
	for f, u := range owner {
		label[f] = -1
		if i, found := slices.BinarySearch(units, u); found {
			label[f] = int32(i)
		}
	}
	if label[0] >= 0 {
		return ErrCrossing
	}
	var whole int64
	var areas []float64
	for i, ground := range m.Dissolve(label, len(units)) {
		if len(ground) == 0 {
			return ErrCrossing
		}
		areas = append(areas, float64(areaOf(ground)))
		whole += d.units[units[i]].Area
	}
	for i, area := range shareOut(whole, areas) {
		was := d.units[units[i]]
		is := was
		is.Area = area
		c.Units = append(c.Units, unitChange{units[i], was, is})
	}
	return nil
}

// arcsThrough gives the arcs that have a vertex at v.
func (d *Draft) arcsThrough(v planar.Point) []int32 {
	seen := map[int32]bool{}
	var out []int32
	var look func(n int32)
	look = func(n int32) {
		if seen[n] {
			return
		}
		seen[n] = true
		a := &d.arcs[n]
		if !slices.Contains(a.points, v) {
			return
		}
		out = append(out, n)
		for _, u := range [2]UnitID{a.left, a.right} {
			for _, next := range d.around[u] {
				look(next)
			}
		}
	}
	d.where.Near(v, look)
	for _, n := range d.around[d.unitAt(v)] {
		look(n)
	}
	slices.Sort(out)
	return out
}

func sorted(units map[UnitID]bool) []UnitID {
	out := make([]UnitID, 0, len(units))
	for u := range units {
		out = append(out, u)
	}
	slices.Sort(out)
	return out
}
