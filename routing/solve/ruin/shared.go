package ruin

import (
	"cmp"
	"slices"
)

// shared is what all threads read: who is near whom.
type shared struct {
	p     *Problem
	n     int
	wide  int     // customers in spatial
	look  int     // customers in near
	list  []int32 // by customer: wide nearest, by distance
	close []int32 // by customer: look nearest, such that one can be served before or after the other
	reach []int32 // by customer: beyond this distance nobody is in near
	mean  float64 // distance to the nearest, on average
}

// widest is how many neighbours a ruin can look at.
const widest = 200

func newShared(p *Problem, look int) *shared {
	n := len(p.Points) - 1
	sh := &shared{p: p, n: n, wide: max(0, min(n-1, widest)), look: max(0, min(n-1, look))}
	sh.list = make([]int32, 0, n*sh.wide)
	sh.close = make([]int32, n*sh.look)
	sh.reach = make([]int32, n)
	order := make([]int32, n)
	var sum float64
	for c := 1; c <= n; c++ {
		row := p.Dist[c*(n+1) : (c+1)*(n+1)]
		order = order[:0]
		for k := range n {
			if k+1 != c {
				order = append(order, int32(k+1))
			}
		}
		slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(row[a], row[b]), cmp.Compare(a, b)) })
		sh.list = append(sh.list, order[:sh.wide]...)
		for k, u := range order[:sh.look] {
			sh.close[(c-1)*sh.look+k] = u
			sh.reach[c-1] = row[u]
		}
		for _, u := range order[:min(len(order), 10)] {
			sum += float64(row[u]) / 10
		}
	}
	sh.mean = max(1, sum/float64(max(1, n)))
	return sh
}

// spatial are the nearest to c.
func (sh *shared) spatial(c int32) []int32 {
	return sh.list[int(c-1)*sh.wide : int(c)*sh.wide]
}

// near are those beside whom c may go, and how far the last of them is.
func (sh *shared) near(c int32) (reach int32, list []int32) {
	return sh.reach[c-1], sh.close[int(c-1)*sh.look : int(c)*sh.look]
}
