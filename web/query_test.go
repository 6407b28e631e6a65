package web

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

func TestParsePoint(t *testing.T) {
	for text, want := range map[string]orb.Point{
		"-75.5466,39.7459": {-75.5466, 39.7459}, " 1 , 2 ": {1, 2}, "180,90": {180, 90}, "-180,-90": {-180, -90}, "0,0": {}, "1e1,2": {10, 2},
	} {
		if got, err := parsePoint("query.at", text); err != nil || got != want {
			t.Errorf("%q: %v %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", ",", "1", "1,2,3", "a,b", "NaN,0", "Inf,0", "0,-Inf", "181,0", "0,91", "1;2", "1 2", strings.Repeat("1", 100) + ",0"} {
		if got, err := parsePoint("query.at", text); problemCode(err) != "query.point" {
			t.Errorf("%q: %v %v, want query.point", text, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"-75.5,39.7", "1,2,3,4", "NaN,NaN", "1e308,1e308", "0x1p-2,3", "1_0,2", "-0,-0", ",,,", "-75.66,39.68,-75.46,39.82", "4,3,2,1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := parsePoint("query.at", text); err == nil && !onEarth(p) {
			t.Errorf("%q is taken as %v", text, p)
		}
		if b, err := parseBound("query.bbox", text); err == nil && (!onEarth(b.Min) || !onEarth(b.Max) || b.IsEmpty() || b.IsZero()) {
			t.Errorf("%q is taken as %v", text, b)
		}
		if v, err := ifMatch(text); err == nil && v < 1 {
			t.Errorf("If-Match %q is taken as %d", text, v)
		}
		if z, x, y, err := tileAddress(text, text, text); err == nil && (z > maxZoom || x>>z != 0 || y>>z != 0) {
			t.Errorf("tile %q is taken as %d/%d/%d", text, z, x, y)
		}
	})
}

// FuzzBodies: whatever comes as JSON, no handler panics or calls it its own error.
func FuzzBodies(f *testing.F) {
	x := open(f)
	b := x.as("admin")
	for _, s := range []string{`{}`, `{"login":"a.b","name":"A","grants":[{"role":"officer","area":2}]}`, `{"name":"x"}`, `{"parent":1,"kind":"town","name":{"en":"x"}}`, `{"old":"x","new":"y"}`, `{"grants":null}`, `{"name":{"":""}}`, `[`, `{"boundary":{"type":"Polygon","coordinates":[[]]}}`, `{"password":"` + "\u0000" + `"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x.t = t
		for _, r := range []reply{
			b.send("POST", "/api/people", []byte(text)),
			b.send("PATCH", "/api/people/51", []byte(text), "If-Match", "1"),
			b.send("PUT", "/api/people/52/password", []byte(text)),
			b.send("POST", "/api/areas", []byte(text)),
			b.send("PATCH", "/api/areas/4", []byte(text), "If-Match", "1"),
			b.send("POST", "/api/setup", []byte(text)),
		} {
			if r.status >= 500 {
				t.Errorf("%q: %s", text, r)
			}
			if r.status >= 400 && r.code() == "" {
				t.Errorf("%q: %s\nwant a problem with a code", text, r)
			}
		}
	})
}

func TestSearch(t *testing.T) {
	b := open(t).as("officer")
	var out struct{ Hits []Hit }
	b.get("/api/search?q=main&lang=zh-CN&near=-75.55,39.74").is(t, 200, "").into(t, &out)
	if len(out.Hits) != 1 || out.Hits[0].Name != "主街" || out.Hits[0].Kind != "street" || out.Hits[0].DistanceM == nil {
		t.Errorf("main: %+v", out.Hits)
	}
	out.Hits = nil
	b.get("/api/search?q=main").is(t, 200, "").into(t, &out)
	if len(out.Hits) != 1 || out.Hits[0].Name != "Main Street" || out.Hits[0].DistanceM != nil {
		t.Errorf("main: %+v", out.Hits)
	}
	if r := b.get("/api/search?q=").is(t, 200, ""); !strings.Contains(string(r.text), `"hits":[]`) {
		t.Errorf("nothing: %s", r)
	}
	b.get("/api/search?q=x&near=200,0").is(t, 422, "query.point")
	b.get("/api/search?q=x&limit=0").is(t, 422, "request.invalid")
	b.get("/api/search?q=x&limit=51").is(t, 422, "request.invalid")
	b.get("/api/search?q=x&more=1").is(t, 422, "request.invalid")
	b.get("/api/search?q="+strings.Repeat("x", 300)).is(t, 422, "request.invalid")
}

func TestRoute(t *testing.T) {
	b := open(t).as("driver")
	var out Route
	// Along the upper street, 10 m a character: from a to c.
	b.get("/api/route?from=-75.55,39.74&to=-75.5490644,39.74&lang=zh-CN").is(t, 200, "").into(t, &out)
	if math.Abs(out.DistanceM-80) > 1 || out.DurationS <= 0 || len(out.Streets) != 1 || out.Streets[0].Name != "主街" ||
		out.Geometry.Type != "LineString" || len(out.Geometry.Coordinates) < 2 || out.From.Street != "主街" || out.To.SnapM > 1 {
		t.Errorf("route: %+v", out)
	}
	var p Problem
	b.get("/api/route?from=-75.55,39.75&to=-75.55,39.74").is(t, 422, "route.off_network").into(t, &p)
	if p.End != "from" || p.DistanceM < 1000 || p.DistanceM > 1200 {
		t.Errorf("off the network: %+v", p)
	}
	b.get("/api/route?from=1,1").is(t, 422, "request.invalid")
	b.get("/api/route?from=1,1&to=x").is(t, 422, "query.point")
	b.get("/api/route?from=1,1&to=1,1&profile=boat").is(t, 422, "route.profile")
	b.get("/api/route?from=1,1&to=1,1&profile=car").is(t, 422, "route.profile") // the drawn map has none
}

func TestNearestStreet(t *testing.T) {
	b := open(t).as("officer")
	var out struct{ Street Street }
	b.get("/api/streets/nearest?at=-75.5498,39.74002&lang=zh").is(t, 200, "").into(t, &out)
	s := out.Street
	if s.Name != "主街" || s.Names[""] != "Main Street" || s.Class == "" || s.Side != "left" && s.Side != "right" || s.DistanceM <= 0 || s.DistanceM > 5 {
		t.Errorf("nearest: %+v", s)
	}
	b.get("/api/streets/nearest?at=0,0").is(t, 404, "street.none")
	b.get("/api/streets/nearest?at=91").is(t, 422, "query.point")
}

// TestOpenAPIIsServed, and names every route of the API in the table.
func TestOpenAPIIsServed(t *testing.T) {
	r := open(t).browser().get("/openapi.json").is(t, 200, "")
	var spec struct {
		OpenAPI string
		Paths   map[string]map[string]json.RawMessage
	}
	r.into(t, &spec)
	if spec.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %s", spec.OpenAPI)
	}
	table, err := parseRights(rightsCSV)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range table {
		if row.right == "app" || row.route == "/metrics" {
			continue
		}
		if spec.Paths[row.route][strings.ToLower(row.method)] == nil {
			t.Errorf("%s is not described", row.pattern())
		}
	}
}
