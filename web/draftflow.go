package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"citygrid/grid"
	"citygrid/grid/studio"

	"github.com/danielgtaylor/huma/v2"
)

type draftMoveInput struct {
	ID      int64  `path:"id" minimum:"1"`
	IfMatch string `header:"If-Match"`
	Body    *struct {
		Note string `json:"note,omitempty" maxLength:"1000" doc:"for the log"`
	}
}

type publishInput struct {
	ID      int64  `path:"id" minimum:"1"`
	IfMatch string `header:"If-Match"`
	Body    *struct {
		From   *time.Time `json:"from,omitempty" nullable:"true" doc:"from when on the plan holds; null: now"`
		Scheme string     `json:"scheme,omitempty" enum:"15,20,free" doc:"of the codes of unit grids: 15 digits, 20 digits or free, which it is without one"`
		Prefix string     `json:"prefix,omitempty" maxLength:"64" doc:"of the codes: the community's code"`
	}
}

type publishOutput struct {
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Plan  PlanInfo `json:"plan"`
		Draft Draft    `json:"draft"`
	}
}

func (s *Server) draftFlowRoutes() {
	tags := []string{"studio"}
	for _, m := range []struct {
		move             studio.Move
		summary, problem string
	}{
		{studio.Submit, "Hand a draft in for approval", "422 draft.unpainted: a unit grid has no part, or a part no unit grid."},
		{studio.Approve, "Approve a draft that another person handed in", "403 draft.own: it was you."},
		{studio.Reject, "Send a draft back", ""},
		{studio.Reopen, "Take a draft back that was handed in", ""},
	} {
		handle(s, huma.Operation{
			OperationID: string(m.move) + "Draft", Method: http.MethodPost, Path: "/api/drafts/{id}/" + string(m.move), Tags: tags,
			Summary: m.summary, Description: m.problem + " 409 draft.state: its state does not allow it.",
		}, func(ctx context.Context, in *draftMoveInput) (*draftOutput, error) {
			note := ""
			if in.Body != nil {
				note = in.Body.Note
			}
			return s.moveDraft(ctx, in.ID, in.IfMatch, m.move, note)
		})
	}
	handle(s, huma.Operation{
		OperationID: "publishDraft", Method: http.MethodPost, Path: "/api/drafts/{id}/publish", Tags: tags,
		Summary:     "Make an approved draft the plan from some instant on",
		Description: "422 draft.from: in the past. 422 draft.code: the codes do not fit their scheme. 409 draft.state: it is not approved.",
	}, s.publishDraft)
	handle(s, huma.Operation{
		OperationID: "removeDraft", Method: http.MethodDelete, Path: "/api/drafts/{id}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary: "Throw a draft away", Description: "409 draft.state: it is published.",
	}, func(ctx context.Context, in *struct {
		ID      int64  `path:"id" minimum:"1"`
		IfMatch string `header:"If-Match"`
	},
	) (*struct{}, error) {
		_, err := s.moveDraft(ctx, in.ID, in.IfMatch, studio.Discard, "")
		return nil, err
	})
}

// moveDraft takes a draft from one state to another.
func (s *Server) moveDraft(ctx context.Context, id int64, seen string, m studio.Move, note string) (out *draftOutput, err error) {
	version, err := ifMatch(seen)
	if err != nil {
		return nil, err
	}
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	err = s.withDraft(ctx, studio.DraftID(id), func(o *openDraft) error {
		if o.head.Version != version {
			return s.draftChanged(ctx, w, o.head, version)
		}
		h, err := o.head.Moved(m, int64(w.caller.person.ID))
		if err != nil {
			return err
		}
		if m == studio.Submit {
			if err := o.d.Whole(); err != nil {
				return err
			}
		}
		h, err = s.store.StepDraft(ctx, h, []string{string(m)}, nil, nil, s.act(ctx, "draft."+string(m), "", note))
		if err != nil {
			return s.lost(ctx, w, o, err)
		}
		o.head = h
		out = &draftOutput{ETag: etag(h.Version), CacheControl: noStore, Body: w.draft(h)}
		return nil
	})
	return out, err
}

// lost gives up a draft in memory of which something was not written.
func (s *Server) lost(ctx context.Context, w *view, o *openDraft, err error) error {
	o.d = nil
	s.desk.drop(o)
	if errors.Is(err, studio.ErrStale) {
		return s.draftChanged(ctx, w, o.head, o.head.Version)
	}
	return err
}

// schemes of codes, by name.
func codeScheme(name string) grid.CodeScheme {
	switch name {
	case grid.Code15.Name:
		return grid.Code15
	case grid.Code20.Name:
		return grid.Code20
	}
	return grid.CodeFree
}

// publishSlack is how far in the past a plan may begin: a page's clock is not ours.
const publishSlack = 5 * time.Minute

func (s *Server) publishDraft(ctx context.Context, in *publishInput) (out *publishOutput, err error) {
	version, err := ifMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	from, scheme, prefix := now, grid.CodeFree, ""
	if in.Body != nil {
		if in.Body.From != nil {
			from = *in.Body.From
		}
		scheme, prefix = codeScheme(in.Body.Scheme), in.Body.Prefix
	}
	if from.Before(now.Add(-publishSlack)) {
		return nil, invalid("draft.from", "body.from", "a draft becomes the plan from now or later; what was is mended with PUT /api/plan")
	}
	err = s.withDraft(ctx, studio.DraftID(in.ID), func(o *openDraft) error {
		if o.head.Version != version {
			return s.draftChanged(ctx, w, o.head, version)
		}
		h, err := o.head.Moved(studio.Publish, int64(w.caller.person.ID))
		if err != nil {
			return err
		}
		pub, err := s.publication(ctx, o, h, from, scheme, prefix)
		if err == nil {
			var plan grid.Plan
			h, plan, err = s.store.PublishDraft(ctx, pub, s.act(ctx, "draft.publish", "", fmt.Sprintf("%d grids from %s on", len(pub.Plan.Grids), from.UTC().Format(time.RFC3339))))
			if err == nil {
				out = &publishOutput{ETag: etag(h.Version), CacheControl: noStore}
				out.Body.Plan, out.Body.Draft = planInfo(plan), w.draft(h)
			}
		}
		// What is in memory has codes that may not have been kept.
		o.d = nil
		s.desk.drop(o)
		if errors.Is(err, studio.ErrStale) {
			return s.draftChanged(ctx, w, o.head, version)
		}
		if errors.Is(err, grid.ErrCode) {
			return invalid("draft.code", "body.prefix", "%v", err)
		}
		return err
	})
	if err == nil {
		s.changed(ctx)
	}
	return out, err
}

// publication makes the plan of a draft and gives codes.
func (s *Server) publication(ctx context.Context, o *openDraft, h studio.Head, from time.Time, scheme grid.CodeScheme, prefix string) (p studio.Publication, err error) {
	next, err := s.store.NextGrid(ctx)
	if err != nil {
		return p, err
	}
	given, err := s.store.UnitCodes(ctx)
	if err != nil {
		return p, err
	}
	codes := make([]string, 0, len(given))
	for code := range given {
		codes = append(codes, code)
	}
	for _, part := range o.d.Parts() {
		next = max(next, part.Grid+1)
	}
	p = studio.Publication{Head: h, FirstNew: next}
	if p.Plan, err = o.d.Plan(next); err != nil {
		return p, err
	}
	p.Plan.From = from
	if p.Codes, err = o.d.GiveCodes(grid.NewCoder(scheme, codes), prefix, func(code string) bool { return given[code] }); err != nil {
		return p, err
	}
	d, err := o.d.Copy() // without the history, whose units have no codes
	if err != nil {
		return p, err
	}
	p.Head.Fill(d)
	p.Image, err = d.Image()
	return p, err
}
