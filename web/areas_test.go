package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"citygrid/grid"
)

func gridArea(id int) grid.AreaID { return grid.AreaID(id) }

func mustTree(t testing.TB) *grid.Tree {
	t.Helper()
	st := newFake().bureau(t)
	areas, err := st.Areas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tree, err := grid.NewTree(areas)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

const square = `[[[-75.5,39.7],[-75.4,39.7],[-75.4,39.8],[-75.5,39.7]]]`

func TestAreas(t *testing.T) {
	x := open(t)
	b := x.as("admin")
	var a Area
	n := 310101
	add := func(boundary string) reply {
		n++
		text := `{"parent":1,"kind":"town","code":"` + fmt.Sprint(n) + `","name":{"en":"New","zh-CN":"新"}`
		if boundary != "" {
			text += `,"boundary":` + boundary
		}
		return b.send("POST", "/api/areas", []byte(text+"}"))
	}
	add(`{"type":"Polygon","coordinates":`+square+`}`).is(t, 201, "").into(t, &a)
	if a.Boundary == nil || a.Boundary.Type != "MultiPolygon" || string(a.Boundary.Coordinates) != "["+square+"]" || a.Version != 1 {
		t.Errorf("added %+v", a)
	}
	add("").is(t, 201, "")
	add(`{"type":"MultiPolygon","coordinates":[`+square+`]}`).is(t, 201, "")
	for boundary, code := range map[string]string{
		`{"type":"Point","coordinates":[1,2]}`:                                                           "request.invalid",
		`{"type":"Polygon","coordinates":"x"}`:                                                           "areas.boundary",
		`{"type":"Polygon","coordinates":null}`:                                                          "areas.invalid",
		`{"type":"Polygon","coordinates":[]}`:                                                            "areas.invalid",
		`{"type":"MultiPolygon","coordinates":[]}`:                                                       "areas.boundary",
		`{"type":"MultiPolygon","coordinates":[[]]}`:                                                     "areas.invalid",
		`{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,6]]]}`:                                         "areas.invalid",
		`{"type":"Polygon","coordinates":[[[1,2],[3,400],[5,6],[1,2]]]}`:                                 "areas.invalid",
		`{"type":"Polygon","coordinates":[[[1e999,2],[3,4],[5,6],[1e999,2]]]}`:                           "request.invalid",
		`{"type":"Polygon","coordinates":[[["1",2],["3",4],["5",6],["1",2]]]}`:                           "areas.boundary",
		`{"type":"Polygon","coordinates":` + strings.Repeat("[", 3000) + strings.Repeat("]", 3000) + `}`: "areas.boundary",
	} {
		if r := add(boundary); r.code() != code || r.status/100 != 4 {
			t.Errorf("%.80s: %.300s, want %s", boundary, r, code)
		}
	}
	path := fmt.Sprintf("/api/areas/%d", a.ID)
	b.send("PATCH", path, body{"name": body{"en": "Newer"}}).is(t, 428, "version.missing")
	b.send("PATCH", path, body{"name": body{"en": "Newer"}}, "If-Match", "1").is(t, 200, "")
	var p Problem
	b.send("PATCH", path, body{"code": "1"}, "If-Match", "1").is(t, 412, "stale").into(t, &p)
	if p.ChangedBy != "admin" || p.Version != 2 {
		t.Errorf("stale: %+v", p)
	}
	b.send("PATCH", path, body{"parent": 99}, "If-Match", "2").is(t, 404, "not_found")
	b.send("DELETE", path, nil, "If-Match", "1").is(t, 412, "stale")
	b.send("DELETE", path, nil, "If-Match", "2").is(t, 204, "")
	b.send("DELETE", path, nil, "If-Match", "2").is(t, 404, "not_found")
	b.send("DELETE", "/api/areas/1", nil, "If-Match", "1").is(t, 409, "areas.bureau")
	b.send("DELETE", "/api/areas/2", nil, "If-Match", "1").is(t, 409, "areas.in_use")
	if got := strings.Join(x.st.verbs(areaObject(gridArea(int(a.ID)))), " "); got != "area.change area.remove" {
		t.Errorf("audit log: %s", got)
	}
}

// FuzzBoundary: any coordinates are refused or survive a round trip.
func FuzzBoundary(f *testing.F) {
	for _, s := range []string{square, "[" + square + "]", "[]", "null", "[[[]]]", `[[[1e400,2]]]`, "{}", `[[[1,2,3],[4,5,6]]]`} {
		f.Add("Polygon", s)
		f.Add("MultiPolygon", s)
	}
	f.Fuzz(func(t *testing.T, kind, text string) {
		m, err := (&Boundary{Type: kind, Coordinates: json.RawMessage(text)}).polygons()
		if err != nil {
			return
		}
		out, err := areaOf(grid.Area{Boundary: m})
		if err != nil {
			t.Fatalf("%q is taken but not told again: %v", text, err)
		}
		again, err := out.Boundary.polygons()
		if err != nil || len(again) != len(m) {
			t.Fatalf("%q comes back as %v, %v", text, again, err)
		}
	})
}
