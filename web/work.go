package web

import (
	"context"
	"slices"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
	"citygrid/live/hub"
)

// Work is what the routes of alerts and tasks need of storage. *store.Store has
// it.
type Work interface {
	Alert(context.Context, alert.ID) (alert.Alert, error)
	Alerts(ctx context.Context, states []alert.State, limit int) ([]alert.Alert, error)
	AlertsAbout(ctx context.Context, of register.Subject, limit int) ([]alert.Alert, error) // the last begun first
	EditAlert(context.Context, alert.ID, alert.Edit, audit.Act) (alert.Alert, error)

	Task(context.Context, dispatch.TaskID) (dispatch.Task, error)
	OpenTasks(context.Context) ([]dispatch.Task, error)
	TasksOf(ctx context.Context, who people.ID, limit int) ([]dispatch.Task, error)
	SendTask(ctx context.Context, t dispatch.Task, key string, act audit.Act) (dispatch.Task, error)
	StepTask(ctx context.Context, id dispatch.TaskID, who people.ID, step dispatch.Step, key string, act audit.Act) (dispatch.Task, error)
}

func (s *Server) workRoutes() {
	s.liveRoutes()
	s.pastRoutes()
	s.reportRoutes()
	s.alertRoutes()
	s.sendRoutes()
	s.taskRoutes()
	s.walkRoutes()
	s.replanRoutes()
	s.presenceRoutes()
	s.towRoutes()
}

// rights is what the caller may see, through those of their grants that the row
// of the route lets in: who is a dispatcher here and a call-taker there handles
// alerts here alone.
func (s *Server) rights(ctx context.Context) (hub.Rights, error) {
	c := callerOf(ctx)
	return s.rightsOf(ctx, c.person, func(g people.Grant) bool { return c.row.cells[g.Role] >= own })
}

// rightsOf is what p may see through the grants that count.
func (s *Server) rightsOf(ctx context.Context, p people.Person, counts func(people.Grant) bool) (hub.Rights, error) {
	if s.room == nil {
		return hub.Rights{}, errNoRoom
	}
	t, err := s.tree(ctx)
	if err != nil {
		return hub.Rights{}, err
	}
	p.Grants = slices.DeleteFunc(slices.Clone(p.Grants), func(g people.Grant) bool { return !counts(g) })
	r := hub.RightsOf(p, s.room.TeamsNow(p.ID), t)
	if slices.Contains(p.Grants, people.Grant{Role: people.Auditor, Area: t.Bureau()}) {
		r.Alerts = hub.Scope{All: true} // reads what was done, and follows nothing live
	}
	return r, nil
}

// worksFor tells if rights reach the work of a team, or of a person in it: theirs
// are the tasks that the team's people get.
func (s *Server) worksFor(rights hub.Rights, team grid.TeamID, who ...people.ID) bool {
	return rights.SeesEvent(hub.Event{Kind: hub.KindTask, Team: team, Area: s.room.TeamArea(team), People: who}, nil)
}

// worksForPerson tells if rights reach somebody, by the teams that they work for
// now; not on duty, they are nobody's to send.
func (s *Server) worksForPerson(rights hub.Rights, who people.ID) bool {
	return slices.ContainsFunc(s.room.TeamsNow(who), func(team grid.TeamID) bool { return s.worksFor(rights, team, who) })
}
