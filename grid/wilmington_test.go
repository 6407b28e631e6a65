package grid_test

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"citygrid/data/osm"
	"citygrid/geo"
	"citygrid/geo/basemap"
	"citygrid/geo/planar"
	"citygrid/geo/street"
	"citygrid/grid"

	"github.com/paulmach/orb"
)

// wilmington is the demo city: its streets, its boundary and its rivers, from the
// extract of Delaware that comes with the osm module.
func wilmington(t testing.TB) (n *street.Network, city orb.MultiPolygon, rivers []orb.LineString) {
	t.Helper()
	if testing.Short() || grid.Small {
		t.Skip("reads a large map")
	}
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/paulmach/osm").Output()
	path := filepath.Join(strings.TrimSpace(string(dir)), "testdata", "delaware-latest.osm.pbf")
	if _, statErr := os.Stat(path); err != nil || statErr != nil {
		t.Fatal("the osm module with its extract of Delaware is not in the module cache")
	}
	bound := orb.Bound{Min: orb.Point{-75.62, 39.68}, Max: orb.Point{-75.46, 39.80}}
	m, err := osm.ReadMap(t.Context(), path, "test", osm.Options{Bound: &bound})
	if err != nil {
		t.Fatal(err)
	}
	var borders []orb.LineString
	for f := range m.Base.Features() {
		switch {
		case f.Layer == basemap.Boundary:
			borders = append(borders, lines(f.Geometry)...)
		case f.Layer == basemap.Waterway && f.Kind == "river":
			rivers = append(rivers, lines(f.Geometry)...)
		}
	}
	city, found, err := planar.Around(borders, orb.Point{-75.5466, 39.7459})
	if err != nil || !found {
		t.Fatalf("the city's boundary: %v, %v", found, err)
	}
	return m.Network, city, rivers
}

func lines(g orb.Geometry) []orb.LineString {
	switch g := g.(type) {
	case orb.LineString:
		return []orb.LineString{g}
	case orb.MultiLineString:
		return g
	}
	return nil
}

// TestCutWilmington: twelve grids of a real city cover it to nine digits, share
// out its streets within 15 %, and are each in one piece.
func TestCutWilmington(t *testing.T) {
	n, city, rivers := wilmington(t)
	for _, c := range []struct {
		name     string
		boundary orb.MultiPolygon
		lines    []orb.LineString
	}{
		{"the city", city, nil},
		{"the city and its rivers", city, rivers},
		{"a box around its core", orb.MultiPolygon{orb.Bound{Min: orb.Point{-75.585, 39.72}, Max: orb.Point{-75.515, 39.775}}.ToPolygon()}, rivers},
	} {
		grids, err := grid.CutAlongStreets(n, c.boundary, 12, grid.CutOptions{Seed: 1, Lines: c.lines})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		p := grid.Plan{Grids: grids}
		if err := p.Check(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got, want := area(grids...), area(grid.Responsibility{Ground: c.boundary}); math.Abs(got-want) > 1e-9*want {
			t.Errorf("%s: grids cover %.12g square degrees, the boundary %.12g", c.name, got, want)
		}
		for _, g := range grids {
			if len(g.Ground) != 1 {
				t.Errorf("%s: grid %d is in %d pieces", c.name, g.ID, len(g.Ground))
			}
		}
		if ratio := mostWork(t, n, p); ratio > 1.15 {
			t.Errorf("%s: one grid has %.3f times the mean length of streets", c.name, ratio)
		}
	}
}

// area is the grids' ground in square degrees.
func area(grids ...grid.Responsibility) float64 {
	sum := 0.0
	for _, g := range grids {
		for _, poly := range g.Ground {
			for _, r := range poly {
				for i := 2; i < len(r); i++ {
					sum += ((r[i-1][0]-r[0][0])*(r[i][1]-r[0][1]) - (r[i-1][1]-r[0][1])*(r[i][0]-r[0][0])) / 2
				}
			}
		}
	}
	return sum
}

// mostWork measures the length of streets in each grid, half a metre to either
// side of each street, and compares the longest to the mean.
func mostWork(t *testing.T, n *street.Network, p grid.Plan) float64 {
	t.Helper()
	own, err := p.Index()
	if err != nil {
		t.Fatal(err)
	}
	work, total := map[grid.GridID]float64{}, 0.0
	for id := range street.SegmentID(n.Segments()) {
		s := n.Segment(id)
		if s.Class > street.Pedestrian || s.Class == street.ServiceRoad {
			continue
		}
		line := n.Line(id)
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			half := float64(geo.Distance(a, b)) / 2
			if half == 0 {
				continue
			}
			size := math.Hypot(b[0]-a[0], b[1]-a[1])
			for _, side := range []float64{5e-6 / size, -5e-6 / size} {
				mid := orb.Point{(a[0]+b[0])/2 - side*(b[1]-a[1]), (a[1]+b[1])/2 + side*(b[0]-a[0])}
				if g, ok := own.OwnerAt(mid); ok {
					work[g] += half
					total += half
				}
			}
		}
	}
	most := 0.0
	for _, w := range work {
		most = max(most, w)
	}
	return most / (total / float64(len(p.Grids)))
}

func BenchmarkCutWilmington(b *testing.B) {
	n, city, rivers := wilmington(b)
	for b.Loop() {
		if _, err := grid.CutAlongStreets(n, city, 12, grid.CutOptions{Lines: rivers}); err != nil {
			b.Fatal(err)
		}
	}
}
