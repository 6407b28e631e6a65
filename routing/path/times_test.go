package path

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// TestTimesEqualRoutes: a cell of the table is the route's duration, and nil
// where there is no route.
func TestTimesEqualRoutes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		r := rand.New(rand.NewPCG(seed, 1))
		columns, rows := rapid.IntRange(2, 7).Draw(rt, "columns"), rapid.IntRange(2, 7).Draw(rt, "rows")
		n, err := street.Build(randomGrid(r, columns, rows, rapid.Float64Range(0, 1.2).Draw(rt, "wild")))
		if err != nil {
			rt.Fatal(err)
		}
		profile := Car()
		if rapid.Bool().Draw(rt, "foot") {
			profile = Foot()
		}
		e := NewEngine(n, profile)
		points := func(k int) []orb.Point {
			all := make([]orb.Point, k)
			for i := range all {
				all[i] = gridPlace(r.Float64()*float64(columns), r.Float64()*float64(rows))
				if r.IntN(3) == 0 {
					all[i] = n.Junction(street.JunctionID(r.IntN(n.Junctions()))).At.Point()
				}
			}
			if r.IntN(8) == 0 {
				all[0] = orb.Point{10, 10} // off every street
			}
			return all
		}
		if why := differs(rt.Context(), e, points(3), points(6)); why != "" {
			rt.Fatal(why)
		}
	})
}

// So it is where rows begin in pockets of the network and all look for other places
// to set out from, in tables large enough that they are helped together.
func TestTimesFromPockets(t *testing.T) {
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 21))
		n, err := street.Build(randomGrid(r, 7, 7, 1.2))
		if err != nil {
			t.Fatal(err)
		}
		from, to := make([]orb.Point, 10), make([]orb.Point, manyGoals+20)
		for _, points := range [][]orb.Point{from, to} {
			for i := range points {
				points[i] = gridPlace(r.Float64()*7, r.Float64()*7)
			}
		}
		if why := differs(t.Context(), NewEngine(n, Car()), from, to); why != "" {
			t.Errorf("seed %d: %s", seed, why)
		}
	}
}

// differs says how a table differs from the routes, or "".
func differs(ctx context.Context, e *Engine, from, to []orb.Point) string {
	table, err := e.Times(ctx, from, to)
	if err != nil {
		return err.Error()
	}
	for i, f := range from {
		for j, g := range to {
			route, err := e.Route(ctx, Query{From: f, To: g})
			got := table[i][j]
			switch {
			case errors.Is(err, ErrOffNetwork) || errors.Is(err, ErrNoRoute):
				if got != nil {
					return fmt.Sprintf("%v to %v: %v, want no way: %v", f, g, *got, err)
				}
			case err != nil:
				return err.Error()
			case got == nil:
				return fmt.Sprintf("%v to %v: no way, want %v", f, g, route.Duration)
			case got.Duration != route.Duration:
				return fmt.Sprintf("%v to %v: %v, want %v", f, g, got.Duration, route.Duration)
			case !(got.Distance >= geo.Distance(route.FromSnap.At, route.ToSnap.At)*0.98-0.1):
				// As the crow flies is the least; ways just as quick may be
				// of another length than the route's.
				return fmt.Sprintf("%v to %v: %v m, want %v m", f, g, got.Distance, route.Distance)
			}
		}
	}
	return ""
}

// On a real map the ways are so uneven that equal times are equal ways, so the
// lengths are the routes' too.
func TestTimesOnRealMap(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a city")
	}
	n := network(t, shared(t, "monaco/*.osm*"))
	for _, p := range []Profile{Car(), Foot()} {
		e := NewEngine(n, p)
		r := rand.New(rand.NewPCG(2, 2))
		points := make([]orb.Point, 9)
		for i := range points {
			points[i] = n.Line(street.SegmentID(r.IntN(n.Segments())))[0]
		}
		if why := differs(t.Context(), e, points[:4], points[4:]); why != "" {
			t.Errorf("%s: %s", p.Name, why)
		}
		table, err := e.Times(t.Context(), points, points)
		if err != nil {
			t.Fatal(err)
		}
		for i := range points {
			for j := range points {
				route, err := e.Route(t.Context(), Query{From: points[i], To: points[j]})
				if err == nil && math.Abs(float64(table[i][j].Distance-route.Distance)) > 0.01 {
					t.Errorf("%s, %v to %v: %v m, want %v m", p.Name, points[i], points[j], table[i][j].Distance, route.Distance)
				}
			}
		}
	}
}

func TestTimesErrors(t *testing.T) {
	n, at := streettest.Draw(t, `
a---b---c
    |
d---e`)
	e := NewEngine(n, Foot())
	a, c := n.Junction(at('a')).At.Point(), n.Junction(at('c')).At.Point()
	if _, err := e.Times(t.Context(), []orb.Point{a}, []orb.Point{{200, 0}}); !errors.Is(err, geo.ErrPosition) {
		t.Errorf("off the earth: %v, want %v", err, geo.ErrPosition)
	}
	table, err := e.Times(t.Context(), []orb.Point{a, {10, 10}}, []orb.Point{c, c, a})
	if err != nil {
		t.Fatal(err)
	}
	if want := 57600 * time.Millisecond; table[0][0] == nil || (table[0][0].Duration-want).Abs() > 200*time.Millisecond {
		t.Errorf("80 m on foot: %v, want about %v", table[0][0], want)
	}
	if table[0][2] == nil || table[0][2].Duration != 0 || table[1][0] != nil {
		t.Errorf("to itself %v, want 0; from off the network %v, want none", table[0][2], table[1][0])
	}
	if _, err := e.Table(t.Context(), nil, nil, -1); err == nil {
		t.Error("a snap limit of -1 m is taken")
	}
	off := orb.Point{a[0], a[1] + 0.00002} // 2 m
	near, err := e.Table(t.Context(), []orb.Point{a, off}, []orb.Point{c}, 1)
	if err != nil {
		t.Fatal(err)
	}
	_, onStreet := near.At(0, 0)
	if _, beside := near.At(1, 0); !onStreet || beside || near.FromOff[0] || !near.FromOff[1] {
		t.Errorf("within 1 m: %v, %v; want a way from the street and none from 2 m beside it", onStreet, beside)
	}
	if empty, err := e.Times(t.Context(), nil, nil); err != nil || len(empty) != 0 {
		t.Errorf("of nothing: %v, %v", empty, err)
	}
}

func TestNearestByTime(t *testing.T) {
	n, at := streettest.Draw(t, `
a->-b---c
|       |
d-------e   f---g`)
	e := NewEngine(n, Car())
	place := func(c rune) orb.Point { return n.Junction(at(c)).At.Point() }
	// From b, the nearest as the crow flies, a is reached all the way round.
	units, err := e.Nearest(t.Context(), []orb.Point{place('b'), place('g'), place('e'), {10, 10}, place('d')}, place('a'), 5, 2)
	if err != nil || len(units) != 2 || units[0].Index != 4 || units[1].Index != 2 {
		t.Errorf("%+v, error %v; want d, then e", units, err)
	}
	if all, err := e.Nearest(t.Context(), []orb.Point{place('b'), place('g')}, place('a'), 5, 9); err != nil || len(all) != 1 {
		t.Errorf("%+v, error %v; want b alone: no way leads from g", all, err)
	}
}
