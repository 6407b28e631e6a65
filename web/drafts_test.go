package web

import (
	"context"
	"fmt"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/data/store"
	"citygrid/grid/studio"

	"github.com/paulmach/orb"
)

// drawnDraft puts a draft into the store: n times n unit grids of 100 m or so, in
// k stripes.
func drawnDraft(t testing.TB, st *store.Store, n, k int) studio.Head {
	t.Helper()
	const size = 0.001
	var units []studio.Unit
	for i := range n * n {
		w, s := -75.5+size*float64(i%n), 39.7+size*float64(i/n)
		units = append(units, studio.Unit{
			Ground:  orb.MultiPolygon{{{{w, s}, {w + size, s}, {w + size, s + size}, {w, s + size}, {w, s}}}},
			Minutes: float64(1 + i%3), Part: studio.PartID(1 + i*k/(n*n)),
		})
	}
	var parts []studio.Part
	for i := range k {
		parts = append(parts, studio.Part{ID: studio.PartID(i + 1), Name: map[string]string{"en": fmt.Sprint("Grid ", i+1)}})
	}
	d, err := studio.New(units, parts)
	if err != nil {
		t.Fatal(err)
	}
	image, err := d.Image()
	if err != nil {
		t.Fatal(err)
	}
	h := studio.Head{Name: "Drawn", State: studio.Draught}
	h.Fill(d)
	h, err = st.AddDraft(context.Background(), h, image, audit.Act{Verb: "draft.add", At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestDrafts: a draft is painted, cut, taken back and done again, survives that
// the server starts anew, and two who work on it hear of each other.
func TestDrafts(t *testing.T) {
	x, st := openReal(t)
	b := x.as("planner")
	h := drawnDraft(t, st, 4, 2)
	path := fmt.Sprintf("/api/drafts/%d", h.ID)

	var all struct{ Drafts []Draft }
	b.get("/api/drafts").is(t, 200, "").into(t, &all)
	if len(all.Drafts) != 1 || all.Drafts[0].Units != 16 || all.Drafts[0].Parts != 2 {
		t.Fatalf("drafts %+v", all.Drafts)
	}
	x.as("admin").get(path).is(t, 200, "")
	x.as("dispatcher").get(path).is(t, 403, "access.denied")
	x.as("admin").send("POST", path+"/edits", body{"edits": []body{{"op": "paint", "units": []int{1}, "part": 2}}}, "If-Match", "1").is(t, 403, "access.denied")

	var units UnitCollection
	b.get(path+"/units").is(t, 200, "").into(t, &units)
	if len(units.Features) != 16 || units.Features[4].Properties.Part != 1 || units.Features[4].Properties.Minutes != 2 {
		t.Fatalf("units %+v", units.Features)
	}
	edit := func(version int, edits ...body) reply {
		return b.send("POST", path+"/edits", body{"edits": edits}, "If-Match", fmt.Sprint(version))
	}
	var c DraftChange
	edit(1, body{"op": "paint", "units": []int{5, 6}, "part": 2}).is(t, 200, "").into(t, &c)
	if len(c.Painted) != 2 || c.Painted[0] != (UnitPaint{5, 2}) || len(c.Parts) != 2 || c.Parts[0].Units != 6 || c.Draft.Version != 2 || c.Draft.Undo != 1 || c.Draft.ChangedBy == nil {
		t.Errorf("painted: %+v", c)
	}
	var p Problem
	edit(1, body{"op": "paint", "units": []int{5}, "part": 1}).is(t, 412, "draft.changed").into(t, &p)
	if p.By == nil || p.By.Name != c.Draft.ChangedBy.Name || p.Version != 2 || len(p.What) != 1 || p.What[0] != "paint" || p.At == nil {
		t.Errorf("a conflict says %+v", p)
	}
	edit(2, body{"op": "split_unit", "unit": 1, "line": [][]float64{{-75.4995, 39.69}, {-75.4995, 39.71}}}).is(t, 200, "").into(t, &c)
	if len(c.Removed) != 1 || c.Removed[0] != 1 || c.Draft.Units != 17 || len(c.Units) < 2 {
		t.Errorf("split: %+v", c)
	}
	for _, bad := range []struct {
		edit body
		code string
	}{
		{body{"op": "split_unit", "unit": 2, "line": [][]float64{{-75.0, 39.69}, {-75.0, 39.71}}}, "draft.no_cut"},
		{body{"op": "paint", "units": []int{1}, "part": 1}, "draft.no_unit"},
		{body{"op": "paint", "units": []int{2}, "part": 7}, "draft.no_part"},
		{body{"op": "merge_units", "units": []int{2, 16}}, "draft.apart"},
		{body{"op": "move_vertex", "from": []float64{-75.499, 39.701}, "to": []float64{-75.49, 39.701}}, "draft.crossing"},
		{body{"op": "move_vertex", "from": []float64{-75.5, 39.7}, "to": []float64{-75.49, 39.701}}, "draft.border"},
		{body{"op": "move_vertex", "from": []float64{-75.4993, 39.7013}, "to": []float64{-75.49, 39.701}}, "draft.no_vertex"},
		{body{"op": "rename", "part": 1, "name": body{}}, "draft.edit"},
		{body{"op": "fly"}, "request.invalid"},
	} {
		edit(3, bad.edit).is(t, 422, bad.code)
	}
	edit(3, body{"op": "move_vertex", "from": []float64{-75.498, 39.701}, "to": []float64{-75.4981, 39.7011}},
		body{"op": "new_part", "name": body{"zh-CN": "新"}}, body{"op": "paint", "units": []int{16}, "part": 3},
		body{"op": "assign", "part": 3, "tasks": []string{"dogs"}, "staffing": body{"liaison": 1, "officers": 2, "supervisors": 2}},
		body{"op": "lock", "part": 3, "locked": true}).is(t, 200, "").into(t, &c)
	edit(4, body{"op": "paint", "units": []int{16}, "part": 1}).is(t, 422, "draft.locked")
	b.send("POST", path+"/redo", body{}, "If-Match", "4").is(t, 409, "draft.nothing_to_redo")
	b.send("POST", path+"/undo", body{}, "If-Match", "4").is(t, 200, "").into(t, &c)
	if len(c.RemovedParts) != 1 || c.Draft.Redo != 1 {
		t.Errorf("undo: %+v", c)
	}
	b.send("POST", path+"/redo", body{}, "If-Match", "5").is(t, 200, "")

	want := b.get(path+"/units").is(t, 200, "").text
	head := b.get(path).is(t, 200, "").text
	x.s.desk.open = nil // as after a start
	if got := b.get(path+"/units").is(t, 200, "").text; string(got) != string(want) {
		t.Error("the draft is another after a start")
	}
	if got := b.get(path).is(t, 200, "").text; string(got) != string(head) {
		t.Errorf("the draft is another after a start:\n%s\n%s", got, head)
	}
	for version := 6; version < 9; version++ {
		b.send("POST", path+"/undo", body{}, "If-Match", fmt.Sprint(version)).is(t, 200, "")
	}
	b.send("POST", path+"/undo", body{}, "If-Match", "9").is(t, 409, "draft.nothing_to_undo")
	var again UnitCollection
	b.get(path+"/units").is(t, 200, "").into(t, &again)
	if fmt.Sprint(again) != fmt.Sprint(units) {
		t.Error("all taken back is not the start")
	}
}

// A bug in the middle of a change leaves no half changed draft: the next reads it as it
// was kept, and isn't kept waiting.
func TestAPanicLeavesNoHalfChangedDraft(t *testing.T) {
	x, st := openReal(t)
	h := drawnDraft(t, st, 4, 2)
	ctx := withCaller(t.Context(), &caller{everywhere: true})
	var before, after string
	state := func(o *openDraft) string { return fmt.Sprint(o.d.PartOf(5), o.d.PartOf(6), o.head.Version) }
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is not passed on")
			}
		}()
		_ = x.s.withDraft(ctx, h.ID, func(o *openDraft) error {
			before = state(o)
			if _, err := o.d.Apply([]studio.Edit{{Op: studio.Paint, Units: []studio.UnitID{5, 6}, Part: 2}}, nil); err != nil {
				t.Fatal(err)
			}
			panic("a bug")
		})
	}()
	if err := x.s.withDraft(ctx, h.ID, func(o *openDraft) error { after = state(o); return nil }); err != nil || after != before {
		t.Errorf("the draft is %s after it, %s before; %v", after, before, err)
	}
}
