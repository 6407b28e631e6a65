package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// selectors reads which dates a rule is about: years, months and days, then
// weekdays. A Rule holds either seasons or dates and one list of Nth, so a mixed
// list gives several rules that differ in nothing else.
func (p *hours) selectors() ([]Rule, error) {
	ranges, err := p.ranges()
	if err != nil {
		return nil, err
	}
	weekdays, err := p.weekdays()
	if err != nil {
		return nil, err
	}
	var out []Rule
	for _, r := range ranges {
		for _, w := range weekdays {
			w.Seasons, w.Dates = slices.Clone(r.Seasons), slices.Clone(r.Dates)
			out = append(out, w)
		}
	}
	return out, nil
}

// A dayOf is a month and perhaps a day and a year; 0 where it isn't given.
type dayOf struct {
	year  int
	month time.Month
	day   int
}

// ranges reads a list of years, months and dates. There is always one Rule at
// least, without any where the text has none.
func (p *hours) ranges() ([]Rule, error) {
	out := []Rule{}
	add := func(dates []Dates, seasons []Season) {
		// A list of the same kind goes into one Rule. Years with a season are
		// a kind of their own: both must hold.
		if n := len(out) - 1; n >= 0 && (len(dates) == 0) == (len(out[n].Dates) == 0) && (len(seasons) == 0) == (len(out[n].Seasons) == 0) &&
			(len(dates) == 0 || len(seasons) == 0) {
			out[n].Dates, out[n].Seasons = append(out[n].Dates, dates...), append(out[n].Seasons, seasons...)
			return
		}
		out = append(out, Rule{Dates: dates, Seasons: seasons})
	}
	var last dayOf // for "Dec 25,26"
	p.years = [2]int{}
	for {
		var dates []Dates
		var seasons []Season
		var err error
		switch {
		case p.atYear() || p.atMonth():
			dates, seasons, last, err = p.dateRange(dayOf{})
		case len(out) > 0 && last.day != 0 && p.atDay():
			dates, seasons, last, err = p.dateRange(last)
		default:
			if len(out) == 0 {
				out = append(out, Rule{})
			}
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		add(dates, seasons)
		if p.take(':') {
			return out, nil
		}
		if p.peek().kind != ',' || !p.listGoesOn(last) {
			return out, nil
		}
		p.next()
	}
}

// listGoesOn tells whether the comma that is next is followed by another range,
// not by a rule of its own.
func (p *hours) listGoesOn(last dayOf) bool {
	p.i++ // look from behind the comma
	defer func() { p.i-- }()
	return p.atYear() || p.atMonth() || last.day != 0 && p.atDay()
}

func (p *hours) atYear() bool {
	return p.peek().kind == 'n' && len(p.peek().text) == 4 && !p.clockAhead(0)
}

func (p *hours) atDay() bool {
	return p.peek().kind == 'n' && len(p.peek().text) <= 2 && !p.clockAhead(0)
}

func (p *hours) atMonth() bool { return month(p.peek()) != 0 }

// month reads Jan to Dec, in any case; 0 is none of them.
func month(t token) time.Month {
	if t.kind == 'w' && len(t.text) == 3 {
		for m := time.January; m <= time.December; m++ {
			if strings.EqualFold(t.text, m.String()[:3]) {
				return m
			}
		}
	}
	return 0
}

// dateRange reads one range. before is the day that a bare number of a day
// follows. It gives dates, or a season, or years with a season; and the last day
// named. A year holds for the rest of the list, or until the next one.
func (p *hours) dateRange(before dayOf) (dates []Dates, seasons []Season, last dayOf, err error) {
	start := p.peek()
	from := dayOf{month: before.month}
	if from.month == 0 {
		if p.atYear() {
			p.years[0] = p.next().number()
			p.years[1] = p.toYear(p.years[0])
			dates := p.wholeYears()
			if err := p.checkDates(start, dates); err != nil || !p.atMonth() {
				return dates, nil, last, err
			}
		}
		from.month = month(p.next())
	}
	if p.years[0] == p.years[1] {
		from.year = p.years[0]
	}
	if p.atDay() {
		day := p.next()
		if from.day = day.number(); from.day == 0 {
			return nil, nil, last, p.fault(ErrRange, day, "no month has a day 0", "correct the day")
		}
	}
	to := from
	if p.peek().kind == '-' {
		if to, err = p.rangeEnd(from); err != nil {
			return nil, nil, last, err
		}
	}
	if from.year != 0 {
		d, err := p.datesOf(start, from, to)
		to.year, _, _ = d.To.Civil()
		p.years = [2]int{to.year, to.year}
		return []Dates{d}, nil, to, err
	}
	s, err := p.seasonOf(start, from, to)
	if p.years[0] != 0 {
		dates = p.wholeYears()
	}
	return dates, []Season{s}, to, err
}

func (p *hours) wholeYears() []Dates {
	return []Dates{{DateOf(p.years[0], time.January, 1), DateOf(p.years[1], time.December, 31)}}
}

// toYear reads what makes a range of years of a year: 2024-2026 or 2024+.
func (p *hours) toYear(year int) int {
	if p.take('+') {
		return 9999
	}
	if t := p.ahead(1); p.peek().kind != '-' || t.kind != 'n' || len(t.text) != 4 {
		return year
	}
	p.next()
	return p.next().number()
}

// rangeEnd reads what follows a day or month: -Sep, -Sep 30, -2027 Jan 2, -15.
func (p *hours) rangeEnd(from dayOf) (dayOf, error) {
	p.next()
	to := dayOf{year: 0, month: from.month}
	if from.year != 0 && p.atYear() {
		to.year = p.next().number()
	}
	switch {
	case p.atMonth():
		to.month = month(p.next())
		if p.atDay() {
			to.day = p.next().number()
		}
		if (to.day == 0) != (from.day == 0) {
			return to, p.fault(ErrSyntax, p.peek(), "one end of the range has a day and the other none", "write both as Apr 1-Sep 30, or neither as Apr-Sep")
		}
	case from.day != 0 && p.atDay() && to.year == 0:
		to.day = p.next().number()
	default:
		return to, p.unexpected(p.peek())
	}
	return to, nil
}

func (p *hours) seasonOf(at token, from, to dayOf) (Season, error) {
	s := Season{MonthDay{from.month, max(from.day, 1)}, MonthDay{to.month, to.day}}
	if to.day == 0 {
		s.To.Day = monthDays(2000, to.month)
	}
	for _, d := range []MonthDay{s.From, s.To} {
		if err := d.check(); err != nil {
			return s, p.fault(ErrRange, at, fmt.Sprintf("%v has no day %d", d.Month, d.Day), "correct the day")
		}
	}
	return s, nil
}

func (p *hours) datesOf(at token, from, to dayOf) (Dates, error) {
	if to.year == 0 {
		to.year = from.year
		if to.month < from.month || to.month == from.month && to.day < from.day {
			to.year++ // 2026 Dec 24-Jan 2
		}
	}
	if to.day == 0 {
		to.day = monthDays(to.year, to.month)
	}
	from.day = max(from.day, 1)
	for _, d := range []dayOf{from, to} {
		if d.day < 1 || d.day > monthDays(d.year, d.month) {
			return Dates{}, p.fault(ErrRange, at, fmt.Sprintf("%v %d has no day %d", d.month, d.year, d.day), "correct the day")
		}
	}
	out := Dates{DateOf(from.year, from.month, from.day), DateOf(to.year, to.month, to.day)}
	return out, p.checkDates(at, []Dates{out})
}

func (p *hours) checkDates(at token, dates []Dates) error {
	for _, d := range dates {
		if d.check() != nil {
			return p.fault(ErrRange, at, fmt.Sprintf("%v to %v is no range of dates", d.From, d.To), "write the earlier year first, between 0001 and 9999")
		}
	}
	return nil
}

// weekdays reads a list as PH,Mo-Fr or Tu[1,3],We: a Rule for each list of Nth.
func (p *hours) weekdays() ([]Rule, error) {
	var out []Rule
	for p.atWeekday() {
		days, err := p.weekdayRange()
		if err != nil {
			return nil, err
		}
		var nth []int
		if open := p.peek(); p.take('[') {
			if days&AllWeek == 0 {
				return nil, p.fault(ErrUnsupported, open, "public holidays cannot be counted", "write their dates")
			}
			if nth, err = p.nth(); err != nil {
				return nil, err
			}
		}
		if t := p.peek(); t.kind == '+' || t.kind == '-' {
			return nil, p.fault(ErrUnsupported, t, "days before or after a day are not supported", "write dates")
		}
		if i := slices.IndexFunc(out, func(r Rule) bool { return slices.Equal(r.Nth, nth) }); i >= 0 {
			out[i].Weekdays |= days
		} else {
			out = append(out, Rule{Weekdays: days, Nth: nth})
		}
		if t := p.peek(); p.atWeekday() {
			return nil, p.fault(ErrUnsupported, t, "weekdays without a comma between them are not supported", "write a list as PH,Mo-Fr")
		}
		comma := p.peek()
		if comma.kind != ',' {
			break
		}
		p.i++
		if !p.atWeekday() {
			p.i--
			break
		}
	}
	if len(out) == 0 {
		out = []Rule{{}}
	}
	return out, nil
}

func (p *hours) atWeekday() bool {
	_, ok := weekday(p.peek())
	return ok
}

// weekday reads Mo to Su and PH, in any case.
func weekday(t token) (Weekdays, bool) {
	if t.kind == 'w' && len(t.text) == 2 {
		for i, code := range dayCodes {
			if strings.EqualFold(t.text, code) {
				return 1 << i, true
			}
		}
	}
	return 0, false
}

// weekdayRange reads Mo, PH, Mo-Fr or Fr-Mo.
func (p *hours) weekdayRange() (Weekdays, error) {
	days, _ := weekday(p.next())
	if days == PublicHoliday || p.peek().kind != '-' {
		return days, nil
	}
	p.next()
	end := p.next()
	last, ok := weekday(end)
	if !ok || last == PublicHoliday {
		return 0, p.unexpected(end)
	}
	for day := days; day != last; days |= day {
		if day <<= 1; day > Saturday {
			day = Sunday
		}
	}
	return days, nil
}

// nth reads the inside of Mo[1,3], Mo[1-2] or Mo[-1], and the closing bracket.
func (p *hours) nth() ([]int, error) {
	var out []int
	for {
		sign := 1
		if p.take('-') {
			sign = -1
		}
		t := p.next()
		from, to := t.number()*sign, t.number()*sign
		if sign > 0 && p.take('-') {
			to = p.next().number()
		}
		if t.kind != 'n' || from == 0 || from < -5 || to > 5 || from > to {
			return nil, p.fault(ErrSyntax, t, fmt.Sprintf("%v is no number of a weekday in its month", t), "write 1 to 5, or -1 to -5 from the end")
		}
		for n := from; n <= to; n++ {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
		switch t := p.next(); t.kind {
		case ',':
		case ']':
			return out, nil
		default:
			return nil, p.unexpected(t)
		}
	}
}
