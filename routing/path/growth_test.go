package path

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/dissect"

	"github.com/paulmach/orb"
)

// BenchmarkGrowth prints how the engine grows with the map: a row each for
// Delaware, four maps of the shared folder and eight of them side by side, joined
// by some streets, of more than 500,000 segments. What is measured, and how often,
// is that of citygrid bench path, for cars, by the clock; memory is what the heap
// holds more with the network and the engine than before.
func BenchmarkGrowth(b *testing.B) {
	file := func(name string) string {
		if name == "delaware" {
			return delaware(b)
		}
		return shared(b, name+"/*.osm*")
	}
	b.Log("| map | segments | read s | order s | prepare s | new speeds ms | close one us p50, p99 | route us p50, p99 | table 100, 500, 1000 ms | heap MB |")
	row := func(name string, read func(*testing.B) *street.Network) {
		b.Run(name, func(b *testing.B) {
			before, start := heapMB(), time.Now()
			n := read(b)
			b.Log(growth(b, name, n, time.Since(start), before))
			for b.Loop() { // all is measured above, once
			}
		})
	}
	for _, name := range []string{"malta", "beijing-2013", "rhein-neckar", "delaware", "map-matching/13-toulouse"} {
		row(filepath.Base(name), func(b *testing.B) *street.Network { return network(b, file(name)) })
	}
	row("eight-side-by-side", func(b *testing.B) *street.Network {
		var all street.Parts
		for _, name := range []string{
			"map-matching/13-toulouse", "delaware", "rhein-neckar", "map-matching/42-cebu", "beijing-2013", "malta",
			"map-matching/74-lisbon", "map-matching/99-kyoto",
		} {
			beside(&all, network(b, file(name)).Parts())
		}
		n, err := street.Build(all)
		if err != nil {
			b.Fatal(err)
		}
		return n
	})
}

// heapMB is what lives on the heap.
func heapMB() float64 {
	debug.FreeOSMemory()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}

// growth measures one map.
func growth(b *testing.B, name string, n *street.Network, read time.Duration, before float64) string {
	b.Helper()
	took := func(f func()) time.Duration {
		start := time.Now()
		f()
		return time.Since(start)
	}
	at := func(all []time.Duration, q float64) time.Duration {
		slices.Sort(all)
		return all[min(len(all)-1, int(q*float64(len(all))))]
	}
	micro := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

	parts := *n.Parts()
	order := took(func() { parts.Order = dissect.Order(&parts) })
	n, err := street.Build(parts)
	if err != nil {
		b.Fatal(err)
	}
	var e *Engine
	prepare := took(func() { e = NewEngine(n, Car()) })
	heap := heapMB() - before
	r := rand.New(rand.NewPCG(1, 1))
	with := func(changes ...Change) time.Duration {
		return took(func() { _, err = e.With(changes) })
	}
	var customise, closing, routes []time.Duration
	slow := make([]Change, n.Segments())
	for i := range slow {
		slow[i] = Change{street.SegmentID(i), true, true, 10 + 40*r.Float64()}
	}
	for range 7 {
		customise = append(customise, with(slow...))
	}
	for range 2000 {
		closing = append(closing, with(Change{street.SegmentID(r.IntN(n.Segments())), true, true, 0}))
	}
	if err != nil {
		b.Fatal(err)
	}
	somewhere := func() orb.Point {
		for {
			id := street.SegmentID(r.IntN(n.Segments()))
			if line := n.Line(id); e.usable(id) {
				at := line[r.IntN(len(line))]
				return orb.Point{at[0] + (r.Float64()-0.5)*2e-4, at[1] + (r.Float64()-0.5)*2e-4}
			}
		}
	}
	none := 0
	for k := range 11_000 {
		q := Query{From: somewhere(), To: somewhere()}
		spent := took(func() { _, err = e.Cost(b.Context(), q) })
		if err != nil && !errors.Is(err, ErrNoRoute) {
			b.Fatal(err)
		}
		if k >= 1000 { // the caches are warm
			if routes = append(routes, spent); err != nil {
				none++
			}
		}
	}
	var tables []string
	for _, size := range []int{100, 500, 1000} {
		var times []time.Duration
		for range 5 {
			points := make([]orb.Point, size)
			for i := range points {
				points[i] = somewhere()
			}
			processors := runtime.GOMAXPROCS(1)
			times = append(times, took(func() { _, err = e.Table(b.Context(), points, points, 0) }))
			runtime.GOMAXPROCS(processors)
			if err != nil {
				b.Fatal(err)
			}
		}
		tables = append(tables, fmt.Sprintf("%.1f", micro(at(times, 0.5))/1e3))
	}
	if none > 0 {
		name += fmt.Sprintf(" (%.1f %% of pairs without a route)", float64(none)/100)
	}
	return fmt.Sprintf("| %s | %d | %.1f | %.1f | %.2f | %.0f | %.0f, %.0f | %.0f, %.0f | %s | %.0f |", name, n.Segments(),
		read.Seconds(), order.Seconds(), prepare.Seconds(), micro(at(customise, 0.5))/1e3, micro(at(closing, 0.5)), micro(at(closing, 0.99)),
		micro(at(routes, 0.5)), micro(at(routes, 0.99)), strings.Join(tables, ", "), heap)
}

// beside puts a map to the east of others, on their latitude, and joins it with
// the last of them by up to 24 streets.
func beside(all *street.Parts, m *street.Parts) {
	low, high := extent(m.Shape)
	shift := street.Fixed{Lon: -low.Lon, Lat: 40e7 - low.Lat/2 - high.Lat/2}
	west := len(all.Junctions)
	if west > 0 {
		_, end := extent(all.Shape)
		shift.Lon += end.Lon + 1e5
	} else {
		all.Names, all.Rules = m.Names[:1:1], m.Rules[:1:1]
	}
	moved := func(f street.Fixed) street.Fixed { return street.Fixed{Lon: f.Lon + shift.Lon, Lat: f.Lat + shift.Lat} }
	junctions, segments, shape, rules := street.JunctionID(west), street.SegmentID(len(all.Segments)), uint32(len(all.Shape)), street.RuleID(len(all.Rules)-1)
	for _, j := range m.Junctions {
		j.At = moved(j.At)
		all.Junctions = append(all.Junctions, j)
	}
	for _, s := range m.Segments {
		s.From, s.To, s.Shape, s.Name = s.From+junctions, s.To+junctions, s.Shape+shape, 0
		if s.Rules != 0 {
			s.Rules += rules
		}
		all.Segments = append(all.Segments, s)
	}
	for _, f := range m.Shape {
		all.Shape = append(all.Shape, moved(f))
	}
	all.Rules = append(all.Rules, m.Rules[1:]...)
	for _, t := range m.Restrictions {
		t.From, t.To, t.Via, t.ViaWays = t.From+segments, t.To+segments, t.Via+junctions, slices.Clone(t.ViaWays)
		for i := range t.ViaWays {
			t.ViaWays[i] += segments
		}
		all.Restrictions = append(all.Restrictions, t)
	}
	if west == 0 {
		return
	}
	// Of each band of latitude the easternmost main street of the others, and the
	// westernmost of this.
	const bands = 24
	var ends [bands][2]*street.Junction
	number := make(map[*street.Junction]street.JunctionID)
	for i := range all.Segments {
		s := &all.Segments[i]
		if s.Forward&s.Backward&street.Car == 0 || s.Private != 0 || s.Flags&(street.Disconnected|street.Service) != 0 {
			continue
		}
		j := &all.Junctions[s.From]
		band := int(math.Floor(float64(j.At.Lat-40e7)/1e7*100)) + bands/2 // of a hundredth of a degree
		if band < 0 || band >= bands {
			continue
		}
		side := 0
		if street.SegmentID(i) >= segments {
			side = 1
		}
		if best := ends[band][side]; best == nil || (side == 0) == (j.At.Lon > best.At.Lon) {
			ends[band][side], number[j] = j, s.From
		}
	}
	for _, e := range ends {
		if e[0] == nil || e[1] == nil {
			continue
		}
		all.Segments = append(all.Segments, street.Segment{
			From: number[e[0]], To: number[e[1]], Shape: uint32(len(all.Shape)), Points: 2,
			LengthM: float32(geo.Distance(e[0].At.Point(), e[1].At.Point())), Forward: street.AllVehicles, Backward: street.AllVehicles, Class: street.Secondary,
		})
		all.Shape = append(all.Shape, e[0].At, e[1].At)
	}
}

func extent(shape []street.Fixed) (low, high street.Fixed) {
	low, high = shape[0], shape[0]
	for _, f := range shape {
		low = street.Fixed{Lon: min(low.Lon, f.Lon), Lat: min(low.Lat, f.Lat)}
		high = street.Fixed{Lon: max(high.Lon, f.Lon), Lat: max(high.Lat, f.Lat)}
	}
	return low, high
}
