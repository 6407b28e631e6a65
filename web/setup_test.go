package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"citygrid/data/audit"
)

const code = "one-time-code"

func founding() body {
	return body{
		"code": code, "login": "Chief", "name": "The Chief", "password": "quiet river 72",
		"bureau": body{"en": "Bureau", "zh-CN": "城管局"}, "time_zone": "Asia/Shanghai", "region": "cn", "language": "zh-CN",
	}
}

func TestSetupInTheBrowser(t *testing.T) {
	x := openWith(t, newFake(), func(c *Config) { c.SetupCode = code; c.Map = nil })
	b := x.browser()
	var info SetupInfo
	b.get("/api/setup").is(t, 200, "").into(t, &info)
	if !info.Needed || info.HasMap || info.Import != nil {
		t.Errorf("at first: %+v", info)
	}
	var session SessionInfo
	b.get("/api/session").is(t, 200, "").into(t, &session)
	if !session.SetupNeeded {
		t.Error("the session doesn't say that setup is needed")
	}
	for field, c := range map[string]struct {
		value any
		code  string
	}{
		"code":      {"wrong", "setup.code"},
		"login":     {"not a login", "people.invalid"},
		"password":  {"short", "password.short"},
		"bureau":    {body{"en": " "}, "setup.bureau"},
		"time_zone": {"Nowhere/City", "setup.time_zone"},
		"region":    {"1", "setup.region"},
		"language":  {"tlh", "request.invalid"},
	} {
		f := founding()
		f[field] = c.value
		if r := b.send("POST", "/api/setup", f); r.code() != c.code {
			t.Errorf("%s: %s, want %s", field, r, c.code)
		}
	}
	for field, value := range map[string]any{"password": "城管局城管局123456", "time_zone": "Local", "bureau": body{"fr": "x"}} {
		f := founding()
		f[field] = value
		if r := b.send("POST", "/api/setup", f); r.status != 422 {
			t.Errorf("%s %v: %s, want 422", field, value, r)
		}
	}
	if x.st.setUp {
		t.Fatal("set up by a wrong request")
	}
	b.send("POST", "/api/setup", founding()).is(t, 201, "")
	b.send("POST", "/api/setup", founding()).is(t, 409, "setup.done")
	b.send("POST", "/api/setup/map?demo=true", nil, codeHeader, code).is(t, 409, "setup.done")
	if r := b.get("/api/setup").is(t, 200, ""); !strings.Contains(string(r.text), `"needed":false`) {
		t.Errorf("afterwards: %s", r)
	}
	b.send("POST", "/api/session", body{"login": "chief", "password": "quiet river 72"}).is(t, 200, "")
	b.get("/api/people").is(t, 200, "")
	if set := x.st.set; set.Region != "CN" || set.TimeZone != "Asia/Shanghai" || set.Bureau["zh-CN"] != "城管局" {
		t.Errorf("settings: %+v", set)
	}
}

// TestTwoSetUp: of two browsers one wins.
func TestTwoSetUp(t *testing.T) {
	x := openWith(t, newFake(), func(c *Config) { c.SetupCode = code })
	var all sync.WaitGroup
	statuses := make([]int, 5)
	for i := range statuses {
		b := x.browser()
		all.Go(func() { statuses[i] = b.send("POST", "/api/setup", founding()).status })
	}
	all.Wait()
	won := 0
	for _, s := range statuses {
		if s == 201 {
			won++
		} else if s != 409 {
			t.Errorf("status %d, want 201 or 409", s)
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
}

// TestGuessingTheCode: a handful of tries for each address, and the owner at
// another one is not held up by them; without a code set there is no setup in
// the browser at all.
func TestGuessingTheCode(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	x := openWith(t, newFake(), func(c *Config) {
		c.SetupCode = code
		c.Now = func() time.Time { return now }
		c.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	})
	b := x.browser()
	f := founding()
	f["code"] = "guess"
	const stranger, owner = "198.51.100.7", "203.0.113.9"
	try := func(f body, from string) reply { return b.send("POST", "/api/setup", f, "X-Forwarded-For", from) }
	for range 10 {
		try(f, stranger).is(t, 403, "setup.code")
	}
	try(founding(), stranger).is(t, 429, "setup.too_many")
	try(f, owner).is(t, 403, "setup.code")
	// A stranger with a thousand addresses comes to the ceiling.
	for range 1000 {
		x.s.allCodes.take("", now)
	}
	try(founding(), owner).is(t, 429, "setup.too_many")
	now = now.Add(6 * time.Second)
	try(founding(), stranger).is(t, 201, "")

	y := openWith(t, newFake())
	f["code"] = ""
	y.browser().send("POST", "/api/setup", f).is(t, 403, "setup.code")
}

func TestFoundForTheCommandLine(t *testing.T) {
	st := newFake()
	f := Founding{
		Login: "chief", Password: "quiet river 72", Bureau: map[string]string{"en": "Bureau"},
		TimeZone: "Asia/Shanghai", Region: "CN", Language: "en",
	}
	by := audit.Act{At: time.Now(), Who: "console"}
	if err := Found(t.Context(), st, f, by); err != nil {
		t.Fatal(err)
	}
	if problemCode(Found(t.Context(), st, f, by)) != "setup.done" {
		t.Error("set up twice")
	}
	if p := st.people[1]; p.Login != "chief" || p.Name != "chief" || p.MustChange || !strings.HasPrefix(p.PasswordHash, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("first admin: %+v", p)
	}
	if e := st.log[0]; e.Who != "console" || e.Verb != "bureau.setup" {
		t.Errorf("audit log: %+v", e)
	}
}

// TestWhySetupsImportFailedIsForTheOwner: the reason speaks of the server's files.
func TestWhySetupsImportFailedIsForTheOwner(t *testing.T) {
	i := &importing{}
	x := openWith(t, newFake(), withImport(t, i))
	b := x.browser()
	b.send("POST", "/api/setup/map?demo=true", nil, codeHeader, code).is(t, 202, "")
	i.steps <- errors.New("/srv/secret is damaged")
	b.waitFor(t, "/api/setup", "failed")
	for header, want := range map[string]string{"": "", "wrong": "", code: "/srv/secret is damaged"} {
		var info SetupInfo
		b.get("/api/setup", codeHeader, header).is(t, 200, "").into(t, &info)
		if info.Import == nil || info.Import.Error != want {
			t.Errorf("with code %q: %+v, want error %q", header, info.Import, want)
		}
	}
}

// importing is an Import that waits for each step to be let through.
type importing struct {
	steps chan error // what the import comes to
	got   Extract
	text  string
	next  *Map
}

func (i *importing) do(ctx context.Context, x Extract, progress func(string, float64)) (*Map, error) {
	i.got = x
	if !x.Demo {
		text, err := os.ReadFile(x.File)
		if err != nil {
			return nil, err
		}
		i.text = string(text)
	}
	progress("streets", 0.5)
	select {
	case err := <-i.steps:
		return i.next, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func withImport(t *testing.T, i *importing) func(*Config) {
	i.steps = make(chan error)
	i.next = drawn(t)
	i.next.ID, i.next.Name = "fedcba9876543210", "Next"
	return func(c *Config) { c.Import, c.DemoCity, c.SetupCode = i.do, true, code }
}

func (b *browser) waitFor(t *testing.T, path, state string) ImportJob {
	t.Helper()
	var info ImportInfo
	for range 5000 {
		b.get(path).is(t, 200, "").into(t, &info)
		if info.Import != nil && info.Import.State == state {
			return *info.Import
		}
		time.Sleep(2 * time.Millisecond)
	}
	t.Fatalf("the import is %+v, want %s", info.Import, state)
	return ImportJob{}
}

func TestImport(t *testing.T) {
	i := &importing{}
	x := open(t, withImport(t, i))
	b := x.as("admin")
	send := func(query, text string) reply { return b.send("POST", "/api/map?"+query, []byte(text)) }

	send("name=x.txt", "x").is(t, 422, "map.format")
	send("", "x").is(t, 422, "map.format")
	send("name=x.osm&bbox=1,2", "x").is(t, 422, "query.bbox")
	send("name=x.osm", "").is(t, 422, "map.empty")
	if state := b.waitFor(t, "/api/map/import", "failed"); state.Error == "" {
		t.Errorf("failed without a reason: %+v", state)
	}
	send("name=..%2F..%2Fetc%2Fpasswd.osm.pbf&bbox=-75.6,39.7,-75.5,39.8", "the extract").is(t, 202, "")
	if job := b.waitFor(t, "/api/map/import", "running"); job.Stage == "" {
		t.Errorf("running: %+v", job)
	}
	send("name=y.osm", "x").is(t, 409, "map.import_running")
	i.steps <- nil
	if job := b.waitFor(t, "/api/map/import", "done"); job.Map != "fedcba9876543210" || job.Fraction != 1 {
		t.Errorf("done: %+v", job)
	}
	if i.got.Name != "passwd.osm.pbf" || i.text != "the extract" || i.got.Bound == nil || filepath.Dir(i.got.File) != x.s.jobs.dir {
		t.Errorf("imported %+v with %q", i.got, i.text)
	}
	var info MapInfo
	b.get("/api/map").is(t, 200, "").into(t, &info)
	if info.ID != "fedcba9876543210" {
		t.Errorf("still serves %s", info.ID)
	}
	b.get("/tiles/0123456789abcdef/1/0/0").is(t, 404, "map.other")

	send("name=bad.osm", "x").is(t, 202, "")
	i.steps <- errors.New("bad.osm: line 7: no such tag")
	if job := b.waitFor(t, "/api/map/import", "failed"); job.Error != "bad.osm: line 7: no such tag" {
		t.Errorf("failed: %+v", job)
	}
	send("demo=true", "").is(t, 202, "")
	b.waitFor(t, "/api/map/import", "running")
	b.send("DELETE", "/api/map/import", nil).is(t, 204, "")
	b.waitFor(t, "/api/map/import", "cancelled")
	b.send("DELETE", "/api/map/import", nil).is(t, 409, "map.no_import_running")

	if left, _ := os.ReadDir(x.s.jobs.dir); len(left) != 0 {
		t.Errorf("uploads left behind: %v", left)
	}
	if got := strings.Join(x.st.verbs(""), " "); !strings.Contains(got, "map.import map.import_failed map.import_failed") {
		t.Errorf("audit log: %s", got)
	}
}

// TestFirstMap: during setup the code stands for the login.
func TestFirstMap(t *testing.T) {
	i := &importing{}
	x := openWith(t, newFake(), withImport(t, i), func(c *Config) { c.Map = nil })
	b := x.browser()
	b.send("POST", "/api/setup/map?name=x.osm", []byte("x")).is(t, 403, "setup.code")
	b.send("POST", "/api/map?name=x.osm", []byte("x")).is(t, 401, "login.needed")
	b.send("POST", "/api/setup/map?name=x.osm", []byte("x"), codeHeader, code).is(t, 202, "")
	b.waitFor(t, "/api/setup", "running")
	i.steps <- nil
	b.waitFor(t, "/api/setup", "done")
	b.get("/readyz").is(t, 200, "")
	b.send("POST", "/api/setup/map?demo=true", nil, codeHeader, code).is(t, 202, "")
	b.send("DELETE", "/api/setup/map", nil).is(t, 403, "setup.code")
	b.send("DELETE", "/api/setup/map", nil, codeHeader, code).is(t, 204, "")
	b.waitFor(t, "/api/setup", "cancelled")
}

// TestUploadLimit: neither an announced length nor the bytes may pass it.
func TestUploadLimit(t *testing.T) {
	i := &importing{}
	x := open(t, withImport(t, i), func(c *Config) { c.UploadBytes = 1 << 20 })
	b := x.as("admin")
	big := bytes.Repeat([]byte("x"), 1<<20+1)
	b.send("POST", "/api/map?name=x.osm", big).is(t, 413, "request.too_large")
	req, err := http.NewRequest("POST", x.url+"/api/map?name=x.osm", io.MultiReader(bytes.NewReader(big))) // no length
	if err != nil {
		t.Fatal(err)
	}
	resp, err := b.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d, want 413", resp.StatusCode)
	}
	if left, _ := os.ReadDir(x.s.jobs.dir); len(left) != 0 {
		t.Errorf("uploads left behind: %v", left)
	}
}

// TestBrokenUpload: a sender who goes away leaves nothing and frees the job.
func TestBrokenUpload(t *testing.T) {
	i := &importing{}
	x := open(t, withImport(t, i))
	b := x.as("admin")
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	req, err := http.NewRequestWithContext(ctx, "POST", x.url+"/api/map?name=x.osm", r)
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if resp, err := b.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}()
	_, _ = w.Write([]byte("half"))
	b.waitFor(t, "/api/map/import", "running")
	cancel()
	_ = w.CloseWithError(io.ErrUnexpectedEOF) // the transport waits for the reader
	<-gone
	b.waitFor(t, "/api/map/import", "cancelled")
	if left, _ := os.ReadDir(x.s.jobs.dir); len(left) != 0 {
		t.Errorf("uploads left behind: %v", left)
	}
}

// TestImportPanics: a bug in the importer costs the import, not the server.
func TestImportPanics(t *testing.T) {
	x := open(t, func(c *Config) {
		c.Import = func(context.Context, Extract, func(string, float64)) (*Map, error) { panic("bug") }
	})
	b := x.as("admin")
	b.send("POST", "/api/map?name=x.osm", []byte("x")).is(t, 202, "")
	if job := b.waitFor(t, "/api/map/import", "failed"); job.Error != "internal error" {
		t.Errorf("failed: %+v", job)
	}
}
