package calendar

import (
	"slices"
	"time"
)

// A look is what the rules ask about a date.
type look struct {
	date    Date
	weekday time.Weekday
	acts    time.Weekday // the weekday whose hours hold: another one on a make-up day
	holiday bool
	ordinal int      // in the year, 0 to 365; only for seasonal calendars
	inMonth [2]uint8 // a bit for which weekday of the month it is, counted from both ends; likewise
}

func (c *Calendar) look(d Date) look {
	is := look{date: d, weekday: d.Weekday()}
	is.acts = is.weekday
	if e, ok := c.days.On(d); ok {
		is.holiday = !e.MakeUp
		if e.MakeUp {
			is.acts = e.As
		}
	}
	if c.seasonal {
		y, m, day := d.Civil()
		is.ordinal = MonthDay{m, day}.ordinal()
		is.inMonth = [2]uint8{1 << ((day-1)/7 + 1), 1 << ((monthDays(y, m)-day)/7 + 1)}
	}
	return is
}

// names tells whether the rule is about the date.
func (r *rule) names(is *look) bool {
	if r.weekdays != 0 && !r.namesWeekday(is) {
		return false
	}
	if r.season != nil && r.season[is.ordinal/64]&(1<<(is.ordinal%64)) == 0 {
		return false
	}
	if r.dates == nil {
		return true
	}
	_, ok := slices.BinarySearchFunc(r.dates, is.date, Dates.compare)
	return ok
}

func (r *rule) namesWeekday(is *look) bool {
	if is.holiday && r.weekdays&PublicHoliday != 0 {
		return true
	}
	if r.counted && r.nth[0]&is.inMonth[0] == 0 && r.nth[1]&is.inMonth[1] == 0 {
		return false
	}
	if r.observe {
		return !is.holiday && r.weekdays.has(is.acts)
	}
	return r.weekdays.has(is.weekday)
}

// everyDay tells whether the rule fills every date there is.
func (r *rule) everyDay() bool {
	return r.weekdays&AllWeek == AllWeek && !r.observe && !r.counted && r.plain() || r.weekdays == 0 && r.plain()
}

func (r *rule) plain() bool {
	return r.season == nil && r.dates == nil && len(r.today) == 1 && r.today[0] == span{0, fullDay}
}

func (r Rule) compile() rule {
	out := rule{do: r.Do, weekdays: r.Weekdays, observe: r.Observe, shape: shapeOf(r.Windows)}
	for _, n := range r.Nth {
		out.counted = true
		if n > 0 {
			out.nth[0] |= 1 << n
		} else {
			out.nth[1] |= 1 << -n
		}
	}
	for _, s := range r.Seasons {
		if out.season == nil {
			out.season = new([6]uint64)
		}
		last := s.To.ordinal()
		for i := s.From.ordinal(); ; i = (i + 1) % 366 {
			out.season[i/64] |= 1 << (i % 64)
			if i == last {
				break
			}
		}
	}
	out.dates = joinedDates(r.Dates)
	return out
}

func joinedDates(ds []Dates) []Dates {
	var out []Dates
	sorted := slices.Clone(ds)
	slices.SortFunc(sorted, func(a, b Dates) int { return int(a.From - b.From) })
	for _, d := range sorted {
		if n := len(out); n > 0 && d.From <= out[n-1].To+1 {
			out[n-1].To = max(out[n-1].To, d.To)
			continue
		}
		out = append(out, d)
	}
	return out
}

// clone copies the Spec, so that what a Calendar was made of stays as it was.
func (s Spec) clone() Spec {
	s.Rules = slices.Clone(s.Rules)
	for i := range s.Rules {
		r := &s.Rules[i]
		r.Nth, r.Seasons = slices.Clone(r.Nth), slices.Clone(r.Seasons)
		r.Dates, r.Windows = slices.Clone(r.Dates), slices.Clone(r.Windows)
	}
	s.Exceptions = slices.Clone(s.Exceptions)
	for i := range s.Exceptions {
		s.Exceptions[i].Windows = slices.Clone(s.Exceptions[i].Windows)
	}
	return s
}
