package main

import (
	"bytes"
	"context"
	cryptotls "crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "bench" && os.Args[2] == "hub-clients" { // we are the process that TestBenchHub started
		os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	if os.Getenv(serveEnv) != "" { // the server that TestSoakLive kills, or that of TestADiskThatComesBack
		os.Exit(program())
	}
	goleak.VerifyTestMain(m,
		// http.DefaultTransport keeps its connections a while
		goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"),
		goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"))
}

// town is one street of 222 m along the equator with a side street, one-way
// towards the north for cars, and a way back from its end.
const town = `<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.001"/><node id="3" lat="0" lon="0.002"/><node id="4" lat="0.001" lon="0.001"/>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="Main Street"/></way>
<way id="11"><nd ref="2"/><nd ref="4"/><tag k="highway" v="residential"/><tag k="oneway" v="yes"/></way>
<way id="12"><nd ref="4"/><nd ref="3"/><tag k="highway" v="residential"/></way>
</osm>`

// said runs a command line and gives its exit code and what it printed.
func said(t *testing.T, stdin string, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(stdin), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// mustSay is said for a command that must end well.
func mustSay(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	code, out, errs := said(t, stdin, args...)
	if code != 0 {
		t.Fatalf("citygrid %s: exit %d\n%s", strings.Join(args, " "), code, errs)
	}
	return out
}

func writeTown(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "town.osm")
	if err := os.WriteFile(file, []byte(town), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestImportThenRoute(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	mustSay(t, "", "import", "--data", dir, writeTown(t))

	tests := []struct {
		name, profile, from, to string
		metres                  float64
	}{
		{"along the street", "car", "0,0", "0.002,0", 222.4},
		{"up the one-way", "car", "0.001,0", "0.001,0.001", 111.2},
		{"not down the one-way", "car", "0.001,0.001", "0,0", 379.6},
		{"but on foot", "foot", "0.001,0.001", "0,0", 222.4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := mustSay(t, "", "route", "--data", dir, "--profile", tt.profile, "--from", tt.from, "--to", tt.to, "--json")
			var got struct {
				DistanceM float64 `json:"distance_m"`
				DurationS float64 `json:"duration_s"`
				Geometry  struct {
					Type        string
					Coordinates [][2]float64
				}
			}
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if got.DistanceM < tt.metres-1 || got.DistanceM > tt.metres+1 {
				t.Errorf("%.1f m, want %.1f m", got.DistanceM, tt.metres)
			}
			if got.DurationS <= 0 || got.Geometry.Type != "LineString" || len(got.Geometry.Coordinates) < 2 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestBadInputEndsWithTwo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	mustSay(t, "", "import", "--data", dir, "--quiet", writeTown(t))
	before, err := os.ReadFile(filepath.Join(dir, "city.map"))
	if err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty.osm.pbf")
	noise := filepath.Join(t.TempDir(), "noise.osm.pbf")
	cut := filepath.Join(t.TempDir(), "cut.osm")
	for file, content := range map[string]string{empty: "", noise: "PNG\r\n\x1a nothing of a map", cut: town[:len(town)/2]} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	missing := filepath.Join(t.TempDir(), "missing.osm.pbf")
	pipe := filepath.Join(t.TempDir(), "pipe.osm")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, says string
		args       []string
	}{
		{"no such command", "unexpected argument", []string{"fly"}},
		{"unknown language", "zh-CN", []string{"setup", "--data", t.TempDir(), "--bureau", "X", "--language", "de"}},
		{"empty extract", empty, []string{"import", "--data", dir, empty}},
		{"not OSM", noise, []string{"import", "--data", dir, noise}},
		{"a pipe", pipe, []string{"import", "--data", dir, pipe}},
		{"no snap limit", "snap", []string{"route", "--data", dir, "--from", "0,0", "--to", "0,0", "--snap=-5"}},
		{"beyond the limit", "raise --import-unpacked", []string{"import", "--data", dir, "--import-unpacked", "100", writeTown(t)}},
		{"beyond memory", "--import-memory", []string{"import", "--data", dir, "--import-memory", "1k", writeTown(t)}},
		{"metrics for everybody", "--metrics-listen", []string{"serve", "--data", filepath.Join(dir, "new"), "--listen", "127.0.0.1:0", "--metrics-listen", "0.0.0.0:0"}},
		{"half a size", "512M", []string{"import", "--data", dir, "--import-memory", "4 apples", cut}},
		{"cut short", cut, []string{"import", "--data", dir, cut}},
		{"missing", missing, []string{"import", "--data", dir, missing}},
		{"box turned round", "west < east", []string{"import", "--data", dir, "--bbox", "2,0,1,1", cut}},
		{"latitude first", "longitude comes first", []string{"route", "--data", dir, "--from", "39.7,-175.5", "--to", "0,0"}},
		{"not a number", "not a number", []string{"route", "--data", dir, "--from", "a,b", "--to", "0,0"}},
		{"off the network", "from", []string{"route", "--data", dir, "--from", "-1,-1", "--to", "0,0"}},
		{"unknown profile", "profile", []string{"route", "--data", dir, "--profile", "balloon", "--from", "0,0", "--to", "0,0"}},
		{"no map", "has no map", []string{"route", "--data", t.TempDir(), "--from", "0,0", "--to", "0,0"}},
		{"no folder", "citygrid setup makes one", []string{"user", "list", "--data", filepath.Join(t.TempDir(), "none")}},
		{"clear text to the world", "clear text", []string{"serve", "--data", t.TempDir(), "--listen", "0.0.0.0:0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, _, errs := said(t, "", tt.args...)
			if code != 2 || !strings.Contains(errs, tt.says) {
				t.Errorf("exit %d, %q; want 2 and %q", code, errs, tt.says)
			}
		})
	}
	after, err := os.ReadFile(filepath.Join(dir, "city.map"))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("a refused extract changed the map (%v)", err)
	}
}

// serving starts a command that serves, waits until it is ready, and gives what
// it said and a way to end it.
func start(t *testing.T, args ...string) (hello map[string]any, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	var stderr bytes.Buffer
	done := make(chan int, 1)
	go func() {
		code := run(ctx, args, strings.NewReader(""), w, &stderr)
		_ = w.CloseWithError(fmt.Errorf("ended with %d: %s", code, stderr.String()))
		done <- code
	}()
	if err := json.NewDecoder(r).Decode(&hello); err != nil {
		t.Fatal(err)
	}
	end = func() {
		cancel()
		select {
		case code := <-done:
			if code != 0 {
				t.Errorf("citygrid %s: exit %d\n%s", args[0], code, stderr.String())
			}
		case <-time.After(20 * time.Second):
			t.Error("the server does not end")
		}
	}
	return hello, end
}

// visitor is a browser as far as these tests need one.
type visitor struct {
	t    *testing.T
	base string
	http http.Client
}

func visit(t *testing.T, base any) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, base: base.(string), http: http.Client{Jar: jar}}
	t.Cleanup(v.http.CloseIdleConnections)
	return v
}

func (v *visitor) ask(method, path, body string, want int) string {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != want {
		v.t.Fatalf("%s %s: %d, want %d (%v)\n%s", method, path, resp.StatusCode, want, err, b)
	}
	return string(b)
}

// TestABureausLife: set up on the console, serve, change things, back up while
// serving, end, restore elsewhere, serve that: everything is there.
func TestABureausLife(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bureau")
	const password = "a long enough one"
	mustSay(t, password+"\n", "setup", "--data", dir, "--bureau", "Testville", "--bureau-zh", "测试市", "--map", writeTown(t))
	if code, _, errs := said(t, password+"\n", "setup", "--data", dir, "--bureau", "Other"); code != 2 {
		t.Errorf("a second setup: exit %d, %q; want 2", code, errs)
	}

	hello, end := start(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--json")
	admin := visit(t, hello["url"])
	admin.ask("GET", "/readyz", "", 200)
	admin.ask("GET", "/api/people", "", 401)
	admin.ask("POST", "/api/session", `{"login":"admin","password":"`+password+`"}`, 200)
	admin.ask("POST", "/api/people", `{"login":"li","name":"Li","grants":[{"role":"dispatcher","area":1}]}`, 201)

	if code, _, errs := said(t, "", "user", "add", "--data", dir, "--role", "officer", "wang"); code != 1 || !strings.Contains(errs, "/admin/people") {
		t.Errorf("user add beside the server: exit %d, %q; want 1 and where else", code, errs)
	}
	if list := mustSay(t, "", "user", "list", "--data", dir); !strings.Contains(list, "li ") {
		t.Errorf("user list beside the server:\n%s", list)
	}
	file := filepath.Join(t.TempDir(), "backup.tar")
	mustSay(t, "", "backup", "--data", dir, file)
	end()
	cold := filepath.Join(t.TempDir(), "cold.tar")
	mustSay(t, "", "backup", "--data", dir, cold)
	fresh := mustSay(t, "", "user", "password", "--data", dir, "li")

	again := filepath.Join(t.TempDir(), "again")
	mustSay(t, "", "restore", "--data", again, file)
	if code, _, _ := said(t, "", "restore", "--data", again, file); code != 2 {
		t.Errorf("restore over a bureau: exit %d, want 2", code)
	}
	hello, end = start(t, "serve", "--data", again, "--listen", "127.0.0.1:0", "--json")
	defer end()
	admin = visit(t, hello["url"])
	admin.ask("POST", "/api/session", `{"login":"admin","password":"`+password+`"}`, 200)
	if people := admin.ask("GET", "/api/people", "", 200); !strings.Contains(people, `"li"`) {
		t.Errorf("the restored bureau has lost a person: %s", people)
	}
	if route := admin.ask("GET", "/api/route?profile=car&from=0,0&to=0.002,0", "", 200); !strings.Contains(route, "Main Street") {
		t.Errorf("the restored map: %s", route)
	}
	if !strings.HasPrefix(fresh, "li ") {
		t.Errorf("user password said %q", fresh)
	}
}

// TestSetupInTheBrowser: a server on an empty folder takes the code it printed.
func TestSetupInTheBrowser(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	hello, end := start(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--json")
	defer end()
	v := visit(t, hello["url"])
	body := `{"code":"%s","login":"chief","name":"Chief","password":"a long enough one","bureau":{"en":"Testville"},"time_zone":"Asia/Shanghai","region":"CN","language":"en"}`
	v.ask("POST", "/api/setup", fmt.Sprintf(body, "wrong"), 403)
	v.ask("POST", "/api/setup", fmt.Sprintf(body, hello["setup_code"]), 201)
	v.ask("POST", "/api/setup", fmt.Sprintf(body, hello["setup_code"]), 409)
	v.ask("POST", "/api/session", `{"login":"chief","password":"a long enough one"}`, 200)
}

func TestDecode(t *testing.T) {
	const fix = `{"method":"GET","url":"/?id=7&lat=39.5&lon=-75.5&timestamp=1700000000&speed=10"}`
	var got struct {
		ID        string
		Positions []struct {
			Time     time.Time
			Lat, Lon float64
			Valid    bool
			SpeedKmh float64 `json:"speed_kmh"`
		}
	}
	if err := json.Unmarshal([]byte(mustSay(t, fix+"\n", "decode", "osmand")), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Positions) != 1 || got.Positions[0].Lat != 39.5 || got.Positions[0].Lon != -75.5 ||
		got.Positions[0].Time.Unix() != 1700000000 || math.Abs(got.Positions[0].SpeedKmh-18.52) > 0.01 {
		t.Errorf("got %+v", got)
	}
	if code, _, errs := said(t, "", "decode", "morse"); code != 2 || !strings.Contains(errs, "jt808") {
		t.Errorf("an unknown protocol: exit %d, %q; want 2 and those there are", code, errs)
	}
}

func TestReplay(t *testing.T) {
	dir := t.TempDir()
	zones, fixes := filepath.Join(dir, "z.geojson"), filepath.Join(dir, "f.csv")
	for file, content := range map[string]string{
		zones: `{"type":"FeatureCollection","features":[{"type":"Feature","id":"park","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}}]}`,
		fixes: "seq,tracker,t,lon,lat\n1,a,100,0.5,0.5\n2,a,160,0.6,0.5\n3,a,220,1.5,0.5\n",
	} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := `{"seq":1,"tracker":"a","zone":"park","event":"enter","grade":null,"t":100}` + "\n" +
		`{"seq":3,"tracker":"a","zone":"park","event":"exit","grade":null,"t":220}` + "\n"
	if got := mustSay(t, "", "replay", "--zones", zones, "--fixes", fixes, "--mode", "undelayed", "--json"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got, want := mustSay(t, "", "replay", "--zones", zones, "--fixes", fixes, "--json"), strings.NewReplacer(
		`"enter","grade":null,"t":100}`, `"enter","grade":"likely","t":100}`+"\n"+`{"seq":2,"tracker":"a","zone":"park","event":"corrected","grade":"confirmed","t":160}`,
		"null", `"confirmed"`,
	).Replace(want); got != want {
		t.Errorf("judged: got\n%swant\n%s", got, want)
	}
	if code, _, errs := said(t, "", "replay", "--zones", fixes, "--fixes", fixes, "--json"); code != 2 {
		t.Errorf("positions as zones: exit %d, %q; want 2", code, errs)
	}
}

func TestCertForTheServer(t *testing.T) {
	dir := t.TempDir()
	out := mustSay(t, "", "cert", "--data", dir, "desk.example", "127.0.0.1")
	if !strings.Contains(out, "install it") {
		t.Errorf("cert said %q", out)
	}
	if code, _, _ := said(t, "", "cert", "--data", dir, "desk.example"); code != 2 {
		t.Errorf("a second cert without --replace: exit %d, want 2", code)
	}
	tls := filepath.Join(dir, "tls")
	hello, end := start(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--json",
		"--tls-cert", filepath.Join(tls, "server.crt"), "--tls-key", filepath.Join(tls, "server.key"))
	defer end()
	url := hello["url"].(string)
	if !strings.HasPrefix(url, "https://127.0.0.1:") {
		t.Errorf("serves %s, want https", url)
	}
	// A phone that doesn't trust us yet gets the authority past its warning, and
	// its owner sees the fingerprint that the console printed.
	phone := http.Client{Transport: &http.Transport{TLSClientConfig: &cryptotls.Config{InsecureSkipVerify: true}}}
	defer phone.CloseIdleConnections()
	v := &visitor{t: t, base: url, http: phone}
	var trust struct{ Authority struct{ SHA256 string } }
	if err := json.Unmarshal([]byte(v.ask("GET", "/api/trust", "", 200)), &trust); err != nil {
		t.Fatal(err)
	}
	if f := trust.Authority.SHA256; f == "" || !strings.Contains(out, f) {
		t.Errorf("/api/trust tells %q, cert printed\n%s", f, out)
	}
	roots := x509.NewCertPool()
	ca, err := x509.ParseCertificate([]byte(v.ask("GET", "/ca.crt", "", 200)))
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(ca)
	v.http = http.Client{Transport: &http.Transport{TLSClientConfig: &cryptotls.Config{RootCAs: roots}}}
	defer v.http.CloseIdleConnections()
	v.ask("GET", "/healthz", "", 200)
}

func TestHelpAndVersion(t *testing.T) {
	if code, out, _ := said(t, "", "--help"); code != 0 || !strings.Contains(out, "demo") {
		t.Errorf("--help: exit %d\n%s", code, out)
	}
	if code, out, _ := said(t, "", "--version"); code != 0 || strings.TrimSpace(out) != version {
		t.Errorf("--version: exit %d, %q", code, out)
	}
}

// TestSetupAsks: what the flags leave open is asked for, in order, and an answer
// that can't be is asked for again.
func TestSetupAsks(t *testing.T) {
	file := writeTown(t)
	answers := []string{"", "", "测试市", "China", "us", "Delaware", "America/New_York", "de", "", "", "/no/such/map", file}
	c := setupCmd{}
	var asked []string
	err := c.ask(func(prompt, fallback string) (string, error) {
		asked = append(asked, prompt)
		if len(asked) > len(answers) {
			t.Fatalf("asks too much: %q", asked)
		}
		if a := answers[len(asked)-1]; a != "" {
			return a, nil
		}
		return fallback, nil
	})
	want := setupCmd{BureauZH: "测试市", Region: "us", TimeZone: "America/New_York", Language: "zh-CN", Login: "admin", Map: file}
	if err != nil || c != want || len(asked) != len(answers) {
		t.Errorf("%v: got %+v, want %+v; asked %q", err, c, want, asked)
	}
	told := setupCmd{Bureau: "Testville", Region: "CN", TimeZone: "Asia/Shanghai", Language: "en", Login: "chief", Map: file}
	if err := told.ask(func(prompt, _ string) (string, error) { t.Errorf("asks %q", prompt); return "", nil }); err != nil {
		t.Error(err)
	}
}

// TestDemoTellsItsPasswords: a demo that can't serve has made no accounts yet,
// so the next one still prints them.
func TestDemoTellsItsPasswords(t *testing.T) {
	if !hasDemoCity() {
		t.Skip("built without the demo city")
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "demo")
	if code, _, errs := said(t, "", "demo", "--data", dir, "--listen", taken.Addr().String()); code != 1 {
		t.Errorf("demo on a port that is taken: exit %d, %q; want 1", code, errs)
	}
	if err := taken.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{3, 0} {
		hello, end := start(t, "demo", "--data", dir, "--listen", "127.0.0.1:0", "--json", "--no-simulate")
		end()
		if accounts, _ := hello["accounts"].([]any); len(accounts) != want {
			t.Errorf("printed %d accounts, want %d", len(accounts), want)
		}
	}
}

// TestRefusedImportLeavesNothing: no folder, no half a map.
func TestRefusedImportLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	noise := filepath.Join(t.TempDir(), "noise.osm")
	if err := os.WriteFile(noise, []byte("nothing of a map"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, _ := said(t, "", "import", "--data", dir, noise); code != 2 {
		t.Errorf("exit %d, want 2", code)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder is there: %v", err)
	}
}
