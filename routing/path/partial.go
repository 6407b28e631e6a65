package path

import (
	"slices"
	"sync"
)

// A partial is the work on a metric in which a few states cost something else
// than in another. Pages are copied when they are first written to, so readers
// of the other metric see nothing of it.
//
// It goes up the hierarchy from the arcs that changed, and looks only at arcs
// that a changed one was or is now the best way for (the partial customisation of
// Dibbelt, Strasser and Wagner). The least important end of an arc decides when it
// is its turn: then all arcs that it can depend on are done.
type partial struct {
	h     *hierarchy
	g     *graph
	whole along
	m     *metric
	owned struct{ out, in []bool } // by page: it is ours to write
	queue nodeHeap
	todo  []int32 // by node: 1 + its place in dirty, 0 if there is nothing to do
	dirty []dirty // of the nodes in the queue, and room for others from used on
	used  int

	out, in fan    // of the node that is done
	room    []cost // by depth
}

// A fan are the arcs of a node in one direction: their upper ends, ascending, and
// what they cost before and cost now.
type fan struct {
	heads    []uint32
	depths   []uint32
	old, now []cost
	moved    int // so many cost something else now
}

// dirty are the arcs to look at again at one node, by their upper ends.
type dirty struct{ out, in []uint32 }

// newPartials are rooms to work on metrics of a hierarchy.
func newPartials(h *hierarchy) *sync.Pool {
	return &sync.Pool{New: func() any {
		p := &partial{h: h, todo: make([]int32, len(h.state)), room: make([]cost, h.deepest+1)}
		p.owned.out, p.owned.in = make([]bool, pagesOf(&h.out)), make([]bool, pagesOf(&h.in))
		return p
	}}
}

// changed makes the metric with other costs of some states.
func (m *metric) changed(h *hierarchy, g *graph, whole along, states []state) *metric {
	p := h.partials.Get().(*partial)
	p.g, p.whole, p.m = g, whole, &metric{slices.Clone(m.out), slices.Clone(m.in)}
	clear(p.owned.out)
	clear(p.owned.in)
	for _, s := range states {
		v := h.node[s]
		if v == noNode {
			continue
		}
		for _, o := range g.outOf(s) {
			if w := h.node[o.state]; w != noNode && w != v {
				p.look(v, w)
			}
		}
	}
	for len(p.queue) > 0 {
		p.node(p.queue.pop())
	}
	made := p.m
	p.g, p.whole, p.m, p.used = nil, nil, nil, 0
	h.partials.Put(p)
	return made
}

// look notes that the arc from one node to another is to be looked at.
func (p *partial) look(from, to uint32) {
	v := min(from, to)
	if p.todo[v] == 0 {
		if p.used == len(p.dirty) {
			p.dirty = append(p.dirty, dirty{})
		}
		p.used++
		p.todo[v] = int32(p.used)
		p.queue.push(v)
	}
	d := &p.dirty[p.todo[v]-1]
	if from == v {
		d.out = append(d.out, to)
	} else {
		d.in = append(d.in, from)
	}
}

// node does the arcs of one node.
func (p *partial) node(v uint32) {
	d := &p.dirty[p.todo[v]-1]
	p.todo[v] = 0
	p.again(&p.out, v, d.out, true)
	p.again(&p.in, v, d.in, false)
	d.out, d.in = d.out[:0], d.in[:0]
	if p.out.moved+p.in.moved == 0 {
		return
	}
	// The ways x -> v -> w with a changed part: their arc is kept at the lower end.
	p.over(&p.in, &p.out, true)
	p.over(&p.out, &p.in, false)
}

// over looks at the ways over a node from each of its neighbours to the higher
// ones on the other side, and notes the arcs for which it matters that a way has
// changed: it was the best, or is better now. out says whether low are those that
// lead to the node, so that the arcs are ones out of them.
func (p *partial) over(low, high *fan, out bool) {
	a, costs := &p.h.out, p.m.out
	if !out {
		a, costs = &p.h.in, p.m.in
	}
	first := 0
	for i, x := range low.heads {
		for first < len(high.heads) && high.heads[first] <= x {
			first++
		}
		before, after := low.old[i], low.now[i]
		if before == after && high.moved == 0 || before >= never && after >= never {
			continue
		}
		has, known := p.room, false
		for k := first; k < len(high.heads); k++ {
			if before == after && high.old[k] == high.now[k] {
				continue
			}
			old, now := before+high.old[k], after+high.now[k]
			if old >= never && now >= never {
				continue
			}
			if !known {
				known = true
				now := costs.of(a, x)
				for j, d := range a.depths(x) {
					has[d] = now[j]
				}
			}
			c := has[high.depths[k]]
			if now >= c && (old != c || c >= never) {
				continue
			}
			if out {
				p.look(x, high.heads[k])
			} else {
				p.look(high.heads[k], x)
			}
		}
	}
}

// again finds the costs of some arcs of v anew, and lists all its arcs.
func (p *partial) again(f *fan, v uint32, heads []uint32, out bool) {
	own, other, costs, others, owned := &p.h.out, &p.h.in, p.m.out, p.m.in, p.owned.out
	if !out {
		own, other, costs, others, owned = other, own, others, costs, p.owned.in
	}
	f.heads, f.depths, f.moved = own.of(v), own.depths(v), 0
	f.old = append(f.old[:0], costs.of(own, v)...)
	f.now = append(f.now[:0], f.old...)
	if len(heads) == 0 {
		return
	}
	slices.Sort(heads)
	heads = slices.Compact(heads)
	if p.oneByOne(v, heads, own, other) {
		for _, head := range heads {
			i := own.find(v, head) - own.span[v].first
			if out {
				f.now[i] = p.find(v, head)
			} else {
				f.now[i] = p.find(head, v)
			}
		}
	} else {
		p.all(f, v, out, own, other, costs, others)
	}
	for i, c := range f.now {
		if c != f.old[i] {
			f.moved++
		}
	}
	if f.moved == 0 {
		return
	}
	page := own.span[v].first >> own.shift
	if !owned[page] {
		costs[page] = slices.Clone(costs[page])
		owned[page] = true
	}
	copy(costs.of(own, v), f.now)
}

// oneByOne tells if it takes less to find a few arcs of v each by itself than to find
// all of them: to go along the lower neighbours of both ends of each, or along the
// arcs of all lower neighbours of v.
func (p *partial) oneByOne(v uint32, heads []uint32, own, other *arcs) bool {
	lower, each := len(other.below(v)), 0
	all := lower * (2 + len(own.of(v))/2)
	for _, head := range heads {
		if each += lower + len(own.below(head)); each > all {
			return false
		}
	}
	return true
}

// all finds the costs of all arcs of v in one direction.
func (p *partial) all(f *fan, v uint32, out bool, own, other *arcs, costs, others pages) {
	s, room := p.h.state[v], p.room
	for _, d := range f.depths {
		room[d] = never
	}
	if out {
		along := p.whole(s)
		for _, o := range p.g.outOf(s) {
			if w := p.h.node[o.state]; w != noNode && w > v {
				room[p.h.depth[w]] = along.plus(turnCost(o.cost))
			}
		}
	} else {
		for _, o := range p.g.into(s) {
			if w := p.h.node[o.state]; w != noNode && w > v {
				room[p.h.depth[w]] = p.whole(o.state).plus(turnCost(o.cost))
			}
		}
	}
	depth := p.h.depth[v]
	for _, d := range other.below(v) {
		step := others.at(other, d)
		if step >= never {
			continue
		}
		beyond, on := own.depths(d.node), costs.of(own, d.node)
		on = on[:len(beyond)]
		for k := len(beyond) - 1; k >= 0 && beyond[k] < depth; k-- {
			at := &room[beyond[k]]
			*at = min(*at, step+on[k])
		}
	}
	for i, d := range f.depths {
		f.now[i] = room[d]
	}
}

// find is the cost from x to w, by one hop or over a node below both.
func (p *partial) find(x, w uint32) cost {
	best := never
	s := p.h.state[x]
	for _, o := range p.g.outOf(s) {
		if p.h.node[o.state] == w {
			best = p.whole(s).plus(turnCost(o.cost))
		}
	}
	c, _ := p.m.between(p.h, x, w)
	return min(best, c)
}

// between is the least cost from x to w over a node below both, and that node.
func (m *metric) between(h *hierarchy, x, w uint32) (best cost, over uint32) {
	best, over = never, noNode
	a, b := h.in.below(x), h.out.below(w) // x -> v kept at v, v -> w kept at v
	for i, k := 0, 0; i < len(a) && k < len(b); {
		v, u := a[i].node, b[k].node
		if v == u {
			if c := m.in.at(&h.in, a[i]) + m.out.at(&h.out, b[k]); c < best {
				best, over = c, v
			}
		}
		if v <= u {
			i++
		}
		if u <= v {
			k++
		}
	}
	return best, over
}

// A nodeHeap is a priority queue of node numbers.
type nodeHeap []uint32

func (h *nodeHeap) push(v uint32) {
	*h = append(*h, v)
	q := *h
	for i := len(q) - 1; i > 0; {
		parent := (i - 1) / 2
		if q[parent] <= q[i] {
			break
		}
		q[parent], q[i] = q[i], q[parent]
		i = parent
	}
}

func (h *nodeHeap) pop() uint32 {
	q := *h
	top, last := q[0], len(q)-1
	q[0] = q[last]
	q = q[:last]
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			break
		}
		if child+1 < last && q[child+1] < q[child] {
			child++
		}
		if q[i] <= q[child] {
			break
		}
		q[i], q[child] = q[child], q[i]
		i = child
	}
	*h = q
	return top
}
