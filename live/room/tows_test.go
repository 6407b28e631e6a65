package room_test

import (
	"errors"
	"testing"
	"time"

	"citygrid/geo/street/streettest"
	"citygrid/live/dispatch"
	"citygrid/live/room"
	"citygrid/routing/solve"
)

// A tow goes to the truck, onto its run, and to the pound; asked for twice it goes
// once.
func TestTows(t *testing.T) {
	b := founded(t).withStreets().runs()
	ctx := t.Context()
	cab := b.room.PhoneOf(b.zhao.ID)
	b.report(cab, streettest.Place(0, 0))
	b.eventually("the truck on the map", func() bool {
		units := b.room.Units(all)
		return len(units) == 1 && units[0].ID == "v1" && units[0].Kind == "tow-truck" && units[0].Name == "TOW1"
	})
	runs := func() []room.Run {
		t.Helper()
		b.room.ForgetRuns() // they are answered as they were for 3 s
		return must(b.room.Runs(ctx))(t)
	}
	if got := must(b.room.Runs(ctx))(t); len(got) != 1 || len(got[0].Stops) != 0 || got[0].Driver.Name != "Zhao Lei" || got[0].Vehicle.Plate != "TOW1" {
		t.Fatalf("runs are %+v", got)
	}
	first, offer, err := b.room.Tow(ctx, b.desk.ID, nil, streettest.Place(8, 0), "red van", "key-1", by)
	if err != nil || first.Person != b.zhao.ID || first.Kind != dispatch.KindTow || first.Note != "red van" || offer.Run.Truck.Name != "TOW1" || offer.Extra <= 0 {
		t.Fatalf("task %+v, offer %+v, %v", first, offer, err)
	}
	if offers, refused, err := b.room.TowOffers(ctx, nil, streettest.Place(8, 0)); err != nil || len(offers) != 1 || len(refused) != 0 || offers[0].Run.Truck.Name != "TOW1" {
		t.Errorf("offers %+v, refused %+v, %v", offers, refused, err)
	}
	again, same, err := b.room.Tow(ctx, b.desk.ID, nil, streettest.Place(8, 0), "red van", "key-1", by)
	if err != nil || again.ID != first.ID || !same.Arrive.Equal(offer.Arrive) {
		t.Errorf("asked again: %+v, %+v, %v", again, same, err)
	}
	second := must2(b.room.Tow(ctx, b.desk.ID, nil, streettest.Place(4, 2), "", "", by))(t)
	got := runs()
	if len(got) != 1 || len(got[0].Stops) != 3 || got[0].Stops[2].Kind != "site" || got[0].Stops[2].Name != "Pound" || got[0].Stops[2].Names["en"] != "Pound" || got[0].Stops[1].Load != 2 || len(got[0].Line) < 4 {
		t.Fatalf("runs are %+v", got)
	}
	// Fetched, it is on the truck until that was at the pound; a restart knows it.
	must(b.store.StepTask(ctx, first.ID, b.zhao.ID, dispatch.Step{To: dispatch.Done, At: b.pass(time.Minute)}, "", by))(t)
	must(b.store.StepTask(ctx, second.ID, b.zhao.ID, dispatch.Step{To: dispatch.Done, At: b.pass(time.Minute)}, "", by))(t)
	b.pass(time.Minute)
	b.restarts()
	if got := must(b.room.Runs(ctx))(t); len(got[0].Stops) != 1 || got[0].Stops[0].Kind != "site" {
		t.Errorf("with two on the truck: %+v", got[0].Stops)
	}
	b.report(cab, streettest.Place(8, 4))
	if got := runs(); len(got[0].Stops) != 0 {
		t.Errorf("after the pound: %+v", got[0].Stops)
	}
}

// A pound that takes two vehicles in 24 hours has room again when these are over.
func TestPoundIsFull(t *testing.T) {
	b := founded(t).withStreets().runs()
	ctx := t.Context()
	b.pound.Room = 2
	b.pound = must(b.store.UpdateStation(ctx, b.pound, by))(t)
	if err := b.room.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	cab := b.room.PhoneOf(b.zhao.ID)
	b.report(cab, streettest.Place(0, 4))
	site := func() room.TowSite {
		t.Helper()
		b.room.ForgetRuns()
		return b.room.TowSites(must(b.room.Runs(ctx))(t))[0]
	}
	first := must2(b.room.Tow(ctx, b.desk.ID, nil, streettest.Place(8, 0), "", "", by))(t)
	must2(b.room.Tow(ctx, b.desk.ID, nil, streettest.Place(4, 2), "", "", by))(t)
	if got := site(); *got.Places != 2 || *got.Room != 2 || got.Coming != 2 {
		t.Errorf("two are coming: %+v", got)
	}
	var none *room.NoTruckError
	if _, _, err := b.room.Tow(ctx, b.desk.ID, nil, streettest.Place(4, 4), "", "", by); !errors.As(err, &none) || !errors.Is(none.Refusals[0].Why, solve.ErrRoom) {
		t.Errorf("a third: %v, want that no site has room", err)
	}
	must(b.store.StepTask(ctx, first.ID, b.zhao.ID, dispatch.Step{To: dispatch.Done, At: b.pass(time.Minute)}, "", by))(t)
	b.pass(time.Minute)
	b.report(cab, streettest.Place(8, 4))
	if got := site(); *got.Room != 1 || got.Coming != 1 {
		t.Errorf("one was brought: room %d, %d coming", *got.Room, got.Coming)
	}
	b.restarts()
	b.pass(12 * time.Hour) // the shift is over
	if got := site(); *got.Room != 1 {
		t.Errorf("after the shift there is room for %d, want 1", *got.Room)
	}
	b.pass(12 * time.Hour)
	if got := site(); *got.Room != 2 {
		t.Errorf("a day later there is room for %d, want 2", *got.Room)
	}
}

func TestTowRefused(t *testing.T) {
	b := founded(t).withStreets().runs()
	ctx := t.Context()
	tow := func() error {
		_, _, err := b.room.Tow(ctx, b.desk.ID, nil, streettest.Place(8, 0), "", "", by)
		return err
	}
	b.pass(24 * time.Hour)
	if err := tow(); !errors.Is(err, room.ErrNoTruck) {
		t.Errorf("nobody on duty: %v", err)
	}
	b.pass(-24 * time.Hour)
	if err := b.store.RemoveStation(ctx, b.pound.ID, b.pound.Version, by); err != nil {
		t.Fatal(err)
	}
	if err := b.room.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	if err := tow(); !errors.Is(err, room.ErrNoPound) {
		t.Errorf("nowhere to bring it: %v", err)
	}
	b.room.SetCity(nil)
	if err := tow(); !errors.Is(err, room.ErrNoMap) {
		t.Errorf("no map: %v", err)
	}
	if runs, err := b.room.Runs(ctx); err != nil || len(runs) != 0 {
		t.Errorf("runs without a map: %v, %v", runs, err)
	}
	if _, _, err := b.room.Nearest(ctx, streettest.Place(0, 0), 3); !errors.Is(err, room.ErrNoMap) {
		t.Errorf("nearest without a map: %v", err)
	}
	if tasks := must(b.store.OpenTasks(ctx))(t); len(tasks) != 0 {
		t.Errorf("refused, but sent: %+v", tasks)
	}
}

func must2[T, U any](v T, _ U, err error) func(testing.TB) T { return must(v, err) }
