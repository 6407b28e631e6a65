package arc

import (
	"cmp"
	"context"
	"slices"

	"citygrid/routing/solve/matching"
)

// A rejoiner looks at a walk as a set of streets instead of an order: those that
// are served, and those that are walked beside. Of the latter it keeps a tree
// that joins what is served, and makes the vertices even again by the least
// matching; as what it left out did so too, the walk gets no longer. The new
// order, one of many as long, is a new start for a walk's rounds. It needs streets
// that are as long both ways.
type rejoiner struct {
	t     *table
	rnd   *source
	links [][]road // by vertex
	tasks []bool   // by edge: it is a task
}

// A road leads to a vertex along an edge.
type road struct {
	to, edge int32
}

func newRejoiner(t *table, rnd *source) *rejoiner {
	r := &rejoiner{t: t, rnd: rnd, links: make([][]road, t.p.Vertices), tasks: make([]bool, len(t.p.Edges))}
	for i, e := range t.p.Edges {
		r.links[e.From] = append(r.links[e.From], road{int32(e.To), int32(i)})
		r.links[e.To] = append(r.links[e.To], road{int32(e.From), int32(i)})
		r.tasks[i] = e.Required
	}
	return r
}

func (r *rejoiner) cost(edge int32) int32 { return int32(r.t.p.Edges[edge].Cost[0]) }

// path calls visit for each edge of a shortest path.
func (r *rejoiner) path(from, to int32, visit func(edge int32)) {
	far := r.t.dist.row(int(to))
	for from != to {
		found := false
		for _, l := range r.links[from] {
			if far[l.to] < far[from] && r.cost(l.edge)+far[l.to] == far[from] {
				visit(l.edge)
				from, found = l.to, true
				break
			}
		}
		if !found {
			return // a street of no length; what it leaves out is joined anew
		}
	}
}

// order is a new order of all tasks, from the pairs of vertices that the walk goes
// between without serving. twice counts how often each edge is walked beside.
func (r *rejoiner) order(ctx context.Context, gaps [][2]int32) ([]int32, error) {
	twice := make([]int32, len(r.t.p.Edges))
	for _, g := range gaps {
		r.path(g[0], g[1], func(edge int32) { twice[edge]++ })
	}
	g := newPostal(r.t)
	pieces := newSets(r.t.p.Vertices)
	for _, s := range g.steps {
		pieces.join(s.a, s.b)
	}
	for _, e := range r.tree(pieces, twice) {
		g.steps = append(g.steps, r.step(e))
	}
	g.connect() // adds nothing unless path left something out
	odd := oddVertices(r.t.p.Vertices, g.steps)
	m, err := matching.Complete(ctx, len(odd), func(i, j int) int64 { return int64(r.t.dist.row(int(odd[i]))[odd[j]]) })
	if err != nil {
		return nil, err
	}
	clear(twice)
	for _, s := range g.steps[len(r.t.tasks):] {
		r.path(s.a, s.b, func(edge int32) { twice[edge]++ })
	}
	for i, j := range m.Mate {
		if i < j {
			r.path(odd[i], odd[j], func(edge int32) { twice[edge]++ })
		}
	}
	r.spare(twice)
	g.steps = g.steps[:len(r.t.tasks)]
	for e, k := range twice {
		for range k {
			g.steps = append(g.steps, r.step(int32(e)))
		}
	}
	g.connect()
	if err := g.makeEven(ctx); err != nil { // nothing either
		return nil, err
	}
	for i := len(g.steps) - 1; i > 0; i-- {
		k := r.rnd.intn(i + 1)
		g.steps[i], g.steps[k] = g.steps[k], g.steps[i]
	}
	return g.euler(), nil
}

func (r *rejoiner) step(edge int32) step {
	e := &r.t.p.Edges[edge]
	return step{int32(e.From), int32(e.To), -1}
}

// tree is a tree of edges that are walked beside and that joins the pieces, the
// shorter edges mostly first.
func (r *rejoiner) tree(pieces sets, twice []int32) []int32 {
	type key struct {
		edge int32
		cost float64
	}
	var keys []key
	for e, k := range twice {
		if k > 0 && !r.tasks[e] {
			keys = append(keys, key{int32(e), float64(r.cost(int32(e))) * (0.3 + r.rnd.float())})
		}
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.edge, b.edge)) })
	served := make([]bool, r.t.p.Vertices)
	for _, s := range r.t.tasks {
		served[s.a], served[s.b] = true, true
	}
	served[r.t.home] = true
	degree := make([]int, r.t.p.Vertices)
	var all []int32
	for _, k := range keys {
		e := r.step(k.edge)
		if pieces.root(e.a) != pieces.root(e.b) {
			pieces.join(e.a, e.b)
			all = append(all, k.edge)
			degree[e.a]++
			degree[e.b]++
		}
	}
	// Ends of the tree where nothing is served join nothing.
	for again := true; again; {
		again = false
		all = slices.DeleteFunc(all, func(edge int32) bool {
			e := r.step(edge)
			if degree[e.a] == 1 && !served[e.a] || degree[e.b] == 1 && !served[e.b] {
				degree[e.a]--
				degree[e.b]--
				again = true
				return true
			}
			return false
		})
	}
	return all
}

// spare leaves out edges that are walked beside twice where all stays joined.
func (r *rejoiner) spare(twice []int32) {
	for e := range twice {
		for twice[e] > 2 || twice[e] == 2 && r.tasks[e] {
			twice[e] -= 2
		}
	}
	var pairs []int32
	base := newSets(r.t.p.Vertices)
	for e, k := range twice {
		if k == 2 {
			pairs = append(pairs, int32(e))
		} else if k > 0 || r.tasks[e] {
			s := r.step(int32(e))
			base.join(s.a, s.b)
		}
	}
	// The longest first: what the rest joins without them is not needed.
	slices.SortStableFunc(pairs, func(a, b int32) int { return cmp.Compare(r.cost(a), r.cost(b)) })
	for _, e := range pairs {
		s := r.step(e)
		if base.root(s.a) == base.root(s.b) {
			twice[e] = 0
			continue
		}
		base.join(s.a, s.b)
	}
}
