package geo_test

import (
	"math"
	"testing"

	"citygrid/geo"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// Values that other converters (coordtransform, eviltransform) give.
func TestDatumKnownPlaces(t *testing.T) {
	for _, c := range []struct {
		name       string
		wgs        orb.Point
		gcj        orb.Point
		toleranceM geo.Metres
	}{
		{"Shanghai, of eviltransform's tests", orb.Point{121.5272106, 31.1774276}, orb.Point{121.531541859215, 31.17530398364597}, 0.001},
		{"Shenzhen, of eviltransform's tests", orb.Point{113.912316, 22.543847}, orb.Point{113.9171764808363, 22.540796131694766}, 0.001},
		{"Beijing, of eviltransform's tests", orb.Point{116.377817, 39.911954}, orb.Point{116.38404722455657, 39.91334545536069}, 0.001},
		{"Wilmington, not shifted", orb.Point{-75.55, 39.74}, orb.Point{-75.55, 39.74}, 0},
	} {
		if got := geo.GCJ02.FromWGS84(c.wgs); geo.Distance(got, c.gcj) > c.toleranceM {
			t.Errorf("%s: GCJ-02 of %v is %v, want %v, %.2f m off", c.name, c.wgs, got, c.gcj, geo.Distance(got, c.gcj))
		}
	}
	// From the page of Baidu's converter: GCJ-02 116.404, 39.915.
	wgs := geo.GCJ02.ToWGS84(orb.Point{116.404, 39.915})
	if got, want := geo.BD09.FromWGS84(wgs), (orb.Point{116.41036949371, 39.92133699351}); geo.Distance(got, want) > 0.01 {
		t.Errorf("BD-09 of GCJ-02 116.404,39.915 is %v, want %v", got, want)
	}
}

func TestDatumRoundTrips(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := rapid.SampledFrom([]geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09}).Draw(rt, "datum")
		var p orb.Point
		if rapid.Bool().Draw(rt, "in China") {
			// Not within 1 km of the edge, where the step is.
			p = orb.Point{rapid.Float64Range(72.02, 137.82).Draw(rt, "lon"), rapid.Float64Range(0.85, 55.81).Draw(rt, "lat")}
		} else {
			p = orb.Point{rapid.Float64Range(-179, 71).Draw(rt, "lon"), rapid.Float64Range(-89, 89).Draw(rt, "lat")}
		}
		back := d.ToWGS84(d.FromWGS84(p))
		if math.Abs(back[0]-p[0]) > 1e-9 || math.Abs(back[1]-p[1]) > 1e-9 {
			rt.Fatalf("%v to %v and back is %v, %g and %g degree off", p, d, back, back[0]-p[0], back[1]-p[1])
		}
		there := d.FromWGS84(d.ToWGS84(p))
		if math.Abs(there[0]-p[0]) > 1e-9 || math.Abs(there[1]-p[1]) > 1e-9 {
			rt.Fatalf("%v from %v and back is %v", p, d, there)
		}
	})
}

// A shift is some hundred metres, so that a source with the wrong datum shows.
func TestShiftSize(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := orb.Point{rapid.Float64Range(73.6, 134.8).Draw(rt, "lon"), rapid.Float64Range(18, 53.5).Draw(rt, "lat")}
		if d := geo.Distance(p, geo.GCJ02.FromWGS84(p)); d > 1000 {
			rt.Fatalf("GCJ-02 shifts %v by %.0f m, want at most 1 km", p, d)
		}
	})
}

func TestParseDatum(t *testing.T) {
	for _, d := range []geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09} {
		if got, err := geo.ParseDatum(d.String()); got != d || err != nil {
			t.Errorf("ParseDatum(%q) = %v, %v", d.String(), got, err)
		}
	}
	if got, err := geo.ParseDatum("cgcs2000"); got != geo.WGS84 || err != nil {
		t.Errorf("ParseDatum(cgcs2000) = %v, %v; want wgs84", got, err)
	}
	if _, err := geo.ParseDatum("GCJ"); err == nil {
		t.Error("ParseDatum(GCJ) is taken, want an error")
	}
}
