package register

import (
	"errors"
	"strings"
	"testing"
	"time"

	"citygrid/grid/calendar"
	"citygrid/grid/people"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func wednesdays() Campaign {
	return Campaign{
		Name: map[string]string{"zh-CN": "周三执法日"}, Area: 1, Meet: orb.Point{-75.55, 39.74}, Pace: 25, People: []people.ID{3, 4},
		Roads:     []Road{{Name: "Market Street", Lines: []orb.LineString{{{-75.55, 39.74}, {-75.549, 39.742}}}}},
		Checklist: []CheckItem{{Code: "A1", Text: map[string]string{"zh-CN": "店外经营"}}},
		Calendar:  calendar.Spec{Zone: "UTC", Rules: []calendar.Rule{{Weekdays: calendar.Wednesday, Windows: []calendar.Window{{From: 510, To: 690}}}}},
	}
}

// 52 weeks of enforcement days, with holidays, make-up days, seasons and exceptions, are
// those that one finds who looks at every day of the year by itself.
func TestHeldIsWhatThePlainCalendarSays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		zone := rapid.SampledFrom([]string{"Asia/Shanghai", "UTC"}).Draw(rt, "zone")
		loc, err := time.LoadLocation(zone)
		if err != nil {
			rt.Fatal(err)
		}
		first := time.Date(2026, 1, 1+rapid.IntRange(0, 400).Draw(rt, "first"), 0, 0, 0, 0, loc)
		weekday := time.Weekday(rapid.IntRange(0, 6).Draw(rt, "weekday"))
		observe := rapid.Bool().Draw(rt, "observe")
		begin := calendar.Minute(15 * rapid.IntRange(0, 95).Draw(rt, "begin"))
		length := calendar.Minute(15 * rapid.IntRange(1, 90).Draw(rt, "length"))
		dateOf := func(d time.Time) calendar.Date { return calendar.DateOf(d.Year(), d.Month(), d.Day()) }
		known := map[calendar.Date]calendar.Day{}
		off := map[calendar.Date]bool{}
		for _, k := range rapid.SliceOfN(rapid.IntRange(0, 363), 0, 40).Draw(rt, "days") {
			date := dateOf(first.AddDate(0, 0, k))
			if known[date].Date == 0 && !off[date] {
				switch k % 3 {
				case 0:
					known[date] = calendar.Day{Date: date}
				case 1:
					known[date] = calendar.Day{Date: date, MakeUp: true, As: time.Weekday(k % 5)}
				default:
					off[date] = true
				}
			}
		}
		var list []calendar.Day
		for _, d := range known {
			list = append(list, d)
		}
		days, err := calendar.NewDays(list)
		if err != nil {
			rt.Fatal(err)
		}
		summer := rapid.Bool().Draw(rt, "summer")
		v := wednesdays()
		rule := calendar.Rule{Weekdays: calendar.Weekdays(1) << weekday, Observe: observe, Windows: []calendar.Window{{From: begin, To: begin + length}}}
		if summer {
			rule.Seasons = []calendar.Season{{From: calendar.MonthDay{Month: 4, Day: 1}, To: calendar.MonthDay{Month: 9, Day: 30}}}
		}
		v.Calendar = calendar.Spec{Zone: zone, Rules: []calendar.Rule{rule}}
		for d := range off {
			v.Calendar.Exceptions = append(v.Calendar.Exceptions, calendar.Exception{Dates: calendar.Dates{From: d, To: d}})
		}
		if err := v.Check(); err != nil {
			rt.Fatal(err)
		}
		var want []time.Time
		for k := range 364 {
			d := first.AddDate(0, 0, k)
			is := d.Weekday() == weekday
			if day, ok := known[dateOf(d)]; ok && observe {
				is = day.MakeUp && day.As == weekday
			}
			if summer && (d.Month() < 4 || d.Month() > 9) || off[dateOf(d)] {
				is = false
			}
			if is {
				want = append(want, d.Add(time.Duration(begin)*time.Minute))
			}
		}
		got, err := v.Held(first, first.AddDate(0, 0, 364), days)
		if err != nil {
			rt.Fatal(err)
		}
		if len(got) != len(want) {
			rt.Fatalf("held %d times, want %d: %v", len(got), len(want), got)
		}
		for i, w := range got {
			if !w.From.Equal(want[i]) || w.To.Sub(w.From) != time.Duration(length)*time.Minute {
				rt.Errorf("held %v to %v, want from %v for %v minutes", w.From, w.To, want[i], length)
			}
		}
		// However a year is cut into spans, each time is in one of them.
		n := 0
		for at := first; at.Before(first.AddDate(0, 0, 364)); at = at.Add(7 * time.Hour) {
			part, err := v.Held(at, at.Add(7*time.Hour), days)
			if err != nil {
				rt.Fatal(err)
			}
			n += len(part)
		}
		if n != len(want) {
			rt.Errorf("in parts it is held %d times, want %d", n, len(want))
		}
		if v.Paused = true; len(must(v.Held(first, first.AddDate(0, 0, 364), days))(rt)) > 0 {
			rt.Error("a campaign that is paused is held")
		}
	})
}

func must[T any](v T, err error) func(rapid.TB) T {
	return func(t rapid.TB) T {
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestCampaignSaysWhatIsWrong(t *testing.T) {
	for field, spoil := range map[string]func(*Campaign){
		"area":      func(v *Campaign) { v.Area = 0 },
		"calendar":  func(v *Campaign) { v.Calendar.Zone = "Mars/Base" },
		"meet":      func(v *Campaign) { v.Meet = orb.Point{} },
		"roads":     func(v *Campaign) { v.Roads[0].Lines[0] = v.Roads[0].Lines[0][:1] },
		"people":    func(v *Campaign) { v.People = []people.ID{3, 3} },
		"pace":      func(v *Campaign) { v.Pace = 0 },
		"checklist": func(v *Campaign) { v.Checklist = append(v.Checklist, v.Checklist[0]) },
		"name":      func(v *Campaign) { v.Name = nil },
		"tag":       func(v *Campaign) { v.Tag = strings.Repeat("x", 200) },
	} {
		v := wednesdays()
		spoil(&v)
		var bad *FieldError
		if err := v.Check(); !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	v := wednesdays()
	if v.Roads = make([]Road, maxRoads+1); v.Check() == nil {
		t.Error("too many roads are taken")
	}
	if v = wednesdays(); v.Check() != nil {
		t.Error(v.Check())
	}
	if v.People = nil; v.Check() == nil {
		t.Error("a campaign of nobody is taken")
	}
}
