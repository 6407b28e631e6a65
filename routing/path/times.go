package path

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A Cost is the quickest way between two points, without the way itself.
type Cost struct {
	Duration time.Duration // whole milliseconds
	Distance geo.Metres
}

// Times finds the quickest ways from each of some points to each of others:
// Times[i][j] is from from[i] to to[j], the Duration that Route would say, with
// the Distance of one of the ways that are that quick. A cell is nil where Route
// would say ErrOffNetwork (within DefaultSnapLimit) or ErrNoRoute. The error is
// geo.ErrPosition for a point not on earth, or the context's.
func (e *Engine) Times(ctx context.Context, from, to []orb.Point) ([][]*Cost, error) {
	return e.TimesWithin(ctx, from, to, DefaultSnapLimit)
}

// TimesWithin is Times with another snap limit, 0 < limit <= 50 km. With a very
// small one, points that lie on the streets are kept from being snapped to
// another street when theirs leads nowhere.
func (e *Engine) TimesWithin(ctx context.Context, from, to []orb.Point, limit geo.Metres) ([][]*Cost, error) {
	if err := checkLimit(limit); err != nil {
		return nil, err
	}
	sources, err := e.snapAll(From, from, limit)
	if err != nil {
		return nil, err
	}
	goals, err := e.snapAll(To, to, limit)
	if err != nil {
		return nil, err
	}
	t := e.fans.Get().(*fan)
	defer e.fans.Put(t)
	table := make([][]*Cost, len(from))
	for i := range from {
		if table[i], err = e.timesFrom(ctx, t, sources[i], goals); err != nil {
			return nil, fmt.Errorf("search for times: %w", err)
		}
	}
	return table, nil
}

// snapAll lists the places of each point, none if it is off the network.
func (e *Engine) snapAll(end End, points []orb.Point, limit geo.Metres) ([][]place, error) {
	all := make([][]place, len(points))
	for i, p := range points {
		if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			return nil, fmt.Errorf("%s %d %v: %w", end, i, p, geo.ErrPosition)
		}
		var err error
		if all[i], err = e.places(end, p, limit); err != nil && !errors.Is(err, ErrOffNetwork) {
			return nil, err
		}
	}
	return all, nil
}

// timesFrom finds the costs from one point. Pairs of places are tried in the
// order of Route: all goals whose next pair begins at the same place share a
// search. Nearly always one search answers for all.
func (e *Engine) timesFrom(ctx context.Context, t *fan, from []place, goals [][]place) ([]*Cost, error) {
	row := make([]*Cost, len(goals))
	pairs := make([][]pair, len(goals))
	for j, g := range goals {
		if pairs[j] = e.pairs(from, g); len(pairs[j]) > maxTries {
			pairs[j] = pairs[j][:maxTries]
		}
	}
	for {
		// The group of the first goal that is open.
		var start place
		var group []int
		for j := range goals {
			if row[j] != nil || len(pairs[j]) == 0 {
				continue
			}
			f := pairs[j][0].from
			if start == nil {
				start = f
			}
			if &f[0] == &start[0] {
				group = append(group, j)
			}
		}
		if group == nil {
			return row, nil
		}
		places := make([]place, len(group))
		for k, j := range group {
			places[k] = pairs[j][0].to
			pairs[j] = pairs[j][1:]
		}
		costs, err := e.fan(ctx, t, start, places)
		if err != nil {
			return nil, err
		}
		for k, j := range group {
			row[j] = costs[k]
		}
	}
}

// A fan is the room for a search from one place to many. It is Dijkstra's
// algorithm from one end, over states twice: private ground that a route begins
// on and private ground that it ends on are different to it, see search. State s
// is s while no private ground is behind public, and s+states after.
type fan struct {
	labels []label
	now    uint32
	queue  heap
	goal   []int32 // by state: 1 + the first of its aims
	aims   []aim
}

// An aim is one way to be at a goal: from the start of a state's edge, cost more.
type aim struct {
	state state
	cost  uint32
	goal  int
	next  int32 // 1 + the next aim on the same state
}

// A hit is the best way found to a goal: over the hop from x into an aim's state.
type hit struct {
	cost uint32
	x    state // in the fan's numbers
	into state
}

func newFan(g *graph) *fan {
	return &fan{labels: make([]label, 2*len(g.edge)), goal: make([]int32, len(g.edge))}
}

// fan finds the costs from a place to others, nil where no way leads.
func (e *Engine) fan(ctx context.Context, t *fan, from place, to []place) ([]*Cost, error) {
	if t.now++; t.now == 0 {
		clear(t.labels)
		t.now = 1
	}
	t.queue, t.aims = t.queue[:0], t.aims[:0]
	for j, p := range to {
		for _, s := range e.goals(p) {
			t.aims = append(t.aims, aim{s.state, s.cost, j, t.goal[s.state]})
			t.goal[s.state] = int32(len(t.aims))
		}
	}
	defer func() {
		for _, a := range t.aims {
			t.goal[a.state] = 0
		}
	}()

	costs := make([]*Cost, len(to))
	hits := make([]hit, len(to))
	for j, p := range to {
		hits[j] = hit{cost: unreached, x: noState}
		if s, c := e.direct(from, p); s != noState {
			hits[j] = hit{c, noState, s}
		}
	}
	for _, s := range e.starts(from) {
		t.reach(s.state, noState, uint64(s.cost))
	}
	if err := t.run(ctx, e.g, hits); err != nil {
		return nil, err
	}
	room := make([]Cost, len(to))
	for j, h := range hits {
		if h.cost == unreached {
			continue
		}
		room[j] = Cost{time.Duration(h.cost) * time.Millisecond, e.length(t, h, from, to[j])}
		costs[j] = &room[j]
	}
	return costs, nil
}

func (t *fan) reach(s, from state, cost uint64) {
	l := &t.labels[s]
	if l.round == t.now && cost >= uint64(l.cost) || cost >= unreached {
		return
	}
	*l = label{uint32(cost), from, t.now}
	t.queue.push(uint32(cost), s)
}

// run searches until no hit can get better.
func (t *fan) run(ctx context.Context, g *graph, hits []hit) error {
	states := state(len(g.edge))
	worst := func() (w uint32) {
		for _, h := range hits {
			w = max(w, h.cost)
		}
		return w
	}
	limit, better := worst(), 0
	for steps := 1; len(t.queue) > 0; steps++ {
		if steps%patience == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if better > 0 && (limit != unreached || steps%64 == 0) {
			limit, better = worst(), 0
		}
		if t.queue.least() >= limit {
			break
		}
		cost, x := t.queue.pop()
		if cost != t.labels[x].cost {
			continue
		}
		s, ending := x, x >= states
		if ending {
			s -= states
		}
		for _, h := range g.outOf(s) {
			y := h.state
			if ending && !g.private[y] {
				continue
			}
			turned := uint64(cost) + uint64(h.cost)
			for a := t.goal[y]; a != 0; a = t.aims[a-1].next {
				if aim := &t.aims[a-1]; turned+uint64(aim.cost) < uint64(hits[aim.goal].cost) {
					hits[aim.goal] = hit{uint32(turned + uint64(aim.cost)), x, y}
					better++
				}
			}
			to := y
			if ending || g.private[y] && !g.private[s] {
				to += states
			}
			t.reach(to, x, turned+uint64(g.weight[y]))
		}
	}
	return nil
}

// length adds up the way to a hit.
func (e *Engine) length(t *fan, h hit, from, to place) geo.Metres {
	d := e.g.edge[h.into]
	end := e.position(d, to.near(d))
	if h.x == noState {
		return max(0, end-e.position(d, from.near(d)))
	}
	sum := end
	for x := h.x; ; {
		s := x
		if s >= state(len(e.g.edge)) {
			s -= state(len(e.g.edge))
		}
		d = e.g.edge[s]
		sum += geo.Metres(e.n.Segment(d.segment()).LengthM)
		parent := t.labels[x].parent
		if parent == noState {
			return sum - e.position(d, from.near(d))
		}
		x = parent
	}
}
