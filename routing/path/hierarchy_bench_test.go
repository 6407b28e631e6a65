package path

import (
	"fmt"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/geo/street/dissect"

	"github.com/paulmach/orb"
)

// processor reports the processor time of a benchmark: a wall clock tells little where
// others work, too.
func processor(b *testing.B) func() {
	spent := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := spent()
	return func() { b.ReportMetric(float64(spent()-before)/1e3/float64(b.N), "cpu-us/op") }
}

// BenchmarkHierarchy tells what the hierarchy of a map is like; CITYGRID_MAP names
// the extract, Delaware without.
func BenchmarkHierarchy(b *testing.B) {
	path := os.Getenv("CITYGRID_MAP")
	if path == "" {
		path = delaware(b)
	}
	n := network(b, path)
	parts := *n.Parts()
	start := time.Now()
	parts.Order = dissect.Order(&parts)
	b.Logf("%d segments, order in %v", n.Segments(), time.Since(start))
	n, err := street.Build(parts)
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range []Profile{Car(), Foot()} {
		start = time.Now()
		g := newGraph(newView(n, &p, When{}))
		built := time.Since(start)
		start = time.Now()
		h := newHierarchy(n, g)
		contracted := time.Since(start)
		e := NewEngine(n, p)
		ancestors, arcs, deepest := 0, 0, 0
		for k := range 1000 {
			depth := 0
			for v := uint32(k * len(h.state) / 1000); v != noNode; v = h.parent[v] {
				depth++
				arcs += len(h.out.of(v))
			}
			ancestors += depth
			deepest = max(deepest, depth)
		}
		triangles := 0
		for v := range uint32(len(h.state)) {
			triangles += len(h.out.of(v)) * len(h.in.of(v))
		}
		b.Logf("%s: %d states, %d nodes, %d hops, graph in %v; %d+%d arcs in %v, %.1fM triangles; on average %d ancestors (at most %d) with %d arcs out", p.Name,
			len(g.edge), len(h.state), len(g.out), built, len(h.out.head), len(h.in.head), contracted, float64(triangles)/1e6, ancestors/1000, deepest, arcs/1000)
		b.Run(p.Name+"/customize", func(b *testing.B) {
			defer processor(b)()
			for b.Loop() {
				newMetric(h, g, e.whole)
			}
		})
		r := rand.New(rand.NewPCG(1, 1))
		somewhere := func() orb.Point { return n.Line(street.SegmentID(r.IntN(n.Segments())))[0] }
		b.Run(p.Name+"/close", func(b *testing.B) {
			defer processor(b)()
			for b.Loop() {
				if _, err := e.With([]Change{{street.SegmentID(r.IntN(n.Segments())), true, true, 0}}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(p.Name+"/snap", func(b *testing.B) {
			defer processor(b)()
			for b.Loop() {
				e.first(somewhere(), DefaultSnapLimit)
			}
		})
		b.Run(p.Name+"/cost", func(b *testing.B) {
			room := newRoom()
			var places []place
			for len(places) < 1000 {
				if p, err := e.places(From, somewhere(), DefaultSnapLimit); err == nil {
					places = append(places, p[0])
				}
			}
			defer processor(b)()
			for b.Loop() {
				e.least(room, places[r.IntN(1000)], places[r.IntN(1000)])
			}
		})
		b.Run(p.Name+"/route", func(b *testing.B) {
			defer processor(b)()
			for b.Loop() {
				_, _ = e.Route(b.Context(), Query{From: somewhere(), To: somewhere()})
			}
		})
		for _, size := range []int{100, 500, 1000} {
			b.Run(fmt.Sprintf("%s/table=%d", p.Name, size), func(b *testing.B) {
				points := make([]orb.Point, size)
				for i := range points {
					points[i] = somewhere()
				}
				defer processor(b)()
				for b.Loop() {
					if _, err := e.Table(b.Context(), points, points, 0); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
