package patrol

import (
	"context"
	"slices"
	"time"

	"citygrid/geo/street"
	"citygrid/routing/solve"
)

// perTurn is how much longer a walk may get for each turn on the heel that it is
// spared.
const perTurn = 20 * time.Second

// natural makes the walks of a solution go on where a person would: who comes to a
// junction does not turn on the heel if there is another street to go on by. Where a
// walk passes a junction twice, what lies between can be walked the other way round,
// and takes as long but for waits at lights.
func (b *builder) natural(ctx context.Context, sol *solve.Solution) error {
	for i := range sol.Routes {
		r := &sol.Routes[i]
		walk, err := b.walk(ctx, i, r)
		if err != nil {
			return err
		}
		if walk.TurnRound == 0 {
			continue
		}
		b.goOn(walk.Legs)
		visits, ok := b.seen(walk.Legs, r)
		if !ok {
			continue
		}
		now, err := b.p.Schedule(i, visits)
		if err != nil {
			continue
		}
		other, err := b.walk(ctx, i, &now)
		if err != nil {
			return err
		}
		if spared := walk.TurnRound - other.TurnRound; spared > 0 && now.End-r.End <= time.Duration(spared)*perTurn {
			sol.Routes[i] = now
		}
	}
	return nil
}

// joint is the junction where a leg ends, or begins; -1 if that is no junction.
func (b *builder) joint(l Leg, end bool) int64 {
	s := b.n.Segment(l.Segment)
	at, from, to := l.From, s.From, s.To
	if end {
		at = l.To
	}
	switch {
	case at <= 0:
		return int64(from)
	case float64(at) >= float64(s.LengthM):
		return int64(to)
	}
	return -1
}

// turns is 1 if legs x and y mean to turn on the heel, as turnsRound counts it.
func (b *builder) turns(x, y Leg) int { return b.turnsRound([]Leg{x, y}) }

// back is a leg the other way; ok is false where that can't be walked, or where the
// leg is not the whole of a segment.
func (b *builder) back(l Leg) (Leg, bool) {
	if _, ok := b.r.Ways.Along(l.Segment, !l.Forward); !ok || b.joint(l, false) < 0 || b.joint(l, true) < 0 {
		return l, false
	}
	l.Forward, l.From, l.To = !l.Forward, l.To, l.From
	return l, true
}

// goOn turns parts of a walk round that begin and end at the same junction, where that
// saves turns on the heel.
func (b *builder) goOn(legs []Leg) {
	at := map[int64][]int{} // by junction: legs that end there
	note := func() {
		clear(at)
		for i, l := range legs {
			if j := b.joint(l, true); j >= 0 {
				at[j] = append(at[j], i)
			}
		}
	}
	note()
	for i := 0; i+1 < len(legs); i++ {
		if b.turns(legs[i], legs[i+1]) == 0 {
			continue
		}
		for _, j := range at[b.joint(legs[i], true)] {
			lo, hi := min(i, j)+1, max(i, j)
			if i != j && hi+1 < len(legs) && b.turnPart(legs, lo, hi) {
				note()
				break
			}
		}
	}
}

// turnPart turns legs lo to hi round if fewer turns on the heel are left then.
func (b *builder) turnPart(legs []Leg, lo, hi int) bool {
	before := b.turns(legs[lo-1], legs[lo]) + b.turns(legs[hi], legs[hi+1])
	part := make([]Leg, 0, hi-lo+1)
	for k := hi; k >= lo; k-- {
		l, ok := b.back(legs[k])
		if !ok || len(part) == 0 && b.turns(legs[lo-1], l) >= before {
			return false
		}
		part = append(part, l)
	}
	if b.turns(legs[lo-1], part[0])+b.turns(part[hi-lo], legs[hi+1]) >= before {
		return false
	}
	copy(legs[lo:], part)
	return true
}

// seen are visits that see the streets of a route along legs, each when it is come
// along first, of those that walks keep an order in when it is its turn.
func (b *builder) seen(legs []Leg, r *solve.Route) (visits []solve.Visit, ok bool) {
	todo := make(map[street.SegmentID][]int, len(r.Stops)) // tasks
	for _, s := range r.Stops {
		id := b.tasks[s.Task]
		todo[id] = append(todo[id], s.Task)
	}
	turn := func() Rank { return b.rankOf(r.Stops[min(len(visits), len(r.Stops)-1)].Task) } // the stops have them in order
	for _, l := range legs {
		list := todo[l.Segment]
		if len(list) == 0 || b.strict && b.rankOf(list[0]) != turn() || b.joint(l, false) < 0 || b.joint(l, true) < 0 {
			continue
		}
		// Of a street whose two sides count, one task may want one direction.
		k, mode := 0, -1
		for k = range list {
			if mode = b.mode(list[k], l); mode >= 0 {
				break
			}
		}
		if mode < 0 {
			continue
		}
		visits = append(visits, solve.Visit{Task: list[k], Mode: mode})
		todo[l.Segment] = slices.Delete(list, k, k+1)
	}
	return visits, len(visits) == len(r.Stops)
}

// mode is the mode in which a task walks along a leg, -1 if in none.
func (b *builder) mode(task int, l Leg) int {
	s := b.n.Segment(l.Segment)
	from := b.node(s.From)
	if !l.Forward {
		from = b.node(s.To)
	}
	modes := b.p.Tasks[task].Modes
	if len(modes) == 2 && modes[0].Enter == modes[0].Leave { // a loop: forward comes first
		if l.Forward {
			return 0
		}
		return 1
	}
	return slices.IndexFunc(modes, func(m solve.Mode) bool { return m.Enter == from })
}
