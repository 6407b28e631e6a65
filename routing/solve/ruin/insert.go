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
		s.besideTrips(c, &best)
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
	n, nodes, loads := s.n, s.nodes, s.load
	row := s.p.Dist[int(c)*s.stride:][:n+1]
	room := s.p.Capacity - nodes[c].demand
	seen := s.shared.set(c)
	least := best.extra
	for _, u := range s.shared.near(c) {
		x := &nodes[u]
		if x.route < 0 || loads[x.trip-n-1] > room {
			continue
		}
		du, dn := row[u], row[0]
		if x.next <= n {
			dn = row[x.next]
		}
		if extra := du + dn - x.onward; extra < least && !s.overlook() {
			least, best.after = extra, u
		}
		v := x.prev
		if v <= n && seen[uint32(v)/64]>>(uint32(v)%64)&1 != 0 {
			continue // it is seen from there
		}
		dp := row[0]
		if v <= n {
			dp = row[v]
		}
		if extra := dp + du - nodes[v].onward; extra < least && !s.overlook() {
			least, best.after = extra, v
		}
	}
	best.extra = least
}

// besideTimed is the same where windows count, too.
func (s *search) besideTimed(c int32, best *spot) {
	n, nodes, loads := s.n, s.nodes, s.load
	row := s.p.Dist[int(c)*s.stride:][:n+1]
	own := &nodes[c]
	open, last, service := own.open, own.close, own.service
	room := s.p.Capacity - own.demand
	seen := s.shared.set(c)
	least := best.extra
	for _, u := range s.shared.near(c) {
		x := &nodes[u]
		if x.route < 0 {
			continue
		}
		du := row[u]
		if x.early+x.service+du <= last {
			dn := row[0]
			if x.next <= n {
				dn = row[x.next]
			}
			if extra := du + dn - x.onward; extra < least && loads[x.trip-n-1] <= room &&
				max(x.early+x.service+du, open)+service+dn <= nodes[x.next].late && !s.overlook() {
				least, best.after = extra, u
			}
		}
		v := x.prev
		if open+service+du > x.late || v <= n && seen[uint32(v)/64]>>(uint32(v)%64)&1 != 0 {
			continue
		}
		dp := row[0]
		if v <= n {
			dp = row[v]
		}
		y := &nodes[v]
		if extra := dp + du - y.onward; extra < least && loads[x.trip-n-1] <= room {
			t := max(y.early+y.service+dp, open)
			if t <= last && t+service+du <= x.late && !s.overlook() {
				least, best.after = extra, v
			}
		}
	}
	best.extra = least
}

// besideTrips is the same where a route has several trips.
func (s *search) besideTrips(c int32, best *spot) {
	seen := s.shared.set(c)
	for _, u := range s.shared.near(c) {
		x := &s.nodes[u]
		if x.route < 0 {
			continue
		}
		s.tryTrips(c, u, best)
		if v := x.prev; v > s.n || seen[v/64]>>(v%64)&1 == 0 {
			s.tryTrips(c, x.prev, best)
		}
	}
}

// anywhere looks at every place.
func (s *search) anywhere(c int32, best *spot) {
	own := &s.nodes[c]
	n, nodes := s.n, s.nodes
	row := s.p.Dist[int(c)*s.stride:][:n+1]
	timed := s.p.Timed
	for _, r := range s.active {
		if s.p.Reload {
			for i := s.begin(r); s.nodes[i].next >= 0; i = s.nodes[i].next {
				s.tryTrips(c, i, best)
			}
			continue
		}
		if s.load[s.begin(r)-n-1]+own.demand > s.p.Capacity {
			continue
		}
		d := row[0]
		for i := s.begin(r); ; {
			x := &nodes[i]
			j := x.next
			if j < 0 {
				break
			}
			if timed && x.early+x.service+d > own.close {
				break // further on it is later
			}
			dn := row[0]
			if j <= n {
				dn = row[j]
			}
			if extra := d + dn - x.onward; extra < best.extra &&
				(!timed || max(x.early+x.service+d, own.open)+own.service+dn <= nodes[j].late) && !s.overlook() {
				*best = spot{after: i, extra: extra}
			}
			i, d = j, dn
		}
	}
}
