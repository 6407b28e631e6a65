package path

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// By vectors the costs are what they are one by one, up to never and beyond.
func TestCarry(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		nodes := 1 + r.IntN(60)
		costs, first := make([]lane, nodes), []uint32{0}
		var arcs []sweepArc
		some := func() cost {
			switch r.IntN(4) {
			case 0:
				return never - cost(r.IntN(3))
			case 1:
				return cost(r.Uint64N(uint64(never)))
			}
			return costOf(uint32(r.IntN(100)), 1)
		}
		for i := range costs {
			for k := range costs[i] {
				costs[i][k] = signed(some())
			}
			for range r.IntN(6) * min(1, i) {
				arcs = append(arcs, sweepArc{uint64(r.IntN(i)), some()})
			}
			first = append(first, uint32(len(arcs)))
		}
		if len(arcs) == 0 {
			continue
		}
		want := make([][lanes]cost, nodes) // by unsigned numbers, as costs are
		for i := range costs {
			for k := range want[i] {
				want[i][k] = unsigned(costs[i][k])
				for _, a := range arcs[first[i]:first[i+1]] {
					want[i][k] = min(want[i][k], want[a.from][k]+a.cost)
				}
			}
		}
		plain := slices.Clone(costs)
		carryPlainly(plain, first, arcs)
		carry(costs, first, arcs)
		for i := range costs {
			for k := range want[i] {
				if unsigned(costs[i][k]) != want[i][k] || unsigned(plain[i][k]) != want[i][k] {
					t.Fatalf("seed %d, node %d, lane %d: %d, plainly %d, want %d", seed, i, k, unsigned(costs[i][k]), unsigned(plain[i][k]), want[i][k])
				}
			}
		}
	}
}
