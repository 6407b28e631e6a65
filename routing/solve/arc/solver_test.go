package arc_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"citygrid/routing/solve/arc"
	"citygrid/routing/solve/arc/check"
)

// random is a small problem in one piece: a ring of streets with others across.
func random(r *rand.Rand, required int) *arc.Problem {
	p := &arc.Problem{Vertices: 3 + r.IntN(6), Depot: 0}
	windy := r.IntN(2) == 0
	add := func(a, b int) {
		c := 1 + r.Int64N(20)
		e := arc.Edge{From: a, To: b, Cost: [2]int64{c, c}, Demand: 1 + r.Int64N(4)}
		if windy {
			e.Cost[1] = 1 + r.Int64N(20)
		}
		p.Edges = append(p.Edges, e)
	}
	for v := range p.Vertices {
		add(v, (v+1)%p.Vertices)
	}
	for range r.IntN(p.Vertices) {
		if a, b := r.IntN(p.Vertices), r.IntN(p.Vertices); a != b {
			add(a, b)
		}
	}
	for _, i := range r.Perm(len(p.Edges))[:min(required, len(p.Edges))] {
		p.Edges[i].Required = true
	}
	return p
}

// best is the least cost by trying all orders, directions and cuts into routes.
func best(p *arc.Problem) int64 {
	d := arc.NewDistances(p)
	tasks := p.Required()
	least := int64(1) << 60
	var routes [][]arc.Arc
	var place func(k int)
	place = func(k int) {
		if k == len(tasks) {
			if c := p.CostOf(d, routes); c < least {
				least = c
			}
			return
		}
		for i := range routes {
			if p.Capacity > 0 {
				load := p.Edges[tasks[k]].Demand
				for _, a := range routes[i] {
					load += p.Edges[a.Edge].Demand
				}
				if load > p.Capacity {
					continue
				}
			}
			old := routes[i]
			for at := range len(old) + 1 {
				for _, back := range [...]bool{false, true} {
					next := append(append(append([]arc.Arc{}, old[:at]...), arc.Arc{Edge: tasks[k], Back: back}), old[at:]...)
					routes[i] = next
					place(k + 1)
				}
			}
			routes[i] = old
		}
		more := p.Longest && len(routes) < p.Vehicles || p.Capacity > 0 || len(routes) == 0
		if !more {
			return
		}
		for _, back := range [...]bool{false, true} {
			routes = append(routes, []arc.Arc{{Edge: tasks[k], Back: back}})
			place(k + 1)
			routes = routes[:len(routes)-1]
		}
	}
	place(0)
	return least
}

func TestAgainstBruteForce(t *testing.T) {
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 5))
		p := random(r, 4)
		var kind string
		switch seed % 4 {
		case 0:
			kind, p.Capacity = "capacity", 4+r.Int64N(6)
		case 1:
			kind, p.Longest, p.Vehicles = "longest", true, 2+r.IntN(2)
		case 2:
			kind, p.Depot = "closed walk", arc.Anywhere
		case 3:
			kind = "closed walk from a depot"
		}
		want := best(p)
		sol, err := arc.Solver{Iterations: 600, Seed: seed}.Solve(t.Context(), p)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		report := check.Routes(p, sol.Routes)
		if !report.Feasible() || report.Cost != sol.Cost {
			t.Fatalf("seed %d, %s: cost %d, by the checker %d, %v", seed, kind, sol.Cost, report.Cost, report.Violations)
		}
		if sol.Cost != want {
			t.Errorf("seed %d, %s: cost %d, the least is %d", seed, kind, sol.Cost, want)
		}
		bound, ok := p.LowerBound(t.Context())
		if !ok || bound > want {
			t.Errorf("seed %d, %s: bound %d (%v) of a least cost of %d", seed, kind, bound, ok, want)
		}
	}
}

// grid is a town of streets between w*h junctions.
func grid(w, h int, seed uint64) *arc.Problem {
	r := rand.New(rand.NewPCG(seed, 6))
	p := &arc.Problem{Vertices: w * h, Depot: arc.Anywhere}
	for y := range h {
		for x := range w {
			for _, to := range [...][2]int{{x + 1, y}, {x, y + 1}} {
				if to[0] < w && to[1] < h {
					c := 50 + r.Int64N(100)
					p.Edges = append(p.Edges, arc.Edge{From: y*w + x, To: to[1]*w + to[0], Cost: [2]int64{c, c}, Required: true})
				}
			}
		}
	}
	return p
}

// Where each street must be walked once, the matching tells the shortest walk.
func TestChinesePostmanIsExact(t *testing.T) {
	for seed := range uint64(5) {
		p := grid(4+int(seed), 6, seed)
		sol, err := arc.Solver{Iterations: 1, Seed: seed}.Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if bound, ok := p.LowerBound(t.Context()); !ok || sol.Cost != bound {
			t.Errorf("seed %d: cost %d, bound %d", seed, sol.Cost, bound)
		}
		if r := check.Routes(p, sol.Routes); !r.Feasible() || r.Cost != sol.Cost {
			t.Errorf("seed %d: cost %d, by the checker %d, %v", seed, sol.Cost, r.Cost, r.Violations)
		}
	}
}

func TestEndsInTime(t *testing.T) {
	p := grid(12, 12, 1)
	p.Depot, p.Longest, p.Vehicles = 0, true, 4
	ctx, stop := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer stop()
	begin := time.Now()
	sol, err := arc.Solver{Time: time.Hour, Threads: 2}.Solve(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("it took %v after the context had ended", took)
	}
	if r := check.Routes(p, sol.Routes); !r.Feasible() {
		t.Error(r.Violations)
	}
}

func TestRefusesWhatCannotBe(t *testing.T) {
	edge := arc.Edge{From: 0, To: 1, Cost: [2]int64{1, 1}, Demand: 5, Required: true}
	apart := arc.Edge{From: 2, To: 3, Cost: [2]int64{1, 1}, Required: true}
	for _, c := range []struct {
		name string
		p    arc.Problem
		want error
	}{
		{"no vertices", arc.Problem{}, arc.ErrProblem},
		{"depot", arc.Problem{Vertices: 2, Depot: 2}, arc.ErrProblem},
		{"walkers", arc.Problem{Vertices: 2, Longest: true}, arc.ErrProblem},
		{"edge", arc.Problem{Vertices: 1, Edges: []arc.Edge{edge}}, arc.ErrProblem},
		{"demand", arc.Problem{Vertices: 2, Capacity: 4, Edges: []arc.Edge{edge}}, arc.ErrDemand},
		{"no way", arc.Problem{Vertices: 4, Edges: []arc.Edge{edge, apart}}, arc.ErrNoWay},
		{"long", arc.Problem{Vertices: 2, Edges: []arc.Edge{{From: 0, To: 1, Cost: [2]int64{1 << 40, 1}}}}, arc.ErrProblem},
	} {
		if _, err := (arc.Solver{}).Solve(t.Context(), &c.p); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	sol, err := arc.Solver{}.Solve(t.Context(), &arc.Problem{Vertices: 1, Depot: arc.Anywhere})
	if err != nil || sol.Cost != 0 {
		t.Errorf("nothing to serve: %v, %v", sol, err)
	}
}

func BenchmarkRounds(b *testing.B) {
	for _, n := range []int{6, 14} {
		for _, kind := range []string{"capacity", "longest", "closed"} {
			p := grid(n, n, 1)
			for i := range p.Edges {
				p.Edges[i].Demand = 10
			}
			switch kind {
			case "capacity":
				p.Depot, p.Capacity = 0, 120
			case "longest":
				p.Depot, p.Longest, p.Vehicles = 0, true, 5
			}
			b.Run(fmt.Sprintf("%s/streets=%d", kind, len(p.Edges)), func(b *testing.B) {
				const rounds = 2000
				for b.Loop() {
					if _, err := (arc.Solver{Iterations: rounds}).Solve(b.Context(), p); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/rounds, "us/round")
			})
		}
	}
}
