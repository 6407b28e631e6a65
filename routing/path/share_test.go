package path

import (
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/geo/street/streettest"

	"github.com/paulmach/orb"
)

// TestForEqualsNewEngine: an engine made out of another one finds what a new one
// does, and shares with it what it can.
func TestForEqualsNewEngine(t *testing.T) {
	d, err := streettest.Parse(cross + "|   |\n|   |\nj->-k")
	if err != nil {
		t.Fatal(err)
	}
	d.Parts.Rules = []street.Rules{{}, {Conditional: map[string]string{"access:conditional": "no @ (Mo-Fr 07:00-10:00)"}}, {MaxHeightM: 3}}
	d.Parts.Segments[d.ID('b', 'e')].Rules = 1
	d.Parts.Segments[d.ID('d', 'e')].Rules = 2
	n, err := street.Build(d.Parts)
	if err != nil {
		t.Fatal(err)
	}
	monday := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	patrol, truck := standing("patrol-car"), standing("tow-truck")
	car := NewEngineAt(n, Car(), When{At: monday})
	closed, err := car.With([]Change{{Segment: d.ID('a', 'b'), Forward: true, Backward: true}})
	if err != nil {
		t.Fatal(err)
	}
	var points []orb.Point
	for id := range street.SegmentID(n.Segments()) {
		points = append(points, n.Line(id)[0])
	}
	for name, c := range map[string]struct {
		from   *Engine
		p      Profile
		at     time.Time
		shared bool // the hierarchy
	}{
		"another hour":                {car, Car(), monday.Add(time.Hour), true},
		"other streets then":          {car, Car(), monday.Add(5 * time.Hour), false},
		"another profile, same roads": {closed, patrol, monday, true},
		"its own time from a change":  {closed, Car(), monday, true},
		"a street too low":            {car, truck, monday, false},
	} {
		made, fresh := c.from.For(c.p, When{At: c.at}), NewEngineAt(n, c.p, When{At: c.at})
		if (made.h == c.from.h) != c.shared {
			t.Errorf("%s: shared %v", name, made.h == c.from.h)
		}
		a, err := made.Times(t.Context(), points, points)
		if err != nil {
			t.Fatal(err)
		}
		b, err := fresh.Times(t.Context(), points, points)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a {
			for j := range a[i] {
				if (a[i][j] == nil) != (b[i][j] == nil) || a[i][j] != nil && *a[i][j] != *b[i][j] {
					t.Errorf("%s: from %d to %d %v, a new engine says %v", name, i, j, a[i][j], b[i][j])
				}
			}
		}
		until, ok := made.Until()
		if want, is := fresh.Until(); ok != is || !until.Equal(want) || made.Timed() != fresh.Timed() {
			t.Errorf("%s: until %v %v, want %v %v", name, until, ok, want, is)
		}
	}
}

func BenchmarkFor(b *testing.B) {
	n := network(b, delaware(b))
	monday := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	e := NewEngineAt(n, standing("patrol-car"), When{At: monday})
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			NewEngineAt(n, e.p, When{At: monday.Add(5 * time.Hour)})
		}
	})
	b.Run("other speeds", func(b *testing.B) {
		for b.Loop() {
			e.For(e.p, When{At: monday.Add(5 * time.Hour)})
		}
	})
}
