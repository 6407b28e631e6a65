package room

import (
	"context"
	"slices"
	"sync"
	"time"

	"citygrid/geo/street"
	"citygrid/routing/city"
	"citygrid/routing/path"
)

// A town is the streets as they are now: what walks, ways and runs are planned on.
type town struct {
	ID         string // of the map: segments mean something only with it
	Network    *street.Network
	Foot, Tows *path.Engine // of walkers and of tow trucks

	streets *city.Streets
	now     *city.State
	version int64 // differs whenever the streets do
}

// town is nil without a map.
func (r *Room) town() *town {
	c := r.city.Load()
	if c == nil {
		return nil
	}
	now := c.Now()
	return &town{ID: c.ID, Network: c.Network, Foot: now.Engine("foot"), Tows: now.Engine(travels(c, "tow-truck")), streets: c, now: now, version: now.Version}
}

// by is the engine of those who travel by a profile, nil if serves says no. Who asks
// for one that has to be made waits for it: the error is the context's.
func (t *town) by(ctx context.Context, profile string) (*path.Engine, error) {
	return t.now.For(ctx, city.Who{Profile: travels(t.streets, profile)})
}

// serves says whether there is an engine for who travels by a profile, or what comes
// nearest to it.
func (t *town) serves(profile string) bool {
	return slices.Contains(t.streets.Profiles(), travels(t.streets, profile))
}

// planned are the profiles that the room always plans with: patrols walk, trucks tow.
var planned = [...]string{"foot", "tow-truck"}

// travels is a profile, or what comes nearest to it where the map is served without it.
func travels(c *city.Streets, profile string) string {
	switch {
	case slices.Contains(c.Profiles(), profile) || profile == "boat":
		return profile
	case profile == "e-bike":
		return "foot"
	case profile != "foot":
		return "car"
	}
	return profile
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
	make chan struct{} // room for one: engines are missing

	mu      sync.Mutex
	city    *city.Streets // guarded by mu
	version int64         // guarded by mu: of city
	told    int64         // guarded by mu: how often something was new
}

func newStreets() *streets {
	return &streets{bell: make(chan struct{}, 1), make: make(chan struct{}, 1)}
}

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
	ring(s.bell)
	ring(s.make)
}

// ring never waits.
func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// keepStreets has closures begin and end, and the engines of an hour take over, by the
// room's clock until ctx ends. A demo's clock jumps over its nights, so it is looked at
// once a second anyway.
func (r *Room) keepStreets(ctx context.Context) {
	for {
		wait := everyLook
		if c := r.city.Load(); c != nil {
			now := r.c.Now()
			if next := c.Next(); !next.IsZero() && now.Before(next) {
				wait = min(wait, time.Duration(float64(next.Sub(now))/r.c.Speed)+time.Millisecond)
			}
			if c.Wants(now) {
				ring(r.streets.make)
			}
			if err := c.Advance(now); err != nil {
				r.c.Log.Error("the streets cannot become those of now", "err", err)
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

// makeEngines makes engines beside keepStreets, so that no closure waits for them:
// those that the room itself plans with, and those of the next hour for all who
// travel. It ends with ctx.
func (r *Room) makeEngines(ctx context.Context) {
	for {
		select {
		case <-r.streets.make:
		case <-ctx.Done():
			return
		}
		c := r.city.Load()
		if c == nil {
			continue
		}
		begun, now := time.Now(), r.c.Now()
		missing := c.Wants(now)
		err := c.Prepare(ctx, now)
		for _, profile := range planned {
			if err == nil {
				_, err = c.Now().For(ctx, city.Who{Profile: travels(c, profile)})
			}
		}
		switch {
		case err != nil && ctx.Err() == nil:
			r.c.Log.Error("engines of the streets cannot be made; the old ones serve", "err", err)
		case err == nil && missing:
			r.c.Log.Info("engines of the next hour are ready", "dur", time.Since(begun))
			ring(r.streets.bell)
		}
	}
}
