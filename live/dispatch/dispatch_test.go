package dispatch

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"citygrid/geo/street/streettest"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// A river runs between the rows; the bridge is in the east. Whoever is nearest by
// road goes, not whoever is nearest as the crow flies.
func TestNearest(t *testing.T) {
	n, junction := streettest.Draw(t, `
a---b---c---d---e
                |
f---g---h---i---j`)
	at := func(letter rune) orb.Point { return n.Junction(junction(letter)).At.Point() }
	ways := map[string]Times{"foot": path.NewEngine(n, path.Foot()), "car": path.NewEngine(n, path.Car())}
	officer := func(id people.ID, letter rune) Officer {
		return Officer{Person: id, OnDuty: true, At: at(letter), Seen: noon.Add(-10 * time.Second)}
	}
	with := func(o Officer, edit func(*Officer)) Officer {
		edit(&o)
		return o
	}
	q := Query{
		At: at('a'), Now: noon, Grid: 5, Ways: ways,
		Officers: []Officer{
			officer(1, 'f'), // 20 m away, 180 m by road
			with(officer(2, 'b'), func(o *Officer) { o.Open = 2 }),
			with(officer(3, 'b'), func(o *Officer) { o.Grids = []grid.GridID{4, 5} }),
			with(officer(4, 'j'), func(o *Officer) { o.By = "car" }),
			with(officer(5, 'a'), func(o *Officer) { o.OnDuty = false }),
			with(officer(6, 'a'), func(o *Officer) { o.Busy = true }),
			with(officer(7, 'a'), func(o *Officer) { o.Seen = noon.Add(-6 * time.Minute) }),
			with(officer(8, 'a'), func(o *Officer) { o.Seen = time.Time{} }),
			with(officer(9, 'a'), func(o *Officer) { o.At = orb.Point{10, 10} }),
			with(officer(10, 'a'), func(o *Officer) { o.By = "boat" }),
		},
	}
	found, out, err := Nearest(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var ids []people.ID
	for _, c := range found {
		ids = append(ids, c.Person)
	}
	if len(ids) != 3 || ids[0] != 4 || ids[1] != 3 || ids[2] != 2 {
		t.Fatalf("sent are %v, want 4 (by car), 3 (no tasks), 2 (as near, but has two)", ids)
	}
	if c := found[1]; !c.OwnGrid || c.Distance < 39 || c.Distance > 41 || c.Age != 10*time.Second {
		t.Errorf("candidate 3: %+v, want 40 m by road in the own grid, seen 10 s ago", c)
	}
	if why := found[1].Why(); !strings.Contains(why, "in own grid") || !strings.Contains(found[2].Why(), "has 2 tasks") {
		t.Errorf("reasons %q, %q", why, found[2].Why())
	}
	want := map[people.ID]error{1: ErrFarther, 5: ErrOffDuty, 6: ErrBusy, 7: ErrOldFix, 8: ErrNoFix, 9: ErrNoWay, 10: ErrNoEngine}
	if len(out) != len(want) {
		t.Errorf("%d are excluded, want %d", len(out), len(want))
	}
	for _, e := range out {
		if !errors.Is(e.Why, want[e.Person]) {
			t.Errorf("person %d: %v, want %v", e.Person, e.Why, want[e.Person])
		}
	}

	q.At = orb.Point{0, 0}
	if found, _, err := Nearest(t.Context(), q); err != nil || len(found) != 0 {
		t.Errorf("off every street: %v, %v", found, err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	q.At = orb.Point{200, 0}
	if _, _, err := Nearest(gone, q); err == nil {
		t.Error("a place off the earth is taken")
	}
}

func TestStep(t *testing.T) {
	for _, c := range []struct {
		from, to State
		who      people.ID
		next     State
		want     error
	}{
		{Sent, Received, 7, Received, nil},
		{Sent, Arrived, 7, Arrived, nil}, // the phone was offline when it came
		{Sent, Done, 7, Done, nil},
		{Sent, Declined, 7, Declined, nil},
		{Received, Received, 7, Received, nil}, // told twice
		{Arrived, Received, 7, Arrived, nil},   // told late
		{Received, Declined, 7, Declined, nil},
		{Arrived, Done, 7, Done, nil},
		{Done, Done, 7, Done, nil},
		{Done, Arrived, 7, Done, nil},
		{Done, Declined, 7, Done, ErrDone},
		{Declined, Declined, 7, Declined, nil},
		{Declined, Done, 7, Declined, ErrDeclined},
		{Declined, Received, 7, Declined, ErrDeclined},
		{Recalled, Received, 7, Recalled, ErrRecalled}, // told before the phone knew
		{Recalled, Done, 7, Recalled, ErrRecalled},
		{Recalled, Declined, 7, Recalled, ErrRecalled},
		{Sent, Recalled, 7, Sent, ErrState}, // nobody calls themselves back
		{Sent, Received, 8, Sent, ErrNotYours},
		{Sent, "lost", 7, Sent, ErrState},
		{Received, Sent, 7, Received, ErrState},
	} {
		task := Task{ID: 3, Person: 7, State: c.from}
		next, changed, err := task.Step(c.who, Step{To: c.to, At: noon})
		if next.State != c.next || !errors.Is(err, c.want) || changed != (c.from != c.next) || changed != (len(next.Steps) == 1) {
			t.Errorf("%s to %s by %d: %s, changed %v, %v; want %s, %v", c.from, c.to, c.who, next.State, changed, err, c.next, c.want)
		}
	}
	for _, s := range []Step{{To: Done}, {To: Done, At: noon, Note: strings.Repeat("x", MaxNote+1)}, {To: Done, At: noon, Note: "\xff"}} {
		if _, _, err := (Task{Person: 7, State: Sent}).Step(7, s); err == nil {
			t.Errorf("step %.40v is taken", s)
		}
	}
}

// However often and in whatever order a phone tells its steps, the task ends in
// the same state, and an old value never changes.
func TestStepsInAnyOrder(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		steps := []State{Received, Arrived, Done, Received, Arrived, Done}
		r.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
		task := Task{ID: 1, Person: 7, State: Sent, Sent: noon}
		values := []Task{task}
		for _, s := range steps {
			next, changed, err := task.Step(7, Step{To: s, At: noon})
			if err != nil {
				t.Fatalf("seed %d, %v: %v", seed, steps, err)
			}
			if changed {
				values = append(values, next)
			}
			task = next
		}
		if task.State != Done || task.Open() {
			t.Fatalf("seed %d, %v: ends %s", seed, steps, task.State)
		}
		for i, v := range values {
			if len(v.Steps) != i || i > 0 && v.Steps[i-1].To != v.State {
				t.Fatalf("seed %d: value %d has steps %v in state %s", seed, i, v.Steps, v.State)
			}
		}
	}
}

func TestRecall(t *testing.T) {
	for _, from := range []State{Sent, Received, Arrived, Done, Declined, Recalled} {
		was := Task{ID: 1, Person: 7, State: from}
		is, changed := was.Recall(noon)
		if want := was.Open(); changed != want || changed && (is.State != Recalled || is.Open() || len(is.Steps) != 1) || !changed && is.State != from {
			t.Errorf("from %s: %s, changed %v", from, is.State, changed)
		}
		if was.State != from || len(was.Steps) != 0 {
			t.Errorf("the old value is %+v", was)
		}
	}
}
