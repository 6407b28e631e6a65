package web

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/routing/city"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// byTheHour is a site whose streets have all who travel: trucks may not use the street
// from a to b in the morning, and what is up at g nobody reaches.
func byTheHour(t testing.TB) *site {
	n, _ := streettest.Draw(t, `
a---b---c
|   |   |                                                       g--h
d---e---f
`, func(d *streettest.Drawing) {
		d.Parts.Names = append(d.Parts.Names, street.Name{Default: "Main Street", In: map[string]string{"zh": "主街"}})
		d.Parts.Rules = []street.Rules{{}, {Conditional: map[string]string{"goods:conditional": "no @ (Mo-Fr 07:00-10:00)", "hgv:conditional": "no @ (Mo-Fr 07:00-10:00)"}}}
		for i := range d.Parts.Segments {
			d.Parts.Segments[i].Name = 1
		}
		d.Parts.Segments[d.ID('a', 'b')].Rules = 1
	})
	x := open(t)
	m := drawn(t)
	m.Network, m.Streets = n, city.New("0123456789abcdef", n, path.Profiles())
	x.s.SetMap(m)
	return x
}

func at(p orb.Point) string { return fmt.Sprintf("%.7f,%.7f", p[0], p[1]) }

// TestRoutesOfAll: who travels, what for points they pass, and when they leave.
func TestRoutesOfAll(t *testing.T) {
	b := byTheHour(t).as("driver")
	var info MapInfo
	b.get("/api/map").is(t, 200, "").into(t, &info)
	if len(info.Profiles) != len(path.Profiles()) || info.Profiles[0].Title["zh-CN"] == "" || info.Profiles[0].Title["en"] == "" {
		t.Fatalf("profiles: %+v", info.Profiles)
	}
	c, e := streettest.Place(8, 0), streettest.Place(4, 2)
	ask := "/api/route?from=" + at(cornerA) + "&to=" + at(cornerB)
	route := func(more string) (r Route) {
		t.Helper()
		b.get(ask+more).is(t, 200, "").into(t, &r)
		sum := 0.0
		for _, s := range r.Steps {
			sum += s.DistanceM
		}
		if math.Abs(sum-r.DistanceM) > 0.01 || len(r.Steps) < 2 || r.Steps[0].Kind != path.StepDepart || r.Steps[len(r.Steps)-1].Kind != path.StepArrive {
			t.Errorf("%s: steps %+v of %v m", more, r.Steps, r.DistanceM)
		}
		if got := r.Arrive.Sub(r.Leave).Seconds(); math.Abs(got-r.DurationS) > 1e-3 {
			t.Errorf("%s: leaves at %v, arrives at %v after %v s", more, r.Leave, r.Arrive, r.DurationS)
		}
		return r
	}
	for _, p := range info.Profiles {
		if p.Vehicle != "boat" {
			if r := route("&profile=" + p.Name); math.Round(r.DistanceM) != 40 {
				t.Errorf("%s: %v m, want 40", p.Name, r.DistanceM)
			}
		}
	}
	zone, err := time.LoadLocation("America/New_York") // the bureau's
	if err != nil {
		t.Fatal(err)
	}
	today := time.Now().In(zone)
	monday := time.Date(today.Year(), today.Month(), today.Day()+int(time.Monday+7-today.Weekday())%7, 0, 0, 0, 0, zone)
	hour := func(h time.Duration) string { return "&at=" + monday.Add(h*time.Hour).UTC().Format(time.RFC3339) }
	for _, c := range []struct {
		more string
		want float64
	}{
		{"&profile=tow-truck" + hour(8), 80}, // round by d and e
		{"&profile=tow-truck" + hour(10), 40},
		{"&profile=car" + hour(8), 40},
		{"&profile=foot&via=" + at(c), 120},
		{"&profile=foot&via=" + at(e) + ";" + at(c), 160},
	} {
		if r := route(c.more); math.Round(r.DistanceM) != c.want {
			t.Errorf("%s: %v m, want %v", c.more, r.DistanceM, c.want)
		}
	}
	r := route("&profile=foot&lang=zh-CN&via=" + at(e))
	if len(r.Stops) != 1 || r.Stops[0].Street != "主街" || !strings.Contains(r.Steps[0].Text, "主街") {
		t.Errorf("in Chinese: %+v %+v", r.Stops, r.Steps)
	}
	if r := route("&profile=car&alternatives=3"); len(r.Alternatives) > 3 {
		t.Errorf("%d alternatives", len(r.Alternatives))
	}
	if east, west := route("&profile=car&heading=90"), route("&profile=car&heading=180"); west.DistanceM <= east.DistanceM {
		t.Errorf("looking south %v m, east %v m", west.DistanceM, east.DistanceM)
	}
	off := "1,1"
	var p Problem
	b.get(ask+"&via="+at(e)+";"+off+";2,2").is(t, 422, "route.off_network").into(t, &p)
	if p.End != "via" || p.Via != 2 || len(p.Errors) != 2 || p.Errors[1].Location != "query.via[2]" {
		t.Errorf("two points off the network: %+v", p)
	}
	b.get(ask+"&via="+off[:1]).is(t, 422, "query.point")
	b.get(ask+"&via="+strings.Repeat("0,0;", path.MaxVia)+"0,0").is(t, 422, "route.limit")
	b.get(ask+"&alternatives=2&via="+at(e)).is(t, 422, "route.limit")
	b.get(ask+"&alternatives=8").is(t, 422, "request.invalid")
	b.get(ask+"&heading=x").is(t, 422, "request.invalid")
	b.get(ask+"&profile=rocket").is(t, 422, "route.profile")
	b.get(ask+"&at=2090-01-01T00:00:00Z").is(t, 422, "route.at")
	b.get("/api/route?profile=car&from="+at(cornerA)+"&to="+at(streettest.Place(65, 1))).is(t, 404, "route.none")
}

// TestNearestByTime: who is first at a place, and of whom nothing can be said.
func TestNearestByTime(t *testing.T) {
	b := byTheHour(t).as("dispatcher")
	points := []orb.Point{streettest.Place(8, 0), nowhere, streettest.Place(65, 1), cornerA}
	var out struct {
		Nearest []NearPoint
		Off     []int
		NoWay   []int `json:"no_way"`
	}
	b.send("POST", "/api/nearest", body{"profile": "e-bike", "points": points, "to": cornerA}).is(t, 200, "").into(t, &out)
	if len(out.Nearest) != 2 || out.Nearest[0].Index != 3 || out.Nearest[1].Index != 0 || fmt.Sprint(out.Off, out.NoWay) != "[1] [2]" {
		t.Errorf("nearest: %+v", out)
	}
	b.send("POST", "/api/nearest", body{"points": points, "to": cornerA, "k": 1}).is(t, 200, "").into(t, &out)
	if len(out.Nearest) != 1 {
		t.Errorf("the nearest one: %+v", out.Nearest)
	}
	b.send("POST", "/api/nearest", body{"points": points, "to": nowhere}).is(t, 422, "route.off_network")
	b.send("POST", "/api/nearest", body{"points": []orb.Point{}, "to": cornerA}).is(t, 422, "request.invalid")
	b.send("POST", "/api/nearest", body{"profile": "rocket", "points": points, "to": cornerA}).is(t, 422, "route.profile")
}
