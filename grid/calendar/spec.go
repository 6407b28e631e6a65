package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Limits on what a Spec may hold. They are far above what a bureau needs and
// low enough that foreign input cannot fill the memory.
const (
	MaxRules      = 200
	MaxWindows    = 96     // of one rule or exception
	MaxAllWindows = 20_000 // of all of them together
	MaxSeasons    = 100    // of one rule
	MaxDates      = 10_000 // of all rules together
	MaxExceptions = 10_000
	MaxNote       = 200 // characters
)

// A Spec is what people write down of a calendar. New makes a Calendar of it.
// The zero Spec holds at no time but lacks its zone.
type Spec struct {
	Zone       string // IANA name: Asia/Shanghai, Europe/Malta, UTC
	Rules      []Rule
	Exceptions []Exception
}

// A Rule says which windows begin on which dates. A date must be named by each
// of Weekdays, Seasons and Dates that is not empty.
type Rule struct {
	Do       Do
	Weekdays Weekdays // empty = every day
	// Nth keeps only those weekdays of each month: 1 is the first, -1 the last.
	// Empty = all of them. Holidays are not counted, PH stays as it is.
	Nth []int
	// Observe makes Weekdays follow the table of Days: a public holiday is no
	// weekday (only PH names it), and a make-up working day is the weekday it
	// stands in for. Without it a Saturday is a Saturday whatever the table says.
	Observe bool
	Seasons []Season
	Dates   []Dates
	Windows []Window
}

// Do says what a rule does to the windows of the rules before it.
type Do uint8

const (
	Add     Do = iota // its windows hold too. The order of adding rules is of no matter
	Replace           // on its dates, only its windows begin; without windows, none do
	Remove            // what its windows cover does not hold, not even as the tail of a window begun the day before
)

// Weekdays is a set of days of the week and public holidays.
type Weekdays uint8

// The days; the bit of a time.Weekday d is 1<<d.
const (
	Sunday Weekdays = 1 << iota
	Monday
	Tuesday
	Wednesday
	Thursday
	Friday
	Saturday
	PublicHoliday // the holidays of the table of Days, whatever their weekday

	WorkWeek = Monday | Tuesday | Wednesday | Thursday | Friday
	Weekend  = Saturday | Sunday
	AllWeek  = WorkWeek | Weekend
)

// A Season is a range of days of every year, both ends included. It may run
// over the new year: 11-01 to 02-29.
type Season struct{ From, To MonthDay }

// Dates is a range of dates, both ends included.
type Dates struct{ From, To Date }

// A Window is a range of wall-clock times, From <= t < To, belonging to the
// date on which it begins. To may be past midnight: 20:00 to 26:00 ends at 02:00
// of the next day. 0 <= From < 24:00 and From < To <= From + 24:00.
type Window struct{ From, To Minute }

// AllDay is the window from midnight to midnight.
var AllDay = Window{0, fullDay}

// An Exception sets the windows that begin on some dates, whatever the rules
// say. No windows: none begin, though one begun the day before runs to its end.
type Exception struct {
	Dates   Dates
	Windows []Window
	Note    string // why, for people
}

// ParseWindow reads a window as "07:00-19:00", "20:00-02:00" (ends on the next
// day), "20:00-26:00" (the same) or "00:00-24:00".
func ParseWindow(s string) (Window, error) {
	a, b, ok := strings.Cut(s, "-")
	from, okFrom := parseMinute(a)
	to, okTo := parseMinute(b)
	if !ok || !okFrom || !okTo {
		return Window{}, &Error{Rule: ErrSyntax, What: fmt.Sprintf("%q is no window", clip(s)), Mend: "write from-to as 07:00-19:00 or 20:00-02:00"}
	}
	return makeWindow(from, to)
}

// makeWindow puts an end at or before the beginning on the next day.
func makeWindow(from, to Minute) (Window, error) {
	if from == to {
		return Window{}, &Error{
			Rule: ErrEmpty, What: fmt.Sprintf("window %v-%v begins when it ends", from, to),
			Mend: fmt.Sprintf("write %v-%v for 24 hours", from%fullDay, from%fullDay+fullDay),
		}
	}
	if to < from {
		to += fullDay
	}
	w := Window{from, to}
	return w, w.check()
}

func (w Window) check() error {
	switch {
	case w.From < 0 || w.From >= fullDay:
		return &Error{Rule: ErrRange, What: fmt.Sprintf("window %v-%v does not begin on its own day", w.From, w.To), Mend: "begin it between 00:00 and 23:59, on the next day where needed"}
	case w.To <= w.From || w.To > w.From+fullDay:
		return &Error{Rule: ErrRange, What: fmt.Sprintf("window %v-%v is not between a minute and 24 hours long", w.From, w.To), Mend: "split it into one window a day"}
	}
	return nil
}

// parseMinute reads HH:MM from 00:00 to 48:00.
func parseMinute(s string) (Minute, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	for _, i := range []int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	at := Minute(h*60 + m)
	return at, m < 60 && at <= 2*fullDay
}

// String writes the window as ParseWindow reads it.
func (w Window) String() string {
	to := w.To
	if to > fullDay && to-fullDay < w.From {
		to -= fullDay
	}
	return w.From.String() + "-" + to.String()
}

func (d Dates) check() error {
	switch {
	case d.From < minDate || d.To > maxDate:
		return &Error{Rule: ErrRange, What: fmt.Sprintf("%v to %v is not in the years 0001 to 9999", d.From, d.To)}
	case d.To < d.From:
		return &Error{Rule: ErrRange, What: fmt.Sprintf("%v to %v ends before it begins", d.From, d.To), Mend: "swap the two dates"}
	}
	return nil
}

// Check finds the first fault of the Spec. The error is an *Error.
func (s Spec) Check() error {
	if _, err := loadZone(s.Zone); err != nil {
		return err
	}
	return s.checkRest()
}

// checkRest is Check without the zone, which takes a file to be read.
func (s Spec) checkRest() error {
	if err := atMost("rules", len(s.Rules), MaxRules); err != nil {
		return err
	}
	windows, dates := 0, 0
	for i, r := range s.Rules {
		if err := r.check(); err != nil {
			return under(fmt.Sprintf("rules[%d]", i), err)
		}
		windows, dates = windows+len(r.Windows), dates+len(r.Dates)
	}
	if err := atMost("exceptions", len(s.Exceptions), MaxExceptions); err != nil {
		return err
	}
	for i, e := range s.Exceptions {
		if err := e.check(); err != nil {
			return under(fmt.Sprintf("exceptions[%d]", i), err)
		}
		windows += len(e.Windows)
	}
	if err := atMost("dates of all rules", dates, MaxDates); err != nil {
		return err
	}
	if err := atMost("windows of all rules and exceptions", windows, MaxAllWindows); err != nil {
		return err
	}
	return s.checkOverlap()
}

// checkOverlap refuses two exceptions on one date: which of them wins would
// depend on their order, and nobody sees that order on a screen.
func (s Spec) checkOverlap() error {
	order := make([]int, len(s.Exceptions))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(s.Exceptions[a].Dates.From - s.Exceptions[b].Dates.From) })
	for k := 1; k < len(order); k++ {
		a, b := order[k-1], order[k]
		if from := s.Exceptions[b].Dates.From; from <= s.Exceptions[a].Dates.To {
			a, b = min(a, b), max(a, b)
			return &Error{
				Rule: ErrOverlap, Where: fmt.Sprintf("exceptions[%d]", b),
				What: fmt.Sprintf("%v has an exception already, exceptions[%d]", from, a), Mend: "keep one exception for each date",
			}
		}
	}
	return nil
}

func (r Rule) check() error {
	for _, err := range []error{
		atMost("windows", len(r.Windows), MaxWindows),
		atMost("seasons", len(r.Seasons), MaxSeasons),
		atMost("nth", len(r.Nth), 10),
	} {
		if err != nil {
			return err
		}
	}
	switch {
	case r.Do > Remove:
		return &Error{Rule: ErrRange, Where: "do", What: fmt.Sprintf("%d is nothing a rule does", r.Do), Mend: "use add, replace or remove"}
	case r.Do != Replace && len(r.Windows) == 0:
		return &Error{Rule: ErrEmpty, Where: "windows", What: "the rule has no windows", Mend: "give some, such as 00:00-24:00 for the whole day; a rule that closes its dates is a replace"}
	case r.Observe && r.Weekdays&AllWeek == 0:
		return &Error{Rule: ErrEmpty, Where: "observe_holidays", What: "the rule names no weekdays that could follow the holidays", Mend: "name the weekdays"}
	case len(r.Nth) > 0 && (r.Observe || r.Weekdays&AllWeek == 0):
		return &Error{Rule: ErrUnsupported, Where: "nth", What: "counting weekdays in the month needs weekdays, and cannot follow holidays", Mend: "name the weekdays and drop observe_holidays"}
	}
	for i, n := range r.Nth {
		if n == 0 || n < -5 || n > 5 {
			return &Error{Rule: ErrRange, Where: fmt.Sprintf("nth[%d]", i), What: fmt.Sprintf("no month has a weekday number %d", n), Mend: "use 1 to 5, or -1 to -5 from the end"}
		}
	}
	for i, s := range r.Seasons {
		for _, d := range []MonthDay{s.From, s.To} {
			if err := d.check(); err != nil {
				return under(fmt.Sprintf("seasons[%d]", i), err)
			}
		}
	}
	for i, d := range r.Dates {
		if err := d.check(); err != nil {
			return under(fmt.Sprintf("dates[%d]", i), err)
		}
	}
	return checkWindows(r.Windows)
}

func (e Exception) check() error {
	if err := e.Dates.check(); err != nil {
		return err
	}
	if err := atMost("note", len([]rune(e.Note)), MaxNote); err != nil {
		return err
	}
	if err := atMost("windows", len(e.Windows), MaxWindows); err != nil {
		return err
	}
	return checkWindows(e.Windows)
}

func checkWindows(ws []Window) error {
	for i, w := range ws {
		if err := w.check(); err != nil {
			return under(fmt.Sprintf("windows[%d]", i), err)
		}
	}
	return nil
}

func atMost(what string, n, limit int) error {
	if n > limit {
		return &Error{Rule: ErrTooLarge, Where: what, What: fmt.Sprintf("%d of them, the limit is %d", n, limit)}
	}
	return nil
}

func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, &Error{Rule: ErrZone, Where: "zone", What: "no time zone given", Mend: "name one as Asia/Shanghai or Europe/Malta"}
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, &Error{Rule: ErrZone, Where: "zone", What: fmt.Sprintf("%q is not in the IANA list of time zones", clip(name)), Mend: "write it as Asia/Shanghai or Europe/Malta"}
	}
	return loc, nil
}

// has tells whether the set names the weekday.
func (w Weekdays) has(d time.Weekday) bool { return w&(1<<d) != 0 }
