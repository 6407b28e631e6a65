package room

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"citygrid/data/audit"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

// byPlanner is who does in the audit log what the room plans by itself. It can be
// no login.
const byPlanner = "(planner)"

const (
	// planAhead is how long before their begin shifts get their walks.
	planAhead = 12 * time.Hour
	// settled is how long, by the machine's clock, nothing must have changed before
	// walks are planned: a roster is entered shift by shift, and whoever is entered
	// first would get all the streets.
	settled = 2 * time.Second
)

// plan plans and follows walks until ctx ends.
func (w *walks) plan(ctx context.Context) {
	w.look(ctx)
	for {
		select {
		case <-w.bell:
		case <-ctx.Done():
			return
		}
		for quiet := false; !quiet; {
			select {
			case <-w.bell:
			case <-time.After(settled):
				quiet = true
			case <-ctx.Done():
				return
			}
		}
		w.look(ctx)
	}
}

func (w *walks) look(ctx context.Context) {
	r, b := w.r, w.r.book.Load()
	if city := r.town(); city != nil && city.Foot != nil {
		w.planCampaigns(ctx, b, city) // first: who is in one is on no beat then
		b = r.book.Load()
		if err := w.assign(ctx, b, city); err != nil && ctx.Err() == nil {
			r.c.Log.Error("walks cannot be planned", "err", err)
		}
	}
	if err := w.follow(ctx, b); err != nil && ctx.Err() == nil {
		r.c.Log.Error("walks cannot be followed", "err", err)
	}
}

// assign makes walks for the watches some of whose officers have none, and anew for
// those whose shift has not begun when another plan gives their team other streets by
// then, or something else comes first, or spots have come that nobody calls at. Who is on the way finishes what was planned.
func (w *walks) assign(ctx context.Context, b *book, city *town) error {
	r, now := w.r, w.r.c.Now()
	kept, maps, err := r.c.Store.Walks(ctx, now.Add(-about), now.Add(2*planAhead))
	if err != nil {
		return err
	}
	beats, err := r.c.Store.Beats(ctx, now, now.Add(2*planAhead))
	if err != nil {
		return err
	}
	w.forget(b, city)
	watches := make(map[register.Watch][]register.Shift)
	for _, s := range b.roster.Between(now, now.Add(planAhead)) {
		if b.patrols(s) && has(b.people[s.Person], people.Officer) && city.serves(b.movesBy(s)) {
			c := register.WatchOf(s)
			watches[c] = append(watches[c], s)
		}
	}
	order := make([]register.Watch, 0, len(watches))
	for c := range watches {
		order = append(order, c)
	}
	slices.SortFunc(order, func(a, b register.Watch) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Team, b.Team), cmp.Compare(a.To, b.To))
	})
	for _, c := range order {
		shifts := watches[c]
		planned := func(s register.Shift) bool { _, ok := kept[s.ID]; return ok }
		g := b.ground
		if begin := shifts[0].From; begin.After(now) {
			g = b.groundAt(begin)
		}
		beat := b.ordered(w.beat(g, city, c.Team), c.Team)
		elsewhere := shifts[0].From.After(now) && slices.ContainsFunc(shifts, func(s register.Shift) bool {
			return maps[s.ID] == city.ID && beats[s.ID] != "" && beats[s.ID] != beat.mark
		})
		// Some went into a campaign since, or one was called off.
		taken := shifts[0].From.After(now) && slices.ContainsFunc(shifts, func(s register.Shift) bool {
			is, ok := kept[s.ID]
			return ok && !b.fits(s, is)
		})
		missing := slices.ContainsFunc(shifts, func(s register.Shift) bool { return !planned(s) })
		known := fmt.Sprint(g.plan.ID, g.plan.Version, city.ID, city.version, len(shifts), b.marks["spot"], b.marks["ranking"], b.marks["campaign_day"])
		// Spots that came since are called at by who hasn't begun.
		fresh := !missing && !elsewhere && !taken && shifts[0].From.After(now) && w.failed[c] != known && r.uncalled(b, city, c, shifts, kept)
		if !missing && !elsewhere && !taken && !fresh || w.failed[c] == known {
			continue
		}
		begun := time.Now()
		n, err := w.assignWatch(ctx, b, city, c.Team, beat, shifts, kept, maps)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || n == 0 || fresh {
			w.failed[c] = known // until something changes
		}
		if err != nil {
			r.c.Log.Error("walks of a team cannot be planned", "team", c.Team, "err", err)
		} else if n > 0 {
			r.c.Log.Info("walks planned", "team", c.Team, "officers", n, "dur", time.Since(begun))
			if err := w.follow(ctx, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// assignWatch plans for all of a watch as long as their shift hasn't begun or nobody
// has a walk; else for those without one, over the streets that nobody has.
func (w *walks) assignWatch(
	ctx context.Context, b *book, city *town, team grid.TeamID, to beat, shifts []register.Shift,
	kept map[register.ShiftID]patrol.Walk, maps map[register.ShiftID]string,
) (n int, err error) {
	r, now := w.r, w.r.c.Now()
	streets := slices.Clone(to.streets)
	late := slices.DeleteFunc(slices.Clone(shifts), func(s register.Shift) bool { _, ok := kept[s.ID]; return ok })
	var others []patrol.Walk // that stay
	if len(late) < len(shifts) && !shifts[0].From.After(now) {
		taken := make(map[street.SegmentID]bool)
		for _, s := range shifts {
			others = append(others, kept[s.ID])
			if maps[s.ID] == city.ID {
				for _, l := range kept[s.ID].Legs {
					taken[l.Segment] = taken[l.Segment] || l.Serve
				}
			}
		}
		streets = slices.DeleteFunc(streets, func(id street.SegmentID) bool { return taken[id] })
		shifts = late
	}
	spots := r.spotsOf(b, city, register.WatchOf(shifts[0]), others)
	spots = slices.DeleteFunc(spots, func(s patrol.Spot) bool { return s.Close.Before(now) })
	made := make(map[register.ShiftID]patrol.Walk, len(shifts))
	shifts = slices.DeleteFunc(slices.Clone(shifts), func(s register.Shift) bool {
		from, to := b.free(s)
		busy := !to.After(from) || !to.After(now)
		if busy { // in a campaign: the others have the beat
			made[s.ID] = patrol.Walk{Person: s.Person, Start: s.From, End: s.From}
		}
		return busy
	})
	save := func() (int, error) {
		act := audit.Act{At: now, Who: byPlanner, Verb: "walks.plan"}
		return len(made), r.c.Store.SaveWalks(ctx, city.ID, to.mark, made, act)
	}
	if len(streets)+len(spots) == 0 || len(shifts) == 0 {
		if len(made) == 0 {
			return 0, nil
		}
		return save()
	}
	place := city.Network.Bound().Center()
	if len(streets) > 0 {
		place = city.Network.Line(streets[0])[0]
	}
	station := b.setOut(team, place)
	alike := register.Alike(shifts, b.movesBy)
	crews := make([]patrol.Crew, len(alike))
	for i, list := range alike {
		ways, err := city.by(ctx, b.movesBy(list[0]))
		if err != nil {
			return 0, err
		}
		crews[i] = patrol.Crew{Ways: ways, Officers: len(list)}
	}
	shares := patrol.Share(city.Network, streets, crews, station)
	if len(slices.Concat(shares...))+len(spots)+len(made) == 0 {
		return 0, nil
	}
	calls, keys := register.Callers(alike, b.movesBy), b.keys(city.Network, team)
	for i, share := range shares {
		request := patrol.Request{Network: city.Network, Ways: crews[i].Ways, Streets: share, Order: keys}
		if i == calls {
			request.Spots = spots
		}
		for _, s := range alike[i] {
			from, to := b.free(s)
			if from.Before(now) { // what could have been walked by now wasn't
				from = now.Truncate(time.Second)
			}
			request.Officers = append(request.Officers, patrol.Officer{
				Person: s.Person, Name: b.people[s.Person].Name, Station: station, From: from, To: to,
			})
		}
		plan, err := patrol.Assign(ctx, request)
		if err != nil {
			return 0, err
		}
		for _, m := range plan.Missed {
			r.c.Log.Warn("a spot is in nobody's walk", "spot", m.Spot.ID, "team", team, "why", m.Why)
		}
		for k, s := range alike[i] {
			made[s.ID] = plan.Walks[k]
		}
	}
	return save()
}

// setOut is where a team sets out from: its station, else the nearest to a place,
// else that place.
func (b *book) setOut(team grid.TeamID, place orb.Point) orb.Point {
	var best *register.Station
	rank := func(s *register.Station) (foreign bool, off geo.Metres) {
		return s.Team != team, geo.Distance(s.At, place)
	}
	for i := range b.stations {
		s := &b.stations[i]
		if s.Kind == register.Pound {
			continue
		}
		if best == nil {
			best = s
			continue
		}
		foreign, off := rank(s)
		bestForeign, bestOff := rank(best)
		if bestForeign && !foreign || bestForeign == foreign && off < bestOff {
			best = s
		}
	}
	if best == nil {
		return place
	}
	return best.At
}
