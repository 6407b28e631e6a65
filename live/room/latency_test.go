package room

import (
	"math"
	"testing"
	"time"

	"citygrid/live/ingest"
)

func TestLatencyTellsOfTheLastMinute(t *testing.T) {
	var l latency
	start := time.Unix(1_800_000_000, 0)
	for i := range 1000 { // 1 ms to 1 s, evenly, over 50 s
		l.took(ingest.Judged, time.Duration(i+1)*time.Millisecond, start.Add(time.Duration(i)*50*time.Millisecond))
	}
	near := func(got, want time.Duration) bool { return math.Abs(float64(got)/float64(want)-1) <= 0.1 }
	times := l.times(start.Add(50 * time.Second))
	if len(times) != 3 || times[0].Fixes != 0 || times[0].P95 != 0 {
		t.Errorf("stages nothing went through: %+v", times)
	}
	if j := times[1]; j.Stage != ingest.Judged || j.Fixes != 1000 || !near(j.P50, 500*time.Millisecond) || !near(j.P95, 950*time.Millisecond) {
		t.Errorf("times of 1 ms to 1 s, even: %+v", j)
	}
	// Half a minute on the first 20 s or so are forgotten, and then everything.
	if j := l.times(start.Add(75 * time.Second))[1]; j.Fixes < 450 || j.Fixes > 650 || j.P50 < 600*time.Millisecond {
		t.Errorf("25 s later: %+v", j)
	}
	l.took(ingest.Judged, time.Hour, start.Add(10*time.Minute))
	if j := l.times(start.Add(10 * time.Minute))[1]; j.Fixes != 1 || j.P50 < 4*time.Minute {
		t.Errorf("after ten quiet minutes, an hour: %+v", j)
	}
}

func TestBucketsHoldTheirTimes(t *testing.T) {
	for d := shortestTime; d < 4*time.Minute; d = d*21/20 + 1 {
		if m := bucketTime(bucketOf(d)); math.Abs(float64(m)/float64(d)-1) > 0.1 {
			t.Fatalf("%v is told as %v", d, m)
		}
	}
}
