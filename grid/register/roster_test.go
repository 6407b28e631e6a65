package register

import (
	"errors"
	"slices"
	"testing"
	"time"

	"citygrid/grid/people"

	"pgregory.net/rapid"
)

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func hour(h int) time.Time { return monday.Add(time.Duration(h) * time.Hour) }

func TestRoster(t *testing.T) {
	r, err := NewRoster([]Shift{
		{ID: 1, Person: 7, Team: 1, Vehicle: 3, From: hour(8), To: hour(16)},
		{ID: 2, Person: 7, Team: 1, From: hour(16), To: hour(20)}, // touches the first
		{ID: 3, Person: 8, Team: 1, Vehicle: 3, From: hour(10), To: hour(12)},
		{ID: 4, Person: 8, Team: 2, From: hour(22), To: hour(30)}, // across midnight
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who  Subject
		at   time.Time
		want ShiftID
	}{
		{PersonSubject(7), hour(8).Add(-1), 0},
		{PersonSubject(7), hour(8), 1}, // from <= t
		{PersonSubject(7), hour(16).Add(-1), 1},
		{PersonSubject(7), hour(16), 2}, // t < to
		{PersonSubject(7), hour(20), 0},
		{PersonSubject(8), hour(25), 4},
		{PersonSubject(9), hour(10), 0},
		{VehicleSubject(3), hour(9), 1},
		{VehicleSubject(3), hour(11), 3}, // the one begun last
		{VehicleSubject(3), hour(12), 1}, // and when that ends, the other again
		{VehicleSubject(3), hour(17), 0},
		{DogSubject(7), hour(10), 0},
		{Subject{}, hour(10), 0},
	} {
		got, ok := r.OnDuty(c.who, c.at)
		if got.ID != c.want || ok != (c.want != 0) {
			t.Errorf("OnDuty(%v, %v) = shift %d, %v, want %d", c.who, c.at, got.ID, ok, c.want)
		}
	}
	if now := r.At(hour(11)); len(now) != 2 || now[0].ID != 1 || now[1].ID != 3 {
		t.Errorf("At(11:00) = %v", now)
	}
	var none *Roster
	if _, ok := none.OnDuty(PersonSubject(7), hour(8)); ok || len(new(Roster).At(hour(8))) != 0 {
		t.Error("an empty roster has somebody on duty")
	}
}

// The index says what a scan of all shifts says, and finds every overlap.
func TestRosterIsAScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Shift {
			from := rapid.IntRange(0, 60).Draw(t, "from")
			return Shift{
				Person: people.ID(rapid.IntRange(1, 4).Draw(t, "person")), Team: 1, Vehicle: VehicleID(rapid.IntRange(0, 2).Draw(t, "vehicle")),
				From: hour(from), To: hour(from + rapid.IntRange(1, 24).Draw(t, "hours")),
			}
		}), 0, 12).Draw(t, "shifts")
		for i := range list {
			list[i].ID = ShiftID(i + 1)
		}
		overlap := false
		for i, a := range list {
			for _, b := range list[:i] {
				overlap = overlap || a.Person == b.Person && a.From.Before(b.To) && b.From.Before(a.To)
			}
		}
		given := slices.Clone(list)
		r, err := NewRoster(list)
		if overlap != errors.Is(err, ErrOverlap) || !overlap && err != nil {
			t.Fatalf("overlap %v, got %v", overlap, err)
		}
		if !slices.Equal(given, list) {
			t.Fatal("NewRoster changed the list")
		}
		if overlap {
			return
		}
		for h := -1; h < 90; h++ {
			at := hour(h)
			for id := range int64(5) {
				for _, who := range []Subject{PersonSubject(people.ID(id)), VehicleSubject(VehicleID(id))} {
					var want Shift
					for _, s := range list {
						mine := who == PersonSubject(s.Person) || s.Vehicle != 0 && who == VehicleSubject(s.Vehicle)
						if mine && s.Holds(at) && (want.ID == 0 || order(s, want) > 0) {
							want = s
						}
					}
					if got, ok := r.OnDuty(who, at); got != want || ok != (want.ID != 0) {
						t.Fatalf("OnDuty(%v, hour %d) = %v, want %v", who, h, got, want)
					}
				}
			}
			n := 0
			for _, s := range list {
				if s.Holds(at) {
					n++
				}
			}
			if now := r.At(at); len(now) != n {
				t.Fatalf("At(hour %d) has %d shifts, want %d", h, len(now), n)
			}
		}
	})
}

// Of several that overlap, the first in the list is told, each time.
func TestRosterTellsTheFirstOverlap(t *testing.T) {
	var list []Shift
	for id := range ShiftID(20) {
		person := people.ID(id % 10)
		list = append(list, Shift{ID: id + 1, Person: person + 1, Team: 1, From: hour(8), To: hour(16)})
	}
	for range 20 {
		_, err := NewRoster(list)
		var bad *FieldError
		if !errors.As(err, &bad) || !errors.Is(err, ErrOverlap) || bad.Index != 10 {
			t.Fatalf("got %+v, want the overlap of shift 11", err)
		}
	}
}
