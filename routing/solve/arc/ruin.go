package arc

import (
	"cmp"
	"math"
	"slices"
)

// A search improves routes by slack induction by string removals (Christiaens and
// Vanden Berghe, Transportation Science 54, 2020): parts of routes that lie near
// each other are taken out, what was taken is put back where it costs least, and
// the result is kept by the rule of simulated annealing. That a place is judged
// with the direction of every task of the route chosen anew (tour) makes it a
// search over sets and orders alone.
type search struct {
	t   *table
	rnd *source

	now  plan
	best plan

	absent  []int32
	touched []int32 // tours changed in this round
	old     []tour  // as they were, by place in touched
	spare   [][]stop
	keys    []int64   // by task, scratch
	scratch [2][]stop // of cross
	began   bool      // there is a plan that rounds start from
	stuck   bool      // a task found no room this round

	// Plans may exceed capacities a little on the way, at a price.
	slack  int64   // by how much at most a tour may
	price  float64 // of one unit
	over   int64   // by how much all do now
	loaded int     // rounds that began with some, since the price was set
	rounds int

	balance float64 // how much a longer tour counts when a task is placed, this round
}

// A plan is a set of tours; the empty ones among them stay home.
type plan struct {
	tours []tour
	where []int32 // tour by task, -1 = none
	score float64
}

// Settings of the search, from the paper but for the number of tasks taken out of
// small problems.
const (
	longestString = 10
	averageRuin   = 10
	splitRate     = 0.5
	splitMore     = 0.01 // the rate at which the part that stays grows by one task
)

// weighed is after how many rounds the price of overload is set anew.
const weighed = 128

// aLittle of the sum of all tours counts beside the longest, so that the others
// are short too.
const aLittle = 0.02

// newSearch begins with the tasks of a single tour in the given order; without one
// each is put where it costs least.
func newSearch(t *table, order []int32, seed uint64) *search {
	s := &search{t: t, rnd: newSource(seed), keys: make([]int64, len(t.tasks))}
	s.now.where = make([]int32, len(t.tasks))
	for i := range s.now.where {
		s.now.where[i] = -1
		s.absent = append(s.absent, int32(i))
	}
	tours := 1
	if t.p.Longest {
		tours = t.p.Vehicles
	}
	for range tours {
		s.now.tours = append(s.now.tours, t.empty())
	}
	for _, x := range order {
		r := &s.now.tours[0]
		r.stops = slices.Insert(r.stops, len(r.stops)-1, t.stop(x))
		s.now.where[x] = 0
	}
	if len(order) > 0 {
		r := &s.now.tours[0]
		t.reckon(r, 1, len(r.stops)-2)
		s.absent = s.absent[:0]
	}
	s.recreate()
	s.settle()
	s.now.score = s.judge()
	s.best = s.now.clone()
	s.began = true
	if t.p.Capacity > 0 && s.best.score > 0 {
		var demand int64
		for _, x := range t.tasks {
			demand = max(demand, x.demand)
		}
		s.slack = demand
		s.price = 4 * s.best.score / float64(1+demand) / float64(len(t.tasks))
	}
	return s
}

func (p *plan) clone() plan {
	c := plan{tours: make([]tour, len(p.tours)), where: slices.Clone(p.where), score: p.score}
	for i, r := range p.tours {
		c.tours[i] = r
		c.tours[i].stops = slices.Clone(r.stops)
	}
	return c
}

func (s *search) score() float64 { return s.best.score }

func (s *search) total() int64 {
	var sum, longest int64
	for i := range s.best.tours {
		l := int64(s.best.tours[i].length)
		sum += l
		longest = max(longest, l)
	}
	if s.t.p.Longest {
		return longest
	}
	return sum
}

func (s *search) arcs() [][]Arc { return s.t.routes(s.best.tours) }

func (s *search) adopt(other island) {
	o := other.(*search)
	s.now, s.best = o.best.clone(), o.best.clone()
	s.over = 0
}

// judge is the score of the plan as it is now.
func (s *search) judge() float64 {
	s.over = 0
	var sum, longest float64
	used := 0
	for i := range s.now.tours {
		r := &s.now.tours[i]
		if len(r.stops) > 2 {
			used++
		}
		sum += float64(r.length)
		if s.t.p.Capacity > 0 && r.load > s.t.p.Capacity {
			s.over += r.load - s.t.p.Capacity
		}
		longest = max(longest, float64(r.length))
	}
	if s.t.p.Longest {
		return longest + aLittle*sum
	}
	if v := s.t.p.Vehicles; v > 0 && used > v {
		sum *= 1 + float64(used-v) // a route more than there are vehicles is worth no saving
	}
	return sum + s.price*float64(s.over)
}

// weigh sets the price of overload anew, such that some of the plans that are kept
// have some and some none.
func (s *search) weigh() {
	switch {
	case s.loaded*2 > weighed:
		s.price *= 1.1
	case s.loaded*4 < weighed:
		s.price /= 1.1
	}
	s.loaded = 0
	s.now.score = s.judge()
}

// round tries one change. heat is the temperature.
func (s *search) round(heat float64) {
	if len(s.t.tasks) == 0 {
		return
	}
	if s.slack > 0 {
		if s.over > 0 {
			s.loaded++
		}
		if s.rounds++; s.rounds%weighed == 0 {
			s.weigh()
		}
	}
	kept := s.over
	s.ruin()
	s.recreate()
	if s.stuck {
		s.stuck = false
		s.undo()
		return
	}
	s.cross()
	score := s.judge()
	if score < s.now.score-heat*math.Log(1-s.rnd.float()) {
		s.now.score = score
		s.settle()
		if s.over == 0 && score < s.best.score-1e-9 {
			s.best = s.now.clone()
		}
		return
	}
	s.over = kept
	s.undo()
}

// change keeps a tour as it is before it is changed first in a round.
func (s *search) change(i int32) *tour {
	r := &s.now.tours[i]
	if slices.Contains(s.touched, i) {
		return r
	}
	s.touched = append(s.touched, i)
	kept := *r
	var room []stop
	if k := len(s.spare); k > 0 {
		room, s.spare = s.spare[k-1][:0], s.spare[:k-1]
	}
	s.old = append(s.old, kept)
	r.stops = append(room, kept.stops...)
	return r
}

// settle ends a round whose changes are kept.
func (s *search) settle() {
	for i := range s.old {
		s.spare = append(s.spare, s.old[i].stops)
	}
	s.touched, s.old = s.touched[:0], s.old[:0]
}

// undo ends a round whose changes are not.
func (s *search) undo() {
	for k, i := range s.touched {
		s.spare = append(s.spare, s.now.tours[i].stops)
		s.now.tours[i] = s.old[k]
		for _, q := range s.old[k].stops {
			if q.task >= 0 {
				s.now.where[q.task] = i
			}
		}
	}
	s.touched, s.old = s.touched[:0], s.old[:0]
}

// ruin takes strings of tasks out of tours, all near one task.
func (s *search) ruin() {
	n := len(s.t.tasks)
	used := 0
	for i := range s.now.tours {
		if len(s.now.tours[i].stops) > 2 {
			used++
		}
	}
	average := min(averageRuin, max(2, float64(n)*0.4))
	most := min(longestString, max(1, float64(n)/float64(used)))
	strings := 1 + int(s.rnd.float()*max(1, 4*average/(1+most)-1))
	once := used > strings // a tour gives one string only
	seed := int32(s.rnd.intn(n))
	s.take(seed, most)
	taken := 1
	for _, x := range s.t.near[seed] {
		if taken >= strings {
			break
		}
		i := s.now.where[x]
		if i < 0 || once && slices.Contains(s.touched, i) {
			continue
		}
		s.take(x, most)
		taken++
	}
}

// take takes a string that holds task x out of its tour; some times with a part in
// its midst that stays.
func (s *search) take(x int32, most float64) {
	i := s.now.where[x]
	r := s.change(i)
	n := len(r.stops) - 2
	at := 1
	for r.stops[at].task != x {
		at++
	}
	length := 1 + int(s.rnd.float()*min(float64(n), most))
	length = min(length, n)
	keep := 0
	if length > 1 && length < n && s.rnd.float() < splitRate {
		for keep = 1; length+keep < n && s.rnd.float() < splitMore; {
			keep++
		}
	}
	whole := length + keep
	low := max(1, at-whole+1)
	high := min(at, n-whole+1)
	from := low + s.rnd.intn(high-low+1)
	hole := from + whole // where the part that stays begins
	if keep > 0 {
		hole = from + 1 + s.rnd.intn(length)
	}
	to := from
	for k := from; k < len(r.stops); k++ {
		q := r.stops[k]
		if k < from+whole && (k < hole || k >= hole+keep) {
			s.now.where[q.task] = -1
			s.absent = append(s.absent, q.task)
			r.load -= s.t.tasks[q.task].demand
			continue
		}
		r.stops[to] = q
		to++
	}
	r.stops = r.stops[:to]
	s.t.reckon(r, from, to-1)
}

// recreate puts all absent tasks back, one after the other, each where it costs
// least.
func (s *search) recreate() {
	s.sortAbsent()
	s.balance = 0
	if s.t.p.Longest && s.rnd.float() < 0.7 {
		s.balance = s.rnd.float()
	}
	for _, x := range s.absent {
		if s.place(x); s.stuck {
			break
		}
	}
	s.absent = s.absent[:0]
}

func (s *search) place(x int32) {
	p := s.t.p
	demand := s.t.tasks[x].demand
	best, at, least := -1, 0, math.Inf(1)
	fresh := false
	longest := int32(0)
	if p.Longest {
		for i := range s.now.tours {
			longest = max(longest, s.now.tours[i].length)
		}
	}
	for i := range s.now.tours {
		r := &s.now.tours[i]
		over := int64(0)
		if p.Capacity > 0 {
			if over = max(0, r.load+demand-p.Capacity); over > s.slack {
				continue
			}
			over -= max(0, r.load-p.Capacity)
		}
		if len(r.stops) == 2 {
			if fresh {
				continue // one empty tour is like another
			}
			fresh = true
		}
		k, more := s.t.cheapest(r, x, s.rnd)
		if k == 0 {
			continue // it blinked at all places
		}
		cost := float64(more) + s.price*float64(over)
		if p.Longest {
			cost += s.balance*float64(r.length+more) + float64(max(0, r.length+more-longest))
		}
		if cost < least {
			best, at, least = i, k, cost
		}
	}
	if best < 0 && s.began && !s.mayOpen() {
		s.stuck = true
		return
	}
	if best < 0 || !fresh && !p.Longest && p.Capacity > 0 && s.mayOpen() && s.alone(x) < least {
		best, at = s.open(), 1
	}
	s.t.insert(s.change(int32(best)), x, at)
	s.now.where[x] = int32(best)
}

// mayOpen says whether there is a vehicle more.
func (s *search) mayOpen() bool { return s.t.p.Vehicles == 0 || len(s.now.tours) < s.t.p.Vehicles }

// alone is the length of a tour of one task.
func (s *search) alone(x int32) float64 {
	c := &s.t.tasks[x]
	out, back := s.t.dist.row(int(s.t.home)), s.t.back.row(int(s.t.home))
	return float64(min(out[c.a]+c.cost[0]+back[c.b], out[c.b]+c.cost[1]+back[c.a]))
}

// open finds an empty tour, or one that blinked when there is but one.
func (s *search) open() int {
	if s.t.p.Capacity == 0 {
		return 0
	}
	for i := range s.now.tours {
		if len(s.now.tours[i].stops) == 2 {
			return i
		}
	}
	s.now.tours = append(s.now.tours, s.t.empty())
	return len(s.now.tours) - 1
}

// sortAbsent chooses the order in which tasks are put back.
func (s *search) sortAbsent() {
	for i := len(s.absent) - 1; i > 0; i-- {
		k := s.rnd.intn(i + 1)
		s.absent[i], s.absent[k] = s.absent[k], s.absent[i]
	}
	home := s.t.dist.row(int(s.t.home))
	var key func(c *task) int64
	switch s.rnd.intn(11) {
	case 0, 1, 2, 3:
		return
	case 4, 5, 6, 7:
		key = func(c *task) int64 { return -c.demand }
		if s.t.p.Capacity == 0 {
			key = func(c *task) int64 { return -int64(c.cost[0] + c.cost[1]) }
		}
	case 8, 9:
		key = func(c *task) int64 { return -int64(min(home[c.a], home[c.b])) }
	default:
		key = func(c *task) int64 { return int64(min(home[c.a], home[c.b])) }
	}
	for _, x := range s.absent {
		s.keys[x] = key(&s.t.tasks[x])
	}
	slices.SortStableFunc(s.absent, func(x, y int32) int { return cmp.Compare(s.keys[x], s.keys[y]) })
}
