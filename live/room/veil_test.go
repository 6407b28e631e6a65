package room_test

import (
	"testing"

	"citygrid/geo"
	"citygrid/geo/street/streettest"
	"citygrid/live/alert"
	"citygrid/live/dispatch"

	"github.com/paulmach/orb"
)

// An alert about a dog near its home says where the dog is while somebody must look
// after it, and no nearer than the circle that holds the home once it is closed; so does
// the task. Farther away nothing is hidden.
func TestAClosedAlertHidesTheHome(t *testing.T) {
	for _, c := range []struct {
		name   string
		home   orb.Point
		hidden bool
	}{
		{"at home", inPark, true},
		{"far from home", streettest.Place(2000, 30), false},
		{"no home is known", orb.Point{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := founded(t)
			dog := b.dog
			dog.Home = c.home
			b.dog = must(b.store.UpdateDog(t.Context(), dog, by))(t)
			b.runs()
			b.dogStays(3)
			b.eventually("the alert", func() bool { all := b.alerts(); return len(all) == 1 })
			a := b.alerts()[0]
			exact := [2]float64{}
			shown := func(what string, hidden bool) {
				t.Helper()
				a := must(b.store.Alert(t.Context(), a.ID))(t)
				at := b.room.AlertJSON(a).At
				if !hidden {
					exact = at
				}
				if (at != exact) != hidden || b.room.Where(a) == a.At == hidden {
					t.Errorf("%s it is told at %v, exactly it is %v", what, at, a.At)
				}
				if track := must(b.room.AlertTrack(t.Context(), a))(t); len(track) == 0 != hidden {
					t.Errorf("%s its track has %d positions", what, len(track))
				}
				if off := geo.Distance(orb.Point(at), c.home); hidden && off > 61 {
					t.Errorf("%s it is told %v m from the home, in no circle that holds it", what, off)
				}
			}
			shown("open", false)
			task := must(b.store.SendTask(t.Context(), dispatch.Task{
				Kind: dispatch.KindAlert, Alert: a.ID, Person: b.li.ID, At: a.At, Sent: b.now(), By: b.desk.ID,
			}, "key", by))(t)
			open := must(b.room.TaskJSON(t.Context(), task))(t).At
			task = must(b.store.StepTask(t.Context(), task.ID, b.li.ID, dispatch.Step{To: dispatch.Done, At: b.now()}, "", by))(t)
			if got := must(b.store.Alert(t.Context(), a.ID))(t).State; got != alert.Shut {
				t.Fatalf("the alert is %s", got)
			}
			shown("closed", c.hidden)
			if done := must(b.room.TaskJSON(t.Context(), task))(t).At; (done != open) != c.hidden {
				t.Errorf("the task is told at %v, before it was done at %v", done, open)
			}
		})
	}
}
