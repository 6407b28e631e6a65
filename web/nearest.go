package web

import (
	"context"
	"net/http"

	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/danielgtaylor/huma/v2"
)

// streetReach is how far the nearest street may be from what was clicked.
const streetReach geo.Metres = 200

// A Street is the segment of a street nearest to a point.
type Street struct {
	Name        string            `json:"name" doc:"empty when it has none"`
	Names       map[string]string `json:"names" doc:"by language; the empty key is the local name"`
	Ref         string            `json:"ref,omitempty" doc:"road number"`
	Class       string            `json:"class" example:"residential"`
	Side        string            `json:"side" enum:"left,right,on" doc:"where the point lies, seen along the way as it is drawn"`
	At          Position          `json:"at" doc:"the place on the street"`
	DistanceM   float64           `json:"distance_m"`
	Way         int64             `json:"way" doc:"OpenStreetMap way"`
	Segment     uint32            `json:"segment" doc:"of this map; another import numbers anew"`
	LengthM     float64           `json:"length_m" doc:"of the segment"`
	OneWay      int               `json:"one_way" enum:"-1,0,1" doc:"for cars: 1 along the way as it is drawn, -1 against it, 0 both ways or none"`
	MaxspeedKmh *int              `json:"maxspeed_kmh" doc:"posted; the higher one if it differs by direction; null when not known"`
	Surface     *string           `json:"surface" doc:"paved, cobbles, gravel, ground; null when not known"`
	Lanes       *int              `json:"lanes" doc:"null when not known"`
}

type nearestOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Street Street `json:"street"`
	}
}

func (s *Server) nearestRoutes() {
	handle(s, huma.Operation{
		OperationID: "nearestStreet", Method: http.MethodGet, Path: "/api/streets/nearest", Tags: []string{"map"},
		Summary: "The street nearest to a point", Description: "404 street.none beyond 200 m.",
	}, s.nearest)
}

func (s *Server) nearest(_ context.Context, in *struct {
	At   string `query:"at" required:"true" maxLength:"80" doc:"longitude,latitude" example:"-75.5466,39.7459"`
	Lang string `query:"lang" maxLength:"35" doc:"language of the name: zh-CN, en"`
},
) (*nearestOutput, error) {
	m, err := s.served()
	if err != nil {
		return nil, err
	}
	p, err := parsePoint("query.at", in.At)
	if err != nil {
		return nil, err
	}
	near := m.Network.Nearest(p, streetReach, nil, 1)
	if len(near) == 0 {
		return nil, newProblem(http.StatusNotFound, "street.none", "there is no street within 200 m")
	}
	out := &nearestOutput{CacheControl: noStore}
	out.Body.Street = streetOf(m.Network, near[0], in.Lang)
	return out, nil
}

func streetOf(n *street.Network, near street.Near, lang string) Street {
	seg := n.Segment(near.Segment)
	name := n.Name(seg.Name)
	s := Street{
		Name: streetName(name, lang), Names: namesOf(name), Ref: name.Ref, Class: seg.Class.String(),
		Side: "on", At: positionOf(near.At), DistanceM: float64(near.Distance),
		Way: seg.Way, Segment: uint32(near.Segment), LengthM: float64(seg.LengthM),
	}
	switch near.Side {
	case street.Left:
		s.Side = "left"
	case street.Right:
		s.Side = "right"
	}
	switch forth, back := seg.Forward&street.Car != 0, seg.Backward&street.Car != 0; {
	case forth && !back:
		s.OneWay = 1
	case back && !forth:
		s.OneWay = -1
	}
	if v := int(max(seg.SpeedForward, seg.SpeedBackward)); v > 0 {
		s.MaxspeedKmh = &v
	}
	if seg.Surface != street.SurfaceUnknown {
		v := seg.Surface.String()
		s.Surface = &v
	}
	if seg.Lanes > 0 {
		v := int(seg.Lanes)
		s.Lanes = &v
	}
	return s
}

func streetName(n *street.Name, lang string) string {
	if name := nameIn(n.In, lang); name != "" {
		return name
	}
	return n.Default
}

func namesOf(n *street.Name) map[string]string {
	names := make(map[string]string, len(n.In)+1)
	for lang, name := range n.In {
		names[lang] = name
	}
	if n.Default != "" {
		names[""] = n.Default
	}
	return names
}
