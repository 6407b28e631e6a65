package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/live/hub"
	"citygrid/live/presence"
	"citygrid/live/room"

	"github.com/danielgtaylor/huma/v2"
)

const (
	maxPresence  = 31 // days of one count, and how far back
	presenceTime = 30 * time.Second
)

type presenceOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         room.Presence
}

func (s *Server) presenceRoutes() {
	handle(s, huma.Operation{
		OperationID: "countPresence", Method: http.MethodGet, Path: "/api/presence", Tags: []string{"walks"},
		Summary: "How often officers and crews were where, and how many alerts there were, in cells of H3",
		Description: "Counts only: nobody is named. So that they don't tell where one person is or was, whole days are counted, the present one to its last full hour, " +
			"and each count goes into the audit log. Dispatchers and planners count in their area, team leaders their teams, 31 days back. A visit ends when the unit has been elsewhere or silent for five minutes. 422 presence.time, presence.cells.",
	}, s.countPresence)
}

func (s *Server) countPresence(ctx context.Context, in *struct {
	From       string `query:"from" format:"date" doc:"first day, in the bureau's time zone; today when left out" example:"2026-11-16"`
	To         string `query:"to" format:"date" doc:"last day; today when left out" example:"2026-11-22"`
	Resolution int    `query:"resolution" minimum:"6" maximum:"11" default:"10" doc:"of H3: 10 is 1.5 ha, each step coarser seven times as much"`
},
) (*presenceOutput, error) {
	if s.room == nil {
		return nil, errNoRoom
	}
	from, to, err := s.countedDays(ctx, in.From, in.To)
	if err != nil {
		return nil, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	person := c.person
	person.Grants = slices.DeleteFunc(slices.Clone(person.Grants), func(g people.Grant) bool { return c.row.cells[g.Role] < own })
	rights := hub.CountRights(person, s.room.TeamsNow(person.ID), tree)
	what := fmt.Sprintf("%s to %s, resolution %d", from.UTC().Format(time.RFC3339), to.UTC().Format(time.RFC3339), in.Resolution)
	if err := s.store.Record(ctx, s.act(ctx, "track.count", "units", what)); err != nil {
		return nil, err
	}
	leave, err := s.remembering.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, presenceTime)
	defer cancel()
	out := &presenceOutput{CacheControl: noStore}
	p := room.Past{From: from, To: to, Rights: rights}
	out.Body, err = s.room.Cells(ctx, p, func(team grid.TeamID) bool { return s.worksFor(rights, team) }, in.Resolution)
	out.Body.From, out.Body.To = from.UTC(), to.UTC()
	if errors.Is(err, presence.ErrCells) || errors.Is(err, geo.ErrCoverSize) {
		return nil, invalid("presence.cells", "query.resolution", "%v", err)
	}
	return out, err
}

// countedDays is from the first instant of a day to the last of another, or to the last
// full hour of the present one: a moment's count would be somebody's place. It may be
// empty, in the first hour of a day.
func (s *Server) countedDays(ctx context.Context, first, last string) (from, to time.Time, err error) {
	if from, _, err = s.day(ctx, first); err != nil {
		return from, to, err
	}
	if _, to, err = s.day(ctx, last); err != nil {
		return from, to, err
	}
	now := s.now()
	switch {
	case !from.Before(to) || to.After(from.AddDate(0, 0, maxPresence)):
		return from, to, invalid("presence.time", "query.to", "to must not be before from, nor more than %d days later", maxPresence-1)
	case from.Before(now.AddDate(0, 0, -maxPresence)) || from.After(now):
		return from, to, invalid("presence.time", "query.from", "from must be one of the last %d days", maxPresence)
	}
	if hour := now.Truncate(time.Hour); to.After(hour) {
		to = hour
	}
	if to.Before(from) { // where the clock is not whole hours from UTC
		to = from
	}
	return from, to, nil
}
