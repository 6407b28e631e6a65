package city_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/grid/calendar"
	"citygrid/routing/city"
	"citygrid/routing/closure"
	"citygrid/routing/path"
)

// timed is blocks with a street that cars may not use in the morning and one that
// is closed in the evening.
func timed(t testing.TB, profiles ...path.Profile) (*city.Streets, func(from, to rune) closure.Piece) {
	d, err := streettest.Parse(blocks)
	if err != nil {
		t.Fatal(err)
	}
	d.Parts.Rules = []street.Rules{
		{},
		{Conditional: map[string]string{"motor_vehicle:conditional": "no @ (Mo-Fr 07:00-10:00)"}},
		{Conditional: map[string]string{"access:conditional": "no @ (17:00-23:00)"}},
	}
	d.Parts.Segments[d.ID('a', 'b')].Rules = 1
	d.Parts.Segments[d.ID('e', 'f')].Rules = 2
	for i := range d.Parts.Segments {
		d.Parts.Segments[i].Way = int64(100 + i)
	}
	n, err := street.Build(d.Parts)
	if err != nil {
		t.Fatal(err)
	}
	return city.New("map", n, profiles), func(from, to rune) closure.Piece {
		id := d.ID(from, to)
		return closure.Piece{Way: n.Segment(id).Way, Line: n.Line(id)}
	}
}

// TestHours: the streets are those of the hour, a minute or two after it has begun at
// the latest, and the engines of the next hour are ready before it begins.
func TestHours(t *testing.T) {
	all := slices.DeleteFunc(path.Profiles(), func(p path.Profile) bool {
		return !slices.Contains([]string{"foot", "patrol-car", "tow-truck"}, p.Name)
	})
	s, piece := timed(t, all...)
	zone := time.FixedZone("CST", 8*3600)
	s.SetZone(zone)
	midnight := time.Date(2026, 3, 2, 0, 0, 0, 0, zone)
	list := []closure.Closure{{
		ID: 1, Version: 1, State: closure.Approved, Direction: closure.Both,
		Pieces: []closure.Piece{piece('i', 'j')}, From: midnight.Add(9*time.Hour + 30*time.Minute), To: midnight.Add(18 * time.Hour),
	}}
	if err := s.Set(list, midnight); err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		s.Now().Engine(p.Name)
	}
	version := s.Now().Version
	for now := midnight; now.Before(midnight.Add(24 * time.Hour)); now = now.Add(time.Hour) {
		for next := s.Next(); !next.IsZero() && !next.After(now); next = s.Next() { // as the clock job does
			if err := s.Prepare(t.Context(), next); err != nil {
				t.Fatal(err)
			}
			if err := s.Advance(next); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Advance(now.UTC()); err != nil {
			t.Fatal(err)
		}
		if s.Wants(now) {
			t.Fatalf("at %v an engine is missing", now)
		}
		state, then := s.Now(), s.At(now.UTC())
		if state.Version < version {
			t.Fatalf("version %d after %d", state.Version, version)
		}
		version = state.Version
		for _, p := range all {
			fresh := path.NewEngineAt(s.Network, p, path.When{At: now})
			if slices.Contains(state.Active, 1) {
				fresh = without(t, fresh, s, list[0])
			}
			for to := range street.SegmentID(s.Network.Segments()) {
				q := path.Query{From: streettest.Place(0, 0), To: s.Network.Line(to)[0]}
				want, err := fresh.Cost(t.Context(), q)
				for name, st := range map[string]*city.State{"now": state, "at that time": then} {
					got, gotErr := st.Engine(p.Name).Cost(t.Context(), q)
					if got != want || (err == nil) != (gotErr == nil) {
						t.Fatalf("%s at %v, %s: %v %v, a new engine says %v %v", p.Name, now.Format("15:04"), name, got, gotErr, want, err)
					}
				}
			}
		}
	}
	if version < 7 {
		t.Errorf("version %d: want a change for each rule and closure", version)
	}
	if s.Now().Engine("nobody") != nil {
		t.Error("there is an engine for nobody")
	}
}

// without is an engine with a closure.
func without(t testing.TB, e *path.Engine, s *city.Streets, c closure.Closure) *path.Engine {
	t.Helper()
	var changes []path.Change
	found, _ := s.On(c)
	for _, x := range found {
		changes = append(changes, path.Change{Segment: x.Segment, Forward: x.Forward, Backward: x.Backward})
	}
	made, err := e.With(changes)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestEnginesAreBounded: people who ask for many profiles and hours get their answers,
// and what was not asked for lately is let go of.
func TestEnginesAreBounded(t *testing.T) {
	var many []path.Profile
	for i := range 40 {
		p := path.Car()
		p.Name = fmt.Sprint("car-", i)
		p.Hours = []path.Hour{{When: fmt.Sprintf("Mo-Fr %02d:00-%02d:00", i%12, 12+i%12), Share: map[street.Class]float64{street.ClassUnknown: 0.5}}}
		many = append(many, p)
	}
	s, _ := timed(t, many...)
	if err := s.Set(nil, noon); err != nil {
		t.Fatal(err)
	}
	for i, p := range many {
		if s.Now().Engine(p.Name) == nil || s.At(noon.Add(time.Duration(i)*time.Hour)).Engine(p.Name) == nil {
			t.Fatalf("no engine for %s", p.Name)
		}
	}
	if n := s.Engines(); n == 0 || n > city.MostEngines {
		t.Errorf("%d engines are kept, want at most %d", n, city.MostEngines)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if e, err := s.At(noon.Add(100*time.Hour)).For(cancelled, city.Who{Profile: "car-0"}); err != nil && !errors.Is(err, context.Canceled) || err == nil && e == nil {
		t.Errorf("after the question was given up: %v, %v", e, err)
	}
}

// TestHolidays: once they are known, conditions on them hold, on the map and in
// closures, for engines that are there already, too.
func TestHolidays(t *testing.T) {
	d, err := streettest.Parse(blocks)
	if err != nil {
		t.Fatal(err)
	}
	d.Parts.Rules = []street.Rules{{}, {Conditional: map[string]string{"motor_vehicle:conditional": "no @ (PH)"}}}
	d.Parts.Segments[d.ID('a', 'b')].Rules = 1
	n, err := street.Build(d.Parts)
	if err != nil {
		t.Fatal(err)
	}
	s := city.New("map", n, []path.Profile{path.Car()})
	holiday := time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)
	rules, err := calendar.ParseOpeningHours("PH")
	if err != nil {
		t.Fatal(err)
	}
	onHolidays := calendar.Spec{Zone: "UTC", Rules: rules}
	list := []closure.Closure{{
		ID: 1, Version: 1, State: closure.Approved, Direction: closure.Both, Calendar: &onHolidays,
		Pieces: []closure.Piece{{Line: n.Line(d.ID('i', 'j'))}}, From: holiday.Add(-240 * time.Hour),
	}}
	if err := s.Set(list, holiday); err != nil {
		t.Fatal(err)
	}
	open := func() (ab, ij bool) {
		e := s.Now().Engine("car")
		_, ab = e.Along(d.ID('a', 'b'), true)
		_, ij = e.Along(d.ID('i', 'j'), true)
		return ab, ij
	}
	if ab, ij := open(); !ab || !ij {
		t.Errorf("without holidays ab is open: %v, ij: %v", ab, ij)
	}
	days, err := calendar.NewDays([]calendar.Day{{Date: calendar.DateOf(2026, time.October, 1)}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetDays(days); err != nil {
		t.Fatal(err)
	}
	if ab, ij := open(); ab || ij {
		t.Errorf("on a holiday ab is open: %v, ij: %v", ab, ij)
	}
	if err := s.Advance(holiday.Add(24 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.Prepare(t.Context(), holiday.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.Advance(holiday.Add(24 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	if ab, ij := open(); !ab || !ij {
		t.Errorf("on the day after ab is open: %v, ij: %v", ab, ij)
	}
}
