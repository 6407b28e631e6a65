package calendar

import (
	"fmt"
	"slices"
	"time"
)

// MaxDays is how many entries a table of days may have.
const MaxDays = 20_000

// Days is a table of public holidays and make-up working days, usually those of
// one country, kept by the bureau and shared by its calendars. It is never
// changed once made; to change it, make the next one. A nil *Days is an empty
// table.
//
// citygrid ships no country's list: governments publish theirs a year ahead and
// change them, and a list that is quietly wrong moves deadlines. ReadDays takes
// the CSV that a clerk types from the announcement.
type Days struct {
	days []Day // by date, one for each
}

// A Day is an entry of the table.
type Day struct {
	Date Date
	// MakeUp: a working day made up for a holiday (调休), on which the hours of
	// weekday As hold. Else the date is a public holiday and As has no meaning.
	MakeUp bool
	As     time.Weekday
	Name   string // for people; may be empty
}

// NewDays makes a table of entries in any order. The error is an *Error.
func NewDays(days []Day) (*Days, error) {
	if err := atMost("days", len(days), MaxDays); err != nil {
		return nil, err
	}
	for i, d := range days {
		if err := d.check(); err != nil {
			return nil, under(fmt.Sprintf("days[%d]", i), err)
		}
	}
	sorted := slices.Clone(days)
	slices.SortFunc(sorted, func(a, b Day) int { return int(a.Date - b.Date) })
	for i := 1; i < len(sorted); i++ {
		if sorted[i].Date == sorted[i-1].Date {
			return nil, &Error{Rule: ErrOverlap, Where: "days", What: fmt.Sprintf("%v is listed twice", sorted[i].Date), Mend: "keep one of the two"}
		}
	}
	return &Days{sorted}, nil
}

func (d Day) check() error {
	if err := (Dates{d.Date, d.Date}).check(); err != nil {
		return err
	}
	if d.As < time.Sunday || d.As > time.Saturday {
		return &Error{Rule: ErrRange, Where: "as", What: fmt.Sprintf("%d is no weekday", int(d.As))}
	}
	return atMost("name", len([]rune(d.Name)), MaxNote)
}

// On gives the entry of a date.
func (t *Days) On(d Date) (Day, bool) {
	// Most dates asked for are ordinary ones, often outside the table.
	if t == nil || len(t.days) == 0 || d < t.days[0].Date || d > t.days[len(t.days)-1].Date {
		return Day{}, false
	}
	i, ok := slices.BinarySearchFunc(t.days, d, func(e Day, d Date) int { return int(e.Date - d) })
	if !ok {
		return Day{}, false
	}
	return t.days[i], true
}

// All gives the entries by date.
func (t *Days) All() []Day {
	if t == nil {
		return nil
	}
	return slices.Clone(t.days)
}

// Last is the date of the last entry; ok is false for an empty table. Deadlines
// that fall in a later year were reckoned without its holidays, and whoever
// shows them should say so.
func (t *Days) Last() (last Date, ok bool) {
	if t == nil || len(t.days) == 0 {
		return 0, false
	}
	return t.days[len(t.days)-1].Date, true
}
