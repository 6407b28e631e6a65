package geo_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"citygrid/geo"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func TestCell(t *testing.T) {
	// From the H3 documentation.
	c, err := geo.CellAt(orb.Point{-122.418307270836, 37.7955979}, 9)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.String(), "8928308280fffff"; c.Resolution() != 9 || len(got) != len(want) || got[:6] != want[:6] {
		t.Errorf("cell %s of resolution %d, want one like %s, 9", got, c.Resolution(), want)
	}
	text, err := json.Marshal(map[string]any{"cell": c, "none": geo.Cell(0)})
	if err != nil || string(text) != `{"cell":"`+c.String()+`","none":""}` {
		t.Errorf("JSON %s, error %v", text, err)
	}
	var back struct{ Cell, None geo.Cell }
	if err := json.Unmarshal(text, &back); err != nil || back.Cell != c || back.None != 0 {
		t.Errorf("back from JSON: %v, error %v; want %v", back, err, c)
	}
	for _, bad := range []string{"x", "0x8928308280fffff", "ffffffffffffffff", "8928308280fffff0"} {
		if _, err := geo.ParseCell(bad); !errors.Is(err, geo.ErrCell) {
			t.Errorf("ParseCell(%q): error %v, want ErrCell", bad, err)
		}
	}
	if p, ok := c.Parent(5); !ok || p.Resolution() != 5 {
		t.Errorf("parent %v of resolution %d, %v; want one of 5", p, p.Resolution(), ok)
	}
	if _, ok := c.Parent(10); ok {
		t.Error("a cell of 9 has a parent of 10, want none")
	}
	if _, err := geo.CellAt(orb.Point{0, 90.1}, 5); !errors.Is(err, geo.ErrPosition) {
		t.Errorf("cell beyond the pole: error %v, want ErrPosition", err)
	}
	for _, p := range []orb.Point{{0, 90}, {0, -90}, {180, 0}, {-180, 0}} {
		if c, err := geo.CellAt(p, 10); err != nil || !c.Valid() {
			t.Errorf("cell at %v: %v, error %v", p, c, err)
		}
	}
	east, _ := geo.CellAt(orb.Point{180, 10}, 9)
	west, _ := geo.CellAt(orb.Point{-180, 10}, 9)
	if east != west {
		t.Errorf("the date line has cell %v seen from the west, %v from the east", east, west)
	}
	if b := east.Boundary().Bound(); b.Max[0]-b.Min[0] > 1 {
		t.Errorf("boundary of a cell on the date line is torn: %v", b)
	}
	if geo.Cell(7).Valid() || geo.Cell(7).Boundary() != nil || !math.IsNaN(geo.Cell(7).Center()[0]) {
		t.Error("7 passes for a cell")
	}
}

func TestCoverRefuses(t *testing.T) {
	world := orb.Bound{Min: orb.Point{-180, -80}, Max: orb.Point{180, 80}}
	for _, c := range []struct {
		name       string
		area       orb.Geometry
		resolution int
		want       error
	}{
		{"resolution", square, 16, geo.ErrResolution},
		{"negative resolution", square, -1, geo.ErrResolution},
		{"too many", square, 12, geo.ErrCoverSize},
		{"date line", orb.Polygon{{{179, 0}, {-179, 0}, {-179, 1}, {179, 1}, {179, 0}}}, 5, geo.ErrDateLine},
		{"the world", world, 2, geo.ErrDateLine},
		{"pole", orb.Bound{Min: orb.Point{0, 84}, Max: orb.Point{1, 86}}, 5, geo.ErrPolar},
		{"a point", orb.Point{1, 1}, 5, geo.ErrNotArea},
		{"empty", orb.MultiPolygon{}, 5, geo.ErrEmptyShape},
	} {
		for _, f := range []func(orb.Geometry, int) ([]geo.Cell, error){geo.CoverOverlapping, geo.CoverCentre} {
			if _, err := f(c.area, c.resolution); !errors.Is(err, c.want) {
				t.Errorf("%s: error %v, want %v", c.name, err, c.want)
			}
		}
	}
}

func TestCoverSmallerThanACell(t *testing.T) {
	for _, a := range []orb.Geometry{
		orb.Ring{{116.4, 39.9}},                    // a point
		orb.Ring{{116.4, 39.9}, {116.40001, 39.9}}, // a line
		orb.Ring{{116.4, 39.9}, {116.4, 39.9}},     // the same twice
		orb.Bound{Min: orb.Point{116.4, 39.9}, Max: orb.Point{116.4, 39.9}},
		orb.Polygon{{{116.4, 39.9}, {116.40001, 39.9}, {116.40001, 39.90001}, {116.4, 39.9}}},
	} {
		c, err := geo.CellAt(orb.Point{116.4, 39.9}, 8)
		if err != nil {
			t.Fatal(err)
		}
		cells, err := geo.CoverOverlapping(a, 8)
		if err != nil || !slices.Contains(cells, c) || len(cells) > 3 {
			t.Errorf("overlapping cover of %v: %v, error %v; want %v among few", a, cells, err, c)
		}
		if cells, err := geo.CoverCentre(a, 8); err != nil || len(cells) != 0 {
			t.Errorf("centre cover of %v: %v, error %v; want none", a, cells, err)
		}
	}
}

// The law that lets a cover stand before the exact test: the cell of a point in
// an area is always in the overlapping cover of the area.
func TestCoverMissesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		mid := rapid.SampledFrom(places).Draw(rt, "around")
		resolution := rapid.IntRange(2, 12).Draw(rt, "resolution")
		edge := 1281256.0 / math.Pow(math.Sqrt(7), float64(resolution)) // of a cell, in metres
		radius := geo.Metres(edge * math.Pow(10, rapid.Float64Range(-4, 0.7).Draw(rt, "size")))
		radius = min(radius, 300_000)

		// Tiny areas matter most on the border of cells: take a corner or
		// somewhere along an edge, straight on the ground, as their middle.
		if rapid.Bool().Draw(rt, "on a border") {
			c, _ := geo.CellAt(mid, resolution)
			b := c.Boundary()
			if k := r.IntN(len(b) - 1); math.Abs(b[k][0]) < 179 && math.Abs(b[k+1][0]) < 179 {
				mid = geo.Destination(b[k], geo.Bearing(b[k], b[k+1]), geo.Distance(b[k], b[k+1])*geo.Metres(r.IntN(3))/2)
			}
		}
		a := area(r, mid, radius)
		if b := a.Bound(); b.Max[0]-b.Min[0] > 170 || b.Max[1] > 85 {
			return
		}
		cells, err := geo.CoverOverlapping(a, resolution)
		if err != nil {
			rt.Fatalf("cover of %v at %d: %v", a, resolution, err)
		}
		if !slices.IsSorted(cells) {
			rt.Fatal("cover is not sorted")
		}
		check := func(p orb.Point) {
			if !geo.Contains(a, p) {
				return
			}
			c, err := geo.CellAt(p, resolution)
			if err != nil {
				rt.Fatal(err)
			}
			if _, found := slices.BinarySearch(cells, c); !found {
				rt.Fatalf("%v is in %v, but its cell %v of resolution %d is not in the cover %v", p, a, c, resolution, cells)
			}
		}
		for range 100 {
			check(geo.Destination(mid, geo.Degrees(r.Float64()*360), radius*geo.Metres(r.Float64())))
		}
		var corners orb.Ring
		switch a := a.(type) {
		case orb.Polygon:
			corners = a[0]
		case orb.MultiPolygon:
			corners = a[1][0]
		case orb.Bound:
			corners = a.ToRing()
		}
		for i, p := range corners {
			check(p)
			q := corners[(i+1)%len(corners)]
			check(orb.Point{(p[0] + q[0]) / 2, (p[1] + q[1]) / 2})
		}

		// The centre cover is part of it, and its centres lie inside.
		centre, err := geo.CoverCentre(a, resolution)
		if err != nil {
			rt.Fatal(err)
		}
		for _, c := range centre {
			if _, found := slices.BinarySearch(cells, c); !found {
				rt.Fatalf("cell %v is in the centre cover only", c)
			}
			if _, multi := a.(orb.MultiPolygon); !multi && !geo.Contains(a, c.Center()) && !nearBorder(a, c.Center()) {
				rt.Fatalf("cell %v is in the centre cover of %v, its centre %v is outside", c, a, c.Center())
			}
		}
	})
}

// nearBorder says whether p is within 1 cm of a ring, where roundings decide.
func nearBorder(a orb.Geometry, p orb.Point) bool {
	poly, ok := a.(orb.Polygon)
	if b, box := a.(orb.Bound); box {
		poly, ok = b.ToPolygon(), true
	}
	if !ok {
		return false
	}
	for _, ring := range poly {
		for i := 1; i < len(ring); i++ {
			if _, _, d := geo.NearestOnSegment(p, ring[i-1], ring[i]); d < 0.01 {
				return true
			}
		}
	}
	return false
}
