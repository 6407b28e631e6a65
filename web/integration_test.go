package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/data/mapfile"
	"citygrid/data/store"
	"citygrid/geo/basemap"
	"citygrid/geo/place"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
)

// records is the real store in web's words, as the program joins them.
type records struct{ *store.Store }

func (r records) Settings(ctx context.Context) (Settings, error) {
	s, err := r.Store.Settings(ctx)
	return Settings(s), err
}

func (r records) Setup(ctx context.Context, s Settings, admin people.Person, root grid.Area, a audit.Act) error {
	return r.Store.Setup(ctx, store.Settings(s), admin, root, a)
}

// town is a drawn map that went through a map file, as an imported one does.
func town(t *testing.T) *Map {
	t.Helper()
	n, _ := streettest.Draw(t, `
a---b---c
|   |   |
d---f->-e
`, func(d *streettest.Drawing) {
		d.Parts.Names = append(d.Parts.Names, street.Name{Default: "Market Street", In: map[string]string{"zh": "市场街"}})
		for i := range d.Parts.Segments {
			d.Parts.Segments[i].Name = 1
		}
	})
	var features []basemap.Feature
	for id := range street.SegmentID(n.Segments()) {
		features = append(features, basemap.Feature{
			Layer: basemap.Street, Kind: "residential", Geometry: n.Line(id), Segment: 1 + uint32(id),
			Name: map[string]string{"": "Market Street", "zh": "市场街"},
		})
	}
	file := filepath.Join(t.TempDir(), "city.map")
	err := mapfile.Save(file, &mapfile.Map{
		Meta:    mapfile.Meta{Name: "Town", Source: "town.osm", ImportedAt: time.Now(), Bound: n.Bound()},
		Network: n, Base: basemap.New(features),
		Places: []place.Place{{
			Kind: place.Street, Detail: "residential", Name: map[string]string{"": "Market Street", "zh": "市场街"},
			At: n.Bound().Center(), Bound: n.Bound(),
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapfile.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return NewMap(m, []path.Profile{path.Foot(), path.Car()})
}

// TestABureausFirstDay goes through the real store, a real map file and real
// sessions: setup, first login, people, map, search, route, audit, restart.
func TestABureausFirstDay(t *testing.T) {
	dir, m := t.TempDir(), town(t)
	begin := func() (*site, func()) {
		st, err := store.Open(dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := New(Config{Store: records{st}, Sessions: st.Sessions(), Map: m, SetupCode: code, Hashing: cheap(), Logger: quiet(), UploadDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(s.Handler())
		return &site{t: t, s: s, url: server.URL}, func() {
			server.Close()
			s.Close()
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	x, end := begin()
	b := x.browser()
	b.send("POST", "/api/setup", founding()).is(t, 201, "")
	b.send("POST", "/api/setup", founding()).is(t, 409, "setup.done")
	b.send("POST", "/api/session", body{"login": "chief", "password": "quiet river 72"}).is(t, 200, "")

	var areas struct{ Areas []Area }
	b.get("/api/areas").is(t, 200, "").into(t, &areas)
	bureau := areas.Areas[0].ID
	var a Area
	b.send("POST", "/api/areas", body{"parent": bureau, "kind": "town", "name": body{"en": "East"}, "boundary": body{"type": "Polygon", "coordinates": [][][2]float64{{{-75.6, 39.7}, {-75.5, 39.7}, {-75.5, 39.8}, {-75.6, 39.7}}}}}).is(t, 201, "").into(t, &a)
	b.send("PATCH", "/api/areas/"+idText(a.ID), body{"code": "42"}, "If-Match", "1").is(t, 200, "")
	b.send("PATCH", "/api/areas/"+idText(a.ID), body{"code": "43"}, "If-Match", "1").is(t, 412, "stale")
	b.send("DELETE", "/api/areas/"+idText(bureau), nil, "If-Match", "1").is(t, 409, "areas.bureau")

	var li NewPerson
	b.send("POST", "/api/people", body{"login": "li.wei", "name": "Li Wei", "grants": []body{{"role": "dispatcher", "area": a.ID}}}).is(t, 201, "").into(t, &li)
	b.send("POST", "/api/people", body{"login": "li.wei", "name": "Li Wei"}).is(t, 409, "people.login_taken")
	b.send("POST", "/api/people", body{"login": "sam", "name": "Sam", "password": "quiet river 73", "grants": []body{{"role": "auditor", "area": bureau}}}).is(t, 201, "")
	b.send("DELETE", "/api/areas/"+idText(a.ID), nil, "If-Match", "2").is(t, 409, "areas.in_use")
	var p Problem
	b.send("PATCH", "/api/people/"+idText(li.ID), body{"name": "Li Wei Min"}, "If-Match", idText(li.Version)).is(t, 200, "")
	b.send("PATCH", "/api/people/"+idText(li.ID), body{"name": "Li"}, "If-Match", idText(li.Version)).is(t, 412, "stale").into(t, &p)
	if p.ChangedBy != "chief" {
		t.Errorf("changed by %q, want chief", p.ChangedBy)
	}

	d := x.browser()
	d.send("POST", "/api/session", body{"login": "li.wei", "password": li.Password}).is(t, 200, "")
	d.get("/api/map").is(t, 403, "password.must_change")
	d.send("PUT", "/api/session/password", body{"old": li.Password, "new": "slow boat 4711"}).is(t, 204, "")
	var info MapInfo
	d.get("/api/map").is(t, 200, "").into(t, &info)
	center := orb.Point(info.Center)
	tile := maptile.At(center, 15)
	r := d.get(strings.Join([]string{"/tiles", info.ID, "15", idText(int64(tile.X)), idText(int64(tile.Y))}, "/"), "Accept-Encoding", "gzip").is(t, 200, "")
	zipped, err := gzip.NewReader(bytes.NewReader(r.text))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(zipped)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := mvt.Unmarshal(raw)
	if err != nil || len(layers) == 0 || layers[0].Name != "street" {
		t.Errorf("tile: %v, %v", layers, err)
	}
	if r := d.get("/api/search?q=shichangjie"); !strings.Contains(string(r.text), "Market Street") {
		t.Errorf("pinyin: %s", r)
	}
	for _, profile := range []string{"foot", "car"} {
		d.get("/api/route?profile="+profile+"&from=-75.55,39.74&to=-75.5491,39.7398").is(t, 200, "")
	}
	d.get("/api/people").is(t, 403, "access.denied")
	d.get("/api/audit").is(t, 403, "access.denied")
	end()

	x, end = begin() // sessions outlive a restart, as does all else
	defer end()
	again := *d
	again.site = x
	again.get("/api/map", "Cookie", d.Jar.Cookies(mustURL(t, x.url))[0].String()).is(t, 200, "")
	auditor := x.browser()
	auditor.send("POST", "/api/session", body{"login": "sam", "password": "quiet river 73"}).is(t, 200, "")
	auditor.send("PUT", "/api/session/password", body{"old": "quiet river 73", "new": "slow boat 4712"}).is(t, 204, "")
	var log struct {
		Entries []AuditEntry
		More    bool
	}
	auditor.get("/api/audit?limit=500").is(t, 200, "").into(t, &log)
	verbs := map[string]int{}
	for _, e := range log.Entries {
		verbs[e.Verb]++
		if e.Verb != "session.login" && e.Who == "" && e.Verb != "bureau.setup" {
			t.Errorf("nobody did %+v", e)
		}
	}
	for _, want := range []string{"bureau.setup", "session.login", "area.add", "area.change", "person.add", "person.change", "session.password", "access.refused"} {
		if verbs[want] == 0 {
			t.Errorf("the audit log lacks %s: %v", want, verbs)
		}
	}
	var page struct {
		Entries []AuditEntry
		More    bool
	}
	auditor.get("/api/audit?limit=3").is(t, 200, "").into(t, &page)
	if len(page.Entries) != 3 || !page.More || page.Entries[0].Seq != log.Entries[0].Seq {
		t.Errorf("first page: %+v", page)
	}
	var verified struct {
		Entries int64
		OK      bool
	}
	auditor.get("/api/audit/verify").is(t, 200, "").into(t, &verified)
	if !verified.OK || verified.Entries < int64(len(log.Entries)) {
		t.Errorf("verify: %+v with %d entries", verified, len(log.Entries))
	}
}
