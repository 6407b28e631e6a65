package room

import (
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid/register"
	"citygrid/live/hub"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// A DogNow is what there is to say of a dog at this time to somebody.
type DogNow struct {
	Trackers []ingest.TrackerID // that it wears
	Heard    time.Time          // when its last position is of; zero: it is not on the map
	Seen     bool               // where it is may be told
	At       orb.Point          // where, if Seen
	AtHome   bool               // somewhere in a circle of Within around At that holds its home
	Within   geo.Metres         // how well At is known; 0 = not told
}

// DogNow tells of a dog as far as the rights see it.
func (r *Room) DogNow(id register.DogID, rights hub.Rights) DogNow {
	b, s := r.book.Load(), register.DogSubject(id)
	now := DogNow{Trackers: slices.Sorted(slices.Values(b.trackers()[s]))}
	r.mu.Lock()
	defer r.mu.Unlock()
	u, ok := r.units[unitID(s)]
	if !ok {
		return now
	}
	now.Heard = u.Time
	if now.Seen = rights.SeesUnit(u.Unit, nil); now.Seen {
		now.At, now.Within, now.AtHome = u.At, u.Accuracy, u.At != u.fix.At
	}
	return now
}
