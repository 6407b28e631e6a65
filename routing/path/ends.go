package path

// A door is where a route enters or leaves the hierarchy: the beginning of a
// state's edge. Doors of a start say what it costs to get there, those of a goal
// what it costs from there.
//
// Private ground may be travelled only at the ends of a route, so a route is
// private, then public, then private again, each part maybe empty. The hierarchy
// knows public ground only; the private ground around an end is walked by hand,
// as far as it goes without public ground, and what lies behind are the doors.
type door struct {
	state state
	cost  cost
	next  int32 // the door towards the end of the route, -1 at it
	end   bool  // of a start: it stands for the place itself, and cost is up to the end of the edge
}

// exits are the doors of a start.
type exits struct {
	doors []door
	added cost // to each of their costs, so that none is below nothing
}

// setOut is leaving for goals that are on none of the place's segments: then the
// way begins with all of a state but for what lies behind, and the state itself is
// the door.
func (e *Engine) setOut(at place) exits {
	var x exits
	for _, near := range at {
		for _, s := range e.statesAt(near) {
			if e.g.private[s] {
				return e.leaving(at)
			}
			behind := e.upTo(s, e.position(e.g.edge[s], near.Near))
			x.doors = append(x.doors, door{s, behind, -1, false})
			x.added = max(x.added, behind)
		}
	}
	for i := range x.doors {
		x.doors[i].cost = x.added - x.doors[i].cost
	}
	return x
}

// meets says whether two places are on one segment.
func (at place) meets(other place) bool {
	for i := range at {
		for k := range other {
			if at[i].Segment == other[k].Segment {
				return true
			}
		}
	}
	return false
}

// exits are the doors of a start for a goal.
func (e *Engine) exits(from, to place) exits {
	if from.meets(to) {
		return e.leaving(from)
	}
	return e.setOut(from)
}

// leaving lists the doors of a start, for any goal.
func (e *Engine) leaving(at place) exits {
	var w walk
	for _, near := range at {
		for _, s := range e.statesAt(near) {
			w.end(door{s, e.whole(s) - e.upTo(s, e.position(e.g.edge[s], near.Near)), -1, true})
		}
	}
	starts := int32(len(w.doors))
	var aside []door // to private ground that may only be the end: nothing goes on from them
	for {
		i, ok := w.pop()
		if !ok {
			return exits{doors: append(w.doors, aside...)}
		}
		d := w.doors[i]
		ended := d.cost
		if !d.end {
			ended = d.cost.plus(e.whole(d.state))
		}
		for _, h := range e.g.outOf(d.state) {
			if e.whole(h.state) >= never {
				continue
			}
			next := door{h.state, ended.plus(turnCost(h.cost)), i, false}
			if e.g.private[h.state] && !e.g.private[d.state] {
				aside = append(aside, next)
				continue
			}
			w.reach(starts, next, e.g.private[h.state])
		}
	}
}

// arriving lists the doors of a goal, on any memory.
func (e *Engine) arriving(at place) []door {
	var w walk
	for _, near := range at {
		for _, s := range e.statesAt(near) {
			c := e.upTo(s, e.position(e.g.edge[s], near.Near))
			w.end(door{state: s, cost: c, next: -1})
			if near.fixed {
				continue
			}
			for _, copied := range e.g.copies[e.g.edge[s]] {
				w.end(door{state: copied, cost: c, next: -1})
			}
		}
	}
	for {
		i, ok := w.pop()
		if !ok {
			return w.doors
		}
		d := w.doors[i]
		if !e.g.private[d.state] {
			continue
		}
		for _, h := range e.g.into(d.state) {
			c := e.whole(h.state)
			if c >= never {
				continue
			}
			w.reach(0, door{h.state, d.cost.plus(c).plus(turnCost(h.cost)), i, false}, e.g.private[h.state])
		}
	}
}

// A walk finds doors: Dijkstra's algorithm over the private ground at an end.
type walk struct {
	doors []door
	queue heap        // of places in doors
	known *stateIndex // their place in doors; nil while they are few
}

func (w *walk) end(d door) {
	w.queue.push(d.cost.ms(), state(len(w.doors)))
	w.doors = append(w.doors, d)
}

func (w *walk) pop() (int32, bool) {
	if len(w.queue) == 0 {
		return 0, false
	}
	_, i := w.queue.pop()
	return int32(i), true
}

// few doors are looked through one by one.
const few = 24

// reach lowers the cost of a door, from the given place in doors on, if it does;
// onward says whether to go on from there.
func (w *walk) reach(from int32, d door, onward bool) {
	if d.cost >= never {
		return
	}
	i := w.find(from, d.state)
	if i < 0 {
		i = int32(len(w.doors))
		w.doors = append(w.doors, d)
		if w.known != nil {
			w.known.set(d.state, i)
		}
	} else if d.cost >= w.doors[i].cost {
		return
	} else {
		w.doors[i] = d
	}
	if onward {
		w.queue.push(d.cost.ms(), state(i))
	}
}

func (w *walk) find(from int32, s state) int32 {
	if w.known == nil && len(w.doors) > few {
		w.known = &stateIndex{}
		for i, d := range w.doors[from:] {
			w.known.set(d.state, from+int32(i))
		}
	}
	if w.known != nil {
		if i, ok := w.known.get(s); ok {
			return i
		}
		return -1
	}
	for i, d := range w.doors[from:] {
		if d.state == s {
			return from + int32(i)
		}
	}
	return -1
}

// A doorBook remembers the doors of places that are asked for again and again, by
// their first entry.
type doorBook struct {
	e   *Engine
	out map[*spot]exits
	in  map[*spot][]door
}

func newDoorBook(e *Engine) *doorBook {
	return &doorBook{e, make(map[*spot]exits), make(map[*spot][]door)}
}

// setOut are the doors of a start for goals on other segments, none of no place.
func (b *doorBook) setOut(at place) exits { return remember(b.out, at, b.e.setOut) }

// exits are the doors of a start for a goal.
func (b *doorBook) exits(from, to place) exits {
	if from.meets(to) {
		return b.e.leaving(from)
	}
	return b.setOut(from)
}

func (b *doorBook) arriving(at place) []door { return remember(b.in, at, b.e.arriving) }

func remember[T any](known map[*spot]T, at place, find func(place) T) (found T) {
	if len(at) == 0 {
		return found
	}
	found, is := known[&at[0]]
	if !is {
		found = find(at)
		known[&at[0]] = found
	}
	return found
}
