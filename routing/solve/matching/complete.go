package matching

import (
	"cmp"
	"context"
	"slices"
)

// Complete matches all vertices 0..n-1 of a graph in which each two are joined, at
// a weight that is the same both ways. It matches along the lightest edges of each
// vertex first and prices the rest with the proof of that: edges that the proof
// doesn't cover join in, until there is none. So the proof covers all.
//
// ctx ends it between two such rounds.
func Complete(ctx context.Context, n int, weight func(a, b int) int64) (Matching, error) {
	c := complete{n: n, weight: weight, in: make(map[[2]int]bool)}
	c.lightest()
	for {
		if err := ctx.Err(); err != nil {
			return Matching{}, err
		}
		m, err := Perfect(n, c.edges)
		if err != nil || !c.price(&m.Proof) {
			return m, err
		}
	}
}

type complete struct {
	n      int
	weight func(a, b int) int64
	edges  []Edge
	in     map[[2]int]bool
}

// So many edges of each vertex are taken at first, and at most in each round.
const (
	firstEdges = 8
	moreEdges  = 12
)

func (c *complete) add(e Edge) {
	k := [2]int{min(e.A, e.B), max(e.A, e.B)}
	if !c.in[k] {
		c.in[k] = true
		c.edges = append(c.edges, e)
	}
}

// lightest takes the lightest edges of each vertex, and those of a matching that
// is made greedily.
func (c *complete) lightest() {
	row := make([]Edge, 0, c.n)
	mate := make([]int, c.n)
	for v := range mate {
		mate[v] = -1
	}
	for v := range c.n {
		row = row[:0]
		best := -1
		for w := range c.n {
			if w == v {
				continue
			}
			e := Edge{v, w, c.weight(v, w)}
			if mate[v] < 0 && mate[w] < 0 && (best < 0 || e.Weight < c.weight(v, best)) {
				best = w
			}
			row = heaviestLast(row, e)
		}
		for _, e := range row {
			c.add(e)
		}
		if best >= 0 {
			mate[v], mate[best] = best, v
			c.add(Edge{v, best, c.weight(v, best)})
		}
	}
}

// heaviestLast puts an edge into a sorted list of the lightest.
func heaviestLast(row []Edge, e Edge) []Edge {
	if len(row) == firstEdges {
		if e.Weight >= row[firstEdges-1].Weight {
			return row
		}
		row = row[:firstEdges-1]
	}
	i, _ := slices.BinarySearchFunc(row, e, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(a.Weight, b.Weight), -1)
	})
	return slices.Insert(row, i, e)
}

// price adds the edges that a proof doesn't cover, the worst of each vertex first.
// false if there are none.
func (c *complete) price(proof *Certificate) bool {
	inside, pot := proof.potentials(c.n)
	type lack struct {
		e    Edge
		left int64
	}
	var found []lack
	any := false
	for v := range c.n {
		found = found[:0]
		for w := range v {
			e := Edge{v, w, c.weight(v, w)}
			if quarters*e.Weight-pot[v]-pot[w] >= 0 {
				continue
			}
			if left := proof.lacks(e, inside, pot); left < 0 {
				found = append(found, lack{e, left})
			}
		}
		slices.SortFunc(found, func(a, b lack) int { return cmp.Or(cmp.Compare(a.left, b.left), cmp.Compare(a.e.B, b.e.B)) })
		for _, l := range found[:min(len(found), moreEdges)] {
			c.add(l.e)
			any = true
		}
	}
	return any
}
