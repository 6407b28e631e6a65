package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"time"

	"citygrid/geo"
	"citygrid/grid/calendar"
	"citygrid/grid/zone"
	"citygrid/live/fence"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

type benchFenceCmd struct {
	Zones    int     `help:"Zones, of 30 to 60 corners, in 30 x 30 km; half of them hold from 7 to 19 o'clock only." default:"10000"`
	Width    float64 `help:"How wide zones are, in metres; by default 300, and less with more than 10000 zones, so that they cover as much ground." placeholder:"METRES"`
	Trackers int     `help:"Trackers: 70 % walk, 30 % drive, a fix each 10 s." default:"100000"`
	Seconds  int     `help:"How long to judge." default:"10"`
	JSON     bool    `help:"Print one line of JSON." name:"json"`
}

// benchFence is what bench fence prints. fixes_per_s_core and ns_per_fix are of
// CPU time, of the garbage collector too; making up the fixes is not in it.
type benchFence struct {
	FixesPerSCore float64 `json:"fixes_per_s_core"`
	NsPerFix      float64 `json:"ns_per_fix"`
	Events        int     `json:"events"`
	BytesPerZone  float64 `json:"bytes_per_zone"`
	BuildS        float64 `json:"build_s"`
}

// Run compiles zones and judges fixes in rounds: each round is one fix of every
// tracker, in an order that is shuffled anew, ten seconds after the last.
func (c *benchFenceCmd) Run(e *env) error {
	for _, bad := range []error{
		within("zones", c.Zones, 0, 1_000_000), within("trackers", c.Trackers, 1, 10_000_000), within("seconds", c.Seconds, 1, 3600),
	} {
		if bad != nil {
			return bad
		}
	}
	if c.Width == 0 {
		c.Width = 300 * min(1, math.Sqrt(10_000/float64(max(c.Zones, 1))))
	}
	if !(c.Width >= 1 && c.Width <= 10_000) {
		return badInput(fmt.Errorf("--width %v: want 1 to 10000 metres", c.Width))
	}
	rnd := rand.New(rand.NewPCG(7, 7))
	zones := benchZones(rnd, c.Zones, c.Width)
	before := heap()
	began := time.Now()
	rules, err := fence.Compile(zones, nil)
	if err != nil {
		return err
	}
	out := benchFence{BuildS: digits(time.Since(began).Seconds(), 3)}
	if c.Zones > 0 {
		out.BytesPerZone = digits(float64(heap()-before)/float64(c.Zones), 0)
	}
	judge, err := fence.New(rules, fence.Config{})
	if err != nil {
		return err
	}
	w := newWalkers(rnd, c.Trackers)
	var fixes int
	var used time.Duration
	until := time.Now().Add(time.Duration(c.Seconds) * time.Second)
	for round := 0; e.ctx.Err() == nil && (round <= warmRounds || time.Now().Before(until)); round++ {
		if round == warmRounds {
			until = time.Now().Add(time.Duration(c.Seconds) * time.Second)
		}
		w.step()
		for from := 0; from < len(w.states) && e.ctx.Err() == nil; from += benchPart {
			to := min(from+benchPart, len(w.states))
			start := cpuTime()
			events := w.judge(judge, from, to)
			if round < warmRounds {
				continue
			}
			used, fixes, out.Events = used+cpuTime()-start, fixes+to-from, out.Events+events
			if time.Now().After(until) {
				break
			}
		}
	}
	if fixes > 0 {
		out.NsPerFix = digits(float64(used)/float64(fixes), 1)
		out.FixesPerSCore = digits(1e9/max(out.NsPerFix, 0.1), 0)
	}
	runtime.KeepAlive(zones)
	return printResult(e.stdout, c.JSON, out)
}

const (
	warmRounds = 15      // until every tracker has the past that late fixes may come before
	benchPart  = 100_000 // fixes between two looks at the clock
	benchAhead = 32      // fixes that are judged together, as of a queue
)

// walkers are trackers on the move. states and fixes are in the order in which they
// report in this round.
type walkers struct {
	rnd    *rand.Rand
	states []*fence.State
	fixes  []ingest.Fix
	fast   []bool
}

func newWalkers(rnd *rand.Rand, n int) *walkers {
	w := &walkers{rnd: rnd, states: make([]*fence.State, n), fixes: make([]ingest.Fix, n), fast: make([]bool, n)}
	for i := range n {
		w.states[i] = fence.NewState("tag", fence.Subject{Class: zone.Dog, ID: int64(i + 1)})
		w.fixes[i] = ingest.Fix{At: benchPlace(rnd), Accuracy: 10, Time: time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC)}
		w.fast[i] = i%10 >= 7
	}
	return w
}

// step moves everybody by ten seconds: walkers 6 m, drivers 60 m, any way.
func (w *walkers) step() {
	for i := range w.fixes {
		d := 12e-5
		if w.fast[i] {
			d = 120e-5
		}
		f := &w.fixes[i]
		f.Time = f.Time.Add(10 * time.Second)
		f.At[0] += d * (w.rnd.Float64() - 0.5)
		f.At[1] += d * (w.rnd.Float64() - 0.5)
	}
	w.rnd.Shuffle(len(w.states), func(i, j int) {
		w.states[i], w.states[j] = w.states[j], w.states[i]
		w.fixes[i], w.fixes[j] = w.fixes[j], w.fixes[i]
		w.fast[i], w.fast[j] = w.fast[j], w.fast[i]
	})
}

// judge judges a part of the round, and counts the events.
func (w *walkers) judge(j *fence.Judge, from, to int) (events int) {
	for ; from < to; from += benchAhead {
		states, fixes := w.states[from:min(from+benchAhead, to)], w.fixes[from:min(from+benchAhead, to)]
		j.Expect(states, fixes)
		for i := range states {
			out, _ := j.Fix(states[i], fixes[i])
			events += len(out)
		}
	}
	return events
}

// benchCentre is the middle of the benchmarks' city.
var benchCentre = orb.Point{-75.55, 39.74}

// benchPlace is anywhere in the 30 x 30 km of the benchmarks' city.
func benchPlace(rnd *rand.Rand) orb.Point {
	return benchBy(benchCentre, 15_000*(2*rnd.Float64()-1), 15_000*(2*rnd.Float64()-1))
}

func benchBy(p orb.Point, east, north float64) orb.Point {
	lonM, latM := geo.MetresPerDegree(p[1])
	return orb.Point{p[0] + east/float64(lonM), p[1] + north/float64(latM)}
}

// benchZones is the city of the benchmarks.
func benchZones(rnd *rand.Rand, n int, width float64) []zone.Zone {
	day := &calendar.Spec{Zone: "America/New_York", Rules: []calendar.Rule{{Windows: []calendar.Window{{From: 7 * 60, To: 19 * 60}}}}}
	out := make([]zone.Zone, n)
	for i := range out {
		middle, corners := benchPlace(rnd), 30+rnd.IntN(31)
		ring := make(orb.Ring, corners, corners+1)
		for k := range ring {
			angle, d := 2*math.Pi*(float64(k)+0.8*rnd.Float64())/float64(corners), width*(0.45+0.1*rnd.Float64())
			ring[k] = benchBy(middle, d*math.Cos(angle), d*math.Sin(angle))
		}
		out[i] = zone.Zone{
			ID: zone.ID(i + 1), Rule: zone.Rule{Kind: zone.InsideWhileActive}, Classes: []zone.Class{zone.Dog},
			Ground: orb.MultiPolygon{{append(ring, ring[0])}},
		}
		if i%2 == 1 {
			out[i].Calendar = day
		}
	}
	return out
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
