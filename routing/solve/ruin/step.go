package ruin

import "math"

// tour is a set of routes written one behind the other: customers, 0 where a new
// trip begins, -1 where a route ends.
type tour []int32

// give writes the routes into dst, over what is there.
func (s *search) give(dst tour) tour {
	dst = dst[:0]
	for _, r := range s.active {
		for i := s.nodes[s.begin(r)].next; s.nodes[i].next >= 0; i = s.nodes[i].next {
			dst = append(dst, int32(s.at(i)))
		}
		dst = append(dst, -1)
	}
	return dst
}

// take forgets all routes and takes these, and customers that have none.
func (s *search) take(t tour, absent []int32) {
	s.clear()
	s.start()
	at, r := int32(-1), int32(-1)
	for _, c := range t {
		if c < 0 {
			s.refresh(r)
			at = -1
			continue
		}
		if at < 0 {
			r = s.empty[len(s.empty)-1]
			at = s.begin(r)
		}
		if c == 0 {
			if s.reload(at) {
				at = s.nodes[at].next
			}
			continue
		}
		s.put(c, at)
		at = c
		s.mine = append(s.mine, c)
	}
	s.absent = append(s.absent, absent...)
	for _, c := range absent {
		s.mine = append(s.mine, c)
		if s.p.Paired {
			s.mine = append(s.mine, s.p.Points[c].Partner)
		}
	}
}

// hot accepts what is worse by as much as the temperature lets chance allow.
func (s *search) hot(temperature float64) float64 {
	return float64(s.undo.cost) - temperature*math.Log(s.random.unit())
}

// step is one round in which every customer keeps a place.
func (s *search) step(t *tuning, temperature float64) (accepted bool) {
	s.start()
	s.ruin(t)
	if !s.recreate(true) || float64(s.cost) >= s.hot(temperature) {
		s.takeBack()
		return false
	}
	return true
}

// fit is one round in which customers may be left without a place, which are the
// fewer the better; those that were left often weigh more.
func (s *search) fit(t *tuning, temperature float64) {
	s.start()
	s.ruin(t)
	before := int64(0)
	for _, c := range s.absent {
		before += int64(s.weight[c])
		s.pending = append(s.pending, pendingItem{c: c})
	}
	s.recreate(false)
	after := int64(0)
	for _, c := range s.left {
		after += int64(s.weight[c])
	}
	limit := s.hot(temperature)
	for _, c := range s.left {
		s.weight[c]++
	}
	if after > before || after == before && float64(s.cost) >= limit {
		s.takeBack()
		return
	}
	s.absent = append(s.absent[:0], s.left...)
}

// drop gives up the route whose customers found a place most easily so far.
func (s *search) drop() {
	s.start()
	best, least := int32(-1), int64(math.MaxInt64)
	for _, r := range s.active {
		sum := int64(0)
		for i := s.nodes[s.begin(r)].next; s.nodes[i].next >= 0; i = s.nodes[i].next {
			if i <= s.n {
				sum += int64(s.weight[i])
			}
		}
		if sum < least {
			best, least = r, sum
		}
	}
	if best < 0 {
		return
	}
	s.pending = s.pending[:0]
	for i := s.nodes[s.begin(best)].next; s.nodes[i].next >= 0; {
		next := s.nodes[i].next
		if i > s.n {
			s.stay(i)
		} else if s.nodes[i].route >= 0 {
			s.remove(i)
			next = s.nodes[s.begin(best)].next // its partner may have been next
		}
		i = next
	}
	s.refresh(best)
	for _, it := range s.pending {
		s.absent = append(s.absent, it.c)
	}
	s.limit = len(s.active)
}
