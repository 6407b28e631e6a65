package ingest

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// MaxTrackerID is the length of the longest tracker id, in bytes. An IMEI has
// 15, a UUID 36, an MQTT topic seldom more than 100.
const MaxTrackerID = 128

// MinTime and MaxTime bound what a clock may say: MinTime <= t < MaxTime. A
// wrong clock within them is kept as told, so that it can be shown and mended;
// beyond them it is noise (GPS time began in 1980).
var (
	MinTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	MaxTime = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Limits of what a fix may say. They refuse only what no tracker of a city can
// mean; what is merely unlikely is judged later, and shown.
const (
	MaxAccuracy  = 40_100_000 // metres: once round the earth
	MaxSpeed     = 10_000     // km/h
	MinAltitudeM = -12_000
	MaxAltitudeM = 100_000
)

// ErrBadFix is the rule that every fix keeps.
var ErrBadFix = errors.New("not a fix")

// A FixError says what is wrong with a fix. It names no position and no
// tracker: those are personal data, and errors go to logs.
type FixError struct {
	Field string // "tracker", "time", "received", "at", "accuracy", ...
	What  string
}

func (e *FixError) Error() string { return fmt.Sprintf("fix: %s: %s", e.Field, e.What) }

func (e *FixError) Unwrap() error { return ErrBadFix }

// Check reports the first limit that f breaks, as a *FixError.
func (f Fix) Check() error {
	bad := func(field, format string, args ...any) error {
		return &FixError{field, fmt.Sprintf(format, args...)}
	}
	if n := len(f.Tracker); n < 1 || n > MaxTrackerID {
		return bad("tracker", "the id has %d bytes, it must have 1 to %d", n, MaxTrackerID)
	}
	if !inTime(f.Time) {
		return bad("time", "%s is not in the years %d to %d", f.Time.UTC().Format(time.RFC3339), MinTime.Year(), MaxTime.Year()-1)
	}
	if !inTime(f.Received) {
		return bad("received", "is not set")
	}
	// Not >: a comparison with NaN is false.
	if !(math.Abs(f.At[0]) <= 180 && math.Abs(f.At[1]) <= 90) {
		return bad("at", "is not a longitude and latitude in degrees")
	}
	if !(f.Accuracy >= 0 && f.Accuracy <= MaxAccuracy) {
		return bad("accuracy", "%v m is not 0 to %d", f.Accuracy, MaxAccuracy)
	}
	for _, c := range []struct {
		field    string
		v        float64
		low, top float64
	}{
		{"speed", f.Speed, 0, MaxSpeed},
		{"course", float64(f.Course), 0, math.Nextafter(360, 0)},
		{"altitude", f.AltitudeM, MinAltitudeM, MaxAltitudeM},
		{"battery", f.Battery, 0, 1},
	} {
		if c.v < c.low || c.v > c.top { // NaN, not told, passes
			return bad(c.field, "%v is not %v to %v", c.v, c.low, c.top)
		}
	}
	return nil
}

func inTime(t time.Time) bool { return !t.Before(MinTime) && t.Before(MaxTime) }

// Same tells if f and g report the same thing: all that the tracker said is
// equal, whenever it arrived. A tracker that missed the reply sends its fix
// again; that is the same fix.
func (f Fix) Same(g Fix) bool {
	return f.Tracker == g.Tracker && f.Time.Equal(g.Time) && f.At == g.At && f.Accuracy == g.Accuracy &&
		equal(f.Speed, g.Speed) && equal(float64(f.Course), float64(g.Course)) &&
		equal(f.AltitudeM, g.AltitudeM) && equal(f.Battery, g.Battery)
}

// equal takes "not told" for equal to "not told".
func equal(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
