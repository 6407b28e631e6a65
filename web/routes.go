package web

import (
	"context"
	"net/http"
	"time"

	"citygrid/geo/street"
	"citygrid/routing/path"

	"github.com/danielgtaylor/huma/v2"
)

// routeTime bounds one search for a route.
const routeTime = 10 * time.Second

// A Route is the best way between two points.
type Route struct {
	DistanceM float64       `json:"distance_m"`
	DurationS float64       `json:"duration_s"`
	Geometry  Line          `json:"geometry"`
	From      RouteEnd      `json:"from"`
	To        RouteEnd      `json:"to"`
	Streets   []RouteStreet `json:"streets" nullable:"false" doc:"streets in order, what follows under one name put together"`

	StreetsVersion int64 `json:"streets_version" doc:"of the streets that it was found on: grows when a closure begins, ends or changes"`
}

// A RouteEnd is where a route meets the streets.
type RouteEnd struct {
	At     Position `json:"at" doc:"on the street"`
	Street string   `json:"street"`
	SnapM  float64  `json:"snap_m" doc:"metres from the point that was given"`
}

// A RouteStreet is a part of a route under one name.
type RouteStreet struct {
	Name      string  `json:"name" doc:"empty for streets without a name"`
	DistanceM float64 `json:"distance_m"`
	DurationS float64 `json:"duration_s"`
}

type routeOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         Route
}

func (s *Server) routeRoutes() {
	handle(s, huma.Operation{
		OperationID: "route", Method: http.MethodGet, Path: "/api/route", Tags: []string{"map"},
		Summary:     "The best way between two points",
		Description: "422 route.off_network: an end is too far from any street (end, distance_m). 404 route.none: no street joins them.",
	}, s.route)
}

func (s *Server) route(ctx context.Context, in *struct {
	Profile string    `query:"profile" maxLength:"40" default:"foot" doc:"who travels: foot, car"`
	From    string    `query:"from" required:"true" maxLength:"80" doc:"longitude,latitude" example:"-75.5466,39.7459"`
	To      string    `query:"to" required:"true" maxLength:"80" doc:"longitude,latitude" example:"-75.5511,39.7366"`
	Lang    string    `query:"lang" maxLength:"35" doc:"language of street names: zh-CN, en"`
	At      time.Time `query:"at" doc:"closures count that hold then; now if left out"`
},
) (*routeOutput, error) {
	m, err := s.served()
	if err != nil {
		return nil, err
	}
	from, err := parsePoint("query.from", in.From)
	if err != nil {
		return nil, err
	}
	to, err := parsePoint("query.to", in.To)
	if err != nil {
		return nil, err
	}
	router, version, err := m.router("query.profile", in.Profile, in.At)
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
	way, err := router.Route(ctx, path.Query{From: from, To: to})
	if err != nil {
		return nil, err
	}
	out := &routeOutput{CacheControl: noStore, Body: routeOf(m.Network, way, in.Lang)}
	out.Body.StreetsVersion = version
	return out, nil
}

func routeOf(n *street.Network, r path.Route, lang string) Route {
	out := Route{
		DistanceM: float64(r.Distance), DurationS: r.Duration.Seconds(), Geometry: lineOf(r.Line),
		From: routeEnd(n, r.FromSnap, lang), To: routeEnd(n, r.ToSnap, lang),
		Streets: make([]RouteStreet, len(r.Streets)),
	}
	for i, s := range r.Streets {
		out.Streets[i] = RouteStreet{
			Name: streetName(n.Name(s.Name), lang), DistanceM: float64(s.Distance), DurationS: s.Duration.Seconds(),
		}
	}
	return out
}

func routeEnd(n *street.Network, near street.Near, lang string) RouteEnd {
	return RouteEnd{
		At: positionOf(near.At), SnapM: float64(near.Distance),
		Street: streetName(n.Name(n.Segment(near.Segment).Name), lang),
	}
}
