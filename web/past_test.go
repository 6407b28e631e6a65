package web

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/geo"
	"citygrid/geo/street/streettest"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/fence"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// A pastUnit is a line of type unit, written out: times in tenths of a second.
type pastUnit struct {
	ID, Kind string
	Team     int64
	T        []int64
	Lon, Lat []int64
	Speed    []int64 `json:"speed_kmh"`
}

// replayed reads what docs/past.md says.
func replayed(t *testing.T, text []byte) (units []pastUnit, alerts []Alert) {
	t.Helper()
	ended := false
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); n++ {
		var line struct {
			Type  string
			Alert Alert
			pastUnit
			Units, Positions, Alerts int
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || ended || (n == 0) != (line.Type == "past") {
			t.Fatalf("line %d: %v: %s", n, err, lines.Text())
		}
		switch line.Type {
		case "alert":
			alerts = append(alerts, line.Alert)
		case "unit":
			u := line.pastUnit
			for _, column := range [][]int64{u.T, u.Lon, u.Lat} {
				if len(column) != len(u.T) {
					t.Fatalf("columns differ: %s", lines.Text())
				}
				for i := 1; i < len(column); i++ {
					column[i] += column[i-1]
				}
			}
			units = append(units, u)
		case "end":
			positions := 0
			for _, u := range units {
				positions += len(u.T)
			}
			if ended = true; line.Units != len(units) || line.Positions != positions || line.Alerts != len(alerts) {
				t.Fatalf("%d units, %d alerts, but %s", len(units), len(alerts), lines.Text())
			}
		}
	}
	if !ended {
		t.Fatal("no end")
	}
	return units, alerts
}

func pastQuery(from, to time.Time, more ...string) string {
	q := url.Values{"from": {from.Format(time.RFC3339Nano)}, "to": {to.Format(time.RFC3339Nano)}, "why": {"complaint 417"}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return "/api/past?" + q.Encode()
}

func stayed(tracker ingest.TrackerID, at orb.Point, from time.Time, n int) (all []ingest.Fix) {
	for i := range n {
		when := from.Add(time.Duration(i) * time.Minute)
		all = append(all, ingest.Fix{
			Tracker: tracker, Time: when, Received: when, At: at,
			Speed: float64(i), Course: geo.Degrees(math.NaN()), AltitudeM: math.NaN(), Battery: math.NaN(),
		})
	}
	return all
}

// TestPast holds FIELD 5.2's column of tracks: whose past each role is shown, and
// how far back.
func TestPast(t *testing.T) {
	w := atWork(t)
	from := w.since.Add(30 * time.Minute)
	to := from.Add(time.Hour)
	walk := streettest.Place(-20, 60) // 300 m from the park, where Bella lives
	var all []ingest.Fix
	for tracker, at := range map[ingest.TrackerID]orb.Point{
		w.phone("town.officer"): station, w.phone("other.officer"): otherPark, "unit-1": station, w.phone("driver"): nowhere,
		"tag-1": townPark, "tag-2": otherPark,
	} {
		all = append(all, stayed(tracker, at, from, 60)...)
		all = append(all, stayed(tracker, at, w.since.Add(-5*time.Minute), 3)...) // before the shift
	}
	all = append(all, stayed("tag-1", walk, from.Add(30*time.Second), 60)...)
	if _, err := w.st.AppendFixes(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	// About Max there was an alert in the middle, for ten minutes.
	b := fence.Breach{
		Subject: fence.Subject{Class: zone.Dog, ID: int64(w.max.ID)}, Tracker: "tag-2", Zone: 1, Rule: zone.InsideWhileActive, Grade: fence.Confirmed,
		Start: from.Add(20 * time.Minute), End: from.Add(30 * time.Minute), Event: fence.Ended, At: from.Add(30 * time.Minute), Sight: fence.Sight{At: otherPark},
	}
	_, err := w.st.KeepAlert(t.Context(), b.Key(), func(old alert.Alert) (alert.Alert, error) {
		return alert.Policy{}.Take(old, b, func(orb.Point) alert.Place { return alert.Place{Area: otherArea, Grid: 2} })
	}, audit.Act{Verb: "test"})
	if err != nil {
		t.Fatal(err)
	}
	mine, theirs, truck := fmt.Sprintf("p%d:60", w.ids["town.officer"]), fmt.Sprintf("p%d:60", w.ids["other.officer"]), fmt.Sprintf("v%d:120", w.truck.ID)
	max := fmt.Sprintf("d%d:21", w.max.ID)
	bella := fmt.Sprintf("d%d:60", w.bella.ID)
	for _, c := range []struct {
		login  string
		units  []string // with how many positions
		alerts int
	}{
		{"dispatcher", []string{mine, theirs, truck, max}, 1},
		{"town.desk", []string{mine, truck}, 0},
		{"other.desk", []string{theirs, max}, 1},
		{"town.leader", []string{mine, truck, bella}, 0}, // without where she lives
		{"town.officer", []string{mine}, 0},
		{"driver", []string{truck}, 0},
		{"officer", nil, 0}, // was off duty
	} {
		units, alerts := replayed(t, w.as(c.login).get(pastQuery(from, to)).is(t, 200, "").text)
		var got []string
		for _, u := range units {
			got = append(got, fmt.Sprintf("%s:%d", u.ID, len(u.T)))
		}
		same(t, c.login, got, c.units)
		if len(alerts) != c.alerts {
			t.Errorf("%s: %d alerts, want %d", c.login, len(alerts), c.alerts)
		}
		if c.login == "town.officer" {
			u := units[0]
			if u.Kind != "officer" || u.Team != int64(w.one.ID) || u.T[7] != 7*600 || u.Speed[7] != 7 || u.Lon[59] != int64(math.Round(station[0]*1e6)) || u.Lat[59] != int64(math.Round(station[1]*1e6)) {
				t.Errorf("%+v, want minute 7 at 7 km/h, all at %v", u, station)
			}
		}
	}
	// Only what is in the box, only what is within the time.
	box := fmt.Sprintf("%f,%f,%f,%f", otherPark[0]-0.001, otherPark[1]-0.001, otherPark[0]+0.001, otherPark[1]+0.001)
	units, _ := replayed(t, w.as("dispatcher").get(pastQuery(from.Add(time.Minute), from.Add(3*time.Minute), "bbox", box)).is(t, 200, "").text)
	if len(units) != 1 || len(units[0].T) != 2 || units[0].T[0] != 0 {
		t.Errorf("%+v in the box, want one unit at minutes 1 and 2", units)
	}
	// What may not be read is refused, and each look is in the audit log with its reason.
	old := time.Now().Add(-25 * time.Hour)
	for _, c := range []struct {
		login, query string
		status       int
		code         string
	}{
		{"dispatcher", pastQuery(from, to, "why", "x"), 422, "past.why"},
		{"dispatcher", pastQuery(from, to.Add(time.Second)), 422, "past.time"},
		{"dispatcher", pastQuery(to, from), 422, "past.time"},
		{"dispatcher", pastQuery(from, to, "from", "yesterday"), 422, "past.time"},
		{"dispatcher", pastQuery(from, to, "bbox", "1,2"), 422, "query.bbox"},
		{"dispatcher", pastQuery(old, old.Add(time.Hour)), 403, "past.too_old"},
		{"town.leader", pastQuery(old, old.Add(time.Hour)), 200, ""},
		{"call-taker", pastQuery(from, to), 403, "access.denied"},
	} {
		if got := w.as(c.login).get(c.query); got.status != c.status || got.status != 200 && got.code() != c.code {
			t.Errorf("%s %s: %s, want %d %s", c.login, c.query, got, c.status, c.code)
		}
	}
	log, err := w.st.AuditEntries(t.Context(), audit.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	looks := 0
	for _, e := range log {
		if e.Verb == "track.read" && strings.HasSuffix(e.Detail, ": complaint 417") && e.Who != "" {
			looks++
		}
	}
	if looks != 9 {
		t.Errorf("%d looks are in the audit log, want 9", looks)
	}
}

func (w *shop) phone(login string) ingest.TrackerID {
	return ingest.TrackerID(w.room.PhoneOf(w.ids[login]).ID)
}

// BenchmarkPast is an hour of many officers as a replay asks for it.
func BenchmarkPast(b *testing.B) {
	for _, units := range []int{100, 1000} {
		b.Run(fmt.Sprintf("units=%d", units), func(b *testing.B) {
			w := atWork(b)
			first, err := w.st.PersonByLogin(b.Context(), "dispatcher")
			if err != nil {
				b.Fatal(err)
			}
			from := w.since.Add(30 * time.Minute)
			var shifts []register.Shift
			for i := range units {
				login := fmt.Sprintf("o%d", i)
				p, err := w.st.AddPerson(b.Context(), people.Person{Login: login, Name: login, PasswordHash: first.PasswordHash, Grants: []people.Grant{{Role: people.Officer, Area: townArea}}}, audit.Act{Verb: "test"})
				if err != nil {
					b.Fatal(err)
				}
				shifts = append(shifts, register.Shift{Person: p.ID, Team: w.one.ID, From: w.since, To: w.since.Add(8 * time.Hour)})
				w.ids[login] = p.ID
			}
			if _, err := w.st.ImportShifts(b.Context(), shifts, audit.Act{Verb: "test"}); err != nil {
				b.Fatal(err)
			}
			if err := w.room.Reload(b.Context()); err != nil {
				b.Fatal(err)
			}
			for k := range 72 { // each 10 s, as a batch of five of each comes in
				var batch []ingest.Fix
				for i := range units {
					for n := range 5 {
						at := from.Add(time.Duration(k*5+n) * 10 * time.Second)
						batch = append(batch, ingest.Fix{
							Tracker: w.phone(fmt.Sprintf("o%d", i)), Time: at, Received: at.Add(time.Second), Accuracy: 8, Speed: 4.5, Course: geo.Degrees(k % 360),
							At: orb.Point{math.Round((-75.55+float64(i)*1e-4+float64(k)*1e-5)*1e7) / 1e7, math.Round((39.74+float64(n)*1e-5)*1e7) / 1e7}, AltitudeM: math.NaN(), Battery: 0.5,
						})
					}
				}
				if _, err := w.st.AppendFixes(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
			}
			cookie := w.as("dispatcher").Jar.Cookies(mustURL(b, w.url))[0].String()
			b.ReportAllocs()
			bytes := 0
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, pastQuery(from, from.Add(time.Hour)), nil)
				r.Header.Set("Cookie", cookie)
				rec := httptest.NewRecorder()
				w.s.Handler().ServeHTTP(rec, r)
				if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), fmt.Sprintf(`"positions":%d`, 360*units)) {
					b.Fatal(rec.Code, rec.Body.Len())
				}
				bytes = rec.Body.Len()
			}
			b.ReportMetric(float64(bytes)/float64(360*units), "B/position")
		})
	}
}
