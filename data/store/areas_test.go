package store

import (
	"errors"
	"reflect"
	"testing"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/people"

	"github.com/paulmach/orb"
)

func auditPage(n int) audit.Query { return audit.Query{Limit: n} }

func TestAreaIsKept(t *testing.T) {
	s, _ := setUp(t)
	ctx := t.Context()
	want := grid.Area{
		Parent: 1, Kind: grid.Town, Code: "110101", Name: map[string]string{"en": "East", "zh-CN": "东城"},
		Boundary: orb.MultiPolygon{{{{-75.6, 39.7}, {-75.5, 39.7}, {-75.5, 39.8}, {-75.6, 39.7}}}},
	}
	added := must(s.AddArea(ctx, want, act("area.add")))(t)
	want.ID, want.Version = 2, 1
	if got := must(s.Areas(ctx))(t)[1]; !reflect.DeepEqual(got, want) || !reflect.DeepEqual(added, want) {
		t.Errorf("added %+v, kept %+v, want %+v", added, got, want)
	}
	bare := want
	bare.Boundary = nil
	if got := must(s.AreaTree(ctx))(t)[1]; !reflect.DeepEqual(got, bare) {
		t.Errorf("in the tree %+v, want %+v", got, bare)
	}
	want.Name["en"], want.Boundary = "West", nil
	updated := must(s.UpdateArea(ctx, want, act("area.update")))(t)
	want.Version = 2
	if got := must(s.Areas(ctx))(t)[1]; !reflect.DeepEqual(got, want) || !reflect.DeepEqual(updated, want) {
		t.Errorf("updated %+v, kept %+v, want %+v", updated, got, want)
	}
	if err := s.RemoveArea(ctx, 2, 2, act("area.remove")); err != nil {
		t.Fatal(err)
	}
	// An id is never given twice: the audit log still names the old one.
	if again := must(s.AddArea(ctx, want, act("area.add")))(t); again.ID != 3 {
		t.Errorf("the next area got id %d, want 3", again.ID)
	}
}

func TestAreaRules(t *testing.T) {
	s, _ := setUp(t)
	ctx := t.Context()
	town := func(code string, parent grid.AreaID) grid.Area {
		return grid.Area{Parent: parent, Kind: grid.Town, Code: code, Name: map[string]string{"en": "T"}}
	}
	a := must(s.AddArea(ctx, town("A", 1), act("area.add")))(t)
	station := town("", a.ID)
	station.Kind = grid.Station
	b := must(s.AddArea(ctx, station, act("area.add")))(t)
	p := officer("li.wei")
	p.Grants[0].Area = b.ID
	must(s.AddPerson(ctx, p, act("person.add")))(t)
	add := func(a grid.Area) func() error {
		return func() error { _, err := s.AddArea(ctx, a, act("area.add")); return err }
	}
	update := func(a grid.Area) func() error {
		return func() error { _, err := s.UpdateArea(ctx, a, act("area.update")); return err }
	}
	remove := func(id grid.AreaID, version int64) func() error {
		return func() error { return s.RemoveArea(ctx, id, version, act("area.remove")) }
	}
	below, stale := a, a
	below.Parent, stale.Version = b.ID, 9
	for name, c := range map[string]struct {
		do   func() error
		want error
	}{
		"a second bureau":    {add(bureau()), grid.ErrArea},
		"code twice":         {add(town("A", 1)), grid.ErrArea},
		"parent missing":     {add(town("", 77)), grid.ErrNoArea},
		"below its child":    {update(below), grid.ErrArea},
		"stale":              {update(stale), grid.ErrStale},
		"no such area":       {update(grid.Area{ID: 77}), grid.ErrNoArea},
		"remove the bureau":  {remove(1, 1), grid.ErrAreaInUse},
		"remove a parent":    {remove(a.ID, 1), grid.ErrAreaInUse},
		"remove with a role": {remove(b.ID, 1), grid.ErrAreaInUse},
		"remove stale":       {remove(b.ID, 2), grid.ErrStale},
		"remove nothing":     {remove(77, 1), grid.ErrNoArea},
	} {
		if err := c.do(); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	p = must(s.PersonByLogin(ctx, "li.wei"))(t)
	p.Grants = []people.Grant{}
	must(s.UpdatePerson(ctx, p, act("person.update")))(t)
	if err := remove(b.ID, 1)(); err != nil {
		t.Errorf("remove an area nobody has a role in: %v", err)
	}
}

func TestSetupOnce(t *testing.T) {
	s := opened(t, t.TempDir(), Options{})
	ctx := t.Context()
	if needed := must(s.NeedsSetup(ctx))(t); !needed {
		t.Error("a new folder needs no setup")
	}
	if set := must(s.Settings(ctx))(t); !reflect.DeepEqual(set, Settings{}) {
		t.Errorf("settings before setup: %+v", set)
	}
	// What is refused leaves nothing behind.
	mars := wilmington
	mars.TimeZone = "Mars/Olympus"
	if err := s.Setup(ctx, mars, people.Person{Login: "root1", Name: "Root", PasswordHash: hash}, bureau(), act("setup")); !errors.Is(err, ErrSettings) {
		t.Errorf("unknown time zone: %v", err)
	}
	bad := people.Person{Login: "Not A Login", Name: "x", PasswordHash: hash}
	if err := s.Setup(ctx, wilmington, bad, bureau(), act("setup")); !errors.Is(err, people.ErrPerson) {
		t.Errorf("setup with a bad login: %v", err)
	}
	if areas := must(s.Areas(ctx))(t); len(areas) != 0 {
		t.Errorf("a refused setup left %d areas", len(areas))
	}
	admin := people.Person{Login: "root1", Name: "Root", PasswordHash: hash}
	errs := make(chan error)
	for range 4 {
		go func() { errs <- s.Setup(ctx, wilmington, admin, bureau(), act("setup")) }()
	}
	won := 0
	for range 4 {
		if err := <-errs; err == nil {
			won++
		} else if !errors.Is(err, ErrSetupDone) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d setups won, want 1", won)
	}
	if p := must(s.Person(ctx, 1))(t); !p.IsAdmin() || p.Grants[0].Area != 1 {
		t.Errorf("the first person is %+v", p)
	}
	if set := must(s.Settings(ctx))(t); !reflect.DeepEqual(set, wilmington) {
		t.Errorf("settings %+v, want %+v", set, wilmington)
	}
}
