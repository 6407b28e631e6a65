package path

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// benchSides are the junctions along one side of the grids that are measured:
// about 20,000 and 80,000 segments.
var benchSides = []int{100, 200}

func benchNetwork(b *testing.B, side int) *street.Network {
	b.Helper()
	n, err := street.Build(randomGrid(rand.New(rand.NewPCG(7, 7)), side, side, 0.3))
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func BenchmarkNewEngine(b *testing.B) {
	for _, side := range benchSides {
		n := benchNetwork(b, side)
		b.Run(fmt.Sprintf("segments=%d", n.Segments()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NewEngine(n, Car())
			}
		})
	}
}

// Routes across the whole network, the worst there is, with the snapping.
func BenchmarkRoute(b *testing.B) {
	for _, side := range benchSides {
		n := benchNetwork(b, side)
		e := NewEngine(n, Car())
		r := rand.New(rand.NewPCG(1, 1))
		corner := func(at float64) orb.Point {
			return gridPlace(at+5*r.Float64(), at+5*r.Float64())
		}
		b.Run(fmt.Sprintf("segments=%d", n.Segments()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Route(b.Context(), Query{From: corner(5), To: corner(float64(side) - 10)}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
