package alert

import "time"

// The verbs of who calls again for somebody to look after an alert.
const (
	VerbRemind   Verb = "remind"
	VerbEscalate Verb = "escalate"
)

// Levels are to whom an alert is taken that nobody acknowledges, from level 1 on; level
// 0 are those who got it first.
var levels = []string{"team-leader", "bureau"}

// MaxReminders is how often people are reminded of one alert at most: who didn't come
// by then won't for the next.
const MaxReminders = 12

// A Calling says when people are told again of an alert that is open, nobody having
// acknowledged it, while its breach lasts: each Remind after it began or was last told,
// and each Escalate one level higher. Zero is never.
type Calling struct {
	Remind, Escalate time.Duration
}

// Next is when the next call is due; ok is false if none is. since is from when on
// people could know of it, if that is later than its begin: a breach of last night that
// a tracker tells of in the morning has waited for nobody yet.
func (c Calling) Next(a Alert, since time.Time) (at time.Time, verb Verb, ok bool) {
	if a.State != Open || !a.Lasts() || len(a.History) >= MaxSteps {
		return at, "", false
	}
	if since.Before(a.Began) {
		since = a.Began
	}
	from := func(verb Verb) time.Time {
		t := since
		for _, s := range a.History {
			if s.Verb == verb && s.At.After(t) {
				t = s.At
			}
		}
		return t
	}
	if c.Escalate > 0 && a.Level() < len(levels) {
		at, verb, ok = from(VerbEscalate).Add(c.Escalate), VerbEscalate, true
	}
	if t := from(VerbRemind).Add(c.Remind); c.Remind > 0 && a.Reminded() < MaxReminders && (!ok || t.Before(at)) {
		at, verb, ok = t, VerbRemind, true
	}
	return at, verb, ok
}

// Call is the alert with the calls that are due by now, each told as of when it is
// made. Called again it changes nothing until the next is due.
func (c Calling) Call(a Alert, since, now time.Time) Alert {
	for {
		at, verb, ok := c.Next(a, since)
		if !ok || at.After(now) {
			return a
		}
		note := ""
		if verb == VerbEscalate {
			note = levels[a.Level()]
		}
		a = a.after(Step{At: now, Verb: verb, Note: note})
	}
}

// Reminded is how often people were told again.
func (a Alert) Reminded() int { return a.times(VerbRemind) }

// Level is how many levels up the alert was taken: 1 is the team leader, 2 the bureau.
func (a Alert) Level() int { return a.times(VerbEscalate) }

func (a Alert) times(verb Verb) (n int) {
	for _, s := range a.History {
		if s.Verb == verb {
			n++
		}
	}
	return n
}
