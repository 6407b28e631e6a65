package fleet

import (
	"slices"

	"citygrid/routing/solve"
)

// A pair is what a task has to do with another.
type pair struct {
	mate     int32 // the other end, -1 = none
	delivery bool
	unit     int32 // a delivery whose pick-up is among this unit's fixed visits; -1 = none
}

// most is by dimension the larger.
func (l load) most(o load) load {
	for d := range l {
		l[d] = max(l[d], o[d])
	}
	return l
}

// whose is the task by which a task is put in and taken out: a delivery goes with its
// pick-up, unless that is fixed.
func (m *model) whose(t int32) int32 {
	if x := &m.tasks[t]; x.delivery && x.unit < 0 {
		return x.mate
	}
	return t
}

// price is what it costs to leave a task.
func (m *model) price(t int) int64 { return m.tasks[m.whose(int32(t))].price }

// readPairs tells tasks of each other. A unit must have the skills for both ends.
func (m *model) readPairs() {
	mates := m.p.Mates()
	m.paired = mates != nil
	for t := range m.tasks {
		x := &m.tasks[t]
		x.pair = pair{mate: -1, unit: -1}
		if mates == nil || mates[t] < 0 {
			continue
		}
		x.mate, x.delivery = int32(mates[t]), m.p.Tasks[t].Delivers > 0
		for _, i := range slices.Concat(x.modes, x.never) {
			it := &m.items[i]
			if it.paired = true; x.delivery {
				it.load = load{}.minus(loadOf(m.p.Tasks[mates[t]].Load))
			}
		}
		if x.delivery {
			m.tasks[mates[t]].skills |= x.skills
		}
	}
}

// readFree lists what is not fixed. Deliveries of what fixed visits pick up can't be
// left: they come before all else in importance.
func (m *model) readFree(fixed []bool) {
	bound := false
	for u := range m.units {
		for _, i := range m.units[u].fixed {
			if it := &m.items[i]; it.kind == solve.Serve && it.paired && !fixed[m.tasks[it.id].mate] {
				m.tasks[m.tasks[it.id].mate].unit = int32(u)
				bound = true
			}
		}
	}
	for t := range m.tasks {
		x := &m.tasks[t]
		if bound {
			if x.class++; x.unit >= 0 {
				x.class = 0
			}
		}
		if fixed[t] {
			continue
		}
		m.ends = append(m.ends, int32(t))
		if m.whose(int32(t)) == int32(t) {
			m.free = append(m.free, int32(t))
		}
	}
	if bound {
		m.classes++
	}
}

// whole is what a unit has, of pairs both ends in their order; at the end come
// deliveries of what is fixed that it lacks.
func (m *model) whole(u int, items []int32) []int32 {
	place := map[int32]int{}
	for k, i := range items {
		if it := &m.items[i]; it.kind == solve.Serve {
			place[it.id] = k
		}
	}
	var all []int32
	for k, i := range items {
		it := &m.items[i]
		if it.kind == solve.Serve && it.paired {
			x := &m.tasks[it.id]
			other, there := place[x.mate]
			fixed := k < len(m.units[u].fixed)
			if !fixed && (!there || x.delivery != (other < k)) {
				continue
			}
		}
		all = append(all, i)
	}
	for t := range m.tasks {
		if x := &m.tasks[t]; int(x.unit) == u && len(x.modes) > 0 {
			if _, there := place[int32(t)]; !there {
				all = append(all, x.modes[0])
			}
		}
	}
	return all
}

// both tries a pair's pick-up at one place of a route, in all its modes, with a drop-off
// before it where there is too much on board, and the delivery at all places behind.
func (f *finder) both(u, k int, t *task) {
	if f.blink && f.s.random.next()&127 == 0 {
		return
	}
	r, cap := &f.s.routes[u], f.s.m.units[u].capacity
	for _, mode := range t.modes {
		x := &f.s.m.items[mode]
		w := way2{f: f, r: r, k: k, mate: &f.s.m.tasks[t.mate], load: x.load}
		if r.board[k].plus(r.held[k]).plus(x.load).within(cap) {
			w.withRests([3]int32{mode}, 1)
			continue
		}
		if r.board[k] == (load{}) || !r.held[k].plus(x.load).within(cap) {
			continue
		}
		w.shed = r.board[k]
		for site, drop := range f.s.m.sites {
			if f.moved(r, k, site, w.shed, load{}) {
				w.withRests([3]int32{drop, mode}, 2)
			}
		}
	}
}

// way2 is a route with a pair's pick-up put in, on which the delivery is sought for.
type way2 struct {
	f    *finder
	r    *route
	k    int // place of the pick-up, with what comes along
	head [3]int32
	n    int
	mate *task // the delivery
	load load  // of the pair
	shed load  // less of this is on board until the trip's end

	rests int
	course
}

// withRests tries items as they are, and with a break among them.
func (w way2) withRests(seq [3]int32, n int) {
	w.head, w.n = seq, n
	w.follow()
	w.f.rested(w.r, w.k, seq, n, func(with [3]int32) {
		w.head, w.n, w.rests = with, n+1, 1
		w.follow()
	})
}

// follow goes along the route from the pick-up on and tries the delivery at each place,
// as long as there is room and time.
func (w way2) follow() {
	m, r := w.f.s.m, w.r
	u := &m.units[r.unit]
	w.course = course{now: r.depart[w.k], node: r.node[w.k]}
	for _, i := range w.head[:w.n] {
		if !w.f.step(r, &w.course, i) {
			return
		}
	}
	for j := w.k; ; j++ {
		for _, mode := range w.mate.modes {
			w.deliver(j, [3]int32{mode}, 1, w.rests)
			if w.rests == 0 {
				w.f.rested(r, j, [3]int32{mode}, 1, func(with [3]int32) { w.deliver(j, with, 2, 1) })
			}
		}
		if j == len(r.items) {
			return
		}
		it := &m.items[r.items[j]]
		if it.enter != nowhere {
			limit := r.limitRest[j]
			if w.rests == 0 {
				limit = max(limit, r.limit[j])
			}
			if way, ok := u.to(m.nodes, w.node, it.enter); !ok || w.now+way > limit {
				return
			}
		}
		old, _ := u.to(m.nodes, r.node[j], it.enter)
		if !w.f.step(r, &w.course, r.items[j]) {
			return
		}
		w.ways -= old
		if it.kind == solve.Unload {
			w.shed = load{}
		}
		if !r.board[j+1].plus(r.held[j+1]).minus(w.shed).plus(w.load).within(u.capacity) {
			return
		}
	}
}

// deliver judges the delivery, with what comes along, at place j and keeps the spot if
// it is the best so far.
func (w way2) deliver(j int, tail [3]int32, tails, rests int) {
	for _, i := range tail[:tails] {
		if !w.f.step(w.r, &w.course, i) {
			return
		}
	}
	if w.f.rest(w.r, &w.course, j, rests) {
		w.f.keep(w.r, &w.course, spot{unit: w.r.unit, place: w.k, seq: w.head, n: w.n, then: j, tail: tail, tails: tails})
	}
}
