package grid

import (
	"fmt"
	"math"
	"slices"

	"citygrid/geo"
	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// Tolerance is the ground that two grids may share, or that may lie between
// grids, before it counts as a fault, in square metres. Borders drawn twice
// differ by slivers of that size: 5 mm along a kilometre.
const Tolerance = 5.0

// An overlay is a plan's grids laid over each other: the faces between all their
// borders, and which grids cover each.
type overlay struct {
	mesh  *planar.Mesh
	cover [][]winding // by face, by grid
}

// A winding says how often the rings of a grid go round a face: once, where the
// grid is valid and covers it.
type winding struct{ grid, times int32 }

// maxWindings bounds what an overlay keeps. A plan has one winding for each face;
// heaps of grids over each other have many.
const maxWindings = 5_000_000

// layOver lays grids over each other. skip leaves out some, by position.
func layOver(grids []Responsibility, skip func(i int) bool) (*overlay, error) {
	var lines []planar.Line
	var owner []int32 // by line
	for i, g := range grids {
		if skip != nil && skip(i) {
			continue
		}
		for _, poly := range g.Ground {
			for j, ring := range poly {
				points, err := ringPoints(ring, j == 0)
				if err != nil {
					return nil, fmt.Errorf("grid %d of the plan: %w", i+1, err)
				}
				lines, owner = append(lines, planar.Line{Points: points}), append(owner, int32(i))
			}
		}
	}
	mesh, err := planar.New(lines)
	if err != nil {
		return nil, err
	}
	o := &overlay{mesh: mesh, cover: make([][]winding, mesh.Faces())}
	windings := 0
	mesh.Spread(func(from, to int32, edge int, toLeft bool) {
		if windings <= maxWindings {
			o.cover[to] = cross(o.cover[from], mesh.Uses(edge), owner, toLeft)
			windings += len(o.cover[to])
		}
	})
	if windings > maxWindings {
		return nil, planar.ErrTangled
	}
	return o, nil
}

// ringPoints gives a ring's points so that the ground is on their left: outer
// rings counter-clockwise, holes clockwise, whichever way they were drawn.
func ringPoints(ring orb.Ring, outer bool) ([]planar.Point, error) {
	points := make([]planar.Point, 0, len(ring)+1)
	for _, p := range ring {
		q, ok := planar.At(p)
		if !ok {
			return nil, fmt.Errorf("%v: %w", p, planar.ErrPosition)
		}
		points = append(points, q)
	}
	if len(ring) > 0 {
		points = append(points, points[0]) // closed already: passed over
	}
	if (turn(ring) > 0) != outer {
		slices.Reverse(points)
	}
	return points, nil
}

// turn is twice the signed area of a ring in square degrees: positive for
// counter-clockwise.
func turn(ring orb.Ring) float64 {
	sum := 0.0
	for i := 2; i < len(ring); i++ {
		sum += (ring[i-1][0]-ring[0][0])*(ring[i][1]-ring[0][1]) - (ring[i-1][1]-ring[0][1])*(ring[i][0]-ring[0][0])
	}
	return sum
}

// cross gives the windings on the other side of an edge.
func cross(from []winding, uses []planar.Use, owner []int32, toLeft bool) []winding {
	to := slices.Clone(from)
	for _, u := range uses {
		step := int32(-1)
		if u.Forward == toLeft {
			step = 1
		}
		g := owner[u.Line]
		i, found := slices.BinarySearchFunc(to, g, func(w winding, g int32) int { return int(w.grid) - int(g) })
		if !found {
			to = slices.Insert(to, i, winding{grid: g})
		}
		if to[i].times += step; to[i].times == 0 {
			to = slices.Delete(to, i, i+1)
		}
	}
	return to
}

// squareMetres is the area of a face.
func (o *overlay) squareMetres(face int) float64 {
	lon, lat := geo.MetresPerDegree(o.mesh.Inside(face)[1])
	return math.Abs(o.mesh.Area(face)) * float64(lon) * float64(lat)
}

// gaps joins the faces that no grid covers where only a border that is not one
// lies between them. It names a face's gap by its lowest face: 0 is the outside.
// Faces that a grid covers have -1.
func (o *overlay) gaps() []int32 {
	gap := make([]int32, o.mesh.Faces())
	for f := range gap {
		gap[f] = int32(f)
	}
	for _, e := range o.mesh.Edges {
		if len(o.cover[e.Left]) == 0 && len(o.cover[e.Right]) == 0 {
			planar.Unite(gap, e.Left, e.Right)
		}
	}
	for f := range gap {
		gap[f] = planar.Find(gap, int32(f))
	}
	for f := range gap {
		if len(o.cover[f]) > 0 {
			gap[f] = -1
		}
	}
	return gap
}
