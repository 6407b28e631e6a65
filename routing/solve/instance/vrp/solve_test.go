package vrp

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"citygrid/routing/solve/instance"
)

func optionsOf(rule string) instance.Options {
	return instance.Options{Time: time.Minute, Iterations: 300, Threads: 2, Seed: 7, Rule: rule}
}

// random draws a problem of a family on a grid of 40.
func random(rng *rand.Rand, f family, n int) *Problem {
	p := &Problem{family: f, Timed: f != cvrp, Paired: f == liLim, Reload: f == multiTrip, Capacity: 10, Fleet: n}
	for i := range n + 1 {
		pt := Point{X: float64(rng.IntN(40)), Y: float64(rng.IntN(40)), Demand: int64(1 + rng.IntN(5)), Service: float64(rng.IntN(4))}
		pt.Open = float64(rng.IntN(100))
		pt.Close = pt.Open + float64(60+rng.IntN(60))
		switch {
		case i == 0:
			pt.Demand, pt.Service, pt.Open, pt.Close = 0, 0, 0, 300
		case f == cvrp:
			pt.Open, pt.Close, pt.Service = 0, 0, 0
		case f == liLim && i%2 == 0:
			pt.Demand, pt.Partner = -p.Points[i-1].Demand, i-1
			pt.Close = 280
		case f == liLim:
			pt.Partner = i + 1
		case f == multiTrip:
			pt.Release = float64(rng.IntN(40))
			pt.Close += 40
		}
		p.Points = append(p.Points, pt)
	}
	return p
}

func TestAnswersKeepEveryRule(t *testing.T) {
	const seed = 42
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, f := range []family{solomon, liLim, cvrp, timed, multiTrip} {
		for _, n := range []int{0, 2, 6, 40} {
			for _, rule := range []string{"distance", "fleet", "dimacs"} {
				p := random(rng, f, n)
				r, err := p.Solve(t.Context(), optionsOf(rule))
				if err != nil {
					t.Fatal(err)
				}
				if !r.Feasible || len(r.Unserved) > 0 {
					t.Errorf("family %d, %d customers, %s: feasible %v, unserved %v", f, n, rule, r.Feasible, r.Unserved)
				}
				text, err := json.Marshal(r.Routes)
				if err != nil {
					t.Fatal(err)
				}
				v, err := p.Check(text, optionsOf(rule))
				if err != nil || !v.Feasible || v.Cost != r.Cost {
					t.Errorf("family %d, %d customers, %s: the checker says %+v, %v; want cost %v", f, n, rule, v, err, r.Cost)
				}
				if n > 0 && math.Abs(r.Trace[len(r.Trace)-1][1]-r.Cost) > 1e-6 {
					t.Errorf("family %d, %d customers, %s: the trace ends at %v, the cost is %v", f, n, rule, r.Trace, r.Cost)
				}
			}
		}
	}
}

// TestOneSeedOneAnswer: with iterations, threads and the clock change nothing.
func TestOneSeedOneAnswer(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	for _, f := range []family{solomon, liLim, cvrp, multiTrip} {
		p := random(rng, f, 30)
		var first instance.Result
		for k := range 3 {
			r, err := p.Solve(t.Context(), optionsOf(""))
			if err != nil {
				t.Fatal(err)
			}
			if k == 0 {
				first = r
			} else if !reflect.DeepEqual(r.Routes, first.Routes) {
				t.Errorf("family %d: %v, then %v", f, first.Routes, r.Routes)
			}
		}
	}
}

// best tries every way to serve all customers, by extending routes one stop at a
// time, and gives the least cost that the checker finds feasible.
func best(p *Problem, r rule) float64 {
	least := math.Inf(1)
	var routes [][]int
	used := make([]bool, len(p.Points))
	var extend func(left int)
	extend = func(left int) {
		if left == 0 {
			if v := p.check(routes, r); v.Feasible {
				least = min(least, v.Cost)
			}
			return
		}
		for c := 1; c < len(p.Points); c++ {
			if used[c] {
				continue
			}
			used[c] = true
			k := len(routes) - 1
			if k >= 0 {
				before := routes[k]
				routes[k] = append(slices.Clone(before), c)
				extend(left - 1)
				if p.Reload {
					routes[k] = append(slices.Clone(before), 0, c)
					extend(left - 1)
				}
				routes[k] = before
			}
			if k < 0 || routes[k][0] < c { // routes in one order only
				routes = append(routes, []int{c})
				extend(left - 1)
				routes = routes[:k+1]
			}
			used[c] = false
		}
	}
	extend(len(p.Points) - 1)
	return least
}

func TestNoWorseThanEveryWay(t *testing.T) {
	const seed = 5
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, f := range []family{solomon, liLim, cvrp, multiTrip} {
		for k := range 3 {
			t.Run(fmt.Sprintf("family=%d/%d", f, k), func(t *testing.T) {
				n := 6
				if f != liLim { // of pairs fewer ways are feasible
					n = 5
				}
				p := random(rng, f, n)
				if f == multiTrip {
					p.Fleet = 2
				}
				r, err := p.rule("dimacs")
				if err != nil {
					t.Fatal(err)
				}
				want := best(p, r)
				o := optionsOf("dimacs")
				o.Iterations = 1000
				got, err := p.Solve(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				if math.IsInf(want, 1) != (len(got.Unserved) > 0) || !math.IsInf(want, 1) && math.Abs(got.Cost-want) > 1e-9 {
					t.Errorf("cost %v, unserved %v, routes %v; the best is %v", got.Cost, got.Unserved, got.Routes, want)
				}
			})
		}
	}
}

func TestUnservedSaysWhy(t *testing.T) {
	p := &Problem{family: solomon, Timed: true, Capacity: 10, Fleet: 1, Points: []Point{
		{Close: 100},
		{X: 3, Y: 4, Demand: 5, Close: 50},
		{X: 3, Y: 4, Demand: 6, Close: 50},
		{X: 30, Y: 40, Demand: 1, Close: 20},
	}}
	r, err := p.Solve(t.Context(), optionsOf(""))
	if err != nil {
		t.Fatal(err)
	}
	why := map[int]string{}
	for _, u := range r.Unserved {
		why[u.Task.(int)] = u.Why
	}
	if r.Feasible || len(r.Unserved) != 2 || why[3] != "a vehicle can't serve it even alone: route 1: customer 3 is reached at 50.0, its window closes at 20.0" {
		t.Errorf("feasible %v, unserved %+v", r.Feasible, r.Unserved)
	}
}
