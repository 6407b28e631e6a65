package partition

import (
	"fmt"
	"math"
	"slices"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// An Overlay is areas laid over each other: the faces between all their borders,
// and which areas cover each.
type Overlay struct {
	Mesh  *planar.Mesh
	cover [][]winding // by face, by area
	owner []int32     // by line of the mesh: the area
}

// A winding says how often the rings of an area go round a face: once, where the
// area is valid and covers it.
type winding struct{ area, times int32 }

// maxWindings bounds what an overlay keeps. A partition has one winding for each
// face; heaps of areas over each other have many.
const maxWindings = 5_000_000

// Lay lays areas over each other. Rings may run either way and need not be closed;
// those with a position that is not on earth or that is no number are left out.
// The error is planar.ErrTangled.
func Lay(areas []orb.MultiPolygon) (*Overlay, error) {
	var lines []planar.Line
	var owner []int32 // by line
	for i, a := range areas {
		for _, poly := range a {
			for j, ring := range poly {
				if points, ok := RingPoints(ring, j == 0); ok {
					lines, owner = append(lines, planar.Line{Points: points}), append(owner, int32(i))
				}
			}
		}
	}
	mesh, err := planar.New(lines)
	if err != nil {
		return nil, fmt.Errorf("lay areas over each other: %w", err)
	}
	o := &Overlay{Mesh: mesh, cover: make([][]winding, mesh.Faces()), owner: owner}
	windings, most := 0, maxWindings+4*len(lines)
	mesh.Spread(func(from, to int32, edge int, toLeft bool) {
		if windings <= most {
			o.cover[to] = cross(o.cover[from], mesh.Uses(edge), owner, toLeft)
			windings += len(o.cover[to])
		}
	})
	if windings > most {
		return nil, planar.ErrTangled
	}
	return o, nil
}

// Owners gives the areas that cover a face, lowest first. once is false where the
// rings of one of them go round it otherwise than once.
func (o *Overlay) Owners(face int) (areas []int, once bool) {
	once = true
	for _, w := range o.cover[face] {
		areas = append(areas, int(w.area))
		once = once && w.times == 1
	}
	return areas, once
}

// RingPoints gives a ring's points so that the ground is on their left: outer
// rings counter-clockwise, holes clockwise, whichever way they were drawn. Edges
// longer than planar can take get points on whole half degrees. ok is false when a
// position is not on earth.
func RingPoints(ring orb.Ring, outer bool) (points []planar.Point, ok bool) {
	points = make([]planar.Point, 0, len(ring)+1)
	for i := range len(ring) + 1 {
		q, ok := planar.At(ring[i%len(ring)])
		if !ok {
			return nil, false
		}
		if i > 0 {
			points = between(points, points[len(points)-1], q)
		}
		points = append(points, q) // the last one closes it, or is passed over
	}
	if (ring.Orientation() == orb.CCW) != outer {
		slices.Reverse(points)
	}
	return points, true
}

// between appends what divides a long edge from a to b. The points depend on the
// edge alone, so both neighbours of a border get the same ones.
func between(points []planar.Point, a, b planar.Point) []planar.Point {
	dx, dy := b.X-a.X, b.Y-a.Y
	if max(dx, -dx, dy, -dy) <= planar.MaxEdge {
		return points
	}
	p, q, swapped := a, b, false
	alongX := max(dx, -dx) >= max(dy, -dy)
	if alongX && p.X > q.X || !alongX && p.Y > q.Y {
		p, q, swapped = q, p, true
	}
	const step = planar.Unit / 2
	first := len(points)
	low, high := p.X, q.X
	if !alongX {
		low, high = p.Y, q.Y
	}
	for at := (int64(math.Floor(float64(low)/step)) + 1) * step; at < high; at += step {
		share := float64(at-low) / float64(high-low)
		if alongX {
			points = append(points, planar.Point{X: at, Y: p.Y + int64(math.Round(float64(q.Y-p.Y)*share))})
		} else {
			points = append(points, planar.Point{X: p.X + int64(math.Round(float64(q.X-p.X)*share)), Y: at})
		}
	}
	if swapped {
		slices.Reverse(points[first:])
	}
	return points
}

// cross gives the windings on the other side of an edge.
func cross(from []winding, uses []planar.Use, owner []int32, toLeft bool) []winding {
	to := make([]winding, len(from), len(from)+1)
	copy(to, from)
	for _, u := range uses {
		step := int32(-1)
		if u.Forward == toLeft {
			step = 1
		}
		a := owner[u.Line]
		i, found := slices.BinarySearchFunc(to, a, func(w winding, a int32) int { return int(w.area) - int(a) })
		if !found {
			to = slices.Insert(to, i, winding{area: a})
		}
		if to[i].times += step; to[i].times == 0 {
			to = slices.Delete(to, i, i+1)
		}
	}
	return to
}
