package match

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// A town for the cases below. Corners are 80 m apart and more.
const blocks = `
a-------b-------c-------d
|       |       |       |
|       |       |       |
|       |       |       |
e---<---f---<---g---<---h
|       |       :       |
|       |       :       |
|       |       :       |
i-------j-------k-------l
`

// walked makes fixes along straight lines between places of a drawing (column, row),
// one a second at 8 m/s, each the given metres off to the right.
func walked(off float64, corners ...[2]float64) []Fix {
	var track []Fix
	clock := time.Unix(1000, 0)
	for i := 1; i < len(corners); i++ {
		a, b := corners[i-1], corners[i]
		long := math.Hypot(b[0]-a[0], b[1]-a[1]) * 10
		dx, dy := (b[0]-a[0])*10/long, (b[1]-a[1])*10/long
		for x := 4.0; x < long; x += 8 {
			track = append(track, Fix{At: streettest.Place(a[0]+(dx*x-dy*off)/10, a[1]+(dy*x+dx*off)/10), Time: clock})
			clock = clock.Add(time.Second)
		}
	}
	return track
}

// junctions names the junctions that a way goes over, "|" between its pieces.
func junctions(n *street.Network, at func(rune) street.JunctionID, parts [][]Leg) string {
	name := make(map[street.JunctionID]rune)
	for _, c := range "abcdefghijkl" {
		name[at(c)] = c
	}
	var all []string
	for _, legs := range parts {
		var b strings.Builder
		for i, l := range legs {
			s := n.Segment(l.Segment)
			from, to := s.From, s.To
			if !l.Forward {
				from, to = to, from
			}
			if i == 0 {
				b.WriteRune(name[from])
			}
			b.WriteRune(name[to])
		}
		all = append(all, b.String())
	}
	return strings.Join(all, "|")
}

func drawn(t *testing.T, p path.Profile) (m *Matcher, at func(rune) street.JunctionID) {
	n, at := streettest.Draw(t, blocks)
	return New(path.NewEngine(n, p), Params{}), at
}

func TestMatch(t *testing.T) {
	jitter := func(r *rand.Rand, at [2]float64, k int) (track []Fix) {
		for range k {
			track = append(track, Fix{At: streettest.Place(at[0]+r.NormFloat64()*0.5, at[1]+r.NormFloat64()*0.5)})
		}
		return track
	}
	r := rand.New(rand.NewPCG(5, 5))
	timed := func(parts ...[]Fix) []Fix {
		all := slices.Concat(parts...)
		for i := range all {
			all[i].Time = time.Unix(int64(1000+i), 0)
		}
		return all
	}
	for _, c := range []struct {
		name  string
		track []Fix
		want  string
	}{
		{"round a corner", walked(3, [2]float64{1, 0}, [2]float64{8, 0}, [2]float64{8, 3}), "abf"},
		{"against a one-way, as drivers do", walked(0, [2]float64{1, 4}, [2]float64{15, 4}), "efg"},
		{"on a footway, as drivers do", walked(2, [2]float64{16, 1}, [2]float64{16, 8}, [2]float64{21, 8}), "cgkl"},
		{"turned round between junctions", walked(2, [2]float64{1, 0}, [2]float64{13, 0}, [2]float64{3, 0}), "abcba"},
		{"turned round at a junction", walked(2, [2]float64{1, 0}, [2]float64{8, 0}, [2]float64{1, 0}), "aba"},
		{"a stop with jitter", timed(walked(2, [2]float64{1, 0}, [2]float64{11, 0}), jitter(r, [2]float64{11, 0}, 120), walked(2, [2]float64{11, 0}, [2]float64{15, 0})), "abc"},
		{"a stop with jitter at a crossing", timed(walked(2, [2]float64{1, 0}, [2]float64{8, 0}), jitter(r, [2]float64{7.8, 0}, 120), walked(2, [2]float64{8, 0}, [2]float64{15, 0})), "abc"},
		{"a jump far away", timed(walked(0, [2]float64{1, 0}, [2]float64{15, 0}), walked(0, [2]float64{500, 500}, [2]float64{501, 500}), walked(0, [2]float64{16, 0}, [2]float64{23, 0})), "abcd"},
	} {
		m, at := drawn(t, path.Car())
		got, err := m.Match(t.Context(), c.track)
		if err != nil {
			t.Fatal(err)
		}
		if way := junctions(m.n, at, got.Parts); way != c.want {
			t.Errorf("%s: %s, want %s", c.name, way, c.want)
		}
		for _, legs := range got.Parts {
			if why := joins(m, legs); why != "" {
				t.Errorf("%s: %s", c.name, why)
			}
		}
	}
}

// Where no way leads from one fix to the next, the way breaks off and begins anew.
func TestBreak(t *testing.T) {
	n, _ := streettest.Draw(t, `
a---------b      c-------------------d
`)
	m := New(path.NewEngine(n, path.Car()), Params{})
	got, err := m.Match(t.Context(), walked(2, [2]float64{1, 0}, [2]float64{36, 0}))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Parts) != 2 || len(got.Parts[0]) != 1 || len(got.Parts[1]) != 1 || got.Parts[0][0].Segment == got.Parts[1][0].Segment {
		t.Errorf("parts %v, want one on each street", got.Parts)
	}
	if lines := m.Lines(got.Parts); len(lines) != 2 {
		t.Errorf("lines %v, want two", lines)
	}
}

// Sides are those of the traveller, places are where the fixes are.
func TestPlaces(t *testing.T) {
	m, _ := drawn(t, path.Foot())
	for _, c := range []struct {
		off  float64
		to   [2]float64
		side street.Sides
	}{
		{5, [2]float64{7, 0}, street.Right},
		{-5, [2]float64{7, 0}, street.Left},
		{0, [2]float64{7, 0}, 0},
	} {
		track := walked(c.off, [2]float64{1, 0}, c.to)
		back := slices.Clone(track)
		slices.Reverse(back)
		for i := range back {
			back[i].Time = track[i].Time
		}
		for name, one := range map[string][]Fix{"east": track, "west": back} {
			want := c.side
			if name == "west" && want != 0 {
				want = street.Left + street.Right - want
			}
			got, err := m.Match(t.Context(), one)
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range got.Fixes {
				if p == nil || p.Side != want || math.Abs(float64(p.Distance)-math.Abs(c.off)) > 0.05 || geo.Distance(p.At, one[i].At) > p.Distance+0.05 || !(p.Confidence > 0.5 && p.Confidence <= 1) {
					t.Errorf("%v m off to the right, going %s, fix %d: %+v, want side %v", c.off, name, i, p, want)
				}
			}
		}
	}
}

// The order in which fixes are given doesn't matter, their times do.
func TestOrderOfFixes(t *testing.T) {
	m, _ := drawn(t, path.Car())
	track := walked(2, [2]float64{1, 0}, [2]float64{8, 0}, [2]float64{8, 8}, [2]float64{14, 8})
	want, err := m.Match(t.Context(), track)
	if err != nil {
		t.Fatal(err)
	}
	order := rand.New(rand.NewPCG(1, 1)).Perm(len(track))
	mixed := make([]Fix, len(track))
	for i, k := range order {
		mixed[i] = track[k]
	}
	got, err := m.Match(t.Context(), mixed)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got.Parts) != fmt.Sprint(want.Parts) {
		t.Errorf("%v, want %v", got.Parts, want.Parts)
	}
	for i, k := range order {
		if *got.Fixes[i] != *want.Fixes[k] {
			t.Errorf("fix %d: %+v, want %+v", i, got.Fixes[i], want.Fixes[k])
		}
	}
}

// Of two streets equally near, neither is sure; on a lonely one it is.
func TestConfidence(t *testing.T) {
	n, _ := streettest.Draw(t, `
a-----------------b

c-----------------d
`)
	m := New(path.NewEngine(n, path.Car()), Params{})
	at := func(row float64) *Place {
		got, err := m.Match(t.Context(), walked(0, [2]float64{2, row}, [2]float64{16, row}))
		if err != nil {
			t.Fatal(err)
		}
		return got.Fixes[5]
	}
	if p := at(1); math.Abs(p.Confidence-0.5) > 0.05 {
		t.Errorf("halfway between two streets: %+v, want a confidence of a half", p)
	}
	if p := at(0); p.Confidence < 0.99 {
		t.Errorf("on a street: %+v, want a confidence near 1", p)
	}
}

func TestMatchOfLittle(t *testing.T) {
	m, at := drawn(t, path.Car())
	one := Fix{At: streettest.Place(3, 0.2), Time: time.Unix(5, 0)}
	for _, c := range []struct {
		name  string
		track []Fix
		ways  string
		none  int
	}{
		{"nothing", nil, "", 0},
		{"one fix", []Fix{one}, "ab", 0},
		{"one fix twice", []Fix{one, one}, "ab", 0},
		{"far from any street", []Fix{{At: orb.Point{0, 0}}, {At: orb.Point{0, 0}}}, "", 2},
		{"at a pole and at the date line", []Fix{{At: orb.Point{180, 90}}, {At: orb.Point{-180, -90}}, {At: orb.Point{180, 0}}}, "", 3},
	} {
		got, err := m.Match(t.Context(), c.track)
		if err != nil {
			t.Fatal(err)
		}
		none := 0
		for _, p := range got.Fixes {
			if p == nil {
				none++
			}
		}
		way := junctions(m.n, at, got.Parts)
		if back := strings.ReplaceAll(way, "ba", "ab"); back != c.ways || none != c.none || len(got.Fixes) != len(c.track) {
			t.Errorf("%s: %s with %d of %d left out, want %s with %d", c.name, way, none, len(got.Fixes), c.ways, c.none)
		}
	}
	if _, err := m.Match(t.Context(), []Fix{{At: orb.Point{math.NaN(), 0}}}); !errors.Is(err, geo.ErrPosition) {
		t.Errorf("a fix that is nowhere: %v", err)
	}
	if _, err := m.Match(t.Context(), []Fix{{Accuracy: -1}}); err == nil {
		t.Error("an accuracy of -1 m was taken")
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := m.Match(ctx, []Fix{one}); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
}
