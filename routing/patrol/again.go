package patrol

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"citygrid/geo/street"
	"citygrid/routing/solve"
)

// A Put is streets, one after the other, that are to come into a walk. They may be
// turned round as a whole.
type Put struct {
	Streets []street.SegmentID
	Officer int // of the request; Anyone: whoever is least longer on their way
	Before  int // place in that officer's order; Cheapest: where it is the shortest way
}

// What a Put may leave open.
const (
	Anyone   = -1
	Cheapest = -1
)

// Again makes the walks in which each officer sees the streets of an order, each
// walked in the direction that makes the walk short, and then puts more streets into
// them, one Put after the other. An order that its officer has no time for is not cut:
// the error is a *solve.RouteError. A Put that nobody has time for is left. What can't
// be walked at all is left too. The request's Streets and Both are not asked; its Spots are.
//
// Orders are as somebody wants them, whatever the request's keys. By these a Put that may
// lie anywhere lies where it breaks their order least, and a spot as in Assign, unless it
// would be missed for that.
func Again(ctx context.Context, r Request, orders [][]street.SegmentID, puts []Put) (Plan, error) {
	if len(orders) != len(r.Officers) {
		return Plan{}, fmt.Errorf("%w: %d orders for %d officers", ErrRequest, len(orders), len(r.Officers))
	}
	r.Streets, r.Both = slices.Concat(orders...), nil
	for _, p := range puts {
		r.Streets = append(r.Streets, p.Streets...)
	}
	b, err := newBuilder(ctx, r)
	if err != nil {
		return Plan{}, err
	}
	b.strict, b.again = len(r.Order) > 0, true
	number := make(map[street.SegmentID]int, len(b.tasks))
	for i, id := range b.tasks {
		number[id] = i
	}
	known := make(map[int]bool)
	tasks := func(ids []street.SegmentID) (all []int, err error) {
		for _, id := range ids {
			t, ok := number[id]
			switch {
			case !ok: // it is in Left already
			case known[t]:
				return nil, fmt.Errorf("%w: segment %d is there twice", ErrRequest, id)
			default:
				known[t], all = true, append(all, t)
			}
		}
		return all, nil
	}
	var sol solve.Solution
	in := make([][]int, len(orders))
	for u, order := range orders {
		if in[u], err = tasks(order); err != nil {
			return Plan{}, err
		}
		route, err := b.p.InOrder(u, in[u])
		if err != nil {
			return Plan{}, err
		}
		sol.Routes = append(sol.Routes, route)
	}
	for _, p := range puts {
		block, err := tasks(p.Streets)
		if err != nil {
			return Plan{}, err
		}
		if len(block) == 0 {
			continue
		}
		if why := b.put(ctx, &sol, in, p, block); why != nil {
			if ctx.Err() != nil {
				return Plan{}, ctx.Err()
			}
			for _, t := range block {
				sol.Unserved = append(sol.Unserved, solve.Unserved{Task: t, Why: why})
			}
		}
	}
	if err := b.visit(ctx, &sol); err != nil {
		return Plan{}, err
	}
	return b.plan(ctx, &sol)
}

// tried is how many of the places that look best for a block are tried in full.
const tried = 8

// A gap is a place in an order, and about how much longer the walk gets there.
type gap struct {
	officer, at int
	turned      bool
	more        time.Duration
}

// put puts a block of tasks where it is wanted, or where it costs least; why is the
// rule that keeps it from there.
func (b *builder) put(ctx context.Context, sol *solve.Solution, in [][]int, p Put, block []int) (why error) {
	turned := slices.Clone(block)
	slices.Reverse(turned)
	var gaps []gap
	for u := range in {
		if p.Officer != Anyone && p.Officer != u {
			continue
		}
		from, to := 0, len(in[u])
		if p.Before != Cheapest && p.Officer != Anyone {
			from, to = min(p.Before, to), min(p.Before, to)
		}
		places := make([]int, 0, to-from+1)
		for at := from; at <= to; at++ {
			places = append(places, at)
		}
		if from < to {
			places = b.inRank(in[u], block, places)
		}
		for _, at := range places {
			gaps = append(gaps, gap{u, at, false, b.more(sol, u, at, block)}, gap{u, at, true, b.more(sol, u, at, turned)})
		}
	}
	slices.SortStableFunc(gaps, func(x, y gap) int { return cmp.Compare(x.more, y.more) })
	best, bestOrder := solve.Route{Unit: -1}, []int(nil)
	least := time.Duration(0)
	why = solve.ErrNoUnit
	for k, g := range gaps {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if k >= tried && best.Unit >= 0 || k >= 20*tried {
			break
		}
		way := block
		if g.turned {
			way = turned
		}
		order := slices.Insert(slices.Clone(in[g.officer]), g.at, way...)
		route, err := b.p.InOrder(g.officer, order)
		if err != nil {
			why = err
			continue
		}
		if more := route.End - sol.Routes[g.officer].End; best.Unit < 0 || more < least {
			best, bestOrder, least = route, order, more
		}
	}
	if best.Unit < 0 {
		return why
	}
	sol.Routes[best.Unit], in[best.Unit] = best, bestOrder
	return nil
}

// inRank are those of some places in an order at which a block breaks that of the ranks
// least.
func (b *builder) inRank(order, block, places []int) (best []int) {
	after := 0 // pairs in the wrong order with the block at the start
	k := b.rankOf(block[0])
	for _, t := range order {
		if b.rankOf(t) < k {
			after++
		}
	}
	least, next := len(order)+1, 0
	for _, at := range places {
		for ; next < at; next++ {
			switch other := b.rankOf(order[next]); {
			case other < k:
				after--
			case other > k:
				after++
			}
		}
		if after < least {
			least, best = after, nil
		}
		if after == least {
			best = append(best, at)
		}
	}
	return best
}

// more is about how much longer a walk gets with a block at a place: the ways to the
// nearer end of its first street and from that of its last.
func (b *builder) more(sol *solve.Solution, u, at int, block []int) time.Duration {
	stops, unit := sol.Routes[u].Stops, &b.p.Units[u]
	before, after := unit.Start, unit.End
	if at > 0 {
		v := stops[at-1].Visit
		before = b.p.Tasks[v.Task].Modes[v.Mode].Leave
	}
	if at < len(stops) {
		v := stops[at].Visit
		after = b.p.Tasks[v.Task].Modes[v.Mode].Enter
	}
	between := func(x, y solve.Node) time.Duration {
		c, ok := b.p.Costs.Between(unit.Profile, x, y)
		if !ok {
			return 1 << 40
		}
		return c.Time
	}
	first, last := b.p.Tasks[block[0]].Modes[0], b.p.Tasks[block[len(block)-1]].Modes[0]
	return min(between(before, first.Enter), between(before, first.Leave)) +
		min(between(last.Leave, after), between(last.Enter, after)) - between(before, after)
}
