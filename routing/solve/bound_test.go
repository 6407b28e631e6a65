package solve

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"citygrid/routing/solve/matching"
)

// The bound is the tasks' time and the least matching of the odd nodes, by
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
		if got := p.LowerBound(t.Context(), tasks); got != want {
			t.Errorf("seed %d: bound %v, want %v", seed, got, want)
		}
	}
}
