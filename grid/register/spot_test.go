package register

import (
	"errors"
	"strings"
	"testing"
	"time"

	"citygrid/grid/calendar"

	"github.com/paulmach/orb"
)

func day(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

// A visit is of the day on which its window begins, over midnight too, and windows are cut
// into as many parts as there are visits.
func TestDue(t *testing.T) {
	hours := func(windows ...string) *calendar.Spec {
		rule := calendar.Rule{}
		for _, text := range windows {
			w, err := calendar.ParseWindow(text)
			if err != nil {
				t.Fatal(err)
			}
			rule.Windows = append(rule.Windows, w)
		}
		return &calendar.Spec{Zone: "UTC", Rules: []calendar.Rule{rule}}
	}
	weekly := hours("08:30-10:00")
	weekly.Rules[0].Weekdays = calendar.Wednesday
	from := day("2026-05-04 00:00") // a Monday
	work := calendar.Active{From: day("2026-05-04 08:00"), To: day("2026-05-04 16:00")}
	for name, c := range map[string]struct {
		visits int
		hours  *calendar.Spec
		want   string
	}{
		"at work":             {2, nil, "04 08:00-04 12:00, 04 12:00-04 16:00"},
		"at night":            {1, hours("20:00-02:00"), "04 20:00-05 02:00"},
		"three times a night": {3, hours("20:00-02:00"), "04 20:00-04 22:00, 04 22:00-05 00:00, 05 00:00-05 02:00"},
		"twice a day":         {1, hours("09:00-10:00", "17:00-18:00"), "04 09:00-04 10:00, 04 17:00-04 18:00"},
		"always":              {1, hours("00:00-24:00"), "04 00:00-05 00:00"},
		"on Wednesdays":       {1, weekly, ""},
	} {
		all, err := Spot{ID: 1, Visits: c.visits, Calendar: c.hours}.Due(from, from.AddDate(0, 0, 1), work, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range all {
			got = append(got, v.Open.Format("02 15:04")+"-"+v.Close.Format("02 15:04"))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s: %s, want %s", name, text, c.want)
		}
	}
	// Over a year a weekly spot is called at on each Wednesday, once.
	n := 0
	for d := from; d.Before(from.AddDate(1, 0, 0)); d = d.AddDate(0, 0, 1) {
		all, err := Spot{ID: 1, Visits: 1, Calendar: weekly}.Due(d, d.AddDate(0, 0, 1), calendar.Active{}, nil)
		if err != nil || len(all) > 1 || len(all) == 1 && d.Weekday() != time.Wednesday {
			t.Fatalf("%v: %v, %v", d, all, err)
		}
		n += len(all)
	}
	if n != 52 {
		t.Errorf("%d visits in a year of Wednesdays, want 52", n)
	}
}

func TestSpotCheck(t *testing.T) {
	good := Spot{Name: map[string]string{"en": "Square"}, At: orb.Point{-75.5, 39.7}, Team: 1, Visits: 1, StayMin: 5}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for field, spoil := range map[string]func(*Spot){
		"name": func(s *Spot) { s.Name = nil }, "team": func(s *Spot) { s.Team = 0 }, "visits": func(s *Spot) { s.Visits = 0 },
		"stay_min": func(s *Spot) { s.StayMin = 1000 }, "at": func(s *Spot) { s.At[1] = 99 }, "calendar": func(s *Spot) { s.Calendar = &calendar.Spec{} },
	} {
		bad := good
		spoil(&bad)
		var e *FieldError
		if err := bad.Check(); !errors.As(err, &e) || e.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
