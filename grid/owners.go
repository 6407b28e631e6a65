package grid

import (
	"fmt"

	"citygrid/geo"
	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// Owners says whose a point is. It is built once from a plan, then only read, and
// may be shared between goroutines.
type Owners struct {
	where *planar.Locator
	ids   []GridID // by label less 1
}

// Index makes the owners of the plan's ground. It takes any plan whose positions
// are on earth, those that Check refuses too: where grids overlap the first one
// owns, and a sliver of at most Tolerance between grids goes to the neighbour
// with the longest border on it. Larger gaps have no owner.
func (p Plan) Index() (*Owners, error) {
	o, err := layOver(p.Grids, nil)
	if err != nil {
		return nil, fmt.Errorf("index plan %d: %w", p.ID, err)
	}
	own := &Owners{}
	for _, g := range p.Grids {
		own.ids = append(own.ids, g.ID)
	}
	label := make([]int32, o.mesh.Faces())
	for f, cover := range o.cover {
		if len(cover) > 0 {
			label[f] = cover[0].grid + 1
		}
	}
	o.fillSlivers(label)
	own.where = o.mesh.Locator(label)
	return own, nil
}

// OwnerAt is the grid that p is in, and false outside all of them. p is taken to
// the nearest 1e-9 degree. A point on a border belongs to the grid just east of
// it; where the border runs due east, to the one just north of it. So each point
// of the city has exactly one owner.
func (o *Owners) OwnerAt(p orb.Point) (GridID, bool) {
	at, ok := planar.At(p)
	if !ok {
		return 0, false
	}
	label := o.where.At(at)
	if label == 0 {
		return 0, false
	}
	return o.ids[label-1], true
}

// fillSlivers gives the gaps that are too small to count to a neighbour.
func (o *overlay) fillSlivers(label []int32) {
	gap := o.gaps()
	area := map[int32]float64{}
	for f, g := range gap {
		if g > 0 {
			area[g] += o.squareMetres(f)
		}
	}
	beside := map[int32]map[int32]geo.Metres{}
	for _, e := range o.mesh.Edges {
		for _, side := range [][2]int32{{e.Left, e.Right}, {e.Right, e.Left}} {
			g := gap[side[0]]
			if g <= 0 || area[g] > Tolerance || label[side[1]] == 0 {
				continue
			}
			if beside[g] == nil {
				beside[g] = map[int32]geo.Metres{}
			}
			beside[g][label[side[1]]] += geo.Distance(o.mesh.Nodes[e.From].Orb(), o.mesh.Nodes[e.To].Orb())
		}
	}
	for f, g := range gap {
		best := int32(0)
		for to, length := range beside[g] {
			if best == 0 || length > beside[g][best] || length == beside[g][best] && to < best {
				best = to
			}
		}
		label[f] = max(label[f], best)
	}
}
