package solve

import (
	"cmp"
	"context"
	"slices"
	"time"

	"citygrid/routing/solve/matching"
)

// LowerBound is a time that no routes undercut in which units do these tasks and
// come back to where they started: the tasks' own, and what has to be walked twice
// at least. Where an odd number of tasks meet, a way must begin, and lead to
// another such node; so all these ways are no shorter than the least matching of
// the odd nodes, which is proven (package matching). Ways count by the quicker of
// their directions. Where tasks lie on islands, ways to these are counted as well, see
// moats. If a unit ends elsewhere than it starts, only the tasks' own time is sure; so
// it is if ctx ends.
func (p *Problem) LowerBound(ctx context.Context, tasks []int) time.Duration {
	var sum time.Duration
	degree := make([]int, p.Nodes)
	for _, t := range tasks {
		modes := p.Tasks[t].Modes
		sum += shortest(modes)
		degree[modes[0].Enter]++
		degree[modes[0].Leave]++
	}
	for i := range p.Units {
		if p.Units[i].End != p.Units[i].Start {
			return sum
		}
	}
	b := newBounder(p, degree)
	m, err := matching.Sparse(ctx, len(b.odd), b.seek)
	if err != nil {
		return sum // ctx, or no way between two nodes: then there are no routes either
	}
	twice := m.Weight
	if len(tasks) == 0 || len(p.Units) == 0 {
		return sum
	}
	if ring := b.moats(tasks); ring != nil {
		// Half as wide moats are no bound that is always worse.
		for _, share := range [...]int64{1, 2} {
			b := newBounder(p, degree)
			b.ring, b.share = ring, share
			if m, err := matching.Sparse(ctx, len(b.odd), b.seek); err == nil {
				twice = max(twice, m.Weight+ring.twice/share)
			}
		}
	}
	return sum + time.Duration(twice)*time.Microsecond
}

// A bounder finds the odd nodes near an odd node. A shortest path may lead over
// any nodes between, as ways of a solution may be shorter in pieces: who stops at
// lights need not wait there again.
type bounder struct {
	p        *Problem
	profiles []int
	odd      []Node
	number   []int   // by node: in odd, -1 = even
	near     [][]hop // by node: hops to others, the nearest first; nil = not worked out yet
	beyond   []int64 // by node: how far the nearest is that near may lack, -1 = it lacks none

	ring  *moats // ways are shorter by these; nil = none
	share int64  // by so much of them: 1 = all, 2 = half

	// Of the search that runs (Dijkstra's, each node offering one hop at a time):
	far     []int64 // by node, -1 = not reached
	reached []Node
	offers  []offer // heap
}

type hop struct {
	us int64
	to Node
}

// An offer is the k-th hop of a node, at the distance it leads to; past the last, the
// distance from where on there may be more.
type offer struct {
	us  int64
	via Node
	k   int32
}

// fewHops is how many of the nearest others are kept of a node at first.
const fewHops = 48

func newBounder(p *Problem, degree []int) *bounder {
	b := &bounder{p: p, number: make([]int, p.Nodes), near: make([][]hop, p.Nodes), beyond: make([]int64, p.Nodes), far: make([]int64, p.Nodes)}
	for i := range p.Units {
		if u := &p.Units[i]; !slices.Contains(b.profiles, u.Profile) {
			b.profiles = append(b.profiles, u.Profile)
		}
	}
	for n, d := range degree {
		b.number[n], b.far[n] = -1, -1
		if d%2 == 1 {
			b.number[n] = len(b.odd)
			b.odd = append(b.odd, Node(n))
		}
	}
	return b
}

// seek calls visit for the odd nodes in the order of their distance.
func (b *bounder) seek(v int, visit func(w int, us int64) bool) {
	b.reach(b.odd[v], 0)
	for len(b.offers) > 0 {
		o := b.pop()
		if int(o.k) == len(b.near[o.via]) {
			b.widen(o.via)
			b.offer(o.via, o.k)
			continue
		}
		to := b.near[o.via][o.k].to
		b.offer(o.via, o.k+1)
		if b.far[to] >= 0 {
			continue
		}
		if w := b.number[to]; w >= 0 && !visit(w, o.us) {
			break
		}
		b.reach(to, o.us)
	}
	for _, n := range b.reached {
		b.far[n] = -1
	}
	b.reached, b.offers = b.reached[:0], b.offers[:0]
}

func (b *bounder) reach(n Node, us int64) {
	b.far[n] = us
	b.reached = append(b.reached, n)
	b.offer(n, 0)
}

// offer puts the k-th hop of a node that is reached into the heap.
func (b *bounder) offer(n Node, k int32) {
	if b.near[n] == nil {
		row := b.nearest(n, fewHops)
		b.beyond[n] = -1
		if len(row) == fewHops {
			b.beyond[n] = row[fewHops-1].us
		}
		b.near[n] = b.needed(nil, row)
	}
	switch {
	case int(k) < len(b.near[n]):
		b.push(offer{b.far[n] + b.near[n][k].us, n, k})
	case b.beyond[n] >= 0:
		b.push(offer{b.far[n] + b.beyond[n], n, k})
	}
}

// widen adds the hops of a node that lie beyond the first few.
func (b *bounder) widen(n Node) {
	row := b.nearest(n, b.p.Nodes)
	first, _ := slices.BinarySearchFunc(row, b.beyond[n], func(h hop, us int64) int { return cmp.Compare(h.us, us) })
	b.near[n] = b.needed(b.near[n], row[first:])
	b.beyond[n] = -1
}

// needed adds to the hops of a node those of its next nearest that aren't as long
// as two shorter ones by a node between. On streets few are left.
func (b *bounder) needed(hops, next []hop) []hop {
	for _, h := range next {
		if !slices.ContainsFunc(hops, func(first hop) bool {
			second, ok := b.length(first.to, h.to)
			return ok && first.us > 0 && second > 0 && first.us+second <= h.us
		}) {
			hops = append(hops, h)
		}
	}
	return slices.Clip(hops)
}

// between is the time between two nodes, of the fastest profile and by the quicker
// direction.
func (b *bounder) between(x, y Node) (us int64, ok bool) {
	least := time.Duration(-1)
	for _, profile := range b.profiles {
		if c, ok := b.p.Costs.Between(profile, x, y); ok && (least < 0 || c.Time < least) {
			least = c.Time
		}
		if c, ok := b.p.Costs.Between(profile, y, x); ok && (least < 0 || c.Time < least) {
			least = c.Time
		}
	}
	return least.Microseconds(), least >= 0
}

// length is between, less the moats that are crossed.
func (b *bounder) length(x, y Node) (us int64, ok bool) {
	us, ok = b.between(x, y)
	if b.ring != nil {
		us -= (b.ring.width[b.ring.island[x]][b.ring.island[y]] + b.share - 1) / b.share
	}
	return us, ok
}

// nearest are the most nodes that can be reached soonest, or from where one comes
// soonest.
func (b *bounder) nearest(from Node, most int) []hop {
	row := make([]hop, 0, most)
	for n := range Node(b.p.Nodes) {
		if n == from {
			continue
		}
		us, ok := b.length(from, n)
		switch {
		case !ok || len(row) == most && us >= row[most-1].us:
			continue
		case most == b.p.Nodes: // all are wanted, and sorted below
			row = append(row, hop{us, n})
			continue
		case len(row) < most:
			row = append(row, hop{})
		}
		i := len(row) - 1
		for ; i > 0 && row[i-1].us > us; i-- {
			row[i] = row[i-1]
		}
		row[i] = hop{us, n}
	}
	if most == b.p.Nodes {
		slices.SortFunc(row, func(x, y hop) int { return cmp.Or(cmp.Compare(x.us, y.us), cmp.Compare(x.to, y.to)) })
	}
	return row
}

func (b *bounder) push(o offer) {
	b.offers = append(b.offers, o)
	h := b.offers
	i := len(h) - 1
	for i > 0 && h[(i-1)/2].us > o.us {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i] = o
}

func (b *bounder) pop() offer {
	h := b.offers
	first, o := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	b.offers = h
	for i := 0; len(h) > 0; {
		down := 2*i + 1
		if down+1 < len(h) && h[down+1].us < h[down].us {
			down++
		}
		if down >= len(h) || h[down].us >= o.us {
			h[i] = o
			break
		}
		h[i] = h[down]
		i = down
	}
	return first
}
