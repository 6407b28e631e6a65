package solve

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"citygrid/routing/solve/matching"
)

// The bound is, on one island, the tasks' time and the least matching of the odd nodes, by
// shortest paths over any nodes (Floyd and Warshall), however few of the nearest
// nodes are looked at first.
func TestBoundIsTheLeastMatching(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 7))
		n := 20 + r.IntN(120)
		table := NewTable(n)
		x, y := make([]float64, n), make([]float64, n)
		for i := range n {
			x[i], y[i] = r.Float64()*1000, r.Float64()*1000
			if seed%2 == 1 {
				x[i] += float64(i % 3 * 20000) // towns apart
			}
		}
		far := make([][]int64, n) // us
		for i := range far {
			far[i] = make([]int64, n)
		}
		for i := range n {
			for j := range n {
				// Waits at the end make some ways longer than their pieces.
				d := time.Duration(math.Hypot(x[i]-x[j], y[i]-y[j])*1e6+r.Float64()*1e8) * time.Microsecond / 1000
				if i == j {
					d = 0
				}
				table.Set(Node(i), Node(j), Cost{Time: d})
				far[i][j] = d.Microseconds()
			}
		}
		for i := range n {
			for j := range i {
				far[i][j] = min(far[i][j], far[j][i])
				far[j][i] = far[i][j]
			}
		}
		for k := range n {
			for i := range n {
				for j := range n {
					far[i][j] = min(far[i][j], far[i][k]+far[k][j])
				}
			}
		}
		p := &Problem{Nodes: n, Costs: table, Units: []Unit{{}}}
		degree := make([]int, n)
		var want time.Duration
		var tasks []int
		for k := range n {
			a, b := Node(r.IntN(n)), Node(r.IntN(n))
			p.Tasks = append(p.Tasks, Task{Modes: []Mode{{Enter: a, Leave: b, Service: time.Minute}}})
			degree[a]++
			degree[b]++
			want += time.Minute
			tasks = append(tasks, k)
		}
		var odd []int
		for v, d := range degree {
			if d%2 == 1 {
				odd = append(odd, v)
			}
		}
		m, err := matching.Complete(t.Context(), len(odd), func(i, j int) int64 { return far[odd[i]][odd[j]] })
		if err != nil {
			t.Fatal(err)
		}
		want += time.Duration(m.Weight) * time.Microsecond
		// Where tasks lie on islands, ways to these come on top.
		islands := newBounder(p, degree).moats(tasks) != nil
		if got := p.LowerBound(t.Context(), tasks); got < want || !islands && got != want {
			t.Errorf("seed %d: bound %v, want %v", seed, got, want)
		}
	}
}

// No closed walks undercut the bound: those over few streets on islands are all
// tried, and ways to islands are counted.
func TestBoundOfIslands(t *testing.T) {
	above := 0.0
	const seeds = 60
	for seed := range uint64(seeds) {
		r := rand.New(rand.NewPCG(seed, 9))
		const n = 9
		table := NewTable(n)
		for i := range n {
			for j := range n {
				d := 10 + r.IntN(300)
				if seed%2 == 0 { // villages along a road
					d = 1 + 100*max(i/3-j/3, j/3-i/3) + r.IntN(3)
				}
				if i == j {
					d = 0
				}
				table.Set(Node(i), Node(j), Cost{Time: time.Duration(d) * time.Second})
			}
		}
		p := &Problem{Nodes: n, Costs: table, Units: []Unit{{Shift: Window{Close: 1 << 50}}}}
		var tasks []int
		for k := range 5 {
			a, b := Node(r.IntN(n)), Node(r.IntN(n))
			if seed%2 == 0 {
				b = a/3*3 + Node(r.IntN(3))
			}
			m := Mode{Enter: a, Leave: b, Service: time.Duration(r.IntN(60)) * time.Second}
			p.Tasks = append(p.Tasks, Task{Modes: []Mode{m, {Enter: b, Leave: a, Service: m.Service}}})
			tasks = append(tasks, k)
		}
		least := shortestWalk(p, 0, 0, nil)
		got := p.LowerBound(t.Context(), tasks)
		if got > least {
			t.Errorf("seed %d: the bound is %v, a walk takes %v", seed, got, least)
		}
		above += float64(least)/float64(got) - 1
	}
	t.Logf("walks are %.1f %% above the bound", 100*above/seeds)
	if above/seeds > 0.35 {
		t.Errorf("walks are %.1f %% above the bound, want fewer than 35 %%", 100*above/seeds)
	}
}

// shortestWalk tries all orders and directions.
func shortestWalk(p *Problem, at Node, done int, from []bool) time.Duration {
	if from == nil {
		from = make([]bool, len(p.Tasks))
	}
	if done == len(p.Tasks) {
		c, _ := p.Costs.Between(0, at, 0)
		return c.Time
	}
	least := time.Duration(1 << 60)
	for k := range p.Tasks {
		if from[k] {
			continue
		}
		from[k] = true
		for _, m := range p.Tasks[k].Modes {
			c, _ := p.Costs.Between(0, at, m.Enter)
			least = min(least, c.Time+m.Service+shortestWalk(p, m.Leave, done+1, from))
		}
		from[k] = false
	}
	return least
}
