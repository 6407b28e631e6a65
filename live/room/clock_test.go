package room_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"citygrid/geo/street/streettest"
	"citygrid/grid/calendar"
	machines "citygrid/live/clock"
	"citygrid/live/ingest"
)

// A setting is what somebody does to the machine's clock.
type setting struct {
	at time.Duration // after the morning
	to time.Duration // so much ahead of what is right
}

// A day in the park with two zones that hold at their hours: one while the dog is there,
// one hours later. The machine's clock is set meanwhile; right is what time it is, which
// the tag knows from its satellites.
// Its alerts are those that are wanted, or what they are after ten seconds.
func (b *bureau) dayInThePark(t *testing.T, seed uint64, off time.Duration, settings []setting, want string) string {
	t.Helper()
	for _, hours := range []string{"08:40-19:00", "13:30-13:50"} {
		z := noDogs("Timed "+hours, square(-40, 10, 20, 50))
		z.Calendar = &calendar.Spec{Zone: "America/New_York", Rules: must(calendar.ParseOpeningHours(hours))(t)}
		must(b.store.AddZone(t.Context(), z, by))(t)
	}
	machine := machines.New(func() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.t.Add(off) }, func() time.Duration { return b.now().Sub(morning) })
	b.tells, b.heard = machine.Now, machine.Heard
	b.runs()
	rng := rand.New(rand.NewPCG(seed, 7))
	x := -60.0
	for now := morning; now.Before(morning.Add(150 * time.Minute)); now = b.pass(time.Duration(10+rng.IntN(40)) * time.Second) {
		for len(settings) > 0 && now.Sub(morning) >= settings[0].at {
			b.mu.Lock()
			off = settings[0].to
			b.mu.Unlock()
			settings = settings[1:]
		}
		x = max(-80, min(60, x+rng.NormFloat64()*12))
		f := fixAt(now.Add(-300*time.Millisecond), streettest.Place(x, 30+rng.NormFloat64()))
		if v := must(b.room.Accept(t.Context(), b.tag, []ingest.Fix{f}))(t); !v[0].Stored {
			t.Fatalf("%+v", v)
		}
	}
	for range 2 {
		b.pass(30 * time.Second)
		if v := must(b.room.Accept(t.Context(), b.tag, []ingest.Fix{fixAt(b.now(), outside)}))(t); !v[0].Stored {
			t.Fatalf("%+v", v)
		}
	}
	b.eventually("all is judged", func() bool {
		units := b.room.Units(all)
		return len(units) == 1 && units[0].Time.Equal(b.now())
	})
	for end := time.Now().Add(10 * time.Second); want != "" && b.outline() != want && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond) // the room looks at its clock each second
	}
	b.stop()
	b.open()
	defer b.store.Close()
	return b.outline()
}

// However the machine's clock is set, the alerts are those of a day on which nobody
// touched it: the room goes by its own clock while the trackers speak for that, and what
// was judged while it was wrong is judged anew when it is put right.
func TestASetClockChangesNoAlert(t *testing.T) {
	seeds := uint64(3)
	if testing.Short() || small {
		seeds = 1
	}
	for seed := range seeds {
		want := founded(t).dayInThePark(t, seed, 0, nil, "")
		if want == "" {
			t.Fatalf("seed %d: no alert at all", seed)
		}
		for _, c := range []struct {
			name     string
			off      time.Duration
			settings []setting
		}{
			{"hours ahead and right again", 0, []setting{{40 * time.Minute, 6 * time.Hour}, {100 * time.Minute, 0}}},
			{"days ahead, minutes back", 0, []setting{{30 * time.Minute, 60 * time.Hour}, {60 * time.Minute, -20 * time.Minute}, {120 * time.Minute, 0}}},
			{"started hours ahead", 5*time.Hour + 20*time.Minute, []setting{{70 * time.Minute, 0}}},
			{"started days ahead", 30 * time.Hour, []setting{{70 * time.Minute, 0}}},
		} {
			t.Run(fmt.Sprint(c.name, ", seed ", seed), func(t *testing.T) {
				if got := founded(t).dayInThePark(t, seed, c.off, c.settings, want); got != want {
					t.Errorf("alerts are\n%s\non a day without\n%s", got, want)
				}
			})
		}
	}
}
