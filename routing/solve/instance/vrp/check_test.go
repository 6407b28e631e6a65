package vrp

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const bench = "../../../../../shared/bench/"

// benchFile reads a file of the shared benchmark sets or skips the test.
func benchFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(bench, path))
	if os.IsNotExist(err) {
		t.Skipf("%s is not beside this checkout", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// load reads a problem of the shared sets.
func load(t testing.TB, path string) *Problem {
	t.Helper()
	data := benchFile(t, path)
	for _, f := range Formats() {
		if f.Is(filepath.Base(path), data) {
			p, err := f.Read(data)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			return p.(*Problem)
		}
	}
	t.Fatalf("%s: no format is it", path)
	return nil
}

// listed reads the routes of a .sol file.
func listed(t testing.TB, path string) (routes [][]int) {
	t.Helper()
	for line := range strings.Lines(string(benchFile(t, path))) {
		head, tail, ok := strings.Cut(line, ":")
		if !ok || !strings.HasPrefix(strings.TrimSpace(head), "Route") {
			continue
		}
		var route []int
		for _, f := range strings.Fields(tail) {
			c, err := strconv.Atoi(f)
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			route = append(route, c)
		}
		routes = append(routes, route)
	}
	return routes
}

// TestListedRoutesCostWhatIsListed holds reader and checker against the
// best-known routes of others.
func TestListedRoutesCostWhatIsListed(t *testing.T) {
	sets := []struct{ dir, table, file, sol, rule string }{
		{"cvrp-x", "best-known-distance.csv", ".vrp", ".sol", ""},
		{"vrptw-gh", "best-known-distance.csv", ".vrp", ".sol", ""},
		{"mtvrptwr", "best-known-distance.csv", ".vrp", ".sol", ""},
		{"vrptw-gh", "best-known-fleet-first.csv", ".txt", ".sol.txt", "fleet"},
		{"pdptw-lilim", "best-known-fleet-first.csv", ".txt", ".sol.txt", ""},
	}
	for _, set := range sets {
		rows, err := csv.NewReader(strings.NewReader(string(benchFile(t, filepath.Join(set.dir, set.table))))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			t.Run(row[0], func(t *testing.T) {
				p := load(t, filepath.Join(set.dir, row[0]+set.file))
				r, err := p.rule(set.rule)
				if err != nil {
					t.Fatal(err)
				}
				routes := listed(t, filepath.Join(set.dir, row[0]+set.sol))
				v := p.check(routes, r)
				want, err := strconv.ParseFloat(row[len(row)-1], 64)
				if err != nil {
					t.Fatal(err)
				}
				off := 1e-9
				if r.metric == exact {
					off = 0.5e-3 // listed with four decimals or fewer
				}
				if !v.Feasible || math.Abs(v.Cost-want) > off {
					t.Errorf("feasible %v, cost %v, want %v; %v", v.Feasible, v.Cost, want, v.Violations)
				}
				if len(row) == 3 && row[1] != strconv.Itoa(len(routes)) {
					t.Errorf("%d routes, want %s", len(routes), row[1])
				}
			})
		}
	}
}
