package ruin

// tuning is what the search is steered by; zero fields are set by newRun.
type tuning struct {
	removed  float64 // customers taken out in a round, on average
	longest  float64 // string
	near     int     // places looked at beside so many nearest
	warm     float64 // first temperature, in mean distances to the nearest
	cold     float64 // last temperature
	whole    int     // up to so many customers each thread searches the whole
	chunk    int     // iterations between two meetings of the threads
	fleetFor float64 // part of the run that may go into saving routes
}

// How strings are cut: the paper's alpha and beta.
const (
	splitShare = 0.5
	splitGrow  = 0.01
)

// absentShare is how often a ruin makes room around a customer without a place, while
// there are some.
const absentShare = 0.5

// ruin takes strings of customers out of routes that are near to each other, and lets
// these exchange their ends.
func (s *search) ruin(t *tuning) {
	s.pending, s.holes = s.pending[:0], s.holes[:0]
	if len(s.active) == 0 || len(s.mine) == 0 {
		return
	}
	present := float64(len(s.mine) - len(s.absent))
	if s.p.Paired {
		present -= float64(len(s.absent))
	}
	longest := min(t.longest, max(1, present/float64(len(s.active))))
	strings := int(s.random.unit()*(4*t.removed/(1+longest)-1) + 1)
	seed := s.mine[s.random.below(int32(len(s.mine)))]
	if len(s.absent) > 0 && s.random.unit() < absentShare {
		seed = s.absent[s.random.below(int32(len(s.absent)))]
	}
	if s.cut(seed, longest) {
		strings--
	}
	for _, c := range s.shared.spatial(seed) {
		if strings <= 0 {
			break
		}
		if s.cut(c, longest) {
			strings--
		}
	}
	s.exchangeTails()
}

// cut takes a string around c out, unless its route lost one already.
func (s *search) cut(c int32, longest float64) bool {
	r := s.nodes[c].route
	if r < 0 || s.ruined[r] == s.round {
		return false
	}
	s.ruined[r] = s.round
	size := s.count[r]
	length := int32(s.random.unit()*min(float64(size), longest) + 1)
	keep := int32(0)
	if length > 1 && length < size && s.random.unit() < splitShare {
		keep = 1
		for length+keep < size && s.random.unit() < splitGrow {
			keep++
		}
	}
	// chain is the route as far as a string around c can reach.
	span := length + keep
	s.chain = s.chain[:0]
	first, before := c, int32(0)
	for before < span-1 {
		i := s.nodes[first].prev
		for i > s.n && s.nodes[i].prev >= 0 {
			i = s.nodes[i].prev
		}
		if i > s.n {
			break
		}
		first = i
		before++
	}
	for i := first; i >= 0 && int32(len(s.chain)) < before+span; i = s.nodes[i].next {
		if i <= s.n {
			s.chain = append(s.chain, i)
		}
	}
	from := s.random.below(int32(len(s.chain)) - span + 1)
	hole := span
	if keep > 0 {
		hole = s.random.below(length + 1)
	}
	at := from
	if hole == 0 {
		at += keep
	}
	behind := s.nodes[s.chain[at]].prev
	for k := range span {
		if k < hole || k >= hole+keep {
			s.remove(s.chain[from+k])
		}
	}
	if s.p.Reload {
		s.refresh(r)
		s.fewerTrips(r)
	}
	s.refresh(r)
	s.holes = append(s.holes, behind)
	return true
}

// remove takes a customer out, with its partner, to be put back.
func (s *search) remove(c int32) {
	if s.nodes[c].route < 0 {
		return // with its partner
	}
	s.out(c)
	if !s.p.Paired {
		s.pending = append(s.pending, pendingItem{c: c})
		return
	}
	k := s.p.Points[c].Partner
	s.out(k)
	if s.p.Points[c].Demand < 0 {
		c = k
	}
	s.pending = append(s.pending, pendingItem{c: c})
}

// order sorts what is to be put back: by chance, demand, distance from the depot
// or windows (the paper's weights).
func (s *search) order() {
	dice := int32(11)
	if s.p.Timed {
		dice += 6
	}
	how := s.random.below(dice)
	for k := range s.pending {
		it := &s.pending[k]
		x := &s.nodes[it.c]
		switch {
		case how < 4:
			it.key = int64(s.random.next() >> 1)
		case how < 8:
			it.key = -int64(x.demand)
		case how < 10:
			it.key = -int64(s.p.Dist[it.c])
		case how < 11:
			it.key = int64(s.p.Dist[it.c])
		case how < 13:
			it.key = int64(x.close) - int64(x.open)
		case how < 15:
			it.key = int64(max(x.open, x.release))
		default:
			it.key = -int64(x.close)
		}
	}
	for i := 1; i < len(s.pending); i++ { // few, mostly
		it := s.pending[i]
		j := i
		for ; j > 0 && s.pending[j-1].key > it.key; j-- {
			s.pending[j] = s.pending[j-1]
		}
		s.pending[j] = it
	}
}
