package solve

import (
	"errors"
	"slices"
	"time"
)

// Insert puts one more task, or both ends of a pair, into a unit's visits where it costs
// least time on the way and at sites, then the earliest. The other tasks keep their order and modes;
// after the fixed visits the drop-offs are placed anew, where and when they let
// the unit be done first.
//
// The order apart that is exact: every place and mode is tried, and for each of
// them all useful drop-offs. The error is the *RouteError that tells most: one
// about the task itself before one about what would come too late behind it.
func (p *Problem) Insert(unit int, visits []Visit, task int) (Route, error) {
	then := -1
	if mates := p.Mates(); mates != nil && mates[task] >= 0 {
		if then = mates[task]; p.Tasks[task].Delivers > 0 {
			task, then = then, task
		}
	}
	var order []Visit
	fixed := len(p.Units[unit].Fixed)
	for _, v := range visits[min(fixed, len(visits)):] {
		if v.Kind == Serve {
			order = append(order, v)
		}
	}
	first, err := p.begun(unit)
	if err != nil {
		return Route{}, err
	}
	// All places share what comes before them.
	before := make([][]*trail, 1, len(order)+1)
	before[0] = []*trail{first}
	var late error // why no more of the order can be done even without the task
	for k, v := range order {
		next, err := p.onward(before[k], unit, k, v)
		if err != nil {
			late = err
			break
		}
		before = append(before, next)
	}
	var best *trail
	var bestWay, bestEnd time.Duration
	worst := late
	say := func(err error) {
		if worst == nil || Telling(err, task, then) > Telling(worst, task, then) {
			worst = err
		}
	}
	// through goes on to the end from place k of the order, n tasks more being done.
	through := func(trails []*trail, k, n int, err error) {
		for ; k < len(order) && err == nil; k++ {
			trails, err = p.onward(trails, unit, k+n, order[k])
		}
		var t *trail
		var end time.Duration
		var back Cost
		if err == nil {
			t, back, end, err = p.finish(trails, unit, len(order)+n)
		}
		if err != nil {
			say(err)
			return
		}
		if way := t.effort + back.Time; best == nil || way < bestWay || way == bestWay && end < bestEnd {
			best, bestWay, bestEnd = t, way, end
		}
	}
	for at := range before {
		for m := range p.Tasks[task].Modes {
			trails, err := p.onward(before[at], unit, at, Visit{Task: task, Mode: m})
			if then < 0 {
				through(trails, at, 1, err)
				continue
			}
			for k := at; err == nil; k++ {
				for m := range p.Tasks[then].Modes {
					delivered, err := p.onward(trails, unit, k+1, Visit{Task: then, Mode: m})
					through(delivered, k, 2, err)
				}
				if k == len(order) {
					break
				}
				trails, err = p.onward(trails, unit, k+1, order[k])
			}
			if err != nil {
				say(err)
			}
		}
	}
	if best == nil {
		return Route{}, worst
	}
	return p.Schedule(unit, best.visits())
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

// Telling ranks errors by how much they say about a task and the other end of its pair,
// -1 = it has none.
func Telling(err error, task, mate int) int {
	var r *RouteError
	own := errors.As(err, &r) && r.What != "" && (r.task == task+1 || mate >= 0 && r.task == mate+1)
	for rank, rule := range []error{ErrBreak, ErrShift, ErrRoom, ErrWindow, ErrCapacity, ErrNoWay, ErrSkills} {
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
	effort time.Duration // on the way and at sites
}

// then is the trail with one more visit.
func (t *trail) then(v Visit) (next *trail, what string, rule error) {
	next = &trail{w: t.w, visit: v, before: t, effort: t.effort}
	s, what, rule := next.w.visit(v)
	next.effort += s.Way.Time
	if v.Kind == Unload && rule == nil {
		next.effort += s.Leave - s.Begin
	}
	return next, what, rule
}

// visits are those of the trail from the start.
func (t *trail) visits() []Visit {
	var all []Visit
	for ; t.before != nil; t = t.before {
		all = append(all, t.visit)
	}
	slices.Reverse(all)
	return all
}

// Unloaded does the fixed visits, then those of order with drop-offs between
// them where they are needed, such that the unit is done first. order has no
// drop-offs. The error is a *RouteError.
func (p *Problem) Unloaded(unit int, order []Visit) (Route, error) {
	first, err := p.begun(unit)
	if err != nil {
		return Route{}, err
	}
	trails := []*trail{first}
	for k, v := range order {
		if trails, err = p.onward(trails, unit, k, v); err != nil {
			return Route{}, err
		}
	}
	best, _, _, err := p.finish(trails, unit, len(order))
	if err != nil {
		return Route{}, err
	}
	return p.Schedule(unit, best.visits())
}

// begun is a unit's trail through its fixed visits.
func (p *Problem) begun(unit int) (*trail, error) {
	t := &trail{w: p.walker(unit)}
	for k, v := range p.Units[unit].Fixed {
		next, what, rule := t.then(v)
		if rule != nil {
			return nil, &RouteError{Unit: unit, Stop: k, Rule: rule, What: what}
		}
		t = next
	}
	return t, nil
}

// onward does visit k of an order after each of the trails, with a drop-off or a
// rest before it or without. All trails that it gives are at the same node, so one that is no
// earlier, no emptier and has filled the sites no less than another is of no use
// and left out.
func (p *Problem) onward(trails []*trail, unit, k int, v Visit) (next []*trail, err error) {
	var broken *RouteError
	try := func(t *trail) {
		on, what, rule := t.then(v)
		if rule != nil {
			if broken == nil || broken.Rule == ErrCapacity {
				broken = &RouteError{Unit: unit, Stop: k, Rule: rule, What: what, task: v.Task + 1}
			}
			return
		}
		next = keep(next, on)
	}
	for _, t := range trails {
		try(t)
		for _, u := range p.between(t) {
			try(u)
		}
	}
	if len(next) == 0 {
		return nil, broken
	}
	return next, nil
}

// finish empties the unit and brings it to its end, by the trail that is there
// first. n is how many visits were in the order.
func (p *Problem) finish(trails []*trail, unit, n int) (best *trail, bestBack Cost, bestEnd time.Duration, err error) {
	var broken *RouteError
	for _, t := range trails {
		ends := p.between(t)
		if t.w.empty() {
			ends = append(ends, t)
		}
		ends = slices.DeleteFunc(ends, func(e *trail) bool { return !e.w.empty() })
		if len(ends) == 0 && broken == nil {
			broken = &RouteError{Unit: unit, Stop: n, Rule: ErrRoom, What: "no drop-off site that is open in time has room for the last load"}
		}
		for _, e := range ends {
			back, end, what, rule := e.w.end()
			if rule != nil {
				broken = &RouteError{Unit: unit, Stop: n, Rule: rule, What: what}
				continue
			}
			if best == nil || end < bestEnd {
				best, bestBack, bestEnd = e, back, end
			}
		}
	}
	if best == nil {
		return nil, Cost{}, 0, broken
	}
	return best, bestBack, bestEnd, nil
}

// between are the ways to unload or rest after a trail, or both.
func (p *Problem) between(t *trail) []*trail {
	all := p.dropOffs(t)
	if t.w.rest == len(t.w.u.Breaks) {
		return all
	}
	for _, u := range append(all[:len(all):len(all)], t) {
		for _, r := range p.rests(u) {
			all = append(all, r)
			if u == t {
				all = append(all, p.dropOffs(r)...)
			}
		}
	}
	return all
}

// rests are the ways to take the next break after a trail.
func (p *Problem) rests(t *trail) []*trail {
	k := t.w.rest
	var all []*trail
	for place := range max(1, len(t.w.u.Breaks[k].At)) {
		if u, _, rule := t.then(Visit{Kind: Rest, Break: k, Place: place}); rule == nil {
			all = append(all, u)
		}
	}
	return all
}

// dropOffs are the ways to unload after a trail, at any site; none if there is
// nothing on board.
func (p *Problem) dropOffs(t *trail) []*trail {
	if t.w.empty() {
		return nil
	}
	var all []*trail
	for s := range p.Sites {
		if u, _, rule := t.then(Visit{Kind: Unload, Site: s}); rule == nil {
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
	if w.now > o.now || w.at != o.at || w.rest != o.rest || w.late > o.late {
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
