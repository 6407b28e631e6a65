package zone

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"citygrid/geo"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// off is where a point lies x metres east and y metres north of the middle of the
// demo city.
func off(x, y float64) orb.Point {
	lon, lat := geo.MetresPerDegree(39.74)
	return orb.Point{-75.55 + x/float64(lon), 39.74 + y/float64(lat)}
}

// A street's ground is what is beside it, on the side that was said, as wide as was said.
func TestGroundBesideAStreet(t *testing.T) {
	//          left is north of the first leg, west of the second
	bent := []orb.LineString{{off(0, 0), off(100, 0), off(100, 100)}}
	for _, c := range []struct {
		side    Side
		in, out []orb.Point
	}{
		{Left, []orb.Point{off(50, 5), off(95, 50)}, []orb.Point{off(50, -1), off(105, 50), off(50, 11), off(103, -3)}},
		{Right, []orb.Point{off(50, -5), off(105, 50), off(104, -4)}, []orb.Point{off(50, 1), off(95, 50), off(109, -9), off(-2, -2)}},
		{Both, []orb.Point{off(50, 4), off(50, -4), off(104, 50), off(96, 50), off(102, -2)}, []orb.Point{off(50, 6), off(106, 50), off(105, -5)}},
	} {
		ground, err := (&Drawn{Lines: bent, Side: c.side, WidthM: 10}).Ground()
		if err != nil {
			t.Fatal(c.side, err)
		}
		for _, p := range c.in {
			if !geo.Contains(ground, p) {
				t.Errorf("%s: %v is not inside", c.side, p)
			}
		}
		for _, p := range c.out {
			if geo.Contains(ground, p) {
				t.Errorf("%s: %v is inside", c.side, p)
			}
		}
	}
	ground, err := (&Drawn{Point: &orb.Point{-75.55, 39.74}, RadiusM: 30}).Ground()
	if err != nil || !geo.Contains(ground, off(20, 21)) || geo.Contains(ground, off(21.5, 21.5)) {
		t.Errorf("a point's ground is %v, %v", ground, err)
	}
}

// Whatever is drawn within the limits has ground that Check takes, which holds what
// lies beside the line and nothing farther from it than the width.
func TestAnyStreetHasGround(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := &Drawn{Side: rapid.SampledFrom([]Side{Left, Right, Both}).Draw(t, "side"), WidthM: rapid.Float64Range(MinWidthM, 60).Draw(t, "width")}
		metres := rapid.Float64Range(-300, 300)
		for range rapid.IntRange(1, 3).Draw(t, "lines") {
			line := orb.LineString{off(metres.Draw(t, "x"), metres.Draw(t, "y"))}
			for range rapid.IntRange(1, 6).Draw(t, "points") {
				line = append(line, off(metres.Draw(t, "x"), metres.Draw(t, "y")))
			}
			d.Lines = append(d.Lines, line)
		}
		if what, _ := d.fault(); what != "" {
			t.Skip(what)
		}
		z := Zone{Name: map[string]string{"en": "Street"}, Kind: StrictRoad, Drawn: d, Rule: Rule{Kind: NoRule}, Classes: []Class{Vehicle}}
		var err error
		if z.Ground, err = d.Ground(); err != nil {
			t.Fatal(err)
		}
		if err := z.Check(); err != nil {
			t.Fatalf("%v\n%v", err, z.Ground)
		}
		for range 10 {
			p := off(metres.Draw(t, "px"), metres.Draw(t, "py"))
			far := math.Inf(1)
			for _, l := range d.Lines {
				for i := 1; i < len(l); i++ {
					_, _, m := geo.NearestOnSegment(p, l[i-1], l[i])
					far = math.Min(far, float64(m))
				}
			}
			reach := d.WidthM
			if d.Side == Both {
				reach /= 2
			}
			if in := geo.Contains(z.Ground, p); in && far > reach*1.01+0.05 {
				t.Fatalf("%v is inside, %.2f m from the line, the width is %.2f", p, far, reach)
			}
		}
		text, err := json.Marshal(z)
		if err != nil {
			t.Fatal(err)
		}
		var again Zone
		if err := json.Unmarshal(text, &again); err != nil || !reflect.DeepEqual(again.Drawn, d) {
			t.Fatalf("comes back as %v, %v", again.Drawn, err)
		}
	})
}

func TestDrawnSaysWhatIsWrong(t *testing.T) {
	line := []orb.LineString{{off(0, 0), off(10, 0)}}
	for what, d := range map[string]Drawn{
		"neither":   {},
		"both":      {Lines: line, Side: Left, WidthM: 3, Point: &orb.Point{1, 2}, RadiusM: 5},
		"no side":   {Lines: line, Side: "west", WidthM: 3},
		"too thin":  {Lines: line, Side: Left, WidthM: 0.1},
		"not wide":  {Lines: line, Side: Left, WidthM: math.NaN()},
		"no length": {Lines: []orb.LineString{{off(0, 0), off(0, 0)}}, Side: Left, WidthM: 3},
		"far":       {Lines: []orb.LineString{{{0, 0}, {1, 1}}}, Side: Left, WidthM: 3},
		"off earth": {Lines: []orb.LineString{{{0, 0}, {0, math.Inf(1)}}}, Side: Left, WidthM: 3},
		"no radius": {Point: &orb.Point{1, 2}},
		"poles":     {Point: &orb.Point{1, 89}, RadiusM: 5},
	} {
		if ground, err := d.Ground(); err == nil {
			t.Errorf("%s: has the ground %v", what, ground)
		}
	}
	for _, k := range Kinds() {
		if u := k.Usual(); u.Kind != k || u.Rule.Check() != nil || len(u.Classes) == 0 {
			t.Errorf("%s is usually %+v", k, u)
		}
	}
}
