package room_test

import (
	"fmt"
	"testing"
	"time"

	"citygrid/geo/street/streettest"
	"citygrid/grid/register"
	"citygrid/live/ingest"
)

// BenchmarkFix is one fix from a device to the disk, the judge and the map, beside
// many other trackers: it must not hang on how many there are.
func BenchmarkFix(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("trackers=%d", n), func(b *testing.B) {
			town := crowded(b, n)
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				if i%n == 0 {
					town.pass(10 * time.Second)
				}
				town.report(tagOf(i%n), streettest.Place(float64(i%60), 0))
				i++
			}
		})
	}
}

func BenchmarkReload(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("dogs=%d", n), func(b *testing.B) {
			town := crowded(b, n)
			for b.Loop() {
				if err := town.room.Reload(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func tagOf(i int) register.Device {
	return register.Device{ID: register.DeviceID(fmt.Sprint("t", i)), Class: register.DogTag, Protocol: "osmand", Subject: register.DogSubject(register.DogID(2 + i))}
}

// crowded is a bureau with n more dogs, all of whom have reported.
func crowded(t testing.TB, n int) *bureau {
	t.Helper()
	b := founded(t)
	var dogs []register.Dog
	var tags []register.Device
	for i := range n {
		dogs = append(dogs, register.Dog{Name: fmt.Sprint("Dog ", i), Area: b.team.Area})
		tags = append(tags, tagOf(i))
	}
	must(b.store.ImportDogs(t.Context(), dogs, by))(t)
	must(b.store.ImportDevices(t.Context(), tags, by))(t)
	b.runs()
	return b
}

// Many trackers report, and go on after a restart. (10,000 take 15 s.)
func TestManyTrackers(t *testing.T) {
	n := 2_000
	if testing.Short() || small {
		n = 300
	}
	b := crowded(t, n)
	begun := time.Now()
	for i := range n {
		if _, err := b.room.Accept(t.Context(), tagOf(i), []ingest.Fix{fixAt(b.now(), streettest.Place(float64(i%60), 0))}); err != nil {
			t.Fatal(err)
		}
	}
	b.eventually("all on the map", func() bool { return len(b.room.Units(all)) == n })
	t.Logf("%d fixes, one after the other: %v", n, time.Since(begun))
	begun = time.Now()
	b.restarts()
	b.eventually("all on the map again", func() bool { return len(b.room.Units(all)) == n })
	t.Logf("ended, started, judged again: %v", time.Since(begun))
}
