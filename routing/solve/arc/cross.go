package arc

// cross cuts two of the tours that this round has changed, each in the best place, and
// joins the four parts the other way round, where that is better: so vehicles that are
// almost full exchange loads that differ, which tasks one after the other can't. What a
// join costs, with all modes chosen anew, is known at once from both sides of the cut.
func (s *search) cross() {
	if len(s.touched) < 2 || s.t.p.Capacity == 0 || s.t.p.Longest {
		return
	}
	k := s.rnd.intn(len(s.touched))
	l := (k + 1 + s.rnd.intn(len(s.touched)-1)) % len(s.touched)
	i, j := s.touched[k], s.touched[l]
	a, b := &s.now.tours[i], &s.now.tours[j]
	p, q, turned := s.bestCross(a, b)
	if p < 0 {
		return
	}
	first := append(s.scratch[0][:0], a.stops[:p+1]...)
	second := append(s.scratch[1][:0], b.stops[:q+1]...)
	if turned {
		second = append(second[:0], b.stops[0])
		for n := q; n > 0; n-- {
			first = append(first, b.stops[n])
		}
		first = append(first, a.stops[len(a.stops)-1])
		for n := len(a.stops) - 2; n > p; n-- {
			second = append(second, a.stops[n])
		}
		second = append(second, b.stops[q+1:]...)
	} else {
		first = append(first, b.stops[q+1:]...)
		second = append(second, a.stops[p+1:]...)
	}
	s.scratch = [2][]stop{first, second}
	s.give(i, first)
	s.give(j, second)
}

// give lets a tour that this round has changed already have other stops.
func (s *search) give(i int32, stops []stop) {
	r := &s.now.tours[i]
	r.stops = append(r.stops[:0], stops...)
	r.load = 0
	for _, x := range r.stops[1 : len(r.stops)-1] {
		r.load += s.t.tasks[x.task].demand
		s.now.where[x.task] = i
	}
	s.t.reckon(r, 1, len(r.stops)-2)
}

// bestCross says behind which stops to cut tours a and b. turned is to join what lies
// before both cuts, and what lies behind them. p < 0: no way is better than what is.
func (s *search) bestCross(a, b *tour) (p, q int, turned bool) {
	capacity := s.t.p.Capacity
	over := func(l int64) float64 { return s.price * float64(max(0, l-capacity)) }
	whole := a.load + b.load
	least := float64(a.length+b.length) + over(a.load) + over(b.load) - 1e-9
	p, q = -1, -1
	begun := int64(0) // load of a up to the cut
	for m := range len(a.stops) - 1 {
		if m > 0 {
			begun += s.t.tasks[a.stops[m].task].demand
		}
		other := int64(0) // of b
		for n := range len(b.stops) - 1 {
			if n > 0 {
				other += s.t.tasks[b.stops[n].task].demand
			}
			if l := begun + b.load - other; max(l, whole-l) <= capacity+s.slack {
				c := float64(s.t.join(&a.stops[m], &b.stops[n+1])+s.t.join(&b.stops[n], &a.stops[m+1])) + over(l) + over(whole-l)
				if c < least {
					least, p, q, turned = c, m, n, false
				}
			}
			if l := begun + other; s.t.even && max(l, whole-l) <= capacity+s.slack {
				c := float64(s.t.joinHeads(&a.stops[m], &b.stops[n])+s.t.joinTails(&a.stops[m+1], &b.stops[n+1])) + over(l) + over(whole-l)
				if c < least {
					least, p, q, turned = c, m, n, true
				}
			}
		}
	}
	return p, q, turned
}

// join is how long a tour is that goes from its start to stop p, then to stop q and
// from there to the end.
func (t *table) join(p, q *stop) int32 {
	fromA, fromB := t.dist.row(int(p.a)), t.dist.row(int(p.b))
	return min(p.f0+min(fromB[q.a]+q.g0, fromB[q.b]+q.g1), p.f1+min(fromA[q.a]+q.g0, fromA[q.b]+q.g1))
}

// joinHeads is the same from the start to p and, against its direction, from q back to
// the start. Paths must be as long as the paths back.
func (t *table) joinHeads(p, q *stop) int32 {
	fromA, fromB := t.dist.row(int(p.a)), t.dist.row(int(p.b))
	return min(p.f0+min(fromB[q.b]+q.f0, fromB[q.a]+q.f1), p.f1+min(fromA[q.b]+q.f0, fromA[q.a]+q.f1))
}

// joinTails is the same from the end to p and from q to the end.
func (t *table) joinTails(p, q *stop) int32 {
	fromA, fromB := t.dist.row(int(p.a)), t.dist.row(int(p.b))
	return min(p.g0+min(fromA[q.a]+q.g0, fromA[q.b]+q.g1), p.g1+min(fromB[q.a]+q.g0, fromB[q.b]+q.g1))
}
