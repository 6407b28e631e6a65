package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/data/store"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/fence"
	"citygrid/live/hook"
)

func TestHooks(t *testing.T) {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			http.Error(w, "not today", http.StatusForbidden)
		}
	}))
	defer receiver.Close()
	var sender *hook.Sender
	x, st := openReal(t, func(c *Config) {
		sender = hook.New(hook.Config{Store: c.Store.(interface{ hook.Store })})
		c.Hooks = sender
	})
	admin := x.as("admin")
	var made struct {
		Hook   Hook
		Secret string
	}
	r := admin.send("POST", "/api/hooks", body{"name": "desk", "url": receiver.URL + "/key-7"}).is(t, 201, "")
	r.into(t, &made)
	if len(made.Secret) < 20 || made.Hook.Version != 1 || made.Hook.NextTry != nil || r.header.Get("ETag") != `"1"` {
		t.Errorf("added %s", r)
	}
	admin.send("POST", "/api/hooks", body{"name": "desk", "url": receiver.URL}).is(t, 409, "hooks.taken")
	bad := admin.send("POST", "/api/hooks", body{"name": "open", "url": "http://desk.example.org/"}).is(t, 422, "hooks.invalid")
	if !strings.Contains(string(bad.text), "body.url") {
		t.Errorf("bad address: %s", bad)
	}
	if r := admin.get("/api/hooks").is(t, 200, ""); strings.Contains(string(r.text), made.Secret) {
		t.Errorf("the list tells the secret: %s", r)
	}
	admin.send("POST", "/api/hooks/1/test", body{}).is(t, 204, "")
	admin.send("PATCH", "/api/hooks/1", body{"url": receiver.URL + "/no"}, "If-Match", `"1"`).is(t, 200, "")
	admin.send("PATCH", "/api/hooks/1", body{"off": true}, "If-Match", `"1"`).is(t, 412, "stale")
	failed := admin.send("POST", "/api/hooks/1/test", body{}).is(t, 502, "hooks.failed")
	if !strings.Contains(string(failed.text), "answered 403: not today") {
		t.Errorf("failed test: %s", failed)
	}
	admin.send("POST", "/api/hooks/2/test", body{}).is(t, 404, "not_found")
	admin.send("POST", "/api/hooks/1/dead/5", body{}).is(t, 404, "not_found")
	admin.send("DELETE", "/api/hooks/1/dead/5", nil).is(t, 404, "not_found")
	admin.get("/api/hooks/1/dead").is(t, 200, "")
	admin.get("/api/hooks/2/dead").is(t, 404, "not_found")
	r = admin.send("POST", "/api/hooks/1/secret", nil, "If-Match", `"2"`).is(t, 200, "")
	if strings.Contains(string(r.text), made.Secret) {
		t.Errorf("the new secret is the old one: %s", r)
	}
	admin.send("DELETE", "/api/hooks/1", nil, "If-Match", `"3"`).is(t, 204, "")

	entries, err := st.AuditEntries(t.Context(), audit.Query{})
	if err != nil {
		t.Fatal(err)
	}
	verbs := map[string]int{}
	for _, e := range entries {
		verbs[e.Verb]++
		if strings.Contains(e.Detail, "key-7") || strings.Contains(e.Detail, made.Secret) {
			t.Errorf("the audit log tells a key: %+v", e)
		}
	}
	for verb, n := range map[string]int{"hook.add": 1, "hook.change": 1, "hook.secret": 1, "hook.remove": 1, "hook.test": 2} {
		if verbs[verb] != n {
			t.Errorf("audit: %d times %s, want %d", verbs[verb], verb, n)
		}
	}
}

// From an alert in the real store to its receiver, and from there to the list of
// what wasn't taken.
func TestHookDelivers(t *testing.T) {
	took := make(chan string, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { took <- r.Header.Get("Citygrid-Delivery") }))
	defer receiver.Close()
	var sender *hook.Sender
	x, st := openReal(t, func(c *Config) {
		sender = hook.New(hook.Config{Store: c.Store.(interface{ hook.Store }), Look: 5 * time.Millisecond})
		c.Hooks = sender
	})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); sender.Run(ctx) }()
	defer func() { stop(); <-done }()
	admin := x.as("admin")
	admin.send("POST", "/api/hooks", body{"name": "desk", "url": receiver.URL}).is(t, 201, "")
	key := fence.Key{Subject: fence.Subject{Class: zone.Dog, ID: 7}, Zone: 3, Rule: zone.InsideWhileActive, Start: time.Unix(1_700_000_000, 0)}
	_, err := st.KeepAlert(t.Context(), key, func(a alert.Alert) (alert.Alert, error) {
		a.Key, a.Tracker, a.Grade, a.State, a.Began, a.Seen = key, "tag-1", fence.Likely, alert.Open, key.Start, key.Start
		a.History = []alert.Step{{At: key.Start, Verb: alert.VerbBegin}}
		return a, nil
	}, audit.Act{Verb: "alert.begin"})
	if err != nil {
		t.Fatal(err)
	}
	select {
	case id := <-took:
		if !strings.HasPrefix(id, "1-") {
			t.Errorf("delivery %q", id)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was delivered")
	}
}

var _ hook.Store = (*store.Store)(nil)
