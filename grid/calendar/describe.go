package calendar

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// listed is how many dates, seasons or exceptions a description names before it
// says how many more there are.
const listed = 6

// Describe puts the Spec into words for people: lang is zh-CN (or any zh) or
// en; any other language gets English. It is for reading, not for parsing.
func (s Spec) Describe(lang string) string {
	w := &english
	if lang == "zh" || strings.HasPrefix(lang, "zh-") {
		w = &chinese
	}
	var parts []string
	for i, r := range s.Rules {
		parts = append(parts, w.rule(r, i == 0))
	}
	if len(parts) == 0 && !slices.ContainsFunc(s.Exceptions, func(e Exception) bool { return len(e.Windows) > 0 }) {
		return w.never
	}
	if len(s.Rules) == 1 && len(s.Exceptions) == 0 {
		if r := s.Rules[0].compile(); r.do != Remove && r.everyDay() {
			return w.always
		}
	}
	for i, e := range s.sortedExceptions() {
		if i == listed {
			parts = append(parts, fmt.Sprintf(w.moreExceptions, len(s.Exceptions)-listed))
			break
		}
		parts = append(parts, w.exception(e))
	}
	return strings.Join(parts, w.semicolon) + fmt.Sprintf(w.zone, s.Zone)
}

func (s Spec) sortedExceptions() []Exception {
	out := slices.Clone(s.Exceptions)
	slices.SortFunc(out, func(a, b Exception) int { return int(a.Dates.From - b.Dates.From) })
	return out
}

// words are what a language says, and how it puts dates.
type words struct {
	always, never, allDay, everyDay, nextDay   string
	semicolon, comma, and, to                  string
	add, replace, closed, remove               string // what the days, then the times, go into
	observe, noted, zone, more, moreExceptions string
	weekdays                                   [8]string // Sunday first, public holidays last
	season                                     string    // around a season of every year
	date                                       func(y int, m time.Month, d int) string
	monthDay                                   func(MonthDay) string
	month                                      func(time.Month) string
	nth                                        func(n int) string
	ofMonth                                    string // the counts, then the weekdays
	exceptOpen, exceptClosed                   string
}

var english = words{
	always: "At all times", never: "Never", allDay: "all day", everyDay: "every day", nextDay: "%s–%s the next day",
	semicolon: "; ", comma: ", ", and: " and ", to: "%s to %s",
	add: "%s %s", replace: "on %s only %s", closed: "%s: off", remove: "but not %s %s",
	observe: "%s (as holidays and make-up days have it)", noted: "%s (%s)", zone: " (clock of %s)", more: "%d more", moreExceptions: "%d more exceptions",
	weekdays: [8]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "public holidays"},
	season:   "%s",
	date:     func(y int, m time.Month, d int) string { return fmt.Sprintf("%d %v %d", d, m, y) },
	monthDay: func(d MonthDay) string { return fmt.Sprintf("%d %v", d.Day, d.Month) },
	month:    time.Month.String,
	nth: func(n int) string {
		ordinal := []string{"", "1st", "2nd", "3rd", "4th", "5th"}
		switch {
		case n == -1:
			return "last"
		case n < 0:
			return ordinal[-n] + " last"
		}
		return ordinal[n]
	},
	ofMonth:    "%s %s of the month",
	exceptOpen: "except %s: %s", exceptClosed: "except %s: off",
}

var chinese = words{
	always: "任何时间", never: "从不生效", allDay: "全天", everyDay: "每天", nextDay: "%s–次日%s",
	semicolon: "；", comma: "、", and: "和", to: "%s至%s",
	add: "%s%s", replace: "%s仅%s", closed: "%s不生效", remove: "%s%s除外",
	observe: "%s（按节假日和调休安排）", noted: "%s（%s）", zone: "（%s 时间）", more: "另有%d项", moreExceptions: "另有%d项例外",
	weekdays: [8]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六", "法定节假日"},
	season:   "每年%s",
	date:     func(y int, m time.Month, d int) string { return fmt.Sprintf("%d年%d月%d日", y, int(m), d) },
	monthDay: func(d MonthDay) string { return fmt.Sprintf("%d月%d日", int(d.Month), d.Day) },
	month:    func(m time.Month) string { return fmt.Sprintf("%d月", int(m)) },
	nth: func(n int) string {
		switch {
		case n == -1:
			return "最后一个"
		case n < 0:
			return fmt.Sprintf("倒数第%d个", -n)
		}
		return fmt.Sprintf("第%d个", n)
	},
	ofMonth:    "每月%s%s",
	exceptOpen: "例外：%s%s", exceptClosed: "例外：%s不生效",
}

func (w *words) rule(r Rule, first bool) string {
	days := w.days(r)
	times := w.times(r.Windows)
	switch {
	case r.Do == Replace && len(r.Windows) == 0:
		return fmt.Sprintf(w.closed, days)
	case r.Do == Remove:
		return fmt.Sprintf(w.remove, days, times)
	case r.Do == Replace && !first:
		return fmt.Sprintf(w.replace, days, times)
	}
	return fmt.Sprintf(w.add, days, times)
}

func (w *words) exception(e Exception) string {
	text := fmt.Sprintf(w.exceptClosed, w.dates(e.Dates))
	if len(e.Windows) > 0 {
		text = fmt.Sprintf(w.exceptOpen, w.dates(e.Dates), w.times(e.Windows))
	}
	if e.Note != "" {
		text = fmt.Sprintf(w.noted, text, e.Note)
	}
	return text
}

// days says which dates a rule is about.
func (w *words) days(r Rule) string {
	var parts []string
	if len(r.Dates) > 0 {
		parts = append(parts, listOf(w, r.Dates, w.dates))
	}
	if len(r.Seasons) > 0 {
		parts = append(parts, fmt.Sprintf(w.season, listOf(w, r.Seasons, w.seasonOf)))
	}
	if week := w.week(r); week != "" {
		parts = append(parts, week)
	}
	if len(parts) == 0 {
		return w.everyDay
	}
	return strings.Join(parts, w.comma)
}

func (w *words) week(r Rule) string {
	if r.Weekdays == 0 || r.Weekdays&AllWeek == AllWeek && !r.Observe && len(r.Nth) == 0 {
		return ""
	}
	text := w.weekdayRuns(r.Weekdays & AllWeek)
	if len(r.Nth) > 0 {
		text = fmt.Sprintf(w.ofMonth, listOf(w, r.Nth, w.nth), text)
	}
	if r.Observe {
		text = fmt.Sprintf(w.observe, text)
	}
	switch {
	case r.Weekdays == PublicHoliday:
		return w.weekdays[7]
	case r.Weekdays&PublicHoliday != 0:
		return text + w.and + w.weekdays[7]
	}
	return text
}

// weekdayRuns writes three days or more in a row as a range, from Monday on.
func (w *words) weekdayRuns(set Weekdays) string {
	var parts []string
	inWeek := bits.RotateLeft8(uint8(set&^Sunday), -1) | uint8(set&Sunday)<<6 // bit 0 is Monday, bit 6 Sunday
	name := func(i int) string { return w.weekdays[(i+1)%7] }
	for i := 0; i < 7; i++ {
		run := bits.TrailingZeros8(^(inWeek >> i))
		switch {
		case run >= 3:
			parts = append(parts, fmt.Sprintf(w.to, name(i), name(i+run-1)))
		default:
			for k := range run {
				parts = append(parts, name(i+k))
			}
		}
		i += run
	}
	return joinList(w, parts)
}

func (w *words) times(ws []Window) string {
	sorted := slices.Clone(ws)
	slices.SortFunc(sorted, func(a, b Window) int { return int(a.From - b.From) })
	return listOf(w, sorted, func(x Window) string {
		switch {
		case x == AllDay:
			return w.allDay
		case x.To > fullDay:
			return fmt.Sprintf(w.nextDay, x.From, x.To-fullDay)
		}
		return fmt.Sprintf("%v–%v", x.From, x.To)
	})
}

func (w *words) dates(d Dates) string {
	from, to := w.date(d.From.Civil()), w.date(d.To.Civil())
	if d.From == d.To {
		return from
	}
	return fmt.Sprintf(w.to, from, to)
}

// seasonOf names whole months as such.
func (w *words) seasonOf(s Season) string {
	switch {
	case s.From == s.To:
		return w.monthDay(s.From)
	case s.From.Day == 1 && s.To.Day == monthDays(2000, s.To.Month):
		if s.From.Month == s.To.Month {
			return w.month(s.From.Month)
		}
		return fmt.Sprintf(w.to, w.month(s.From.Month), w.month(s.To.Month))
	}
	return fmt.Sprintf(w.to, w.monthDay(s.From), w.monthDay(s.To))
}

func listOf[T any](w *words, items []T, name func(T) string) string {
	var parts []string
	for i, x := range items {
		if i == listed {
			parts = append(parts, fmt.Sprintf(w.more, len(items)-listed))
			break
		}
		parts = append(parts, name(x))
	}
	return joinList(w, parts)
}

func joinList(w *words, parts []string) string {
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], w.comma) + w.and + parts[n-1]
	}
	return strings.Join(parts, "")
}
