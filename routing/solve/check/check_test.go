package check_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/routing/solve"
	"citygrid/routing/solve/check"
)

// tow is a problem with a truck that fetches three vehicles of which it takes two.
func tow() (*solve.Problem, solve.Solution) {
	table := solve.NewTable(4)
	for i := range solve.Node(4) {
		for j := range solve.Node(4) {
			if i != j {
				table.Set(i, j, solve.Cost{Time: 10 * time.Minute, Length: 5000})
			}
		}
	}
	p := &solve.Problem{
		Nodes: 4, Costs: table,
		Units: []solve.Unit{{Name: "truck", End: 0, Shift: solve.Window{Close: 8 * time.Hour}, Capacity: []int32{2}, Skills: 1}},
		Sites: []solve.Site{{Name: "yard", At: 3, Service: 15 * time.Minute, Room: []int32{3}, Windows: []solve.Window{{Close: 4 * time.Hour}}}},
	}
	for i := range 3 {
		n := solve.Node(i % 3)
		p.Tasks = append(p.Tasks, solve.Task{
			Name: "car", Load: []int32{1}, Windows: []solve.Window{{Open: 15 * time.Minute, Close: 3 * time.Hour}},
			Modes: []solve.Mode{{Enter: n, Leave: n, Service: 5 * time.Minute}},
		})
	}
	r, err := p.Schedule(0, []solve.Visit{{Task: 1}, {Task: 2}, {Kind: solve.Unload}, {Task: 0}, {Kind: solve.Unload}})
	if err != nil {
		panic(err)
	}
	return p, solve.Solution{Routes: []solve.Route{r}}
}

func TestFeasible(t *testing.T) {
	p, s := tow()
	r := check.Solution(p, &s)
	if !r.Feasible() {
		t.Fatal(r.Violations)
	}
	// 10 to the first, 5 until it opens, 5, 10, 5, 10, 15, 10, 5, 10, 15, 10 home.
	want := solve.Score{Units: 1, Longest: 110 * time.Minute, Total: 110 * time.Minute}
	if r.Score != want || r.Score != s.Score(p) || r.Way != 30000 {
		t.Errorf("score %+v, %v m; want %+v, 30000 m; it says %+v", r.Score, r.Way, want, s.Score(p))
	}
}

// Each thing that can be wrong is found.
func TestViolations(t *testing.T) {
	for _, c := range []struct {
		what  string
		spoil func(*solve.Problem, *solve.Solution)
		want  string
	}{
		{"a task is lost", func(p *solve.Problem, s *solve.Solution) { p.Tasks = append(p.Tasks, p.Tasks[0]) }, "done 0 times"},
		{"a task is twice", func(_ *solve.Problem, s *solve.Solution) {
			s.Unserved = []solve.Unserved{{Task: 1, Why: solve.ErrShift}}
		}, "done 1 times and unserved 1"},
		{"no reason", func(p *solve.Problem, s *solve.Solution) {
			p.Tasks = append(p.Tasks, p.Tasks[0])
			s.Unserved = []solve.Unserved{{Task: 3}}
		}, "without a reason"},
		{"no such task", func(_ *solve.Problem, s *solve.Solution) {
			s.Unserved = []solve.Unserved{{Task: 9, Why: solve.ErrShift}}
		}, "there is none"},
		{"too much load", func(p *solve.Problem, _ *solve.Solution) { p.Units[0].Capacity[0] = 1 }, "takes 1"},
		{"not unloaded", func(_ *solve.Problem, s *solve.Solution) { s.Routes[0].Stops = s.Routes[0].Stops[:4] }, "ends with a load"},
		{"no room", func(p *solve.Problem, _ *solve.Solution) { p.Sites[0].Room[0] = 2 }, "room for 2"},
		{"site shut", func(p *solve.Problem, _ *solve.Solution) { p.Sites[0].Windows[0].Close = time.Hour }, "after its last window"},
		{"too late", func(p *solve.Problem, _ *solve.Solution) { p.Tasks[0].Windows[0].Close = 20 * time.Minute }, "after its last window"},
		{"too early", func(p *solve.Problem, _ *solve.Solution) { p.Tasks[1].Windows[0].Open = 30 * time.Minute }, "times are"},
		{"released later", func(p *solve.Problem, _ *solve.Solution) { p.Tasks[0].Release = 3 * time.Hour }, "times are"},
		{"shift over", func(p *solve.Problem, _ *solve.Solution) { p.Units[0].Shift.Close = 100 * time.Minute }, "the shift at"},
		{"no skill", func(p *solve.Problem, _ *solve.Solution) { p.Tasks[0].Skills = 2 }, "lacks a skill"},
		{"not as fixed", func(p *solve.Problem, _ *solve.Solution) { p.Units[0].Fixed = []solve.Visit{{Task: 2}} }, "not the visit that is fixed"},
		{"fixed is missing", func(p *solve.Problem, s *solve.Solution) {
			p.Units[0].Fixed = []solve.Visit{{Task: 1}}
			s.Routes[0].Stops = nil
		}, "are fixed"},
		{"a nicer way", func(_ *solve.Problem, s *solve.Solution) { s.Routes[0].Stops[1].Way.Time-- }, "the way is"},
		{"a nicer end", func(_ *solve.Problem, s *solve.Solution) { s.Routes[0].End-- }, "it ends at"},
		{"no way", func(p *solve.Problem, _ *solve.Solution) { p.Costs = solve.NewTable(4) }, "no way leads"},
		{"nothing known", func(_ *solve.Problem, s *solve.Solution) { s.Routes[0].Stops[2].Site = 7 }, "nothing known"},
		{"no route", func(_ *solve.Problem, s *solve.Solution) { s.Routes = nil }, "0 routes for 1 units"},
		{"another's route", func(_ *solve.Problem, s *solve.Solution) { s.Routes[0].Unit = 1 }, "of unit 1"},
	} {
		p, s := tow()
		c.spoil(p, &s)
		r := check.Solution(p, &s)
		found := false
		for _, v := range r.Violations {
			found = found || strings.Contains(v.String(), c.want)
		}
		if !found {
			t.Errorf("%s: found %v, want %q", c.what, r.Violations, c.want)
		}
	}
}

// plane is a random problem on a flat map: streets, points with loads, sites.
func plane(r *rand.Rand, units, streets, points, sites int) *solve.Problem {
	nodes := 1 + r.IntN(2) + streets + points + sites
	at := make([][2]float64, nodes)
	for i := range at {
		at[i] = [2]float64{float64(r.IntN(2000)), float64(r.IntN(2000))}
	}
	table := solve.NewTable(nodes)
	way := func(i, j int) solve.Cost {
		dx, dy := at[i][0]-at[j][0], at[i][1]-at[j][1]
		m := max(dx, -dx) + max(dy, -dy)
		return solve.Cost{Time: time.Duration(m*720) * time.Millisecond, Length: geo.Metres(m)}
	}
	for i := range nodes {
		for j := range nodes {
			table.Set(solve.Node(i), solve.Node(j), way(i, j))
		}
	}
	p := &solve.Problem{Nodes: nodes, Costs: table}
	for range units {
		p.Units = append(p.Units, solve.Unit{End: 0, Shift: solve.Window{Close: 1000 * time.Hour}, Capacity: []int32{4}})
	}
	for range streets {
		a, b := r.IntN(nodes), r.IntN(nodes)
		c := way(a, b)
		t := solve.Task{Modes: []solve.Mode{{Enter: solve.Node(a), Leave: solve.Node(b), Service: c.Time, Length: c.Length}}}
		if r.IntN(6) > 0 {
			t.Modes = append(t.Modes, solve.Mode{Enter: solve.Node(b), Leave: solve.Node(a), Service: c.Time, Length: c.Length})
		}
		t.Priority = []int32{int32(r.IntN(3))}
		p.Tasks = append(p.Tasks, t)
	}
	for range points {
		n := solve.Node(r.IntN(nodes))
		t := solve.Task{Load: []int32{1 + r.Int32N(2)}, Modes: []solve.Mode{{Enter: n, Leave: n, Service: 5 * time.Minute}}}
		if r.IntN(3) == 0 {
			open := time.Duration(r.IntN(60)) * time.Minute
			t.Windows = []solve.Window{{Open: open, Close: open + time.Hour}}
		}
		p.Tasks = append(p.Tasks, t)
	}
	for range sites {
		s := solve.Site{At: solve.Node(r.IntN(nodes)), Service: 10 * time.Minute}
		if r.IntN(2) == 0 {
			s.Room = []int32{r.Int32N(10)}
		}
		if r.IntN(2) == 0 {
			s.Windows = []solve.Window{{Open: 20 * time.Minute, Close: time.Duration(1+r.IntN(4)) * time.Hour}}
		}
		p.Sites = append(p.Sites, s)
	}
	return p
}

// Whatever the shifts, a postman's answer is feasible.
func TestPostmanIsFeasible(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		p := plane(r, r.IntN(4), r.IntN(25), 0, 0)
		if r.IntN(2) == 0 {
			for i := range p.Units {
				p.Units[i].Shift.Close = time.Duration(r.IntN(600)) * time.Minute
			}
		}
		s, err := solve.Postman{}.Solve(t.Context(), p)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		report := check.Solution(p, &s)
		if !report.Feasible() {
			t.Fatalf("seed %d: %v", seed, report.Violations)
		}
		if report.Score != s.Score(p) {
			t.Fatalf("seed %d: score %+v, it says %+v", seed, report.Score, s.Score(p))
		}
	}
}

// One walker over up to six streets, against all orders and directions.
func TestPostmanAgainstBruteForce(t *testing.T) {
	var sum, best time.Duration
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 2))
		p := plane(r, 1, 1+r.IntN(5), 0, 0)
		s, err := solve.Postman{}.Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		least := cheapestWalk(p, 0, 0, make([]bool, len(p.Tasks)))
		got := s.Routes[0].End
		all := make([]int, len(p.Tasks))
		for i := range all {
			all[i] = i
		}
		if bound := p.LowerBound(t.Context(), all); bound > least {
			t.Errorf("seed %d: the bound is %v, the best %v", seed, bound, least)
		}
		if got < least || got > least*3/2 {
			t.Errorf("seed %d: %v, the best is %v; want at most half as much again", seed, got, least)
		}
		sum, best = sum+got, best+least
	}
	t.Logf("%.1f %% above the best in the mean", 100*(float64(sum)/float64(best)-1))
	if sum > best*108/100 {
		t.Errorf("%v in all, the best is %v: want within 8 %%", sum, best)
	}
}

func cheapestWalk(p *solve.Problem, at solve.Node, so time.Duration, done []bool) time.Duration {
	least, all := time.Duration(1<<62), true
	for i, t := range p.Tasks {
		if done[i] {
			continue
		}
		all = false
		done[i] = true
		for _, m := range t.Modes {
			c, _ := p.Costs.Between(0, at, m.Enter)
			least = min(least, cheapestWalk(p, m.Leave, so+c.Time+m.Service, done))
		}
		done[i] = false
	}
	if all {
		c, _ := p.Costs.Between(0, at, p.Units[0].End)
		return so + c.Time
	}
	return least
}

// Jobs inserted one by one: every run is feasible, and each insertion is as early
// as the best of all places of the job and of all drop-offs.
func TestInsertAgainstBruteForce(t *testing.T) {
	inserted, refused := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		p := plane(r, 1, 0, 5, 1+r.IntN(2))
		p.Units[0].Shift.Close = time.Duration(1+r.IntN(5)) * time.Hour
		var visits []solve.Visit
		var undone []solve.Unserved
		for task := range p.Tasks {
			route, err := p.Insert(0, visits, task)
			least, possible := cheapestRun(p, visits, task)
			if possible != (err == nil) {
				t.Fatalf("seed %d, task %d: error %v, possible %v", seed, task, err, possible)
			}
			if err != nil {
				undone = append(undone, solve.Unserved{Task: task, Why: err})
				refused++
				continue
			}
			inserted++
			if route.End < least {
				t.Fatalf("seed %d, task %d: %v, the best is %v", seed, task, route.End, least)
			}
			visits = visits[:0]
			for _, s := range route.Stops {
				visits = append(visits, s.Visit)
			}
			s := solve.Solution{Routes: []solve.Route{route}, Unserved: undone}
			for later := task + 1; later < len(p.Tasks); later++ {
				s.Unserved = append(s.Unserved, solve.Unserved{Task: later, Why: solve.ErrNoUnit})
			}
			if report := check.Solution(p, &s); !report.Feasible() {
				t.Fatalf("seed %d, task %d: %v", seed, task, report.Violations)
			}
		}
	}
	if inserted < 50 || refused < 20 {
		t.Errorf("%d inserted, %d refused: too few of one to say anything", inserted, refused)
	}
}

// cheapestRun tries every place of the task and every set of drop-offs, and says
// when the earliest of all runs ends.
func cheapestRun(p *solve.Problem, visits []solve.Visit, task int) (least time.Duration, possible bool) {
	var order []solve.Visit
	for _, v := range visits {
		if v.Kind == solve.Serve {
			order = append(order, v)
		}
	}
	var drop func(done, rest []solve.Visit)
	drop = func(done, rest []solve.Visit) {
		if len(rest) == 0 {
			if r, err := p.Schedule(0, done); err == nil && (!possible || r.End < least) {
				least, possible = r.End, true
			}
			return
		}
		on := append(done[:len(done):len(done)], rest[0])
		drop(on, rest[1:])
		for s := range p.Sites {
			drop(append(on[:len(on):len(on)], solve.Visit{Kind: solve.Unload, Site: s}), rest[1:])
		}
	}
	for at := range len(order) + 1 {
		next := append(append(append([]solve.Visit{}, order[:at]...), solve.Visit{Task: task}), order[at:]...)
		drop(nil, next)
	}
	return least, possible
}
