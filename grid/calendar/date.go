package calendar

import (
	"fmt"
	"time"
)

// A Date is a day of the Gregorian calendar, as the number of days since
// 1970-01-01. It has no time zone: dates count and compare as numbers.
type Date int

// The first and last date that can be written: four digits for the year.
var (
	minDate = DateOf(1, time.January, 1)
	maxDate = DateOf(9999, time.December, 31)
)

// DateOf gives the date of a year, month and day. Days past the end of a month
// run into the next, as with time.Date.
func DateOf(year int, month time.Month, day int) Date {
	return Date(floorDiv(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix(), daySeconds))
}

// ParseDate reads a date written as 2026-10-01, in the years 0001 to 9999.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return 0, &Error{Rule: ErrSyntax, What: fmt.Sprintf("%q is no date", clip(s)), Mend: "write year-month-day as 2026-10-01"}
	}
	return DateOf(t.Date()), nil
}

// Civil takes the date apart, by civil_from_days of Howard Hinnant's
// "chrono-Compatible Low-Level Date Algorithms": searches over years of dates
// spend their time here, and time.Time takes ten times as long.
func (d Date) Civil() (year int, month time.Month, day int) {
	const era = 146097 // days in 400 years
	z := int64(d) + 719468
	n := floorDiv(z, era)
	inEra := z - n*era
	y := (inEra - inEra/1460 + inEra/36524 - inEra/(era-1)) / 365
	inYear := inEra - (365*y + y/4 - y/100) // from 1 March
	m := (5*inYear + 2) / 153
	day = int(inYear-(153*m+2)/5) + 1
	month, year = time.Month(m+3), int(y+n*400)
	if month > time.December {
		month, year = month-12, year+1
	}
	return year, month, day
}

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Weekday(((int(d)+4)%7 + 7) % 7) // 1970-01-01 was a Thursday
}

// String writes the date as ParseDate reads it.
func (d Date) String() string {
	y, m, day := d.Civil()
	return fmt.Sprintf("%04d-%02d-%02d", y, int(m), day)
}

// A MonthDay is a day of any year.
type MonthDay struct {
	Month time.Month
	Day   int
}

// ParseMonthDay reads a day written as 04-30. 02-29 is a day, of leap years only.
func ParseMonthDay(s string) (MonthDay, error) {
	t, err := time.Parse("2006-01-02", "2000-"+s) // 2000 has a 29 February
	if err != nil || len(s) != len("01-02") {
		return MonthDay{}, &Error{Rule: ErrSyntax, What: fmt.Sprintf("%q is no day of the year", clip(s)), Mend: "write month-day as 04-30"}
	}
	return MonthDay{t.Month(), t.Day()}, nil
}

// String writes the day as ParseMonthDay reads it.
func (m MonthDay) String() string { return fmt.Sprintf("%02d-%02d", int(m.Month), m.Day) }

func (m MonthDay) check() error {
	if m.Month < time.January || m.Month > time.December || m.Day < 1 || m.Day > monthDays(2000, m.Month) {
		return &Error{Rule: ErrRange, What: fmt.Sprintf("month %d has no day %d", int(m.Month), m.Day)}
	}
	return nil
}

// ordinal numbers the days of a leap year from 0 to 365, so that a day has the
// same number in every year.
func (m MonthDay) ordinal() int { return beforeMonth[m.Month-1] + m.Day - 1 }

// beforeMonth is the number of days before each month in a leap year.
var beforeMonth = [12]int{0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335}

func monthDays(year int, m time.Month) int {
	if m == time.February && (year%4 != 0 || year%100 == 0 && year%400 != 0) {
		return 28
	}
	if m == time.December {
		return 31
	}
	return beforeMonth[m] - beforeMonth[m-1]
}

// A Minute counts from midnight on the day a window begins, 0 to 2880: 26:00 is
// 02:00 of the next day.
type Minute int

const (
	dayMinutes        = 24 * 60
	daySeconds        = 24 * 60 * 60
	fullDay    Minute = dayMinutes
)

// String writes the minute as hours and minutes; hours past 24 are written so.
func (m Minute) String() string { return fmt.Sprintf("%02d:%02d", int(m)/60, int(m)%60) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// clip keeps foreign text in error messages short.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
