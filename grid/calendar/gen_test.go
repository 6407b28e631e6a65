package calendar

import (
	"time"

	"pgregory.net/rapid"
)

// The places and years whose clocks try the definitions hardest.
var clocks = []struct {
	zone string
	year int
	why  string
}{
	{"America/New_York", 2026, "an hour, twice a year"},
	{"Asia/Shanghai", 2026, "none"},
	{"Asia/Shanghai", 1988, "summer time of 1986 to 1991"},
	{"Europe/Malta", 2026, "an hour, at 01:00 UTC"},
	{"Australia/Lord_Howe", 2026, "half an hour"},
	{"Pacific/Apia", 2011, "30 December doesn't occur"},
	{"UTC", 2024, "leap year"},
}

// drawWindow prefers the small hours, where clocks change.
func drawWindow(t *rapid.T) Window {
	from := Minute(rapid.OneOf(rapid.IntRange(0, 240), rapid.IntRange(0, 1439)).Draw(t, "from"))
	length := rapid.OneOf(rapid.IntRange(1, 90), rapid.IntRange(1, 1440), rapid.Just(1440)).Draw(t, "length")
	return Window{from, from + Minute(length)}
}

func drawWindows(t *rapid.T, least int) []Window {
	return rapid.SliceOfN(rapid.Custom(drawWindow), least, 4).Draw(t, "windows")
}

func drawMonthDay(t *rapid.T) MonthDay {
	m := time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
	return MonthDay{m, rapid.IntRange(1, monthDays(2000, m)).Draw(t, "day")}
}

func drawDates(t *rapid.T, year int) Dates {
	from := DateOf(year, 1, 1) + Date(rapid.IntRange(-10, 375).Draw(t, "from date"))
	return Dates{from, from + Date(rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 60)).Draw(t, "length in days"))}
}

func drawRule(t *rapid.T, year int, do *rapid.Generator[Do]) Rule {
	r := Rule{Do: do.Draw(t, "do")}
	r.Weekdays = Weekdays(rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 255)).Draw(t, "weekdays"))
	if r.Weekdays&AllWeek != 0 {
		if r.Observe = rapid.Bool().Draw(t, "observe"); !r.Observe && rapid.IntRange(0, 3).Draw(t, "count") == 0 {
			r.Nth = rapid.SliceOfNDistinct(rapid.SampledFrom([]int{1, 2, 3, 4, 5, -1, -2, -5}), 1, 3, rapid.ID).Draw(t, "nth")
		}
	}
	if rapid.IntRange(0, 9).Draw(t, "always") == 0 {
		return Rule{Do: r.Do, Windows: []Window{AllDay}}
	}
	if rapid.Bool().Draw(t, "seasonal") {
		for range rapid.IntRange(1, 2).Draw(t, "seasons") {
			r.Seasons = append(r.Seasons, Season{drawMonthDay(t), drawMonthDay(t)})
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "dated") == 0 {
		for range rapid.IntRange(1, 3).Draw(t, "dates") {
			r.Dates = append(r.Dates, drawDates(t, year))
		}
	}
	least := 1
	if r.Do == Replace {
		least = 0
	}
	if r.Windows = drawWindows(t, least); len(r.Windows) == 0 {
		r.Windows = nil
	}
	return r
}

var anyDo = rapid.SampledFrom([]Do{Add, Add, Replace, Remove})

func drawExceptions(t *rapid.T, year int) []Exception {
	var out []Exception
	next := DateOf(year, 1, 1) + Date(rapid.IntRange(0, 100).Draw(t, "first exception"))
	for range rapid.IntRange(0, 5).Draw(t, "exceptions") {
		e := Exception{Dates: Dates{next, next + Date(rapid.IntRange(0, 2).Draw(t, "days"))}}
		if e.Windows = drawWindows(t, 0); len(e.Windows) == 0 {
			e.Windows = nil
		}
		if rapid.Bool().Draw(t, "noted") {
			e.Note = rapid.StringN(1, 20, -1).Draw(t, "note")
		}
		out = append(out, e)
		next = e.Dates.To + 1 + Date(rapid.IntRange(0, 60).Draw(t, "gap"))
	}
	return rapid.Permutation(out).Draw(t, "order")
}

func drawDays(t *rapid.T, year int) []Day {
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) Day {
		d := Day{Date: DateOf(year, 1, 1) + Date(rapid.IntRange(0, 364).Draw(t, "date"))}
		if d.MakeUp = rapid.Bool().Draw(t, "make-up"); d.MakeUp {
			d.As = time.Weekday(rapid.IntRange(0, 6).Draw(t, "as"))
		}
		return d
	}), 0, 20, func(d Day) Date { return d.Date }).Draw(t, "holidays")
}

// drawn is a calendar with what it was made of, and instants worth asking about.
type drawn struct {
	spec Spec
	days []Day
	cal  *Calendar
	ref  reference
	year int
}

func draw(t *rapid.T, do *rapid.Generator[Do]) drawn {
	clock := rapid.SampledFrom(clocks).Draw(t, "clock")
	d := drawn{year: clock.year, days: drawDays(t, clock.year), spec: Spec{Zone: clock.zone}}
	for range rapid.IntRange(0, 4).Draw(t, "rules") {
		d.spec.Rules = append(d.spec.Rules, drawRule(t, clock.year, do))
	}
	d.spec.Exceptions = drawExceptions(t, clock.year)
	table, err := NewDays(d.days)
	if err != nil {
		t.Fatal(err)
	}
	if d.cal, err = New(d.spec, table); err != nil {
		t.Fatal(err)
	}
	d.ref = newReference(d.spec, d.days)
	return d
}

// drawInstant picks any second of the year, often one near a clock change or
// near a date that the calendar treats in its own way.
func (d drawn) drawInstant(t *rapid.T) time.Time {
	begin := time.Date(d.year, 1, 1, 0, 0, 0, 0, d.cal.Zone())
	near := func(at time.Time) time.Time {
		return at.Add(time.Duration(rapid.IntRange(-36*3600, 36*3600).Draw(t, "second")) * time.Second)
	}
	switch rapid.SampledFrom([]string{"anywhere", "clock change", "date"}).Draw(t, "near") {
	case "clock change":
		_, change := begin.ZoneBounds()
		for n := rapid.IntRange(0, 2).Draw(t, "change"); n > 0 && !change.IsZero(); n-- {
			if _, next := change.ZoneBounds(); !next.IsZero() && next.Year() <= d.year+1 {
				change = next
			}
		}
		if !change.IsZero() && change.Year() <= d.year+1 {
			return near(change)
		}
	case "date":
		var dates []Date
		for _, e := range d.spec.Exceptions {
			dates = append(dates, e.Dates.From, e.Dates.To+1)
		}
		for _, r := range d.spec.Rules {
			for _, x := range r.Dates {
				dates = append(dates, x.From, x.To+1)
			}
		}
		for _, day := range d.days {
			dates = append(dates, day.Date, day.Date+1)
		}
		if len(dates) > 0 {
			y, m, day := rapid.SampledFrom(dates).Draw(t, "date").Civil()
			return near(time.Date(y, m, day, 0, 0, 0, 0, d.cal.Zone()))
		}
	}
	return begin.Add(time.Duration(rapid.IntRange(0, 366*86400).Draw(t, "second")) * time.Second)
}
