package demo

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// handClock is a real clock that a test sets.
type handClock struct {
	mu sync.Mutex
	t  time.Time
}

func (h *handClock) now() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.t }
func (h *handClock) add(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.t = h.t.Add(d)
}

func newYork(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(TimeZone)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// passes lets real time pass while the clock is kept as Run keeps it.
func passes(t *testing.T, c *Clock, h *handClock, d time.Duration) {
	t.Helper()
	if long := d - 2*time.Second; long > 0 { // nobody looks meanwhile
		h.add(long)
		d -= long
	}
	for ; d > 0; d -= keepEvery {
		if err := c.reserve(ahead); err != nil {
			t.Fatal(err)
		}
		h.add(min(d, keepEvery))
	}
}

func TestClockSkipsTheNight(t *testing.T) {
	zone := newYork(t)
	h := &handClock{t: time.Date(2026, 3, 7, 23, 0, 0, 0, zone)} // the night to summer time
	c, err := OpenClock(filepath.Join(t.TempDir(), "clock.json"), 60, zone, h.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		pass time.Duration
		want time.Time
	}{
		{0, time.Date(2026, 3, 7, 7, 40, 0, 0, zone)},
		{20 * time.Second, time.Date(2026, 3, 7, 8, 0, 0, 0, zone)},
		{10*time.Minute + 49*time.Second, time.Date(2026, 3, 7, 18, 49, 0, 0, zone)},
		{time.Second, time.Date(2026, 3, 8, 7, 10, 0, 0, zone)},
		{10 * time.Second, time.Date(2026, 3, 8, 7, 20, 0, 0, zone)},
		{11*time.Minute + 40*time.Second, time.Date(2026, 3, 9, 7, 20, 0, 0, zone)},
	} {
		passes(t, c, h, tt.pass)
		if got := c.Now(); !got.Equal(tt.want) {
			t.Errorf("after %s more it is %s, want %s", tt.pass, got.In(zone), tt.want)
		}
	}
}

// TestClockNeverGoesBack: through restarts, orderly and not, at changing speeds,
// while the real clock is set back and the disk is slow.
func TestClockNeverGoesBack(t *testing.T) {
	zone := newYork(t)
	path := filepath.Join(t.TempDir(), "clock.json")
	rng := rand.New(rand.NewPCG(1, 2))
	h := &handClock{t: time.Date(2026, 11, 22, 3, 0, 0, 0, zone)}
	last := time.Time{}
	var c *Clock
	see := func(what string) {
		t.Helper()
		now := c.Now()
		if now.Before(last) {
			t.Fatalf("%s: went back from %s to %s", what, last, now)
		}
		local := now.In(zone)
		if clock := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute; clock < dayBegins || clock >= dayEnds {
			t.Fatalf("%s: it is %s, in the night", what, local)
		}
		last = now
	}
	for range 30 {
		speed := 1 + 59*rng.Float64()
		var err error
		if c, err = OpenClock(path, speed, zone, h.now); err != nil {
			t.Fatal(err)
		}
		before := last
		see("start")
		if lost := last.Sub(before); !before.IsZero() && lost > time.Duration(float64(ahead+keepEvery)*MaxSpeed) && lost < 11*time.Hour {
			t.Fatalf("a restart lost %s", lost)
		}
		for range rng.IntN(40) {
			switch rng.IntN(8) {
			case 0:
				h.add(-time.Duration(rng.IntN(3600)) * time.Second)
			case 1:
				h.add(time.Duration(rng.IntN(5)) * time.Second) // nobody keeps it
			default:
				passes(t, c, h, time.Duration(rng.IntN(1500))*time.Millisecond)
			}
			see("later")
		}
		if rng.IntN(2) == 0 {
			if err := c.stop(); err != nil {
				t.Fatal(err)
			}
			h.add(time.Hour)
			see("stopped")
		}
	}
}

func TestClockRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clock.json")
	for _, speed := range []float64{0, 0.5, 61} {
		if _, err := OpenClock(path, speed, time.UTC, time.Now); err == nil {
			t.Errorf("speed %v was taken", speed)
		}
	}
	if err := os.WriteFile(path, []byte("noon"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenClock(path, 10, time.UTC, time.Now); err == nil {
		t.Error("a damaged file was taken")
	}
}
