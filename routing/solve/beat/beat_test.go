package beat

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/routing/solve"
	"citygrid/routing/solve/check"

	"pgregory.net/rapid"
)

// streets is a problem of random streets between random places, some one way, some that
// nobody can come to, with units whose shifts may be too short.
func streets(t *rapid.T) *solve.Problem {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	n := rapid.IntRange(2, 14).Draw(t, "nodes")
	table := solve.NewTable(n)
	for a := range n {
		for b := range n {
			if a != b && r.IntN(20) > 0 {
				d := 1 + r.IntN(300)
				table.Set(solve.Node(a), solve.Node(b), solve.Cost{Time: time.Duration(d) * time.Second, Length: geo.Metres(d)})
			}
		}
	}
	p := &solve.Problem{Nodes: n, Costs: table, Goal: solve.Goal(r.IntN(3))}
	node := func() solve.Node { return solve.Node(r.IntN(n)) }
	for range rapid.IntRange(0, 25).Draw(t, "streets") {
		a, b, took := node(), node(), time.Duration(r.IntN(200_000))*time.Millisecond
		task := solve.Task{Modes: []solve.Mode{{Enter: a, Leave: b, Service: took}}}
		if r.IntN(4) > 0 {
			task.Modes = append(task.Modes, solve.Mode{Enter: b, Leave: a, Service: took + time.Duration(r.IntN(9))*time.Second})
		}
		if r.IntN(3) == 0 {
			task.Priority = []int32{int32(r.IntN(2)), int32(r.IntN(3))}
		}
		p.Tasks = append(p.Tasks, task)
	}
	for range rapid.IntRange(1, 4).Draw(t, "units") {
		from := time.Duration(r.IntN(3)) * time.Hour
		u := solve.Unit{Start: node(), End: node(), Shift: solve.Window{Open: from, Close: from + time.Duration(r.IntN(120))*time.Minute}}
		if r.IntN(4) == 0 {
			u.End = solve.Nowhere
		}
		p.Units = append(p.Units, u)
	}
	return p
}

// Whatever the streets, the walks keep the problem's rules, are no worse than those
// they began with, and the same again.
func TestAnyBeat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := streets(t)
		for u := range p.Units {
			if _, err := p.Schedule(u, nil); err != nil {
				t.Skip("a unit can't even go home")
			}
		}
		s := Solver{Rounds: 30, Seed: 3, Threads: 2}
		got, err := s.Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if report := check.Solution(p, &got); !report.Feasible() {
			t.Fatalf("the walks break %v", report.Violations)
		}
		first, err := solve.Postman{}.Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if worse(p, &got, &first) {
			t.Errorf("%+v, it began with %+v", got.Score(p), first.Score(p))
		}
		if again, err := s.Solve(t.Context(), p); err != nil || !reflect.DeepEqual(got.Routes, again.Routes) {
			t.Errorf("another answer the second time, %v", err)
		}
	})
}

// On blocks of streets that two walk from one corner, the search comes within a
// twentieth of the least possible; Postman's halves are up to a fifth above.
func TestBlocks(t *testing.T) {
	const side = 9
	p := &solve.Problem{Nodes: side * side}
	table := solve.NewTable(p.Nodes)
	p.Costs = table
	for a := range p.Nodes {
		for b := range p.Nodes {
			d := abs(a%side-b%side) + abs(a/side-b/side)
			table.Set(solve.Node(a), solve.Node(b), solve.Cost{Time: time.Duration(d) * time.Minute})
		}
	}
	for a := range p.Nodes {
		for _, b := range []int{a + 1, a + side} {
			if b < p.Nodes && (b == a+side || b%side > 0) {
				m := solve.Mode{Enter: solve.Node(a), Leave: solve.Node(b), Service: time.Minute}
				p.Tasks = append(p.Tasks, solve.Task{Modes: []solve.Mode{m, {Enter: m.Leave, Leave: m.Enter, Service: time.Minute}}})
			}
		}
	}
	for range 2 {
		p.Units = append(p.Units, solve.Unit{Shift: solve.Window{Close: 8 * time.Hour}})
	}
	got, err := Solver{Rounds: 800, Seed: 1}.Solve(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int, len(p.Tasks))
	for i := range all {
		all[i] = i
	}
	least := p.LowerBound(t.Context(), all)
	sc := got.Score(p)
	t.Logf("%d streets, at least %v: %v, the longest %v", len(p.Tasks), least, sc.Total, sc.Longest)
	if sc.Undone > 0 || float64(sc.Total) > 1.05*float64(least) || float64(sc.Longest) > 0.52*float64(sc.Total) {
		t.Errorf("%d undone, %v of %v at least, the longest %v", sc.Undone, sc.Total, least, sc.Longest)
	}
}

func abs(x int) int { return max(x, -x) }
