package patrol

import (
	"context"
	"time"

	"citygrid/geo/street"
	"citygrid/routing/solve"
	"citygrid/routing/solve/beat"
)

// A Key is one of the keys by which walks are ordered: what comes first by it, such as
// town before country.
type Key struct {
	Reason
	Street func(street.SegmentID) bool // a street comes first; nil: none does
	Spot   func(Spot) bool             // a spot comes first; nil: none does
}

// A Reason says why something is where it is in a walk: the words for what comes first by
// a key, and for what comes after it, by language. Then may be nil.
type Reason struct {
	First, Then map[string]string
}

// MaxKeys is how many keys a request may have.
const MaxKeys = 6

// A Rank is where something comes in a walk, by all keys: of two the lower comes first.
// It has a bit for each key, the first key's the highest, set for what comes after.
type Rank uint8

// Reasons are the words for a rank: for each key First or Then, those that there are.
func (k Rank) Reasons(keys []Reason) (words []map[string]string) {
	for i, r := range keys {
		name := r.First
		if k>>(len(keys)-1-i)&1 == 1 {
			name = r.Then
		}
		if len(name) > 0 {
			words = append(words, name)
		}
	}
	return words
}

// Ranks says where streets and spots come by keys.
func Ranks(keys []Key) (streets func(street.SegmentID) Rank, spots func(Spot) Rank) {
	streets = func(id street.SegmentID) (k Rank) {
		for _, key := range keys {
			k <<= 1
			if key.Street == nil || !key.Street(id) {
				k |= 1
			}
		}
		return k
	}
	spots = func(s Spot) (k Rank) {
		for _, key := range keys {
			k <<= 1
			if key.Spot == nil || !key.Spot(s) {
				k |= 1
			}
		}
		return k
	}
	return streets, spots
}

// priority is a rank as a task has it.
func (b *builder) priority(k Rank) []int32 {
	if len(b.r.Order) == 0 {
		return nil
	}
	return []int32{int32(k)}
}

// rankOf is the rank of a task of the problem.
func (b *builder) rankOf(task int) Rank {
	if k := b.p.Tasks[task].Priority; len(k) > 0 {
		return Rank(k[0])
	}
	return 0
}

// inOrder has the walks of a solution go through their ranks in order; more is how much
// longer they are for it.
func (b *builder) inOrder(ctx context.Context, solver solve.Solver, sol *solve.Solution) (more time.Duration, err error) {
	var ordered solve.Solution
	if s, ok := solver.(beat.Solver); ok {
		ordered, err = s.Order(ctx, &b.p, sol)
	} else {
		ordered, err = b.p.Ranked(ctx, sol)
	}
	if err != nil {
		return 0, err
	}
	more = max(0, b.worked(&ordered)-b.worked(sol))
	*sol = ordered
	return more, nil
}

func (b *builder) worked(sol *solve.Solution) (d time.Duration) {
	for i := range sol.Routes {
		if len(sol.Routes[i].Stops) > 0 {
			d += sol.Routes[i].End - b.p.Units[i].Shift.Open
		}
	}
	return d
}

// breach finds a stop of a route that is made before one of a lower rank whose turn it
// was: who had gone there instead would have come within its hours. Nobody waits for what
// is not open yet. ok is false if there is none.
func (b *builder) breach(r *solve.Route) (early, late int, ok bool) {
	u := &b.p.Units[r.Unit]
	for j, s := range r.Stops {
		k, t := b.rankOf(s.Task), &b.p.Tasks[s.Task]
		at, free := u.Start, u.Shift.Open
		for i := range j {
			v := r.Stops[i].Visit
			if b.rankOf(v.Task) > k {
				way, there := b.p.Costs.Between(u.Profile, at, t.Modes[s.Mode].Enter)
				if len(t.Windows) == 0 || there && free+way.Time >= t.Windows[0].Open {
					return i, j, true
				}
			}
			at, free = b.p.Tasks[v.Task].Modes[v.Mode].Leave, r.Stops[i].Leave
		}
	}
	return 0, 0, false
}

// inTurn gives visits their times. Calls that come after something whose turn is later
// move before it; why is solve.ErrTurn where streets would have to, and else Schedule's.
func (b *builder) inTurn(unit int, visits []solve.Visit) (r solve.Route, why error) {
	for range len(visits) * (1 + len(b.calls)) {
		if r, why = b.p.Schedule(unit, visits); why != nil || !b.strict {
			return r, why
		}
		early, late, found := b.breach(&r)
		if !found {
			return r, nil
		}
		v := visits[late]
		if v.Task < len(b.tasks) {
			return r, solve.ErrTurn
		}
		copy(visits[early+1:late+1], visits[early:late])
		visits[early] = v
	}
	return r, solve.ErrTurn
}
