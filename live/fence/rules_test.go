package fence

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"citygrid/grid/zone"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// The raster says of every point what the plain even-odd rule and the plain
// distance to the whole border say: random points, and those that are hard: corners,
// points on edges, on the lines edges lie on, on the borders of cells.
func TestRasterIsThePlainRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		rnd := rand.New(rand.NewPCG(seed, 1))
		size := []float64{3, 40, 300, 5_000, 60_000, 900_000}[rnd.IntN(6)]
		zs := zones(rnd, 1+rnd.IntN(12), 2*size, size)
		rules, err := Compile(zs, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range hardPoints(rnd, zs, &rules.raster, size) {
			comparePoint(t, rules, p)
		}
	})
}

func comparePoint(t *rapid.T, rules *Rules, p orb.Point) {
	got := map[zone.ID]near{}
	for _, n := range rules.raster.inside(p, allClasses, nil) {
		if _, twice := got[n.zone.id]; twice {
			t.Fatalf("zone %d twice at %v", n.zone.id, p)
		}
		got[n.zone.id] = n
	}
	for _, f := range rules.zones {
		n, found := got[f.id]
		inside, off := f.contains(p), f.offBorder(p)
		if inside != found {
			t.Fatalf("zone %d at %v: inside is %t, want %t; %g m from the border", f.id, p, found, inside, off)
		}
		if found && math.Abs(min(off, reach)-n.off) > 2e-4 { // corners are rounded to 0.1 mm
			t.Fatalf("zone %d at %v: %g m from the border, want %g", f.id, p, n.off, off)
		}
		if out := new(nearby).outside(f, p, 2*reach); !inside && math.Abs(out-min(off, 2*reach)) > 1e-6*reach {
			t.Fatalf("zone %d at %v: %g m from the border, want %g", f.id, p, out, off)
		}
	}
}

func hardPoints(rnd *rand.Rand, zs []zone.Zone, r *raster, size float64) []orb.Point {
	var out []orb.Point
	for range 50 {
		out = append(out, by(wilmington, 4*size*(2*rnd.Float64()-1), 4*size*(2*rnd.Float64()-1)))
	}
	for _, z := range zs {
		for _, polygon := range z.Ground {
			for _, ring := range polygon {
				i := rnd.IntN(len(ring) - 1)
				a, b := ring[i], ring[i+1]
				mix := func(f float64) orb.Point { return orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])} }
				out = append(out, a, mix(0.5), mix(rnd.Float64()), mix(1.5), mix(-0.2), by(mix(0.5), 1e-4, 0), by(mix(0.5), 0, -2e-3),
					by(a, reach*rnd.Float64(), 2*reach*rnd.Float64()))
				for _, l := range r.levels[:2] { // corners of cells
					c := l.cell(a)
					out = append(out, orb.Point{float64(c.x)/l.perX - 180, float64(c.y)/l.perY - 90})
					out = append(out, orb.Point{(float64(c.x)+refX(0))/l.perX - 180, (float64(c.y)+refY)/l.perY - 90})
				}
			}
		}
	}
	return out
}

// An edit of some zones gives the same as compiling all of them anew.
func TestWithIsCompile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		zs := zones(rnd, 20, 1500, 300)
		old, err := Compile(zs, nil)
		if err != nil {
			t.Fatal(err)
		}
		before := make([]string, 0)
		probe := make([]orb.Point, 100)
		for i := range probe {
			probe[i] = by(wilmington, 2000*(2*rnd.Float64()-1), 2000*(2*rnd.Float64()-1))
			before = append(before, fmt.Sprint(old.Inside(probe[i])))
		}
		var edited []zone.Zone
		fresh := zones(rnd, 20, 1500, 300)
		for i, z := range zs {
			switch rnd.IntN(4) {
			case 0: // removed
			case 1:
				z.Ground = fresh[i].Ground
				edited = append(edited, z)
			case 2:
				z.ID += 1000
				edited = append(edited, z)
			default:
				z.Name = map[string]string{"en": "other name, same zone"}
				edited = append(edited, z)
			}
		}
		next, err := old.With(edited, nil)
		if err != nil {
			t.Fatal(err)
		}
		anew, err := Compile(edited, nil)
		if err != nil {
			t.Fatal(err)
		}
		if next.sum != anew.sum {
			t.Fatal("sums differ")
		}
		for i, p := range probe {
			comparePoint(t, next, p)
			if got := fmt.Sprint(old.Inside(p)); got != before[i] {
				t.Fatalf("the old rules changed at %v: %s, before %s", p, got, before[i])
			}
		}
		same, err := next.With(edited, nil)
		if err != nil || same.sum != next.sum {
			t.Fatalf("equal zones give other rules: %v", err)
		}
	})
}

func TestCompileRefuses(t *testing.T) {
	good := zones(rand.New(rand.NewPCG(1, 1)), 2, 100, 100)
	for name, spoil := range map[string]func(z []zone.Zone){
		"two with one id":  func(z []zone.Zone) { z[1].ID = z[0].ID },
		"no ground":        func(z []zone.Zone) { z[0].Ground = nil },
		"empty rings":      func(z []zone.Zone) { z[0].Ground = orb.MultiPolygon{{{}}} },
		"no rule":          func(z []zone.Zone) { z[0].Rule.Kind = "" },
		"off the earth":    func(z []zone.Zone) { z[0].Ground = orb.MultiPolygon{{{{0, 0}, {200, 0}, {0, 1}, {0, 0}}}} },
		"not a number":     func(z []zone.Zone) { z[0].Ground = orb.MultiPolygon{{{{0, 0}, {math.NaN(), 0}, {0, 1}}}} },
		"too many corners": func(z []zone.Zone) { z[0].Ground = orb.MultiPolygon{{make(orb.Ring, 70_000)}} },
	} {
		zs := append([]zone.Zone(nil), good...)
		spoil(zs)
		if _, err := Compile(zs, nil); err == nil {
			t.Errorf("%s: taken", name)
		} else {
			t.Log(err)
		}
	}
}
