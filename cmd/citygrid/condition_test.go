package main

import (
	"testing"
	"time"

	"citygrid/data/store"
	"citygrid/data/store/storetest"
	"citygrid/live/clock"
)

// A jump of the machine's clock is told with what the server does about it.
func TestTheConditionTellsOfTheClock(t *testing.T) {
	st, err := store.Open(storetest.Dir(t), store.Options{Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var passed, set time.Duration
	noon := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	c := clock.New(func() time.Time { return noon.Add(passed + set) }, func() time.Duration { return passed })
	tells := func(want string, by float64) {
		t.Helper()
		passed += time.Second
		all := condition(st, c)(t.Context())
		switch {
		case want == "" && len(all) > 0, want != "" && len(all) != 1:
			t.Errorf("told is %+v, want %q", all, want)
		case want != "" && (all[0].What != "times" || all[0].Why != want || all[0].ClockS != by || all[0].Err == nil):
			t.Errorf("told is %+v, want %q by %v s", all[0], want, by)
		}
	}
	tells("", 0)
	set = -20 * time.Minute
	tells("clock-held", -1200)
	set = 0
	tells("clock-over", -1200)
	set = 6 * time.Hour
	tells("clock-held", 21600)
	passed += 11 * time.Minute // nobody is heard of
	tells("clock-followed", 21600)
	if all := condition(st, nil)(t.Context()); len(all) > 0 {
		t.Errorf("of a clock that isn't the machine's: %+v", all)
	}
}
