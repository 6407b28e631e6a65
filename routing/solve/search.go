package solve

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// A Search solves any Problem by ruin and recreate: tasks that are near to each
// other are taken out and put back one by one, each where Insert finds it costs
// least, and a simulated annealing decides what to go on with. It knows nothing
// but Insert and Unloaded, so whatever the model has it has; it does some hundred
// rounds a second with 50 tasks, few with 500.
type Search struct {
	Time       time.Duration // 0 = until Iterations are done or ctx ends
	Iterations int           // 0 = until Time is over or ctx ends; with it, one seed gives one answer
	Seed       uint64
	// Better is told of each better solution; nil = nobody is.
	Better func(elapsed time.Duration, s *Solution)
}

// How Search anneals: the first and last temperature, in parts of what the routes
// take on average, and how many tasks a round takes out at most.
const (
	searchHot  = 0.05
	searchCold = 0.0005
	searchMost = 10
)

// Solve gives the best that was found. That ctx ended is no error.
func (s Search) Solve(ctx context.Context, p *Problem) (Solution, error) {
	if err := p.Check(); err != nil {
		return Solution{}, err
	}
	begun := time.Now()
	rng := rand.New(rand.NewPCG(s.Seed, 1))
	now := &plan{p: p, left: map[int]error{}, routes: make([]Route, len(p.Units))}
	fixed := map[int]bool{}
	for u := range p.Units {
		r, err := p.Unloaded(u, nil)
		if err != nil {
			return Solution{}, err
		}
		now.routes[u] = r
		for _, v := range p.Units[u].Fixed {
			if v.Kind == Serve {
				fixed[v.Task] = true
			}
		}
	}
	var free []int
	for t := range p.Tasks {
		if !fixed[t] {
			free = append(free, t)
		}
	}
	now.put(ctx, urgent(p, free))
	best := now.copy()
	tell := func() {
		if s.Better != nil {
			sol := best.solution()
			s.Better(time.Since(begun), &sol)
		}
	}
	tell()
	for k := 0; len(free) > 0 && ctx.Err() == nil; k++ {
		past := 0.0
		if s.Time > 0 {
			past = float64(time.Since(begun)) / float64(s.Time)
		}
		if s.Iterations > 0 {
			past = max(math.Floor(past), float64(k)/float64(s.Iterations))
		}
		if past >= 1 || s.Time <= 0 && s.Iterations <= 0 {
			break
		}
		next := now.copy()
		out := next.takeOut(free[rng.IntN(len(free))], 1+rng.IntN(min(searchMost, len(free))), rng)
		next.put(ctx, out)
		if ctx.Err() != nil {
			break // half a round
		}
		heat := searchHot * math.Pow(searchCold/searchHot, past) * now.weight() / float64(max(1, len(p.Units)))
		switch c := next.compare(now); {
		case c > 0 && len(next.left) > len(now.left), c > 0 && next.weight() > now.weight()-heat*math.Log(1-rng.Float64()):
			continue
		}
		now = next
		if now.compare(best) < 0 {
			best = now.copy()
			tell()
		}
	}
	return best.solution(), nil
}

// A plan is a solution being made.
type plan struct {
	p      *Problem
	routes []Route
	left   map[int]error // tasks undone, and why
}

func (n *plan) copy() *plan {
	c := &plan{p: n.p, routes: slices.Clone(n.routes), left: make(map[int]error, len(n.left))}
	for t, why := range n.left {
		c.left[t] = why
	}
	return c
}

func (n *plan) solution() Solution {
	s := Solution{Routes: slices.Clone(n.routes)}
	for t, why := range n.left {
		s.Unserved = append(s.Unserved, Unserved{t, why})
	}
	slices.SortFunc(s.Unserved, func(a, b Unserved) int { return cmp.Compare(a.Task, b.Task) })
	return s
}

// weight is one number for annealing: the longest route counts most.
func (n *plan) weight() float64 {
	sol := Solution{Routes: n.routes}
	sc := sol.Score(n.p)
	return float64(sc.Longest)*float64(len(n.routes)) + float64(sc.Total)
}

// compare is the order of the package's comment.
func (n *plan) compare(o *plan) int {
	a, b := urgent(n.p, n.undone()), urgent(o.p, o.undone())
	for i := range min(len(a), len(b)) {
		// What is left undone first should matter less, so the smaller keys lose.
		if c := slices.Compare(n.p.Tasks[a[i]].Priority, n.p.Tasks[b[i]].Priority); c != 0 {
			return -c
		}
	}
	x, y := Solution{Routes: n.routes}, Solution{Routes: o.routes}
	sx, sy := x.Score(n.p), y.Score(n.p)
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(sx.Longest, sy.Longest), cmp.Compare(sx.Total, sy.Total))
}

func (n *plan) undone() []int {
	var all []int
	for t := range n.left {
		all = append(all, t)
	}
	return all
}

// urgent sorts tasks, the most important first.
func urgent(p *Problem, tasks []int) []int {
	slices.SortFunc(tasks, func(a, b int) int {
		return cmp.Or(slices.Compare(p.Tasks[a].Priority, p.Tasks[b].Priority), cmp.Compare(a, b))
	})
	return tasks
}

// put gives tasks, and then those undone before, the unit where they cost least.
func (n *plan) put(ctx context.Context, tasks []int) {
	for _, t := range append(tasks, urgent(n.p, n.undone())...) {
		if ctx.Err() != nil {
			return
		}
		delete(n.left, t)
		sol := Solution{Routes: n.routes}
		longest := sol.Score(n.p).Longest
		best, bestLong, bestExtra := Route{Unit: -1}, time.Duration(0), time.Duration(0)
		var why error = ErrNoUnit
		for u := range n.routes {
			r, err := n.roomFor(u).Insert(u, visitsOf(n.routes[u]), t)
			if err != nil {
				if u == 0 || telling(err, t) > telling(why, t) {
					why = err
				}
				continue
			}
			long := max(longest, r.End-n.p.Units[u].Shift.Open)
			extra := r.End - n.routes[u].End
			if best.Unit < 0 || cmp.Or(cmp.Compare(long, bestLong), cmp.Compare(extra, bestExtra)) < 0 {
				best, bestLong, bestExtra = r, long, extra
			}
		}
		if best.Unit < 0 {
			n.left[t] = why
			continue
		}
		n.routes[best.Unit] = best
	}
}

// roomFor is the problem with the room at sites that the other units leave.
func (n *plan) roomFor(unit int) *Problem {
	if !slices.ContainsFunc(n.p.Sites, func(s Site) bool { return s.Room != nil }) {
		return n.p
	}
	q := *n.p
	q.Sites = slices.Clone(q.Sites)
	for u := range n.routes {
		if u == unit {
			continue
		}
		var load [maxDimensions]int32
		copy(load[:], q.Units[u].Loaded)
		for _, s := range n.routes[u].Stops {
			if s.Kind == Serve {
				for d, l := range q.Tasks[s.Task].Load {
					load[d] += l
				}
				continue
			}
			site := &q.Sites[s.Site]
			if site.Room != nil {
				site.Room = slices.Clone(site.Room)
				for d := range site.Room {
					site.Room[d] -= min(load[d], site.Room[d])
				}
			}
			load = [maxDimensions]int32{}
		}
	}
	return &q
}

// takeOut removes a task and those that are done nearest to it, some by chance, and
// gives them in an order by chance. What can't be done without them stays as it is.
func (n *plan) takeOut(seed, many int, rng *rand.Rand) []int {
	type near struct {
		task, unit int
		apart      time.Duration
	}
	from := n.p.Tasks[seed].Modes[0].Enter
	var all []near
	for u := range n.routes {
		for k, s := range n.routes[u].Stops {
			if s.Kind != Serve || k < len(n.p.Units[u].Fixed) {
				continue
			}
			d := n.p.apart(n.p.Units[u].Profile, from, n.p.enters(s.Visit))
			all = append(all, near{s.Task, u, time.Duration(float64(d) * (0.5 + rng.Float64()))})
		}
	}
	slices.SortFunc(all, func(a, b near) int { return cmp.Or(cmp.Compare(a.apart, b.apart), cmp.Compare(a.task, b.task)) })
	all = all[:min(many, len(all))]
	var out []int
	for u := range n.routes {
		gone := map[int]bool{}
		for _, x := range all {
			if x.unit == u {
				gone[x.task] = true
			}
		}
		if len(gone) == 0 {
			continue
		}
		var order []Visit
		for k, s := range n.routes[u].Stops {
			if s.Kind == Serve && k >= len(n.p.Units[u].Fixed) && !gone[s.Task] {
				order = append(order, s.Visit)
			}
		}
		r, err := n.roomFor(u).Unloaded(u, order)
		if err != nil {
			continue
		}
		n.routes[u] = r
		for _, x := range all {
			if x.unit == u {
				out = append(out, x.task)
			}
		}
	}
	rng.Shuffle(len(out), func(i, k int) { out[i], out[k] = out[k], out[i] })
	return out
}
