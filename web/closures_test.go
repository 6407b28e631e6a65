package web

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"citygrid/geo/street/streettest"

	"github.com/paulmach/orb"
)

// onStreets is a shop whose room and pages have the same streets.
func onStreets(t testing.TB) *shop {
	w := atWork(t)
	m := drawn(t)
	m.Streets = block(t)
	m.Network = m.Streets.Network
	w.room.SetCity(m.Streets)
	w.s.SetMap(m)
	return w
}

func picked(points ...orb.Point) body {
	return body{"type": "MultiPoint", "coordinates": points}
}

var (
	cornerA, cornerB = streettest.Place(0, 0), streettest.Place(4, 0)
	onAB             = streettest.Place(2, 0)
)

// way is how far it is from a to b, and the version of the streets.
func (b *browser) way(t testing.TB, more string) (metres float64, version int64) {
	t.Helper()
	var r Route
	b.get(fmt.Sprintf("/api/route?profile=car&from=%v,%v&to=%v,%v%s", cornerA[0], cornerA[1], cornerB[0], cornerB[1], more)).is(t, 200, "").into(t, &r)
	return math.Round(r.DistanceM), r.StreetsVersion
}

// TestClosureBendsRoutes: a street that a dispatcher closes is closed when the
// answer comes, for those and as long as was said, and open again once it is taken
// back.
func TestClosureBendsRoutes(t *testing.T) {
	w := onStreets(t)
	b := w.as("dispatcher")
	live := b.watch(nil)
	straight, before := b.way(t, "")
	if straight != 40 {
		t.Fatalf("it is %v m from a to b, want 40", straight)
	}
	var p struct {
		Names    []string
		Segments int
		Holds    bool
	}
	b.send("POST", "/api/closures/preview", body{"drawn": picked(onAB)}).is(t, 200, "").into(t, &p)
	if p.Segments != 1 || !p.Holds || len(p.Names) != 1 || p.Names[0] != "Main Street" {
		t.Errorf("preview: %+v", p)
	}
	var c Closure
	b.send("POST", "/api/closures", body{"reason": "Burst main", "drawn": picked(onAB)}).is(t, 201, "").into(t, &c)
	if c.State != "approved" || !c.Active || c.To != nil || c.NextChange != nil || c.By == nil || !c.MayChange || c.LengthM != 40 || c.Profiles == nil {
		t.Errorf("made %+v", c)
	}
	live.until("the streets", func(m message) bool { return m.Type == "streets" })
	bent, after := b.way(t, "")
	if bent != 80 || after <= before {
		t.Errorf("closed, it is %v m on streets %d, were %d", bent, after, before)
	}
	past := "&at=" + w.since.UTC().Format(time.RFC3339)
	if m, _ := b.way(t, past); m != 40 {
		t.Errorf("two hours ago it was %v m", m)
	}
	path := fmt.Sprintf("/api/closures/%d", c.ID)
	// For walkers alone, then slower instead, then from tomorrow on.
	b.send("PATCH", path, body{"profiles": []string{"foot"}}, "If-Match", "1").is(t, 200, "")
	if m, _ := b.way(t, ""); m != 40 {
		t.Errorf("closed for walkers, a car drives %v m", m)
	}
	b.send("PATCH", path, body{"profiles": []string{}, "speed_kmh": 1}, "If-Match", "2").is(t, 200, "")
	if m, _ := b.way(t, ""); m != 80 {
		t.Errorf("at 1 km/h, a car drives %v m", m)
	}
	tomorrow := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)
	b.send("PATCH", path, body{"speed_kmh": nil, "from": tomorrow, "to": tomorrow.Add(time.Hour)}, "If-Match", "3").is(t, 200, "").into(t, &c)
	if m, _ := b.way(t, ""); m != 40 || c.Active || !c.NextChange.Equal(tomorrow) {
		t.Errorf("today a car drives %v m: %+v", m, c)
	}
	if m, _ := b.way(t, "&at="+tomorrow.Format(time.RFC3339)); m != 80 {
		t.Errorf("tomorrow a car drives %v m", m)
	}
	b.send("PATCH", path, body{"from": w.since, "to": nil}, "If-Match", "4").is(t, 200, "")
	b.send("DELETE", path, nil, "If-Match", "4").is(t, 412, "stale")
	if m, _ := b.way(t, ""); m != 80 {
		t.Errorf("closed again, a car drives %v m", m)
	}
	b.send("DELETE", path, nil, "If-Match", "5").is(t, 204, "")
	if m, _ := b.way(t, ""); m != 40 {
		t.Errorf("open again, a car drives %v m", m)
	}
	var log struct {
		Entries []struct{ Verb, Object, Detail string }
	}
	w.as("auditor").get("/api/audit").is(t, 200, "").into(t, &log)
	var verbs []string
	for _, e := range log.Entries {
		if e.Object == fmt.Sprintf("closure/%d", c.ID) {
			verbs = append([]string{e.Verb}, verbs...)
		}
	}
	if got, want := strings.Join(verbs, " "), "closure.add closure.change closure.change closure.change closure.change closure.remove"; got != want {
		t.Errorf("audit has %s, want %s", got, want)
	}
}

// TestClosuresAreProposed: what a team leader or a planner draws holds once a
// dispatcher of that area has said yes.
func TestClosuresAreProposed(t *testing.T) {
	w := onStreets(t)
	leader, desk, officer := w.as("town.leader"), w.as("town.desk"), w.as("town.officer")
	var c Closure
	leader.send("POST", "/api/closures", body{"reason": "Street fair", "drawn": picked(onAB)}).is(t, 201, "").into(t, &c)
	if c.State != "proposed" || c.Active || c.MayDecide || !c.MayChange || c.Decided != nil {
		t.Errorf("proposed %+v", c)
	}
	path := fmt.Sprintf("/api/closures/%d", c.ID)
	if m, _ := officer.way(t, ""); m != 40 {
		t.Errorf("proposed, a car drives %v m", m)
	}
	listed := func(b *browser) int {
		var list struct{ Closures []Closure }
		b.get("/api/closures").is(t, 200, "").into(t, &list)
		return len(list.Closures)
	}
	if a, b := listed(officer), listed(desk); a != 0 || b != 1 {
		t.Errorf("officers see %d proposals, the desk %d", a, b)
	}
	leader.send("POST", path+"/approve", nil, "If-Match", "1").is(t, 403, "access.denied")
	w.as("other.desk").send("POST", path+"/approve", nil, "If-Match", "1").is(t, 403, "registers.outside")
	w.as("planner").send("PATCH", path, body{"reason": "No"}, "If-Match", "1").is(t, 403, "registers.outside")
	leader.send("PATCH", path, body{"reason": "Lantern fair"}, "If-Match", "1").is(t, 200, "")
	desk.send("POST", path+"/approve", nil, "If-Match", "1").is(t, 412, "stale")
	desk.send("POST", path+"/approve", nil, "If-Match", "2").is(t, 200, "").into(t, &c)
	if c.State != "approved" || !c.Active || c.Decided == nil || c.Reason != "Lantern fair" {
		t.Errorf("approved %+v", c)
	}
	if m, _ := officer.way(t, ""); m != 80 {
		t.Errorf("approved, a car drives %v m", m)
	}
	desk.send("POST", path+"/decline", nil, "If-Match", "3").is(t, 409, "closures.decided")
	leader.send("DELETE", path, nil, "If-Match", "3").is(t, 403, "registers.outside")
	if listed(officer) != 1 {
		t.Error("officers don't see what is closed")
	}
	desk.send("DELETE", path, nil, "If-Match", "3").is(t, 204, "")

	// Declined, it is the leader's to mend: then it is proposed again.
	leader.send("POST", "/api/closures", body{"reason": "Again", "drawn": picked(onAB)}).is(t, 201, "").into(t, &c)
	path = fmt.Sprintf("/api/closures/%d", c.ID)
	desk.send("POST", path+"/decline", nil, "If-Match", "1").is(t, 200, "").into(t, &c)
	if c.State != "declined" || c.Active {
		t.Errorf("declined %+v", c)
	}
	leader.send("PATCH", path, body{"reason": "Please"}, "If-Match", "2").is(t, 200, "").into(t, &c)
	if c.State != "proposed" || c.Decided != nil {
		t.Errorf("mended %+v", c)
	}
	leader.send("DELETE", path, nil, "If-Match", "3").is(t, 204, "")
	w.as("other.desk").send("POST", "/api/closures", body{"reason": "Not ours", "drawn": picked(onAB)}).is(t, 422, "registers.outside")
	officer.send("POST", "/api/closures", body{"reason": "No", "drawn": picked(onAB)}).is(t, 403, "access.denied")
}

func TestClosuresRefused(t *testing.T) {
	w := onStreets(t)
	b := w.as("dispatcher")
	for name, c := range map[string]struct {
		sent body
		code string
	}{
		"no reason":           {body{"drawn": picked(onAB)}, "registers.invalid"},
		"nothing drawn":       {body{"reason": "x"}, "registers.invalid"},
		"far from any street": {body{"reason": "x", "drawn": picked(nowhere)}, "registers.invalid"},
		"half a position":     {body{"reason": "x", "drawn": body{"type": "MultiPoint", "coordinates": [][]float64{{1}}}}, "registers.invalid"},
		"another shape":       {body{"reason": "x", "drawn": body{"type": "Point", "coordinates": []float64{1, 2}}}, "request.invalid"},
		"no coordinates":      {body{"reason": "x", "drawn": body{"type": "Polygon", "coordinates": 5}}, "registers.invalid"},
		"a slip of the pen":   {body{"reason": "x", "drawn": picked(onAB), "untill": "x"}, "request.invalid"},
		"who doesn't travel":  {body{"reason": "x", "drawn": picked(onAB), "profiles": []string{"rocket"}}, "route.profile"},
		"no speed":            {body{"reason": "x", "drawn": picked(onAB), "speed_kmh": 0}, "registers.invalid"},
		"two speeds":          {body{"reason": "x", "drawn": picked(onAB), "speed_kmh": 5, "speed_share": 0.5}, "registers.invalid"},
		"ends at its begin":   {body{"reason": "x", "drawn": picked(onAB), "from": "2030-01-01T00:00:00Z", "to": "2030-01-01T00:00:00Z"}, "registers.invalid"},
		"a bad calendar":      {body{"reason": "x", "drawn": picked(onAB), "calendar": body{"zone": "UTC", "rules": []body{{"windows": []string{"7-19"}}}}}, "calendar.invalid"},
		"an area one way":     {body{"reason": "x", "direction": "along", "drawn": body{"type": "Polygon", "coordinates": [][]orb.Point{{streettest.Place(-1, -1), streettest.Place(5, -1), streettest.Place(5, 1), streettest.Place(-1, -1)}}}}, "registers.invalid"},
	} {
		t.Run(name, func(t *testing.T) { b.send("POST", "/api/closures", c.sent).is(t, 422, c.code) })
	}
	b.send("POST", "/api/closures", body{"reason": strings.Repeat("x", maxClosureBody)}).is(t, 413, "request.too_large")
	b.send("PATCH", "/api/closures/77", body{}, "If-Match", "1").is(t, 404, "not_found")
}

func TestMatrixAndIsochrone(t *testing.T) {
	w := onStreets(t)
	b := w.as("officer")
	var m struct {
		DurationsS [][]*float64 `json:"durations_s"`
		DistancesM [][]*float64 `json:"distances_m"`
		FromOff    []int        `json:"from_off"`
		ToOff      []int        `json:"to_off"`
	}
	b.send("POST", "/api/matrix", body{"profile": "car", "points": []orb.Point{cornerA, cornerB, nowhere}}).is(t, 200, "").into(t, &m)
	if len(m.DurationsS) != 3 || len(m.DistancesM[0]) != 3 || math.Round(*m.DistancesM[0][1]) != 40 || *m.DurationsS[1][1] != 0 || m.DurationsS[0][2] != nil ||
		fmt.Sprint(m.FromOff, m.ToOff) != "[2] [2]" {
		t.Errorf("table: %+v", m)
	}
	b.send("POST", "/api/matrix", body{"profile": "car", "from": []orb.Point{cornerA}, "to": []orb.Point{cornerB, cornerA}}).is(t, 200, "").into(t, &m)
	if len(m.DurationsS) != 1 || len(m.DurationsS[0]) != 2 {
		t.Errorf("table of 1 by 2: %+v", m)
	}
	many := make([]orb.Point, maxTable+1)
	for name, c := range map[string]struct {
		sent body
		code string
	}{
		"no points":     {body{"profile": "car"}, "request.invalid"},
		"too many":      {body{"profile": "car", "points": many}, "request.invalid"},
		"both ways":     {body{"profile": "car", "points": []orb.Point{cornerA}, "from": []orb.Point{cornerA}}, "request.invalid"},
		"off the earth": {body{"profile": "car", "points": []orb.Point{{200, 0}}}, "query.point"},
		"by rocket":     {body{"profile": "rocket", "points": []orb.Point{cornerA}}, "route.profile"},
	} {
		t.Run(name, func(t *testing.T) { b.send("POST", "/api/matrix", c.sent).is(t, 422, c.code) })
	}
	var areas struct {
		Type     string
		Features []struct {
			Type       string
			Geometry   struct{ Type string }
			Properties struct{ Minutes float64 }
		}
	}
	from := fmt.Sprintf("/api/isochrone?from=%v,%v", cornerA[0], cornerA[1])
	b.get(from+"&minutes=1,2.5").is(t, 200, "").into(t, &areas)
	if areas.Type != "FeatureCollection" || len(areas.Features) != 2 || areas.Features[1].Properties.Minutes != 2.5 || areas.Features[0].Geometry.Type != "Polygon" {
		t.Errorf("isochrone: %+v", areas)
	}
	b.get(from+"&minutes=0").is(t, 422, "request.invalid")
	b.get(from+"&minutes=61").is(t, 422, "request.invalid")
	b.get(from+"&minutes=1,2,3,4,5,6,7").is(t, 422, "request.invalid")
	b.get(from+"&minutes=x").is(t, 422, "request.invalid")
	b.get("/api/isochrone?from=1,1").is(t, 422, "route.off_network")
	for range 200 { // a page that went wild
		if r := b.get(from + "&minutes=1"); r.status == http.StatusTooManyRequests {
			r.is(t, 429, "route.too_many")
			return
		}
	}
	t.Error("200 questions in a row were answered")
}

// FuzzDrawing: a drawing that is taken survives a round trip.
func FuzzDrawing(f *testing.F) {
	for _, s := range []string{
		`{"type":"MultiPoint","coordinates":[[1,2]]}`, `{"type":"LineString","coordinates":[[1,2],[3,4,5]]}`,
		`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`, `{"type":"Polygon","coordinates":[]}`, `{"type":"MultiPoint","coordinates":[[]]}`, `null`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d, again Drawing
		if json.Unmarshal([]byte(text), &d) != nil || d.Geometry == nil {
			return
		}
		out, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &again); err != nil {
			t.Fatalf("%s became %s: %v", text, out, err)
		}
		if !orb.Equal(d.Geometry, again.Geometry) {
			t.Fatalf("%v became %v", d.Geometry, again.Geometry)
		}
	})
}
