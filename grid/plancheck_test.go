package grid

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// faults gives the faults of a plan.
func faults(t *testing.T, p Plan) []Fault {
	t.Helper()
	err := p.Check()
	if err == nil {
		return nil
	}
	var refused *PlanError
	if !errors.As(err, &refused) {
		t.Fatalf("%v is no *PlanError", err)
	}
	return refused.Faults
}

// kinds is a plan's faults in short: "overlap 0 1", "gap", "invalid 2".
func kinds(t *testing.T, p Plan) []string {
	var out []string
	for _, f := range faults(t, p) {
		s := f.Kind()
		if f.Feature >= 0 {
			s += fmt.Sprintf(" %d", f.Feature)
		}
		if f.Other >= 0 {
			s += fmt.Sprintf(" %d", f.Other)
		}
		out = append(out, s)
	}
	return out
}

func TestCheckShapes(t *testing.T) {
	frame := orb.MultiPolygon{{ring(0, 0, 3, 0, 3, 3, 0, 3), ring(1, 1, 1, 2, 2, 2, 2, 1)}}
	for _, c := range []struct {
		name string
		plan Plan
		want []string
	}{
		{"side by side", planOf(box(0, 0, 1, 1), box(1, 0, 2, 1)), nil},
		{"a border drawn with more points on one side", planOf(
			box(0, 0, 1, 2), orb.MultiPolygon{{ring(1, 0, 2, 0, 2, 2, 1, 2, 1, 1.5, 1, 1)}}), nil},
		{"apart", planOf(box(0, 0, 1, 1), box(2, 0, 3, 1)), nil},
		{"touching at a corner", planOf(box(0, 0, 1, 1), box(1, 1, 2, 2)), nil},
		{"an overlap", planOf(box(0, 0, 1, 1), box(0.9, 0, 2, 1)), []string{"overlap 0 1"}},
		{"one inside another", planOf(box(0, 0, 3, 3), box(1, 1, 2, 2)), []string{"overlap 0 1"}},
		{"one inside the hole of another", planOf(frame, box(1, 1, 2, 2)), nil},
		{"a hole that nobody has", planOf(frame), []string{"gap"}},
		{"a hole half filled", planOf(frame, box(1, 1, 1.5, 2)), []string{"gap"}},
		{"an island in a hole", planOf(frame, box(1.2, 1.2, 1.8, 1.8)), []string{"gap"}},
		{"three over each other", planOf(box(0, 0, 1, 1), box(0, 0, 1, 1), box(0, 0, 1, 1)), []string{"overlap 0 1", "overlap 0 2", "overlap 1 2"}},
		// 0.0001 thousandths are about 1 cm: 1 m2 along 100 m.
		{"a sliver shared", planOf(box(0, 0, 1.0001, 1), box(1, 0, 2, 1)), nil},
		{"a sliver left", planOf(box(0, 0, 1, 1), box(1.0001, 0, 2, 1), box(0, 1, 2, 2), box(0, -1, 2, 0)), nil},
		{"a strip of 10 cm left", planOf(box(0, 0, 1, 1), box(1.001, 0, 2, 1), box(0, 1, 2, 2), box(0, -1, 2, 0)), []string{"gap"}},
		{"a strip that is open to the outside", planOf(box(0, 0, 1, 1), box(1.001, 0, 2, 1)), nil},
		{"a bow tie", planOf(orb.MultiPolygon{{ring(0, 0, 1, 1, 1, 0, 0, 1)}}, box(2, 0, 3, 1)), []string{"invalid 0"}},
		{"a spike", planOf(orb.MultiPolygon{{ring(0, 0, 1, 0, 2, 0, 1, 0, 1, 1)}}), []string{"invalid 0"}},
		{"parts over each other", planOf(orb.MultiPolygon{box(0, 0, 2, 2)[0], box(1, 1, 3, 3)[0]}), []string{"invalid 0"}},
		{"a hole outside", planOf(orb.MultiPolygon{{ring(0, 0, 1, 0, 1, 1, 0, 1), ring(5, 5, 6, 5, 6, 6)}}), []string{"invalid 0"}},
		{"no ground", planOf(nil), []string{"invalid 0"}},
		{"a polygon without rings", planOf(orb.MultiPolygon{{}}), []string{"invalid 0"}},
		{"overlaps are told beside invalid grids", planOf(
			orb.MultiPolygon{{ring(0, 0, 1, 1, 1, 0, 0, 1)}}, box(0, 0, 1, 1), box(0, 0, 1, 1)), []string{"invalid 0", "overlap 1 2"}},
		{"rings may run either way", planOf(orb.MultiPolygon{{ring(0, 0, 0, 1, 1, 1, 1, 0)}}, box(1, 0, 2, 1)), nil},
		{"not a number", planOf(orb.MultiPolygon{{ring(0, 0, math.NaN(), 0, 1, 1)}}), []string{"invalid 0"}},
	} {
		if got := kinds(t, c.plan); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v: %v", c.name, got, c.want, faults(t, c.plan))
		}
	}
}

// TestFaultsSayWhereAndHowMuch: the place lies in the fault, the area is right.
func TestFaultsSayWhereAndHowMuch(t *testing.T) {
	for _, f := range faults(t, planOf(box(0, 0, 2, 2), box(1, 0, 3, 2))) {
		lon, lat := geo.MetresPerDegree(corner[1])
		want := float64(lon) * float64(lat) * 2e-6
		if f.At == nil || !geo.Contains(box(1, 0, 2, 2), *f.At) || math.Abs(f.AreaM2-want) > want/1000 {
			t.Errorf("%v with %.1f m2; want one in the middle with %.1f", f, f.AreaM2, want)
		}
		if s := f.String(); !strings.HasPrefix(s, "features 0 and 1: they share 190") || !strings.Contains(s, "; give") {
			t.Errorf("it reads %q", s)
		}
	}
}

func TestCheckFields(t *testing.T) {
	for name, change := range map[string]func(*Responsibility){
		"id":     func(g *Responsibility) { g.ID = 0 },
		"code":   func(g *Responsibility) { g.Code = strings.Repeat("1", 33) },
		"name":   func(g *Responsibility) { g.Name = map[string]string{"en": "\xff"} },
		"team":   func(g *Responsibility) { g.Team = -1 },
		"member": func(g *Responsibility) { g.Member = -1 },
		"tasks":  func(g *Responsibility) { g.Tasks = []string{""} },
	} {
		p := planOf(box(0, 0, 1, 1), box(1, 0, 2, 1))
		if got := faults(t, p); got != nil {
			t.Fatal(got)
		}
		change(&p.Grids[1])
		got := faults(t, p)
		if len(got) != 1 || got[0].Field != name || got[0].Feature != 1 || got[0].Kind() != "field" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestBrokenSeattle: on copies of real grids the check finds the faults that were
// made, and no other.
func TestBrokenSeattle(t *testing.T) {
	data := shared(t, "seattle-grids", "spd-precincts.geojson")
	for _, c := range []struct {
		name string
		do   func(p *Plan)
		want []string
	}{
		{"a ring tied into a knot", func(p *Plan) {
			r := p.Grids[2].Ground[0][0]
			r[1], r[len(r)/2] = r[len(r)/2], r[1]
		}, []string{"invalid 2"}},
		{"a grid twice", func(p *Plan) {
			again := p.Grids[1]
			again.ID = 99
			p.Grids = append(p.Grids, again)
		}, []string{"overlap 1 5"}},
		{"a hole cut into one", func(p *Plan) {
			p.Grids[0].Ground[0] = append(p.Grids[0].Ground[0], holeAt(p.Grids[0].Ground[0]))
		}, []string{"gap"}},
	} {
		p, err := ReadGeoJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		c.do(&p)
		if got := kinds(t, p); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// holeAt is a small ring inside a polygon.
func holeAt(poly orb.Polygon) orb.Ring {
	b := poly.Bound()
	for i := 1; ; i++ {
		p := orb.Point{b.Min[0] + (b.Max[0]-b.Min[0])*float64(i*7%100)/100, b.Min[1] + (b.Max[1]-b.Min[1])*float64(i*13%100)/100}
		d := 0.0005
		r := orb.Ring{p, {p[0], p[1] + d}, {p[0] + d, p[1] + d}, {p[0] + d, p[1]}, p}
		inside := true
		for _, q := range r {
			inside = inside && geo.Contains(poly, q)
		}
		if inside {
			return r
		}
	}
}

// TestHeapsOfGridsAreRefusedInTime: what is no plan costs no more than one.
func TestHeapsOfGridsAreRefusedInTime(t *testing.T) {
	var heap, scribbles []orb.MultiPolygon
	count := 2000
	if testing.Short() || Small {
		count = 500
	}
	for i := range count {
		d := float64(i) / 1000
		heap = append(heap, box(-d, -d, 10+d, 10+d))
		if i < count/2 {
			scribbles = append(scribbles, orb.MultiPolygon{{ring(0, d, 10, 10-d, 10, 10.001-d)}})
		}
	}
	for name, grounds := range map[string][]orb.MultiPolygon{"over each other": heap, "across each other": scribbles} {
		if got := faults(t, planOf(grounds...)); len(got) == 0 {
			t.Errorf("%s: no fault found", name)
		}
	}
}
