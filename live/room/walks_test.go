package room_test

import (
	"errors"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/grid/register"
	"citygrid/live/room"
	"citygrid/routing/closure"

	"github.com/paulmach/orb"
)

func (b *bureau) walks() []room.Walk {
	b.tb.Helper()
	return must(b.room.Walks(b.tb.Context(), morning.Add(-24*time.Hour), morning.Add(24*time.Hour)))(b.tb)
}

// along is the place so many metres along a walk.
func along(w room.Walk, m float64) orb.Point {
	for i := 1; i < len(w.Line); i++ {
		a, b := orb.Point(w.Line[i-1]), orb.Point(w.Line[i])
		d := float64(geo.Distance(a, b))
		if m <= d {
			return orb.Point{a[0] + m/d*(b[0]-a[0]), a[1] + m/d*(b[1]-a[1])}
		}
		m -= d
	}
	return orb.Point(w.Line[len(w.Line)-1])
}

// The room plans walks for the officers on foot, each street of the team's grids
// in one of them, and follows the officers along them, over restarts too.
func TestWalks(t *testing.T) {
	b := founded(t).withStreets().runs()
	b.eventually("walks", func() bool { return len(b.walks()) == 2 })
	served := 0.0
	for _, w := range b.walks() {
		served += w.ServedM
		if w.Team != b.team.ID || w.Start.Before(morning) || w.Next != 0 || w.DoneM != 0 || len(w.Stops) == 0 || w.Stops[0].Street == "" {
			t.Errorf("walk %+v", w)
		}
		if w.Person.ID == b.zhao.ID {
			t.Error("the driver walks")
		}
	}
	if served < 355 || served > 365 { // six pieces of street of 40 m, six of 20 m
		t.Errorf("%v m are walked, want 360", served)
	}
	// Who has still to go along streets that somebody closes.
	var every []closure.Stretch
	for id := range street.SegmentID(b.city.Network.Segments()) {
		every = append(every, closure.Stretch{Segment: id, Forward: true, Backward: true})
	}
	var cut []room.CutWalk
	b.eventually("both are followed", func() bool { // a moment after they are kept
		cut = b.room.Cut(b.city.ID, every)
		return len(cut) > 0
	})
	if len(cut) != 2 || cut[0].Person.Name > cut[1].Person.Name || cut[0].Street == "" || cut[0].At.Before(morning) {
		t.Errorf("all streets are closed, and that cuts %+v", cut)
	}
	if got := len(b.room.Cut("another map", every)) + len(b.room.Cut(b.city.ID, nil)); got != 0 {
		t.Errorf("%d walks are cut by nothing", got)
	}
	mine := b.walks()[0]
	phone := b.room.PhoneOf(mine.Person.ID)
	length := 0.0
	for i := 1; i < len(mine.Line); i++ {
		length += float64(geo.Distance(orb.Point(mine.Line[i-1]), orb.Point(mine.Line[i])))
	}
	check := func(what string, least, most float64) {
		t.Helper()
		b.eventually(what, func() bool {
			w := b.walks()[0]
			return w.DoneM >= least && w.DoneM <= most
		})
	}
	half := 0.0
	for ; half < length/2; half += 10 {
		b.pass(8 * time.Second)
		b.report(phone, along(mine, half))
	}
	half -= 10
	check("half of it", half-12, half+12)
	// Called away, and back to where the walk was left.
	b.pass(10 * time.Minute)
	b.report(phone, streettest.Place(-80, -80))
	check("away", half-12, half+12)
	before := b.walks()
	b.restarts()
	b.eventually("the same after a restart", func() bool {
		after := b.walks()
		return len(after) == 2 && after[0].DoneM == before[0].DoneM && after[0].Next == before[0].Next
	})
	b.pass(10 * time.Minute)
	for m := half; m < length+10; m += 10 {
		b.pass(8 * time.Second)
		b.report(phone, along(mine, m))
	}
	b.eventually("all of it", func() bool { w := b.walks()[0]; return w.Next == -1 && w.Progress > 0.95 })
	if other := b.walks()[1]; other.DoneM != 0 {
		t.Errorf("the other walk came along: %+v", other)
	}
	if err := b.room.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Who has a car patrols with it: officers of a shift share the streets, each by their own
// means. The car's tracker says how far it is, and what is driven is handed to nobody
// who walks.
func TestPatrolByCar(t *testing.T) {
	b := founded(t).withStreets()
	ctx := t.Context()
	car := must(b.store.AddVehicle(ctx, register.Vehicle{Plate: "P1", Kind: register.PatrolCar, Team: b.team.ID}, by))(t)
	unit := must(b.store.AddDevice(ctx, register.Device{ID: "car-1", Class: register.VehicleUnit, Protocol: "osmand", Subject: register.VehicleSubject(car.ID)}, by))(t)
	shift := b.wangShift
	shift.Vehicle = car.ID
	b.wangShift = must(b.store.UpdateShift(ctx, shift, by))(t)
	b.runs()
	b.eventually("walks", func() bool { return len(b.walks()) == 2 })
	served, of := 0.0, map[register.ShiftID]room.Walk{}
	for _, w := range b.walks() {
		served += w.ServedM
		of[w.Shift] = w
	}
	walks, drives := of[b.liShift.ID], of[b.wangShift.ID]
	if served < 355 || served > 365 || walks.By != "foot" || drives.By != "patrol-car" || drives.ServedM <= walks.ServedM || walks.ServedM == 0 {
		t.Errorf("%v m are seen, want 360; %v m by %s and %v m by %s", served, walks.ServedM, walks.By, drives.ServedM, drives.By)
	}
	b.eventually("the car is followed", func() bool {
		b.pass(2 * time.Second)
		for _, w := range b.walks() {
			if w.Shift == b.wangShift.ID {
				b.report(unit, along(w, min(w.DoneM+20, 60)))
				return w.DoneM > 50
			}
		}
		return false
	})
	_, err := b.room.PreviewWalks(ctx, b.desk.ID, nil, room.WalksEdit{Moves: []room.WalkMove{{Shift: b.wangShift.ID, Stop: len(drives.Stops), To: b.liShift.ID}}})
	if !errors.Is(err, room.ErrTeams) {
		t.Errorf("a driver's street for a walker: %v, want %v", err, room.ErrTeams)
	}
	p := must(b.room.PreviewWalks(ctx, b.desk.ID, nil, room.WalksEdit{Again: []register.ShiftID{b.wangShift.ID}}))(t)
	if len(p.Walks) != 1 || p.Walks[0].By != "patrol-car" {
		t.Errorf("planned anew: %+v", p.Walks)
	}
}
