package room_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"citygrid/geo/street/streettest"
	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/ingest"
)

// Zones drawn and removed around a dog that lies there begin and end a breach
// without a fix; so does a window that opens.
func TestZonesChange(t *testing.T) {
	b := founded(t).runs()
	ctx := t.Context()
	there := streettest.Place(0, -20)
	for range 4 {
		b.pass(20 * time.Second)
		b.report(b.tag, there)
	}
	meadow := must(b.store.AddZone(ctx, noDogs("Meadow", square(-30, -40, 30, 0)), by))(t)
	if err := b.room.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	b.eventually("an alert without a fix", func() bool { return len(b.alerts()) == 1 })
	if a := b.room.AlertJSON(b.alerts()[0]); a.Zone.Name["en"] != "Meadow" || !a.Began.Equal(b.now()) {
		t.Errorf("the alert is %+v", a)
	}
	b.pass(time.Minute)
	if err := b.store.RemoveZone(ctx, meadow.ID, meadow.Version, by); err != nil {
		t.Fatal(err)
	}
	if err := b.room.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	b.eventually("its end", func() bool { return !b.alerts()[0].Ended.IsZero() })
	if a := b.room.AlertJSON(b.alerts()[0]); a.Zone.Name["en"] != "Meadow" || a.Zone.Kind != "no-dog" {
		t.Errorf("nobody remembers the zone: %+v", a.Zone)
	}

	timed := noDogs("Timed", square(-30, -40, 30, 0))
	timed.Calendar = &calendar.Spec{Zone: "America/New_York", Rules: must(calendar.ParseOpeningHours("08:10-19:00"))(t)}
	must(b.store.AddZone(ctx, timed, by))(t)
	if err := b.room.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	b.report(b.tag, there)
	b.pass(10 * time.Minute) // 08:12 in Wilmington
	b.eventually("an alert when the window opens", func() bool { return len(b.alerts()) == 2 })
	if a := b.alerts()[0]; !a.Began.Equal(morning.Add(10 * time.Minute)) {
		t.Errorf("it began at %v", a.Began)
	}
}

// A zone that holds on public holidays alone holds on those of the bureau, over
// restarts too.
func TestHolidaysCount(t *testing.T) {
	b := founded(t)
	b.days = must(calendar.ReadDays(strings.NewReader("date,acts_as,name\n2026-05-04,PH,Labour Day\n")))(t)
	b = b.runs()
	free := noDogs("Free days", square(-30, -40, 30, 0))
	free.Calendar = &calendar.Spec{Zone: "America/New_York", Rules: must(calendar.ParseOpeningHours("PH 00:00-24:00"))(t)}
	must(b.store.AddZone(t.Context(), free, by))(t)
	if err := b.room.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		b.pass(20 * time.Second)
		b.report(b.tag, streettest.Place(0, -20))
	}
	b.eventually("an alert on a holiday", func() bool { return len(b.alerts()) == 1 })
	b = b.restarts()
	b.pass(24 * time.Hour)
	for range 4 {
		b.pass(20 * time.Second)
		b.report(b.tag, streettest.Place(0, -20))
	}
	b.eventually("its end", func() bool { return !b.alerts()[0].Ended.IsZero() })
	if all := b.alerts(); len(all) != 1 || all[0].Ended.After(time.Date(2026, 5, 5, 4, 0, 0, 0, time.UTC)) {
		t.Errorf("on the day after the holiday: %+v", all)
	}
}

// Who is off shift is neither tracked nor shown; who is silent is taken off.
func TestShiftsAndSilence(t *testing.T) {
	b := founded(t).runs()
	ctx := t.Context()
	phone := b.room.PhoneOf(b.li.ID)
	shown := func() int { return len(b.room.Units(all)) }
	b.report(phone, streettest.Place(0, 0))
	b.report(b.tag, outside)
	b.eventually("both", func() bool { return shown() == 2 })
	if teams := b.room.TeamsNow(b.li.ID); len(teams) != 1 || teams[0] != b.team.ID {
		t.Errorf("works for %v", teams)
	}
	for _, u := range b.room.Units(all) {
		if u.ID == "p3" && (u.Team != b.team.ID || u.Area != b.team.Area || u.Duty != "on" || u.Kind != "officer") {
			t.Errorf("the officer is %+v", u)
		}
	}
	b.pass(31 * time.Minute)
	b.eventually("nobody", func() bool { return shown() == 0 })
	b.report(phone, streettest.Place(0, 0))
	b.eventually("the officer again", func() bool { return shown() == 1 })
	// The shift is cut short.
	shift := b.liShift
	shift.To = b.now()
	must(b.store.UpdateShift(ctx, shift, by))(t)
	if err := b.room.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	if n := shown(); n != 0 {
		t.Errorf("%d units after the shift", n)
	}
	b.pass(time.Second)
	verdicts, err := b.room.Accept(ctx, phone, []ingest.Fix{fixAt(b.now(), outside)})
	if err != nil || verdicts[0].Stored || verdicts[0].Why != ingest.OffShift || len(b.room.TeamsNow(b.li.ID)) != 0 {
		t.Errorf("after the shift: %+v, %v", verdicts, err)
	}
	// A fix that comes late moves nobody back.
	other := b.room.PhoneOf(b.wang.ID)
	b.report(other, streettest.Place(8, 0))
	late := fixAt(b.now().Add(-time.Minute), streettest.Place(0, 4))
	if v := must(b.room.Accept(ctx, other, []ingest.Fix{late}))(t); !v[0].Stored {
		t.Errorf("a late fix: %+v", v)
	}
	b.report(b.tag, outside)
	b.eventually("the dog", func() bool { return shown() == 2 })
	for _, u := range b.room.Units(all) {
		if u.Name == "Wang Fang" && u.At != streettest.Place(8, 0) {
			t.Errorf("moved back to %v", u.At)
		}
	}
}

// However many ask at once, each finds what it wrote when Reload returns.
func TestReloadTogether(t *testing.T) {
	b := founded(t).runs()
	var writers sync.WaitGroup
	for i := range 20 {
		writers.Go(func() {
			id := register.DeviceID(fmt.Sprint("phone-", i))
			_, err := b.store.AddDevice(context.Background(), register.Device{ID: id, Class: register.Phone, Protocol: "osmand"}, by)
			if err != nil {
				t.Error(err)
				return
			}
			if err := b.room.Reload(context.Background()); err != nil {
				t.Error(err)
			}
			if _, ok := b.room.Device(id); !ok {
				t.Errorf("%s is not known", id)
			}
		})
	}
	writers.Wait()
}

// A room before the bureau is set up waits for it.
func TestBeforeSetup(t *testing.T) {
	b := &bureau{tb: t, dir: t.TempDir(), clock: &clock{t: morning}}
	b.open()
	b.runs()
	if _, ok := b.room.Owner(inPark); ok || len(b.room.Units(all)) != 0 || b.room.Tree().Bureau() != 0 {
		t.Error("something is there")
	}
	if walks, err := b.room.Walks(t.Context(), morning, morning.Add(time.Hour)); err != nil || len(walks) != 0 {
		t.Errorf("walks %v, %v", walks, err)
	}
}

// Rights are those of the table: the room's lists go by them as the socket does.
func TestWhoSees(t *testing.T) {
	b := founded(t).runs()
	b.report(b.room.PhoneOf(b.li.ID), streettest.Place(0, 0))
	b.dogStays(2)
	b.eventually("the alert and two units", func() bool { return len(b.alerts()) == 1 && len(b.room.Units(all)) == 2 })
	b.eventually("the dog's grade", func() bool {
		for _, u := range b.room.Units(all) {
			if u.Alert == "confirmed" {
				return true
			}
		}
		return false
	})
	a := b.alerts()[0]
	foreign := must(b.store.AddArea(t.Context(), grid.Area{Parent: b.root.ID, Kind: grid.Town, Code: "T2", Name: english("New Town")}, by))(t)
	if err := b.room.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	with := func(role people.Role, in grid.AreaID) people.Person {
		return people.Person{ID: 99, Grants: []people.Grant{{Role: role, Area: in}}}
	}
	near := b.li // stands 400 m from the dog
	for _, c := range []struct {
		name  string
		who   people.Person
		units int
		alert bool
	}{
		{"dispatcher of the bureau", b.desk, 2, true},
		{"dispatcher of the town", with(people.Dispatcher, b.team.Area), 2, true},
		{"dispatcher of another town", with(people.Dispatcher, foreign.ID), 0, false},
		{"call-taker", with(people.CallTaker, b.root.ID), 1, true},
		{"officer on the team, near the dog", near, 2, true},
		{"officer off duty", with(people.Officer, b.team.Area), 0, false},
		{"driver", with(people.Driver, b.team.Area), 0, false},
		{"planner", with(people.Planner, b.root.ID), 0, false},
		{"admin", with(people.Admin, b.root.ID), 0, false},
		{"auditor", with(people.Auditor, b.root.ID), 0, false},
	} {
		rights := b.rightsOf(c.who)
		if n := len(b.room.Units(rights)); n != c.units || b.room.SeesAlert(rights, a) != c.alert {
			t.Errorf("%s sees %d units, the alert %v; want %d, %v", c.name, n, b.room.SeesAlert(rights, a), c.units, c.alert)
		}
	}
}

// A zone is removed, the server is started anew, and then a tag sends what it kept of
// the time before: that is judged by the zones of then.
func TestLateFixesAreJudgedByTheZonesOfTheirTime(t *testing.T) {
	b := founded(t).runs()
	b.report(b.tag, outside)
	b.pass(10 * time.Minute)
	b.report(b.tag, outside)
	if err := b.store.RemoveZone(t.Context(), b.park.ID, b.park.Version, by); err != nil {
		t.Fatal(err)
	}
	b.pass(time.Minute)
	if err := b.room.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		b.pass(30 * time.Minute)
		b.report(b.tag, outside)
	}
	b.restarts()
	b.eventually("the dog is shown", func() bool { return len(b.room.Units(all)) == 1 })
	var kept []ingest.Fix
	for _, later := range []time.Duration{4 * time.Minute, 5 * time.Minute, 12 * time.Minute, 13 * time.Minute} { // the last two when there was no park
		kept = append(kept, fixAt(morning.Add(later), inPark))
	}
	verdicts, err := b.room.Accept(t.Context(), b.tag, kept)
	if err != nil || !verdicts[0].Stored || !verdicts[3].Stored {
		t.Fatalf("%+v, %v", verdicts, err)
	}
	b.eventually("an alert of then", func() bool { return len(b.alerts()) == 1 && !b.alerts()[0].Ended.IsZero() })
	if a := b.alerts()[0]; !a.Began.Equal(morning.Add(4*time.Minute)) || !a.Ended.Equal(morning.Add(10*time.Minute)) || a.Grade.String() != "confirmed" {
		t.Errorf("kept is %+v", a)
	}
}

// Heads are counted over all workers and over a restart.
func TestHeadsInAZone(t *testing.T) {
	b := founded(t)
	meadow := noDogs("Meadow", square(-40, 10, 20, 50))
	meadow.Rule = zone.Rule{Kind: zone.HeadCount, Most: 2}
	must(b.store.AddZone(t.Context(), meadow, by))(t)
	if err := b.store.RemoveZone(t.Context(), b.park.ID, b.park.Version, by); err != nil {
		t.Fatal(err)
	}
	tags := []register.Device{b.tag}
	for i := range 3 {
		dog := must(b.store.AddDog(t.Context(), register.Dog{Name: "Dog", Licence: fmt.Sprint("W-1", i), Area: b.dog.Area}, by))(t)
		tags = append(tags, must(b.store.AddDevice(t.Context(), register.Device{
			ID: register.DeviceID(fmt.Sprint("tag-x", i)), Class: register.DogTag, Protocol: "osmand", Subject: register.DogSubject(dog.ID),
		}, by))(t))
	}
	b.runs()
	come := func(tags ...register.Device) {
		for range 3 {
			b.pass(time.Minute)
			for _, tag := range tags {
				b.report(tag, inPark)
			}
		}
	}
	come(tags[:2]...)
	b.restarts()
	come(tags...)
	b.eventually("a crowd", func() bool { return len(b.alerts()) == 1 })
	for range 3 {
		b.pass(time.Minute)
		for _, tag := range tags[:3] {
			b.report(tag, outside)
		}
	}
	b.eventually("that it goes", func() bool { return !b.alerts()[0].Ended.IsZero() })
	if a := b.alerts(); len(a) != 1 || a[0].Key.Subject.ID != 0 || a[0].Key.Rule != zone.HeadCount || !a[0].Began.Equal(morning.Add(4*time.Minute)) {
		t.Errorf("kept are %+v", a)
	}
}

// Walks of shifts that begin under the next plan are made of what it gives the team,
// anew when it is published after they were made; those under way stay.
func TestWalksUnderTheNextPlan(t *testing.T) {
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
	served := func() (under, later float64) {
		for _, w := range b.walks() {
			if w.Shift == late.ID {
				later = w.ServedM
			} else {
				under += w.ServedM
			}
		}
		return under, later
	}
	b.eventually("walks of all the streets", func() bool {
		under, later := served()
		return under > 355 && under < 365 && later > 355 && later < 365
	})
	// From nine hours on the west is nobody's.
	must(b.store.AddPlan(ctx, grid.Plan{From: morning.Add(9 * time.Hour), Grids: []grid.Responsibility{
		{ID: 1, Code: "G01", Ground: square(-50, -50, 4, 54)},
		{ID: 2, Code: "G02", Team: b.team.ID, Ground: square(4, -50, 58, 54)},
	}}, by))(t)
	reload()
	b.eventually("a walk of the east alone", func() bool {
		under, later := served()
		return under > 355 && under < 365 && later > 100 && later < 250
	})
	now, err := b.store.Beats(ctx, morning.Add(-time.Hour), morning.Add(24*time.Hour))
	if err != nil || now[late.ID] == now[b.liShift.ID] || now[b.liShift.ID] == "" {
		t.Errorf("the walks are of the beats %v, %v", now, err)
	}
}

// A plan that was published for later begins at its instant, without anybody
// telling the room; walks that were planned stay as they are.
func TestPlanBegins(t *testing.T) {
	b := founded(t).withStreets().runs()
	ctx := t.Context()
	at := streettest.Place(0, 0)
	b.eventually("walks", func() bool { return len(b.walks()) == 2 })
	if g, _ := b.room.Owner(at); g.Code != "G01" {
		t.Fatalf("the first plan says %+v", g)
	}
	asPlanned := func() string {
		all := b.walks()
		for i := range all {
			all[i].BehindS = 0 // that grows
		}
		return fmt.Sprint(all)
	}
	planned := asPlanned()
	next := grid.Plan{From: b.now().Add(10 * time.Minute), Grids: []grid.Responsibility{{ID: 3, Code: "G03", Ground: square(-50, -50, 58, 54)}}}
	must(b.store.AddPlan(ctx, next, by))(t)
	if err := b.room.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	b.pass(9 * time.Minute)
	if g, _ := b.room.Owner(at); g.Code != "G01" {
		t.Errorf("before its time the next plan says %+v", g)
	}
	b.pass(time.Minute)
	b.eventually("the next plan", func() bool { g, _ := b.room.Owner(at); return g.Code == "G03" })
	if asPlanned() != planned {
		t.Error("a walk was planned anew")
	}
	// The next plan gives the team nothing, and who is on the way finishes all the same.
	mine := b.walks()[0]
	for m := 0.0; m < 500; m += 10 {
		b.pass(8 * time.Second)
		b.report(b.room.PhoneOf(mine.Person.ID), along(mine, m))
	}
	b.eventually("the end of the walk", func() bool { w := b.walks()[0]; return w.Next == -1 && w.Progress > 0.95 })
}
