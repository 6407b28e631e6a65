package arc_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"citygrid/routing/solve/instance"
	"citygrid/routing/solve/instance/arcs"
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

// BenchmarkGap says by how much answers exceed the best known, by set and time, on
// two threads, mean over three seeds:
//
//	go test -run '^$' -bench 'Gap/egl-s/15s' -benchtime 1x ./routing/solve/arc
func BenchmarkGap(b *testing.B) {
	known := column(b, bench+"/carp/best-known.csv", "upper_bound")
	lower := column(b, bench+"/carp/best-known.csv", "lower_bound")
	optima := column(b, bench+"/urpp/optima.csv", "optimum")
	// The list says that 577 is proven. There are nine routes of 575 together, added up
	// by a program that shares nothing with this one, too.
	known["val5D"], lower["val5D"] = min(known["val5D"], 575), min(lower["val5D"], 575)
	for _, set := range []string{"gdb", "kshs", "val", "beullens", "egl-e", "egl-s", "egl-g", "urpp"} {
		glob := bench + "/carp/" + set + "*.dat"
		if set == "urpp" {
			glob, known, lower = bench+"/urpp/UR*.dat", optima, optima
		}
		files, _ := filepath.Glob(glob)
		for _, seconds := range []int{1, 2, 5, 10, 15, 30, 60} {
			b.Run(fmt.Sprintf("%s/%ds", set, seconds), func(b *testing.B) {
				for _, path := range files {
					name := strings.TrimSuffix(filepath.Base(path), ".dat")
					b.Run(name, func(b *testing.B) {
						in := read(b, path)
						for b.Loop() {
							gap(b, in, name, seconds, 0, known[name], lower[name])
						}
					})
				}
			})
		}
	}
}

// gap solves with three seeds and reports the mean gap.
func gap(b *testing.B, in instance.Instance, name string, seconds, walkers int, known, proven float64) {
	var sum, worst float64
	const seeds = 3
	for seed := range uint64(seeds) {
		res, err := in.Solve(b.Context(), instance.Options{Time: time.Duration(seconds) * time.Second, Threads: 2, Seed: seed + 1, Walkers: walkers})
		if err != nil {
			b.Fatal(err)
		}
		switch {
		case !res.Feasible:
			b.Fatalf("%s: the answer is not feasible", name)
		case res.Cost < proven:
			b.Fatalf("%s: a cost of %v undercuts the proven bound %v", name, res.Cost, proven)
		case res.LowerBound != nil && *res.LowerBound > known:
			b.Fatalf("%s: a bound of %v exceeds the best known %v", name, *res.LowerBound, known)
		}
		g := 100 * (res.Cost/known - 1)
		sum += g
		worst = max(worst, g)
		if testing.Verbose() {
			bound := "none"
			if res.LowerBound != nil {
				bound = fmt.Sprintf("%.2f %% below", 100*(1-*res.LowerBound/res.Cost))
			}
			b.Logf("%s seed %d: %v in %.1f s with %d routes, %+.2f %% to %v, bound %s, %d better ones", name, seed+1, res.Cost, res.Seconds, res.Vehicles, g, known, bound, len(res.Trace))
		}
	}
	b.ReportMetric(sum/seeds, "%gap")
	b.ReportMetric(worst, "%worst")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkWalkers says by how much the longest walk exceeds that of a run six times
// as long with another seed, for 2 to 5 walkers:
//
//	go test -run '^$' -bench 'Walkers/10s/P2318' -benchtime 1x ./routing/solve/arc
func BenchmarkWalkers(b *testing.B) {
	files, _ := filepath.Glob(bench + "/mm-kwrpp/P*")
	if len(files) == 0 {
		b.Skip("the field's instances are not here")
	}
	for _, seconds := range []int{1, 2, 5, 10} {
		b.Run(fmt.Sprintf("%ds", seconds), func(b *testing.B) {
			for _, path := range files {
				for walkers := 2; walkers <= 5; walkers++ {
					b.Run(fmt.Sprintf("%s/walkers=%d", filepath.Base(path), walkers), func(b *testing.B) {
						in := read(b, path)
						for b.Loop() {
							long, err := in.Solve(b.Context(), instance.Options{Time: time.Duration(6*seconds) * time.Second, Threads: 2, Seed: 99, Walkers: walkers})
							if err != nil {
								b.Fatal(err)
							}
							gap(b, in, filepath.Base(path), seconds, walkers, long.Cost, *long.LowerBound)
						}
					})
				}
			}
		})
	}
}
