package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/routing/path"

	"pgregory.net/rapid"
)

// TestUnknownErrors are logged in full and told as nothing.
func TestUnknownErrors(t *testing.T) {
	var logged strings.Builder
	x := open(t, logTo(&logged))
	b := x.as("admin")
	x.st.broken = errors.New("disk on fire at /secret/path")
	r := b.get("/api/people").is(t, 500, "internal")
	if strings.Contains(string(r.text), "secret") || !strings.Contains(string(r.text), "internal error") {
		t.Errorf("told: %s", r)
	}
	var p Problem
	r.into(t, &p)
	if !strings.Contains(logged.String(), "disk on fire") || !strings.Contains(logged.String(), p.RequestID) || p.RequestID == "" {
		t.Errorf("request %s, logged: %s", p.RequestID, logged.String())
	}
	b.get("/readyz").is(t, 503, "")
	b.get("/healthz").is(t, 200, "")
}

// TestPanic: a bug in a handler costs its request, not the server.
func TestPanic(t *testing.T) {
	var logged strings.Builder
	x := open(t, logTo(&logged))
	b := x.as("officer")
	m := drawn(t)
	m.routers = map[string]Router{"foot": panicRouter{}}
	x.s.SetMap(m)
	r := b.get("/api/route?from=-75.55,39.74&to=-75.55,39.74").is(t, 500, "internal")
	if strings.Contains(string(r.text), "boom") || !strings.Contains(logged.String(), "boom") {
		t.Errorf("told %s\nlogged %s", r, logged.String())
	}
	for range 10 { // the gate was left
		b.get("/api/route?from=-75.55,39.74&to=-75.55,39.74").is(t, 500, "internal")
	}
	b.get("/api/map").is(t, 200, "")
}

type panicRouter struct{ Router }

func (panicRouter) Route(context.Context, path.Query) (path.Route, error) { panic("boom") }

// TestProblems holds the one function from errors to statuses as a table.
func TestProblems(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{people.ErrNoPerson, 404, "not_found"},
		{fmt.Errorf("somewhere: %w", people.ErrStale), 412, "stale"},
		{people.ErrLoginTaken, 409, "people.login_taken"},
		{people.ErrLastAdmin, 409, "people.last_admin"},
		{&people.FieldError{Field: "name", What: "too long"}, 422, "people.invalid"},
		{grid.ErrNoArea, 404, "not_found"},
		{grid.ErrStale, 412, "stale"},
		{grid.ErrAreaInUse, 409, "areas.in_use"},
		{&grid.AreaError{Area: 7, Field: "id", What: "li.wei has a role in it", Rule: grid.ErrAreaInUse}, 409, "areas.in_use"},
		{&grid.AreaError{Field: "code", What: "taken", Rule: grid.ErrArea}, 422, "areas.invalid"},
		{&grid.AreaError{Field: "parent", What: "no area 7", Rule: grid.ErrNoArea}, 422, "areas.invalid"},
		{path.ErrNoRoute, 404, "route.none"},
		{&path.OffNetworkError{End: path.To, Nearest: 700}, 422, "route.off_network"},
		{context.DeadlineExceeded, 503, "timeout"},
		{errBusy, 503, "busy"},
		{fmt.Errorf("store 3 fixes: %w", diskFault{}), 503, "unkept"},
		{errNoMap, 503, "map.none"},
		{errors.New("anything else"), 500, "internal"},
	} {
		p, known := problemOf(c.err)
		if p.Status != c.status || p.Code != c.code || known != (c.status != 500) {
			t.Errorf("%v: %d %s %t, want %d %s", c.err, p.Status, p.Code, known, c.status, c.code)
		}
	}
}

func TestClientAddr(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.7:1", "", "192.0.2.7"},
		{"192.0.2.7:1", "203.0.113.9", "192.0.2.7"}, // not a proxy of ours
		{"10.0.0.1:1", "", "10.0.0.1"},
		{"10.0.0.1:1", "203.0.113.9", "203.0.113.9"},
		{"10.0.0.1:1", "1.2.3.4, 203.0.113.9", "203.0.113.9"}, // the left one is invented
		{"10.0.0.1:1", "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"},
		{"10.0.0.1:1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
		{"10.0.0.1:1", "garbage", "10.0.0.1"},
		{"10.0.0.1:1", "garbage, 10.0.0.2", "10.0.0.2"},
		{"10.0.0.1:1", "::ffff:203.0.113.9", "203.0.113.9"},
		{"[fd00::1]:1", "2001:db8::1", "2001:db8::1"},
		{"[::ffff:10.0.0.1]:1", "203.0.113.9", "203.0.113.9"},
		{"@", "", ""}, // a unix socket: only a proxy of ours can open it
		{"@", "1.2.3.4, 203.0.113.9", "203.0.113.9"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := addrText(clientAddr(r, trusted)); got != c.want {
			t.Errorf("peer %s, forwarded %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}

// TestNoClearText: behind a proxy that does TLS, who comes past it is refused.
func TestNoClearText(t *testing.T) {
	x := open(t, func(c *Config) { c.Secure, c.Trusted = true, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	for _, c := range []struct {
		peer, path string
		want       int
	}{
		{"10.0.0.1:1", "/login", 200},
		{"127.0.0.1:1", "/login", 200},
		{"[::1]:1", "/login", 200},
		{"@", "/login", 200},
		{"192.0.2.7:1", "/login", 403},
		{"192.0.2.7:1", "/api/session", 403},
		{"192.0.2.7:1", "/healthz", 200},
	} {
		r := httptest.NewRequest("GET", c.path, nil)
		r.RemoteAddr = c.peer
		r.Header.Set("X-Forwarded-For", "10.0.0.1") // said by whom it may
		w := httptest.NewRecorder()
		x.s.Handler().ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s from %s: %d, want %d", c.path, c.peer, w.Code, c.want)
		}
	}
}

// TestLimiter holds it against counting by hand: over any stretch of time no key
// gets more than the burst and what is filled up in that time.
func TestLimiter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const burst, every = 5, 3 * time.Second
		l := newLimiter(burst, every, 100)
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		var taken []time.Time
		for range rapid.IntRange(1, 100).Draw(t, "attempts") {
			now = now.Add(rapid.SampledFrom([]time.Duration{0, time.Second, 2 * time.Second, 10 * time.Second}).Draw(t, "pause"))
			wait := l.take("a", now)
			if wait == 0 {
				taken = append(taken, now)
			} else if wait > every {
				t.Fatalf("told to wait %v for one token", wait)
			}
		}
		for i := range taken {
			for j := i; j < len(taken); j++ {
				span := taken[j].Sub(taken[i])
				if most := burst + int(span/every) + 1; j-i+1 > most {
					t.Fatalf("%d within %v, at most %d are allowed", j-i+1, span, most)
				}
			}
		}
	})
}

func TestLimiterForgets(t *testing.T) {
	l := newLimiter(1, time.Hour, 100)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 10_000 {
		l.take(fmt.Sprint(i), now)
	}
	if len(l.buckets) != 100 || l.recent.Len() != 100 {
		t.Errorf("remembers %d and %d keys, want 100", len(l.buckets), l.recent.Len())
	}
	if l.take("9999", now) == 0 {
		t.Error("forgot the latest key")
	}
	g := newGhosts(100)
	for i := range 10_000 {
		g.fail(fmt.Sprint(i), now)
	}
	if len(g.seen) != 100 {
		t.Errorf("remembers %d ghosts, want 100", len(g.seen))
	}
}

func TestAddressKey(t *testing.T) {
	key := func(s string) string { return addressKey(netip.MustParseAddr(s)) }
	if key("2001:db8::1") != key("2001:db8::ffff:1") || key("2001:db8::1") == key("2001:db8:0:1::1") {
		t.Error("IPv6 is not counted by /64")
	}
	if key("192.0.2.1") == key("192.0.2.2") || key("::ffff:192.0.2.1") != key("192.0.2.1") {
		t.Error("IPv4 is not counted by address")
	}
}

// TestGateSendsAway: a rush of slow requests doesn't pile up.
func TestGateSendsAway(t *testing.T) {
	g := newGate(1, time.Millisecond)
	leave, err := g.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.enter(t.Context()); !errors.Is(err, errBusy) {
		t.Errorf("got %v, want %v", err, errBusy)
	}
	leave()
	if _, err := g.enter(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestLongAddresses(t *testing.T) {
	b := open(t).browser()
	b.get("/api/session?x="+strings.Repeat("x", 5000)).is(t, http.StatusRequestURITooLong, "request.too_long")
	b.get("/"+strings.Repeat("x", 2000)).is(t, http.StatusRequestURITooLong, "request.too_long")
}

// diskFault is an error as the store's of a full disk.
type diskFault struct{}

func (diskFault) Error() string   { return "disk is full" }
func (diskFault) Temporary() bool { return true }
