package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// maxRecords bounds a file of records.
const maxRecords = 10_000

// A record is a row of a CSV file with a header, or an object of a JSON list: fields
// by name. What is wrong with one is kept, the first fault alone.
type record struct {
	file   string
	where  string // "line 3", "item 2"
	fields map[string]string
	fault  error
}

// readRecords reads a CSV or JSON file. A field that is not known, or a column that
// is needed and missing, is bad input.
func readRecords(file string, known, needed []string) ([]record, error) {
	data, err := readLimited(file)
	if err != nil {
		return nil, err
	}
	var all []record
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		all, err = jsonRecords(file, data)
	} else {
		all, err = csvRecords(file, data)
	}
	if err != nil {
		return nil, badInput(fmt.Errorf("%s: %w", file, err))
	}
	for i := range all {
		for name := range all[i].fields {
			if !slices.Contains(known, name) {
				return nil, badInput(fmt.Errorf("%s, %s: no field %q is known; want some of %s", file, all[i].where, name, strings.Join(known, ", ")))
			}
		}
		for _, name := range needed {
			if all[i].fields[name] == "" {
				return nil, badInput(fmt.Errorf("%s, %s: no %s", file, all[i].where, name))
			}
		}
	}
	return all, nil
}

func csvRecords(file string, data []byte) ([]record, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("line 1, want a header: %w", err)
	}
	for i := range header {
		header[i] = strings.ToLower(strings.TrimSpace(header[i]))
	}
	var all []record
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		one := record{file: file, where: fmt.Sprintf("line %d", line), fields: map[string]string{}}
		if len(row) > len(header) {
			return nil, fmt.Errorf("%s: %d columns, the header has %d", one.where, len(row), len(header))
		}
		for i, x := range row {
			if x = strings.TrimSpace(x); x != "" {
				one.fields[header[i]] = x
			}
		}
		if all = append(all, one); len(all) > maxRecords {
			return nil, fmt.Errorf("more than %d rows", maxRecords)
		}
	}
}

func jsonRecords(file string, data []byte) ([]record, error) {
	var list []map[string]any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("after %d bytes: %w", d.InputOffset(), err)
	}
	if len(list) > maxRecords {
		return nil, fmt.Errorf("more than %d items", maxRecords)
	}
	all := make([]record, len(list))
	for i, object := range list {
		all[i] = record{file: file, where: fmt.Sprintf("item %d", i+1), fields: map[string]string{}}
		for name, value := range object {
			switch v := value.(type) {
			case nil:
			case []any:
				var words []string
				for _, x := range v {
					words = append(words, fmt.Sprint(x))
				}
				all[i].fields[name] = strings.Join(words, " ")
			case map[string]any:
				return nil, fmt.Errorf("%s: %s is an object", all[i].where, name)
			default:
				all[i].fields[name] = fmt.Sprint(v)
			}
		}
	}
	return all, nil
}

// bad keeps the first fault.
func (r *record) bad(name, want string) {
	if r.fault == nil {
		r.fault = badInput(fmt.Errorf("%s, %s: %s is %q, want %s", r.file, r.where, name, r.fields[name], want))
	}
}

func (r *record) text(name string) string { return r.fields[name] }

// number is a field from lo to hi; without it, usual.
func (r *record) number(name string, usual, lo, hi float64) float64 {
	text := r.fields[name]
	if text == "" {
		return usual
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x >= lo && x <= hi) {
		r.bad(name, fmt.Sprintf("a number from %v to %v", lo, hi))
		return usual
	}
	return x
}

func (r *record) whole(name string, usual, lo, hi int) int {
	x := r.number(name, float64(usual), float64(lo), float64(hi))
	if x != math.Trunc(x) {
		r.bad(name, "a whole number")
	}
	return int(x)
}

func (r *record) yes(name string) bool {
	switch strings.ToLower(r.fields[name]) {
	case "", "0", "no", "false":
		return false
	case "1", "yes", "true":
		return true
	}
	r.bad(name, "yes or no")
	return false
}

// place is a position from two fields; the zero point without both.
func (r *record) place(lon, lat string) orb.Point {
	if r.fields[lon] == "" && r.fields[lat] == "" {
		return orb.Point{}
	}
	if r.fields[lon] == "" || r.fields[lat] == "" {
		r.bad(lon, fmt.Sprintf("both %s and %s", lon, lat))
	}
	return orb.Point{r.number(lon, 0, -180, 180), r.number(lat, 0, -90, 90)}
}

// A day is what plans count from; files and answers have times of day alone.
var planDay = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// clock is a time of day, beyond 24:00 on the next; without it, the zero time.
func (r *record) clock(name string) time.Time {
	if r.fields[name] == "" {
		return time.Time{}
	}
	t, err := parseClock(r.fields[name])
	if err != nil {
		r.bad(name, "a time such as 08:30")
	}
	return t
}

// parseClock reads HH:MM or HH:MM:SS up to 48:00.
func parseClock(text string) (time.Time, error) {
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return time.Time{}, fmt.Errorf("%q: want a time such as 08:30", text)
	}
	var sum time.Duration
	for i, unit := range []time.Duration{time.Hour, time.Minute, time.Second}[:len(parts)] {
		n, err := strconv.ParseUint(parts[i], 10, 8)
		if err != nil || len(parts[i]) > 2 || i > 0 && n > 59 {
			return time.Time{}, fmt.Errorf("%q: want a time such as 08:30", text)
		}
		sum += time.Duration(n) * unit
	}
	if sum > 48*time.Hour {
		return time.Time{}, fmt.Errorf("%q: want a time up to 48:00", text)
	}
	return planDay.Add(sum), nil
}

// spans reads windows such as "08:00-12:00 13:00-17:00".
func (r *record) spans(name string) (all [][2]time.Time) {
	for _, word := range strings.Fields(r.fields[name]) {
		s, err := parseSpan(word)
		if err != nil {
			r.bad(name, "times such as 08:00-12:00 13:00-17:00")
			return nil
		}
		all = append(all, s)
	}
	return all
}

func parseSpan(text string) (s [2]time.Time, err error) {
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return s, fmt.Errorf("%q: want times such as 08:00-12:00", text)
	}
	if s[0], err = parseClock(from); err == nil {
		s[1], err = parseClock(to)
	}
	if err == nil && s[1].Before(s[0]) {
		err = fmt.Errorf("%q ends before it begins", text)
	}
	return s, err
}

// clockText is the time of day of an instant of planDay, hours beyond 24 on the next.
func clockText(t time.Time) string {
	d := t.Sub(planDay).Round(time.Second)
	return fmt.Sprintf("%02d:%02d:%02d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
}
