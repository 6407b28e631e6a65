package ruin

import "math"

// blinkShare is how often a position is overlooked, so that what is put back is
// not always the same.
const blinkShare = 0.01

// aloneShare is how often a customer gets a route for itself whatever that costs:
// the least extra distance alone hardly ever opens another one.
const aloneShare = 1.0 / 512

// A spot is where a customer may go: after a node, as it is or with a new trip
// before or behind it.
type spot struct {
	after int32
	trip  newTrip
	extra int32 // distance
}

type newTrip uint8

const (
	sameTrip  newTrip = iota
	tripFrom          // the depot, then the customer
	tripUntil         // the customer, then the depot
)

const nowhere = math.MaxInt32

// recreate puts all that is pending back; what finds no place is in left. It
// gives up, false, when something finds none and all must.
func (s *search) recreate(all bool) bool {
	s.order()
	s.left = s.left[:0]
	for k := range s.pending {
		c := s.pending[k].c
		ok := false
		if s.p.Paired {
			ok = s.insertPair(c)
		} else {
			ok = s.insert(c)
		}
		if !ok {
			if all {
				return false
			}
			s.left = append(s.left, c)
		}
	}
	return true
}

// overlook is true for one of a hundred positions.
func (s *search) overlook() bool {
	s.blink--
	if s.blink >= 0 {
		return false
	}
	s.blinkAfter()
	return true
}

// blinkAfter draws when the next position is overlooked.
func (s *search) blinkAfter() {
	s.blink = int(math.Log(s.random.unit()) / math.Log1p(-blinkShare))
}

// insert puts one customer where it costs least.
func (s *search) insert(c int32) bool {
	best := spot{extra: nowhere}
	switch {
	case s.p.Reload:
		s.beside(c, &best, (*search).tryTrips)
		s.alone(c, &best)
	case s.p.Timed:
		s.besideTimed(c, &best)
	default:
		s.besideLoaded(c, &best)
	}
	if best.extra == nowhere {
		s.anywhere(c, &best)
	}
	if len(s.active) < s.limit && len(s.empty) > 0 {
		if d := 2 * s.p.Dist[c]; (best.extra == nowhere || s.openFor(d, best.extra)) && s.fitsAlone(c) {
			best = spot{after: s.begin(s.empty[len(s.empty)-1]), extra: d}
		}
	}
	if best.extra == nowhere {
		return false
	}
	s.settle(c, best)
	return true
}

// openFor says whether a route for itself that costs d is better than the best
// place, or is to be tried although it is not.
func (s *search) openFor(d, best int32) bool {
	return !s.p.Fewest && (d < best || s.random.unit() < aloneShare)
}

// settle puts c where a spot says.
func (s *search) settle(c int32, at spot) {
	r := s.nodes[at.after].route
	s.touch(r)
	switch at.trip {
	case tripFrom:
		if s.reload(at.after) {
			at.after = s.nodes[at.after].next
		}
	case tripUntil:
		s.reload(at.after)
	}
	s.put(c, at.after)
	s.refresh(r)
}

// fitsAlone says whether c can have a route for itself.
func (s *search) fitsAlone(c int32) bool {
	x := &s.nodes[c]
	if x.demand > s.p.Capacity {
		return false
	}
	if !s.p.Timed {
		return true
	}
	depot := &s.p.Points[0]
	d := s.p.Dist[c]
	t := depot.Open
	if s.p.Reload {
		t = max(t, x.release)
	}
	t = max(t+d, x.open)
	return t <= x.close && t+x.service+d <= depot.Close
}

// besideLoaded looks at the places beside the nearest where only the load counts.
func (s *search) besideLoaded(c int32, best *spot) {
	row := s.p.Dist[int(c)*s.stride : int(c+1)*s.stride]
	room := s.p.Capacity - s.nodes[c].demand
	reach, near := s.shared.near(c)
	for _, u := range near {
		x := &s.nodes[u]
		if x.route < 0 || s.load[x.trip-s.n-1] > room {
			continue
		}
		du := row[u]
		if extra := du + row[s.at(x.next)] - x.onward; extra < best.extra && !s.overlook() {
			*best = spot{after: u, extra: extra}
		}
		if d := row[s.at(x.prev)]; x.prev > s.n || d > reach { // else it was seen from there
			if extra := d + du - s.nodes[x.prev].onward; extra < best.extra && !s.overlook() {
				*best = spot{after: x.prev, extra: extra}
			}
		}
	}
}

// besideTimed is the same where windows count, too.
func (s *search) besideTimed(c int32, best *spot) {
	row := s.p.Dist[int(c)*s.stride : int(c+1)*s.stride]
	own := &s.nodes[c]
	room := s.p.Capacity - own.demand
	reach, near := s.shared.near(c)
	for _, u := range near {
		x := &s.nodes[u]
		if x.route < 0 || s.load[x.trip-s.n-1] > room {
			continue
		}
		du := row[u]
		dn := row[s.at(x.next)]
		if extra := du + dn - x.onward; extra < best.extra {
			t := max(x.early+x.service+du, own.open)
			if t <= own.close && t+own.service+dn <= s.nodes[x.next].late && !s.overlook() {
				*best = spot{after: u, extra: extra}
			}
		}
		if dp := row[s.at(x.prev)]; x.prev > s.n || dp > reach {
			y := &s.nodes[x.prev]
			if extra := dp + du - y.onward; extra < best.extra {
				t := max(y.early+y.service+dp, own.open)
				if t <= own.close && t+own.service+du <= x.late && !s.overlook() {
					*best = spot{after: x.prev, extra: extra}
				}
			}
		}
	}
}

// beside looks at the places beside the nearest with any test.
func (s *search) beside(c int32, best *spot, try func(s *search, c, at int32, best *spot)) {
	row := s.p.Dist[int(c)*s.stride : int(c+1)*s.stride]
	reach, near := s.shared.near(c)
	for _, u := range near {
		x := &s.nodes[u]
		if x.route < 0 {
			continue
		}
		try(s, c, u, best)
		if x.prev > s.n || row[x.prev] > reach {
			try(s, c, x.prev, best)
		}
	}
}

// anywhere looks at every place.
func (s *search) anywhere(c int32, best *spot) {
	own := &s.nodes[c]
	for _, r := range s.active {
		if s.p.Reload {
			for i := s.begin(r); s.nodes[i].next >= 0; i = s.nodes[i].next {
				s.tryTrips(c, i, best)
			}
			continue
		}
		if s.load[s.begin(r)-s.n-1]+own.demand > s.p.Capacity {
			continue
		}
		for i := s.begin(r); s.nodes[i].next >= 0; i = s.nodes[i].next {
			x := &s.nodes[i]
			d, dn := s.dist(i, c), s.dist(c, x.next)
			extra := d + dn - x.onward
			if extra >= best.extra {
				continue
			}
			if s.p.Timed {
				t := max(x.early+x.service+d, own.open)
				if t > own.close {
					break // further on it is later
				}
				if t+own.service+dn > s.nodes[x.next].late {
					continue
				}
			}
			if !s.overlook() {
				*best = spot{after: i, extra: extra}
			}
		}
	}
}
