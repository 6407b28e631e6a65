package street_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

func BenchmarkNearest(b *testing.B) {
	for _, count := range []int{10_000, 100_000} {
		r := rand.New(rand.NewPCG(1, 1))
		around := orb.Point{-75.5, 39.7}
		n, err := randomNetwork(r, around, 0.4, count)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("segments=%d", count), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p := orb.Point{around[0] + (r.Float64()-0.5)*0.4, around[1] + (r.Float64()-0.5)*0.4}
				n.Nearest(p, 500, nil, 1)
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, count := range []int{10_000, 100_000} {
		n, err := randomNetwork(rand.New(rand.NewPCG(1, 1)), orb.Point{-75.5, 39.7}, 0.4, count)
		if err != nil {
			b.Fatal(err)
		}
		parts := *n.Parts()
		b.Run(fmt.Sprintf("segments=%d", count), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := street.Build(parts); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
