package web

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/geo/street/streettest"
)

// TestObjectsFollowTheParts: what stands in the city is of one part of a draft, whatever
// is painted, split and merged, and of one grid and unit grid of the plan that it becomes.
func TestObjectsFollowTheParts(t *testing.T) {
	now := time.Date(2030, 3, 1, 8, 0, 0, 0, time.UTC)
	x, st := openReal(t, func(c *Config) { c.Now = func() time.Time { return now } })
	b := x.as("planner")
	second := x.st.byLogin("planner")
	second.Login, second.Name = "second.planner", "Second"
	if _, err := st.AddPerson(t.Context(), second, audit.Act{Verb: "test"}); err != nil {
		t.Fatal(err)
	}
	h := drawnDraft(t, st, 4, 2)
	path, version := fmt.Sprintf("/api/drafts/%d", h.ID), 1
	rows := []string{"code,name,kind,lon,lat"}
	kinds := []string{"shop", "caterer", "camera", "contact"}
	for i := range 64 { // four in each unit grid
		rows = append(rows, fmt.Sprintf("C%d,Thing %d,%s,%.5f,%.5f", i, i, kinds[i%4], -75.5+0.00025+0.0005*float64(i%8), 39.7+0.00025+0.0005*float64(i/8)))
	}
	var in ObjectImport
	b.send("POST", "/api/objects/import?apply=true&apart=true", []byte(strings.Join(rows, "\n")), "Content-Type", "text/csv").is(t, 200, "").into(t, &in)
	if in.Imported != 64 || in.KindColumn != "kind" || in.Code != "code" || in.Kinds["shop"] != 16 {
		t.Fatalf("imported %+v", in)
	}
	b.send("POST", "/api/objects/import?apply=true&apart=true", []byte(strings.Join(rows, "\n")), "Content-Type", "text/csv").is(t, 422, "import.faults")
	b.send("POST", "/api/objects/import?kind=spaceport", []byte("lon,lat\n1,2\n"), "Content-Type", "text/csv").is(t, 422, "request.invalid")

	counts := func() map[int64]map[string]int {
		var d WholeDraft
		b.get(path).is(t, 200, "").into(t, &d)
		of := map[int64]map[string]int{}
		for _, p := range d.Parts {
			of[p.ID] = p.Objects
		}
		return of
	}
	sum := func(of map[int64]map[string]int) (n int) {
		for _, kinds := range of {
			for _, k := range kinds {
				n += k
			}
		}
		return n
	}
	start := counts()
	if sum(start) != 64 || start[1]["shop"] != 8 {
		t.Fatalf("at first %v", start)
	}
	for _, step := range []struct {
		route string
		more  body
	}{
		{"/edits", body{"edits": []body{{"op": "paint", "units": []int{1, 2}, "part": 2}}}},
		{"/edits", body{"edits": []body{{"op": "split_unit", "unit": 6, "line": [][]float64{{-75.4986, 39.6}, {-75.4986, 39.8}}}}}},
		{"/edits", body{"edits": []body{{"op": "split_part", "part": 2, "line": [][]float64{{-75.4981, 39.6}, {-75.4981, 39.8}}}}}},
		{"/edits", body{"edits": []body{{"op": "move_vertex", "from": []float64{-75.498, 39.703}, "to": []float64{-75.4977, 39.7034}}}}},
		{"/edits", body{"edits": []body{{"op": "merge_parts", "parts": []int{1, 3}}}}},
		{"/undo", body{}},
		{"/redo", body{}},
	} {
		var c DraftChange
		b.send("POST", path+step.route, step.more, "If-Match", fmt.Sprint(version)).is(t, 200, "").into(t, &c)
		version++
		is := counts()
		if sum(is) != 64 {
			t.Fatalf("after %v: %v", step, is)
		}
		for _, p := range c.Parts {
			if !maps.Equal(p.Objects, is[p.ID]) {
				t.Errorf("after %v part %d has %v, told %v", step, p.ID, is[p.ID], p.Objects)
			}
		}
	}
	want := counts()

	var list ObjectList
	b.get("/api/objects").is(t, 200, "").into(t, &list)
	if len(list.Objects) != 64 || list.Nobody != 64 || list.Plan != nil {
		t.Fatalf("before there is a plan: %d, nobody's %d", len(list.Objects), list.Nobody)
	}
	b.send("POST", path+"/submit", body{}, "If-Match", fmt.Sprint(version)).is(t, 200, "")
	c2 := x.as("second.planner")
	c2.send("POST", path+"/approve", body{}, "If-Match", fmt.Sprint(version+1)).is(t, 200, "")
	c2.send("POST", path+"/publish", body{"from": now.Add(time.Hour), "prefix": "U"}, "If-Match", fmt.Sprint(version+2)).is(t, 200, "")
	r := b.get("/api/objects?at=2030-03-01T10:00:00Z").is(t, 200, "")
	list = ObjectList{}
	r.into(t, &list)
	if list.Nobody != 0 || len(list.Grids) != len(want) || list.Kinds["camera"] != 16 {
		t.Fatalf("by the plan: nobody's %d, grids %+v", list.Nobody, list.Grids)
	}
	for _, o := range list.Objects {
		if o.Grid == nil || o.Unit == "" {
			t.Fatalf("nobody answers for %+v", o)
		}
	}
	had := map[string]int{}
	for _, kinds := range want {
		had[fmt.Sprint(kinds)]++
	}
	for _, g := range list.Grids {
		if had[fmt.Sprint(g.Kinds)]--; had[fmt.Sprint(g.Kinds)] < 0 {
			t.Errorf("grid %s has %v, which no part of the draft had: %v", g.Grid.Code, g.Kinds, want)
		}
	}
	// Who has it already is told so, until something changes.
	tag := r.header.Get("ETag")
	b.get("/api/objects?at=2030-03-01T10:00:00Z", "If-None-Match", tag).is(t, 304, "")
	var one Object
	b.send("PATCH", "/api/objects/1", body{"name": body{"en": "Other"}}, "If-Match", "1").is(t, 200, "").into(t, &one)
	if one.Name["en"] != "Other" || one.Version != 2 {
		t.Errorf("changed %+v", one)
	}
	b.get("/api/objects?at=2030-03-01T10:00:00Z", "If-None-Match", tag).is(t, 200, "")
	b.send("DELETE", "/api/objects/1", nil, "If-Match", "2").is(t, 204, "")
	b.send("PATCH", "/api/objects/2", body{"code": "C5"}, "If-Match", "1").is(t, 409, "registers.taken")
	b.send("POST", "/api/objects", body{"code": "N", "name": body{"en": "N"}, "kind": "disco", "at": []float64{1, 2}}).is(t, 422, "request.invalid")
	b.get("/api/objects?at=yesterday").is(t, 422, "request.invalid")
	x.as("officer").send("POST", "/api/objects", body{"code": "N"}).is(t, 403, "access.denied")
}

// TestObjectsStandAtStreets: street and side are found and kept, and the side changes
// when the object is moved across.
func TestObjectsStandAtStreets(t *testing.T) {
	b := onStreets(t).as("planner")
	p := streettest.Place(2, 0)
	at := func(north float64) []float64 { return []float64{p[0], p[1] + north} }
	var one, other Object
	b.send("POST", "/api/objects", body{"code": "A", "name": body{"en": "A"}, "kind": "shop", "at": at(0.00003)}).is(t, 201, "").into(t, &one)
	if one.Street == nil || one.Street.Segment == nil || one.Street.Side == "on" {
		t.Fatalf("stands at %+v", one.Street)
	}
	b.send("PATCH", fmt.Sprintf("/api/objects/%d", one.ID), body{"at": at(-0.00003)}, "If-Match", "1").is(t, 200, "").into(t, &other)
	if other.Street.Side == one.Street.Side || *other.Street.Segment != *one.Street.Segment {
		t.Errorf("moved across: %+v, was %+v", other.Street, one.Street)
	}
}

// TestZonesOnce: who has the zones already is told so, until one changes or the clock
// changes one.
func TestZonesOnce(t *testing.T) {
	now := time.Date(2030, 3, 1, 8, 0, 0, 0, time.UTC)
	x, _ := openReal(t, func(c *Config) { c.Now = func() time.Time { return now } })
	b := x.as("planner")
	b.send("POST", "/api/zones", park()).is(t, 201, "") // from 7 to 19
	r := b.get("/api/zones").is(t, 200, "")
	tag := r.header.Get("ETag")
	b.get("/api/zones", "If-None-Match", tag).is(t, 304, "")
	b.get("/api/zones", "If-None-Match", `"x", W/`+tag).is(t, 304, "")
	now = now.Add(12 * time.Hour)
	r = b.get("/api/zones", "If-None-Match", tag).is(t, 200, "")
	if !strings.Contains(string(r.text), `"active":false`) {
		t.Errorf("in the evening: %s", r.text)
	}
	evening := r.header.Get("ETag")
	b.send("PATCH", "/api/zones/1", body{"properties": body{"name": body{"en": "Garden"}}}, "If-Match", "1").is(t, 200, "")
	b.get("/api/zones", "If-None-Match", evening).is(t, 200, "")
}
