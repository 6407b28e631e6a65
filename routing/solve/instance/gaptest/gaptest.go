// Package gaptest measures, for benchmarks, how far answers are above the best known
// ones of the field's instances.
package gaptest

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"citygrid/routing/solve/instance"
)

// A File is an instance and what is known of it.
type File struct {
	Set, Name string
	Open      func(tb testing.TB) instance.Instance // may skip
	Options   instance.Options                      // but for Time, Threads and Seed
	Known     float64                               // best known cost; 0 = what a search six times as long finds
	Vehicles  int                                   // of the best known, where fewest come first; 0 = they don't
	Proven    float64                               // what no cost undercuts; 0 = nothing is proven
}

// Run searches each file that -bench and FILES name, on two threads, once for each time
// and seed, and prints one table of the gaps in percent. GAP names times in seconds
// (1), SEEDS how many seeds (3), FILES names of files, all with commas between.
// Each time is a search of its own, since a search cools by the time it has.
func Run(b *testing.B, files []File) {
	t := table{times: times(b), seeds: number(b, "SEEDS", 3)}
	if names := os.Getenv("FILES"); names != "" {
		only := strings.Split(names, ",")
		files = slices.DeleteFunc(files, func(f File) bool { return !slices.Contains(only, f.Name) })
	}
	for len(files) > 0 {
		set := files[0].Set
		end := slices.IndexFunc(files, func(f File) bool { return f.Set != set })
		if end < 0 {
			end = len(files)
		}
		b.Run(set, func(b *testing.B) {
			for _, f := range files[:end] {
				searched := false
				b.Run(f.Name, func(b *testing.B) {
					if !searched { // what ends early is run again, to no end
						searched = true
						t.search(b, f)
					}
					b.ReportMetric(0, "ns/op")
				})
			}
		})
		files = files[end:]
	}
	t.print(os.Stdout)
}

// times reads GAP.
func times(tb testing.TB) (all []int) {
	tb.Helper()
	for text := range strings.SplitSeq(cmp.Or(os.Getenv("GAP"), "1"), ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			tb.Fatalf("GAP: %q, want seconds as 1,5,30", text)
		}
		all = append(all, n)
	}
	return all
}

func number(tb testing.TB, name string, otherwise int) int {
	tb.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv(name), strconv.Itoa(otherwise)))
	if err != nil || n < 1 {
		tb.Fatalf("%s: %q, want a number", name, os.Getenv(name))
	}
	return n
}

// A table is what was found.
type table struct {
	times []int
	seeds int
	rows  []row
}

type row struct {
	set, name string
	cells     []cell // by time
	cores     float64
}

// A cell is about all seeds of one time.
type cell struct {
	mean, worst float64 // percent
	more        float64 // vehicles, on average
	vehicles    bool    // whether more means something
}

// search fills the row of one file.
func (t *table) search(b *testing.B, f File) {
	in := f.Open(b)
	if f.Known == 0 {
		o := f.Options
		o.Time, o.Threads, o.Seed = 6*time.Duration(slices.Max(t.times))*time.Second, 2, 99
		long, err := in.Solve(b.Context(), o)
		if err != nil {
			b.Fatal(err)
		}
		f.Known = long.Cost
	}
	r := row{set: f.Set, name: f.Name}
	begun, used := time.Now(), processor(b)
	for _, seconds := range t.times {
		c := cell{vehicles: f.Vehicles > 0}
		for seed := range t.seeds {
			o := f.Options
			o.Time, o.Threads, o.Seed = time.Duration(seconds)*time.Second, 2, uint64(seed)+1
			res, err := in.Solve(b.Context(), o)
			switch {
			case err != nil:
				b.Fatal(err)
			case !res.Feasible:
				b.Fatalf("%s, seed %d: not feasible, %d unserved", f.Name, o.Seed, len(res.Unserved))
			case res.Cost < f.Proven:
				b.Fatalf("%s, seed %d: a cost of %v undercuts the proven bound %v", f.Name, o.Seed, res.Cost, f.Proven)
			case res.LowerBound != nil && *res.LowerBound > min(f.Known, res.Cost):
				b.Fatalf("%s, seed %d: a bound of %v exceeds the best known %v, or the answer's %v", f.Name, o.Seed, *res.LowerBound, f.Known, res.Cost)
			}
			gap := 100 * (res.Cost/f.Known - 1)
			c.mean += gap / float64(t.seeds)
			c.more += float64(res.Vehicles-f.Vehicles) / float64(t.seeds)
			if c.worst = max(c.worst, gap); seed == 0 {
				c.worst = gap
			}
		}
		b.ReportMetric(c.mean, fmt.Sprintf("gap%ds_%%", seconds))
		b.ReportMetric(c.worst, fmt.Sprintf("worst%ds_%%", seconds))
		r.cells = append(r.cells, c)
	}
	r.cores = (processor(b) - used).Seconds() / time.Since(begun).Seconds()
	t.rows = append(t.rows, r)
}

// processor is the time of processors that this process has used.
func processor(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// print writes the rows, and behind those of a set their mean.
func (t *table) print(w io.Writer) {
	if len(t.rows) == 0 {
		return
	}
	head, rule := "\n| file |", "|---|"
	for _, seconds := range t.times {
		head += fmt.Sprintf(" %d s: mean, worst %% of %d seeds |", seconds, t.seeds)
		rule += "---|"
	}
	fmt.Fprintf(w, "%s cores got |\n%s---|\n", head, rule)
	for k, r := range t.rows {
		t.line(w, r.set+"/"+r.name, r.cells, r.cores)
		if k+1 < len(t.rows) && t.rows[k+1].set == r.set {
			continue
		}
		first := k
		for first > 0 && t.rows[first-1].set == r.set {
			first--
		}
		if many := float64(k - first + 1); many > 1 {
			cores, sum := 0.0, make([]cell, len(t.times))
			for _, x := range t.rows[first : k+1] {
				cores += x.cores / many
				for i, c := range x.cells {
					sum[i].mean += c.mean / many
					sum[i].worst += c.worst / many
					sum[i].more += c.more / many
					sum[i].vehicles = c.vehicles
				}
			}
			t.line(w, fmt.Sprintf("mean of %s, %.0f files", r.set, many), sum, cores)
		}
	}
}

func (t *table) line(w io.Writer, name string, cells []cell, cores float64) {
	text := "| " + name + " |"
	for _, c := range cells {
		text += fmt.Sprintf(" %.2f, %.2f", c.mean, c.worst)
		if c.vehicles {
			text += fmt.Sprintf(", vehicles %+.1f", c.more)
		}
		text += " |"
	}
	fmt.Fprintf(w, "%s %.2f |\n", text, cores)
}
