// Package balance shares out unit grids to k responsibility grids of equal work,
// each in one piece and compact, whose borders follow what makes a good border.
//
// It knows nothing of maps: units are numbers, with their minutes of work, their
// size and place in metres, and their neighbours. The method is simulated annealing
// of moves of single units between neighbouring groups, from many starts; a start
// and its moves depend on the seed alone, so more time means more starts and longer
// ones, and the best so far is always there.
package balance

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// A Unit is one unit grid. Neighbours name each other.
type Unit struct {
	Work   float64 // in minutes, or whatever is to be shared out; 0 or more
	AreaM2 float64 // more than 0
	X, Y   float64 // its middle, in metres
	Beside []Beside
}

// Beside is a unit's neighbour.
type Beside struct {
	Unit int32
	Cost float64 // of the border between the two: its length in metres, less where it is a good one
}

// A Proposal is one way to share out units.
type Proposal struct {
	Group []int32 // by unit, from 0
	Score Score
}

// A Score says how good a proposal is.
type Score struct {
	MaxOverMean float64 // minutes of the group with the most, over the mean
	LowerBound  float64 // of MaxOverMean: no proposal can be better
	CV          float64 // standard deviation of the groups' minutes over their mean
	Connected   bool    // each group is in one piece
	Cost        float64 // of the borders between groups
	Energy      float64 // what the search makes small: imbalance, borders and roundness together
}

// Errors of questions that have no answer. Match with errors.Is.
var (
	ErrFewUnits = errors.New("fewer unit grids than grids")
	ErrUnits    = errors.New("unit grids that cannot be")
)

// check says what is wrong with the units.
func check(units []Unit, k int) error {
	if k < 1 {
		return fmt.Errorf("%w: %d grids, 1 is the least", ErrUnits, k)
	}
	if len(units) < k {
		return fmt.Errorf("%w: %d for %d", ErrFewUnits, len(units), k)
	}
	for i, u := range units {
		if !(u.Work >= 0 && u.AreaM2 > 0) || math.IsInf(u.Work+u.AreaM2+u.X+u.Y, 0) || math.IsNaN(u.X+u.Y) {
			return fmt.Errorf("%w: unit %d has %v of work on %v m2 at %v,%v", ErrUnits, i, u.Work, u.AreaM2, u.X, u.Y)
		}
		for _, b := range u.Beside {
			if b.Unit < 0 || int(b.Unit) >= len(units) || int(b.Unit) == i || !(b.Cost >= 0) {
				return fmt.Errorf("%w: unit %d is beside %d at a cost of %v", ErrUnits, i, b.Unit, b.Cost)
			}
		}
	}
	return nil
}

// Parts numbers the units by what hangs together, the part of unit 0 first, and
// gives the minutes of each part.
func Parts(units []Unit) (part []int32, minutes []float64) {
	part = make([]int32, len(units))
	for i := range part {
		part[i] = -1
	}
	var queue []int32
	for i := range units {
		if part[i] >= 0 {
			continue
		}
		p := int32(len(minutes))
		minutes = append(minutes, 0)
		part[i] = p
		queue = append(queue[:0], int32(i))
		for at := 0; at < len(queue); at++ {
			u := &units[queue[at]]
			minutes[p] += u.Work
			for _, b := range u.Beside {
				if part[b.Unit] < 0 {
					part[b.Unit] = p
					queue = append(queue, b.Unit)
				}
			}
		}
	}
	return part, minutes
}

// LowerBound is a bound of MaxOverMean that no sharing out to k connected groups
// can beat: a group has its heaviest unit at least, and a part of the ground with
// so many groups has one with its mean at least, however the groups are given to
// the parts.
func LowerBound(units []Unit, k int) float64 {
	_, minutes := Parts(units)
	total, bound := 0.0, 0.0
	for _, m := range minutes {
		total += m
	}
	if total <= 0 || k < 1 {
		return 1
	}
	mean := total / float64(k)
	for _, u := range units {
		bound = max(bound, u.Work)
	}
	if len(minutes) <= k {
		groups := apportion(minutes, nil, k)
		for p, m := range minutes {
			bound = max(bound, m/float64(groups[p]))
		}
	}
	return max(1, bound/mean)
}

// apportion gives each part one group, and each further one to the part with the
// most minutes a group that still has a unit for it, which makes the largest mean
// as small as can be. sizes are the parts' units; nil for no limit.
func apportion(minutes []float64, sizes []int, k int) []int {
	groups := make([]int, len(minutes))
	for p := range groups {
		groups[p] = 1
	}
	for left := k - len(minutes); left > 0; left-- {
		most := -1
		for p, m := range minutes {
			if sizes != nil && groups[p] >= sizes[p] {
				continue
			}
			if most < 0 || m/float64(groups[p]) > minutes[most]/float64(groups[most]) {
				most = p
			}
		}
		groups[most]++
	}
	return groups
}

// Rate judges any sharing out. Groups are from 0 to k-1; a group without units
// counts as one without work.
func Rate(units []Unit, group []int32, k int) Score {
	s := newState(units, k)
	copy(s.group, group)
	s.sumUp()
	return s.score(LowerBound(units, k))
}

func (s *state) score(bound float64) Score {
	out := Score{LowerBound: bound, Connected: s.connected(), Energy: s.energy(finalWeight)}
	most, squares := 0.0, 0.0
	for _, g := range s.groups {
		most = max(most, g.work)
		squares += sq(g.work/s.mean - 1)
	}
	out.MaxOverMean = most / s.mean
	out.CV = math.Sqrt(squares / float64(len(s.groups)))
	for i, u := range s.units {
		for _, b := range u.Beside {
			if int(b.Unit) > i && s.group[b.Unit] != s.group[i] {
				out.Cost += b.Cost
			}
		}
	}
	return out
}

// connected says whether each group is in one piece.
func (s *state) connected() bool {
	pieces := make([]int, len(s.groups))
	seen := make([]bool, len(s.units))
	var queue []int32
	for i := range s.units {
		if seen[i] {
			continue
		}
		g := s.group[i]
		if pieces[g]++; pieces[g] > 1 {
			return false
		}
		seen[i] = true
		queue = append(queue[:0], int32(i))
		for at := 0; at < len(queue); at++ {
			for _, b := range s.units[queue[at]].Beside {
				if !seen[b.Unit] && s.group[b.Unit] == g {
					seen[b.Unit] = true
					queue = append(queue, b.Unit)
				}
			}
		}
	}
	return !slices.Contains(pieces, 0)
}

// better says whether a proposal is to be preferred: the one in one piece, then
// the one whose balance is good enough, then the one of less energy.
func better(a, b Score) bool {
	if a.Connected != b.Connected {
		return a.Connected
	}
	if x, y := a.enough(), b.enough(); x != y {
		return x
	}
	if !a.enough() {
		return a.MaxOverMean < b.MaxOverMean
	}
	return a.Energy < b.Energy
}

// enough: nobody sees a difference of one in a hundred.
func (s Score) enough() bool { return s.MaxOverMean <= max(1.01, s.LowerBound+0.005) }
