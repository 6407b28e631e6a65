// Package ingest takes in positions. A Fix is one reported position; the store
// keeps it before anybody is told that it arrived.
package ingest

import (
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A TrackerID names what reports: a phone, a vehicle unit, a dog tag. It is
// opaque: never a path, never parsed.
type TrackerID string

// A Fix is one reported position of one tracker.
type Fix struct {
	Tracker   TrackerID
	Time      time.Time // when the tracker says it was there
	Received  time.Time // when we heard of it
	Seq       uint64    // order of arrival; the store gives it
	At        orb.Point
	Accuracy  geo.Metres  // radius that holds the true place with 68 %; 0 = not told
	Speed     float64     // km/h; NaN = not told
	Course    geo.Degrees // of travel; NaN = not told
	AltitudeM float64     // NaN = not told
	Battery   float64     // 0..1; NaN = not told
}
