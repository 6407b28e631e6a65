package room

import (
	"cmp"
	"context"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid/calendar"
	"citygrid/grid/register"
	"citygrid/live/dispatch"
	"citygrid/live/ingest"
	"citygrid/routing/clearance"
)

// atPound is how near to a pound a truck unloads there.
const atPound geo.Metres = 80

// truckNow is a truck where it is, with what it has on it: what was fetched in
// this shift since it last was at a pound, by its stored fixes; what it has done; and
// what it has brought where.
func (r *Room) truckNow(ctx context.Context, b *book, city *town, s register.Shift, now time.Time) (truck clearance.Truck, past []RunFinish, drops []drop, err error) {
	v := b.vehicles[s.Vehicle]
	truck = clearance.Truck{ID: clearance.TruckID(v.ID), Name: v.Plate, Capacity: max(1, v.Capacity), From: now, To: s.To}
	r.mu.Lock()
	u, seen := r.units[unitID(register.VehicleSubject(v.ID))]
	r.mu.Unlock()
	if truck.Start = u.At; !seen {
		truck.Start = b.setOut(s.Team, city.Network.Bound().Center())
	}
	past, drops, err = r.doneBy(ctx, b, s)
	truck.Loaded = min(len(past)-len(drops), truck.Capacity)
	return truck, past, drops, err
}

// A drop is a vehicle that was brought to a pound.
type drop struct {
	pound register.StationID
	at    time.Time
}

// doneBy is what was fetched in a shift, by time, and what of it was brought where.
func (r *Room) doneBy(ctx context.Context, b *book, s register.Shift) (past []RunFinish, drops []drop, err error) {
	tasks, err := r.c.Store.TasksOf(ctx, s.Person, 200)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range tasks {
		if n := len(t.Steps); t.Kind == dispatch.KindTow && t.State == dispatch.Done && s.Holds(t.Steps[n-1].At) {
			past = append(past, RunFinish{Task: t.ID, Note: t.Note, At: position(t.At), Began: began(t).UTC(), Done: t.Steps[n-1].At.UTC()})
		}
	}
	slices.SortFunc(past, func(a, b RunFinish) int { return a.Done.Compare(b.Done) })
	if len(past) == 0 {
		return past, nil, nil
	}
	visits, err := r.atPounds(ctx, b, s, past[0].Done)
	if err != nil {
		return past, nil, err
	}
	for _, p := range past {
		if k, _ := slices.BinarySearchFunc(visits, p.Done, func(v drop, t time.Time) int { return v.at.Compare(t) }); k < len(visits) {
			drops = append(drops, visits[k])
		}
	}
	return past, drops, nil
}

// brought is how many vehicles came to each pound in the 24 hours before now, with what
// the trucks on duty have brought. The caller has the runs' turn.
func (r *Room) brought(ctx context.Context, b *book, now time.Time, drops []drop) (map[register.StationID]int, error) {
	day := now.Add(-24 * time.Hour)
	ended := map[register.ShiftID][]drop{}
	for _, s := range b.roster.Between(day, now) {
		if b.vehicles[s.Vehicle].Kind != register.TowTruck || s.To.After(now) {
			continue
		}
		known, ok := r.runs.ended[s.ID]
		if !ok {
			var err error
			if _, known, err = r.doneBy(ctx, b, s); err != nil {
				return nil, err
			}
		}
		ended[s.ID] = known
		drops = append(drops, known...)
	}
	r.runs.ended = ended
	count := map[register.StationID]int{}
	for _, d := range drops {
		if d.at.After(day) {
			count[d.pound]++
		}
	}
	return count, nil
}

// began is when a driver was at a job; when it was done, if they did not say.
func began(t dispatch.Task) time.Time {
	for _, s := range t.Steps {
		if s.To == dispatch.Arrived {
			return s.At
		}
	}
	return t.Steps[len(t.Steps)-1].At
}

// atPounds is when the vehicle of a shift was at which pound since from, by time.
func (r *Room) atPounds(ctx context.Context, b *book, s register.Shift, from time.Time) (visits []drop, err error) {
	vehicle, driver := register.VehicleSubject(s.Vehicle), register.PersonSubject(s.Person)
	ids := []ingest.TrackerID{ingest.TrackerID(phoneID(s.Person))}
	for _, d := range b.devices {
		if d.Subject == vehicle || d.Subject == driver {
			ids = append(ids, ingest.TrackerID(d.ID))
		}
	}
	for _, id := range ids {
		err := r.c.Store.Fixes(ctx, id, from, s.To, func(f ingest.Fix) bool {
			for i := range b.stations {
				if p := &b.stations[i]; p.Kind == register.Pound && geo.Distance(p.At, f.At) <= atPound {
					visits = append(visits, drop{p.ID, f.Time})
				}
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(visits, func(a, b drop) int { return a.at.Compare(b.at) })
	return visits, nil
}

// pounds are where trucks unload, when in the day to come, and how much they still take
// after what was brought.
func (b *book) pounds(now time.Time, days *calendar.Days, brought map[register.StationID]int) (all []clearance.Site) {
	for _, s := range b.stations {
		if s.Kind != register.Pound || len(all) == 16 {
			continue
		}
		site := clearance.Site{ID: clearance.SiteID(s.ID), Name: cmp.Or(s.Name["en"], s.Name["zh-CN"], s.Code), At: s.At, Room: -1}
		if s.Room > 0 {
			site.Room = max(0, s.Room-brought[s.ID])
		}
		if s.Calendar != nil {
			c, err := calendar.New(*s.Calendar, days)
			if err != nil {
				continue // Check refuses such a calendar
			}
			site.Hours = []clearance.Window{}
			for w := range c.Windows(now, now.Add(24*time.Hour)) {
				site.Hours = append(site.Hours, clearance.Window{Open: w.From, Close: w.To.Add(-1)})
			}
			if len(site.Hours) == 0 {
				continue
			}
		}
		all = append(all, site)
	}
	return all
}

// siteNames are the names of a pound by language.
func (b *book) siteNames(id clearance.SiteID) siteNames {
	for _, s := range b.stations {
		if clearance.SiteID(s.ID) == id && len(s.Name) > 0 {
			return s.Name
		}
	}
	return siteNames{}
}
