package room

import (
	"context"
	"sync"
	"time"

	"citygrid/geo/street"
	"citygrid/routing/city"
	"citygrid/routing/path"
)

// A town is the streets as they are now: what walks, ways and runs are planned on.
type town struct {
	ID        string // of the map: segments mean something only with it
	Network   *street.Network
	Foot, Car *path.Engine

	version int64 // differs whenever the streets do
}

// town is nil without a map.
func (r *Room) town() *town {
	c := r.city.Load()
	if c == nil {
		return nil
	}
	now := c.Now()
	return &town{ID: c.ID, Network: c.Network, Foot: now.Engine("foot"), Car: now.Engine("car"), version: now.Version}
}

// closed tells if nobody can walk along a street now.
func (t *town) closed(id street.SegmentID) bool {
	_, forth := t.Foot.Along(id, true)
	_, back := t.Foot.Along(id, false)
	return !forth && !back
}

// streets is what the maps on the screens were last told.
type streets struct {
	bell chan struct{} // room for one: the next closure may begin sooner

	mu      sync.Mutex
	city    *city.Streets // guarded by mu
	version int64         // guarded by mu: of city
	told    int64         // guarded by mu: how often something was new
}

func newStreets() *streets { return &streets{bell: make(chan struct{}, 1)} }

// fitStreets has the closures of the book hold on the streets of now, and tells
// everybody when that makes a difference.
func (r *Room) fitStreets() {
	s := r.streets
	s.mu.Lock()
	defer s.mu.Unlock()
	c := r.city.Load()
	if c == nil {
		s.city = nil
		return
	}
	// What Reload read a moment ago may be older than what it reads now: the book
	// is looked at with the lock held, so the last one to come has the last book.
	if err := c.Set(r.book.Load().closures, r.c.Now()); err != nil {
		r.c.Log.Error("closures cannot be put on the streets; they stay as they were", "err", err)
	}
	r.tellStreets(c)
}

// tellStreets is called with r.streets.mu held.
func (r *Room) tellStreets(c *city.Streets) {
	s := r.streets
	if v := c.Now().Version; s.city != c || s.version != v {
		s.city, s.version = c, v
		s.told++
		if r.hub != nil { // else nobody is there yet
			r.hub.Streets(s.told)
		}
		r.walks.wake()
	}
	select {
	case s.bell <- struct{}{}:
	default:
	}
}

// keepStreets has closures begin and end by the room's clock until ctx ends. A
// demo's clock jumps over its nights, so it is looked at once a second anyway.
func (r *Room) keepStreets(ctx context.Context) {
	for {
		wait := everyLook
		if c := r.city.Load(); c != nil {
			now := r.c.Now()
			if next := c.Next(); !next.IsZero() && now.Before(next) {
				wait = min(wait, time.Duration(float64(next.Sub(now))/r.c.Speed)+time.Millisecond)
			}
			if err := c.Advance(now); err != nil {
				r.c.Log.Error("a closure cannot begin or end", "err", err)
			}
			r.streets.mu.Lock()
			if r.city.Load() == c && (r.streets.city != c || r.streets.version != c.Now().Version) {
				r.tellStreets(c)
			}
			r.streets.mu.Unlock()
		}
		timer := time.NewTimer(wait)
		select {
		case <-r.streets.bell:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
		timer.Stop()
	}
}
