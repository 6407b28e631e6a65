package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
)

func TestIsochrone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	mustSay(t, "", "import", "--data", dir, "--quiet", writeTown(t))
	out := mustSay(t, "", "isochrone", "--data", dir, "--profile", "foot", "--from", "0,0", "--minutes", "1,2,0.05", "--json")
	all, err := geojson.UnmarshalFeatureCollection([]byte(out))
	if err != nil || len(all.Features) != 3 {
		t.Fatalf("%v: %s", err, out)
	}
	// 83 m a minute: a minute leads three quarters of the way to the side street.
	for i, want := range []struct {
		minutes float64
		in, out orb.Point
	}{{1, orb.Point{0.0006, 0}, orb.Point{0.0013, 0}}, {2, orb.Point{0.0013, 0}, orb.Point{0.001, 0.001}}, {0.05, orb.Point{0, 0}, orb.Point{0.0003, 0}}} {
		f := all.Features[i]
		area, ok := f.Geometry.(orb.Polygon)
		if !ok || f.Properties["minutes"] != want.minutes || !planar.PolygonContains(area, want.in) || planar.PolygonContains(area, want.out) {
			t.Errorf("feature %d: %v minutes, %v; want %v minutes, a polygon with %v and without %v", i, f.Properties["minutes"], f.Geometry, want.minutes, want.in, want.out)
		}
	}
	for _, tt := range []struct{ says, minutes, from string }{
		{"--minutes", "0", "0,0"},
		{"--minutes", "5,-1", "0,0"},
		{"--minutes", "1e9", "0,0"},
		{"--minutes", "NaN", "0,0"},
		{"--minutes", "five", "0,0"},
		{"no street", "5", "1,1"},
	} {
		if code, _, errs := said(t, "", "isochrone", "--data", dir, "--from", tt.from, "--minutes="+tt.minutes); code != 2 || !strings.Contains(errs, tt.says) {
			t.Errorf("%s minutes from %s: exit %d, %q; want 2 and %q", tt.minutes, tt.from, code, errs, tt.says)
		}
	}
}
