package web

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"citygrid/data/mapfile"
	"citygrid/geo"
	"citygrid/geo/basemap"
	"citygrid/geo/place"
	"citygrid/geo/street"
	"citygrid/routing/city"
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

	routers  map[string]Router // in tests: instead of the engines of the streets
	matchers sync.Map          // *match.Matcher by profile
}

// NewMap makes m ready to serve. It indexes the names and prepares the routes of
// the profiles, by name, side by side: some tenths of a second for a city.
func NewMap(m *mapfile.Map, profiles map[string]path.Profile) *Map {
	served := &Map{
		ID: m.Meta.ID, Name: m.Meta.Name, Bound: m.Meta.Bound, ImportedAt: m.Meta.ImportedAt, DataTime: m.Meta.DataTime,
		Languages: m.Meta.Languages, Report: m.Report,
		Network: m.Network, Base: m.Base, Tiles: m.Base,
	}
	var building sync.WaitGroup
	building.Go(func() { served.Places = place.New(m.Places) })
	building.Go(func() { served.Streets = city.New(m.Meta.ID, m.Network, profiles) })
	building.Wait()
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
	Isochrones(ctx context.Context, from orb.Point, limit geo.Metres, times []time.Duration) ([]orb.MultiPolygon, error)
}

// router is who finds ways for a profile at a time, zero for now, with the version
// of the streets. where is the part of the request that names the profile.
func (m *Map) router(where, profile string, at time.Time) (Router, int64, error) {
	if r, ok := m.routers[profile]; ok {
		return r, 0, nil
	}
	then := m.Streets.Now()
	if !at.IsZero() {
		var err error
		if then, err = m.Streets.At(at); err != nil {
			return nil, 0, err
		}
	}
	if e := then.Engine(profile); e != nil {
		return e, then.Version, nil
	}
	return nil, 0, invalid("route.profile", where, "%.40q does not travel here; there are %s", profile, strings.Join(m.Streets.Profiles(), ", "))
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
