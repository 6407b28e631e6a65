package store

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

func noDogs() zone.Zone {
	return zone.Zone{
		Name: named("Park"), Kind: zone.NoDog, Ground: ground, Rule: zone.Rule{Kind: zone.InsideWhileActive}, Classes: []zone.Class{zone.Dog},
		Calendar: &calendar.Spec{Zone: "America/New_York", Rules: []calendar.Rule{{Windows: []calendar.Window{calendar.AllDay}}}},
	}
}

func TestZonesKeepTheirVersions(t *testing.T) {
	s, _ := staffed(t)
	ctx := t.Context()
	first := must(s.AddZone(ctx, noDogs(), act("zone.add")))(t)
	if got := must(s.Zone(ctx, 1))(t); first.ID != 1 || !reflect.DeepEqual(got, first) {
		t.Errorf("added %+v, kept %+v", first, got)
	}
	next := first
	next.Calendar, next.Kind, next.Rule = nil, zone.Other, zone.Rule{Kind: zone.Dwell, Longer: 5 * time.Minute}
	next = must(s.UpdateZone(ctx, next, act("zone.update")))(t)
	if got := must(s.Zones(ctx))(t); next.Version != 2 || !reflect.DeepEqual(got, []zone.Zone{next}) {
		t.Errorf("updated %+v, kept %+v", next, got)
	}
	bad := noDogs()
	bad.Classes = nil
	for name, c := range map[string]struct{ err, want error }{ // done in this order
		"stale":        {second(s.UpdateZone(ctx, first, act("x"))), zone.ErrStale},
		"bad":          {second(s.AddZones(ctx, []zone.Zone{noDogs(), bad}, act("x"))), zone.ErrZone},
		"no zone":      {second(s.Zone(ctx, 9)), zone.ErrNoZone},
		"no version":   {second(s.ZoneVersion(ctx, 1, 9)), zone.ErrNoZone},
		"remove stale": {s.RemoveZone(ctx, 1, 1, act("x")), zone.ErrStale},
		"remove":       {s.RemoveZone(ctx, 1, 2, act("zone.remove")), nil},
		"remove twice": {s.RemoveZone(ctx, 1, 2, act("x")), zone.ErrNoZone},
		"gone":         {second(s.UpdateZone(ctx, next, act("x"))), zone.ErrNoZone},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	// What alerts name is still to be understood.
	if got := must(s.Zones(ctx))(t); len(got) != 0 {
		t.Errorf("removed: %+v", got)
	}
	if got := must(s.ZoneVersion(ctx, 1, 1))(t); !reflect.DeepEqual(got, first) {
		t.Errorf("version 1 is %+v, want %+v", got, first)
	}
	if several := must(s.AddZones(ctx, []zone.Zone{noDogs(), noDogs()}, act("zone.import")))(t); several[1].ID != 3 {
		t.Errorf("several: %+v", several)
	}
}

func TestPlansInTime(t *testing.T) {
	s, c := staffed(t)
	ctx := t.Context()
	plan := grid.Plan{From: noon, Grids: []grid.Responsibility{
		{ID: 7, Code: "G7", Name: named("West"), Team: 1, Member: 2, Tasks: []string{"patrol", "dogs"}, Ground: ground},
	}}
	first := must(s.AddPlan(ctx, plan, act("plan.add")))(t)
	if got := must(s.Plan(ctx, 1))(t); !reflect.DeepEqual(got, first) || first.ID != 1 || first.Version != 1 {
		t.Errorf("added %+v, kept %+v", first, got)
	}
	c.t = c.t.Add(time.Hour)
	later := plan
	later.From = noon.Add(24 * time.Hour)
	must(s.AddPlan(ctx, later, act("plan.add")))(t)
	c.t = c.t.Add(time.Hour)
	mended := first
	mended.Grids = append([]grid.Responsibility(nil), first.Grids...)
	mended.Grids[0].Member = 3
	mended = must(s.UpdatePlan(ctx, mended, act("plan.update")))(t)
	for _, q := range []struct {
		at, known time.Time
		plan      grid.PlanID
		version   int64
	}{
		{noon, c.t, 1, 2},
		{noon.Add(-1), c.t, 0, 0}, // before the first
		{noon.Add(24*time.Hour - 1), c.t, 1, 2},
		{noon.Add(24 * time.Hour), c.t, 2, 1},
		{noon, c.t.Add(-1), 1, 1},                                    // before it was mended
		{noon.Add(48 * time.Hour), c.t.Add(-90 * time.Minute), 1, 1}, // before there was a second
		{noon, c.t.Add(-3 * time.Hour), 0, 0},
	} {
		got, err := s.PlanKnown(ctx, q.at, q.known)
		if got.ID != q.plan || got.Version != q.version || (q.plan == 0) != errors.Is(err, grid.ErrNoPlan) {
			t.Errorf("at %v, known at %v: plan %d version %d, %v, want %d version %d", q.at, q.known, got.ID, got.Version, err, q.plan, q.version)
		}
	}
	if got := must(s.PlanAt(ctx, noon))(t); !reflect.DeepEqual(got, mended) {
		t.Errorf("at noon %+v, want %+v", got, mended)
	}
	if got := must(s.PlanVersion(ctx, 1, 1))(t); !reflect.DeepEqual(got, first) {
		t.Errorf("version 1 is %+v, want %+v", got, first)
	}
	if heads := must(s.Plans(ctx))(t); len(heads) != 2 || heads[0].Version != 2 || heads[0].Grids != nil {
		t.Errorf("plans are %+v", heads)
	}
	broken := func(change func(*grid.Plan)) error {
		p := plan
		p.Grids = append([]grid.Responsibility(nil), plan.Grids...)
		change(&p)
		return second(s.AddPlan(ctx, p, act("x")))
	}
	for name, c := range map[string]struct{ err, want error }{
		"stale":    {second(s.UpdatePlan(ctx, first, act("x"))), grid.ErrStale},
		"no plan":  {second(s.UpdatePlan(ctx, plan, act("x"))), grid.ErrNoPlan},
		"no from":  {broken(func(p *grid.Plan) { p.From = time.Time{} }), grid.ErrPlan},
		"no grids": {broken(func(p *grid.Plan) { p.Grids = nil }), grid.ErrPlan},
		"no team":  {broken(func(p *grid.Plan) { p.Grids[0].Team = 9 }), grid.ErrPlan},
		"nobody":   {broken(func(p *grid.Plan) { p.Grids[0].Member = 99 }), grid.ErrPlan},
		"overlap":  {broken(func(p *grid.Plan) { p.Grids = append(p.Grids, grid.Responsibility{ID: 8, Ground: ground}) }), grid.ErrOverlap},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
}

func TestWalks(t *testing.T) {
	s, _ := staffed(t)
	ctx := t.Context()
	on := must(s.AddShift(ctx, shift(2, noon, 8), act("shift.add")))(t)
	w := patrol.Walk{
		Person: 2, Start: noon, End: noon.Add(time.Hour), Minutes: 60, Served: 1200, Dead: 300.5, TurnRound: 2, Line: orb.LineString{home, {-75.54, 39.75}},
		Legs: []patrol.Leg{
			{Segment: 5, Forward: true, From: 10, To: 90, Serve: true, Metres: 80, Begin: noon, End: noon.Add(time.Minute)},
			{Segment: 6, From: 50, To: 0, Metres: 50, Begin: noon.Add(time.Minute), End: noon.Add(2 * time.Minute)},
		},
		Calls: []patrol.Call{{Legs: 1, At: home, Begin: noon.Add(time.Minute), End: noon.Add(2 * time.Minute), Spots: []patrol.Spot{
			{ID: 3, Name: "Square", At: home, Open: noon, Close: noon.Add(time.Hour), Stay: time.Minute, Officer: patrol.Anyone},
		}}},
	}
	save := func(w patrol.Walk) error {
		return s.SaveWalks(ctx, "a map", "a beat", map[register.ShiftID]patrol.Walk{on.ID: w}, act("walk.assign"))
	}
	if err := save(w); err != nil {
		t.Fatal(err)
	}
	got, mapID, err := s.Walk(ctx, on.ID)
	if err != nil || mapID != "a map" || !reflect.DeepEqual(got, w) {
		t.Errorf("kept %+v of %s, %v, want %+v", got, mapID, err, w)
	}
	rest := patrol.Walk{Person: 2, Start: noon, End: noon} // nothing to do
	if err := s.HandOverWalks(ctx, "a map", map[register.ShiftID]patrol.Walk{on.ID: rest}, nil, time.Time{}, act("walk.change")); err != nil {
		t.Fatal(err)
	}
	if beats := must(s.Beats(ctx, noon, noon.Add(1)))(t); beats[on.ID] != "a beat" {
		t.Errorf("a walk that somebody changed is of the beat %q", beats[on.ID])
	}
	walks, _, err := s.Walks(ctx, noon, noon.Add(1))
	if err != nil || len(walks) != 1 || !reflect.DeepEqual(walks[on.ID], rest) {
		t.Errorf("kept %+v, %v, want %+v", walks, err, rest)
	}
	w.Person = 3
	if err := save(w); !errors.Is(err, register.ErrEntry) {
		t.Errorf("another person's walk: %v", err)
	}
	kept := func() bool { _, _, err := s.Walk(ctx, on.ID); return !errors.Is(err, register.ErrNone) }
	if err := s.RemoveShift(ctx, on.ID, 7, act("x")); !errors.Is(err, register.ErrStale) || !kept() {
		t.Errorf("remove a shift that was changed: %v, and the walk kept: %v", err, kept())
	}
	later := on
	later.To = later.To.Add(time.Hour)
	later = must(s.UpdateShift(ctx, later, act("shift.edit")))(t)
	if kept() {
		t.Error("the walk of the shift as it was is kept")
	}
	if err := save(rest); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveShift(ctx, on.ID, later.Version, act("shift.remove")); err != nil || kept() {
		t.Errorf("remove a shift with a walk: %v, and the walk kept: %v", err, kept())
	}
	if _, _, err := s.Walk(ctx, 99); !errors.Is(err, register.ErrNone) {
		t.Errorf("no walk: %v", err)
	}
}

// What stands at a street keeps it and the side, be it a zone or an object.
func TestStreetsOfThingsAreKept(t *testing.T) {
	s, _ := setUp(t)
	ctx := t.Context()
	for _, side := range []street.Sides{0, street.Left, street.Right} {
		beside := &street.Beside{Way: 42, At: orb.Point{-75.55, 39.74}, Side: side, Street: "主街"}
		z := noDogs()
		z.Beside = beside
		z = must(s.AddZone(ctx, z, act("zone.add")))(t)
		if got := must(s.Zone(ctx, z.ID))(t); !reflect.DeepEqual(got.Beside, beside) {
			t.Errorf("the zone lies at %+v, want %+v", got.Beside, beside)
		}
		o := register.Object{Code: side.String(), Name: named("shop"), Kind: register.Shop, At: orb.Point{-75.55, 39.7401}, Beside: beside}
		before := must(s.ObjectsMark(ctx))(t)
		o = must(s.AddObject(ctx, o, act("object.add")))(t)
		if got := must(s.Object(ctx, o.ID))(t); !reflect.DeepEqual(got, o) {
			t.Errorf("the object is %+v, want %+v", got, o)
		}
		if after := must(s.ObjectsMark(ctx))(t); after == before {
			t.Errorf("the mark is %s before and after", after)
		}
	}
	twice := register.Object{Code: "left", Name: named("x"), Kind: register.Camera, At: orb.Point{-75.55, 39.74}}
	if _, err := s.ImportObjects(ctx, []register.Object{{Code: "new", Name: named("x"), Kind: register.Camera, At: twice.At}, twice}, act("object.import")); !errors.Is(err, register.ErrTaken) {
		t.Errorf("a code twice: %v, want %v", err, register.ErrTaken)
	}
	if all := must(s.Objects(ctx))(t); len(all) != 3 {
		t.Errorf("%d objects after a refused import, want 3", len(all))
	}
}
