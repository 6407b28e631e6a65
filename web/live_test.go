package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/geo/street/streettest"
	"citygrid/grid/people"

	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"
)

// busy is a shop with somebody on each map: both officers, the truck, and an
// alert about each dog, of which the town's is sent to its officer.
func busy(t *testing.T) (w *shop, town, other Alert) {
	w = atWork(t)
	w.stands("town.officer", station) // some 360 m from the park
	w.stands("other.officer", otherPark)
	w.stands("driver", streettest.Place(8, 0))
	town, other = w.breaks("tag-1", townPark), w.breaks("tag-2", otherPark)
	w.as("dispatcher").send("POST", fmt.Sprintf("/api/alerts/%d/send", town.ID), body{"person": w.ids["town.officer"], "note": "look there"}).is(t, 200, "")
	shown := map[string]bool{} // maps are told each second
	w.as("dispatcher").watch(nil).until("five units", func(x message) bool {
		for _, u := range x.Units {
			shown[u.ID] = true
		}
		return len(shown) == 5
	})
	return w, town, other
}

// TestWhoSeesWhat holds FIELD 5.2's row of each role, on the socket and over HTTP:
// who is on the map, which alerts, which tasks. People outside of those rows are
// not let in.
func TestWhoSeesWhat(t *testing.T) {
	w, town, other := busy(t)
	mine, theirs, truck := fmt.Sprintf("p%d", w.ids["town.officer"]), fmt.Sprintf("p%d", w.ids["other.officer"]), fmt.Sprintf("v%d", w.truck.ID)
	bella, max := fmt.Sprintf("d%d", w.bella.ID), fmt.Sprintf("d%d", w.max.ID)
	both := []int64{int64(town.ID), int64(other.ID)}
	for _, c := range []struct {
		login  string
		units  []string
		alerts []int64
		tasks  int
		http   int // of GET /api/tasks; 200, or 403
	}{
		{"dispatcher", []string{mine, theirs, truck, bella, max}, both, 1, 200},
		{"town.desk", []string{mine, truck, bella}, both[:1], 1, 200},
		{"other.desk", []string{theirs, max}, both[1:], 0, 200},
		{"call-taker", []string{mine, theirs, truck}, both, 0, 403},
		{"town.calls", []string{mine, truck}, both[:1], 0, 403},
		{"town.leader", []string{mine, truck, bella}, both[:1], 1, 200},
		{"town.officer", []string{mine, truck, bella}, both[:1], 1, 200},
		{"other.officer", []string{theirs, max}, both[1:], 0, 200},
		{"driver", []string{truck}, nil, 0, 200},
		{"officer", nil, nil, 0, 200}, // off duty
	} {
		t.Run(c.login, func(t *testing.T) {
			b := w.as(c.login)
			m := b.watch(nil)
			m.t = t
			got := m.first("snapshot")
			if c.login == "driver" { // whose alerts are nobody's
				b.get("/api/alerts").is(t, 403, "access.denied")
			} else {
				var list struct{ Alerts []Alert }
				b.get("/api/alerts").is(t, 200, "").into(t, &list)
				same(t, "GET /api/alerts", alertIDs(list.Alerts), c.alerts)
			}
			same(t, "units", strings.Fields(unitIDs(got.Units)), c.units)
			same(t, "alerts", alertIDs(got.Alerts), c.alerts)
			if len(got.Tasks) != c.tasks {
				t.Errorf("%d tasks, want %d", len(got.Tasks), c.tasks)
			}
			if strings.Contains(got.raw, "Owner") || strings.Contains(got.raw, "555 01") {
				t.Errorf("a dog's owner is in %s", got.raw)
			}
			var units struct{ Units []struct{ ID string } }
			b.get("/api/units").is(t, 200, "").into(t, &units)
			var ids []string
			for _, u := range units.Units {
				ids = append(ids, u.ID)
			}
			same(t, "GET /api/units", ids, c.units)
			r := b.get("/api/tasks")
			var tasks struct{ Tasks []struct{ ID int64 } }
			if r.status != c.http {
				t.Errorf("%s, want %d", r, c.http)
			} else if c.http == 200 {
				if r.into(t, &tasks); len(tasks.Tasks) != c.tasks {
					t.Errorf("GET /api/tasks: %s, want %d", r, c.tasks)
				}
			}
		})
	}
	for _, login := range []string{"planner", "police", "admin", "auditor"} {
		if _, resp, err := w.as(login).dial(); err == nil || resp.StatusCode != 403 {
			t.Errorf("%s opens the socket: %v", login, resp)
		}
	}
	if _, resp, err := w.browser().dial(); err == nil || resp.StatusCode != 401 {
		t.Errorf("a stranger opens the socket: %v", resp)
	}
	if _, resp, err := w.browser().dial("Authorization", "Bearer tag-1:"+secret); err == nil || resp.StatusCode != 401 {
		t.Errorf("a device opens the socket: %v", resp)
	}
	// The auditor reads what was done, and is shown nothing live.
	auditor := w.as("auditor")
	var list struct{ Alerts []Alert }
	auditor.get("/api/alerts").is(t, 200, "").into(t, &list)
	same(t, "the auditor's alerts", alertIDs(list.Alerts), both)
	for _, login := range []string{"planner", "police", "admin"} {
		w.as(login).get("/api/alerts").is(t, 403, "access.denied")
	}
}

func alertIDs(list []Alert) (ids []int64) {
	for _, a := range list {
		ids = append(ids, int64(a.ID))
	}
	return ids
}

// same compares without regard to order.
func same[T int64 | string](t *testing.T, what string, got, want []T) {
	t.Helper()
	got, want = slices.Clone(got), slices.Clone(want)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestForeignPage: another site's page can't open the socket with our cookie.
func TestForeignPage(t *testing.T) {
	w := atWork(t)
	b := w.as("dispatcher")
	for _, headers := range [][]string{{"Origin", "https://evil.example"}, {"Origin", "null"}, {"Origin", ""}} {
		conn, resp, err := b.dial(headers...)
		if err == nil {
			_ = conn.Close()
		}
		if err == nil || resp.StatusCode != 403 {
			t.Errorf("%v: %v, want 403", headers, resp)
		}
	}
}

// TestRevoked: the socket ends with the session, and changes with the rights, far
// within five seconds.
func TestRevoked(t *testing.T) {
	const soon = 2 * time.Second
	for _, c := range []struct {
		name string
		code int
		do   func(w *shop, b *browser)
	}{
		{"logged out", 4001, func(w *shop, b *browser) { b.send("DELETE", "/api/session", nil).is(t, 204, "") }},
		{"disabled by an admin", 4001, func(w *shop, _ *browser) {
			w.as("admin").send("PATCH", "/api/people/"+idText(int64(w.ids["town.desk"])), body{"disabled": true}, "If-Match", "1").is(t, 200, "")
		}},
		{"password given anew", 4001, func(w *shop, _ *browser) {
			w.as("admin").send("PUT", "/api/people/"+idText(int64(w.ids["town.desk"]))+"/password", body{}).is(t, 200, "")
		}},
		{"own password changed", 4001, func(w *shop, b *browser) {
			b.send("PUT", "/api/session/password", body{"old": password, "new": "slow boat 4711"}).is(t, 204, "")
		}},
		{"moved to the other town", 4002, func(w *shop, _ *browser) {
			w.as("admin").send("PATCH", "/api/people/"+idText(int64(w.ids["town.desk"])), body{"grants": []body{{"role": "dispatcher", "area": otherArea}}}, "If-Match", "1").is(t, 200, "")
		}},
		{"planner from now on", 4001, func(w *shop, _ *browser) {
			w.as("admin").send("PATCH", "/api/people/"+idText(int64(w.ids["town.desk"])), body{"grants": []body{{"role": "planner", "area": townArea}}}, "If-Match", "1").is(t, 200, "")
		}},
		{"behind the server's back", 4001, func(w *shop, _ *browser) { // as the command line does
			p, err := w.st.Person(t.Context(), w.ids["town.desk"])
			if err != nil {
				t.Fatal(err)
			}
			p.Disabled = true
			if _, err := w.st.UpdatePerson(t.Context(), p, audit.Act{Verb: "test"}); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := atWork(t)
			b := w.as("town.desk")
			m := b.watch(nil)
			m.t = t
			m.first("snapshot")
			c.do(w, b)
			within := soon
			if c.name == "behind the server's back" {
				within = 5 * time.Second
			}
			m.ends(c.code, within)
		})
	}
}

// TestComingBack: who was away gets what changed meanwhile and no more; whose
// rights are others gets lists.
func TestComingBack(t *testing.T) {
	w, town, other := busy(t)
	b := w.as("town.desk")
	m := b.watch(nil)
	scope := m.first("welcome").Scope
	seq := int64(0)
	for _, a := range m.first("snapshot").Alerts {
		seq = max(seq, a.Seq)
	}
	for _, x := range m.told {
		for _, task := range x.Tasks {
			seq = max(seq, task.Seq)
		}
	}
	_ = m.conn.Close()
	d := w.as("dispatcher")
	d.send("POST", fmt.Sprintf("/api/alerts/%d/note", town.ID), body{"note": "barks"}).is(t, 200, "")
	d.send("POST", fmt.Sprintf("/api/alerts/%d/note", other.ID), body{"note": "not for the town"}).is(t, 200, "")

	m = b.watch(body{"since": seq, "scope": scope})
	if x := m.first("snapshot"); x.Alerts != nil || x.Tasks != nil {
		t.Errorf("who comes back gets lists: %s", x.raw)
	}
	x := m.first("alert")
	if int64(x.Alert.ID) != int64(town.ID) || !strings.Contains(x.raw, "barks") || x.Seq <= seq {
		t.Errorf("who comes back is told %s", x.raw)
	}
	if x := w.as("town.leader").watch(body{"since": seq, "scope": scope}).first("snapshot"); x.Alerts == nil {
		t.Error("who has other rights is to get lists")
	}
}

// TestPhoneReports: an officer's page reports over the socket, and is told when
// that is on the disk; a page of the desk doesn't.
func TestPhoneReports(t *testing.T) {
	w := atWork(t)
	desk := w.as("town.desk").watch(nil)
	desk.first("snapshot")
	phone := w.as("town.officer").watch(nil)
	phone.first("snapshot")
	now := time.Now()
	fix := func(at orb.Point, t time.Time) body {
		return body{"t": t, "at": at, "accuracy_m": 6, "speed_kmh": 4.5, "heading": 270}
	}
	phone.send(body{"type": "fix", "n": 7, "fixes": []body{fix(station, now), fix(station, now), fix(station, w.since.Add(-time.Hour))}})
	x := phone.first("stored")
	if x.N != 7 || len(x.Verdicts) != 3 || !x.Verdicts[0].Stored || x.Verdicts[1].Why != "duplicate" || x.Verdicts[2].Why != "off-shift" {
		t.Errorf("the phone is told %s", x.raw)
	}
	desk.until("the officer", func(x message) bool {
		return slices.ContainsFunc(x.Units, func(u unitOnMap) bool { return u.Kind == "officer" })
	})
	for _, c := range []body{
		{"type": "fix", "n": 8, "fixes": []body{}},
		{"type": "fix", "n": 8},
		{"type": "fix", "fixes": "here"},
		{"type": "fix", "n": 8, "fixes": []body{{"t": "yesterday", "at": station}}},
		{"type": "dance"},
	} {
		phone.send(c)
		if x := phone.first("error"); x.What == "" {
			t.Errorf("%v is answered %s", c, x.raw)
		}
	}
	phone.send(body{"type": "fix", "n": 9, "fixes": []body{fix(station, now.Add(time.Second))}})
	if x := phone.first("stored"); x.N != 9 {
		t.Errorf("after mistakes the phone is told %s", x.raw)
	}
	desk.send(body{"type": "fix", "n": 1, "fixes": []body{fix(station, now)}})
	desk.ends(4004, 2*time.Second)
}

// TestPhoneKeepsItsSession: a phone in a pocket makes no requests but its
// reports; those are use, and its session lasts.
func TestPhoneKeepsItsSession(t *testing.T) {
	w := atWork(t)
	b := w.as("town.officer")
	phone := b.watch(nil)
	phone.first("snapshot")
	token := b.Jar.Cookies(mustURL(t, w.url))[0].Value
	before := w.touched(token)
	w.setTouched(token, before-3600)
	phone.send(body{"type": "fix", "n": 1, "fixes": []body{{"t": time.Now(), "at": station}}})
	phone.first("stored")
	if after := w.touched(token); after < before {
		t.Errorf("the session was last used %d s ago", before-after)
	}
}

func (w *shop) touched(token string) int64 {
	ctx, err := w.s.sessions.Load(w.t.Context(), token)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.s.sessions.GetInt64(ctx, sessionTouched)
}

func (w *shop) setTouched(token string, at int64) {
	ctx, err := w.s.sessions.Load(w.t.Context(), token)
	if err != nil {
		w.t.Fatal(err)
	}
	w.s.sessions.Put(ctx, sessionTouched, at)
	if _, _, err := w.s.sessions.Commit(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// TestSocketOutlivesDeadlines: the deadlines that bound a request don't cut a
// socket that came of it.
func TestSocketOutlivesDeadlines(t *testing.T) {
	up := websocket.Upgrader{}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(rw)
		_ = control.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
		_ = control.SetWriteDeadline(time.Now().Add(30 * time.Millisecond))
		counted := &statusWriter{ResponseWriter: rw}
		conn, err := up.Upgrade(counted, r, nil)
		if err != nil || counted.status != http.StatusSwitchingProtocols {
			t.Errorf("upgrade: %v, status %d", err, counted.status)
			return
		}
		defer conn.Close()
		time.Sleep(60 * time.Millisecond)
		kind, text, err := conn.ReadMessage()
		if err == nil {
			err = conn.WriteMessage(kind, text)
		}
		if err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.WriteMessage(websocket.TextMessage, []byte("late"))
	if _, text, err := conn.ReadMessage(); err != nil || string(text) != "late" {
		t.Errorf("%s, %v", text, err)
	}
}

// TestEndOfServer: at the end of the program open maps are told to come back, and
// nothing waits for them.
func TestEndOfServer(t *testing.T) {
	w := atWork(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, w.s, l, nil) }()
	w.url = "http://" + l.Addr().String()
	m := w.as("dispatcher").watch(nil)
	m.first("snapshot")
	begun := time.Now()
	cancel()
	go w.end()
	m.ends(websocket.CloseServiceRestart, 3*time.Second)
	if err := <-done; err != nil || time.Since(begun) > 3*time.Second {
		t.Errorf("Run: %v after %v", err, time.Since(begun))
	}
}

// TestOnlyWhoWorksOutsideReports: see reports.
func TestOnlyWhoWorksOutsideReports(t *testing.T) {
	for _, r := range people.Roles() {
		if got, want := reports(people.Person{Grants: []people.Grant{{Role: r, Area: 1}}}), r == people.Officer || r == people.Driver; got != want {
			t.Errorf("%s reports: %t", r, got)
		}
	}
}
