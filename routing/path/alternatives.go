package path

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"citygrid/geo"
	"citygrid/geo/street"
)

// What makes a way an alternative worth showing, after Abraham, Delling, Goldberg
// and Werneck, "Alternative Routes in Road Networks" (2013), section 3: it takes at
// most a quarter longer, shares at most 80 % of its time with those before it, and
// around the place that it leads over it is itself the quickest way for a quarter
// of the quickest route's time, so it makes no senseless detour.
const (
	mostStretch  = 0.25
	mostOverlap  = 0.80
	locallyShare = 0.25
)

// MaxAlternatives is the most routes that Alternatives looks for.
const MaxAlternatives = 8

// mostCandidates bounds how many ways are written out to be judged.
const mostCandidates = 60

// Alternatives finds up to so many routes, the quickest first, then others worth
// a choice: none takes more than a quarter longer than the first, shares more than
// 80 % of its time with those before it, or goes round in a circle. They are the
// ways over one node of the hierarchy that both ends' searches meet at, so there
// may be others that are not found; where there is no good one, only the first
// comes. The query's Via must be empty. The errors are Route's.
func (e *Engine) Alternatives(ctx context.Context, q Query, most int) ([]Route, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	if len(q.Via) > 0 {
		return nil, errors.New("alternatives are for routes without points on the way")
	}
	if most < 1 || most > MaxAlternatives {
		return nil, fmt.Errorf("%d alternatives: want 1 to %d", most, MaxAlternatives)
	}
	r := e.rooms.Get().(*room)
	defer e.rooms.Put(r)
	var routes []Route
	var late error
	err := e.try(ctx, q, func(from, to place) bool {
		states := e.between(r, from, to)
		if states == nil {
			return false
		}
		routes = append(routes, e.route(states, from, to))
		if len(states) > 1 && most > 1 {
			var others [][]state
			others, late = e.others(ctx, r, from, to, states, most-1)
			for _, way := range others {
				routes = append(routes, e.route(way, from, to))
			}
		}
		return true
	})
	return routes, errors.Join(err, late)
}

// A candidate is a node that a way may lead over, and what that way costs.
type candidate struct {
	node uint32
	cost cost
}

// others finds ways beside the quickest one.
func (e *Engine) others(ctx context.Context, r *room, from, to place, quickest []state, most int) ([][]state, error) {
	leaving, arriving := e.leaving(from), e.arriving(to)
	best, nodes := e.meetings(r, leaving, arriving)
	chosen := []map[edge]bool{e.edges(quickest)}
	var found [][]state
	for i, c := range nodes {
		if i >= mostCandidates || len(found) == most {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		// The ascents are lost to the searches that judge the way before.
		e.meetings(r, leaving, arriving)
		way := e.states(r, way{cost: c.cost, top: c.node, from: leaving.doors, to: arriving})
		if e.returns(way) || e.overlaps(way, chosen) || !e.locallyBest(r, way, e.h.state[c.node], best) {
			continue
		}
		found = append(found, way)
		chosen = append(chosen, e.edges(way))
	}
	return found, nil
}

// meetings are the nodes over which there is a way that is not too long, the
// quickest first, but for the quickest itself; and the cost of that.
func (e *Engine) meetings(r *room, leaving exits, arriving []door) (best cost, nodes []candidate) {
	r.forward.climb(e.h, &e.h.out, e.metric.out, leaving.doors)
	r.backward.climb(e.h, &e.h.in, e.metric.in, arriving)
	best = never
	for _, up := range r.forward.branches {
		for _, down := range r.backward.branches {
			common := inCommon(up.path, down.path)
			for d := int(max(up.low, down.low)); d < common; d++ {
				if c := up.costs[d].plus(down.costs[d]); c < never {
					nodes = append(nodes, candidate{up.path[d], c})
					best = min(best, c)
				}
			}
		}
	}
	limit := best + cost(float64(best)*mostStretch)
	nodes = slices.DeleteFunc(nodes, func(c candidate) bool { return c.cost > limit || c.cost == best })
	slices.SortFunc(nodes, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.node, b.node)) })
	return best, nodes
}

func (e *Engine) edges(way []state) map[edge]bool {
	all := make(map[edge]bool, len(way))
	for _, s := range way {
		all[e.g.edge[s]] = true
	}
	return all
}

// returns says whether a way comes to a segment or a junction again.
func (e *Engine) returns(way []state) bool {
	been := make(map[street.JunctionID]bool, len(way))
	segments := make(map[street.SegmentID]bool, len(way))
	for i, s := range way {
		d := e.g.edge[s]
		j := head(e.n, d)
		last := i == len(way)-1 // its end is not reached
		if segments[d.segment()] || !last && been[j] {
			return true
		}
		segments[d.segment()], been[j] = true, true
	}
	return false
}

// overlaps says whether a way shares too much of its time with one of the others.
func (e *Engine) overlaps(way []state, others []map[edge]bool) bool {
	for _, other := range others {
		var shared, all uint64
		for _, s := range way {
			ms := uint64(e.whole(s).ms())
			if all += ms; other[e.g.edge[s]] {
				shared += ms
			}
		}
		if float64(shared) > mostOverlap*float64(all) {
			return true
		}
	}
	return false
}

// locallyBest is the T-test: the piece of the way around a state, a share of the
// quickest route's time to each side, is the quickest way between its ends.
func (e *Engine) locallyBest(r *room, way []state, over state, best cost) bool {
	at := slices.Index(way, over)
	if at < 0 {
		return false
	}
	reach := uint32(float64(best.ms()) * locallyShare)
	start, end := at, at
	for spent := uint32(0); start > 0 && spent < reach; start-- {
		spent += e.whole(way[start-1]).ms() + e.turn(way[start-1], way[start])
	}
	for spent := uint32(0); end < len(way)-1 && spent < reach; end++ {
		spent += e.whole(way[end]).ms() + e.turn(way[end], way[end+1])
	}
	if start == end {
		return true
	}
	piece := cost(0)
	for i := start; i < end; i++ {
		piece = piece.plus(turnCost(e.turn(way[i], way[i+1])))
		if i > start {
			piece = piece.plus(e.whole(way[i]))
		}
	}
	return e.least(r, place{e.endOf(way[start], true)}, place{e.endOf(way[end], false)}) >= piece
}

// endOf is the spot at the end of a state's edge, or at its beginning.
func (e *Engine) endOf(s state, end bool) spot {
	d := e.g.edge[s]
	near := street.Near{Segment: d.segment()}
	if d.forward() == end {
		near.Along = geo.Metres(e.n.Segment(d.segment()).LengthM)
	}
	return spot{Near: near, fixed: true, on: s}
}
