package room

import (
	"context"
	"errors"
	"slices"
	"time"

	"citygrid/grid"

	"github.com/paulmach/orb"
)

// A ground is a plan of responsibility grids, ready to be asked. It is never changed.
type ground struct {
	plan   grid.Plan // the zero Plan when there is none
	owners *grid.Owners
	grids  map[grid.GridID]*grid.Responsibility
}

// readPlans reads the plan that holds now, and those that will while walks are planned.
func (b *book) readPlans(ctx context.Context, s Store, now time.Time, was *book) error {
	heads, err := s.Plans(ctx)
	if err != nil {
		return err
	}
	var holds grid.Plan
	var coming []grid.Plan
	b.next = time.Time{}
	for _, p := range heads { // by id: of two that begin together the later one, as PlanAt has it
		switch {
		case !p.From.After(now):
			if !p.From.Before(holds.From) {
				holds = p
			}
			continue
		case b.next.IsZero() || p.From.Before(b.next):
			b.next = p.From
		}
		if !p.From.After(now.Add(planAhead)) {
			coming = slices.DeleteFunc(coming, func(q grid.Plan) bool { return q.From.Equal(p.From) })
			coming = append(coming, p)
		}
	}
	slices.SortFunc(coming, func(p, q grid.Plan) int { return p.From.Compare(q.From) })
	if b.ground, err = was.groundOf(ctx, s, holds, now); err != nil {
		return err
	}
	b.later = nil
	for _, p := range coming {
		g, err := was.groundOf(ctx, s, p, p.From)
		if err != nil {
			return err
		}
		b.later = append(b.later, g)
	}
	return nil
}

// groundOf is the ground of a plan that holds at some time: the book's own if it has
// it, for to index one takes long.
func (b *book) groundOf(ctx context.Context, s Store, head grid.Plan, at time.Time) (*ground, error) {
	for _, g := range append([]*ground{b.ground}, b.later...) {
		if g != nil && g.plan.ID == head.ID && g.plan.Version == head.Version {
			return g, nil
		}
	}
	g := &ground{}
	var err error
	g.plan, err = s.PlanAt(ctx, at)
	if errors.Is(err, grid.ErrNoPlan) {
		g.plan = grid.Plan{}
	} else if err != nil {
		return nil, err
	}
	g.owners, err = g.plan.Index()
	g.grids = make(map[grid.GridID]*grid.Responsibility, len(g.plan.Grids))
	for i := range g.plan.Grids {
		g.grids[g.plan.Grids[i].ID] = &g.plan.Grids[i]
	}
	return g, err
}

// groundAt is the ground that will hold at a time from now on.
func (b *book) groundAt(t time.Time) *ground {
	holds := b.ground
	for _, g := range b.later {
		if !g.plan.From.After(t) {
			holds = g
		}
	}
	return holds
}

// owner is the grid that a place is in.
func (g *ground) owner(at orb.Point) (grid.Responsibility, bool) {
	if len(g.plan.Grids) == 0 {
		return grid.Responsibility{}, false
	}
	id, ok := g.owners.OwnerAt(at)
	if !ok {
		return grid.Responsibility{}, false
	}
	return *g.grids[id], true
}

// teamOf is the team of a grid.
func (g *ground) teamOf(id grid.GridID) grid.TeamID {
	if r := g.grids[id]; r != nil {
		return r.Team
	}
	return 0
}

// same tells if it is the same version of the same plan.
func (g *ground) same(h *ground) bool {
	return g.plan.ID == h.plan.ID && g.plan.Version == h.plan.Version
}
