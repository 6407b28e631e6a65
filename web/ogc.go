package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"citygrid/grid"
	"citygrid/grid/zone"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// OGC API - Features, Part 1: Core (OGC 17-069r4), so that QGIS and the like open
// the grids, the zones and the objects. What is said to be conformed to is listed here.
var ogcConformance = []string{
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
}

const (
	crs84        = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	geoJSON      = "application/geo+json"
	ogcLimit     = 100
	ogcMostItems = 10_000
)

// An OGCLink leads to another resource.
type OGCLink struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
}

type ogcCollection struct {
	ID          string    `json:"id"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Extent      ogcExtent `json:"extent"`
	ItemType    string    `json:"itemType"`
	CRS         []string  `json:"crs"`
	Links       []OGCLink `json:"links"`
}

type ogcExtent struct {
	Spatial struct {
		BBox [][4]float64 `json:"bbox"`
		CRS  string       `json:"crs"`
	} `json:"spatial"`
	Temporal struct {
		Interval [][2]*time.Time `json:"interval"`
		TRS      string          `json:"trs"`
	} `json:"temporal"`
}

// An ogcFeature is one item.
type ogcFeature struct {
	Type       string         `json:"type"`
	ID         int64          `json:"id"`
	Geometry   any            `json:"geometry"` // Ground or a point
	Properties map[string]any `json:"properties"`
	Links      []OGCLink      `json:"links,omitempty"`

	bound orb.Bound
}

type ogcItems struct {
	Type           string       `json:"type"`
	TimeStamp      time.Time    `json:"timeStamp"`
	NumberMatched  int          `json:"numberMatched"`
	NumberReturned int          `json:"numberReturned"`
	Features       []ogcFeature `json:"features"`
	Links          []OGCLink    `json:"links"`
}

// ogcSets are the collections.
var ogcSets = []struct{ id, title, what string }{
	{"grids", "Responsibility grids 责任网格", "The grids of the plan that holds at datetime, or now, with who answers for each."},
	{"zones", "Zones 管控区域", "The zones that hold now, with their rule and calendar."},
	{"objects", "Register objects 登记对象", "Shops, sites, contact points and the like, with the street and the grid that each stands at by the plan of datetime, or now."},
}

func (s *Server) ogcRoutes() {
	text := func(name, in, what string, required bool) *huma.Param {
		return &huma.Param{Name: name, In: in, Required: required, Description: what, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	collection := text("collection", "path", "grids, zones or objects", true)
	for _, route := range []struct {
		path, id, summary string
		params            []*huma.Param
		answer            func(*http.Request, ogcHere) (any, error)
	}{
		{"/ogc", "ogcLanding", "OGC API - Features: where everything is", nil, s.ogcLanding},
		{"/ogc/conformance", "ogcConformance", "OGC API - Features: what is conformed to", nil, func(*http.Request, ogcHere) (any, error) {
			return map[string][]string{"conformsTo": ogcConformance}, nil
		}},
		{"/ogc/collections", "ogcCollections", "OGC API - Features: the collections", nil, s.ogcCollections},
		{"/ogc/collections/{collection}", "ogcCollection", "OGC API - Features: a collection", []*huma.Param{collection}, s.ogcCollection},
		{"/ogc/collections/{collection}/items", "ogcItems", "OGC API - Features: the features of a collection", []*huma.Param{
			collection, text("bbox", "query", "west,south,east,north in WGS 84 degrees", false), text("datetime", "query", "an instant or an interval of RFC 3339; of an interval its end counts", false),
			{Name: "limit", In: "query", Schema: &huma.Schema{Type: huma.TypeInteger, Minimum: pointer(1.0), Maximum: pointer(float64(ogcMostItems)), Default: ogcLimit}},
			{Name: "offset", In: "query", Schema: &huma.Schema{Type: huma.TypeInteger, Minimum: pointer(0.0)}},
		}, s.ogcItems},
		{"/ogc/collections/{collection}/items/{item}", "ogcItem", "OGC API - Features: one feature", []*huma.Param{
			collection, {Name: "item", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeInteger, Format: "int64"}},
		}, s.ogcItem},
	} {
		kind := "application/json"
		if strings.Contains(route.path, "items") {
			kind = geoJSON
		}
		s.handleRaw("GET "+route.path, &huma.Operation{
			OperationID: route.id, Method: http.MethodGet, Path: route.path, Tags: []string{"ogc"}, Summary: route.summary, Parameters: route.params,
			Responses: map[string]*huma.Response{"200": {
				Description: "As OGC 17-069r4 has it", Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}}},
			}},
		}, func(w http.ResponseWriter, r *http.Request) {
			body, err := route.answer(r, s.ogcHere(r))
			if err != nil {
				s.refuse(w, r, err)
				return
			}
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Cache-Control", noStore)
			if err := json.NewEncoder(w).Encode(body); err != nil {
				s.log.DebugContext(r.Context(), "answer not delivered", slog.Any("err", err))
			}
		})
	}
}

func pointer[T any](v T) *T { return &v }

// ogcHere is where the caller reaches us, without a slash at the end.
type ogcHere string

func (s *Server) ogcHere(r *http.Request) ogcHere {
	scheme := "http"
	if s.secure || r.TLS != nil {
		scheme = "https"
	}
	return ogcHere(scheme + "://" + r.Host)
}

func (h ogcHere) link(rel, kind, title, path string, args ...any) OGCLink {
	return OGCLink{string(h) + fmt.Sprintf(path, args...), rel, kind, title}
}

func (s *Server) ogcLanding(_ *http.Request, here ogcHere) (any, error) {
	return struct {
		Title       string    `json:"title"`
		Description string    `json:"description"`
		Links       []OGCLink `json:"links"`
	}{"citygrid", "Responsibility grids, zones and register objects of a city-management bureau", []OGCLink{
		here.link("self", "application/json", "This document", "/ogc"),
		here.link("service-desc", "application/vnd.oai.openapi+json;version=3.1", "The API", "/openapi.json"),
		here.link("conformance", "application/json", "What is conformed to", "/ogc/conformance"),
		here.link("data", "application/json", "The collections", "/ogc/collections"),
	}}, nil
}

func (s *Server) ogcCollections(r *http.Request, here ogcHere) (any, error) {
	out := struct {
		Links       []OGCLink       `json:"links"`
		Collections []ogcCollection `json:"collections"`
	}{Links: []OGCLink{here.link("self", "application/json", "This document", "/ogc/collections")}}
	for _, set := range ogcSets {
		c, err := s.ogcOne(r.Context(), here, set.id)
		if err != nil {
			return nil, err
		}
		out.Collections = append(out.Collections, c)
	}
	return out, nil
}

func (s *Server) ogcCollection(r *http.Request, here ogcHere) (any, error) {
	return s.ogcOne(r.Context(), here, r.PathValue("collection"))
}

// ogcOne describes a collection, or is errNotFound.
func (s *Server) ogcOne(ctx context.Context, here ogcHere, id string) (c ogcCollection, err error) {
	at := slices.IndexFunc(ogcSets, func(set struct{ id, title, what string }) bool { return set.id == id })
	if at < 0 {
		return c, errNotFound
	}
	features, err := s.ogcFeatures(ctx, id, s.now())
	if err != nil {
		return c, err
	}
	set := ogcSets[at]
	c = ogcCollection{ID: id, Title: set.title, Description: set.what, ItemType: "feature", CRS: []string{crs84}, Links: []OGCLink{
		here.link("self", "application/json", set.title, "/ogc/collections/%s", id),
		here.link("items", geoJSON, set.title, "/ogc/collections/%s/items", id),
	}}
	bound := orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}
	for i, f := range features {
		if i == 0 {
			bound = f.bound
		}
		bound = bound.Union(f.bound)
	}
	c.Extent.Spatial.BBox, c.Extent.Spatial.CRS = [][4]float64{boundsOf(bound)}, crs84
	c.Extent.Temporal.Interval, c.Extent.Temporal.TRS = [][2]*time.Time{{nil, nil}}, "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
	return c, nil
}

// ogcFeatures are all features of a collection at some time, by id.
func (s *Server) ogcFeatures(ctx context.Context, id string, at time.Time) (out []ogcFeature, err error) {
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	switch id {
	case "grids":
		p, err := s.store.PlanAt(ctx, at)
		if errors.Is(err, grid.ErrNoPlan) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		for _, g := range p.Grids {
			out = append(out, ogcFeature{Type: "Feature", ID: int64(g.ID), Geometry: Ground{g.Ground}, bound: g.Ground.Bound(), Properties: map[string]any{
				"id": g.ID, "code": g.Code, "name_zh": g.Name["zh-CN"], "name_en": g.Name["en"], "team": s.teamCode(w, g.Team), "member": memberName(w.member(g)),
				"tasks": strings.Join(g.Tasks, ", "), "plan": p.ID, "version": p.Version, "from": p.From.UTC().Format(time.RFC3339),
			}})
		}
	case "zones":
		all, err := s.store.Zones(ctx)
		if err != nil {
			return nil, err
		}
		for _, z := range all {
			f := zoneFeature(z, at, s.days())
			out = append(out, ogcFeature{Type: "Feature", ID: int64(z.ID), Geometry: f.Geometry, bound: z.Ground.Bound(), Properties: map[string]any{
				"id": z.ID, "name_zh": z.Name["zh-CN"], "name_en": z.Name["en"], "kind": z.Kind, "rule": z.Rule.Kind, "active": f.Properties.Active,
				"when_zh": f.Properties.When["zh-CN"], "when_en": f.Properties.When["en"], "classes": classes(z.Classes), "version": z.Version,
			}})
		}
	case "objects":
		err := s.objectsAt(ctx, at, func(t *standing) error {
			for _, o := range t.listing(s.network()).Objects {
				out = append(out, ogcObject(o))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	default:
		return nil, errNotFound
	}
	slices.SortFunc(out, func(a, b ogcFeature) int { return int(max(-1, min(1, a.ID-b.ID))) })
	return out, nil
}

func ogcObject(o Object) ogcFeature {
	at := orb.Point{o.At[0], o.At[1]}
	of := map[string]any{"id": o.ID, "code": o.Code, "name_zh": o.Name["zh-CN"], "name_en": o.Name["en"], "kind": o.Kind, "unit": o.Unit, "street": nil, "side": nil, "grid": nil, "version": o.Version}
	if o.Street != nil {
		of["street"], of["side"] = o.Street.Street, o.Street.Side
	}
	if o.Grid != nil {
		of["grid"] = o.Grid.Code
	}
	return ogcFeature{Type: "Feature", ID: o.ID, Geometry: geojson.NewGeometry(at), bound: at.Bound(), Properties: of}
}

func (s *Server) teamCode(w *view, id grid.TeamID) any {
	if t, err := w.teams.get(w.ctx, id); id != 0 && err == nil {
		return t.Code
	}
	return nil
}

func memberName(p *PersonName) any {
	if p == nil {
		return nil
	}
	return p.Name
}

func classes(all []zone.Class) string {
	var words []string
	for _, c := range all {
		words = append(words, string(c))
	}
	return strings.Join(words, ", ")
}

// ogcBad refuses a parameter, with the status that OGC 17-069r4 asks for.
func ogcBad(parameter, format string, args ...any) error {
	p := newProblem(http.StatusBadRequest, "ogc.parameter", parameter+": "+fmt.Sprintf(format, args...))
	p.Errors = []ProblemField{{Location: "query." + parameter, Message: p.Detail}}
	return p
}

// ogcAsked is what an items request asks for.
type ogcAsked struct {
	bound         *orb.Bound
	at            time.Time
	limit, offset int
}

func (s *Server) ogcAsked(q url.Values) (a ogcAsked, err error) {
	a.at, a.limit = s.now(), ogcLimit
	for name, values := range q {
		if len(values) != 1 {
			return a, ogcBad(name, "given %d times", len(values))
		}
		text := values[0]
		switch name {
		case "limit":
			if a.limit, err = strconv.Atoi(text); err != nil || a.limit < 1 {
				return a, ogcBad(name, "want a number from 1 to %d", ogcMostItems)
			}
			a.limit = min(a.limit, ogcMostItems) // as the standard has it: no more than we give
		case "offset":
			if a.offset, err = strconv.Atoi(text); err != nil || a.offset < 0 {
				return a, ogcBad(name, "want a number from 0 on")
			}
		case "bbox":
			if a.bound, err = ogcBox(text); err != nil {
				return a, err
			}
		case "bbox-crs", "crs":
			if text != crs84 {
				return a, ogcBad(name, "only %s is served", crs84)
			}
		case "datetime":
			if a.at, err = ogcTime(text, a.at); err != nil {
				return a, err
			}
		case "f":
			if text != "json" && text != "geojson" {
				return a, ogcBad(name, "only json is served")
			}
		default:
			return a, ogcBad(name, "there is no such parameter")
		}
	}
	return a, nil
}

// ogcBox reads four numbers, or six with heights that are passed over.
func ogcBox(text string) (*orb.Bound, error) {
	n, ok := numbers(text, 4)
	if !ok {
		if six, isSix := numbers(text, 6); isSix {
			n, ok = []float64{six[0], six[1], six[3], six[4]}, true
		}
	}
	if !ok || !onEarth(orb.Point{n[0], n[1]}) || !onEarth(orb.Point{n[2], n[3]}) || n[0] > n[2] || n[1] > n[3] {
		return nil, ogcBad("bbox", "want west,south,east,north in degrees")
	}
	return &orb.Bound{Min: orb.Point{n[0], n[1]}, Max: orb.Point{n[2], n[3]}}, nil
}

// ogcTime reads an instant, or an interval, of which the end counts: now where it
// is open.
func ogcTime(text string, now time.Time) (time.Time, error) {
	begin, end, isInterval := strings.Cut(text, "/")
	if !isInterval {
		end = begin
	}
	open := func(s string) bool { return s == "" || s == ".." }
	if isInterval && !open(begin) {
		if _, err := time.Parse(time.RFC3339, begin); err != nil {
			return now, ogcBad("datetime", "want an instant such as 2026-03-01T08:00:00Z, or two with a slash between")
		}
	}
	if isInterval && open(end) {
		return now, nil
	}
	t, err := time.Parse(time.RFC3339, end)
	if err != nil {
		return now, ogcBad("datetime", "want an instant such as 2026-03-01T08:00:00Z, or two with a slash between")
	}
	return t, nil
}

func (s *Server) ogcItems(r *http.Request, here ogcHere) (any, error) {
	id := r.PathValue("collection")
	query := r.URL.Query()
	a, err := s.ogcAsked(query)
	if err != nil {
		return nil, err
	}
	all, err := s.ogcFeatures(r.Context(), id, a.at)
	if err != nil {
		return nil, err
	}
	out := ogcItems{Type: "FeatureCollection", TimeStamp: s.now().UTC(), Features: []ogcFeature{}}
	for _, f := range all {
		if a.bound != nil && !a.bound.Intersects(f.bound) {
			continue
		}
		if out.NumberMatched++; out.NumberMatched > a.offset && len(out.Features) < a.limit {
			out.Features = append(out.Features, f)
		}
	}
	out.NumberReturned = len(out.Features)
	page := func(rel string, offset int) OGCLink {
		q := url.Values{}
		for name, v := range query {
			q[name] = v
		}
		q.Set("offset", strconv.Itoa(offset))
		q.Set("limit", strconv.Itoa(a.limit))
		return here.link(rel, geoJSON, "", "/ogc/collections/%s/items?%s", id, q.Encode())
	}
	out.Links = append(out.Links, page("self", a.offset), here.link("collection", "application/json", "", "/ogc/collections/%s", id))
	if a.offset+out.NumberReturned < out.NumberMatched && out.NumberReturned > 0 {
		out.Links = append(out.Links, page("next", a.offset+out.NumberReturned))
	}
	if a.offset > 0 {
		out.Links = append(out.Links, page("prev", max(0, a.offset-a.limit)))
	}
	return out, nil
}

func (s *Server) ogcItem(r *http.Request, here ogcHere) (any, error) {
	id := r.PathValue("collection")
	item, err := strconv.ParseInt(r.PathValue("item"), 10, 64)
	if err != nil {
		return nil, errNotFound
	}
	all, err := s.ogcFeatures(r.Context(), id, s.now())
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if f.ID == item {
			f.Links = []OGCLink{
				here.link("self", geoJSON, "", "/ogc/collections/%s/items/%d", id, item),
				here.link("collection", "application/json", "", "/ogc/collections/%s", id),
			}
			return f, nil
		}
	}
	return nil, errNotFound
}
