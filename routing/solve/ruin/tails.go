package ruin

// cutShare is how often a route is cut in two where windows count: more routes are then
// often shorter, and customers that get one for themselves open one too rarely. Loads
// alone want as few routes as they fill.
const cutShare = 1.0 / 50

// tailsFrom is from how many customers a route on average ends are exchanged: strings
// reach all of a shorter end, and on X-n420-k130 and X-n536-k96, with 3 and 6 a route,
// exchanging them made answers worse (0.36 -> 0.49 and 0.99 -> 1.18 %).
const tailsFrom = 8

// exchangeTails joins routes that lost strings in this round crosswise where that is
// shorter: the begin of the one with the end of the other (2-opt*). Strings alone move
// a long end piece by piece, each of which must find room on the way. Now and then one
// of the routes is cut in two instead, whatever that costs.
func (s *search) exchangeTails() {
	if len(s.mine) < tailsFrom*len(s.active) {
		return
	}
	mayCut := s.p.Timed && !s.p.Fewest && len(s.holes) > 0 && len(s.active) < s.limit && len(s.empty) > 0
	if mayCut && s.random.unit() < cutShare {
		if a := s.holes[s.random.below(int32(len(s.holes)))]; s.nodes[a].route >= 0 {
			s.tryTails(a, s.begin(s.empty[len(s.empty)-1]))
		}
		return
	}
	for k, a := range s.holes {
		for _, b := range s.holes[k+1:] {
			x, y := &s.nodes[a], &s.nodes[b]
			if x.route >= 0 && y.route >= 0 && s.dist(a, y.next)+s.dist(b, x.next) < x.onward+y.onward {
				s.tryTails(a, b)
			}
		}
	}
}

// tryTails exchanges what follows a and b, nodes of two routes, where the rules allow
// it. The numbers of both routes must be fresh, and are afterwards, too.
func (s *search) tryTails(a, b int32) {
	r, q := s.nodes[a].route, s.nodes[b].route
	if s.p.Paired && s.nodes[a].load+s.nodes[b].load > 0 {
		return // pairs would be torn
	}
	if s.p.Timed && !s.p.Reload && !(s.inTime(a, b) && s.inTime(b, a)) {
		return
	}
	s.touch(r)
	s.touch(q)
	s.swapTails(a, b)
	if !s.keeps(r) || !s.keeps(q) {
		s.swapTails(a, b)
		return
	}
	if s.p.Reload {
		s.fewerTrips(r)
		s.fewerTrips(q)
	}
}

// inTime says whether what follows b can be reached from a. With several trips that
// would not do: who joins a trip may have it leave later.
func (s *search) inTime(a, b int32) bool {
	x, next := &s.nodes[a], s.nodes[b].next
	return x.early+x.service+s.dist(a, next) <= s.nodes[next].late
}

// keeps says whether route r, of which an end is another's, keeps the loads, and with
// several trips the times.
func (s *search) keeps(r int32) bool {
	if !s.p.Reload {
		return s.p.Paired || s.load[s.begin(r)-s.n-1] <= s.p.Capacity
	}
	for i := s.begin(r); i >= 0; i = s.nodes[i].next {
		if x := &s.nodes[i]; x.early > x.late || x.load > s.p.Capacity {
			return false
		}
	}
	return true
}

// swapTails exchanges what follows a and b, nodes of two routes. Doing it again takes
// it back.
func (s *search) swapTails(a, b int32) {
	r, q := s.nodes[a].route, s.nodes[b].route
	s.cost -= int64(s.nodes[a].onward) + int64(s.nodes[b].onward)
	tailA, tailB := s.handOver(a, q), s.handOver(b, r)
	s.hang(a, tailB)
	s.hang(b, tailA)
	s.cost += int64(s.nodes[a].onward) + int64(s.nodes[b].onward)
	s.load[s.begin(r)-s.n-1] += tailB.load - tailA.load
	s.load[s.begin(q)-s.n-1] += tailA.load - tailB.load
	countR, countQ := s.count[r]+tailB.count-tailA.count, s.count[q]+tailA.count-tailB.count
	s.setCount(r, countR)
	s.setCount(q, countQ)
	s.refresh(r)
	s.refresh(q)
}

// A tail is what comes behind a node, but for the end of the route.
type tail struct {
	first, last int32 // 0 = there is none
	count, load int32
}

// handOver makes what follows node a route q's.
func (s *search) handOver(a, q int32) (t tail) {
	for i := s.nodes[a].next; s.nodes[i].next >= 0; i = s.nodes[i].next {
		if t.first == 0 {
			t.first = i
		}
		t.last = i
		x := &s.nodes[i]
		x.route = q
		if i <= s.n {
			x.trip = s.begin(q) // with several trips refresh knows better
			t.count++
			t.load += x.demand
		}
	}
	return t
}

// hang puts a tail between node a and the end of its route.
func (s *search) hang(a int32, t tail) {
	end := s.end(s.nodes[a].route)
	if t.first == 0 {
		t.first, t.last = end, a
	}
	s.nodes[a].next, s.nodes[t.first].prev = t.first, a
	s.nodes[t.last].next, s.nodes[end].prev = end, t.last
	s.nodes[a].onward = s.dist(a, t.first)
}
