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

// A crew is who works for a team at the same time.
type crew struct {
	team     grid.TeamID
	from, to int64 // Unix nanoseconds, to be compared
}

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
		if err := w.assign(ctx, b, city); err != nil && ctx.Err() == nil {
			r.c.Log.Error("walks cannot be planned", "err", err)
		}
	}
	if err := w.follow(ctx, b); err != nil && ctx.Err() == nil {
		r.c.Log.Error("walks cannot be followed", "err", err)
	}
}

// assign makes walks for the crews some of whose officers have none, and anew for
// those whose shift has not begun when another plan gives their team other streets by
// then. Who is on the way finishes what was planned.
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
	crews := make(map[crew][]register.Shift)
	for _, s := range b.roster.Between(now, now.Add(planAhead)) {
		if s.Vehicle == 0 && has(b.people[s.Person], people.Officer) {
			c := crew{s.Team, s.From.UnixNano(), s.To.UnixNano()}
			crews[c] = append(crews[c], s)
		}
	}
	order := make([]crew, 0, len(crews))
	for c := range crews {
		order = append(order, c)
	}
	slices.SortFunc(order, func(a, b crew) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.team, b.team), cmp.Compare(a.to, b.to))
	})
	for _, c := range order {
		shifts := crews[c]
		planned := func(s register.Shift) bool { _, ok := kept[s.ID]; return ok }
		g := b.ground
		if begin := shifts[0].From; begin.After(now) {
			g = b.groundAt(begin)
		}
		beat := w.beat(g, city, c.team)
		elsewhere := shifts[0].From.After(now) && slices.ContainsFunc(shifts, func(s register.Shift) bool {
			return maps[s.ID] == city.ID && beats[s.ID] != "" && beats[s.ID] != beat.mark
		})
		missing := slices.ContainsFunc(shifts, func(s register.Shift) bool { return !planned(s) })
		known := fmt.Sprint(g.plan.ID, g.plan.Version, city.ID, city.version, len(shifts))
		if !missing && !elsewhere || w.failed[c] == known {
			continue
		}
		begun := time.Now()
		n, err := w.assignCrew(ctx, b, city, c.team, beat, shifts, kept, maps)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || n == 0 {
			w.failed[c] = known // until something changes
		}
		if err != nil {
			r.c.Log.Error("walks of a team cannot be planned", "team", c.team, "err", err)
		} else if n > 0 {
			r.c.Log.Info("walks planned", "team", c.team, "officers", n, "dur", time.Since(begun))
			if err := w.follow(ctx, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// assignCrew plans for all of a crew as long as their shift hasn't begun or nobody
// has a walk; else for those without one, over the streets that nobody has.
func (w *walks) assignCrew(
	ctx context.Context, b *book, city *town, team grid.TeamID, to beat, shifts []register.Shift,
	kept map[register.ShiftID]patrol.Walk, maps map[register.ShiftID]string,
) (n int, err error) {
	r, now := w.r, w.r.c.Now()
	streets := slices.DeleteFunc(slices.Clone(to.streets), city.closed)
	late := slices.DeleteFunc(slices.Clone(shifts), func(s register.Shift) bool { _, ok := kept[s.ID]; return ok })
	if len(late) < len(shifts) && !shifts[0].From.After(now) {
		taken := make(map[street.SegmentID]bool)
		for _, s := range shifts {
			if maps[s.ID] == city.ID {
				for _, l := range kept[s.ID].Legs {
					taken[l.Segment] = taken[l.Segment] || l.Serve
				}
			}
		}
		streets = slices.DeleteFunc(streets, func(id street.SegmentID) bool { return taken[id] })
		shifts = late
	}
	if len(streets) == 0 {
		return 0, nil
	}
	station := b.setOut(team, city.Network.Line(streets[0])[0])
	request := patrol.Request{Network: city.Network, Ways: city.Foot, Streets: streets}
	for _, s := range shifts {
		from := s.From
		if from.Before(now) { // what could have been walked by now wasn't
			from = now.Truncate(time.Second)
		}
		request.Officers = append(request.Officers, patrol.Officer{
			Person: s.Person, Name: b.people[s.Person].Name, Station: station, From: from, To: s.To,
		})
	}
	plan, err := patrol.Assign(ctx, request)
	if err != nil {
		return 0, err
	}
	made := make(map[register.ShiftID]patrol.Walk, len(shifts))
	for i, s := range shifts {
		made[s.ID] = plan.Walks[i]
	}
	act := audit.Act{At: now, Who: byPlanner, Verb: "walks.plan"}
	return len(made), r.c.Store.SaveWalks(ctx, city.ID, to.mark, made, act)
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
