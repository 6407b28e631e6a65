package ruin

// A node is a customer, or the depot where a trip begins or a route ends. It is
// one line of the processor's cache.
type node struct {
	next, prev int32
	route      int32 // -1 = it is in none
	trip       int32 // the depot node where its trip begins
	early      int32 // when service can begin at the earliest; of a depot: when the trip leaves
	late       int32 // when it may begin at the latest for the rest of the route to be in time
	load       int32 // of the trip, this node included
	onward     int32 // distance to next

	// With Reload: if the trip leaves at t, service begins at max(t+after,
	// least), and t may be no more than most. Of a depot node, least is when the
	// vehicle is there.
	after, least, most int32

	open, close, service, demand, release int32 // release of a depot node: of its trip
}

// A search is a set of routes that changes, and what one thread needs to change
// it. It may hold a part of the customers only.
//
// Nodes 1..n are customers, n+1+2r begins route r and n+2+2r ends it; after them
// come the depots between trips.
type search struct {
	p      *Problem
	shared *shared
	n      int32 // customers
	stride int
	nodes  []node
	load   []int32 // of a trip, by its depot node less n+1
	count  []int32 // customers of a route
	active []int32 // routes with customers
	place  []int32 // of a route in active; -1 = it is empty
	empty  []int32 // stack of empty routes
	depots []int32 // stack of depot nodes for more trips
	limit  int     // of active
	cost   int64
	absent []int32 // customers without a route; of pairs the first ones
	mine   []int32 // customers that this search may move

	random  rng
	blink   int // positions until the next is overlooked
	pending []pendingItem
	left    []int32 // customers that found no place, while recreating
	weight  []int32 // by customer: how often it found no place
	undo    journal
	ruined  []int32 // by route: the round in which it was ruined
	round   int32
	holes   []int32 // nodes behind which strings were taken out in this round
	chain   []int32 // of a route, while a string is chosen
}

// pendingItem is a customer to be put back, and what it is sorted by.
type pendingItem struct {
	key int64
	c   int32
}

// A journal is what takes a change back: the nodes of each changed route as they
// were.
type journal struct {
	routes []routeBefore
	nodes  []nodeBefore
	stamp  []int32 // by route: the round in which it was written down
	depots []int32 // depot nodes taken (id) and given back (-id)
	cost   int64
}

type routeBefore struct{ route, count int32 }

type nodeBefore struct {
	id, load int32
	node     node
}

func newSearch(sh *shared, seed uint64) *search {
	p := sh.p
	n := int32(len(p.Points) - 1)
	routes := n
	if p.Fleet > 0 {
		routes = min(n, int32(min(p.Fleet, int(n))))
	}
	extra := int32(0)
	if p.Reload {
		extra = n
	}
	s := &search{
		p: p, shared: sh, n: n, stride: int(n) + 1,
		nodes:  make([]node, 1+n+2*routes+extra),
		load:   make([]int32, 2*routes+extra),
		count:  make([]int32, routes),
		place:  make([]int32, routes),
		active: make([]int32, 0, routes),
		empty:  make([]int32, 0, routes),
		depots: make([]int32, 0, extra),
		absent: make([]int32, 0, n),
		mine:   make([]int32, 0, n),
		limit:  int(routes),
		random: newRNG(seed),
		weight: make([]int32, n+1),
		ruined: make([]int32, routes),
	}
	s.undo.stamp = make([]int32, routes)
	for c := range s.weight {
		s.weight[c] = 1
	}
	s.blinkAfter()
	for i := range s.nodes {
		nd := &s.nodes[i]
		nd.route = -1
		pt := &p.Points[0]
		if i <= int(n) {
			pt = &p.Points[i]
		}
		nd.open, nd.close, nd.service, nd.demand, nd.release = pt.Open, pt.Close, pt.Service, pt.Demand, pt.Release
		if i > int(n) {
			nd.service, nd.demand, nd.release = 0, 0, 0
		}
		if !p.Timed {
			nd.open, nd.close, nd.service = 0, MaxNumber, 0
		}
	}
	s.clear()
	return s
}

// clear empties all routes and forgets whose customers are whose.
func (s *search) clear() {
	s.active, s.empty, s.depots = s.active[:0], s.empty[:0], s.depots[:0]
	s.absent, s.mine = s.absent[:0], s.mine[:0]
	s.cost = 0
	for c := int32(1); c <= s.n; c++ {
		s.nodes[c].route = -1
	}
	for r := int32(len(s.count)) - 1; r >= 0; r-- {
		s.count[r], s.place[r] = 0, -1
		s.empty = append(s.empty, r)
		a, b := s.begin(r), s.end(r)
		s.nodes[a].next, s.nodes[a].prev, s.nodes[a].route, s.nodes[a].trip = b, -1, r, a
		s.nodes[b].next, s.nodes[b].prev, s.nodes[b].route, s.nodes[b].trip = -1, a, r, b
		s.nodes[a].onward, s.nodes[a].load, s.nodes[a].release = 0, 0, 0
		s.load[a-s.n-1] = 0
		s.refresh(r)
	}
	for i := int32(len(s.nodes)) - 1; i > s.n+2*int32(len(s.count)); i-- {
		s.nodes[i].route = -1
		s.depots = append(s.depots, i)
	}
}

func (s *search) begin(r int32) int32 { return s.n + 1 + 2*r }
func (s *search) end(r int32) int32   { return s.n + 2 + 2*r }

// at is the point where a node is.
func (s *search) at(i int32) int {
	if i > s.n {
		return 0
	}
	return int(i)
}

func (s *search) dist(i, j int32) int32 { return s.p.Dist[s.at(i)*s.stride+s.at(j)] }

// touch writes a route down before it is changed for the first time in a round.
func (s *search) touch(r int32) {
	u := &s.undo
	if u.stamp[r] == s.round {
		return
	}
	u.stamp[r] = s.round
	u.routes = append(u.routes, routeBefore{r, s.count[r]})
	for i := s.begin(r); i >= 0; i = s.nodes[i].next {
		load := int32(0)
		if i > s.n {
			load = s.load[i-s.n-1]
		}
		u.nodes = append(u.nodes, nodeBefore{i, load, s.nodes[i]})
	}
}

// start begins a round that takeBack can undo.
func (s *search) start() {
	s.round++
	u := &s.undo
	u.routes, u.nodes, u.depots, u.cost = u.routes[:0], u.nodes[:0], u.depots[:0], s.cost
}

// takeBack is how it was before start, but for the order of the lists of routes.
func (s *search) takeBack() {
	u := &s.undo
	for k := len(u.depots) - 1; k >= 0; k-- {
		if d := u.depots[k]; d > 0 {
			s.nodes[d].route = -1
			s.depots = append(s.depots, d)
		} else {
			s.depots = s.depots[:len(s.depots)-1]
		}
	}
	for k := range u.nodes {
		b := &u.nodes[k]
		s.nodes[b.id] = b.node
		if b.id > s.n {
			s.load[b.id-s.n-1] = b.load
		}
	}
	for _, b := range u.routes {
		s.setCount(b.route, b.count)
	}
	for _, c := range s.absent {
		s.nodes[c].route = -1
		if s.p.Paired {
			s.nodes[s.p.Points[c].Partner].route = -1
		}
	}
	s.cost = u.cost
}

// setCount keeps the lists of routes with and without customers.
func (s *search) setCount(r, count int32) {
	s.count[r] = count
	if count > 0 && s.place[r] < 0 {
		// The route may be anywhere in the stack of empty ones, mostly on top.
		k := len(s.empty) - 1
		for s.empty[k] != r {
			k--
		}
		s.empty[k] = s.empty[len(s.empty)-1]
		s.empty = s.empty[:len(s.empty)-1]
		s.place[r] = int32(len(s.active))
		s.active = append(s.active, r)
	}
	if count == 0 && s.place[r] >= 0 {
		last := s.active[len(s.active)-1]
		s.active[s.place[r]], s.place[last] = last, s.place[r]
		s.active = s.active[:len(s.active)-1]
		s.place[r] = -1
		s.empty = append(s.empty, r)
	}
}

// link puts node i after node at. Times are wrong until refresh.
func (s *search) link(i, at int32) {
	a := &s.nodes[at]
	x := &s.nodes[i]
	b := a.next
	x.prev, x.next, x.route, x.trip = at, b, a.route, a.trip
	a.next, s.nodes[b].prev = i, i
	before := a.onward
	a.onward, x.onward = s.dist(at, i), s.dist(i, b)
	s.cost += int64(a.onward) + int64(x.onward) - int64(before)
}

// unlink takes node i out of its route. Times are wrong until refresh.
func (s *search) unlink(i int32) {
	x := &s.nodes[i]
	a := &s.nodes[x.prev]
	b := x.next
	a.next, s.nodes[b].prev = b, x.prev
	before := int64(a.onward) + int64(x.onward)
	a.onward = s.dist(x.prev, b)
	s.cost += int64(a.onward) - before
	x.route = -1
}

// put inserts customer c after node at.
func (s *search) put(c, at int32) {
	r := s.nodes[at].route
	s.touch(r)
	s.link(c, at)
	s.load[s.nodes[c].trip-s.n-1] += s.nodes[c].demand
	s.setCount(r, s.count[r]+1)
}

// out removes customer c from its route.
func (s *search) out(c int32) {
	r := s.nodes[c].route
	s.touch(r)
	s.load[s.nodes[c].trip-s.n-1] -= s.nodes[c].demand
	s.unlink(c)
	s.setCount(r, s.count[r]-1)
}

// reload puts a depot node after node at: a new trip begins there.
func (s *search) reload(at int32) bool {
	if len(s.depots) == 0 {
		return false
	}
	d := s.depots[len(s.depots)-1]
	s.depots = s.depots[:len(s.depots)-1]
	s.undo.depots = append(s.undo.depots, d)
	s.touch(s.nodes[at].route)
	s.link(d, at)
	s.nodes[d].trip = d
	return true
}

// stay takes depot node d out: two trips become one.
func (s *search) stay(d int32) {
	s.touch(s.nodes[d].route)
	s.unlink(d)
	s.undo.depots = append(s.undo.depots, -d)
	s.depots = append(s.depots, d)
}

// refresh works out what is kept at the nodes of a route.
func (s *search) refresh(r int32) {
	switch {
	case s.p.Reload:
		s.refreshTrips(r)
	case s.p.Timed || s.p.Paired:
		s.refreshTimes(r)
	}
}

func (s *search) refreshTimes(r int32) {
	i := s.begin(r)
	x := &s.nodes[i]
	x.early, x.load = x.open, 0
	t, load := x.early+x.onward, int32(0)
	for i = x.next; ; i = x.next {
		x = &s.nodes[i]
		t = max(t, x.open)
		load += x.demand
		x.early, x.load = t, load
		if x.next < 0 {
			break
		}
		t += x.service + x.onward
	}
	late := x.close
	x.late = late
	for i = x.prev; i >= 0; i = x.prev {
		x = &s.nodes[i]
		late = min(x.close, late-x.onward-x.service)
		x.late = late
	}
}

// refreshTrips does the same for a route of several trips, whose loads and
// releases it adds up anew.
func (s *search) refreshTrips(r int32) {
	begin := s.begin(r)
	for d := begin; s.nodes[d].next >= 0; { // each trip: its load and release
		load, release := int32(0), int32(0)
		i := s.nodes[d].next
		for ; i <= s.n; i = s.nodes[i].next {
			x := &s.nodes[i]
			load += x.demand
			release = max(release, x.release)
			x.trip, x.load = d, load
		}
		s.load[d-s.n-1] = load
		s.nodes[d].release = release
		d = i
	}
	x := &s.nodes[begin]
	x.load, x.least, x.after = 0, x.open, 0
	x.early = max(x.open, x.release)
	leave, after, least, most := x.early, x.onward, int32(0), int32(MaxNumber)
	t := x.early + x.onward
	for i := x.next; ; i = x.next {
		x = &s.nodes[i]
		if i > s.n { // back at the depot
			x.least = t
			x.early = max(t, x.release)
			x.load, x.after = 0, 0
			if x.next < 0 {
				break
			}
			leave, after, least, most = x.early, x.onward, 0, MaxNumber
			t = x.early + x.onward
			continue
		}
		least = max(least, x.open)
		most = min(most, x.close-after)
		x.after, x.least, x.most = after, least, most
		x.early = max(leave+after, least)
		after += x.service + x.onward
		least += x.service + x.onward
		t = x.early + x.service + x.onward
	}
	late := x.close
	x.late = late
	for i := x.prev; i >= 0; i = x.prev {
		x = &s.nodes[i]
		late = min(x.close, late-x.onward-x.service)
		x.late = late
	}
}
