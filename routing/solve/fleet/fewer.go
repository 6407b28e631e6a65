package fleet

import (
	"context"
	"math"

	"citygrid/routing/solve"
)

// How much of a search with the goal Fewest goes into needing fewer units, and how warm
// that is, in mean ways to a near task.
const (
	fewerShare = 0.4
	fewerWarm  = 0.1
)

// A fewer is the search of one thread for a place for everybody with one unit less:
// what was left often is the more important to place, as in package ruin.
type fewer struct {
	on     bool
	shut   []bool  // by unit: it may get nothing
	lacked []int64 // by task: how often it was without a place
}

// dropUnit gives up the unit whose tasks found a place most easily so far, and shuts
// all that have nothing to do; false if there is none that may be given up.
func (t *thread) dropUnit() bool {
	s := t.s
	if t.lacked == nil {
		t.shut, t.lacked = make([]bool, len(s.routes)), make([]int64, len(s.m.tasks))
	}
	best, least := -1, int64(math.MaxInt64)
	for u := range s.routes {
		r := &s.routes[u]
		t.shut[u] = len(r.items) == 0
		if len(r.items) == 0 || r.first > 0 || s.m.units[u].loaded != (load{}) {
			continue
		}
		sum := int64(0)
		for _, i := range r.items {
			if it := &s.m.items[i]; it.kind == solve.Serve {
				sum += t.lacked[it.id]
			}
		}
		if sum < least {
			best, least = u, sum
		}
	}
	used := 0
	for _, shut := range t.shut {
		if !shut {
			used++
		}
	}
	if best < 0 || used < 2 || len(s.absent) > 0 {
		return false
	}
	t.start()
	for _, i := range s.routes[best].items {
		if it := &s.m.items[i]; it.kind == solve.Serve && s.m.whose(it.id) == it.id {
			s.absent = append(s.absent, it.id)
		}
	}
	t.shut[best] = true
	return s.set(best, nil)
}

// fit is one step in which tasks may be left without a place, the fewer the better.
// When all have one, that is kept and the next unit given up; false if there is none.
func (t *thread) fit(ctx context.Context) bool {
	s := t.s
	t.start()
	t.was = append(t.was[:0], s.absent...)
	before, weight := t.lacking(), s.weight()
	t.ruin()
	t.recreate(ctx, true)
	after := t.lacking()
	for _, x := range s.absent {
		t.lacked[x]++
	}
	if after > before || after == before && float64(s.weight()) >= float64(weight)-fewerWarm*s.m.mean*math.Log(s.random.unit()) {
		t.takeBack()
		s.absent = append(s.absent[:0], t.was...)
		return true
	}
	if len(s.absent) > 0 {
		return true
	}
	s.recount()
	t.differ()
	t.keep()
	return t.dropUnit()
}

// widen ends the search for fewer units: it goes on with the best.
func (t *thread) widen() {
	t.on, t.shut = false, nil
	t.restore(t.best)
}

// lacking is how much is without a place.
func (t *thread) lacking() (sum int64) {
	for _, x := range t.s.absent {
		sum += 1 + t.lacked[x]
	}
	return sum
}
