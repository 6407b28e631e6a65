package path

import (
	"cmp"
	"context"
	"slices"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A Unit is one of some points, and its way to a place.
type Unit struct {
	Index int // in the points asked about
	Cost
}

// Nearest lists the k points from which one is first at a place, the quickest
// first; equally quick ones come by distance, then in their order. Points off the
// network (farther than limit from a street, 0 = DefaultSnapLimit) or without a
// way there are left out. The errors are Table's.
func (e *Engine) Nearest(ctx context.Context, points []orb.Point, to orb.Point, limit geo.Metres, k int) ([]Unit, error) {
	t, err := e.Table(ctx, points, []orb.Point{to}, limit)
	if err != nil {
		return nil, err
	}
	var units []Unit
	for i := range points {
		if c, ok := t.At(i, 0); ok {
			units = append(units, Unit{i, c})
		}
	}
	slices.SortStableFunc(units, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(a.Duration, b.Duration), cmp.Compare(a.Distance, b.Distance))
	})
	return units[:min(max(k, 0), len(units))], nil
}
