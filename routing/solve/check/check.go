// Package check holds a solution against its problem. It is written from the
// problem statement of package solve alone and shares no code with the solvers:
// every way, time, load and cost is worked out anew.
package check

import (
	"fmt"
	"time"

	"citygrid/geo"
	"citygrid/routing/solve"
)

// A Violation is a rule that the solution breaks.
type Violation struct {
	Unit int // -1 = it is about no unit's route
	Stop int // of the route; -1 = about the route as a whole
	What string
}

func (v Violation) String() string {
	switch {
	case v.Unit < 0:
		return v.What
	case v.Stop < 0:
		return fmt.Sprintf("unit %d: %s", v.Unit, v.What)
	}
	return fmt.Sprintf("unit %d, stop %d: %s", v.Unit, v.Stop, v.What)
}

// A Report is what was found. The score and lengths are worked out, not taken
// from the solution.
type Report struct {
	Violations []Violation
	Score      solve.Score
	Way        geo.Metres // of ways between visits
	Served     geo.Metres // covered by doing tasks
}

// Feasible says whether no rule is broken.
func (r *Report) Feasible() bool { return len(r.Violations) == 0 }

// A checker adds up one solution.
type checker struct {
	p *solve.Problem
	r Report

	done    map[int]int // how often by task
	brought [][]int64   // by site and dimension
	escorts map[escorted]int
	pickUps map[int]bool // tasks that another delivers
}

func newChecker(p *solve.Problem) checker {
	c := checker{p: p, done: map[int]int{}, escorts: map[escorted]int{}, brought: make([][]int64, len(p.Sites)), pickUps: map[int]bool{}}
	for _, t := range p.Tasks {
		if t.Delivers > 0 {
			c.pickUps[t.Delivers-1] = true
		}
	}
	return c
}

// escorted is a window of an escort; with whom it goes is the value.
type escorted struct{ escort, window int }

// Solution checks s against p. p itself is taken to be as solve.Problem's Check
// wants it.
func Solution(p *solve.Problem, s *solve.Solution) Report {
	c := newChecker(p)
	if len(s.Routes) != len(p.Units) {
		c.say(-1, -1, "%d routes for %d units", len(s.Routes), len(p.Units))
	}
	for i := range s.Routes {
		if s.Routes[i].Unit != i || i >= len(p.Units) {
			c.say(i, -1, "the route is of unit %d", s.Routes[i].Unit)
			continue
		}
		c.route(i, &s.Routes[i])
	}
	left := map[int]int{}
	for _, u := range s.Unserved {
		if u.Task < 0 || u.Task >= len(p.Tasks) {
			c.say(-1, -1, "task %d is unserved, but there is none", u.Task)
			continue
		}
		left[u.Task]++
		if u.Why == nil {
			c.say(-1, -1, "task %d is unserved without a reason", u.Task)
		}
	}
	for t := range p.Tasks {
		if n := c.done[t] + left[t]; n != 1 {
			c.say(-1, -1, "task %d is done %d times and unserved %d times", t, c.done[t], left[t])
		}
		switch price := p.Tasks[t].Price; {
		case c.done[t] > 0 || p.Tasks[t].Delivers > 0: // a pair counts as its pick-up
		case price > 0:
			c.r.Score.Price += price
		default:
			c.r.Score.Undone++
		}
	}
	for i, site := range p.Sites {
		if site.Room == nil {
			continue
		}
		for d, n := range c.brought[i] {
			if n > 0 && n > int64(at(site.Room, d)) {
				c.say(-1, -1, "site %d takes %d of dimension %d, it has room for %d", i, n, d, at(site.Room, d))
			}
		}
	}
	return c.r
}

func (c *checker) say(unit, stop int, format string, args ...any) {
	c.r.Violations = append(c.r.Violations, Violation{unit, stop, fmt.Sprintf(format, args...)})
}

func (c *checker) route(i int, r *solve.Route) {
	u := c.p.Units[i]
	now, node := u.Shift.Open, u.Start
	var load []int64          // that sites take
	carried := map[int]bool{} // pick-ups whose deliveries are to come
	rested := 0
	for _, l := range u.Loaded {
		load = append(load, int64(l))
	}
	if len(r.Stops) < len(u.Fixed) {
		c.say(i, -1, "%d stops, but %d are fixed", len(r.Stops), len(u.Fixed))
	}
	for k, s := range r.Stops {
		if k < len(u.Fixed) && s.Visit != u.Fixed[k] {
			c.say(i, k, "it is not the visit that is fixed")
		}
		var enter, leave solve.Node
		var service, release time.Duration
		var windows []solve.Window
		switch {
		case s.Kind == solve.Unload && s.Site >= 0 && s.Site < len(c.p.Sites):
			site := c.p.Sites[s.Site]
			enter, leave, service, windows = site.At, site.At, site.Service, site.Windows
		case s.Kind == solve.Serve && s.Task >= 0 && s.Task < len(c.p.Tasks) && s.Mode >= 0 && s.Mode < len(c.p.Tasks[s.Task].Modes):
			t := c.p.Tasks[s.Task]
			m := t.Modes[s.Mode]
			enter, leave, service, windows, release = m.Enter, m.Leave, m.Service, t.Windows, t.Release
			c.done[s.Task]++
			c.r.Served += m.Length
			if t.Skills&u.Skills != t.Skills {
				c.say(i, k, "the unit lacks a skill")
			}
		case s.Kind == solve.Rest && s.Break == rested && rested < len(u.Breaks) && s.Place >= 0 && s.Place < max(1, len(u.Breaks[rested].At)):
			b := u.Breaks[rested]
			enter, leave, service, windows = node, node, b.Service, []solve.Window{b.Window}
			if b.At != nil {
				enter, leave = b.At[s.Place], b.At[s.Place]
			}
			rested++
		default:
			c.say(i, k, "it visits nothing known")
			return
		}
		way, ok := c.way(i, k, node, enter)
		if !ok {
			return
		}
		if s.Way != way {
			c.say(i, k, "the way is %v, %v m; it says %v, %v m", way.Time, way.Length, s.Way.Time, s.Way.Length)
		}
		arrive := now + way.Time
		start, open := earliest(windows, max(arrive, release))
		if s.Kind == solve.Serve && c.p.Tasks[s.Task].Escort > 0 {
			start, open = c.escort(i, k, c.p.Tasks[s.Task], max(arrive, release))
		}
		if !open {
			c.say(i, k, "it is reached at %v, after its last window", arrive)
		}
		if s.Arrive != arrive || s.Begin != start || s.Leave != start+service {
			c.say(i, k, "times are %v, %v, %v; it says %v, %v, %v", arrive, start, start+service, s.Arrive, s.Begin, s.Leave)
		}
		now, node = start+service, leave
		if s.Kind == solve.Unload {
			c.brought[s.Site] = plus(c.brought[s.Site], load)
			load = nil
			continue
		}
		if s.Kind == solve.Rest {
			continue
		}
		if due := c.p.Tasks[s.Task].Due; due != 0 && start > due {
			c.r.Score.Late += start - due
		}
		if from := c.p.Tasks[s.Task].Delivers - 1; from >= 0 {
			if !carried[from] {
				c.say(i, k, "it delivers what task %d has not put on board", from)
			}
			delete(carried, from)
			continue
		}
		if c.pickUps[s.Task] {
			carried[s.Task] = true
		} else {
			for d, l := range c.p.Tasks[s.Task].Load {
				load = plus(load, unit(d, int64(l)))
			}
		}
		all := load
		for t := range carried {
			for d, l := range c.p.Tasks[t].Load {
				all = plus(all, unit(d, int64(l)))
			}
		}
		for d, l := range c.p.Tasks[s.Task].Load {
			if l > 0 && all[d] > int64(at(u.Capacity, d)) {
				c.say(i, k, "a load of %d in dimension %d, the unit takes %d", all[d], d, at(u.Capacity, d))
			}
		}
	}
	for t := range c.p.Tasks {
		if carried[t] {
			c.say(i, -1, "it ends without delivering what task %d has put on board", t)
		}
	}
	for d, l := range load {
		if l > 0 {
			c.say(i, -1, "it ends with a load of %d in dimension %d", l, d)
		}
	}
	back := solve.Cost{}
	if u.End != solve.Nowhere {
		var ok bool
		if back, ok = c.way(i, len(r.Stops), node, u.End); !ok {
			return
		}
	}
	end := now + back.Time
	if r.Back != back || r.End != end {
		c.say(i, -1, "it ends at %v after a way of %v; it says %v and %v", end, back.Time, r.End, r.Back.Time)
	}
	if end > u.Shift.Close {
		c.say(i, -1, "it ends at %v, the shift at %v", end, u.Shift.Close)
	}
	if rested < len(u.Breaks) && end > u.Breaks[rested].Window.Close {
		c.say(i, -1, "it ends at %v without the break that begins by %v", end, u.Breaks[rested].Window.Close)
	}
	if len(r.Stops) > 0 {
		c.r.Score.Units++
	}
	c.r.Score.Longest = max(c.r.Score.Longest, end-u.Shift.Open)
	c.r.Score.Total += end - u.Shift.Open
}

// escort finds when a task begins in a window of its own and one of its escort, and
// notes with whom the escort is.
func (c *checker) escort(i, k int, t solve.Task, from time.Duration) (time.Duration, bool) {
	own := t.Windows
	if own == nil {
		own = []solve.Window{{Open: from, Close: 1 << 62}}
	}
	best, slot, found := from, escorted{}, false
	for _, w := range own {
		for n, e := range c.p.Escorts[t.Escort-1].Windows {
			at := max(from, w.Open, e.Open)
			if at <= min(w.Close, e.Close) && (!found || at < best) {
				best, slot, found = at, escorted{t.Escort, n}, true
			}
		}
	}
	if !found {
		return best, false
	}
	if with, taken := c.escorts[slot]; taken && with != i {
		c.say(i, k, "escort %d is with unit %d in its window %d", slot.escort, with, slot.window)
	}
	c.escorts[slot] = i
	return best, true
}

func (c *checker) way(i, k int, from, to solve.Node) (solve.Cost, bool) {
	way, ok := c.p.Costs.Between(c.p.Units[i].Profile, from, to)
	if !ok {
		c.say(i, k, "no way leads from node %d to node %d", from, to)
	}
	c.r.Way += way.Length
	return way, ok
}

// earliest is when service may begin for one who is there at t.
func earliest(windows []solve.Window, t time.Duration) (time.Duration, bool) {
	if windows == nil {
		return t, true
	}
	best, ok := t, false
	for _, w := range windows {
		if t > w.Close {
			continue
		}
		if at := max(t, w.Open); !ok || at < best {
			best, ok = at, true
		}
	}
	return best, ok || len(windows) == 0
}

func at(list []int32, d int) int32 {
	if d < len(list) {
		return list[d]
	}
	return 0
}

func unit(d int, n int64) []int64 {
	v := make([]int64, d+1)
	v[d] = n
	return v
}

func plus(a, b []int64) []int64 {
	sum := make([]int64, max(len(a), len(b)))
	copy(sum, a)
	for d, n := range b {
		sum[d] += n
	}
	return sum
}

// Route checks one route alone: what it may do, but not whether others leave it room,
// or do its tasks, too.
func Route(p *solve.Problem, r *solve.Route) []Violation {
	if r.Unit < 0 || r.Unit >= len(p.Units) {
		return []Violation{{r.Unit, -1, "there is no such unit"}}
	}
	c := newChecker(p)
	c.route(r.Unit, r)
	for t, n := range c.done {
		if n > 1 {
			c.say(r.Unit, -1, "task %d is done %d times", t, n)
		}
	}
	return c.r.Violations
}
