package web

import (
	"context"
	"errors"
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
	maxPresence  = 31 * 24 * time.Hour // of one count, and how far back
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
		Description: "Counts only: nobody is named. Dispatchers and planners count in their area, team leaders their teams, 31 days back. " +
			"A visit ends when the unit has been elsewhere or silent for five minutes. 422 presence.time, presence.cells.",
	}, s.countPresence)
}

func (s *Server) countPresence(ctx context.Context, in *struct {
	From       time.Time `query:"from" required:"true" doc:"RFC 3339"`
	To         time.Time `query:"to" required:"true" doc:"RFC 3339, not included; at most 31 days later"`
	Resolution int       `query:"resolution" minimum:"6" maximum:"12" default:"10" doc:"of H3: 10 is 1.5 ha, each step coarser seven times as much"`
},
) (*presenceOutput, error) {
	if s.room == nil {
		return nil, errNoRoom
	}
	now := s.now()
	switch length := in.To.Sub(in.From); {
	case length <= 0 || length > maxPresence:
		return nil, invalid("presence.time", "query.to", "to must be later than from, by 31 days at most")
	case in.From.Before(now.Add(-maxPresence)) || in.From.After(now):
		return nil, invalid("presence.time", "query.from", "from must be in the last 31 days")
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	person := c.person
	person.Grants = slices.DeleteFunc(slices.Clone(person.Grants), func(g people.Grant) bool { return c.row.cells[g.Role] < own })
	rights := hub.CountRights(person, s.room.TeamsNow(person.ID), tree)
	leave, err := s.remembering.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, presenceTime)
	defer cancel()
	out := &presenceOutput{CacheControl: noStore}
	p := room.Past{From: in.From, To: in.To, Rights: rights}
	out.Body, err = s.room.Cells(ctx, p, func(team grid.TeamID) bool { return s.worksFor(rights, team) }, in.Resolution)
	if errors.Is(err, presence.ErrCells) || errors.Is(err, geo.ErrCoverSize) {
		return nil, invalid("presence.cells", "query.resolution", "%v", err)
	}
	return out, err
}
