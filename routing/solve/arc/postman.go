package arc

import (
	"context"

	"citygrid/routing/solve/matching"
)

// A postal graph has an edge for each task and for each path that is walked
// without one. A path is as long as the mean of there and back.
type postal struct {
	t     *table
	steps []step
}

// A step is an edge of a postal graph, of a task or, with task -1, a path.
type step struct {
	a, b int32
	task int32
}

func newPostal(t *table) *postal {
	g := &postal{t: t, steps: make([]step, len(t.tasks))}
	for i, s := range t.tasks {
		g.steps[i] = step{s.a, s.b, int32(i)}
	}
	return g
}

func (g *postal) apart(a, b int32) int32 {
	return g.t.dist.row(int(a))[b] + g.t.back.row(int(a))[b] // twice the mean
}

// connect joins the pieces that the tasks form, and the depot, by a shortest tree
// of paths (Prim's algorithm over their vertices).
func (g *postal) connect() {
	pieces := newSets(g.t.p.Vertices)
	touched := []int32{g.t.home}
	seen := make([]bool, g.t.p.Vertices)
	seen[g.t.home] = true
	for _, s := range g.steps {
		pieces.join(s.a, s.b)
		for _, v := range [...]int32{s.a, s.b} {
			if !seen[v] {
				seen[v] = true
				touched = append(touched, v)
			}
		}
	}
	members := map[int32][]int32{}
	for _, v := range touched {
		members[pieces.root(v)] = append(members[pieces.root(v)], v)
	}
	in := make([]bool, g.t.p.Vertices)
	far := make([]int32, g.t.p.Vertices)
	from := make([]int32, g.t.p.Vertices)
	for i := range far {
		far[i] = 2*infinite - 1
	}
	next := g.t.home
	for {
		piece := members[pieces.root(next)]
		for _, v := range piece {
			in[v] = true
		}
		for _, v := range piece {
			for _, w := range touched {
				if d := g.apart(v, w); !in[w] && d < far[w] {
					far[w], from[w] = d, v
				}
			}
		}
		next = -1
		for _, w := range touched {
			if !in[w] && (next < 0 || far[w] < far[next]) {
				next = w
			}
		}
		if next < 0 {
			return
		}
		g.steps = append(g.steps, step{from[next], next, -1})
	}
}

// makeEven adds the shortest paths by which as many steps come to each vertex as
// leave it: the least matching of those where the number is odd.
func (g *postal) makeEven(ctx context.Context) error {
	odd := oddVertices(g.t.p.Vertices, g.steps)
	m, err := matching.Complete(ctx, len(odd), func(i, j int) int64 { return int64(g.apart(odd[i], odd[j])) })
	if err != nil {
		return err
	}
	for i, j := range m.Mate {
		if i < j {
			g.steps = append(g.steps, step{odd[i], odd[j], -1})
		}
	}
	return nil
}

func oddVertices(n int, steps []step) []int32 {
	degree := make([]int, n)
	for _, s := range steps {
		degree[s.a]++
		degree[s.b]++
	}
	var odd []int32
	for v, d := range degree {
		if d%2 == 1 {
			odd = append(odd, int32(v))
		}
	}
	return odd
}

// euler walks every step once, from home round to home (Hierholzer), and gives the
// tasks in that order.
func (g *postal) euler() []int32 {
	at := make([][]int32, g.t.p.Vertices)
	for i, s := range g.steps {
		at[s.a] = append(at[s.a], int32(i))
		at[s.b] = append(at[s.b], int32(i))
	}
	used := make([]bool, len(g.steps))
	type frame struct{ vertex, came int32 }
	stack := []frame{{g.t.home, -1}}
	var order []int32
	for len(stack) > 0 {
		f := stack[len(stack)-1]
		next := int32(-1)
		for len(at[f.vertex]) > 0 && next < 0 {
			k := len(at[f.vertex]) - 1
			if i := at[f.vertex][k]; !used[i] {
				next = i
			}
			at[f.vertex] = at[f.vertex][:k]
		}
		if next < 0 {
			stack = stack[:len(stack)-1]
			if f.came >= 0 && g.steps[f.came].task >= 0 {
				order = append(order, g.steps[f.came].task)
			}
			continue
		}
		used[next] = true
		stack = append(stack, frame{g.steps[next].a + g.steps[next].b - f.vertex, next})
	}
	return order
}

// postman is an order of all tasks in one closed walk: Frederickson's heuristic
// for the rural postman (1979), which is exact where the tasks are in one piece
// and streets are as long both ways (Edmonds and Johnson, 1973).
func (t *table) postman(ctx context.Context) ([]int32, error) {
	g := newPostal(t)
	g.connect()
	if err := g.makeEven(ctx); err != nil {
		return nil, err
	}
	return g.euler(), nil
}

// sets are disjoint sets of vertices.
type sets []int32

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

func (s sets) root(v int32) int32 {
	for s[v] != v {
		s[v] = s[s[v]]
		v = s[v]
	}
	return v
}

func (s sets) join(a, b int32) { s[s.root(a)] = s.root(b) }
