package grid

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"citygrid/geo/partition"
	"citygrid/geo/planar"
	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// TestUnitsCoverTheBoundary: unit grids are valid, share nothing, leave nothing, and
// are as large together as the boundary; so are any groups of them. No protected
// street runs through one.
func TestUnitsCoverTheBoundary(t *testing.T) {
	towns := uint64(12)
	if testing.Short() || Small {
		towns = 3
	}
	for seed := range towns {
		r := rand.New(rand.NewPCG(seed, 8))
		n, city := randomTown(t, r, 10+r.IntN(40))
		for id := range street.SegmentID(n.Segments()) {
			if r.IntN(4) == 0 {
				n.Segment(id).Class = street.Primary
			}
		}
		size := []float64{3_000, 10_000, 40_000}[r.IntN(3)]
		u, err := CutUnits(n, city, UnitOptions{SizeM2: size})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		grounds := u.Grounds()
		checkPartition(t, seed, city, grounds)
		group, k := make([]int32, len(grounds)), 5
		for i := range group {
			group[i] = int32(r.IntN(k))
		}
		checkPartition(t, seed, city, u.Join(group, k))

		large, work, metres := 0, 0.0, 0.0
		for i, one := range u.List {
			work, metres = work+one.Work, metres+one.StreetM
			if one.AreaM2 > 1.5*size+2*smallBlockM2 {
				large++
			}
			if got := partition.AreaM2(grounds[i]); math.Abs(got/one.AreaM2-1) > 0.01 {
				t.Errorf("seed %d: unit %d has %.0f m2 and says %.0f", seed, i, got, one.AreaM2)
			}
		}
		if large > 0 {
			t.Errorf("seed %d: %d of %d units are larger than %.0f m2", seed, large, len(u.List), 1.6*size)
		}
		if want := streetInside(n, city); math.Abs(work/want-1) > 0.01 || math.Abs(metres/want-1) > 0.01 {
			t.Errorf("seed %d: %.0f m of work, %.0f m of street, want %.0f", seed, work, metres, want)
		}
		for i, at := range u.Insides() {
			if u.At(at) != i {
				t.Errorf("seed %d: the inside of unit %d is in %d", seed, i, u.At(at))
			}
		}
		throughProtected(t, seed, n, u)
	}
}

func checkPartition(t *testing.T, seed uint64, city orb.MultiPolygon, grounds []orb.MultiPolygon) {
	t.Helper()
	r, err := partition.Check(grounds, 0)
	if err != nil || !r.Clean() {
		t.Errorf("seed %d: %+v, %v", seed, r, err)
	}
	sum := 0.0
	for _, g := range grounds {
		sum += groundArea(g)
	}
	if want := groundArea(city); math.Abs(sum-want) > 0.75e-9*rimLength(city) {
		t.Errorf("seed %d: units cover %.12g, the boundary %.12g", seed, sum, want)
	}
}

// streetInside is the length of the streets inside the city, by small steps.
func streetInside(n *street.Network, city orb.MultiPolygon) float64 {
	own, _ := Plan{Grids: []Responsibility{{ID: 1, Ground: city}}}.Index()
	sum := 0.0
	for id := range street.SegmentID(n.Segments()) {
		length := float64(n.Segment(id).LengthM)
		line := n.Line(id)
		a, b := line[0], line[len(line)-1]
		const steps = 2000
		for i := range steps {
			f := (float64(i) + 0.5) / steps
			if _, in := own.OwnerAt(orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}); in {
				sum += length / steps
			}
		}
	}
	return sum
}

// throughProtected looks left and right of protected streets: there are different
// units, but for crumbs of ground.
func throughProtected(t *testing.T, seed uint64, n *street.Network, u *Units) {
	t.Helper()
	for e, x := range u.mesh.Edges {
		in := u.label[x.Left]
		if in < 0 || in != u.label[x.Right] || x.Left == x.Right {
			continue
		}
		if math.Min(u.mesh.Area(int(x.Left)), u.mesh.Area(int(x.Right)))*1e10 < crumbM2 {
			continue
		}
		p, q := u.mesh.Nodes[x.From], u.mesh.Nodes[x.To]
		mid := planar.Point{X: (p.X + q.X) / 2, Y: (p.Y + q.Y) / 2}.Orb()
		for id := range street.SegmentID(n.Segments()) {
			if n.Segment(id).Class == street.Primary && offLine(orb.MultiPolygon{{orb.Ring(n.Line(id))}}, mid) < 2e-9 {
				t.Errorf("seed %d: a protected street runs through unit %d at %v (edge %d)", seed, in, mid, e)
			}
		}
	}
}

func TestUnitsOfNothing(t *testing.T) {
	n, err := street.Build(street.Parts{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := CutUnits(n, Hull(n, nil), UnitOptions{}); !errors.Is(err, ErrNoGround) {
		t.Error(err)
	}
	// Ground without a street is cut too.
	u, err := CutUnits(n, box(0, 0, 5, 5), UnitOptions{})
	if err != nil || len(u.List) < 20 || len(u.List) > 30 {
		t.Errorf("%v, %v", u, err)
	}
	if _, err := CutUnits(n, orb.MultiPolygon{{ring(0, 0, 1, 1, 1, 0, 0, 1)}}, UnitOptions{}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}

func TestCodes(t *testing.T) {
	const community = "330482001001"
	retired := []string{community + "002", community + "004"}
	c := NewCoder(Code15, retired)
	var got []string
	for range 995 {
		code, err := c.Next(community)
		if err != nil {
			t.Fatal(err)
		}
		if prefix, n, err := Code15.Split(code); err != nil || prefix != community || n < 1 {
			t.Fatalf("%s comes apart as %s and %d, %v", code, prefix, n, err)
		}
		got = append(got, code)
	}
	if want := []string{community + "001", community + "003", community + "005"}; !slices.Equal(got[:3], want) || slices.Contains(got, retired[1]) {
		t.Errorf("%v, want %v and no retired one", got[:3], want)
	}
	for range 2 {
		if _, err := c.Next(community); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Next(community); !errors.Is(err, ErrCode) || !strings.Contains(err.Error(), "999") {
		t.Error(err)
	}
	for _, bad := range []string{"", "33048200100", "33048200100A", community + "1"} {
		if _, err := c.Next(bad); !errors.Is(err, ErrCode) {
			t.Errorf("%q: %v", bad, err)
		}
		if _, _, err := Code15.Split(bad); !errors.Is(err, ErrCode) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if code, err := NewCoder(Code20, nil).Next("330482330482001601"); err != nil || code != "33048233048200160101" {
		t.Error(code, err)
	}
	if code, err := NewCoder(CodeFree, nil).Next("W-"); err != nil || code != "W-00001" {
		t.Error(code, err)
	}
}
