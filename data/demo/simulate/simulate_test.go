package simulate

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"citygrid/data/demo"
	"citygrid/geo"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// heard is a log that a test reads while it is written.
type heard struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (h *heard) Write(b []byte) (int, error) { h.mu.Lock(); defer h.mu.Unlock(); return h.b.Write(b) }

func (h *heard) String() string { h.mu.Lock(); defer h.mu.Unlock(); return h.b.String() }

// until waits for what must come to be.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 300 {
		if holds() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("waited in vain: %s", what)
}

// TestDay runs a small cast against a server that goes away for a while, then
// ends the simulator and begins it again.
func TestDay(t *testing.T) {
	cast := Cast{
		Admin:    Account{"simulator", "secret"},
		Officers: []Account{{"o1", "secret"}, {"o2", "secret"}},
		Drivers:  []Account{{"d1", "secret"}},
	}
	for i := range 20 {
		home := geo.Destination(fakeCity, geo.Degrees(18*i), 300)
		cast.Dogs = append(cast.Dogs, Dog{fmt.Sprintf("W-%04d", i+1), home, []demo.Haunt{{At: fakeCity}}})
	}
	f := newFake(t, time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC), 200, []string{"simulator", "o1", "o2", "d1"})
	f.tasks = []map[string]any{
		{"id": 7, "kind": "alert", "state": "sent", "at": geo.Destination(fakeCity, 90, 60), "sent": f.base, "person": map[string]any{"id": 2}, "who": "o1"},
		{"id": 8, "kind": "tow", "state": "sent", "at": geo.Destination(fakeCity, 0, 500), "sent": f.base, "person": map[string]any{"id": 4}, "who": "d1"},
	}
	var log heard
	state := filepath.Join(t.TempDir(), "state.json")
	begin := func() (end func()) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- Run(ctx, Config{URL: f.URL, Cast: cast, State: state, Seed: 1, Log: slog.New(slog.NewTextHandler(&log, nil))})
		}()
		return func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	end := begin()
	has := func(steps ...string) func() bool {
		return func() bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			return !slices.ContainsFunc(steps, func(s string) bool { return !slices.Contains(f.steps, s) })
		}
	}
	total := func() (n int) {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, x := range f.fixes {
			n += len(x)
		}
		return n
	}
	until(t, "some fixes", func() bool { return total() > 60 })
	f.away(true)
	until(t, "a word that it is away", func() bool { return strings.Contains(log.String(), "away") })
	time.Sleep(500 * time.Millisecond)
	f.away(false)
	until(t, "a word that it is back", func() bool { return strings.Contains(log.String(), "is back") })
	until(t, "the steps of both tasks", has("o1 7 received", "o1 7 arrived", "o1 7 done", "d1 8 received", "d1 8 arrived", "d1 8 done"))
	end()
	before := total()
	f.mu.Lock()
	enrolled := f.enrolled
	f.mu.Unlock()
	end = begin()
	until(t, "more after a restart", func() bool { return total() > before+60 })
	end()
	f.Close() // waits for requests that were called off

	if want := 2 + 1 + 20; enrolled != want || f.enrolled != want {
		t.Errorf("%d devices were registered, %d after a restart; want %d", enrolled, f.enrolled, want)
	}
	for id, times := range f.fixes {
		if !slices.IsSortedFunc(times, time.Time.Compare) {
			t.Errorf("%s told things out of order", id)
		}
		if times[len(times)-1].After(f.now().Add(time.Second)) {
			t.Errorf("%s tells of the future", id)
		}
	}
	if at := f.places["phone-o2"]; geo.Distance(at, fakeCity) > 1500 || len(f.fixes["phone-o2"]) < 10 {
		t.Errorf("o2 is at %v after %d fixes", at, len(f.fixes["phone-o2"]))
	}
	if text := log.String(); strings.Count(text, "\n") > 6 || strings.Contains(text, "secret") {
		t.Errorf("the log says too much:\n%s", text)
	}
	if info, err := os.Stat(state); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the state: %v, %v", info.Mode(), err)
	}
}

// TestKeepsWhatIsNotAcknowledged: through an end of the simulator too.
func TestKeepsWhatIsNotAcknowledged(t *testing.T) {
	d := newDevice("tag", tagHabits[1], 1, func(time.Time) place { return place{at: fakeCity, speed: 1, on: true} })
	d.secret = "s"
	now := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	for range 200 {
		now = now.Add(10 * time.Second)
		d.sample(now)
	}
	s := &simulation{devices: []*device{d}, clock: &clock{real: time.Now}}
	file := filepath.Join(t.TempDir(), "state.json")
	if err := s.state().save(file); err != nil {
		t.Fatal(err)
	}
	st, err := readState(file)
	if err != nil || len(st.Outbox["tag"]) != len(d.outbox) || len(d.outbox) < 40 || st.Secrets["tag"] != "s" {
		t.Fatalf("%v: kept %d of %d fixes", err, len(st.Outbox["tag"]), len(d.outbox))
	}
	if _, n := d.message("http://x"); n != len(d.outbox) {
		t.Errorf("sends %d", n)
	}
	said := make([]verdict, len(d.outbox))
	said[3].Why = rateLimited
	want := d.outbox[3]
	for i := range said {
		said[i].Stored = i != 3 && i != 5 // the sixth is refused for good
	}
	if again := d.forget(len(said), said); again != 1 || len(d.outbox) != 1 || d.outbox[0] != want {
		t.Errorf("keeps %v, want %v", d.outbox, want)
	}
}

// TestClockFollows: it runs on for a while when the server is away, then stands,
// and waits for a server that is behind.
func TestClockFollows(t *testing.T) {
	real := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := &clock{real: func() time.Time { return real }}
	day := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	c.set(day, 60, time.UTC)
	for _, tt := range []struct {
		pass time.Duration
		set  time.Time // the server's clock, looked at then
		want time.Time
	}{
		{time.Second, time.Time{}, day.Add(time.Minute)},
		{time.Second, time.Time{}, day.Add(2 * time.Minute)},
		{time.Hour, time.Time{}, day.Add(150 * time.Second)},
		{0, day.Add(2 * time.Minute), day.Add(150 * time.Second)}, // it is behind us
		{250 * time.Millisecond, time.Time{}, day.Add(150 * time.Second)},
		{time.Second, time.Time{}, day.Add(195 * time.Second)},
		{0, day.Add(12 * time.Hour), day.Add(12 * time.Hour)}, // a night
	} {
		real = real.Add(tt.pass)
		if !tt.set.IsZero() {
			c.set(tt.set, 60, time.UTC)
		}
		if got := c.Now(); !got.Equal(tt.want) {
			t.Errorf("after %s more: %s, want %s", tt.pass, got, tt.want)
		}
	}
}
