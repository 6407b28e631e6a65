package room

import (
	"cmp"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/register"
	"citygrid/live/ingest"
	"citygrid/routing/patrol"
)

// atSpot is how near a position lies to a spot, in metres, that it counts as there.
const atSpot geo.Metres = 40

// A visit is when a spot is to be called at once, and whose walk it belongs into: that of
// the patrols of a team that begin and end together.
type visit struct {
	register.SpotVisit
	spot register.Spot
	crew crew // the zero crew: nobody is on patrol then
}

// visits are those of a team on the day from <= t < to, by opening. Each is of the crew that
// is on patrol for the longest part of it, of several the first.
func (r *Room) visits(b *book, team grid.TeamID, from, to time.Time) []visit {
	var crews []crew
	var work calendar.Active
	for _, s := range b.roster.Between(from, to.Add(about)) {
		if s.Team != team || !b.patrols(s) || s.From.Before(from) || !s.From.Before(to) {
			continue
		}
		if work.From.IsZero() || s.From.Before(work.From) {
			work.From = s.From
		}
		if s.To.After(work.To) {
			work.To = s.To
		}
		if c := (crew{team, s.From.UnixNano(), s.To.UnixNano()}); !slices.Contains(crews, c) {
			crews = append(crews, c)
		}
	}
	var all []visit
	for _, spot := range b.spots {
		if spot.Team != team {
			continue
		}
		due, err := spot.Due(from, to, work, r.c.Days)
		if err != nil {
			r.c.Log.Error("a spot's hours can't be read", "spot", spot.ID, "err", err)
			continue
		}
		for _, v := range due {
			one, best := visit{SpotVisit: v, spot: spot}, int64(0)
			for _, c := range crews {
				if d := min(c.to, v.Close.UnixNano()) - max(c.from, v.Open.UnixNano()); d > best {
					one.crew, best = c, d
				}
			}
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(x, y visit) int {
		return cmp.Or(x.Open.Compare(y.Open), x.Close.Compare(y.Close), cmp.Compare(x.Spot, y.Spot))
	})
	return all
}

// spotsOf are what a crew is to call at that is in none of the walks given.
func (r *Room) spotsOf(b *book, city *town, c crew, walks []patrol.Walk) (spots []patrol.Spot) {
	from := dayOf(time.Unix(0, c.from), city.streets.Zone())
	for _, v := range r.visits(b, c.team, from, from.AddDate(0, 0, 1)) {
		has := func(w patrol.Walk) bool {
			return slices.ContainsFunc(w.Calls, func(c patrol.Call) bool { return slices.ContainsFunc(c.Spots, v.is) })
		}
		if v.crew != c || slices.ContainsFunc(walks, has) {
			continue
		}
		// A call begins within the hours, and ends there if these are long enough.
		stay := time.Duration(v.spot.StayMin) * time.Minute
		last := v.Close.Add(-time.Second)
		if end := v.Close.Add(-stay); end.After(v.Open) {
			last = end
		}
		spots = append(spots, patrol.Spot{
			ID: int64(v.Spot), Name: cmp.Or(v.spot.Name["en"], v.spot.Name["zh-CN"]), At: v.spot.At, Open: v.Open, Close: last, Stay: stay, Officer: patrol.Anyone,
		})
	}
	return spots
}

// uncalled says whether a crew's walks leave out a spot that they should call at.
func (r *Room) uncalled(b *book, city *town, c crew, shifts []register.Shift, kept map[register.ShiftID]patrol.Walk) bool {
	var walks []patrol.Walk
	for _, s := range shifts {
		walks = append(walks, kept[s.ID])
	}
	return len(r.spotsOf(b, city, c, walks)) > 0
}

// is says whether a spot of a walk is the visit.
func (v visit) is(s patrol.Spot) bool { return s.ID == int64(v.Spot) && s.Open.Equal(v.Open) }

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
		one := WalkCall{N: i + 1, At: position(c.At), ETA: c.Begin.UTC(), Leave: c.End.UTC(), FromM: rounded(at[min(c.Legs, len(w.is.Legs))]*length/max(sum, 0.01), 1), Done: true}
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
		one := SpotVisit{Spot: v.Spot, Name: v.spot.Name, Theme: v.spot.Theme, At: position(v.spot.At), Open: v.Open.UTC(), Close: v.Close.UTC()}
		for _, w := range walks {
			w.mu.Lock()
			for i, c := range w.is.Calls {
				for k, s := range c.Spots {
					if !v.is(s) {
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
