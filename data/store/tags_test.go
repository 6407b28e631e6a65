package store

import (
	"slices"
	"testing"

	"citygrid/grid/register"
	"citygrid/grid/zone"
)

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
