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

// pages are the costs of the arcs of one direction, those of pageNodes nodes on a
// page.
type pages [][]cost

const (
	pageShift = 7
	pageNodes = 1 << pageShift
)

// of are the costs of the arcs of node v.
func (p pages) of(a *arcs, v uint32) []cost {
	start := a.first[v&^(pageNodes-1)]
	return p[v>>pageShift][a.first[v]-start : a.first[v+1]-start]
}

// at is the cost of one arc, kept at node v.
func (p pages) at(a *arcs, d downArc) cost {
	return p[d.node>>pageShift][d.arc-a.first[d.node&^(pageNodes-1)]]
}

// newPages cuts costs, by arc, into pages.
func newPages(a *arcs, flat []cost) pages {
	nodes := len(a.first) - 1
	p := make(pages, 0, nodes/pageNodes+1)
	for v := 0; v < nodes; v += pageNodes {
		p = append(p, flat[a.first[v]:a.first[min(v+pageNodes, nodes)]:a.first[min(v+pageNodes, nodes)]])
	}
	return p
}

// along gives what a whole state costs now.
type along func(state) cost

// newMetric finds the costs of all arcs: the customisation, on all cores.
func newMetric(h *hierarchy, g *graph, whole along) *metric {
	out, in := make([]cost, len(h.out.head)), make([]cost, len(h.in.head))
	for i := range out {
		out[i] = never
	}
	for i := range in {
		in[i] = never
	}
	for v, s := range h.state {
		c := whole(s)
		for i := g.firstOut[s]; i < g.firstOut[s+1]; i++ {
			arc := h.hopArc[i]
			if arc == noNode {
				continue
			}
			if h.node[g.out[i].state] > uint32(v) {
				out[arc] = c.plus(turnCost(g.out[i].cost))
			} else {
				in[arc] = c.plus(turnCost(g.out[i].cost))
			}
		}
	}
	c := customisation{h, out, in}
	c.run()
	return &metric{newPages(&h.out, out), newPages(&h.in, in)}
}

// A customisation fills in the costs of a metric, by arc.
type customisation struct {
	h       *hierarchy
	out, in []cost
}

// run goes up the elimination tree: its lower subtrees side by side, then what is
// above them.
func (c *customisation) run() {
	h := c.h
	n := len(h.parent)
	size := make([]uint32, n)
	for v, p := range h.parent {
		size[v]++
		if p != noNode {
			size[p] += size[v]
		}
	}
	workers := runtime.GOMAXPROCS(0)
	small := uint32(max(64, n/(16*workers)))
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
			room := make([]cost, n)
			for i := next.Add(1) - 1; int(i) < len(subtrees); i = next.Add(1) - 1 {
				root := subtrees[i]
				for v := root + 1 - size[root]; v <= root; v++ {
					c.node(v, room)
				}
			}
		})
	}
	running.Wait()
	room := make([]cost, n)
	for v := range uint32(n) {
		if size[v] > small {
			c.node(v, room)
		}
	}
}

// node lowers the costs of the arcs of node u to those of ways over one lower
// node. The arcs of all lower nodes are done. room is for one number a node.
func (c *customisation) node(u uint32, room []cost) {
	lower(u, &c.h.out, c.out, &c.h.in, c.in, room)
	lower(u, &c.h.in, c.in, &c.h.out, c.out, room)
}

// lower does the arcs of u in one direction: own are those and theirs the others.
func lower(u uint32, own *arcs, costs []cost, other *arcs, others []cost, room []cost) {
	first, last := own.first[u], own.first[u+1]
	if first == last {
		return
	}
	heads, mine := own.head[first:last], costs[first:last]
	for i, w := range heads {
		room[w] = mine[i]
	}
	for _, d := range other.below(u) {
		step := others[d.arc]
		if step >= never {
			continue
		}
		start := own.first[d.node]
		beyond, on := own.head[start:own.first[d.node+1]], costs[start:own.first[d.node+1]]
		on = on[:len(beyond)]
		for k := len(beyond) - 1; k >= 0; k-- {
			w := beyond[k]
			if w <= u {
				break
			}
			if via := step + on[k]; via < room[w] {
				room[w] = via
			}
		}
	}
	for i, w := range heads {
		mine[i] = room[w]
	}
}
