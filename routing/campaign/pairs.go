package campaign

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"slices"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/routing/solve/matching"
)

// A Member is somebody who takes part.
type Member struct {
	Person people.ID
	Team   grid.TeamID // 0 = none's
	Holds  bool        // the tag that each pair should have
}

// How much one fault of a pair weighs. A key outweighs any number of faults of those after
// it: there are at most 100 pairs, met is at most maxMet and chance below 1 << chanceBits.
const (
	chanceBits = 8
	perMeeting = 1 << 16
	sameTeam   = 1 << 30
	noHolder   = 1 << 38
	maxMet     = 60
)

// Pairs says who goes with whom, by keys of which each counts only among what is as good
// by those before it:
//
//  1. as many pairs as can be have somebody who holds the tag;
//  2. as many as can be are of two teams;
//  3. those go together who did so least often before, by met (nil: nobody did);
//  4. chance, by the seed.
//
// It is exact, by a matching of least weight. Of an odd number one is over, whom leaving
// out costs least, and joins the pair to which that does most good by the same keys. The
// members of a pair are in the order of all, pairs in that of their first members. The
// error is the context's.
func Pairs(ctx context.Context, all []Member, met func(a, b people.ID) int, seed uint64) ([][]int, error) {
	if len(all) == 0 {
		return nil, nil
	}
	weight := func(a, b int) int64 {
		if a > b {
			a, b = b, a
		}
		if b == len(all) { // who is over
			return chance(seed, all[a].Person, 0)
		}
		x, y := all[a], all[b]
		w := chance(seed, x.Person, y.Person)
		if !x.Holds && !y.Holds {
			w += noHolder
		}
		if x.Team == y.Team {
			w += sameTeam
		}
		if met != nil {
			w += perMeeting * int64(min(met(x.Person, y.Person), maxMet))
		}
		return w
	}
	n := len(all) + len(all)%2
	found, err := matching.Complete(ctx, n, weight)
	if err != nil {
		return nil, err
	}
	var pairs [][]int
	over := -1
	for a, b := range found.Mate {
		switch {
		case b == len(all):
			over = a
		case a < b:
			pairs = append(pairs, []int{a, b})
		}
	}
	if over < 0 {
		return pairs, nil
	}
	if len(pairs) == 0 {
		return [][]int{{over}}, nil
	}
	best, least := 0, int64(0)
	for i, p := range pairs {
		w := min(weight(over, p[0]), weight(over, p[1]))
		if !all[p[0]].Holds && !all[p[1]].Holds && all[over].Holds {
			w -= noHolder // it gets its holder
		}
		if i == 0 || w < least {
			best, least = i, w
		}
	}
	pairs[best] = append(pairs[best], over)
	slices.Sort(pairs[best])
	slices.SortFunc(pairs, func(x, y []int) int { return x[0] - y[0] })
	return pairs, nil
}

// chance is the same for the same two whichever comes first.
func chance(seed uint64, a, b people.ID) int64 {
	h := fnv.New64a()
	for _, v := range []uint64{seed, uint64(min(a, b)), uint64(max(a, b))} {
		_ = binary.Write(h, binary.LittleEndian, v) // a hash takes all
	}
	sum := h.Sum64()
	return int64((sum ^ sum>>32) & (1<<chanceBits - 1))
}
