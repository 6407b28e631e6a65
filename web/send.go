package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"citygrid/grid/people"
	"citygrid/live/alert"
	"citygrid/live/dispatch"
	"citygrid/live/room"

	"github.com/danielgtaylor/huma/v2"
)

type (
	sendInput struct {
		ID   int64  `path:"id" minimum:"1"`
		Key  string `header:"Idempotency-Key" maxLength:"100" doc:"the caller's name for this request: sent again with it, nothing happens twice"`
		Body struct {
			Person int64  `json:"person" minimum:"1"`
			Note   string `json:"note,omitempty" maxLength:"2000" doc:"what to do there"`
		}
	}
	candidatesInput struct {
		ID int64 `path:"id" minimum:"1"`
		N  int   `query:"n" minimum:"1" maximum:"50" default:"3" doc:"how many candidates"`
	}
	candidatesOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Candidates []room.Candidate `json:"candidates" nullable:"false" doc:"who is there first, first"`
			Others     []room.Exclusion `json:"others" nullable:"false" doc:"why everybody else is no candidate"`
		}
	}
)

func (s *Server) sendRoutes() {
	handle(s, huma.Operation{
		OperationID: "nearestToAlert", Method: http.MethodGet, Path: "/api/alerts/{id}/nearest", Tags: []string{"alerts"},
		Summary: "Who is at the place of an alert first, by road",
	}, s.nearestToAlert)
	handle(s, huma.Operation{
		OperationID: "sendToAlert", Method: http.MethodPost, Path: "/api/alerts/{id}/send", Tags: []string{"alerts"},
		Summary: "Send somebody to an alert",
		Description: "Who was sent before is called back. 409 alerts.done: that person is sent already. 409 send.off_duty: nobody is sent out of their shift. " +
			"422 send.person: no officer of one's own area or team.",
	}, s.sendToAlert)
}

// mostNamed is how many of those near are asked for, to leave out those that the
// caller may not send.
const mostNamed = 200

func (s *Server) nearestToAlert(ctx context.Context, in *candidatesInput) (*candidatesOutput, error) {
	a, err := s.alertInReach(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, routeTime)
	defer cancel()
	leave, err := s.routing.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	near, others, err := s.room.Nearest(ctx, a.At, mostNamed)
	if err != nil {
		return nil, err
	}
	out := &candidatesOutput{CacheControl: noStore}
	out.Body.Candidates, out.Body.Others = []room.Candidate{}, []room.Exclusion{}
	for _, c := range near {
		switch {
		case !s.worksForPerson(rights, c.Person):
		case len(out.Body.Candidates) < in.N:
			out.Body.Candidates = append(out.Body.Candidates, s.room.CandidateJSON(c))
		default:
			out.Body.Others = append(out.Body.Others, s.room.ExclusionJSON(dispatch.Exclusion{Person: c.Person, Why: dispatch.ErrFarther, Time: c.Time}))
		}
	}
	for _, e := range others {
		if s.worksForPerson(rights, e.Person) {
			out.Body.Others = append(out.Body.Others, s.room.ExclusionJSON(e))
		}
	}
	return out, nil
}

func (s *Server) sendToAlert(ctx context.Context, in *sendInput) (*alertOutput, error) {
	a, err := s.alertInReach(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	to := people.ID(in.Body.Person)
	p, err := s.store.Person(ctx, to)
	if err != nil && !errors.Is(err, people.ErrNoPerson) {
		return nil, err
	}
	if err != nil || p.Disabled || !reports(p) {
		return nil, errNotToSend
	}
	if teams := s.room.TeamsNow(to); len(teams) == 0 {
		return nil, newProblem(http.StatusConflict, "send.off_duty", "this person is off duty")
	}
	if !s.worksForPerson(rights, to) {
		return nil, errNotToSend
	}
	c := callerOf(ctx)
	sent, err := s.store.SendTask(ctx, dispatch.Task{
		Kind: dispatch.KindAlert, Alert: a.ID, Note: in.Body.Note, Person: to, At: a.At, Sent: s.now(), By: c.person.ID,
	}, in.Key, s.act(ctx, "alert.send", alertObject(in.ID), fmt.Sprintf("to person/%d", to)))
	if err != nil {
		return nil, err
	}
	if sent.Alert != a.ID || sent.Person != to {
		return nil, dispatch.ErrKeyUsed // the key's first request was another
	}
	s.room.Changed()
	if a, err = s.store.Alert(ctx, alert.ID(in.ID)); err != nil {
		return nil, err
	}
	return s.alertOut(a), nil
}

var errNotToSend = invalid("send.person", "body.person", "there is no such officer whom you may send")
