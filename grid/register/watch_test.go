package register

import (
	"fmt"
	"testing"
	"time"

	"citygrid/grid"
	"citygrid/grid/calendar"

	"pgregory.net/rapid"
)

// Each visit that is due is one watch's of its team, and no other is on patrol for longer of
// it; one that has none falls into nobody's time.
func TestVisitsOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := day("2026-05-04 00:00")
		to := from.AddDate(0, 0, 1)
		hour := func(name string) time.Duration {
			return time.Duration(rapid.IntRange(0, 30).Draw(t, name)) * time.Hour
		}
		var shifts []Shift
		for i := range rapid.IntRange(0, 5).Draw(t, "shifts") {
			a := hour("begin")
			shifts = append(shifts, Shift{ID: ShiftID(i + 1), Team: grid.TeamID(rapid.IntRange(1, 2).Draw(t, "team")), From: from.Add(a), To: from.Add(a + time.Hour + hour("length")/3)})
		}
		var spots []Spot
		for i := range rapid.IntRange(0, 5).Draw(t, "spots") {
			h := rapid.IntRange(0, 23).Draw(t, "open")
			w, err := calendar.ParseWindow(fmt.Sprintf("%02d:00-%02d:00", h, (h+rapid.IntRange(1, 23).Draw(t, "for"))%24))
			if err != nil {
				t.Fatal(err)
			}
			spots = append(spots, Spot{
				ID: SpotID(i + 1), Team: grid.TeamID(rapid.IntRange(1, 2).Draw(t, "whose")), Visits: rapid.IntRange(1, 3).Draw(t, "visits"),
				Calendar: &calendar.Spec{Zone: "UTC", Rules: []calendar.Rule{{Windows: []calendar.Window{w}}}},
			})
		}
		all, err := VisitsOn(spots, 1, shifts, from, to, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, s := range spots {
			if s.Team == 1 {
				want += s.Visits
			}
		}
		if len(all) != want {
			t.Fatalf("%d visits, want %d", len(all), want)
		}
		overlap := func(v DueVisit, a, b time.Time) time.Duration {
			if v.Open.After(a) {
				a = v.Open
			}
			if v.Close.Before(b) {
				b = v.Close
			}
			return max(0, b.Sub(a))
		}
		for i, v := range all {
			if i > 0 && v.Open.Before(all[i-1].Open) {
				t.Errorf("visit %d opens before the one before it", i)
			}
			has := time.Duration(0)
			if v.Watch != (Watch{}) {
				has = overlap(v, time.Unix(0, v.Watch.From), time.Unix(0, v.Watch.To))
			}
			for _, s := range shifts {
				if s.Team == 1 && s.From.Before(to) && overlap(v, s.From, s.To) > has {
					t.Errorf("visit %v to %v is of %+v, %v to %v has more of it", v.Open, v.Close, v.Watch, s.From, s.To)
				}
			}
			if v.Watch != (Watch{}) && (v.Watch.Team != 1 || has == 0) {
				t.Errorf("visit %v to %v is of %+v, who are not there", v.Open, v.Close, v.Watch)
			}
		}
	})
}

func TestAlike(t *testing.T) {
	by := func(s Shift) string {
		return []string{OnFoot, string(EBike), string(PatrolCar), string(Boat)}[s.Vehicle]
	}
	shifts := []Shift{{ID: 1, Vehicle: 2}, {ID: 2, Vehicle: 1}, {ID: 3, Vehicle: 2}, {ID: 4, Vehicle: 3}}
	alike := Alike(shifts, by)
	if len(alike) != 3 || len(alike[0]) != 2 || alike[0][1].ID != 3 || alike[2][0].ID != 4 {
		t.Errorf("alike are %+v", alike)
	}
	if k := Callers(alike, by); k != 1 {
		t.Errorf("%d call, want those by e-bike", k)
	}
	if k := Callers(Alike(append(shifts, Shift{ID: 5}), by), by); k != 3 {
		t.Errorf("%d call, want those on foot", k)
	}
}
