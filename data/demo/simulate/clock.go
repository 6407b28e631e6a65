package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// A clock follows the server's. Between two looks at it it runs on by itself, but
// not far: while the server is away its time may stand still. It never goes back,
// but waits for the server's to come.
type clock struct {
	real func() time.Time

	mu    sync.Mutex // guards the rest
	now   time.Time  // what it was
	seen  time.Time  // at this real time
	speed float64
	zone  *time.Location
	last  time.Time // the latest told
}

// How often to look at the server's clock, and how long to run on without.
const (
	lookEvery = time.Second
	runOn     = 2500 * time.Millisecond
)

// Now is the server's time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	gone := max(0, min(runOn, c.real().Sub(c.seen)))
	if t := c.now.Add(time.Duration(float64(gone) * c.speed)); t.After(c.last) {
		c.last = t
	}
	return c.last
}

// Zone is the bureau's time zone.
func (c *clock) Zone() *time.Location {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.zone
}

func (c *clock) set(now time.Time, speed float64, zone *time.Location) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.speed, c.zone, c.seen = now, speed, zone, c.real()
}

// look reads the server's clock. A server that says none has ours.
func (c *clock) look(ctx context.Context, l *link) error {
	status, body, err := l.call(ctx, l.http, func() (*http.Request, error) {
		return http.NewRequest(http.MethodGet, l.url+"/api/session", nil)
	})
	if err != nil {
		return err
	}
	var said struct {
		TimeZone string `json:"time_zone"`
		Clock    *struct {
			Now   time.Time `json:"now"`
			Speed float64   `json:"speed"`
		} `json:"clock"`
	}
	if err := json.Unmarshal(body, &said); err != nil || status != http.StatusOK {
		return fmt.Errorf("GET /api/session: status %d: is this a citygrid server? %w", status, err)
	}
	zone, err := time.LoadLocation(said.TimeZone)
	if err != nil {
		return fmt.Errorf("the server's time zone: %w", err)
	}
	now, speed := c.real(), 1.0
	if said.Clock != nil {
		now, speed = said.Clock.Now, said.Clock.Speed
	}
	c.set(now, speed, zone)
	return nil
}

// follow looks again and again, until ctx ends.
func (c *clock) follow(ctx context.Context, l *link) {
	for sleep(ctx, lookEvery) == nil {
		if err := c.look(ctx, l); err != nil && ctx.Err() == nil {
			l.log.Warn("the server's clock", "err", err)
		}
	}
}
