package web

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAppFiles(t *testing.T) {
	x := open(t)
	b := x.browser()
	for _, screen := range append(screens, "/map?lang=zh-CN&from=1,2") {
		r := b.get(screen).is(t, 200, "")
		if !strings.Contains(string(r.text), "<title>app</title>") || r.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %.200s", screen, r)
		}
	}
	for _, missing := range []string{"/nothing", "/map/", "/admin/nothing", "/admin/people/7", "/a/b/c", "/assets/", "/assets/nothing.js", "/assets/..%2findex.html", "/%2e%2e/web.go", "/.keep", "/assets/../../web.go"} {
		r := b.get(missing)
		if r.status != 404 && r.status != 301 && r.status != 307 {
			t.Errorf("%s: %s, want 404", missing, r)
		}
	}
	if r := b.get("/nothing"); r.header.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(string(r.text), "没有") {
		t.Errorf("404 page: %s", r)
	}
	if r := b.get("/nothing", "Accept", "text/html,*/*"); r.status != 404 || !strings.Contains(string(r.text), "<title>app</title>") {
		t.Errorf("a person at a wrong address: %s, want the app's own page and 404", r)
	}
	b.get("/api/nothing").is(t, 404, "not_found")
	b.get("/tiles/nothing").is(t, 404, "not_found")
	b.send("POST", "/map", nil).is(t, 405, "method_not_allowed")
	b.send("TRACE", "/api/map", nil).is(t, 405, "method_not_allowed")

	r := b.get("/assets/app-1a2b3c.js", "Accept-Encoding", "gzip")
	if r.header.Get("Content-Encoding") != "gzip" || r.header.Get("Content-Type") != "text/javascript; charset=utf-8" ||
		r.header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
		t.Errorf("asset: %v", r.header)
	}
	again := b.get("/assets/app-1a2b3c.js", "Accept-Encoding", "gzip", "If-None-Match", r.header.Get("ETag"))
	if again.status != 304 {
		t.Errorf("asset again: %d, want 304", again.status)
	}
	plain := b.get("/assets/app-1a2b3c.js", "Accept-Encoding", "identity")
	if plain.header.Get("Content-Encoding") != "" || plain.header.Get("ETag") == r.header.Get("ETag") || !strings.HasPrefix(string(plain.text), "console") {
		t.Errorf("asset plain: %v", plain.header)
	}
	if part := b.get("/assets/app-1a2b3c.js", "Accept-Encoding", "gzip", "Range", "bytes=0-6"); part.status != 206 || string(part.text) != "console" {
		t.Errorf("range: %d %q", part.status, part.text)
	}
	if r := b.get("/assets/font-1a2b.woff2", "Accept-Encoding", "gzip"); r.header.Get("Content-Type") != "font/woff2" || r.header.Get("Content-Encoding") != "" {
		t.Errorf("font: %v", r.header)
	}
	b.get("/favicon.ico").is(t, 200, "")
}

func TestPrecompressed(t *testing.T) {
	x := open(t, func(c *Config) {
		c.App = fstest.MapFS{
			"index.html":      {Data: []byte(strings.Repeat("long ", 1000))},
			"index.html.br":   {Data: []byte("brotli")},
			"index.html.gz":   {Data: []byte("gzip")},
			"assets/a.css":    {Data: []byte(strings.Repeat("a{}", 1000))},
			"assets/a.css.br": {Data: []byte("brotli css")},
		}
	})
	b := x.browser()
	for path, want := range map[string]string{"/": "brotli", "/assets/a.css": "brotli css"} {
		if r := b.get(path, "Accept-Encoding", "gzip, br"); string(r.text) != want || r.header.Get("Content-Encoding") != "br" {
			t.Errorf("%s: %q %v", path, r.text, r.header)
		}
	}
	if r := b.get("/", "Accept-Encoding", "gzip"); string(r.text) != "gzip" || r.header.Get("Content-Encoding") != "gzip" {
		t.Errorf("gzip: %q", r.text)
	}
}

// TestAppNotBuilt: the program works without Node, and says what to do.
func TestAppNotBuilt(t *testing.T) {
	x := open(t, func(c *Config) { c.App = fstest.MapFS{".keep": {}} })
	r := x.browser().get("/map")
	if r.status != 503 || !strings.Contains(string(r.text), "make app") {
		t.Errorf("%s", r)
	}
	x.as("officer").get("/api/map").is(t, 200, "")
}

func TestHeaders(t *testing.T) {
	x := open(t)
	b := x.as("admin")
	for _, path := range []string{"/", "/assets/app-1a2b3c.js", "/api/session", "/api/nothing", "/nothing", "/tiles/0123456789abcdef/1/0/0", "/metrics", "/openapi.json", "/healthz"} {
		h := b.get(path).header
		for header, want := range map[string]string{
			"Content-Security-Policy":    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
			"X-Content-Type-Options":     "nosniff",
			"Referrer-Policy":            "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin",
			"Permissions-Policy":         "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
			"Strict-Transport-Security":  "",
		} {
			if got := h.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", path, header, got, want)
			}
		}
		if h.Get("X-Request-Id") == "" {
			t.Errorf("%s: no request id", path)
		}
		if strings.HasPrefix(path, "/api") && h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, h.Get("Cache-Control"))
		}
	}
}

// A page that the app links to must also open when it is loaded again.
func TestEveryPageOfTheAppIsAScreen(t *testing.T) {
	for _, list := range []struct {
		file, below, pattern string
		least                int
	}{
		{"App.tsx", "", `<Route path="(/[a-z/]*?)(?:/:[a-z]+\??)?"`, 12},
		{"session/rights.ts", "/admin/", `id: "([a-z]+)"`, 5},
		{"plans/PlansPage.tsx", "/plans/", `\{ id: "([a-z]+)"`, 3},
	} {
		source, err := os.ReadFile("app/src/" + list.file)
		if err != nil {
			t.Skip("no sources of the app here")
		}
		found := regexp.MustCompile(list.pattern).FindAllStringSubmatch(string(source), -1)
		if len(found) < list.least {
			t.Fatalf("found %d pages in %s", len(found), list.file)
		}
		for _, page := range found {
			screen := list.below + page[1]
			if screen == "/kit" { // only while the app is developed
				continue
			}
			if !isScreen(screen) && !isScreen(screen+"/1") {
				t.Errorf("%s is no screen", screen)
			}
		}
	}
}
