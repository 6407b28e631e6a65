package balance

import (
	"context"
	"math"
	"math/rand/v2"
	"time"
)

// recom is the baseline of the benchmark: a chain of recombinations (DeFord, Duchin
// and Solomon 2021). Two neighbouring groups are joined, a random spanning tree is
// drawn through them, and the tree is cut where the halves are as equal as can be.
// A step that makes the energy larger is taken back; so it is a hill climb, the
// strongest of the usual chains for one goal.
func recom(ctx context.Context, units []Unit, k int, r *rand.Rand) Proposal {
	s := newState(units, k)
	s.grow(seeds(units, k, r))
	now := s.energy(finalWeight)
	var nodes []int32
	parent, order := make([]int32, len(units)), make([]int32, 0, len(units))
	below := make([]float64, len(units))
	was := make([]int32, len(units))
	for ctx.Err() == nil {
		// A random border between two groups.
		i := int32(r.IntN(len(units)))
		if len(units[i].Beside) == 0 {
			continue
		}
		a, b := s.group[i], s.group[units[i].Beside[r.IntN(len(units[i].Beside))].Unit]
		if a == b {
			continue
		}
		nodes = nodes[:0]
		total := 0.0
		for j, g := range s.group {
			if g == a || g == b {
				nodes = append(nodes, int32(j))
				parent[j] = -2
				was[j] = g
				total += units[j].Work
			}
		}
		// A tree by a search in random order.
		order = order[:0]
		stack := [][2]int32{{nodes[r.IntN(len(nodes))], -1}}
		for len(stack) > 0 {
			at := r.IntN(len(stack))
			stack[at], stack[len(stack)-1] = stack[len(stack)-1], stack[at]
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if parent[v[0]] != -2 {
				continue
			}
			parent[v[0]] = v[1]
			order = append(order, v[0])
			for _, x := range units[v[0]].Beside {
				if g := s.group[x.Unit]; (g == a || g == b) && parent[x.Unit] == -2 {
					stack = append(stack, [2]int32{x.Unit, v[0]})
				}
			}
		}
		for _, j := range order {
			below[j] = units[j].Work
		}
		cut, least := int32(-1), math.Inf(1)
		for at := len(order) - 1; at > 0; at-- {
			j := order[at]
			below[parent[j]] += below[j]
			if d := math.Abs(below[j] - total/2); d < least {
				cut, least = j, d
			}
		}
		if cut < 0 {
			continue
		}
		for _, j := range order {
			if j == cut || parent[j] >= 0 && s.group[parent[j]] == -1 {
				s.group[j] = -1
			} else {
				s.group[j] = a
			}
		}
		for _, j := range order {
			if s.group[j] == -1 {
				s.group[j] = b
			}
		}
		s.sumUp()
		if then := s.energy(finalWeight); then <= now {
			now = then
			continue
		}
		for _, j := range order {
			s.group[j] = was[j]
		}
		s.sumUp()
	}
	return Proposal{Group: s.group, Score: Rate(units, s.group, k)}
}

// within gives a search so much time.
func within(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}
