package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/people"

	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// served is a running hub on a loopback port; viewer says who comes.
type served struct {
	*Hub
	address string
	stop    func()
}

func serve(t testing.TB, c Config, viewer func(r *http.Request) Viewer) served {
	t.Helper()
	c.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	if c.Tick == 0 {
		c.Tick = 20 * time.Millisecond
	}
	h := New(c)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.Serve(w, r, viewer(r)) }))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); h.Run(ctx) }()
	stop := sync.OnceFunc(func() { cancel(); <-done; srv.Close() })
	t.Cleanup(stop)
	return served{h, strings.TrimPrefix(srv.URL, "http://"), stop}
}

func all(*http.Request) Viewer {
	yes := Scope{All: true}
	return Viewer{Rights: Rights{Person: 1, Units: yes, Dogs: yes, CalmDogs: yes, Alerts: yes, Tasks: yes}}
}

// message is any message of the hub.
type message struct {
	Type  string  `json:"type"`
	Seq   int64   `json:"seq"`
	Scope string  `json:"scope"`
	Units jsonIDs `json:"units"`
	Alert *struct {
		ID int64 `json:"id"`
	} `json:"alert"`
	Alerts *[]struct {
		ID  int64 `json:"id"`
		Seq int64 `json:"seq"`
	} `json:"alerts"`
	Why   string    `json:"why"`
	Again bool      `json:"again"`
	N     int       `json:"n"`
	Now   time.Time `json:"now"`

	Version int64 `json:"version"`
	Plan    int64 `json:"plan"`
	Streets int64 `json:"streets"`
}

// jsonIDs are the ids of units, which "gone" has bare.
type jsonIDs []string

func (ids *jsonIDs) UnmarshalJSON(b []byte) error {
	var units []struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(b, (*[]string)(ids)) == nil {
		return nil
	}
	if err := json.Unmarshal(b, &units); err != nil {
		return err
	}
	*ids = nil
	for _, u := range units {
		*ids = append(*ids, u.ID)
	}
	slices.Sort(*ids)
	return nil
}

type socket struct {
	*websocket.Conn
	t testing.TB
}

func dial(t testing.TB, s served, hello string) socket {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws://"+s.address+"/api/live", http.Header{"Origin": {"http://" + s.address}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	k := socket{conn, t}
	k.send(hello)
	return k
}

func (k socket) send(text string) {
	k.t.Helper()
	// Of a message that is too long the server reads no more than the limit.
	if err := k.WriteMessage(websocket.TextMessage, []byte(text)); err != nil && len(text) < 1000 {
		k.t.Fatal(err)
	}
}

func (k socket) next() (m message, err error) {
	_ = k.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, raw, err := k.ReadMessage()
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	return m, err
}

// want reads until a message of that type.
func (k socket) want(kind string) message {
	k.t.Helper()
	for {
		m, err := k.next()
		if err != nil {
			k.t.Fatalf("waiting for %s: %v", kind, err)
		}
		if m.Type == kind {
			return m
		}
	}
}

// closed reads until the connection ends; it gives the bye and the close code.
func (k socket) closed() (bye message, code int) {
	k.t.Helper()
	for {
		m, err := k.next()
		if m.Type == "bye" {
			bye = m
		}
		var end *websocket.CloseError
		if errors.As(err, &end) {
			return bye, end.Code
		}
		if err != nil {
			return bye, 0
		}
	}
}

func unitAt(id string, lon, lat float64) Unit {
	nan := math.NaN()
	return Unit{ID: id, Kind: "officer", Name: id, At: orb.Point{lon, lat}, Time: time.Unix(1e9, 0), Heading: geo.Degrees(nan), SpeedKmh: nan, Duty: "on"}
}

// settled waits until what was moved before is on the maps.
func (s served) settled() { time.Sleep(5 * s.c.Tick) }

func TestAViewSeesItsGround(t *testing.T) {
	s := serve(t, Config{}, all)
	s.Move(unitAt("in", 10, 50))
	s.Move(unitAt("out", 20, 50))
	s.settled()
	k := dial(t, s, `{"type":"hello","view":{"bounds":[9,49,11,51],"zoom":10}}`)
	if m, err := k.next(); err != nil || m.Type != "welcome" {
		t.Fatalf("first message %+v, %v", m, err)
	}
	if m, err := k.next(); err != nil || m.Type != "snapshot" || !slices.Equal(m.Units, []string{"in"}) || m.Alerts == nil {
		t.Fatalf("second message %+v, %v", m, err)
	}
	s.Move(unitAt("in", 10.1, 50))
	s.Move(unitAt("out", 20.1, 50))
	if m := k.want("units"); !slices.Equal(m.Units, []string{"in"}) {
		t.Errorf("changes of %v, want in", m.Units)
	}
	s.Move(unitAt("in", 30, 50))
	if m := k.want("gone"); !slices.Equal(m.Units, []string{"in"}) {
		t.Errorf("gone %v, want in", m.Units)
	}
	k.send(`{"type":"view","view":{"bounds":[19,49,31,51],"zoom":8}}`)
	if m := k.want("snapshot"); !slices.Equal(m.Units, []string{"in", "out"}) || m.Alerts != nil {
		t.Errorf("new view %+v", m)
	}
	s.Gone("out")
	if m := k.want("gone"); !slices.Equal(m.Units, []string{"out"}) {
		t.Errorf("gone %v, want out", m.Units)
	}
}

func TestRights(t *testing.T) {
	// Area 1 is the bureau, 2 and 3 are towns, 4 is a community of 2. Team 7 works
	// in 4, team 8 in 3. Person 20 is an officer of team 7, 21 of team 8, 22 drives
	// the truck of team 7.
	name := map[string]string{"en": "x"}
	tree, err := grid.NewTree([]grid.Area{
		{ID: 1, Name: name, Kind: grid.Bureau},
		{ID: 2, Name: name, Parent: 1, Kind: grid.Town},
		{ID: 3, Name: name, Parent: 1, Kind: grid.Town},
		{ID: 4, Name: name, Parent: 2, Kind: grid.Community},
	})
	if err != nil {
		t.Fatal(err)
	}
	unit := func(id, kind string, area grid.AreaID, team grid.TeamID, who people.ID, lon float64, grade string) Unit {
		u := unitAt(id, lon, 50)
		u.Kind, u.Area, u.Team, u.Alert = kind, area, team, grade
		if who != 0 {
			u.People = []people.ID{who}
		}
		return u
	}
	units := []Unit{
		unit("o20", "officer", 4, 7, 20, 10, ""), unit("o23", "officer", 4, 7, 23, 10.1, ""), unit("o21", "officer", 3, 8, 21, 11, ""),
		unit("t22", "tow-truck", 4, 7, 22, 10.2, ""),
		unit("calm", Dog, 4, 0, 0, 10.001, ""), unit("bad-near", Dog, 4, 0, 0, 10.002, "likely"), unit("bad-far", Dog, 3, 0, 0, 11.1, "confirmed"),
	}
	event := func(id int64, kind string, area grid.AreaID, team grid.TeamID, who people.ID, lon float64) Event {
		e := Event{Seq: id, Kind: kind, ID: id, Open: true, Area: area, Team: team, At: orb.Point{lon, 50}}
		e.Body = fmt.Appendf(nil, `{"id":%d,"seq":%d}`, id, id)
		if who != 0 {
			e.People = []people.ID{who}
		}
		return e
	}
	log := &book{}
	log.add(event(1, KindAlert, 4, 7, 0, 10.002), event(2, KindAlert, 3, 8, 21, 11.1), event(3, KindTask, 4, 7, 20, 10))
	cases := []struct {
		role   people.Role
		area   grid.AreaID
		who    people.ID
		teams  []grid.TeamID
		units  string
		alerts []int64
	}{
		{people.Dispatcher, 1, 2, nil, "bad-far bad-near o20 o21 o23 t22", []int64{1, 2}},
		{people.Dispatcher, 2, 2, nil, "bad-near o20 o23 t22", []int64{1}},
		{people.Dispatcher, 3, 2, nil, "bad-far o21", []int64{2}},
		{people.CallTaker, 2, 2, nil, "o20 o23 t22", []int64{1}},
		{people.TeamLeader, 2, 2, []grid.TeamID{7}, "bad-near calm o20 o23 t22", []int64{1}},
		{people.Officer, 4, 20, []grid.TeamID{7}, "bad-near o20 o23 t22", []int64{1}},
		{people.Officer, 3, 21, []grid.TeamID{8}, "o21", []int64{2}},
		{people.Driver, 4, 22, []grid.TeamID{7}, "t22", nil},
		{people.Planner, 1, 2, []grid.TeamID{7}, "", nil},
		{people.Police, 1, 2, nil, "", nil},
		{people.Admin, 1, 2, nil, "", nil},
		{people.Auditor, 1, 2, nil, "", nil},
	}
	var now atomic.Pointer[Rights]
	s := serve(t, Config{Log: log}, func(*http.Request) Viewer { return Viewer{Rights: *now.Load()} })
	for _, u := range units {
		s.Move(u)
	}
	s.settled()
	for _, c := range cases {
		t.Run(fmt.Sprint(c.role, " of ", c.area), func(t *testing.T) {
			p := people.Person{ID: c.who, Grants: []people.Grant{{Role: c.role, Area: c.area}}}
			r := RightsOf(p, c.teams, tree)
			now.Store(&r)
			m := dial(t, s, `{"type":"hello"}`).want("snapshot")
			if got := strings.Join(m.Units, " "); got != c.units {
				t.Errorf("units %q, want %q", got, c.units)
			}
			var alerts []int64
			for _, a := range *m.Alerts {
				alerts = append(alerts, a.ID)
			}
			if !slices.Equal(alerts, c.alerts) {
				t.Errorf("alerts %v, want %v", alerts, c.alerts)
			}
			// What moves is filtered like what stands.
			k := dial(t, s, `{"type":"hello"}`)
			k.want("snapshot")
			for _, u := range units {
				s.Move(u)
			}
			s.settled()
			k.send(`{"type":"view","view":{"bounds":[0,0,1,1],"zoom":3}}`)
			for seen := ""; seen != "snapshot"; {
				m, err := k.next()
				if err != nil {
					t.Fatal(err)
				}
				if seen = m.Type; seen == "units" && strings.Join(m.Units, " ") != c.units {
					t.Errorf("moves of %v, want %q", m.Units, c.units)
				}
			}
			p.Disabled = true
			if r := RightsOf(p, c.teams, tree); r.Units.All || r.Units.Own || r.Units.Areas != nil {
				t.Error("disabled people see units")
			}
		})
	}
}

// book is a log in memory, where a change of a thing replaces the one before.
type book struct {
	mu     sync.Mutex
	last   int64
	events map[string]Event
}

func (b *book) add(events ...Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.events == nil {
		b.events = map[string]Event{}
	}
	for _, e := range events {
		b.last++
		e.Seq = b.last
		e.Body = fmt.Appendf(nil, `{"id":%d,"seq":%d}`, e.ID, e.Seq)
		b.events[nameOf(e)] = e
	}
}

func (b *book) list(take func(Event) bool) (out []Event) {
	for _, e := range b.events {
		if take(e) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Event) int { return int(a.Seq - b.Seq) })
	return out
}

func (b *book) Open(context.Context) ([]Event, int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.list(func(e Event) bool { return e.Open }), b.last, nil
}

func (b *book) Since(_ context.Context, seq int64) ([]Event, int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.list(func(e Event) bool { return e.Seq > seq })
	if len(out) > 20 { // pages
		return out[:20], out[19].Seq, nil
	}
	return out, b.last, nil
}

// TestResume: viewers that come and go at random get each alert once, in order,
// from memory or from the log; those with something else to show get the lists.
func TestResume(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	log := &book{}
	s := serve(t, Config{Log: log, Recent: 30, Tick: 5 * time.Millisecond}, all)
	const alerts = 600
	var wg sync.WaitGroup
	wg.Go(func() {
		dice := rand.New(rand.NewPCG(seed, 0))
		for i := range alerts {
			log.add(Event{Kind: KindAlert, ID: int64(i + 1), Open: true})
			s.Changed()
			if dice.IntN(3) == 0 {
				time.Sleep(time.Duration(dice.IntN(3000)) * time.Microsecond)
			}
		}
	})
	for v := range 4 {
		dice := rand.New(rand.NewPCG(seed, uint64(v+1)))
		wg.Go(func() {
			since, scope, next := int64(0), "", int64(1)
			for next <= alerts {
				hello := fmt.Sprintf(`{"type":"hello","since":%d,"scope":%q}`, since, scope)
				if scope == "" {
					hello = `{"type":"hello"}`
				}
				k := dial(t, s, hello)
				for n := dice.IntN(60); n >= 0 && next <= alerts; n-- {
					m, err := k.next()
					if err != nil {
						t.Errorf("viewer %d: %v", v, err)
						return
					}
					switch {
					case m.Type == "welcome":
						scope = m.Scope
					case m.Type == "snapshot" && m.Alerts != nil:
						if len(*m.Alerts) < int(since) {
							t.Errorf("lists of %d after %d were seen", len(*m.Alerts), since)
						}
						since = int64(len(*m.Alerts))
						next = since + 1
					case m.Type == "alert":
						if m.Seq != next {
							t.Errorf("viewer %d: alert %d, want %d", v, m.Seq, next)
							return
						}
						since, next = m.Seq, m.Seq+1
					}
				}
				k.Close()
				time.Sleep(time.Duration(dice.IntN(30)) * time.Millisecond)
			}
		})
	}
	wg.Wait()
}

// TestOtherRightsGetTheLists: what was seen with other rights says nothing about
// what may be seen now.
func TestOtherRightsGetTheLists(t *testing.T) {
	log := &book{}
	log.add(Event{Kind: KindAlert, ID: 1, Open: true}, Event{Kind: KindAlert, ID: 2})
	s := serve(t, Config{Log: log}, all)
	scope := dial(t, s, `{"type":"hello"}`).want("welcome").Scope
	for _, c := range []struct {
		hello string
		lists bool
	}{
		{`{"type":"hello","since":2,"scope":"` + scope + `"}`, false},
		{`{"type":"hello","since":2,"scope":"other"}`, true},
		{`{"type":"hello","since":2}`, true},
		{`{"type":"hello","since":99,"scope":"` + scope + `"}`, true}, // the log was restored from a backup
	} {
		m := dial(t, s, c.hello).want("snapshot")
		if (m.Alerts != nil) != c.lists || c.lists && len(*m.Alerts) != 1 {
			t.Errorf("%s gets %+v, want lists: %v", c.hello, m.Alerts, c.lists)
		}
	}
}

// TestRevokeClosesWithinFiveSeconds: with the settings of a running server, also
// for a viewer that doesn't read.
func TestRevokeClosesWithinFiveSeconds(t *testing.T) {
	fine := all(nil).Rights
	// state is 0 fine, 1 revoked, 2 other rights, 3 no answer.
	viewer := func(state *atomic.Int32) Viewer {
		return Viewer{Rights: fine, Recheck: func(ctx context.Context) (Rights, error) {
			switch state.Load() {
			case 1:
				return Rights{}, ErrRevoked
			case 2:
				return Rights{Units: Scope{Teams: []grid.TeamID{1}}}, nil
			case 3:
				<-ctx.Done()
				return Rights{}, ctx.Err()
			}
			return fine, nil
		}}
	}
	for _, c := range []struct {
		state int32
		why   string
		code  int
		hint  bool
		limit time.Duration
	}{
		{1, "revoked", 4001, false, 5 * time.Second},
		{1, "revoked", 4001, true, time.Second},
		{2, "rights-changed", 4002, false, 5 * time.Second},
		{3, "unchecked", 4005, false, 5500 * time.Millisecond},
	} {
		t.Run(fmt.Sprint(c.why, c.hint), func(t *testing.T) {
			t.Parallel()
			var state atomic.Int32
			s := serve(t, Config{}, func(*http.Request) Viewer { return viewer(&state) })
			k := dial(t, s, `{"type":"hello"}`)
			k.want("snapshot")
			time.Sleep(300 * time.Millisecond)
			began := time.Now()
			state.Store(c.state)
			if c.hint {
				s.Recheck(fine.Person)
			}
			bye, code := k.closed()
			if took := time.Since(began); took > c.limit || bye.Why != c.why || code != c.code {
				t.Errorf("closed after %v with %d %+v", took, code, bye)
			}
		})
	}
}

// TestASlowReaderDelaysNobody: one viewer doesn't read at all.
func TestASlowReaderDelaysNobody(t *testing.T) {
	log := &book{}
	s := serve(t, Config{Log: log, Queue: 8}, all)
	slow := dial(t, s, `{"type":"hello"}`)
	_ = slow
	k := dial(t, s, `{"type":"hello"}`)
	k.want("snapshot")
	name := strings.Repeat("x", 500)
	var worst time.Duration
	for i := range 60 {
		for u := range 200 {
			x := unitAt(fmt.Sprint("u", u), float64(i)/10, 50)
			x.Name = name
			s.Move(x)
		}
		log.add(Event{Kind: KindAlert, ID: int64(i + 1), Open: true})
		began := time.Now()
		s.Changed()
		for alert, units := false, false; !alert || !units; {
			m, err := k.next()
			if err != nil {
				t.Fatal(err)
			}
			if m.Type == "alert" && m.Seq != int64(i+1) {
				t.Fatalf("alert %d, want %d", m.Seq, i+1)
			}
			alert, units = alert || m.Type == "alert", units || m.Type == "units" || m.Type == "snapshot"
		}
		worst = max(worst, time.Since(began))
	}
	t.Logf("worst %v", worst)
	if worst > 4*time.Second { // a write that blocks takes 5

		t.Errorf("a viewer waits %v while another doesn't read", worst)
	}
	// The slow one was cut, and is back with a snapshot and what it missed.
	deadline := time.Now().Add(5 * time.Second)
	for {
		s.mu.Lock()
		n := s.clients
		s.mu.Unlock()
		if n == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d viewers are left, want 1", n)
		}
		time.Sleep(10 * time.Millisecond)
	}
	scope := k.scope()
	back := dial(t, s, `{"type":"hello","since":40,"scope":"`+scope+`"}`)
	if m := back.want("snapshot"); len(m.Units) != 200 || m.Alerts != nil {
		t.Errorf("%d units, lists %v", len(m.Units), m.Alerts != nil)
	}
	if m := back.want("alert"); m.Seq != 41 {
		t.Errorf("goes on with alert %d, want 41", m.Seq)
	}
}

func (k socket) scope() string { return all(nil).Rights.key() }

func TestOnlyOurPagesMayConnect(t *testing.T) {
	s := serve(t, Config{}, all)
	other := serve(t, Config{Origins: []string{"https://desk.example"}}, all)
	for _, c := range []struct {
		s      served
		origin string
		ok     bool
	}{
		{s, "http://" + s.address, true},
		{s, "https://" + s.address, true}, // behind a proxy that ends TLS
		{s, "", false},
		{s, "null", false},
		{s, "http://evil.example", false},
		{s, "http://evil.example/" + s.address, false},
		{s, "file://" + s.address, false},
		{s, "http://" + s.address + ".evil.example", false},
		{other, "https://desk.example", true},
		{other, "http://desk.example", false},
		{other, "http://" + other.address, false},
	} {
		header := http.Header{}
		if c.origin != "" {
			header.Set("Origin", c.origin)
		}
		conn, resp, err := websocket.DefaultDialer.Dial("ws://"+c.s.address, header)
		if (err == nil) != c.ok {
			t.Errorf("origin %q: %v", c.origin, err)
		}
		if err == nil {
			conn.Close()
		} else if resp == nil || resp.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q: %v", c.origin, resp)
		}
	}
}

func TestWhatViewersMaySend(t *testing.T) {
	s := serve(t, Config{Hello: 200 * time.Millisecond}, func(r *http.Request) Viewer {
		v := all(r)
		n := 0
		v.Receive = func(_ context.Context, kind string, _ []byte) (any, error) {
			if kind != "fix" {
				return nil, errors.New("no such message")
			}
			n++
			return map[string]any{"type": "stored", "n": n}, nil
		}
		return v
	})
	k := dial(t, s, `{"type":"hello"}`)
	for n := 1; n <= 3; n++ {
		k.send(`{"type":"fix"}`)
		if m := k.want("stored"); m.N != n {
			t.Errorf("answer %+v to fix %d", m, n)
		}
	}
	k.send(`{"type":"joke"}`)
	k.want("error")
	for _, bad := range []string{
		`{"type":"view"}`, `x`, `{"type":"hello","since":-1}`, `{"type":"hello","view":{"bounds":[0,2,1,1],"zoom":3}}`, `{"type":"fix"}`,
		`{"type":"hello","scope":"` + strings.Repeat("x", 70_000) + `"}`,
	} {
		bye, code := dial(t, s, bad).closed()
		if bye.Why != "protocol" && !(len(bad) > 1000) || code != 4004 && !(len(bad) > 1000 && code == websocket.CloseMessageTooBig) {
			t.Errorf("%.50s: %+v %d", bad, bye, code)
		}
	}
	flood := dial(t, s, `{"type":"hello"}`)
	go func() {
		for range 2 * atOnce {
			_ = flood.WriteMessage(websocket.TextMessage, []byte(`{"type":"view","view":{"bounds":[0,0,1,1],"zoom":1}}`))
		}
	}()
	if bye, _ := flood.closed(); bye.Why != "protocol" {
		t.Errorf("a flood ends with %+v", bye)
	}
}

func TestTheEndIsTold(t *testing.T) {
	s := serve(t, Config{}, all)
	k := dial(t, s, `{"type":"hello"}`)
	k.want("snapshot")
	silent, _, err := websocket.DefaultDialer.Dial("ws://"+s.address, http.Header{"Origin": {"http://" + s.address}})
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	go s.stop()
	if bye, code := k.closed(); bye.Why != "shutdown" || !bye.Again || code != websocket.CloseServiceRestart {
		t.Errorf("%+v %d", bye, code)
	}
	s.stop()
	if s.admit(2) {
		t.Error("somebody is let in after the end")
	}
}

// One login doesn't take the room of all.
func TestMapsOfOnePerson(t *testing.T) {
	s := serve(t, Config{MaxClients: 3, PerPerson: 2}, func(r *http.Request) Viewer {
		v := all(r)
		if r.URL.Path == "/other" {
			v.Rights.Person = 2
		}
		return v
	})
	open := func(path string) bool {
		t.Helper()
		conn, _, err := websocket.DefaultDialer.Dial("ws://"+s.address+path, http.Header{"Origin": {"http://" + s.address}})
		if err == nil {
			t.Cleanup(func() { conn.Close() })
		}
		return err == nil
	}
	for i, want := range []bool{true, true, false} {
		if got := open("/"); got != want {
			t.Errorf("map %d of one person: %v, want %v", i+1, got, want)
		}
	}
	if !open("/other") {
		t.Error("another person has no room")
	}
	for range 2 {
		s.release(1)
	}
	s.mu.Lock()
	left := s.of[1]
	s.mu.Unlock()
	for range 2 { // as their connections will give them back
		s.admit(1)
	}
	if left != 0 {
		t.Errorf("%d are counted after the end", left)
	}
}

func TestViews(t *testing.T) {
	for _, c := range []struct {
		bounds [4]float64
		zoom   float64
		in     []orb.Point
		out    []orb.Point
	}{
		{[4]float64{-75.6, 39.7, -75.5, 39.8}, 14, []orb.Point{{-75.6, 39.7}, {-75.5, 39.8}}, []orb.Point{{-75.62, 39.75}, {-75.55, 39.82}}},
		{[4]float64{179, -1, 181, 1}, 8, []orb.Point{{179.5, 0}, {-179.5, 0}, {180, 0}, {-180, 0}}, []orb.Point{{0, 0}}},
		{[4]float64{-541, -1, -539, 1}, 8, []orb.Point{{179.5, 0}, {-179.5, 0}}, []orb.Point{{0, 0}}},
		{[4]float64{-300, -90, 300, 90}, 0, []orb.Point{{0, 0}, {-180, 90}, {180, -90}}, nil},
	} {
		v, ok := newView(c.bounds, c.zoom)
		if !ok {
			t.Errorf("%v is refused", c.bounds)
		}
		for _, p := range c.in {
			if !v.holds(p) {
				t.Errorf("%v does not show %v", c.bounds, p)
			}
		}
		for _, p := range c.out {
			if v.holds(p) {
				t.Errorf("%v shows %v", c.bounds, p)
			}
		}
	}
	for _, bad := range [][4]float64{{math.NaN(), 0, 1, 1}, {0, 2, 1, 1}, {0, 0, math.Inf(1), 1}} {
		if _, ok := newView(bad, 3); ok {
			t.Errorf("%v is taken", bad)
		}
	}
}

// TestPing: any viewer is told the server's clock, in the order it asked.
func TestPing(t *testing.T) {
	start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	s := serve(t, Config{Now: func() time.Time { return start }}, all)
	k := dial(t, s, `{"type":"hello"}`)
	k.want("snapshot")
	for n := range 3 {
		k.send(fmt.Sprintf(`{"type":"ping","n":%d}`, n))
		m := k.want("pong")
		if m.N != n || !m.Now.Equal(start) {
			t.Errorf("ping %d is answered by %d at %v", n, m.N, m.Now)
		}
	}
}

// Who is there is told the new number once, who comes later has it in the welcome.
func TestNotices(t *testing.T) {
	s := serve(t, Config{}, all)
	k := dial(t, s, `{"type":"hello"}`)
	if w := k.want("welcome"); w.Plan != 0 || w.Streets != 0 {
		t.Errorf("at first plan %d, streets %d", w.Plan, w.Streets)
	}
	k.want("snapshot")
	s.Plan(4)
	s.Plan(5)
	if m := k.want("plan"); m.Version == 4 {
		m = k.want("plan")
		if m.Version != 5 {
			t.Errorf("the plan is %d, want 5", m.Version)
		}
	}
	s.Streets(2)
	for {
		m, err := k.next()
		if err != nil || m.Type == "plan" {
			t.Fatalf("then comes %+v, %v", m, err)
		}
		if m.Type == "streets" && m.Version == 2 {
			break
		}
	}
	if w := dial(t, s, `{"type":"hello"}`).want("welcome"); w.Plan != 5 || w.Streets != 2 {
		t.Errorf("later plan %d, streets %d", w.Plan, w.Streets)
	}
}
