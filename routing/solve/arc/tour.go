package arc

// A tour is a route with, for each stop, what it takes to get there and home from
// there in each mode, so that what another task costs is seen at once with the
// modes of all others chosen anew: dynamic programming along the route, from both
// ends. The first and the last stop are the depot.
type tour struct {
	stops  []stop
	length int32
	load   int64
}

type stop struct {
	task   int32 // -1 = depot
	a, b   int32
	f0, f1 int32 // least length from the start until it is served in mode 0 (it leaves at b), in mode 1 (at a)
	g0, g1 int32 // least length from where it is entered in mode 0 (at a), in mode 1 (at b), to the end
}

func (t *table) empty() tour {
	h := stop{task: -1, a: t.home, b: t.home}
	return tour{stops: []stop{h, h}}
}

func (t *table) stop(x int32) stop { return stop{task: x, a: t.tasks[x].a, b: t.tasks[x].b} }

// reckon fills in the lengths: from stop i on those from the start, up to stop j
// those to the end; what lies before and behind is known.
func (t *table) reckon(r *tour, i, j int) {
	s := r.stops
	last := len(s) - 1
	for k := max(i, 1); k <= last; k++ {
		p, q := &s[k-1], &s[k]
		fromB, fromA := t.dist.row(int(p.b)), t.dist.row(int(p.a))
		q.f0 = min(p.f0+fromB[q.a], p.f1+fromA[q.a])
		if k == last {
			q.f1 = q.f0
			break
		}
		q.f1 = min(p.f0+fromB[q.b], p.f1+fromA[q.b])
		c := &t.tasks[q.task].cost
		q.f0 += c[0]
		q.f1 += c[1]
	}
	for k := min(j, last-1); k >= 0; k-- {
		p, q := &s[k], &s[k+1]
		fromB, fromA := t.dist.row(int(p.b)), t.dist.row(int(p.a))
		p.g0 = min(fromB[q.a]+q.g0, fromB[q.b]+q.g1)
		p.g1 = min(fromA[q.a]+q.g0, fromA[q.b]+q.g1)
		if k > 0 {
			c := &t.tasks[p.task].cost
			p.g0 += c[0]
			p.g1 += c[1]
		}
	}
	r.length = s[last].f0
}

// insert puts a task before stop at.
func (t *table) insert(r *tour, x int32, at int) {
	r.stops = append(r.stops, stop{})
	copy(r.stops[at+1:], r.stops[at:])
	r.stops[at] = t.stop(x)
	r.load += t.tasks[x].demand
	t.reckon(r, at, at)
}

// cheapest is where a task makes a tour least longer, and by how much, skipping
// one place in so many at random (SISR's blinks).
func (t *table) cheapest(r *tour, x int32, g *source) (at int, more int32) {
	if t.even {
		return t.cheapestEven(r, x, g)
	}
	c := &t.tasks[x]
	u, v := int(c.a), int(c.b)
	fromU, fromV, toU, toV := t.dist.row(u), t.dist.row(v), t.back.row(u), t.back.row(v)
	best := int32(2 * infinite)
	p := &r.stops[0]
	inU := min(p.f0+toU[p.b], p.f1+toU[p.a]) + c.cost[0]
	inV := min(p.f0+toV[p.b], p.f1+toV[p.a]) + c.cost[1]
	for i := 1; i < len(r.stops); i++ {
		q := &r.stops[i]
		outU := min(q.g0+fromU[q.a], q.g1+fromU[q.b])
		outV := min(q.g0+fromV[q.a], q.g1+fromV[q.b])
		if d := min(inU+outV, inV+outU); d < best && !g.blink() {
			best, at = d, i
		}
		inU = min(q.f0+toU[q.b], q.f1+toU[q.a]) + c.cost[0]
		inV = min(q.f0+toV[q.b], q.f1+toV[q.a]) + c.cost[1]
	}
	return at, best - r.length
}

// cheapestEven is cheapest where paths are as long as the paths back: the lengths
// to a stop are those from it.
func (t *table) cheapestEven(r *tour, x int32, g *source) (at int, more int32) {
	c := &t.tasks[x]
	rowU, rowV := t.dist.row(int(c.a)), t.dist.row(int(c.b))
	rowV = rowV[:len(rowU)]
	best := int32(2 * infinite)
	p := &r.stops[0]
	inU := p.f0 + rowU[p.a]
	inV := p.f0 + rowV[p.a]
	cost := c.cost[0]
	for i := 1; i < len(r.stops); i++ {
		q := &r.stops[i]
		ua, ub, va, vb := rowU[q.a], rowU[q.b], rowV[q.a], rowV[q.b]
		outU := min(q.g0+ua, q.g1+ub)
		outV := min(q.g0+va, q.g1+vb)
		if d := min(inU+outV, inV+outU); d < best && !g.blink() {
			best, at = d, i
		}
		inU = min(q.f0+ub, q.f1+ua)
		inV = min(q.f0+vb, q.f1+va)
	}
	return at, best + cost - r.length
}

// arcs are the tasks of a tour, each in the mode of a shortest way through all.
func (t *table) arcs(r *tour) []Arc {
	all := make([]Arc, 0, len(r.stops)-2)
	at := r.stops[0].a
	for k := 1; k < len(r.stops)-1; k++ {
		q := &r.stops[k]
		from := t.dist.row(int(at))
		back := from[q.b]+q.g1 < from[q.a]+q.g0
		all = append(all, Arc{t.tasks[q.task].edge, back})
		at = q.b
		if back {
			at = q.a
		}
	}
	return all
}
