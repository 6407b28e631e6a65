package ruin

// insertPair puts a pick-up and its delivery into the route where both cost least.
// Every pair of places is tried; ways that are too dear, too late or too full are
// left early.
func (s *search) insertPair(c int32) bool {
	k := s.p.Points[c].Partner
	best, bestAt, bestThen := int32(nowhere), int32(-1), int32(-1)
	for _, r := range s.active {
		s.pairInto(r, c, k, &best, &bestAt, &bestThen)
	}
	if len(s.active) < s.limit && len(s.empty) > 0 {
		if d := s.p.Dist[c] + s.dist(c, k) + s.p.Dist[k]; best == nowhere || s.openFor(d, best) {
			r := s.empty[len(s.empty)-1]
			extra, at, then := int32(nowhere), int32(-1), int32(-1)
			s.pairInto(r, c, k, &extra, &at, &then)
			if extra < nowhere {
				best, bestAt, bestThen = extra, at, then
			}
		}
	}
	if best == nowhere {
		return false
	}
	s.put(c, bestAt)
	s.put(k, bestThen)
	s.refresh(s.nodes[c].route)
	return true
}

// pairInto tries one route. then is the node before the delivery, which may be c.
func (s *search) pairInto(r, c, k int32, best, bestAt, bestThen *int32) {
	pick, drop := &s.nodes[c], &s.nodes[k]
	toC := s.p.Dist[int(c)*s.stride : int(c+1)*s.stride]
	toK := s.p.Dist[int(k)*s.stride : int(k+1)*s.stride]
	room := s.p.Capacity - pick.demand
	apart := toC[k]
	end := s.end(r)
	for i := s.begin(r); i != end; i = s.nodes[i].next {
		x := &s.nodes[i]
		ci := toC[s.at(i)]
		t := max(x.early+x.service+ci, pick.open)
		if t > pick.close {
			return // further on it is later
		}
		if x.load > room {
			continue
		}
		j := x.next
		cj := toC[s.at(j)]
		if ci+cj-x.onward >= *best {
			continue
		}
		t += pick.service
		// The delivery right behind the pick-up.
		if extra := ci + apart + toK[s.at(j)] - x.onward; extra < *best {
			td := max(t+apart, drop.open)
			if td <= drop.close && td+drop.service+toK[s.at(j)] <= s.nodes[j].late && !s.overlook() {
				*best, *bestAt, *bestThen = extra, i, c
			}
		}
		// Or behind one of those that follow.
		extra := ci + cj - x.onward
		t += cj
		for ; j != end; j = s.nodes[j].next {
			y := &s.nodes[j]
			if t > y.late || y.load > room {
				break
			}
			t = max(t, y.open) + y.service
			kj, kn := toK[s.at(j)], toK[s.at(y.next)]
			td := max(t+kj, drop.open)
			if td > drop.close {
				break
			}
			if e := extra + kj + kn - y.onward; e < *best && td+drop.service+kn <= s.nodes[y.next].late && !s.overlook() {
				*best, *bestAt, *bestThen = e, i, j
			}
			t += y.onward
		}
	}
}
