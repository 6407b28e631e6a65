package solve

import (
	"errors"
	"slices"
	"time"
)

// Insert puts one more task into a unit's visits where it costs least time on the
// way and at sites, then the earliest. The other tasks keep their order and modes;
// after the fixed visits the drop-offs are placed anew, where and when they let
// the unit be done first.
//
// The order apart that is exact: every place and mode is tried, and for each of
// them all useful drop-offs. The error is the *RouteError that tells most: one
// about the task itself before one about what would come too late behind it.
func (p *Problem) Insert(unit int, visits []Visit, task int) (Route, error) {
	var order []Visit
	fixed := len(p.Units[unit].Fixed)
	for _, v := range visits[min(fixed, len(visits)):] {
		if v.Kind == Serve {
			order = append(order, v)
		}
	}
	var best Route
	var bestWay time.Duration
	var worst error
	found := false
	for at := range len(order) + 1 {
		for m := range p.Tasks[task].Modes {
			r, err := p.Unloaded(unit, slices.Insert(slices.Clone(order), at, Visit{Task: task, Mode: m}))
			if err != nil {
				if worst == nil || telling(err, task) > telling(worst, task) {
					worst = err
				}
				continue
			}
			if way := p.Effort(&r); !found || way < bestWay || way == bestWay && r.End < best.End {
				best, bestWay, found = r, way, true
			}
		}
	}
	if !found {
		return Route{}, worst
	}
	return best, nil
}

// Effort is the time of a route on the way and at sites: what there is to save.
func (p *Problem) Effort(r *Route) time.Duration {
	sum := r.Back.Time
	for _, s := range r.Stops {
		sum += s.Way.Time
		if s.Kind == Unload {
			sum += s.Leave - s.Begin
		}
	}
	return sum
}

// telling ranks errors by how much they say about a task.
func telling(err error, task int) int {
	var r *RouteError
	own := errors.As(err, &r) && r.What != "" && r.task == task+1
	for rank, rule := range []error{ErrShift, ErrRoom, ErrWindow, ErrCapacity, ErrNoWay, ErrSkills} {
		if errors.Is(err, rule) {
			if own {
				rank += 10
			}
			return rank
		}
	}
	return -1
}

// A trail is one way to do the first visits of an order.
type trail struct {
	w      walker
	visit  Visit
	before *trail
}

// Unloaded does the fixed visits, then those of order with drop-offs between
// them where they are needed, such that the unit is done first. order has no
// drop-offs. The error is a *RouteError.
func (p *Problem) Unloaded(unit int, order []Visit) (Route, error) {
	first := &trail{w: p.walker(unit)}
	for k, v := range p.Units[unit].Fixed {
		t := &trail{w: first.w, visit: v, before: first}
		if _, what, rule := t.w.visit(v); rule != nil {
			return Route{}, &RouteError{Unit: unit, Stop: k, Rule: rule, What: what}
		}
		first = t
	}
	// After each visit all trails are at the same node, so one that is no
	// earlier, no emptier and has filled the sites no less than another is of no
	// use.
	trails := []*trail{first}
	for k, v := range order {
		var next []*trail
		var broken *RouteError
		try := func(t *trail) {
			on := &trail{w: t.w, visit: v, before: t}
			if _, what, rule := on.w.visit(v); rule != nil {
				if broken == nil || broken.Rule == ErrCapacity {
					broken = &RouteError{Unit: unit, Stop: k, Rule: rule, What: what, task: v.Task + 1}
				}
				return
			}
			next = keep(next, on)
		}
		for _, t := range trails {
			try(t)
			for _, u := range p.dropOffs(t) {
				try(u)
			}
		}
		if len(next) == 0 {
			return Route{}, broken
		}
		trails = next
	}
	var best *trail
	var bestEnd time.Duration
	var broken *RouteError
	for _, t := range trails {
		ends := []*trail{t}
		if !t.w.empty() {
			ends = p.dropOffs(t)
		}
		if len(ends) == 0 && broken == nil {
			broken = &RouteError{Unit: unit, Stop: len(order), Rule: ErrRoom, What: "no drop-off site that is open in time has room for the last load"}
		}
		for _, e := range ends {
			_, end, what, rule := e.w.end()
			if rule != nil {
				broken = &RouteError{Unit: unit, Stop: len(order), Rule: rule, What: what}
				continue
			}
			if best == nil || end < bestEnd {
				best, bestEnd = e, end
			}
		}
	}
	if best == nil {
		return Route{}, broken
	}
	var visits []Visit
	for t := best; t.before != nil; t = t.before {
		visits = append(visits, t.visit)
	}
	slices.Reverse(visits)
	return p.Schedule(unit, visits)
}

// dropOffs are the ways to unload after a trail, at any site; none if there is
// nothing on board.
func (p *Problem) dropOffs(t *trail) []*trail {
	if t.w.empty() {
		return nil
	}
	var all []*trail
	for s := range p.Sites {
		u := &trail{w: t.w, visit: Visit{Kind: Unload, Site: s}, before: t}
		if _, _, rule := u.w.visit(u.visit); rule == nil {
			all = append(all, u)
		}
	}
	return all
}

// keep adds a trail unless another is as good, and drops those that it betters.
func keep(trails []*trail, t *trail) []*trail {
	for _, o := range trails {
		if o.w.asGood(&t.w) {
			return trails
		}
	}
	trails = slices.DeleteFunc(trails, func(o *trail) bool { return t.w.asGood(&o.w) })
	return append(trails, t)
}

func (w *walker) asGood(o *walker) bool {
	if w.now > o.now {
		return false
	}
	for d := range w.load {
		if w.load[d] > o.load[d] {
			return false
		}
	}
	for s := range w.p.Sites {
		if w.p.Sites[s].Room == nil {
			continue
		}
		for d := range w.load {
			if w.left[s][d] > o.left[s][d] {
				return false
			}
		}
	}
	return true
}
