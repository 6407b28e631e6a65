package path

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

// Within reaches what plain Dijkstra does, when Dijkstra does, and stops where the
// time is over.
func TestWithinEqualsPlainDijkstra(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		columns, rows := rapid.IntRange(1, 6).Draw(rt, "columns"), rapid.IntRange(1, 6).Draw(rt, "rows")
		n, err := street.Build(randomGrid(r, columns, rows, rapid.Float64Range(0, 1.2).Draw(rt, "wild")))
		if err != nil {
			rt.Fatal(err)
		}
		e := NewEngine(n, rapid.SampledFrom([]func() Profile{Car, Foot, plain, turning}).Draw(rt, "profile")())
		near := e.Snap(gridPlace(r.Float64()*float64(columns), r.Float64()*float64(rows)), 300, 1)
		if len(near) == 0 {
			return
		}
		limit := time.Duration(r.IntN(120_000)) * time.Millisecond
		got := make(map[edge]time.Duration)
		err = e.Within(t.Context(), near[0], limit, func(s Stretch) bool {
			d := edgeOf(s.Segment, s.Forward)
			start, end := s.Start, s.End
			whole := n.Segment(s.Segment).LengthM
			if !s.Forward {
				start, end = geo.Metres(whole)-start, geo.Metres(whole)-end
			}
			if s.Begin < 0 || s.Finish > limit || s.Finish < s.Begin || start > end || start < 0 || end > geo.Metres(whole)+0.001 {
				rt.Fatalf("%+v of %v m within %v", s, whole, limit)
			}
			if s.Finish < limit && end < geo.Metres(whole)-0.001 {
				rt.Fatalf("%+v ends before its segment of %v m, within %v", s, whole, limit)
			}
			if start == 0 && (d.segment() != near[0].Segment || s.Begin > 0) {
				if _, twice := got[d]; !twice || s.Begin < got[d] {
					got[d] = s.Begin
				}
			}
			return true
		})
		if err != nil {
			rt.Fatal(err)
		}
		plain := plainly(e, place{{Near: near[0]}})
		want := make(map[edge]time.Duration)
		for s, phases := range plain.at {
			c := min(phases[0], phases[1], phases[2])
			d := e.g.edge[s]
			if old, is := want[d]; c.duration() <= limit && c < never && (!is || c.duration() < old) {
				want[d] = c.duration()
			}
		}
		for d, w := range want {
			if g, is := got[d]; !is && (d.segment() != near[0].Segment) || is && g != w && d.segment() != near[0].Segment {
				rt.Fatalf("edge %d after %v (%v), want %v", d, g, is, w)
			}
		}
		for d := range got {
			if _, is := want[d]; !is && d.segment() != near[0].Segment {
				rt.Fatalf("edge %d after %v, want never", d, got[d])
			}
		}
	})
}

// What is reached in time is in the area, what is far from it is not, and longer
// times have larger areas.
func TestIsochronesHoldWhatIsReached(t *testing.T) {
	n, err := street.Build(randomGrid(rand.New(rand.NewPCG(5, 5)), 30, 30, 0.4))
	if err != nil {
		t.Fatal(err)
	}
	e := NewEngine(n, Foot())
	from := gridPlace(14.2, 15.1)
	times := []time.Duration{3 * time.Minute, 6 * time.Minute}
	areas, err := e.Isochrones(t.Context(), from, 0, times)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(6, 6))
	in, out := 0, 0
	for range 400 {
		id := street.SegmentID(r.IntN(n.Segments()))
		at := n.PointAt(id, geo.Metres(n.Segment(id).LengthM/2))
		way, err := e.Cost(t.Context(), Query{From: from, To: at})
		if err != nil {
			continue
		}
		for i, area := range areas {
			inside := planar.MultiPolygonContains(area, at)
			switch {
			case way.Duration < times[i]-15*time.Second: // the raster is 12 m
				if in++; !inside {
					t.Errorf("%v is reached in %v, but not in the area of %v", at, way.Duration, times[i])
				}
			case way.Duration > times[i]+100*time.Second:
				if out++; inside {
					t.Errorf("%v is reached in %v, but in the area of %v", at, way.Duration, times[i])
				}
			}
		}
	}
	if in < 20 || out < 100 {
		t.Errorf("only %d points in and %d out looked at", in, out)
	}
	if a, b := planar.Area(areas[0]), planar.Area(areas[1]); !(a > 0 && a < b) {
		t.Errorf("areas %v and %v, want the second larger", a, b)
	}
	for i, area := range areas {
		if len(area) != 1 || area[0][0].Orientation() != orb.CCW {
			t.Errorf("area %d: %d polygons, want one, counter-clockwise", i, len(area))
		}
	}
	if _, err := e.Isochrones(t.Context(), orb.Point{0, 0}, 0, times); !errors.Is(err, ErrOffNetwork) {
		t.Errorf("from the sea: %v, want %v", err, ErrOffNetwork)
	}
	if _, err := e.Isochrones(t.Context(), from, 0, []time.Duration{-1}); err == nil {
		t.Error("a time of -1 is taken")
	}
}
