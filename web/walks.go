package web

import (
	"context"
	"net/http"
	"time"

	"citygrid/grid/people"
	"citygrid/live/hub"
	"citygrid/live/room"

	"github.com/danielgtaylor/huma/v2"
)

type (
	walksOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Walks []room.Walk `json:"walks" nullable:"false"`
		}
	}
	runsOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Runs  []room.Run     `json:"runs" nullable:"false"`
			Sites []room.TowSite `json:"sites" nullable:"false" doc:"where they unload"`
		}
	}
)

func (s *Server) walkRoutes() {
	handle(s, huma.Operation{
		OperationID: "listWalks", Method: http.MethodGet, Path: "/api/walks", Tags: []string{"walks"},
		Summary:     "What officers walk on a day, and how far they are",
		Description: "Officers see their own; the desk those of its area, back to yesterday; team leaders those of their team, back to 30 days ago.",
	}, s.listWalks)
	handle(s, huma.Operation{
		OperationID: "listRuns", Method: http.MethodGet, Path: "/api/runs", Tags: []string{"runs"},
		Summary: "The runs of the tow trucks on duty now",
	}, s.listRuns)
}

// How far back others may look at where somebody walked.
const (
	deskLooksBack   = 24 * time.Hour
	leaderLooksBack = 30 * 24 * time.Hour
)

func (s *Server) listWalks(ctx context.Context, in *struct {
	Date string `query:"date" format:"date" doc:"in the bureau's time zone; today when left out" example:"2026-03-01"`
},
) (*walksOutput, error) {
	from, to, err := s.day(ctx, in.Date)
	if err != nil {
		return nil, err
	}
	c, now := callerOf(ctx), s.now()
	desk, err := s.rightsOf(ctx, c.person, inRole(people.Dispatcher))
	if err != nil {
		return nil, err
	}
	leader, err := s.rightsOf(ctx, c.person, inRole(people.TeamLeader))
	if err != nil {
		return nil, err
	}
	walks, err := s.room.Walks(ctx, from, to)
	if err != nil {
		return nil, err
	}
	out := &walksOutput{CacheControl: noStore}
	out.Body.Walks = []room.Walk{}
	for _, w := range walks {
		mine := w.Person.ID == c.person.ID
		byDesk := s.worksFor(desk, w.Team) && w.To.After(now.Add(-deskLooksBack))
		byLeader := s.worksFor(leader, w.Team) && w.To.After(now.Add(-leaderLooksBack))
		if mine || byDesk || byLeader {
			out.Body.Walks = append(out.Body.Walks, w)
		}
	}
	out.Body.Walks = append(out.Body.Walks, s.room.Unplanned(c.person.ID, from, to, out.Body.Walks)...)
	return out, nil
}

// day is the bureau's day of that date, from <= t < to.
func (s *Server) day(ctx context.Context, date string) (from, to time.Time, err error) {
	set, err := s.store.Settings(ctx)
	if err != nil {
		return from, to, err
	}
	zone, err := time.LoadLocation(set.TimeZone)
	if err != nil {
		return from, to, err
	}
	if date == "" {
		date = s.now().In(zone).Format(time.DateOnly)
	}
	if from, err = time.ParseInLocation(time.DateOnly, date, zone); err != nil {
		return from, to, invalid("query.date", "query.date", "date must be a day such as 2026-03-01")
	}
	return from, from.AddDate(0, 0, 1), nil
}

func (s *Server) listRuns(ctx context.Context, _ *struct{}) (*runsOutput, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	runs, err := s.room.Runs(ctx)
	if err != nil {
		return nil, err
	}
	out := &runsOutput{CacheControl: noStore}
	out.Body.Runs = []room.Run{}
	for _, r := range runs {
		if s.worksForPerson(rights, r.Driver.ID) || rights.SeesEvent(hub.Event{Kind: hub.KindTask, People: []people.ID{r.Driver.ID}}, nil) {
			out.Body.Runs = append(out.Body.Runs, r)
		}
	}
	out.Body.Sites = s.room.TowSites(runs)
	return out, nil
}
