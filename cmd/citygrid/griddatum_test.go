package main

import (
	"strings"
	"testing"

	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// TestGuessDatum: a file of blocks between the streets of a town in China fits the
// streets in the datum in which it was drawn, and in no other.
func TestGuessDatum(t *testing.T) {
	const n = 12
	at := func(x, y int) orb.Point { return orb.Point{121 + float64(x)*0.004, 30.7 + float64(y)*0.003} }
	var parts street.Parts
	add := func(a, b orb.Point) {
		from, to := street.FixedPoint(a), street.FixedPoint(b)
		j := street.JunctionID(len(parts.Junctions))
		parts.Junctions = append(parts.Junctions, street.Junction{At: from}, street.Junction{At: to})
		parts.Segments = append(parts.Segments, street.Segment{
			From: j, To: j + 1, Shape: uint32(len(parts.Shape)), Points: 2, Class: street.Residential,
			LengthM: float32(geo.Distance(a, b)), Forward: street.AllVehicles, Backward: street.AllVehicles,
		})
		parts.Shape = append(parts.Shape, from, to)
	}
	for i := range n {
		add(at(0, i), at(n-1, i))
		add(at(i, 0), at(i, n-1))
	}
	network, err := street.Build(parts)
	if err != nil {
		t.Fatal(err)
	}
	for _, drawn := range []geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09} {
		var areas []orb.MultiPolygon
		for x := 2; x < n-3; x++ {
			for y := 2; y < n-3; y++ {
				ring := orb.Ring{at(x, y), at(x+1, y), at(x+1, y+1), at(x, y+1), at(x, y)}
				for i, p := range ring {
					ring[i] = drawn.FromWGS84(p)
				}
				areas = append(areas, orb.MultiPolygon{{ring}})
			}
		}
		for _, declared := range []geo.Datum{geo.WGS84, geo.GCJ02} {
			if got, share, now := street.GuessDatum(network, corners(areas), declared); got != drawn {
				t.Errorf("drawn as %v, declared as %v: guessed %v (%.2f against %.2f)", drawn, declared, got, share, now)
			}
		}
	}
	if got, _, _ := street.GuessDatum(network, nil, geo.GCJ02); got != geo.GCJ02 {
		t.Errorf("of nothing, %v was guessed", got)
	}
}

// TestGuessDatumOfDistricts: Beijing's districts as a map service draws them, in GCJ-02
// with few corners, are told from WGS 84 by its streets of OpenStreetMap.
func TestGuessDatumOfDistricts(t *testing.T) {
	pbf := sharedFile(t, "beijing-2013", "beijing-5th-ring-2013.osm.pbf")
	districts := sharedFile(t, "beijing-2013", "districts-gcj02.geojson")
	dir := t.TempDir()
	if code, _, stderr := citygrid(t, "import", pbf, "--data", dir); code != 0 {
		t.Fatal(stderr)
	}
	for _, datum := range []string{"wgs84", "gcj02"} {
		code, _, stderr := citygrid(t, "grid", "check", districts, "--data", dir, "--datum", datum)
		if warned := strings.Contains(stderr, "try --datum gcj02"); code != 0 || warned != (datum == "wgs84") {
			t.Errorf("read as %s: exit %d, %q", datum, code, stderr)
		}
	}
}
