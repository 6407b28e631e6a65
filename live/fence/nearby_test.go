package fence

import (
	"math"
	"math/rand/v2"
	"testing"

	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// What a tracker remembers of borders never says that one is far which isn't: at all
// latitudes, along walks with jumps, of small zones and long ones.
func TestBordersThatAreRemembered(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 5))
	spared := 0
	for _, lat := range []float64{0, 39.74, -60, 84.99, 89.5} {
		for range 20 {
			var y nearby
			var zones []*fenced
			size := math.Exp(rng.Float64()*6) * 30 // 30 m to 12 km
			centre := orb.Point{-75, lat}
			for id := range 3 {
				ring := star(rng, by(centre, size*(rng.Float64()-0.5), size*(rng.Float64()-0.5)), 5+rng.IntN(40), size/3, size)
				rules, err := Compile([]zone.Zone{{ID: zone.ID(id + 1), Rule: zone.Rule{Kind: zone.InsideWhileActive}, Ground: orb.MultiPolygon{{ring}}, Classes: []zone.Class{zone.Dog}}}, nil)
				if err != nil {
					t.Fatal(err)
				}
				zones = append(zones, rules.byID[zone.ID(id+1)])
			}
			p := centre
			for range 300 {
				p = by(p, rng.NormFloat64()*size/40, rng.NormFloat64()*size/40)
				if rng.IntN(20) == 0 {
					p = by(centre, size*rng.NormFloat64()/2, size*rng.NormFloat64()/2)
				}
				f, limit := zones[rng.IntN(len(zones))], 20+60*rng.Float64()
				want, got := f.offBorder(p), y.offBorder(f, p, limit)
				if got != want && !(got >= limit && want >= limit) {
					t.Fatalf("at %v, %v m from the border, limit %v: %v", p, want, limit, got)
				}
				if got != want {
					spared++
				}
			}
		}
	}
	if spared < 5000 {
		t.Errorf("only %d borders were not measured again", spared)
	}
}
