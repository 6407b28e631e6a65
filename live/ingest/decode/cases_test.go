package decode

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// shared finds the folder of case files: beside the repository, or where
// CITYGRID_SHARED says.
func shared(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("CITYGRID_SHARED"); dir != "" {
		return filepath.Join(dir, "trackers")
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		dir = filepath.Dir(dir)
		if _, err := os.Stat(filepath.Join(dir, "shared", "trackers")); err == nil {
			return filepath.Join(dir, "shared", "trackers")
		}
	}
	t.Skip("no case files: set CITYGRID_SHARED to the folder that has trackers/*.jsonl")
	return ""
}

// testCase is a line of a case file with what is known of its meaning.
type testCase struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Expect struct {
		Result   string `json:"result"`
		FrameHex string `json:"frame_hex"`
		Position *struct {
			Time  string   `json:"time_utc"`
			Valid *bool    `json:"valid"`
			Lat   *float64 `json:"lat"`
			Lon   *float64 `json:"lon"`
		} `json:"position"`
		Attribute map[string]any `json:"attribute"`
	} `json:"expect"`
	Reference *struct {
		Device    string `json:"device_id"`
		Positions []struct {
			Located    bool           `json:"located"`
			Time       string         `json:"time_utc"`
			Valid      bool           `json:"valid"`
			Lat        float64        `json:"lat"`
			Lon        float64        `json:"lon"`
			Altitude   float64        `json:"altitude_m"`
			Speed      float64        `json:"speed_knots"`
			Course     float64        `json:"course_deg"`
			Attributes map[string]any `json:"attributes"`
		} `json:"positions"`
	} `json:"reference"`
}

// known are the disagreements that we stand by: the reference reads bytes of
// the checksum or of another field there, or the clock of the machine it ran on.
var known = map[string]string{
	"gt06-030 altitude":                  "reference reads the checksum; the frame says 687 m, as the next one says 678",
	"gt06-030 attribute altitude":        "the same",
	"gt06-033 altitude":                  "reference reads the frame's end",
	"jt808-039 attribute driverUniqueId": "reference takes the last byte of the lock's number for the card's first; the card says 90017383",
	"h02-019 time":                       "reference gives the time of its run; the line says 2017-04-20 21:44:52",
}

type score struct{ ok, of int }

// TestCases holds every decoder against messages that real devices sent, and
// reports how much agrees.
func TestCases(t *testing.T) {
	dir := shared(t)
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, name+".jsonl"))
			if os.IsNotExist(err) {
				t.Skip("no cases of this protocol")
			} else if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := Decode(name, true, bytes.NewReader(data), &out); err != nil {
				t.Fatal(err)
			}
			scores := map[string]*score{}
			in, results := bufio.NewScanner(bytes.NewReader(data)), bufio.NewScanner(&out)
			in.Buffer(nil, maxLine)
			results.Buffer(nil, maxLine)
			for in.Scan() && results.Scan() {
				var c testCase
				var r Result
				if err := json.Unmarshal(in.Bytes(), &c); err != nil {
					t.Fatal(err)
				}
				if err := json.Unmarshal(results.Bytes(), &r); err != nil {
					t.Fatal(err)
				}
				compare(t, c, r, func(what string, ok bool, why string, args ...any) {
					s := scores[what]
					if s == nil {
						s = &score{}
						scores[what] = s
					}
					s.of++
					if ok {
						s.ok++
						return
					}
					key := c.ID + " " + what
					if what == "attribute" && len(args) > 0 {
						key += fmt.Sprint(" ", args[0])
					}
					if reason := known[key]; reason != "" {
						t.Logf("%s: known: %s", key, reason)
					} else if strings.HasPrefix(what, "reference attribute") || what == "crc" {
						t.Logf("%s %s: "+why, append([]any{c.ID, what}, args...)...)
					} else {
						t.Errorf("%s %s: "+why, append([]any{c.ID, what}, args...)...)
					}
				})
			}
			for _, what := range slices.Sorted(maps.Keys(scores)) {
				t.Logf("%-22s %d of %d", what, scores[what].ok, scores[what].of)
			}
		})
	}
}

type note func(what string, ok bool, why string, args ...any)

func compare(t *testing.T, c testCase, r Result, note note) {
	t.Helper()
	if c.Kind == "frame" {
		note("frame", r.FrameHex == c.Expect.FrameHex, "got %s, want %s", r.FrameHex, c.Expect.FrameHex)
		return
	}
	note("accepted", !r.Error, "refused: %s", r.None)
	if r.Error {
		return
	}
	note("crc", !r.BadChecksum, "the frame's own check fails")
	switch {
	case c.Expect.Result == "none":
		note("result", len(r.Positions) == 0, "got %d positions, want none", len(r.Positions))
	case c.Reference == nil && c.Expect.Result == "position" && c.Expect.Position == nil && c.Expect.Attribute == nil:
		note("result", len(r.Positions) > 0, "got no position: %s", r.None)
	default:
		note("result", len(r.Positions)+len(r.Statuses) > 0, "got nothing: %s", r.None)
	}
	if want := c.Expect.Position; want != nil {
		ok := len(r.Positions) > 0
		if ok {
			p := r.Positions[0]
			ok = (want.Lat == nil || near(p.Lat, *want.Lat, 1e-5)) && (want.Lon == nil || near(p.Lon, *want.Lon, 1e-5)) &&
				(want.Valid == nil || p.Valid == *want.Valid) && (want.Time == "" || sameTime(p.Time, want.Time))
		}
		note("asserted position", ok, "got %+v, want %+v", r.Positions, want)
	}
	first := r.Attributes
	if len(r.Positions) > 0 {
		first = r.Positions[0].Attributes
	}
	for name, want := range c.Expect.Attribute {
		if _, java := want.(map[string]any); java {
			continue
		}
		note("attribute", same(first[name], want), "%s: got %#v, want %#v", name, first[name], want)
	}
	if c.Reference == nil {
		return
	}
	if c.Reference.Device != "" && c.Reference.Device != "null" {
		want := strings.Split(c.Reference.Device, ",")
		note("device", len(r.Device) > 0 && slices.Contains(want, r.Device[0]), "got %v, want %v", r.Device, want)
	}
	var fixes int
	for i, want := range c.Reference.Positions {
		if !want.Located {
			if len(c.Reference.Positions) == 1 {
				note("no fix", len(r.Positions) == 0, "got %d positions, want a report without place", len(r.Positions))
				compareAttributes(note, r.Attributes, want.Attributes)
			}
			continue
		}
		if fixes++; i >= len(r.Positions) {
			continue
		}
		p := r.Positions[i]
		note("place", near(p.Lat, want.Lat, 1e-5) && near(p.Lon, want.Lon, 1e-5), "got %v %v, want %v %v", p.Lat, p.Lon, want.Lat, want.Lon)
		note("time", sameTime(p.Time, want.Time), "got %v, want %v", p.Time, want.Time)
		note("valid", p.Valid == want.Valid, "got %v, want %v", p.Valid, want.Valid)
		note("speed", near(p.SpeedKmh, want.Speed*1.852, 0.01), "got %v km/h, want %v", p.SpeedKmh, want.Speed*1.852)
		note("course", near(p.CourseDeg, want.Course, 0.01), "got %v, want %v", p.CourseDeg, want.Course)
		note("altitude", near(p.AltitudeM, want.Altitude, 0.01), "got %v m, want %v", p.AltitudeM, want.Altitude)
		compareAttributes(note, p.Attributes, want.Attributes)
	}
	note("number of fixes", len(r.Positions) == fixes, "got %d, want %d", len(r.Positions), fixes)
}

func compareAttributes(note note, got, want map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		note("reference attributes", same(got[name], want[name]), "%s: got %#v, want %#v", name, got[name], want[name])
	}
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

func sameTime(got time.Time, want string) bool {
	w, err := time.Parse("2006-01-02 15:04:05.000", want)
	return err == nil && got.Equal(w)
}

func same(got, want any) bool {
	g, ok1 := got.(float64)
	w, ok2 := want.(float64)
	if ok1 && ok2 {
		return near(g, w, 1e-4+math.Abs(w)*1e-6)
	}
	return got == want
}
