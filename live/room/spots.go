package room

import (
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/register"
	"citygrid/live/ingest"
	"citygrid/routing/patrol"
)

// atSpot is how near a position lies to a spot, in metres, that it counts as there.
const atSpot geo.Metres = 40

// visits are those of a team on the day from <= t < to, by opening.
func (r *Room) visits(b *book, team grid.TeamID, from, to time.Time) []register.DueVisit {
	patrols := slices.DeleteFunc(slices.Clone(b.roster.Between(from, to.Add(about))), func(s register.Shift) bool { return !b.patrols(s) })
	all, err := register.VisitsOn(b.spots, team, patrols, from, to, r.c.Days)
	if err != nil {
		r.c.Log.Error("some spots are not called at", "team", team, "err", err)
	}
	return all
}

// spotsOf are what a watch is to call at that is in none of the walks given.
func (r *Room) spotsOf(b *book, city *town, w register.Watch, walks []patrol.Walk) (spots []patrol.Spot) {
	from := dayOf(time.Unix(0, w.From), city.streets.Zone())
	for _, v := range r.visits(b, w.Team, from, from.AddDate(0, 0, 1)) {
		has := func(w patrol.Walk) bool {
			return slices.ContainsFunc(w.Calls, func(c patrol.Call) bool {
				return slices.ContainsFunc(c.Spots, func(s patrol.Spot) bool { return visits(s, v) })
			})
		}
		if v.Watch == w && !slices.ContainsFunc(walks, has) {
			spots = append(spots, patrol.SpotOf(v))
		}
	}
	return spots
}

// uncalled says whether a watch's walks leave out a spot that they should call at.
func (r *Room) uncalled(b *book, city *town, w register.Watch, shifts []register.Shift, kept map[register.ShiftID]patrol.Walk) bool {
	var walks []patrol.Walk
	for _, s := range shifts {
		walks = append(walks, kept[s.ID])
	}
	return len(r.spotsOf(b, city, w, walks)) > 0
}

// visits says whether a spot of a walk is the visit.
func visits(s patrol.Spot, v register.DueVisit) bool {
	return s.ID == int64(v.Spot) && s.Open.Equal(v.Open)
}

// dayOf is when the day of an instant begins.
func dayOf(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// look notes which calls of a walk somebody makes who is at a place. w.mu is held.
func (w *walk) look(f ingest.Fix) {
	if f.Accuracy > vague {
		return
	}
	for i, c := range w.is.Calls {
		for k, s := range c.Spots {
			if w.seen[i][k].IsZero() && !f.Time.Before(s.Open) && !f.Time.After(s.Close.Add(s.Stay)) &&
				min(geo.Distance(f.At, s.At), geo.Distance(f.At, c.At)) <= atSpot {
				w.seen[i][k] = f.Time
			}
		}
	}
}

// calls is the calls of a walk as screens get them. w.mu is held.
func (w *walk) calls(b *book, length float64) []WalkCall {
	sum, at := 0.0, make([]float64, len(w.is.Legs)+1)
	for i, l := range w.is.Legs {
		sum += float64(l.Metres)
		at[i+1] = sum
	}
	out := []WalkCall{}
	for i, c := range w.is.Calls {
		one := WalkCall{N: i + 1, At: position(c.At), ETA: c.Begin.UTC(), Leave: c.End.UTC(), FromM: rounded(at[min(c.Legs, len(w.is.Legs))]*length/max(sum, 0.01), 1), Done: true, Reason: reasons(w.is, c.Rank)}
		for k, s := range c.Spots {
			j := CalledSpot{Spot: register.SpotID(s.ID), Name: map[string]string{"en": s.Name}, At: position(s.At), Open: s.Open.UTC(), Close: s.Close.UTC(), StayS: s.Stay.Seconds()}
			if n := slices.IndexFunc(b.spots, func(v register.Spot) bool { return int64(v.ID) == s.ID }); n >= 0 {
				j.Name, j.Theme = b.spots[n].Name, b.spots[n].Theme
			}
			if seen := w.seen[i][k]; !seen.IsZero() {
				utc := seen.UTC()
				j.Seen = &utc
			}
			one.Done = one.Done && j.Seen != nil
			one.Spots = append(one.Spots, j)
		}
		out = append(out, one)
	}
	return out
}

// spotsToday are the visits of a team on a day, those to come and those that were, with
// who calls there and what the tracks say.
func (r *Room) spotsToday(b *book, team grid.TeamID, from, to time.Time, walks []*walk) []SpotVisit {
	out := []SpotVisit{}
	for _, v := range r.visits(b, team, from, to) {
		one := SpotVisit{Spot: v.Spot, Name: v.Of.Name, Theme: v.Of.Theme, At: position(v.Of.At), Open: v.Open.UTC(), Close: v.Close.UTC()}
		for _, w := range walks {
			w.mu.Lock()
			for i, c := range w.is.Calls {
				for k, s := range c.Spots {
					if !visits(s, v) {
						continue
					}
					shift, eta := int64(w.shift.ID), c.Begin.UTC()
					one.Walk, one.ETA = &shift, &eta
					if seen := w.seen[i][k]; !seen.IsZero() {
						utc := seen.UTC()
						one.Seen = &utc
					}
				}
			}
			w.mu.Unlock()
		}
		out = append(out, one)
	}
	return out
}
