package path

import (
	"cmp"
	"slices"
)

// A room is what one query works in, for one after another.
type room struct {
	forward, backward ascent
	private           stateIndex // the cheapest of a goal's doors there
	table             tableRoom
}

func newRoom() *room { return &room{} }

// An ascent is what it costs from one end of a query to each node above it in the
// elimination tree, or from there to a goal. Whatever an end can climb to lies
// between one of its doors and the root, so no queue is needed, and costs are kept
// by depth: a few hundred numbers side by side.
type ascent struct {
	branches  []branch
	entrances []entrance
	nodes     []uint32 // room for the branches' paths
	costs     []cost   // and for their costs
}

// A branch is the path from the root to a door's node. Branches come in ascending
// order of their nodes; the nodes that one shares with those before it are theirs.
type branch struct {
	node  uint32
	low   uint32   // the depth from which on the nodes are its own
	path  []uint32 // by depth: the nodes from the root to it
	costs []cost   // by depth; of no meaning above low
}

// An entrance is a node at which an end enters the hierarchy.
type entrance struct {
	node uint32
	cost cost
}

// enter lists where doors enter the hierarchy, each node once, ascending.
func enter(h *hierarchy, doors []door, entrances []entrance) []entrance {
	for _, d := range doors {
		if v := h.node[d.state]; v != noNode && !d.end {
			entrances = append(entrances, entrance{v, d.cost})
		}
	}
	slices.SortFunc(entrances, func(a, b entrance) int { return cmp.Or(cmp.Compare(a.node, b.node), cmp.Compare(a.cost, b.cost)) })
	return slices.CompactFunc(entrances, func(a, b entrance) bool { return a.node == b.node })
}

// climb finds the costs from doors on, along the arcs of one direction.
func (x *ascent) climb(h *hierarchy, a *arcs, p pages, doors []door) {
	x.entrances = enter(h, doors, x.entrances[:0])
	room := 0
	for _, n := range x.entrances {
		room += int(h.depth[n.node]) + 1
	}
	x.nodes, x.costs = slices.Grow(x.nodes[:0], room)[:room], slices.Grow(x.costs[:0], room)[:room]
	for i := range x.costs {
		x.costs[i] = never
	}
	x.branches = x.branches[:0]
	room = 0
	for _, n := range x.entrances {
		depth := h.depth[n.node]
		end := room + int(depth) + 1
		b := branch{node: n.node, path: x.nodes[room:end:end], costs: x.costs[room:end:end]}
		if b.low = h.follow(n.node, b.path, x.branches); b.low <= depth {
			x.branches = append(x.branches, b)
			room = end
		}
		c := &x.branches[owner(x.branches, len(x.branches)-1, depth)].costs[depth]
		*c = min(*c, n.cost)
	}
	for i := len(x.branches) - 1; i >= 0; i-- {
		b := &x.branches[i]
		for k := len(b.path) - 1; k >= int(b.low); k-- {
			if c := b.costs[k]; c < never {
				relax(b.costs, c, a.depths(b.path[k]), p.of(a, b.path[k]))
			}
		}
		handOver(x.branches, i)
	}
}

// follow writes down the path from the root to a node, and says from which depth
// on it is not that of the last branch.
func (h *hierarchy) follow(v uint32, path []uint32, branches []branch) (low uint32) {
	var other []uint32
	if len(branches) > 0 {
		other = branches[len(branches)-1].path
	}
	for k := len(path) - 1; k >= 0; k-- {
		if k < len(other) && other[k] == v {
			copy(path, other[:k+1])
			return uint32(k) + 1
		}
		path[k] = v
		v = h.parent[v]
	}
	return 0
}

// owner is the branch, i or one before it, that the node at a depth of branch i
// belongs to.
func owner(branches []branch, i int, depth uint32) int {
	for depth < branches[i].low {
		i--
	}
	return i
}

// handOver gives the costs of the nodes that a branch shares to those they belong to.
func handOver(branches []branch, i int) {
	b := &branches[i]
	k := int(b.low) - 1
	for j := i - 1; k >= 0; j-- {
		to := &branches[j]
		for ; k >= int(to.low); k-- {
			to.costs[k] = min(to.costs[k], b.costs[k])
		}
	}
}

// relax follows the arcs of a node that has been reached at cost c.
func relax(costs []cost, c cost, depths []uint32, along []cost) {
	along = along[:len(depths)]
	for i, d := range depths {
		costs[d] = min(costs[d], c+along[i])
	}
}

// inCommon is how many nodes two paths from the root have in common.
func inCommon(a, b []uint32) int {
	n := min(len(a), len(b))
	low, high := 0, n
	for low < high {
		if middle := (low + high) / 2; a[middle] == b[middle] {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// A way is the cheapest one found between two places. It leads over the top node
// or, if that is noNode, over private ground alone.
type way struct {
	cost       cost
	top        uint32
	from, to   []door
	start, end int32 // the doors, if top is noNode
}

// search finds the cheapest way from one of the doors of a start to one of those
// of a goal; its cost is never if there is none.
func (e *Engine) search(r *room, from exits, to []door) way {
	best := way{cost: never, top: noNode, from: from.doors, to: to}
	e.alone(r, &best)
	f, b := &r.forward, &r.backward
	f.climb(e.h, &e.h.out, e.metric.out, from.doors)
	b.climb(e.h, &e.h.in, e.metric.in, to)
	for i := range f.branches {
		up := &f.branches[i]
		for k := range b.branches {
			down := &b.branches[k]
			common := inCommon(up.path, down.path)
			for d := int(max(up.low, down.low)); d < common; d++ {
				if c := up.costs[d] + down.costs[d]; c < never && c-from.added < best.cost {
					best.cost, best.top = c-from.added, up.path[d]
				}
			}
		}
	}
	return best
}

// alone looks for a way that is over private ground alone.
func (e *Engine) alone(r *room, best *way) {
	r.private.clear()
	for i, d := range best.to {
		if e.h.node[d.state] == noNode {
			if k, is := r.private.get(d.state); !is || d.cost < best.to[k].cost {
				r.private.set(d.state, int32(i))
			}
		}
	}
	if r.private.used == 0 {
		return
	}
	for i, d := range best.from {
		if k, is := r.private.get(d.state); is && !d.end {
			if c := d.cost.plus(best.to[k].cost); c < best.cost {
				best.cost, best.start, best.end = c, int32(i), k
			}
		}
	}
}

// states lists the states of a way that was just found in r.
func (e *Engine) states(r *room, w way) []state {
	if w.top == noNode {
		return append(e.before(w.from, w.start), e.after(w.to, w.to[w.end].next)...)
	}
	up := r.forward.steps(e.h, &e.h.out, e.metric.out, w.top)
	slices.Reverse(up)
	states := e.before(w.from, e.door(w.from, up[0]))
	for i := 1; i < len(up); i++ {
		states = e.unpack(states, up[i-1], up[i])
	}
	down := r.backward.steps(e.h, &e.h.in, e.metric.in, w.top)
	for i := 1; i < len(down); i++ {
		states = e.unpack(states, down[i-1], down[i])
	}
	return append(states, e.after(w.to, w.to[e.door(w.to, down[len(down)-1])].next)...)
}

// steps lists the nodes of the climb to a node, from there down.
func (x *ascent) steps(h *hierarchy, a *arcs, p pages, top uint32) []uint32 {
	steps := []uint32{top}
	for {
		v, ok := x.below(h, a, p, steps[len(steps)-1])
		if !ok {
			return steps
		}
		steps = append(steps, v)
	}
}

// below is the node that the climb came to v from; not ok if v is an entry.
func (x *ascent) below(h *hierarchy, a *arcs, p pages, v uint32) (from uint32, ok bool) {
	depth := h.depth[v]
	last := slices.IndexFunc(x.branches, func(b branch) bool {
		return depth >= b.low && int(depth) < len(b.path) && b.path[depth] == v
	})
	c := x.branches[last].costs[depth]
	if i, is := slices.BinarySearchFunc(x.entrances, v, func(n entrance, v uint32) int { return cmp.Compare(n.node, v) }); is && x.entrances[i].cost == c {
		return 0, false
	}
	for i := range x.branches {
		b := &x.branches[i]
		if int(depth) >= len(b.path) || b.path[depth] != v {
			continue
		}
		for k := max(depth+1, b.low); int(k) < len(b.path); k++ {
			y := b.path[k]
			if at, is := slices.BinarySearch(a.of(y), v); is && b.costs[k]+p.of(a, y)[at] == c {
				return y, true
			}
		}
	}
	panic("path: no way up to a node that was reached")
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
