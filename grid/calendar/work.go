package calendar

import "time"

// Add gives the instant at which d of active time has passed since t: the
// earliest one with Between(t, it) == d. Work that fills a window ends with that
// window, not at the beginning of the next. ok is false if d is negative or if
// there isn't that much active time within the Horizon.
func (c *Calendar) Add(t time.Time, d time.Duration) (at time.Time, ok bool) {
	if d < 0 {
		return time.Time{}, false
	}
	if d == 0 {
		return t.In(c.Zone()), true
	}
	for a := range c.Windows(t, t.Add(Horizon)) {
		length := a.To.Sub(a.From)
		if d <= length {
			return a.From.Add(d), true
		}
		d -= length
	}
	return time.Time{}, false
}

// Between gives the active time from a to b, negative if b is before a. It stops
// counting at 292 years, the longest time.Duration.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.Between(b, a)
	}
	var sum time.Duration
	for w := range c.Windows(a, b) {
		if sum += w.To.Sub(w.From); sum < 0 {
			return 1<<63 - 1
		}
	}
	return sum
}

// WorkDay tells whether d is a work day: a date that occurs in the zone and on
// which a window begins. A date with only the last hours of a night shift begun
// the day before is none.
func (c *Calendar) WorkDay(d Date) bool { return c.walk().workDay(d) }

// AddWorkDays gives the n-th work day after d, which itself isn't counted: a
// limit of 2 work days on a case filed on Friday runs to Tuesday, until Close.
// n = 0 gives d. ok is false if n is negative or there aren't that many work
// days within the Horizon.
func (c *Calendar) AddWorkDays(d Date, n int) (Date, bool) {
	w := c.walk()
	for end := d + Date(Horizon/(daySeconds*time.Second)); n > 0; {
		if d++; d > end {
			return 0, false
		}
		if w.workDay(d) {
			n--
		}
	}
	return d, n == 0
}

// WorkDays counts the work days after a, up to b with b included; negative if b
// is before a. WorkDays(d, AddWorkDays(d, n)) is n.
func (c *Calendar) WorkDays(a, b Date) int {
	if b < a {
		return -c.WorkDays(b, a)
	}
	w, n := c.walk(), 0
	for d := max(a, c.first-1) + 1; d <= min(b, c.last); d++ {
		if w.workDay(d) {
			n++
		}
	}
	return n
}

// Close gives the end of the last window that begins on d, which may be on the
// next date; ok is false if d is no work day. Where clocks go back it is the last
// time that the clock comes up to that end; an end that the clock skips is the
// moment of the jump.
func (c *Calendar) Close(d Date) (at time.Time, ok bool) {
	w := c.walk()
	if !w.workDay(d) {
		return time.Time{}, false
	}
	today, _ := w.parts(d)
	end := today[len(today)-1].to
	if _, tail := w.parts(d + 1); len(tail) > 0 {
		end = fullDay + tail[len(tail)-1].to
	}
	return c.passes(int64(d)*daySeconds + int64(end)*60), true
}

func (w *walker) workDay(d Date) bool {
	if d < w.c.first || d > w.c.last {
		return false
	}
	today, _ := w.parts(d)
	return len(today) > 0 && w.c.Date(w.c.passes(int64(d)*daySeconds)) == d
}
