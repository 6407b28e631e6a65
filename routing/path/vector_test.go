package path

import (
	"math/rand/v2"
	"testing"
)

// By vectors the costs are what they are one by one, up to never and beyond.
func TestVectors(t *testing.T) {
	inherits, leasts := otherVectors()
	inherits, leasts = append(inherits, inherit, inheritPlainly), append(leasts, least, leastPlainly)
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		some := func() cost {
			switch r.IntN(4) {
			case 0:
				return never - cost(r.IntN(3))
			case 1:
				return cost(r.Uint64N(uint64(never)))
			}
			return costOf(uint32(r.IntN(100)), 1)
		}
		deep := 1 + r.IntN(70)
		stride := padded(deep)
		want := make([][]cost, deep)
		all := make([][]int64, len(inherits))
		for i := range all {
			all[i] = make([]int64, deep*stride)
		}
		for d := range deep {
			var depths []uint32
			var costs []cost
			for k := d - 1; k >= 0; k-- {
				if r.IntN(3) == 0 {
					depths, costs = append(depths, uint32(k)), append(costs, some())
				}
			}
			want[d] = make([]cost, d+1) // by unsigned numbers, as costs are
			for k := range d {
				want[d][k] = never
				for i, above := range depths {
					if k <= int(above) {
						want[d][k] = min(want[d][k], costs[i]+want[above][k])
					}
				}
			}
			for i, rows := range all {
				row := rows[d*stride : d*stride+padded(d+1)]
				inherits[i](row, rows, stride, depths, costs)
				row[d] = signed(0)
				for k, c := range row {
					if k <= d && unsigned(c) != want[d][k] || k > d && unsigned(c) != never {
						t.Fatalf("seed %d, way %d, row %d, depth %d: %d, want %v", seed, i, d, k, unsigned(c), want[d])
					}
				}
			}
		}
		// Sums of the last row with all.
		front := all[0][(deep-1)*stride:]
		var costs []cost
		var starts []uint32
		for range 1 + r.IntN(5) {
			starts = append(starts, uint32(len(costs)))
			for range stride {
				costs = append(costs, some())
			}
		}
		sums := make([]int64, len(starts))
		for way, find := range leasts {
			find(front, costs, starts, sums)
			for i, start := range starts {
				want := never
				for k, c := range front {
					want = min(want, unsigned(c)+costs[int(start)+k])
				}
				if unsigned(sums[i]) != want {
					t.Fatalf("seed %d, way %d, row %d: %d, want %d", seed, way, i, unsigned(sums[i]), want)
				}
			}
		}
	}
}
