package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"citygrid/grid"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// An Area is one node of the bureau's tree of areas.
type Area struct {
	ID       int64             `json:"id"`
	Parent   int64             `json:"parent" doc:"0 for the bureau alone"`
	Kind     grid.AreaKind     `json:"kind" enum:"bureau,town,community,station"`
	Code     string            `json:"code" doc:"administrative code; empty when it has none"`
	Name     map[string]string `json:"name" doc:"by language: zh-CN, en"`
	Boundary *Boundary         `json:"boundary" doc:"null when not drawn yet"`
	Version  int64             `json:"version" doc:"send it as If-Match with a change"`
}

// TransformSchema says that an area may have no boundary.
func (Area) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return orNull(s, "boundary")
}

// A Boundary is a GeoJSON Polygon or MultiPolygon.
type Boundary struct {
	Type        string          `json:"type" enum:"Polygon,MultiPolygon"`
	Coordinates json.RawMessage `json:"coordinates" doc:"GeoJSON coordinates, at most 200,000 points"`
}

type (
	areaOutput struct {
		ETag string `header:"ETag"`
		Body Area
	}
	areasOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Areas []Area `json:"areas" nullable:"false"`
		}
	}
	newAreaInput struct {
		Body struct {
			Parent   int64             `json:"parent" minimum:"1"`
			Kind     grid.AreaKind     `json:"kind" enum:"town,community,station"`
			Code     string            `json:"code,omitempty" maxLength:"32"`
			Name     map[string]string `json:"name" doc:"by language: zh-CN, en"`
			Boundary *Boundary         `json:"boundary,omitempty"`
		}
	}
	changeAreaInput struct {
		ID      int64  `path:"id" minimum:"1"`
		IfMatch string `header:"If-Match" doc:"the version that the change starts from"`
		Body    struct {
			Parent   *int64            `json:"parent,omitempty" minimum:"1"`
			Kind     *grid.AreaKind    `json:"kind,omitempty" enum:"bureau,town,community,station"`
			Code     *string           `json:"code,omitempty" maxLength:"32"`
			Name     map[string]string `json:"name,omitempty" doc:"replaces all names"`
			Boundary *Boundary         `json:"boundary,omitempty" doc:"replaces the boundary"`
		}
	}
	removeAreaInput struct {
		ID      int64  `path:"id" minimum:"1"`
		IfMatch string `header:"If-Match" doc:"the version that is removed"`
	}
)

func (s *Server) areaRoutes() {
	tags := []string{"areas"}
	handle(s, huma.Operation{
		OperationID: "listAreas", Method: http.MethodGet, Path: "/api/areas", Tags: tags,
		Summary: "The bureau's tree of areas",
	}, s.listAreas)
	handle(s, huma.Operation{
		OperationID: "addArea", Method: http.MethodPost, Path: "/api/areas", Tags: tags,
		Summary: "Add an area", DefaultStatus: http.StatusCreated, MaxBodyBytes: maxBody,
	}, s.addArea)
	handle(s, huma.Operation{
		OperationID: "changeArea", Method: http.MethodPatch, Path: "/api/areas/{id}", Tags: tags,
		Summary: "Change an area", MaxBodyBytes: maxBody,
		Description: "412 stale: somebody else changed the area; version and changed_by tell.",
	}, s.changeArea)
	handle(s, huma.Operation{
		OperationID: "removeArea", Method: http.MethodDelete, Path: "/api/areas/{id}", Tags: tags,
		Summary: "Remove an area that nothing hangs on", DefaultStatus: http.StatusNoContent,
		Description: "409 areas.in_use: it has areas below it, or people have roles in it.",
	}, s.removeArea)
}

func (s *Server) listAreas(ctx context.Context, _ *struct{}) (*areasOutput, error) {
	areas, err := s.store.Areas(ctx)
	if err != nil {
		return nil, err
	}
	out := &areasOutput{CacheControl: noStore}
	out.Body.Areas = make([]Area, len(areas))
	for i, a := range areas {
		if out.Body.Areas[i], err = areaOf(a); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Server) addArea(ctx context.Context, in *newAreaInput) (*areaOutput, error) {
	t, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	b := in.Body
	a := grid.Area{Parent: grid.AreaID(b.Parent), Kind: b.Kind, Code: b.Code, Name: b.Name}
	if err := reachArea(callerOf(ctx), t, a.Parent); err != nil {
		return nil, err
	}
	if a.Boundary, err = b.Boundary.polygons(); err != nil {
		return nil, err
	}
	a, err = s.store.AddArea(ctx, a, s.act(ctx, "area.add", "", fmt.Sprintf("%s below %d", a.Kind, a.Parent)))
	return s.answerArea(ctx, a, err)
}

func (s *Server) changeArea(ctx context.Context, in *changeAreaInput) (*areaOutput, error) {
	version, err := ifMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	t, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	id := grid.AreaID(in.ID)
	if err := reachArea(c, t, id); err != nil {
		return nil, err
	}
	a, _ := t.Area(id)
	if a.Version != version {
		return nil, s.stale(ctx, areaObject(id), a.Version)
	}
	if p := in.Body.Parent; p != nil && grid.AreaID(*p) != a.Parent {
		// Away from one parent and to another: the right must reach both.
		if err := reachArea(c, t, a.Parent); err != nil {
			return nil, err
		}
		if err := reachArea(c, t, grid.AreaID(*p)); err != nil {
			return nil, err
		}
		a.Parent = grid.AreaID(*p)
	}
	if in.Body.Kind != nil {
		a.Kind = *in.Body.Kind
	}
	if in.Body.Code != nil {
		a.Code = *in.Body.Code
	}
	if in.Body.Name != nil {
		a.Name = in.Body.Name
	}
	if in.Body.Boundary != nil {
		if a.Boundary, err = in.Body.Boundary.polygons(); err != nil {
			return nil, err
		}
	}
	a, err = s.store.UpdateArea(ctx, a, s.act(ctx, "area.change", areaObject(id), ""))
	return s.answerArea(ctx, a, err)
}

func (s *Server) removeArea(ctx context.Context, in *removeAreaInput) (*struct{}, error) {
	version, err := ifMatch(in.IfMatch)
	if err != nil {
		return nil, err
	}
	t, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	id := grid.AreaID(in.ID)
	if err := reachArea(c, t, id); err != nil {
		return nil, err
	}
	a, _ := t.Area(id)
	if a.Parent == 0 {
		return nil, newProblem(http.StatusConflict, "areas.bureau", "the bureau itself stays")
	}
	if err := reachArea(c, t, a.Parent); err != nil {
		return nil, err
	}
	if a.Version != version {
		return nil, s.stale(ctx, areaObject(id), a.Version)
	}
	err = s.store.RemoveArea(ctx, id, version, s.act(ctx, "area.remove", areaObject(id), string(a.Kind)))
	if err == nil {
		s.changed(ctx)
	}
	return nil, err
}

// reachArea refuses areas that aren't there or that the caller's right doesn't
// reach. Everybody may know of all areas, so the two may differ.
func reachArea(c *caller, t *grid.Tree, id grid.AreaID) error {
	if _, ok := t.Area(id); !ok {
		return grid.ErrNoArea
	}
	if !c.reaches(t, id) {
		return newProblem(http.StatusForbidden, "areas.outside", "your admin right does not reach this area")
	}
	return nil
}

func areaObject(id grid.AreaID) string { return "area/" + strconv.FormatInt(int64(id), 10) }

func (s *Server) answerArea(ctx context.Context, a grid.Area, err error) (*areaOutput, error) {
	if err != nil {
		return nil, err
	}
	s.changed(ctx)
	body, err := areaOf(a)
	return &areaOutput{ETag: etag(a.Version), Body: body}, err
}

func areaOf(a grid.Area) (Area, error) {
	out := Area{ID: int64(a.ID), Parent: int64(a.Parent), Kind: a.Kind, Code: a.Code, Name: a.Name, Version: a.Version}
	if len(a.Boundary) > 0 {
		coordinates, err := json.Marshal(a.Boundary)
		if err != nil {
			return Area{}, fmt.Errorf("boundary of area %d: %w", a.ID, err)
		}
		out.Boundary = &Boundary{Type: "MultiPolygon", Coordinates: coordinates}
	}
	return out, nil
}

// polygons reads a boundary. What rules its rings must keep is the domain's to
// say; nil is no boundary.
func (b *Boundary) polygons() (orb.MultiPolygon, error) {
	if b == nil {
		return nil, nil
	}
	bad := invalid("areas.boundary", "body.boundary.coordinates", "not the coordinates of a GeoJSON %s", b.Type)
	var m orb.MultiPolygon
	var err error
	switch b.Type {
	case "Polygon":
		m = make(orb.MultiPolygon, 1)
		err = json.Unmarshal(b.Coordinates, &m[0])
	case "MultiPolygon":
		err = json.Unmarshal(b.Coordinates, &m)
	default:
		return nil, bad
	}
	if err != nil || len(m) == 0 {
		return nil, bad
	}
	return m, nil
}
