package balance

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// town is a field of columns by rows units of about 100 m with random work; holes
// are left out, so that there may be several parts.
func town(r *rand.Rand, columns, rows int, hole func(x, y int) bool) []Unit {
	number := map[[2]int]int32{}
	var units []Unit
	for y := range rows {
		for x := range columns {
			if hole != nil && hole(x, y) {
				continue
			}
			number[[2]int{x, y}] = int32(len(units))
			units = append(units, Unit{
				Work: r.ExpFloat64() * 3, AreaM2: 8000 + 4000*r.Float64(),
				X: 100*float64(x) + 5e6, Y: 100*float64(y) + 4e6,
			})
		}
	}
	for y := range rows {
		for x := range columns {
			i, here := number[[2]int{x, y}]
			for _, d := range [][2]int{{1, 0}, {0, 1}} {
				if j, there := number[[2]int{x + d[0], y + d[1]}]; here && there {
					cost := 50 + 50*r.Float64()
					units[i].Beside = append(units[i].Beside, Beside{j, cost})
					units[j].Beside = append(units[j].Beside, Beside{i, cost})
				}
			}
		}
	}
	return units
}

// pieces is the plain reference of Connected: every group's pieces, by flooding.
func pieces(units []Unit, group []int32, k int) []int {
	count := make([]int, k)
	seen := make([]bool, len(units))
	var flood func(i int32)
	flood = func(i int32) {
		seen[i] = true
		for _, b := range units[i].Beside {
			if !seen[b.Unit] && group[b.Unit] == group[i] {
				flood(b.Unit)
			}
		}
	}
	for i := range units {
		if !seen[i] {
			count[group[i]]++
			flood(int32(i))
		}
	}
	return count
}

// TestProposalsKeepTheRules: each unit in one group, each group in one piece, the
// score as added up by hand, no better than the bound.
func TestProposalsKeepTheRules(t *testing.T) {
	towns, rounds := uint64(5), 2
	if small {
		towns, rounds = 1, 1
	}
	for seed := range towns {
		r := rand.New(rand.NewPCG(seed, 3))
		units := town(r, 8+r.IntN(20), 8+r.IntN(20), nil)
		k := 1 + r.IntN(12)
		p, err := Propose(context.Background(), units, k, Options{Seed: seed, Rounds: rounds, Workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		for g, n := range pieces(units, p.Group, k) {
			if n != 1 {
				t.Errorf("seed %d: group %d of %d is in %d pieces", seed, g, k, n)
			}
		}
		work, total := make([]float64, k), 0.0
		for i, g := range p.Group {
			work[g] += units[i].Work
			total += units[i].Work
		}
		want := slices.Max(work) / (total / float64(k))
		if math.Abs(p.Score.MaxOverMean-want) > 1e-9 || !p.Score.Connected || want < p.Score.LowerBound-1e-9 {
			t.Errorf("seed %d: %+v, want a ratio of %v", seed, p.Score, want)
		}
		if goal := max(1.03, p.Score.LowerBound+0.01); want > goal && len(units) >= 25*k {
			t.Errorf("seed %d: %d units to %d groups: %.3f of the mean, want %.3f", seed, len(units), k, want, goal)
		}
		again, _ := Propose(context.Background(), units, k, Options{Seed: seed, Rounds: rounds, Workers: 2})
		if !reflect.DeepEqual(p, again) {
			t.Errorf("seed %d: another proposal the second time", seed)
		}
	}
}

// TestPartsAreNotJoined: where a river parts the town, no group lies on both banks,
// and the bound knows of it.
func TestPartsAreNotJoined(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	units := town(r, 30, 20, func(x, _ int) bool { return x == 7 })
	part, minutes := Parts(units)
	if len(minutes) != 2 {
		t.Fatalf("%d parts", len(minutes))
	}
	most := 8
	if small {
		most = 2
	}
	for k := 2; k <= most; k += 2 {
		p, err := Propose(context.Background(), units, k, Options{Rounds: 1, Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		bank := map[int32]int32{}
		for i, g := range p.Group {
			if b, known := bank[g]; known && b != part[i] {
				t.Fatalf("%d groups: group %d is on both banks", k, g)
			}
			bank[g] = part[i]
		}
		// By trying all: so many groups on one bank, the others on the other one.
		best := math.Inf(1)
		for n := 1; n < k; n++ {
			best = min(best, max(minutes[0]/float64(n), minutes[1]/float64(k-n)))
		}
		best /= (minutes[0] + minutes[1]) / float64(k)
		if s := p.Score; s.LowerBound < best-1e-9 || s.MaxOverMean > max(1.03, best+0.01) {
			t.Errorf("%d groups: %+v; the banks allow %.3f", k, s, best)
		}
	}
	p, err := Propose(context.Background(), units, 1, Options{Rounds: 1})
	if err != nil || p.Score.Connected {
		t.Errorf("one group on two banks: %+v, %v", p.Score, err)
	}
}

// TestTheBestOfAll: on a small town, as good as the best of all ways there are.
func TestTheBestOfAll(t *testing.T) {
	if small {
		t.Skip("tries all")
	}
	for seed := range uint64(2) {
		units := town(rand.New(rand.NewPCG(seed, 9)), 5, 2, nil)
		const k = 3
		best := math.Inf(1)
		group := make([]int32, len(units))
		for code := range int(math.Pow(k, float64(len(units)))) {
			for i, c := 0, code; i < len(group); i, c = i+1, c/k {
				group[i] = int32(c % k)
			}
			if slices.ContainsFunc(pieces(units, group, k), func(n int) bool { return n != 1 }) {
				continue
			}
			if s := Rate(units, group, k); s.Connected {
				best = min(best, s.MaxOverMean)
			}
		}
		p, err := Propose(context.Background(), units, k, Options{Seed: 1, Rounds: 3, Workers: 2})
		if err != nil || p.Score.MaxOverMean > best*1.02 {
			t.Errorf("seed %d: %.4f, the best is %.4f, %v", seed, p.Score.MaxOverMean, best, err)
		}
	}
}

// TestNoTimeAtAll: there is a proposal anyway.
func TestNoTimeAtAll(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p, err := Propose(ctx, town(rand.New(rand.NewPCG(1, 2)), 30, 30, nil), 9, Options{})
	if err != nil || !p.Score.Connected || p.Score.MaxOverMean > 1.2 {
		t.Errorf("%+v, %v", p.Score, err)
	}
}

func TestUnitsThatCannotBe(t *testing.T) {
	ok := Unit{Work: 1, AreaM2: 1}
	for _, c := range []struct {
		units []Unit
		k     int
		want  error
	}{
		{[]Unit{ok}, 0, ErrUnits},
		{[]Unit{ok}, 2, ErrFewUnits},
		{nil, 1, ErrFewUnits},
		{[]Unit{{Work: -1, AreaM2: 1}}, 1, ErrUnits},
		{[]Unit{{Work: 1}}, 1, ErrUnits},
		{[]Unit{{Work: 1, AreaM2: 1, X: math.NaN()}}, 1, ErrUnits},
		{[]Unit{{Work: 1, AreaM2: 1, Beside: []Beside{{Unit: 3}}}}, 1, ErrUnits},
	} {
		if _, err := Propose(context.Background(), c.units, c.k, Options{}); !errors.Is(err, c.want) {
			t.Errorf("%+v to %d: %v, want %v", c.units, c.k, err, c.want)
		}
	}
	// No work at all is nobody's fault.
	free := town(rand.New(rand.NewPCG(1, 2)), 6, 6, nil)
	for i := range free {
		free[i].Work = 0
	}
	if p, err := Propose(context.Background(), free, 4, Options{Rounds: 1}); err != nil || !p.Score.Connected {
		t.Errorf("%+v, %v", p.Score, err)
	}
}
