package web

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"citygrid/geo/basemap"
	"citygrid/grid"
	"citygrid/grid/balance"
	"citygrid/grid/register"
	"citygrid/grid/studio"

	"github.com/paulmach/orb"
)

type addDraftInput struct {
	Body struct {
		Name    string  `json:"name" minLength:"1" maxLength:"200"`
		Source  string  `json:"source" enum:"streets,plan,draft"`
		Draft   int64   `json:"draft,omitempty" doc:"of source draft: which"`
		Count   int     `json:"count,omitempty" minimum:"1" maximum:"10000" doc:"of source streets: how many parts to propose; without it none"`
		Seconds float64 `json:"seconds,omitempty" minimum:"1" maximum:"60" doc:"of source streets: how long to search; 5 without it"`
		Seed    uint64  `json:"seed,omitempty" doc:"another seed, another proposal"`
		SizeM2  float64 `json:"size_m2,omitempty" minimum:"100" maximum:"1000000000" doc:"of a unit grid, about; 10000 without it"`
	}
}

func (s *Server) addDraft(ctx context.Context, in *addDraftInput) (*draftOutput, error) {
	if err := s.wholeBureau(ctx); err != nil {
		return nil, err
	}
	name := strings.TrimSpace(in.Body.Name)
	if name == "" {
		return nil, invalid("draft.name", "body.name", "a draft needs a name")
	}
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	h := studio.Head{Name: name, State: studio.Draught, Author: int64(w.caller.person.ID)}
	var d *studio.Draft
	switch in.Body.Source {
	case "draft":
		err = s.withDraft(ctx, studio.DraftID(in.Body.Draft), func(o *openDraft) error {
			h.Base, h.BaseVersion = o.head.Base, o.head.BaseVersion
			d, err = o.d.Copy()
			return err
		})
	case "plan":
		d, err = s.draftOfPlan(ctx, &h, in.Body.SizeM2)
	default:
		d, err = s.draftOfStreets(ctx, in)
	}
	if err != nil {
		return nil, err
	}
	image, err := d.Image()
	if err != nil {
		return nil, err
	}
	h.Fill(d)
	if h, err = s.store.AddDraft(ctx, h, image, s.act(ctx, "draft.add", "", fmt.Sprintf("from %s, %d unit grids", in.Body.Source, h.Units))); err != nil {
		return nil, err
	}
	return &draftOutput{ETag: etag(h.Version), CacheControl: noStore, Body: w.draft(h)}, nil
}

// cityOf is what drafts are cut from: the map that is served, and the stations.
func (s *Server) cityOf(ctx context.Context, sizeM2 float64) (studio.City, error) {
	m, err := s.served()
	if err != nil {
		return studio.City{}, err
	}
	c := studio.City{Network: m.Network, SizeM2: sizeM2}
	if m.Base != nil {
		for f := range m.Base.Features() {
			switch {
			case f.Layer == basemap.Waterway && (f.Kind == "river" || f.Kind == "canal"), f.Layer == basemap.Rail && f.Kind == "rail" && !f.Tunnel && !f.Bridge:
				switch g := f.Geometry.(type) {
				case orb.LineString:
					c.Lines = append(c.Lines, g)
				case orb.MultiLineString:
					c.Lines = append(c.Lines, g...)
				}
			case f.Layer == basemap.POI && f.Group == "shop":
				if at, isPoint := f.Geometry.(orb.Point); isPoint {
					c.Shops = append(c.Shops, at)
				}
			}
		}
	}
	// The bureau's own shops are known better than the map's.
	objects, err := s.store.Objects(ctx)
	if err != nil {
		return c, err
	}
	var fronts []orb.Point
	for _, o := range objects {
		if o.Kind.Frontage() {
			fronts = append(fronts, o.At)
		}
	}
	if len(fronts) > 0 {
		c.Shops = fronts
	}
	stations, err := s.store.Stations(ctx)
	if err != nil {
		return c, err
	}
	for _, st := range stations {
		if st.Kind != register.Pound {
			c.Stations = append(c.Stations, st.At)
		}
	}
	return c, nil
}

// draftOfStreets cuts the ground of the plan that holds, or without one all the
// ground between the streets, and proposes parts.
func (s *Server) draftOfStreets(ctx context.Context, in *addDraftInput) (*studio.Draft, error) {
	c, err := s.cityOf(ctx, in.Body.SizeM2)
	if err != nil {
		return nil, err
	}
	leave, err := s.cutting.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	p, err := s.store.PlanAt(ctx, s.now())
	if err != nil && !errors.Is(err, grid.ErrNoPlan) {
		return nil, err
	}
	if len(p.Grids) > 0 {
		grounds := make([]orb.MultiPolygon, len(p.Grids))
		for i, g := range p.Grids {
			grounds[i] = g.Ground
		}
		if c.Boundary, err = studio.Union(grounds); err != nil {
			return nil, err
		}
	}
	units, err := c.Cut()
	if err != nil {
		return nil, err
	}
	d, err := studio.New(units, nil)
	if err != nil || in.Body.Count == 0 {
		return d, err
	}
	seconds := in.Body.Seconds
	if seconds == 0 {
		seconds = 5
	}
	limited, stop := context.WithTimeout(ctx, time.Duration(seconds*float64(time.Second)))
	defer stop()
	painted, err := d.Work(c.Ease()).Propose(limited, in.Body.Count, balance.Options{Seed: in.Body.Seed + 1})
	if err != nil {
		return nil, proposalProblem(err)
	}
	_, err = d.Apply(d.PaintEdits(painted), nil)
	return d, err
}

// proposalProblem says that there are too few unit grids.
func proposalProblem(err error) error {
	if errors.Is(err, balance.ErrFewUnits) || errors.Is(err, balance.ErrUnits) {
		return invalid("draft.count", "body.count", "%v: ask for fewer", err)
	}
	return err
}

// draftOfPlan goes on from the plan that holds: from the draft that it was
// published from, else from unit grids cut inside its grids.
func (s *Server) draftOfPlan(ctx context.Context, h *studio.Head, sizeM2 float64) (d *studio.Draft, err error) {
	p, err := s.store.PlanAt(ctx, s.now())
	if err != nil {
		return nil, err
	}
	h.Base, h.BaseVersion = p.ID, p.Version
	from, err := s.store.DraftOfPlan(ctx, p.ID, p.Version)
	if err == nil {
		err = s.withDraft(ctx, from.ID, func(o *openDraft) error {
			d, err = o.d.Copy()
			return err
		})
		return d, err
	}
	if !errors.Is(err, studio.ErrNoDraft) {
		return nil, err
	}
	c, err := s.cityOf(ctx, sizeM2)
	if err != nil {
		return nil, err
	}
	leave, err := s.cutting.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	units, parts, err := c.OfPlan(p)
	if err != nil {
		return nil, err
	}
	return studio.New(units, parts)
}
