package store

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"citygrid/grid/calendar"
	"citygrid/grid/register"
	"citygrid/routing/closure"

	"github.com/paulmach/orb"
)

func TestClosures(t *testing.T) {
	s, _ := staffed(t)
	ctx, from := t.Context(), time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	fair := closure.Closure{
		State: closure.Proposed, Reason: "Lantern fair", Drawn: orb.LineString{{-75.55, 39.74}, {-75.54, 39.74}}, Direction: closure.Along,
		Pieces:   []closure.Piece{{Way: 7, Line: orb.LineString{{-75.55, 39.74}, {-75.545, 39.7401}, {-75.54, 39.74}}}},
		Profiles: []string{"car"}, Effect: closure.Effect{Share: 0.5}, From: from, To: from.Add(time.Hour), By: 1,
		Calendar: &calendar.Spec{Zone: "America/New_York", Rules: []calendar.Rule{{Windows: []calendar.Window{calendar.AllDay}}}},
	}
	before := must(s.Marks(ctx))(t)["closure"]
	first := must(s.AddClosure(ctx, fair, act("closure.add")))(t)
	if got := must(s.Closure(ctx, first.ID))(t); first.Version != 1 || !reflect.DeepEqual(got, first) {
		t.Errorf("added %+v, kept %+v", first, got)
	}
	for name, shape := range map[string]orb.Geometry{"picked": orb.MultiPoint{{1, 2}, {1.1, 2.1}}, "an area": orb.Polygon{{{0, 0}, {0.1, 0}, {0.1, 0.1}, {0, 0}}}} {
		next := closure.Closure{State: closure.Approved, Reason: name, Drawn: shape, Direction: closure.Both, Pieces: fair.Pieces, From: from}
		next = must(s.AddClosure(ctx, next, act("closure.add")))(t)
		if got := must(s.Closure(ctx, next.ID))(t); !reflect.DeepEqual(got, next) {
			t.Errorf("%s: added %+v, kept %+v", name, next, got)
		}
	}
	next := first
	next.State, next.Decided, next.To, next.Calendar = closure.Approved, 1, time.Time{}, nil
	next = must(s.UpdateClosure(ctx, next, act("closure.approve")))(t)
	if got := must(s.Closures(ctx))(t); len(got) != 3 || !reflect.DeepEqual(got[0], next) {
		t.Errorf("updated %+v, kept %+v", next, got)
	}
	bad, stranger := fair, fair
	bad.Reason, stranger.By = "", 99
	for _, c := range []struct {
		name      string
		err, want error
	}{
		{"stale", second(s.UpdateClosure(ctx, first, act("x"))), register.ErrStale},
		{"bad", second(s.AddClosure(ctx, bad, act("x"))), register.ErrEntry},
		{"by nobody", second(s.AddClosure(ctx, stranger, act("x"))), register.ErrNone},
		{"none", second(s.Closure(ctx, 99)), register.ErrNone},
		{"remove stale", s.RemoveClosure(ctx, first.ID, 1, act("x")), register.ErrStale},
		{"remove", s.RemoveClosure(ctx, first.ID, 2, act("closure.remove")), nil},
		{"remove twice", s.RemoveClosure(ctx, first.ID, 2, act("x")), register.ErrNone},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.err, c.want)
		}
	}
	if after := must(s.Marks(ctx))(t)["closure"]; after == before {
		t.Errorf("the mark is %q before and after", after)
	}
}
