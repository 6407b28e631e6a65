package path

import (
	"cmp"
	"slices"
	"sync"

	"citygrid/geo/street"
	"citygrid/geo/street/dissect"
)

// A hierarchy is the shape of a customizable contraction hierarchy (Dibbelt,
// Strasser, Wagner 2016) over a graph: which arcs there may be once the less
// important nodes are left out, whatever the costs. It is made once for a profile
// and shared by all its metrics, which hold the costs.
//
// Its nodes are the states of the graph that are not private, numbered from the
// least to the most important, so that each node's descendants in the elimination
// tree come right before it. An arc is kept at its lower end: out[v] lists the
// higher nodes that v leads to, in[v] the higher ones that lead to v, each in
// ascending order. Only arcs that some directed way needs are there, a good third
// less than in the textbook's undirected hierarchy.
type hierarchy struct {
	node   []uint32 // by state; noNode for private ones
	state  []state  // by node
	parent []uint32 // in the elimination tree; noNode at its roots
	depth  []uint32 // in the tree: how many nodes are above

	deepest uint32 // of the depths

	out, in arcs

	partials *sync.Pool // of *partial
}

// arcs are those of one direction, seen from their lower ends. Those of a node are on
// one page, of 1<<shift arcs, so there may be a gap at a page's end.
type arcs struct {
	span  []span   // by node: where its arcs are
	head  []uint32 // the upper end
	depth []uint32 // its depth
	shift uint

	// The same seen from the upper ends: of node w: down[firstDown[w]:firstDown[w+1]],
	// in ascending order of the lower end.
	firstDown []uint32
	down      []downArc
}

// A span is from first to before end.
type span struct{ first, end uint32 }

// leastShift makes pages of 8 KB: about as many as a closure has to copy anyway.
const leastShift = 10

// A downArc says where the arc to a lower node is kept.
type downArc struct{ node, arc uint32 }

const noNode = ^uint32(0)

func (a *arcs) of(v uint32) []uint32 { return a.head[a.span[v].first:a.span[v].end] }

// depths are those of the upper ends of v's arcs, descending.
func (a *arcs) depths(v uint32) []uint32 { return a.depth[a.span[v].first:a.span[v].end] }
func (a *arcs) below(w uint32) []downArc { return a.down[a.firstDown[w]:a.firstDown[w+1]] }
func (a *arcs) find(v, head uint32) uint32 {
	i, ok := slices.BinarySearch(a.of(v), head)
	if !ok {
		panic("path: arc that is not in the hierarchy")
	}
	return a.span[v].first + uint32(i)
}

func newHierarchy(n *street.Network, g *graph) *hierarchy {
	h := &hierarchy{}
	h.number(n, g)
	h.contract(g)
	for _, a := range []*arcs{&h.out, &h.in} {
		a.lay()
		a.turnRound()
		a.depth = make([]uint32, len(a.head))
		for v := range uint32(len(a.span)) {
			depths := a.depths(v)
			for i, w := range a.of(v) {
				depths[i] = h.depth[w]
			}
		}
	}
	h.partials = newPartials(h)
	return h
}

// number lists the public states in the order of the map, then in post-order of
// their elimination tree, which changes nothing but that subtrees are in one row.
func (h *hierarchy) number(n *street.Network, g *graph) {
	order := n.Parts().Order
	if order == nil {
		order = dissect.Order(n.Parts())
	}
	rank := make([]uint32, len(order))
	for i, s := range order {
		rank[s] = uint32(i)
	}
	for s := range g.edge {
		if !g.private[s] {
			h.state = append(h.state, state(s))
		}
	}
	slices.SortFunc(h.state, func(a, b state) int {
		return cmp.Or(cmp.Compare(rank[g.edge[a].segment()], rank[g.edge[b].segment()]), cmp.Compare(a, b))
	})
	h.node = make([]uint32, len(g.edge))
	h.renumber()
	parent := h.tree(g)
	post := postorder(parent)
	sorted := make([]state, len(h.state))
	h.parent = make([]uint32, len(h.state))
	for v, at := range post {
		sorted[at] = h.state[v]
		if h.parent[at] = noNode; parent[v] != noNode {
			h.parent[at] = post[parent[v]]
		}
	}
	h.state = sorted
	h.renumber()
	h.depth = make([]uint32, len(h.parent))
	for v := len(h.parent) - 1; v >= 0; v-- {
		if p := h.parent[v]; p != noNode {
			h.depth[v] = h.depth[p] + 1
			h.deepest = max(h.deepest, h.depth[v])
		}
	}
}

// shared is how many nodes the paths from the root to two nodes, u <= w, have in
// common.
func (h *hierarchy) shared(u, w uint32) uint32 {
	for u < w { // descendants come right before their ancestor
		u = h.parent[u]
	}
	if u == noNode {
		return 0
	}
	return h.depth[u] + 1
}

func (h *hierarchy) renumber() {
	for s := range h.node {
		h.node[s] = noNode
	}
	for v, s := range h.state {
		h.node[s] = uint32(v)
	}
}

// tree is the elimination tree by Liu's algorithm (1986).
func (h *hierarchy) tree(g *graph) []uint32 {
	parent := make([]uint32, len(h.state))
	top := make([]uint32, len(h.state)) // a higher node in its tree so far
	for v, s := range h.state {
		parent[v], top[v] = noNode, noNode
		join := func(hops []hop) {
			for _, o := range hops {
				u := h.node[o.state]
				if u == noNode || u >= uint32(v) {
					continue
				}
				for top[u] != noNode && top[u] != uint32(v) {
					u, top[u] = top[u], uint32(v)
				}
				if top[u] == noNode {
					top[u], parent[u] = uint32(v), uint32(v)
				}
			}
		}
		join(g.outOf(s))
		join(g.into(s))
	}
	return parent
}

// postorder numbers the nodes of a forest so that descendants come right before
// their ancestor; siblings keep their order.
func postorder(parent []uint32) []uint32 {
	size := make([]uint32, len(parent))
	for v, p := range parent {
		size[v]++
		if p != noNode {
			size[p] += size[v]
		}
	}
	// The room of a node's subtree is handed out from its end.
	post := make([]uint32, len(parent))
	free := make([]uint32, len(parent)) // end of the room left under a node
	end := uint32(len(parent))
	for v := len(parent) - 1; v >= 0; v-- {
		room := &end
		if p := parent[v]; p != noNode {
			room = &free[p]
		}
		post[v] = *room - 1
		free[v] = *room - 1
		*room -= size[v]
	}
	return post
}

// contract leaves out node after node, each adding the arcs of the ways over it.
// A node hands its arcs on only up to the first node that it is joined with both
// ways, which has them all (the symmetric reduction of Eisenstat and Liu 1992).
func (h *hierarchy) contract(g *graph) {
	n := uint32(len(h.state))
	var fromIn, fromOut struct { // which lower nodes hand arcs on to a node, as linked lists
		first []uint32 // by node: 1 + its first entry
		next  []uint32 // by entry: 1 + the next
		node  []uint32 // by entry
	}
	fromIn.first, fromOut.first = make([]uint32, n), make([]uint32, n)
	mark := make([]uint32, n) // 1 + the node whose list the head is in
	for _, a := range []*arcs{&h.out, &h.in} {
		a.span = make([]span, 0, n)
		a.head = make([]uint32, 0, 6*n)
	}
	gather := func(a *arcs, u uint32, hops []hop, first uint32, next, node []uint32) {
		start := len(a.head)
		add := func(w uint32) {
			if mark[w] != u+1 {
				mark[w] = u + 1
				a.head = append(a.head, w)
			}
		}
		for _, o := range hops {
			if w := h.node[o.state]; w != noNode && w > u {
				add(w)
			}
		}
		for i := first; i != 0; i = next[i-1] {
			below := a.of(node[i-1])
			for k := len(below) - 1; k >= 0 && below[k] > u; k-- {
				add(below[k])
			}
		}
		slices.Sort(a.head[start:])
		a.span = append(a.span, span{uint32(start), uint32(len(a.head))})
		for _, w := range a.head[start:] {
			mark[w] = 0
		}
	}
	for u := range n {
		s := h.state[u]
		gather(&h.out, u, g.outOf(s), fromIn.first[u], fromIn.next, fromIn.node)
		gather(&h.in, u, g.into(s), fromOut.first[u], fromOut.next, fromOut.node)
		out, in := h.out.of(u), h.in.of(u)
		both := common(out, in)
		for _, x := range in {
			if x > both {
				break
			}
			fromIn.next, fromIn.node = append(fromIn.next, fromIn.first[x]), append(fromIn.node, u)
			fromIn.first[x] = uint32(len(fromIn.next))
		}
		for _, x := range out {
			if x > both {
				break
			}
			fromOut.next, fromOut.node = append(fromOut.next, fromOut.first[x]), append(fromOut.node, u)
			fromOut.first[x] = uint32(len(fromOut.next))
		}
	}
}

// common is the first number in both lists, which ascend; noNode if none is.
func common(a, b []uint32) uint32 {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			return a[0]
		case a[0] < b[0]:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return noNode
}

// lay puts the arcs on pages.
func (a *arcs) lay() {
	a.shift = leastShift
	for _, s := range a.span {
		for s.end-s.first > 1<<a.shift {
			a.shift++
		}
	}
	page := uint32(1) << a.shift
	at := uint32(0)
	moved := make([]span, len(a.span))
	for v, s := range a.span {
		count := s.end - s.first
		if left := page - at&(page-1); count > left {
			at += left
		}
		moved[v] = span{at, at + count}
		at += count
	}
	head := make([]uint32, at)
	for v, s := range a.span {
		copy(head[moved[v].first:], a.head[s.first:s.end])
	}
	a.head, a.span = head, moved
}

func (a *arcs) turnRound() {
	a.firstDown = make([]uint32, len(a.span)+1)
	count := 0
	for v := range uint32(len(a.span)) {
		for _, w := range a.of(v) {
			a.firstDown[w+1]++
			count++
		}
	}
	for i := 1; i < len(a.firstDown); i++ {
		a.firstDown[i] += a.firstDown[i-1]
	}
	next := slices.Clone(a.firstDown)
	a.down = make([]downArc, count)
	for v, s := range a.span {
		for i := s.first; i < s.end; i++ {
			w := a.head[i]
			a.down[next[w]] = downArc{uint32(v), i}
			next[w]++
		}
	}
}
