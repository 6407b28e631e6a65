package main

import (
	"bytes"
	"strings"
	"testing"

	"citygrid/data/store"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/zone"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

// Streets in a bureau's strict-road zone are seen in as many parts of the shift as is asked,
// on both sides each time; the others once, and no more is strict than lies in the zone.
func TestStrictRoads(t *testing.T) {
	dir := mapped(t)
	m, err := openCity(dir)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	ground := orb.MultiPolygon{{{{-75.552, 39.738}, {-75.546, 39.738}, {-75.546, 39.742}, {-75.552, 39.742}, {-75.552, 39.738}}}}
	for i, kind := range []zone.Kind{zone.StrictRoad, zone.NoDog} {
		z := zone.Zone{Name: map[string]string{"en": string(kind)}, Kind: kind, Rule: zone.Rule{Kind: zone.NoRule}, Classes: []zone.Class{zone.Vehicle}, Ground: ground}
		if i == 1 {
			z.Classes, z.Ground = []zone.Class{zone.Dog}, orb.MultiPolygon{{{{-75.56, 39.74}, {-75.55, 39.74}, {-75.55, 39.75}, {-75.56, 39.75}, {-75.56, 39.74}}}}
		}
		if _, err := st.AddZones(t.Context(), []zone.Zone{z}, consoleAct("zone.add", "")); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []int{1, 2, 3} {
		c := planPatrolCmd{Strict: want}
		p := patroller{c: &c, m: m, both: map[street.Class]bool{}}
		if p.visits, err = c.visits(); err != nil {
			t.Fatal(err)
		}
		if err := p.findStrict(t.Context(), st); err != nil {
			t.Fatal(err)
		}
		b := duty{streets: patrol.Streets(m.Network, func(p orb.Point) bool {
			return geo.Contains(orb.Bound{Min: orb.Point{-75.556, 39.736}, Max: orb.Point{-75.544, 39.744}}.ToPolygon(), p)
		}, patrol.Daily)}
		seen := map[street.SegmentID]int{}
		for _, ids := range p.passes(b) {
			for _, id := range ids {
				seen[id]++
			}
		}
		strict := 0
		for _, id := range b.streets {
			in := geo.Contains(ground, m.Network.PointAt(id, geo.Metres(m.Network.Segment(id).LengthM)/2))
			times := 1
			if in {
				strict++
				times = want
			}
			if seen[id] != times || p.bothSides(id) != (in && want > 1) {
				t.Fatalf("--strict %d: street %d, strict %v, is seen %d times, both sides %v", want, id, in, seen[id], p.bothSides(id))
			}
		}
		if strict == 0 || strict == len(b.streets) {
			t.Fatalf("%d of %d streets are strict", strict, len(b.streets))
		}
	}
	var stdout, stderr bytes.Buffer
	for _, args := range [][]string{{"--strict", "0"}, {"--strict", "13"}, {"--strict", "2", "--grids", "none.geojson"}} {
		if code := run(t.Context(), append([]string{"plan", "patrol", "--data", dir}, args...), strings.NewReader(""), &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), "--strict") {
			t.Errorf("%v: exit code %d, %s", args, code, stderr.String())
		}
	}
}
