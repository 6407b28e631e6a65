package studio

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"

	"github.com/paulmach/orb"
)

// sizes of cities in benchmarks, in unit grids; the largest when it is asked for.
func sizes() []int {
	if os.Getenv("CITYGRID_LARGE") != "" {
		return []int{3000, 30_000, 300_000}
	}
	return []int{3000, 30_000}
}

func sized(b *testing.B, units int) (*Draft, int) {
	b.Helper()
	n := int(math.Sqrt(float64(units))) + 1
	return drafted(b, n, 36, 1), n
}

// BenchmarkEdit paints a unit beside a border and reads the balance, one edit
// forward and one back, as a brush does.
func BenchmarkEdit(b *testing.B) {
	for _, units := range sizes() {
		b.Run(fmt.Sprint("units=", units), func(b *testing.B) {
			d, _ := sized(b, units)
			rim := d.rim()
			i := 0
			for b.Loop() {
				id := rim[i%len(rim)]
				i++
				to := d.units[id].Part%36 + 1
				if _, err := d.Apply([]Edit{{Op: Paint, Units: []UnitID{id}, Part: to}}, nil); err != nil {
					b.Fatal(err)
				}
				if d.Summary().MeanMinutes <= 0 {
					b.Fatal("no work")
				}
				if _, err := d.Undo(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkShape moves a vertex, cuts a unit and joins it again.
func BenchmarkShape(b *testing.B) {
	for _, units := range sizes() {
		for _, op := range []Op{MoveVertex, SplitUnit, MergeUnits} {
			b.Run(fmt.Sprintf("units=%d/op=%s", units, op), func(b *testing.B) {
				d, n := sized(b, units)
				id := UnitID(n*n/2 + n/2)
				at := d.Inside(id)
				low, _ := d.box(id)
				from := low
				for _, a := range d.around[id] {
					from = d.arcs[a].points[0]
				}
				var e Edit
				switch op {
				case MoveVertex:
					p := from.Orb()
					e = Edit{Op: op, From: p, To: orb.Point{p[0] + 0.00003, p[1] + 0.00002}}
				case SplitUnit:
					e = Edit{Op: op, Unit: id, Line: orb.LineString{{at[0], at[1] - 0.002}, {at[0], at[1] + 0.002}}}
				default:
					e = Edit{Op: op, Units: []UnitID{id, id + 1}}
				}
				for b.Loop() {
					if _, err := d.Apply([]Edit{e}, nil); err != nil {
						b.Fatal(err)
					}
					if _, err := d.Undo(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkPartAt asks for the owner of random points.
func BenchmarkPartAt(b *testing.B) {
	for _, units := range sizes() {
		b.Run(fmt.Sprint("units=", units), func(b *testing.B) {
			d, n := sized(b, units)
			r := rand.New(rand.NewPCG(1, 1))
			points := make([]orb.Point, 1<<16)
			for i := range points {
				points[i] = orb.Point{-75.5 + 0.001*float64(n)*r.Float64(), 39.7 + 0.001*float64(n)*r.Float64()}
			}
			i := 0
			for b.Loop() {
				if _, in := d.PartAt(points[i&(1<<16-1)]); !in {
					b.Fatal("outside")
				}
				i++
			}
		})
	}
}

// BenchmarkOpen reads a draft that was written down, and says how large it is on
// disk and in memory.
func BenchmarkOpen(b *testing.B) {
	for _, units := range sizes() {
		b.Run(fmt.Sprint("units=", units), func(b *testing.B) {
			d, _ := sized(b, units)
			image, err := d.Image()
			if err != nil {
				b.Fatal(err)
			}
			d = nil
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			for b.Loop() {
				if d, err = Open(image); err != nil {
					b.Fatal(err)
				}
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(len(image))/1e6, "MB-disk")
			b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/1e6, "MB-memory")
			runtime.KeepAlive(d)
		})
	}
}
