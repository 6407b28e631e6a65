package path

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"citygrid/geo/street"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// randomChanges closes and slows some segments.
func randomChanges(r *rand.Rand, n *street.Network, count int) []Change {
	changes := make([]Change, count)
	for i := range changes {
		changes[i] = Change{Segment: street.SegmentID(r.IntN(n.Segments())), Forward: r.IntN(4) > 0, Backward: r.IntN(4) > 0}
		if r.IntN(3) == 0 {
			changes[i].SpeedKMH = 1 + 120*r.Float64()
		}
	}
	return changes
}

// equal says whether two metrics cost the same.
func (m *metric) equal(o *metric) bool {
	same := func(a, b pages) bool {
		return slices.EqualFunc(a, b, func(x, y []cost) bool { return slices.Equal(x, y) })
	}
	return same(m.out, o.out) && same(m.in, o.in)
}

// The laws of closures and speeds, on changes of changes: what is found is what
// plain Dijkstra finds on the streets as they are then; partial customisation is
// the same as full; the engine before knows nothing of it; tables are routes.
func TestChangesEqualPlainDijkstra(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		columns, rows := rapid.IntRange(2, 6).Draw(rt, "columns"), rapid.IntRange(2, 6).Draw(rt, "rows")
		n, err := street.Build(randomGrid(r, columns, rows, rapid.Float64Range(0, 1.2).Draw(rt, "wild")))
		if err != nil || n.Segments() == 0 {
			rt.Skip("no streets")
		}
		e := NewEngine(n, rapid.SampledFrom([]func() Profile{Car, Foot, plain, turning}).Draw(rt, "profile")())
		points := make([]orb.Point, 3)
		for i := range points {
			points[i] = gridPlace(r.Float64()*float64(columns), r.Float64()*float64(rows))
		}
		for range 2 {
			changes := randomChanges(r, n, r.IntN(5))
			before := e.metric
			with, err := e.With(changes)
			if err != nil {
				rt.Fatal(err)
			}
			// Also by the partial way when there are many.
			full := newMetric(e.h, e.g, with.whole)
			if !e.partly(with).equal(full) || !with.metric.equal(full) {
				rt.Fatalf("%+v: partial and full customisation differ", changes)
			}
			if e.metric != before || !before.equal(newMetric(e.h, e.g, e.whole)) {
				rt.Fatalf("%+v: the engine before has changed", changes)
			}
			e = with
			if why := differsFromPlain(rt.Context(), e, points); why != "" {
				rt.Fatalf("%+v: %s", changes, why)
			}
		}
		back, err := e.With(nil)
		if err != nil || !back.metric.equal(NewEngine(n, e.p).metric) {
			rt.Fatalf("without changes the costs are not those of the map again: %v", err)
		}
	})
}

// differsFromPlain says where routes, costs or a table between points differ from
// plain Dijkstra, or "".
func differsFromPlain(ctx context.Context, e *Engine, points []orb.Point) string {
	table, err := e.Table(ctx, points, points, 150)
	if err != nil {
		return err.Error()
	}
	r := newRoom()
	for i, from := range points {
		places, err := e.places(From, from, 150)
		if errors.Is(err, ErrOffNetwork) {
			if !table.FromOff[i] {
				return "the table says nothing of a point off the network"
			}
			continue
		}
		plain := make([]*plainSearch, len(places))
		for k, f := range places {
			plain[k] = plainly(e, f)
		}
		for j, to := range points {
			goals, err := e.places(To, to, 150)
			if errors.Is(err, ErrOffNetwork) {
				continue
			}
			want := never
			for k, f := range places {
				for _, g := range goals {
					c := plain[k].to(g)
					_, direct := e.direct(f, g)
					if got := min(direct, e.search(r, e.exits(f, g), e.arriving(g)).cost); got != c {
						return "a search finds " + got.duration().String() + ", Dijkstra " + c.duration().String()
					}
					if c < never && !e.joined(f, g) {
						return "places with a way are held for not joined"
					}
				}
			}
			for _, p := range firstN(e.pairs(places, goals), maxTries) {
				k := slices.IndexFunc(places, func(f place) bool { return &f[0] == &p.from[0] })
				if want = plain[k].to(p.to); want < never {
					break
				}
			}
			cell, ok := table.At(i, j)
			single, errCost := e.Cost(ctx, Query{From: from, To: to, SnapLimit: 150})
			route, errRoute := e.Route(ctx, Query{From: from, To: to, SnapLimit: 150})
			if want == never {
				if ok || !errors.Is(errCost, ErrNoRoute) || !errors.Is(errRoute, ErrNoRoute) {
					return "a way is found where there is none"
				}
				continue
			}
			if !ok || errCost != nil || errRoute != nil || cell != single || cell.Duration != want.duration() || cell.Distance != want.length() {
				return "table " + cell.Duration.String() + ", cost " + single.Duration.String() + ", Dijkstra " + want.duration().String()
			}
			if route.Duration != want.duration() || math.Abs(float64(route.Distance-want.length())) > 0.001*float64(len(route.Legs)) {
				return "route of " + route.Duration.String() + ", Dijkstra " + want.duration().String()
			}
		}
	}
	return ""
}

func firstN(p []pair, n int) []pair { return p[:min(n, len(p))] }

func TestWithRefuses(t *testing.T) {
	n, err := street.Build(randomGrid(rand.New(rand.NewPCG(1, 1)), 3, 3, 0))
	if err != nil {
		t.Fatal(err)
	}
	e := NewEngine(n, Car())
	for _, c := range []Change{{Segment: 1 << 20}, {SpeedKMH: -1}, {SpeedKMH: math.NaN()}, {SpeedKMH: math.Inf(1)}} {
		if _, err := e.With([]Change{c}); err == nil {
			t.Errorf("%+v is taken", c)
		}
	}
}

// The quick look at which places can be joined at all leaves none out. In seed 70
// a way ends on an edge that nobody comes to but with a ban in mind.
func TestPlacesWithAWayAreJoined(t *testing.T) {
	for seed := uint64(60); seed < 80; seed++ {
		r := rand.New(rand.NewPCG(seed, 1))
		columns, rows := 2+r.IntN(4), 2+r.IntN(4)
		n, err := street.Build(randomGrid(r, columns, rows, 1.2))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []Profile{Car(), Foot(), plain(), turning()} {
			e := NewEngine(n, p)
			room := newRoom()
			somewhere := func() place {
				return e.first(gridPlace(r.Float64()*float64(columns), r.Float64()*float64(rows)), 300)
			}
			for range 10 {
				from, to := somewhere(), somewhere()
				if from == nil || to == nil || e.joined(from, to) {
					continue
				}
				if way := e.search(room, e.exits(from, to), e.arriving(to)); way.cost < never {
					t.Errorf("seed %d, %s: a way of %v between places held for not joined", seed, p.Name, way.cost.duration())
				}
			}
		}
	}
}
