package ruin

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// A run is one call of Solve: the threads, and the best they found together. Only
// between two meetings of the threads does it touch their searches.
type run struct {
	ctx     context.Context
	p       *Problem
	c       Config
	tune    tuning
	shared  *shared
	threads []*thread
	random  rng
	begun   time.Time
	done    int // iterations of each thread
	best    standing
}

// A standing is a solution that was reached.
type standing struct {
	tour   tour
	absent []int32
	routes int
	cost   int64
}

// A thread is one search and what it found since the last meeting.
type thread struct {
	*search
	best     standing
	improved bool
	warmth   float64 // temperature, kept for a few iterations
}

// every is how many iterations go by between two looks at the clock.
const every = 64

func newRun(ctx context.Context, p *Problem, c Config) *run {
	n := len(p.Points) - 1
	t := c.tune
	set := func(x *float64, v float64) {
		if *x == 0 {
			*x = v
		}
	}
	set(&t.longest, 10)
	set(&t.fleetFor, 0.4)
	// Temperatures and neighbours as they did best on the shared sets with as many
	// rounds as half a minute has: with windows ways are longer than to the next
	// neighbour, and of many customers each gets too few rounds for a slow cooling.
	many := min(1, float64(n)/1000)
	switch {
	case p.Reload:
		set(&t.warm, 1)
		set(&t.cold, 0.03)
		if n <= 150 { // of 200 customers fewer rounds with more neighbours did worse
			t.near = cmp.Or(t.near, 80)
		}
		t.near = cmp.Or(t.near, 50)
	case p.Timed:
		set(&t.warm, 1+3*many)
		set(&t.cold, 0.08+0.22*many)
	default:
		set(&t.removed, 10-4*many)
		set(&t.warm, 1)
		set(&t.cold, 0.02+0.06*many)
	}
	set(&t.removed, 10)
	t.near = cmp.Or(t.near, 30)
	t.whole = cmp.Or(t.whole, 250)
	t.chunk = cmp.Or(t.chunk, 2000)
	r := &run{ctx: ctx, p: p, c: c, tune: t, random: newRNG(c.Seed), begun: time.Now()}
	r.shared = newShared(p, t.near)
	for range max(1, c.Threads) {
		r.threads = append(r.threads, &thread{search: newSearch(r.shared, r.random.next())})
	}
	r.best.cost = math.MaxInt64
	r.best.absent = make([]int32, 0, n)
	return r
}

// progress is from 0 to 1, where the run ends.
func (r *run) progress(done int) float64 {
	if r.ctx.Err() != nil {
		return 1
	}
	past := 0.0
	if r.c.Time > 0 {
		past = float64(time.Since(r.begun)) / float64(r.c.Time)
	}
	if r.c.Iterations > 0 {
		if past >= 1 {
			return 1
		}
		past = float64(done) / float64(r.c.Iterations)
	}
	return min(1, past)
}

// search is the whole run.
func (r *run) search() {
	if len(r.p.Points) == 1 {
		r.best = standing{}
		return
	}
	s := r.threads[0]
	r.begin(s.search)
	r.note(s.standing(&r.best))
	if len(s.absent) > 0 || r.p.Fewest {
		r.fleet()
	}
	r.distance()
}

// begin makes the first routes.
func (r *run) begin(s *search) {
	n := int32(len(r.p.Points) - 1)
	in := make([]bool, n+1)
	var t tour
	for _, route := range r.c.Start {
		for _, c := range route {
			t = append(t, c)
			in[c] = true
		}
		t = append(t, -1)
	}
	var absent []int32
	for c := int32(1); c <= n; c++ {
		if !in[c] && (!r.p.Paired || r.p.Points[c].Demand > 0) {
			absent = append(absent, c)
		}
	}
	s.take(t, absent)
	s.start()
	s.pending = s.pending[:0]
	for _, c := range s.absent {
		s.pending = append(s.pending, pendingItem{c: c})
	}
	s.recreate(false)
	s.absent = append(s.absent[:0], s.left...)
}

// standing writes down where the search is, into the memory of to.
func (s *search) standing(to *standing) standing {
	return standing{tour: s.give(to.tour), absent: append(to.absent[:0], s.absent...), routes: len(s.active), cost: s.cost}
}

// better is the order of solutions.
func (r *run) better(a, b *standing) bool {
	fewer := 0
	if r.p.Fewest {
		fewer = cmp.Compare(a.routes, b.routes)
	}
	return cmp.Or(cmp.Compare(len(a.absent), len(b.absent)), fewer, cmp.Compare(a.cost, b.cost)) < 0
}

// note makes s the best of the run and tells of it.
func (r *run) note(s standing) {
	r.best = s
	if r.c.Better != nil && len(s.absent) == 0 {
		r.c.Better(time.Since(r.begun), routesOf(s.tour))
	}
}

func routesOf(t tour) Routes {
	var all Routes
	var route []int32
	for _, c := range t {
		if c < 0 {
			all = append(all, route)
			route = nil
		} else {
			route = append(route, c)
		}
	}
	return all
}

func (r *run) answer() Answer {
	return Answer{Routes: routesOf(r.best.tour), Absent: slices.Clone(r.best.absent), Iterations: r.done * len(r.threads)}
}

// copyOf is s in memory of its own.
func copyOf(s *standing) standing {
	return standing{slices.Clone(s.tour), slices.Clone(s.absent), s.routes, s.cost}
}

// together runs one chunk in every thread and gives how many iterations each did.
func (r *run) together(work func(t *thread, iterations int)) {
	n := r.tune.chunk
	if r.c.Iterations > 0 {
		n = max(1, min(n, r.c.Iterations-r.done))
	}
	var all sync.WaitGroup
	for _, t := range r.threads[1:] {
		all.Go(func() { work(t, n) })
	}
	work(r.threads[0], n)
	all.Wait()
	r.done += n
}

// fleet looks for a place for everyone, and with Fewest for a place for everyone in
// fewer routes. The threads search apart; when one needs fewer routes the others go
// on from its.
func (r *run) fleet() {
	until := 1.0
	for k, t := range r.threads {
		if k > 0 {
			t.take(r.best.tour, r.best.absent)
		}
		if len(t.absent) == 0 {
			t.drop()
		}
	}
	least := r.fewest()
	for {
		p := r.progress(r.done)
		complete := len(r.best.absent) == 0
		if complete {
			until = r.tune.fleetFor
		}
		if p >= until || complete && (!r.p.Fewest || r.best.routes <= least) {
			break
		}
		r.together(func(t *thread, n int) {
			for k := range n {
				if k%every == 0 {
					if r.progress(r.done+k) >= until {
						return
					}
				}
				t.fit(&r.tune, 0.1*r.shared.mean)
				if len(t.absent) == 0 {
					t.best = t.standing(&t.best)
					t.improved = true
					if !r.p.Fewest || len(t.active) <= least {
						return
					}
					t.drop()
				}
			}
		})
		lead := -1
		for k, t := range r.threads {
			if t.improved && r.better(&t.best, &r.best) {
				r.note(copyOf(&t.best))
				lead = k
			}
			t.improved = false
		}
		if lead < 0 && len(r.best.absent) > 0 { // nobody has a place for all: keep the nearest to it
			for _, t := range r.threads {
				if len(t.absent) < len(r.best.absent) {
					r.best = t.standing(&standing{})
				}
			}
		}
		if lead >= 0 {
			for k, t := range r.threads {
				if k != lead && t.limit >= r.best.routes {
					t.take(r.best.tour, nil)
					t.drop()
				}
			}
		}
	}
}

// fewest is a number of routes that no solution undercuts: what the loads fill.
func (r *run) fewest() int {
	if r.p.Paired || r.p.Reload {
		return 1
	}
	sum := int64(0)
	for _, pt := range r.p.Points[1:] {
		sum += int64(pt.Demand)
	}
	return int((sum + int64(r.p.Capacity) - 1) / max(1, int64(r.p.Capacity)))
}

// distance shortens the routes for the rest of the run.
func (r *run) distance() {
	if len(r.best.absent) > 0 {
		return
	}
	limit := len(r.threads[0].count)
	if r.p.Fewest {
		limit = r.best.routes
	}
	from := r.progress(r.done)
	hot, cold := r.tune.warm*r.shared.mean, r.tune.cold*r.shared.mean
	temperature := func(done int) (float64, bool) {
		p := r.progress(done)
		return hot * math.Pow(cold/hot, (p-from)/max(1e-9, 1-from)), p < 1
	}
	apart := len(r.threads) > 1 && len(r.p.Points) > r.tune.whole
	current := copyOf(&r.best)
	for _, t := range r.threads {
		t.limit = limit
		t.take(current.tour, nil)
	}
	for {
		if _, on := temperature(r.done); !on {
			break
		}
		if apart {
			r.deal(&current, limit)
		}
		for _, t := range r.threads {
			if apart || t.best.tour == nil || t.best.routes == 0 {
				t.best = t.standing(&t.best)
			}
			t.improved = false
		}
		r.together(func(t *thread, n int) {
			for k := range n {
				if k%every == 0 {
					var on bool
					if t.warmth, on = temperature(r.done + k); !on {
						return
					}
				}
				if t.step(&r.tune, t.warmth) {
					t.keep(r)
				}
			}
		})
		if apart {
			r.join(&current)
		} else {
			r.meet()
		}
	}
}

// keep writes down a best.
func (t *thread) keep(r *run) {
	if r.p.Fewest && len(t.active) > t.best.routes {
		return
	}
	if t.cost < t.best.cost || r.p.Fewest && len(t.active) < t.best.routes {
		t.best = t.standing(&t.best)
		t.improved = true
	}
}

// meet compares the bests of threads that each search the whole.
func (r *run) meet() {
	lead := r.threads[0]
	for _, t := range r.threads {
		if r.better(&t.best, &lead.best) {
			lead = t
		}
	}
	if r.better(&lead.best, &r.best) {
		r.note(copyOf(&lead.best))
	}
}

// deal cuts the routes in two, or as many as there are threads, along a line: by
// how much nearer they are to one customer than to another, both chosen by chance.
func (r *run) deal(s *standing, limit int) {
	type part struct {
		from, to int // in tour
		key      float64
	}
	n := int32(len(r.p.Points))
	a, b := 1+r.random.below(n-1), 1+r.random.below(n-1)
	da, db := r.p.Dist[int(a)*int(n):], r.p.Dist[int(b)*int(n):]
	var parts []part
	at, key, many := 0, 0.0, 0
	for k, c := range s.tour {
		if c > 0 {
			key += float64(da[c] - db[c])
			many++
		}
		if c < 0 {
			parts = append(parts, part{at, k + 1, key / float64(max(1, many))})
			at, key, many = k+1, 0, 0
		}
	}
	slices.SortStableFunc(parts, func(x, y part) int { return cmp.Compare(x.key, y.key) })
	each := (int(n) - 1 + len(r.threads) - 1) / len(r.threads)
	spare := max(0, limit-len(parts))
	k := 0
	for i, t := range r.threads {
		var mine tour
		first := k
		for k < len(parts) && (i == len(r.threads)-1 || len(mine)-(k-first) < each) {
			mine = append(mine, s.tour[parts[k].from:parts[k].to]...)
			k++
		}
		t.take(mine, nil)
		t.limit = k - first + spare/len(r.threads)
	}
}

// join puts the parts together again, and the best of the parts.
func (r *run) join(current *standing) {
	next, best := standing{}, standing{}
	improved := false
	for _, t := range r.threads {
		s := t.standing(&standing{})
		next.tour, next.cost, next.routes = append(next.tour, s.tour...), next.cost+s.cost, next.routes+s.routes
		best.tour, best.cost, best.routes = append(best.tour, t.best.tour...), best.cost+t.best.cost, best.routes+t.best.routes
		improved = improved || t.improved
	}
	*current = next
	if improved && r.better(&best, &r.best) {
		r.note(best)
	}
}
