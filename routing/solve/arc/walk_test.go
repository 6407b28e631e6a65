package arc

import (
	"context"
	"math/rand/v2"
	"testing"
)

// Whatever rounds do, a walk holds each task once, is as long as it says, and gets
// no longer than it was at first.
func TestWalkStaysWhole(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 8))
		p := &Problem{Vertices: 4 + r.IntN(30), Depot: Anywhere}
		if seed%2 == 1 {
			p.Depot = r.IntN(p.Vertices)
		}
		windy := seed%4 > 1
		for k := range 3 * p.Vertices {
			a, b := k%p.Vertices, (k+1)%p.Vertices
			if k >= p.Vertices {
				a, b = r.IntN(p.Vertices), r.IntN(p.Vertices)
			}
			if a == b {
				continue
			}
			c := r.Int64N(50)
			e := Edge{From: a, To: b, Cost: [2]int64{c, c}, Required: r.IntN(3) == 0}
			if windy {
				e.Cost[1] = r.Int64N(50)
			}
			p.Edges = append(p.Edges, e)
		}
		if len(p.Required()) == 0 {
			p.Edges[0].Required = true
		}
		if err := p.Check(); err != nil {
			t.Fatal(err)
		}
		tb := newTable(p)
		order, err := tb.postman(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		w := newWalk(tb, order, seed)
		first := w.best
		for k := range 300 {
			if k%50 == 49 {
				w.rounds += rejoin - 1 - w.rounds%rejoin
			}
			w.round(5)
			if now := w.ring(); now != w.length {
				t.Fatalf("seed %d, round %d: the walk is %d long, it says %d", seed, k, now, w.length)
			}
		}
		routes := w.arcs()
		if got := p.CostOf(tb.dist, routes); got != int64(w.best) || w.best > first {
			t.Fatalf("seed %d: the best is %d long, it says %d; at first it was %d", seed, got, w.best, first)
		}
		served := map[int]int{}
		for _, a := range routes[0] {
			served[a.Edge]++
		}
		for _, i := range p.Required() {
			if served[i] != 1 || len(routes[0]) != len(p.Required()) {
				t.Fatalf("seed %d: edge %d is served %d times", seed, i, served[i])
			}
		}
	}
}

// ring is the length of the walk, added up.
func (w *walk) ring() int32 {
	var sum int32
	x := int32(0)
	for range w.ends {
		y := w.next[x]
		if w.prev[y] != x {
			return -1
		}
		sum += w.service(x) + w.gap(x, y)
		x = y
	}
	if x != 0 {
		return -1
	}
	return sum
}
