package path

// main marks the states of the graph's largest strongly connected part, without
// private ground: from each of them each other can be reached. A place there can
// be routed to and from, so it is where a point is snapped to when the nearest
// street leads nowhere.
//
// It is Tarjan's algorithm (1972) with the call stack in a slice.
func (g *graph) main() []bool {
	const unseen = 0
	states := len(g.edge)
	index := make([]uint32, states) // order of discovery from 1; 0 = unseen
	low := make([]uint32, states)
	done := make([]bool, states) // its part is complete
	type frame struct {
		s    state
		next uint32 // the next hop out of s to look at
	}
	var calls []frame
	var open []state // seen, part not complete
	var best []state
	count := uint32(0)
	visit := func(s state) {
		count++
		index[s], low[s] = count, count
		open = append(open, s)
		calls = append(calls, frame{s, g.firstOut[s]})
	}
	for root := range state(states) {
		if index[root] != unseen || g.private[root] {
			continue
		}
		visit(root)
		for len(calls) > 0 {
			f := &calls[len(calls)-1]
			if f.next < g.firstOut[f.s+1] {
				to := g.out[f.next].state
				f.next++
				switch {
				case g.private[to] || done[to]:
				case index[to] == unseen:
					visit(to)
				default:
					low[f.s] = min(low[f.s], index[to])
				}
				continue
			}
			s := f.s
			calls = calls[:len(calls)-1]
			if len(calls) > 0 {
				caller := calls[len(calls)-1].s
				low[caller] = min(low[caller], low[s])
			}
			if low[s] != index[s] {
				continue
			}
			// s and all that was opened after it are one part.
			from := len(open) - 1
			for open[from] != s {
				from--
			}
			part := open[from:]
			for _, t := range part {
				done[t] = true
			}
			if len(part) > len(best) {
				best = append(best[:0], part...)
			}
			open = open[:from]
		}
	}
	in := make([]bool, states)
	for _, s := range best {
		in[s] = true
	}
	return in
}

// around marks the states from which the main part can be reached, and those that
// can be reached from it, private ground at that end included.
//
// And it numbers the pockets beside it. A way to a state that is not led is among
// such states, after private ground at its start at most; so both of its ends are
// in one part by into. outOf is the same for ways from states that don't lead.
func (g *graph) around(main []bool) (leads, led []bool, outOf, into []state) {
	spread := func(next func(state) []hop) []bool {
		in := make([]bool, len(g.edge))
		var open []state
		for s, is := range main {
			if is {
				in[s] = true
				open = append(open, state(s))
			}
		}
		for len(open) > 0 {
			s := open[len(open)-1]
			open = open[:len(open)-1]
			for _, h := range next(s) {
				if !in[h.state] && (g.private[h.state] || !g.private[s]) {
					in[h.state] = true
					open = append(open, h.state)
				}
			}
		}
		return in
	}
	leads, led = spread(g.into), spread(g.outOf)
	outOf = g.parts(func(s, t state) bool { return !leads[s] || g.private[s] && g.private[t] })
	into = g.parts(func(s, t state) bool { return !led[t] || g.private[s] && g.private[t] })
	// One who comes with a memory has come all the same.
	for e, copies := range g.copies {
		for _, c := range copies {
			led[g.of[e]] = led[g.of[e]] || led[c]
		}
	}
	return leads, led, outOf, into
}

// islands numbers the connected parts of the graph, directions aside: between
// two of them there is no way at all.
func (g *graph) islands() []state {
	return g.parts(func(state, state) bool { return true })
}

// parts numbers what is connected by some of the hops, directions aside, as the
// least state there.
func (g *graph) parts(connects func(from, to state) bool) []state {
	parent := make([]state, len(g.edge))
	for s := range parent {
		parent[s] = state(s)
	}
	root := func(s state) state {
		for parent[s] != s {
			parent[s] = parent[parent[s]]
			s = parent[s]
		}
		return s
	}
	join := func(s, t state) {
		a, b := root(s), root(t)
		parent[max(a, b)] = min(a, b)
	}
	for s := range parent {
		for _, h := range g.outOf(state(s)) {
			if connects(state(s), h.state) {
				join(state(s), h.state)
			}
		}
	}
	for e, copies := range g.copies { // who is on a copy is on the edge
		for _, c := range copies {
			join(g.of[e], c)
		}
	}
	for s := range parent {
		parent[s] = root(state(s))
	}
	return parent
}
