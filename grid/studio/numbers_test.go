package studio

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"citygrid/geo/partition"

	"github.com/paulmach/orb"
)

// TestNumbers prints one table of what cities of several sizes cost, when
// CITYGRID_NUMBERS is set. Each figure is the median of its rounds.
func TestNumbers(t *testing.T) {
	if os.Getenv("CITYGRID_NUMBERS") == "" {
		t.Skip("measures for minutes: CITYGRID_NUMBERS=1")
	}
	rows := [][]string{{"owner of a random point, us"}, {"paint one unit, balance of all parts, ms"}, {"load a draft, ms"}, {"check, ms"}, {"in memory, MB"}, {"on disk, MB"}}
	put := func(row int, v float64) { rows[row] = append(rows[row], fmt.Sprintf("%.3g", v)) }
	var heads []string
	for _, units := range []int{3000, 30_000, 300_000} {
		n := int(math.Sqrt(float64(units))) + 1
		d := drafted(t, n, 36, 1)
		heads = append(heads, fmt.Sprint(d.Len(), " unit grids"))
		r := rand.New(rand.NewPCG(1, 1))
		points := make([]orb.Point, 1<<16)
		for i := range points {
			points[i] = orb.Point{-75.5 + 0.001*float64(n)*r.Float64(), 39.7 + 0.001*float64(n)*r.Float64()}
		}
		put(0, median(15, func() {
			for _, p := range points {
				if _, in := d.PartAt(p); !in {
					t.Fatal("outside")
				}
			}
		})*1000/float64(len(points)))
		rim := d.rim()
		i := 0
		put(1, median(101, func() {
			id := rim[i*37%len(rim)]
			i++
			if _, err := d.Apply([]Edit{{Op: Paint, Units: []UnitID{id}, Part: d.units[id].Part%36 + 1}}, nil); err != nil {
				t.Fatal(err)
			}
			if d.Summary().MeanMinutes <= 0 {
				t.Fatal("no work")
			}
		}))
		ids := make([]orb.MultiPolygon, 0, d.Len())
		for id := range d.Units {
			ids = append(ids, d.Ground(id))
		}
		image, err := d.Image()
		if err != nil {
			t.Fatal(err)
		}
		d = nil
		before := heapNow()
		load := median(3, func() {
			if d, err = Open(image); err != nil {
				t.Fatal(err)
			}
		})
		memory := float64(heapNow()-before) / 1e6
		put(2, load)
		put(3, median(3, func() {
			if report, err := partition.Check(ids, 1); err != nil || !report.Clean() {
				t.Fatal(report, err)
			}
		}))
		put(4, memory)
		put(5, float64(len(image))/1e6)
		runtime.KeepAlive(d)
	}
	var table strings.Builder
	fmt.Fprintf(&table, "\n| | %s |\n|%s\n", strings.Join(heads, " | "), strings.Repeat("---|", len(heads)+1))
	for _, row := range rows {
		fmt.Fprintf(&table, "| %s |\n", strings.Join(row, " | "))
	}
	t.Log(table.String())
}

// rim is the units beside another part.
func (d *Draft) rim() (rim []UnitID) {
	for id := range d.Units {
		for _, n := range d.around[id] {
			if o := d.arcs[n].other(id); o != 0 && d.units[o].Part != d.units[id].Part {
				rim = append(rim, id)
				break
			}
		}
	}
	return rim
}

// median is how long f takes, in milliseconds.
func median(rounds int, f func()) float64 {
	took := make([]float64, rounds)
	for i := range took {
		begun := time.Now()
		f()
		took[i] = float64(time.Since(begun).Nanoseconds()) / 1e6
	}
	slices.Sort(took)
	return took[rounds/2]
}

func heapNow() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
