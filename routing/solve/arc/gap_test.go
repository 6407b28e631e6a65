package arc_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"citygrid/routing/solve/instance"
	"citygrid/routing/solve/instance/arcs"
	"citygrid/routing/solve/instance/gaptest"
)

// bench is where the field's instances are, beside the checkout.
const bench = "../../../../shared/bench"

// read opens an instance of the field.
func read(tb testing.TB, path string) instance.Instance {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Skip("the field's instances are not here: ", err)
	}
	for _, f := range arcs.Formats() {
		if f.Is(filepath.Base(path), data) {
			in, err := f.Read(data)
			if err != nil {
				tb.Fatal(err)
			}
			return in
		}
	}
	tb.Fatal(path, " is of no format")
	return nil
}

// column reads a column of a CSV file by the name of the instance.
func column(tb testing.TB, path, name string) map[string]float64 {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Skip("the field's best known values are not here: ", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	all := map[string]float64{}
	for k, h := range rows[0] {
		if h != name {
			continue
		}
		for _, r := range rows[1:] {
			all[r[0]], _ = strconv.ParseFloat(r[k], 64)
		}
	}
	return all
}

// BenchmarkGap says by how much answers exceed the best known, see package gaptest:
//
//	GAP=5,15 FILES=val5D,val8C go test -run '^$' -bench Gap -benchtime 1x -timeout 0 ./routing/solve/arc
func BenchmarkGap(b *testing.B) {
	known := column(b, bench+"/carp/best-known.csv", "upper_bound")
	lower := column(b, bench+"/carp/best-known.csv", "lower_bound")
	optima := column(b, bench+"/urpp/optima.csv", "optimum")
	// The list says that 577 is proven. There are nine routes of 575 together, added up
	// by a program that shares nothing with this one, too.
	known["val5D"], lower["val5D"] = min(known["val5D"], 575), min(lower["val5D"], 575)
	var files []gaptest.File
	for _, set := range []string{"gdb", "kshs", "val", "beullens", "egl-e", "egl-s", "egl-g", "urpp"} {
		glob := bench + "/carp/" + set + "*.dat"
		if set == "urpp" {
			glob, known, lower = bench+"/urpp/UR*.dat", optima, optima
		}
		paths, _ := filepath.Glob(glob)
		for _, path := range paths {
			name := strings.TrimSuffix(filepath.Base(path), ".dat")
			files = append(files, gaptest.File{
				Set: set, Name: name, Known: known[name], Proven: lower[name],
				Open: func(tb testing.TB) instance.Instance { return read(tb, path) },
			})
		}
	}
	gaptest.Run(b, files)
}

// BenchmarkWalkers says by how much the longest walk of 2 to 5 walkers exceeds that of a
// run six times as long with another seed:
//
//	GAP=10 FILES=P2318-2,P2318-5 go test -run '^$' -bench Walkers -benchtime 1x -timeout 0 ./routing/solve/arc
func BenchmarkWalkers(b *testing.B) {
	paths, _ := filepath.Glob(bench + "/mm-kwrpp/P*")
	var files []gaptest.File
	for _, path := range paths {
		for walkers := 2; walkers <= 5; walkers++ {
			files = append(files, gaptest.File{
				Set: "mm-kwrpp", Name: fmt.Sprintf("%s-%d", filepath.Base(path), walkers), Options: instance.Options{Walkers: walkers},
				Open: func(tb testing.TB) instance.Instance { return read(tb, path) },
			})
		}
	}
	gaptest.Run(b, files)
}
