package fence_test

import (
	"fmt"
	"time"

	"citygrid/grid/calendar"
	"citygrid/grid/zone"
	"citygrid/live/fence"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// A dog lies in a park where dogs are not allowed from 20:00 on. Nobody reports
// anything at 20:00; the clock does.
func Example() {
	park := zone.Zone{
		ID: 7, Rule: zone.Rule{Kind: zone.InsideWhileActive}, Classes: []zone.Class{zone.Dog},
		Ground: orb.MultiPolygon{{{{118.870, 28.970}, {118.876, 28.970}, {118.876, 28.975}, {118.870, 28.975}, {118.870, 28.970}}}},
		Calendar: &calendar.Spec{
			Zone:  "Asia/Shanghai",
			Rules: []calendar.Rule{{Windows: []calendar.Window{{From: 20 * 60, To: 26 * 60}}}},
		},
	}
	rules, err := fence.Compile([]zone.Zone{park}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	judge, err := fence.New(rules, fence.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	rex := fence.NewState("tag-17", fence.Subject{Class: zone.Dog, ID: 17})
	t := time.Date(2026, 6, 1, 11, 50, 0, 0, time.UTC) // 19:50 in Quzhou
	breaches, _ := judge.Fix(rex, ingest.Fix{Time: t, At: orb.Point{118.873, 28.972}, Accuracy: 12})
	fmt.Println(len(breaches), "breaches at 19:50")

	wake, _ := judge.NextWake(rex)
	for _, b := range judge.Advance(rex, wake) {
		fmt.Println(b.Key(), b.Event, b.Grade, b.Why)
	}
	// Output:
	// 0 breaches at 19:50
	// dog/17/7/inside-while-active/2026-06-01T12:00:00Z began likely clock
}
