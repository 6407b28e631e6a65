package arc

import (
	"cmp"
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// A Solver searches for routes. With Iterations the answer depends on the seed,
// the threads and the iterations alone; else on how far it comes in Time.
type Solver struct {
	Time       time.Duration    // to search; 0 = 10 s
	Threads    int              // islands that search at once; 0 = 1
	Seed       uint64           //
	Iterations int              // of each island, whatever the time; 0 = until Time is over
	Enough     int64            // a cost that nothing undercuts: the search ends there; 0 = none is known
	every      int              // rounds between exchanges of islands; 0 = exchange
	Better     func(cost int64) // told the cost of each better solution, one after the other; nil = not asked for
}

// Islands exchange their best after so many rounds each; the clock is read after
// so many.
const (
	exchange = 20000
	tick     = 64
)

// maxThreads bounds Solver.Threads.
const maxThreads = 256

// Solve searches until time or iterations are over. When ctx ends before, it
// gives the best so far; the error is ErrProblem's kind.
func (s Solver) Solve(ctx context.Context, p *Problem) (Solution, error) {
	if err := p.Check(); err != nil {
		return Solution{}, err
	}
	begin := time.Now()
	t := newTable(p)
	a := archipelago{t: t, s: s, begin: begin}
	if a.s.Time <= 0 {
		a.s.Time = 10 * time.Second
	}
	if len(t.tasks) == 0 {
		return Solution{Routes: t.routes(nil)}, nil
	}
	if err := a.settle(ctx); err != nil {
		return Solution{}, err
	}
	for i := range a.islands {
		a.tell(i)
	}
	if !a.enough(a.best()) {
		a.run(ctx)
	}
	routes := a.islands[a.best()].arcs()
	return Solution{Routes: routes, Cost: p.CostOf(t.dist, routes)}, nil
}

// An island is a search that goes on round by round.
type island interface {
	round(heat float64)
	score() float64 // of the best so far, which the search makes small
	total() int64   // of the same, under the problem's rule
	arcs() [][]Arc
	adopt(other island) // goes on from the best of another of its kind
}

// longWalk is from how many tasks on a closed walk is searched by links.
const longWalk = 80

// settle makes the islands.
func (a *archipelago) settle(ctx context.Context) error {
	var order []int32
	one := a.t.p.Capacity == 0 && !a.t.p.Longest
	if one {
		var err error
		if order, err = a.t.postman(ctx); err != nil {
			return err
		}
	}
	for i := range min(max(1, a.s.Threads), maxThreads) {
		seed := a.s.Seed*maxThreads + uint64(i)
		if one && len(a.t.tasks) >= longWalk {
			a.islands = append(a.islands, newWalk(a.t, order, seed))
		} else {
			a.islands = append(a.islands, newSearch(a.t, order, seed))
		}
	}
	a.told = make([]float64, len(a.islands))
	return nil
}

// An archipelago is a set of searches, one a thread.
type archipelago struct {
	t       *table
	s       Solver
	begin   time.Time
	islands []island
	told    []float64   // by island: the score last told of
	ended   atomic.Bool // somebody has found Enough, and the others need not go on

	mu    sync.Mutex // guards the following and calls of Better
	least int64      // the cost last told to Better
}

// run lets the islands search and exchange their best in turn.
func (a *archipelago) run(ctx context.Context) {
	every := cmp.Or(a.s.every, exchange)
	for done := 0; ; done += every {
		rounds := every
		if a.s.Iterations > 0 {
			rounds = min(rounds, a.s.Iterations-done)
		}
		if rounds <= 0 || ctx.Err() != nil || a.s.Iterations == 0 && time.Since(a.begin) >= a.s.Time {
			return
		}
		var running sync.WaitGroup
		for i := range a.islands {
			running.Go(func() { a.stretch(ctx, i, done, rounds) })
		}
		running.Wait()
		if a.enough(a.best()) {
			return
		}
		a.trade()
	}
}

// enough says whether an island has found a solution as good as can be.
func (a *archipelago) enough(i int) bool { return a.islands[i].total() <= a.s.Enough }

// stretch is what one island searches between two exchanges.
func (a *archipelago) stretch(ctx context.Context, i, done, rounds int) {
	s := a.islands[i]
	heat := 0.0
	for k := range rounds {
		if k%tick == 0 {
			a.tell(i)
			if a.enough(i) {
				a.ended.Store(true)
				return
			}
			// With iterations the answer must not depend on who is first.
			if a.s.Iterations == 0 && a.ended.Load() {
				return
			}
			part := float64(done+k) / float64(a.s.Iterations)
			if a.s.Iterations == 0 {
				part = float64(time.Since(a.begin)) / float64(a.s.Time)
			}
			if part >= 1 || ctx.Err() != nil {
				return
			}
			heat = a.heat(s, part)
		}
		s.round(heat)
	}
	a.tell(i)
}

// The temperature falls from hot to cold, in lengths of an average task with its
// way.
const (
	hot, cold         = 0.3, 0.015
	hotWalk, coldWalk = 0.3, 0.008
	hotCrew, coldCrew = 0.3, 0.01 // these begin from walks that are good
)

func (a *archipelago) heat(s island, part float64) float64 {
	if c, ok := s.(*crew); ok {
		return c.best.sum / float64(len(a.t.tasks)) * hotCrew * math.Pow(coldCrew/hotCrew, part)
	}
	unit := s.score() / float64(len(a.t.tasks))
	if _, ok := s.(*walk); ok {
		return unit * hotWalk * math.Pow(coldWalk/hotWalk, part)
	}
	return unit * hot * math.Pow(cold/hot, part)
}

// trade gives the island that is worst off the best solution of all.
func (a *archipelago) trade() {
	best, worst := a.best(), 0
	for i, s := range a.islands {
		if s.score() > a.islands[worst].score() {
			worst = i
		}
	}
	if a.islands[worst].score() > a.islands[best].score() {
		a.islands[worst].adopt(a.islands[best])
	}
}

func (a *archipelago) best() int {
	best := 0
	for i, s := range a.islands {
		if s.score() < a.islands[best].score() {
			best = i
		}
	}
	return best
}

// tell tells Better of an island's best if nobody had one as good.
func (a *archipelago) tell(i int) {
	s := a.islands[i]
	if a.s.Better == nil || a.told[i] == s.score() {
		return
	}
	a.told[i] = s.score()
	cost := s.total()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.least == 0 || cost < a.least {
		a.least = cost
		a.s.Better(cost)
	}
}
