package arc

import (
	"cmp"
	"slices"
)

// A table is a problem as the search sees it: tasks are the required edges, mode 0
// serves one from its end a to its end b, mode 1 back.
type table struct {
	p     *Problem
	dist  *Distances
	back  *Distances // transposed: back.row(v) are the lengths to v; dist itself if they are the same
	even  bool       // they are, and each task takes as long the other way
	home  int32      // where routes start and end
	tasks []task
	near  [][]int32 // by task: others, the nearest first
}

type task struct {
	edge   int
	a, b   int32
	cost   [2]int32 // by mode
	demand int64
}

// maxNear bounds the neighbours kept of a task.
const maxNear = 200

// newTable. A closed walk that may begin anywhere begins at an end of a required
// edge, which it passes in any case: at vertex 0 if it can.
func newTable(p *Problem) *table {
	t := &table{p: p, dist: NewDistances(p), home: int32(p.Depot)}
	for _, i := range p.Required() {
		e := &p.Edges[i]
		t.tasks = append(t.tasks, task{
			edge: i, a: int32(e.From), b: int32(e.To),
			cost: [2]int32{int32(e.Cost[0]), int32(e.Cost[1])}, demand: e.Demand,
		})
	}
	if p.Depot == Anywhere {
		t.home = 0
		if len(t.tasks) > 0 && !slices.ContainsFunc(t.tasks, func(s task) bool { return s.a == 0 || s.b == 0 }) {
			t.home = t.tasks[0].a
		}
	}
	t.back = &Distances{n: p.Vertices, d: make([]int32, len(t.dist.d))}
	for v := range p.Vertices {
		for w, d := range t.dist.row(v) {
			t.back.d[w*p.Vertices+v] = d
		}
	}
	if slices.Equal(t.back.d, t.dist.d) {
		t.back = t.dist
		t.even = !slices.ContainsFunc(t.tasks, func(s task) bool { return s.cost[0] != s.cost[1] })
	}
	t.neighbours()
	return t
}

// apart is the least length from an end of one task to an end of another, there
// and back.
func (t *table) apart(x, y int) int32 {
	s, r := &t.tasks[x], &t.tasks[y]
	d := int32(2 * infinite)
	for _, v := range [...]int32{s.a, s.b} {
		there, back := t.dist.row(int(v)), t.back.row(int(v))
		d = min(d, there[r.a]+back[r.a], there[r.b]+back[r.b])
	}
	return d
}

func (t *table) neighbours() {
	type other struct{ d, task int32 }
	all := make([]other, 0, len(t.tasks))
	t.near = make([][]int32, len(t.tasks))
	for x := range t.tasks {
		all = all[:0]
		for y := range t.tasks {
			if y != x {
				all = append(all, other{t.apart(x, y), int32(y)})
			}
		}
		slices.SortFunc(all, func(a, b other) int { return cmp.Or(cmp.Compare(a.d, b.d), cmp.Compare(a.task, b.task)) })
		t.near[x] = make([]int32, min(len(all), maxNear))
		for k := range t.near[x] {
			t.near[x][k] = all[k].task
		}
	}
}

// routes writes routes of tasks down as arcs, each in its best mode.
func (t *table) routes(all []tour) [][]Arc {
	out := make([][]Arc, 0, len(all))
	for i := range all {
		if len(all[i].stops) == 2 && !t.p.Longest {
			continue
		}
		out = append(out, t.arcs(&all[i]))
	}
	for t.p.Longest && len(out) < t.p.Vehicles {
		out = append(out, []Arc{})
	}
	return out
}
