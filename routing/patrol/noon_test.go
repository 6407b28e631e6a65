package patrol

import (
	"slices"
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/routing/solve/beat"

	"github.com/paulmach/orb"
)

// At noon three of six officers drop out. What they have not seen goes to the others,
// who keep the order of their own streets; nothing is left that there is time for.
func TestThreeDropOutAtNoon(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a city")
	}
	n := city(t)
	noon := morning.Add(4 * time.Hour)
	r := downtown(n, officers(6, orb.Point{-75.5520, 39.7447}, 8*time.Hour))
	for i := range r.Officers {
		r.Officers[i].From = noon.Add(-20 * time.Minute)
	}
	small := orb.Bound{Min: orb.Point{-75.556, 39.740}, Max: orb.Point{-75.546, 39.748}}
	r.Streets = Streets(n, small.Contains, Daily)
	r.Solver = beat.Solver{Rounds: 100}
	day := planned(t, r)
	if len(day.Left) > 0 {
		t.Fatalf("%d streets are left in the morning", len(day.Left))
	}

	// Who is on a street at noon sees it to its end.
	again := r
	again.Officers = nil
	var orders [][]street.SegmentID
	var puts []Put
	seen := 0
	for i, w := range day.Walks {
		k := 0
		for k < len(w.Legs) && w.Legs[k].Begin.Before(noon) {
			if w.Legs[k].Serve {
				seen++
			}
			k++
		}
		var rest []street.SegmentID
		for _, l := range w.Legs[k:] {
			if l.Serve {
				rest = append(rest, l.Segment)
			}
		}
		if i%2 == 0 { // drops out
			for part := range slices.Chunk(rest, 4) {
				puts = append(puts, Put{Streets: part, Officer: Anyone, Before: Cheapest})
			}
			continue
		}
		o := r.Officers[i]
		at := n.PointAt(w.Legs[k-1].Segment, w.Legs[k-1].To)
		o.From, o.Away = w.Legs[k-1].End, &at
		again.Officers, orders = append(again.Officers, o), append(orders, rest)
	}
	begun := time.Now()
	rest, err := Again(t.Context(), again, orders, puts)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d streets seen by noon; %d blocks of who drops out given to others in %v", seen, len(r.Streets), len(puts), time.Since(begun).Round(time.Millisecond))
	again.Streets = slices.Concat(orders...)
	for _, p := range puts {
		again.Streets = append(again.Streets, p.Streets...)
	}
	if seen+len(again.Streets) != len(r.Streets) || len(puts) < 5 {
		t.Errorf("%d seen and %d to see of %d, %d blocks to give away", seen, len(again.Streets), len(r.Streets), len(puts))
	}
	for _, wrong := range Check(again, rest) {
		t.Error(wrong)
	}
	if len(rest.Left) > 0 {
		t.Errorf("%d streets are left, there is time for all: %v", len(rest.Left), rest.Left[0].Why)
	}
	for i, w := range rest.Walks {
		var own []street.SegmentID
		for _, l := range w.Legs {
			if l.Serve && slices.Contains(orders[i], l.Segment) {
				own = append(own, l.Segment)
			}
		}
		if !slices.Equal(own, orders[i]) {
			t.Errorf("officer %d sees their own %d streets in another order", w.Person, len(own))
		}
		t.Logf("officer %d: %d streets more, back at %s instead of %s", w.Person, countServed(w)-len(own), w.End.Format("15:04"), day.Walks[2*i+1].End.Format("15:04"))
	}
}

func countServed(w Walk) (n int) {
	for _, l := range w.Legs {
		if l.Serve {
			n++
		}
	}
	return n
}
