package campaign

import (
	"slices"
	"testing"

	"citygrid/grid"
	"citygrid/grid/people"

	"pgregory.net/rapid"
)

// faults are those of pairs, by key: without a holder, of one team, met before.
func faults(all []Member, pairs [][]int, met func(a, b people.ID) int) (f [3]int) {
	for _, p := range pairs {
		x, y := all[p[0]], all[p[1]]
		if !x.Holds && !y.Holds {
			f[0]++
		}
		if x.Team == y.Team {
			f[1]++
		}
		f[2] += met(x.Person, y.Person)
	}
	return f
}

// best is the least of the faults of all ways to make pairs of an even number.
func best(all []Member, free []int, pairs [][]int, met func(a, b people.ID) int) [3]int {
	if len(free) == 0 {
		return faults(all, pairs, met)
	}
	var least [3]int
	for k := 1; k < len(free); k++ {
		rest := slices.Delete(slices.Clone(free[1:]), k-1, k)
		f := best(all, rest, append(slices.Clone(pairs), []int{free[0], free[k]}), met)
		if k == 1 || slices.Compare(f[:], least[:]) < 0 {
			least = f
		}
	}
	return least
}

// Everybody is in one pair, an odd number has one group of three, and no other pairs keep
// the keys better, one before the other.
func TestPairsKeepTheirKeys(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 9).Draw(rt, "people")
		var all []Member
		for i := range n {
			all = append(all, Member{people.ID(i + 1), grid.TeamID(rapid.IntRange(0, 3).Draw(rt, "team")), rapid.IntRange(0, 2).Draw(rt, "holds") == 0})
		}
		times := rapid.SliceOfN(rapid.IntRange(0, 3), 100, 100).Draw(rt, "met")
		met := func(a, b people.ID) int { return times[10*(min(a, b)%10)+max(a, b)%10] }
		seed := rapid.Uint64().Draw(rt, "seed")
		pairs := must(Pairs(t.Context(), all, met, seed))(rt)
		var in []int
		three := 0
		for _, p := range pairs {
			in = append(in, p...)
			if len(p) == 3 {
				three++
			}
			if len(p) < 2 && n != 1 || len(p) > 3 {
				rt.Errorf("a pair of %d", len(p))
			}
		}
		slices.Sort(in)
		for i := range n {
			if len(in) != n || in[i] != i {
				rt.Fatalf("of %d people these are in pairs: %v", n, in)
			}
		}
		if want := n % 2; n > 1 && three != want {
			rt.Errorf("%d groups of three among %d", three, n)
		}
		if n%2 == 0 && n > 0 {
			var free []int
			for i := range n {
				free = append(free, i)
			}
			got, want := faults(all, pairs, met), best(all, free, nil, met)
			if slices.Compare(got[:], want[:]) != 0 {
				rt.Errorf("pairs %v have faults %v, the least is %v", pairs, got, want)
			}
		}
		if again := must(Pairs(t.Context(), all, met, seed))(rt); !slices.EqualFunc(pairs, again, slices.Equal[[]int]) {
			rt.Errorf("the same seed gives %v and %v", pairs, again)
		}
	})
}

// Twenty officers of four teams, over a year of Wednesdays: ten pairs, each of two teams,
// and whoever can go with anybody does so equally often.
func TestTwentyOfficersOverAYear(t *testing.T) {
	var all []Member
	for i := range 20 {
		all = append(all, Member{people.ID(i + 1), grid.TeamID(i/5 + 1), i%5 == 0})
	}
	type two struct{ a, b people.ID }
	times := map[two]int{}
	met := func(a, b people.ID) int { return times[two{min(a, b), max(a, b)}] }
	for week := range 52 {
		pairs := must(Pairs(t.Context(), all, met, uint64(week)))(t)
		if f := faults(all, pairs, func(people.ID, people.ID) int { return 0 }); len(pairs) != 10 || f != [3]int{6, 0, 0} {
			t.Fatalf("week %d: %d pairs with faults %v", week, len(pairs), f)
		}
		for _, p := range pairs {
			a, b := all[p[0]].Person, all[p[1]].Person
			times[two{min(a, b), max(a, b)}]++
		}
	}
	most := 0
	for _, n := range times {
		most = max(most, n)
	}
	// The four with the tag go with the 12 without of other teams, 13 weeks of 52 being
	// four turns and a part; nobody goes with one much more often than with the others.
	t.Logf("%d of 150 possible pairs went together, at most %d times", len(times), most)
	if len(times) < 140 || most > 6 {
		t.Errorf("%d different pairs, one of them %d times", len(times), most)
	}
}

func must[T any](v T, err error) func(rapid.TB) T {
	return func(t rapid.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
