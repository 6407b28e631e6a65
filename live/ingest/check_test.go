package ingest

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

func good() Fix {
	return Fix{
		Tracker: "imei:860000000000001", Time: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC),
		Received: time.Date(2026, 3, 1, 8, 0, 1, 0, time.UTC), At: orb.Point{-75.5466, 39.7459},
		Accuracy: 8, Speed: 4.5, Course: 359.9, AltitudeM: 31, Battery: 0.5,
	}
}

func TestFixCheck(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		change func(*Fix)
		field  string
	}{
		"all told": {func(*Fix) {}, ""},
		"nothing told": {func(f *Fix) {
			f.Accuracy, f.Speed, f.Course, f.AltitudeM, f.Battery = 0, nan, geo.Degrees(nan), nan, nan
		}, ""},
		"tracker like a path":   {func(f *Fix) { f.Tracker = "../../etc/passwd" }, ""}, // opaque
		"tracker of NULs":       {func(f *Fix) { f.Tracker = "\x00\x00" }, ""},
		"no tracker":            {func(f *Fix) { f.Tracker = "" }, "tracker"},
		"long tracker":          {func(f *Fix) { f.Tracker = TrackerID(strings.Repeat("x", 129)) }, "tracker"},
		"poles and date line":   {func(f *Fix) { f.At = orb.Point{-180, 90} }, ""},
		"latitude first":        {func(f *Fix) { f.At = orb.Point{39, -116} }, "at"},
		"longitude not told":    {func(f *Fix) { f.At[0] = nan }, "at"},
		"latitude not told":     {func(f *Fix) { f.At[1] = nan }, "at"},
		"no time":               {func(f *Fix) { f.Time = time.Time{} }, "time"},
		"clock before GPS":      {func(f *Fix) { f.Time = time.Unix(0, 0) }, "time"},
		"clock in the future":   {func(f *Fix) { f.Time = time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC) }, ""}, // shown, not dropped
		"far future":            {func(f *Fix) { f.Time = MaxTime }, "time"},
		"never received":        {func(f *Fix) { f.Received = time.Time{} }, "received"},
		"negative accuracy":     {func(f *Fix) { f.Accuracy = -1 }, "accuracy"},
		"accuracy not a number": {func(f *Fix) { f.Accuracy = geo.Metres(nan) }, "accuracy"},
		"speed backwards":       {func(f *Fix) { f.Speed = -0.1 }, "speed"},
		"endless speed":         {func(f *Fix) { f.Speed = math.Inf(1) }, "speed"},
		"course 360":            {func(f *Fix) { f.Course = 360 }, "course"},
		"under the sea bed":     {func(f *Fix) { f.AltitudeM = -12_001 }, "altitude"},
		"battery in per cent":   {func(f *Fix) { f.Battery = 55 }, "battery"},
	} {
		f := good()
		c.change(&f)
		err, field := f.Check(), ""
		if bad := (*FixError)(nil); errors.As(err, &bad) {
			field = bad.Field
		}
		if field != c.field || (err != nil) != errors.Is(err, ErrBadFix) {
			t.Errorf("%s: got %v, want a fault in %q", name, err, c.field)
		}
	}
}

func TestSame(t *testing.T) {
	f, again := good(), good()
	again.Received, again.Seq = again.Received.Add(time.Minute), 99
	if !f.Same(again) {
		t.Error("a fix sent again is not the same")
	}
	f.Speed, again.Speed = math.NaN(), math.NaN()
	if !f.Same(again) {
		t.Error("two fixes without speed are not the same")
	}
	again.At[0] += 1e-7
	if f.Same(again) {
		t.Error("a fix elsewhere is the same")
	}
}
