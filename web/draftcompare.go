package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"citygrid/grid"
	"citygrid/grid/balance"
	"citygrid/grid/studio"

	"github.com/danielgtaylor/huma/v2"
)

type (
	proposeInput struct {
		ID   int64 `path:"id" minimum:"1"`
		Body struct {
			Count   int      `json:"count" minimum:"1" maximum:"10000" doc:"parts that are not locked"`
			Seconds float64  `json:"seconds,omitempty" minimum:"1" maximum:"60" doc:"for all seeds together; 10 without it"`
			Seeds   []uint64 `json:"seeds,omitempty" nullable:"false" maxItems:"4" doc:"one proposal each; 1 without any"`
		}
	}
	proposalsOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Version   int64           `json:"version" doc:"of the draft that they are for"`
			Proposals []DraftProposal `json:"proposals" nullable:"false"`
		}
	}
	acceptInput struct {
		ID      int64  `path:"id" minimum:"1"`
		IfMatch string `header:"If-Match"`
		Body    struct {
			Seed    uint64  `json:"seed" doc:"which of the proposals that were last made"`
			Count   int     `json:"count,omitempty" doc:"passed over"`
			Seconds float64 `json:"seconds,omitempty" doc:"passed over"`
		}
	}
	compareInput struct {
		ID   int64  `path:"id" minimum:"1"`
		With string `query:"with" maxLength:"20" default:"plan" doc:"plan, or a draft's id"`
	}
	compareOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         DraftComparison
	}
)

// A DraftProposal is one way to paint a draft.
type DraftProposal struct {
	Seed    uint64       `json:"seed"`
	Summary DraftSummary `json:"summary"`
	Painted []int64      `json:"painted" nullable:"false" doc:"the part of each unit grid, in the order of their ids; numbers beyond those of the parts that there are name new ones"`
}

// A DraftSide is who answers for ground.
type DraftSide struct {
	Grid   *int64      `json:"grid" doc:"null: a new one"`
	Name   Names       `json:"name" doc:"by language: zh-CN, en"`
	Team   *int64      `json:"team"`
	Member *PersonName `json:"member"`
}

// A DraftHandover is ground for which another will answer.
type DraftHandover struct {
	From    *DraftSide `json:"from" doc:"null: nobody"`
	To      *DraftSide `json:"to" doc:"null: nobody"`
	Units   int        `json:"units" doc:"unit grids of the draft"`
	Minutes float64    `json:"minutes" doc:"of work a day"`
	AreaM2  float64    `json:"area_m2"`
}

// A MovedFeature is the ground of a handover.
type MovedFeature struct {
	Type       string          `json:"type" enum:"Feature"`
	ID         int64           `json:"id" doc:"place in moves, from 0"`
	Geometry   Ground          `json:"geometry"`
	Properties MovedProperties `json:"properties"`
}

// MovedProperties name the handover.
type MovedProperties struct {
	Move int `json:"move" doc:"place in moves, from 0"`
}

// MovedCollection is the ground that moves.
type MovedCollection struct {
	Type     string         `json:"type" enum:"FeatureCollection"`
	Features []MovedFeature `json:"features" nullable:"false"`
}

// A DraftComparison is what a draft changes.
type DraftComparison struct {
	Moves         []DraftHandover `json:"moves" nullable:"false" doc:"the most work first"`
	Geometry      MovedCollection `json:"geometry"`
	SummaryBefore DraftSummary    `json:"summary_before" doc:"of what it is compared with, by the work of the draft's unit grids"`
	SummaryAfter  DraftSummary    `json:"summary_after"`
}

func (s *Server) draftCompareRoutes() {
	tags := []string{"studio"}
	handle(s, huma.Operation{
		OperationID: "proposeDraft", Method: http.MethodPost, Path: "/api/drafts/{id}/proposals", Tags: tags,
		Summary: "Ways to share out the work of a draft; what is locked stays", Description: "422 draft.count: more parts than unit grids.",
	}, s.proposeDraft)
	handle(s, huma.Operation{
		OperationID: "acceptProposal", Method: http.MethodPost, Path: "/api/drafts/{id}/proposals/accept", Tags: tags,
		Summary: "Paint a draft as one of the last proposals", Description: "409 draft.no_proposal: there is none for this seed and version; ask for proposals again.",
	}, s.acceptProposal)
	handle(s, huma.Operation{
		OperationID: "compareDraft", Method: http.MethodGet, Path: "/api/drafts/{id}/compare", Tags: tags,
		Summary: "What a draft changes: which ground goes from whom to whom", Description: "404 plan.none: there is no plan to compare with.",
	}, s.compareDraft)
}

// proposals are those last made for a draft.
type proposals struct {
	version int64
	painted map[uint64][]studio.Paintwork
}

func (s *Server) proposeDraft(ctx context.Context, in *proposeInput) (*proposalsOutput, error) {
	seeds, seconds := in.Body.Seeds, in.Body.Seconds
	if len(seeds) == 0 {
		seeds = []uint64{1}
	}
	if seconds == 0 {
		seconds = 10
	}
	var ground *studio.Work
	var version int64
	c, err := s.cityOf(ctx, 0)
	if err != nil && !errors.Is(err, errNoMap) {
		return nil, err
	}
	err = s.withDraft(ctx, studio.DraftID(in.ID), func(o *openDraft) error {
		version = o.head.Version
		if c.Network != nil {
			ground = o.d.Work(c.Ease())
		} else {
			ground = o.d.Work(nil)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	leave, err := s.cutting.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	made := &proposals{version: version, painted: map[uint64][]studio.Paintwork{}}
	for _, seed := range seeds {
		limited, stop := context.WithTimeout(ctx, time.Duration(seconds/float64(len(seeds))*float64(time.Second)))
		painted, err := ground.Propose(limited, in.Body.Count, balance.Options{Seed: seed})
		stop()
		if err != nil {
			return nil, proposalProblem(err)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		made.painted[seed] = painted
	}
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	out := &proposalsOutput{CacheControl: noStore}
	out.Body.Version, out.Body.Proposals = version, []DraftProposal{}
	err = s.withDraft(ctx, studio.DraftID(in.ID), func(o *openDraft) error {
		if o.head.Version != version {
			return s.draftChanged(ctx, w, o.head, version)
		}
		o.proposals = made
		for _, seed := range seeds {
			p := DraftProposal{Seed: seed, Painted: []int64{}}
			sum, err := o.d.Preview(made.painted[seed])
			if err != nil {
				return err
			}
			p.Summary = draftSummary(sum)
			is := map[studio.UnitID]studio.PartID{}
			for _, one := range made.painted[seed] {
				is[one.Unit] = one.Part
			}
			for id := range o.d.Units {
				part, painted := is[id]
				if !painted {
					part = o.d.PartOf(id)
				}
				p.Painted = append(p.Painted, int64(part))
			}
			out.Body.Proposals = append(out.Body.Proposals, p)
		}
		return nil
	})
	return out, err
}

func (s *Server) acceptProposal(ctx context.Context, in *acceptInput) (*draftChangeOutput, error) {
	var painted []studio.Paintwork
	err := s.withDraft(ctx, studio.DraftID(in.ID), func(o *openDraft) error {
		if p := o.proposals; p != nil && p.version == o.head.Version {
			painted = p.painted[in.Body.Seed]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.stepDraft(ctx, in.ID, in.IfMatch, []string{"proposal"}, func(d *studio.Draft) (studio.Kind, studio.Entry, error) {
		if painted == nil {
			return "", studio.Entry{}, newProblem(http.StatusConflict, "draft.no_proposal", "there is no proposal of this seed for the draft as it is: ask for proposals again")
		}
		e, err := d.Apply(d.AcceptEdits(painted), nil)
		return studio.Edited, e, err
	})
}

func (s *Server) compareDraft(ctx context.Context, in *compareInput) (out *compareOutput, err error) {
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	var was []studio.Piece
	var before *studio.Summary
	if in.With == "plan" || in.With == "" {
		p, err := s.store.PlanAt(ctx, s.now())
		if err != nil {
			return nil, err
		}
		for _, g := range p.Grids {
			was = append(was, studio.Piece{Side: studio.Side{Grid: g.ID, Name: g.Name, Team: g.Team, Member: g.Member}, Ground: g.Ground})
		}
	} else {
		other, err := strconv.ParseInt(in.With, 10, 64)
		if err != nil || other < 1 {
			return nil, invalid("draft.with", "query.with", "with must be plan or a draft's id")
		}
		err = s.withDraft(ctx, studio.DraftID(other), func(o *openDraft) error {
			was = o.d.Pieces()
			sum := o.d.Summary()
			before = &sum
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	leave, err := s.filing.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	err = s.withDraft(ctx, studio.DraftID(in.ID), func(o *openDraft) error {
		moves, sum, err := o.d.Compare(was)
		if err != nil {
			return err
		}
		if before == nil {
			before = &sum
		}
		out = &compareOutput{CacheControl: noStore, Body: DraftComparison{
			Moves: []DraftHandover{}, Geometry: MovedCollection{"FeatureCollection", []MovedFeature{}},
			SummaryBefore: draftSummary(*before), SummaryAfter: draftSummary(o.d.Summary()),
		}}
		for i, m := range moves {
			out.Body.Moves = append(out.Body.Moves, DraftHandover{w.side(m.From), w.side(m.To), m.Units, m.Minutes, m.AreaM2})
			out.Body.Geometry.Features = append(out.Body.Geometry.Features, MovedFeature{"Feature", int64(i), Ground{m.Ground}, MovedProperties{i}})
		}
		return nil
	})
	return out, err
}

func (w *view) side(s *studio.Side) *DraftSide {
	if s == nil {
		return nil
	}
	return &DraftSide{idOrNull(s.Grid), orEmpty(s.Name), idOrNull(s.Team), w.name(s.Member)}
}

type ownerAsked struct {
	At    string    `query:"at" required:"true" maxLength:"80" doc:"longitude,latitude" example:"-75.5466,39.7459"`
	When  time.Time `query:"when" doc:"who answered then; without it, now"`
	Known time.Time `query:"known" doc:"as far as was recorded then; without it, now"`
}

// ownerThen says who answered for a place at some time, as known at another.
func (s *Server) ownerThen(ctx context.Context, in *ownerAsked) (g grid.Responsibility, p grid.Plan, found bool, err error) {
	at, err := parsePoint("query.at", in.At)
	if err != nil {
		return g, p, false, err
	}
	if in.When.IsZero() && in.Known.IsZero() {
		g, found, err = s.ownerAt(ctx, at)
		return g, p, found, err
	}
	when, known := in.When, in.Known
	if when.IsZero() {
		when = s.now()
	}
	if known.IsZero() {
		known = s.now()
	}
	if p, err = s.store.PlanKnown(ctx, when, known); err != nil {
		return g, p, false, err
	}
	leave, err := s.filing.enter(ctx)
	if err != nil {
		return g, p, false, err
	}
	defer leave()
	owners, err := p.Index()
	if err != nil {
		return g, p, false, err
	}
	if id, ok := owners.OwnerAt(at); ok {
		g, found = p.Grid(id)
	}
	return g, p, found, nil
}
