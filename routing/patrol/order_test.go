package patrol

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/routing/path"
	"citygrid/routing/solve"
	"citygrid/routing/solve/beat"
)

// someKeys are keys that put some of the streets and spots first.
func someKeys(r *rand.Rand, n int) (keys []Key) {
	for range n {
		salt := r.Uint64()
		first := func(id uint64) bool { return rand.New(rand.NewPCG(id, salt)).IntN(2) == 0 }
		k := Key{Street: func(id street.SegmentID) bool { return first(uint64(id)) }}
		if r.IntN(4) > 0 {
			k.Spot = func(s Spot) bool { return first(uint64(s.ID)) }
		}
		keys = append(keys, k)
	}
	return keys
}

// twoRows has the upper row come first.
func twoRows(t *testing.T) (Request, func(rune) Spot) {
	n, at := streettest.Draw(t, `
a---b---c---d---e
|   |   |   |   |
f---g---h---i---j`)
	upper := n.Junction(at('a')).At.Point()[1]
	r := Request{
		Network: n, Ways: path.NewEngine(n, path.Foot()), Streets: Streets(n, everywhere, everything), Officers: officers(1, n.Junction(at('h')).At.Point(), 4*time.Hour),
		Order: []Key{{
			Reason: Reason{First: map[string]string{"en": "upper row"}, Then: map[string]string{"en": "the rest"}},
			Street: func(id street.SegmentID) bool { return n.PointAt(id, 1)[1] >= upper && n.Line(id)[1][1] >= upper },
		}},
	}
	return r, func(letter rune) Spot {
		return Spot{ID: int64(letter), Name: string(letter), At: n.Junction(at(letter)).At.Point(), Open: morning, Close: morning.Add(4 * time.Hour), Stay: time.Minute, Officer: Anyone}
	}
}

func TestHigherKeysFirst(t *testing.T) {
	r, _ := twoRows(t)
	p := planned(t, r)
	var ranks []Rank
	for _, l := range p.Walks[0].Legs {
		if l.Serve {
			ranks = append(ranks, l.Rank)
		}
	}
	if len(p.Left) > 0 || len(ranks) != len(r.Streets) || !slices.IsSorted(ranks) || ranks[0] != 0 || ranks[len(ranks)-1] != 1 {
		t.Fatalf("ranks %v, left %v: want the four of the upper row first", ranks, p.Left)
	}
	if words := ranks[0].Reasons(p.Walks[0].Keys); len(words) != 1 || words[0]["en"] != "upper row" {
		t.Errorf("the reason of the first is %v", words)
	}
	without := r
	without.Order = nil
	free := planned(t, without)
	if p.Ordered != p.Worked-free.Worked || p.Ordered <= 0 || p.Least != free.Least {
		t.Errorf("the order costs %v, it says %v; at least %v, without %v", p.Worked-free.Worked, p.Ordered, p.Least, free.Least)
	}

	// The checker sees two streets that change places.
	for i := range p.Walks[0].Legs {
		if l := &p.Walks[0].Legs[i]; l.Serve && l.Rank == 0 {
			l.Serve = false
			break
		}
	}
	found := slices.ContainsFunc(Check(r, free), func(err error) bool { return strings.Contains(err.Error(), "still to see") })
	if !found {
		t.Error("the walk without keys breaks them, and the checker finds nothing")
	}
}

// A key spot that opens later is not waited for, and called at as soon as it can be; one
// that comes last and closes before its turn is missed for that.
func TestHoursAndKeys(t *testing.T) {
	r, spot := twoRows(t)
	key, last := spot('f'), spot('e')
	key.Open = morning.Add(8 * time.Minute)
	last.Close = morning.Add(2 * time.Minute)
	r.Spots = []Spot{key, last}
	r.Order[0].Spot = func(s Spot) bool { return s.Name == "f" }
	p := planned(t, r)
	if len(p.Missed) != 1 || p.Missed[0].Spot.Name != "e" || !errors.Is(p.Missed[0].Why, solve.ErrTurn) {
		t.Errorf("missed %v, want e for want of a turn", p.Missed)
	}
	calls := p.Walks[0].Calls
	if len(calls) != 1 || calls[0].Begin.After(key.Open.Add(3*time.Minute)) || calls[0].Legs == len(p.Walks[0].Legs) || calls[0].Legs == 0 {
		t.Fatalf("calls %v: want f soon after %v, between streets", calls, key.Open)
	}
	// By hand it is called at all the same.
	var order []street.SegmentID
	for _, l := range p.Walks[0].Legs {
		if l.Serve {
			order = append(order, l.Segment)
		}
	}
	again, err := Again(t.Context(), r, [][]street.SegmentID{order}, nil)
	if err != nil || len(again.Missed) > 0 || len(again.Walks[0].Calls) != 2 {
		t.Errorf("by hand: missed %v, calls %v, %v", again.Missed, again.Walks[0].Calls, err)
	}
}

// What is put into a walk that keeps an order goes where its rank is; a planner may put
// it elsewhere.
func TestPutInRank(t *testing.T) {
	r, _ := twoRows(t)
	p := planned(t, r)
	var order []street.SegmentID
	var ranks []Rank
	for _, l := range p.Walks[0].Legs {
		if l.Serve {
			order, ranks = append(order, l.Segment), append(ranks, l.Rank)
		}
	}
	first, last := order[0], order[len(order)-1]
	rest := order[1 : len(order)-1]
	again, err := Again(t.Context(), r, [][]street.SegmentID{rest}, []Put{{[]street.SegmentID{last}, Anyone, Cheapest}, {[]street.SegmentID{first}, 0, Cheapest}})
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range Check(r, again) {
		t.Error(wrong)
	}
	if again, err = Again(t.Context(), r, [][]street.SegmentID{order[1:]}, []Put{{[]street.SegmentID{first}, 0, len(order) - 1}}); err != nil {
		t.Fatal(err)
	}
	if wrong := Check(r, again); len(wrong) == 0 {
		t.Errorf("%v of ranks %v is walked last on purpose, and the checker finds nothing", first, ranks)
	}
}

// Whoever makes the walks first, the order holds, and with more than there is time for the
// least important is left.
func TestShortShiftInOrder(t *testing.T) {
	r, _ := twoRows(t)
	r.Officers = officers(1, r.Officers[0].Station, 5*time.Minute)
	for _, s := range []solve.Solver{beat.Solver{Rounds: 50}, solve.Postman{}} {
		r.Solver = s
		p := planned(t, r)
		streets, _ := Ranks(r.Order)
		if len(p.Left) == 0 {
			t.Fatalf("%T: nothing is left in %v", s, r.Officers[0].To.Sub(morning))
		}
		for _, l := range p.Left {
			if streets(l.Segment) == 0 {
				t.Errorf("%T: street %d of the upper row is left", s, l.Segment)
			}
		}
	}
}

func TestPieces(t *testing.T) {
	n, at := streettest.Draw(t, `
a---b---c---d
|       |
e   f---g   h`)
	leg := func(id street.SegmentID, serve bool) Leg { return Leg{Segment: id, Serve: serve} }
	id := func(from, to rune) street.SegmentID {
		for i := range n.Segments() {
			s := n.Segment(street.SegmentID(i))
			if s.From == at(from) && s.To == at(to) || s.From == at(to) && s.To == at(from) {
				return street.SegmentID(i)
			}
		}
		t.Fatalf("no street from %c to %c", from, to)
		return 0
	}
	w := Walk{Legs: []Leg{leg(id('a', 'b'), true), leg(id('b', 'c'), false), leg(id('c', 'd'), true), leg(id('c', 'g'), true), leg(id('c', 'd'), true)}}
	if count, share := w.Pieces(n); count != 2 || share < 0.55 || share > 0.75 {
		t.Errorf("%d pieces, the largest %v; want ab, and cd with cg", count, share)
	}
	if count, share := new(Walk).Pieces(n); count != 0 || share != 1 {
		t.Errorf("a walk of nothing has %d pieces, %v", count, share)
	}
}
