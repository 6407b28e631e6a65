package path

import (
	"cmp"
	"slices"
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
	owned struct{ out, in map[uint32]bool } // pages that are ours to write
	queue nodeHeap
	todo  map[uint32]*dirty // by lower end

	out, in fan    // of the node that is done
	room    []cost // by depth
}

// A fan are the arcs of a node in one direction: their upper ends, ascending, and
// what they cost before and cost now.
type fan struct {
	heads    []uint32
	depths   []uint32
	old, now []cost
	changed  bool
}

// dirty are the arcs to look at again at one node, by their upper ends.
type dirty struct{ out, in []uint32 }

// changed makes the metric with other costs of some states.
func (m *metric) changed(h *hierarchy, g *graph, whole along, states []state) *metric {
	p := &partial{h: h, g: g, whole: whole, m: &metric{slices.Clone(m.out), slices.Clone(m.in)}, todo: make(map[uint32]*dirty)}
	p.room = make([]cost, h.deepest+1)
	p.owned.out, p.owned.in = make(map[uint32]bool), make(map[uint32]bool)
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
	return p.m
}

// look notes that the arc from one node to another is to be looked at.
func (p *partial) look(from, to uint32) {
	v := min(from, to)
	d := p.todo[v]
	if d == nil {
		d = &dirty{}
		p.todo[v] = d
		p.queue.push(v)
	}
	if from == v {
		d.out = append(d.out, to)
	} else {
		d.in = append(d.in, from)
	}
}

// node does the arcs of one node.
func (p *partial) node(v uint32) {
	d := p.todo[v]
	delete(p.todo, v)
	p.again(&p.out, v, d.out, &p.h.out, &p.m.out, p.owned.out, func(head uint32) cost { return p.find(v, head) })
	p.again(&p.in, v, d.in, &p.h.in, &p.m.in, p.owned.in, func(head uint32) cost { return p.find(head, v) })
	if !p.out.changed && !p.in.changed {
		return
	}
	// The ways x -> v -> w with a changed part: their arc is kept at the lower end.
	p.over(&p.in, &p.out, &p.h.out, p.m.out, p.look)
	p.over(&p.out, &p.in, &p.h.in, p.m.in, func(w, x uint32) { p.look(x, w) })
}

// over looks at the ways over a node from each of its neighbours to the higher
// ones on the other side, and notes the arcs for which it matters that a way has
// changed: it was the best, or is better now.
func (p *partial) over(low, high *fan, a *arcs, costs pages, look func(low, high uint32)) {
	first := 0
	for i, x := range low.heads {
		for first < len(high.heads) && high.heads[first] <= x {
			first++
		}
		moved := low.old[i] != low.now[i]
		if !moved && !high.changed || low.old[i] >= never && low.now[i] >= never {
			continue
		}
		has, known := p.room, false
		for k := first; k < len(high.heads); k++ {
			if !moved && high.old[k] == high.now[k] {
				continue
			}
			old, now := low.old[i]+high.old[k], low.now[i]+high.now[k]
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
			if c := has[high.depths[k]]; now < c || old == c && c < never {
				look(x, high.heads[k])
			}
		}
	}
}

// again finds the costs of some arcs of v anew, and lists all its arcs.
func (p *partial) again(f *fan, v uint32, heads []uint32, a *arcs, costs *pages, owned map[uint32]bool, find func(head uint32) cost) {
	f.heads, f.depths, f.changed = a.of(v), a.depths(v), false
	f.old = append(f.old[:0], costs.of(a, v)...)
	slices.Sort(heads)
	f.now = append(f.now[:0], f.old...)
	for _, head := range slices.Compact(heads) {
		i := a.find(v, head) - a.first[v]
		f.now[i] = find(head)
		f.changed = f.changed || f.now[i] != f.old[i]
	}
	if !f.changed {
		return
	}
	page := v >> pageShift
	if !owned[page] {
		(*costs)[page] = slices.Clone((*costs)[page])
		owned[page] = true
	}
	copy(costs.of(a, v), f.now)
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
	for len(a) > 0 && len(b) > 0 {
		switch cmp.Compare(a[0].node, b[0].node) {
		case -1:
			a = a[1:]
		case 1:
			b = b[1:]
		default:
			if c := m.in.at(&h.in, a[0]) + m.out.at(&h.out, b[0]); c < best {
				best, over = c, a[0].node
			}
			a, b = a[1:], b[1:]
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
