package ruin

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// scattered draws a problem: kind 0 has loads only, 1 windows, 2 several trips with
// releases, 3 pairs.
func scattered(rng *rand.Rand, kind, n int) *Problem {
	p := &Problem{
		Points: make([]Point, n+1), Dist: make([]int32, (n+1)*(n+1)), Capacity: 60,
		Timed: kind > 0, Reload: kind == 2, Paired: kind == 3,
	}
	at := make([][2]float64, n+1)
	for i := range at {
		at[i] = [2]float64{rng.Float64() * 1000, rng.Float64() * 1000}
		pt := &p.Points[i]
		pt.Close = 100_000
		if i == 0 {
			continue
		}
		pt.Demand, pt.Service = 1+rng.Int32N(10), rng.Int32N(50)
		if kind > 0 {
			pt.Open = rng.Int32N(5000)
			pt.Close = pt.Open + 3000
		}
		if kind == 2 {
			pt.Release = rng.Int32N(1500)
		}
		if kind == 3 {
			if pt.Partner = int32(i + 1); i%2 == 0 {
				pt.Partner, pt.Demand, pt.Close = int32(i-1), -p.Points[i-1].Demand, 90_000
			}
		}
	}
	for i, a := range at {
		for k, b := range at {
			p.Dist[i*(n+1)+k] = int32(math.Ceil(math.Hypot(a[0]-b[0], a[1]-b[1])))
		}
	}
	return p
}

// TestRoundsKeepTheirBooks: after rounds that were accepted or taken back, what is
// kept at routes and nodes is what adding up anew gives.
func TestRoundsKeepTheirBooks(t *testing.T) {
	const seed = 9
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for kind := range 4 {
		p := scattered(rng, kind, 40)
		if kind == 2 {
			p.Fleet = 4
		}
		r := newRun(t.Context(), p, Config{Iterations: 1, Seed: 3})
		s := r.threads[0].search
		r.begin(s)
		for round := range 300 {
			if round%3 == 0 || len(s.absent) > 0 {
				s.fit(&r.tune, 20)
			} else {
				s.step(&r.tune, 20)
			}
			books(t, s, kind, round)
		}
	}
}

func books(t *testing.T, s *search, kind, round int) {
	t.Helper()
	var sum int64
	seen := len(s.absent)
	if kind == 3 {
		seen *= 2
	}
	for _, r := range s.active {
		was := map[int32]node{}
		load := int32(0)
		for i := s.begin(r); i >= 0; i = s.nodes[i].next {
			x := s.nodes[i]
			was[i] = x
			if i <= s.n {
				seen++
				load += x.demand
			} else {
				load = 0
			}
			if x.early > x.late || load > s.p.Capacity || x.route != r || x.next >= 0 && s.nodes[x.next].prev != i {
				t.Fatalf("kind %d, round %d, route %d: node %d is %+v with a load of %d", kind, round, r, i, x, load)
			}
			if x.next >= 0 {
				sum += int64(s.dist(i, x.next))
			}
		}
		s.refresh(r)
		for i, x := range was {
			if x != s.nodes[i] {
				t.Fatalf("kind %d, round %d: node %d was %+v, anew it is %+v", kind, round, i, x, s.nodes[i])
			}
		}
	}
	if sum != s.cost || seen != int(s.n) {
		t.Fatalf("kind %d, round %d: cost %d, added up %d; %d customers of %d", kind, round, s.cost, sum, seen, s.n)
	}
}

func length(p *Problem, routes Routes) (sum int64) {
	n := len(p.Points)
	for _, r := range routes {
		at := int32(0)
		for _, c := range append(r, 0) {
			sum += int64(p.Dist[int(at)*n+int(c)])
			at = c
		}
	}
	return sum
}

// TestTailsGoOverAndBack: whichever two nodes of two routes exchange what follows them,
// all customers keep a route and the numbers are those of adding up; a second time, or
// taking the round back, all is as it was.
func TestTailsGoOverAndBack(t *testing.T) {
	const seed = 5
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for kind := range 4 {
		p := scattered(rng, kind, 40)
		r := newRun(t.Context(), p, Config{Iterations: 1, Seed: 3})
		s := r.threads[0].search
		r.begin(s)
		for range 200 {
			s.start()
			a, b := 1+rng.Int32N(s.n), 1+rng.Int32N(s.n)
			switch rng.IntN(4) {
			case 0:
				a = s.begin(s.nodes[a].route)
			case 1:
				b = s.begin(s.empty[0])
			}
			if s.nodes[a].route == s.nodes[b].route {
				continue
			}
			was, cost, active := slices.Clone(s.nodes), s.cost, len(s.active)
			s.touch(s.nodes[a].route)
			s.touch(s.nodes[b].route)
			s.swapTails(a, b)
			sum, customers := int64(0), 0
			for _, r := range s.active {
				load := int32(0)
				for i := s.begin(r); s.nodes[i].next >= 0; i = s.nodes[i].next {
					x := &s.nodes[i]
					if sum += int64(s.dist(i, x.next)); i <= s.n {
						customers++
						load += x.demand
					}
					if x.route != r || s.nodes[x.next].prev != i {
						t.Fatalf("kind %d, behind %d and %d: node %d of route %d is %+v", kind, a, b, i, r, x)
					}
				}
				if kind != 2 && load != s.load[s.begin(r)-s.n-1] {
					t.Fatalf("kind %d, behind %d and %d: route %d has a load of %d, kept is %d", kind, a, b, r, load, s.load[s.begin(r)-s.n-1])
				}
			}
			if sum != s.cost || customers != int(s.n) {
				t.Fatalf("kind %d, behind %d and %d: cost %d, added up %d; %d customers", kind, a, b, s.cost, sum, customers)
			}
			if rng.IntN(2) == 0 {
				s.swapTails(a, b)
			} else {
				s.takeBack()
			}
			if !slices.Equal(was, s.nodes) || s.cost != cost || len(s.active) != active {
				t.Fatalf("kind %d, behind %d and %d: not as it was", kind, a, b)
			}
		}
	}
}

// TestWarmStartNeverEndsWorse, however short the run.
func TestWarmStartNeverEndsWorse(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 0))
	for kind := range 4 {
		p := scattered(rng, kind, 40)
		good, err := Solve(t.Context(), p, Config{Iterations: 2000, Seed: 1})
		if err != nil || len(good.Absent) > 0 {
			t.Fatalf("kind %d: %v absent, %v", kind, good.Absent, err)
		}
		for _, iterations := range []int{1, 100} {
			again, err := Solve(t.Context(), p, Config{Iterations: iterations, Threads: 2, Seed: 2, Start: good.Routes})
			if err != nil || len(again.Absent) > 0 || length(p, again.Routes) > length(p, good.Routes) {
				t.Errorf("kind %d, %d iterations: from %d to %d, %v", kind, iterations, length(p, good.Routes), length(p, again.Routes), err)
			}
		}
	}
}

func TestCancelledGivesTheBestSoFar(t *testing.T) {
	p := scattered(rand.New(rand.NewPCG(4, 0)), 1, 60)
	ctx, cancel := context.WithCancel(t.Context())
	begun := time.Now()
	a, err := Solve(ctx, p, Config{Time: time.Hour, Threads: 2, Better: func(time.Duration, Routes) { cancel() }})
	if err != nil || len(a.Absent) > 0 || len(a.Routes) == 0 || time.Since(begun) > time.Minute {
		t.Errorf("%d routes, %d absent, %v after %v", len(a.Routes), len(a.Absent), err, time.Since(begun))
	}
}

func TestProblemsThatDoNotFitTogether(t *testing.T) {
	good := func() *Problem { return scattered(rand.New(rand.NewPCG(4, 0)), 3, 4) }
	for name, spoil := range map[string]func(p *Problem){
		"no points":     func(p *Problem) { p.Points = nil },
		"a short table": func(p *Problem) { p.Dist = p.Dist[1:] },
		"one way only":  func(p *Problem) { p.Dist[1]++ },
		"negative time": func(p *Problem) { p.Points[1].Open = -1 },
		"no partner":    func(p *Problem) { p.Points[1].Partner = 0 },
		"pairs, trips":  func(p *Problem) { p.Reload = true },
		"large":         func(p *Problem) { p.Capacity = MaxNumber },
	} {
		p := good()
		spoil(p)
		if _, err := Solve(t.Context(), p, Config{Iterations: 1}); !errors.Is(err, ErrProblem) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, start := range []Routes{{{9}}, {{0, 1, 2}}, {{1, 2}, {1, 2}}} {
		if _, err := Solve(t.Context(), good(), Config{Iterations: 1, Start: start}); !errors.Is(err, ErrProblem) {
			t.Errorf("start %v: %v", start, err)
		}
	}
	if _, err := Solve(t.Context(), good(), Config{}); !errors.Is(err, ErrProblem) {
		t.Errorf("endless: %v", err)
	}
}

// BenchmarkRound is one round of ruin and recreate: 2 us a customer taken out, and
// no allocation.
func BenchmarkRound(b *testing.B) {
	for kind, name := range []string{"loads", "windows", "trips", "pairs"} {
		for _, n := range []int{100, 1000} {
			b.Run(name+"/customers="+map[int]string{100: "100", 1000: "1000"}[n], func(b *testing.B) {
				p := scattered(rand.New(rand.NewPCG(1, 0)), kind, n)
				r := newRun(b.Context(), p, Config{Iterations: 1, Seed: 3})
				s := r.threads[0].search
				r.begin(s)
				b.ReportAllocs()
				for b.Loop() {
					s.step(&r.tune, 20)
				}
			})
		}
	}
}
