package room_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/grid/calendar"
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
	b.eventually("the last position is heard", func() bool {
		units := b.room.Units(all)
		return len(units) > 0 && units[0].Time.Equal(b.now())
	})
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

// Spots are called at within their hours by who patrols then, those of one place together;
// the tracks say which were, and the others are told as not seen yet. Who drops out hands
// theirs over.
func TestSpots(t *testing.T) {
	b := founded(t).withStreets()
	b.city.SetZone(must(time.LoadLocation("America/New_York"))(t))
	ctx := t.Context()
	add := func(name string, at orb.Point, visits int, hours ...string) register.Spot {
		s := register.Spot{Name: english(name), Theme: "stalls", At: at, Team: b.team.ID, Visits: visits, StayMin: 2}
		if len(hours) > 0 {
			s.Calendar = &calendar.Spec{Zone: "UTC", Rules: []calendar.Rule{{Windows: []calendar.Window{must(calendar.ParseWindow(hours[0]))(t)}}}}
		}
		return must(b.store.AddSpot(ctx, s, by))(t)
	}
	east, west := streettest.Place(8, 2), streettest.Place(0, 4)
	market := add("Market", east, 1)
	add("Square", streettest.Place(8, 2.4), 1) // beside it
	add("Corner", west, 2)
	night := add("Barbecue", west, 1, fmt.Sprintf("%s-%s", morning.Add(10*time.Hour).UTC().Format("15:04"), morning.Add(11*time.Hour).UTC().Format("15:04")))
	b.runs()
	b.eventually("walks", func() bool { return len(b.walks()) == 2 })
	calls, themes, served := 0, 0, 0.0
	var caller room.Walk
	for _, w := range b.walks() {
		served += w.ServedM
		for _, c := range w.Calls {
			calls, themes = calls+1, themes+len(c.Spots)
			if c.Spots[0].Spot == market.ID {
				caller = w
			}
			for _, s := range c.Spots {
				if c.ETA.Before(s.Open) || c.ETA.After(s.Close) || c.Done || s.Theme != "stalls" || s.StayS != 120 ||
					geo.Distance(orb.Point(s.At), orb.Point(c.At)) > 40 {
					t.Errorf("call %+v", c)
				}
			}
		}
	}
	if calls != 3 || themes != 4 || served < 355 {
		t.Fatalf("%d stops at %d spots and %v m of streets, want 3, 4 and 360: two are at one place, one is called at twice, one is after the shift", calls, themes, served)
	}
	today := func() (seen, planned int, all []room.SpotVisit) {
		from := time.Date(morning.In(b.city.Zone()).Year(), morning.In(b.city.Zone()).Month(), morning.In(b.city.Zone()).Day(), 0, 0, 0, 0, b.city.Zone())
		all = must(b.room.Coverage(ctx, nil, from, from.AddDate(0, 0, 1)))(t)[0].Spots
		for _, v := range all {
			if v.Seen != nil {
				seen++
			}
			if v.Walk != nil {
				planned++
			} else if v.Spot != night.ID && v.Name["en"] != "Fair" {
				t.Errorf("%v is in nobody's walk", v.Name)
			}
		}
		return seen, planned, all
	}
	if seen, planned, all := today(); seen != 0 || planned != 4 || len(all) != 5 {
		t.Errorf("%d seen, %d planned of %d: %+v", seen, planned, len(all), all)
	}
	b.pass(time.Second)
	b.report(b.room.PhoneOf(caller.Person.ID), east)
	b.eventually("the market is seen", func() bool { seen, _, _ := today(); return seen == 2 })
	p := must(b.room.PreviewWalks(ctx, b.desk.ID, nil, room.WalksEdit{Lost: []register.ShiftID{caller.Shift}}))(t)
	if err := b.room.SendWalks(ctx, b.desk.ID, nil, p.Basis, by); err != nil {
		t.Fatal(err)
	}
	b.restarts()
	seen, planned, _ := today()
	if seen != 2 || planned != 4 || len(p.Refused) > 0 {
		t.Errorf("after somebody dropped out %d are seen, %d planned, want 2 and 4; refused %+v", seen, planned, p.Refused)
	}
	for _, w := range b.walks() {
		for _, c := range w.Calls {
			if w.Shift == caller.Shift && !c.Done {
				t.Errorf("who dropped out calls at %+v", c)
			}
		}
	}
	// A spot that comes while they are under way is in nobody's walk until somebody says so.
	late := add("Fair", streettest.Place(4, 2), 1)
	if err := b.room.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	var shift register.ShiftID
	for _, w := range b.walks() {
		if !w.Off {
			shift = w.Shift
		}
	}
	b.eventually("a preview", func() (ok bool) { // once they are followed again
		var err error
		p, err = b.room.PreviewWalks(ctx, b.desk.ID, nil, room.WalksEdit{Spots: []register.ShiftID{shift}})
		return err == nil
	})
	if len(p.Walks) != 1 || !slices.ContainsFunc(p.Walks[0].Calls, func(c room.WalkCall) bool { return c.Spots[0].Spot == late.ID }) || len(p.Refused) > 0 {
		t.Errorf("the fair is not called at: %+v, %+v", p.Walks, p.Refused)
	}
	if err := b.room.SendWalks(ctx, b.desk.ID, nil, p.Basis, by); err != nil {
		t.Fatal(err)
	}
	if _, planned, _ := today(); planned != 5 {
		t.Errorf("%d visits are planned, want 5", planned)
	}
}

// A spot that somebody on foot calls at is in nobody else's walk, by whom ever it is asked.
func TestSpotsAreCalledAtOnce(t *testing.T) {
	b := founded(t).withStreets()
	b.city.SetZone(must(time.LoadLocation("America/New_York"))(t))
	ctx := t.Context()
	car := must(b.store.AddVehicle(ctx, register.Vehicle{Plate: "P1", Kind: register.PatrolCar, Team: b.team.ID}, by))(t)
	shift := b.wangShift
	shift.Vehicle = car.ID
	b.wangShift = must(b.store.UpdateShift(ctx, shift, by))(t)
	must(b.store.AddSpot(ctx, register.Spot{Name: english("Market"), At: streettest.Place(8, 2), Team: b.team.ID, Visits: 1, StayMin: 2}, by))(t)
	b.runs()
	b.eventually("walks", func() bool { return len(b.walks()) == 2 })
	calls := 0
	for _, w := range b.walks() {
		if calls += len(w.Calls); w.Shift == b.wangShift.ID && len(w.Calls) > 0 {
			t.Errorf("the car calls at %+v", w.Calls)
		}
	}
	if calls != 1 {
		t.Fatalf("%d calls, want 1, on foot", calls)
	}
	var p room.WalksPreview
	b.eventually("a preview", func() (ok bool) { // once they are followed
		var err error
		p, err = b.room.PreviewWalks(ctx, b.desk.ID, nil, room.WalksEdit{Spots: []register.ShiftID{b.wangShift.ID}})
		return err == nil
	})
	if len(p.Walks) > 0 || len(p.Refused) > 0 {
		t.Errorf("what is called at on foot is put into the car's patrol too: %+v, %+v", p.Walks, p.Refused)
	}
}

// What comes first by the bureau's ranking is seen first, and each stop says why it is
// where it is.
func TestWalksInOrder(t *testing.T) {
	b := founded(t).withStreets()
	b.city.SetZone(must(time.LoadLocation("America/New_York"))(t))
	ctx := t.Context()
	must(b.store.AddSpot(ctx, register.Spot{Name: english("Market"), Theme: "stalls", At: streettest.Place(8, 2), Team: b.team.ID, Visits: 1, StayMin: 2}, by))(t)
	must(b.store.AddRanking(ctx, register.Ranking{Keys: []register.RankingKey{{First: english("key spots"), Then: english("coverage"), By: register.BySpots}}}, by))(t)
	b.runs()
	b.eventually("walks", func() bool { return len(b.walks()) == 2 })
	check := func(calls int) {
		t.Helper()
		for _, w := range b.walks() {
			if !w.Ordered || w.Pieces < 1 || w.Whole <= 0 || w.Whole > 1 {
				t.Errorf("walk of %s: ordered %v, %d pieces, %v", w.Person.Name, w.Ordered, w.Pieces, w.Whole)
			}
			for _, s := range w.Stops {
				if len(s.Reason) != 1 || s.Reason[0]["en"] != "coverage" {
					t.Errorf("stop %d is there for %v", s.N, s.Reason)
				}
			}
			for _, c := range w.Calls {
				calls--
				if len(c.Reason) != 1 || c.Reason[0]["en"] != "key spots" || !c.Leave.Before(w.Stops[0].ETA.Add(time.Millisecond)) {
					t.Errorf("call at %v, for %v, the first street at %v", c.ETA, c.Reason, w.Stops[0].ETA)
				}
			}
		}
		if calls != 0 {
			t.Errorf("%d calls too few", calls)
		}
	}
	check(1)
	b.restarts()
	check(1)
}

// Walks of a shift that has not begun are made anew when something else comes first; those
// under way stay.
func TestAnotherRanking(t *testing.T) {
	b := founded(t).withStreets().runs()
	ctx := t.Context()
	late := must(b.store.AddShift(ctx, register.Shift{Person: b.li.ID, Team: b.team.ID, From: morning.Add(10 * time.Hour), To: morning.Add(14 * time.Hour)}, by))(t)
	reload := func() {
		t.Helper()
		if err := b.room.Reload(ctx); err != nil {
			t.Fatal(err)
		}
	}
	reload()
	ordered := func() (under, later, count int) {
		for _, w := range b.walks() {
			switch {
			case !w.Ordered:
			case w.Shift == late.ID:
				later++
			default:
				under++
			}
		}
		return under, later, len(b.walks())
	}
	b.eventually("walks without an order", func() bool {
		under, later, count := ordered()
		return count == 3 && under == 0 && later == 0
	})
	r := must(b.store.AddRanking(ctx, register.Ranking{Keys: []register.RankingKey{{First: english("shore"), By: register.ByWater, WithinM: 100}}}, by))(t)
	reload()
	b.eventually("the later walk in order", func() bool { under, later, _ := ordered(); return under == 0 && later == 1 })
	if err := b.store.RemoveRanking(ctx, r.ID, r.Version, by); err != nil {
		t.Fatal(err)
	}
	reload()
	b.eventually("the later walk without it again", func() bool { under, later, _ := ordered(); return under == 0 && later == 0 })
}
