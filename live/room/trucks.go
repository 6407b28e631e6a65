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
// this shift since it last was at a pound, by its stored fixes; and what it has done.
func (r *Room) truckNow(ctx context.Context, b *book, city *town, s register.Shift, now time.Time) (truck clearance.Truck, past []RunFinish, err error) {
	v := b.vehicles[s.Vehicle]
	truck = clearance.Truck{ID: clearance.TruckID(v.ID), Name: v.Plate, Capacity: max(1, v.Capacity), From: now, To: s.To}
	r.mu.Lock()
	u, seen := r.units[unitID(register.VehicleSubject(v.ID))]
	r.mu.Unlock()
	if truck.Start = u.At; !seen {
		truck.Start = b.setOut(s.Team, city.Network.Bound().Center())
	}
	tasks, err := r.c.Store.TasksOf(ctx, s.Person, 200)
	if err != nil {
		return truck, nil, err
	}
	var fetched []time.Time
	for _, t := range tasks {
		if n := len(t.Steps); t.Kind == dispatch.KindTow && t.State == dispatch.Done && s.Holds(t.Steps[n-1].At) {
			fetched = append(fetched, t.Steps[n-1].At)
			past = append(past, RunFinish{Task: t.ID, Note: t.Note, At: position(t.At), Began: began(t).UTC(), Done: t.Steps[n-1].At.UTC()})
		}
	}
	slices.SortFunc(past, func(a, b RunFinish) int { return a.Done.Compare(b.Done) })
	if len(fetched) == 0 {
		return truck, past, nil
	}
	unloaded, err := r.lastAtPound(ctx, b, s, slices.MinFunc(fetched, time.Time.Compare))
	if err != nil {
		return truck, past, err
	}
	for _, t := range fetched {
		if t.After(unloaded) {
			truck.Loaded++
		}
	}
	truck.Loaded = min(truck.Loaded, truck.Capacity)
	return truck, past, nil
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

// lastAtPound is when the vehicle of a shift was last at a pound since from; zero if
// never.
func (r *Room) lastAtPound(ctx context.Context, b *book, s register.Shift, from time.Time) (last time.Time, err error) {
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
				if p := &b.stations[i]; p.Kind == register.Pound && f.Time.After(last) && geo.Distance(p.At, f.At) <= atPound {
					last = f.Time
				}
			}
			return true
		})
		if err != nil {
			return last, err
		}
	}
	return last, nil
}

// pounds are where trucks unload, and when in the day to come.
func (b *book) pounds(now time.Time, days *calendar.Days) (all []clearance.Site) {
	for _, s := range b.stations {
		if s.Kind != register.Pound || len(all) == 16 {
			continue
		}
		site := clearance.Site{ID: clearance.SiteID(s.ID), Name: cmp.Or(s.Name["en"], s.Name["zh-CN"], s.Code), At: s.At, Room: -1}
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
