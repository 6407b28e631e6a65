package web

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
)

// TestDraftBecomesAPlan: a draft is handed in, approved by another person and
// published from a date; from then on it says who answers for what, and what was
// before stays known. Codes that were given stay with their ground or are retired.
func TestDraftBecomesAPlan(t *testing.T) {
	now := time.Date(2030, 3, 1, 8, 0, 0, 0, time.UTC)
	x, st := openReal(t, func(c *Config) { c.Now = func() time.Time { return now } })
	b := x.as("planner")
	second := x.st.byLogin("planner")
	second.Login, second.Name = "second.planner", "Second"
	if _, err := st.AddPerson(t.Context(), second, audit.Act{Verb: "test"}); err != nil {
		t.Fatal(err)
	}
	c2 := x.as("second.planner")

	h := drawnDraft(t, st, 4, 2)
	path := fmt.Sprintf("/api/drafts/%d", h.ID)
	version := 1
	do := func(who *browser, status int, code, route string, more body) reply {
		t.Helper()
		var sent any
		if more != nil {
			sent = more
		}
		r := who.send("POST", path+route, sent, "If-Match", fmt.Sprint(version)).is(t, status, code)
		if status < 300 {
			version++
		}
		return r
	}
	b.get(path+"/compare").is(t, 404, "plan.none")
	do(b, 200, "", "/edits", body{"edits": []body{{"op": "paint", "units": []int{1}, "part": 0}}})
	do(b, 422, "draft.unpainted", "/submit", body{})
	do(b, 200, "", "/undo", body{})
	do(b, 409, "draft.state", "/approve", body{})
	do(b, 200, "", "/submit", body{"note": "please"})
	do(b, 409, "draft.state", "/edits", body{"edits": []body{{"op": "paint", "units": []int{1}, "part": 2}}})
	do(b, 403, "draft.own", "/approve", body{})
	do(b, 409, "draft.state", "/publish", body{})
	do(c2, 200, "", "/reject", body{"note": "no"})
	do(b, 200, "", "/submit", nil)
	do(c2, 200, "", "/approve", nil)
	from := now.Add(time.Hour)
	do(c2, 422, "draft.from", "/publish", body{"from": now.Add(-time.Hour)})
	do(c2, 422, "draft.code", "/publish", body{"scheme": "15", "prefix": "12"})
	var first struct{ Plan PlanInfo }
	do(c2, 200, "", "/publish", body{"from": from, "scheme": "15", "prefix": "110101001002"}).into(t, &first)
	if !first.Plan.From.Equal(from) || first.Plan.Version != 1 {
		t.Errorf("published %+v", first)
	}
	do(c2, 409, "draft.state", "/publish", body{})

	owner := func(status int, code, query string) (o GridOwner) {
		t.Helper()
		r := b.get("/api/plan/owner?at=-75.4995,39.7005"+query).is(t, status, code)
		if status == 200 {
			r.into(t, &o)
		}
		return o
	}
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	owner(404, "plan.none", "")
	if o := owner(200, "", "&when="+at(from)); o.Grid.Code != "G0001" || o.Plan == nil || o.Plan.ID != first.Plan.ID {
		t.Errorf("from then on %+v", o)
	}
	recorded := time.Now() // the store's clock says when it was recorded
	owner(404, "plan.none", "&when="+at(from)+"&known="+at(recorded.Add(-time.Hour)))

	var units UnitCollection
	b.get(path+"/units").is(t, 200, "").into(t, &units)
	codes := map[string]bool{}
	for _, f := range units.Features {
		codes[f.Properties.Code] = true
	}
	// In rows from north to south: the north-west one is the first.
	if len(codes) != 16 || units.Features[12].Properties.Code != "110101001002001" || units.Features[3].Properties.Code != "110101001002016" {
		t.Errorf("codes %v", codes)
	}

	// The next plan: a unit grid of the first is cut, so its code retires.
	now = from.Add(time.Hour)
	var d Draft
	b.send("POST", "/api/drafts", body{"name": "Next", "source": "plan"}).is(t, 201, "").into(t, &d)
	if d.Base == nil || d.Base.Plan != first.Plan.ID || d.Units != 16 {
		t.Fatalf("a draft of the plan is %+v", d)
	}
	path, version = fmt.Sprintf("/api/drafts/%d", d.ID), 1
	var c DraftComparison
	b.get(path+"/compare").is(t, 200, "").into(t, &c)
	if len(c.Moves) != 0 || c.SummaryBefore.MeanMinutes != c.SummaryAfter.MeanMinutes || c.SummaryAfter.MeanMinutes == 0 {
		t.Errorf("nothing was changed: %+v", c)
	}
	do(b, 200, "", "/edits", body{"edits": []body{
		{"op": "paint", "units": []int{1, 2}, "part": 2}, {"op": "split_unit", "unit": 13, "line": [][]float64{{-75.4995, 39.69}, {-75.4995, 39.71}}},
	}})
	b.get(path+"/compare").is(t, 200, "").into(t, &c)
	if len(c.Moves) != 1 || c.Moves[0].Units != 2 || c.Moves[0].From.Name["en"] != "Grid 1" || c.Moves[0].To.Name["en"] != "Grid 2" || c.Moves[0].Minutes != 3 || len(c.Geometry.Features) != 1 {
		t.Errorf("compared: %+v", c.Moves)
	}
	b.get(fmt.Sprintf("%s/compare?with=%d", path, h.ID)).is(t, 200, "").into(t, &c)
	if len(c.Moves) != 1 {
		t.Errorf("compared with the draft before: %+v", c.Moves)
	}
	do(b, 200, "", "/submit", nil)
	do(c2, 200, "", "/approve", nil)
	do(c2, 200, "", "/publish", body{"scheme": "15", "prefix": "110101001002"})
	if o := owner(200, "", ""); o.Grid.Name["en"] != "Grid 2" || o.Grid.ID != 2 {
		t.Errorf("after the second plan %+v", o)
	}
	if o := owner(200, "", "&when="+at(from)); o.Grid.Name["en"] != "Grid 1" {
		t.Errorf("before it %+v", o)
	}
	b.get(path+"/units").is(t, 200, "").into(t, &units)
	kept, fresh := 0, []string{}
	for _, f := range units.Features {
		switch code := f.Properties.Code; {
		case code == "110101001002001":
			t.Error("the code of what was cut is in use")
		case codes[code]:
			kept++
		default:
			fresh = append(fresh, code)
		}
	}
	if kept != 15 || strings.Join(fresh, " ") != "110101001002017 110101001002018" {
		t.Errorf("%d codes kept, new are %v", kept, fresh)
	}
	retired, err := st.UnitCodes(t.Context())
	if err != nil || len(retired) != 18 || !retired["110101001002001"] || retired["110101001002002"] {
		t.Errorf("codes in the store: %v, %v", retired, err)
	}

	// A draft of the first plan's ground brings the retired code back to nobody.
	b.send("POST", "/api/drafts", body{"name": "Old", "source": "draft", "draft": h.ID}).is(t, 201, "").into(t, &d)
	path, version = fmt.Sprintf("/api/drafts/%d", d.ID), 1
	do(b, 200, "", "/submit", nil)
	do(c2, 200, "", "/approve", nil)
	do(c2, 200, "", "/publish", body{"scheme": "15", "prefix": "110101001002"})
	b.get(path+"/units").is(t, 200, "").into(t, &units)
	for _, f := range units.Features {
		if f.Properties.Code == "110101001002001" {
			t.Error("a retired code came back")
		}
	}

	b.send("POST", "/api/drafts", body{"name": "Gone", "source": "draft", "draft": h.ID}).is(t, 201, "").into(t, &d)
	b.send("DELETE", fmt.Sprintf("/api/drafts/%d", d.ID), nil, "If-Match", "1").is(t, 204, "")
	var all struct{ Drafts []Draft }
	b.get("/api/drafts").is(t, 200, "").into(t, &all)
	if len(all.Drafts) != 3 {
		t.Errorf("%d drafts, want 3", len(all.Drafts))
	}
}

// TestProposals: proposals leave locked parts alone and can be taken.
func TestProposals(t *testing.T) {
	x, st := openReal(t)
	b := x.as("planner")
	h := drawnDraft(t, st, 6, 3)
	path := fmt.Sprintf("/api/drafts/%d", h.ID)
	b.send("POST", path+"/edits", body{"edits": []body{{"op": "lock", "part": 3, "locked": true}}}, "If-Match", "1").is(t, 200, "")
	var got struct{ Proposals []DraftProposal }
	b.send("POST", path+"/proposals", body{"count": 50, "seconds": 1}).is(t, 422, "draft.count")
	b.send("POST", path+"/proposals", body{"count": 3, "seconds": 1, "seeds": []int{1, 2}}).is(t, 200, "").into(t, &got)
	if len(got.Proposals) != 2 || len(got.Proposals[0].Painted) != 36 || !got.Proposals[0].Summary.Connected {
		t.Fatalf("proposals %+v", got)
	}
	for i, part := range got.Proposals[1].Painted {
		if (part == 3) != (i >= 24) {
			t.Fatalf("unit grid %d goes to part %d", i+1, part)
		}
	}
	b.send("POST", path+"/proposals/accept", body{"seed": 7}, "If-Match", "2").is(t, 409, "draft.no_proposal")
	var c DraftChange
	b.send("POST", path+"/proposals/accept", body{"seed": 2}, "If-Match", "2").is(t, 200, "").into(t, &c)
	if c.Summary != got.Proposals[1].Summary || c.Draft.Parts != 4 {
		t.Errorf("taken: %+v, want %+v", c.Summary, got.Proposals[1].Summary)
	}
	b.send("POST", path+"/proposals/accept", body{"seed": 2}, "If-Match", "3").is(t, 409, "draft.no_proposal")
}

// TestDraftOfStreets: the drawn map is cut into unit grids and parts.
func TestDraftOfStreets(t *testing.T) {
	x, _ := openReal(t)
	b := x.as("planner")
	var d Draft
	b.send("POST", "/api/drafts", body{"name": "Streets", "source": "streets", "count": 1, "seconds": 1, "size_m2": 100}).is(t, 201, "").into(t, &d)
	if d.Units < 1 || d.Parts != 1 {
		t.Errorf("draft %+v", d)
	}
	var whole WholeDraft
	b.get(fmt.Sprintf("/api/drafts/%d", d.ID)).is(t, 200, "").into(t, &whole)
	if whole.Summary.Unpainted != 0 || len(whole.Parts) != 1 || whole.Parts[0].Minutes == 0 {
		t.Errorf("whole %+v", whole)
	}
	b.send("POST", "/api/drafts", body{"name": " ", "source": "streets"}).is(t, 422, "draft.name")
	b.send("POST", "/api/drafts", body{"name": "x", "source": "plan"}).is(t, 404, "plan.none")
	b.send("POST", "/api/drafts", body{"name": "x", "source": "draft", "draft": 99}).is(t, 404, "not_found")
	// Of a plan that was drawn elsewhere.
	b.send("PUT", "/api/plan", collection(gridIn(1, "A", box(0, 0), nil), gridIn(7, "B", box(1, 0), nil)), "If-Match", "0").is(t, 200, "")
	b.send("POST", "/api/drafts", body{"name": "Plan", "source": "plan"}).is(t, 201, "").into(t, &d)
	b.get(fmt.Sprintf("/api/drafts/%d", d.ID)).is(t, 200, "").into(t, &whole)
	if len(whole.Parts) != 2 || *whole.Parts[1].Grid != 7 || whole.Parts[1].Code != "B" || whole.Summary.Unpainted != 0 {
		t.Errorf("of the plan: %+v", whole)
	}
	var c DraftComparison
	b.get(fmt.Sprintf("/api/drafts/%d/compare", d.ID)).is(t, 200, "").into(t, &c)
	if len(c.Moves) != 0 {
		t.Errorf("a draft of the plan moves %+v", c.Moves)
	}
}

// TestOGC: what OGC API - Features asks of a server.
func TestOGC(t *testing.T) {
	x, _ := openReal(t)
	b := x.as("planner")
	b.send("PUT", "/api/plan", collection(gridIn(1, "A", box(0, 0), nil), gridIn(2, "B", box(1, 0), nil), gridIn(3, "C", box(2, 0), nil)), "If-Match", "0").is(t, 200, "")
	var landing struct{ Links []OGCLink }
	b.get("/ogc").is(t, 200, "").into(t, &landing)
	rels := map[string]string{}
	for _, l := range landing.Links {
		rels[l.Rel] = l.Href
	}
	for _, rel := range []string{"self", "service-desc", "conformance", "data"} {
		if !strings.HasPrefix(rels[rel], "http://") {
			t.Errorf("link %s is %q", rel, rels[rel])
		}
	}
	var conforms struct{ ConformsTo []string }
	b.get("/ogc/conformance").is(t, 200, "").into(t, &conforms)
	if len(conforms.ConformsTo) < 3 {
		t.Errorf("conforms to %v", conforms.ConformsTo)
	}
	var sets struct{ Collections []ogcCollection }
	b.get("/ogc/collections").is(t, 200, "").into(t, &sets)
	if len(sets.Collections) != 3 || sets.Collections[0].Extent.Spatial.BBox[0] != [4]float64{-75.5, 39.7, -75.47, 39.71} {
		t.Errorf("collections %+v", sets.Collections)
	}
	b.get("/ogc/collections/trees").is(t, 404, "not_found")
	var items ogcItems
	r := b.get("/ogc/collections/grids/items?limit=2").is(t, 200, "")
	r.into(t, &items)
	if r.header.Get("Content-Type") != "application/geo+json" || items.NumberMatched != 3 || items.NumberReturned != 2 || items.Links[len(items.Links)-1].Rel != "next" {
		t.Errorf("items %+v", items)
	}
	next := items.Links[len(items.Links)-1].Href
	b.get(next[strings.Index(next, "/ogc"):]).is(t, 200, "").into(t, &items)
	if items.NumberReturned != 1 || items.Features[0].Properties["code"] != "C" {
		t.Errorf("the next page is %+v", items)
	}
	b.get("/ogc/collections/grids/items?bbox=-75.4999,39.7,-75.499,39.701").is(t, 200, "").into(t, &items)
	if items.NumberMatched != 1 {
		t.Errorf("in the box are %d", items.NumberMatched)
	}
	b.get("/ogc/collections/grids/items?datetime=2001-01-01T00:00:00Z").is(t, 200, "").into(t, &items)
	if items.NumberMatched != 0 {
		t.Errorf("long ago there were %d", items.NumberMatched)
	}
	var f ogcFeature
	b.get("/ogc/collections/grids/items/2").is(t, 200, "").into(t, &f)
	if f.ID != 2 || f.Properties["code"] != "B" {
		t.Errorf("item %+v", f)
	}
	b.get("/ogc/collections/grids/items/9").is(t, 404, "not_found")
	for _, bad := range []string{"limit=0", "limit=x", "bbox=1,2,3", "bbox=1,2,x,4", "datetime=yesterday", "datetime=x/..", "colour=red", "offset=-1", "crs=EPSG:4490"} {
		b.get("/ogc/collections/grids/items?"+bad).is(t, 400, "ogc.parameter")
	}
	x.as("admin").get("/ogc").is(t, 403, "access.denied")
	b.get("/ogc/collections/zones/items").is(t, 200, "")
	b.send("POST", "/api/objects/import?apply=true&apart=true&kind=shop", []byte("code,lon,lat\nS1,-75.489,39.705\nS2,-75.6,39.705\n"), "Content-Type", "text/csv").is(t, 200, "")
	b.get("/ogc/collections/objects/items?bbox=-75.5,39.7,-75.48,39.71").is(t, 200, "").into(t, &items)
	shop, _ := json.Marshal(items.Features)
	if items.NumberMatched != 1 || !bytes.Contains(shop, []byte(`"geometry":{"coordinates":[-75.489,39.705],"type":"Point"}`)) || items.Features[0].Properties["grid"] != "B" {
		t.Errorf("the shop is %s", shop)
	}
}

// TestOGCTakesBasic: map programs send a login with each request, on these routes alone,
// and are somebody with a row in the permissions table like everybody else.
func TestOGCTakesBasic(t *testing.T) {
	x, st := openReal(t)
	basic := func(login, secret string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(login+":"+secret))
	}
	b := x.browser()
	if r := b.get("/ogc/collections").is(t, 401, "login.needed"); !strings.HasPrefix(r.header.Get("WWW-Authenticate"), "Basic ") {
		t.Errorf("the challenge is %q", r.header.Get("WWW-Authenticate"))
	}
	for range 3 { // the second is known from the first, however it is written
		b.get("/ogc/collections", "Authorization", basic("planner", password)).is(t, 200, "")
		b.get("/ogc/collections", "Authorization", basic(" Planner", password)).is(t, 200, "")
	}
	logins := 0
	entries, err := st.AuditEntries(t.Context(), audit.Query{Limit: 100})
	for _, e := range entries {
		if e.Verb == "session.login" {
			logins++
		}
	}
	if err != nil || logins != 1 {
		t.Errorf("%d logins are written down, want 1: %v", logins, err)
	}
	if r := b.get("/ogc/collections", "Authorization", basic("planner", password+"!")).is(t, 401, "login.wrong"); r.header.Get("WWW-Authenticate") == "" {
		t.Error("a map program isn't told to ask for the password again")
	}
	b.get("/ogc/collections", "Authorization", basic("admin", password)).is(t, 403, "access.denied")
	b.get("/api/zones", "Authorization", basic("planner", password)).is(t, 401, "login.needed")
	// A new password ends what was known at once.
	x.as("planner").send("PUT", "/api/session/password", body{"old": password, "new": password + "!"}).is(t, 204, "")
	b.get("/ogc/collections", "Authorization", basic("planner", password)).is(t, 401, "login.wrong")
	b.get("/ogc/collections", "Authorization", basic("planner", password+"!")).is(t, 200, "")
}
