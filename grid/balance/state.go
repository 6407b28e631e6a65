package balance

import (
	"math"
	"slices"
)

// state is k groups of units on the way to being equal and compact. What the
// search makes small is a sum of three things:
//   - the groups' minutes off the mean, squared, times a weight that grows
//   - the cost of the borders between groups, about 1 a group when middling
//   - the moment of inertia of the groups' ground, 1 for a disc of mean size
type state struct {
	units  []Unit
	group  []int32
	groups []sum
	mean   float64 // minutes of a group

	cutUnit, roundUnit float64 // what counts as 1 of the second and the third

	rim   []int32 // the units that touch another group
	inRim []int32 // by unit: 1 + its place in rim, 0 for none

	seen  []int32 // by unit: the last look around that came by
	look  int32
	queue []int32
}

// sum is what a group's units come to.
type sum struct {
	units                 int
	work, area, x, y, xx2 float64 // x and y times area; xx2 the squares of both times area
}

func (s *sum) add(u *Unit, sign float64) {
	s.units += int(sign)
	s.work += sign * u.Work
	s.area += sign * u.AreaM2
	s.x += sign * u.AreaM2 * u.X
	s.y += sign * u.AreaM2 * u.Y
	s.xx2 += sign * u.AreaM2 * (u.X*u.X + u.Y*u.Y)
}

// inertia is the moment of inertia around the group's own middle.
func (s *sum) inertia() float64 {
	if s.area <= 0 {
		return 0
	}
	return s.xx2 - (s.x*s.x+s.y*s.y)/s.area
}

// centred gives the units with places around their own middle, where sums of
// squares lose no digits.
func centred(units []Unit) []Unit {
	near := slices.Clone(units)
	x, y := 0.0, 0.0
	for _, u := range near {
		x, y = x+u.X/float64(len(near)), y+u.Y/float64(len(near))
	}
	for i := range near {
		near[i].X -= x
		near[i].Y -= y
	}
	return near
}

func newState(units []Unit, k int) *state {
	s := &state{units: centred(units), group: make([]int32, len(units)), groups: make([]sum, k), seen: make([]int32, len(units))}
	work, area := 0.0, 0.0
	for _, u := range units {
		work, area = work+u.Work, area+u.AreaM2
	}
	if s.mean = work / float64(k); s.mean <= 0 {
		s.mean = 1
	}
	each := area / float64(k)
	s.cutUnit = 1.86 * math.Sqrt(each)        // half the rim of a hexagon of mean size
	s.roundUnit = each * each / (2 * math.Pi) // a disc of mean size
	return s
}

// sumUp takes the groups' sums from the units.
func (s *state) sumUp() {
	clear(s.groups)
	for i := range s.units {
		s.groups[s.group[i]].add(&s.units[i], 1)
	}
}

// change is by how much the energy grows when unit i goes to group to.
func (s *state) change(i, to int32, weight float64) float64 {
	u, from := &s.units[i], s.group[i]
	cut := 0.0
	for _, b := range u.Beside {
		switch s.group[b.Unit] {
		case from:
			cut += b.Cost
		case to:
			cut -= b.Cost
		}
	}
	f, t := s.groups[from], s.groups[to]
	before := sq(f.work/s.mean-1) + sq(t.work/s.mean-1)
	round := f.inertia() + t.inertia()
	f.add(u, -1)
	t.add(u, 1)
	after := sq(f.work/s.mean-1) + sq(t.work/s.mean-1)
	round = f.inertia() + t.inertia() - round
	return weight*(after-before) + cutWeight*cut/s.cutUnit + roundWeight*round/s.roundUnit
}

// energy is the sum that is to be small.
func (s *state) energy(weight float64) float64 {
	total := 0.0
	for _, g := range s.groups {
		total += weight*sq(g.work/s.mean-1) + roundWeight*g.inertia()/s.roundUnit
	}
	for i, u := range s.units {
		for _, b := range u.Beside {
			if int(b.Unit) > i && s.group[b.Unit] != s.group[i] {
				total += cutWeight * b.Cost / s.cutUnit
			}
		}
	}
	return total
}

func sq(x float64) float64 { return x * x }

// move puts unit i into group to.
func (s *state) move(i, to int32) {
	u := &s.units[i]
	s.groups[s.group[i]].add(u, -1)
	s.groups[to].add(u, 1)
	s.group[i] = to
}

// findRim finds the units that touch another group.
func (s *state) findRim() {
	s.rim, s.inRim = s.rim[:0], make([]int32, len(s.units))
	for i := range s.units {
		s.keepRim(int32(i))
	}
}

// keepRim puts unit i into the rim, or takes it out, as it is now.
func (s *state) keepRim(i int32) {
	touches := false
	for _, b := range s.units[i].Beside {
		if s.group[b.Unit] != s.group[i] {
			touches = true
			break
		}
	}
	at := s.inRim[i]
	switch {
	case touches && at == 0:
		s.rim = append(s.rim, i)
		s.inRim[i] = int32(len(s.rim))
	case !touches && at > 0:
		last := s.rim[len(s.rim)-1]
		s.rim[at-1], s.inRim[last] = last, at
		s.rim, s.inRim[i] = s.rim[:len(s.rim)-1], 0
	}
}

// holdsWithout says whether the group of unit i stays in one piece when i leaves.
func (s *state) holdsWithout(i int32) bool {
	g := s.group[i]
	s.look++
	missing := 0
	s.queue = s.queue[:0]
	for _, b := range s.units[i].Beside {
		if s.group[b.Unit] == g {
			missing++
			if len(s.queue) == 0 {
				s.queue = append(s.queue, b.Unit)
				s.seen[b.Unit] = s.look
			}
		}
	}
	if missing--; missing <= 0 {
		return true // it hung on by one unit, or not at all
	}
	isBeside := func(j int32) bool {
		for _, b := range s.units[i].Beside {
			if b.Unit == j {
				return true
			}
		}
		return false
	}
	for at := 0; at < len(s.queue); at++ {
		for _, b := range s.units[s.queue[at]].Beside {
			j := b.Unit
			if j == i || s.group[j] != g || s.seen[j] == s.look {
				continue
			}
			s.seen[j] = s.look
			s.queue = append(s.queue, j)
			if isBeside(j) {
				if missing--; missing == 0 {
					return true
				}
			}
		}
	}
	return false
}
