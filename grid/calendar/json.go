package calendar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxJSON is the longest JSON form of a Spec or of Days that is read, in bytes.
const MaxJSON = 16 << 20

// jsonSpec is the form that UnmarshalJSON documents.
type jsonSpec struct {
	Zone       string          `json:"zone"`
	Rules      []jsonRule      `json:"rules,omitempty"`
	Exceptions []jsonException `json:"exceptions,omitempty"`
}

type jsonRule struct {
	Do       string      `json:"do,omitempty"`
	Weekdays []string    `json:"weekdays,omitempty"`
	Nth      []int       `json:"nth,omitempty"`
	Observe  bool        `json:"observe_holidays,omitempty"`
	Seasons  []jsonRange `json:"seasons,omitempty"`
	Dates    []jsonRange `json:"dates,omitempty"`
	Windows  []string    `json:"windows"`
}

type jsonRange struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type jsonException struct {
	jsonRange
	Windows []string `json:"windows"`
	Note    string   `json:"note,omitempty"`
}

// specKeys are the names each object of a Spec may have, by its path.
var specKeys = map[string][]string{
	"":                  {"zone", "rules", "exceptions"},
	"rules[]":           {"do", "weekdays", "nth", "observe_holidays", "seasons", "dates", "windows"},
	"rules[].seasons[]": {"from", "to"},
	"rules[].dates[]":   {"from", "to"},
	"exceptions[]":      {"from", "to", "windows", "note"},
}

var doNames = []string{Add: "add", Replace: "replace", Remove: "remove"}

// MarshalJSON writes the Spec in the form that UnmarshalJSON reads. A Spec with
// a fault is refused, since it could not be read again.
func (s Spec) MarshalJSON() ([]byte, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	out := jsonSpec{Zone: s.Zone}
	for _, r := range s.Rules {
		j := jsonRule{Weekdays: r.Weekdays.codes(), Nth: r.Nth, Observe: r.Observe, Windows: texts(r.Windows)}
		if r.Do != Add {
			j.Do = doNames[r.Do]
		}
		for _, x := range r.Seasons {
			j.Seasons = append(j.Seasons, jsonRange{x.From.String(), x.To.String()})
		}
		for _, x := range r.Dates {
			j.Dates = append(j.Dates, jsonRange{x.From.String(), x.To.String()})
		}
		out.Rules = append(out.Rules, j)
	}
	for _, e := range s.Exceptions {
		out.Exceptions = append(out.Exceptions, jsonException{
			jsonRange{e.Dates.From.String(), e.Dates.To.String()}, texts(e.Windows), e.Note,
		})
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads a Spec; all but zone may be left out:
//
//	{
//	  "zone": "Asia/Shanghai",
//	  "rules": [
//	    {
//	      "do": "add",                        add (when left out), replace, remove
//	      "weekdays": ["Mo", "Tu", "PH"],     Mo Tu We Th Fr Sa Su PH; left out = every day
//	      "nth": [1, -1],                     first and last such weekday of the month
//	      "observe_holidays": true,           weekdays follow the table of holidays
//	      "seasons": [{"from": "05-01", "to": "06-30"}],
//	      "dates": [{"from": "2026-10-01", "to": "2026-10-07"}],
//	      "windows": ["08:30-12:00", "20:00-02:00"]
//	    }
//	  ],
//	  "exceptions": [
//	    {"from": "2026-02-17", "to": "2026-02-23", "windows": [], "note": "Spring Festival"}
//	  ]
//	}
//
// Dates and seasons include both ends. A window whose end is not after its
// beginning ends on the next day; 24 hours from 08:00 are 08:00-32:00. An
// exception without windows closes its dates.
//
// Reading is strict: names that are unknown or given twice, values of the wrong
// kind and everything that Check finds are errors that say where. The error is
// an *Error.
func (s *Spec) UnmarshalJSON(text []byte) error {
	var in jsonSpec
	if err := decode(text, specKeys, &in); err != nil {
		return err
	}
	out := Spec{Zone: in.Zone}
	for i, j := range in.Rules {
		r, err := j.rule()
		if err != nil {
			return under(fmt.Sprintf("rules[%d]", i), err)
		}
		out.Rules = append(out.Rules, r)
	}
	for i, j := range in.Exceptions {
		e, err := j.exception()
		if err != nil {
			return under(fmt.Sprintf("exceptions[%d]", i), err)
		}
		out.Exceptions = append(out.Exceptions, e)
	}
	if err := out.Check(); err != nil {
		return err
	}
	*s = out
	return nil
}

func (j jsonRule) rule() (r Rule, err error) {
	if j.Do != "" {
		i := slices.Index(doNames, j.Do)
		if i < 0 {
			return r, &Error{Rule: ErrSyntax, Where: "do", What: fmt.Sprintf("%q is nothing a rule does", clip(j.Do)), Mend: "use add, replace or remove"}
		}
		r.Do = Do(i)
	}
	for i, code := range j.Weekdays {
		day, ok := parseWeekday(code)
		if !ok {
			return r, &Error{Rule: ErrSyntax, Where: fmt.Sprintf("weekdays[%d]", i), What: fmt.Sprintf("%q is no weekday", clip(code)), Mend: "use Mo Tu We Th Fr Sa Su, and PH for public holidays"}
		}
		r.Weekdays |= day
	}
	r.Nth, r.Observe = j.Nth, j.Observe
	for i, x := range j.Seasons {
		from, to, err := parseRange(x, ParseMonthDay)
		if err != nil {
			return r, under(fmt.Sprintf("seasons[%d]", i), err)
		}
		r.Seasons = append(r.Seasons, Season{from, to})
	}
	for i, x := range j.Dates {
		from, to, err := parseRange(x, ParseDate)
		if err != nil {
			return r, under(fmt.Sprintf("dates[%d]", i), err)
		}
		r.Dates = append(r.Dates, Dates{from, to})
	}
	r.Windows, err = parseWindows(j.Windows)
	return r, err
}

func (j jsonException) exception() (e Exception, err error) {
	if e.Dates.From, e.Dates.To, err = parseRange(j.jsonRange, ParseDate); err != nil {
		return e, err
	}
	e.Note = j.Note
	e.Windows, err = parseWindows(j.Windows)
	return e, err
}

func parseRange[T any](r jsonRange, parse func(string) (T, error)) (from, to T, err error) {
	if from, err = parse(r.From); err != nil {
		return from, to, under("from", err)
	}
	if to, err = parse(r.To); err != nil {
		return from, to, under("to", err)
	}
	return from, to, nil
}

func parseWindows(in []string) ([]Window, error) {
	var out []Window
	for i, s := range in {
		w, err := ParseWindow(s)
		if err != nil {
			return nil, under(fmt.Sprintf("windows[%d]", i), err)
		}
		out = append(out, w)
	}
	return out, nil
}

func texts(ws []Window) []string {
	out := []string{} // [] in JSON, not null
	for _, w := range ws {
		out = append(out, w.String())
	}
	return out
}

// dayCodes are OpenStreetMap's, at the place of their bit in Weekdays.
var dayCodes = [8]string{"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa", "PH"}

func parseWeekday(code string) (Weekdays, bool) {
	i := slices.Index(dayCodes[:], code)
	return 1 << max(i, 0), i >= 0
}

// codes lists the set from Monday to Sunday, then PH.
func (w Weekdays) codes() []string {
	var out []string
	for _, i := range []time.Weekday{1, 2, 3, 4, 5, 6, 0, 7} {
		if w.has(i) {
			out = append(out, dayCodes[i])
		}
	}
	return out
}

// decode reads JSON into v after a walk that finds what encoding/json lets
// pass: names given twice, in other case, or not known, with their path.
func decode(text []byte, keys map[string][]string, v any) error {
	if len(text) > MaxJSON {
		return &Error{Rule: ErrTooLarge, What: fmt.Sprintf("%d bytes of JSON, the limit is %d", len(text), MaxJSON)}
	}
	if !utf8.Valid(text) {
		return &Error{Rule: ErrSyntax, What: "the text is not UTF-8", Mend: "save it as UTF-8"}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if err := walkJSON(d, keys, "", ""); err != nil {
		return syntaxError(err)
	}
	if d.More() {
		return &Error{Rule: ErrSyntax, Where: fmt.Sprintf("byte %d", d.InputOffset()), What: "more text after the end of the JSON value", Mend: "remove it"}
	}
	return syntaxError(json.Unmarshal(text, v))
}

// walkJSON reads one value. path says where it is, kind is path without the
// numbers of elements.
func walkJSON(d *json.Decoder, keys map[string][]string, path, kind string) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('['):
		if strings.HasSuffix(kind, "[]") {
			return &Error{Rule: ErrSyntax, Where: path, What: "a list in a list", Mend: "take the inner brackets away"}
		}
		for i := 0; d.More(); i++ {
			if err := walkJSON(d, keys, fmt.Sprintf("%s[%d]", path, i), kind+"[]"); err != nil {
				return err
			}
		}
	case json.Delim('{'):
		if err := walkObject(d, keys, path, kind); err != nil {
			return err
		}
	default:
		return nil
	}
	_, err = d.Token() // the closing bracket
	return err
}

func walkObject(d *json.Decoder, keys map[string][]string, path, kind string) error {
	known, ok := keys[kind]
	if !ok {
		return &Error{Rule: ErrSyntax, Where: path, What: "an object where none is expected"}
	}
	var seen []string
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		switch {
		case !slices.Contains(known, name):
			return &Error{Rule: ErrSyntax, Where: path, What: fmt.Sprintf("unknown name %q", clip(name)), Mend: "the names here are " + strings.Join(known, ", ")}
		case slices.Contains(seen, name):
			return &Error{Rule: ErrSyntax, Where: path, What: fmt.Sprintf("%q is given twice", name), Mend: "keep one of them"}
		}
		seen = append(seen, name)
		in, inKind := name, name
		if path != "" || kind != "" {
			in, inKind = path+"."+name, kind+"."+name
		}
		if err := walkJSON(d, keys, in, inKind); err != nil {
			return err
		}
	}
	return nil
}

// syntaxError puts what encoding/json says into our words.
func syntaxError(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &Error{Rule: ErrSyntax, Where: e.Field, What: fmt.Sprintf("a %s where a %s is expected", e.Value, kindName(e.Type)), Mend: fmt.Sprintf("see byte %d", e.Offset)}
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return &Error{Rule: ErrSyntax, Where: fmt.Sprintf("byte %d", e.Offset), What: "not JSON: " + e.Error()}
	}
	return &Error{Rule: ErrSyntax, What: "not JSON: " + err.Error(), Mend: "the text may be cut short"}
}

// kindName is what a Go type is called in JSON.
func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "list"
	case reflect.Struct:
		return "object"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "whole number"
	}
	return t.Kind().String()
}
