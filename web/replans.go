package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/live/room"
	"citygrid/live/solves"
	"citygrid/routing/solve"

	"github.com/danielgtaylor/huma/v2"
)

type (
	runsPreviewOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         room.RunsPreview
	}
	walksPreviewOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         room.WalksPreview
	}
	coverageOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Teams []room.Coverage `json:"teams" nullable:"false"`
		}
	}
)

func (s *Server) replanRoutes() {
	const moved = " 409 plans.moved: something else has changed since: ask for another preview."
	handle(s, huma.Operation{
		OperationID: "previewRuns", Method: http.MethodPost, Path: "/api/runs/preview", Tags: []string{"runs"},
		Summary:     "What a change of the tow trucks' runs would come to",
		Description: "Nothing is changed. What can't be is in refused with the rule; the rest can be sent.",
	}, s.previewRuns)
	handle(s, huma.Operation{
		OperationID: "sendRuns", Method: http.MethodPost, Path: "/api/runs/send", Tags: []string{"runs"}, DefaultStatus: http.StatusNoContent,
		Summary: "Change the runs as a preview showed it", Description: "Drivers are called back from what others take over, and those are sent there." + moved,
	}, s.sendRuns)
	handle(s, huma.Operation{
		OperationID: "previewWalks", Method: http.MethodPost, Path: "/api/walks/preview", Tags: []string{"walks"},
		Summary: "What a change of a team's walks would come to", Description: "Nothing is changed; what is walked already stays.",
	}, s.previewWalks)
	handle(s, huma.Operation{
		OperationID: "sendWalks", Method: http.MethodPost, Path: "/api/walks/send", Tags: []string{"walks"}, DefaultStatus: http.StatusNoContent,
		Summary: "Change walks as a preview of one's own showed it", Description: "It holds for ten minutes." + moved,
	}, s.sendWalks)
	handle(s, huma.Operation{
		OperationID: "getCoverage", Method: http.MethodGet, Path: "/api/walks/coverage", Tags: []string{"walks"},
		Summary: "How much of each team's streets has been seen on a day, and which have not",
	}, s.getCoverage)
}

// replanning bounds how many plans are worked out at once, and how long.
func (s *Server) replanning(ctx context.Context) (context.Context, func(), error) {
	ctx, cancel := context.WithTimeout(ctx, routeTime)
	leave, err := s.routing.enter(ctx)
	if err != nil {
		cancel()
		return ctx, nil, err
	}
	return ctx, func() { leave(); cancel() }, nil
}

func (s *Server) previewRuns(ctx context.Context, in *struct{ Body room.RunsEdit }) (*runsPreviewOutput, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	ctx, end, err := s.replanning(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	p, err := s.room.PreviewRuns(ctx, func(driver people.ID) bool { return s.worksForPerson(rights, driver) }, in.Body, room.Search{})
	return &runsPreviewOutput{noStore, p}, err
}

func (s *Server) sendRuns(ctx context.Context, in *struct{ Body room.RunsSend }) (*struct{}, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	ctx, end, err := s.replanning(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	detail := fmt.Sprintf("%d runs, %d released, %d trucks lost, %d back", len(in.Body.Orders), len(in.Body.Release), len(in.Body.Lost), len(in.Body.Back))
	err = s.room.SendRuns(ctx, callerOf(ctx).person.ID, func(driver people.ID) bool { return s.worksForPerson(rights, driver) }, in.Body, s.act(ctx, "runs.replan", "runs", detail))
	return nil, err
}

func (s *Server) previewWalks(ctx context.Context, in *struct{ Body room.WalksEdit }) (*walksPreviewOutput, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	ctx, end, err := s.replanning(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	p, err := s.room.PreviewWalks(ctx, callerOf(ctx).person.ID, func(team grid.TeamID) bool { return s.worksFor(rights, team) }, in.Body)
	return &walksPreviewOutput{noStore, p}, err
}

func (s *Server) sendWalks(ctx context.Context, in *struct {
	Body struct {
		Basis string `json:"basis" maxLength:"64"`
	}
},
) (*struct{}, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	may := func(team grid.TeamID) bool { return s.worksFor(rights, team) }
	return nil, s.room.SendWalks(ctx, callerOf(ctx).person.ID, may, in.Body.Basis, s.act(ctx, "walks.replan", "walk", ""))
}

func (s *Server) getCoverage(ctx context.Context, in *struct {
	Date string `query:"date" format:"date" doc:"in the bureau's time zone, today or the day before; today when left out" example:"2026-03-01"`
},
) (*coverageOutput, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	from, to, err := s.day(ctx, in.Date)
	if err != nil {
		return nil, err
	}
	if now := s.now(); to.Before(now.Add(-deskLooksBack)) || from.After(now.Add(24*time.Hour)) {
		return nil, invalid("query.date", "query.date", "date is today, yesterday or tomorrow")
	}
	ctx, end, err := s.replanning(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	out := &coverageOutput{CacheControl: noStore}
	out.Body.Teams, err = s.room.Coverage(ctx, func(team grid.TeamID) bool { return s.worksFor(rights, team) }, from, to)
	return out, err
}

func (s *Server) improveRuns(ctx context.Context, in *struct {
	Body struct {
		Seconds float64 `json:"seconds,omitempty" minimum:"1" maximum:"60" doc:"10 when left out"`
		Change  int     `json:"change,omitempty" minimum:"0" maximum:"100" doc:"so many runs may change; 0 or left out is all"`
	}
},
) (*solveOutput, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	may := func(driver people.ID) bool { return s.worksForPerson(rights, driver) }
	jobs, bound, err := s.room.RunsBound(ctx, may)
	if err != nil {
		return nil, err
	}
	search := &solves.Search{Subject: solves.Runs, Tasks: jobs, Bound: bound}
	search.Run = func(ctx context.Context, limit time.Duration, better func(seconds, cost float64)) (any, float64, error) {
		cost := 0.0
		p, err := s.room.PreviewRuns(ctx, may, room.RunsEdit{Improve: true, Change: in.Body.Change}, room.Search{
			Time: limit,
			Better: func(elapsed time.Duration, s solve.Score) {
				cost = s.Total.Seconds()
				better(elapsed.Seconds(), cost)
			},
		})
		return p, cost, err
	}
	limit := time.Duration(cmp.Or(in.Body.Seconds, 10) * float64(time.Second))
	one, err := s.solves.Submit(callerOf(ctx).person.ID, solves.Ask{Search: search, Time: limit})
	if err != nil {
		return nil, solveProblem(err)
	}
	if err := s.store.Record(ctx, s.act(ctx, "solve.add", solveObject(one.ID), fmt.Sprintf("runs, %d jobs, up to %v", jobs, limit))); err != nil {
		_, _, _ = s.solves.Cancel(one.By, one.ID)
		return nil, err
	}
	return &solveOutput{noStore, solveJSON(one)}, nil
}

// sendPlan does what a search for better runs has found.
func (s *Server) sendPlan(ctx context.Context, id int64, p room.RunsPreview) error {
	if len(p.Orders) == 0 {
		return nil
	}
	rights, err := s.rights(ctx)
	if err != nil {
		return err
	}
	send := room.RunsSend{Basis: p.Basis, Orders: p.Orders}
	return s.room.SendRuns(ctx, callerOf(ctx).person.ID, func(driver people.ID) bool { return s.worksForPerson(rights, driver) },
		send, s.act(ctx, "runs.replan", solveObject(id), fmt.Sprintf("%d runs", len(p.Orders))))
}
