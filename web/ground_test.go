package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street/streettest"

	"github.com/paulmach/orb"
)

// box is a square of a hundredth of a degree, column x and row y of a raster.
func box(x, y float64) body {
	const size = 0.01
	w, s := -75.5+x*size, 39.7+y*size
	return body{"type": "Polygon", "coordinates": [][][]float64{{{w, s}, {w + size, s}, {w + size, s + size}, {w, s + size}, {w, s}}}}
}

func gridIn(id int, code string, geometry body, more body) body {
	p := body{"id": id, "code": code, "name": body{"en": code}}
	for k, v := range more {
		p[k] = v
	}
	return body{"type": "Feature", "properties": p, "geometry": geometry}
}

func collection(grids ...body) body { return body{"type": "FeatureCollection", "features": grids} }

func TestPlan(t *testing.T) {
	now := time.Date(2030, 3, 1, 8, 0, 0, 0, time.UTC)
	x, _ := openReal(t, func(c *Config) { c.Now = func() time.Time { return now } })
	b, admin := x.as("planner"), x.as("admin")
	var team Team
	admin.send("POST", "/api/teams", body{"code": "T1", "name": body{"en": "One"}, "area": townArea}).is(t, 201, "").into(t, &team)
	var all struct{ People []Person }
	admin.get("/api/people").is(t, 200, "").into(t, &all)
	officer := all.People[len(all.People)-1]

	put := func(c body, version string) reply {
		t.Helper()
		return b.send("PUT", "/api/plan", c, "If-Match", version)
	}
	if r := b.get("/api/plan").is(t, 200, ""); string(r.text) != `{"type":"FeatureCollection","features":[]}`+"\n" || r.header.Get("ETag") != `"0"` {
		t.Errorf("before there is a plan: %s, ETag %s", r.text, r.header.Get("ETag"))
	}
	b.get("/api/plan/owner?at=-75.495,39.705").is(t, 404, "plan.none")
	first := collection(gridIn(1, "G1", box(0, 0), body{"team": team.ID, "member": officer.ID, "tasks": []string{"patrol"}}), gridIn(2, "G2", box(1, 0), nil))
	b.send("PUT", "/api/plan", first).is(t, 428, "version.missing")
	var kept PlanInfo
	put(first, "0").is(t, 200, "").into(t, &kept)
	if kept.Version != 1 || !kept.From.Equal(now) {
		t.Errorf("kept %+v", kept)
	}
	r := x.as("call-taker").get("/api/plan").is(t, 200, "")
	var got PlanCollection
	r.into(t, &got)
	one := got.Features[0].Properties
	if got.Plan == nil || *got.Plan != kept || len(got.Features) != 2 || *one.Team != team.ID || one.Member.Name != officer.Name || one.Tasks[0] != "patrol" || got.Features[1].Properties.Member != nil {
		t.Errorf("plan: %s", r)
	}
	var owner GridOwner
	x.as("police").get("/api/plan/owner?at=-75.495,39.705").is(t, 200, "").into(t, &owner)
	if owner.Grid.Code != "G1" || *owner.Team != team.ID || owner.Member.ID != officer.ID {
		t.Errorf("owner: %+v", owner)
	}
	b.get("/api/plan/owner?at=-75.595,39.705").is(t, 404, "plan.no_owner")

	// What was read can be sent back, and the version counts.
	var again body
	r.into(t, &again)
	put(again, "1").is(t, 200, "").into(t, &kept)
	var p Problem
	put(again, "1").is(t, 412, "stale").into(t, &p)
	if kept.Version != 2 || p.Version != 2 || p.ChangedBy != "planner" {
		t.Errorf("kept %+v, stale %+v", kept, p)
	}
	// Another plan from some day on leaves who answers now as it is.
	later := collection(gridIn(1, "N1", box(0, 0), nil))
	later["plan"] = body{"from": "2030-04-01T00:00:00Z"}
	put(later, "0").is(t, 200, "")
	for at, code := range map[string]string{"": "G1", "?at=2030-04-02T00:00:00Z": "N1"} {
		if r := b.get("/api/plan"+at).is(t, 200, ""); !strings.Contains(string(r.text), code) {
			t.Errorf("%s: want %s", r, code)
		}
	}
	if r := b.get("/api/plan?at=2030-02-01T00:00:00Z").is(t, 200, ""); !strings.Contains(string(r.text), `"features":[]`) {
		t.Errorf("before the first plan: %s", r.text)
	}

	p = Problem{}
	put(collection(gridIn(1, "G1", box(0, 0), nil), gridIn(2, "G2", box(0.5, 0), nil)), "2").is(t, 422, "plan.faults").into(t, &p)
	if len(p.Faults) == 0 || p.Faults[0].Grid == "" || p.Faults[0].Other == "" || p.Faults[0].At == nil || p.Faults[0].What == "" {
		t.Errorf("faults: %+v", p.Faults)
	}
	put(collection(gridIn(1, "G1", box(0, 0), body{"team": 999})), "2").is(t, 422, "plan.invalid")
	put(body{"type": "Point"}, "2").is(t, 422, "plan.faults")
	b.send("PUT", "/api/plan", []byte("grid,team"), "If-Match", "2", "Content-Type", "text/csv").is(t, 415, "request.media_type")
	b.send("PUT", "/api/plan", []byte("{"), "If-Match", "2", "Content-Type", "application/geo+json").is(t, 422, "plan.faults")
	admin.send("PUT", "/api/plan", first, "If-Match", "2").is(t, 403, "access.denied")
}

// TestPlannersOfAPart: plan and zones are the bureau's.
func TestPlannersOfAPart(t *testing.T) {
	x, _ := openReal(t)
	admin := x.as("admin")
	admin.send("POST", "/api/people", body{"login": "town.planner", "name": "P", "password": password, "grants": []body{{"role": "planner", "area": townArea}}}).is(t, 201, "")
	b := x.browser()
	b.send("POST", "/api/session", body{"login": "town.planner", "password": password}).is(t, 200, "")
	b.send("PUT", "/api/session/password", body{"old": password, "new": password + "!"}).is(t, 204, "")
	b.send("PUT", "/api/plan", collection(gridIn(1, "G1", box(0, 0), nil)), "If-Match", "0").is(t, 403, "access.denied")
	b.send("POST", "/api/zones", park()).is(t, 422, "registers.outside")
	b.get("/api/zones").is(t, 200, "")
	x.as("planner").send("POST", "/api/zones", park()).is(t, 201, "")
	b.send("PATCH", "/api/zones/1", body{}, "If-Match", "1").is(t, 403, "registers.outside")
	b.send("DELETE", "/api/zones/1", nil, "If-Match", "1").is(t, 403, "registers.outside")
}

func park() body {
	return body{"type": "Feature", "geometry": box(0, 0), "properties": body{
		"name": body{"en": "Park", "zh-CN": "公园"}, "kind": "no-dog", "rule": body{"kind": "inside-while-active"}, "classes": []string{"dog"},
		"calendar": body{"zone": "UTC", "rules": []body{{"windows": []string{"07:00-19:00"}}}},
	}}
}

func TestZones(t *testing.T) {
	now := time.Date(2030, 3, 1, 8, 0, 0, 0, time.UTC)
	x, _ := openReal(t, func(c *Config) { c.Now = func() time.Time { return now } })
	b := x.as("planner")
	r := b.send("POST", "/api/zones", park()).is(t, 201, "")
	var z ZoneFeature
	r.into(t, &z)
	if p := z.Properties; !p.Active || p.NextChange.Format(time.RFC3339) != "2030-03-01T19:00:00Z" || p.When["en"] == "" || p.Version != 1 {
		t.Errorf("made %s", r)
	}
	path := fmt.Sprintf("/api/zones/%d", z.ID)
	// A part of it, then all as it was read.
	b.send("PATCH", path, body{"properties": body{"name": body{"en": "Meadow"}, "calendar": nil}}, "If-Match", "1").is(t, 200, "").into(t, &z)
	if p := z.Properties; len(p.Name) != 1 || p.Kind != "no-dog" || !p.Active || p.NextChange != nil || p.Calendar.Spec != nil || len(z.Geometry.MultiPolygon) != 1 {
		t.Errorf("changed: %+v", p)
	}
	b.send("PATCH", path, z, "If-Match", "2").is(t, 200, "")
	b.send("PATCH", path, body{"geometry": box(3, 3)}, "If-Match", "3").is(t, 200, "").into(t, &z)
	if z.Geometry.Bound().Min[0] < -75.48 {
		t.Errorf("drawn anew: %v", z.Geometry)
	}
	b.send("PATCH", path, body{}, "If-Match", "3").is(t, 412, "stale")
	for name, c := range map[string]struct {
		sent body
		code string
	}{
		"a slip of the pen": {body{"properties": body{"calender": nil}}, "request.invalid"},
		"no such kind":      {body{"properties": body{"kind": "disco"}}, "request.invalid"},
		"nobody's":          {body{"properties": body{"classes": []string{}}}, "zones.invalid"},
		"no name":           {body{"properties": body{"name": body{}}}, "zones.invalid"},
		"a bad calendar":    {body{"properties": body{"calendar": body{"zone": "UTC", "rules": []body{{"windows": []string{"7-19"}}}}}}, "calendar.invalid"},
		"a point":           {body{"geometry": body{"type": "Point", "coordinates": []float64{1, 2}}}, "request.invalid"},
		"a short position":  {body{"geometry": body{"type": "Polygon", "coordinates": [][][]float64{{{1}, {2}, {3}, {1}}}}}, "zones.ground"},
		"an open ring":      {body{"geometry": body{"type": "Polygon", "coordinates": [][][]float64{{{1, 2}, {2, 2}, {3, 3}, {3, 4}}}}}, "zones.invalid"},
		"a bow tie":         {body{"geometry": body{"type": "Polygon", "coordinates": [][][]float64{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}}}, "zones.invalid"},
	} {
		t.Run(name, func(t *testing.T) { b.send("PATCH", path, c.sent, "If-Match", "4").is(t, 422, c.code) })
	}
	b.send("POST", "/api/zones", body{"type": "Feature"}).is(t, 422, "zones.invalid")
	var list struct{ Features []ZoneFeature }
	x.as("police").get("/api/zones").is(t, 200, "").into(t, &list)
	if len(list.Features) != 1 || list.Features[0].Properties.Version != 4 {
		t.Errorf("list: %+v", list)
	}
	b.send("DELETE", path, nil, "If-Match", "4").is(t, 204, "")
	b.send("DELETE", path, nil, "If-Match", "4").is(t, 404, "not_found")
}

// FuzzGround: any geometry is refused or survives a round trip.
func FuzzGround(f *testing.F) {
	for _, s := range []string{
		`{"type":"Polygon","coordinates":` + square + `}`, `{"type":"MultiPolygon","coordinates":[` + square + `]}`, `{"type":"Polygon","coordinates":[]}`,
		`{"type":"MultiPolygon","coordinates":null}`, `{"type":"Polygon","coordinates":[[[1e400,2]]]}`, `{"type":"Polygon","coordinates":[[[1,2,3,4,5]]]}`, `null`, `{}`, `[]`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var g, again Ground
		if json.Unmarshal([]byte(text), &g) != nil {
			return
		}
		out, err := json.Marshal(g)
		if err != nil {
			t.Fatalf("%q is taken but not told again: %v", text, err)
		}
		if err := json.Unmarshal(out, &again); err != nil || !orb.Equal(g.MultiPolygon, again.MultiPolygon) {
			t.Fatalf("%q comes back as %v, %v", text, again, err)
		}
	})
}

// TestZoneIsMadeOfWhatIsDrawn: ground follows the line or the point, which stay with the
// zone until somebody draws the ground itself.
func TestZoneIsMadeOfWhatIsDrawn(t *testing.T) {
	now := time.Date(2030, 3, 1, 8, 0, 0, 0, time.UTC)
	x, _ := openReal(t, func(c *Config) { c.Now = func() time.Time { return now } })
	b := x.as("planner")
	road := park()
	delete(road, "geometry")
	road["properties"].(body)["kind"], road["properties"].(body)["rule"] = "parking-frame", body{"kind": "none"}
	road["properties"].(body)["drawn"] = body{"lines": [][][]float64{{{-75.55, 39.74}, {-75.549, 39.74}}}, "side": "left", "width_m": 3}
	var z, was ZoneFeature
	b.send("POST", "/api/zones", road).is(t, 201, "").into(t, &z)
	if d := z.Properties.Drawn.Drawn; d == nil || d.WidthM != 3 || len(z.Geometry.MultiPolygon) != 1 {
		t.Fatalf("made %+v", z)
	}
	b.send("PATCH", "/api/zones/1", z, "If-Match", "1").is(t, 200, "").into(t, &was)
	if was.Properties.Drawn.Drawn == nil || !orb.Equal(was.Geometry.MultiPolygon, z.Geometry.MultiPolygon) {
		t.Errorf("sent back as it was read: %+v", was)
	}
	b.send("PATCH", "/api/zones/1", body{"properties": body{"drawn": body{"point": []float64{-75.55, 39.74}, "radius_m": 20}}}, "If-Match", "2").is(t, 200, "").into(t, &z)
	if d := z.Properties.Drawn.Drawn; d.Point == nil || d.Lines != nil || orb.Equal(was.Geometry.MultiPolygon, z.Geometry.MultiPolygon) {
		t.Errorf("drawn as a point: %+v", z)
	}
	b.send("PATCH", "/api/zones/1", body{"geometry": box(0, 0)}, "If-Match", "3").is(t, 200, "").into(t, &z)
	if z.Properties.Drawn.Drawn != nil {
		t.Errorf("drawn over: %+v", z)
	}
	for name, drawn := range map[string]any{
		"too wide": body{"point": []float64{1, 2}, "radius_m": 4999, "width_m": 3}, "a short position": body{"point": []float64{1}, "radius_m": 5}, "nothing": body{},
		"no side": body{"lines": [][][]float64{{{1, 2}, {1.001, 2}}}, "width_m": 3}, "far apart": body{"lines": [][][]float64{{{1, 2}, {9, 2}}}, "side": "left", "width_m": 3},
	} {
		t.Run(name, func(t *testing.T) {
			b.send("PATCH", "/api/zones/1", body{"properties": body{"drawn": drawn}}, "If-Match", "4").is(t, 422, "zones.invalid")
		})
	}

	var a ZoneAnswer
	week := body{"zone": "Asia/Shanghai", "rules": []body{{"weekdays": []string{"Sa"}, "windows": []string{"20:00-02:00"}}}}
	b.send("POST", "/api/zones/preview", body{"calendar": week, "at": "2030-03-02T13:00:00Z", "drawn": road["properties"].(body)["drawn"]}).is(t, 200, "").into(t, &a)
	if !a.Active || a.NextChange.Format(time.RFC3339) != "2030-03-02T18:00:00Z" || len(a.Windows) != 2 || a.When["en"] == "" || a.Geometry == nil || a.AreaM2 < 200 || a.AreaM2 > 300 {
		t.Errorf("answer %+v", a)
	}
	b.send("POST", "/api/zones/preview", body{"calendar": body{"zone": "Mars/Base"}}).is(t, 422, "request.invalid")
	var kinds struct{ Kinds []ZoneKind }
	x.as("officer").get("/api/zones/kinds").is(t, 200, "").into(t, &kinds)
	if len(kinds.Kinds) != 12 || kinds.Kinds[0].Kind != "no-dog" {
		t.Errorf("kinds %+v", kinds)
	}
}

// TestDrawnAlongStreets: a line near a street leads along it.
func TestDrawnAlongStreets(t *testing.T) {
	b := onStreets(t).as("planner")
	from, to := streettest.Place(1, 0), streettest.Place(3, 0)
	south := func(p orb.Point) []float64 { return []float64{p[0], p[1] - 0.00002} }
	var a ZoneAnswer
	b.send("POST", "/api/zones/preview", body{"snap": true, "drawn": body{"lines": [][][]float64{{south(from), south(to)}}, "side": "both", "width_m": 6}}).is(t, 200, "").into(t, &a)
	line := a.Drawn.Lines[0]
	if a.OffStreet || line[0][1] != from[1] || line[len(line)-1][1] != to[1] {
		t.Errorf("led along %v, off %v", line, a.OffStreet)
	}
	b.send("POST", "/api/zones/preview", body{"snap": true, "drawn": body{"point": south(from), "radius_m": 6}}).is(t, 200, "").into(t, &a)
	if geo.Distance(*a.Drawn.Point, from) > 0.02 {
		t.Errorf("moved to %v, want %v", *a.Drawn.Point, from)
	}
}

// TestImportZones: a file is looked at, then taken as a whole or not at all.
func TestImportZones(t *testing.T) {
	w := onStreets(t)
	b := w.as("planner")
	count := func() int {
		var list struct{ Features []ZoneFeature }
		b.get("/api/zones").is(t, 200, "").into(t, &list)
		return len(list.Features)
	}
	before := count()
	p := streettest.Place(2, 0)
	file := []byte(fmt.Sprintf("name,lon,lat\nA,%v,%v\nB,%v,%v\nC,x,y\n", p[0], p[1]+0.00003, p[0], p[1]-0.00003))
	send := func(query string, file []byte) reply {
		return b.send("POST", "/api/zones/import?kind=stall"+query, file, "Content-Type", "text/csv")
	}
	var r ZoneImport
	send("", file).is(t, 200, "").into(t, &r)
	if r.Rows != 3 || r.Good != 2 || r.Points != 2 || r.AtStreets != 2 || r.Left+r.Right != 2 || len(r.Faults) != 1 || r.Faults[0].Line != 3 || r.Imported != 0 || r.Name != "name" {
		t.Errorf("trial: %+v", r)
	}
	send("&apply=true", file).is(t, 422, "import.faults")
	if n := count(); n != before {
		t.Errorf("%d zones after a file with faults, want %d", n, before)
	}
	send("&apply=true&skip=true", file).is(t, 200, "").into(t, &r)
	if n := count(); r.Imported != 2 || n != before+2 {
		t.Errorf("imported %d, there are %d, want %d", r.Imported, n, before+2)
	}
	send("", []byte("name\nA\n")).is(t, 422, "import.format")
	send("&kind=disco&datum=mars", file).is(t, 422, "request.invalid")
	b.send("POST", "/api/zones/import?kind=disco", file, "Content-Type", "text/csv").is(t, 422, "request.invalid")
	w.as("dispatcher").send("POST", "/api/zones/import?kind=stall", file, "Content-Type", "text/csv").is(t, 403, "access.denied")
}
