package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/danielgtaylor/huma/v2"
)

// routeTime bounds one search for a route.
const routeTime = 10 * time.Second

// ErrNoRoute says that no street joins the ends for this profile.
var ErrNoRoute = errors.New("there is no route between these points")

// An OffNetworkError says that one end of a route is too far from any street
// that the profile may use.
type OffNetworkError struct {
	End     string     // "from" or "to"
	Nearest geo.Metres // to the nearest such street; 0 when none was found
}

func (e *OffNetworkError) Error() string {
	if e.Nearest > 0 {
		return fmt.Sprintf("%s is %.0f m from the nearest street that can be used", e.End, float64(e.Nearest))
	}
	return e.End + " has no street near it that can be used"
}

// A Route is the best way between two points.
type Route struct {
	DistanceM float64       `json:"distance_m"`
	DurationS float64       `json:"duration_s"`
	Geometry  Line          `json:"geometry"`
	From      RouteEnd      `json:"from"`
	To        RouteEnd      `json:"to"`
	Streets   []RouteStreet `json:"streets" nullable:"false" doc:"streets in order, what follows under one name put together"`
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
	Class     string  `json:"class" doc:"of its first segment" example:"residential"`
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
	Profile string `query:"profile" enum:"foot,car" default:"foot"`
	From    string `query:"from" required:"true" maxLength:"80" doc:"longitude,latitude" example:"-75.5466,39.7459"`
	To      string `query:"to" required:"true" maxLength:"80" doc:"longitude,latitude" example:"-75.5511,39.7366"`
	Lang    string `query:"lang" maxLength:"35" doc:"language of street names: zh-CN, en"`
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
	router, ok := m.Routers[in.Profile]
	if !ok {
		return nil, invalid("route.profile", "query.profile", "there are no routes for %s", in.Profile)
	}
	ctx, cancel := context.WithTimeout(ctx, routeTime)
	defer cancel()
	leave, err := s.routing.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	way, err := router.Route(ctx, from, to)
	if err != nil {
		return nil, err
	}
	return &routeOutput{CacheControl: noStore, Body: routeBody(m.Network, way, in.Lang)}, nil
}

func routeBody(n *street.Network, w Way, lang string) Route {
	return Route{
		DistanceM: float64(w.Distance), DurationS: w.Duration.Seconds(), Geometry: lineOf(w.Line),
		From: routeEnd(n, w.From, lang), To: routeEnd(n, w.To, lang),
		Streets: streetsAlong(n, w.Legs, lang),
	}
}

func routeEnd(n *street.Network, near street.Near, lang string) RouteEnd {
	return RouteEnd{
		At: positionOf(near.At), SnapM: float64(near.Distance),
		Street: streetName(n.Name(n.Segment(near.Segment).Name), lang),
	}
}

// streetsAlong puts legs with one name together.
func streetsAlong(n *street.Network, legs []Leg, lang string) []RouteStreet {
	streets := []RouteStreet{}
	last := street.NameID(0)
	for i, l := range legs {
		seg := n.Segment(l.Segment)
		if i == 0 || seg.Name != last {
			streets = append(streets, RouteStreet{Name: streetName(n.Name(seg.Name), lang), Class: seg.Class.String()})
			last = seg.Name
		}
		s := &streets[len(streets)-1]
		s.DistanceM += float64(l.Distance)
		s.DurationS += l.Duration.Seconds()
	}
	return streets
}
