package studio

import (
	"fmt"
	"slices"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// sliver is the smallest piece that a cut leaves, in mm2: what is smaller stays
// with its neighbour. It is what grid.Tolerance is of a plan.
const sliver = 1 * squareMetre

// splitUnit cuts a unit along a line.
func (d *Draft) splitUnit(id UnitID, line orb.LineString, weigh Weigh) (c Change, err error) {
	if err := d.has(id); err != nil {
		return c, err
	}
	if err := d.open(d.units[id].Part); err != nil {
		return c, err
	}
	points, err := lineOf(line)
	if err != nil {
		return c, err
	}
	k, err := d.cutAlong([]UnitID{id}, points, weigh)
	return k.change, err
}

// A knife is what a line did to units.
type knife struct {
	change Change
	fresh  []int32 // arcs that lie along the line
}

// beside gives units and what borders on them, and all arcs of these.
func (d *Draft) beside(units []UnitID) (near map[UnitID]bool, arcs []int32) {
	near = make(map[UnitID]bool, 8*len(units))
	for _, u := range units {
		near[u] = true
		for _, n := range d.around[u] {
			if o := d.arcs[n].other(u); o != 0 {
				near[o] = true
			}
		}
	}
	return near, d.arcsOf(near)
}

func (d *Draft) arcsOf(units map[UnitID]bool) (arcs []int32) {
	for u := range units {
		arcs = append(arcs, d.around[u]...)
	}
	slices.Sort(arcs)
	return slices.Compact(arcs)
}

// mesh lays arcs and further lines into a mesh.
func (d *Draft) mesh(arcs []int32, more ...planar.Line) (*planar.Mesh, error) {
	lines := make([]planar.Line, 0, len(arcs)+len(more))
	for _, n := range arcs {
		lines = append(lines, planar.Line{Points: d.arcs[n].points})
	}
	m, err := planar.New(append(lines, more...))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEdit, err)
	}
	return m, nil
}

// owners says which unit each face of such a mesh lies in; -1 where it doesn't
// know. conflict is a face on whose sides the arcs name different units, of which
// one is near.
func (d *Draft) owners(m *planar.Mesh, arcs []int32, near map[UnitID]bool) (owner []UnitID, conflict bool) {
	up := make([]int32, m.Faces())
	for f := range up {
		up[f] = int32(f)
	}
	arcOf := func(e int) (planar.Use, bool) {
		for _, u := range m.Uses(e) {
			if int(u.Line) < len(arcs) {
				return u, true
			}
		}
		return planar.Use{}, false
	}
	for e, x := range m.Edges {
		if _, isBorder := arcOf(e); !isBorder {
			planar.Unite(up, x.Left, x.Right)
		}
	}
	owner = make([]UnitID, m.Faces())
	for f := range owner {
		owner[f] = -1
	}
	say := func(f int32, u UnitID) {
		f = planar.Find(up, f)
		if was := owner[f]; was >= 0 && was != u {
			conflict = conflict || near[was] || near[u]
		}
		owner[f] = u
	}
	for e, x := range m.Edges {
		use, isBorder := arcOf(e)
		if !isBorder {
			continue
		}
		a := &d.arcs[arcs[use.Line]]
		l, r := a.left, a.right
		if !use.Forward {
			l, r = r, l
		}
		say(x.Left, l)
		say(x.Right, r)
	}
	for f := range owner {
		owner[f] = owner[planar.Find(up, int32(f))]
	}
	return owner, conflict
}

// whole says which arcs have kept their course in a mesh: no node was put on them.
func (d *Draft) whole(m *planar.Mesh, arcs []int32) []bool {
	edges := make([]int, len(arcs))
	for e := range m.Edges {
		for _, u := range m.Uses(e) {
			if int(u.Line) < len(arcs) {
				edges[u.Line]++
			}
		}
	}
	out := make([]bool, len(arcs))
	for i, n := range arcs {
		out[i] = edges[i] == len(d.arcs[n].points)-1
	}
	return out
}

// cutAlong cuts units along a line. Those that it doesn't cut in two are left
// alone. The errors are ErrNoCut and, where the line runs along a border so
// closely that others would have to move, ErrCrossing.
func (d *Draft) cutAlong(units []UnitID, line []planar.Point, weigh Weigh) (k knife, err error) {
	near, arcs := d.beside(units)
	m, err := d.mesh(arcs, planar.Line{Points: line})
	if err != nil {
		return k, err
	}
	target := make(map[UnitID]bool, len(units))
	for _, u := range units {
		target[u] = true
	}
	// What of the line divides a unit. The rest must leave no trace, so the cut is
	// made with these pieces alone.
	owner, _ := d.owners(m, arcs, near)
	var knives []planar.Line
	for e, x := range m.Edges {
		if x.Left != x.Right && len(m.Uses(e)) == 1 && int(m.Uses(e)[0].Line) == len(arcs) && owner[x.Left] == owner[x.Right] && target[owner[x.Left]] {
			knives = append(knives, planar.Line{Points: []planar.Point{m.Nodes[x.From], m.Nodes[x.To]}})
		}
	}
	if len(knives) == 0 {
		return k, ErrNoCut
	}
	if m, err = d.mesh(arcs, knives...); err != nil {
		return k, err
	}
	owner, conflict := d.owners(m, arcs, near)
	if conflict {
		return k, ErrCrossing
	}
	piece, pieces := d.pieces(m, owner, target)
	split := map[UnitID]bool{}
	for _, of := range pieces {
		if of.n > 1 {
			split[of.unit] = true
		}
	}
	if len(split) == 0 {
		return k, ErrNoCut
	}
	for i, whole := range d.whole(m, arcs) {
		a := &d.arcs[arcs[i]]
		if !whole && !split[a.left] && !split[a.right] {
			return k, ErrCrossing
		}
	}
	return d.carve(m, arcs, owner, piece, pieces, split, weigh)
}

// pieceOf is a piece of a unit.
type pieceOf struct {
	unit UnitID
	n    int // how many pieces the unit is in
	id   UnitID
}

// pieces numbers what the faces of the targets are pieces of: by face, -1 where
// it is none. A sliver goes to the piece beside it.
func (d *Draft) pieces(m *planar.Mesh, owner []UnitID, target map[UnitID]bool) (piece []int32, all []pieceOf) {
	up := make([]int32, m.Faces())
	area := make([]float64, m.Faces())
	for f := range up {
		up[f] = int32(f)
		if f > 0 && target[owner[f]] {
			area[f] = m.Area(f) * 1.23e10 * squareMetre // at the equator; less elsewhere
		}
	}
	for range 3 {
		for _, x := range m.Edges {
			l, r := planar.Find(up, x.Left), planar.Find(up, x.Right)
			if l != r && owner[l] == owner[r] && target[owner[l]] && min(area[l], area[r]) < sliver {
				planar.Unite(up, l, r)
				area[planar.Find(up, l)] = area[l] + area[r]
			}
		}
	}
	piece = make([]int32, m.Faces())
	number := map[int32]int32{}
	count := map[UnitID]int{}
	for f := range piece {
		piece[f] = -1
		if f == 0 || !target[owner[f]] {
			continue
		}
		head := planar.Find(up, int32(f))
		n, known := number[head]
		if !known {
			n = int32(len(all))
			number[head] = n
			all = append(all, pieceOf{unit: owner[f]})
			count[owner[f]]++
		}
		piece[f] = n
	}
	for i := range all {
		all[i].n = count[all[i].unit]
	}
	return piece, all
}

// carve makes units of the pieces.
func (d *Draft) carve(m *planar.Mesh, arcs []int32, owner []UnitID, piece []int32, pieces []pieceOf, split map[UnitID]bool, weigh Weigh) (k knife, err error) {
	next := UnitID(len(d.units))
	grounds := m.Dissolve(piece, len(pieces))
	of, parent := map[UnitID][]int{}, map[UnitID]UnitID{}
	var order []UnitID
	for i := range pieces {
		p := &pieces[i]
		p.id = p.unit
		if split[p.unit] {
			p.id = next
			parent[next] = p.unit
			next++
			if of[p.unit] == nil {
				order = append(order, p.unit)
			}
			of[p.unit] = append(of[p.unit], i)
		}
	}
	c := &k.change
	is := map[UnitID]unit{}
	for _, u := range order {
		was := d.units[u]
		dead := was
		dead.Live = false
		c.Units = append(c.Units, unitChange{u, was, dead})
		c.ArcsOut = append(c.ArcsOut, d.around[u]...)
		var its []orb.MultiPolygon
		var areas []float64
		for _, i := range of[u] {
			its = append(its, grounds[i])
			areas = append(areas, float64(areaOf(grounds[i])))
		}
		work, area := shareOut(was.Work, weights(its, weigh)), shareOut(was.Area, areas)
		for j, i := range of[u] {
			is[pieces[i].id] = unit{Live: true, Part: was.Part, Area: area[j], Work: work[j]}
		}
	}
	for id := UnitID(len(d.units)); id < next; id++ {
		c.Units = append(c.Units, unitChange{ID: id, Is: is[id]})
	}
	slices.Sort(c.ArcsOut)
	c.ArcsOut = slices.Compact(c.ArcsOut)

	// What an arc names is so; faces between arcs far off may have several units.
	first := UnitID(len(d.units))
	beside := make([][2]int32, len(m.Edges))
	for e, x := range m.Edges {
		for i, f := range [2]int32{x.Left, x.Right} {
			if piece[f] >= 0 {
				beside[e][i] = int32(pieces[piece[f]].id)
				continue
			}
			beside[e][i] = int32(owner[f])
			for _, use := range m.Uses(e) {
				if int(use.Line) < len(arcs) {
					a := &d.arcs[arcs[use.Line]]
					beside[e][i] = int32(a.left)
					if use.Forward != (i == 0) {
						beside[e][i] = int32(a.right)
					}
				}
			}
		}
	}
	sides := func(e int) (left, right int32) { return beside[e][0], beside[e][1] }
	for _, ch := range chains(m, sides, func(e int) bool {
		l, r := sides(e)
		return UnitID(l) >= first || UnitID(r) >= first
	}) {
		n := d.newArc(ch.points, UnitID(ch.left), UnitID(ch.right))
		c.ArcsIn = append(c.ArcsIn, n)
		// A border has different units on its sides; the knife has pieces of one.
		if l, r := UnitID(ch.left), UnitID(ch.right); l >= first && r >= first && parent[l] == parent[r] {
			k.fresh = append(k.fresh, n)
		}
	}
	return k, nil
}
