package path

import (
	"context"
	"math"
)

// patience is how many steps a search goes between two looks at its context:
// under a millisecond.
const patience = 4096

const unreached = math.MaxUint32

// A seed is where a search starts or ends: a state, and the cost from the start
// to the end of its edge, or from the start of its edge to the goal.
type seed struct {
	state state
	cost  uint32
}

// A found route runs over the hop from x to y, where the two searches met: back
// along the forward search from x, on along the backward search from y.
type found struct {
	cost uint32
	x, y state
}

// A search is the room that one query works in. It is used for one query at a
// time and many after another.
//
// It runs Dijkstra's algorithm from both ends, with labels at the ends of edges
// going forward and at their starts going backward, so the two meet on a hop.
//
// Private ground may be travelled only at the ends of a route, so a route is
// private, then public, then private again, each part maybe empty. The search
// keeps to it by walking private ground first, from each end, as far as it goes
// without public ground; then the two searches meet on public ground and never
// leave it. Each private state near an end has its final label by then, which
// is what makes the usual rule to stop right.
type search struct {
	g                 *graph
	forward, backward half
	best              found
}

// A half is the search from one end.
type half struct {
	labels  []label // by state
	now     uint32
	public  heap
	private heap
}

// A label is the least cost known to reach a state, and over which other state.
// The three lie together because a search is mostly waiting for memory.
type label struct {
	cost   uint32
	parent state
	round  uint32 // the label is of this query if round is half.now
}

func newSearch(g *graph) *search {
	return &search{
		g:        g,
		forward:  half{labels: make([]label, len(g.edge))},
		backward: half{labels: make([]label, len(g.edge))},
	}
}

func (h *half) reset() {
	h.now++
	if h.now == 0 { // after 4 billion queries the marks come round again
		clear(h.labels)
		h.now = 1
	}
	h.public, h.private = h.public[:0], h.private[:0]
}

// at is the cost known to reach a state.
func (h *half) at(s state) uint32 {
	if l := &h.labels[s]; l.round == h.now {
		return l.cost
	}
	return unreached
}

// reach lowers the label of a state, if it does.
func (h *half) reach(s, from state, cost uint64, private bool) {
	l := &h.labels[s]
	if l.round == h.now && cost >= uint64(l.cost) || cost >= unreached {
		return
	}
	*l = label{uint32(cost), from, h.now}
	if private {
		h.private.push(uint32(cost), s)
	} else {
		h.public.push(uint32(cost), s)
	}
}

// run finds the cheapest route from one of the starts to one of the goals that
// has at least one turn. ok is false when there is none.
func (q *search) run(ctx context.Context, starts, goals []seed) (best found, ok bool, err error) {
	q.forward.reset()
	q.backward.reset()
	q.best = found{cost: unreached}
	for _, s := range starts {
		q.forward.reach(s.state, noState, uint64(s.cost), q.g.private[s.state])
	}
	for _, s := range goals {
		q.backward.reach(s.state, noState, uint64(s.cost), q.g.private[s.state])
	}
	steps := 0
	tired := func() bool {
		steps++
		return steps%patience == 0 && ctx.Err() != nil
	}
	for len(q.forward.private) > 0 {
		if tired() {
			return found{}, false, ctx.Err()
		}
		if s, ok := q.forward.settle(&q.forward.private); ok {
			q.stepForward(s)
		}
	}
	for len(q.backward.private) > 0 {
		if tired() {
			return found{}, false, ctx.Err()
		}
		if s, ok := q.backward.settle(&q.backward.private); ok {
			q.stepBackward(s)
		}
	}
	for len(q.forward.public) > 0 && len(q.backward.public) > 0 {
		if tired() {
			return found{}, false, ctx.Err()
		}
		f, b := q.forward.public.least(), q.backward.public.least()
		if uint64(f)+uint64(b) >= uint64(q.best.cost) {
			break
		}
		if f <= b {
			if s, ok := q.forward.settle(&q.forward.public); ok {
				q.stepForward(s)
			}
		} else if s, ok := q.backward.settle(&q.backward.public); ok {
			q.stepBackward(s)
		}
	}
	return q.best, q.best.cost != unreached, nil
}

// settle takes the nearest state off a heap; ok is false if it was there with a
// cost that has been lowered since.
func (h *half) settle(from *heap) (s state, ok bool) {
	cost, s := from.pop()
	return s, cost == h.labels[s].cost
}

func (q *search) stepForward(x state) {
	cost := uint64(q.forward.labels[x].cost)
	for _, h := range q.g.outOf(x) {
		y := h.state
		turned := cost + uint64(h.cost)
		q.meet(turned, q.backward.at(y), x, y)
		if q.g.private[y] && !q.g.private[x] {
			continue
		}
		q.forward.reach(y, x, turned+uint64(q.g.weight[y]), q.g.private[y])
	}
}

func (q *search) stepBackward(y state) {
	cost := uint64(q.backward.labels[y].cost)
	for _, h := range q.g.into(y) {
		x := h.state
		turned := cost + uint64(h.cost)
		q.meet(turned, q.forward.at(x), x, y)
		if q.g.private[x] && !q.g.private[y] {
			continue
		}
		q.backward.reach(x, y, turned+uint64(q.g.weight[x]), q.g.private[x])
	}
}

func (q *search) meet(turned uint64, other uint32, x, y state) {
	if other == unreached {
		return
	}
	if sum := turned + uint64(other); sum < uint64(q.best.cost) {
		q.best = found{uint32(sum), x, y}
	}
}

// states lists the states of a route found, in order.
func (q *search) states(f found) []state {
	var route []state
	for s := f.x; s != noState; s = q.forward.labels[s].parent {
		route = append(route, s)
	}
	for i, j := 0, len(route)-1; i < j; i, j = i+1, j-1 {
		route[i], route[j] = route[j], route[i]
	}
	for s := f.y; s != noState; s = q.backward.labels[s].parent {
		route = append(route, s)
	}
	return route
}
