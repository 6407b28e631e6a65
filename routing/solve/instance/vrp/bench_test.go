package vrp

import (
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"citygrid/routing/solve/instance"
	"citygrid/routing/solve/instance/gaptest"
)

// BenchmarkGap says how far answers are above the best known ones, see package gaptest:
//
//	GAP=5,10,30 FILES=X-n322-k28,RC1_10_1 go test -run '^$' -bench Gap -benchtime 1x -timeout 0 ./routing/solve/instance/vrp
func BenchmarkGap(b *testing.B) {
	sets := []struct{ dir, table, ext, rule string }{
		{"vrptw-solomon", "", ".txt", "dimacs"},
		{"cvrp-x", "best-known-distance.csv", ".vrp", ""},
		{"vrptw-gh", "best-known-distance.csv", ".vrp", ""},
		{"mtvrptwr", "best-known-distance.csv", ".vrp", ""},
		{"vrptw-gh", "best-known-fleet-first.csv", ".txt", "fleet"},
		{"pdptw-lilim", "best-known-fleet-first.csv", ".txt", ""},
	}
	var files []gaptest.File
	for _, set := range sets {
		for _, k := range bestKnown(b, set.dir, set.table) {
			files = append(files, gaptest.File{
				Set: set.dir + set.ext, Name: k.name, Known: k.cost, Vehicles: k.vehicles, Options: instance.Options{Rule: set.rule},
				Open: func(tb testing.TB) instance.Instance { return load(tb, filepath.Join(set.dir, k.name+set.ext)) },
			})
		}
	}
	gaptest.Run(b, files)
}

// A known is a best-known answer. Where only the distance counts it has no vehicles.
type known struct {
	name     string
	vehicles int
	cost     float64
}

// dimacs are the optimal distances of Solomon's problems with distances cut to one
// decimal, from the table of the 12th DIMACS challenge: the list in the shared set
// counts vehicles first.
var dimacs = []known{
	{"C102", 0, 827.3},
	{"C105", 0, 827.3},
	{"R102", 0, 1466.6},
	{"R105", 0, 1355.3},
	{"R109", 0, 1146.9},
	{"R111", 0, 1048.7},
	{"R201", 0, 1143.2},
	{"R205", 0, 949.8},
	{"RC102", 0, 1457.4},
	{"RC106", 0, 1372.7},
	{"RC201", 0, 1261.8},
	{"RC205", 0, 1154.0},
}

// bestKnown reads the list of a shared set.
func bestKnown(t testing.TB, dir, table string) (all []known) {
	t.Helper()
	if table == "" {
		var names map[string]json.RawMessage
		if err := json.Unmarshal(benchFile(t, filepath.Join(dir, "bks.json")), &names); err != nil {
			t.Fatal(err)
		}
		for _, k := range dimacs {
			if names[k.name] != nil {
				all = append(all, k)
			}
		}
		return all
	}
	rows, err := csv.NewReader(strings.NewReader(string(benchFile(t, filepath.Join(dir, table))))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		k := known{name: row[0]}
		if k.cost, err = strconv.ParseFloat(row[len(row)-1], 64); err != nil {
			t.Fatal(err)
		}
		if len(row) == 3 {
			if k.vehicles, err = strconv.Atoi(row[1]); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, k)
	}
	return all
}
