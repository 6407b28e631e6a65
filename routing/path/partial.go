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
}

// dirty are the arcs to look at again at one node, by their upper ends.
type dirty struct{ out, in []uint32 }

// A change is an arc whose cost has become another.
type change struct {
	head     uint32
	old, now cost
}

// changed makes the metric with other costs of some states.
func (m *metric) changed(h *hierarchy, g *graph, whole along, states []state) *metric {
	p := &partial{h: h, g: g, whole: whole, m: &metric{slices.Clone(m.out), slices.Clone(m.in)}, todo: make(map[uint32]*dirty)}
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
	out := p.again(v, d.out, &p.h.out, &p.m.out, p.owned.out, p.out)
	in := p.again(v, d.in, &p.h.in, &p.m.in, p.owned.in, p.into)
	if len(out) == 0 && len(in) == 0 {
		return
	}
	// Each way x -> v -> w with a changed part.
	heads, costs := p.h.out.of(v), p.m.out.of(&p.h.out, v)
	sources, from := p.h.in.of(v), p.m.in.of(&p.h.in, v)
	before := func(changes []change, head uint32, now cost) cost {
		for _, c := range changes {
			if c.head == head {
				return c.old
			}
		}
		return now
	}
	for _, c := range out {
		for i, x := range sources {
			p.over(x, c.head, before(in, x, from[i])+c.old, from[i]+c.now)
		}
	}
	for _, c := range in {
		for i, w := range heads {
			if before(out, w, costs[i]) == costs[i] { // else done above
				p.over(c.head, w, c.old+costs[i], c.now+costs[i])
			}
		}
	}
}

// over notes the arc x -> w if the way to it that has changed matters: it was the
// best, or is better now.
func (p *partial) over(x, w uint32, old, now cost) {
	if x == w || old >= never && now >= never {
		return
	}
	var has cost
	if x < w {
		has = p.m.out.at(&p.h.out, downArc{x, p.h.out.find(x, w)})
	} else {
		has = p.m.in.at(&p.h.in, downArc{w, p.h.in.find(w, x)})
	}
	if now < has || old == has && has < never {
		p.look(x, w)
	}
}

// again finds the costs of some arcs of v anew, and lists those that are others.
func (p *partial) again(v uint32, heads []uint32, a *arcs, costs *pages, owned map[uint32]bool, find func(v, head uint32) cost) []change {
	slices.Sort(heads)
	var changes []change
	for _, head := range slices.Compact(heads) {
		arc := downArc{v, a.find(v, head)}
		old, now := costs.at(a, arc), find(v, head)
		if old == now {
			continue
		}
		changes = append(changes, change{head, old, now})
		page := v >> pageShift
		if !owned[page] {
			(*costs)[page] = slices.Clone((*costs)[page])
			owned[page] = true
		}
		(*costs)[page][arc.arc-a.first[v&^(pageNodes-1)]] = now
	}
	return changes
}

func (p *partial) out(v, w uint32) cost  { return p.find(v, w) }
func (p *partial) into(v, w uint32) cost { return p.find(w, v) }

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
