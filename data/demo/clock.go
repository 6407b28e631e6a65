package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// The demo's day, on the clock of its time zone. Nights are left out: nobody is
// on shift then, and a visitor would wait for an hour of nothing.
const (
	firstStart = 7*time.Hour + 40*time.Minute
	dayBegins  = 7*time.Hour + 10*time.Minute
	dayEnds    = 18*time.Hour + 50*time.Minute
)

// Limits of a Clock's speed: seconds of the demo in a second.
const (
	MinSpeed = 1
	MaxSpeed = 60
)

// keepEvery is how often Run keeps the time on disk, and ahead how far beyond
// the present: the clock stands still rather than tell a time that it could
// forget.
const (
	keepEvery = 500 * time.Millisecond
	ahead     = 2 * time.Second
)

// A Clock is the demo's time. It runs faster than the real one, leaves out the
// nights, stands still while the program doesn't run, and never goes back: not
// over a restart, nor when the program was killed.
//
// Now may be called from any goroutine.
type Clock struct {
	path  string
	speed float64
	zone  *time.Location
	real  func() time.Time

	mu     sync.Mutex // guards the rest
	anchor time.Time  // what it was
	since  time.Time  // at this real time
	last   time.Time  // the real time looked at last
	told   time.Time  // the latest told
	kept   time.Time  // nothing after this is told before it is on disk
}

type keptClock struct {
	Now time.Time `json:"now"` // no later time was ever told
}

// OpenClock goes on with the clock kept in the file path, or begins one on the
// morning of the day that it is in zone. real is time.Now but in tests.
func OpenClock(path string, speed float64, zone *time.Location, real func() time.Time) (*Clock, error) {
	if !(speed >= MinSpeed && speed <= MaxSpeed) {
		return nil, fmt.Errorf("speed %v is not %d to %d", speed, MinSpeed, MaxSpeed)
	}
	c := &Clock{path: path, speed: speed, zone: zone, real: real, since: real()}
	c.last = c.since
	switch b, err := os.ReadFile(path); {
	case errors.Is(err, fs.ErrNotExist):
		c.anchor = c.at(c.since, firstStart)
	case err != nil:
		return nil, err
	default:
		var k keptClock
		if err := json.Unmarshal(b, &k); err != nil || k.Now.IsZero() {
			return nil, fmt.Errorf("%s is not the demo's clock (%v): remove it and the demo begins a new day", path, err)
		}
		c.anchor = c.after(k.Now, 0)
	}
	c.told, c.kept = c.anchor, c.anchor
	return c, c.keep(c.anchor)
}

// Speed is how many seconds of the demo pass in one.
func (c *Clock) Speed() float64 { return c.speed }

// Now is the demo's time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.present()
	if t.After(c.kept) {
		t = c.kept
	}
	if t.After(c.told) {
		c.told = t
	}
	return c.told.UTC()
}

// present is the time by the real clock alone. c.mu is held.
func (c *Clock) present() time.Time { return c.later(0) }

// later is what present will be. c.mu is held.
func (c *Clock) later(d time.Duration) time.Time {
	real := c.real()
	if real.Before(c.last) { // set back: go on from where we were
		c.anchor = c.after(c.anchor, time.Duration(float64(c.last.Sub(c.since))*c.speed))
		c.since = real
	}
	c.last = real
	return c.after(c.anchor, time.Duration(float64(real.Sub(c.since)+d)*c.speed))
}

// after is d of the demo's days after t.
func (c *Clock) after(t time.Time, d time.Duration) time.Time {
	for {
		if begins := c.at(t, dayBegins); t.Before(begins) {
			t = begins
		}
		left := c.at(t, dayEnds).Sub(t)
		if d < left {
			return t.Add(d)
		}
		d -= max(0, left)
		t = c.at(c.at(t, 24*time.Hour), dayBegins)
	}
}

// at is a time of t's day.
func (c *Clock) at(t time.Time, clock time.Duration) time.Time {
	y, m, d := t.In(c.zone).Date()
	return time.Date(y, m, d, int(clock/time.Hour), int(clock%time.Hour/time.Minute), 0, 0, c.zone)
}

// Run keeps the time on disk until ctx ends. Without it the clock stands still.
func (c *Clock) Run(ctx context.Context) error {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		if err := c.reserve(ahead); err != nil {
			return fmt.Errorf("demo clock: %w", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return c.stop()
		}
	}
}

// reserve lets the clock run for the next d of real time.
func (c *Clock) reserve(d time.Duration) error {
	c.mu.Lock()
	until := c.later(d)
	c.mu.Unlock()
	if err := c.keep(until); err != nil {
		return err
	}
	c.mu.Lock()
	c.kept = until
	c.mu.Unlock()
	return nil
}

// stop keeps the time as it was told last, so that an orderly restart leaves
// nothing out. The clock stands still from then on.
func (c *Clock) stop() error {
	c.mu.Lock()
	c.kept = c.told
	t := c.told
	c.mu.Unlock()
	return c.keep(t)
}

// keep writes the file, as files beside the database are: aside, synced, renamed.
func (c *Clock) keep(t time.Time) (err error) {
	b, err := json.Marshal(keptClock{t.UTC()})
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(c.path), ".demo-clock-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), c.path)
}
