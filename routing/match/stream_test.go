package match

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// fed feeds a track to a stream and gives its way and the places of its fixes.
func fed(t *testing.T, m *Matcher, track []Fix, lag int) (parts [][]Leg, fixes []*Place) {
	t.Helper()
	s := m.Stream(lag)
	var way Way
	take := func(all []Decided, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			way.Add(m, d)
			if d.Fix != len(fixes) {
				t.Fatalf("fix %d was decided after %d", d.Fix, len(fixes)-1)
			}
			fixes = append(fixes, d.Place)
		}
	}
	for i, f := range track {
		take(s.Feed(t.Context(), f))
		if want := max(0, i+1-lag); len(fixes) != want {
			t.Fatalf("%d fixes are decided after %d with a lag of %d, want %d", len(fixes), i+1, lag, want)
		}
	}
	take(s.Close(), nil)
	return way.Parts(), fixes
}

// A stream that waits for all fixes says what Match says, and one that waits for
// forty nearly always.
func TestStreamEqualsWhole(t *testing.T) {
	same, all := 0, 0
	for seed := range seeds(5) {
		r := rand.New(rand.NewPCG(seed, 3))
		n, _ := town(t, r, 6, 6)
		m := New(path.NewEngine(n, path.Car()), Params{})
		track := noisy(r, n, 60)
		want, err := m.Match(t.Context(), track)
		if err != nil {
			t.Fatal(err)
		}
		parts, fixes := fed(t, m, track, len(track))
		if fmt.Sprint(parts) != fmt.Sprint(want.Parts) {
			t.Errorf("seed %d: %v, want %v", seed, parts, want.Parts)
		}
		for i, p := range fixes {
			if w := want.Fixes[i]; (p == nil) != (w == nil) || p != nil && *p != *w {
				t.Errorf("seed %d, fix %d: %+v, want %+v", seed, i, p, w)
			}
		}
		_, fixes = fed(t, m, track, 40)
		for i, p := range fixes {
			w := want.Fixes[i]
			if p == nil && w == nil || p != nil && w != nil && p.Segment == w.Segment && p.Forward == w.Forward {
				same++
			}
			all++
		}
	}
	if same*100 < all*98 {
		t.Errorf("with a lag of 40, %d of %d fixes are where the whole track has them; want 98 %%", same, all)
	}
}

// The way of a stream joins whatever its lag: what was decided is kept to.
func TestStreamJoins(t *testing.T) {
	for seed := range seeds(5) {
		r := rand.New(rand.NewPCG(seed, 4))
		n, drawing := town(t, r, 6, 6)
		m := New(path.NewEngine(n, path.Car()), Params{})
		for _, lag := range []int{0, 1, 5} {
			parts, _ := fed(t, m, noisy(r, n, 60), lag)
			for _, legs := range parts {
				if why := joins(m, legs); why != "" {
					t.Errorf("seed %d, lag %d: %s\n%s", seed, lag, why, drawing)
				}
			}
		}
	}
}

// joins says where the legs of a part don't join, or "".
func joins(m *Matcher, legs []Leg) string {
	end := func(l *Leg, along geo.Metres) orb.Point { return m.n.PointAt(l.Segment, along) }
	for i := 1; i < len(legs); i++ {
		a, b := &legs[i-1], &legs[i]
		if d := geo.Distance(end(a, a.End), end(b, b.Start)); d > 0.02 {
			return fmt.Sprintf("leg %d %+v ends %v m from where %+v begins", i, a, d, b)
		}
		if b.Begin.Before(a.Begin) || b.Done.Before(b.Begin) {
			return fmt.Sprintf("leg %d %+v goes back in time after %+v", i, b, a)
		}
	}
	return ""
}

func TestStreamRefuses(t *testing.T) {
	n, _ := town(t, rand.New(rand.NewPCG(1, 1)), 3, 3)
	s := New(path.NewEngine(n, path.Foot()), Params{}).Stream(3)
	at := n.Line(0)[0]
	clock := time.Unix(100, 0)
	for _, c := range []struct {
		fix  Fix
		want error
	}{
		{Fix{At: at, Time: clock}, nil},
		{Fix{At: orb.Point{181, 0}, Time: clock}, geo.ErrPosition},
		{Fix{At: at, Time: clock.Add(-time.Second)}, ErrLate},
		{Fix{At: at, Time: clock}, nil},
	} {
		if _, err := s.Feed(t.Context(), c.fix); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.fix, err, c.want)
		}
	}
	if all := s.Close(); len(all) != 2 || all[1].Fix != 1 {
		t.Errorf("decided %v, want the two fixes taken", all)
	}
}
