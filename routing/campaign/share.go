package campaign

import (
	"context"
	"fmt"
	"math"
	"slices"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

// maxStreets bounds the streets of a day: to share them out takes their number squared,
// times the pairs.
const maxStreets = 2000

// stroll is a walking speed for the short gaps between streets that follow each other.
const stroll = 80 // metres a minute

// share cuts the roads into parts of streets that follow each other, one a pair, so that
// the minutes of work, looking and getting from one street to the next, are as even as can
// be: their squares have the least sum of all ways to cut. The way from the meeting point
// does not count as work: who goes far off would be left with nothing to look at.
func share(ctx context.Context, r *Request, ids []street.SegmentID, sides func(street.SegmentID) int) ([][]street.SegmentID, error) {
	if len(ids) > maxStreets {
		return nil, fmt.Errorf("%w: the roads have %d streets, %d is the most: make two campaigns of them", patrol.ErrRequest, len(ids), maxStreets)
	}
	parts := make([][]street.SegmentID, len(r.Pairs))
	if len(ids) == 0 || len(parts) == 0 {
		return parts, nil
	}
	order := chain(r.Network, r.Meet, ids)
	n := len(order)
	look, gaps := make([]float64, n+1), make([]float64, n+1) // minutes, of those before i
	for i, id := range order {
		look[i+1] = look[i] + float64(sides(id))*float64(r.Network.Segment(id).LengthM)/float64(r.Pace)
		if i > 0 {
			gaps[i] = gaps[i-1] + float64(apart(r.Network, order[i-1], id))/stroll
		}
	}
	// least[k][j] is the least sum of squares of the first j streets in k parts.
	k := min(len(parts), n)
	least, cut := make([][]float64, k+1), make([][]int, k+1)
	for p := range least {
		least[p], cut[p] = make([]float64, n+1), make([]int, n+1)
		for j := range least[p] {
			least[p][j] = math.Inf(1)
		}
	}
	least[0][0] = 0
	for j := 1; j <= n; j++ {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for i := j - 1; i >= 0; i-- {
			cost := look[j] - look[i] + gaps[j-1] - gaps[i]
			for p := 1; p <= k; p++ {
				if sum := least[p-1][i] + cost*cost; sum < least[p][j] {
					least[p][j], cut[p][j] = sum, i
				}
			}
		}
	}
	for p, j := k, n; p > 0; p-- {
		i := cut[p][j]
		parts[p-1], j = slices.Clone(order[i:j]), i
	}
	return parts, nil
}

// apart is how far the nearest ends of two streets are from each other.
func apart(n *street.Network, a, b street.SegmentID) geo.Metres {
	x, y := endsOf(n, a), endsOf(n, b)
	return min(geo.Distance(x[0], y[0]), geo.Distance(x[0], y[1]), geo.Distance(x[1], y[0]), geo.Distance(x[1], y[1]))
}

func endsOf(n *street.Network, id street.SegmentID) [2]orb.Point {
	s := n.Segment(id)
	return [2]orb.Point{n.Junction(s.From).At.Point(), n.Junction(s.To).At.Point()}
}

// chain puts streets into an order in which they follow each other: from the one with an
// end farthest from their middle, each time the nearest that is left.
func chain(n *street.Network, meet orb.Point, ids []street.SegmentID) []street.SegmentID {
	rest := slices.Clone(ids)
	var bound orb.Bound
	for i, id := range rest {
		if e := endsOf(n, id); i == 0 {
			bound = orb.MultiPoint(e[:]).Bound()
		} else {
			bound = bound.Union(orb.MultiPoint(e[:]).Bound())
		}
	}
	at, far := meet, geo.Metres(-1)
	for _, id := range rest {
		for _, p := range endsOf(n, id) {
			if d := geo.Distance(p, bound.Center()); d > far {
				at, far = p, d
			}
		}
	}
	order := make([]street.SegmentID, 0, len(rest))
	for len(rest) > 0 {
		best, off, end := 0, geo.Metres(math.Inf(1)), at
		for i, id := range rest {
			e := endsOf(n, id)
			for k, p := range e {
				if d := geo.Distance(at, p); d < off {
					best, off, end = i, d, e[1-k]
				}
			}
		}
		order, at = append(order, rest[best]), end
		rest = slices.Delete(rest, best, best+1)
	}
	return order
}
