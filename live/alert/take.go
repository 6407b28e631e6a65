package alert

import (
	"errors"
	"time"

	"citygrid/live/fence"

	"github.com/paulmach/orb"
)

// ErrQuiet says that a breach is no alert: it is not sure enough, or it never was.
// Nothing is to be kept.
var ErrQuiet = errors.New("no alert for this")

// A Policy says which breaches become alerts.
type Policy struct {
	// From is the grade from which on a breach becomes an alert; zero means
	// fence.Likely. A merely possible breach is mostly the noise of a tracker at a
	// border.
	From Grade
}

// Before gives the key under which the alert of a breach was kept before this
// event: a correction of the start changes it.
func Before(b fence.Breach) fence.Key {
	k := b.Key()
	if !b.Was.IsZero() {
		k.Start = b.Was
	}
	return k
}

// Take makes out of what happened to a breach what its alert is after it. old is
// the alert kept under Before(b), the zero Alert if there is none; owner says who
// answers for a place and is only asked for a new alert.
//
// Told twice, an event changes nothing the second time, so after a restart the
// last hour may be judged again. What is already known better isn't undone either: a
// breach that has ended does not begin once more. The judge's events are taken in
// every state of handling, closed ones too: what happened, happened.
//
// A breach that a correction leaves less sure than From is no alert any more: the
// alert is withdrawn, with what was done about it. It is one again if the breach grows
// as sure later.
//
// ErrQuiet means that there is no alert, and none to be made.
func (p Policy) Take(old Alert, b fence.Breach, owner func(orb.Point) Place) (Alert, error) {
	from := p.From
	if from == fence.NoGrade {
		from = fence.Likely
	}
	if old.State == "" {
		if b.Event == fence.Withdrawn || b.Grade < from {
			return old, ErrQuiet
		}
		return open(b, owner), nil
	}
	a := old
	a.Key = b.Key()
	switch b.Event {
	case fence.Began:
		return old, nil
	case fence.Raised:
		if b.Grade <= old.Grade {
			return old, nil
		}
		if a.Grade = b.Grade; old.Withdrawn && b.Grade >= from { // it was corrected to less than an alert
			a.Withdrawn, a.Ended = false, b.End
		}
		return a.sees(b, VerbRaise, b.Grade.String()), nil
	case fence.Ended:
		if old.Withdrawn && b.Grade < from {
			return old, nil
		}
		a.Grade, a.Ended, a.Withdrawn = max(a.Grade, b.Grade), b.End, false
		if a.Ended.Equal(old.Ended) && a.Grade == old.Grade && !old.Withdrawn {
			return old, nil
		}
		return a.sees(b, VerbEnd, string(b.Why)), nil
	case fence.Withdrawn:
		if old.Withdrawn {
			return old, nil
		}
		a.Withdrawn, a.Ended = true, b.End
		return a.sees(b, VerbWithdraw, ""), nil
	default:
		a.Began, a.Ended, a.Grade, a.Withdrawn = b.Start, b.End, b.Grade, b.Grade < from
		if a.Withdrawn && a.Ended.IsZero() {
			if a.Ended = b.At; a.Ended.Before(b.Start) {
				a.Ended = b.Start
			}
		}
		if a.Began.Equal(old.Began) && a.Grade == old.Grade && a.Withdrawn == old.Withdrawn && (a.Withdrawn || a.Ended.Equal(old.Ended)) {
			return old, nil
		}
		return a.sees(b, VerbCorrect, corrected(old, a)), nil
	}
}

func open(b fence.Breach, owner func(orb.Point) Place) Alert {
	a := Alert{Key: b.Key(), Tracker: b.Tracker, Grade: b.Grade, State: Open, Began: b.Start, Ended: b.End}
	if owner != nil {
		a.Place = owner(b.Sight.At)
	}
	begin := b
	begin.At = b.Start
	a = a.sees(begin, VerbBegin, b.Grade.String())
	a.At, a.Seen = b.Sight.At, b.Sight.Time
	if !b.End.IsZero() {
		a = a.sees(b, VerbEnd, string(b.Why))
	}
	return a
}

// sees is the alert with the judge's step, and the place where the subject was
// seen last while in breach.
func (a Alert) sees(b fence.Breach, verb Verb, note string) Alert {
	if a.Lasts() && !b.Sight.Time.Before(a.Seen) {
		a.At, a.Seen = b.Sight.At, b.Sight.Time
	}
	if len(a.History) < MaxSteps {
		a = a.after(Step{At: b.At, Verb: verb, Note: note})
	}
	return a
}

// corrected says what was told wrong.
func corrected(was, is Alert) string {
	note := ""
	add := func(what, from, to string) {
		if from == to {
			return
		}
		if note != "" {
			note += ", "
		}
		note += what + " " + from + " -> " + to
	}
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return "lasts"
		}
		return t.UTC().Format(time.RFC3339)
	}
	add("began", stamp(was.Began), stamp(is.Began))
	add("ended", stamp(was.Ended), stamp(is.Ended))
	add("grade", was.Grade.String(), is.Grade.String())
	return note
}
