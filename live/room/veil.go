package room

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"math"

	"citygrid/geo"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// Where a dog spends its nights is where its owner lives. A track is shown without
// what lies in a circle that holds the home: not around the home, lest the hole in
// the track point at it, but moved off by a way that is the dog's own and can't be
// reckoned without the bureau's key.
const (
	veilRadius geo.Metres = 100
	veilShift  geo.Metres = 60 // at most, so the home is 40 m inside at least
)

// veilKey is under what name the store keeps the key, beside the states of trackers.
const veilKey ingest.TrackerID = "\x00veil"

// A veil hides where dogs live. It is read only.
type veil struct{ key []byte }

// readVeil is the bureau's veil: the key is made when there is none.
func (r *Room) readVeil(ctx context.Context, key []byte) error {
	if len(key) != sha256.Size {
		key = make([]byte, sha256.Size)
		if _, err := rand.Read(key); err != nil {
			return err
		}
		if err := r.c.Store.SaveStates(ctx, map[ingest.TrackerID][]byte{veilKey: key}); err != nil {
			return err
		}
	}
	r.veil = veil{key}
	return nil
}

// circle is the middle of a dog's circle.
func (v veil) circle(id register.DogID, home orb.Point) orb.Point {
	sum := hmac.New(sha256.New, v.key)
	_ = binary.Write(sum, binary.BigEndian, int64(id)) // a hash takes all
	b := sum.Sum(nil)
	part := func(b []byte) float64 { return float64(binary.BigEndian.Uint32(b)) / (1 << 32) }
	way := veilShift * geo.Metres(math.Sqrt(part(b))) // even over the disc
	return geo.Destination(home, geo.Degrees(360*part(b[4:])), way)
}

// hides tells if a place is in the circle of a dog that lives at home; the zero home
// is not known.
func (v veil) hides(id register.DogID, home, at orb.Point) bool {
	if home == (orb.Point{}) || geo.Distance(home, at) > veilRadius+veilShift {
		return false
	}
	return geo.Distance(v.circle(id, home), at) <= veilRadius
}

// Where is where an alert is told to be: where its subject was seen last in breach. Who
// looks after an alert must know that; once it is closed, one about a dog near its home is
// told as the dog itself is then, by the circle that holds the home.
func (r *Room) Where(a alert.Alert) orb.Point { return r.masked(a, a.At) }

// masked is a place of an alert, or of a task for it, as it is told.
func (r *Room) masked(a alert.Alert, at orb.Point) orb.Point {
	s := a.Key.Subject
	if a.State != alert.Shut || s.Class != zone.Dog || s.ID == 0 {
		return at
	}
	id, home := register.DogID(s.ID), r.book.Load().homes[s]
	if !r.veil.hides(id, home, at) {
		return at
	}
	return r.veil.circle(id, home)
}
