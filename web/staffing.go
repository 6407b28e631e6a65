package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"

	"github.com/danielgtaylor/huma/v2"
)

// A MannedGrid is how many people a grid is to have, and how many of the roster it has.
type MannedGrid struct {
	Grid    GridName `json:"grid"`
	Team    *int64   `json:"team" doc:"null: no team yet"`
	Want    Staffing `json:"want"`
	Have    Staffing `json:"have"`
	Missing Staffing `json:"missing"`
}

// PlanStaffing is the staffing of a plan.
type PlanStaffing struct {
	Plan    *PlanInfo    `json:"plan" doc:"null: none holds"`
	From    time.Time    `json:"from" doc:"the roster from then on"`
	To      time.Time    `json:"to" doc:"and before then counts"`
	Grids   []MannedGrid `json:"grids" nullable:"false" doc:"those that say how many they are to have"`
	Missing int          `json:"missing" doc:"people, of all grids"`
}

// rosterSpan is how much of the roster is held against the template.
const rosterSpan = 7 * 24 * time.Hour

func staffingOf(s *grid.Staffing) *Staffing {
	if s == nil {
		return nil
	}
	out := Staffing(*s)
	return &out
}

func (s *Server) staffingRoute() {
	type output struct {
		CacheControl string `header:"Cache-Control"`
		Body         PlanStaffing
	}
	handle(s, huma.Operation{
		OperationID: "getStaffing", Method: http.MethodGet, Path: "/api/plan/staffing", Tags: []string{"plan"},
		Summary:     "Which grids of the plan lack people: its template against the roster of seven days",
		Description: "Each person of the roster counts once, for a grid of their team, as what they work.",
	}, func(ctx context.Context, in *struct {
		At time.Time `query:"at" doc:"by the plan and the roster from then on; now without it"`
	},
	) (*output, error) {
		if in.At.IsZero() {
			in.At = s.now()
		}
		body, err := s.planStaffing(ctx, in.At)
		return &output{noStore, body}, err
	})
}

func (s *Server) planStaffing(ctx context.Context, at time.Time) (out PlanStaffing, err error) {
	out.From, out.To, out.Grids = at.UTC(), at.Add(rosterSpan).UTC(), []MannedGrid{}
	p, err := s.store.PlanAt(ctx, at)
	if errors.Is(err, grid.ErrNoPlan) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	w, err := s.view(ctx)
	if err != nil {
		return out, err
	}
	if err := w.people.fill(ctx); err != nil {
		return out, err
	}
	shifts, err := s.store.Shifts(ctx, out.From, out.To)
	if err != nil {
		return out, err
	}
	info := planInfo(p)
	out.Plan = &info
	for _, m := range register.ManGrids(p, shifts, func(id people.ID) bool {
		person, err := w.people.get(ctx, id)
		return err == nil && !person.Disabled
	}) {
		g, _ := p.Grid(m.Grid)
		missing := m.Missing()
		out.Missing += missing.Sum()
		out.Grids = append(out.Grids, MannedGrid{GridName{int64(g.ID), g.Code, orEmpty(g.Name)}, idOrNull(g.Team), Staffing(m.Want), Staffing(m.Have), Staffing(missing)})
	}
	return out, nil
}
