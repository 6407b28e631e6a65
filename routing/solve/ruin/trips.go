package ruin

// tryTrips tries customer c after node i: in the trip as it is, as the first of a
// new trip that takes what follows, and as the last of its trip, what follows
// becoming another.
//
// Who joins a trip may delay when it leaves. What that does to the times before i
// is known from after, least and most; when a trip is cut in two, both are taken
// to leave no earlier than the release of the whole, which may refuse a good place
// but never takes a wrong one.
func (s *search) tryTrips(c, i int32, best *spot) {
	x, own := &s.nodes[i], &s.nodes[c]
	j := x.next
	y := &s.nodes[j]
	di, dj := s.dist(i, c), s.dist(c, j)
	if di+dj-x.onward >= best.extra {
		return // a trip more is no shorter: the depot is a way round
	}
	trip := x.trip
	load := s.load[trip-s.n-1]
	leave := &s.nodes[trip]
	first, last := i > s.n, j > s.n

	// When the vehicle is at i if c is in the trip.
	at := x.early
	possible := true
	if own.release > leave.early {
		if first {
			at = own.release
			possible = at <= x.late
		} else {
			at = max(own.release+x.after, x.least)
			possible = own.release <= x.most
		}
	}
	if possible {
		t := max(at+x.service+di, own.open)
		if t <= own.close {
			if extra := di + dj - x.onward; extra < best.extra && load+own.demand <= s.p.Capacity &&
				t+own.service+dj <= y.late && !s.overlook() {
				*best = spot{after: i, extra: extra}
			}
		}
		if !last { // c, depot, j
			d0, dj := s.p.Dist[c], s.p.Dist[j]
			if first {
				at = max(x.least, own.release)
				t = max(at+di, own.open)
			}
			if extra := di + d0 + dj - x.onward; extra < best.extra && x.load+own.demand <= s.p.Capacity && t <= own.close &&
				max(t+own.service+d0, leave.release)+dj <= y.late && !s.overlook() {
				*best = spot{after: i, trip: tripUntil, extra: extra}
			}
		}
	}
	if first {
		return
	}
	// i, depot, c
	d0 := s.p.Dist[c]
	behind := load - x.load
	if extra := s.p.Dist[i] + d0 + dj - x.onward; extra < best.extra && behind+own.demand <= s.p.Capacity {
		t := max(x.early+x.service+s.p.Dist[i], own.release)
		if !last {
			t = max(t, leave.release)
		}
		t = max(t+d0, own.open)
		if t <= own.close && t+own.service+dj <= y.late && !s.overlook() {
			*best = spot{after: i, trip: tripFrom, extra: extra}
		}
	}
}

// alone tries trips for c alone: before, between and after those that there are.
func (s *search) alone(c int32, best *spot) {
	if 2*s.p.Dist[c] >= best.extra {
		return
	}
	own := &s.nodes[c]
	if own.demand > s.p.Capacity {
		return
	}
	d := s.p.Dist[c]
	for _, r := range s.active {
		for i := s.begin(r); ; {
			x := &s.nodes[i]
			if x.next < 0 { // behind the last
				t := max(max(x.least, own.release)+d, own.open)
				if t <= own.close && t+own.service+d <= x.late && 2*d < best.extra && !s.overlook() {
					*best = spot{after: x.prev, trip: tripFrom, extra: 2 * d}
				}
				break
			}
			t := max(max(x.least, own.release)+d, own.open)
			if t <= own.close && max(t+own.service+d, x.release) <= x.late && 2*d < best.extra && !s.overlook() {
				*best = spot{after: i, trip: tripUntil, extra: 2 * d}
			}
			if t > own.close {
				break
			}
			for i = s.nodes[i].next; i <= s.n; {
				i = s.nodes[i].next
			}
		}
	}
}

// fewerTrips makes one trip of two where that fits, and drops trips without
// customers. The route's times must be fresh; they are afterwards, too.
func (s *search) fewerTrips(r int32) {
	for d := s.nodes[s.begin(r)].next; s.nodes[d].next >= 0; {
		x := &s.nodes[d]
		next := x.next
		if d <= s.n {
			d = next
			continue
		}
		i := x.prev
		p := &s.nodes[i]
		join := i > s.n || next > s.n
		if !join {
			leave := &s.nodes[p.trip]
			at, possible := p.early, true
			if x.release > leave.early {
				at, possible = max(x.release+p.after, p.least), x.release <= p.most
			}
			join = possible && s.load[p.trip-s.n-1]+s.load[d-s.n-1] <= s.p.Capacity &&
				at+p.service+s.dist(i, next) <= s.nodes[next].late
		}
		if join {
			s.stay(d)
			s.refresh(r)
		}
		d = next
	}
}
