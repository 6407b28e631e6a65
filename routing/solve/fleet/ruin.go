package fleet

import (
	"cmp"
	"context"
	"slices"

	"citygrid/routing/solve"
)

// How much is taken out in a step, and how strings are cut: the paper's, with
// strings that suit short trips.
const (
	removed     = 8.0
	longestCut  = 8.0
	splitShare  = 0.3
	mostAbsent  = 20 // of those left undone, so many are tried again in a step
	turned      = 50 // at most so many stops are turned round at once
	siteShare   = 4  // in one of so many steps drop-offs are moved to other sites
	pendingRoom = 64
)

// A step is what one round works with.
type step struct {
	s       *state
	pending []int32
	out     []int32 // places of tasks that are cut
	ruined  []int32 // by unit: the step in which it was
	base    [][]solve.Visit
	differs []bool // by unit: from base
	changes int    // how many may differ; 0 = all
	left    int    // how many more may be changed in this step
	fewer
	scratch []int32
	order   []int32
}

// may says whether a unit's route may be changed, and spends what that costs.
func (p *step) may(u int, spend bool) bool {
	if p.shut != nil && p.shut[u] {
		return false
	}
	if p.changes == 0 || p.differs[u] || p.s.touched[u] == p.s.step {
		return true
	}
	if p.left == 0 {
		return false
	}
	if spend {
		p.left--
	}
	return true
}

// start begins a step.
func (p *step) start() {
	s := p.s
	s.step++
	s.before = s.before[:0]
	p.pending = p.pending[:0]
	if p.changes > 0 {
		p.left = p.changes
		for _, d := range p.differs {
			if d {
				p.left--
			}
		}
	}
}

// ruin takes strings of tasks out of routes that are near to each other.
func (p *step) ruin() {
	s := p.s
	free := s.m.free
	if len(free) == 0 {
		return
	}
	strings := 1 + int(s.random.unit()*(4*removed/(1+longestCut)-1))
	seed := free[s.random.below(len(free))]
	if p.cut(seed) {
		strings--
	}
	for _, t := range s.m.near[seed] {
		if strings <= 0 {
			break
		}
		if p.cut(t) {
			strings--
		}
	}
	for u := range s.routes {
		if s.touched[u] == s.step {
			p.tidy(u, false)
		}
	}
}

// cut takes a string of tasks around t out of its route, unless that has lost one
// already.
func (p *step) cut(t int32) bool {
	s := p.s
	u := int(s.in[t])
	if u < 0 || p.ruined[u] == s.step || !p.may(u, true) {
		return false
	}
	p.ruined[u] = s.step
	r := &s.routes[u]
	// The tasks of the route, by place.
	p.order = p.order[:0]
	at := 0
	for k := r.first; k < len(r.items); k++ {
		if it := &s.m.items[r.items[k]]; it.kind == solve.Serve {
			if it.id == t {
				at = len(p.order)
			}
			p.order = append(p.order, int32(k))
		}
	}
	length := 1 + int(s.random.unit()*min(float64(len(p.order)), longestCut))
	length = min(length, len(p.order))
	keep := 0
	if length > 1 && length < len(p.order) && s.random.unit() < splitShare {
		keep = 1
	}
	span := min(length+keep, len(p.order))
	from := max(0, min(at-s.random.below(span), len(p.order)-span))
	hole := span
	if keep > 0 {
		hole = s.random.below(span)
	}
	p.out = p.out[:0]
	for i := from; i < from+span; i++ {
		if i == from+hole {
			continue
		}
		p.out = append(p.out, p.order[i])
		if task := &s.m.tasks[s.m.items[r.items[p.order[i]]].id]; task.mate >= 0 && task.unit < 0 {
			p.out = append(p.out, s.at[task.mate])
		}
	}
	if s.m.paired { // both ends of a pair may be in the string
		slices.Sort(p.out)
		p.out = slices.Compact(p.out)
	}
	s.touch(u)
	p.scratch = append(p.scratch[:0], r.items...)
	before := len(p.pending)
	for i := len(p.out) - 1; i >= 0; i-- {
		k := int(p.out[i])
		if t := s.m.items[p.scratch[k]].id; s.m.whose(t) == t {
			p.pending = append(p.pending, t)
		}
		p.scratch = slices.Delete(p.scratch, k, k+1)
	}
	if s.set(u, p.scratch) {
		return true
	}
	// Without them it can't be done: a way that does not keep to the triangle.
	p.pending = p.pending[:before]
	return false
}

// tidy drops what a route needs no more: drop-offs with nothing on board or between
// trips that fit into one, breaks at its end. With sites, it also tries whether
// another site, another place to rest, or other modes are better.
func (p *step) tidy(u int, sites bool) {
	s := p.s
	r := &s.routes[u]
	without := func(k int) bool {
		p.scratch = append(append(p.scratch[:0], r.items[:k]...), r.items[k+1:]...)
		return p.better(u)
	}
	for k := len(r.items) - 1; k >= r.first; k-- {
		if k >= len(r.items) {
			continue
		}
		it := &s.m.items[r.items[k]]
		if it.kind == solve.Serve || without(k) || !sites {
			continue
		}
		others := s.m.sites
		if it.kind == solve.Rest {
			others = s.m.units[u].breaks[it.id]
		}
		for _, other := range others {
			if other != r.items[k] {
				p.scratch = append(p.scratch[:0], r.items...)
				p.scratch[k] = other
				p.better(u)
			}
		}
	}
	if sites && s.m.multi {
		p.modes(u, r.items)
		p.turnRound(u)
	}
}

// turnRound turns some stops in a row round: what was last comes first, and streets are
// gone along the other way where that is better. Taking stops out and putting them back
// one by one seldom gets there, as each is dear until all have turned.
func (p *step) turnRound(u int) {
	s := p.s
	r := &s.routes[u]
	n := len(r.items) - r.first
	if n < 2 {
		return
	}
	from := r.first + s.random.below(n)
	to := from
	for to < len(r.items) && to-from < turned && s.turns(r.items[to]) {
		to++
	}
	if to-from < 2 {
		return
	}
	p.order = append(p.order[:0], r.items...)
	slices.Reverse(p.order[from : from+2+s.random.below(to-from-1)])
	p.modes(u, p.order)
}

// turns says whether an item may be turned round with others: a task that is no end of
// a pair.
func (s *state) turns(i int32) bool {
	it := &s.m.items[i]
	return it.kind == solve.Serve && s.m.tasks[it.id].mate < 0
}

// better gives a unit the items in scratch if that is possible and costs less.
func (p *step) better(u int) bool {
	s := p.s
	r := &s.routes[u]
	if v, ok := s.would(r, p.scratch); !ok || v > s.m.value(r) {
		return false
	}
	s.touch(u)
	return s.set(u, p.scratch)
}

// recreate puts tasks back, each where it costs least. Those that find no place, or
// for which there is no time, are absent.
func (p *step) recreate(ctx context.Context, blink bool) {
	s := p.s
	tries := p.pending
	if len(s.absent) > 0 {
		s.shuffle(s.absent)
		tries = append(tries, s.absent...)
		if extra := len(s.absent) - mostAbsent; extra > 0 {
			tries = tries[:len(tries)-extra]
		}
	}
	tried := len(tries) - len(p.pending)
	s.absent = append(s.absent[:0], s.absent[min(tried, len(s.absent)):]...)
	p.pending = tries
	p.sort()
	for _, t := range p.pending {
		if len(p.pending) > many && ctx.Err() != nil {
			s.absent = append(s.absent, t)
			continue
		}
		f := s.finder(blink)
		p.find(&f, t)
		if f.best.cost < never && s.worth(t, f.best.cost) && p.may(f.best.unit, true) && s.put(&f.best) {
			continue
		}
		s.absent = append(s.absent, t)
	}
	for u := range s.routes {
		if s.touched[u] == s.step {
			p.tidy(u, s.random.below(siteShare) == 0)
		}
	}
}

// find looks for the best place of a task: with many tasks beside those near to it
// and at the ends of routes, else, or if there is none, everywhere.
func (p *step) find(f *finder, t int32) {
	s := p.s
	task := &s.m.tasks[t]
	if s.m.many {
		near := s.m.near[t]
		for _, o := range near[:min(beside, len(near))] {
			u := int(s.in[o])
			if u < 0 || task.skills&^s.m.units[u].skills != 0 || !p.may(u, false) {
				continue
			}
			if k := int(s.at[o]); k >= s.routes[u].first {
				f.at(u, k, task)
			}
			if k := int(s.at[o]) + 1; k >= s.routes[u].first {
				f.at(u, k, task)
			}
		}
		p.ends(f, task)
		if f.best.cost < never {
			return
		}
	}
	clear(s.empty)
	for u := range s.routes {
		if !p.may(u, false) || p.skip(u) {
			continue
		}
		f.all(u, task)
	}
}

// skip says whether a unit has nothing to do and is like one that was asked.
func (p *step) skip(u int) bool {
	s := p.s
	if len(s.routes[u].items) > 0 {
		return false
	}
	like := s.m.units[u].like
	if s.empty[like] {
		return true
	}
	s.empty[like] = true
	return false
}

func (p *step) ends(f *finder, task *task) {
	s := p.s
	clear(s.empty)
	for u := range s.routes {
		if task.skills&^s.m.units[u].skills == 0 && p.may(u, false) && !p.skip(u) {
			f.at(u, len(s.routes[u].items), task)
		}
	}
}

// sort brings what is to be put back into an order: by chance, load, end of the
// window, begin of the window, or importance.
func (p *step) sort() {
	s := p.s
	s.shuffle(p.pending)
	key := func(t int32) int64 { return 0 }
	first := func(t int32) *item {
		if modes := s.m.tasks[t].modes; len(modes) > 0 {
			return &s.m.items[modes[0]]
		}
		return &item{}
	}
	how := s.random.below(8)
	switch {
	case how < 2:
		key = func(t int32) int64 {
			l := first(t).load
			return -l[0] - l[1] - l[2]
		}
	case how < 4:
		key = func(t int32) int64 {
			if w := first(t).windows; len(w) > 0 {
				return min(w[len(w)-1].close, first(t).due)
			}
			return first(t).due
		}
	case how < 5:
		key = func(t int32) int64 {
			if w := first(t).windows; len(w) > 0 {
				return w[0].open
			}
			return -never
		}
	}
	if len(s.absent) > 0 || s.m.classes > 1 && how < 7 {
		slices.SortStableFunc(p.pending, func(a, b int32) int {
			return cmp.Or(cmp.Compare(s.m.tasks[a].class, s.m.tasks[b].class), cmp.Compare(key(a), key(b)))
		})
		return
	}
	slices.SortStableFunc(p.pending, func(a, b int32) int { return cmp.Compare(key(a), key(b)) })
}

func (s *state) shuffle(list []int32) {
	for i := len(list) - 1; i > 0; i-- {
		k := s.random.below(i + 1)
		list[i], list[k] = list[k], list[i]
	}
}

// modes chooses the mode of each task anew for a unit that does items, by dynamic
// programming along them as if there were no windows, and gives them to it if that is
// better.
func (p *step) modes(u int, items []int32) {
	s := p.s
	r := &s.routes[u]
	if len(items) == r.first {
		return
	}
	type choice struct {
		time int64
		from int
	}
	un := &s.m.units[u]
	way := func(from, to int32) int64 {
		if t, ok := un.to(s.m.nodes, from, to); ok {
			return t
		}
		return never / 1024
	}
	alternatives := func(k int) []int32 {
		if it := &s.m.items[items[k]]; it.kind == solve.Serve {
			return s.m.tasks[it.id].modes
		} else if it.enter == nowhere {
			return nil
		}
		return items[k : k+1]
	}
	steps := make([][]choice, len(items))
	for k := r.first; k < len(items); k++ {
		all := alternatives(k)
		if all == nil {
			return // a break wherever the unit is: rare, and not worth the trouble
		}
		steps[k] = make([]choice, len(all))
		for i := range all {
			enter := s.m.items[all[i]].enter
			best := choice{way(r.node[k], enter), 0}
			if k > r.first {
				best.time = never
				for j, b := range alternatives(k - 1) {
					if d := steps[k-1][j].time + way(s.m.items[b].leave, enter); d < best.time {
						best = choice{d, j}
					}
				}
			}
			best.time += s.m.items[all[i]].service
			steps[k][i] = best
		}
	}
	end := len(items) - 1
	at, least := 0, int64(never)
	for i, a := range alternatives(end) {
		if d := steps[end][i].time + way(s.m.items[a].leave, un.end); d < least {
			at, least = i, d
		}
	}
	p.scratch = append(p.scratch[:0], items...)
	for k := end; k >= r.first; k-- {
		p.scratch[k] = alternatives(k)[at]
		at = steps[k][at].from
	}
	p.better(u)
}
