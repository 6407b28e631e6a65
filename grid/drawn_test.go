package grid

import (
	"math/rand/v2"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// A test's positions are thousandths of a degree east and north of this corner,
// about 85 by 111 m.
var corner = orb.Point{-75.55, 39.7}

func at(x, y float64) orb.Point { return orb.Point{corner[0] + x/1000, corner[1] + y/1000} }

// ring makes a closed ring from x, y pairs.
func ring(xy ...float64) orb.Ring {
	var r orb.Ring
	for i := 0; i < len(xy); i += 2 {
		r = append(r, at(xy[i], xy[i+1]))
	}
	return append(r, r[0])
}

// box is a rectangle as ground.
func box(x0, y0, x1, y1 float64) orb.MultiPolygon {
	return orb.MultiPolygon{{ring(x0, y0, x1, y0, x1, y1, x0, y1)}}
}

// planOf makes a plan of grounds with ids from 1.
func planOf(grounds ...orb.MultiPolygon) Plan {
	p := Plan{ID: 1, Version: 1}
	for i, g := range grounds {
		p.Grids = append(p.Grids, Responsibility{ID: GridID(i + 1), Ground: g})
	}
	return p
}

// A scan is the plain reference of Owners: the borders of each grid, from south to
// north.
type scan struct {
	ids   []GridID
	edges [][][2]planar.Point
}

func scanOf(p Plan) scan {
	var s scan
	for _, g := range p.Grids {
		var edges [][2]planar.Point
		for _, poly := range g.Ground {
			for _, ring := range poly {
				for i := 1; i < len(ring); i++ {
					a, _ := planar.At(ring[i-1])
					b, _ := planar.At(ring[i])
					if a.Y > b.Y {
						a, b = b, a
					}
					edges = append(edges, [2]planar.Point{a, b})
				}
			}
		}
		s.ids, s.edges = append(s.ids, g.ID), append(s.edges, edges)
	}
	return s
}

// owners gives all grids that have p by the half-open rule: with an odd number of
// borders west of it or under it.
func (s scan) owners(p planar.Point) []GridID {
	var owners []GridID
	for i, edges := range s.edges {
		inside := false
		for _, e := range edges {
			a, b := e[0], e[1]
			if a.Y <= p.Y && p.Y < b.Y && (b.X-a.X)*(p.Y-a.Y)-(b.Y-a.Y)*(p.X-a.X) <= 0 {
				inside = !inside
			}
		}
		if inside {
			owners = append(owners, s.ids[i])
		}
	}
	return owners
}

// somePoint is a point in or near the plan: anywhere, on a vertex, or on a border.
func somePoint(r *rand.Rand, p Plan, bound orb.Bound) planar.Point {
	g := p.Grids[r.IntN(len(p.Grids))].Ground
	poly := g[r.IntN(len(g))]
	ring := poly[r.IntN(len(poly))]
	i := 1 + r.IntN(len(ring)-1)
	a, _ := planar.At(ring[i-1])
	b, _ := planar.At(ring[i])
	switch r.IntN(6) {
	case 0:
		return a
	case 1: // on the border as nearly as whole positions get, or exactly
		t := r.Float64()
		return planar.Point{X: a.X + int64(t*float64(b.X-a.X)), Y: a.Y + int64(t*float64(b.Y-a.Y))}
	case 2:
		return planar.Point{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2}
	case 3:
		return planar.Point{X: a.X + r.Int64N(3) - 1, Y: b.Y + r.Int64N(3) - 1}
	}
	q, _ := planar.At(orb.Point{
		bound.Min[0] + r.Float64()*(bound.Max[0]-bound.Min[0]),
		bound.Min[1] + r.Float64()*(bound.Max[1]-bound.Min[1]),
	})
	return q
}

func (p Plan) bound() orb.Bound {
	b := p.Grids[0].Ground.Bound()
	for _, g := range p.Grids {
		b = b.Union(g.Ground.Bound())
	}
	return b
}
