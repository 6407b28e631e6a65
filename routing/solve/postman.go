package solve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A Postman solves problems whose tasks are mostly streets without loads and
// windows: patrols. It is the first cut, made of well-known parts.
//
// Tasks are cut into connected parts of equal work, one a unit; then each part
// becomes a closed walk by Frederickson's heuristic for the rural postman (1979):
// join what is not joined by a shortest tree, make the degrees even by the least
// matching of odd nodes, and walk the graph as Euler did. Then for the order found
// the best mode of each task is chosen by dynamic programming. The parts are
// balanced anew by the times of the walks, some rounds long. The best round is
// kept, and its walks are shortened by turning and moving parts of them.
//
// It ignores windows, loads and skills until it schedules; tasks that don't fit
// then are tried in other units and else left. Priorities decide what is left
// when the shifts are too short, and not yet the order of what is done.
type Postman struct {
	Rounds int // of balancing; 0 = 8
}

// Solve gives the same answer each time.
func (s Postman) Solve(ctx context.Context, p *Problem) (Solution, error) {
	if err := p.Check(); err != nil {
		return Solution{}, err
	}
	if p.Mates() != nil {
		return Solution{}, fmt.Errorf("%w: a postman knows no pairs of pick-up and delivery", ErrProblem)
	}
	d := newDivider(p)
	best, bestScore := Solution{}, Score{}
	for round := range cmp.Or(s.Rounds, 8) {
		if err := ctx.Err(); err != nil {
			return Solution{}, err
		}
		if err := d.divide(ctx); err != nil {
			return Solution{}, err
		}
		sol, err := d.walks(ctx)
		if err != nil {
			return Solution{}, err
		}
		sc := sol.Score(p)
		if round == 0 || cmp.Or(cmp.Compare(sc.Undone, bestScore.Undone), cmp.Compare(sc.Longest, bestScore.Longest), cmp.Compare(sc.Total, bestScore.Total)) < 0 {
			best, bestScore = sol, sc
		}
		if len(d.units) < 2 {
			break
		}
		d.learn(&sol)
	}
	return best, p.polish(ctx, &best)
}

// walks makes a route of each part.
func (d *divider) walks(ctx context.Context) (Solution, error) {
	sol := Solution{Unserved: slices.Clone(d.unreachable)}
	sets := make([][]int, len(d.p.Units))
	for k, t := range d.tasks {
		u := d.units[d.part[k]]
		sets[u] = append(sets[u], t)
	}
	var late []int
	for u := range d.p.Units {
		if err := ctx.Err(); err != nil {
			return Solution{}, err
		}
		r, left := d.p.fitted(u, sets[u])
		sol.Routes = append(sol.Routes, r)
		for _, l := range left {
			sol.Unserved = append(sol.Unserved, l)
			late = append(late, l.Task)
		}
	}
	d.p.squeeze(&sol, late)
	for i, x := range sol.Unserved[len(d.unreachable):] {
		// No way for the unit that had it; another gets there, as it is reachable.
		if errors.Is(x.Why, ErrNoWay) {
			sol.Unserved[len(d.unreachable)+i].Why = fmt.Errorf("%w: who can get there has no time for it", ErrShift)
		}
	}
	slices.SortFunc(sol.Unserved, func(a, b Unserved) int { return cmp.Compare(a.Task, b.Task) })
	return sol, nil
}

// fitted is the walk of a unit over tasks, without those that it has no time for:
// the least important, and of those the last of the walk.
func (p *Problem) fitted(unit int, tasks []int) (Route, []Unserved) {
	u := &p.Units[unit]
	var left []Unserved
	for {
		visits := append(slices.Clone(u.Fixed), p.tour(unit, tasks)...)
		r, err := p.Schedule(unit, visits)
		if err == nil {
			return r, left
		}
		var broken *RouteError
		errors.As(err, &broken)
		k := broken.Stop
		order := visits[len(u.Fixed):]
		switch {
		case len(order) == 0:
			// The fixed visits themselves don't fit: the caller sees by the
			// checker; a route must be given for the unit all the same.
			return Route{Unit: unit, End: u.Shift.Open}, left
		case errors.Is(err, ErrShift):
			drop := p.leastImportant(order, p.tooLong(unit, visits))
			for _, t := range drop {
				left = append(left, Unserved{t, err})
			}
			tasks = without(tasks, drop)
		default:
			k = min(max(k-len(u.Fixed), 0), len(order)-1)
			left = append(left, Unserved{order[k].Task, err})
			tasks = without(tasks, []int{order[k].Task})
		}
	}
}

// tooLong is by how much the visits exceed the shift.
func (p *Problem) tooLong(unit int, visits []Visit) time.Duration {
	free := *p
	free.Units = slices.Clone(p.Units)
	free.Units[unit].Shift.Close = 1 << 60
	r, err := free.Schedule(unit, visits)
	if err != nil {
		return 0
	}
	return r.End - p.Units[unit].Shift.Close
}

// leastImportant takes tasks of about that much work out of a tour, at least one.
func (p *Problem) leastImportant(order []Visit, work time.Duration) []int {
	byRank := make([]int, len(order))
	for i := range order {
		byRank[i] = i
	}
	slices.SortStableFunc(byRank, func(a, b int) int {
		if c := p.moreImportant(order[a].Task, order[b].Task); c != 0 {
			return -c
		}
		return b - a
	})
	var drop []int
	for _, i := range byRank {
		t := order[i].Task
		drop = append(drop, t)
		// Three quarters, as the way to it falls away too.
		if work -= p.Tasks[t].Modes[0].Service * 4 / 3; work <= 0 {
			break
		}
	}
	return drop
}

// moreImportant compares the priority keys of two tasks: under 0, a goes first.
func (p *Problem) moreImportant(a, b int) int {
	x, y := p.Tasks[a].Priority, p.Tasks[b].Priority
	for i := range max(len(x), len(y)) {
		var kx, ky int32
		if i < len(x) {
			kx = x[i]
		}
		if i < len(y) {
			ky = y[i]
		}
		if c := cmp.Compare(kx, ky); c != 0 {
			return c
		}
	}
	return 0
}

func without(tasks, drop []int) []int {
	gone := make(map[int]bool, len(drop))
	for _, t := range drop {
		gone[t] = true
	}
	return slices.DeleteFunc(slices.Clone(tasks), func(t int) bool { return gone[t] })
}

// squeeze puts tasks that their own unit had no time for where they fit with
// least extra time.
func (p *Problem) squeeze(sol *Solution, late []int) {
	slices.SortStableFunc(late, p.moreImportant)
	for _, t := range late {
		var best Route
		found := false
		var extra time.Duration
		for u := range sol.Routes {
			at, mode, more, ok := p.cheapest(&sol.Routes[u], t)
			if !ok || found && more >= extra {
				continue
			}
			r, err := p.Schedule(u, slices.Insert(visitsOf(sol.Routes[u]), at, Visit{Task: t, Mode: mode}))
			if err == nil {
				best, extra, found = r, more, true
			}
		}
		if found {
			sol.Routes[best.Unit] = best
			sol.Unserved = slices.DeleteFunc(sol.Unserved, func(x Unserved) bool { return x.Task == t })
		}
	}
}

func visitsOf(r Route) []Visit {
	all := make([]Visit, len(r.Stops), len(r.Stops)+1)
	for i, s := range r.Stops {
		all[i] = s.Visit
	}
	return all
}

// cheapest finds where one more task costs a route least, windows aside; ok is
// false if it can't be in time for the end of the shift anywhere.
func (p *Problem) cheapest(r *Route, task int) (at, mode int, extra time.Duration, ok bool) {
	u := &p.Units[r.Unit]
	slack := u.Shift.Close - r.End
	for i := len(u.Fixed); i <= len(r.Stops); i++ {
		from := u.Start
		if i > 0 {
			from = p.leaves(r.Stops[i-1].Visit)
		}
		to, before := u.End, r.Back.Time
		if i < len(r.Stops) {
			to, before = p.enters(r.Stops[i].Visit), r.Stops[i].Way.Time
		}
		for m, mo := range p.Tasks[task].Modes {
			a, okA := p.Costs.Between(u.Profile, from, mo.Enter)
			b, okB := Cost{}, true
			if to != Nowhere {
				b, okB = p.Costs.Between(u.Profile, mo.Leave, to)
			}
			more := a.Time + mo.Service + b.Time - before
			if okA && okB && more <= slack && (!ok || more < extra) {
				at, mode, extra, ok = i, m, more, true
			}
		}
	}
	return at, mode, extra, ok
}

func (p *Problem) enters(v Visit) Node {
	if v.Kind == Unload {
		return p.Sites[v.Site].At
	}
	return p.Tasks[v.Task].Modes[v.Mode].Enter
}

func (p *Problem) leaves(v Visit) Node {
	if v.Kind == Unload {
		return p.Sites[v.Site].At
	}
	return p.Tasks[v.Task].Modes[v.Mode].Leave
}

// apart is the time between two nodes for walks whose direction is not known yet;
// where there is no way, far.
func (p *Problem) apart(profile int, a, b Node) time.Duration {
	if a == b {
		return 0
	}
	there, okThere := p.Costs.Between(profile, a, b)
	back, okBack := p.Costs.Between(profile, b, a)
	switch {
	case okThere && okBack:
		return (there.Time + back.Time) / 2
	case okThere:
		return there.Time
	case okBack:
		return back.Time
	}
	return far
}

const far = time.Duration(1) << 50 // 13 days
