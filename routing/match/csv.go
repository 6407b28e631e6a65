package match

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// MaxFixes is the most fixes of one track that ReadCSV takes.
const MaxFixes = 1_000_000

// A Row is a row of a track file.
type Row struct {
	Fix
	None bool // the row has no position
}

// ReadCSV reads a track: a header that names the columns, in any order and with
// others between them, then a row for each fix. The columns are lon and lat in WGS
// 84 degrees, one of
//
//	t_s    seconds, from any beginning
//	t_ms   milliseconds
//	time   as 2026-11-23T08:00:00+08:00 (RFC 3339), without a zone (then UTC), with a
//	       space for the T, or seconds
//
// and maybe accuracy or accuracy_m, the radius in metres that holds the truth in 68 % of cases.
// A row whose position is empty is one without a position. The error names the line.
func ReadCSV(from io.Reader) ([]Row, error) {
	r := csv.NewReader(from)
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("it is empty; want a header with lon, lat and one of t_s, t_ms, time")
	}
	if err != nil {
		return nil, wrongLine(err)
	}
	columns, err := columnsOf(header)
	if err != nil {
		return nil, fmt.Errorf("line 1: %w", err)
	}
	var all []Row
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, wrongLine(err)
		}
		line, _ := r.FieldPos(0)
		if len(all) == MaxFixes {
			return nil, fmt.Errorf("line %d: more than %d fixes; cut the track", line, MaxFixes)
		}
		row, err := columns.row(record)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		all = append(all, row)
	}
}

func wrongLine(err error) error {
	if wrong := new(csv.ParseError); errors.As(err, &wrong) {
		return fmt.Errorf("line %d: %w", wrong.Line, wrong.Err)
	}
	return err
}

// trackColumns are where the values are in a row; accuracy may be -1.
type trackColumns struct {
	lon, lat, time, accuracy int
	clock                    func(string) (time.Time, error)
}

func columnsOf(header []string) (trackColumns, error) {
	for i, h := range header {
		header[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
	}
	find := func(names ...string) int {
		return slices.IndexFunc(header, func(h string) bool { return slices.Contains(names, h) })
	}
	c := trackColumns{lon: find("lon", "lng", "longitude"), lat: find("lat", "latitude"), accuracy: find("accuracy", "accuracy_m")}
	for _, way := range []struct {
		name  string
		clock func(string) (time.Time, error)
	}{{"t_s", inUnits(time.Second)}, {"t_ms", inUnits(time.Millisecond)}, {"time", readTime}} {
		if c.time = find(way.name); c.time >= 0 {
			c.clock = way.clock
			break
		}
	}
	switch {
	case c.lon < 0:
		return c, errors.New("no column lon; want a header with lon, lat and one of t_s, t_ms, time")
	case c.lat < 0:
		return c, errors.New("no column lat; want a header with lon, lat and one of t_s, t_ms, time")
	case c.time < 0:
		return c, errors.New("no column for the time; want one of t_s, t_ms, time")
	}
	return c, nil
}

func (c *trackColumns) row(record []string) (row Row, err error) {
	field := func(i int) string {
		if i < 0 || i >= len(record) {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	if row.Time, err = c.clock(field(c.time)); err != nil {
		return row, err
	}
	if field(c.lon) == "" && field(c.lat) == "" {
		row.None = true
		return row, nil
	}
	degrees := func(name string, i int, limit float64) float64 {
		x, e := strconv.ParseFloat(field(i), 64)
		switch {
		case err != nil:
		case e != nil:
			err = fmt.Errorf("%s %q is not a number", name, field(i))
		case !(math.Abs(x) <= limit):
			err = fmt.Errorf("%s %v is not on earth; want -%v to %v degrees", name, x, limit, limit)
		}
		return x
	}
	row.At = orb.Point{degrees("lon", c.lon, 180), degrees("lat", c.lat, 90)}
	if a := field(c.accuracy); a != "" && err == nil {
		x, e := strconv.ParseFloat(a, 64)
		if e != nil || !(x >= 0 && x < math.MaxFloat32) {
			err = fmt.Errorf("accuracy %q is not a radius in metres", a)
		}
		row.Accuracy = geo.Metres(x)
	}
	return row, err
}

// farOff bounds times given as numbers: 3,000 years in seconds.
const farOff = 1e11

func inUnits(unit time.Duration) func(string) (time.Time, error) {
	return func(s string) (time.Time, error) {
		x, err := strconv.ParseFloat(s, 64)
		seconds := x * unit.Seconds()
		if err != nil || !(math.Abs(seconds) <= farOff) {
			return time.Time{}, fmt.Errorf("time %q is not a number of %v since some beginning", s, unit)
		}
		whole := math.Floor(seconds)
		return time.Unix(int64(whole), int64(math.Round((seconds-whole)*1e9))).UTC(), nil
	}
}

func readTime(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05", time.DateTime, "2006/01/02 15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	if t, err := inUnits(time.Second)(s); err == nil {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("time %q is neither like 2026-11-23T08:00:00+08:00 nor a number of seconds", s)
}
