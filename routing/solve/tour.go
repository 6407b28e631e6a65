package solve

import (
	"context"
	"slices"
	"time"

	"citygrid/routing/solve/matching"
)

// tour orders tasks into a closed walk from where the unit is after its fixed
// visits, and chooses the mode of each.
func (p *Problem) tour(unit int, tasks []int) []Visit {
	if len(tasks) == 0 {
		return nil
	}
	u := &p.Units[unit]
	start := u.Start
	if k := len(u.Fixed); k > 0 {
		start = p.leaves(u.Fixed[k-1])
	}
	g := newPostal(p, u.Profile, start, tasks)
	g.connect()
	g.makeEven()
	round := g.euler()
	g.turnLess(round)
	order := make([]int, 0, len(tasks))
	for _, s := range round {
		if t := g.edges[s.edge].task; t >= 0 {
			order = append(order, t)
		}
	}
	return p.modes(u, start, order)
}

// A postal graph has an edge for each task and for each way that is gone without
// one.
type postal struct {
	p       *Problem
	profile int
	nodes   []Node // nodes[0] is the start
	edges   []postalEdge
}

type postalEdge struct {
	a, b int // in postal.nodes
	task int // -1 = a way between
}

func newPostal(p *Problem, profile int, start Node, tasks []int) *postal {
	g := &postal{p: p, profile: profile, nodes: []Node{start}}
	number := map[Node]int{start: 0}
	at := func(n Node) int {
		i, ok := number[n]
		if !ok {
			i = len(g.nodes)
			number[n] = i
			g.nodes = append(g.nodes, n)
		}
		return i
	}
	for _, t := range tasks {
		m := p.Tasks[t].Modes[0]
		g.edges = append(g.edges, postalEdge{at(m.Enter), at(m.Leave), t})
	}
	return g
}

func (g *postal) apart(a, b int) time.Duration { return g.p.apart(g.profile, g.nodes[a], g.nodes[b]) }

// connect adds the shortest tree of ways that joins all edges and the start, by
// Prim's algorithm over the nodes, those joined by tasks being 0 apart.
func (g *postal) connect() {
	piece := make([]int, len(g.nodes))
	for i := range piece {
		piece[i] = i
	}
	root := func(i int) int {
		for piece[i] != i {
			piece[i] = piece[piece[i]]
			i = piece[i]
		}
		return i
	}
	for _, e := range g.edges {
		piece[root(e.a)] = root(e.b)
	}
	members := map[int][]int{}
	for i := range g.nodes {
		members[root(i)] = append(members[root(i)], i)
	}
	in := make([]bool, len(g.nodes))
	best := make([]time.Duration, len(g.nodes))
	from := make([]int, len(g.nodes))
	for i := range best {
		best[i] = 2 * far
	}
	take := func(i int) {
		for _, m := range members[root(i)] {
			in[m] = true
		}
		for _, m := range members[root(i)] {
			for j := range g.nodes {
				if !in[j] {
					if d := g.apart(m, j); d < best[j] {
						best[j], from[j] = d, m
					}
				}
			}
		}
	}
	take(0)
	for {
		next := -1
		for j := range g.nodes {
			if !in[j] && (next < 0 || best[j] < best[next]) {
				next = j
			}
		}
		if next < 0 {
			return
		}
		g.edges = append(g.edges, postalEdge{from[next], next, -1})
		take(next)
	}
}

// makeEven adds ways between the nodes where an odd number of edges meet, by the
// least matching of them.
func (g *postal) makeEven() {
	degree := make([]int, len(g.nodes))
	for _, e := range g.edges {
		degree[e.a]++
		degree[e.b]++
	}
	var odd []int
	for i, d := range degree {
		if d%2 == 1 {
			odd = append(odd, i)
		}
	}
	m, err := matching.Complete(context.Background(), len(odd), func(i, j int) int64 {
		return g.apart(odd[i], odd[j]).Microseconds()
	})
	if err != nil {
		panic(err) // it has an even number of vertices, all joined: this program's fault
	}
	for i, j := range m.Mate {
		if i < j {
			g.edges = append(g.edges, postalEdge{odd[i], odd[j], -1})
		}
	}
}

// A pass is an edge walked from a to b, or back.
type pass struct {
	edge    int
	forward bool
}

func (g *postal) from(s pass) int {
	if s.forward {
		return g.edges[s.edge].a
	}
	return g.edges[s.edge].b
}

func (g *postal) to(s pass) int { return g.from(pass{s.edge, !s.forward}) }

// euler walks every edge once, from the start round to the start (Hierholzer).
func (g *postal) euler() []pass {
	at := make([][]pass, len(g.nodes))
	for i, e := range g.edges {
		at[e.a] = append(at[e.a], pass{i, true})
		at[e.b] = append(at[e.b], pass{i, false})
	}
	used := make([]bool, len(g.edges))
	type frame struct {
		node int
		came pass
	}
	stack := []frame{{0, pass{-1, true}}}
	var round []pass
	for len(stack) > 0 {
		f := stack[len(stack)-1]
		next := -1
		for len(at[f.node]) > 0 && next < 0 {
			k := len(at[f.node]) - 1
			if !used[at[f.node][k].edge] {
				next = k
			} else {
				at[f.node] = at[f.node][:k]
			}
		}
		if next < 0 {
			stack = stack[:len(stack)-1]
			if f.came.edge >= 0 {
				round = append(round, f.came)
			}
			continue
		}
		s := at[f.node][next]
		at[f.node] = at[f.node][:next]
		used[s.edge] = true
		stack = append(stack, frame{g.to(s), s})
	}
	slices.Reverse(round)
	return round
}

// heel says whether going on from x to y means to turn on the heel: one of them
// is a task and the other a way that goes back along it.
func (g *postal) heel(x, y pass) bool {
	ex, ey := g.edges[x.edge], g.edges[y.edge]
	const nearly = 50 * time.Millisecond
	back := func(task int, end, near, other int) bool {
		return g.apart(near, other) >= shortest(g.p.Tasks[task].Modes)+g.apart(end, other)-nearly
	}
	switch {
	case ex.task >= 0 && ey.task < 0:
		return g.from(x) != g.to(x) && back(ex.task, g.from(x), g.to(x), g.to(y))
	case ex.task < 0 && ey.task >= 0:
		return g.from(y) != g.to(y) && back(ey.task, g.to(y), g.from(y), g.from(x))
	}
	return false
}

// turnLess turns parts of the round that begin and end at the same node the other
// way round, where that saves turning on the heel. The length stays.
func (g *postal) turnLess(round []pass) {
	heel := func(i, j int) int { // going from step i on to step j
		if i < 0 || j >= len(round) {
			return 0
		}
		if g.heel(round[i], round[j]) {
			return 1
		}
		return 0
	}
	flipped := func(s pass) pass { return pass{s.edge, !s.forward} }
	heelOf := func(x, y pass) int {
		if g.heel(x, y) {
			return 1
		}
		return 0
	}
	visits := make([][]int, len(g.nodes)) // by node: steps that end there
	for range 4 {
		for i := range visits {
			visits[i] = visits[i][:0]
		}
		for i, s := range round {
			visits[g.to(s)] = append(visits[g.to(s)], i)
		}
		changed := false
		for i := 0; i+1 < len(round); i++ {
			if heel(i, i+1) == 0 {
				continue
			}
			node := g.to(round[i])
			for _, j := range visits[node] {
				lo, hi := min(i, j)+1, max(i, j) // round[lo..hi] goes from node to node
				if i == j || g.to(round[j]) != node || g.from(round[lo]) != node {
					continue
				}
				before := heel(lo-1, lo) + heel(hi, hi+1)
				after := heelOf(round[lo-1], flipped(round[hi]))
				if hi+1 < len(round) {
					after += heelOf(flipped(round[lo]), round[hi+1])
				}
				if after >= before {
					continue
				}
				slices.Reverse(round[lo : hi+1])
				for k := lo; k <= hi; k++ {
					round[k] = flipped(round[k])
				}
				changed = true
				break
			}
		}
		if !changed {
			return
		}
	}
}

// modes chooses the mode of each task of an order such that the whole is
// shortest, by dynamic programming along it.
func (p *Problem) modes(u *Unit, start Node, order []int) []Visit {
	type step struct {
		time time.Duration
		from int // mode of the task before
	}
	between := func(a, b Node) time.Duration {
		if b == Nowhere {
			return 0
		}
		if c, ok := p.Costs.Between(u.Profile, a, b); ok {
			return c.Time
		}
		return far
	}
	steps := make([][]step, len(order))
	for i, t := range order {
		steps[i] = make([]step, len(p.Tasks[t].Modes))
		for m, mode := range p.Tasks[t].Modes {
			best := step{between(start, mode.Enter), 0}
			if i > 0 {
				best.time = 1 << 62
				for k, before := range p.Tasks[order[i-1]].Modes {
					if d := steps[i-1][k].time + between(before.Leave, mode.Enter); d < best.time {
						best = step{d, k}
					}
				}
			}
			best.time += mode.Service
			steps[i][m] = best
		}
	}
	last := len(order) - 1
	m, least := 0, time.Duration(1<<62)
	for k, mode := range p.Tasks[order[last]].Modes {
		if d := steps[last][k].time + between(mode.Leave, u.End); d < least {
			m, least = k, d
		}
	}
	visits := make([]Visit, len(order))
	for i := last; i >= 0; i-- {
		visits[i] = Visit{Kind: Serve, Task: order[i], Mode: m}
		m = steps[i][m].from
	}
	return visits
}
