package hub

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// A group is told of exactly the units that a look at all of them would find, in
// whatever part of the tick each of them moved, came or went.
func TestGroupsSeeWhatAScanOfAllSees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		h := New(Config{Tick: time.Hour})
		centre := []orb.Point{{-75.5, 39.7}, {179.99, -17}, {0, 85}, {10, 89.9}}[rnd.IntN(4)]
		size := []float64{0.01, 0.2, 3, 400}[rnd.IntN(4)]
		near := func() orb.Point {
			lon := wrap(centre[0] + size*(2*rnd.Float64()-1))
			return orb.Point{lon, max(-90, min(90, centre[1]+size*(2*rnd.Float64()-1)))}
		}
		truth := map[string]orb.Point{}
		var groups []*client
		for range 200 {
			switch id := fmt.Sprint(rnd.IntN(40)); rnd.IntN(6) {
			case 0:
				h.Gone(id)
				delete(truth, id)
			case 1:
				p := near()
				v, ok := newView([4]float64{p[0], p[1], p[0] + size*rnd.Float64(), min(90, p[1]+size*rnd.Float64())}, 2+14*rnd.Float64())
				if rnd.IntN(5) == 0 {
					v, ok = everywhere, true
				}
				if ok && len(groups) < 6 {
					c := &client{rights: Rights{Units: Scope{All: true}}, rightsKey: fmt.Sprint(len(groups)), binary: true}
					h.enter(c, sight{view: v})
					delete(c.group.members, c) // it has no connection to be sent to
					groups = append(groups, c)
				}
			case 2:
				h.step()
			default:
				at := near()
				h.Move(unitAt(id, at[0], at[1]))
				truth[id] = at
			}
		}
		for range 2 * phases {
			h.step()
		}
		for _, c := range groups {
			want, got := map[string]bool{}, map[string]bool{}
			for id, at := range truth {
				if c.group.key.view.holds(at) {
					want[id] = true
				}
			}
			for u := range c.group.visible {
				got[u.ID] = true
			}
			if !maps.Equal(got, want) {
				t.Fatalf("view %v: sees %v, want %v", c.group.key.view, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
			}
		}
		n := 0
		for _, list := range h.ground.cells {
			n += len(list)
		}
		if n != len(h.units) || len(h.units) != len(truth) {
			t.Fatalf("%d units lie on the ground, %d are known, %d there", n, len(h.units), len(truth))
		}
	})
}
