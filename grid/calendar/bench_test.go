package calendar

import (
	"fmt"
	"testing"
	"time"
)

// benchCalendar is a work week with seasons, holidays and a number of
// exceptions, one every second day from 2000 on.
func benchCalendar(b *testing.B, exceptions int) *Calendar {
	s := made(b, "America/New_York", "Mo-Fr 07:00-12:00,14:00-19:00; Apr-Sep Sa 20:00-02:00; PH off").Spec()
	first := DateOf(2026, 6, 1) - Date(exceptions)
	for i := range exceptions {
		day := first + 2*Date(i)
		s.Exceptions = append(s.Exceptions, Exception{Dates: Dates{day, day}, Windows: []Window{{9 * 60, 10 * 60}}})
	}
	var days []Day
	for i := range 300 {
		days = append(days, Day{Date: first + 10*Date(i)})
	}
	table, err := NewDays(days)
	if err != nil {
		b.Fatal(err)
	}
	c, err := New(s, table)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func BenchmarkCalendar(b *testing.B) {
	at := time.Date(2026, 6, 5, 19, 30, 0, 0, time.UTC)
	for _, n := range []int{5, 5000} {
		c := benchCalendar(b, n)
		b.Run(fmt.Sprintf("ActiveAt/exceptions=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.ActiveAt(at)
			}
		})
		b.Run(fmt.Sprintf("NextChange/exceptions=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.NextChange(at)
			}
		})
		b.Run(fmt.Sprintf("Windows-week/exceptions=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for range c.Windows(at, at.AddDate(0, 0, 7)) {
				}
			}
		})
		b.Run(fmt.Sprintf("Add-4h/exceptions=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Add(at, 4*time.Hour)
			}
		})
		b.Run(fmt.Sprintf("New/exceptions=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := New(c.spec, c.days); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The longest searches: a change 28 years away, and none within the Horizon.
func BenchmarkNextChangeFar(b *testing.B) {
	at := time.Date(2004, 3, 2, 0, 0, 0, 0, time.UTC)
	for _, text := range []string{"Feb 29 Su", "Mo-Fr; Sa,Su", "24/7"} {
		c := made(b, "America/New_York", text)
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				c.NextChange(at)
			}
		})
	}
}

func BenchmarkParseOpeningHours(b *testing.B) {
	for b.Loop() {
		if _, err := ParseOpeningHours("Mo-Fr 07:00-12:00,14:00-19:00; Apr-Sep Sa 20:00-02:00; PH off"); err != nil {
			b.Fatal(err)
		}
	}
}
