package arc

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A crew is the search for a Team's walks: string removals as in search, with
// streets that may stay undone, and each put back only into walks that pass near it,
// which keeps walks in one piece.
type crew struct {
	t    *table
	team *Team
	rnd  *source

	limit []int32 // by walk: the walker's, or what the start takes if that is more

	now, best crewPlan

	pending []int32
	touched []int32 // walks changed in this round
	old     []tour  // as they were, by place in touched
	spare   [][]stop
	kept    []int32 // undone before the round
	count   []int32 // by class, before the round
	keys    []int64
	asked   []int32 // by walk: the task it was last asked for
	balance float64
}

// A crewPlan has a tour for each walker.
type crewPlan struct {
	tours  []tour
	where  []int32 // tour by task, -1 = undone
	absent []int32
	undone []int32 // by class
	sum    float64 // of all tours
	weight float64
}

// Settings of the search, beside those of search.
const (
	beside    = 10 // so many of the nearest streets say whose walk a street may join
	everybody = 32 // in one of so many cases all walks are asked
	again     = 20 // so many of the undone are tried in a round
)

func newCrew(t *table, m *Team, start [][]Arc, seed uint64) (*crew, error) {
	c := &crew{t: t, team: m, rnd: newSource(seed), keys: make([]int64, len(t.tasks)), asked: make([]int32, len(m.Walkers))}
	p := &c.now
	p.where = make([]int32, len(t.tasks))
	p.undone = make([]int32, MaxClasses)
	for i := range p.where {
		p.where[i] = -1
	}
	for i, w := range m.Walkers {
		end := int32(w.End)
		if w.End == Anywhere {
			end = int32(m.Vertices)
		}
		r := tour{stops: []stop{{task: -1, a: int32(w.Start), b: int32(w.Start)}}}
		if i < len(start) {
			for _, a := range start[i] {
				if a.Edge < 0 || a.Edge >= len(t.tasks) || p.where[a.Edge] >= 0 {
					return nil, fmt.Errorf("%w: the start of walk %d has street %d twice, or there is none", ErrProblem, i, a.Edge)
				}
				if k := len(r.stops) - 1; m.Ordered && k > 0 && m.Streets[r.stops[k].task].Class > m.Streets[a.Edge].Class {
					return nil, fmt.Errorf("%w: the start of walk %d is not in the order of the classes at street %d", ErrProblem, i, a.Edge)
				}
				p.where[a.Edge] = int32(i)
				r.stops = append(r.stops, t.stop(int32(a.Edge)))
			}
		}
		r.stops = append(r.stops, stop{task: -1, a: end, b: end})
		t.reckon(&r, 1, len(r.stops)-2)
		c.limit = append(c.limit, int32(max(0, min(w.Limit, blocked-1))))
		if len(r.stops) > 2 {
			c.limit[i] = max(c.limit[i], r.length)
		}
		p.tours = append(p.tours, r)
	}
	for x, in := range p.where {
		if in < 0 {
			p.absent = append(p.absent, int32(x))
			p.undone[m.Streets[x].Class]++
		}
	}
	c.judge()
	c.best = c.now.clone()
	return c, nil
}

func (p *crewPlan) clone() crewPlan {
	q := *p
	q.tours = make([]tour, len(p.tours))
	for i, r := range p.tours {
		q.tours[i] = r
		q.tours[i].stops = slices.Clone(r.stops)
	}
	q.where, q.absent, q.undone = slices.Clone(p.where), slices.Clone(p.absent), slices.Clone(p.undone)
	return q
}

// judge weighs the plan as it is now, but for what is undone.
func (c *crew) judge() {
	longest := 0.0
	c.now.sum = 0
	for i := range c.now.tours {
		r := &c.now.tours[i]
		if len(r.stops) > 2 {
			c.now.sum += float64(r.length)
			longest = max(longest, float64(r.length))
		}
	}
	c.now.weight = c.now.sum
	if c.team.Even {
		c.now.weight += longest * float64(len(c.now.tours))
	}
}

// within says whether the tours of this round keep their limits: what is left of one
// may take longer where ways are shorter in pieces.
func (c *crew) within() bool {
	for _, i := range c.touched {
		if r := &c.now.tours[i]; len(r.stops) > 2 && r.length > c.limit[i] {
			return false
		}
	}
	return true
}

// compare is under 0 if p is better.
func (p *crewPlan) compare(q *crewPlan) int {
	return cmp.Or(slices.Compare(p.undone, q.undone), cmp.Compare(p.weight, q.weight))
}

// score orders plans as compare does, as far as one number can.
func (c *crew) score() float64 {
	s := c.best.weight
	big := 1e10
	for k := MaxClasses - 1; k >= 0; k-- {
		if c.best.undone[k] > 0 {
			s += big * float64(c.best.undone[k])
		}
		big = min(big*4, 1e40)
	}
	return s
}

func (c *crew) total() int64 { return int64(c.best.sum) }

func (c *crew) adopt(other island) {
	o := other.(*crew)
	c.now, c.best = o.best.clone(), o.best.clone()
}

func (c *crew) arcs() [][]Arc {
	all := make([][]Arc, len(c.best.tours))
	for i := range c.best.tours {
		all[i] = c.t.arcs(&c.best.tours[i])
	}
	return all
}

// round tries one change.
func (c *crew) round(heat float64) {
	p := &c.now
	c.kept = append(c.kept[:0], p.absent...)
	c.count = append(c.count[:0], p.undone...)
	sum, weight := p.sum, p.weight
	c.ruin()
	c.recreate()
	c.judge()
	order := slices.Compare(p.undone, c.count)
	if !c.within() {
		order = 1
	}
	if order < 0 || order == 0 && p.weight < weight-heat*math.Log(1-c.rnd.float()) {
		for i := range c.old {
			c.spare = append(c.spare, c.old[i].stops)
		}
		c.touched, c.old = c.touched[:0], c.old[:0]
		if p.compare(&c.best) < 0 {
			c.best = p.clone()
		}
		return
	}
	for k, i := range c.touched {
		c.spare = append(c.spare, p.tours[i].stops)
		p.tours[i] = c.old[k]
	}
	for _, x := range c.kept {
		p.where[x] = -1
	}
	for k, i := range c.touched {
		for _, q := range c.old[k].stops {
			if q.task >= 0 {
				p.where[q.task] = i
			}
		}
	}
	p.absent = append(p.absent[:0], c.kept...)
	copy(p.undone, c.count)
	p.sum, p.weight = sum, weight
	c.touched, c.old = c.touched[:0], c.old[:0]
}

// change keeps a tour as it is before it is changed first in a round.
func (c *crew) change(i int32) *tour {
	r := &c.now.tours[i]
	if slices.Contains(c.touched, i) {
		return r
	}
	c.touched = append(c.touched, i)
	kept := *r
	var room []stop
	if k := len(c.spare); k > 0 {
		room, c.spare = c.spare[k-1][:0], c.spare[:k-1]
	}
	c.old = append(c.old, kept)
	r.stops = append(room, kept.stops...)
	return r
}

// ruin takes strings of streets out of walks, all near one street.
func (c *crew) ruin() {
	n := len(c.t.tasks)
	strings := 1 + c.rnd.intn(3)
	seed := int32(c.rnd.intn(n))
	taken := 0
	if c.now.where[seed] >= 0 {
		c.take(seed)
		taken++
	}
	once := strings <= len(c.now.tours) && c.rnd.intn(2) == 0
	for _, x := range c.t.near[seed] {
		if taken >= strings {
			return
		}
		i := c.now.where[x]
		if i < 0 || once && slices.Contains(c.touched, i) {
			continue
		}
		c.take(x)
		taken++
	}
}

// take takes a string that holds task x out of its tour.
func (c *crew) take(x int32) {
	i := c.now.where[x]
	r := c.change(i)
	n := len(r.stops) - 2
	at := 1
	for r.stops[at].task != x {
		at++
	}
	length := min(n, 1+c.rnd.intn(longestString))
	low, high := max(1, at-length+1), min(at, n-length+1)
	from := low + c.rnd.intn(high-low+1)
	for _, q := range r.stops[from : from+length] {
		c.now.where[q.task] = -1
		c.pending = append(c.pending, q.task)
	}
	r.stops = append(r.stops[:from], r.stops[from+length:]...)
	c.t.reckon(r, from, from-1)
}

// recreate puts streets back, each where it costs least; those that nobody has time
// for are undone.
func (c *crew) recreate() {
	p := &c.now
	if k := len(p.absent); k > 0 {
		c.shuffle(p.absent)
		few := min(k, again)
		for _, x := range p.absent[k-few:] {
			p.undone[c.team.Streets[x].Class]--
			c.pending = append(c.pending, x)
		}
		p.absent = p.absent[:k-few]
	}
	c.sort()
	c.balance = 0
	if c.team.Even && c.rnd.float() < 0.7 {
		c.balance = c.rnd.float()
	}
	for _, x := range c.pending {
		c.place(x)
	}
	c.pending = c.pending[:0]
}

func (c *crew) shuffle(list []int32) {
	for i := len(list) - 1; i > 0; i-- {
		k := c.rnd.intn(i + 1)
		list[i], list[k] = list[k], list[i]
	}
}

func (c *crew) place(x int32) {
	p := &c.now
	longest := int32(0)
	for i := range p.tours {
		longest = max(longest, p.tours[i].length)
		c.asked[i] = -1
	}
	best, at, least := int32(-1), 0, math.Inf(1)
	ask := func(i int32) {
		if c.asked[i] == x {
			return
		}
		c.asked[i] = x
		r := &p.tours[i]
		k, more := 0, int32(0)
		if c.team.Ordered {
			k, more = c.cheapestInTurn(r, x)
		} else {
			k, more = c.t.cheapest(r, x, c.rnd)
		}
		if k == 0 || r.length+more > c.limit[i] || more >= blocked {
			return
		}
		cost := float64(more)
		if c.team.Even {
			cost += c.balance*float64(r.length+more) + float64(max(0, r.length+more-longest))
		}
		if cost < least {
			best, at, least = i, k, cost
		}
	}
	near := 0
	for _, y := range c.t.near[x] {
		if i := p.where[y]; i >= 0 {
			ask(i)
			if near++; near == beside {
				break
			}
		}
	}
	for i := range p.tours {
		if len(p.tours[i].stops) == 2 {
			ask(int32(i))
		}
	}
	if best < 0 || c.rnd.intn(everybody) == 0 {
		for i := range p.tours {
			ask(int32(i))
		}
	}
	if best < 0 {
		p.absent = append(p.absent, x)
		p.undone[c.team.Streets[x].Class]++
		return
	}
	c.t.insert(c.change(best), x, at)
	p.where[x] = best
}

// sort chooses the order in which streets are put back, important ones first.
func (c *crew) sort() {
	c.shuffle(c.pending)
	first := c.t.tasks[c.pending[0]].a
	from := c.t.dist.row(int(first))
	var key func(x int32) int64
	switch c.rnd.intn(6) {
	case 0, 1:
		key = func(x int32) int64 { s := &c.t.tasks[x]; return -int64(min(s.cost[0], s.cost[1])) }
	case 2:
		key = func(x int32) int64 { return int64(from[c.t.tasks[x].a]) }
	default:
		key = func(int32) int64 { return 0 }
	}
	for _, x := range c.pending {
		c.keys[x] = key(x)
	}
	slices.SortStableFunc(c.pending, func(x, y int32) int {
		return cmp.Or(cmp.Compare(c.team.Streets[x].Class, c.team.Streets[y].Class), cmp.Compare(c.keys[x], c.keys[y]))
	})
}
