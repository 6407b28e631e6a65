package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"citygrid/data/audit"
	"citygrid/geo/place"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/routing/city"
	"citygrid/routing/path"

	"github.com/alexedwards/argon2id"
)

// A fake is storage in memory, with the rules that handlers rely on. It has no
// registers: tests of those use the real store, see openReal.
type fake struct {
	Registers
	Work
	Studio
	Webhooks
	mu      sync.Mutex // guards everything
	set     Settings
	setUp   bool
	people  map[people.ID]people.Person
	areas   map[grid.AreaID]grid.Area
	log     []audit.Entry
	broken  error // if set, every method fails with it
	session map[string]kept
	now     func() time.Time
	commits int
}

type kept struct {
	data   []byte
	expiry time.Time
}

func newFake() *fake {
	return &fake{people: map[people.ID]people.Person{}, areas: map[grid.AreaID]grid.Area{}, session: map[string]kept{}, now: time.Now}
}

func (f *fake) lock() func() { f.mu.Lock(); return f.mu.Unlock }

func (f *fake) record(a audit.Act) {
	e := audit.Entry{Act: a, Seq: int64(len(f.log) + 1)}
	e.Hash = sha256.Sum256([]byte(a.Verb))
	f.log = append(f.log, e)
}

func (f *fake) Ready(context.Context) error {
	defer f.lock()()
	return f.broken
}

func (f *fake) Settings(context.Context) (Settings, error) {
	defer f.lock()()
	return f.set, f.broken
}

func (f *fake) NeedsSetup(context.Context) (bool, error) {
	defer f.lock()()
	return !f.setUp, f.broken
}

func (f *fake) Setup(_ context.Context, set Settings, admin people.Person, root grid.Area, a audit.Act) error {
	defer f.lock()()
	root.ID, root.Version = 1, 1
	f.areas[1] = root
	admin.ID, admin.Version = 1, 1
	admin.Grants = []people.Grant{{Role: people.Admin, Area: 1}}
	f.people[1] = admin
	f.set, f.setUp = set, true
	f.record(a)
	return f.broken
}

func (f *fake) People(context.Context) ([]people.Person, error) {
	defer f.lock()()
	all := slices.Collect(maps.Values(f.people))
	slices.SortFunc(all, func(a, b people.Person) int { return int(a.ID - b.ID) })
	return all, f.broken
}

func (f *fake) Person(_ context.Context, id people.ID) (people.Person, error) {
	defer f.lock()()
	p, ok := f.people[id]
	if !ok {
		return p, people.ErrNoPerson
	}
	return p, f.broken
}

func (f *fake) PersonByLogin(_ context.Context, login string) (people.Person, error) {
	defer f.lock()()
	for _, p := range f.people {
		if p.Login == login {
			return p, f.broken
		}
	}
	return people.Person{}, people.ErrNoPerson
}

func (f *fake) AddPerson(_ context.Context, p people.Person, a audit.Act) (people.Person, error) {
	defer f.lock()()
	for _, q := range f.people {
		if q.Login == p.Login {
			return p, people.ErrLoginTaken
		}
	}
	p.ID, p.Version = people.ID(len(f.people)+1), 1
	f.people[p.ID] = p
	f.record(a)
	return p, f.broken
}

func (f *fake) UpdatePerson(_ context.Context, p people.Person, a audit.Act) (people.Person, error) {
	defer f.lock()()
	if f.people[p.ID].Version != p.Version {
		return p, people.ErrStale
	}
	p.Version++
	f.people[p.ID] = p
	f.record(a)
	return p, f.broken
}

func (f *fake) SetPassword(_ context.Context, id people.ID, hash string, must bool, a audit.Act) error {
	defer f.lock()()
	p := f.people[id]
	p.PasswordHash, p.MustChange, p.Failures, p.LockedUntil = hash, must, 0, time.Time{}
	p.Version++
	f.people[id] = p
	f.record(a)
	return f.broken
}

func (f *fake) LoginFailed(_ context.Context, id people.ID, until time.Time, a audit.Act) (int, error) {
	defer f.lock()()
	p := f.people[id]
	p.Failures++
	p.LockedUntil = until
	f.people[id] = p
	f.record(a)
	return p.Failures, f.broken
}

func (f *fake) LoginSucceeded(_ context.Context, id people.ID, a audit.Act) error {
	defer f.lock()()
	p := f.people[id]
	p.Failures, p.LockedUntil = 0, time.Time{}
	f.people[id] = p
	f.record(a)
	return f.broken
}

func (f *fake) DeletePersonSessions(context.Context, people.ID) error { return f.broken }

func (f *fake) Areas(context.Context) ([]grid.Area, error) {
	defer f.lock()()
	all := slices.Collect(maps.Values(f.areas))
	slices.SortFunc(all, func(a, b grid.Area) int { return int(a.ID - b.ID) })
	return all, f.broken
}

func (f *fake) AreaTree(ctx context.Context) ([]grid.Area, error) {
	areas, err := f.Areas(ctx)
	areas = slices.Clone(areas)
	for i := range areas {
		areas[i].Boundary = nil
	}
	return areas, err
}

func (f *fake) AddArea(_ context.Context, a grid.Area, act audit.Act) (grid.Area, error) {
	if err := a.Check(); err != nil {
		return a, err
	}
	defer f.lock()()
	a.ID, a.Version = grid.AreaID(len(f.areas)+1), 1
	for f.areas[a.ID].ID != 0 {
		a.ID++
	}
	if _, err := grid.NewTree(append(slices.Collect(maps.Values(f.areas)), a)); err != nil {
		return a, err
	}
	f.areas[a.ID] = a
	f.record(act)
	return a, f.broken
}

func (f *fake) UpdateArea(_ context.Context, a grid.Area, act audit.Act) (grid.Area, error) {
	if err := a.Check(); err != nil {
		return a, err
	}
	defer f.lock()()
	if f.areas[a.ID].Version != a.Version {
		return a, grid.ErrStale
	}
	a.Version++
	f.areas[a.ID] = a
	f.record(act)
	return a, f.broken
}

func (f *fake) RemoveArea(_ context.Context, id grid.AreaID, version int64, act audit.Act) error {
	defer f.lock()()
	for _, a := range f.areas {
		if a.Parent == id {
			return grid.ErrAreaInUse
		}
	}
	delete(f.areas, id)
	f.record(act)
	return f.broken
}

func (f *fake) Record(_ context.Context, a audit.Act) error {
	defer f.lock()()
	f.record(a)
	return f.broken
}

func (f *fake) AuditEntries(_ context.Context, q audit.Query) ([]audit.Entry, error) {
	defer f.lock()()
	var page []audit.Entry
	for _, e := range slices.Backward(f.log) {
		if (q.Before == 0 || e.Seq < q.Before) && len(page) < q.Limit {
			page = append(page, e)
		}
	}
	return page, f.broken
}

func (f *fake) VerifyAudit(context.Context) (int64, error) {
	defer f.lock()()
	return int64(len(f.log)), f.broken
}

// verbs lists what the log says of object ("" = anything), oldest first.
func (f *fake) verbs(object string) []string {
	defer f.lock()()
	var verbs []string
	for _, e := range f.log {
		if object == "" || e.Object == object {
			verbs = append(verbs, e.Verb)
		}
	}
	return verbs
}

// The session store.
func (f *fake) FindCtx(_ context.Context, token string) ([]byte, bool, error) {
	defer f.lock()()
	k, ok := f.session[token]
	return k.data, ok && k.expiry.After(time.Now()), f.broken
}

func (f *fake) CommitCtx(_ context.Context, token string, data []byte, expiry time.Time) error {
	defer f.lock()()
	f.commits++
	f.session[token] = kept{bytes.Clone(data), expiry}
	return f.broken
}

func (f *fake) DeleteCtx(_ context.Context, token string) error {
	defer f.lock()()
	delete(f.session, token)
	return f.broken
}

func (f *fake) Find(token string) ([]byte, bool, error) {
	return f.FindCtx(context.Background(), token)
}

func (f *fake) Commit(token string, data []byte, expiry time.Time) error {
	return f.CommitCtx(context.Background(), token, data, expiry)
}
func (f *fake) Delete(token string) error { return f.DeleteCtx(context.Background(), token) }

// Areas of the fake bureau: two towns, a station in the first.
const (
	bureauArea  = 1
	townArea    = 2
	otherArea   = 3
	stationArea = 4
)

const password = "correct horse battery"

// cheap makes hashes in a millisecond; what they cost is not what tests test.
func cheap() *argon2id.Params {
	return &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// found1 fills the fake with a bureau and, for each role, a person whose login is
// the role and whose grant is for the whole bureau.
func (f *fake) bureau(t testing.TB) *fake {
	t.Helper()
	hash, err := argon2id.CreateHash(password, cheap())
	if err != nil {
		t.Fatal(err)
	}
	f.set = Settings{Bureau: map[string]string{"en": "Wilmington", "zh-CN": "威尔明顿"}, TimeZone: "America/New_York", Region: "US", Language: "en"}
	f.setUp = true
	name := func(s string) map[string]string { return map[string]string{"en": s} }
	for _, a := range []grid.Area{
		{ID: bureauArea, Kind: grid.Bureau, Name: name("Bureau")},
		{ID: townArea, Parent: bureauArea, Kind: grid.Town, Name: name("Town")},
		{ID: otherArea, Parent: bureauArea, Kind: grid.Town, Name: name("Other town")},
		{ID: stationArea, Parent: townArea, Kind: grid.Station, Name: name("Station")},
	} {
		a.Version = 1
		f.areas[a.ID] = a
	}
	for i, r := range people.Roles() {
		f.add(people.Person{ID: people.ID(i + 1), Login: string(r), Name: "Person " + string(r), PasswordHash: hash, Grants: []people.Grant{{Role: r, Area: bureauArea}}})
	}
	f.add(people.Person{ID: 50, Login: "town.admin", Name: "Town Admin", PasswordHash: hash, Grants: []people.Grant{{Role: people.Admin, Area: townArea}}})
	f.add(people.Person{ID: 51, Login: "town.officer", Name: "Town Officer", PasswordHash: hash, Grants: []people.Grant{{Role: people.Officer, Area: stationArea}}})
	f.add(people.Person{ID: 52, Login: "other.officer", Name: "Other Officer", PasswordHash: hash, Grants: []people.Grant{{Role: people.Officer, Area: otherArea}}})
	f.add(people.Person{ID: 53, Login: "both.officer", Name: "Both", PasswordHash: hash, Grants: []people.Grant{{Role: people.Officer, Area: stationArea}, {Role: people.Officer, Area: otherArea}}})
	return f
}

func (f *fake) add(p people.Person) {
	p.Version = 1
	f.people[p.ID] = p
}

// with changes a person behind the server's back.
func (f *fake) with(login string, change func(*people.Person)) {
	defer f.lock()()
	for id, p := range f.people {
		if p.Login == login {
			change(&p)
			f.people[id] = p
		}
	}
}

// A site is a server under test with its storage.
type site struct {
	t   testing.TB
	s   *Server
	st  *fake
	url string
}

// open serves a bureau with a drawn map. edits change the Config before.
func open(t testing.TB, edits ...func(*Config)) *site {
	t.Helper()
	return openWith(t, newFake().bureau(t), edits...)
}

func openWith(t testing.TB, st *fake, edits ...func(*Config)) *site {
	t.Helper()
	c := Config{
		Store: st, Sessions: st, Map: drawn(t), Hashing: cheap(),
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), UploadDir: t.TempDir(),
		App: fstest.MapFS{
			"index.html":             {Data: []byte("<!doctype html><title>app</title>" + strings.Repeat(" ", 2000))},
			"favicon.ico":            {Data: []byte("icon")},
			"assets/app-1a2b3c.js":   {Data: []byte(strings.Repeat("console.log('hello');", 200))},
			"assets/font-1a2b.woff2": {Data: []byte("font")},
		},
	}
	for _, edit := range edits {
		edit(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s.Handler())
	t.Cleanup(func() { server.Close(); s.Close() })
	return &site{t: t, s: s, st: st, url: server.URL}
}

// drawn is a small map: a block of streets, one of them one-way.
func drawn(t testing.TB) *Map {
	t.Helper()
	n, _ := streettest.Draw(t, `
a---b---c
|       |
d--->---e   f
`, func(d *streettest.Drawing) {
		d.Parts.Names = append(d.Parts.Names, street.Name{Default: "Main Street", In: map[string]string{"zh": "主街"}})
		for i := range d.Parts.Segments {
			d.Parts.Segments[i].Name = 1
		}
	})
	bound := n.Bound()
	return &Map{
		ID: "0123456789abcdef", Name: "Drawn", Bound: bound, ImportedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Network: n, Tiles: fakeTiles{}, Streets: city.New("0123456789abcdef", n, []path.Profile{path.Foot()}),
		Places: place.New([]place.Place{{
			Kind: place.Street, Detail: "residential", Name: map[string]string{"": "Main Street", "zh": "主街"},
			At: bound.Center(), Bound: bound,
		}}),
	}
}

// fakeTiles has the tile 1/0/0 alone.
type fakeTiles struct{}

func (fakeTiles) Tile(z, x, y uint32) ([]byte, error) {
	if z == 1 && x == 0 && y == 0 {
		return []byte("a tile"), nil
	}
	return nil, nil
}

// A browser keeps its cookies.
type browser struct {
	site *site
	http.Client
}

func (x *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		x.t.Fatal(err)
	}
	return &browser{site: x, Client: http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as logs in.
func (x *site) as(login string) *browser {
	x.t.Helper()
	b := x.browser()
	if r := b.send("POST", "/api/session", body{"login": login, "password": password}); r.status != 200 {
		x.t.Fatalf("log in as %s: %s", login, r)
	}
	return b
}

type body map[string]any

type reply struct {
	status int
	header http.Header
	text   []byte
	name   string
}

func (r reply) String() string {
	return r.name + " answers " + http.StatusText(r.status) + ": " + strings.TrimSpace(string(r.text))
}

func (r reply) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(r.text, v); err != nil {
		t.Fatalf("%s: %v", r, err)
	}
}

// code is the problem's code, "" if it is none.
func (r reply) code() string {
	if r.header.Get("Content-Type") != "application/problem+json" {
		return ""
	}
	var p Problem
	_ = json.Unmarshal(r.text, &p)
	return p.Code
}

// send sends content (JSON of anything but bytes) with header pairs.
func (b *browser) send(method, path string, content any, headers ...string) reply {
	b.site.t.Helper()
	var text io.Reader
	switch c := content.(type) {
	case nil:
	case []byte:
		text = bytes.NewReader(c)
	default:
		raw, err := json.Marshal(c)
		if err != nil {
			b.site.t.Fatal(err)
		}
		text = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, b.site.url+path, text)
	if err != nil {
		b.site.t.Fatal(err)
	}
	if text != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	resp, err := b.Do(req)
	if err != nil {
		b.site.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		b.site.t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, raw, method + " " + path}
}

func (b *browser) get(path string, headers ...string) reply {
	b.site.t.Helper()
	return b.send("GET", path, nil, headers...)
}

// is fails the test unless r has the status and, for problems, the code.
func (r reply) is(t testing.TB, status int, code string) reply {
	t.Helper()
	if r.status != status || r.code() != code {
		t.Errorf("%s\nwant %d %s", r, status, code)
	}
	return r
}

// logTo collects the server's log.
func logTo(w io.Writer) func(*Config) {
	return func(c *Config) { c.Logger = slog.New(slog.NewTextHandler(w, nil)) }
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func idText(n int64) string { return strconv.FormatInt(n, 10) }
