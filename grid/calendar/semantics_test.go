package calendar

import (
	"slices"
	"testing"
	"time"
)

// made builds a calendar from opening_hours text.
func made(t testing.TB, zone, text string, days ...Day) *Calendar {
	t.Helper()
	rules, err := ParseOpeningHours(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	table, err := NewDays(days)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Spec{Zone: zone, Rules: rules}, table)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return c
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Clock changes, by the definition in the package comment. All instants are
// written in the offset that was in force.
func TestWindowsAcrossClockChanges(t *testing.T) {
	for _, x := range []struct {
		why, zone, text, from, to string
		want                      []string // from, to, from, to ...
	}{
		{
			"New York skips 02:00 to 03:00: a window within never happens", "America/New_York", "02:00-03:00",
			"2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00", nil,
		},
		{
			"one that ends within ends at the jump", "America/New_York", "01:00-02:30",
			"2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00",
			[]string{"2026-03-08T01:00:00-05:00", "2026-03-08T03:00:00-04:00"},
		},
		{
			"one that begins within begins at it", "America/New_York", "02:30-04:00",
			"2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00",
			[]string{"2026-03-08T03:00:00-04:00", "2026-03-08T04:00:00-04:00"},
		},
		{
			"New York repeats 01:00 to 02:00: a window within happens twice", "America/New_York", "01:00-01:30",
			"2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00",
			[]string{"2026-11-01T01:00:00-04:00", "2026-11-01T01:30:00-04:00", "2026-11-01T01:00:00-05:00", "2026-11-01T01:30:00-05:00"},
		},
		{
			"one that holds it all lasts an hour longer", "America/New_York", "Sa 22:00-06:00",
			"2026-10-31T00:00:00-04:00", "2026-11-02T00:00:00-05:00",
			[]string{"2026-10-31T22:00:00-04:00", "2026-11-01T06:00:00-05:00"},
		},
		{
			"Shanghai has no clock changes today", "Asia/Shanghai", "Sa 20:00-02:00",
			"2026-04-11T00:00:00+08:00", "2026-04-13T00:00:00+08:00",
			[]string{"2026-04-11T20:00:00+08:00", "2026-04-12T02:00:00+08:00"},
		},
		{
			"in 1988 it skipped 02:00 to 03:00 on 17 April", "Asia/Shanghai", "01:00-04:00",
			"1988-04-17T00:00:00+08:00", "1988-04-18T00:00:00+09:00",
			[]string{"1988-04-17T01:00:00+08:00", "1988-04-17T04:00:00+09:00"},
		},
		{
			"Malta repeats 02:00 to 03:00", "Europe/Malta", "02:30-03:00",
			"2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00",
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00", "2026-10-25T03:00:00+01:00"},
		},
		{
			"Lord Howe repeats only 01:30 to 02:00", "Australia/Lord_Howe", "01:15-01:45",
			"2026-04-05T00:00:00+11:00", "2026-04-06T00:00:00+10:30",
			[]string{"2026-04-05T01:15:00+11:00", "2026-04-05T01:45:00+11:00", "2026-04-05T01:30:00+10:30", "2026-04-05T01:45:00+10:30"},
		},
		{
			"and skips 02:00 to 02:30", "Australia/Lord_Howe", "01:45-02:15",
			"2026-10-04T00:00:00+10:30", "2026-10-05T00:00:00+11:00",
			[]string{"2026-10-04T01:45:00+10:30", "2026-10-04T02:30:00+11:00"},
		},
		{
			"Apia had no Friday 30 December 2011", "Pacific/Apia", "Th,Fr 20:00-02:00",
			"2011-12-29T00:00:00-10:00", "2012-01-01T00:00:00+14:00",
			[]string{"2011-12-29T20:00:00-10:00", "2011-12-31T02:00:00+14:00"},
		},
		{
			"so a Friday that is open all day is not", "Pacific/Apia", "Fr",
			"2011-12-28T00:00:00-10:00", "2012-01-01T00:00:00+14:00", nil,
		},
	} {
		c := made(t, x.zone, x.text)
		var got, want []string
		for a := range c.Windows(instant(t, x.from), instant(t, x.to)) {
			got = append(got, a.From.Format(time.RFC3339), a.To.Format(time.RFC3339))
		}
		want = append(want, x.want...)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q in %s from %s to %s\n got %v\nwant %v", x.why, x.text, x.zone, x.from, x.to, got, want)
		}
	}
}

func TestActiveAt(t *testing.T) {
	china := []Day{
		{Date: DateOf(2026, 10, 1), Name: "National Day"}, // a Thursday
		{Date: DateOf(2026, 10, 10), MakeUp: true, As: time.Wednesday},
	}
	for _, x := range []struct {
		text, at string
		want     bool
	}{
		// The night zone of the field notes: 01:59 in, 02:00 out.
		{"20:00-02:00", "2026-07-01T19:59:59+08:00", false},
		{"20:00-02:00", "2026-07-01T20:00:00+08:00", true},
		{"20:00-02:00", "2026-07-02T01:59:59+08:00", true},
		{"20:00-02:00", "2026-07-02T02:00:00+08:00", false},
		// A fruit stall point is there from 1 May to 30 June only.
		{"May-Jun", "2026-04-30T23:59:59+08:00", false},
		{"May-Jun", "2026-05-01T00:00:00+08:00", true},
		{"May-Jun", "2026-06-30T23:59:59+08:00", true},
		{"May-Jun", "2026-07-01T00:00:00+08:00", false},
		// A window belongs to the day it begins on.
		{"Sa 20:00-02:00; Su off", "2026-07-05T01:00:00+08:00", true},
		{"Sa 20:00-02:00; Su 00:00-24:00 off", "2026-07-05T01:00:00+08:00", false},
		{"Su 20:00-02:00", "2026-07-05T01:00:00+08:00", false},
		{"Mo-Su 00:00-24:00; Sa 22:00-04:00 off", "2026-07-05T03:00:00+08:00", false},
		{"08:00-32:00", "2026-07-05T07:59:59+08:00", true},
		{"Nov-Feb", "2027-01-15T12:00:00+08:00", true},
		{"Feb 29", "2028-02-29T12:00:00+08:00", true},
		{"Feb 28-Mar 1", "2028-02-29T12:00:00+08:00", true},
		{"PH off", "2026-10-01T12:00:00+08:00", false},
		{"Mo-Fr 07:00-19:00; PH off", "2026-10-01T12:00:00+08:00", false},
		{"Mo-Fr 07:00-19:00; PH off", "2026-10-02T12:00:00+08:00", true},
		{"Mo-Fr 07:00-19:00", "2026-10-01T12:00:00+08:00", true},
		{"Su,PH 10:00-12:00", "2026-10-01T11:00:00+08:00", true},
		{"Tu[1,-1] 08:00-10:00", "2026-09-29T09:00:00+08:00", true},
		{"Tu[1,-1] 08:00-10:00", "2026-09-22T09:00:00+08:00", false},
		{"24/7", "2026-09-22T09:00:00+08:00", true},
	} {
		at := instant(t, x.at)
		if got := made(t, "Asia/Shanghai", x.text, china...).ActiveAt(at); got != x.want {
			t.Errorf("%q at %s: %v, want %v", x.text, x.at, got, x.want)
		}
	}
}

// The deadline tables of the field notes count work hours and work days.
func TestDeadlines(t *testing.T) {
	table, err := NewDays([]Day{
		{Date: DateOf(2026, 10, 1)},
		{Date: DateOf(2026, 10, 2)},
		{Date: DateOf(2026, 10, 5)},
		{Date: DateOf(2026, 10, 6)},
		{Date: DateOf(2026, 10, 7)},
		{Date: DateOf(2026, 10, 10), MakeUp: true, As: time.Wednesday},
	})
	if err != nil {
		t.Fatal(err)
	}
	office, err := New(Spec{Zone: "Asia/Shanghai", Rules: []Rule{{
		Weekdays: WorkWeek, Observe: true, Windows: []Window{{8*60 + 30, 12 * 60}, {14 * 60, 17*60 + 30}},
	}}}, table)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		why, from string
		work      time.Duration
		want      string
	}{
		{"over the noon break", "2026-09-29T11:00:00+08:00", 2 * time.Hour, "2026-09-29T15:00:00+08:00"},
		{"work that fills the day ends with it", "2026-09-29T14:00:00+08:00", 3*time.Hour + 30*time.Minute, "2026-09-29T17:30:00+08:00"},
		{"filed at night", "2026-09-29T22:00:00+08:00", 4 * time.Hour, "2026-09-30T14:30:00+08:00"},
		{"over the holiday week", "2026-09-30T16:30:00+08:00", 4 * time.Hour, "2026-10-08T11:30:00+08:00"},
		{"on a Saturday made up for Wednesday", "2026-10-09T17:00:00+08:00", time.Hour, "2026-10-10T09:00:00+08:00"},
		{"nothing to do", "2026-10-09T22:00:00+08:00", 0, "2026-10-09T22:00:00+08:00"},
	} {
		got, ok := office.Add(instant(t, x.from), x.work)
		if !ok || got.Format(time.RFC3339) != x.want {
			t.Errorf("%s: %s plus %v = %v, want %s", x.why, x.from, x.work, got, x.want)
		}
	}
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-09-29", 1, "2026-09-30T17:30:00+08:00"},
		{"2026-09-29", 2, "2026-10-08T17:30:00+08:00"},
		{"2026-10-09", 1, "2026-10-10T17:30:00+08:00"},
		{"2026-10-10", 1, "2026-10-12T17:30:00+08:00"},
	} {
		from, _ := ParseDate(x.from)
		day, ok := office.AddWorkDays(from, x.n)
		got, open := office.Close(day)
		if !ok || !open || got.Format(time.RFC3339) != x.want {
			t.Errorf("%d work days after %s: %v, closing %v; want %s", x.n, x.from, day, got, x.want)
		}
	}
	if _, ok := office.Close(DateOf(2026, 10, 1)); ok {
		t.Error("a holiday has closing time")
	}
	if _, ok := office.Add(instant(t, "2026-10-09T22:00:00+08:00"), -time.Hour); ok {
		t.Error("work of less than nothing has an end")
	}
	night := made(t, "America/New_York", "Sa 22:00-01:30")
	if got, _ := night.Close(DateOf(2026, 10, 31)); got.Format(time.RFC3339) != "2026-11-01T01:30:00-05:00" {
		t.Errorf("a night that ends at a repeated time closes at %v, want the second", got)
	}
	night = made(t, "America/New_York", "Sa 22:00-01:00")
	if got, _ := night.Close(DateOf(2026, 10, 31)); got.Format(time.RFC3339) != "2026-11-01T01:00:00-04:00" {
		t.Errorf("a night that ends at the time which clocks go back to closes at %v, want the first", got)
	}
	if made(t, "Pacific/Apia", "24/7").WorkDay(DateOf(2011, 12, 30)) {
		t.Error("a date that does not occur is a work day")
	}
}

func TestAlwaysAndNever(t *testing.T) {
	now := instant(t, "2026-07-05T07:59:59+08:00")
	for _, x := range []struct {
		name string
		c    *Calendar
		want bool
	}{
		{"Always", Always(), true},
		{"Never", Never(), false},
		{"the zero Calendar", new(Calendar), false},
		{"24/7", made(t, "Europe/Malta", "24/7"), true},
		{"off", made(t, "Europe/Malta", "off"), false},
		{"long over", made(t, "Europe/Malta", "2020 Oct 1-7"), false},
		{"holidays without a table", made(t, "Europe/Malta", "PH"), false},
	} {
		next, ok := x.c.NextChange(now)
		if got := x.c.ActiveAt(now); got != x.want || ok {
			t.Errorf("%s: %v, next change %v %v; want %v for good", x.name, got, next, ok, x.want)
		}
	}
	if got := Always().Between(now, now.AddDate(400, 0, 0)); got != 1<<63-1 {
		t.Errorf("400 years of work are %v, want the longest duration", got)
	}
	if next, ok := made(t, "UTC", "2063 Oct 1").NextChange(now); !ok || next.Year() != 2063 {
		t.Errorf("the next change is %v, %v; want one in 2063", next, ok)
	}
	// Clocks that are set wrong may ask for anything.
	for _, at := range []time.Time{{}, time.Unix(1<<62, 0), time.Unix(-1<<62, 0)} {
		c := made(t, "Europe/Malta", "Mo-Fr 07:00-19:00; Feb 29 off; Tu[1] 20:00-02:00")
		c.ActiveAt(at)
		c.NextChange(at)
		c.Add(at, time.Hour)
	}
}

func TestNextChange(t *testing.T) {
	for _, x := range []struct{ text, from, want string }{
		{"24/7; 2026 Oct 1 off", "2026-09-25T12:00:00+08:00", "2026-10-01T00:00:00+08:00"},
		{"24/7; 2026 Oct 1 off", "2026-10-01T00:00:00+08:00", "2026-10-02T00:00:00+08:00"},
		{"24/7; 2026 Oct 1 off", "2026-10-02T00:00:00+08:00", "never"},
		{"2026 Oct 1 20:00-02:00; 2026 Oct 1 23:00-01:00 off", "2026-10-01T23:30:00+08:00", "2026-10-02T01:00:00+08:00"},
		{"2026 Oct 1 20:00-02:00", "2026-10-02T01:59:59.5+08:00", "2026-10-02T02:00:00+08:00"},
		{"2026 Oct 1 20:00-02:00", "2026-10-02T02:00:00+08:00", "never"},
		{"Mo 20:00-24:00; Tu 00:00-02:00", "2026-07-06T21:00:00+08:00", "2026-07-07T02:00:00+08:00"},
		{"Feb 29", "2026-07-06T21:00:00+08:00", "2028-02-29T00:00:00+08:00"},
		{"Feb 29 Su", "2026-07-06T21:00:00+08:00", "2032-02-29T00:00:00+08:00"},
		{"Feb 29 Su", "2090-07-06T21:00:00+08:00", "2128-02-29T00:00:00+08:00"}, // 2100 is no leap year
	} {
		check := func(c *Calendar, how string) {
			at, ok := c.NextChange(instant(t, x.from))
			got := at.Format(time.RFC3339)
			if !ok {
				got = "never"
			}
			if got != x.want {
				t.Errorf("%q%s: after %s changes at %s, want %s", x.text, how, x.from, got, x.want)
			}
		}
		c := made(t, "Asia/Shanghai", x.text)
		check(c, "")
		// The same with what closes dates written as exceptions.
		s := c.Spec()
		if n := len(s.Rules) - 1; len(s.Rules[n].Windows) == 0 {
			s.Exceptions = []Exception{{Dates: s.Rules[n].Dates[0]}}
			s.Rules = s.Rules[:n]
			c, err := New(s, nil)
			if err != nil {
				t.Fatal(err)
			}
			check(c, " with an exception")
		}
	}
}
