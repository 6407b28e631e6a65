package alert

import (
	"testing"
	"time"

	"citygrid/live/fence"
)

// An alert that nobody acknowledges calls again, each call once, however often it is
// asked; who acknowledges it, or the end of the breach, ends that.
func TestCalling(t *testing.T) {
	c := Calling{Remind: 5 * time.Minute, Escalate: 12 * time.Minute}
	begin := rex(fence.Began, 0, 0, fence.Likely)
	open := take(t, begin)[begin.Key()]
	for _, x := range []struct {
		what  string
		asked []int // minutes at which it is asked
		since int   // minute
		want  string
	}{
		{"not yet", []int{1, 4}, 0, "begin"},
		{"each five minutes, up at 12", []int{5, 5, 6, 9, 10, 11, 12, 12, 13}, 0, "begin remind remind escalate"},
		{"up twice and no further", []int{12, 24, 36, 48}, 0, "begin remind escalate remind escalate remind remind"},
		{"late: it counts from when people could know", []int{30, 34, 35}, 30, "begin remind"},
		{"nobody asked for an hour: each call once", []int{60}, 0, "begin remind escalate"},
	} {
		a := open
		for _, m := range x.asked {
			a = c.Call(a, minute(x.since), minute(m))
		}
		if got := verbs(a); got != x.want {
			t.Errorf("%s: %q, want %q", x.what, got, x.want)
		}
	}
	called := c.Call(open, minute(0), minute(12))
	if called.Reminded() != 1 || called.Level() != 1 || called.History[2].Note != "team-leader" || called.State != Open {
		t.Errorf("%+v", called)
	}
	seen, err := Acknowledge{At: minute(13), Who: 4}.Apply(called)
	if err != nil {
		t.Fatal(err)
	}
	ended, err := Policy{}.Take(called, rex(fence.Ended, 0, 14, fence.Likely), nil)
	if err != nil {
		t.Fatal(err)
	}
	for what, a := range map[string]Alert{"acknowledged": seen, "ended": ended} {
		if again := c.Call(a, minute(0), minute(600)); len(again.History) != len(a.History) {
			t.Errorf("%s: %q", what, verbs(again))
		}
	}
	all := open
	for m := range 24 * 60 {
		all = c.Call(all, minute(0), minute(m))
	}
	if all.Reminded() != MaxReminders || all.Level() != 2 {
		t.Errorf("in a day: reminded %d times, level %d", all.Reminded(), all.Level())
	}
	if none := (Calling{}).Call(open, minute(0), minute(600)); len(none.History) != 1 {
		t.Errorf("a zone that says nothing: %q", verbs(none))
	}
}
