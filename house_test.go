// Package citygrid holds no code, only the test that keeps the picture of the
// house: which package may import which.
package citygrid

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"sort"
	"strings"
	"testing"
)

// may is the picture: a package, and what of ours it may import. Arrows point
// down only: cmd -> web -> live -> routing -> grid -> geo; data/osm stands on
// geo, data/store on the packages whose values it keeps. A new arrow is drawn
// here on purpose, in the commit that needs it. Tests may import more, as long
// as it makes no cycle.
var may = map[string][]string{
	"geo":        {},
	"geo/street": {"geo"},

	"geo/street/dissect": {"geo/street"},

	"geo/basemap": {"geo", "geo/street"},
	"geo/place":   {"geo"},

	"geo/planar":    {},
	"geo/partition": {"geo", "geo/planar"},

	"geo/street/streettest": {"geo", "geo/street"},

	"grid":          {"geo", "geo/partition", "geo/planar", "geo/street", "grid/balance"},
	"grid/balance":  {},
	"grid/workload": {"geo/street"},
	"grid/people":   {"grid"},
	"grid/studio":   {"geo", "geo/partition", "geo/planar", "geo/street", "grid", "grid/balance", "grid/workload"},
	"routing/path":  {"geo", "geo/street", "geo/street/dissect", "grid/calendar"},

	"routing/match":   {"geo", "geo/street", "routing/path"},
	"routing/closure": {"geo", "geo/street", "grid/calendar", "grid/people", "grid/register"},
	"routing/city":    {"geo/street", "grid/calendar", "routing/closure", "routing/path"},

	"routing/solve":          {"geo", "routing/solve/matching"},
	"routing/solve/check":    {"geo", "routing/solve"},
	"routing/solve/instance": {},

	"routing/solve/instance/gaptest": {"routing/solve/instance"},

	"routing/solve/ruin":  {},
	"routing/solve/fleet": {"routing/solve", "routing/solve/check"},

	"routing/solve/instance/vrp":   {"routing/solve/instance", "routing/solve/ruin"},
	"routing/solve/instance/mixed": {"routing/solve", "routing/solve/fleet", "routing/solve/instance"},
	"routing/solve/instance/own":   {"geo", "routing/solve", "routing/solve/check", "routing/solve/fleet", "routing/solve/instance"},

	"routing/solve/matching":      {},
	"routing/solve/arc":           {"routing/solve/matching"},
	"routing/solve/arc/check":     {"routing/solve/arc"},
	"routing/solve/instance/arcs": {"routing/solve/arc", "routing/solve/arc/check", "routing/solve/instance"},

	"routing/solve/beat": {"routing/solve", "routing/solve/arc"},

	"routing/patrol":    {"geo", "geo/street", "grid", "grid/people", "grid/register", "grid/zone", "routing/path", "routing/solve", "routing/solve/beat", "routing/solve/check"},
	"routing/campaign":  {"geo", "geo/street", "grid", "grid/people", "grid/register", "routing/patrol", "routing/solve/matching"},
	"routing/clearance": {"geo", "routing/path", "routing/solve", "routing/solve/check", "routing/solve/fleet"},

	"grid/calendar": {},
	"grid/zone":     {"grid", "geo", "geo/planar", "geo/street", "grid/calendar"},
	"grid/register": {"geo", "geo/street", "grid", "grid/calendar", "grid/people", "grid/zone"},

	"live/clock":  {},
	"live/ingest": {"geo", "grid/register"},

	"live/ingest/track": {"geo", "live/ingest"},

	"live/fence": {"geo", "grid/calendar", "grid/zone", "live/ingest"},

	"live/listen": {"geo", "grid/register", "live/ingest", "live/ingest/decode", "live/ingest/tracker", "live/ingest/tracker/jt808", "live/ingest/tracker/web"},

	"live/fence/replay": {"geo", "grid/calendar", "grid/zone", "live/fence", "live/ingest"},

	"live/alert": {"geo", "grid", "grid/people", "grid/zone", "live/fence", "live/ingest"},

	"live/hook":     {"live/alert"},
	"live/dispatch": {"geo", "grid", "grid/people", "grid/register", "live/alert", "routing/path"},
	"live/hub":      {"geo", "grid", "grid/people"},

	"live/solves": {"grid/people", "routing/solve/instance", "routing/solve/instance/own"},

	"live/presence": {"geo"},
	"live/room": {
		"data/audit", "geo", "geo/street", "grid", "grid/people", "grid/register", "grid/zone", "live/alert", "live/dispatch",
		"grid/calendar", "live/fence", "live/hub", "live/ingest", "live/presence", "routing/campaign", "routing/city", "routing/clearance", "routing/closure", "routing/path", "routing/patrol", "routing/solve", "routing/solve/fleet",
	},

	"live/ingest/tracker":           {},
	"live/ingest/tracker/gt06":      {"live/ingest/tracker"},
	"live/ingest/tracker/h02":       {"live/ingest/tracker"},
	"live/ingest/tracker/jt808":     {"live/ingest/tracker"},
	"live/ingest/tracker/teltonika": {"live/ingest/tracker"},
	"live/ingest/tracker/topin":     {"live/ingest/tracker"},
	"live/ingest/tracker/watch":     {"live/ingest/tracker"},
	"live/ingest/tracker/web":       {"live/ingest/tracker"},
	"live/ingest/decode": {
		"live/ingest/tracker", "live/ingest/tracker/gt06", "live/ingest/tracker/h02", "live/ingest/tracker/jt808",
		"live/ingest/tracker/teltonika", "live/ingest/tracker/topin", "live/ingest/tracker/watch", "live/ingest/tracker/web",
	},

	"data/audit":           {},
	"data/gis":             {"geo"},
	"data/zonefile":        {"data/gis", "geo", "geo/street", "grid/register", "grid/zone"},
	"data/mapfile":         {"geo", "geo/basemap", "geo/place", "geo/street"},
	"data/osm":             {"data/mapfile", "geo", "geo/basemap", "geo/place", "geo/street", "geo/street/dissect"},
	"data/store/storetest": {"data/store"},

	"data/store": {
		"data/audit", "data/gis", "geo", "geo/street", "grid", "grid/people", "grid/register", "grid/studio", "grid/zone",
		"live/alert", "live/dispatch", "live/fence", "live/hook", "live/ingest", "routing/campaign", "routing/closure", "routing/patrol",
	},
	"data/demo": {
		"data/mapfile", "geo", "geo/basemap", "geo/place", "geo/planar", "geo/street",
		"grid", "grid/calendar", "grid/people", "grid/register", "grid/zone",
	},
	"data/demo/cut":      {"data/demo", "data/mapfile", "data/osm"},
	"data/demo/simulate": {"data/demo", "geo"}, // a client: it knows the server by its API alone

	"web": {
		"data/audit", "data/gis", "data/mapfile", "data/zonefile", "geo", "geo/basemap", "geo/place", "geo/street",
		"grid", "grid/balance", "grid/calendar", "grid/people", "grid/register", "grid/studio", "grid/zone",
		"live/alert", "live/dispatch", "live/hook", "live/hub", "live/ingest", "live/ingest/tracker", "live/ingest/tracker/web", "live/listen", "live/presence", "live/room", "live/solves",
		"routing/campaign", "routing/city", "routing/closure", "routing/match", "routing/path", "routing/patrol", "routing/solve", "routing/solve/instance", "web/cert",
	},
	"web/cert": {},

	"cmd/citygrid": {"*"},
}

func TestArrowsPointDown(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name, ours := strings.CutPrefix(pkg.ImportPath, "citygrid/")
		if !ours {
			continue
		}
		allowed, listed := may[name]
		if !listed {
			t.Errorf("%s is not in the picture; add it to the table in house_test.go with what it may import", name)
			continue
		}
		for _, imp := range pkg.Imports {
			if imp, ours := strings.CutPrefix(imp, "citygrid/"); ours && !contains(allowed, imp) {
				t.Errorf("%s imports %s; the picture allows it only %v", name, imp, allowed)
			}
		}
	}
}

// A newcomer finds each package in CONTRIBUTING.md, by its own folder or the one above.
func TestContributingNamesEveryPackage(t *testing.T) {
	text, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range may {
		found := false
		for at := name; at != "." && !found; at = path.Dir(at) {
			found = strings.Contains(at, "/") && strings.Contains(string(text), "`"+at+"/`") || at == name && strings.Contains(string(text), "`"+name+"/`")
		}
		if !found {
			t.Errorf("CONTRIBUTING.md, Where to look: no row for %s", name)
		}
	}
}

// TestThePictureHasNoCycles: arrows that only point down can be sorted.
func TestThePictureHasNoCycles(t *testing.T) {
	state := map[string]int{} // 1 = being looked at, 2 = done
	var visit func(string, []string)
	visit = func(p string, path []string) {
		switch state[p] {
		case 1:
			t.Fatalf("arrows in a circle: %s", strings.Join(append(path, p), " -> "))
		case 2:
			return
		}
		state[p] = 1
		for _, q := range may[p] {
			if q != "*" {
				visit(q, append(path, p))
			}
		}
		state[p] = 2
	}
	var all []string
	for p := range may {
		all = append(all, p)
	}
	sort.Strings(all)
	for _, p := range all {
		visit(p, nil)
	}
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s || v == "*" {
			return true
		}
	}
	return false
}
