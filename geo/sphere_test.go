package geo_test

import (
	"math"
	"testing"

	"citygrid/geo"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func TestDistanceAndBearing(t *testing.T) {
	for _, c := range []struct {
		name     string
		a, b     orb.Point
		distance geo.Metres
		bearing  geo.Degrees
	}{
		{"the same point", orb.Point{116, 39}, orb.Point{116, 39}, 0, 0},
		{"one degree north", orb.Point{10, 50}, orb.Point{10, 51}, 111_195.08, 0},
		{"one degree east on the equator", orb.Point{0, 0}, orb.Point{1, 0}, 111_195.08, 90},
		{"over the date line", orb.Point{179.5, 0}, orb.Point{-179.5, 0}, 111_195.08, 90},
		{"over the date line, west", orb.Point{-179.5, 0}, orb.Point{179.5, 0}, 111_195.08, 270},
		{"pole to pole", orb.Point{0, 90}, orb.Point{0, -90}, geo.EarthRadius * math.Pi, 180},
		{"antipodes", orb.Point{0, 0}, orb.Point{180, 0}, geo.EarthRadius * math.Pi, 90},
		// Vincenty on WGS 84 says 343,560 m, 148.5 degrees.
		{"London to Paris", orb.Point{-0.1278, 51.5074}, orb.Point{2.3522, 48.8566}, 343_557, 148.1},
	} {
		if got := geo.Distance(c.a, c.b); math.Abs(float64(got-c.distance)) > 1 {
			t.Errorf("%s: distance %.2f m, want %.2f m", c.name, got, c.distance)
		}
		if got := geo.Bearing(c.a, c.b); math.Abs(float64(got-c.bearing)) > 0.1 {
			t.Errorf("%s: bearing %.2f, want %.2f", c.name, got, c.bearing)
		}
	}
}

func TestTurn(t *testing.T) {
	for _, c := range []struct{ from, to, want geo.Degrees }{
		{0, 90, 90}, {90, 0, -90}, {350, 10, 20}, {10, 350, -20}, {0, 180, 180}, {180, 0, 180}, {359.5, 359.5, 0},
	} {
		if got := c.from.Turn(c.to); math.Abs(float64(got-c.want)) > 1e-9 {
			t.Errorf("turn from %v to %v: %v, want %v", c.from, c.to, got, c.want)
		}
	}
	if got := geo.Degrees(-1e-18).Normal(); got != 0 {
		t.Errorf("normal of -1e-18 is %v, want 0", got)
	}
}

// point draws a point that is not within a hair of a pole.
func point(rt *rapid.T, label string) orb.Point {
	return orb.Point{
		rapid.Float64Range(-180, 180).Draw(rt, label+" lon"),
		rapid.Float64Range(-89.9, 89.9).Draw(rt, label+" lat"),
	}
}

func TestDestinationUndoesDistanceAndBearing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := point(rt, "a"), point(rt, "b")
		got := geo.Destination(a, geo.Bearing(a, b), geo.Distance(a, b))
		if math.Abs(got[0]) > 180 || math.Abs(got[1]) > 90 {
			rt.Fatalf("destination %v is not on earth", got)
		}
		// Near the antipodes a last digit of the bearing is metres.
		if off := geo.Distance(got, b); off > 0.5 {
			rt.Fatalf("from %v as far as %v: came to %v, %.3f m off", a, b, got, off)
		}
	})
}

// The flat map's error is what its comment says.
func TestMetresPerDegreeError(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := orb.Point{rapid.Float64Range(-180, 180).Draw(rt, "lon"), rapid.Float64Range(-70, 70).Draw(rt, "lat")}
		d := geo.Metres(rapid.Float64Range(0.1, 500).Draw(rt, "distance"))
		q := geo.Destination(p, geo.Degrees(rapid.Float64Range(0, 360).Draw(rt, "bearing")), d)
		_, _, flat := geo.NearestOnSegment(p, q, q)
		bound := float64(d)*(float64(d/geo.EarthRadius)/2*math.Abs(math.Tan(p[1]*math.Pi/180))*1.05+1e-7) + 1e-7
		if off := math.Abs(float64(flat - d)); off > bound {
			rt.Fatalf("flat distance from %v to %v is %v m, want %v m to %v m", p, q, flat, d, bound)
		}
	})
}

func TestNearestOnSegment(t *testing.T) {
	for _, c := range []struct {
		name    string
		p, a, b orb.Point
		at      orb.Point
		t       float64
		d       geo.Metres
	}{
		{"beside it", orb.Point{0.0005, 0.001}, orb.Point{0, 0}, orb.Point{0.001, 0}, orb.Point{0.0005, 0}, 0.5, 111.195},
		{"before its start", orb.Point{-0.001, 0}, orb.Point{0, 0}, orb.Point{0.001, 0}, orb.Point{0, 0}, 0, 111.195},
		{"beyond its end", orb.Point{0.002, 0}, orb.Point{0, 0}, orb.Point{0.001, 0}, orb.Point{0.001, 0}, 1, 111.195},
		{"a segment of one point", orb.Point{0, 0.001}, orb.Point{0, 0}, orb.Point{0, 0}, orb.Point{0, 0}, 0, 111.195},
		{"over the date line", orb.Point{-179.9995, 0.001}, orb.Point{179.999, 0}, orb.Point{-179.999, 0}, orb.Point{-179.9995, 0}, 0.75, 111.195},
		{"at the pole", orb.Point{0, 90}, orb.Point{0, 89}, orb.Point{90, 89}, orb.Point{0, 89}, 0, 111_195.08},
	} {
		at, share, d := geo.NearestOnSegment(c.p, c.a, c.b)
		if c.name == "at the pole" { // every point of a parallel is as near
			at, share = c.at, c.t
		}
		if geo.Distance(at, c.at) > 0.01 || math.Abs(share-c.t) > 1e-6 || math.Abs(float64(d-c.d)) > 0.01 {
			t.Errorf("%s: %v, share %.6f, %.3f m; want %v, %v, %v m", c.name, at, share, d, c.at, c.t, c.d)
		}
	}
}

func TestLength(t *testing.T) {
	if got := geo.Length(nil); got != 0 {
		t.Errorf("length of no line is %v m, want 0", got)
	}
	if got := geo.Length(orb.LineString{{0, 0}, {0.001, 0}, {0.001, 0.001}}); math.Abs(float64(got)-222.39) > 0.01 {
		t.Errorf("length %.2f m, want 222.39 m", got)
	}
}
