package web

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"citygrid/grid/people"
	"citygrid/grid/register"
)

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// sample is an address that a route of the table matches.
func sample(route string) string {
	return strings.NewReplacer(
		"{$}", "", "{file}", "login", "{file...}", "app-1a2b3c.js", "{tab}", "people",
		"{map}", "0123456789abcdef", "{z}", "1", "{x}", "0", "{y}", "0", "{id}", "9999", "{seq}", "1",
	).Replace(route)
}

// TestEveryCell tries every role with every method on every route, against a
// real server with real sessions, and holds the outcome against the table. What
// the table doesn't name must be refused.
func TestEveryCell(t *testing.T) {
	x, _ := openReal(t)
	table, err := parseRights(rightsCSV)
	if err != nil {
		t.Fatal(err)
	}
	// Which row an address belongs to is the standard mux's to say:
	// /api/people/import is a person's address too, for other methods.
	rows := http.NewServeMux()
	paths := map[string]bool{}
	for pattern, r := range table {
		paths[sample(r.route)] = true
		rows.HandleFunc(pattern, http.NotFound)
	}
	for _, role := range append(people.Roles(), public) {
		t.Run(string(role), func(t *testing.T) {
			b := x.browser()
			if role != public {
				b = x.as(string(role))
			}
			for path := range paths {
				for _, method := range methods {
					_, pattern := rows.Handler(httptest.NewRequest(method, path, nil))
					r, known := table[pattern]
					// As a proxy's request, so that nothing is local.
					got := b.send(method, path, nil, "X-Forwarded-For", "192.0.2.1")
					denied := got.status == http.StatusUnauthorized && got.header.Get("Content-Type") == "application/problem+json" ||
						got.status == http.StatusForbidden && (method == "HEAD" || got.code() == "access.denied")
					missing := got.status == http.StatusMethodNotAllowed || got.status == http.StatusNotFound
					switch {
					case got.status >= 500 && got.code() != "map.no_import" && got.code() != "room.none" && method != "HEAD":
						t.Errorf("%s", got)
					case !known:
						if !missing {
							t.Errorf("%s\nnot in the table, want 404 or 405", got)
						}
					case r.cells[role] >= own:
						if denied || got.status == http.StatusMethodNotAllowed || got.code() == "login.needed" {
							t.Errorf("%s\nwant it allowed: the cell is %s", got, r.cells[role])
						}
					case !denied:
						t.Errorf("%s\nwant it denied: the cell is %s", got, r.cells[role])
					case role == public && got.status != http.StatusUnauthorized:
						t.Errorf("%s\nwant 401 for a stranger", got)
					}
					if method == "DELETE" && path == "/api/session" && role != public {
						b = x.as(string(role)) // that was a logout
					}
				}
			}
		})
	}
}

// TestDeviceReportsAndNoMore: no person can have the rows public and device. The
// cells of device are tried on the authorisation function itself; TestDevices
// tries them over HTTP.
func TestDeviceReportsAndNoMore(t *testing.T) {
	table, err := parseRights(rightsCSV)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range table {
		c := &caller{device: register.Device{ID: "tag-1"}}
		if err := c.admit(r); (err == nil) != (r.cells[device] >= own) {
			t.Errorf("device on %s: %v, cell %s", r.pattern(), err, r.cells[device])
		}
		if r.cells[device] >= own && r.right != "device.report" && r.cells[public] != yes {
			t.Errorf("device may %s at %s", r.right, r.pattern())
		}
		if device.Known() || public.Known() {
			t.Errorf("device or public is a role that people can have")
		}
	}
}

// TestUnion: several grants give all that each gives.
func TestUnion(t *testing.T) {
	x := open(t)
	x.st.with("auditor", func(p *people.Person) {
		p.Grants = append(p.Grants, people.Grant{Role: people.Admin, Area: townArea})
	})
	b := x.as("auditor")
	b.get("/api/audit").is(t, 200, "")
	b.get("/api/people").is(t, 200, "")
	b.get("/api/people/52").is(t, 404, "not_found") // in the other town
}

func TestTableIsComplete(t *testing.T) {
	without := func(line string) string {
		i := strings.Index(rightsCSV, line)
		j := i + strings.Index(rightsCSV[i:], "\n") + 1
		return rightsCSV[:i] + rightsCSV[j:]
	}
	for _, c := range []struct{ name, table, want string }{
		{"a route without a row", without("GET,/api/people,"), "route GET /api/people has no row"},
		{"a raw route without a row", without("GET,/tiles/"), "route GET /tiles/{map}/{z}/{x}/{y} has no row"},
		{"a row without a route", rightsCSV + "GET,/api/nothing,x,no,no,no,no,no,no,no,no,no,no,no\n", "no route GET /api/nothing"},
		{"a row twice", rightsCSV + "GET,/healthz,health,yes,yes,yes,yes,yes,yes,yes,yes,yes,yes,yes\n", "second row"},
		{"an unknown cell", strings.Replace(rightsCSV, "own,no,no\n", "maybe,no,no\n", 1), `"maybe" is not`},
		{"a missing column", strings.Replace(rightsCSV, ",device\n", "\n", 1), "rights table"},
		{"less than the public", strings.Replace(rightsCSV, "GET,/healthz,health,yes,yes", "GET,/healthz,health,yes,no", 1), "less than the public"},
		{"a right with two meanings", strings.Replace(rightsCSV, "GET,/api/route,route", "GET,/api/route,people.read", 1), "means something else"},
		{"local for a role", strings.Replace(rightsCSV, "metrics.read,local,no", "metrics.read,local,local", 1), "for public alone"},
		{"nothing", "", "empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := build(Config{App: nil}, c.table)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

// TestMetricsAreLocal: a scraper on this machine needs no login, one that comes
// through a proxy or asks for another host does.
func TestMetricsAreLocal(t *testing.T) {
	x := open(t)
	b := x.browser()
	b.get("/metrics").is(t, 200, "")
	b.get("/metrics", "X-Forwarded-For", "192.0.2.1").is(t, 401, "login.needed")
	b.get("/metrics", "Forwarded", "for=192.0.2.1").is(t, 401, "login.needed")
	b.get("/metrics", "Host", "citygrid.example").is(t, 401, "login.needed")
	// A proxy on this machine that adds no headers and asks for localhost is a proxy all the same.
	behind := open(t, func(c *Config) { c.Trusted = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
	behind.browser().get("/metrics").is(t, 401, "login.needed")
	x.as("admin").get("/metrics", "X-Forwarded-For", "192.0.2.1").is(t, 200, "")
	text := string(b.get("/metrics").text)
	for _, want := range []string{`citygrid_http_requests_total{method="GET",route="GET /metrics",status="200"}`, "citygrid_tile_hits_total", "go_goroutines", `citygrid_logins_total{outcome="ok"} 1`} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
}

// TestMetricsBesideAProxy: a scraper has an address of its own, where there is
// nothing else.
func TestMetricsBesideAProxy(t *testing.T) {
	x := open(t, func(c *Config) { c.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- RunMetrics(ctx, x.s, l) }()
	b := x.browser()
	b.site = &site{t: t, url: "http://" + l.Addr().String()}
	if r := b.get("/metrics").is(t, 200, ""); !strings.Contains(string(r.text), "citygrid_tile_hits_total") {
		t.Errorf("%s", r)
	}
	b.get("/api/session").is(t, 404, "")
	b.CloseIdleConnections()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
