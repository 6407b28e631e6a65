package balance

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkPropose shares out towns of streets to 36 groups in ten seconds, one core,
// beside a chain of recombinations with the same time and the same work.
func BenchmarkPropose(b *testing.B) {
	for _, side := range []int{55, 173} {
		r := rand.New(rand.NewPCG(1, 1))
		units := town(r, side, side, func(x, y int) bool { return x%40 == 20 && y%17 > 2 })
		const k, seconds = 36, 10
		for name, search := range map[string]func() Proposal{
			"annealing": func() Proposal {
				ctx, stop := within(seconds * time.Second)
				defer stop()
				p, err := Propose(ctx, units, k, Options{Workers: 1})
				if err != nil {
					b.Fatal(err)
				}
				return p
			},
			"recom": func() Proposal {
				ctx, stop := within(seconds * time.Second)
				defer stop()
				return recom(ctx, units, k, rand.New(rand.NewPCG(1, 2)))
			},
		} {
			b.Run(fmt.Sprintf("units=%d/%s", len(units), name), func(b *testing.B) {
				for b.Loop() {
					s := search().Score
					if !s.Connected {
						b.Fatal("not in one piece each")
					}
					b.ReportMetric(s.MaxOverMean, "max/mean")
					b.ReportMetric(s.Cost/1000, "km-borders")
					b.ReportMetric(s.Energy, "energy")
				}
			})
		}
	}
}
