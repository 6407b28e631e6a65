package web

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// What the store can't promise is told to a probe, to who watches numbers, and to
// everybody who is signed in, in the same words.
func TestLapsesAreTold(t *testing.T) {
	since := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	now := []Lapse{{What: "positions", Why: "disk-full", Since: since, Err: errors.New("3 MiB are left")}}
	x := open(t, func(c *Config) { c.Condition = func(context.Context) []Lapse { return now } })
	b := x.as("officer")
	for range 2 {
		var told struct{ Lapses []Lapse }
		b.get("/api/condition").is(t, 200, "").into(t, &told)
		var ready struct{ Lapses []Lapse }
		x.browser().get("/readyz").into(t, &ready)
		metrics := string(x.browser().get("/metrics").text)
		kept := "1"
		if len(now) > 0 {
			kept = "0"
		}
		if !strings.Contains(metrics, `citygrid_promise_kept{what="positions"} `+kept) || !strings.Contains(metrics, `citygrid_promise_kept{what="changes"} 1`) {
			t.Errorf("with %v the metrics don't say %s", now, kept)
		}
		if len(told.Lapses) != len(now) || len(ready.Lapses) != len(now) {
			t.Fatalf("told %v, ready %v, want %v", told.Lapses, ready.Lapses, now)
		}
		for _, l := range append(told.Lapses, ready.Lapses...) {
			if l.What != "positions" || l.Why != "disk-full" || !l.Since.Equal(since) || l.Err != nil {
				t.Errorf("told %+v", l)
			}
		}
		now = nil // there is room again
	}
	x.browser().get("/api/condition").is(t, 401, "login.needed")
}
