package arc

import (
	"context"
	"slices"

	"citygrid/routing/solve/matching"
)

// LowerBound is a cost that no solution undercuts. ok is false when ctx ended
// before one was known; when it ends later, the bound may be lower than it could be.
//
// It counts each required edge once, in its shorter direction, and what must be
// walked beside: a closed walk leaves a vertex as often as it comes, so where an
// odd number of required edges meet, a path begins that leads to another such
// vertex; no pairs of them are nearer than the least matching. For loaded routes
// the same holds when all vertices within some distance of the depot are taken for
// one, which as many routes must leave and come back to as what lies outside
// needs; the best of these bounds counts, as does, where edges are longer one way,
// the least flow that comes to each vertex as often as it leaves (Golden and Wong, 1981; Benavent, Campos,
// Corberan and Mota, 1992). For the longest of several routes it is the share of
// one, or the way to the farthest edge and back.
func (p *Problem) LowerBound(ctx context.Context) (bound int64, ok bool) {
	b := bounder{p: p, least: distances(p, func(e *Edge, _ int) int64 { return min(e.Cost[0], e.Cost[1]) })}
	degree := make([]int, p.Vertices)
	for _, i := range p.Required() {
		e := &p.Edges[i]
		b.served += min(e.Cost[0], e.Cost[1])
		degree[e.From]++
		degree[e.To]++
	}
	twice, ok := b.cut(ctx, degree, -1)
	if !ok {
		return 0, false
	}
	bound = b.served + twice
	if p.windy() {
		if least, ok := p.balanced(ctx); ok {
			bound = max(bound, least)
		}
	}
	switch {
	case p.Longest:
		k := int64(p.Vehicles)
		return max((bound+k-1)/k, p.farthest()), true
	case p.Capacity > 0:
		for _, radius := range b.radii() {
			twice, ok := b.cut(ctx, degree, radius)
			if !ok {
				break
			}
			bound = max(bound, b.served+twice)
		}
	}
	return bound, true
}

// windy says whether an edge is longer one way.
func (p *Problem) windy() bool {
	return slices.ContainsFunc(p.Edges, func(e Edge) bool { return e.Cost[0] != e.Cost[1] })
}

// maxMatched bounds the vertices of one matching, which looks at all their pairs.
const maxMatched = 5000

type bounder struct {
	p      *Problem
	least  *Distances // by the shorter direction of each edge
	served int64      // of all required edges
}

// radii are the distances from the depot at which vertices lie, but the last.
func (b *bounder) radii() []int32 {
	all := slices.Clone(b.least.row(b.p.Depot))
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:len(all)-1]
}

// cut is the length that must be walked beside serving, at least, if all vertices
// as near to the depot as radius are taken for one vertex. A radius below 0 takes
// each vertex for itself.
func (b *bounder) cut(ctx context.Context, degree []int, radius int32) (int64, bool) {
	p := b.p
	near := make([]bool, p.Vertices)
	var odd []int
	toNear := make([]int32, p.Vertices)
	for v := range toNear {
		toNear[v] = infinite
	}
	copies, leaves := 0, int64(infinite)
	if radius >= 0 {
		home := b.least.row(p.Depot)
		for v := range near {
			near[v] = home[v] <= radius
		}
		for v := range near {
			if near[v] {
				for w, d := range b.least.row(v) {
					toNear[w] = min(toNear[w], d)
				}
			}
		}
		copies, leaves = b.copies(near)
	}
	for v, d := range degree {
		if d%2 == 1 && !near[v] {
			odd = append(odd, v)
		}
	}
	if len(odd)+copies > maxMatched {
		return 0, ctx.Err() == nil
	}
	// Copies of the inner vertex come last.
	m, err := matching.Complete(ctx, len(odd)+copies, func(i, j int) int64 {
		if i > j {
			i, j = j, i
		}
		switch {
		case i >= len(odd):
			return 2 * leaves
		case j >= len(odd):
			return int64(toNear[odd[i]])
		}
		return int64(min(b.least.Between(odd[i], odd[j]), toNear[odd[i]]+toNear[odd[j]]))
	})
	return m.Weight, err == nil
}

// copies is how often at least routes leave the inner vertices, or come back, over
// an edge that they don't serve; and the length of the shortest such edge.
func (b *bounder) copies(near []bool) (count int, leaves int64) {
	p := b.p
	var outside int64
	served := 0
	leaves = infinite
	for i := range p.Edges {
		e := &p.Edges[i]
		if near[e.From] && near[e.To] {
			continue
		}
		if near[e.From] != near[e.To] {
			leaves = min(leaves, e.Cost[0], e.Cost[1])
			if e.Required {
				served++
			}
		}
		if e.Required {
			outside += e.Demand
		}
	}
	count = 2*int((outside+p.Capacity-1)/p.Capacity) - served
	if count < 0 {
		count = served % 2
	}
	return count, leaves
}

// farthest is the longest of the ways to a required edge, along it and back.
func (p *Problem) farthest() int64 {
	d := NewDistances(p)
	var far int64
	for _, i := range p.Required() {
		far = max(far, min(p.Length(d, []Arc{{Edge: i}}), p.Length(d, []Arc{{Edge: i, Back: true}})))
	}
	return far
}
