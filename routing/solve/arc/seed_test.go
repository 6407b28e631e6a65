package arc

import (
	"reflect"
	"testing"
)

// A seed, threads and a number of rounds give one answer, over exchanges too.
func TestSeedDecides(t *testing.T) {
	for _, kind := range []string{"capacity", "longest", "rural", "long rural"} {
		p := &Problem{Vertices: 60, Depot: Anywhere}
		for v := range 58 {
			for _, w := range [...]int{v + 1, v + 2} {
				c := int64(10 + v*w%23)
				e := Edge{From: v, To: w, Cost: [2]int64{c, c}, Demand: int64(1 + v%5), Required: kind == "long rural" || v%3 == 0}
				p.Edges = append(p.Edges, e)
			}
		}
		p.Edges = append(p.Edges, Edge{From: 59, To: 0, Cost: [2]int64{9, 9}}, Edge{From: 59, To: 30, Cost: [2]int64{9, 9}})
		switch kind {
		case "capacity":
			p.Depot, p.Capacity = 3, 25
		case "longest":
			p.Depot, p.Longest, p.Vehicles = 3, true, 3
		}
		solve := func() Solution {
			sol, err := Solver{Iterations: 500, Threads: 2, Seed: 7, every: 150}.Solve(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			return sol
		}
		first := solve()
		if second := solve(); !reflect.DeepEqual(first, second) {
			t.Errorf("%s: costs %d and %d", kind, first.Cost, second.Cost)
		}
	}
}
