package balance

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Groups of hundreds of units take shape many times faster when first whole
// clumps of units change hands (the multilevel scheme of Karypis and Kumar, 1998).

// clumps are units joined in pairs: what there was, and the clump of each.
type clumps struct {
	fine []Unit
	of   []int32
}

// A clump has at most a part of a group's work and of its ground, so that the
// coarsest ones can still be shared out.
const clumpShare = 0.04

// coarsen joins neighbours in pairs again and again until there are few enough for
// k groups. It gives the coarsest units and the way back, the last step last.
func coarsen(units []Unit, k int, r *rand.Rand) ([]Unit, []clumps) {
	work, area := 0.0, 0.0
	for _, u := range units {
		work, area = work+u.Work, area+u.AreaM2
	}
	mostWork, mostArea := clumpShare*work/float64(k), 2*clumpShare*area/float64(k)
	var steps []clumps
	for len(units) > max(40*k, 200) {
		coarse, of := pairUp(units, mostWork, mostArea, r)
		if len(coarse) > len(units)*19/20 {
			break
		}
		steps = append(steps, clumps{units, of})
		units = coarse
	}
	return units, steps
}

// pairUp joins each unit, in random order, to the free neighbour with the most
// border for its size.
func pairUp(units []Unit, mostWork, mostArea float64, r *rand.Rand) (coarse []Unit, of []int32) {
	of = make([]int32, len(units))
	for i := range of {
		of[i] = -1
	}
	for _, i := range r.Perm(len(units)) {
		if of[i] >= 0 {
			continue
		}
		u, with, most := &units[i], int32(-1), 0.0
		for _, b := range u.Beside {
			v := &units[b.Unit]
			if of[b.Unit] >= 0 || u.Work+v.Work > mostWork || u.AreaM2+v.AreaM2 > mostArea {
				continue
			}
			if gain := (b.Cost + 1) / (u.AreaM2 + v.AreaM2); gain > most {
				with, most = b.Unit, gain
			}
		}
		of[i] = int32(len(coarse))
		joined := Unit{Work: u.Work, AreaM2: u.AreaM2, X: u.X, Y: u.Y}
		if with >= 0 {
			v := &units[with]
			of[with] = of[i]
			joined.Work += v.Work
			joined.AreaM2 += v.AreaM2
			joined.X = (u.X*u.AreaM2 + v.X*v.AreaM2) / joined.AreaM2
			joined.Y = (u.Y*u.AreaM2 + v.Y*v.AreaM2) / joined.AreaM2
		}
		coarse = append(coarse, joined)
	}
	members := make([][2]int32, len(coarse))
	for i := range members {
		members[i] = [2]int32{-1, -1}
	}
	for i, c := range of {
		if members[c][0] < 0 {
			members[c][0] = int32(i)
		} else {
			members[c][1] = int32(i)
		}
	}
	var around []Beside
	for c := range coarse {
		around = around[:0]
		for _, i := range members[c] {
			if i < 0 {
				continue
			}
			for _, b := range units[i].Beside {
				if to := of[b.Unit]; to != int32(c) {
					around = append(around, Beside{to, b.Cost})
				}
			}
		}
		slices.SortStableFunc(around, func(a, b Beside) int { return cmp.Compare(a.Unit, b.Unit) })
		for i, b := range around {
			if i > 0 && b.Unit == around[i-1].Unit {
				last := &coarse[c].Beside[len(coarse[c].Beside)-1]
				last.Cost += b.Cost
			} else {
				coarse[c].Beside = append(coarse[c].Beside, b)
			}
		}
	}
	return coarse, of
}
