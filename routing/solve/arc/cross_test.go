package arc

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Of all ways to cut two tours and join the parts crosswise the one is taken that
// building and measuring each finds best, if it is better than what was; and all tours
// are what they say they are.
func TestCrossIsTheBestWay(t *testing.T) {
	crossed := 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 3))
		s := newSearch(newTable(loaded(t, r, seed%2 == 0)), nil, seed)
		for range 60 {
			s.round(20)
			i, j := r.IntN(len(s.now.tours)), r.IntN(len(s.now.tours))
			if i == j {
				continue
			}
			a, b := &s.now.tours[i], &s.now.tours[j]
			was := s.weight(a, b)
			least := min(was, s.bestByBuilding(a, b))
			s.change(int32(i))
			s.change(int32(j))
			s.cross()
			s.settle()
			s.now.score = s.judge()
			if got := s.weight(a, b); math.Abs(got-least) > 1e-6 {
				t.Fatalf("seed %d: two tours weighed %v and weigh %v, the best way %v", seed, was, got, least)
			}
			if least < was-1e-6 {
				crossed++
			}
			s.books(t)
		}
	}
	if crossed < 100 {
		t.Errorf("%d pairs of tours were crossed: too few to say anything", crossed)
	}
}

// loaded draws a problem of streets with loads, windy or even.
func loaded(t *testing.T, r *rand.Rand, windy bool) *Problem {
	t.Helper()
	p := &Problem{Vertices: 6 + r.IntN(12), Capacity: 20}
	for k := range 2 * p.Vertices {
		e := Edge{From: k % p.Vertices, To: (k + 1) % p.Vertices, Demand: 1 + r.Int64N(6), Required: r.IntN(3) > 0}
		if k >= p.Vertices {
			e.To = (e.From + 2 + r.IntN(p.Vertices-3)) % p.Vertices
		}
		c := 1 + r.Int64N(50)
		if e.Cost = [2]int64{c, c}; windy {
			e.Cost[1] = 1 + r.Int64N(50)
		}
		p.Edges = append(p.Edges, e)
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}

// weight is what two tours count, with the price of overload.
func (s *search) weight(a, b *tour) float64 {
	over := max(0, a.load-s.t.p.Capacity) + max(0, b.load-s.t.p.Capacity)
	return float64(a.length+b.length) + s.price*float64(over)
}

// bestByBuilding is the least weight of two tours that are made of parts of two.
func (s *search) bestByBuilding(a, b *tour) float64 {
	least := math.Inf(1)
	try := func(first, second []stop) {
		var made [2]tour
		for k, stops := range [][]stop{first, second} {
			home := s.t.empty().stops
			made[k].stops = slices.Concat(home[:1], stops, home[1:])
			for _, x := range stops {
				made[k].load += s.t.tasks[x.task].demand
			}
			if made[k].load > s.t.p.Capacity+s.slack {
				return
			}
			s.t.reckon(&made[k], 1, len(made[k].stops)-2)
		}
		least = min(least, s.weight(&made[0], &made[1]))
	}
	turn := func(stops []stop) []stop {
		turned := slices.Clone(stops)
		slices.Reverse(turned)
		return turned
	}
	for m := 1; m < len(a.stops); m++ {
		for n := 1; n < len(b.stops); n++ {
			headA, tailA := a.stops[1:m], a.stops[m:len(a.stops)-1]
			headB, tailB := b.stops[1:n], b.stops[n:len(b.stops)-1]
			try(slices.Concat(headA, tailB), slices.Concat(headB, tailA))
			if s.t.even {
				try(slices.Concat(headA, turn(headB)), slices.Concat(turn(tailA), tailB))
			}
		}
	}
	return least
}

// books checks what is kept of the tours against adding up.
func (s *search) books(t *testing.T) {
	t.Helper()
	seen := 0
	for k := range s.now.tours {
		r := &s.now.tours[k]
		anew := tour{stops: slices.Clone(r.stops)}
		for _, x := range r.stops[1 : len(r.stops)-1] {
			seen++
			anew.load += s.t.tasks[x.task].demand
			if s.now.where[x.task] != int32(k) {
				t.Fatalf("task %d is in tour %d, not %d", x.task, k, s.now.where[x.task])
			}
		}
		s.t.reckon(&anew, 1, len(anew.stops)-2)
		if anew.load != r.load || anew.length != r.length || !slices.Equal(anew.stops, r.stops) {
			t.Fatalf("tour %d is %+v, anew it is %+v", k, r, anew)
		}
	}
	if seen != len(s.t.tasks) {
		t.Fatalf("%d tasks of %d are in tours", seen, len(s.t.tasks))
	}
}
