package fence

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"
	"time"

	"citygrid/grid/zone"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// city is the workload of the peers' table: zones of 30-60 corners, about 300 m
// wide, in 30 x 30 km.
func city(n int) []zone.Zone {
	rnd := rand.New(rand.NewPCG(7, 7))
	out := make([]zone.Zone, n)
	for i := range out {
		at := by(wilmington, 15_000*(2*rnd.Float64()-1), 15_000*(2*rnd.Float64()-1))
		out[i] = zone.Zone{
			ID: zone.ID(i + 1), Rule: zone.Rule{Kind: zone.InsideWhileActive}, Classes: []zone.Class{zone.Dog},
			Ground: orb.MultiPolygon{{star(rnd, at, 30+rnd.IntN(31), 135, 165)}}, Calendar: calendars[rnd.IntN(2)],
		}
	}
	return out
}

func BenchmarkCompile(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("zones=%d", n), func(b *testing.B) {
			zs := city(n)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			rules, err := Compile(zs, nil)
			if err != nil {
				b.Fatal(err)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			defer cpu(b)()
			for b.Loop() {
				if _, err := Compile(zs, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/zone")
			runtime.KeepAlive(rules)
		})
	}
}

func BenchmarkEdit(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("zones=%d", n), func(b *testing.B) {
			zs := city(n)
			rules, err := Compile(zs, nil)
			if err != nil {
				b.Fatal(err)
			}
			rnd := rand.New(rand.NewPCG(1, 1))
			defer cpu(b)()
			for b.Loop() {
				zs[5].Ground = orb.MultiPolygon{{star(rnd, wilmington, 40, 135, 165)}}
				if rules, err = rules.With(zs, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkInside(b *testing.B) {
	for _, n := range []int{0, 1_000, 10_000} {
		b.Run(fmt.Sprintf("zones=%d", n), func(b *testing.B) {
			rules, err := Compile(city(n), nil)
			if err != nil {
				b.Fatal(err)
			}
			ps := make([]orb.Point, 1<<16)
			rnd := rand.New(rand.NewPCG(3, 3))
			for i := range ps {
				ps[i] = by(wilmington, 15_000*(2*rnd.Float64()-1), 15_000*(2*rnd.Float64()-1))
			}
			var buf [32]near
			i, hits := 0, 0
			b.ReportAllocs()
			defer cpu(b)()
			for b.Loop() {
				hits += len(rules.raster.inside(ps[i&(1<<16-1)], allClasses, buf[:0]))
				i++
			}
			_ = hits
		})
	}
}

// cpu reports the CPU time of the process an operation took: on a machine that
// others use too, the wall clock measures them.
func cpu(b *testing.B) func() {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	from := used()
	return func() { b.ReportMetric(float64(used()-from)/float64(b.N), "cpu-ns/op") }
}

// BenchmarkFix is the whole judgement of a fix: calendars, evidence, grades, the
// tail for late ones. As in the peers' table 70 % of the trackers walk and 30 % drive.
func BenchmarkFix(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		for _, trackers := range []int{1_000, 100_000} {
			b.Run(fmt.Sprintf("zones=%d/trackers=%d", n, trackers), func(b *testing.B) {
				rules, err := Compile(city(n), nil)
				if err != nil {
					b.Fatal(err)
				}
				j, err := New(rules, Config{})
				if err != nil {
					b.Fatal(err)
				}
				rnd := rand.New(rand.NewPCG(3, 3))
				states, places := make([]*State, trackers), make([]orb.Point, trackers)
				for i := range states {
					states[i] = NewState("tag", Subject{zone.Dog, int64(i)})
					places[i] = by(wilmington, 15_000*(2*rnd.Float64()-1), 15_000*(2*rnd.Float64()-1))
				}
				now, events := at("12:00:00"), 0
				step := func(i int) {
					d := 12.0
					if i%10 >= 7 {
						d = 120
					}
					places[i] = orb.Point{places[i][0] + d*1e-5*(rnd.Float64()-0.5), places[i][1] + d*1e-5*(rnd.Float64()-0.5)}
					out, _ := j.Fix(states[i], ingest.Fix{Time: now, At: places[i], Accuracy: 10})
					events += len(out)
				}
				for range 3 {
					for i := range states {
						step(i)
					}
					now = now.Add(10 * time.Second)
				}
				b.ReportAllocs()
				i := 0
				defer cpu(b)()
				for b.Loop() {
					step(i)
					if i++; i == trackers {
						i, now = 0, now.Add(10*time.Second)
					}
				}
				b.ReportMetric(float64(events)/float64(b.N), "events/op")
			})
		}
	}
}

// BenchmarkKept: what a tracker and an edit of a zone hold in memory, by how long they
// have gone on. A tracker reports each 30 s; an edit each minute is forgotten after 64
// more, as the room does it.
func BenchmarkKept(b *testing.B) {
	const trackers = 1_000
	for _, hours := range []int{1, 6, 24} {
		b.Run(fmt.Sprintf("hours=%d", hours), func(b *testing.B) {
			for b.Loop() {
				zs := city(1_000)
				rules, err := Compile(zs, nil)
				if err != nil {
					b.Fatal(err)
				}
				j, err := New(rules, Config{Lateness: 10 * time.Minute, Horizon: 24 * time.Hour})
				if err != nil {
					b.Fatal(err)
				}
				before := inUse()
				rnd := rand.New(rand.NewPCG(3, 3))
				states, places := make([]*State, trackers), make([]orb.Point, trackers)
				for i := range states {
					states[i] = NewState("tag", Subject{zone.Dog, int64(i)})
					places[i] = by(wilmington, 15_000*(2*rnd.Float64()-1), 15_000*(2*rnd.Float64()-1))
				}
				var edits []time.Time
				now := at("12:00:00")
				for k := range hours * 120 {
					if k%2 == 0 {
						zs[k%len(zs)].Ground = orb.MultiPolygon{{star(rnd, by(wilmington, 15_000*(2*rnd.Float64()-1), 15_000*(2*rnd.Float64()-1)), 40, 135, 165)}}
						if rules, err = rules.With(zs, nil); err != nil {
							b.Fatal(err)
						}
						j = j.Swap(now, rules)
						if edits = append(edits, now); len(edits) > 64 {
							edits = edits[1:]
							j = j.Forget(edits[0])
						}
					}
					for i, s := range states {
						places[i] = orb.Point{places[i][0] + 1e-4*(rnd.Float64()-0.5), places[i][1] + 1e-4*(rnd.Float64()-0.5)}
						j.Fix(s, ingest.Fix{Time: now, At: places[i], Accuracy: 10})
					}
					now = now.Add(30 * time.Second)
				}
				b.ReportMetric(float64(inUse()-before)/trackers, "B/tracker")
				runtime.KeepAlive(states)
				runtime.KeepAlive(j)
			}
		})
	}
}

// inUse is the memory of what is reachable.
func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
