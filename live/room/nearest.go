package room

import (
	"cmp"
	"context"
	"errors"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/dispatch"
	"citygrid/routing/city"

	"github.com/paulmach/orb"
)

// ErrNoMap says that no map was imported yet, so there are no ways.
var ErrNoMap = errors.New("there is no map yet: import one first")

// Nearest is who of the officers is at a place first by road, at most n, and why
// the others aren't named.
func (r *Room) Nearest(ctx context.Context, at orb.Point, n int) ([]dispatch.Candidate, []dispatch.Exclusion, error) {
	town := r.town()
	if town == nil {
		return nil, nil, ErrNoMap
	}
	b, now := r.book.Load(), r.c.Now()
	open, err := r.c.Store.OpenTasks(ctx) // what was sent a moment ago counts
	if err != nil {
		return nil, nil, err
	}
	q := dispatch.Query{At: at, N: n, Now: now, Ways: make(map[string]dispatch.Times)}
	if g, ok := b.owner(at); ok {
		q.Grid = g.ID
	}
	for _, p := range b.people {
		if !has(p, people.Officer) {
			continue
		}
		o := dispatch.Officer{Person: p.ID}
		if shift, ok := b.roster.OnDuty(register.PersonSubject(p.ID), now); ok {
			o.OnDuty, o.By, o.Grids = true, b.movesBy(shift), b.gridsOf(p.ID, shift.Team)
		}
		if u, ok := r.unitOf(p.ID); ok {
			o.At, o.Seen = u.At, u.Time
		}
		for _, t := range open {
			if t.Person == p.ID {
				o.Open++
				o.Busy = o.Busy || t.State == dispatch.Arrived
			}
		}
		if o.By != "" {
			o.By = travels(town.streets, o.By)
		}
		if err := town.ways(ctx, q.Ways, o.By); err != nil {
			return nil, nil, err
		}
		q.Officers = append(q.Officers, o)
	}
	return dispatch.Nearest(ctx, q)
}

// ways adds those of a profile, "" for none, to the ones that are there. Who asks for
// an engine that has to be made waits for it: the error is the context's.
func (t *town) ways(ctx context.Context, all map[string]dispatch.Times, by string) error {
	if _, is := all[by]; is || by == "" {
		return nil
	}
	e, err := t.now.For(ctx, city.Who{Profile: by})
	if e != nil { // else the bureau has no such profile
		all[by] = e
	}
	return err
}

// movesBy is how somebody moves in a shift: the profile of the vehicle, on foot
// without one.
func (b *book) movesBy(s register.Shift) string {
	return cmp.Or(string(b.vehicles[s.Vehicle].Kind), register.OnFoot)
}

// patrols says whether a shift is one on patrol, on foot or by a vehicle for it.
func (b *book) patrols(s register.Shift) bool {
	return s.Vehicle == 0 || b.vehicles[s.Vehicle].Kind.Patrols()
}

// gridsOf is the grids that somebody answers for: those of their own, and those of
// their team that are nobody's.
func (b *book) gridsOf(who people.ID, team grid.TeamID) (all []grid.GridID) {
	for id, g := range b.grids {
		if people.ID(g.Member) == who || g.Member == 0 && team != 0 && g.Team == team {
			all = append(all, id)
		}
	}
	return all
}
