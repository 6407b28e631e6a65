package closure

import (
	"time"

	"citygrid/grid/calendar"
)

// A When says when a closure holds. It is only read.
type When struct {
	from, to time.Time
	calendar *calendar.Calendar
	never    bool
}

// When reads the closure's times once; days are the public holidays, nil if none are
// known. What is not approved never holds.
func (c Closure) When(days *calendar.Days) (When, error) {
	w := When{from: c.From, to: c.To, calendar: calendar.Always(), never: c.State != Approved}
	if c.Calendar == nil {
		return w, nil
	}
	var err error
	w.calendar, err = calendar.New(*c.Calendar, days)
	return w, err
}

// ActiveAt tells if it holds at t.
func (w When) ActiveAt(t time.Time) bool {
	return !w.never && !t.Before(w.from) && (w.to.IsZero() || t.Before(w.to)) && w.calendar.ActiveAt(t)
}

// NextChange is the first instant after t at which it begins or ends to hold.
func (w When) NextChange(t time.Time) (at time.Time, ok bool) {
	if w.never {
		return at, false
	}
	active := w.ActiveAt(t)
	if t.Before(w.from) {
		if w.ActiveAt(w.from) {
			return w.from, true
		}
		t = w.from
	}
	at, ok = w.calendar.NextChange(t)
	switch {
	case w.to.IsZero():
		return at, ok
	case ok && at.Before(w.to):
		return at, true
	}
	return w.to, active && t.Before(w.to)
}
