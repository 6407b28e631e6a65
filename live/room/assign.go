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

// A crew is who patrols for a team at the same time.
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
// then, or spots have come that nobody calls at. Who is on the way finishes what was planned.
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
		if b.patrols(s) && has(b.people[s.Person], people.Officer) && city.serves(b.movesBy(s)) {
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
		known := fmt.Sprint(g.plan.ID, g.plan.Version, city.ID, city.version, len(shifts), b.marks["spot"])
		// Spots that came since are called at by who hasn't begun.
		fresh := !missing && !elsewhere && shifts[0].From.After(now) && w.failed[c] != known && r.uncalled(b, city, c, shifts, kept)
		if !missing && !elsewhere && !fresh || w.failed[c] == known {
			continue
		}
		begun := time.Now()
		n, err := w.assignCrew(ctx, b, city, c.team, beat, shifts, kept, maps)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || n == 0 || fresh {
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
	spots := r.spotsOf(b, city, crew{team, shifts[0].From.UnixNano(), shifts[0].To.UnixNano()}, others)
	spots = slices.DeleteFunc(spots, func(s patrol.Spot) bool { return s.Close.Before(now) })
	if len(streets)+len(spots) == 0 {
		return 0, nil
	}
	place := city.Network.Bound().Center()
	if len(streets) > 0 {
		place = city.Network.Line(streets[0])[0]
	}
	station := b.setOut(team, place)
	var alike [][]register.Shift // of those who travel alike
	var crews []patrol.Crew
	for _, s := range shifts {
		k := slices.IndexFunc(alike, func(list []register.Shift) bool { return b.movesBy(list[0]) == b.movesBy(s) })
		if k < 0 {
			ways, err := city.by(ctx, b.movesBy(s))
			if err != nil {
				return 0, err
			}
			k, alike, crews = len(alike), append(alike, nil), append(crews, patrol.Crew{Ways: ways})
		}
		alike[k] = append(alike[k], s)
		crews[k].Officers++
	}
	shares := patrol.Share(city.Network, streets, crews, station)
	if len(slices.Concat(shares...))+len(spots) == 0 {
		return 0, nil
	}
	calls := callers(alike, b)
	made := make(map[register.ShiftID]patrol.Walk, len(shifts))
	for i, share := range shares {
		request := patrol.Request{Network: city.Network, Ways: crews[i].Ways, Streets: share}
		if i == calls {
			request.Spots = spots
		}
		for _, s := range alike[i] {
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
		for _, m := range plan.Missed {
			r.c.Log.Warn("a spot is in nobody's walk", "spot", m.Spot.ID, "team", team, "why", m.Why)
		}
		for k, s := range alike[i] {
			made[s.ID] = plan.Walks[k]
		}
	}
	act := audit.Act{At: now, Who: byPlanner, Verb: "walks.plan"}
	return len(made), r.c.Store.SaveWalks(ctx, city.ID, to.mark, made, act)
}

// callers is which of those who travel alike call at the spots: who walks, else who has an
// e-bike, a car, a boat.
func callers(alike [][]register.Shift, b *book) int {
	order := []string{"foot", string(register.EBike), string(register.PatrolCar)}
	best, rank := 0, len(order)+1
	for i, list := range alike {
		k := slices.Index(order, b.movesBy(list[0]))
		if k < 0 {
			k = len(order)
		}
		if k < rank {
			best, rank = i, k
		}
	}
	return best
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
