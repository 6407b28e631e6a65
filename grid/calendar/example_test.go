package calendar_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"citygrid/grid/calendar"
)

// A night zone: is it active now, and when does that change?
func Example() {
	rules, err := calendar.ParseOpeningHours("Fr,Sa 20:00-02:00")
	if err != nil {
		fmt.Println(err)
		return
	}
	night, err := calendar.New(calendar.Spec{Zone: "Asia/Shanghai", Rules: rules}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, time.July, 5, 1, 59, 0, 0, night.Zone()) // a Sunday
	next, _ := night.NextChange(at)
	fmt.Println(night.ActiveAt(at), next.Format(time.DateTime))
	fmt.Println(night.Spec().Describe("zh-CN"))
	// Output:
	// true 2026-07-05 02:00:00
	// 周五和周六20:00–次日02:00（Asia/Shanghai 时间）
}

// Four work hours, counted over the holidays that the bureau listed.
func ExampleCalendar_Add() {
	holidays, err := calendar.ReadDays(strings.NewReader(`date,acts_as,name
2026-10-01,PH,National Day
2026-10-02,PH,National Day
2026-10-10,We,made up for 7 October
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	office, err := calendar.New(calendar.Spec{
		Zone: "Asia/Shanghai",
		Rules: []calendar.Rule{{
			Weekdays: calendar.WorkWeek, Observe: true,
			Windows: []calendar.Window{{From: 8 * 60, To: 12 * 60}, {From: 14 * 60, To: 18 * 60}},
		}},
	}, holidays)
	if err != nil {
		fmt.Println(err)
		return
	}
	filed := time.Date(2026, time.September, 30, 16, 0, 0, 0, office.Zone())
	deadline, _ := office.Add(filed, 4*time.Hour)
	fmt.Println(deadline.Format(time.DateTime), office.Between(filed, deadline))

	day, _ := office.AddWorkDays(office.Date(filed), 2)
	closing, _ := office.Close(day)
	fmt.Println(day, closing.Format(time.TimeOnly))
	// Output:
	// 2026-10-05 10:00:00 4h0m0s
	// 2026-10-06 18:00:00
}

// The stretches that a week painter draws.
func ExampleCalendar_Windows() {
	rules, _ := calendar.ParseOpeningHours("Mo-Fr 07:00-09:00; We off")
	c, _ := calendar.New(calendar.Spec{Zone: "Europe/Malta", Rules: rules}, nil)
	monday := time.Date(2026, time.July, 6, 0, 0, 0, 0, c.Zone())
	for w := range c.Windows(monday, monday.AddDate(0, 0, 7)) {
		fmt.Println(w.From.Format("Mon 15:04"), "to", w.To.Format("Mon 15:04"))
	}
	// Output:
	// Mon 07:00 to Mon 09:00
	// Tue 07:00 to Tue 09:00
	// Thu 07:00 to Thu 09:00
	// Fri 07:00 to Fri 09:00
}

// Faults say where they are and what to write.
func ExampleSpec_UnmarshalJSON() {
	var s calendar.Spec
	err := json.Unmarshal([]byte(`{"zone": "Europe/Malta", "rules": [{"weekdays": ["Mo"], "windows": ["7-19"]}]}`), &s)
	fmt.Println(err)
	// Output: rules[0].windows[0]: "7-19" is no window; write from-to as 07:00-19:00 or 20:00-02:00
}

// The value of an OpenStreetMap access:conditional tag.
func ExampleParseConditional() {
	clauses, err := calendar.ParseConditional("no @ (Mo-Fr 07:00-09:00; PH off); destination @ (weight > 7.5)")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range clauses {
		fmt.Println(c.Value, len(c.When), c.Also)
	}
	// Output:
	// no 2 []
	// destination 0 [weight > 7.5]
}
