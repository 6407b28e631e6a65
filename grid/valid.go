package grid

import (
	"fmt"
	"strings"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

// invalid says where ground breaks the rules of OGC Simple Features, or nil: a
// ring that crosses or touches itself, a hole outside its polygon, parts that
// share ground or more than single points of their borders. Every program that
// will read our plans keeps to them.
func invalid(ground orb.MultiPolygon) *Fault {
	polys := make([]geom.Polygon, len(ground))
	for i, poly := range ground {
		rings := make([]geom.LineString, len(poly))
		for j, ring := range poly {
			flat := make([]float64, 0, 2*len(ring))
			for _, p := range ring {
				flat = append(flat, p[0], p[1])
			}
			rings[j] = geom.NewLineString(geom.NewSequence(flat, geom.DimXY))
			if rings[j].Validate() == nil && !rings[j].IsSimple() {
				at := knot(ring)
				return &Fault{
					What: fmt.Sprintf("polygon %d, ring %d crosses or touches itself", i, j),
					Mend: "untie it there", At: &at,
				}
			}
		}
		polys[i] = geom.NewPolygon(rings)
	}
	err := geom.NewMultiPolygon(polys).Validate()
	if err == nil {
		return nil
	}
	f := &Fault{What: strings.TrimPrefix(err.Error(), "validating multipolygon constraints: "), Mend: "draw it again there"}
	// The library tells the place only in its text.
	var at orb.Point
	if what, place, told := strings.Cut(f.What, " (at or near {"); told {
		if n, _ := fmt.Sscanf(place, "%g %g", &at[0], &at[1]); n == 2 {
			f.What, f.At = what, &at
		}
	}
	return f
}

// knot is a point where a ring meets itself.
func knot(ring orb.Ring) orb.Point {
	points, err := ringPoints(ring, true)
	if err != nil {
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
