package web

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"citygrid/data/mapfile"
	"citygrid/geo"
	"citygrid/geo/basemap"
	"citygrid/geo/place"
	"citygrid/geo/street"
	"citygrid/routing/city"
	"citygrid/routing/match"
	"citygrid/routing/path"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// A Map is one imported map, made ready to serve. It is not changed any more;
// a new import makes a new one.
type Map struct {
	ID         string // first 16 hex digits of the file's hash; in tile addresses, so tiles can be cached for ever
	Name       string
	Bound      orb.Bound
	ImportedAt time.Time
	DataTime   time.Time // of the OSM data; zero when not known
	Languages  []string  // in which there are names
	Report     mapfile.Report

	Network *street.Network
	Base    *basemap.Map // rivers, railways and shops, for drafts; nil has none
	Tiles   Tiler
	Places  *place.Index
	Streets *city.Streets // as they are now, closures and all

	routers  map[string]Router             // in tests: instead of the engines of the streets
	matching atomic.Pointer[match.Matcher] // the last one used; nil before
}

// NewMap makes m ready to serve for those who travel. It indexes the names; engines
// are made when they are asked for.
func NewMap(m *mapfile.Map, profiles []path.Profile) *Map {
	served := &Map{
		ID: m.Meta.ID, Name: m.Meta.Name, Bound: m.Meta.Bound, ImportedAt: m.Meta.ImportedAt, DataTime: m.Meta.DataTime,
		Languages: m.Meta.Languages, Report: m.Report,
		Network: m.Network, Base: m.Base, Tiles: m.Base,
	}
	served.Places = place.New(m.Places)
	served.Streets = city.New(m.Meta.ID, m.Network, profiles)
	return served
}

// A Tiler cuts vector tiles: uncompressed MVT, empty where there is nothing.
type Tiler interface {
	Tile(z, x, y uint32) ([]byte, error)
}

// A Router finds the ways of one profile. *path.Engine is one.
type Router interface {
	Route(context.Context, path.Query) (path.Route, error)
	Table(ctx context.Context, from, to []orb.Point, limit geo.Metres) (*path.Table, error)
	Alternatives(context.Context, path.Query, int) ([]path.Route, error)
	Steps(path.Route, path.Language) []path.Step
	Isochrones(ctx context.Context, from orb.Point, limit geo.Metres, times []time.Duration) ([]orb.MultiPolygon, error)
}

// router is who finds ways, with the version of the streets. in is the part of the
// request that says who travels. Who asks for an engine that has to be made waits for it,
// and doesn't ask for many.
func (s *Server) router(ctx context.Context, m *Map, in string, t Travel) (Router, int64, error) {
	if r, ok := m.routers[t.Profile]; ok {
		return r, 0, nil
	}
	then := m.Streets.Now()
	if !t.At.IsZero() {
		if away := t.At.Sub(s.now()); away.Abs() > farthest {
			return nil, 0, invalid("route.at", in+"at", "%s is more than a year from now", t.At.Format(time.RFC3339))
		}
		then = m.Streets.At(t.At)
	}
	who := city.Who{Profile: t.Profile, Ferries: t.Ferries}
	if !then.Ready(who) {
		if err := s.pace(ctx); err != nil {
			return nil, 0, err
		}
	}
	e, err := then.For(ctx, who)
	if err != nil {
		return nil, 0, err
	}
	if e == nil {
		return nil, 0, m.nobody(in+"profile", t.Profile)
	}
	return e, then.Version, nil
}

// farthest is how far from now ways are found: rules of the map are not known for
// longer.
const farthest = 366 * 24 * time.Hour

// nobody refuses a profile that there isn't.
func (m *Map) nobody(where, profile string) error {
	return invalid("route.profile", where, "%.40q does not travel here; there are %s", profile, strings.Join(m.Streets.Profiles(), ", "))
}

// A Traveller is one of those that ways are found for.
type Traveller struct {
	Name    string  `json:"name" example:"tow-truck"`
	Title   Names   `json:"title"`
	Vehicle string  `json:"vehicle" doc:"whose access tags count" example:"hgv"`
	HeightM float64 `json:"height_m" doc:"0: no limit of the map stops it"`
	WidthM  float64 `json:"width_m"`
	WeightT float64 `json:"weight_t"`
	Ferries bool    `json:"ferries" doc:"takes ferries without being asked"`
}

// travellers lists them as people are shown them.
func (m *Map) travellers() []Traveller {
	list := []Traveller{}
	for _, p := range m.Streets.Travellers() {
		list = append(list, Traveller{
			Name: p.Name, Title: Names{"en": p.TitleEN, "zh-CN": p.TitleZH}, Vehicle: p.Vehicle.String(),
			HeightM: float64(p.Height), WidthM: float64(p.Width), WeightT: p.WeightT, Ferries: p.Ferries,
		})
	}
	return list
}

// MapInfo is what the app must know of the map.
type MapInfo struct {
	ID          string         `json:"id" doc:"stands in tile addresses: /tiles/{id}/{z}/{x}/{y}"`
	Name        string         `json:"name"`
	Bounds      Bounds         `json:"bounds"`
	Center      Position       `json:"center"`
	Attribution string         `json:"attribution"`
	ImportedAt  time.Time      `json:"imported_at"`
	DataTime    *time.Time     `json:"data_time" doc:"of the OpenStreetMap data; null when not known"`
	Segments    int            `json:"segments"`
	Junctions   int            `json:"junctions"`
	Languages   []string       `json:"languages" nullable:"false" doc:"in which the map has names"`
	Profiles    []Traveller    `json:"profiles" nullable:"false" doc:"who travels, in the order in which people are shown them"`
	Ferries     bool           `json:"ferries" doc:"there are some"`
	Report      mapfile.Report `json:"report" doc:"what the import read, dropped and repaired"`
}

type mapOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         MapInfo
}

// served is the map that is served now.
func (s *Server) served() (*Map, error) {
	if m := s.city.Load(); m != nil {
		return m, nil
	}
	return nil, errNoMap
}

func (s *Server) mapRoutes() {
	handle(s, huma.Operation{
		OperationID: "getMap", Method: http.MethodGet, Path: "/api/map", Tags: []string{"map"},
		Summary: "The map that is served", Description: "503 map.none: none has been imported yet.",
	}, func(context.Context, *struct{}) (*mapOutput, error) {
		m, err := s.served()
		if err != nil {
			return nil, err
		}
		info := MapInfo{
			ID: m.ID, Name: m.Name, Bounds: boundsOf(m.Bound), Center: positionOf(m.Bound.Center()),
			Attribution: "© OpenStreetMap contributors", ImportedAt: m.ImportedAt.UTC(),
			Segments: m.Network.Segments(), Junctions: m.Network.Junctions(), Languages: m.Languages, Report: m.Report,
			Profiles: m.travellers(), Ferries: m.Streets.HasFerries(),
		}
		if info.Languages == nil {
			info.Languages = []string{}
		}
		if !m.DataTime.IsZero() {
			t := m.DataTime.UTC()
			info.DataTime = &t
		}
		return &mapOutput{CacheControl: noStore, Body: info}, nil
	})
	s.tileRoutes()
	s.importRoutes()
}
