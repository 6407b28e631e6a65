package replay

import (
	"bufio"
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

	"github.com/paulmach/orb"
)

// A Fix is a recorded position.
type Fix struct {
	Seq      uint64
	Tracker  string
	T        json.Number // Unix seconds as they were written
	At       orb.Point
	Accuracy float64 // metres; 0 = not told

	t       float64
	tracker json.RawMessage
}

// ReadFixes reads CSV with a head line that names seq, tracker, t, lon, lat and
// maybe accuracy in any order, or one JSON object a line with those members. Which
// of the two it is shows in the first character. Other columns are passed over.
func ReadFixes(r io.Reader) ([]Fix, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if bom, _ := in.Peek(3); bytes.Equal(bom, []byte("\ufeff")) {
		_, _ = in.Discard(3)
	}
	for {
		first, err := in.Peek(1)
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil, nil
			}
			return nil, err
		}
		switch first[0] {
		case ' ', '\t', '\r', '\n':
			_, _ = in.Discard(1)
		case '{':
			return readLines(in)
		default:
			return readTable(in)
		}
	}
}

func readLines(in *bufio.Reader) ([]Fix, error) {
	s := bufio.NewScanner(in)
	s.Buffer(make([]byte, 1<<16), MaxLine)
	var fixes []Fix
	for line := 1; s.Scan(); line++ {
		text := bytes.TrimSpace(s.Bytes())
		if len(text) == 0 {
			continue
		}
		var j struct {
			Seq      *uint64         `json:"seq"`
			Tracker  json.RawMessage `json:"tracker"`
			T        json.Number     `json:"t"`
			Lon      *float64        `json:"lon"`
			Lat      *float64        `json:"lat"`
			Accuracy *float64        `json:"accuracy"`
		}
		if err := json.Unmarshal(text, &j); err != nil {
			return nil, fmt.Errorf("line %d of the fixes %w: %w", line, ErrFile, err)
		}
		if j.Seq == nil || len(j.Tracker) == 0 || j.Lon == nil || j.Lat == nil {
			return nil, fmt.Errorf("line %d of the fixes %w: it needs seq, tracker, t, lon and lat", line, ErrFile)
		}
		f := Fix{Seq: *j.Seq, T: j.T, At: orb.Point{*j.Lon, *j.Lat}}
		if json.Unmarshal(j.Tracker, &f.Tracker) != nil { // a number; told apart from the same as text
			f.Tracker, f.tracker = "\x00"+string(j.Tracker), bytes.Clone(j.Tracker)
		}
		if j.Accuracy != nil {
			f.Accuracy = *j.Accuracy
		}
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("line %d of the fixes %w: %w", line, ErrFile, err)
		}
		if fixes = append(fixes, f); len(fixes) > MaxFixes {
			return nil, fmt.Errorf("fixes %w: more than %d", ErrFile, MaxFixes)
		}
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("fixes %w: %w", ErrFile, err)
	}
	return fixes, nil
}

func readTable(in *bufio.Reader) ([]Fix, error) {
	c := csv.NewReader(in)
	c.ReuseRecord = true
	head, err := c.Read()
	if err != nil {
		return nil, fmt.Errorf("head line of the fixes %w: %w", ErrFile, err)
	}
	column := map[string]int{}
	for i, name := range head {
		column[strings.ToLower(strings.TrimSpace(name))] = i
	}
	names := []string{"seq", "tracker", "t", "lon", "lat"}
	at := make([]int, len(names))
	for i, name := range names {
		var ok bool
		if at[i], ok = column[name]; !ok {
			return nil, fmt.Errorf("head line of the fixes %w: there is no column %s among %.200q", ErrFile, name, slices.Clone(head))
		}
	}
	accuracy, told := column["accuracy"]
	var fixes []Fix
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return fixes, nil
		}
		if err != nil {
			return nil, fmt.Errorf("fixes %w: %w", ErrFile, err)
		}
		line, _ := c.FieldPos(0)
		f := Fix{Tracker: strings.Clone(row[at[1]]), T: json.Number(strings.Clone(strings.TrimSpace(row[at[2]])))}
		var fault error
		number := func(name, text string) float64 {
			v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil && fault == nil {
				fault = fmt.Errorf("%s is %.40q, not a number", name, text)
			}
			return v
		}
		if f.Seq, err = strconv.ParseUint(strings.TrimSpace(row[at[0]]), 10, 64); err != nil {
			fault = fmt.Errorf("seq is %.40q: give a whole number from 0", row[at[0]])
		}
		f.At = orb.Point{number("lon", row[at[3]]), number("lat", row[at[4]])}
		if told && strings.TrimSpace(row[accuracy]) != "" {
			f.Accuracy = number("accuracy", row[accuracy])
		}
		if fault != nil {
			return nil, fmt.Errorf("line %d of the fixes %w: %w", line, ErrFile, fault)
		}
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("line %d of the fixes %w: %w", line, ErrFile, err)
		}
		if fixes = append(fixes, f); len(fixes) > MaxFixes {
			return nil, fmt.Errorf("fixes %w: more than %d", ErrFile, MaxFixes)
		}
	}
}

// check fills in t and refuses what is no fix.
func (f *Fix) check() (err error) {
	if f.t, err = strconv.ParseFloat(f.T.String(), 64); err != nil || math.Abs(f.t) > 1e12 || math.IsNaN(f.t) {
		return fmt.Errorf("t is %.40q: give Unix seconds", f.T)
	}
	if !json.Valid([]byte(f.T)) { // +1, 0x1p3: numbers to Go, not to JSON
		f.T = json.Number(strconv.FormatFloat(f.t, 'f', -1, 64))
	}
	if !(math.Abs(f.At[0]) <= 180 && math.Abs(f.At[1]) <= 90) {
		return errors.New("lon and lat are no place on earth")
	}
	if f.tracker == nil {
		if f.tracker, err = json.Marshal(f.Tracker); err != nil {
			return err
		}
	}
	if f.Accuracy < 0 || math.IsNaN(f.Accuracy) {
		return errors.New("accuracy is less than 0")
	}
	return nil
}
