package main

import (
	"context"
	"fmt"
	"time"

	"citygrid/data/store"
	"citygrid/live/clock"
	"citygrid/web"
)

// condition is what the server can't promise now, in the form of the API. steady is nil
// where time isn't the machine's.
func condition(st *store.Store, steady *clock.Clock) func(context.Context) []web.Lapse {
	return func(ctx context.Context) []web.Lapse {
		var all []web.Lapse
		for _, l := range st.Lapses(ctx) {
			all = append(all, web.Lapse{What: l.What, Why: l.Why, Since: l.Since.UTC(), Err: l.Err})
		}
		if steady == nil {
			return all
		}
		if j, ok := steady.Jumped(); ok {
			all = append(all, jumped(j))
		}
		return all
	}
}

// jumped tells of a jump of the machine's clock.
func jumped(j clock.Jump) web.Lapse {
	l := web.Lapse{What: "times", Why: "clock-over", Since: j.Since.UTC(), ClockS: j.By.Round(time.Second).Seconds()}
	switch {
	case j.Held:
		l.Why = "clock-held"
	case j.Followed:
		l.Why = "clock-followed"
	}
	l.Err = fmt.Errorf("the machine's clock jumped by %v (%s); devices for the time before: %d, for the new one: %d", j.By.Round(time.Second), l.Why, j.Before, j.After)
	return l
}
