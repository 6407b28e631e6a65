package matching

import (
	"context"
	"errors"
	"slices"
)

// Sparse matches all vertices 0..n-1 of a graph whose edges are asked for, the
// lightest of a vertex first: seek calls visit for each other vertex that v is
// joined with, in ascending order of weights of at least 0, until visit returns
// false. Both ends must tell the same weight. Of most vertices no more is asked
// than what is near, yet the proof covers all edges.
//
// ctx ends it between two rounds.
func Sparse(ctx context.Context, n int, seek func(v int, visit func(w int, weight int64) bool)) (Matching, error) {
	c := complete{n: n, in: make(map[[2]int]bool)}
	for many := firstEdges; ; many *= 2 {
		for v := range n {
			left := many
			seek(v, func(w int, weight int64) bool {
				c.add(Edge{v, w, weight})
				left--
				return left > 0
			})
		}
		m, err := Perfect(n, c.edges)
		if errors.Is(err, ErrNone) && many < n {
			continue // what is near is not enough to match all
		}
		for {
			if err != nil {
				return m, err
			}
			if err := ctx.Err(); err != nil {
				return Matching{}, err
			}
			if !c.priceNear(&m.Proof, seek) {
				return m, nil
			}
			m, err = Perfect(n, c.edges)
		}
	}
}

// priceNear is price that looks no further from a vertex than the proof may fail.
func (c *complete) priceNear(proof *Certificate, seek func(v int, visit func(w int, weight int64) bool)) bool {
	inside, pot := proof.potentials(c.n)
	if c.n == 0 {
		return false
	}
	most := slices.Max(pot)
	found := false
	for v := range c.n {
		left := moreEdges
		seek(v, func(w int, weight int64) bool {
			if quarters*weight >= pot[v]+most {
				return false
			}
			if w < v && quarters*weight-pot[v]-pot[w] < 0 && proof.lacks(Edge{v, w, weight}, inside, pot) < 0 {
				c.add(Edge{v, w, weight})
				found = true
				left--
			}
			return left > 0
		})
	}
	return found
}

// potentials are, by vertex, the blossoms that hold it, and the sum of their
// values and its own.
func (c *Certificate) potentials(n int) (inside [][]int32, pot []int64) {
	inside = make([][]int32, n)
	pot = slices.Clone(c.Vertex)
	for i, b := range c.Blossoms {
		for _, v := range b.Vertices {
			inside[v] = append(inside[v], int32(i))
			pot[v] += b.Value
		}
	}
	return inside, pot
}

// lacks is what an edge weighs more than the values it crosses, in quarters.
func (c *Certificate) lacks(e Edge, inside [][]int32, pot []int64) int64 {
	left := quarters*e.Weight - pot[e.A] - pot[e.B]
	for _, b := range inside[e.A] {
		if slices.Contains(inside[e.B], b) {
			left += 2 * c.Blossoms[b].Value
		}
	}
	return left
}
