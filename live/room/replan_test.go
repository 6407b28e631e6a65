package room_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/dispatch"
	"citygrid/live/room"
	"citygrid/routing/closure"

	"github.com/paulmach/orb"
)

// twoTrucks is the bureau with a second truck and driver.
func twoTrucks(t *testing.T) (b *bureau, second register.Vehicle) {
	b = founded(t).withStreets()
	qian := must(b.store.AddPerson(t.Context(), people.Person{Login: "qian", Name: "Qian Jin", Grants: []people.Grant{{Role: people.Driver, Area: b.root.ID}}}, by))(t)
	second = must(b.store.AddVehicle(t.Context(), register.Vehicle{Plate: "TOW2", Kind: register.TowTruck, Team: b.team.ID, Capacity: 2}, by))(t)
	must(b.store.AddShift(t.Context(), register.Shift{Person: qian.ID, Team: b.team.ID, Vehicle: second.ID, From: morning.Add(-time.Hour), To: morning.Add(9 * time.Hour)}, by))(t)
	return b.runs(), second
}

func tasksOf(r room.Run) (all []dispatch.TaskID) {
	for _, s := range r.Stops {
		if s.Task != nil {
			all = append(all, *s.Task)
		}
	}
	return all
}

// A stop goes to another truck and place: the preview says what becomes of it, sent it
// is so, after a restart too, and what was sent twice or is begun is refused.
func TestRunsReplanned(t *testing.T) {
	b, second := twoTrucks(t)
	ctx := t.Context()
	for _, x := range []float64{8, 0, 4} {
		must2(b.room.Tow(ctx, b.desk.ID, func(p people.ID) bool { return p == b.zhao.ID }, streettest.Place(x, 4), "van", "", by))(t)
	}
	runs := func() []room.Run {
		b.room.ForgetRuns()
		return must(b.room.Runs(ctx))(t)
	}
	before := tasksOf(runs()[0])
	if len(before) != 3 {
		t.Fatalf("the first truck has %v", before)
	}
	end := dispatch.TaskID(0)
	edit := room.RunsEdit{Moves: []room.Move{{Task: before[0], Vehicle: second.ID}, {Task: before[1], Vehicle: b.truck.ID, Before: &end}}}
	p := must(b.room.PreviewRuns(ctx, nil, edit, room.Search{}))(t)
	if len(p.Units) != 2 || len(p.Orders) != 2 || len(p.Refused) != 0 || len(p.Changes) < 2 || p.Changes[len(p.Changes)-1].To != "v2" || p.Changes[len(p.Changes)-1].From != "v1" || p.Units[1].ExtraS <= 0 {
		t.Fatalf("%+v", p)
	}
	if got := tasksOf(runs()[0]); !slices.Equal(got, before) {
		t.Errorf("looked at, the run is %v", got)
	}
	if _, err := b.room.PreviewRuns(ctx, func(people.ID) bool { return false }, edit, room.Search{}); !errors.Is(err, room.ErrNoItem) {
		t.Errorf("another's trucks: %v", err)
	}
	wrong := room.RunsSend{Basis: p.Basis, Orders: []room.Order{{Vehicle: b.truck.ID, Tasks: before[:1]}, {Vehicle: second.ID, Tasks: []dispatch.TaskID{}}}}
	if err := b.room.SendRuns(ctx, b.desk.ID, nil, wrong, by); !errors.Is(err, room.ErrOrders) {
		t.Errorf("jobs that are lost: %v", err)
	}
	send := room.RunsSend{Basis: p.Basis, Orders: p.Orders}
	if err := b.room.SendRuns(ctx, b.desk.ID, nil, send, by); err != nil {
		t.Fatal(err)
	}
	if err := b.room.SendRuns(ctx, b.desk.ID, nil, send, by); !errors.Is(err, dispatch.ErrMoved) {
		t.Errorf("sent twice: %v", err)
	}
	if was := must(b.store.Task(ctx, before[0]))(t); was.State != dispatch.Recalled {
		t.Errorf("handed over, the old task is %+v", was)
	}
	b.restarts()
	got := runs()
	if first := tasksOf(got[0]); !slices.Equal(first, []dispatch.TaskID{before[2], before[1]}) || len(tasksOf(got[1])) != 1 {
		t.Fatalf("after a restart: %v and %v", first, tasksOf(got[1]))
	}
	// The first truck is at its next job when it breaks: that stays, the rest goes to
	// the second, the search for which may change no other.
	must(b.store.StepTask(ctx, before[2], b.zhao.ID, dispatch.Step{To: dispatch.Arrived, At: b.pass(time.Minute)}, "", by))(t)
	lost := room.RunsEdit{Lost: []register.VehicleID{b.truck.ID}}
	p = must(b.room.PreviewRuns(ctx, nil, lost, room.Search{}))(t)
	if len(p.Refused) != 1 || p.Refused[0].Rule != "begun" || len(p.Orders) != 2 {
		t.Fatalf("%+v", p)
	}
	if err := b.room.SendRuns(ctx, b.desk.ID, nil, room.RunsSend{Basis: p.Basis, Orders: p.Orders, Lost: lost.Lost}, by); err != nil {
		t.Fatal(err)
	}
	got = runs()
	if !got[0].Off || len(tasksOf(got[0])) != 1 || len(tasksOf(got[1])) != 2 {
		t.Errorf("broken: %+v", got)
	}
	if offers, _, err := b.room.TowOffers(ctx, nil, streettest.Place(0, 0)); err != nil || len(offers) != 1 || offers[0].Run.Truck.Name != "TOW2" {
		t.Errorf("a broken truck offers: %+v, %v", offers, err)
	}
	// A vehicle that has left is released.
	left := tasksOf(got[1])[0]
	p = must(b.room.PreviewRuns(ctx, nil, room.RunsEdit{Release: []dispatch.TaskID{left}}, room.Search{}))(t)
	if err := b.room.SendRuns(ctx, b.desk.ID, nil, room.RunsSend{Basis: p.Basis, Orders: p.Orders, Release: []dispatch.TaskID{left}}, by); err != nil {
		t.Fatal(err)
	}
	if got := runs(); len(tasksOf(got[1])) != 1 {
		t.Errorf("released: %+v", got[1])
	}
}

// Of two officers one drops out on the way: the other sees the rest, and what was seen
// stays seen.
func TestWalksReplanned(t *testing.T) {
	b := founded(t).withStreets().runs()
	ctx := t.Context()
	b.eventually("walks", func() bool { return len(b.walks()) == 2 })
	mine := b.walks()[0]
	phone := b.room.PhoneOf(mine.Person.ID)
	for m := 0.0; m < 60; m += 10 {
		b.pass(8 * time.Second)
		b.report(phone, along(mine, m))
	}
	b.eventually("some of it", func() bool { return b.walks()[0].DoneM > 40 })
	before := b.walks()
	seen := must(b.room.Coverage(ctx, nil, morning.Add(-time.Hour), morning.Add(9*time.Hour)))(t)
	if len(seen) != 1 || seen[0].SeenM < 15 || seen[0].StreetM < 355 || len(seen[0].Unseen) == 0 || seen[0].Unseen[0].Walk == nil {
		t.Fatalf("coverage %+v", seen)
	}
	// A street of the second officer for the first.
	other := before[1]
	p := must(b.room.PreviewWalks(ctx, b.desk.ID, nil, room.WalksEdit{Moves: []room.WalkMove{{Shift: other.Shift, Stop: 1, To: mine.Shift}}}))(t)
	if len(p.Units) != 2 || len(p.Changes) == 0 || len(p.Walks) != 2 || p.Walks[0].ServedM <= before[0].ServedM || p.Walks[0].DoneM != before[0].DoneM {
		t.Fatalf("%+v", p)
	}
	p = must(b.room.PreviewWalks(ctx, b.desk.ID, nil, room.WalksEdit{Lost: []register.ShiftID{mine.Shift}}))(t)
	if len(p.Refused) != 0 || p.LeftM != 0 || len(p.Units) != 2 {
		t.Fatalf("%+v", p)
	}
	if err := b.room.SendWalks(ctx, b.zhao.ID, nil, p.Basis, by); !errors.Is(err, dispatch.ErrMoved) {
		t.Errorf("another's preview: %v", err)
	}
	none := func(grid.TeamID) bool { return false }
	if err := b.room.SendWalks(ctx, b.desk.ID, none, p.Basis, by); !errors.Is(err, dispatch.ErrMoved) {
		t.Errorf("who has lost the team since: %v", err)
	}
	p = must(b.room.PreviewWalks(ctx, b.desk.ID, nil, room.WalksEdit{Lost: []register.ShiftID{mine.Shift}}))(t)
	if err := b.room.SendWalks(ctx, b.desk.ID, nil, p.Basis, by); err != nil {
		t.Fatal(err)
	}
	after := b.restarts().walks()
	served := after[0].ServedM + after[1].ServedM
	if !after[0].Off || after[0].ServedM >= before[0].ServedM || served < 355 || served > 365 || after[1].End.Before(before[1].End) {
		t.Errorf("walks before %+v\nand after %+v", before, after)
	}
	if again := must(b.room.Coverage(ctx, nil, morning.Add(-time.Hour), morning.Add(9*time.Hour)))(t); again[0].SeenM < seen[0].SeenM {
		t.Errorf("seen before %v, after %v", seen[0].SeenM, again[0].SeenM)
	}
}

// A street of a walk is closed: the walk is made anew in its order, round it and
// without it, for now or for when the closure begins.
func TestWalksRoundAClosure(t *testing.T) {
	b := founded(t).withStreets().runs()
	ctx := t.Context()
	var every []closure.Stretch
	for id := range street.SegmentID(b.city.Network.Segments()) {
		every = append(every, closure.Stretch{Segment: id, Forward: true, Backward: true})
	}
	var mine room.Walk
	b.eventually("walks that are followed", func() bool {
		all := b.walks()
		if len(all) != 2 || all[0].ServedM+all[1].ServedM < 355 || len(b.room.Cut(b.city.ID, every)) != 2 {
			return false
		}
		mine = all[0]
		return true
	})
	// The street that the walk sees when a third of it is done.
	seen := mine.Stops[len(mine.Stops)/3]
	middle := along(mine, (seen.FromM+seen.ToM)/2)
	near := b.city.Network.Nearest(middle, 100, nil, 1)[0]
	c := closure.Closure{
		State: closure.Approved, Reason: "Burst pipe", Direction: closure.Both, From: morning.Add(-time.Minute), By: b.desk.ID,
		Drawn:  orb.MultiPoint{middle},
		Pieces: []closure.Piece{{Way: b.city.Network.Segment(near.Segment).Way, Line: b.city.Network.Line(near.Segment)}},
	}
	for _, later := range []bool{false, true} {
		if later {
			c.From = morning.Add(2 * time.Hour)
		}
		closed := must(b.store.AddClosure(ctx, c, by))(t)
		if err := b.room.Reload(ctx); err != nil {
			t.Fatal(err)
		}
		p := must(b.room.PreviewWalks(ctx, b.desk.ID, nil, room.WalksEdit{Again: []register.ShiftID{mine.Shift}, Closure: closed.ID}))(t)
		if len(p.Walks) != 1 || len(p.Refused) != 1 || p.Refused[0].Rule != "closed" || p.LeftM < 15 || p.Walks[0].ServedM > mine.ServedM-15 {
			t.Errorf("later %v: %+v\nwas %+v", later, p, mine)
		}
		if must(b.room.PreviewWalks(ctx, b.desk.ID, nil, room.WalksEdit{Again: []register.ShiftID{mine.Shift}}))(t).LeftM > 0 && later {
			t.Error("a closure of later counts now")
		}
		if err := b.store.RemoveClosure(ctx, closed.ID, closed.Version, by); err != nil {
			t.Fatal(err)
		}
	}
}
