package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func fixAt(id string, at time.Time) ingest.Fix {
	nan := math.NaN()
	return ingest.Fix{
		Tracker: ingest.TrackerID(id), Time: at, Received: at.Add(1500 * time.Millisecond), At: orb.Point{-75.5466123, 39.7459001},
		Speed: nan, Course: geo.Degrees(nan), AltitudeM: nan, Battery: nan,
	}
}

// exact tells if two fixes are equal to the last bit.
func exact(f, g ingest.Fix) bool {
	bits := func(v []float64) string { return fmt.Sprintf("%x", v) }
	num := func(f ingest.Fix) string {
		n := numbersOf(f)
		return bits(n[:])
	}
	return f.Tracker == g.Tracker && f.Time.Equal(g.Time) && f.Received.Equal(g.Received) && f.Seq == g.Seq && num(f) == num(g)
}

func drawFix(t *rapid.T, ids, times int) ingest.Fix {
	trackers := []string{"a", "a\x00", "a\x00b", "a\x00\xff", "a\x00\x01", "\x00", "\xff\xff", "b", "../x", strings.Repeat("\x00", 120)}
	f := fixAt(trackers[rapid.IntRange(0, ids-1).Draw(t, "tracker")], noon.Add(time.Duration(rapid.IntRange(0, times-1).Draw(t, "time"))*time.Second))
	f.Received = f.Time.Add(time.Duration(rapid.Int64Range(-1e12, 1e15).Draw(t, "delay")))
	number := func(name string, low, top float64) float64 {
		switch rapid.IntRange(0, 3).Draw(t, name+" shape") {
		case 0:
			return math.NaN()
		case 1: // a decimal, as trackers send them
			return math.Round(rapid.Float64Range(low, top).Draw(t, name)*100) / 100
		case 2:
			return max(low, min(float64(float32(rapid.Float64Range(low, top).Draw(t, name))), top))
		}
		return rapid.Float64Range(low, top).Draw(t, name)
	}
	position := func(name string, top float64) float64 {
		v := number(name, -top, top)
		if math.IsNaN(v) {
			v = float64(rapid.Int64Range(int64(-top*1e7), int64(top*1e7)).Draw(t, name)) / 1e7
		}
		return v
	}
	f.At = orb.Point{position("lon", 180), position("lat", 90)}
	if v := number("accuracy", 0, 100); !math.IsNaN(v) {
		f.Accuracy = geo.Metres(v)
	}
	f.Speed, f.AltitudeM, f.Battery = number("speed", 0, 200), number("altitude", -500, 9000), number("battery", 0, 1)
	f.Course = geo.Degrees(min(number("course", 0, 360), math.Nextafter(360, 0)))
	return f
}

// The store agrees with a slice, over reopening. One folder serves all rounds,
// each with trackers of its own.
func TestFixesAgainstSlice(t *testing.T) {
	dir := t.TempDir()
	s := must(Open(dir, Options{}))(t)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	round, arrival := 0, uint64(0)
	rapid.Check(t, func(t *rapid.T) {
		round++
		var kept []ingest.Fix
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			if rapid.IntRange(0, 40).Draw(t, "reopen") == 40 {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				var err error
				if s, err = Open(dir, Options{}); err != nil {
					t.Fatal(err)
				}
			}
			var batch []ingest.Fix
			for range rapid.IntRange(0, 8).Draw(t, "batch") {
				f := drawFix(t, 10, 5)
				f.Tracker = ingest.TrackerID(fmt.Sprint(round, ":")) + f.Tracker
				if len(kept) > 0 && rapid.IntRange(0, 5).Draw(t, "again") == 0 { // a tracker sends again
					f = kept[rapid.IntRange(0, len(kept)-1).Draw(t, "which")]
					f.Received = f.Received.Add(time.Minute)
				}
				batch = append(batch, f)
			}
			first, err := s.AppendFixes(t.Context(), batch)
			if err != nil {
				t.Fatal(err)
			}
			if len(batch) > 0 && first != arrival+1 {
				t.Fatalf("first arrival %d, want %d", first, arrival+1)
			}
			for _, f := range batch {
				arrival++
				f.Seq = arrival
				kept = append(kept, f)
			}
		}
		if len(kept) == 0 {
			return
		}
		id := kept[rapid.IntRange(0, len(kept)-1).Draw(t, "whose")].Tracker
		bound := func(name string) time.Time {
			n := rapid.IntRange(-1, 7).Draw(t, name)
			if n == 7 {
				return time.Time{} // no bound
			}
			return noon.Add(time.Duration(n) * time.Second)
		}
		from, to := bound("from"), bound("to")
		want := plainFixes(kept, id, from, to)
		var got []ingest.Fix
		if err := s.Fixes(t.Context(), id, from, to, func(f ingest.Fix) bool { got = append(got, f); return true }); err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(got, want, exact) {
			t.Fatalf("%q from %v to %v:\n got %v\nwant %v", id, from, to, got, want)
		}
	})
}

func plainFixes(kept []ingest.Fix, id ingest.TrackerID, from, to time.Time) (want []ingest.Fix) {
	for _, f := range kept {
		again := slices.ContainsFunc(want, func(g ingest.Fix) bool { return g.Same(f) })
		if f.Tracker == id && (from.IsZero() || !f.Time.Before(from)) && (to.IsZero() || f.Time.Before(to)) && !again {
			want = append(want, f)
		}
	}
	slices.SortStableFunc(want, func(f, g ingest.Fix) int { return f.Time.Compare(g.Time) })
	return want
}

func TestFixKeyOrder(t *testing.T) {
	draw := func(t *rapid.T) (string, int64, uint64) {
		id := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 0, 1, 'a', 0xfe, 0xff}), 1, 6).Draw(t, "id")
		return string(id), rapid.Int64().Draw(t, "ns"), rapid.Uint64().Draw(t, "arrival")
	}
	rapid.Check(t, func(t *rapid.T) {
		id1, ns1, n1 := draw(t)
		id2, ns2, n2 := draw(t)
		if rapid.Bool().Draw(t, "same tracker") {
			id2 = id1
		}
		k1, k2 := fixKey(nil, ingest.TrackerID(id1), ns1, n1), fixKey(nil, ingest.TrackerID(id2), ns2, n2)
		want := cmp.Or(strings.Compare(id1, id2), cmp.Compare(ns1, ns2), cmp.Compare(n1, n2))
		if got := bytes.Compare(k1, k2); got != want {
			t.Fatalf("(%q %d %d) and (%q %d %d): %d, want %d", id1, ns1, n1, id2, ns2, n2, got, want)
		}
		if p := appendTracker(nil, ingest.TrackerID(id1)); bytes.HasPrefix(k2, p) != (id1 == id2) {
			t.Fatalf("the keys of %q and %q share a prefix", id1, id2)
		}
		id, ns, n, err := parseFixKey(k1)
		if err != nil || string(id) != id1 || ns != ns1 || n != n1 {
			t.Fatalf("parsed (%q %d %d), %v, want (%q %d %d)", id, ns, n, err, id1, ns1, n1)
		}
	})
}

func TestFixValueLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFix(t, 1, 10)
		if f.Check() != nil {
			t.Skip("not a fix")
		}
		b := appendFix(nil, f)
		got, err := parseFix(b, f.Time)
		got.Tracker = f.Tracker
		if err != nil || !exact(got, f) {
			t.Fatalf("%+v came back as %+v, %v", f, got, err)
		}
		for cut := range len(b) {
			if _, err := parseFix(b[:cut], f.Time); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("cut to %d of %d bytes: %v", cut, len(b), err)
			}
		}
	})
}

// A phone that tells everything, in decimals.
func TestFixValueIsSmall(t *testing.T) {
	f := fixAt("phone", noon)
	f.Accuracy, f.Speed, f.Course, f.AltitudeM, f.Battery = 4.7, 5.2, 271.5, 31.4, 0.83
	if n := len(appendFix(nil, f)); n > 26 {
		t.Errorf("%d bytes, want at most 26", n)
	}
}

func FuzzParseFixKey(f *testing.F) {
	f.Add(fixKey(nil, "imei:1", noon.UnixNano(), 7))
	f.Add(fixKey(nil, "\x00\xff\x00", -1, math.MaxUint64))
	f.Add([]byte("f\x00"))
	f.Fuzz(func(t *testing.T, key []byte) {
		id, ns, n, err := parseFixKey(key)
		if err != nil {
			return
		}
		if again := fixKey(nil, id, ns, n); !bytes.Equal(again, key) {
			t.Errorf("%x came back as %x", key, again)
		}
	})
}

func FuzzParseFix(f *testing.F) {
	full := fixAt("a", noon)
	full.Accuracy, full.Speed, full.Course, full.AltitudeM, full.Battery = 4.7, math.Pi, 271.5, -3, 0.5
	f.Add(appendFix(nil, full))
	f.Add(appendFix(nil, fixAt("a", noon)))
	f.Add([]byte{fixForm, 0xff, 0xff, 0})
	f.Fuzz(func(t *testing.T, value []byte) {
		fix, err := parseFix(value, noon)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Error(err)
			}
			return
		}
		if again := appendFix(nil, fix); !bytes.Equal(again, value) {
			t.Errorf("%x came back as %x (%+v)", value, again, fix)
		}
	})
}

func TestFixesRefused(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	bad := fixAt("a", noon)
	bad.At[1] = 91
	if _, err := s.AppendFixes(t.Context(), []ingest.Fix{fixAt("a", noon), bad}); !errors.Is(err, ingest.ErrBadFix) {
		t.Errorf("a fix off the earth: %v", err)
	}
	if _, err := s.AppendFixes(t.Context(), make([]ingest.Fix, MaxFixes+1)); !errors.Is(err, ErrTooMany) {
		t.Errorf("too many: %v", err)
	}
	if n := count(t, s, "a"); n != 0 {
		t.Errorf("a refused call left %d fixes", n)
	}
}

func count(t testing.TB, s *Store, id string) (n int) {
	t.Helper()
	err := s.Fixes(t.Context(), ingest.TrackerID(id), time.Time{}, time.Time{}, func(ingest.Fix) bool { n++; return true })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Many who append at once share arrival numbers without gap or overlap.
func TestAppendFixesTogether(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	const callers, calls, each = 8, 20, 3
	var wg sync.WaitGroup
	var mu sync.Mutex
	taken := make(map[uint64]string)
	for c := range callers {
		wg.Go(func() {
			id := fmt.Sprint("tracker", c)
			for i := range calls {
				var batch []ingest.Fix
				for j := range each {
					batch = append(batch, fixAt(id, noon.Add(time.Duration(i*each+j)*time.Second)))
				}
				first, err := s.AppendFixes(t.Context(), batch)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for j := range each {
					taken[first+uint64(j)] = id
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for n := uint64(1); n <= callers*calls*each; n++ {
		if taken[n] == "" {
			t.Fatalf("arrival %d is missing", n)
		}
	}
	for c := range callers {
		if n := count(t, s, fmt.Sprint("tracker", c)); n != calls*each {
			t.Errorf("tracker %d has %d fixes, want %d", c, n, calls*each)
		}
	}
}

// A tracker whose clock stands still makes reading no slower than linear.
func TestFixesOfOneInstant(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	var batch []ingest.Fix
	for i := range 20_000 {
		f := fixAt("dog", noon)
		f.Speed = float64(i / 2) // each twice
		batch = append(batch, f)
	}
	must(s.AppendFixes(t.Context(), batch))(t)
	start := time.Now()
	if n := count(t, s, "dog"); n != 10_000 {
		t.Errorf("%d fixes, want 10000", n)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("reading took %v", took)
	}
}

func TestReadFixesStopsEarly(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	must(s.AppendFixes(t.Context(), []ingest.Fix{fixAt("a", noon), fixAt("a", noon.Add(1)), fixAt("a", noon.Add(2))}))(t)
	n := 0
	if err := s.Fixes(t.Context(), "a", noon, noon.Add(2), func(ingest.Fix) bool { n++; return n < 2 }); err != nil || n != 2 {
		t.Errorf("read %d, %v, want 2", n, err)
	}
}

// A flipped bit in a file of fixes is an error, never a fix that nobody sent.
func TestDamagedFixes(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	var batch []ingest.Fix
	for i := range 2000 {
		batch = append(batch, fixAt("a", noon.Add(time.Duration(i)*time.Second)))
	}
	must(s.AppendFixes(t.Context(), batch))(t)
	if err := s.fixes.db.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	tables, _ := filepath.Glob(filepath.Join(dir, fixesName, "*.sst"))
	if len(tables) == 0 {
		t.Fatal("no table was written")
	}
	for _, path := range tables {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 0x10
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s = opened(t, dir, Options{})
	err := s.Fixes(t.Context(), "a", time.Time{}, time.Time{}, func(ingest.Fix) bool { return true })
	if !errors.Is(err, ErrCorrupt) {
		t.Errorf("got %v, want %v", err, ErrCorrupt)
	}
}

func TestDamagedValue(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	must(s.AppendFixes(t.Context(), []ingest.Fix{fixAt("a", noon)}))(t)
	key := fixKey(nil, "a", noon.UnixNano(), 1)
	if err := s.fixes.db.Set(key, binary.AppendVarint(nil, 99), nil); err != nil {
		t.Fatal(err)
	}
	err := s.Fixes(t.Context(), "a", time.Time{}, time.Time{}, func(ingest.Fix) bool { return true })
	if !errors.Is(err, ErrCorrupt) {
		t.Errorf("got %v, want %v", err, ErrCorrupt)
	}
}
