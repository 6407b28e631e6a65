package store

import (
	"slices"
	"testing"

	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
)

// People have tags as vehicles have, when they are added, imported and changed.
func TestTagsOfPeople(t *testing.T) {
	s, _ := staffed(t)
	ctx := t.Context()
	z := noDogs()
	z.Classes, z.Tags = []zone.Class{zone.Person}, []string{"night"}
	z = must(s.AddZone(ctx, z, act("zone.add")))(t)
	want := func(version int64, ids ...people.ID) {
		t.Helper()
		got := must(s.Zone(ctx, z.ID))(t)
		if got.Version != version || len(got.Tagged) != len(ids) {
			t.Fatalf("version %d is for %v, want %d for %v", got.Version, got.Tagged, version, ids)
		}
		for _, id := range ids {
			if !got.ForSubject(zone.Person, int64(id)) {
				t.Errorf("version %d is not for person %d", version, id)
			}
		}
	}
	want(1)
	a := must(s.AddPerson(ctx, people.Person{Login: "night.one", Name: "One", Tags: []string{"a", "night"}}, act("person.add")))(t)
	want(2, a.ID)
	b := must(s.ImportPeople(ctx, []people.Person{{Login: "night.two", Name: "Two", Tags: []string{"night"}}, {Login: "day", Name: "Three"}}, act("person.import")))(t)
	want(3, a.ID, b[0].ID)
	a.Tags = nil
	a = must(s.UpdatePerson(ctx, a, act("person.change")))(t)
	want(4, b[0].ID)
	if kept := must(s.Person(ctx, b[0].ID))(t); !slices.Equal(kept.Tags, []string{"night"}) || len(a.Tags) != 0 {
		t.Errorf("kept are the tags %v and %v", kept.Tags, a.Tags)
	}
	a.Tags = []string{"b", "a"}
	if _, err := s.UpdatePerson(ctx, a, act("person.change")); err == nil {
		t.Error("tags in no order are kept")
	}
}

// A zone's tags name whom the register has under them; each change of that is a version
// of the zone, and what was before stays known.
func TestTagsOfZones(t *testing.T) {
	s, _ := staffed(t)
	ctx := t.Context()
	tagged := func(plate string, tags ...string) int64 {
		v := tow(plate)
		v.Tags = tags
		return int64(must(s.AddVehicle(ctx, v, act("vehicle.add")))(t).ID)
	}
	a := tagged("T1", "permit")
	z := noDogs()
	z.Classes, z.Tags = []zone.Class{zone.Vehicle}, []string{"night", "permit"}
	z = must(s.AddZone(ctx, z, act("zone.add")))(t)
	other := must(s.AddZone(ctx, noDogs(), act("zone.add")))(t)
	want := func(version int64, ids ...int64) {
		t.Helper()
		got := must(s.Zone(ctx, z.ID))(t)
		if got.Version != version || !slices.Equal(got.Tagged, ids) {
			t.Fatalf("version %d is for %v, want %d for %v", got.Version, got.Tagged, version, ids)
		}
		for _, id := range []int64{a, a + 1, a + 2} {
			if got.ForSubject(zone.Vehicle, id) != slices.Contains(ids, id) {
				t.Errorf("version %d is for vehicle %d: %v", version, id, !slices.Contains(ids, id))
			}
		}
	}
	want(1, a)
	b := tagged("T2", "night", "other")
	want(2, a, b)
	tagged("T3", "other")
	want(2, a, b)
	v := must(s.Vehicles(ctx))(t)
	one := v[slices.IndexFunc(v, func(v register.Vehicle) bool { return int64(v.ID) == a })]
	one.Tags = nil
	must(s.UpdateVehicle(ctx, one, act("vehicle.change")))(t)
	want(3, b)
	if was := must(s.ZoneVersion(ctx, z.ID, 2))(t); !slices.Equal(was.Tagged, []int64{a, b}) {
		t.Errorf("version 2 was for %v", was.Tagged)
	}
	two := v[slices.IndexFunc(v, func(v register.Vehicle) bool { return int64(v.ID) == b })]
	two.Tags = []string{"other"}
	must(s.UpdateVehicle(ctx, two, act("vehicle.change")))(t)
	want(4) // for nobody, not for all
	if got := must(s.Zone(ctx, other.ID))(t); got.Version != 1 {
		t.Errorf("a zone without tags has version %d", got.Version)
	}
}
