package calendar

import (
	"iter"
	"time"
)

// Horizon is how far NextChange, Add and AddWorkDays look ahead: 50 years of
// 365.25 days. Every combination of date and weekday but those of 29 February
// comes again within 12 years, and those within 40.
const Horizon = 50 * 1461 * daySeconds / 4 * time.Second

// NextChange gives the first instant after t at which ActiveAt is not what it is
// at t. ok is false if there is none within the Horizon.
func (c *Calendar) NextChange(t time.Time) (at time.Time, ok bool) {
	u := seconds(t)
	next, ok := c.walk().next(u, u+int64(Horizon/time.Second))
	if !ok {
		return time.Time{}, false
	}
	return time.Unix(next, 0).In(c.Zone()), true
}

// Active is a stretch of time, From <= t < To, during which a calendar holds.
type Active struct{ From, To time.Time }

// Windows gives the stretches of from <= t < to during which the calendar is
// active, by time, cut at both ends, each as long as it can be: two windows that
// touch at midnight are one stretch.
func (c *Calendar) Windows(from, to time.Time) iter.Seq[Active] {
	return func(yield func(Active) bool) {
		w := c.walk()
		end := seconds(to)
		if to.Nanosecond() > 0 {
			end++ // so that a change in the last, begun second is seen
		}
		active := c.ActiveAt(from)
		for at := from; at.Before(to); active = !active {
			change, ok := w.next(seconds(at), end)
			next := to
			if ok {
				next = time.Unix(change, 0)
			}
			if active && !yield(Active{at.In(c.Zone()), next.In(c.Zone())}) {
				return
			}
			at = next
		}
	}
}

// A walker steps from change to change, keeping its room for lists of spans.
type walker struct {
	c *Calendar

	// What shown was asked last, and scratch that it joins lists in.
	date               Date
	list               []span
	known              bool
	today, tail, spare []span
}

func (c *Calendar) walk() *walker { return &walker{c: c} }

// next gives the first Unix time after u and before limit at which the calendar
// changes. Changes fall on whole seconds.
//
// The zone's offset is constant for a stretch of time, so readings run with the
// time there and the walk goes from day to day. Where
// a stretch ends the reading may jump, and the new one is looked at by itself.
func (w *walker) next(u, limit int64) (int64, bool) {
	active := w.c.holds(w.c.reading(u))
	for u < limit {
		// Clock changes move readings by a day at most.
		if d := Date(floorDiv(u, daySeconds)); active && d > w.c.steady+2 || !active && d > w.c.last+3 {
			break
		}
		here := w.c.stretch(u)
		if r, ok := w.nextReading(u+here.offset, min(here.to, limit)+here.offset, active); ok {
			return r - here.offset, true
		}
		if here.to >= limit {
			break
		}
		if u = here.to; w.c.holds(w.c.reading(u)) != active {
			return u, true
		}
	}
	return 0, false
}

// nextReading gives the first reading r, after < r < stop, that is in the set if
// active is false, or not in it if active is true. Every reading from after to r
// is as active says.
func (w *walker) nextReading(after, stop int64, active bool) (int64, bool) {
	for d := Date(floorDiv(after, daySeconds)); int64(d)*daySeconds < stop; d++ {
		switch {
		case active && d > w.c.steady, !active && d > w.c.last+1:
			return 0, false
		case !active && d < w.c.first:
			if d = w.c.first; int64(d)*daySeconds >= stop {
				return 0, false
			}
		}
		midnight := int64(d) * daySeconds
		if r, ok := edge(w.shown(d), midnight, after, active); ok {
			return r, r < stop
		}
	}
	return 0, false
}

// edge looks for that reading within the day that begins at midnight.
func edge(list []span, midnight, after int64, active bool) (int64, bool) {
	at := max(midnight, after+1)
	for _, s := range list {
		from, to := midnight+int64(s.from)*60, midnight+int64(s.to)*60
		if to <= at {
			continue
		}
		if !active {
			return max(from, at), true
		}
		if from <= at {
			at = to
		}
		break
	}
	return at, active && at < midnight+daySeconds
}

// shown gives what of a date the calendar covers. The list is good until the
// next call.
func (w *walker) shown(d Date) []span {
	if w.known && w.date == d {
		return w.list
	}
	w.date, w.known = d, true
	w.list = w.cover(d)
	return w.list
}

// cover gives what holds on a date: holds for all its minutes at once.
func (w *walker) cover(d Date) []span {
	today, tail := w.parts(d)
	return w.union(&w.today, today, tail)
}

// parts gives what of a date is covered by windows begun on it, and what by
// windows begun the day before, with what removing rules left of them. A list that comes from one rule alone is
// passed on as it is; only where rules meet is one made.
func (w *walker) parts(d Date) (today, tail []span) {
	c := w.c
	is := c.look(d)
	var was look
	if c.tailEnd > 0 {
		was = c.look(d - 1)
	}
	for i := range c.rules {
		r := &c.rules[i]
		namesToday := r.names(&is)
		namesYesterday := c.tailEnd > 0 && r.names(&was)
		switch r.do {
		case Add:
			if namesToday {
				today = w.union(&w.today, today, r.today)
			}
			if namesYesterday {
				tail = w.union(&w.tail, tail, r.tail)
			}
		case Replace:
			if namesToday {
				today = r.today
			}
			if namesYesterday {
				tail = r.tail
			}
		case Remove:
			if namesToday {
				today, tail = w.minus(&w.today, today, r.today), w.minus(&w.tail, tail, r.today)
			}
			if namesYesterday {
				today, tail = w.minus(&w.today, today, r.tail), w.minus(&w.tail, tail, r.tail)
			}
		}
	}
	if e := c.exception(d); e != nil {
		today = e.today
	}
	if c.tailEnd > 0 {
		if e := c.exception(d - 1); e != nil {
			tail = e.tail
		}
	}
	return today, tail
}

// union gives a list of what a or b cover, in room if it must be made. a may be
// in room, b not.
func (w *walker) union(room *[]span, a, b []span) []span {
	switch {
	case len(b) == 0:
		return a
	case len(a) == 0:
		return b
	}
	w.spare = append(append(w.spare[:0], a...), b...)
	w.spare, *room = *room, joined(w.spare)
	return *room
}

// minus gives a list of what a covers and b doesn't; as with union.
func (w *walker) minus(room *[]span, a, b []span) []span {
	if len(a) == 0 || len(b) == 0 {
		return a
	}
	w.spare = without(w.spare[:0], a, b)
	w.spare, *room = *room, w.spare
	return *room
}
