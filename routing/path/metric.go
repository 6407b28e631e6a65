package path

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A metric holds the costs of a hierarchy's arcs: each that of the quickest way
// between its ends over less important nodes. It is only read once it is made;
// one with other costs shares the pages that are the same.
type metric struct{ out, in pages }

// pages are the costs of the arcs of one direction; see arcs.
type pages [][]cost

// of are the costs of the arcs of node v.
func (p pages) of(a *arcs, v uint32) []cost {
	s := a.span[v]
	if s.first == s.end { // there may be no page
		return nil
	}
	at := s.first & (1<<a.shift - 1)
	return p[s.first>>a.shift][at : at+s.end-s.first]
}

// at is the cost of one arc.
func (p pages) at(a *arcs, d downArc) cost { return p[d.arc>>a.shift][d.arc&(1<<a.shift-1)] }

// pagesOf is how many pages there are.
func pagesOf(a *arcs) int { return (len(a.head) + 1<<a.shift - 1) >> a.shift }

// newPages cuts costs, by arc, into pages.
func newPages(a *arcs, flat []cost) pages {
	page := 1 << a.shift
	p := make(pages, 0, pagesOf(a))
	for at := 0; at < len(flat); at += page {
		end := min(at+page, len(flat))
		p = append(p, flat[at:end:end])
	}
	return p
}

// along gives what a whole state costs now.
type along func(state) cost

// newMetric finds the costs of all arcs: the customisation, on all cores.
func newMetric(h *hierarchy, g *graph, whole along) *metric {
	c := customisation{h, g, whole, make([]cost, len(h.out.head)), make([]cost, len(h.in.head))}
	c.run()
	return &metric{newPages(&h.out, c.out), newPages(&h.in, c.in)}
}

// A customisation fills in the costs of a metric, by arc.
type customisation struct {
	h       *hierarchy
	g       *graph
	whole   along
	out, in []cost
}

// run goes up the elimination tree: its lower subtrees side by side, then from each
// node to its parent once all below that is done.
func (c *customisation) run() {
	h := c.h
	n := len(h.parent)
	size := make([]uint32, n)
	children := make([]atomic.Int32, n) // that are not done yet
	for v, p := range h.parent {
		size[v]++
		if p != noNode {
			size[p] += size[v]
			children[p].Add(1)
		}
	}
	workers := runtime.GOMAXPROCS(0)
	small := uint32(max(64, n/(32*workers)))
	var subtrees []uint32 // their roots
	for v, p := range h.parent {
		if size[v] <= small && (p == noNode || size[p] > small) {
			subtrees = append(subtrees, uint32(v))
		}
	}
	var next atomic.Int64
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			room := make([]cost, h.deepest+1)
			for i := next.Add(1) - 1; int(i) < len(subtrees); i = next.Add(1) - 1 {
				root := subtrees[i]
				for v := root + 1 - size[root]; v <= root; v++ {
					c.node(v, room)
				}
				for v := h.parent[root]; v != noNode && children[v].Add(-1) == 0; v = h.parent[v] {
					c.node(v, room)
				}
			}
		})
	}
	running.Wait()
}

// node finds the costs of the arcs of node u: of the hop that it is, or of a way
// over one lower node. The arcs of all lower nodes are done. room is for a number
// for each depth.
func (c *customisation) node(u uint32, room []cost) {
	h, s := c.h, c.h.state[u]
	for _, d := range h.out.depths(u) {
		room[d] = never
	}
	along := c.whole(s)
	for _, o := range c.g.outOf(s) {
		if w := h.node[o.state]; w != noNode && w > u {
			room[h.depth[w]] = along.plus(turnCost(o.cost))
		}
	}
	lower(u, &h.out, c.out, &h.in, c.in, room, h.depth[u])

	for _, d := range h.in.depths(u) {
		room[d] = never
	}
	for _, o := range c.g.into(s) {
		if w := h.node[o.state]; w != noNode && w > u {
			room[h.depth[w]] = c.whole(o.state).plus(turnCost(o.cost))
		}
	}
	lower(u, &h.in, c.in, &h.out, c.out, room, h.depth[u])
}

// lower does the arcs of u in one direction: own are those and theirs the others.
// room has what their hops cost.
func lower(u uint32, own *arcs, costs []cost, other *arcs, others []cost, room []cost, depth uint32) {
	mine := costs[own.span[u].first:own.span[u].end]
	if len(mine) == 0 {
		return
	}
	for _, d := range other.below(u) {
		step := others[d.arc]
		if step >= never {
			continue
		}
		over := own.span[d.node]
		beyond, on := own.depth[over.first:over.end], costs[over.first:over.end]
		on = on[:len(beyond)]
		for k := len(beyond) - 1; k >= 0 && beyond[k] < depth; k-- {
			at := &room[beyond[k]]
			*at = min(*at, step+on[k])
		}
	}
	for i, d := range own.depths(u) {
		mine[i] = room[d]
	}
}
