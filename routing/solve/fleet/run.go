package fleet

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"citygrid/routing/solve"
)

// Temperatures at begin and end, in mean ways to a near task; and how many steps a
// thread takes between two meetings with the others.
const (
	warm    = 0.5
	cold    = 0.01
	meeting = 500
)

// A run is one search.
type run struct {
	m     *model
	c     Search
	begun time.Time

	mu   sync.Mutex
	best *kept // guarded by mu: of all threads, as far as it was told
}

// kept is a plan that was good.
type kept struct {
	routes [][]int32 // items
	absent []int32
	undone []int32
	score  solve.Score
	way    int64
}

// search runs the threads, which meet after a fixed number of steps each, and go on
// with the best then.
func (r *run) search(ctx context.Context) (*kept, error) {
	if r.c.Time > 0 { // large problems take time to begin with
		limited, cancel := context.WithTimeout(ctx, r.c.Time)
		defer cancel()
		ctx = limited
	}
	threads := max(1, r.c.Threads)
	all := make([]*thread, threads)
	first, err := r.thread(ctx, 0)
	if err != nil {
		return nil, err
	}
	all[0] = first
	first.start()
	if r.c.Start != nil {
		first.keep() // what is put in below may be dearer than its price
	}
	first.pending, first.s.absent = append(first.pending, first.s.absent...), first.s.absent[:0]
	if len(first.pending) > 0 {
		first.recreate(ctx, false)
		first.s.recount()
		first.differ()
	}
	first.keep()
	for i := 1; i < threads; i++ {
		if all[i], err = r.thread(ctx, uint64(i)); err != nil {
			return nil, err
		}
		all[i].restore(first.best)
		all[i].best = first.best
	}
	for _, t := range all {
		t.on = r.m.p.Goal == solve.Fewest && r.c.Change == 0 && len(t.best.absent) == 0
	}
	for len(r.m.free) > 0 && (r.c.Time > 0 || r.c.Iterations > 0) {
		var together sync.WaitGroup
		for _, t := range all[1:] {
			together.Go(func() { t.steps(ctx, meeting) })
		}
		first.steps(ctx, meeting) // here: a caller of one thread has its panics
		together.Wait()
		best := all[0]
		for _, t := range all[1:] {
			if r.m.compare(t.best, best.best) < 0 {
				best = t
			}
		}
		if best.over || ctx.Err() != nil {
			return best.best, nil
		}
		for _, t := range all {
			if r.m.compare(best.best, t.best) < 0 {
				t.restore(best.best)
				t.best = best.best
			}
		}
	}
	return first.best, nil
}

// A thread is one of the searches.
type thread struct {
	step
	r    *run
	done int
	over bool
	best *kept
	was  []int32 // absent, before a step
	from float64 // how much of the search went into needing fewer units
}

func (r *run) thread(ctx context.Context, number uint64) (*thread, error) {
	m := r.m
	s := newState(m, r.c.Seed*1_000_003+number)
	t := &thread{r: r, step: step{s: s, ruined: make([]int32, len(m.units)), pending: make([]int32, 0, pendingRoom)}}
	if r.c.Start == nil || !t.takeWhole(r.c.Start) {
		if err := t.begin(ctx); err != nil {
			return nil, err
		}
		if r.c.Start != nil {
			t.take(r.c.Start)
		}
	}
	if r.c.Start != nil {
		for u := range s.routes {
			t.base = append(t.base, m.visits(s.routes[u].items))
		}
	}
	if r.c.Change > 0 && r.c.Start != nil {
		t.changes = r.c.Change
		t.differs = make([]bool, len(m.units))
	}
	for _, f := range m.free {
		if s.in[f] < 0 {
			s.absent = append(s.absent, f)
		}
	}
	s.recount()
	return t, nil
}

// begin gives each unit its fixed visits, and what follows from them alone: what they
// have picked up is delivered, what else is on board is left somewhere.
func (t *thread) begin(ctx context.Context) error {
	m := t.s.m
	for u := range m.units {
		q := m.roomFor(t.s, u)
		for o := u + 1; o < len(m.units); o++ { // what is fixed leaves no choice
			for _, x := range m.fixedRoom(o) {
				q.Sites[x.site].Room = lessRoom(q.Sites[x.site].Room, x.load)
			}
		}
		route, err := q.Emptied(ctx, u)
		if err != nil {
			return err
		}
		var items []int32
		for _, s := range route.Stops {
			items = append(items, m.item(u, s.Visit))
		}
		if !t.s.set(u, items) {
			return &solve.RouteError{Unit: u, Rule: solve.ErrFixed, What: "the fixed visits of units don't fit together: " + m.p.Units[u].Name}
		}
	}
	return nil
}

// fixedRoom is what a unit's fixed visits leave where.
func (m *model) fixedRoom(u int) (room []siteLoad) {
	board := m.units[u].loaded
	for _, i := range m.units[u].fixed {
		switch it := &m.items[i]; {
		case it.kind == solve.Unload:
			room = append(room, siteLoad{it.id, board})
			board = load{}
		case it.kind == solve.Serve && !it.paired:
			board = board.plus(it.load)
		}
	}
	return room
}

// takeWhole begins with a solution as it is; false, and nothing is taken, if it breaks a
// rule.
func (t *thread) takeWhole(sol *solve.Solution) bool {
	m, s := t.s.m, t.s
	taken := make([]bool, len(m.units))
	whole := len(sol.Routes) == len(m.units)
	for i := 0; i < len(sol.Routes) && whole; i++ {
		r := &sol.Routes[i]
		if whole = r.Unit >= 0 && r.Unit < len(m.units) && !taken[r.Unit]; !whole {
			break
		}
		taken[r.Unit] = true
		var items []int32
		for k, stop := range r.Stops {
			if !m.p.Knows(r.Unit, stop.Visit) || stop.Kind == solve.Serve && (s.in[stop.Task] >= 0 || len(m.tasks[stop.Task].modes) == 0) {
				return t.none()
			}
			if fixed := m.p.Units[r.Unit].Fixed; k < len(fixed) && fixed[k] != stop.Visit {
				return t.none()
			}
			items = append(items, m.item(r.Unit, stop.Visit))
		}
		whole = len(items) >= len(m.units[r.Unit].fixed) && (!m.paired || slices.Equal(items, m.whole(r.Unit, items))) && s.set(r.Unit, items)
	}
	return whole || t.none()
}

// none takes away whatever units have.
func (t *thread) none() bool {
	for u := range t.s.routes {
		t.s.forget(&t.s.routes[u])
		t.s.routes[u] = route{unit: u, first: t.s.routes[u].first}
	}
	return false
}

// take begins with a solution. A route that breaks a rule, because something has
// changed since, is mended: drop-offs and breaks are placed anew, and if that is
// not enough tasks are taken out, the least important of those that are in the way.
func (t *thread) take(sol *solve.Solution) {
	m := t.s.m
	for i := range sol.Routes {
		r := &sol.Routes[i]
		if r.Unit < 0 || r.Unit >= len(m.units) {
			continue
		}
		fixed := len(m.units[r.Unit].fixed)
		var items []int32
		var order []solve.Visit
		for k, s := range r.Stops {
			if !m.p.Knows(r.Unit, s.Visit) || s.Kind == solve.Serve && t.s.in[s.Task] >= 0 && (k >= fixed || t.s.in[s.Task] != int32(r.Unit)) {
				continue // it is gone, or done by another
			}
			items = append(items, m.item(r.Unit, s.Visit))
		}
		if m.paired {
			items = m.whole(r.Unit, items)
		}
		for _, i := range items[min(fixed, len(items)):] {
			if m.items[i].kind == solve.Serve {
				order = append(order, m.items[i].visit())
			}
		}
		for !t.s.set(r.Unit, items) {
			route, err := m.p.Unloaded(r.Unit, order)
			if err == nil {
				items = items[:0]
				for _, s := range route.Stops {
					items = append(items, m.item(r.Unit, s.Visit))
				}
				if t.s.set(r.Unit, items) || len(order) == 0 {
					break
				}
			}
			if order = m.lighter(order, err); order == nil {
				break // as begin left it
			}
			items = items[:0]
			items = append(items, m.units[r.Unit].fixed...)
			for _, v := range order {
				items = append(items, m.item(r.Unit, v))
			}
		}
	}
}

// lighter is an order without one task or pair: of those up to where it breaks a rule,
// the least important, and of these the last. If what is missed is the task's own
// matter, it is that task. nil = there is none that could be left.
func (m *model) lighter(order []solve.Visit, err error) []solve.Visit {
	at := len(order) - 1
	var broken *solve.RouteError
	if errors.As(err, &broken) && broken.Stop < len(order) {
		at = broken.Stop
	}
	out := -1 // a task that may be left, or a pick-up
	consider := func(k int) {
		t := &m.tasks[order[k].Task]
		if t.unit < 0 && (out < 0 || m.tasks[m.whose(int32(order[k].Task))].class > m.tasks[m.whose(int32(order[out].Task))].class) {
			out = k
		}
	}
	own := errors.Is(err, solve.ErrNoWay) || errors.Is(err, solve.ErrSkills)
	for k := at; k >= 0 && (out < 0 || !own); k-- {
		consider(k)
	}
	for k := at + 1; k < len(order) && out < 0; k++ {
		consider(k)
	}
	if out < 0 {
		return nil
	}
	task := order[out].Task
	return slices.DeleteFunc(slices.Clone(order), func(v solve.Visit) bool {
		return v.Task == task || int32(v.Task) == m.tasks[task].mate
	})
}

func (m *model) visits(items []int32) []solve.Visit {
	all := make([]solve.Visit, len(items))
	for k, i := range items {
		all[k] = m.items[i].visit()
	}
	return all
}

// recount counts the absent by class.
func (s *state) recount() {
	clear(s.undone)
	for _, t := range s.absent {
		if task := &s.m.tasks[t]; task.price == 0 {
			s.undone[task.class]++
		}
	}
}

// steps goes on for so many steps, or until the search is over.
func (t *thread) steps(ctx context.Context, n int) {
	c := &t.r.c
	s := t.s
	undone, absent := make([]int32, len(s.undone)), []int32{}
	past := 0.0
	if t.on && len(s.absent) == 0 && !t.dropUnit() {
		t.widen()
	}
	for k := 0; k < n && !t.over; k++ {
		if ctx.Err() != nil {
			t.over = true
			return
		}
		if c.Time > 0 && k%8 == 0 {
			past = float64(time.Since(t.r.begun)) / float64(c.Time)
		}
		if c.Iterations > 0 {
			was := past
			past = float64(t.done) / float64(c.Iterations)
			if was >= 1 && c.Time > 0 {
				past = max(past, 1)
			}
		}
		if past >= 1 {
			t.over = true
			return
		}
		t.done++
		if t.on {
			t.from = past
			if past >= fewerShare || !t.fit(ctx) {
				t.widen()
			}
			continue
		}
		t.start()
		copy(undone, s.undone)
		absent = append(absent[:0], s.absent...)
		weight := s.weight()
		t.ruin()
		t.recreate(ctx, true)
		s.recount()
		heat := warm * math.Pow(cold/warm, (past-t.from)/(1-t.from)) * s.m.mean
		order := slices.Compare(s.undone, undone)
		if order > 0 || order == 0 && float64(s.weight()) >= float64(weight)-heat*math.Log(s.random.unit()) {
			t.takeBack()
			s.absent = append(s.absent[:0], absent...)
			copy(s.undone, undone)
			continue
		}
		t.differ()
		if order < 0 || t.mayBeBest() || slices.Compare(s.undone, t.best.undone) < 0 {
			t.keep()
		}
	}
}

// mayBeBest says whether keep is to look: by what the goal counts, which leaves ways out
// that the annealing weighs, or a task whose price is less than its way's weight would
// be left where it can be done while the unit waits.
func (t *thread) mayBeBest() bool {
	b := t.best
	least := int64(b.score.Total) + int64(b.score.Price) + lateness(int64(b.score.Late))
	switch t.s.m.p.Goal {
	case solve.Fewest:
		least += unitWeight * int64(b.score.Units)
	case solve.Balance:
		return true
	}
	return t.s.total-t.s.ways+t.s.price() <= least
}

// differ notes which routes differ from those of the start after a step.
func (t *thread) differ() {
	if t.changes == 0 {
		return
	}
	for i := range t.s.before {
		u := t.s.before[i].unit
		t.differs[u] = !t.asBase(int(u))
	}
}

func (t *thread) asBase(u int) bool {
	items := t.s.routes[u].items
	if len(items) != len(t.base[u]) {
		return false
	}
	for k := range items {
		if t.s.m.items[items[k]].visit() != t.base[u][k] {
			return false
		}
	}
	return true
}

// takeBack is how it was before the step.
func (t *thread) takeBack() {
	s := t.s
	for i := range s.before { // all first: they share room and escorts
		s.forget(&s.routes[s.before[i].unit])
	}
	for i := range s.before {
		r := &s.routes[s.before[i].unit]
		r.items = append(r.items[:0], s.before[i].items...)
		s.m.refresh(r)
		s.count(r)
	}
}

// restore goes on with what another has found.
func (t *thread) restore(k *kept) {
	s := t.s
	for u := range s.routes {
		s.forget(&s.routes[u])
	}
	for u := range s.routes {
		r := &s.routes[u]
		r.items = append(r.items[:0], k.routes[u]...)
		s.m.refresh(r)
		s.count(r)
		if t.changes > 0 {
			t.differs[u] = !t.asBase(u)
		}
	}
	s.absent = append(s.absent[:0], k.absent...)
	s.recount()
}

// keep keeps the plan if it is the best of the thread, and tells of it if it is the
// best of all.
func (t *thread) keep() {
	s := t.s
	k := &kept{undone: slices.Clone(s.undone), score: solve.Score{Price: time.Duration(s.price())}}
	for _, n := range s.undone {
		k.score.Undone += int(n)
	}
	for u := range s.routes {
		r := &s.routes[u]
		work := time.Duration(r.end - s.m.units[u].open)
		k.score.Longest = max(k.score.Longest, work)
		k.score.Total += work
		k.score.Late += time.Duration(r.late)
		k.way += r.way
		if len(r.items) > 0 {
			k.score.Units++
		}
	}
	if t.best != nil && s.m.compare(k, t.best) >= 0 {
		return
	}
	k.absent = slices.Clone(s.absent)
	for u := range s.routes {
		k.routes = append(k.routes, slices.Clone(s.routes[u].items))
	}
	t.best = k
	run := t.r
	if run.c.Better == nil {
		return
	}
	run.mu.Lock()
	defer run.mu.Unlock()
	if run.best != nil && s.m.compare(k, run.best) >= 0 {
		return
	}
	run.best = k
	run.c.Better(time.Since(run.begun), k.score)
}

// compare is the problem's order, then by time on the way.
func (m *model) compare(a, b *kept) int {
	return cmp.Or(slices.Compare(a.undone, b.undone), m.p.Goal.Compare(a.score, b.score), cmp.Compare(a.way, b.way))
}
