package simulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// fake is a server as far as the simulator needs one: its ways are straight, and
// its clock stands while it is away.
type fake struct {
	t *testing.T
	*httptest.Server

	mu       sync.Mutex
	base     time.Time
	since    time.Time
	speed    float64
	gone     bool
	secrets  map[string]string
	enrolled int
	fixes    map[string][]time.Time
	places   map[string]orb.Point
	steps    []string
	tasks    []map[string]any
	sessions map[string]string // cookie -> login
	people   []string
}

var fakeCity = orb.Point{-75.55, 39.74}

func newFake(t *testing.T, base time.Time, speed float64, people []string) *fake {
	f := &fake{
		t: t, base: base, since: time.Now(), speed: speed, people: people, secrets: map[string]string{},
		fixes: map[string][]time.Time{}, places: map[string]orb.Point{}, sessions: map[string]string{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/session", f.session)
	mux.HandleFunc("POST /api/session", f.login)
	mux.HandleFunc("GET /api/people", f.list("people", func() []any {
		var all []any
		for i, p := range f.people {
			all = append(all, map[string]any{"id": i + 1, "login": p})
		}
		return all
	}))
	mux.HandleFunc("GET /api/vehicles", f.list("vehicles", func() []any {
		return []any{map[string]any{"id": 1, "plate": "TOW-1", "kind": "tow-truck", "team": 1, "capacity": 1}}
	}))
	mux.HandleFunc("GET /api/stations", f.list("stations", func() []any {
		return []any{
			map[string]any{"kind": "station", "at": fakeCity, "team": 1},
			map[string]any{"kind": "pound", "at": geo.Destination(fakeCity, 180, 900), "team": nil},
		}
	}))
	mux.HandleFunc("GET /api/dogs", f.list("dogs", func() []any {
		var all []any
		for i := range 20 {
			all = append(all, map[string]any{"id": i + 1, "licence": fmt.Sprintf("W-%04d", i+1)})
		}
		return all
	}))
	mux.HandleFunc("GET /api/devices", f.list("devices", func() []any {
		var all []any
		for id := range f.secrets {
			all = append(all, map[string]any{"id": id, "version": 1})
		}
		return all
	}))
	mux.HandleFunc("POST /api/devices", f.enrol)
	mux.HandleFunc("POST /api/devices/{id}/secret", f.enrol)
	mux.HandleFunc("GET /api/tasks", f.list("tasks", func() (all []any) {
		for _, x := range f.tasks {
			if s := x["state"]; s != "done" && s != "declined" {
				all = append(all, x)
			}
		}
		return all
	}))
	mux.HandleFunc("POST /api/tasks/{id}/{step}", f.step)
	mux.HandleFunc("GET /api/walks", f.walks)
	mux.HandleFunc("GET /api/runs", f.runs)
	mux.HandleFunc("GET /api/route", f.route)
	mux.HandleFunc("POST /osmand", f.osmand)
	mux.HandleFunc("POST /owntracks", f.owntracks)
	mux.HandleFunc("POST /api/fixes", f.batch)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		gone := f.gone
		f.mu.Unlock()
		if gone {
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = c.Close()
			}
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// now is the server's time; f.mu is held.
func (f *fake) now() time.Time {
	if f.gone {
		return f.base
	}
	return f.base.Add(time.Duration(float64(time.Since(f.since)) * f.speed))
}

// away takes the server away, or brings it back.
func (f *fake) away(gone bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.base, f.since = f.now(), time.Now()
	f.gone = gone
}

func (f *fake) list(name string, all func() []any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.who(r) == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		items := all()
		if items == nil {
			items = []any{}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{name: items})
	}
}

// who is logged in; f.mu is held.
func (f *fake) who(r *http.Request) string {
	c, err := r.Cookie("s")
	if err != nil {
		return ""
	}
	return f.sessions[c.Value]
}

func (f *fake) session(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = json.NewEncoder(w).Encode(map[string]any{"time_zone": "UTC", "clock": map[string]any{"now": f.now(), "speed": f.speed}})
}

func (f *fake) login(w http.ResponseWriter, r *http.Request) {
	var a Account
	_ = json.NewDecoder(r.Body).Decode(&a)
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, p := range f.people {
		if p == a.Login && a.Password == "secret" {
			f.sessions[p] = p
			http.SetCookie(w, &http.Cookie{Name: "s", Value: p, Path: "/"})
			_ = json.NewEncoder(w).Encode(map[string]any{"person": map[string]any{"id": i + 1}})
			return
		}
	}
	w.WriteHeader(http.StatusUnauthorized)
}

func (f *fake) enrol(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.who(r) != "simulator" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	id := r.PathValue("id")
	if id == "" {
		var in struct{ ID string }
		_ = json.NewDecoder(r.Body).Decode(&in)
		id = in.ID
	}
	f.enrolled++
	f.secrets[id] = fmt.Sprintf("secret-%d", f.enrolled)
	_ = json.NewEncoder(w).Encode(map[string]any{"secret": f.secrets[id]})
}

func (f *fake) walks(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	who, walks := f.who(r), []any{}
	for i, p := range f.people {
		if p == who && strings.HasPrefix(p, "o") {
			line := orb.LineString{fakeCity}
			for k := range 20 {
				line = append(line, geo.Destination(line[k], geo.Degrees(18*k), 200))
			}
			day := f.base.Truncate(24 * time.Hour)
			walks = append(walks, map[string]any{
				"shift": i + 1, "person": map[string]any{"id": i + 1}, "from": day.Add(7 * time.Hour), "to": day.Add(19 * time.Hour),
				"start": day.Add(7 * time.Hour), "line": line, "done_m": 0,
			})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"walks": walks})
}

func (f *fake) runs(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := 0
	for i, p := range f.people {
		if p == f.who(r) {
			id = i + 1
		}
	}
	day := f.base.Truncate(24 * time.Hour)
	_ = json.NewEncoder(w).Encode(map[string]any{"runs": []any{map[string]any{
		"driver": map[string]any{"id": id}, "from": day.Add(7 * time.Hour), "to": day.Add(19 * time.Hour), "stops": []any{},
	}}})
}

func (f *fake) step(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.tasks {
		if fmt.Sprint(x["id"]) == r.PathValue("id") && x["who"] == f.who(r) {
			x["state"] = r.PathValue("step")
			f.steps = append(f.steps, fmt.Sprintf("%s %v %s", f.who(r), x["id"], x["state"]))
		}
	}
	_, _ = w.Write([]byte("{}"))
}

// route is straight, at the city's usual speeds.
func (f *fake) route(w http.ResponseWriter, r *http.Request) {
	point := func(name string) orb.Point {
		a, b, _ := strings.Cut(r.URL.Query().Get(name), ",")
		x, _ := strconv.ParseFloat(a, 64)
		y, _ := strconv.ParseFloat(b, 64)
		return orb.Point{x, y}
	}
	from, to := point("from"), point("to")
	d := float64(geo.Distance(from, to))
	speed := map[string]float64{"foot": 1.3, "car": 10}[r.URL.Query().Get("profile")]
	_ = json.NewEncoder(w).Encode(map[string]any{
		"geometry": map[string]any{"type": "LineString", "coordinates": orb.LineString{from, to}},
		"streets":  []any{map[string]any{"distance_m": d, "duration_s": d / speed}},
	})
}

// take keeps fixes of a device that knows its secret.
func (f *fake) take(w http.ResponseWriter, id, secret, answer string, times []time.Time, at orb.Point) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.secrets[id] == "" || f.secrets[id] != secret {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	for _, t := range times { // a fix sent again is a duplicate, as with the real one
		if !slices.ContainsFunc(f.fixes[id], t.Equal) {
			f.fixes[id] = append(f.fixes[id], t)
		}
	}
	f.places[id] = at
	_, _ = w.Write([]byte(answer))
}

func (f *fake) osmand(w http.ResponseWriter, r *http.Request) {
	unix, _ := strconv.ParseInt(r.FormValue("timestamp"), 10, 64)
	lat, _ := strconv.ParseFloat(r.FormValue("lat"), 64)
	lon, _ := strconv.ParseFloat(r.FormValue("lon"), 64)
	f.take(w, r.FormValue("id"), r.Header.Get("X-Device-Secret"), `[{"stored":true}]`, []time.Time{time.Unix(unix, 0)}, orb.Point{lon, lat})
}

func (f *fake) owntracks(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	var in struct {
		TST      int64
		Lat, Lon float64
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	f.take(w, id, secret, `[]`, []time.Time{time.Unix(in.TST, 0)}, orb.Point{in.Lon, in.Lat})
}

func (f *fake) batch(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), ":")
	var in struct{ Fixes []Fix }
	_ = json.NewDecoder(r.Body).Decode(&in)
	var times []time.Time
	verdicts := make([]verdict, len(in.Fixes))
	for i, x := range in.Fixes {
		times = append(times, x.T)
		verdicts[i].Stored = true
	}
	answer, _ := json.Marshal(map[string]any{"verdicts": verdicts})
	last := in.Fixes[len(in.Fixes)-1]
	f.take(w, id, secret, string(answer), times, orb.Point{last.Lon, last.Lat})
}
