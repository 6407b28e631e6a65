package room

import (
	"context"
	"fmt"
	"slices"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/fence"
	"citygrid/routing/campaign"
	"citygrid/routing/closure"

	"github.com/paulmach/orb"
)

// A book is what the store says of people, things, shifts, ground and zones. It is
// never changed: Reload makes the next one.
//
// Hashes of passwords and owners of dogs are not in it; where dogs are at home is
// there for curfews alone.
type book struct {
	marks  map[string]string // of the registers, from before they were read
	around time.Time         // shifts are known around it

	people   map[people.ID]people.Person
	teams    map[grid.TeamID]register.Team
	stations []register.Station
	spots    []register.Spot
	rankings []register.Ranking

	campaigns []register.Campaign
	days      []campaign.Day // of campaigns, about now, by begin

	vehicles map[register.VehicleID]register.Vehicle
	dogs     map[register.DogID]register.Dog
	devices  map[register.DeviceID]register.Device
	tree     *grid.Tree

	roster *register.Roster

	*ground           // that holds now
	later   []*ground // that will hold in the time for which walks are planned, by when they begin
	next    time.Time // when the next plan begins to hold; zero when none is known

	homes    map[fence.Subject]orb.Point // for the judge, and nobody else
	zones    []zone.Zone                 // that hold and have a rule
	drawn    []zone.Zone                 // that hold
	zoneOf   map[zone.ID]Zone            // removed ones too
	calls    map[zone.ID]alert.Calling   // of zones whose alerts call again
	closures []closure.Closure           // all, by id
}

// How far around now shifts are known: fixes may be a week old, and walks are
// planned ahead.
const (
	rosterBack  = 8 * 24 * time.Hour
	rosterAhead = 3 * 24 * time.Hour
)

// staleAfter is how far now may be from the instant around which shifts are known.
const staleAfter = 6 * time.Hour

// read reads a book; of was, the one before, it takes over what hasn't changed.
func read(ctx context.Context, s Store, now time.Time, was *book) (*book, error) {
	marks, err := s.Marks(ctx)
	if err != nil {
		return nil, fmt.Errorf("look what has changed: %w", err)
	}
	b := &book{}
	if was != nil {
		*b = *was
	} else {
		was = &book{}
	}
	b.marks = marks
	fetch := func(what, table string, changed bool, f func() error) {
		if err != nil || !changed && was.marks[table] == marks[table] {
			return
		}
		if err = f(); err != nil {
			err = fmt.Errorf("read %s: %w", what, err)
		}
	}
	fetch("people", "person", false, func() error {
		all, err := s.People(ctx)
		for i := range all {
			all[i].PasswordHash = ""
		}
		b.people = byID(all, func(p people.Person) people.ID { return p.ID })
		return err
	})
	fetch("areas", "area", false, func() error {
		all, err := s.Areas(ctx)
		if err != nil {
			return err
		}
		b.tree, err = grid.NewTree(all)
		return err
	})
	fetch("teams", "team", false, func() error {
		all, err := s.Teams(ctx)
		b.teams = byID(all, func(t register.Team) grid.TeamID { return t.ID })
		return err
	})
	fetch("stations", "station", false, func() (err error) {
		b.stations, err = s.Stations(ctx)
		return err
	})
	fetch("spots", "spot", false, func() (err error) {
		b.spots, err = s.Spots(ctx)
		return err
	})
	fetch("rankings", "ranking", false, func() (err error) {
		b.rankings, err = s.Rankings(ctx)
		return err
	})
	fetch("campaigns", "campaign", false, func() (err error) {
		b.campaigns, err = s.Campaigns(ctx)
		return err
	})
	fetch("days of campaigns", "campaign_day", now.Sub(was.around).Abs() > staleAfter, func() (err error) {
		b.days, err = s.CampaignDays(ctx, now.Add(-daysBack), now.Add(daysAhead))
		return err
	})
	fetch("vehicles", "vehicle", false, func() error {
		all, err := s.Vehicles(ctx)
		b.vehicles = byID(all, func(v register.Vehicle) register.VehicleID { return v.ID })
		return err
	})
	fetch("dogs", "dog", false, func() error {
		all, err := s.Dogs(ctx)
		b.homes = make(map[fence.Subject]orb.Point)
		for i := range all {
			if all[i].Home != (orb.Point{}) {
				b.homes[fence.Subject{Class: zone.Dog, ID: int64(all[i].ID)}] = all[i].Home
			}
			all[i].Owner, all[i].OwnerPhone, all[i].Home = "", "", orb.Point{}
		}
		b.dogs = byID(all, func(d register.Dog) register.DogID { return d.ID })
		return err
	})
	fetch("devices", "device", false, func() error {
		all, err := s.Devices(ctx)
		b.devices = byID(all, func(d register.Device) register.DeviceID { return d.ID })
		return err
	})
	fetch("shifts", "shift", now.Sub(was.around).Abs() > staleAfter, func() error {
		all, err := s.Shifts(ctx, now.Add(-rosterBack), now.Add(rosterAhead))
		if err != nil {
			return err
		}
		b.around = now
		b.roster, err = register.NewRoster(all)
		return err
	})
	fetch("plan", "plan", true, func() error { return b.readPlans(ctx, s, now, was) })
	fetch("zones", "zone", false, func() error { return b.readZones(ctx, s) })
	fetch("closures", "closure", false, func() (err error) {
		b.closures, err = s.Closures(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

func byID[K comparable, V any](all []V, id func(V) K) map[K]V {
	m := make(map[K]V, len(all))
	for _, v := range all {
		m[id(v)] = v
	}
	return m
}

func (b *book) readZones(ctx context.Context, s Store) (err error) {
	if b.zones, err = s.Zones(ctx); err != nil {
		return err
	}
	removed, err := s.RemovedZones(ctx)
	if err != nil {
		return err
	}
	b.zoneOf = make(map[zone.ID]Zone, len(b.zones)+len(removed))
	b.calls = make(map[zone.ID]alert.Calling)
	for _, z := range b.zones {
		if c := (alert.Calling{Remind: z.Rule.Remind, Escalate: z.Rule.Escalate}); c != (alert.Calling{}) {
			b.calls[z.ID] = c
		}
	}
	for _, z := range slices.Concat(b.zones, removed) {
		b.zoneOf[z.ID] = Zone{z.ID, z.Name, z.Kind}
	}
	b.drawn = b.zones
	b.zones = slices.DeleteFunc(slices.Clone(b.zones), func(z zone.Zone) bool { return z.Rule.Kind == zone.NoRule })
	return nil
}

// sameZones tells if the zones that hold are those of c.
func (b *book) sameZones(c *book) bool {
	return slices.EqualFunc(b.zones, c.zones, func(x, y zone.Zone) bool { return x.ID == y.ID && x.Version == y.Version })
}

// place says who answers for a place.
func (b *book) place(at orb.Point) alert.Place {
	g, _ := b.owner(at)
	return alert.Place{Area: b.teams[g.Team].Area, Grid: g.ID}
}

// has tells if somebody has a role, in whatever area.
func has(p people.Person, role people.Role) bool {
	return !p.Disabled && slices.ContainsFunc(p.Grants, func(g people.Grant) bool { return g.Role == role })
}
