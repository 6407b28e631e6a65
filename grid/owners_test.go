package grid

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

func TestOwnerOnBorders(t *testing.T) {
	// 3 | 4
	// --+--
	// 1 | 2
	own, err := planOf(box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 1, 2), box(1, 1, 2, 2)).Index()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		at   orb.Point
		want GridID // 0 = nobody
	}{
		{"inside", at(0.5, 0.5), 1},
		{"a border that runs north belongs to the east", at(1, 0.5), 2},
		{"a border that runs east belongs to the north", at(0.5, 1), 3},
		{"the corner of four belongs to the north-east", at(1, 1), 4},
		{"the west rim is the city's", at(0, 0.5), 1},
		{"the south rim is the city's", at(0.5, 0), 1},
		{"the south-west corner is the city's", at(0, 0), 1},
		{"the east rim is not", at(2, 0.5), 0},
		{"the north rim is not", at(0.5, 2), 0},
		{"outside", at(3, 1), 0},
		{"nowhere", orb.Point{math.NaN(), 0}, 0},
		{"not on earth", orb.Point{0, 91}, 0},
	} {
		if got, ok := own.OwnerAt(c.at); got != c.want || ok != (c.want != 0) {
			t.Errorf("%s: grid %d, %v; want %d", c.name, got, ok, c.want)
		}
	}
}

func TestIndexOfFaultyPlans(t *testing.T) {
	lens := planOf(box(0, 0, 2, 2), box(1, 0, 3, 2)) // they overlap
	own, err := lens.Index()
	if err != nil {
		t.Fatal(err)
	}
	if g, _ := own.OwnerAt(at(1.5, 1)); g != 1 {
		t.Errorf("where grids overlap grid %d owns, want the first", g)
	}
	// A slit 1 cm wide and 100 m long, closed at both ends.
	slit := planOf(box(0, 0, 1, 1), box(1.0001, 0, 2, 1), box(0, 1, 2, 2), box(0, -1, 2, 0))
	if own, err = slit.Index(); err != nil {
		t.Fatal(err)
	}
	if g, ok := own.OwnerAt(at(1.00005, 0.5)); !ok || g != 1 && g != 2 {
		t.Errorf("a slit belongs to grid %d, %v; want one beside it", g, ok)
	}
	hole := planOf(orb.MultiPolygon{{ring(0, 0, 3, 0, 3, 3, 0, 3), ring(1, 1, 1, 2, 2, 2, 2, 1)}})
	if own, err = hole.Index(); err != nil {
		t.Fatal(err)
	}
	if g, ok := own.OwnerAt(at(1.5, 1.5)); ok {
		t.Errorf("a hole belongs to grid %d", g)
	}
	if own, err = (Plan{}).Index(); err != nil {
		t.Fatal(err)
	}
	if g, ok := own.OwnerAt(at(0, 0)); ok {
		t.Errorf("an empty plan gives grid %d", g)
	}
	if _, err := planOf(orb.MultiPolygon{{ring(0, 0, 1e6, 0, 0, 1e6)}}).Index(); err == nil {
		t.Error("a plan off the earth was indexed")
	}
}

// TestExactlyOneOwner: on a plan cut along streets 100,000 points, many of them on
// borders and vertices, have exactly one owner by the plain rule, and the index
// names it; points outside have none.
func TestExactlyOneOwner(t *testing.T) {
	points := 100_000
	if testing.Short() || Small {
		points = 10_000
	}
	for _, seed := range []uint64{1, 2, 3} {
		r := rand.New(rand.NewPCG(seed, 0))
		n, city := randomTown(t, r, 40)
		grids, err := CutAlongStreets(n, city, 5, CutOptions{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		p := Plan{Grids: grids}
		own, err := p.Index()
		if err != nil {
			t.Fatal(err)
		}
		bound, outside, plain := p.bound().Pad(0.0005), 0, scanOf(p)
		for range points / 3 {
			at := somePoint(r, p, bound)
			want := plain.owners(at)
			got, ok := own.OwnerAt(at.Orb())
			if len(want) > 1 || ok != (len(want) == 1) || ok && got != want[0] {
				t.Fatalf("seed %d: %v has owner %d, %v; by the rule %v", seed, at, got, ok, want)
			}
			if !ok {
				outside++
			}
		}
		if outside == 0 || outside == points/3 {
			t.Errorf("seed %d: %d of %d points outside: nothing was tried", seed, outside, points/3)
		}
	}
}

// TestSeattleOwners: real borders that were drawn twice don't match to the last
// digit; the index agrees with the rule but for points in slivers, where it names
// one of the neighbours.
func TestSeattleOwners(t *testing.T) {
	p, err := ReadGeoJSON(bytes.NewReader(shared(t, "seattle-grids", "spd-beats.geojson")))
	if err != nil {
		t.Fatal(err)
	}
	own, err := p.Index()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	slivers, inside, plain, bound := 0, 0, scanOf(p), p.bound()
	points := 20_000
	if testing.Short() || Small {
		points = 1_000
	}
	for range points {
		at := somePoint(r, p, bound)
		want := plain.owners(at)
		got, ok := own.OwnerAt(at.Orb())
		switch {
		case len(want) == 1:
			inside++
			if !ok || got != want[0] {
				slivers++
			}
		case len(want) > 1:
			if !ok {
				t.Fatalf("%v has no owner, by the rule it has %v", at, want)
			}
		}
	}
	if inside < points/2 || slivers > inside/1000 {
		t.Errorf("the index differs from the rule at %d of %d points", slivers, inside)
	}
}

func BenchmarkOwnerAt(b *testing.B) {
	for _, size := range []int{6, 36} {
		n, city := lattice(b, 3*size)
		grids, err := CutAlongStreets(n, city, size, CutOptions{})
		if err != nil {
			b.Fatal(err)
		}
		benchOwners(b, fmt.Sprintf("grids=%d", size), Plan{Grids: grids})
	}
	for _, name := range seattle[:2] {
		p, err := ReadGeoJSON(bytes.NewReader(shared(b, "seattle-grids", name+".geojson")))
		if err != nil {
			b.Fatal(err)
		}
		benchOwners(b, name, p)
	}
}

func benchOwners(b *testing.B, name string, p Plan) {
	own, err := p.Index()
	if err != nil {
		b.Fatal(err)
	}
	vertices := 0
	for _, g := range p.Grids {
		for _, poly := range g.Ground {
			for _, ring := range poly {
				vertices += len(ring)
			}
		}
	}
	r, bound := rand.New(rand.NewPCG(2, 2)), p.bound()
	points := make([]orb.Point, 4096)
	for i := range points {
		points[i] = somePoint(r, p, bound).Orb()
	}
	b.Run(fmt.Sprintf("%s/vertices=%d", name, vertices), func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			own.OwnerAt(points[i&4095])
			i++
		}
	})
	b.Run(name+"/index", func(b *testing.B) {
		for b.Loop() {
			if _, err := p.Index(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
