package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// A PersonName is somebody by name.
type PersonName struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Schema lets there be nobody.
func (PersonName) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Nullable: true, Required: []string{"id", "name"}, AdditionalProperties: false,
		Properties: map[string]*huma.Schema{"id": {Type: huma.TypeInteger, Format: "int64"}, "name": {Type: huma.TypeString}},
	}
}

// A GridFeature is a responsibility grid as a GeoJSON Feature.
type GridFeature struct {
	Type       string         `json:"type" enum:"Feature"`
	ID         int64          `json:"id"`
	Geometry   Ground         `json:"geometry"`
	Properties GridProperties `json:"properties"`
}

// GridProperties say who answers for a grid.
type GridProperties struct {
	ID     int64       `json:"id"`
	Code   string      `json:"code"`
	Name   Names       `json:"name" doc:"by language: zh-CN, en"`
	Team   *int64      `json:"team" doc:"null: no team yet"`
	Member *PersonName `json:"member" doc:"null: nobody yet"`
	Tasks  []string    `json:"tasks" nullable:"false" doc:"what is done there: patrol, stalls, dogs ..."`

	Staffing *Staffing `json:"staffing,omitempty" doc:"how many people it is to have; absent: not said"`
}

// A PlanInfo is what a plan is beside its grids.
type PlanInfo struct {
	ID      int64     `json:"id"`
	Version int64     `json:"version" doc:"send it as If-Match with a change"`
	From    time.Time `json:"from" doc:"who answers for what from this instant on"`
}

// A PlanCollection is a plan as a GeoJSON FeatureCollection.
type PlanCollection struct {
	Type     string        `json:"type" enum:"FeatureCollection"`
	Plan     *PlanInfo     `json:"plan,omitempty" doc:"absent, with no features: there is none yet"`
	Features []GridFeature `json:"features" nullable:"false"`
}

// A GridOwner is who answers for a place.
type GridOwner struct {
	Grid   GridName    `json:"grid"`
	Team   *int64      `json:"team" doc:"null: no team yet"`
	Member *PersonName `json:"member" doc:"null: nobody yet"`
	Plan   *PlanInfo   `json:"plan,omitempty" doc:"that says so, where when or known was asked"`
}

// A GridName is a grid by name.
type GridName struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name Names  `json:"name" doc:"by language: zh-CN, en"`
}

type (
	planOutput struct {
		ETag         string `header:"ETag"`
		CacheControl string `header:"Cache-Control"`
		Body         PlanCollection
	}
	gridOwnerOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         GridOwner
	}
)

func (s *Server) planRoutes() {
	tags := []string{"plan"}
	handle(s, huma.Operation{
		OperationID: "getPlan", Method: http.MethodGet, Path: "/api/plan", Tags: tags,
		Summary: "The plan that holds now or at some time, as GeoJSON", Description: "Before there is one: no features and the ETag of version 0, from which PUT begins it.",
	}, s.getPlan)
	handle(s, huma.Operation{
		OperationID: "getOwner", Method: http.MethodGet, Path: "/api/plan/owner", Tags: tags,
		Summary:     "Who answers for a place now, or answered at some time, as known now or then",
		Description: "404 plan.no_owner: no grid is there. 404 plan.none: no plan held then, or none was known.",
	}, s.getOwner)
	s.staffingRoute()
	s.handleRaw("PUT /api/plan", &huma.Operation{
		OperationID: "putPlan", Method: http.MethodPut, Path: "/api/plan", Tags: tags,
		Summary: "Replace the plan, or begin another",
		Description: "The body is a GeoJSON FeatureCollection as GET gives it. If-Match is the version that it starts from, and mends plan.id (without one, the plan that holds now) from its beginning; " +
			"If-Match 0 begins another plan at plan.from (without one, now). 422 plan.faults: faults say what is wrong with which grid, and where.",
		Parameters: []*huma.Param{{Name: "If-Match", In: "header", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/geo+json": {Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}},
		}},
		Responses: map[string]*huma.Response{"200": {
			Description: "The plan as it is kept, without its grids",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: schemaOf[PlanInfo](s.api, "PlanInfo")}},
		}},
	}, func(w http.ResponseWriter, r *http.Request) {
		kept, err := s.putPlan(w, r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		w.Header().Set("ETag", etag(kept.Version))
		s.writeJSON(w, r, planInfo(kept))
	})
}

func (s *Server) getPlan(ctx context.Context, in *struct {
	At time.Time `query:"at" doc:"without it, now"`
},
) (*planOutput, error) {
	if in.At.IsZero() {
		in.At = s.now()
	}
	p, err := s.store.PlanAt(ctx, in.At)
	if errors.Is(err, grid.ErrNoPlan) {
		return &planOutput{ETag: etag(0), CacheControl: noStore, Body: PlanCollection{Type: "FeatureCollection", Features: []GridFeature{}}}, nil
	}
	if err != nil {
		return nil, err
	}
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.people.fill(ctx); err != nil {
		return nil, err
	}
	info := planInfo(p)
	out := &planOutput{ETag: etag(p.Version), CacheControl: noStore}
	out.Body = PlanCollection{Type: "FeatureCollection", Plan: &info, Features: make([]GridFeature, len(p.Grids))}
	for i, g := range p.Grids {
		out.Body.Features[i] = GridFeature{"Feature", int64(g.ID), Ground{g.Ground}, GridProperties{
			ID: int64(g.ID), Code: g.Code, Name: orEmpty(g.Name), Team: idOrNull(g.Team), Member: w.member(g), Tasks: append([]string{}, g.Tasks...), Staffing: staffingOf(g.Staffing),
		}}
	}
	return out, nil
}

func planInfo(p grid.Plan) PlanInfo { return PlanInfo{int64(p.ID), p.Version, p.From.UTC()} }

func orEmpty(n Names) Names {
	if n == nil {
		return Names{}
	}
	return n
}

// member is the person who answers for g; nil when nobody does.
func (w *view) member(g grid.Responsibility) *PersonName {
	p, err := w.people.get(w.ctx, people.ID(g.Member))
	if g.Member == 0 || err != nil {
		return nil
	}
	return &PersonName{int64(p.ID), p.Name}
}

func (s *Server) getOwner(ctx context.Context, in *ownerAsked) (*gridOwnerOutput, error) {
	g, p, found, err := s.ownerThen(ctx, in)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, newProblem(http.StatusNotFound, "plan.no_owner", "no grid of the plan is there")
	}
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	out := &gridOwnerOutput{CacheControl: noStore}
	out.Body = GridOwner{GridName{int64(g.ID), g.Code, orEmpty(g.Name)}, idOrNull(g.Team), w.member(g), nil}
	if p.ID != 0 {
		info := planInfo(p)
		out.Body.Plan = &info
	}
	return out, nil
}

// ownerAt asks the control room, which has the plan indexed. Without one the plan
// is indexed for this one question.
func (s *Server) ownerAt(ctx context.Context, at orb.Point) (g grid.Responsibility, found bool, err error) {
	if s.room != nil {
		g, found = s.room.Owner(at)
		return g, found, nil
	}
	p, err := s.store.PlanAt(ctx, s.now())
	if err != nil {
		return g, false, err
	}
	owners, err := p.Index()
	if err != nil {
		return g, false, err
	}
	if id, ok := owners.OwnerAt(at); ok {
		g, found = p.Grid(id)
	}
	return g, found, nil
}

// putPlan reads, checks and keeps a plan.
func (s *Server) putPlan(w http.ResponseWriter, r *http.Request) (kept grid.Plan, err error) {
	ctx := r.Context()
	if err := s.wholeBureau(ctx); err != nil {
		return kept, err
	}
	version, err := ifMatchOrNew(r.Header.Get("If-Match"))
	if err != nil {
		return kept, err
	}
	data, err := s.body(w, r, grid.MaxPlanBytes, "application/geo+json", "application/json")
	if err != nil {
		return kept, err
	}
	leave, err := s.filing.enter(ctx)
	if err != nil {
		return kept, err
	}
	defer leave()
	p, err := grid.ReadGeoJSON(bytes.NewReader(data))
	if err != nil {
		return kept, planProblem(err, data)
	}
	detail := fmt.Sprintf("%d grids", len(p.Grids))
	if version == 0 {
		if p.From.IsZero() {
			p.From = s.now()
		}
		kept, err = s.store.AddPlan(ctx, p, s.act(ctx, "plan.add", "", detail))
	} else {
		var was grid.Plan
		if p.ID == 0 {
			was, err = s.store.PlanAt(ctx, s.now())
		} else {
			was, err = s.store.Plan(ctx, p.ID)
		}
		if err != nil {
			return kept, err
		}
		object := fmt.Sprintf("plan/%d", was.ID)
		if was.Version != version {
			return kept, s.stale(ctx, object, was.Version)
		}
		p.ID, p.Version = was.ID, was.Version
		if p.From.IsZero() {
			p.From = was.From
		}
		kept, err = s.store.UpdatePlan(ctx, p, s.act(ctx, "plan.change", object, detail))
	}
	if err == nil {
		s.changed(ctx)
	}
	return kept, err
}

// ifMatchOrNew is ifMatch where 0 says that there is nothing to start from.
func ifMatchOrNew(header string) (int64, error) {
	if header == "0" || header == `"0"` {
		return 0, nil
	}
	return ifMatch(header)
}

// planProblem says which grids are at fault by the names that the file gives them.
func planProblem(err error, file []byte) error {
	var plan *grid.PlanError
	if !errors.As(err, &plan) {
		return err
	}
	var said struct {
		Features []struct {
			ID         any
			Properties struct{ Code, ID any }
		}
	}
	_ = json.Unmarshal(file, &said) // a file that is no JSON names no grids
	name := func(i int) string {
		if i < 0 || i >= len(said.Features) {
			return ""
		}
		f := said.Features[i]
		for _, v := range []any{f.Properties.Code, f.Properties.ID, f.ID} {
			if text := fmt.Sprint(v); v != nil && text != "" && len(text) <= 64 {
				return text
			}
		}
		return ""
	}
	p := newProblem(http.StatusUnprocessableEntity, "plan.faults", plan.Error())
	for _, f := range plan.Faults {
		fault := Fault{Grid: name(f.Feature), Other: name(f.Other), Field: f.Field, What: f.What, Mend: f.Mend, AreaM2: f.AreaM2}
		if f.Feature >= 0 {
			fault.Feature = &f.Feature
		}
		if f.At != nil {
			at := positionOf(*f.At)
			fault.At = &at
		}
		p.Faults = append(p.Faults, fault)
	}
	return p
}
