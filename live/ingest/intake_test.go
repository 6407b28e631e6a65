package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"citygrid/geo"
	"citygrid/grid/register"

	"github.com/paulmach/orb"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory keeps fixes, fails when told to, and remembers all it did.
type memory struct {
	mu    sync.Mutex
	fixes []Fix
	fail  func(n int) error // asked before the n-th append
	calls int
}

func (m *memory) AppendFixes(_ context.Context, fixes []Fix) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	if m.fail != nil {
		if err := m.fail(m.calls); err != nil {
			return 0, err
		}
	}
	first := uint64(len(m.fixes) + 1)
	for i, f := range fixes {
		if err := f.Check(); err != nil {
			return 0, err
		}
		f.Seq = first + uint64(i)
		m.fixes = append(m.fixes, f)
	}
	return first, nil
}

func (m *memory) Fixes(_ context.Context, id TrackerID, from, to time.Time, yield func(Fix) bool) error {
	m.mu.Lock()
	var out []Fix
	for _, f := range m.fixes {
		if f.Tracker == id && !f.Time.Before(from) && (to.IsZero() || f.Time.Before(to)) {
			out = append(out, f)
		}
	}
	m.mu.Unlock()
	slices.SortStableFunc(out, func(a, b Fix) int { return a.Time.Compare(b.Time) })
	for _, f := range out {
		if !yield(f) {
			break
		}
	}
	return nil
}

// bench judges: it writes down what it is told.
type bench struct {
	mu       sync.Mutex
	judged   []Fix
	advanced []time.Time
	shown    []Fix
	fail     func() error
	wake     func(f Fix) time.Time
	block    chan struct{} // when set, judging waits for it
}

func (b *bench) Judge(ctx context.Context, _ register.Device, f Fix) (time.Time, error) {
	if b.block != nil {
		select {
		case <-b.block:
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		if err := b.fail(); err != nil {
			return time.Time{}, err
		}
	}
	b.judged = append(b.judged, f)
	if b.wake != nil {
		return b.wake(f), nil
	}
	return time.Time{}, nil
}

// Expect is told of what is stored and not judged yet.
func (b *bench) Expect(fixes []Fix) {
	for _, f := range fixes {
		if f.Seq == 0 || f.Tracker == "" {
			panic("a fix that isn't stored is to be judged")
		}
	}
}

func (b *bench) Advance(_ context.Context, _ TrackerID, now time.Time) (time.Time, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.advanced = append(b.advanced, now)
	return time.Time{}, nil
}

func (b *bench) Publish(_ register.Device, f Fix) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown = append(b.shown, f)
}

func always(register.Subject, time.Time) bool { return true }

func intake(t testing.TB, m *memory, b *bench, change func(*Config)) *Intake {
	t.Helper()
	c := Config{
		Keeper: m, OnDuty: always, Judge: func(int) Judge { return b }, Publisher: b,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if change != nil {
		change(&c)
	}
	in, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// running runs in until the returned stop, which gives what Run says.
func running(t testing.TB, in *Intake) (stop func() error) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- in.Run(ctx) }()
	return func() error { cancel(); return <-done }
}

func tag(id string) register.Device {
	return register.Device{ID: register.DeviceID(id), Class: register.DogTag}
}

func fixOf(at time.Time, lon float64) Fix {
	nan := math.NaN()
	return Fix{Time: at, At: orb.Point{lon, 39.7}, Speed: nan, Course: geo.Degrees(nan), AltitudeM: nan, Battery: nan}
}

func TestVerdicts(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	shift := func(_ register.Subject, at time.Time) bool { return at.Hour() >= 8 }
	phone := register.Device{ID: "p", Class: register.Phone}
	truck := register.Device{ID: "v", Class: register.VehicleUnit}
	off := tag("off")
	off.Disabled = true
	for _, c := range []struct {
		name   string
		device register.Device
		fix    Fix
		want   Verdict
	}{
		{"sent again", tag("d"), fixOf(now, 1), Verdict{Stored: true, Why: Duplicate}},
		{"same time elsewhere is another", tag("d"), fixOf(now, 2), Verdict{Stored: true}},
		{"late", tag("d"), fixOf(now.Add(-time.Hour), 1), Verdict{Stored: true}},
		{"late and again", tag("d"), fixOf(now.Add(-time.Hour), 1), Verdict{Stored: true, Why: Duplicate}},
		{"fast clock within limits", tag("d"), fixOf(now.Add(5*time.Minute), 1), Verdict{Stored: true}},
		{"fast clock", tag("d"), fixOf(now.Add(5*time.Minute+time.Second), 1), Verdict{Why: Clock, What: "its clock is 5m1s fast"}},
		{"old", tag("d"), fixOf(now.Add(-200*time.Hour), 1), Verdict{Why: Clock, What: "it is 200h0m0s old"}},
		{"nowhere", tag("d"), fixOf(now, math.NaN()), Verdict{Why: NotAFix, What: "fix: at: is not a longitude and latitude in degrees"}},
		{"phone on shift", phone, fixOf(now, 1), Verdict{Stored: true}},
		{"phone off shift, sent on shift", phone, fixOf(now.Add(-6*time.Hour), 1), Verdict{Why: OffShift}},
		{"vehicle off shift", truck, fixOf(now.Add(-6*time.Hour), 1), Verdict{Why: OffShift}},
		{"dogs have no shifts", tag("d"), fixOf(now.Add(-6*time.Hour), 1), Verdict{Stored: true}},
		{"disabled", off, fixOf(now, 1), Verdict{Why: Disabled}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, b := &memory{}, &bench{}
			in := intake(t, m, b, func(k *Config) { k.OnDuty, k.Now = shift, func() time.Time { return now } })
			before := []Fix{fixOf(now, 1), fixOf(now.Add(-time.Hour), 1)}
			if c.want.Why != Duplicate {
				before = before[:1]
			}
			if c.device.Class == register.DogTag && !c.device.Disabled {
				if _, err := in.Accept(t.Context(), c.device, before); err != nil {
					t.Fatal(err)
				}
			}
			got, err := in.Accept(t.Context(), c.device, []Fix{c.fix})
			if err != nil {
				t.Fatal(err)
			}
			if got[0] != c.want {
				t.Errorf("got %+v, want %+v", got[0], c.want)
			}
			if n := len(m.fixes); got[0].Stored != slices.ContainsFunc(m.fixes, func(f Fix) bool { return spotOf(f) == spotOf(c.fix) }) {
				t.Errorf("verdict %+v with %d fixes kept", got[0], n)
			}
			_ = running(t, in)()
		})
	}
}

// TestARateIsKept: a tracker gets its burst, then its rate; another isn't touched.
func TestARateIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, b := &memory{}, &bench{}
		in := intake(t, m, b, func(c *Config) { c.Rate, c.Burst = 2, 5 })
		start := time.Now()
		stored := func(id string, n int) (k int) {
			var fixes []Fix
			for i := range n {
				fixes = append(fixes, fixOf(time.Now().Add(time.Duration(i)), 1))
			}
			verdicts, err := in.Accept(t.Context(), tag(id), fixes)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range verdicts {
				if v.Stored {
					k++
				} else if !v.Again() {
					t.Errorf("verdict %+v does not ask for another try", v)
				}
			}
			return k
		}
		if a, other := stored("a", 8), stored("b", 3); a != 5 || other != 3 {
			t.Errorf("burst of 5: %d of 8 stored, %d of another's 3", a, other)
		}
		time.Sleep(time.Second)
		if n := stored("a", 8); n != 2 {
			t.Errorf("%s later %d are stored, want 2 at 2/s", time.Since(start), n)
		}
	})
}

// TestTheClockWakesTheJudge: a wake comes to its minute without a fix, at the
// speed of the clock, and a later answer replaces an earlier one.
func TestTheClockWakesTheJudge(t *testing.T) {
	for _, speed := range []float64{1, 60} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			now := func() time.Time { return start.Add(time.Duration(float64(time.Since(start)) * speed)) }
			open := start.Add(40 * time.Minute)
			b := &bench{}
			b.wake = func(f Fix) time.Time {
				if f.At[0] == 1 {
					return start.Add(20 * time.Minute) // replaced by the next fix
				}
				return open
			}
			in := intake(t, &memory{}, b, func(c *Config) { c.Now, c.Speed = now, speed })
			stop := running(t, in)
			for lon := 1.0; lon <= 2; lon++ {
				if _, err := in.Accept(t.Context(), tag("d"), []Fix{fixOf(start, lon)}); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(2 * time.Hour)
			if err := stop(); err != nil {
				t.Error(err)
			}
			if len(b.advanced) != 1 || b.advanced[0].Before(open) || b.advanced[0].Sub(open) > time.Second {
				t.Errorf("at speed %v advanced to %v, want once at %v", speed, b.advanced, open)
			}
		})
	}
}

// TestAFullQueueStoresNothing: who finds no room waits, and when the caller gives
// up nothing was stored; what was stored before is judged in the end.
func TestAFullQueueStoresNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, b := &memory{}, &bench{block: make(chan struct{})}
		in := intake(t, m, b, func(c *Config) { c.Workers, c.Queue = 1, 2 })
		stop := running(t, in)
		send := func(i int) error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := in.Accept(ctx, tag(fmt.Sprint(i)), []Fix{fixOf(time.Now(), 1)})
			return err
		}
		for i := range 4 {
			if err := send(i); (i < 2) != (err == nil) || err != nil && !errors.Is(err, ErrBusy) {
				t.Errorf("batch %d of 2 that have room: %v", i, err)
			}
		}
		if len(m.fixes) != 2 {
			t.Errorf("%d fixes are kept, want 2", len(m.fixes))
		}
		close(b.block)
		synctest.Wait()
		if err := send(4); err != nil {
			t.Errorf("with room again: %v", err)
		}
		if err := stop(); err != nil || len(b.judged) != 3 || len(b.shown) != 3 {
			t.Errorf("stopped with %v, %d judged, %d published, want 3", err, len(b.judged), len(b.shown))
		}
		if _, err := in.Accept(t.Context(), tag("z"), []Fix{fixOf(time.Now(), 1)}); !errors.Is(err, ErrStopped) {
			t.Errorf("after the end: %v", err)
		}
	})
}

// TestJudgingIsTriedAgain: an alert that could not be kept holds the worker up,
// not the order.
func TestJudgingIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failures := 3
		b := &bench{}
		b.fail = func() error {
			if failures--; failures >= 0 {
				return errors.New("disk full")
			}
			return nil
		}
		in := intake(t, &memory{}, b, nil)
		stop := running(t, in)
		if _, err := in.Accept(t.Context(), tag("d"), []Fix{fixOf(time.Now(), 1), fixOf(time.Now(), 2)}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if err := stop(); err != nil || len(b.judged) != 2 || b.judged[0].At[0] != 1 {
			t.Errorf("%v; judged %v", err, b.judged)
		}
	})
}

// TestWhatIsLeftIsJudgedAtTheNextStart: the drain is cut short; a second intake
// on the same store judges everything, once, while more comes in.
func TestWhatIsLeftIsJudgedAtTheNextStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, stuck := &memory{}, &bench{block: make(chan struct{})}
		devices := func(context.Context) ([]register.Device, error) { return []register.Device{tag("a"), tag("b")}, nil }
		first := intake(t, m, stuck, nil)
		stop := running(t, first)
		for i := range 10 {
			for _, id := range []string{"a", "b"} {
				if _, err := first.Accept(t.Context(), tag(id), []Fix{fixOf(time.Now().Add(time.Duration(i)*time.Second), 1)}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := stop(); err == nil {
			t.Error("nothing was judged and nobody says so")
		}
		b := &bench{}
		second := intake(t, m, b, func(c *Config) { c.Devices = devices })
		again := fixOf(m.fixes[0].Time, 1)
		got, err := second.Accept(t.Context(), tag("a"), []Fix{again, fixOf(time.Now().Add(time.Minute), 1)})
		if err != nil || got[0].Why != Duplicate || got[1].Why != "" {
			t.Errorf("after the restart: %v %v", got, err)
		}
		stop = running(t, second)
		synctest.Wait()
		if err := stop(); err != nil {
			t.Error(err)
		}
		if len(b.judged) != 21 {
			t.Errorf("%d fixes are judged, want the 20 that were left and 1 new", len(b.judged))
		}
		if len(b.shown) != 2 {
			t.Errorf("%d positions are published, want the last of each", len(b.shown))
		}
	})
}

// TestNothingIsLostDoubledOrSwapped: many senders, some for the same tracker,
// whose store fails now and then and who send again until told it is stored.
func TestNothingIsLostDoubledOrSwapped(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(seed, 1))
	roll := func(n int) int { mu.Lock(); defer mu.Unlock(); return dice.IntN(n) }
	m, b := &memory{}, &bench{}
	m.fail = func(int) error {
		if roll(5) == 0 {
			return errors.New("no")
		}
		return nil
	}
	in := intake(t, m, b, func(c *Config) { c.Workers, c.Queue, c.Burst = 3, 4, 1e6 })
	stop := running(t, in)
	start := time.Now().Add(-time.Hour)
	const senders, trackers, each = 12, 5, 40
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			id := fmt.Sprint("t", s%trackers)
			for i := 0; i < each; {
				n := min(1+roll(5), each-i)
				var batch []Fix
				for k := range n { // two senders of a tracker tell some of the same
					batch = append(batch, fixOf(start.Add(time.Duration(i+k)*time.Second), float64(s%2)))
				}
				if _, err := in.Accept(context.Background(), tag(id), batch); err == nil && roll(4) > 0 {
					i += n // else: the reply was lost, all over again
				}
			}
		})
	}
	wg.Wait()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for s := range senders {
		for i := range each {
			want[fmt.Sprint(s%trackers, " ", i, " ", s%2)] = true
		}
	}
	if len(m.fixes) != len(want) || len(b.judged) != len(want) || len(b.shown) != len(want) {
		t.Errorf("%d kept, %d judged, %d published, want %d", len(m.fixes), len(b.judged), len(b.shown), len(want))
	}
	last := map[TrackerID]uint64{}
	for _, f := range b.judged {
		if f.Seq <= last[f.Tracker] {
			t.Fatalf("tracker %s: fix %d is judged after %d", f.Tracker, f.Seq, last[f.Tracker])
		}
		last[f.Tracker] = f.Seq
	}
}

func TestAForeignDatumIsConvertedOnce(t *testing.T) {
	m := &memory{}
	in := intake(t, m, &bench{}, nil)
	d := tag("d")
	d.Datum = geo.GCJ02
	wgs := orb.Point{121.02, 30.7}
	f := fixOf(time.Now(), 0)
	f.At = geo.GCJ02.FromWGS84(wgs)
	if _, err := in.Accept(t.Context(), d, []Fix{f}); err != nil {
		t.Fatal(err)
	}
	if got := geo.Distance(m.fixes[0].At, wgs); got > 0.1 {
		t.Errorf("stored %v m from the place", got)
	}
	got, err := in.Accept(t.Context(), d, []Fix{f})
	if err != nil || got[0].Why != Duplicate {
		t.Errorf("sent again: %+v, %v", got, err)
	}
}

// A position at the edge of the earth has none in WGS 84: it is refused by itself, and
// what came with it is stored.
func TestTheEdgeOfTheEarth(t *testing.T) {
	for _, datum := range []geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09} {
		for _, at := range []orb.Point{{-180, 20}, {180, 20}, {20, -90}, {20, 90}, {0, 0}} {
			m := &memory{}
			in := intake(t, m, &bench{}, nil)
			d := tag("d")
			d.Datum = datum
			odd, usual := fixOf(time.Now(), 0), fixOf(time.Now().Add(-time.Second), 1)
			odd.At = at
			got, err := in.Accept(t.Context(), d, []Fix{odd, usual})
			if err != nil {
				t.Errorf("%v in %v: %v", at, datum, err)
				continue
			}
			if stored := len(m.fixes); !got[1].Stored || got[0].Stored == (got[0].Why == NotAFix) || got[0].Stored != (stored == 2) {
				t.Errorf("%v in %v: %+v, %d stored", at, datum, got, stored)
			}
		}
	}
}
