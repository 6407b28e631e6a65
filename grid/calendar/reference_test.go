package calendar

import (
	"slices"
	"time"
)

// reference answers ActiveAt straight from the Spec and the text of the package
// comment, sharing nothing with the Calendar: it reads the wall clock with the
// time package and goes through all rules for the date shown and the one before.
type reference struct {
	spec Spec
	zone *time.Location
	days map[int]Day // by year*10000 + month*100 + day
}

func newReference(s Spec, days []Day) reference {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		panic(err)
	}
	r := reference{s, zone, map[int]Day{}}
	for _, d := range days {
		r.days[written(d.Date.Civil())] = d
	}
	return r
}

func (r reference) active(t time.Time) bool {
	wall := t.In(r.zone)
	today := time.Date(wall.Year(), wall.Month(), wall.Day(), 12, 0, 0, 0, time.UTC)
	minute := Minute(wall.Hour()*60 + wall.Minute())
	var fromToday, fromYesterday bool
	apply := func(do Do, day time.Time, ws []Window, m Minute, state *bool) {
		in := slices.ContainsFunc(ws, func(w Window) bool { return w.From <= m && m < w.To })
		switch {
		case do == Replace:
			*state = in
		case in && do == Add:
			*state = true
		case in && do == Remove:
			fromToday, fromYesterday = false, false
		}
	}
	yesterday := today.AddDate(0, 0, -1)
	for _, rule := range r.spec.Rules {
		if r.names(rule, today) {
			apply(rule.Do, today, rule.Windows, minute, &fromToday)
		}
		if r.names(rule, yesterday) {
			apply(rule.Do, yesterday, rule.Windows, minute+1440, &fromYesterday)
		}
	}
	for _, e := range r.spec.Exceptions {
		if within(e.Dates, today) {
			apply(Replace, today, e.Windows, minute, &fromToday)
		}
		if within(e.Dates, yesterday) {
			apply(Replace, yesterday, e.Windows, minute+1440, &fromYesterday)
		}
	}
	return fromToday || fromYesterday
}

// within compares dates as the numbers 20261001, the way they are written.
func within(d Dates, day time.Time) bool {
	here := written(day.Date())
	return written(d.From.Civil()) <= here && here <= written(d.To.Civil())
}

func written(y int, m time.Month, day int) int { return y*10000 + int(m)*100 + day }

func (r reference) names(rule Rule, day time.Time) bool {
	special, listed := r.days[written(day.Date())]
	holiday := listed && !special.MakeUp
	if rule.Weekdays != 0 {
		weekday := day.Weekday()
		ok := rule.Weekdays&(1<<weekday) != 0
		if rule.Observe {
			if listed && special.MakeUp {
				ok = rule.Weekdays&(1<<special.As) != 0
			}
			ok = ok && !holiday
		}
		if ok && len(rule.Nth) > 0 {
			ok = slices.ContainsFunc(rule.Nth, func(n int) bool { return isNth(day, n) })
		}
		if !ok && !(holiday && rule.Weekdays&PublicHoliday != 0) {
			return false
		}
	}
	if len(rule.Seasons) > 0 {
		md := MonthDay{day.Month(), day.Day()}
		if !slices.ContainsFunc(rule.Seasons, func(s Season) bool {
			begun := md.Month > s.From.Month || md.Month == s.From.Month && md.Day >= s.From.Day
			over := md.Month > s.To.Month || md.Month == s.To.Month && md.Day > s.To.Day
			if s.From.Month > s.To.Month || s.From.Month == s.To.Month && s.From.Day > s.To.Day {
				return begun || !over
			}
			return begun && !over
		}) {
			return false
		}
	}
	return len(rule.Dates) == 0 || slices.ContainsFunc(rule.Dates, func(d Dates) bool { return within(d, day) })
}

// isNth steps by weeks to the edge of the month.
func isNth(day time.Time, n int) bool {
	step, count := -7, n
	if n < 0 {
		step, count = 7, -n
	}
	at := 1
	for d := day.AddDate(0, 0, step); d.Month() == day.Month(); d = d.AddDate(0, 0, step) {
		at++
	}
	return at == count
}
