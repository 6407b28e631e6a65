package store

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"citygrid/data/audit"
	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/people"
	"citygrid/grid/register"

	"github.com/paulmach/orb"
)

var home = orb.Point{-75.55, 39.74}

func named(s string) map[string]string { return map[string]string{"en": s, "zh-CN": "一" + s} }

func team(code string) register.Team {
	return register.Team{Code: code, Name: named(code), Area: 1}
}

func tow(plate string) register.Vehicle {
	return register.Vehicle{Plate: plate, Kind: register.TowTruck, Team: 1, Capacity: 8}
}

func dog(name, licence string) register.Dog {
	return register.Dog{Name: name, Licence: licence, Breed: "柴犬", Owner: "王芳", OwnerPhone: "+86 138 0000 0000", Home: home, Area: 1}
}

func shift(person people.ID, from time.Time, hours float64) register.Shift {
	return register.Shift{Person: person, Team: 1, From: from, To: from.Add(time.Duration(hours * float64(time.Hour)))}
}

// staffed is a store with team 1, officers 2 and 3, vehicle 1, dog 1 and a phone
// and a tag.
func staffed(t testing.TB) (*Store, *clock) {
	t.Helper()
	s, c := setUp(t)
	ctx := t.Context()
	must(s.AddTeam(ctx, team("T1"), act("team.add")))(t)
	must(s.AddPerson(ctx, officer("li.wei"), act("person.add")))(t)
	must(s.AddPerson(ctx, officer("wang.fang"), act("person.add")))(t)
	must(s.AddVehicle(ctx, tow("浙F12345"), act("vehicle.add")))(t)
	must(s.AddDog(ctx, dog("旺财", "D1"), act("dog.add")))(t)
	must(s.AddDevice(ctx, phone(t, "phone-1", 2), act("device.add")))(t)
	tag := register.Device{ID: "tag-1", Class: register.DogTag, Protocol: "gt06", Datum: geo.GCJ02, Subject: register.DogSubject(1)}
	must(s.AddDevice(ctx, tag, act("device.add")))(t)
	return s, c
}

const secret = "a long enough secret"

func phone(t testing.TB, id register.DeviceID, person people.ID) register.Device {
	t.Helper()
	return register.Device{
		ID: id, Class: register.Phone, Protocol: "osmand", SecretHash: must(register.HashSecret(secret))(t),
		Subject: register.PersonSubject(person),
	}
}

func TestRegistersAreKept(t *testing.T) {
	s, _ := staffed(t)
	ctx := t.Context()
	same := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, want %+v", what, got, want)
		}
	}
	tm := team("T1")
	tm.ID, tm.Version = 1, 1
	same("team", must(s.Team(ctx, 1))(t), tm)
	tm.Name["en"] = "First"
	must(s.UpdateTeam(ctx, tm, act("team.update")))(t)
	tm.Version = 2
	same("teams", must(s.Teams(ctx))(t), []register.Team{tm})

	rules := must(calendar.ParseOpeningHours("Mo-Fr 08:30-17:00"))(t)
	when := calendar.Spec{Zone: "Asia/Shanghai", Rules: rules}
	st := register.Station{Code: "S1", Name: named("S1"), At: home, Team: 1, Calendar: &when, Kind: register.Pound, Room: 12}
	st = must(s.AddStation(ctx, st, act("station.add")))(t)
	same("station", must(s.Station(ctx, 1))(t), st)
	if err := s.RemoveStation(ctx, 1, 1, act("station.remove")); err != nil {
		t.Error(err)
	}
	same("stations", must(s.Stations(ctx))(t), []register.Station(nil))

	v := tow("浙F12345")
	v.ID, v.Version = 1, 1
	same("vehicle", must(s.Vehicle(ctx, 1))(t), v)
	d := dog("旺财", "D1")
	d.ID, d.Version = 1, 1
	same("dog", must(s.Dog(ctx, 1))(t), d)
	dev := must(s.Device(ctx, "phone-1"))(t)
	if !register.CheckSecret(dev.SecretHash, secret) || register.CheckSecret(dev.SecretHash, "another long secret") {
		t.Error("the phone's secret is not its own")
	}
	if dev.Subject != register.PersonSubject(2) || must(s.Device(ctx, "tag-1"))(t).Datum != geo.GCJ02 {
		t.Errorf("devices are %+v", must(s.Devices(ctx))(t))
	}

	on := must(s.AddShift(ctx, shift(2, noon, 8), act("shift.add")))(t)
	same("shift", must(s.Shift(ctx, 1))(t), on)
	for _, c := range []struct {
		from, to time.Time
		want     int
	}{
		{noon.Add(-time.Hour), noon, 0}, // from <= t < to
		{noon.Add(-time.Hour), noon.Add(1), 1},
		{noon.Add(8*time.Hour - 1), noon.Add(9 * time.Hour), 1},
		{noon.Add(8 * time.Hour), noon.Add(9 * time.Hour), 0},
		{noon.Add(time.Hour), noon.Add(2 * time.Hour), 1},
	} {
		if got := must(s.Shifts(ctx, c.from, c.to))(t); len(got) != c.want {
			t.Errorf("%d shifts from %v to %v, want %d", len(got), c.from, c.to, c.want)
		}
	}
	if e := must(s.AuditEntries(ctx, auditPage(1)))(t)[0]; e.Object != "shift/1" {
		t.Errorf("the last audit entry is about %q, want shift/1", e.Object)
	}
	must(s.VerifyAudit(ctx))(t)
}

func TestRegisterRules(t *testing.T) {
	s, _ := staffed(t)
	ctx := t.Context()
	must(s.AddShift(ctx, shift(2, noon, 8), act("shift.add")))(t)
	before := must(s.AuditHead(ctx))(t)
	tag := must(s.Device(ctx, "tag-1"))(t)
	must(s.ImportDogs(ctx, []register.Dog{dog("a", ""), dog("b", "")}, act("dog.import")))(t) // several are not registered
	before.Seq++
	free := func(r register.Dog) error { _, err := s.AddDog(ctx, r, act("x")); return err }
	stale := team("T1")
	stale.ID, stale.Version = 1, 7
	for name, c := range map[string]struct {
		do    func() error
		want  error
		field string
	}{
		"team code twice":    {func() error { _, err := s.AddTeam(ctx, team("T1"), act("x")); return err }, register.ErrTaken, "code"},
		"no such area":       {func() error { r := team("T2"); r.Area = 9; _, err := s.AddTeam(ctx, r, act("x")); return err }, register.ErrNone, "area"},
		"no such team":       {func() error { r := tow("X"); r.Team = 9; _, err := s.AddVehicle(ctx, r, act("x")); return err }, register.ErrNone, "team"},
		"plate twice":        {func() error { _, err := s.AddVehicle(ctx, tow("浙F12345"), act("x")); return err }, register.ErrTaken, "plate"},
		"licence twice":      {func() error { return free(dog("b", "D1")) }, register.ErrTaken, "licence"},
		"bad dog":            {func() error { return free(register.Dog{Area: 1}) }, register.ErrEntry, "name"},
		"a re-used tag":      {func() error { _, err := s.AddDevice(ctx, tag, act("x")); return err }, register.ErrTaken, "id"},
		"a tag changes dogs": {func() error { d := tag; d.Subject.ID = 2; _, err := s.UpdateDevice(ctx, d, act("x")); return err }, register.ErrBound, "subject"},
		"no such person":     {func() error { _, err := s.AddDevice(ctx, phone(t, "p2", 99), act("x")); return err }, register.ErrNone, "subject"},
		"stale":              {func() error { _, err := s.UpdateTeam(ctx, stale, act("x")); return err }, register.ErrStale, ""},
		"update of nothing":  {func() error { r := stale; r.ID = 9; _, err := s.UpdateTeam(ctx, r, act("x")); return err }, register.ErrNone, ""},
		"no such dog":        {func() error { _, err := s.Dog(ctx, 99); return err }, register.ErrNone, ""},
		"no such device":     {func() error { _, err := s.Device(ctx, "nobody"); return err }, register.ErrNone, ""},
		"team in use":        {func() error { return s.RemoveTeam(ctx, 1, 1, act("x")) }, register.ErrInUse, ""},
		"shifts overlap":     {func() error { _, err := s.AddShift(ctx, shift(2, noon.Add(7*time.Hour), 2), act("x")); return err }, register.ErrOverlap, "from"},
		"shift within":       {func() error { _, err := s.AddShift(ctx, shift(2, noon.Add(time.Hour), 1), act("x")); return err }, register.ErrOverlap, "from"},
		"overlap in the list": {func() error {
			_, err := s.ImportShifts(ctx, []register.Shift{shift(3, noon, 2), shift(3, noon.Add(time.Hour), 2)}, act("x"))
			return err
		}, register.ErrOverlap, "from"},
		"too long":                {func() error { _, err := s.AddShift(ctx, shift(3, noon, 25), act("x")); return err }, register.ErrEntry, "to"},
		"area of a team and dogs": {func() error { return s.RemoveArea(ctx, 1, 1, act("x")) }, grid.ErrAreaInUse, ""},
	} {
		err := c.do()
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		bad := (*register.FieldError)(nil)
		if errors.As(err, &bad); c.field != "" && (bad == nil || bad.Field != c.field) {
			t.Errorf("%s: got %v, want a fault in %s", name, err, c.field)
		}
		if err != nil && (strings.Contains(err.Error(), "王芳") || strings.Contains(err.Error(), "138 0000")) {
			t.Errorf("%s: the error holds personal data: %v", name, err)
		}
	}
	if after := must(s.AuditHead(ctx))(t); after.Seq != before.Seq {
		t.Errorf("refused changes left %d audit entries", after.Seq-before.Seq)
	}
	// Shifts that touch are no overlap, nor is a shift with its own old times.
	next := must(s.AddShift(ctx, shift(2, noon.Add(8*time.Hour), 8), act("x")))(t)
	next.To = next.To.Add(time.Hour)
	must(s.UpdateShift(ctx, next, act("x")))(t)
}

// A register of a county comes in at once, or not at all.
func TestImportDogs(t *testing.T) {
	s, _ := setUp(t)
	ctx := t.Context()
	const n = 2000
	list := make([]register.Dog, n)
	for i := range list {
		list[i] = dog(fmt.Sprint("dog ", i), fmt.Sprint("L", i))
	}
	list[n-1].Licence = "L7"
	bad := (*register.FieldError)(nil)
	if _, err := s.ImportDogs(ctx, list, act("dog.import")); !errors.As(err, &bad) || bad.Index != n-1 || !errors.Is(err, register.ErrTaken) {
		t.Errorf("a licence twice: %v", err)
	}
	if all := must(s.Dogs(ctx))(t); len(all) != 0 {
		t.Fatalf("a refused import left %d dogs", len(all))
	}
	list[n-1].Licence = "L"
	start := time.Now()
	added := must(s.ImportDogs(ctx, list, act("dog.import")))(t)
	t.Logf("%d dogs in %v", n, time.Since(start))
	if all := must(s.Dogs(ctx))(t); !reflect.DeepEqual(all, added) || len(all) != n {
		t.Errorf("%d dogs are kept, %d were added", len(all), len(added))
	}
	entries := must(s.AuditEntries(ctx, audit.Query{}))(t)
	if len(entries) != 2 || entries[0].Object != "dog" || entries[0].Detail != "2000 added" {
		t.Errorf("audit has %+v", entries)
	}
	list[0].Owner, list[1].Owner = "x", "y"
	people := []people.Person{officer("a1"), officer("a2"), officer("a1")}
	if _, err := s.ImportPeople(ctx, people, act("person.import")); err == nil || len(must(s.People(ctx))(t)) != 1 {
		t.Errorf("a login twice: %v, %d people", err, len(must(s.People(ctx))(t)))
	}
	if got := must(s.ImportPeople(ctx, people[:2], act("person.import")))(t); len(got) != 2 || got[1].ID == 0 {
		t.Errorf("imported %+v", got)
	}
}
