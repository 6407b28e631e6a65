package fleet

import (
	"slices"

	"citygrid/routing/solve"
)

// A state is a set of routes that changes.
type state struct {
	m      *model
	routes []route
	used   []load  // by site: room taken
	with   []int32 // by slot: the unit whom the escort is with, -1 = none
	in     []int32 // by task: its unit, -1 = none
	at     []int32 // by task: its place
	absent []int32
	undone []int32 // by class: absent tasks
	total  int64   // value of all routes
	ways   int64   // of it, what the time on the way adds
	random rng

	before  []before // routes as they were before the step
	touched []int32  // by unit: the step in which it was written down
	step    int32
	was     []int32
	empty   []bool // by unit: one like it was empty and tried already
}

// before is a route as it was.
type before struct {
	unit  int32
	items []int32
}

// A spot is where a task may go, with what comes along.
type spot struct {
	unit, place int
	seq         [3]int32 // items
	n           int
	then        int // the delivery's place before seq is put in, with a pair
	tail        [3]int32
	tails       int // 0 = no pair
	cost        int64
}

func newState(m *model, seed uint64) *state {
	s := &state{
		m: m, routes: make([]route, len(m.units)), used: make([]load, len(m.sites)), with: make([]int32, m.slots),
		in: make([]int32, len(m.tasks)), at: make([]int32, len(m.tasks)), undone: make([]int32, m.classes), random: newRNG(seed),
		touched: make([]int32, len(m.units)), empty: make([]bool, len(m.units)),
	}
	for t := range s.in {
		s.in[t] = -1
	}
	for k := range s.with {
		s.with[k] = -1
	}
	for u := range s.routes {
		s.routes[u].unit = u
		s.routes[u].first = len(m.units[u].fixed)
	}
	return s
}

// set gives a unit other items; it is false, and nothing has changed, if they break
// a rule.
func (s *state) set(u int, items []int32) bool {
	r := &s.routes[u]
	s.was = append(s.was[:0], r.items...)
	s.forget(r)
	r.items = append(r.items[:0], items...)
	if s.m.refresh(r) && s.free(r) {
		s.count(r)
		return true
	}
	r.items = append(r.items[:0], s.was...)
	if len(r.depart) > 0 {
		s.m.refresh(r)
		s.count(r)
	}
	return false
}

// would gives what a route would be worth with other items; ok is false if they break
// a rule, other than the room at sites, whom escorts are with, or the order of breaks.
func (s *state) would(r *route, items []int32) (value int64, ok bool) {
	m := s.m
	u := &m.units[r.unit]
	now, node, board := u.open, u.start, u.loaded
	var held load
	var late, ways int64
	rests := 0
	for _, i := range items {
		it := &m.items[i]
		way, ok := u.to(m.nodes, node, it.enter)
		at, _, open := begin(it.windows, now+way)
		if !ok || !open {
			return 0, false
		}
		ways += way
		late += max(0, at-it.due)
		if now = at + it.service; now > u.close {
			return 0, false
		}
		if it.leave != nowhere {
			node = it.leave
		}
		switch it.kind {
		case solve.Unload:
			board = load{}
		case solve.Rest:
			rests++
		default:
			if it.paired {
				held = held.plus(it.load)
			} else {
				board = board.plus(it.load)
			}
			if !board.plus(held).within(u.capacity) {
				return 0, false
			}
		}
	}
	way, ok := u.to(m.nodes, node, u.end)
	now += way
	if !ok || now > u.deadline(rests) || board != (load{}) {
		return 0, false
	}
	value = now - u.open + lateness(late) + (ways+way)/wayShare
	if m.p.Goal == solve.Fewest && len(items) > 0 {
		value += unitWeight
	}
	return value, true
}

// free says whether there is room at the sites, and the escorts are free, for a
// route that isn't counted.
func (s *state) free(r *route) bool {
	for i, x := range r.room {
		sum := s.used[x.site]
		for _, y := range r.room[:i+1] {
			if y.site == x.site {
				sum = sum.plus(y.load)
			}
		}
		if x.load != (load{}) && !sum.within(s.m.room[x.site]) {
			return false
		}
	}
	return !slices.ContainsFunc(r.slots, func(slot int32) bool { return s.with[slot] >= 0 })
}

// forget takes a route out of the sums.
func (s *state) forget(r *route) {
	if len(r.depart) == 0 {
		return // never worked out
	}
	for _, x := range r.room {
		s.used[x.site] = s.used[x.site].minus(x.load)
	}
	for _, slot := range r.slots {
		s.with[slot] = -1
	}
	for i := range r.items {
		if it := &s.m.items[r.items[i]]; it.kind == solve.Serve {
			s.in[it.id] = -1
		}
	}
	s.total -= s.m.value(r)
	s.ways -= r.way / wayShare
}

// count puts it into them.
func (s *state) count(r *route) {
	for _, x := range r.room {
		s.used[x.site] = s.used[x.site].plus(x.load)
	}
	for _, slot := range r.slots {
		s.with[slot] = int32(r.unit)
	}
	for k := range r.items {
		if it := &s.m.items[r.items[k]]; it.kind == solve.Serve {
			s.in[it.id], s.at[it.id] = int32(r.unit), int32(k)
		}
	}
	s.total += s.m.value(r)
	s.ways += r.way / wayShare
}

// longest is the working time of the unit that works longest.
func (s *state) longest() (most int64) {
	for u := range s.routes {
		most = max(most, s.routes[u].end-s.m.units[u].open)
	}
	return most
}

// weight is one number for the annealing.
func (s *state) weight() int64 {
	price := dearer(s.price())
	w := s.total + price
	if s.m.p.Goal == solve.Balance {
		w += longer(s.longest()+price, len(s.routes))
	}
	return w
}

// price is what leaving the absent costs.
func (s *state) price() (sum int64) {
	for _, t := range s.absent {
		sum += s.m.tasks[t].price
	}
	return sum
}

// dearer is what a price weighs: as routes weigh more than they cost by their ways, so
// that what costs less to do than to leave weighs less, too.
func dearer(price int64) int64 { return price + price/wayShare }

// worth says whether a task is to be put in at a cost: one with a price where that is
// dearer, or sometimes where it is not, since the next may then come at little cost.
func (s *state) worth(t int32, cost int64) bool {
	price := s.m.tasks[t].price
	if price == 0 {
		return true
	}
	if s.m.p.Goal == solve.Balance {
		price += longer(price, len(s.routes))
	}
	u := s.random.unit()
	return float64(cost) < float64(price)*(1+3*u*u*u)
}

// longer is what it weighs that the longest route is longer.
func longer(by int64, units int) int64 {
	return int64(units) * min(max(0, by), never/int64(4*max(1, units)))
}

// touch writes a route down before it is changed for the first time in a step.
func (s *state) touch(u int) {
	if s.touched[u] == s.step {
		return
	}
	s.touched[u] = s.step
	if len(s.before) < cap(s.before) {
		s.before = s.before[:len(s.before)+1]
	} else {
		s.before = append(s.before, before{})
	}
	b := &s.before[len(s.before)-1]
	b.unit, b.items = int32(u), append(b.items[:0], s.routes[u].items...)
}

// put inserts what a spot says.
func (s *state) put(x *spot) bool {
	s.touch(x.unit)
	r := &s.routes[x.unit]
	s.forget(r)
	r.items = slices.Insert(r.items, x.then, x.tail[:x.tails]...)
	r.items = slices.Insert(r.items, x.place, x.seq[:x.n]...)
	if s.m.refresh(r) && s.free(r) {
		s.count(r)
		return true
	}
	r.items = slices.Delete(r.items, x.place, x.place+x.n)
	r.items = slices.Delete(r.items, x.then, x.then+x.tails)
	s.m.refresh(r)
	s.count(r)
	return false
}

// A finder looks for the best place of one task.
type finder struct {
	s       *state
	longest int64
	blink   bool
	best    spot
}

func (s *state) finder(blink bool) finder {
	return finder{s: s, longest: s.longest(), blink: blink, best: spot{cost: never}}
}

// all looks everywhere in a unit's route.
func (f *finder) all(u int, t *task) {
	if t.skills&^f.s.m.units[u].skills != 0 {
		return
	}
	for k := f.s.routes[u].first; k <= len(f.s.routes[u].items); k++ {
		f.at(u, k, t)
	}
}

// at tries what a task is at one place.
func (f *finder) at(u, k int, t *task) {
	switch {
	case t.mate >= 0 && t.unit < 0:
		f.both(u, k, t)
	case t.unit < 0:
		f.place(u, k, t)
	case int(t.unit) == u: // a delivery, for which there is always room
		for _, mode := range t.modes {
			f.withRests(&f.s.routes[u], k, [3]int32{mode}, 1)
		}
	}
}

// place tries a task at one place, in all its modes, with drop-offs and breaks as
// they are needed.
func (f *finder) place(u, k int, t *task) {
	if f.blink && f.s.random.next()&127 == 0 {
		return
	}
	r, cap := &f.s.routes[u], f.s.m.units[u].capacity
	for _, mode := range t.modes {
		x := &f.s.m.items[mode]
		if r.most[k].plus(x.load).within(cap) && f.takes(r, k, x.load) {
			f.withRests(r, k, [3]int32{mode}, 1)
			continue
		}
		on := r.board[k]
		rest := r.trip[k].minus(on)
		for site, drop := range f.s.m.sites {
			behind := rest.plus(x.load)
			if on != (load{}) && r.most[k].minus(on).plus(x.load).within(cap) && (r.drop[k] >= 0 || behind == (load{})) && f.moved(r, k, site, on, x.load) {
				f.withRests(r, k, [3]int32{drop, mode}, 2)
			}
			with := on.plus(x.load)
			if with.plus(r.held[k]).within(cap) && with != (load{}) && !(r.drop[k] >= 0 && rest == (load{})) && f.moved(r, k, site, with, load{}) {
				f.withRests(r, k, [3]int32{mode, drop}, 2)
			}
		}
	}
}

// takes says whether the site where place k's trip ends has room for more.
func (f *finder) takes(r *route, k int, more load) bool {
	if more == (load{}) {
		return true
	}
	if r.drop[k] < 0 {
		return false
	}
	site := f.s.m.items[r.items[r.drop[k]]].id
	return f.s.used[site].plus(more).within(f.s.m.room[site])
}

// moved says whether there is room if a trip is cut at place k: here is left at
// site, and more comes to what is left at the end of the trip.
func (f *finder) moved(r *route, k, site int, here, more load) bool {
	at := f.s.used[site].plus(here)
	if r.drop[k] < 0 {
		return at.within(f.s.m.room[site])
	}
	end := int(f.s.m.items[r.items[r.drop[k]]].id)
	if end == site {
		return at.minus(r.board[k]).plus(more).within(f.s.m.room[site])
	}
	return at.within(f.s.m.room[site]) && f.s.used[end].minus(r.board[k]).plus(more).within(f.s.m.room[end])
}

// withRests tries items as they are, and with the unit's next break before, between
// and behind them.
func (f *finder) withRests(r *route, k int, seq [3]int32, n int) {
	f.try(r, k, seq, n, 0)
	f.rested(r, k, seq, n, func(with [3]int32) { f.try(r, k, with, n+1, 1) })
}

// rested gives the ways to take the unit's next break before, between and behind items
// at place k.
func (f *finder) rested(r *route, k int, seq [3]int32, n int, try func(with [3]int32)) {
	u := &f.s.m.units[r.unit]
	if r.rests == len(u.breaks) || n == 3 || f.restsAfter(r, k) {
		return
	}
	for _, rest := range u.breaks[r.rests] {
		for i := 0; i <= n; i++ {
			with := seq
			copy(with[i+1:], seq[i:n])
			with[i] = rest
			try(with)
		}
	}
}

// restsAfter says whether breaks come behind place k: the next cannot come before.
func (f *finder) restsAfter(r *route, k int) bool {
	return r.rests > 0 && slices.ContainsFunc(r.items[k:], func(i int32) bool { return f.s.m.items[i].kind == solve.Rest })
}

// try judges items at place k and keeps the spot if it is the best so far.
func (f *finder) try(r *route, k int, seq [3]int32, n, rests int) {
	c := course{now: r.depart[k], node: r.node[k]}
	for _, i := range seq[:n] {
		if !f.step(r, &c, i) {
			return
		}
	}
	if f.rest(r, &c, k, rests) {
		f.keep(r, &c, spot{unit: r.unit, place: k, seq: seq, n: n})
	}
}

// A course is how far a unit is along a changed route: ways are those from the first
// change on, less those of the route as it is once it goes on as before.
type course struct {
	now        int64
	node       int32
	late, ways int64
}

// step goes to an item and does it; false if that is too late, or an escort is with
// somebody else.
func (f *finder) step(r *route, c *course, i int32) bool {
	m := f.s.m
	x := &m.items[i]
	way, ok := m.units[r.unit].to(m.nodes, c.node, x.enter)
	at, slot, open := begin(x.windows, c.now+way)
	if !ok || !open || slot >= 0 && f.s.with[slot] >= 0 && f.s.with[slot] != int32(r.unit) {
		return false
	}
	c.late += max(0, at-x.due)
	c.ways += way
	c.now = at + x.service
	if x.leave != nowhere {
		c.node = x.leave
	}
	return true
}

// rest goes on from place k to the end of the route, with so many breaks more than it
// has: at once where that is known, else item by item. It is false if something there
// is too late, or an escort is with somebody else.
func (f *finder) rest(r *route, c *course, k, rests int) bool {
	m := f.s.m
	u := &m.units[r.unit]
	next, loose := u.end, false
	if k < len(r.items) {
		next = m.items[r.items[k]].enter
		loose = next == nowhere
	}
	limit := r.limit[k]
	if rests > 0 {
		limit = r.limitRest[k]
	}
	way, ok := u.to(m.nodes, c.node, next)
	arrive := c.now + way
	if !ok || !loose && arrive > limit {
		return false
	}
	if !loose && !m.escorted && r.single[k] && arrive <= r.soft[k] {
		old, _ := u.to(m.nodes, r.node[k], next)
		c.ways += way - old
		c.now = max(arrive+r.after[k], r.least[k])
		return true
	}
	for _, i := range r.items[k:] {
		if !f.step(r, c, i) {
			return false
		}
	}
	way, ok = u.to(m.nodes, c.node, u.end)
	c.now += way
	c.ways += way - r.waysFrom(m, k)
	return ok && c.now <= u.deadline(r.rests+rests)
}

// keep makes x the best spot if it is, by a course from its place on to the end.
func (f *finder) keep(r *route, c *course, x spot) {
	m := f.s.m
	x.cost = c.now - r.end + lateness(c.late-r.lateFrom[x.place]) + c.ways/wayShare
	switch {
	case m.p.Goal == solve.Balance:
		x.cost += longer(c.now-m.units[r.unit].open-f.longest, len(f.s.routes))
	case m.p.Goal == solve.Fewest && len(r.items) == 0:
		x.cost += unitWeight
	}
	if x.cost < f.best.cost {
		f.best = x
	}
}

// waysFrom is the time on the way from place k on.
func (r *route) waysFrom(m *model, k int) (sum int64) {
	u := &m.units[r.unit]
	for i := k; i < len(r.items); i++ {
		way, _ := u.to(m.nodes, r.node[i], m.items[r.items[i]].enter)
		sum += way
	}
	way, _ := u.to(m.nodes, r.node[len(r.items)], u.end)
	return sum + way
}
