package solve_test

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"citygrid/routing/solve"
	"citygrid/routing/solve/check"
)

// tows draws a day of tasks on a grid, for trucks that unload at two sites, one of
// them with room for few.
func tows(rng *rand.Rand, tasks, units int) *solve.Problem {
	n := tasks + 3
	at := make([][2]int, n)
	for i := range at {
		at[i] = [2]int{rng.IntN(20), rng.IntN(20)}
	}
	table := solve.NewTable(n)
	for i, a := range at {
		for j, b := range at {
			d := max(a[0]-b[0], b[0]-a[0]) + max(a[1]-b[1], b[1]-a[1])
			table.Set(solve.Node(i), solve.Node(j), solve.Cost{Time: time.Duration(d) * time.Minute})
		}
	}
	p := &solve.Problem{Nodes: n, Costs: table, Sites: []solve.Site{
		{Name: "yard", At: 1, Service: 5 * time.Minute, Windows: []solve.Window{{Close: 7 * time.Hour}}},
		{Name: "lane", At: 2, Service: 2 * time.Minute, Room: []int32{3}},
	}}
	for t := range tasks {
		task := solve.Task{Load: []int32{1 + rng.Int32N(2)}, Priority: []int32{rng.Int32N(3)}, Modes: []solve.Mode{
			{Enter: solve.Node(t + 3), Leave: solve.Node(t + 3), Service: 5 * time.Minute},
		}}
		if rng.IntN(2) == 0 {
			open := time.Duration(rng.IntN(300)) * time.Minute
			task.Windows = []solve.Window{{Open: open, Close: open + 90*time.Minute}}
		}
		p.Tasks = append(p.Tasks, task)
	}
	for range units {
		p.Units = append(p.Units, solve.Unit{Capacity: []int32{4}, Shift: solve.Window{Close: 8 * time.Hour}})
	}
	return p
}

func TestSearchKeepsEveryRule(t *testing.T) {
	const seed = 11
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, size := range []struct{ tasks, units int }{{0, 1}, {1, 0}, {5, 1}, {9, 2}, {10, 1}} {
		p := tows(rng, size.tasks, size.units)
		var told []solve.Score
		s := solve.Search{Iterations: 10, Seed: 3, Better: func(_ time.Duration, s *solve.Solution) { told = append(told, s.Score(p)) }}
		sol, err := s.Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		r := check.Solution(p, &sol)
		if !r.Feasible() || r.Score != sol.Score(p) {
			t.Errorf("%d tasks, %d units: %v, score %+v, want %+v", size.tasks, size.units, r.Violations, sol.Score(p), r.Score)
		}
		if last := told[len(told)-1]; last != r.Score {
			t.Errorf("%d tasks, %d units: told %+v last, the answer has %+v", size.tasks, size.units, last, r.Score)
		}
		s.Better = nil
		again, err := s.Solve(t.Context(), p)
		if err != nil || !reflect.DeepEqual(again.Routes, sol.Routes) {
			t.Errorf("%d tasks, %d units: another answer from the same seed, %v", size.tasks, size.units, err)
		}
	}
}
