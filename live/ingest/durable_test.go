package ingest_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"citygrid/data/store"
	"citygrid/geo"
	"citygrid/grid/register"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// docket is a judge that writes down what it is told.
type docket struct {
	mu     sync.Mutex
	judged []ingest.Fix
	shown  int
}

func (d *docket) Judge(_ context.Context, _ register.Device, f ingest.Fix) (time.Time, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.judged = append(d.judged, f)
	return time.Time{}, nil
}

func (d *docket) Advance(context.Context, ingest.TrackerID, time.Time) (time.Time, error) {
	return time.Time{}, nil
}

func (d *docket) Publish(register.Device, ingest.Fix) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown++
}

func fix(at time.Time, lon float64) ingest.Fix {
	nan := math.NaN()
	return ingest.Fix{Time: at, At: orb.Point{lon, 39.7459}, Speed: nan, Course: geo.Degrees(nan), AltitudeM: nan, Battery: nan}
}

func tag(i int) register.Device {
	return register.Device{ID: register.DeviceID(fmt.Sprint("tag", i)), Class: register.DogTag}
}

func opened(t testing.TB, dir string) *store.Store {
	t.Helper()
	st, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// TestWithTheRealStore: a server that dies before it judged anything; the next
// one knows every fix again, however odd its time and place, and judges it.
func TestWithTheRealStore(t *testing.T) {
	dir := t.TempDir()
	st := opened(t, dir)
	lost := &docket{}
	config := func(st *store.Store, d *docket) ingest.Config {
		return ingest.Config{
			Keeper: st, OnDuty: func(register.Subject, time.Time) bool { return false }, Judge: func(int) ingest.Judge { return d }, Publisher: d,
			Devices: func(context.Context) ([]register.Device, error) { return []register.Device{tag(0), tag(1)}, nil },
		}
	}
	in, err := ingest.New(config(st, lost))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	var fixes []ingest.Fix
	for i := range 50 {
		fixes = append(fixes, fix(now.Add(-time.Duration(i*i)*1234567*time.Nanosecond), -75.5+math.Sqrt(float64(i))/100))
	}
	for i := range 2 {
		if _, err := in.Accept(t.Context(), tag(i), fixes); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if len(lost.judged) != 0 {
		t.Fatal("judged without Run")
	}

	st = opened(t, dir)
	defer st.Close()
	d := &docket{}
	if in, err = ingest.New(config(st, d)); err != nil {
		t.Fatal(err)
	}
	got, err := in.Accept(t.Context(), tag(0), append(slices.Clone(fixes), fix(now.Add(time.Second), 1)))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range got {
		if !v.Stored || (v.Why == ingest.Duplicate) != (i < len(fixes)) {
			t.Errorf("fix %d again: %+v", i, v)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- in.Run(ctx) }()
	// Run ends when what is queued is judged; its replay, which shows the last of
	// each of the two trackers, must have ended before.
	for {
		d.mu.Lock()
		done := len(d.judged) >= 101 && d.shown >= 2
		d.mu.Unlock()
		if done {
			break
		}
		time.Sleep(time.Millisecond)
	}
	stop()
	if err := <-done; err != nil || len(d.judged) != 101 {
		t.Errorf("%v; %d are judged, want 50 of each and 1 new", err, len(d.judged))
	}
}

// BenchmarkAccept is trackers that each wait for the answer to one fix before they
// send the next, on a real disk.
func BenchmarkAccept(b *testing.B) {
	for _, senders := range []int{1, 20, 200} {
		b.Run(fmt.Sprintf("senders=%d", senders), func(b *testing.B) {
			st := opened(b, b.TempDir())
			defer st.Close()
			var mu sync.Mutex
			took := map[ingest.Stage][]time.Duration{}
			d := &docket{}
			in, err := ingest.New(ingest.Config{
				Keeper: st, OnDuty: func(register.Subject, time.Time) bool { return true }, Judge: func(int) ingest.Judge { return d }, Publisher: d,
				Rate: 1e9, Burst: 1e9, Ahead: 1000 * time.Hour, Workers: runtime.GOMAXPROCS(0),
				Took: func(s ingest.Stage, t time.Duration) { mu.Lock(); took[s] = append(took[s], t); mu.Unlock() },
			})
			if err != nil {
				b.Fatal(err)
			}
			ctx, stop := context.WithCancel(b.Context())
			done := make(chan error, 1)
			go func() { done <- in.Run(ctx) }()
			b.ResetTimer()
			var wg sync.WaitGroup
			start := time.Now()
			for s := range senders {
				wg.Go(func() {
					for i := s; i < b.N; i += senders {
						if v, err := in.Accept(b.Context(), tag(s), []ingest.Fix{fix(start.Add(time.Duration(i)*time.Millisecond), 1)}); err != nil || !v[0].Stored {
							b.Errorf("%v %v", v, err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "fixes/s")
			stop()
			if err := <-done; err != nil {
				b.Error(err)
			}
			for _, s := range []ingest.Stage{ingest.Durable, ingest.Judged} {
				l := took[s]
				slices.Sort(l)
				b.ReportMetric(float64(l[len(l)/2].Microseconds())/1000, string(s)+"-p50-ms")
				b.ReportMetric(float64(l[len(l)*99/100].Microseconds())/1000, string(s)+"-p99-ms")
			}
		})
	}
}
