package balance

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// How much the three parts of the energy weigh, and how the temperature falls
// (found by looking at proposals for some cities). The weight of balance grows on
// the way: groups first take shape, then become equal.
const (
	firstWeight, finalWeight = 40.0, 4_000.0
	cutWeight                = 1.5
	roundWeight              = 1.0
	hot, warm, cold          = 0.3, 0.02, 0.002
	movesPerUnit             = 100 // in the first round
	leastMoves               = 5_000
)

// Options say how Propose searches. The zero value is ready.
type Options struct {
	Seed    uint64 // the same seed and number of rounds give the same proposal
	Rounds  int    // how many, each with twice the moves of the one before; 0 = until ctx ends, at most 14
	Workers int    // starts a round; 0 = one a core

	// Better is told each proposal that beats those before, from one goroutine
	// at a time; nil for nobody.
	Better func(Proposal)
}

// Propose shares out the units to k groups and gives the best proposal that was
// found when ctx ended, or after all rounds. The first round always ends, so there
// is one even when there is no time at all.
//
// Where the ground is in several parts each group stays within one, unless there
// are more parts than groups: then parts are joined to the nearest, and Connected
// is false.
//
// The errors are ErrUnits and ErrFewUnits.
func Propose(ctx context.Context, units []Unit, k int, o Options) (Proposal, error) {
	if err := check(units, k); err != nil {
		return Proposal{}, err
	}
	rounds := o.Rounds
	if rounds <= 0 {
		rounds = 14
	}
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	bound := LowerBound(units, k)
	linked := link(units, k)
	tries := max(1, min(20, 2000/len(units))) // few units are soon tried
	var best Proposal
	for round := range rounds {
		found := make([]Proposal, workers)
		var running sync.WaitGroup
		for w := range workers {
			running.Go(func() {
				r := rand.New(rand.NewPCG(o.Seed, uint64(round*workers+w)))
				for try := range tries {
					p := start(ctx, linked, k, r, movesPerUnit<<round, round+try == 0)
					if p.Group == nil {
						return // time was up
					}
					p.Score = Rate(units, p.Group, k)
					p.Score.LowerBound = bound
					if found[w].Group == nil || better(p.Score, found[w].Score) {
						found[w] = p
					}
				}
			})
		}
		running.Wait()
		for _, p := range found {
			if p.Group == nil {
				continue
			}
			if best.Group == nil || better(p.Score, best.Score) {
				best = p
				if o.Better != nil {
					o.Better(p)
				}
			}
		}
		if ctx.Err() != nil {
			break
		}
	}
	return best, nil
}

// start is one way from nothing to a proposal, with so many moves for each unit at
// a border. It gives nothing when ctx ends on the way, unless it must.
func start(ctx context.Context, units []Unit, k int, r *rand.Rand, moves int, must bool) Proposal {
	coarse, steps := coarsen(units, k, r)
	s := newState(coarse, k)
	s.grow(seeds(coarse, k, r))
	heat := schedule{from: hot, weight: firstWeight, moves: moves}
	for {
		if k > 1 && !s.anneal(ctx, r, heat, must) {
			return Proposal{}
		}
		if len(steps) == 0 {
			break
		}
		step := steps[len(steps)-1]
		steps = steps[:len(steps)-1]
		fine := newState(step.fine, k)
		for i, c := range step.of {
			fine.group[i] = s.group[c]
		}
		fine.sumUp()
		s, heat = fine, schedule{from: warm, weight: finalWeight, moves: moves}
	}
	s.level()
	return Proposal{Group: s.group}
}

// seeds chooses k units far apart, in each part of the ground as many as it is to
// have groups: the first at random, each next one with a chance that grows with the
// square of its distance to the others and with its work (k-means++, Arthur and
// Vassilvitskii 2007).
func seeds(units []Unit, k int, r *rand.Rand) []int32 {
	part, minutes := Parts(units)
	members := make([][]int32, len(minutes))
	sizes := make([]int, len(minutes))
	for i, p := range part {
		members[p] = append(members[p], int32(i))
		sizes[p]++
	}
	var chosen []int32
	for p, n := range apportion(minutes, sizes, k) {
		chosen = append(chosen, spread(units, members[p], n, r)...)
	}
	return chosen
}

func spread(units []Unit, among []int32, k int, r *rand.Rand) []int32 {
	mean := 0.0
	for _, i := range among {
		mean += units[i].Work / float64(len(among))
	}
	chosen := []int32{among[r.IntN(len(among))]}
	far := make([]float64, len(among))
	for i := range far {
		far[i] = math.Inf(1)
	}
	for len(chosen) < k {
		last, total := &units[chosen[len(chosen)-1]], 0.0
		for at, i := range among {
			u := &units[i]
			far[at] = min(far[at], sq(u.X-last.X)+sq(u.Y-last.Y))
			if i == chosen[len(chosen)-1] {
				far[at] = 0
			}
			total += far[at] * (u.Work + mean/100)
		}
		pick, best := r.Float64()*total, -1
		for at, i := range among {
			if w := far[at] * (units[i].Work + mean/100); w > 0 {
				best = at
				if pick -= w; pick < 0 {
					break
				}
			}
		}
		if best < 0 { // units in one place: take any that is free
			for at, i := range among {
				if !slices.Contains(chosen, i) {
					best = at
					break
				}
			}
		}
		chosen = append(chosen, among[best])
	}
	return chosen
}

// grow lets the group with the least work take the free unit beside it that is
// nearest to its middle, until all units are taken.
func (s *state) grow(from []int32) {
	const free = -1
	for i := range s.group {
		s.group[i] = free
	}
	clear(s.groups)
	rims := make([][]int32, len(from)) // units beside the group, some of them taken by now
	take := func(i int32, g int) {
		s.group[i] = int32(g)
		s.groups[g].add(&s.units[i], 1)
		for _, b := range s.units[i].Beside {
			if s.group[b.Unit] == free {
				rims[g] = append(rims[g], b.Unit)
			}
		}
	}
	for g, i := range from {
		take(i, g)
	}
	for left := len(s.units) - len(from); left > 0; left-- {
		g := -1
		for h := range rims {
			rims[h] = slices.DeleteFunc(rims[h], func(i int32) bool { return s.group[i] != free })
			if len(rims[h]) > 0 && (g < 0 || s.groups[h].work < s.groups[g].work) {
				g = h
			}
		}
		best, least := int32(-1), math.Inf(1)
		x, y := s.groups[g].x/s.groups[g].area, s.groups[g].y/s.groups[g].area
		for _, i := range rims[g] {
			if d := math.Hypot(s.units[i].X-x, s.units[i].Y-y); d < least {
				best, least = i, d
			}
		}
		take(best, g)
	}
}

// A schedule says how annealing cools: from a temperature down to cold, with the
// weight of balance from here up to the final one.
type schedule struct {
	from, weight float64
	moves        int // for each unit at a border
}

// anneal moves single units to a group beside them, mostly where that makes the
// energy smaller. When ctx ends it is false, or, where it must, brings the state to
// an end in few moves.
func (s *state) anneal(ctx context.Context, r *rand.Rand, h schedule, must bool) bool {
	s.findRim()
	moves := max(leastMoves, h.moves*len(s.rim))
	temperature, weight := h.from, h.weight
	// From here to the end in so many moves.
	falls := func(left int) float64 { return math.Pow(cold/temperature, 1/float64(left)) }
	grows := func(left int) float64 { return math.Pow(finalWeight/weight, 1/(0.7*float64(left))) }
	fall, grow := falls(moves), grows(moves)
	hurried := false
	for move := 0; move < moves && len(s.rim) > 0; move++ {
		if move&0xfff == 0 && !hurried && ctx.Err() != nil {
			if !must {
				return false
			}
			hurried = true
			if left := max(leastMoves, 20*len(s.rim)); left < moves-move {
				moves = move + left
				fall, grow = falls(left), grows(left)
			}
		}
		temperature *= fall
		weight = min(finalWeight, weight*grow)
		i := s.rim[r.IntN(len(s.rim))]
		u := &s.units[i]
		from, to := s.group[i], s.group[u.Beside[r.IntN(len(u.Beside))].Unit]
		if from == to || s.groups[from].units == 1 {
			continue
		}
		change := s.change(i, to, weight)
		if change > 0 && r.Float64() >= math.Exp(-change/temperature) || !s.holdsWithout(i) {
			continue
		}
		s.move(i, to)
		s.keepRim(i)
		for _, b := range u.Beside {
			s.keepRim(b.Unit)
		}
	}
	s.sumUp() // rounding
	return true
}

// level takes, as long as that helps, from the group with the most work a unit for
// a neighbour that stays below it; the last percent that annealing left.
func (s *state) level() {
	s.findRim()
	for range len(s.rim) {
		most := 0
		for g := range s.groups {
			if s.groups[g].work > s.groups[most].work {
				most = g
			}
		}
		top := s.groups[most].work
		best, into, least := int32(-1), int32(-1), math.Inf(1)
		for _, i := range s.rim {
			u := &s.units[i]
			if s.group[i] != int32(most) || u.Work <= 0 || s.groups[most].units == 1 {
				continue
			}
			for _, b := range u.Beside {
				to := s.group[b.Unit]
				if to == int32(most) || s.groups[to].work+u.Work >= top*(1-1e-9) {
					continue
				}
				if c := s.change(i, to, finalWeight); c < least && s.holdsWithout(i) {
					best, into, least = i, to, c
				}
			}
		}
		if best < 0 || least >= 0 && top/s.mean < 1.01 {
			return
		}
		s.move(best, into)
		s.keepRim(best)
		for _, b := range s.units[best].Beside {
			s.keepRim(b.Unit)
		}
	}
}

// link joins parts of the ground to the nearest other where there are more parts
// than groups, so that each part gets some group.
func link(units []Unit, k int) []Unit {
	part, minutes := Parts(units)
	if len(minutes) <= k {
		return units
	}
	linked := slices.Clone(units)
	for left := len(minutes) - k; left > 0; left-- {
		// The lightest part goes to what is nearest to it.
		light := -1
		for p, m := range minutes {
			if m >= 0 && (light < 0 || m < minutes[light]) {
				light = p
			}
		}
		from, to, least := -1, -1, math.Inf(1)
		for i := range linked {
			if part[i] != int32(light) {
				continue
			}
			for j := range linked {
				if part[j] == int32(light) {
					continue
				}
				if d := sq(linked[i].X-linked[j].X) + sq(linked[i].Y-linked[j].Y); d < least {
					from, to, least = i, j, d
				}
			}
		}
		linked[from].Beside = append(slices.Clone(linked[from].Beside), Beside{Unit: int32(to)})
		linked[to].Beside = append(slices.Clone(linked[to].Beside), Beside{Unit: int32(from)})
		joined := part[to]
		minutes[joined] += minutes[light]
		minutes[light] = -1
		for i := range part {
			if part[i] == int32(light) {
				part[i] = joined
			}
		}
	}
	return linked
}
