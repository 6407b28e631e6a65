package web

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/room"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

type (
	alertOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         room.Alert
	}
	alertsOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Alerts []room.Alert `json:"alerts" nullable:"false" doc:"the last changed first"`
		}
	}
	alertInput struct {
		ID int64 `path:"id" minimum:"1"`
	}
	noteInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body struct {
			Note string `json:"note,omitempty" maxLength:"2000"`
		}
	}
	closeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body struct {
			Outcome string `json:"outcome,omitempty" enum:"handled,nothing-found,false-alarm,dismissed" doc:"handled when left out"`
			Note    string `json:"note,omitempty" maxLength:"2000"`
		}
	}
	ownerInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body struct {
			Why string `json:"why" minLength:"3" maxLength:"300" doc:"what it is needed for; it goes into the audit log"`
		}
	}
	ownerOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         Owner
	}
)

type trackOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Track []TrackPoint `json:"track" nullable:"false" doc:"by time"`
	}
}

// A TrackPoint is a reported position.
type TrackPoint struct {
	T         time.Time `json:"t"`
	At        Position  `json:"at"`
	AccuracyM float64   `json:"accuracy_m" doc:"0 when it was not told"`
}

// An Owner is whose dog it is: personal data, shown for one alert and noted.
type Owner struct {
	Owner string    `json:"owner"`
	Phone string    `json:"phone"`
	Home  *Position `json:"home" nullable:"true" doc:"null when it isn't known"`
}

func (s *Server) alertRoutes() {
	tags := []string{"alerts"}
	handle(s, huma.Operation{
		OperationID: "listAlerts", Method: http.MethodGet, Path: "/api/alerts", Tags: tags,
		Summary: "The alerts that one may see",
	}, s.listAlerts)
	handle(s, huma.Operation{
		OperationID: "getAlert", Method: http.MethodGet, Path: "/api/alerts/{id}", Tags: tags,
		Summary: "An alert with its history",
	}, func(ctx context.Context, in *alertInput) (*alertOutput, error) {
		a, err := s.alertInReach(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return s.alertOut(a), nil
	})
	const conflict = "409 alerts.closed, alerts.state, alerts.done: somebody else was quicker, read it again."
	handle(s, huma.Operation{
		OperationID: "acknowledgeAlert", Method: http.MethodPost, Path: "/api/alerts/{id}/ack", Tags: tags,
		Summary: "Say that one looks after an alert", Description: conflict,
	}, func(ctx context.Context, in *noteInput) (*alertOutput, error) {
		return s.editAlert(ctx, in.ID, "alert.acknowledge", "", alert.Acknowledge{At: s.now(), Who: callerOf(ctx).person.ID, Note: in.Body.Note})
	})
	handle(s, huma.Operation{
		OperationID: "closeAlert", Method: http.MethodPost, Path: "/api/alerts/{id}/close", Tags: tags,
		Summary: "End the handling of an alert", Description: "Who was sent is called back. " + conflict,
	}, func(ctx context.Context, in *closeInput) (*alertOutput, error) {
		return s.editAlert(ctx, in.ID, "alert.close", in.Body.Outcome, alert.Close{
			At: s.now(), Who: callerOf(ctx).person.ID, Outcome: alert.Outcome(in.Body.Outcome), Note: in.Body.Note,
		})
	})
	handle(s, huma.Operation{
		OperationID: "noteAlert", Method: http.MethodPost, Path: "/api/alerts/{id}/note", Tags: tags,
		Summary: "Add a remark to an alert",
	}, func(ctx context.Context, in *noteInput) (*alertOutput, error) {
		return s.editAlert(ctx, in.ID, "alert.note", "", alert.Note{At: s.now(), Who: callerOf(ctx).person.ID, Note: in.Body.Note})
	})
	handle(s, huma.Operation{
		OperationID: "revealOwner", Method: http.MethodPost, Path: "/api/alerts/{id}/owner", Tags: tags,
		Summary:     "Whose dog an alert is about",
		Description: "Each look is written to the audit log first. 409 alerts.closed: the alert is over, and with it the reason to know.",
	}, s.revealOwner)
	handle(s, huma.Operation{
		OperationID: "alertTrack", Method: http.MethodGet, Path: "/api/alerts/{id}/track", Tags: tags,
		Summary:     "Where the subject of an alert was while it was on, and some minutes before and after",
		Description: "It is kept as long as the alert, after other positions of the day are purged. Each look is written to the audit log first.",
	}, s.alertTrack)
}

// maxAlerts is the most that one list has.
const maxAlerts = 1000

func (s *Server) listAlerts(ctx context.Context, in *struct {
	State string `query:"state" maxLength:"80" doc:"open, acknowledged, dispatched, closed, with commas between; all when left out" example:"open,acknowledged"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
},
) (*alertsOutput, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	var states []alert.State
	for word := range strings.SplitSeq(in.State, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		if !slices.Contains(alert.States(), alert.State(word)) {
			return nil, invalid("alerts.state_unknown", "query.state", "%q is no state of an alert: open, acknowledged, dispatched, closed", word)
		}
		states = append(states, alert.State(word))
	}
	limit := in.Limit
	if !rights.Alerts.All {
		limit = 0 // those of others are left out afterwards
	}
	all, err := s.store.Alerts(ctx, states, limit)
	if err != nil {
		return nil, err
	}
	out := &alertsOutput{CacheControl: noStore}
	out.Body.Alerts = []room.Alert{}
	for _, a := range all {
		if len(out.Body.Alerts) == min(in.Limit, maxAlerts) {
			break
		}
		if s.room.SeesAlert(rights, a) {
			out.Body.Alerts = append(out.Body.Alerts, s.room.AlertJSON(a))
		}
	}
	return out, nil
}

// alertInReach reads an alert that the caller's right reaches on this route. One
// out of reach is as if not there.
func (s *Server) alertInReach(ctx context.Context, id int64) (alert.Alert, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return alert.Alert{}, err
	}
	a, err := s.store.Alert(ctx, alert.ID(id))
	if err == nil && !s.room.SeesAlert(rights, a) {
		err = alert.ErrNoAlert
	}
	return a, err
}

func (s *Server) editAlert(ctx context.Context, id int64, verb, detail string, edit alert.Edit) (*alertOutput, error) {
	if _, err := s.alertInReach(ctx, id); err != nil {
		return nil, err
	}
	a, err := s.store.EditAlert(ctx, alert.ID(id), edit, s.act(ctx, verb, alertObject(id), detail))
	if err != nil {
		return nil, err
	}
	s.room.Changed()
	return s.alertOut(a), nil
}

func (s *Server) alertOut(a alert.Alert) *alertOutput {
	return &alertOutput{CacheControl: noStore, Body: s.room.AlertJSON(a)}
}

func (s *Server) revealOwner(ctx context.Context, in *ownerInput) (*ownerOutput, error) {
	a, err := s.alertInReach(ctx, in.ID)
	switch {
	case err != nil:
		return nil, err
	case a.Key.Subject.Class != zone.Dog:
		return nil, newProblem(http.StatusNotFound, "alerts.no_owner", "this alert is not about a dog")
	case a.State == alert.Shut:
		return nil, alert.ErrClosed
	}
	id := register.DogID(a.Key.Subject.ID)
	// Written before it is read, so that no look goes unnoted.
	if err := s.store.Record(ctx, s.act(ctx, "dog.owner", alertObject(in.ID), fmt.Sprintf("dog/%d: %s", id, in.Body.Why))); err != nil {
		return nil, err
	}
	d, err := s.store.Dog(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &ownerOutput{CacheControl: noStore, Body: Owner{Owner: d.Owner, Phone: d.OwnerPhone}}
	if d.Home != (orb.Point{}) {
		home := positionOf(d.Home)
		out.Body.Home = &home
	}
	return out, nil
}

func (s *Server) alertTrack(ctx context.Context, in *alertInput) (*trackOutput, error) {
	a, err := s.alertInReach(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.store.Record(ctx, s.act(ctx, "track.read", alertObject(in.ID), "the track of the alert")); err != nil {
		return nil, err
	}
	track, err := s.room.AlertTrack(ctx, a)
	if err != nil {
		return nil, err
	}
	out := &trackOutput{CacheControl: noStore}
	out.Body.Track = make([]TrackPoint, len(track))
	for i, f := range track {
		out.Body.Track[i] = TrackPoint{T: f.Time.UTC(), At: positionOf(f.At), AccuracyM: math.Round(float64(f.Accuracy))}
	}
	return out, nil
}

func alertObject(id int64) string { return fmt.Sprintf("alert/%d", id) }

// inRole tells if a grant is of one of the roles.
func inRole(roles ...people.Role) func(people.Grant) bool {
	return func(g people.Grant) bool { return slices.Contains(roles, g.Role) }
}
