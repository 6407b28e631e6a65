package calendar

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strings"
	"time"
	"unicode/utf8"
)

// The JSON form of Days is a list of
//
//	{"date": "2026-10-01", "acts_as": "PH", "name": "National Day"}
//	{"date": "2026-10-10", "acts_as": "We", "name": "made up for 7 October"}
//
// where acts_as is PH for a public holiday and Mo to Su for a make-up working
// day on which the hours of that weekday hold.
type jsonDay struct {
	Date   string `json:"date"`
	ActsAs string `json:"acts_as"`
	Name   string `json:"name,omitempty"`
}

var dayKeys = map[string][]string{"[]": {"date", "acts_as", "name"}}

// MarshalJSON writes the table in the form that UnmarshalJSON reads.
func (t *Days) MarshalJSON() ([]byte, error) {
	out := []jsonDay{}
	for _, d := range t.All() {
		out = append(out, jsonDay{d.Date.String(), d.actsAs(), d.Name})
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads a table strictly, as with a Spec. The error is an *Error.
func (t *Days) UnmarshalJSON(text []byte) error {
	var in []jsonDay
	if err := decode(text, dayKeys, &in); err != nil {
		return err
	}
	if err := atMost("days", len(in), MaxDays); err != nil {
		return err
	}
	days := make([]Day, len(in))
	for i, j := range in {
		d, err := j.day()
		if err != nil {
			return under(fmt.Sprintf("[%d]", i), err)
		}
		days[i] = d
	}
	made, err := NewDays(days)
	if err != nil {
		return err
	}
	*t = *made
	return nil
}

func (j jsonDay) day() (d Day, err error) {
	if d.Date, err = ParseDate(j.Date); err != nil {
		return d, under("date", err)
	}
	code, ok := parseWeekday(j.ActsAs)
	if !ok {
		return d, &Error{Rule: ErrSyntax, Where: "acts_as", What: fmt.Sprintf("%q is neither a holiday nor a weekday", clip(j.ActsAs)), Mend: "write PH for a public holiday, Mo to Su for a make-up working day"}
	}
	if code != PublicHoliday {
		d.MakeUp, d.As = true, time.Weekday(bits.TrailingZeros8(uint8(code)))
	}
	d.Name = j.Name
	return d, d.check()
}

func (d Day) actsAs() string {
	if d.MakeUp {
		return dayCodes[d.As]
	}
	return "PH"
}

// ReadDays reads a table from CSV, as a spreadsheet saves it (UTF-8, commas or
// semicolons):
//
//	date,acts_as,name
//	2026-10-01,PH,National Day
//	2026-10-10,We,made up for 7 October
//
// acts_as is PH for a public holiday and Mo to Su for a make-up working day on
// which the hours of that weekday hold. The error is an *Error that names the
// line, or the reader's own.
func ReadDays(r io.Reader) (*Days, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxJSON+1))
	if err != nil {
		return nil, err
	}
	switch {
	case len(text) > MaxJSON:
		return nil, &Error{Rule: ErrTooLarge, What: fmt.Sprintf("the file is longer than %d bytes", MaxJSON)}
	case !utf8.Valid(text):
		return nil, &Error{Rule: ErrSyntax, What: "the file is not UTF-8", Mend: "save it as CSV UTF-8"}
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))) // Excel's mark
	if head, _, _ := strings.Cut(string(text), "\n"); strings.Contains(head, ";") {
		in.Comma = ';'
	}
	in.FieldsPerRecord = 3
	in.TrimLeadingSpace = true
	var days []Day
	for first := true; ; first = false {
		row, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, csvError(err)
		}
		line, _ := in.FieldPos(0)
		where := fmt.Sprintf("line %d", line)
		if first {
			if row[0] != "date" || row[1] != "acts_as" || row[2] != "name" {
				return nil, &Error{Rule: ErrSyntax, Where: where, What: fmt.Sprintf("the columns are %q", clip(strings.Join(row, ","))), Mend: "begin the file with date,acts_as,name"}
			}
			continue
		}
		d, err := jsonDay{row[0], strings.TrimSpace(row[1]), row[2]}.day()
		if err != nil {
			return nil, lineError(where, err)
		}
		if days = append(days, d); len(days) > MaxDays {
			return nil, &Error{Rule: ErrTooLarge, Where: where, What: fmt.Sprintf("more than %d days", MaxDays)}
		}
	}
	return NewDays(days)
}

// lineError is under for a file, where a path would read oddly.
func lineError(line string, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	in := *e
	in.Where = strings.TrimSuffix(line+", "+e.Where, ", ")
	return &in
}

func csvError(err error) error {
	e, ok := errors.AsType[*csv.ParseError](err)
	if !ok {
		return err
	}
	if errors.Is(e, csv.ErrFieldCount) {
		return &Error{Rule: ErrSyntax, Where: fmt.Sprintf("line %d", e.Line), What: "the line has not three columns", Mend: "write date,acts_as,name"}
	}
	return &Error{Rule: ErrSyntax, Where: fmt.Sprintf("line %d", e.Line), What: e.Err.Error()}
}
