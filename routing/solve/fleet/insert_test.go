package fleet_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"citygrid/routing/solve"
	"citygrid/routing/solve/check"
	"citygrid/routing/solve/fleet"
)

// Every unit is asked, and each answer or refusal holds: a route with the task that
// fits to what the others do.
func TestOffers(t *testing.T) {
	offered, refused := 0, 0
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 13))
		p := everything(rng, 1+rng.IntN(14), 1+rng.IntN(3))
		task := len(p.Tasks) - 1
		// Nobody can do it yet, and so the other end of its pair either.
		was := p.Tasks[task].Skills
		p.Tasks[task].Skills |= 1 << 40
		plan, err := fleet.Search{Iterations: 20, Seed: seed}.Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		p.Tasks[task].Skills = was
		mate := -1
		if mates := p.Mates(); mates != nil {
			mate = mates[task]
		}
		plan.Unserved = slices.DeleteFunc(plan.Unserved, func(u solve.Unserved) bool { return u.Task == task || u.Task == mate })
		offers, refusals, err := fleet.Offers(p, &plan, task)
		if err != nil || len(offers)+len(refusals) != len(p.Units) {
			t.Fatalf("seed %d: %d offers, %d refusals of %d units, %v", seed, len(offers), len(refusals), len(p.Units), err)
		}
		for i, o := range offers {
			next := solve.Solution{Routes: slices.Clone(plan.Routes), Unserved: plan.Unserved}
			next.Routes[o.Unit] = o.Route
			if r := check.Solution(p, &next); !r.Feasible() {
				t.Errorf("seed %d, unit %d: %v", seed, o.Unit, r.Violations)
			}
			if i > 0 && offers[i-1].Late > o.Late {
				t.Errorf("seed %d: offer %d is later than the one behind it", seed, i-1)
			}
		}
		for _, r := range refusals {
			if r.Why == nil {
				t.Errorf("seed %d, unit %d: refused without a reason", seed, r.Unit)
			}
		}
		offered += len(offers)
		refused += len(refusals)
	}
	if offered < 20 || refused < 20 {
		t.Errorf("%d offered, %d refused: too few of one to say anything", offered, refused)
	}
}

// What happens in a day: a truck breaks down, one is late, a site closes, a task is
// cancelled. The plan is mended at once, and others keep what they can keep.
func TestMend(t *testing.T) {
	p, plan := running(t, 60)
	p.Tasks = p.Tasks[:60]
	before := check.Solution(p, &plan)
	if !before.Feasible() {
		t.Fatal(before.Violations)
	}
	mended := func(what string, start solve.Solution, change int) solve.Solution {
		t.Helper()
		now, err := fleet.Search{Start: &start, Change: change}.Solve(t.Context(), p)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if r := check.Solution(p, &now); !r.Feasible() || r.Score.Undone > 0 {
			t.Fatalf("%s: %v, %d undone", what, r.Violations, r.Score.Undone)
		}
		return now
	}
	same := func(a, b solve.Solution) (n int) {
		for u := range a.Routes {
			if reflect.DeepEqual(a.Routes[u], b.Routes[u]) {
				n++
			}
		}
		return n
	}
	if now := mended("nothing", plan, 1); same(now, plan) != 3 {
		t.Errorf("nothing has happened, %d of 3 routes are as they were", same(now, plan))
	}

	// Unit 0 is an hour late.
	p.Units[0].Shift.Open += time.Hour
	late := mended("late", plan, 1)
	if same(late, plan) < 2 {
		t.Errorf("late: %d of 2 other routes are as they were", same(late, plan))
	}
	p.Units[0].Shift.Open -= time.Hour

	// Unit 1 is lost after two hours: its tasks go to the others, but one.
	lost := p.Units[1]
	p.Units[1].Shift.Close = 0
	now := mended("lost", plan, 0)
	if len(now.Routes[1].Stops) > 0 {
		t.Errorf("lost: it still has %d stops", len(now.Routes[1].Stops))
	}
	was, is := doers(plan), doers(now)
	for task, u := range was {
		if is[task] != u && u != 1 {
			t.Errorf("lost: task %d goes from unit %d to unit %d", task, u, is[task])
		}
	}
	p.Units[1] = lost

	// The way between two places is closed: no route goes along it.
	a, b := p.Tasks[0].Modes[0].Enter, p.Tasks[1].Modes[0].Enter
	p.Costs.(*solve.Table).Close(a, b)
	p.Costs.(*solve.Table).Close(b, a)
	mended("closed", plan, 3)
}

// doers gives by task the unit that does it.
func doers(s solve.Solution) map[int]int {
	all := map[int]int{}
	for _, r := range s.Routes {
		for _, stop := range r.Stops {
			if stop.Kind == solve.Serve {
				all[stop.Task] = r.Unit
			}
		}
	}
	return all
}

// BenchmarkOffers asks every unit of a running plan for the place of one more task,
// which is what a dispatcher waits for. Units have 20 tasks each and unload at
// two sites.
func BenchmarkOffers(b *testing.B) {
	for _, tasks := range []int{100, 300, 1000, 5000} {
		b.Run(fmt.Sprintf("tasks=%d", tasks), func(b *testing.B) {
			p, plan := running(b, tasks)
			b.ReportAllocs()
			for b.Loop() {
				offers, _, err := fleet.Offers(p, &plan, tasks)
				if err != nil || len(offers) == 0 {
					b.Fatal("no unit can take it", err)
				}
			}
		})
	}
}

// BenchmarkMend is a unit that breaks down: its 20 tasks go to others.
func BenchmarkMend(b *testing.B) {
	for _, tasks := range []int{100, 300, 1000, 5000} {
		b.Run(fmt.Sprintf("tasks=%d", tasks), func(b *testing.B) {
			p, plan := running(b, tasks)
			p.Tasks = p.Tasks[:tasks]
			p.Units[1].Shift.Close = 0
			for b.Loop() {
				s, err := fleet.Search{Start: &plan}.Solve(b.Context(), p)
				if err != nil || len(s.Unserved) > 0 {
					b.Fatal(len(s.Unserved), err)
				}
			}
		})
	}
}

// BenchmarkSteps is a step of the search.
func BenchmarkSteps(b *testing.B) {
	for _, tasks := range []int{60, 1000, 5000} {
		b.Run(fmt.Sprintf("tasks=%d", tasks), func(b *testing.B) {
			p := tows(rand.New(rand.NewPCG(8, 0)), tasks, max(2, tasks/20))
			p.Goal = solve.Total
			b.ReportAllocs()
			if _, err := (fleet.Search{Iterations: b.N}).Solve(b.Context(), p); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// running is a day of tows under way: 20 tasks a unit, and one task more that
// nobody has.
func running(t testing.TB, tasks int) (*solve.Problem, solve.Solution) {
	t.Helper()
	rng := rand.New(rand.NewPCG(8, 0))
	p := tows(rng, tasks+1, tasks/20)
	var plan solve.Solution
	for i := range p.Tasks {
		p.Tasks[i].Windows = nil
	}
	for u := range p.Units {
		p.Units[u].Shift.Close = 24 * time.Hour
		p.Sites[0].Windows, p.Sites[1].Room = nil, nil
		var order []solve.Visit
		for k := range 20 {
			order = append(order, solve.Visit{Task: 20*u + k})
		}
		r, err := p.Unloaded(u, order)
		if err != nil {
			t.Fatal(err)
		}
		plan.Routes = append(plan.Routes, r)
	}
	return p, plan
}
