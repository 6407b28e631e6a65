package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"time"

	"citygrid/data/store"
	"citygrid/geo"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/fence"
	"citygrid/live/ingest"
)

type benchIngestCmd struct {
	Rate    int    `help:"Fixes a second, each by itself from a device that waits for its answer." default:"20000"`
	Seconds int    `help:"How long to send, after each device has reported once; devices report each 5 s." default:"10"`
	Zones   int    `help:"Zones that they are judged by." default:"10000"`
	Dir     string `help:"Folder on the disk to measure; the store in it is removed in the end. The system's temporary folder by default." type:"path" placeholder:"DIR"`
	JSON    bool   `help:"Print one line of JSON." name:"json"`
}

// benchIngest is what bench ingest prints. Latencies are from when a fix was due to
// be sent: to its being on disk and acknowledged, and to its being judged and handed
// to the maps.
type benchIngest struct {
	AckedPerS    float64 `json:"acked_per_s"`
	AckP50Ms     float64 `json:"ack_p50_ms"`
	AckP99Ms     float64 `json:"ack_p99_ms"`
	PublishP50Ms float64 `json:"publish_p50_ms"`
	PublishP99Ms float64 `json:"publish_p99_ms"`
}

const benchSenders = 4096

// period is how often a device reports: each 5 s, and at least once.
func (c *benchIngestCmd) period() int { return min(5, c.Seconds) }

// Run sends at a steady rate, whether or not what was sent before was answered:
// an intake that is too slow shows as delays that grow.
func (c *benchIngestCmd) Run(e *env) (err error) {
	for _, bad := range []error{
		within("rate", c.Rate, 1, 1_000_000), within("seconds", c.Seconds, 1, 3600), within("zones", c.Zones, 0, 1_000_000),
	} {
		if bad != nil {
			return bad
		}
	}
	dir, err := os.MkdirTemp(c.Dir, "citygrid-bench-")
	if err != nil {
		return badInput(fmt.Errorf("--dir: %w", err))
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	st, err := store.Open(dir, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	rnd := rand.New(rand.NewPCG(7, 7))
	rules, err := fence.Compile(benchZones(rnd, c.Zones, 300), nil)
	if err != nil {
		return err
	}
	judge, err := fence.New(rules, fence.Config{})
	if err != nil {
		return err
	}
	published := &benchTimes{from: time.Now().Add(time.Duration(c.period())*time.Second + time.Second/2)}
	intake, err := ingest.New(ingest.Config{
		Keeper: st, OnDuty: func(register.Subject, time.Time) bool { return true }, Publisher: published, Workers: runtime.GOMAXPROCS(0),
		Judge: func(int) ingest.Judge { return benchJudge{judge, map[ingest.TrackerID]*fence.State{}} },
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(e.ctx)
	judging := make(chan error, 1)
	go func() { judging <- intake.Run(ctx) }()
	acked, took, refused := c.send(e.ctx, intake, rnd, published.from)
	stop()
	if err := <-judging; err != nil {
		return err
	}
	if refused != nil {
		return fmt.Errorf("a fix was not acknowledged: %w", refused)
	}
	return printResult(e.stdout, c.JSON, benchIngest{
		AckedPerS: digits(float64(len(acked.all))/took.Seconds(), 0),
		AckP50Ms:  quantileMs(acked.all, 0.5), AckP99Ms: quantileMs(acked.all, 0.99),
		PublishP50Ms: quantileMs(published.all, 0.5), PublishP99Ms: quantileMs(published.all, 0.99),
	})
}

// send sends for as long as told, and waits for the last answer. Each device has
// reported once before from, when measuring begins.
func (c *benchIngestCmd) send(ctx context.Context, in *ingest.Intake, rnd *rand.Rand, from time.Time) (acked *benchTimes, took time.Duration, refused error) {
	devices := make([]register.Device, c.Rate*c.period())
	fixes := make([]ingest.Fix, len(devices))
	for i := range devices {
		devices[i] = register.Device{ID: register.DeviceID(fmt.Sprint("tag-", i)), Class: register.DogTag, Subject: register.DogSubject(register.DogID(i + 1))}
		nan := math.NaN()
		fixes[i] = ingest.Fix{At: benchPlace(rnd), Accuracy: 10, Speed: nan, Course: geo.Degrees(nan), AltitudeM: nan, Battery: nan}
	}
	acked = &benchTimes{}
	type sending struct {
		device register.Device
		fix    ingest.Fix
	}
	// As many as are ever under way at once at a rate that the intake keeps up with. A
	// fix that has to wait for one of them has waited since it was due.
	queue := make(chan sending, len(devices))
	var senders sync.WaitGroup
	var once sync.Once
	for range benchSenders {
		senders.Go(func() {
			for s := range queue {
				verdicts, err := in.Accept(ctx, s.device, []ingest.Fix{s.fix})
				if err == nil && !verdicts[0].Stored {
					err = fmt.Errorf("%s %s", verdicts[0].Why, verdicts[0].What)
				}
				if err != nil {
					once.Do(func() { refused = err })
				} else if !s.fix.Time.Before(from) {
					acked.add(time.Since(s.fix.Time))
				}
			}
		})
	}
	begin := from.Add(-time.Duration(c.period()) * time.Second)
	for i := 0; i < c.Rate*(c.Seconds+c.period()) && ctx.Err() == nil; i++ {
		due := begin.Add(time.Duration(i) * time.Second / time.Duration(c.Rate))
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		k := i % len(devices)
		fixes[k].Time = due
		fixes[k].At[0] += 1e-4 * (rnd.Float64() - 0.5)
		queue <- sending{devices[k], fixes[k]}
	}
	close(queue)
	senders.Wait()
	return acked, time.Since(from), refused
}

// benchTimes are durations that many goroutines note. It is a publisher too.
type benchTimes struct {
	from time.Time // nothing of before is published
	mu   sync.Mutex
	all  []time.Duration
}

func (t *benchTimes) add(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, d)
}

// Publish implements ingest.Publisher. A fix's time is when it was due.
func (t *benchTimes) Publish(_ register.Device, f ingest.Fix) {
	if !f.Time.Before(t.from) {
		t.add(time.Since(f.Time))
	}
}

// benchJudge judges by zones and keeps no alerts.
type benchJudge struct {
	judge  *fence.Judge
	states map[ingest.TrackerID]*fence.State
}

// Judge implements ingest.Judge.
func (j benchJudge) Judge(_ context.Context, d register.Device, f ingest.Fix) (wake time.Time, err error) {
	s := j.states[f.Tracker]
	if s == nil {
		s = fence.NewState(f.Tracker, fence.Subject{Class: zone.Dog, ID: d.Subject.ID})
		j.states[f.Tracker] = s
	}
	j.judge.Fix(s, f)
	wake, _ = j.judge.NextWake(s)
	return wake, nil
}

// Advance implements ingest.Judge.
func (j benchJudge) Advance(_ context.Context, id ingest.TrackerID, now time.Time) (wake time.Time, err error) {
	if s := j.states[id]; s != nil {
		j.judge.Advance(s, now)
		if at, ok := j.judge.NextWake(s); ok {
			wake = at
		}
	}
	return wake, nil
}
