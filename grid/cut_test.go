package grid

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"citygrid/geo"
	"citygrid/geo/planar"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"

	"github.com/paulmach/orb"
)

// randomTown is a town of about the given number of random straight streets, some
// of them joined at their ends, with a ragged round boundary.
func randomTown(t testing.TB, r *rand.Rand, streets int) (*street.Network, orb.MultiPolygon) {
	t.Helper()
	var parts street.Parts
	parts.Names, parts.Rules = []street.Name{{}}, []street.Rules{{}}
	for range streets {
		angle, off := r.Float64()*math.Pi, r.Float64()*10-5
		sin, cos := math.Sincos(angle)
		from := at(5+off*sin-8*cos, 5-off*cos-8*sin)
		to := at(5+off*sin+r.Float64()*10*cos, 5-off*cos+r.Float64()*10*sin)
		addStreet(&parts, from, to)
		if r.IntN(3) == 0 {
			addStreet(&parts, to, at(r.Float64()*10, r.Float64()*10))
		}
	}
	n, err := street.Build(parts)
	if err != nil {
		t.Fatal(err)
	}
	var rim orb.Ring
	for i := range 40 {
		sin, cos := math.Sincos(float64(i) / 40 * 2 * math.Pi)
		d := 3.5 + 1.5*r.Float64()
		rim = append(rim, street.FixedPoint(at(5+d*cos, 5+d*sin)).Point())
	}
	return n, orb.MultiPolygon{{append(rim, rim[0])}}
}

func addStreet(parts *street.Parts, from, to orb.Point) {
	a, b := street.FixedPoint(from), street.FixedPoint(to)
	j := street.JunctionID(len(parts.Junctions))
	parts.Junctions = append(parts.Junctions, street.Junction{At: a}, street.Junction{At: b})
	parts.Segments = append(parts.Segments, street.Segment{
		From: j, To: j + 1, Shape: uint32(len(parts.Shape)), Points: 2,
		LengthM: float32(geo.Distance(a.Point(), b.Point())),
		Forward: street.AllVehicles &^ street.Boat, Backward: street.AllVehicles &^ street.Boat,
		Class: street.Residential,
	})
	parts.Shape = append(parts.Shape, a, b)
}

// groundArea is the ground in square degrees.
func groundArea(ground orb.MultiPolygon) float64 {
	sum := 0.0
	for _, poly := range ground {
		for _, ring := range poly {
			for i := 2; i < len(ring); i++ {
				sum += ((ring[i-1][0]-ring[0][0])*(ring[i][1]-ring[0][1]) - (ring[i-1][1]-ring[0][1])*(ring[i][0]-ring[0][0])) / 2
			}
		}
	}
	return sum
}

// TestCutCoversTheBoundary: the grids are valid, in one piece, lie over each other
// nowhere, leave no gap, and have the boundary's area.
func TestCutCoversTheBoundary(t *testing.T) {
	towns := uint64(20)
	if testing.Short() || Small {
		towns = 5
	}
	for seed := range towns {
		r := rand.New(rand.NewPCG(seed, 5))
		n, city := randomTown(t, r, 10+r.IntN(60))
		k := 1 + r.IntN(8)
		grids, err := CutAlongStreets(n, city, k, CutOptions{Seed: seed})
		if errors.Is(err, ErrFewBlocks) {
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		checkCut(t, seed, city, grids, k)
		streets := orb.MultiPolygon{orb.Polygon{}} // as rings, to measure to
		for id := range street.SegmentID(n.Segments()) {
			streets[0] = append(streets[0], orb.Ring(n.Line(id)))
		}
		for _, g := range grids {
			ring := g.Ground[0][0]
			for i := 1; i < len(ring); i++ {
				mid := orb.Point{(ring[i-1][0] + ring[i][0]) / 2, (ring[i-1][1] + ring[i][1]) / 2}
				if min(offLine(streets, mid), offLine(city, mid)) > 2e-9 {
					t.Errorf("seed %d: border of grid %d at %v is neither a street nor the boundary", seed, g.ID, mid)
				}
			}
		}
	}
}

func checkCut(t *testing.T, seed uint64, city orb.MultiPolygon, grids []Responsibility, k int) {
	t.Helper()
	if len(grids) != k {
		t.Fatalf("seed %d: %d grids, want %d", seed, len(grids), k)
	}
	p := Plan{Grids: grids}
	if err := p.Check(); err != nil {
		t.Errorf("seed %d: %v", seed, err)
	}
	sum := 0.0
	for _, g := range grids {
		sum += groundArea(g.Ground)
		if len(g.Ground) != len(city) && len(city) == 1 {
			t.Errorf("seed %d: grid %d is in %d pieces", seed, g.ID, len(g.Ground))
		}
	}
	// Where a street meets the boundary the crossing is rounded to a whole position,
	// so the boundary may move there, by less than 0.1 mm.
	if want := groundArea(city); math.Abs(sum-want) > 0.75e-9*rimLength(city) {
		t.Errorf("seed %d: grids cover %.12g, the boundary %.12g: off by %.2g", seed, sum, want, (sum-want)/want)
	}
	// Neighbours share every vertex: each edge is drawn once on either side, and
	// what is drawn once only lies on the boundary.
	edges := map[[2]orb.Point]int{}
	for _, g := range grids {
		for _, poly := range g.Ground {
			for _, ring := range poly {
				for i := 1; i < len(ring); i++ {
					edges[[2]orb.Point{ring[i-1], ring[i]}]++
				}
			}
		}
	}
	for e, n := range edges {
		if n > 1 {
			t.Errorf("seed %d: edge %v has two grids on its left", seed, e)
		}
		if edges[[2]orb.Point{e[1], e[0]}] == 0 && (offLine(city, e[0]) > 2e-9 || offLine(city, e[1]) > 2e-9) {
			t.Errorf("seed %d: edge %v inside the boundary has a grid on one side only", seed, e)
		}
	}
	own, err := p.Index()
	if err != nil {
		t.Fatal(err)
	}
	plain := scanOf(p)
	for _, g := range grids {
		for _, q := range g.Ground[0][0] {
			at, _ := planar.At(q)
			if want := plain.owners(at); len(want) == 1 {
				if got, _ := own.OwnerAt(q); got != want[0] {
					t.Errorf("seed %d: vertex %v belongs to %d, want %d", seed, q, got, want[0])
				}
			} else if len(want) > 1 {
				t.Errorf("seed %d: vertex %v belongs to %v", seed, q, want)
			}
		}
	}
}

// rimLength is the length of all rings in degrees.
func rimLength(ground orb.MultiPolygon) float64 {
	sum := 0.0
	for _, poly := range ground {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				sum += math.Hypot(ring[i][0]-ring[i-1][0], ring[i][1]-ring[i-1][1])
			}
		}
	}
	return sum
}

// offLine is how far p is from the rings, in degrees.
func offLine(ground orb.MultiPolygon, p orb.Point) float64 {
	best := math.Inf(1)
	for _, poly := range ground {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				a, b := ring[i-1], ring[i]
				dx, dy := b[0]-a[0], b[1]-a[1]
				t := 0.0
				if l := dx*dx + dy*dy; l > 0 {
					t = max(0, min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
				}
				best = min(best, math.Hypot(a[0]+t*dx-p[0], a[1]+t*dy-p[1]))
			}
		}
	}
	return best
}

func TestCutIsTheSameForASeed(t *testing.T) {
	n, city := randomTown(t, rand.New(rand.NewPCG(1, 1)), 50)
	first, err := CutAlongStreets(n, city, 6, CutOptions{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		again, err := CutAlongStreets(n, city, 6, CutOptions{Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(first, again) {
			t.Fatal("the same seed gave other grids")
		}
	}
}

// around is the boundary from a drawing's first to its last character.
func around(columns, rows float64) orb.MultiPolygon {
	a, b := street.FixedPoint(streettest.Place(0, 0)).Point(), street.FixedPoint(streettest.Place(columns, rows)).Point()
	return orb.MultiPolygon{{{a, {a[0], b[1]}, b, {b[0], a[1]}, a}}}
}

func TestCutFollowsStreets(t *testing.T) {
	const town = `
a-------b-------c
|       |       |
|       |       |
|       |       |
|       |       |
|       |       |
|       |       |
|       |       |
d-------e-------f
`
	bridge := func(way ...string) func(*streettest.Drawing) {
		return func(d *streettest.Drawing) {
			for _, w := range way {
				s := d.Segment(rune(w[0]), rune(w[1]))
				s.Layer, s.Flags = 1, street.Bridge
			}
		}
	}
	for _, c := range []struct {
		name    string
		drawing string
		edits   []func(*streettest.Drawing)
		options CutOptions
		k       int
		err     error
	}{
		{"two blocks, two grids", town, nil, CutOptions{}, 2, nil},
		{"one grid", town, nil, CutOptions{}, 1, nil},
		{"more grids than blocks", town, nil, CutOptions{}, 3, ErrFewBlocks},
		{"a bridge that passes nothing is a border too", town, []func(*streettest.Drawing){bridge("be")}, CutOptions{}, 2, nil},
		{"footways are none", town, nil, CutOptions{Classes: []street.Class{street.Footway}}, 2, ErrFewBlocks},
		{"but a line that was asked for is", town, nil, CutOptions{
			Classes: []street.Class{street.Footway},
			Lines:   []orb.LineString{{streettest.Place(8, -1), streettest.Place(8, 9)}},
		}, 2, nil},
		{"a dead end parts nothing", `
a-------b-------c
|       |       |
|       |       |
|       g       |
|               |
|               |
|               |
|               |
d---------------f
`, nil, CutOptions{}, 2, ErrFewBlocks},
	} {
		n, _ := streettest.Draw(t, c.drawing, c.edits...)
		grids, err := CutAlongStreets(n, around(16, 8), c.k, c.options)
		if !errors.Is(err, c.err) || c.err == nil && err != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
			continue
		}
		if err != nil {
			continue
		}
		checkCut(t, 0, around(16, 8), grids, c.k)
		if c.k == 2 {
			// West is 1, east is 2, and the border is the street between b and e.
			own, _ := Plan{Grids: grids}.Index()
			for i, x := range []float64{7.9, 8.1} {
				if g, _ := own.OwnerAt(streettest.Place(x, 4)); g != GridID(i+1) {
					t.Errorf("%s: %v characters east belongs to %d", c.name, x, g)
				}
			}
		}
	}
}

// TestBridgesDontCutWhatTheyPass: two streets over each other make no block.
func TestBridgesDontCutWhatTheyPass(t *testing.T) {
	var parts street.Parts
	parts.Names, parts.Rules = []street.Name{{}}, []street.Rules{{}}
	addStreet(&parts, at(-1, 2), at(5, 2))
	addStreet(&parts, at(2, -1), at(2, 5))
	for _, layer := range []int8{0, 1, -1} {
		parts.Segments[1].Layer = layer
		n, err := street.Build(parts)
		if err != nil {
			t.Fatal(err)
		}
		_, err = CutAlongStreets(n, box(0, 0, 4, 4), 4, CutOptions{})
		if layer == 0 && err != nil {
			t.Errorf("streets at one level: %v", err)
		}
		if layer != 0 && !errors.Is(err, ErrFewBlocks) {
			t.Errorf("streets at two levels made four blocks: %v", err)
		}
	}
}

func TestCutRefuses(t *testing.T) {
	n, city := randomTown(t, rand.New(rand.NewPCG(1, 1)), 30)
	for name, c := range map[string]struct {
		boundary orb.MultiPolygon
		k        int
		lines    []orb.LineString
	}{
		"no boundary":        {nil, 3, nil},
		"a knotted boundary": {orb.MultiPolygon{{ring(0, 0, 1, 1, 1, 0, 0, 1)}}, 3, nil},
		"no grids":           {city, 0, nil},
		"a million grids":    {city, 1_000_000, nil},
		"a line off earth":   {city, 2, []orb.LineString{{at(5, 5), {-75.5, 99}}}},
	} {
		if _, err := CutAlongStreets(n, c.boundary, c.k, CutOptions{Lines: c.lines}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestCutOfIslands: a boundary in pieces is shared out too.
func TestCutOfIslands(t *testing.T) {
	n, _ := randomTown(t, rand.New(rand.NewPCG(3, 1)), 60)
	city := orb.MultiPolygon{box(2, 2, 4.5, 8)[0], box(5.5, 2, 8, 8)[0]}
	grids, err := CutAlongStreets(n, city, 3, CutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	checkCut(t, 0, city, grids, 3)
}

// lattice is a town of streets in a square pattern, with size blocks along a side.
func lattice(t testing.TB, size int) (*street.Network, orb.MultiPolygon) {
	var parts street.Parts
	parts.Names, parts.Rules = []street.Name{{}}, []street.Rules{{}}
	far := float64(size)
	for i := range size + 1 {
		addStreet(&parts, at(float64(i), 0), at(float64(i), far))
		addStreet(&parts, at(0, float64(i)), at(far, float64(i)))
	}
	n, err := street.Build(parts)
	if err != nil {
		t.Fatal(err)
	}
	return n, box(0, 0, far, far)
}

// TestEqualWork: on streets in a regular pattern the grids come out nearly equal.
func TestEqualWork(t *testing.T) {
	n, city := lattice(t, 20)
	for seed := range uint64(3) {
		grids, err := CutAlongStreets(n, city, 9, CutOptions{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		most, total := 0.0, 0.0
		for _, g := range grids {
			a := groundArea(g.Ground)
			most, total = max(most, a), total+a
		}
		if r := most / (total / 9); r > 1.1 {
			t.Errorf("seed %d: the largest grid is %.3f of the mean", seed, r)
		}
	}
}
