package patrol

import (
	"errors"
	"slices"
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/routing/path"
	"citygrid/routing/solve"
)

// Several themes at one place are one stop, none is lost, and each call is in its hours;
// two visits of a day are two stops.
func TestSpots(t *testing.T) {
	n, at := streettest.Draw(t, `
a---b---c
|   |   |
d---e---f`)
	spot := func(letter rune, from, to int) Spot {
		return Spot{Name: string(letter), At: n.Junction(at(letter)).At.Point(), Open: morning.Add(time.Duration(from) * time.Minute), Close: morning.Add(time.Duration(to) * time.Minute), Stay: 2 * time.Minute, Officer: Anyone}
	}
	r := Request{
		Network: n, Ways: path.NewEngine(n, path.Foot()), Streets: Streets(n, everywhere, everything), Officers: officers(2, n.Junction(at('e')).At.Point(), 2*time.Hour),
		Spots: []Spot{spot('c', 0, 60), spot('c', 60, 120), spot('c', 10, 40), spot('a', 90, 100), spot('f', 200, 220)},
	}
	for i := range r.Spots {
		r.Spots[i].ID = int64(i)
	}
	p := planned(t, r)
	var calls [][]int64
	for _, w := range p.Walks {
		for _, c := range w.Calls {
			var ids []int64
			for _, s := range c.Spots {
				ids = append(ids, s.ID)
			}
			calls = append(calls, ids)
			if c.End.Sub(c.Begin) != time.Duration(len(c.Spots))*2*time.Minute {
				t.Errorf("%v take %v", c.Spots, c.End.Sub(c.Begin))
			}
		}
	}
	slices.SortFunc(calls, slices.Compare[[]int64])
	if want := [][]int64{{1}, {2, 0}, {3}}; !slices.EqualFunc(calls, want, slices.Equal[[]int64]) {
		t.Errorf("stops %v, want %v: the themes at c in one, its second visit in another", calls, want)
	}
	if len(p.Left) > 0 || len(p.Missed) != 1 || p.Missed[0].Spot.ID != 4 || !(errors.Is(p.Missed[0].Why, solve.ErrShift) || errors.Is(p.Missed[0].Why, solve.ErrWindow)) {
		t.Errorf("left %v, missed %v: want the spot after the shift alone", p.Left, p.Missed)
	}
}

// Where there is no time for all, spots come before streets.
func TestSpotsBeforeStreets(t *testing.T) {
	n, at := streettest.Draw(t, `
a---b---c---d---e---f---g---h
|   |   |   |   |   |   |   |
i---j---k---l---m---n---o---p`)
	r := Request{
		Network: n, Ways: path.NewEngine(n, path.Foot()), Streets: Streets(n, everywhere, everything), Officers: officers(1, n.Junction(at('a')).At.Point(), 11*time.Minute),
	}
	without := planned(t, r)
	r.Spots = []Spot{{At: n.Junction(at('h')).At.Point(), Open: morning, Close: morning.Add(11 * time.Minute), Stay: 3 * time.Minute, Officer: Anyone}}
	p := planned(t, r)
	if len(p.Missed) > 0 || len(p.Walks[0].Calls) != 1 || len(p.Left) <= len(without.Left) {
		t.Errorf("missed %v; %d streets left with the spot, %d without", p.Missed, len(p.Left), len(without.Left))
	}
	// Made again in the same order it calls there still.
	var order []street.SegmentID
	for _, l := range p.Walks[0].Legs {
		if l.Serve {
			order = append(order, l.Segment)
		}
	}
	again, err := Again(t.Context(), r, [][]street.SegmentID{order}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Streets = order
	for _, wrong := range Check(r, again) {
		t.Error(wrong)
	}
	if len(again.Missed) > 0 || len(again.Left) > 0 {
		t.Errorf("again: missed %v, left %v", again.Missed, again.Left)
	}
}
