package room

import (
	"math"
	"sync/atomic"
	"time"

	"citygrid/live/ingest"
)

// A StageTime is how long a stage of the way of fixes took lately.
type StageTime struct {
	Stage ingest.Stage
	Fixes int64         // that went through it; batches in ingest.Durable
	P50   time.Duration // quantiles, to within a tenth
	P95   time.Duration
}

// LatencyWindow is how far back Latency looks, at least; it looks ten seconds
// farther at most.
const LatencyWindow = 50 * time.Second

// Buckets of times: each ends a fifth above the one before, from 20 µs to 5 min.
const (
	shortestTime = 20 * time.Microsecond
	timeRatio    = 1.2
	timeBuckets  = 92
	slotTime     = 10 * time.Second
	timeSlots    = int64(LatencyWindow/slotTime) + 2 // one is written, one may be half emptied
)

var stages = [...]ingest.Stage{ingest.Durable, ingest.Judged, ingest.Published}

// A latency counts how long stages took. It is for many goroutines, and nobody
// waits: while a slot begins anew a count or two may be lost.
type latency struct {
	slots [timeSlots]latencySlot
}

type latencySlot struct {
	begun  atomic.Int64 // which stretch of slotTime since 1970 it is about
	counts [len(stages)][timeBuckets]atomic.Uint32
}

func bucketOf(d time.Duration) int {
	if d <= shortestTime {
		return 0
	}
	return min(timeBuckets-1, int(math.Ceil(math.Log(float64(d)/float64(shortestTime))/math.Log(timeRatio))))
}

// bucketTime is the middle of a bucket.
func bucketTime(b int) time.Duration {
	return time.Duration(float64(shortestTime) * math.Pow(timeRatio, float64(b)-0.5))
}

func (l *latency) took(s ingest.Stage, d time.Duration, now time.Time) {
	n := now.UnixNano() / int64(slotTime)
	slot := &l.slots[n%timeSlots]
	if was := slot.begun.Load(); was != n && slot.begun.CompareAndSwap(was, n) {
		for i := range slot.counts {
			for b := range slot.counts[i] {
				slot.counts[i][b].Store(0)
			}
		}
	}
	for i, stage := range stages {
		if stage == s {
			slot.counts[i][bucketOf(d)].Add(1)
		}
	}
}

func (l *latency) times(now time.Time) []StageTime {
	n := now.UnixNano() / int64(slotTime)
	out := make([]StageTime, len(stages))
	for i, stage := range stages {
		var all [timeBuckets]int64
		sum := int64(0)
		for s := range l.slots {
			if begun := l.slots[s].begun.Load(); begun > n || n-begun > int64(LatencyWindow/slotTime) {
				continue
			}
			for b := range all {
				c := int64(l.slots[s].counts[i][b].Load())
				all[b], sum = all[b]+c, sum+c
			}
		}
		out[i] = StageTime{stage, sum, quantile(all[:], sum, 0.5), quantile(all[:], sum, 0.95)}
	}
	return out
}

func quantile(counts []int64, sum int64, q float64) time.Duration {
	if sum == 0 {
		return 0
	}
	left := int64(math.Ceil(q * float64(sum)))
	for b, c := range counts {
		if left -= c; left <= 0 {
			return bucketTime(b)
		}
	}
	return bucketTime(len(counts) - 1)
}

// Latency tells how long the stages of fixes took in the last minute or so, by the
// machine's clock.
func (r *Room) Latency() []StageTime { return r.metrics.lately.times(time.Now()) }
