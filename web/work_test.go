package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/data/store"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/ingest"
	"citygrid/live/room"
	"citygrid/routing/city"
	"citygrid/routing/path"

	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"
	"github.com/prometheus/client_golang/prometheus"
)

// A shop is a bureau with its control room at work: the town and the other town
// with a team, a park without dogs and a dog each, some kilometres apart.
type shop struct {
	*site
	st    *store.Store
	room  *room.Room
	since time.Time // when its shifts began
	end   func()    // of the room; told at the end of the test anyway

	one, two   register.Team // of the town, of the other town
	truck      register.Vehicle
	bella, max register.Dog // in the town, in the other town
	ids        map[string]people.ID
}

// Where things are, some on the drawn streets of work.
var (
	station   = streettest.Place(0, 0)
	townPark  = streettest.Place(-20, 30)
	otherPark = streettest.Place(420, 30) // 4 km to the east
	nowhere   = streettest.Place(-2000, 0)
)

const secret = "a secret of some length"

// atWork opens a shop. On duty are town.officer and team.leader of team one, other.officer of
// team two, and driver with the truck of team one; dispatcher and call-taker are
// the bureau's, town.desk and other.desk the towns'.
func atWork(t testing.TB, edits ...func(*Config)) *shop {
	t.Helper()
	w := &shop{ids: map[string]people.ID{}, since: time.Now().Add(-2 * time.Hour).Truncate(time.Second)}
	w.site, w.st = openReal(t, append([]func(*Config){func(c *Config) {
		w.st = c.Store.(records).Store
		w.fill(t)
		c.Registry = prometheus.NewRegistry()
		var err error
		if w.room, err = room.New(t.Context(), room.Config{Store: w.st, City: block(t), Log: quiet(), Registry: c.Registry}); err != nil {
			t.Fatal(err)
		}
		c.Room = w.room
		ctx, cancel := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { _ = w.room.Run(ctx) })
		w.end = sync.OnceFunc(func() { cancel(); running.Wait() })
		t.Cleanup(w.end)
	}}, edits...)...)
	return w
}

func block(t testing.TB) *city.Streets {
	n, _ := streettest.Draw(t, `
a---b---c
|   |   |
d---e---f
`, func(d *streettest.Drawing) {
		d.Parts.Names = append(d.Parts.Names, street.Name{Default: "Main Street"})
		for i := range d.Parts.Segments {
			d.Parts.Segments[i].Name = 1
		}
	})
	return city.New("0123456789abcdef", n, []path.Profile{path.Foot(), path.Car()})
}

func ground(left, top, right, bottom float64) orb.MultiPolygon {
	a, b, c, d := streettest.Place(left, top), streettest.Place(right, top), streettest.Place(right, bottom), streettest.Place(left, bottom)
	return orb.MultiPolygon{{{a, d, c, b, a}}}
}

func (w *shop) fill(t testing.TB) {
	t.Helper()
	ctx, act := t.Context(), audit.Act{Verb: "test"}
	need := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	name := func(s string) map[string]string { return map[string]string{"en": s} }
	first, err := w.st.PersonByLogin(ctx, "dispatcher")
	need(err)
	for login, g := range map[string]people.Grant{
		"town.desk": {Role: people.Dispatcher, Area: townArea}, "other.desk": {Role: people.Dispatcher, Area: otherArea},
		"town.calls": {Role: people.CallTaker, Area: townArea}, "town.leader": {Role: people.TeamLeader, Area: townArea},
	} {
		_, err := w.st.AddPerson(ctx, people.Person{Login: login, Name: login, PasswordHash: first.PasswordHash, Grants: []people.Grant{g}}, act)
		need(err)
	}
	everybody, err := w.st.People(ctx)
	need(err)
	for _, p := range everybody {
		w.ids[p.Login] = p.ID
	}
	w.one, err = w.st.AddTeam(ctx, register.Team{Code: "T1", Name: name("One"), Area: townArea}, act)
	need(err)
	w.two, err = w.st.AddTeam(ctx, register.Team{Code: "T2", Name: name("Two"), Area: otherArea}, act)
	need(err)
	_, err = w.st.AddStation(ctx, register.Station{Code: "S1", Name: name("Station"), At: station, Team: w.one.ID}, act)
	need(err)
	_, err = w.st.AddStation(ctx, register.Station{Code: "P1", Name: name("Pound"), Kind: register.Pound, At: streettest.Place(8, 2)}, act)
	need(err)
	w.truck, err = w.st.AddVehicle(ctx, register.Vehicle{Plate: "TOW1", Kind: register.TowTruck, Team: w.one.ID, Capacity: 2}, act)
	need(err)
	w.bella, err = w.st.AddDog(ctx, register.Dog{Name: "Bella", Licence: "W-1", Owner: "Ann Owner", OwnerPhone: "555 0101", Home: townPark, Area: townArea}, act)
	need(err)
	w.max, err = w.st.AddDog(ctx, register.Dog{Name: "Max", Licence: "W-2", Owner: "Bob Owner", OwnerPhone: "555 0102", Area: otherArea}, act)
	need(err)
	hash, err := register.HashSecret(secret)
	need(err)
	for _, d := range []register.Device{
		{ID: "tag-1", Class: register.DogTag, Protocol: "osmand", Subject: register.DogSubject(w.bella.ID)},
		{ID: "tag-2", Class: register.DogTag, Protocol: "osmand", Subject: register.DogSubject(w.max.ID)},
		{ID: "phone-1", Class: register.Phone, Protocol: "osmand", Subject: register.PersonSubject(w.ids["town.officer"])},
		{ID: "unit-1", Class: register.VehicleUnit, Protocol: "json", Subject: register.VehicleSubject(w.truck.ID)},
		{ID: "off", Class: register.DogTag, Protocol: "osmand", Subject: register.DogSubject(w.max.ID), Disabled: true},
	} {
		d.SecretHash = hash
		_, err := w.st.AddDevice(ctx, d, act)
		need(err)
	}
	for login, s := range map[string]register.Shift{
		"town.officer": {Team: w.one.ID}, "town.leader": {Team: w.one.ID}, "other.officer": {Team: w.two.ID}, "driver": {Team: w.one.ID, Vehicle: w.truck.ID},
	} {
		s.Person, s.From, s.To = w.ids[login], w.since, w.since.Add(10*time.Hour)
		_, err := w.st.AddShift(ctx, s, act)
		need(err)
	}
	_, err = w.st.AddPlan(ctx, grid.Plan{From: w.since.Add(-time.Hour), Grids: []grid.Responsibility{
		{ID: 1, Code: "G01", Name: name("West"), Team: w.one.ID, Tasks: []string{"patrol"}, Ground: ground(-100, -100, 100, 100)},
		{ID: 2, Code: "G02", Name: name("East"), Team: w.two.ID, Tasks: []string{"patrol"}, Ground: ground(100, -100, 600, 100)},
	}}, act)
	need(err)
	for what, where := range map[string]orb.MultiPolygon{"Park": ground(-40, 10, 0, 50), "East Park": ground(400, 10, 440, 50)} {
		_, err := w.st.AddZone(ctx, zone.Zone{
			Name: name(what), Kind: zone.NoDog, Ground: where, Rule: zone.Rule{Kind: zone.InsideWhileActive}, Classes: []zone.Class{zone.Dog},
		}, act)
		need(err)
	}
}

// fixes is a body of POST /api/fixes: one every half minute until now.
func fixes(at orb.Point, n int) body {
	all, now := []body{}, time.Now()
	for i := range n {
		all = append(all, body{"t": now.Add(-time.Duration(n-1-i) * 30 * time.Second), "lon": at[0], "lat": at[1], "accuracy_m": 5})
	}
	return body{"fixes": all}
}

// reports has a device tell fixes.
func (w *shop) reports(device string, content body) reply {
	w.t.Helper()
	return w.browser().send("POST", "/api/fixes", content, "Authorization", "Bearer "+device+":"+secret).is(w.t, 200, "")
}

// breaks has a dog stay in a park until there is an alert, which is told.
func (w *shop) breaks(device string, at orb.Point) Alert {
	w.t.Helper()
	w.reports(device, fixes(at, 8))
	var a Alert
	w.eventually("the alert of "+device, func() bool {
		all, err := w.st.Alerts(w.t.Context(), nil, 0)
		for _, x := range all {
			if string(x.Tracker) == device {
				a = w.room.AlertJSON(x)
			}
		}
		return err == nil && a.Grade == "confirmed"
	})
	return a
}

// Alert is the wire form, as tests write it often.
type Alert = room.Alert

// stands has a person's phone report a place, as its page does.
func (w *shop) stands(login string, at orb.Point) {
	w.t.Helper()
	f := ingest.Fix{Time: time.Now(), At: at, Accuracy: 5, Speed: orNaN(nil), Course: geo.Degrees(orNaN(nil)), AltitudeM: orNaN(nil), Battery: orNaN(nil)}
	v, err := w.room.Accept(w.t.Context(), w.room.PhoneOf(w.ids[login]), []ingest.Fix{f})
	if err != nil || !v[0].Stored {
		w.t.Fatalf("%s at %v: %+v, %v", login, at, v, err)
	}
	w.eventually(login+" is on the map", func() bool { return w.onMap(login) })
}

func (w *shop) onMap(login string) bool {
	p, err := w.st.Person(w.t.Context(), w.ids[login])
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := w.s.rightsOf(w.t.Context(), p, func(people.Grant) bool { return true })
	if err != nil {
		w.t.Fatal(err)
	}
	r.Units.Teams, r.Units.Areas, r.Units.All = nil, nil, false
	return len(w.room.Units(r)) > 0
}

func (w *shop) eventually(what string, ok func() bool) {
	w.t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("%s: not within 10 s", what)
		}
	}
}

// A map is an open socket.
type liveMap struct {
	t    testing.TB
	conn *websocket.Conn
	seq  int64 // the highest seen
	told []message
}

type unitOnMap = room.Unit

type message struct {
	Type     string
	Seq      int64
	Scope    string
	Why      string
	N        int64
	What     string
	Units    []unitOnMap
	Alerts   []room.Alert
	Tasks    []room.Task
	Alert    room.Alert
	Task     room.Task
	Verdicts []Verdict
	raw      string
}

// dial opens a socket with the browser's cookies.
func (b *browser) dial(headers ...string) (*websocket.Conn, *http.Response, error) {
	b.site.t.Helper()
	at, err := url.Parse(b.site.url)
	if err != nil {
		b.site.t.Fatal(err)
	}
	h := http.Header{"Origin": {b.site.url}}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	d := websocket.Dialer{Jar: b.Jar, HandshakeTimeout: 5 * time.Second}
	conn, resp, err := d.Dial("ws://"+at.Host+"/api/live", h)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	return conn, resp, err
}

// watch opens a map and says hello.
func (b *browser) watch(hello body) *liveMap {
	t := b.site.t
	t.Helper()
	conn, resp, err := b.dial()
	if err != nil {
		t.Fatalf("dial: %v, %v", err, resp)
	}
	t.Cleanup(func() { _ = conn.Close() })
	m := &liveMap{t: t, conn: conn}
	if hello == nil {
		hello = body{}
	}
	hello["type"] = "hello"
	m.send(hello)
	return m
}

func (m *liveMap) send(content body) {
	m.t.Helper()
	if err := m.conn.WriteJSON(content); err != nil {
		m.t.Fatal(err)
	}
}

// until reads until a message is what is looked for.
func (m *liveMap) until(what string, ok func(message) bool) message {
	m.t.Helper()
	_ = m.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		_, text, err := m.conn.ReadMessage()
		if err != nil {
			m.t.Fatalf("%s: %v; told were %d messages", what, err, len(m.told))
		}
		var got message
		if err := json.Unmarshal(text, &got); err != nil {
			m.t.Fatalf("%s: %v", text, err)
		}
		got.raw = string(text)
		m.told = append(m.told, got)
		m.seq = max(m.seq, got.Seq)
		if ok(got) {
			return got
		}
	}
}

func (m *liveMap) first(kind string) message {
	m.t.Helper()
	return m.until(kind, func(x message) bool { return x.Type == kind })
}

// ends reads to the end, which has a code.
func (m *liveMap) ends(code int, within time.Duration) {
	m.t.Helper()
	begun := time.Now()
	_ = m.conn.SetReadDeadline(begun.Add(within))
	for {
		if _, _, err := m.conn.ReadMessage(); err != nil {
			if !websocket.IsCloseError(err, code) {
				m.t.Fatalf("the socket ended after %v by %v, want %d within %v", time.Since(begun), err, code, within)
			}
			return
		}
	}
}

func unitIDs(units []unitOnMap) string {
	var ids []string
	for _, u := range units {
		ids = append(ids, u.ID)
	}
	return strings.Join(ids, " ")
}
