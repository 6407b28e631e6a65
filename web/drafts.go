package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/studio"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// Studio is what the routes of the planner's studio need of storage. *store.Store
// has it.
type Studio interface {
	Drafts(context.Context) ([]studio.Head, error)
	DraftHead(context.Context, studio.DraftID) (studio.Head, error)
	Draft(context.Context, studio.DraftID) (h studio.Head, d *studio.Draft, steps int, err error)
	DraftOfPlan(context.Context, grid.PlanID, int64) (studio.Head, error)
	DraftDone(ctx context.Context, id studio.DraftID, after int64, limit int) ([]studio.Done, error)
	AddDraft(ctx context.Context, h studio.Head, image []byte, act audit.Act) (studio.Head, error)
	PublishDraft(ctx context.Context, p studio.Publication, act audit.Act) (studio.Head, grid.Plan, error)
	// NextGrid is an id that no grid of a plan has had, UnitCodes the codes given so
	// far and whether they are retired.
	NextGrid(context.Context) (grid.GridID, error)
	UnitCodes(context.Context) (map[string]bool, error)
	StepDraft(ctx context.Context, h studio.Head, what []string, step, image []byte, act audit.Act) (studio.Head, error)
}

// A Draft is a plan in the making.
type Draft struct {
	ID          int64        `json:"id"`
	Name        string       `json:"name"`
	Version     int64        `json:"version" doc:"send it as If-Match with a change"`
	State       studio.State `json:"state" enum:"open,submitted,approved,published,discarded"`
	Base        *PlanVersion `json:"base" doc:"the plan that it begins with; null: none"`
	Plan        *PlanVersion `json:"plan" doc:"that it was published as; null: not yet"`
	Author      *PersonName  `json:"author"`
	ChangedAt   time.Time    `json:"changed_at"`
	ChangedBy   *PersonName  `json:"changed_by"`
	SubmittedBy *PersonName  `json:"submitted_by"`
	ApprovedBy  *PersonName  `json:"approved_by"`
	Units       int          `json:"units" doc:"unit grids"`
	Parts       int          `json:"parts" doc:"responsibility grids to be"`
	Undo        int          `json:"undo" doc:"how many changes can be taken back"`
	Redo        int          `json:"redo"`
}

// A PlanVersion names a plan as it once was.
type PlanVersion struct {
	Plan    int64 `json:"plan"`
	Version int64 `json:"version"`
}

// A DraftPart is a responsibility grid to be.
type DraftPart struct {
	ID          int64       `json:"id"`
	Grid        *int64      `json:"grid" doc:"the grid of the plan that it goes on from; null: a new one"`
	Code        string      `json:"code" doc:"empty until it is published"`
	Name        Names       `json:"name" doc:"by language: zh-CN, en"`
	Team        *int64      `json:"team"`
	Member      *PersonName `json:"member"`
	Tasks       []string    `json:"tasks" nullable:"false"`
	Staffing    *Staffing   `json:"staffing" doc:"null: not said"`
	Locked      bool        `json:"locked"`
	Units       int         `json:"units"`
	Minutes     float64     `json:"minutes" doc:"of work a day"`
	AreaM2      float64     `json:"area_m2"`
	Compactness float64     `json:"compactness" doc:"of Polsby and Popper: 1 for a disc"`
	Connected   bool        `json:"connected" doc:"it is in one piece"`

	Objects map[string]int `json:"objects" doc:"of the register, how many of each kind stand there"`
}

// Staffing is how many people a grid is to have.
type Staffing struct {
	Liaison     int `json:"liaison" minimum:"0" maximum:"10000"`
	Officers    int `json:"officers" minimum:"0" maximum:"10000"`
	Supervisors int `json:"supervisors" minimum:"0" maximum:"10000"`
}

// A DraftSummary is how a draft shares out the work.
type DraftSummary struct {
	MaxOverMean     float64 `json:"max_over_mean" doc:"minutes of the part with the most, over the mean"`
	MeanMinutes     float64 `json:"mean_minutes"`
	CV              float64 `json:"cv" doc:"standard deviation of the minutes over their mean"`
	LowerBound      float64 `json:"lower_bound" doc:"of max_over_mean, by the heaviest unit grid"`
	Connected       bool    `json:"connected" doc:"each part is in one piece"`
	CompactnessMean float64 `json:"compactness_mean"`
	CutKm           float64 `json:"cut_km" doc:"of borders between parts"`
	Unpainted       int     `json:"unpainted" doc:"unit grids without a part"`
}

// A DraftFault is what still keeps a draft from being a plan.
type DraftFault struct {
	What string    `json:"what" enum:"unpainted,apart,empty"`
	At   *Position `json:"at,omitempty" doc:"where to look"`
	Part *int64    `json:"part,omitempty"`
}

// A WholeDraft is a draft with its parts.
type WholeDraft struct {
	Draft   Draft         `json:"draft"`
	Parts   []DraftPart   `json:"parts" nullable:"false"`
	Summary DraftSummary  `json:"summary"`
	Faults  []DraftFault  `json:"faults" nullable:"false"`
	Members []DraftMember `json:"members" nullable:"false" doc:"who can be made responsible for a part"`
}

// A DraftMember is somebody who can be made responsible for a part.
type DraftMember struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Team *int64 `json:"team" doc:"whose area one of their roles is for; null: none"`
}

// members are all who may be responsible: officers and leaders of teams, by name.
func (w *view) members() ([]DraftMember, error) {
	if err := w.fillSubjects(); err != nil {
		return nil, err
	}
	out := []DraftMember{}
	for _, p := range w.people.list {
		at := slices.IndexFunc(p.Grants, func(g people.Grant) bool { return g.Role == people.Officer || g.Role == people.TeamLeader })
		if p.Disabled || at < 0 {
			continue
		}
		m := DraftMember{ID: int64(p.ID), Name: p.Name}
		for _, t := range w.teams.list {
			if t.Area == p.Grants[at].Area {
				m.Team = idOrNull(t.ID)
				break
			}
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b DraftMember) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// A UnitFeature is a unit grid as a GeoJSON Feature.
type UnitFeature struct {
	Type       string         `json:"type" enum:"Feature"`
	ID         int64          `json:"id"`
	Geometry   Ground         `json:"geometry"`
	Properties UnitProperties `json:"properties"`
}

// UnitProperties are what a unit grid is.
type UnitProperties struct {
	ID      int64   `json:"id"`
	Part    int64   `json:"part" doc:"0: none"`
	Minutes float64 `json:"minutes" doc:"of work a day"`
	Code    string  `json:"code" doc:"empty until it is published"`
}

// A UnitPaint is a unit grid and its part.
type UnitPaint struct {
	Unit int64 `json:"unit"`
	Part int64 `json:"part"`
}

// A DraftChange is what became different in a draft.
type DraftChange struct {
	Draft        Draft         `json:"draft"`
	Units        []UnitFeature `json:"units" nullable:"false" doc:"unit grids that are new or have another shape"`
	Removed      []int64       `json:"removed" nullable:"false" doc:"unit grids that are no more"`
	Painted      []UnitPaint   `json:"painted" nullable:"false" doc:"other unit grids whose part is another"`
	Parts        []DraftPart   `json:"parts" nullable:"false" doc:"parts that are new or different"`
	RemovedParts []int64       `json:"removed_parts" nullable:"false"`
	Summary      DraftSummary  `json:"summary"`
}

type (
	draftsOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Drafts []Draft `json:"drafts" nullable:"false"`
		}
	}
	draftOutput struct {
		ETag         string `header:"ETag"`
		CacheControl string `header:"Cache-Control"`
		Body         Draft
	}
	wholeDraftOutput struct {
		ETag         string `header:"ETag"`
		CacheControl string `header:"Cache-Control"`
		Body         WholeDraft
	}
	draftChangeOutput struct {
		ETag         string `header:"ETag"`
		CacheControl string `header:"Cache-Control"`
		Body         DraftChange
	}
	draftInput struct {
		ID int64 `path:"id" minimum:"1"`
	}
	draftStepInput struct {
		ID      int64  `path:"id" minimum:"1"`
		IfMatch string `header:"If-Match"`
		Body    *struct{}
	}
)

// maxEdits is how large a request with edits may be: paint of every unit grid.
const maxEdits = 8 << 20

func (s *Server) draftRoutes() {
	tags := []string{"studio"}
	handle(s, huma.Operation{
		OperationID: "listDrafts", Method: http.MethodGet, Path: "/api/drafts", Tags: tags,
		Summary: "Every draft but those discarded, the one changed last first",
	}, s.listDrafts)
	handle(s, huma.Operation{
		OperationID: "addDraft", Method: http.MethodPost, Path: "/api/drafts", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary:     "Begin a draft: of unit grids between the streets, of the plan that holds, or of another draft",
		Description: "503 map.none: there are no streets. 422 draft.ground: the ground cannot be cut.",
	}, s.addDraft)
	handle(s, huma.Operation{
		OperationID: "getDraft", Method: http.MethodGet, Path: "/api/drafts/{id}", Tags: tags,
		Summary: "A draft with its parts and what is still wrong with it",
	}, s.getDraft)
	s.handleRaw("GET /api/drafts/{id}/units", &huma.Operation{
		OperationID: "listDraftUnits", Method: http.MethodGet, Path: "/api/drafts/{id}/units", Tags: tags,
		Summary:    "A draft's unit grids as GeoJSON; neighbours share their positions to the bit",
		Parameters: []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeInteger, Format: "int64"}}},
		Responses: map[string]*huma.Response{"200": {
			Description: "A FeatureCollection",
			Content:     map[string]*huma.MediaType{"application/geo+json": {Schema: schemaOf[UnitCollection](s.api, "UnitCollection")}},
		}},
	}, s.listUnits)
	handle(s, huma.Operation{
		OperationID: "editDraft", Method: http.MethodPost, Path: "/api/drafts/{id}/edits", Tags: tags, MaxBodyBytes: maxEdits,
		Summary: "Edit a draft: all edits or none, as one step of its history",
		Description: "412 draft.changed: somebody else changed it; by, at, version and what tell. 422 draft.locked, draft.crossing, draft.no_cut, draft.apart, draft.border, draft.no_vertex, " +
			"draft.no_unit, draft.no_part, draft.edit. 409 draft.state: it is not open.",
	}, s.editDraft)
	for _, back := range []bool{true, false} {
		name, summary := "undo", "Take the last change back"
		if !back {
			name, summary = "redo", "Make the change again that was last taken back"
		}
		handle(s, huma.Operation{
			OperationID: name + "Draft", Method: http.MethodPost, Path: "/api/drafts/{id}/" + name, Tags: tags,
			Summary: summary, Description: "409 draft.nothing_to_" + name + ".",
		}, func(ctx context.Context, in *draftStepInput) (*draftChangeOutput, error) {
			return s.stepDraft(ctx, in.ID, in.IfMatch, []string{name}, func(d *studio.Draft) (studio.Kind, studio.Entry, error) {
				if back {
					e, err := d.Undo()
					return studio.Undone, e, err
				}
				e, err := d.Redo()
				return studio.Redone, e, err
			})
		})
	}
	s.draftFlowRoutes()
	s.draftCompareRoutes()
}

// A UnitCollection is unit grids as a GeoJSON FeatureCollection.
type UnitCollection struct {
	Type     string        `json:"type" enum:"FeatureCollection"`
	Features []UnitFeature `json:"features" nullable:"false"`
}

func (s *Server) listDrafts(ctx context.Context, _ *struct{}) (*draftsOutput, error) {
	if err := s.wholeBureau(ctx); err != nil {
		return nil, err
	}
	heads, err := s.store.Drafts(ctx)
	if err != nil {
		return nil, err
	}
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	out := &draftsOutput{CacheControl: noStore}
	out.Body.Drafts = []Draft{}
	for _, h := range heads {
		out.Body.Drafts = append(out.Body.Drafts, w.draft(h))
	}
	return out, nil
}

// draft is a head as the app gets it.
func (w *view) draft(h studio.Head) Draft {
	return Draft{
		ID: int64(h.ID), Name: h.Name, Version: h.Version, State: h.State, Base: planVersion(h.Base, h.BaseVersion), Plan: planVersion(h.Plan, h.PlanVersion),
		Author: w.name(h.Author), ChangedAt: h.ChangedAt.UTC(), ChangedBy: w.name(h.ChangedBy), SubmittedBy: w.name(h.SubmittedBy), ApprovedBy: w.name(h.ApprovedBy),
		Units: h.Units, Parts: h.Parts, Undo: h.Undo, Redo: h.Redo,
	}
}

func planVersion(id grid.PlanID, version int64) *PlanVersion {
	if id == 0 {
		return nil
	}
	return &PlanVersion{int64(id), version}
}

// name is somebody by name; nil for nobody.
func (w *view) name(id int64) *PersonName {
	if id == 0 {
		return nil
	}
	p, err := w.people.get(w.ctx, people.ID(id))
	if err != nil {
		return nil
	}
	return &PersonName{int64(p.ID), p.Name}
}

func (w *view) part(p studio.PartSum, objects map[string]int) DraftPart {
	if objects == nil {
		objects = map[string]int{}
	}
	out := DraftPart{
		ID: int64(p.ID), Grid: idOrNull(p.Grid), Code: p.Code, Name: orEmpty(p.Name), Team: idOrNull(p.Team), Member: w.name(p.Member), Tasks: append([]string{}, p.Tasks...),
		Locked: p.Locked, Units: p.Units, Minutes: p.Minutes, AreaM2: p.AreaM2, Compactness: p.Compactness, Connected: p.Pieces == 1, Objects: objects,
	}
	out.Staffing = staffingOf(p.Staffing)
	return out
}

func draftSummary(s studio.Summary) DraftSummary { return DraftSummary(s) }

func (s *Server) getDraft(ctx context.Context, in *draftInput) (out *wholeDraftOutput, err error) {
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	members, err := w.members()
	if err != nil {
		return nil, err
	}
	err = s.withDraft(ctx, studio.DraftID(in.ID), func(o *openDraft) error {
		out = &wholeDraftOutput{ETag: etag(o.head.Version), CacheControl: noStore}
		out.Body = WholeDraft{Draft: w.draft(o.head), Summary: draftSummary(o.d.Summary()), Parts: []DraftPart{}, Faults: []DraftFault{}, Members: members}
		objects, err := s.counted(ctx, o)
		if err != nil {
			return err
		}
		for _, p := range o.d.Parts() {
			out.Body.Parts = append(out.Body.Parts, w.part(p, objects[p.ID]))
		}
		for _, f := range o.d.Faults() {
			fault := DraftFault{What: f.What, Part: idOrNull(int64(f.Part))}
			if f.At != nil {
				at := positionOf(*f.At)
				fault.At = &at
			}
			out.Body.Faults = append(out.Body.Faults, fault)
		}
		return nil
	})
	return out, err
}

func unitFeature(d *studio.Draft, id studio.UnitID) UnitFeature {
	return UnitFeature{"Feature", int64(id), Ground{d.Ground(id)}, UnitProperties{int64(id), int64(d.PartOf(id)), d.Minutes(id), d.Code(id)}}
}

// listUnits writes the unit grids of a draft.
func (s *Server) listUnits(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		s.refuse(w, r, errNotFound)
		return
	}
	var b []byte
	var version int64
	err = s.withDraft(r.Context(), studio.DraftID(id), func(o *openDraft) error {
		version = o.head.Version
		b = append(make([]byte, 0, 1000*o.d.Len()), `{"type":"FeatureCollection","features":[`...)
		first := true
		for id := range o.d.Units {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = fmt.Appendf(b, `{"type":"Feature","id":%d,"geometry":`, id)
			b = appendGround(b, o.d.Ground(id))
			b = fmt.Appendf(b, `,"properties":{"id":%d,"part":%d,"minutes":%s,"code":%q}}`, id, o.d.PartOf(id), strconv.FormatFloat(o.d.Minutes(id), 'g', -1, 64), o.d.Code(id))
		}
		b = append(b, "]}\n"...)
		return nil
	})
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/geo+json")
	w.Header().Set("Cache-Control", noStore)
	w.Header().Set("ETag", etag(version))
	_, _ = bytes.NewReader(b).WriteTo(w)
}

// appendGround writes a geometry, one piece as a Polygon.
func appendGround(b []byte, ground orb.MultiPolygon) []byte {
	polygon := func(poly orb.Polygon) {
		for i, ring := range poly {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, '[')
			for j, p := range ring {
				if j > 0 {
					b = append(b, ',')
				}
				b = append(b, '[')
				b = strconv.AppendFloat(b, p[0], 'f', -1, 64)
				b = append(b, ',')
				b = strconv.AppendFloat(b, p[1], 'f', -1, 64)
				b = append(b, ']')
			}
			b = append(b, ']')
		}
	}
	if len(ground) == 1 {
		b = append(b, `{"type":"Polygon","coordinates":[`...)
		polygon(ground[0])
		return append(b, "]}"...)
	}
	b = append(b, `{"type":"MultiPolygon","coordinates":[`...)
	for i, poly := range ground {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		polygon(poly)
		b = append(b, ']')
	}
	return append(b, "]}"...)
}

// draftProblem turns the rules of drafts into what the browser is told; false for
// other errors.
func draftProblem(err error) (*Problem, bool) {
	for _, e := range []struct {
		is     error
		status int
		code   string
	}{
		{studio.ErrNoDraft, http.StatusNotFound, "not_found"},
		{studio.ErrLocked, http.StatusUnprocessableEntity, "draft.locked"},
		{studio.ErrCrossing, http.StatusUnprocessableEntity, "draft.crossing"},
		{studio.ErrNoCut, http.StatusUnprocessableEntity, "draft.no_cut"},
		{studio.ErrApart, http.StatusUnprocessableEntity, "draft.apart"},
		{studio.ErrRim, http.StatusUnprocessableEntity, "draft.border"},
		{studio.ErrNoVertex, http.StatusUnprocessableEntity, "draft.no_vertex"},
		{studio.ErrNoUnit, http.StatusUnprocessableEntity, "draft.no_unit"},
		{studio.ErrNoPart, http.StatusUnprocessableEntity, "draft.no_part"},
		{studio.ErrEdit, http.StatusUnprocessableEntity, "draft.edit"},
		{studio.ErrGround, http.StatusUnprocessableEntity, "draft.ground"},
		{grid.ErrNoGround, http.StatusUnprocessableEntity, "draft.ground"},
		{grid.ErrShape, http.StatusUnprocessableEntity, "draft.ground"},
		{grid.ErrTangled, http.StatusUnprocessableEntity, "draft.ground"},
		{studio.ErrUnpainted, http.StatusUnprocessableEntity, "draft.unpainted"},
		{studio.ErrNoUndo, http.StatusConflict, "draft.nothing_to_undo"},
		{studio.ErrNoRedo, http.StatusConflict, "draft.nothing_to_redo"},
		{studio.ErrState, http.StatusConflict, "draft.state"},
		{studio.ErrOwn, http.StatusForbidden, "draft.own"},
	} {
		if errors.Is(err, e.is) {
			return newProblem(e.status, e.code, err.Error()), true
		}
	}
	return nil, false
}
