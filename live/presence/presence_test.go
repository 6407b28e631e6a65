package presence_test

import (
	"errors"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/live/presence"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

var morning = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// Whatever the ways: each visit and each second is counted in the one cell where it
// was, as one who looks each position up by itself finds.
func TestVisitsAreCountedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		resolution := rapid.IntRange(8, 11).Draw(t, "resolution")
		c, err := presence.NewCounter(resolution)
		if err != nil {
			t.Fatal(err)
		}
		type tally struct {
			visits int
			time   time.Duration
		}
		want, sum := map[geo.Cell]tally{}, 0
		for range rapid.IntRange(1, 3).Draw(t, "units") {
			v := c.Visitor()
			at, p := morning, orb.Point{-75.55, 39.74}
			last := map[geo.Cell]time.Time{}
			var before geo.Cell
			for i := range rapid.IntRange(1, 60).Draw(t, "positions") {
				gap := time.Duration(rapid.SampledFrom([]int{0, 5, 30, 299, 300, 301, 900}).Draw(t, "gap")) * time.Second
				at = at.Add(gap)
				p[0] += rapid.Float64Range(-4e-4, 4e-4).Draw(t, "east")
				p[1] += rapid.Float64Range(-4e-4, 4e-4).Draw(t, "north")
				if err := v.Move(at, p); err != nil {
					t.Fatal(err)
				}
				cell, err := geo.CellAt(p, resolution)
				if err != nil {
					t.Fatal(err)
				}
				if i > 0 && gap <= presence.Away {
					w := want[before]
					w.time += gap
					want[before] = w
				}
				w := want[cell]
				if l, ever := last[cell]; !ever || at.Sub(l) > presence.Away {
					w.visits++
				}
				want[cell] = w
				last[cell], before = at, cell
			}
			sum += v.Visits()
		}
		counted := 0
		for cell, n := range c.Cells() {
			if w := want[cell]; n.Visits != w.visits || n.Time != w.time {
				t.Fatalf("%v: %+v, want %+v", cell, *n, w)
			}
			counted += n.Visits
		}
		if len(want) != len(c.Cells()) || counted != sum {
			t.Fatalf("%d cells with %d visits, want %d with %d", len(c.Cells()), counted, len(want), sum)
		}
	})
}

func TestCounterRefuses(t *testing.T) {
	for _, resolution := range []int{-1, 16} {
		if _, err := presence.NewCounter(resolution); !errors.Is(err, geo.ErrResolution) {
			t.Errorf("resolution %d: %v", resolution, err)
		}
	}
	c, err := presence.NewCounter(15)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Visitor().Move(morning, orb.Point{200, 95}); err == nil {
		t.Error("a place beyond the earth was counted")
	}
	v := c.Visitor()
	for i := 0; err == nil; i++ {
		err = v.Move(morning, orb.Point{float64(i%400) * 1e-4, float64(i/400) * 1e-4})
		if i > presence.MaxCells {
			t.Fatal("there is no end of cells")
		}
	}
	if !errors.Is(err, presence.ErrCells) {
		t.Error(err)
	}
}
