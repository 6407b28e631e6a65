package partition

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// chequer is a clean partition of about n areas of about 10,000 m2, each with some
// ten positions on borders that wind.
func chequer(n int, r *rand.Rand) []orb.MultiPolygon {
	side := int(math.Round(math.Sqrt(float64(n))))
	place := func(i int64) float64 { return float64(i) / planar.Unit }
	corners := map[[3]int]orb.Point{} // of column, row, and 0 corner, 1 east of it, 2 north of it
	at := func(x, y, k int) orb.Point {
		key := [3]int{x, y, k}
		if p, known := corners[key]; known {
			return p
		}
		px, py := float64(x)*1.2e6, float64(y)*0.9e6
		switch k {
		case 1:
			px += 0.6e6
		case 2:
			py += 0.45e6
		}
		p := orb.Point{place(-75e9 + int64(px+r.Float64()*2e5)), place(39e9 + int64(py+r.Float64()*2e5))}
		corners[key] = p
		return p
	}
	out := make([]orb.MultiPolygon, 0, side*side)
	for x := range side {
		for y := range side {
			first := at(x, y, 0)
			out = append(out, orb.MultiPolygon{{{
				first, at(x, y, 1), at(x+1, y, 0), at(x+1, y, 2), at(x+1, y+1, 0),
				at(x, y+1, 1), at(x, y+1, 0), at(x, y, 2), first,
			}}})
		}
	}
	return out
}

func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{3_000, 30_000, 300_000} {
		b.Run(fmt.Sprintf("areas=%d", n), func(b *testing.B) {
			areas := chequer(n, rand.New(rand.NewPCG(1, 1)))
			b.ReportAllocs()
			for b.Loop() {
				if r, err := Check(areas, 0); err != nil || !r.Clean() {
					b.Fatal(r, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(areas)), "ns/area")
		})
	}
}
