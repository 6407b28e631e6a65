package ruin

import (
	"cmp"
	"math"
	"slices"
)

// shared is what all threads read: who is near whom.
type shared struct {
	p     *Problem
	n     int
	wide  int     // customers in spatial
	look  int     // customers in near
	list  []int32 // by customer: wide nearest, by distance
	close []int32 // by customer: look nearest that can be served right before or after it
	many  []int32 // by customer: how many these are
	words int
	among []uint64 // by customer, words each: a bit for who is in close
	mean  float64  // distance to the nearest, on average
}

// widest is how many neighbours a ruin can look at.
const widest = 200

func newShared(p *Problem, look int) *shared {
	n := len(p.Points) - 1
	sh := &shared{p: p, n: n, wide: max(0, min(n-1, widest)), look: max(0, min(n-1, look))}
	sh.list = make([]int32, 0, n*sh.wide)
	sh.close = make([]int32, n*sh.look)
	sh.many = make([]int32, n)
	sh.words = n/64 + 1
	sh.among = make([]uint64, n*sh.words)
	apart := make([]int64, n+1)
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
		for _, u := range order[:min(len(order), 10)] {
			sum += float64(row[u]) / 10
		}
		for _, u := range order {
			apart[u] = sh.apart(int32(c), u)
		}
		if p.Timed {
			slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(apart[a], apart[b]) })
		}
		for _, u := range order[:sh.look] {
			if apart[u] == never {
				break
			}
			sh.close[(c-1)*sh.look+int(sh.many[c-1])] = u
			sh.many[c-1]++
			sh.among[(c-1)*sh.words+int(u)/64] |= 1 << (u % 64)
		}
	}
	sh.mean = max(1, sum/float64(max(1, n)))
	return sh
}

// spatial are the nearest to c.
func (sh *shared) spatial(c int32) []int32 {
	return sh.list[int(c-1)*sh.wide : int(c)*sh.wide]
}

// never is how far apart two are of which neither can be served after the other.
const never = math.MaxInt64

// apart is the distance of two customers and a fifth of the time that one waits at
// least when it is served right after the other (Vidal et al. 2013).
func (sh *shared) apart(a, b int32) int64 {
	p := sh.p
	d := int64(p.Dist[int(a)*(sh.n+1)+int(b)])
	if !p.Timed {
		return d
	}
	least := int64(never)
	for range 2 {
		x, y := &p.Points[a], &p.Points[b]
		over := int64(x.Service) + d
		if int64(x.Open)+over <= int64(y.Close) {
			least = min(least, 5*d+max(0, int64(y.Open)-int64(x.Close)-over))
		}
		a, b = b, a
	}
	return least
}

// near are those beside whom c may go.
func (sh *shared) near(c int32) []int32 {
	at := int(c-1) * sh.look
	return sh.close[at : at+int(sh.many[c-1])]
}

// set tells for each customer, as a bit, whether it is in near.
func (sh *shared) set(c int32) []uint64 {
	return sh.among[int(c-1)*sh.words : int(c)*sh.words]
}
