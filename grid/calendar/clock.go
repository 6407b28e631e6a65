package calendar

import (
	"math"
	"time"
)

// A stretch is a time, from <= unix < to, in which the zone's offset stays the
// same. It may end without a clock change, but always after it begins.
type stretch struct{ from, to, offset int64 }

// stretch gives one around a Unix time.
func (c *Calendar) stretch(unix int64) stretch {
	at := time.Unix(unix, 0).In(c.Zone())
	_, offset := at.Zone()
	s := stretch{math.MinInt64, math.MaxInt64, int64(offset)}
	from, to := at.ZoneBounds()
	if !from.IsZero() {
		s.from = from.Unix()
	}
	if !to.IsZero() {
		s.to = to.Unix()
	}
	if s.to <= unix {
		// Past the last change listed, time takes 365 days for a year, so on
		// 31 December of a leap year it gives an end that is over. Clocks don't
		// change on that day.
		s.to = (floorDiv(unix, daySeconds) + 1) * daySeconds
	}
	return s
}

// passes gives the last instant at which the wall clock comes to a reading or
// jumps over it.
func (c *Calendar) passes(reading int64) time.Time {
	at := reading + 2*daySeconds // past it, whatever the offset
	for {
		s := c.stretch(at)
		u := reading - s.offset
		if u >= s.to {
			u = s.to // not reached before the clock jumped
		}
		if u > s.from {
			return time.Unix(u, 0).In(c.Zone())
		}
		at = s.from - 1
	}
}
