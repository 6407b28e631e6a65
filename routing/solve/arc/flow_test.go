package arc

import (
	"math/rand/v2"
	"testing"
)

// Where streets are one-way and all required, the flow is the length of the
// shortest walk over all of them.
func TestDirectedPostmanIsExact(t *testing.T) {
	const banned = 5000 // as files of the field write one-way streets
	for seed := range uint64(10) {
		r := rand.New(rand.NewPCG(seed, 9))
		n := 5 + r.IntN(3)
		p := &Problem{Vertices: n, Depot: Anywhere}
		add := func(a, b int) {
			p.Edges = append(p.Edges, Edge{From: a, To: b, Cost: [2]int64{1 + r.Int64N(20), banned}, Required: true})
		}
		for v := range n {
			add(v, (v+1)%n)
		}
		for range 3 {
			if a, b := r.IntN(n), r.IntN(n); a != b {
				add(a, b)
			}
		}
		least, ok := p.balanced(t.Context())
		if !ok {
			t.Fatal("no flow")
		}
		sol, err := Solver{Iterations: 3000, Seed: seed}.Solve(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if sol.Cost != least {
			t.Errorf("seed %d: a walk of %d, the flow says %d", seed, sol.Cost, least)
		}
	}
}
