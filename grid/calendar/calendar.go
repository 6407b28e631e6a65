// Package calendar says when something holds: zones, street access, shifts and
// the work hours that deadlines are counted in.
//
// A Spec is what people write: weekly windows, seasons, dates, holidays and
// exceptions, read from JSON or from OpenStreetMap's opening_hours text. New
// checks it once, together with the bureau's table of holidays, and gives a
// Calendar, which is only read and may be shared between goroutines.
//
// # What a window means
//
// A calendar is a set of wall-clock readings: date and time of day as a clock in
// its time zone shows them. It is active at an instant if the reading of that
// instant is in the set. All ranges of time are half-open, from <= t < to; all
// ranges of dates include both ends.
//
// A window belongs to the date on which it begins. Saturday 20:00-02:00 needs
// only Saturday to be named and ends on Sunday at 02:00, even where Sunday is a
// holiday or an exception closes it. A rule that removes windows cuts by the
// clock instead: removing Sunday 00:00-24:00 ends that window at midnight.
//
// When clocks change, only the readings count:
//   - Readings that are skipped never occur. Where 02:00 is followed by 03:00, a
//     window 02:00-03:00 doesn't happen that night, 01:00-02:30 ends at the jump
//     and 02:30-04:00 begins at it. So it is with a date that is skipped.
//   - Readings that are repeated count each time. Where 02:00 goes back to 01:00,
//     a window 01:00-01:30 happens twice, half an hour apart, and 00:30-02:00
//     lasts two and a half hours.
//
// Lengths of work (Add, Between) are elapsed time, so a night shift over a clock
// change is an hour longer or shorter, as it is for those who work it.
//
// Times are returned in the calendar's zone.
package calendar

import (
	"slices"
	"time"
	_ "time/tzdata" // zones must be known on a machine that has no zone files
)

// A Calendar answers when something holds. The zero Calendar never does.
type Calendar struct {
	spec       Spec
	zone       *time.Location
	days       *Days
	rules      []rule
	exceptions []exception // by date, not overlapping

	seasonal bool   // a rule looks at the day of the month or year
	tailEnd  Minute // when the latest of the windows that run past midnight is over; 0 = there are none

	// No window begins before first or after last; last < first if none ever
	// does. After steady, every date is active from midnight to midnight.
	first, last, steady Date
}

// A rule is a Rule made quick to ask.
type rule struct {
	do       Do
	weekdays Weekdays
	observe  bool
	nth      [2]uint8 // from the start, from the end of the month; bit n for the n-th
	counted  bool     // nth matters
	season   *[6]uint64
	dates    []Dates // by date, not touching; nil = any
	shape
}

type exception struct {
	dates Dates
	shape
}

// New makes a Calendar, with days as its table of holidays (nil: none). The
// error is an *Error.
func New(s Spec, days *Days) (*Calendar, error) {
	zone, err := loadZone(s.Zone)
	if err != nil {
		return nil, err
	}
	if err := s.checkRest(); err != nil {
		return nil, err
	}
	c := &Calendar{spec: s.clone(), zone: zone, days: days}
	for _, r := range s.Rules {
		c.rules = append(c.rules, r.compile())
	}
	for _, e := range s.Exceptions {
		c.exceptions = append(c.exceptions, exception{e.Dates, shapeOf(e.Windows)})
	}
	slices.SortFunc(c.exceptions, func(a, b exception) int { return int(a.dates.From - b.dates.From) })
	c.survey()
	return c, nil
}

// Always gives a calendar that is active at every instant.
func Always() *Calendar {
	c, err := New(Spec{Zone: "UTC", Rules: []Rule{{Windows: []Window{AllDay}}}}, nil)
	if err != nil {
		panic("calendar: " + err.Error()) // the Spec above is right
	}
	return c
}

// Never gives a calendar that is active at no instant.
func Never() *Calendar { return new(Calendar) }

// Spec gives what the calendar was made of.
func (c *Calendar) Spec() Spec {
	if c.zone == nil {
		return Spec{Zone: "UTC"}
	}
	return c.spec.clone()
}

// Zone gives the calendar's time zone.
func (c *Calendar) Zone() *time.Location {
	if c.zone == nil {
		return time.UTC
	}
	return c.zone
}

// Date gives the date that a wall calendar in the zone shows at t.
func (c *Calendar) Date(t time.Time) Date {
	return Date(floorDiv(c.reading(seconds(t)), daySeconds))
}

// ActiveAt tells whether the calendar holds at t.
func (c *Calendar) ActiveAt(t time.Time) bool {
	return c.holds(c.reading(seconds(t)))
}

// seconds gives the Unix time of t. Times more than 100,000 years away, which
// only faulty clocks report, are brought nearer so that arithmetic with dates
// stays within its numbers.
func seconds(t time.Time) int64 {
	const far = 1 << 42
	return min(max(t.Unix(), -far), far)
}

// reading gives what the wall clock shows at a Unix time, as seconds since
// 1970-01-01 00:00 on that clock.
func (c *Calendar) reading(unix int64) int64 {
	_, offset := time.Unix(unix, 0).In(c.Zone()).Zone()
	return unix + int64(offset)
}

// holds tells whether a reading is in the set. Rules are taken in order, and
// exceptions as if they were replacing rules after the last one.
func (c *Calendar) holds(reading int64) bool {
	d := Date(floorDiv(reading, daySeconds))
	m := Minute((reading - int64(d)*daySeconds) / 60)
	if d < c.first || d > c.last+1 {
		return false
	}
	is := c.look(d)
	tails := m < c.tailEnd
	var was look
	if tails {
		was = c.look(d - 1)
	}
	var today, tail bool // by a window begun today, by one begun yesterday
	for i := range c.rules {
		r := &c.rules[i]
		namesToday := r.names(&is)
		byToday := namesToday && covers(r.today, m)
		namesYesterday := tails && r.names(&was)
		byTail := namesYesterday && covers(r.tail, m)
		switch r.do {
		case Add:
			today, tail = today || byToday, tail || byTail
		case Replace:
			if namesToday {
				today = byToday
			}
			if namesYesterday {
				tail = byTail
			}
		case Remove:
			if byToday || byTail {
				today, tail = false, false
			}
		}
	}
	if e := c.exception(d); e != nil {
		today = covers(e.today, m)
	}
	if tails {
		if e := c.exception(d - 1); e != nil {
			tail = covers(e.tail, m)
		}
	}
	return today || tail
}

func (c *Calendar) exception(d Date) *exception {
	i, ok := slices.BinarySearchFunc(c.exceptions, d, func(e exception, d Date) int { return e.dates.compare(d) })
	if !ok {
		return nil
	}
	return &c.exceptions[i]
}

// survey fills the fields that let the walk skip what cannot change.
func (c *Calendar) survey() {
	c.first, c.last = maxDate, minDate
	always := false // an all-day rule that no later rule takes anything from
	for i := range c.rules {
		r := &c.rules[i]
		c.seasonal = c.seasonal || r.season != nil || r.counted
		c.tailEnd = max(c.tailEnd, r.tailEnd())
		switch {
		case r.do != Add:
			always = r.do == Replace && r.everyDay()
		case r.everyDay():
			always = true
		}
		if r.do != Add && r.empty() {
			continue // nothing begins by it
		}
		switch on := r.dates; {
		case r.weekdays == PublicHoliday && on == nil:
			if last, ok := c.days.Last(); ok {
				c.first, c.last = min(c.first, c.days.days[0].Date), max(c.last, last)
			}
		case on == nil:
			c.first, c.last = farPast, farFuture
		default:
			c.first, c.last = min(c.first, on[0].From), max(c.last, on[len(on)-1].To)
		}
	}
	c.steady = farFuture
	if always {
		c.steady = farPast
	}
	for _, e := range c.exceptions {
		c.tailEnd = max(c.tailEnd, e.tailEnd())
		if !e.empty() {
			c.first, c.last = min(c.first, e.dates.From), max(c.last, e.dates.To)
		}
		if always {
			c.steady = e.dates.To // sorted, so the last one stays
		}
	}
}

// Beyond every date that a time.Time can show, with room to add.
const (
	farPast   Date = -1 << 53
	farFuture Date = 1 << 53
)

func (d Dates) compare(to Date) int {
	switch {
	case d.To < to:
		return -1
	case d.From > to:
		return 1
	}
	return 0
}
