// Package track reads recorded tracks, GPX and CSV, as fixes.
//
// Positions stay in the datum of the file; the caller turns them into WGS 84. Speeds
// are km/h, courses degrees clockwise from north, accuracies and altitudes metres.
package track

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"citygrid/geo"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// MaxFixes is how many fixes one file may have.
const MaxFixes = 1_000_000

// ErrTrack is the rule that the bytes of a track keep.
var ErrTrack = errors.New("not a track")

// A LineError says where in a file which rule is broken.
type LineError struct {
	Line int // from 1
	What string
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.What) }

// Unwrap gives ErrTrack.
func (e *LineError) Unwrap() error { return ErrTrack }

func untold() ingest.Fix {
	nan := math.NaN()
	return ingest.Fix{Speed: nan, Course: geo.Degrees(nan), AltitudeM: nan, Battery: nan}
}

// at reads a time: RFC 3339, or without a zone as of the source's clock.
func at(text string, zone *time.Location) (time.Time, error) {
	text = strings.TrimSpace(text)
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006/01/02 15:04:05"} {
		if t, err := time.ParseInLocation(form, text, zone); err == nil {
			return t.UTC(), nil
		}
	}
	if s, err := strconv.ParseFloat(text, 64); err == nil && s > 0 && s < 1e11 {
		return time.UnixMilli(int64(math.Round(s * 1000))).UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%.40q is no time: write 2026-11-23T08:30:00Z, 2026-11-23 08:30:00 or seconds since 1970", text)
}

// ReadGPX reads the track points and route points of a GPX file (1.0 or 1.1), in their
// order. Points without a time are left out, and counted.
func ReadGPX(r io.Reader, zone *time.Location) (fixes []ingest.Fix, timeless int, err error) {
	d := xml.NewDecoder(r)
	gpx := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		line, _ := d.InputPos()
		if err != nil {
			return nil, 0, &LineError{line, err.Error()}
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if gpx = gpx || start.Name.Local == "gpx"; !gpx {
			return nil, 0, &LineError{line, fmt.Sprintf("a GPX file begins with <gpx>, not <%.40s>", start.Name.Local)}
		}
		if start.Name.Local != "trkpt" && start.Name.Local != "rtept" {
			continue
		}
		var p struct {
			Lat    float64  `xml:"lat,attr"`
			Lon    float64  `xml:"lon,attr"`
			Time   string   `xml:"time"`
			Ele    *float64 `xml:"ele"`
			Speed  *float64 `xml:"speed"` // m/s, of GPX 1.0
			Course *float64 `xml:"course"`
		}
		if err := d.DecodeElement(&p, &start); err != nil {
			return nil, 0, &LineError{line, err.Error()}
		}
		if strings.TrimSpace(p.Time) == "" {
			timeless++
			continue
		}
		f := untold()
		f.At = orb.Point{p.Lon, p.Lat}
		if f.Time, err = at(p.Time, zone); err != nil {
			return nil, 0, &LineError{line, err.Error()}
		}
		if p.Ele != nil {
			f.AltitudeM = *p.Ele
		}
		if p.Speed != nil {
			f.Speed = *p.Speed * 3.6
		}
		if p.Course != nil {
			f.Course = geo.Degrees(math.Mod(*p.Course, 360))
		}
		if fixes, err = add(fixes, f, line); err != nil {
			return nil, 0, err
		}
	}
	if !gpx {
		return nil, 0, &LineError{1, "there is no <gpx> in it"}
	}
	return fixes, timeless, nil
}

// columns are the names that a column of a CSV file may have.
var columns = map[string][]string{
	"time": {"time", "timestamp", "datetime", "t", "时间"}, "lon": {"lon", "lng", "longitude", "x", "经度"}, "lat": {"lat", "latitude", "y", "纬度"},
	"accuracy": {"accuracy_m", "accuracy", "精度"}, "speed": {"speed_kmh", "speed", "速度"}, "course": {"heading", "course", "bearing", "方向"}, "altitude": {"altitude_m", "altitude", "ele", "高程"},
}

// ReadCSV reads a CSV file with a line of names: time, lon, lat and, if it has them,
// accuracy_m, speed_kmh, heading, altitude_m. Other columns are passed over; an empty
// cell is not told.
func ReadCSV(r io.Reader, zone *time.Location) (fixes []ingest.Fix, err error) {
	c := csv.NewReader(r)
	c.ReuseRecord, c.FieldsPerRecord = true, -1
	head, err := c.Read()
	if err != nil {
		return nil, &LineError{1, "there is no line of names: time,lon,lat"}
	}
	place := map[string]int{}
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		for what, names := range columns {
			if _, twice := place[what]; slices.Contains(names, name) && !twice {
				place[what] = i
			}
		}
	}
	for _, what := range []string{"time", "lon", "lat"} {
		if _, ok := place[what]; !ok {
			return nil, &LineError{1, fmt.Sprintf("there is no column %s", what)}
		}
	}
	for {
		row, err := c.Read()
		if err == io.EOF {
			return fixes, nil
		}
		line, _ := c.FieldPos(0)
		if err != nil {
			return nil, &LineError{line, err.Error()}
		}
		cell := func(what string) string {
			if i, ok := place[what]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		f := untold()
		if f.Time, err = at(cell("time"), zone); err != nil {
			return nil, &LineError{line, err.Error()}
		}
		course, accuracy := math.NaN(), 0.0
		for what, v := range map[string]*float64{
			"lon": &f.At[0], "lat": &f.At[1], "accuracy": &accuracy, "speed": &f.Speed, "course": &course, "altitude": &f.AltitudeM,
		} {
			text := cell(what)
			if text == "" && what != "lon" && what != "lat" {
				continue
			}
			if *v, err = strconv.ParseFloat(text, 64); err != nil || math.IsNaN(*v) {
				return nil, &LineError{line, fmt.Sprintf("%s is %.40q, not a number", what, text)}
			}
		}
		f.Accuracy, f.Course = geo.Metres(accuracy), geo.Degrees(math.Mod(course, 360))
		if fixes, err = add(fixes, f, line); err != nil {
			return nil, err
		}
	}
}

// add takes a fix that keeps ingest's limits, but for who sent it.
func add(fixes []ingest.Fix, f ingest.Fix, line int) ([]ingest.Fix, error) {
	probe := f
	probe.Tracker, probe.Received = "track", f.Time
	if err := probe.Check(); err != nil {
		return nil, &LineError{line, err.Error()}
	}
	if len(fixes) == MaxFixes {
		return nil, &LineError{line, fmt.Sprintf("more than %d positions: cut the file", MaxFixes)}
	}
	return append(fixes, f), nil
}
