package grid

import (
	"fmt"

	"citygrid/geo"
	"citygrid/geo/partition"
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
	for i, g := range p.Grids {
		if at, off := partition.OffEarth(g.Ground); off {
			return nil, fmt.Errorf("index plan %d: grid %d of the plan: %v: %w", p.ID, i+1, at, planar.ErrPosition)
		}
	}
	o, err := partition.Lay(p.grounds())
	if err != nil {
		return nil, fmt.Errorf("index plan %d: %w", p.ID, err)
	}
	own := &Owners{}
	for _, g := range p.Grids {
		own.ids = append(own.ids, g.ID)
	}
	label := make([]int32, o.Mesh.Faces())
	for f := range label {
		if grids, _ := o.Owners(f); len(grids) > 0 {
			label[f] = int32(grids[0]) + 1
		}
	}
	fillSlivers(o, label)
	own.where = o.Mesh.Locator(label)
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
func fillSlivers(o *partition.Overlay, label []int32) {
	gap := o.Uncovered()
	area := map[int32]float64{}
	for f, g := range gap {
		if g > 0 {
			area[g] += o.SquareMetres(f)
		}
	}
	beside := map[int32]map[int32]geo.Metres{}
	for _, e := range o.Mesh.Edges {
		for _, side := range [][2]int32{{e.Left, e.Right}, {e.Right, e.Left}} {
			g := gap[side[0]]
			if g <= 0 || area[g] > Tolerance || label[side[1]] == 0 {
				continue
			}
			if beside[g] == nil {
				beside[g] = map[int32]geo.Metres{}
			}
			beside[g][label[side[1]]] += geo.Distance(o.Mesh.Nodes[e.From].Orb(), o.Mesh.Nodes[e.To].Orb())
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
