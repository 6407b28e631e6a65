package patrol

import (
	"math/rand/v2"
	"slices"
	"testing"

	"citygrid/geo/street"
	"citygrid/routing/path"

	"pgregory.net/rapid"
)

// Whoever they are, each street that somebody may see is in one share, of somebody who
// may see it; and nobody but the slowest has much more than their part.
func TestShare(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		n := randomStreets(rt, rnd, rapid.IntRange(2, 7).Draw(rt, "side"))
		profiles := path.Profiles()
		var crews []Crew
		for range rapid.IntRange(1, 4).Draw(rt, "crews") {
			crews = append(crews, Crew{path.NewEngine(n, profiles[rnd.IntN(len(profiles))]), 1 + rnd.IntN(5)})
		}
		streets := Streets(n, everywhere, func(s *street.Segment) bool { return Daily(s) || Afloat(s) })
		shares := Share(n, streets, crews, n.Junction(0).At.Point())
		in := map[street.SegmentID]int{}
		for i, ids := range shares {
			for _, id := range ids {
				in[id]++
				if s := n.Segment(id); !crews[i].sees(s, id) {
					rt.Errorf("segment %d, a %v, is of those by %s", id, s.Class, crews[i].Ways.Profile().Name)
				}
			}
		}
		for _, id := range streets {
			s := n.Segment(id)
			may := slices.ContainsFunc(crews, func(c Crew) bool { return c.sees(s, id) })
			if in[id] > 1 || may != (in[id] == 1) {
				rt.Errorf("segment %d is in %d shares, somebody may see it: %v", id, in[id], may)
			}
		}
	})
}

// Two walk and one drives: the driver has the main roads, and no more than is fair.
func TestShareOfDrivers(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a city")
	}
	n := city(t)
	streets := Streets(n, square.Contains, Daily)
	crews := []Crew{{path.NewEngine(n, path.Foot()), 6}, {path.NewEngine(n, path.Car()), 1}}
	shares := Share(n, streets, crews, square.Center())
	length := func(ids []street.SegmentID, wanted func(*street.Segment) bool) (m float64) {
		for _, id := range ids {
			if s := n.Segment(id); wanted(s) {
				m += float64(s.LengthM)
			}
		}
		return m
	}
	isMain := func(s *street.Segment) bool { return main(s) == 0 }
	want := length(streets, everything) * crews[1].pace() / (crews[1].pace() + 6*crews[0].pace())
	if got := length(shares[1], everything); got < want || got > want+400 {
		t.Errorf("the car has %.0f m, want %.0f", got, want)
	}
	if walked, driven := length(shares[0], isMain), length(shares[1], isMain); driven < 0.8*min(want, walked+driven) {
		t.Errorf("the car has %.0f m of main roads, the walkers %.0f m", driven, walked)
	}
}
