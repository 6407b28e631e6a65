package web

import (
	"context"
	"math"
	"net/http"
	"strings"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/routing/path"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// routeTime bounds one search for a route.
const routeTime = 10 * time.Second

// A RouteWay is a way between two points.
type RouteWay struct {
	DistanceM float64       `json:"distance_m"`
	DurationS float64       `json:"duration_s"`
	Geometry  Line          `json:"geometry"`
	Streets   []RouteStreet `json:"streets" nullable:"false" doc:"streets in order, what follows under one name put together"`
	Steps     []RouteStep   `json:"steps" nullable:"false" doc:"what to do on the way; their distances and times add up to the way's"`
}

// A Route is the best way between two points.
type Route struct {
	RouteWay
	From         RouteEnd   `json:"from"`
	To           RouteEnd   `json:"to"`
	Stops        []RouteEnd `json:"stops" nullable:"false" doc:"the points of via, in their order"`
	Alternatives []RouteWay `json:"alternatives" nullable:"false" doc:"others worth a choice, the quickest first; fewer than asked for where there are no good ones"`
	Leave        time.Time  `json:"leave" doc:"the time that it was found for; what holds then is taken to hold on all of the way"`
	Arrive       time.Time  `json:"arrive"`

	StreetsVersion int64 `json:"streets_version" doc:"of the streets that it was found on: grows when a closure begins, ends or changes, or the hour does"`
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

// A RouteStep is what to do at a place, and how far it goes on from there.
type RouteStep struct {
	Kind      path.StepKind `json:"kind" enum:"depart,turn,continue,roundabout,u-turn,board,ashore,stop,arrive"`
	Text      string        `json:"text" doc:"in the language asked for, without the distance"`
	Name      string        `json:"name" doc:"of the street one goes on along; empty when it has none"`
	At        Position      `json:"at"`
	AngleDeg  float64       `json:"angle_deg" doc:"of a turn, to the right is positive"`
	Bearing   float64       `json:"bearing" doc:"in which one goes on, whole degrees clockwise from north"`
	Exit      int           `json:"exit,omitempty" doc:"of a roundabout: which way out, from 1"`
	DistanceM float64       `json:"distance_m"`
	DurationS float64       `json:"duration_s"`
	Notes     []string      `json:"notes,omitempty" nullable:"false" doc:"to know on the way: a ferry, a gate, stairs, private ground"`
}

// Travel says who travels, and when: the same of every question about ways.
type Travel struct {
	Profile string    `query:"profile" maxLength:"40" default:"foot" doc:"who travels: a name of profiles in GET /api/map"`
	Ferries bool      `query:"ferries" doc:"take ferries, too"`
	At      time.Time `query:"at" doc:"when they leave: closures, conditions of the map and speeds of that hour count; now if left out"`
}

type routeOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         Route
}

func (s *Server) routeRoutes() {
	handle(s, huma.Operation{
		OperationID: "route", Method: http.MethodGet, Path: "/api/route", Tags: []string{"map"},
		Summary: "The best way between two points",
		Description: "422 route.off_network: a point is too far from any street (end, via, distance_m; all of them in errors). " +
			"404 route.none: no street joins them. 422 route.limit: more than 50 points on the way, or alternatives with such points.",
	}, s.route)
}

type routeInput struct {
	Travel
	From         string `query:"from" required:"true" maxLength:"80" doc:"longitude,latitude" example:"-75.5466,39.7459"`
	To           string `query:"to" required:"true" maxLength:"80" doc:"longitude,latitude" example:"-75.5511,39.7366"`
	Via          string `query:"via" maxLength:"4000" doc:"points to pass in their order, with semicolons between: lon,lat;lon,lat; at most 50"`
	Alternatives int    `query:"alternatives" minimum:"0" maximum:"7" doc:"so many others at most; not with via"`
	Heading      string `query:"heading" maxLength:"20" doc:"where one looks at the start, degrees clockwise from north: one doesn't turn round there" example:"90"`
	Curb         bool   `query:"curb" doc:"arrive with the points on the side of the street where one stops"`
	Lang         string `query:"lang" maxLength:"35" doc:"language of steps and street names: zh-CN, en"`
}

// query is what is asked for, without the travel.
func (in *routeInput) query() (q path.Query, err error) {
	if q.From, err = parsePoint("query.from", in.From); err != nil {
		return q, err
	}
	if q.To, err = parsePoint("query.to", in.To); err != nil {
		return q, err
	}
	if in.Via != "" {
		list := strings.Split(in.Via, ";")
		if len(list) > path.MaxVia {
			return q, invalid("route.limit", "query.via", "%d points on the way, %d are the most", len(list), path.MaxVia)
		}
		for i, text := range list {
			at, err := parsePoint(where("query.via", i), text)
			if err != nil {
				return q, err
			}
			q.Via = append(q.Via, at)
		}
	}
	if in.Alternatives > 0 && len(q.Via) > 0 {
		return q, invalid("route.limit", "query.alternatives", "alternatives are for a way without points on it")
	}
	if in.Heading != "" {
		v, ok := numbers(in.Heading, 1)
		if !ok || !(math.Abs(v[0]) <= 360) {
			return q, invalid("request.invalid", "query.heading", "a heading is 0 to 360 degrees")
		}
		h := geo.Degrees(v[0])
		q.Heading = &h
	}
	q.Curb = in.Curb
	return q, nil
}

func (s *Server) route(ctx context.Context, in *routeInput) (*routeOutput, error) {
	m, err := s.served()
	if err != nil {
		return nil, err
	}
	q, err := in.query()
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
	router, version, err := s.router(ctx, m, "query.", in.Travel)
	if err != nil {
		return nil, err
	}
	var ways []path.Route
	if in.Alternatives > 0 {
		ways, err = router.Alternatives(ctx, q, in.Alternatives+1)
	} else {
		ways = make([]path.Route, 1)
		ways[0], err = router.Route(ctx, q)
	}
	if err != nil {
		return nil, offNetwork(err, q.Via)
	}
	first := ways[0]
	out := &routeOutput{CacheControl: noStore, Body: Route{
		RouteWay: wayOf(m.Network, router, first, in.Lang),
		From:     routeEnd(m.Network, first.FromSnap, in.Lang), To: routeEnd(m.Network, first.ToSnap, in.Lang),
		Stops: []RouteEnd{}, Alternatives: []RouteWay{}, Leave: in.At.UTC(), StreetsVersion: version,
	}}
	if in.At.IsZero() {
		out.Body.Leave = s.now().UTC().Truncate(time.Second)
	}
	out.Body.Arrive = out.Body.Leave.Add(first.Duration)
	for _, stop := range first.Stops {
		out.Body.Stops = append(out.Body.Stops, routeEnd(m.Network, stop.Snap, in.Lang))
	}
	for _, way := range ways[1:] {
		out.Body.Alternatives = append(out.Body.Alternatives, wayOf(m.Network, router, way, in.Lang))
	}
	return out, nil
}

func wayOf(n *street.Network, router Router, r path.Route, lang string) RouteWay {
	out := RouteWay{
		DistanceM: float64(r.Distance), DurationS: r.Duration.Seconds(), Geometry: lineOf(r.Line),
		Streets: make([]RouteStreet, len(r.Streets)), Steps: []RouteStep{},
	}
	for i, s := range r.Streets {
		out.Streets[i] = RouteStreet{
			Name: streetName(n.Name(s.Name), lang), DistanceM: float64(s.Distance), DurationS: s.Duration.Seconds(),
		}
	}
	language, ok := path.ParseLanguage(lang)
	if !ok {
		language = path.English
	}
	for _, s := range router.Steps(r, language) {
		step := RouteStep{
			Kind: s.Kind, Text: s.Text, Name: s.Name, At: positionOf(s.At), AngleDeg: math.Round(float64(s.Angle)),
			Bearing: math.Round(math.Mod(float64(s.Bearing)+360, 360)), Exit: s.Exit, DistanceM: float64(s.Distance), DurationS: s.Duration.Seconds(),
		}
		for _, note := range s.Notes {
			step.Notes = append(step.Notes, note.Told(language))
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

func routeEnd(n *street.Network, near street.Near, lang string) RouteEnd {
	return RouteEnd{
		At: positionOf(near.At), SnapM: float64(near.Distance),
		Street: streetName(n.Name(n.Segment(near.Segment).Name), lang),
	}
}

// offNetwork says of each point of a question that no street is near which one it is.
func offNetwork(err error, via []orb.Point) error {
	var first *Problem
	for _, off := range offEnds(err) {
		p, _ := problemOf(off)
		if off.End == path.Via {
			for i, at := range via {
				if at == off.At {
					p.Via, p.Errors[0].Location = i+1, where("query.via", i)
				}
			}
		}
		if first == nil {
			first = p
		} else {
			first.Errors = append(first.Errors, p.Errors...)
		}
	}
	if first == nil {
		return err
	}
	return first
}

// offEnds are the errors of points off the network in an error, in their order.
func offEnds(err error) (all []*path.OffNetworkError) {
	switch e := err.(type) {
	case *path.OffNetworkError:
		return append(all, e)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			all = append(all, offEnds(one)...)
		}
	case interface{ Unwrap() error }:
		return offEnds(e.Unwrap())
	}
	return all
}
