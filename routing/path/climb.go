package path

import "slices"

// A room is what one query works in, for one after another.
type room struct {
	forward, backward ascent
	private           map[state]int32 // by state: 1 + the cheapest of a goal's doors there
	table             sweep
}

func newRoom(g *graph, h *hierarchy) *room {
	return &room{
		forward: newAscent(len(h.state)), backward: newAscent(len(h.state)),
		private: make(map[state]int32),
		table:   sweep{place: make([]uint32, len(h.state))},
	}
}

// An ascent is the way up the elimination tree from one end. Whatever is above an
// end is on the path from it to its root, so no queue is needed: the nodes are
// done from the least important up.
type ascent struct {
	cost   []cost   // by node; never where it has not come
	over   []uint32 // by node: the node below that it came from, noNode for a door
	heads  []uint32 // the nodes next in line, one for each end
	passed []uint32 // whose cost is to be made never again
}

func newAscent(nodes int) ascent {
	a := ascent{cost: make([]cost, nodes), over: make([]uint32, nodes)}
	for i := range a.cost {
		a.cost[i] = never
	}
	return a
}

func (a *ascent) reset() {
	for _, v := range a.passed {
		a.cost[v] = never
	}
	a.heads, a.passed = a.heads[:0], a.passed[:0]
}

func (a *ascent) enter(v uint32, c cost) {
	if !slices.Contains(a.heads, v) {
		a.heads = append(a.heads, v)
	}
	if c < a.cost[v] {
		a.cost[v], a.over[v] = c, noNode
	}
}

// least is the next node in line, noNode if there is none.
func (a *ascent) least() uint32 {
	v := noNode
	for _, x := range a.heads {
		v = min(v, x)
	}
	return v
}

// pass goes on from v, the least node in line, to its parent.
func (a *ascent) pass(v uint32, parent []uint32) {
	a.passed = append(a.passed, v)
	up := parent[v]
	if len(a.heads) == 1 {
		if a.heads[0] = up; up == noNode {
			a.heads = a.heads[:0]
		}
		return
	}
	kept := a.heads[:0]
	for _, x := range a.heads {
		if x != v && x != up {
			kept = append(kept, x)
		}
	}
	if up != noNode {
		kept = append(kept, up)
	}
	a.heads = kept
}

// relax follows the arcs of v.
func (a *ascent) relax(v uint32, heads []uint32, costs []cost) {
	c := a.cost[v]
	costs = costs[:len(heads)]
	for i, w := range heads {
		if via := c + costs[i]; via < a.cost[w] {
			a.cost[w], a.over[w] = via, v
		}
	}
}

// A way is the cheapest one found between two places, over one turn at least. It
// leads over the top node or, if that is noNode, over private ground alone.
type way struct {
	cost       cost
	top        uint32
	from, to   []door
	start, end int32 // the doors, if top is noNode
}

// search finds the cheapest way from one of the doors of a start to one of those
// of a goal; its cost is never if there is none.
func (e *Engine) search(r *room, from, to []door) way {
	best := way{cost: never, top: noNode, from: from, to: to}
	f, b := &r.forward, &r.backward
	f.reset()
	b.reset()
	clear(r.private)
	for i, d := range to {
		if v := e.h.node[d.state]; v != noNode {
			b.enter(v, d.cost)
		} else if k := r.private[d.state]; k == 0 || d.cost < to[k-1].cost {
			r.private[d.state] = int32(i) + 1
		}
	}
	for i, d := range from {
		if d.end {
			continue
		}
		if v := e.h.node[d.state]; v != noNode {
			f.enter(v, d.cost)
		} else if k := r.private[d.state]; k != 0 {
			if c := d.cost.plus(to[k-1].cost); c < best.cost {
				best.cost, best.start, best.end = c, int32(i), k-1
			}
		}
	}
	h, m := e.h, e.metric
	for {
		v, w := f.least(), b.least()
		if v == noNode && w == noNode {
			return best
		}
		if v == w {
			if c := f.cost[v] + b.cost[v]; c < best.cost {
				best.cost, best.top = c, v
			}
		}
		if v <= w {
			f.pass(v, h.parent)
			if f.cost[v] < best.cost {
				f.relax(v, h.out.of(v), m.out.of(&h.out, v))
			}
		}
		if w <= v {
			b.pass(w, h.parent)
			if b.cost[w] < best.cost {
				b.relax(w, h.in.of(w), m.in.of(&h.in, w))
			}
		}
	}
}

// states lists the states of a way that was just found in r.
func (e *Engine) states(r *room, w way) []state {
	if w.top == noNode {
		return append(e.before(w.from, w.start), e.after(w.to, w.to[w.end].next)...)
	}
	up := []uint32{w.top}
	for v := w.top; r.forward.over[v] != noNode; {
		v = r.forward.over[v]
		up = append(up, v)
	}
	slices.Reverse(up)
	states := e.before(w.from, e.door(w.from, up[0]))
	for i := 1; i < len(up); i++ {
		states = e.unpack(states, up[i-1], up[i])
	}
	v := w.top
	for r.backward.over[v] != noNode {
		states = e.unpack(states, v, r.backward.over[v])
		v = r.backward.over[v]
	}
	return append(states, e.after(w.to, w.to[e.door(w.to, v)].next)...)
}

// door is the cheapest of the doors that leads to a node.
func (e *Engine) door(doors []door, v uint32) int32 {
	best := int32(-1)
	for i, d := range doors {
		if e.h.node[d.state] == v && !d.end && (best < 0 || d.cost < doors[best].cost) {
			best = int32(i)
		}
	}
	return best
}

// before lists the states from the start to a door.
func (e *Engine) before(doors []door, i int32) []state {
	var states []state
	for ; i >= 0; i = doors[i].next {
		states = append(states, doors[i].state)
	}
	slices.Reverse(states)
	return states
}

// after lists the states from a door to the goal.
func (e *Engine) after(doors []door, i int32) []state {
	var states []state
	for ; i >= 0; i = doors[i].next {
		states = append(states, doors[i].state)
	}
	return states
}

// unpack appends the states of the quickest way from node x, without it, to w,
// which are joined by an arc.
func (e *Engine) unpack(states []state, x, w uint32) []state {
	var c cost
	if x < w {
		c = e.metric.out.at(&e.h.out, downArc{x, e.h.out.find(x, w)})
	} else {
		c = e.metric.in.at(&e.h.in, downArc{w, e.h.in.find(w, x)})
	}
	s := e.h.state[x]
	for _, o := range e.g.outOf(s) {
		if o.state == e.h.state[w] && e.whole(s).plus(turnCost(o.cost)) == c {
			return append(states, o.state)
		}
	}
	_, over := e.metric.between(e.h, x, w)
	return e.unpack(e.unpack(states, x, over), over, w)
}
