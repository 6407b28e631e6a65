package partition

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A test's positions are thousandths of a degree east and north of this corner,
// about 85 by 111 m.
var corner = orb.Point{-75.55, 39.7}

// ring makes a closed ring from x, y pairs.
func ring(xy ...float64) orb.Ring {
	var r orb.Ring
	for i := 0; i < len(xy); i += 2 {
		r = append(r, orb.Point{corner[0] + xy[i]/1000, corner[1] + xy[i+1]/1000})
	}
	return append(r, r[0])
}

func box(x0, y0, x1, y1 float64) orb.MultiPolygon {
	return orb.MultiPolygon{{ring(x0, y0, x1, y0, x1, y1, x0, y1)}}
}

func areas(a ...orb.MultiPolygon) []orb.MultiPolygon { return a }

// kinds is a report in short: "invalid 2", "overlap 0 1", "gap".
func kinds(r Report) []string {
	var out []string
	for _, f := range r.Invalid {
		out = append(out, fmt.Sprintf("invalid %d", f.Feature))
	}
	for _, o := range r.Overlaps {
		out = append(out, fmt.Sprintf("overlap %d %d", o.A, o.B))
	}
	for range r.Gaps {
		out = append(out, "gap")
	}
	return out
}

func TestCheck(t *testing.T) {
	frame := orb.MultiPolygon{{ring(0, 0, 3, 0, 3, 3, 0, 3), ring(1, 1, 1, 2, 2, 2, 2, 1)}}
	bow := orb.MultiPolygon{{ring(0, 0, 1, 1, 1, 0, 0, 1)}}
	open := orb.MultiPolygon{{ring(1, 0, 2, 0, 2, 1, 1, 1)[:4]}}
	for _, c := range []struct {
		name  string
		areas []orb.MultiPolygon
		want  []string
	}{
		{"nothing", nil, nil},
		{"side by side", areas(box(0, 0, 1, 1), box(1, 0, 2, 1)), nil},
		{"a border drawn with more points on one side", areas(
			box(0, 0, 1, 2), orb.MultiPolygon{{ring(1, 0, 2, 0, 2, 2, 1, 2, 1, 1.5, 1, 1)}}), nil},
		{"apart", areas(box(0, 0, 1, 1), box(2, 0, 3, 1)), nil},
		{"touching at a corner", areas(box(0, 0, 1, 1), box(1, 1, 2, 2)), nil},
		{"an overlap", areas(box(0, 0, 1, 1), box(0.9, 0, 2, 1)), []string{"overlap 0 1"}},
		{"an overlap in two pieces is one pair, the bay between is a gap", areas(
			box(0, 0, 1, 5), orb.MultiPolygon{{ring(0.9, 1, 2, 1, 2, 4, 0.9, 4, 0.9, 3, 1.5, 3, 1.5, 2, 0.9, 2)}}), []string{"overlap 0 1", "gap"}},
		{"one inside another", areas(box(0, 0, 3, 3), box(1, 1, 2, 2)), []string{"overlap 0 1"}},
		{"one inside the hole of another", areas(frame, box(1, 1, 2, 2)), nil},
		{"a hole that nobody has", areas(frame), []string{"gap"}},
		{"a hole half filled", areas(frame, box(1, 1, 1.5, 2)), []string{"gap"}},
		{"a hole with an island", areas(frame, box(1.2, 1.2, 1.8, 1.8)), []string{"gap"}},
		{"a hole cut in two", areas(frame, box(1, 1.4, 2, 1.6)), []string{"gap", "gap"}},
		{"three over each other", areas(box(0, 0, 1, 1), box(0, 0, 1, 1), box(0, 0, 1, 1)), []string{"overlap 0 1", "overlap 0 2", "overlap 1 2"}},
		{"0.9 m2 shared", areas(box(0, 0, 1.0001, 1), box(1, 0, 2, 1)), nil},
		{"2 m2 shared", areas(box(0, 0, 1.0002, 1), box(1, 0, 2, 1)), []string{"overlap 0 1"}},
		{"2 m2 left", areas(box(0, 0, 1, 1), box(1.0002, 0, 2, 1), box(0, 1, 2, 2), box(0, -1, 2, 0)), []string{"gap"}},
		{"a strip that is open to the outside", areas(box(0, 0, 1, 1), box(1.001, 0, 2, 1)), nil},
		{"a bow tie", areas(bow, box(2, 0, 3, 1)), []string{"invalid 0"}},
		{"a bow tie under two that overlap", areas(bow, box(0, 0, 1, 1), box(0, 0, 1, 1)), []string{"invalid 0", "overlap 1 2"}},
		{"two corners of a border swapped", areas(
			orb.MultiPolygon{{ring(0, 0, 4, 0, 4.2, 1, 4.3, 2, 4, 3, 0, 3)}},
			orb.MultiPolygon{{ring(8, 0, 8, 3, 4, 3, 4.2, 1, 4.3, 2, 4, 0)}}), []string{"invalid 1"}},
		{"what a knotted one shares is told when it is untied", areas(
			orb.MultiPolygon{{ring(9, 0, 9, 9, 0, 9, 0.1, 0, 0, 0.2)}}, box(8, 3, 10, 6)), []string{"invalid 0"}},
		{"a gap beside a knotted one, not its own", areas(
			orb.MultiPolygon{{ring(0, 0, 1, 0, 0, 1, 1, 1)}}, box(0, 1, 1, 2), box(2, 0, 3, 1), box(1, 1, 3, 2), box(-1, -1, 4, 0), box(1, 0, 1.9, 0.5)), []string{"invalid 0", "gap"}},
		{"an open ring covers what it would closed", areas(box(0, 0, 1, 1), open, box(2, 0, 3, 1), box(0, 1, 3, 2), box(0, -1, 3, 0)), []string{"invalid 1"}},
		{"a spike", areas(orb.MultiPolygon{{ring(0, 0, 1, 0, 2, 0, 1, 0, 1, 1)}}, box(1, 0, 2, 1)), []string{"invalid 0"}},
		{"parts over each other", areas(orb.MultiPolygon{box(0, 0, 2, 2)[0], box(1, 1, 3, 3)[0]}), []string{"invalid 0"}},
		{"parts that touch at a corner", areas(orb.MultiPolygon{box(0, 0, 1, 1)[0], box(1, 1, 2, 2)[0]}), nil},
		{"a hole outside", areas(orb.MultiPolygon{{ring(0, 0, 1, 0, 1, 1, 0, 1), ring(5, 5, 6, 5, 6, 6)}}), []string{"invalid 0"}},
		{"a hole twice", areas(orb.MultiPolygon{append(slices.Clone(frame[0]), frame[0][1])}, box(1, 1, 2, 2)), []string{"invalid 0"}},
		{"no ground", areas(nil), []string{"invalid 0"}},
		{"a polygon without rings", areas(orb.MultiPolygon{{}}), []string{"invalid 0"}},
		{"three positions", areas(orb.MultiPolygon{{ring(0, 0, 1, 0)}}), []string{"invalid 0"}},
		{"no area", areas(orb.MultiPolygon{{ring(0, 0, 1, 0, 2, 0)}}), []string{"invalid 0"}},
		{"one place", areas(orb.MultiPolygon{{ring(0, 0, 0, 0, 0, 0)}}), []string{"invalid 0"}},
		{"rings may run either way", areas(orb.MultiPolygon{{ring(0, 0, 0, 1, 1, 1, 1, 0)}}, box(1, 0, 2, 1)), nil},
		{"not a number", areas(orb.MultiPolygon{{ring(0, 0, math.NaN(), 0, 1, 1)}}), []string{"invalid 0"}},
		{"not on earth", areas(box(0, 0, 300_000, 1)), []string{"invalid 0"}},
	} {
		r, err := Check(c.areas, 1)
		if got := kinds(r); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v: %+v, %v", c.name, got, c.want, r, err)
		}
		for _, f := range r.Invalid {
			if f.Reason == "" || f.Mend == "" || f.At == nil && len(c.areas[f.Feature]) > 0 && len(c.areas[f.Feature][0]) > 0 {
				t.Errorf("%s: a fault without a reason, a remedy or a place: %+v", c.name, f)
			}
		}
	}
}

// TestCountriesHaveLongEdges: edges of many degrees are no fault, and where two
// countries share one they fit.
func TestCountriesHaveLongEdges(t *testing.T) {
	country := func(w, s, e, n float64) orb.MultiPolygon {
		return orb.MultiPolygon{{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
	}
	r, err := Check(areas(country(0, 0, 20, 10), country(20, 0, 40, 10), country(0, 10, 40, 20), country(0, -10, 13.7, 0), country(13.7, -10, 40, 0)), 1)
	if err != nil || !r.Clean() {
		t.Errorf("%+v, %v", r, err)
	}
	// The zone between two latitudes, by Snyder's formula.
	r, err = Check(areas(country(0, 0, 20, 10), country(10, 0, 30, 10)), 1)
	if err != nil || len(r.Overlaps) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if got, want := r.Overlaps[0].AreaM2, (under(10)-under(0))*10*radians; math.Abs(got/want-1) > 1e-9 {
		t.Errorf("they share %.0f m2, want %.0f", got, want)
	}
}

// TestAreasAreThoseOfTheEllipsoid: both ways to measure agree, and the surface of
// the whole ellipsoid is 510,065,621.7 km2 (Moritz, Geodetic Reference System 1980).
func TestAreasAreThoseOfTheEllipsoid(t *testing.T) {
	if whole := 4 * math.Pi * under(90) / 1e6; math.Abs(whole-510_065_621.7) > 1 {
		t.Errorf("the earth has %.1f km2", whole)
	}
	for _, lat := range []float64{-60, 0, 30.7, 52} {
		b := orb.MultiPolygon{{{{120, lat}, {120.04, lat}, {120.04, lat + 0.04}, {120, lat + 0.04}, {120, lat}}}}
		o, err := Lay(areas(b))
		if err != nil {
			t.Fatal(err)
		}
		got, want := o.SquareMetres(1), (under(lat+0.04)-under(lat))*0.04*radians
		if math.Abs(got/want-1) > 1e-7 || math.Abs(AreaM2(b)/want-1) > 1e-7 {
			t.Errorf("at %v: %.2f m2 and %.2f m2, want %.2f", lat, got, AreaM2(b), want)
		}
	}
}

// TestFaultsSayWhereAndHowMuch: the place lies in the fault, the area is right.
func TestFaultsSayWhereAndHowMuch(t *testing.T) {
	r, err := Check(areas(box(0, 0, 2, 2), box(1, 0, 3, 2)), 1)
	if err != nil || len(r.Overlaps) != 1 {
		t.Fatal(r, err)
	}
	o, want := r.Overlaps[0], AreaM2(box(1, 0, 2, 2))
	if !geo.Contains(box(1, 0, 2, 2), o.At) || math.Abs(o.AreaM2-want) > 1e-6*want {
		t.Errorf("%+v, want one in the middle with %.1f m2", o, want)
	}
}

// TestBoxesAgainstTheirSides: of random boxes, the plain comparison of their sides
// says which share ground and how much.
func TestBoxesAgainstTheirSides(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 6))
		type sides struct{ w, s, e, n float64 }
		var boxes []sides
		var all []orb.MultiPolygon
		for range 2 + r.IntN(30) {
			// On a lattice, so that sides often fall on each other.
			b := sides{float64(r.IntN(20)), float64(r.IntN(20)), 0, 0}
			b.e, b.n = b.w+1+float64(r.IntN(5)), b.s+1+float64(r.IntN(5))
			boxes, all = append(boxes, b), append(all, box(b.w, b.s, b.e, b.n))
		}
		want := map[[2]int]float64{}
		for i, a := range boxes {
			for j, b := range boxes[:i] {
				w, s, e, n := max(a.w, b.w), max(a.s, b.s), min(a.e, b.e), min(a.n, b.n)
				if w < e && s < n {
					want[[2]int{j, i}] = AreaM2(box(w, s, e, n))
				}
			}
		}
		report, err := Check(all, 1)
		if err != nil || len(report.Invalid) > 0 || len(report.Overlaps) != len(want) {
			t.Fatalf("seed %d: %d overlaps and %v, want %d: %v", seed, len(report.Overlaps), report.Invalid, len(want), err)
		}
		for _, o := range report.Overlaps {
			if w := want[[2]int{o.A, o.B}]; math.Abs(o.AreaM2-w) > 1e-6*w {
				t.Errorf("seed %d: %d and %d share %.3f m2, want %.3f", seed, o.A, o.B, o.AreaM2, w)
			}
			for _, i := range []int{o.A, o.B} {
				if !geo.Contains(all[i], o.At) {
					t.Errorf("seed %d: the overlap of %d and %d is not in %d", seed, o.A, o.B, i)
				}
			}
		}
		for _, g := range report.Gaps {
			for i, a := range all {
				if geo.Contains(a, g.At) {
					t.Errorf("seed %d: a gap in area %d", seed, i)
				}
			}
		}
	}
}

// TestHeapsAreToldInTime: hundreds of areas over each other are told pair by pair;
// of more pairs than a million the first are.
func TestHeapsAreToldInTime(t *testing.T) {
	heap := make([]orb.MultiPolygon, 300)
	for i := range heap {
		heap[i] = box(0, 0, 1, 1)
	}
	if r, err := Check(heap, 1); err != nil || len(r.Overlaps) != 300*299/2 {
		t.Errorf("%d overlaps, %v", len(r.Overlaps), err)
	}
}
