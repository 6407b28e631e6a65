package main

import (
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
	Zones    int  `help:"Zones, of 30 to 60 corners and about 300 m across, in 30 x 30 km; half of them hold from 7 to 19 o'clock only." default:"10000"`
	Trackers int  `help:"Trackers: 70 % walk, 30 % drive, a fix each 10 s." default:"100000"`
	Seconds  int  `help:"How long to judge." default:"10"`
	JSON     bool `help:"Print one line of JSON." name:"json"`
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
	rnd := rand.New(rand.NewPCG(7, 7))
	zones := benchZones(rnd, c.Zones)
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
		for from := 0; from < len(w.order); from += benchPart {
			part := w.order[from:min(from+benchPart, len(w.order))]
			start := cpuTime()
			events := w.judge(judge, part)
			if round >= warmRounds {
				used, fixes, out.Events = used+cpuTime()-start, fixes+len(part), out.Events+events
				if time.Now().After(until) {
					break
				}
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
	warmRounds = 3       // until every tracker has a past
	benchPart  = 200_000 // fixes between two looks at the clock
)

// walkers are trackers on the move.
type walkers struct {
	rnd    *rand.Rand
	states []*fence.State
	places []orb.Point
	order  []int32
	now    time.Time
}

func newWalkers(rnd *rand.Rand, n int) *walkers {
	w := &walkers{
		rnd: rnd, states: make([]*fence.State, n), places: make([]orb.Point, n), order: make([]int32, n),
		now: time.Date(2026, 6, 1, 16, 0, 0, 0, time.UTC),
	}
	for i := range n {
		w.states[i] = fence.NewState("tag", fence.Subject{Class: zone.Dog, ID: int64(i + 1)})
		w.places[i] = benchPlace(rnd)
		w.order[i] = int32(i)
	}
	return w
}

// step moves everybody by ten seconds: walkers 6 m, drivers 60 m, any way.
func (w *walkers) step() {
	w.now = w.now.Add(10 * time.Second)
	for i := range w.places {
		d := 12e-5
		if i%10 >= 7 {
			d = 120e-5
		}
		w.places[i][0] += d * (w.rnd.Float64() - 0.5)
		w.places[i][1] += d * (w.rnd.Float64() - 0.5)
	}
	w.rnd.Shuffle(len(w.order), func(i, j int) { w.order[i], w.order[j] = w.order[j], w.order[i] })
}

// judge judges one fix of each of these trackers, and counts the events.
func (w *walkers) judge(j *fence.Judge, who []int32) (events int) {
	for _, i := range who {
		out, _ := j.Fix(w.states[i], ingest.Fix{Time: w.now, At: w.places[i], Accuracy: 10})
		events += len(out)
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
func benchZones(rnd *rand.Rand, n int) []zone.Zone {
	day := &calendar.Spec{Zone: "America/New_York", Rules: []calendar.Rule{{Windows: []calendar.Window{{From: 7 * 60, To: 19 * 60}}}}}
	out := make([]zone.Zone, n)
	for i := range out {
		middle, corners := benchPlace(rnd), 30+rnd.IntN(31)
		ring := make(orb.Ring, corners, corners+1)
		for k := range ring {
			angle, d := 2*math.Pi*(float64(k)+0.8*rnd.Float64())/float64(corners), 135+30*rnd.Float64()
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
