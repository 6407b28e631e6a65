package demo

import (
	"reflect"
	"sync"
	"testing"

	"citygrid/data/mapfile"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
)

func cityMap(t *testing.T) *mapfile.Map {
	t.Helper()
	m, err := CityMap()
	if err != nil {
		t.Fatal(err) // make city
	}
	return m
}

// cityWorld is made once for all tests, which only read it.
func cityWorld(t *testing.T) *World {
	t.Helper()
	w, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

var made = sync.OnceValues(func() (*World, error) {
	m, err := CityMap()
	if err != nil {
		return nil, err
	}
	return NewWorld(m)
})

func TestWorld(t *testing.T) {
	m, w := cityMap(t), cityWorld(t)

	plan := grid.Plan{Grids: w.Grids}
	if err := plan.Check(); err != nil {
		t.Errorf("grids: %v", err)
	}
	own, err := plan.Index()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[register.ObjectKind]int{}
	for _, o := range w.Objects {
		kinds[o.Kind]++
		if _, ok := own.OwnerAt(o.At); !ok || o.Check() != nil || (o.Kind.Frontage() && o.Beside == nil) {
			t.Errorf("object %+v: %v", o, o.Check())
		}
	}
	if kinds[register.Shop] < 50 || kinds[register.Caterer] < 20 || kinds[register.Contact] != 12 {
		t.Errorf("the city has %v", kinds)
	}
	perTeam := map[grid.TeamID]int{}
	for _, g := range w.Grids {
		perTeam[g.Team]++
		member := w.Workers[g.Member-1]
		if member.Team != g.Team || member.Role != people.Officer {
			t.Errorf("grid %s of team %d: member is %+v", g.Code, g.Team, member)
		}
	}
	for i := range w.Teams {
		id := grid.TeamID(i + 1)
		if perTeam[id] != 3 {
			t.Errorf("team %d has %d grids, want 3", id, perTeam[id])
		}
		if g, ok := own.OwnerAt(w.Stations[i].At); !ok || w.Grids[g-1].Team != id {
			t.Errorf("station %v is not on the ground of team %d", w.Stations[i].Name, id)
		}
		if err := w.Areas[i].Check(); err != nil && w.Areas[i].Parent != 0 {
			t.Error(err)
		}
		if !geo.Contains(w.Areas[i].Boundary, w.Stations[i].At) {
			t.Errorf("station %d is outside of its area's boundary", i)
		}
	}
	listed, atNight := map[string]bool{}, 0
	for _, x := range w.Spots {
		listed[x.Theme] = true
		if err := x.Check(); err != nil {
			t.Error(err)
		}
		if x.Calendar != nil && len(x.Calendar.Rules[0].Windows) == 1 && x.Calendar.Rules[0].Windows[0].String() == "20:00-02:00" {
			atNight++
			if x.Team > nightTeams {
				t.Errorf("nobody of team %d patrols at night, when %v is due", x.Team, x.Name)
			}
		}
	}
	if len(listed) < 6 || atNight < 5 {
		t.Errorf("spots of %d themes, %d of them at night", len(listed), atNight)
	}
	officers, drivers, guests, night := 0, 0, 0, 0
	for _, x := range w.Workers {
		switch {
		case x.Guest:
			guests++
		case x.Night:
			night++
		case x.Role == people.Officer:
			officers++
		case x.Role == people.Driver && w.Vehicles[x.Vehicle-1].Team == x.Team:
			drivers++
		}
	}
	if officers != 24 || drivers != 4 || guests != 1 || night != nightTeams {
		t.Errorf("%d officers, %d drivers, %d guests, %d at night; want 24, 4, 1, %d", officers, drivers, guests, night, nightTeams)
	}
	if len(w.Dogs) != 300 {
		t.Errorf("%d dogs", len(w.Dogs))
	}
	bold := 0
	for _, d := range w.Dogs {
		if err := d.Check(); err != nil {
			t.Error(err)
		}
		near := m.Network.Nearest(d.Home, 40, nil, 1)
		if _, ok := own.OwnerAt(d.Home); !ok || len(near) == 0 {
			t.Errorf("dog %s lives outside of the city or off its streets", d.Licence)
		}
		for _, z := range w.Zones {
			if z.For(zone.Dog) && depth(z.Ground, d.Home) > -50 {
				t.Errorf("dog %s lives %.0f m from %s", d.Licence, -depth(z.Ground, d.Home), z.Name["en"])
			}
		}
		if len(d.Haunts) > 0 {
			bold++
		}
	}
	if bold < 100 {
		t.Errorf("only %d dogs have a zone near", bold)
	}
	dogZones := 0
	for _, z := range w.Zones {
		if !z.For(zone.Dog) {
			continue
		}
		dogZones++
		all := haunts(m.Network, z)
		if len(all) == 0 {
			t.Errorf("%s: no dog could be in it", z.Name["en"])
		}
		for _, p := range all {
			if d := depth(z.Ground, p); d < 14 {
				t.Errorf("%s: a haunt %.0f m deep", z.Name["en"], d)
			}
		}
	}
	if dogZones < 8 || dogZones > 12 {
		t.Errorf("%d zones for dogs", dogZones)
	}
	tows := TowSpots(m.Network, own)
	if len(tows) < 100 {
		t.Errorf("only %d places to tow from", len(tows))
	}
	for _, at := range append(tows[:100], w.Pound.At) {
		onto := func(id street.SegmentID) bool { return m.Network.Segment(id).Forward&street.Car != 0 }
		if len(m.Network.Nearest(at, 1, onto, 1)) == 0 {
			t.Errorf("nothing can be towed at %v", at)
		}
	}

	again, err := NewWorld(m)
	if err != nil || !reflect.DeepEqual(w, again) {
		t.Errorf("a second world differs (%v)", err)
	}
}
