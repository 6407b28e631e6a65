package path

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"

	"github.com/paulmach/orb"
)

func heading(d geo.Degrees) *geo.Degrees { return &d }

// How one sets out, and on which side one arrives.
func TestHeadingAndCurb(t *testing.T) {
	place := streettest.Place
	for _, c := range []struct {
		name       string
		drivesLeft bool
		profile    func() Profile
		q          Query
		via        string
		metres     float64
	}{
		{"no heading", false, plain, Query{From: place(3, 0), To: place(1, 0)}, "", 20},
		{"headed there", false, plain, Query{From: place(3, 0), To: place(1, 0), Heading: heading(270)}, "", 20},
		{"headed away, round the block", false, plain, Query{From: place(3, 0), To: place(1, 0), Heading: heading(90)}, "beda", 10 + 20 + 40 + 20 + 10},
		{"headed away, by 60 degrees", false, plain, Query{From: place(3, 0), To: place(1, 0), Heading: heading(30)}, "beda", 10 + 20 + 40 + 20 + 10},
		{"headed there, more than a turn", false, plain, Query{From: place(3, 0), To: place(1, 0), Heading: heading(-90)}, "", 20},
		{"feet have a heading, too", false, Foot, Query{From: place(3, 0), To: place(1, 0), Heading: heading(90)}, "beda", 10 + 20 + 40 + 20 + 10},
		{"the point is on the near side", false, plain, Query{From: place(1, 0), To: place(3, 0.2), Curb: true}, "", 20},
		{"it is across the street", false, plain, Query{From: place(1, 0), To: place(3, -0.2), Curb: true}, "adeb", 10 + 20 + 40 + 20 + 10},
		{"either side will do", false, plain, Query{From: place(1, 0), To: place(3, -0.2)}, "", 20},
		{"traffic keeps left: near side", true, plain, Query{From: place(1, 0), To: place(3, -0.2), Curb: true}, "", 20},
		{"traffic keeps left: across", true, plain, Query{From: place(1, 0), To: place(3, 0.2), Curb: true}, "adeb", 100},
		{"feet cross the street", false, Foot, Query{From: place(1, 0), To: place(3, -0.2), Curb: true}, "", 20},
		{"on a one-way either side will do", false, plain, Query{From: place(4, 3), To: place(7.8, 3), Curb: true}, "hi", 10 + 40 + 10},
	} {
		d, err := streettest.Parse("a---b---c\n|   |   |\nd---e---f\n|   |   ^\ng---h---i")
		if err != nil {
			t.Fatal(err)
		}
		d.Parts.DrivesLeft = c.drivesLeft
		n, err := street.Build(d.Parts)
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewEngine(n, c.profile()).Route(t.Context(), c.q)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := letters(d, n, r); len(got) != len(c.via) || r.Distance < geo.Metres(c.metres)-1 || r.Distance > geo.Metres(c.metres)+1 {
			t.Errorf("%s: over %q, %.0f m; want %q, %.0f m", c.name, got, float64(r.Distance), c.via, c.metres)
		}
	}
	n, _ := streettest.Draw(t, "a->-b")
	_, err := NewEngine(n, plain()).Route(t.Context(), Query{From: place(1, 0), To: place(3, 0), Heading: heading(270)})
	if !errors.Is(err, ErrNoRoute) {
		t.Errorf("headed against a one-way: %v, want ErrNoRoute", err)
	}
}

// quickTurning turns round in a second.
func quickTurning() Profile {
	p := turning()
	p.UTurn = time.Second
	return p
}

func TestVia(t *testing.T) {
	place := streettest.Place
	for _, c := range []struct {
		name    string
		profile func() Profile
		q       Query
		via     string
		metres  float64
		stops   int
	}{
		{"on the way", plain, Query{From: place(1, 0), To: place(7, 0), Via: []orb.Point{place(3, 0)}}, "b", 60, 1},
		{"beside it", plain, Query{From: place(1, 0), To: place(7, 0), Via: []orb.Point{place(4, 1)}}, "beefc", 30 + 10 + 10 + 40 + 20 + 10, 1},
		{"feet turn round there", Foot, Query{From: place(1, 0), To: place(7, 0), Via: []orb.Point{place(4, 1)}}, "bb", 30 + 10 + 10 + 30, 1},
		{"and whoever turns round anywhere", quickTurning, Query{From: place(1, 0), To: place(7, 0), Via: []orb.Point{place(4, 1)}}, "bb", 80, 1},
		{"twice the same", plain, Query{From: place(1, 0), To: place(7, 0), Via: []orb.Point{place(3, 0), place(3, 0)}}, "b", 60, 2},
		{"at the ends", plain, Query{From: place(1, 0), To: place(7, 0), Via: []orb.Point{place(1, 0), place(7, 0)}}, "b", 60, 2},
		{"back to the start", plain, Query{From: place(1, 0), To: place(1, 0), Via: []orb.Point{place(3, 0)}}, "bbeda", 20 + 10 + 20 + 40 + 20 + 10, 1},
	} {
		d, err := streettest.Parse("a---b---c\n|   |   |\nd---e---f")
		if err != nil {
			t.Fatal(err)
		}
		n, err := street.Build(d.Parts)
		if err != nil {
			t.Fatal(err)
		}
		e := NewEngine(n, c.profile())
		r, err := e.Route(t.Context(), c.q)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if r.Distance < geo.Metres(c.metres)-1 || r.Distance > geo.Metres(c.metres)+1 || len(r.Stops) != c.stops {
			t.Errorf("%s: over %q, %.0f m, %d stops; want %q, %.0f m, %d", c.name, letters(d, n, r), float64(r.Distance), len(r.Stops), c.via, c.metres, c.stops)
		}
		for i, s := range r.Stops {
			if geo.Distance(s.Snap.At, c.q.Via[i]) > 0.1 {
				t.Errorf("%s: stop %d at %v, asked for %v", c.name, i, s.Snap.At, c.q.Via[i])
			}
		}
		if cost, err := e.Cost(t.Context(), c.q); err != nil || cost.Duration != r.Duration {
			t.Errorf("%s: cost %v, %v; the route takes %v", c.name, cost.Duration, err, r.Duration)
		}
	}
}

// A route over points on the way breaks no rule on any piece, keeps its direction
// at the points and takes as long as the best choice of directions there.
func TestViaOnRandomGrids(t *testing.T) {
	found := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 5))
		n, err := street.Build(ruled(r, randomGrid(r, 4, 4, 0.7)))
		if err != nil {
			t.Fatal(err)
		}
		all := everybody()
		p := all[r.IntN(len(all))]
		e := NewEngine(n, p)
		somewhere := func() orb.Point { return gridPlace(r.Float64()*4, r.Float64()*4) }
		for range 5 {
			q := Query{From: somewhere(), To: somewhere(), Via: []orb.Point{somewhere()}, Curb: r.IntN(2) == 0}
			got, err := e.Route(t.Context(), q)
			if errors.Is(err, ErrNoRoute) || errors.Is(err, ErrOffNetwork) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			found++
			cost, err := e.Cost(t.Context(), q)
			if err != nil || cost.Duration != got.Duration {
				t.Errorf("seed %d, %s, %+v: cost %v, %v; the route takes %v", seed, p.Name, q, cost.Duration, err, got.Duration)
			}
			// The least over the states on which one may pass the point.
			from := place{{Near: got.FromSnap}}
			to := e.stop(&q, place{{Near: got.ToSnap}})
			least := never
			for _, at := range e.fixed(e.stop(&q, place{{Near: got.Stops[0].Snap}})) {
				for turn, on := range e.onward(at) {
					c := plainly(e, from).to(at).plus(plainly(e, on).to(to))
					if turn > 0 {
						c = c.plus(turnCost(uint32(p.UTurn.Milliseconds())))
					}
					least = min(least, c)
				}
			}
			if least.duration() > got.Duration {
				t.Errorf("seed %d, %s, %+v: %v, the least is %v", seed, p.Name, q, got.Duration, least.duration())
			}
			stop := got.Stops[0].Leg
			before, after := got.Legs[stop-1], got.Legs[stop]
			if before.Segment == after.Segment && before.Forward != after.Forward && p.Vehicle != street.Foot && !p.UTurnsAnywhere {
				t.Errorf("seed %d, %s: turns round at its point on the way", seed, p.Name)
			}
		}
	}
	if found < 100 {
		t.Errorf("%d of 300 routes found", found)
	}
}

// Alternatives are routes that break no rule, not too long, and not the same.
func TestAlternatives(t *testing.T) {
	several := 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 9))
		n, err := street.Build(randomGrid(r, 8, 8, 0.3))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []Profile{Car(), Foot(), profileNamed(t, "tow-truck")} {
			e, book := NewEngine(n, p), newRulebook(n, p)
			q := Query{From: gridPlace(r.Float64()*2, r.Float64()*7), To: gridPlace(5+r.Float64()*2, r.Float64()*7)}
			routes, err := e.Alternatives(t.Context(), q, 4)
			if errors.Is(err, ErrNoRoute) || errors.Is(err, ErrOffNetwork) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			best, err := e.Route(t.Context(), q)
			if err != nil || routes[0].Duration != best.Duration {
				t.Errorf("seed %d, %s: the first takes %v, the quickest %v, %v", seed, p.Name, routes[0].Duration, best.Duration, err)
			}
			if len(routes) > 4 {
				t.Errorf("seed %d: %d routes, 4 is the most", seed, len(routes))
			}
			if len(routes) > 1 {
				several++
			}
			for i, one := range routes {
				if why := book.check(one); why != "" {
					t.Errorf("seed %d, %s, alternative %d: %s", seed, p.Name, i, why)
				}
				if float64(one.Duration) > 1.2501*float64(best.Duration) {
					t.Errorf("seed %d, %s, alternative %d takes %v, the quickest %v", seed, p.Name, i, one.Duration, best.Duration)
				}
				for k, other := range routes[:i] {
					if share := shared80(one, other); share > 0.8 {
						t.Errorf("seed %d, %s: alternatives %d and %d share %.0f %%", seed, p.Name, k, i, 100*share)
					}
				}
				been := make(map[street.SegmentID]bool)
				for _, leg := range one.Legs {
					if i > 0 && been[leg.Segment] {
						t.Errorf("seed %d, %s: alternative %d comes to segment %d twice", seed, p.Name, i, leg.Segment)
					}
					been[leg.Segment] = true
				}
			}
		}
	}
	if several < 40 {
		t.Errorf("only %d of 120 have an alternative", several)
	}
	n, _ := streettest.Draw(t, cross)
	if _, err := NewEngine(n, plain()).Alternatives(t.Context(), Query{From: streettest.Place(1, 0), To: streettest.Place(3, 0)}, 9); err == nil {
		t.Error("nine alternatives are not refused")
	}
}

// shared80 is the share of a route's whole segments that another has, by time,
// measured as the alternatives are: without turns, whole segments at the ends.
func shared80(one, other Route) float64 {
	type way struct {
		id      street.SegmentID
		forward bool
	}
	has := make(map[way]bool)
	for _, leg := range other.Legs {
		has[way{leg.Segment, leg.Forward}] = true
	}
	var same, all time.Duration
	for i, leg := range one.Legs {
		if i == 0 || i == len(one.Legs)-1 {
			continue // in part only
		}
		if all += leg.Duration; has[way{leg.Segment, leg.Forward}] {
			same += leg.Duration
		}
	}
	if all == 0 {
		return 0
	}
	return float64(same) / float64(all) * 0.999
}
