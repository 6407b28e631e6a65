package match

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"citygrid/routing/path"
)

// A long track is matched with little memory, and as if all of it were looked at at
// once.
func TestLongTrackEqualsWhole(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 3))
	n, _ := town(t, r, 6, 6)
	m := New(path.NewEngine(n, path.Car()), Params{})
	var track []Fix
	for len(track) < 700 { // ways through the town, one after the other
		more := noisy(r, n, 100)
		shift := time.Duration(0)
		if len(track) > 0 {
			shift = track[len(track)-1].Time.Add(time.Duration(5+r.IntN(400)) * time.Second).Sub(more[0].Time)
		}
		for i := range more {
			more[i].Time = more[i].Time.Add(shift)
		}
		track = append(track, more...)
	}
	whole, err := m.match(t.Context(), track, math.MaxInt/2, 0)
	if err != nil {
		t.Fatal(err)
	}
	short, err := m.match(t.Context(), track, 60, 200)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(short.Parts) != fmt.Sprint(whole.Parts) || short.Cost != whole.Cost {
		t.Error("the way of a long track is another when it is settled on the go")
	}
	for i, p := range short.Fixes {
		w := whole.Fixes[i]
		if (p == nil) != (w == nil) {
			t.Fatalf("fix %d: %+v, want %+v", i, p, w)
		}
		if p == nil {
			continue
		}
		off := math.Abs(p.Confidence - w.Confidence)
		if same := *p; off > 1e-5 {
			t.Errorf("fix %d: confidence %v, want %v", i, p.Confidence, w.Confidence)
		} else if same.Confidence = w.Confidence; same != *w {
			t.Errorf("fix %d: %+v, want %+v", i, p, w)
		}
	}
	// What is not settled yet is all that is kept.
	s, most := m.Stream(math.MaxInt), 0
	slices.SortStableFunc(track, func(a, b Fix) int { return a.Time.Compare(b.Time) })
	for _, f := range track {
		if _, err := s.Feed(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		if len(s.layers) > 260 {
			s.decide(s.settled(200))
		}
		most = max(most, len(s.layers))
	}
	if most > 400 {
		t.Errorf("of %d fixes %d were kept at once", len(track), most)
	}
}
