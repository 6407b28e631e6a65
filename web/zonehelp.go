package web

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/calendar"
	"citygrid/grid/zone"
	"citygrid/routing/path"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
	orbgeo "github.com/paulmach/orb/geo"
)

// A ZoneDrawn is what the ground of a zone was made of; null where it was drawn itself.
type ZoneDrawn struct{ *zone.Drawn }

// MarshalJSON writes the drawing as package zone does.
func (d ZoneDrawn) MarshalJSON() ([]byte, error) { return json.Marshal(d.Drawn) }

// UnmarshalJSON replaces the drawing.
func (d *ZoneDrawn) UnmarshalJSON(text []byte) error {
	d.Drawn = nil
	if string(text) == "null" {
		return nil
	}
	drawn := new(zone.Drawn)
	if err := json.Unmarshal(text, drawn); err != nil {
		return invalid("zones.invalid", "body.properties.drawn", "not what was drawn: give lines with a side and a width, or a point with a radius")
	}
	d.Drawn = drawn
	return nil
}

// Schema describes a drawing.
func (ZoneDrawn) Schema(huma.Registry) *huma.Schema {
	number := func(what string, most float64) *huma.Schema {
		return &huma.Schema{Type: huma.TypeNumber, Minimum: pointer(0.0), Maximum: &most, Description: what}
	}
	at := &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeNumber}, Description: "longitude, latitude"}
	return &huma.Schema{
		Type: huma.TypeObject, Nullable: true, AdditionalProperties: false,
		Properties: map[string]*huma.Schema{
			"lines":    {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeArray, Items: at}, Description: "along streets"},
			"side":     {Type: huma.TypeString, Enum: []any{string(zone.Left), string(zone.Right), string(zone.Both)}, Description: "of the lines, where the ground lies"},
			"width_m":  number("of the ground, in metres; half of it on each side with both", zone.MaxWidthM),
			"point":    at,
			"radius_m": number("around the point, in metres", zone.MaxRadiusM),
		},
	}
}

// drawnAnew is the ground of z, and what it was made of, after a change that says
// both: what is drawn counts, but ground alone that is new takes its place. What
// cannot be made has no ground, and z.Check says why.
func drawnAnew(z zone.Zone, ground orb.MultiPolygon, drawn *zone.Drawn) (orb.MultiPolygon, *zone.Drawn) {
	switch {
	case drawn == nil:
		return ground, nil
	case z.Drawn != nil && reflect.DeepEqual(z.Drawn, drawn):
		if orb.Equal(ground, z.Ground) {
			return ground, drawn
		}
		return ground, nil
	}
	made, err := drawn.Ground()
	if err != nil {
		return nil, drawn
	}
	return made, drawn
}

// A ZoneKind is a kind of zone, and what zones of it mostly are.
type ZoneKind struct {
	Kind    zone.Kind    `json:"kind"`
	Shape   zone.Shape   `json:"shape" enum:"area,street,point"`
	WidthM  float64      `json:"width_m,omitempty" doc:"of a street"`
	RadiusM float64      `json:"radius_m,omitempty" doc:"around a point"`
	Rule    ZoneRule     `json:"rule"`
	Classes []zone.Class `json:"classes" nullable:"false"`
}

func zoneKinds() (all []ZoneKind) {
	for _, k := range zone.Kinds() {
		u := k.Usual()
		all = append(all, ZoneKind{k, u.Shape, u.WidthM, u.RadiusM, ruleOf(u.Rule), u.Classes})
	}
	return all
}

// A ZoneQuestion is a zone that nobody has saved, of which something is asked.
type ZoneQuestion struct {
	Calendar Calendar   `json:"calendar" required:"false" doc:"null is always"`
	Drawn    ZoneDrawn  `json:"drawn" required:"false"`
	Snap     bool       `json:"snap,omitempty" doc:"lines lead along streets from point to point, a point moves to the nearest street"`
	At       *time.Time `json:"at,omitempty" doc:"now if left out"`
}

// A ZoneAnswer is what a zone would be.
type ZoneAnswer struct {
	Active     bool       `json:"active" doc:"the rule holds at that time"`
	NextChange *time.Time `json:"next_change" doc:"when it begins or ends to hold; null when never"`
	When       Names      `json:"when" doc:"the calendar in words, by language"`
	Windows    []ZoneSpan `json:"windows" nullable:"false" doc:"when it holds in the seven days from then on, 200 at most"`
	Drawn      ZoneDrawn  `json:"drawn" doc:"led along the streets, if that was asked"`
	Geometry   *Ground    `json:"geometry" doc:"the ground of what is drawn; null without"`
	AreaM2     float64    `json:"area_m2"`
	OffStreet  bool       `json:"off_street" doc:"some of it is on no street, and stayed as it was drawn"`
}

// A ZoneSpan is a time from <= t < to.
type ZoneSpan struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

const (
	zoneSnap geo.Metres = 60

	zoneSnaps = 60 // of lines that are led along streets
	maxSpans  = 200
)

func (s *Server) zoneHelpRoutes() {
	type kindsOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         struct {
			Kinds []ZoneKind `json:"kinds" nullable:"false"`
		}
	}
	handle(s, huma.Operation{
		OperationID: "listZoneKinds", Method: http.MethodGet, Path: "/api/zones/kinds", Tags: []string{"zones"},
		Summary: "The kinds of zones, and what zones of each mostly are",
	}, func(context.Context, *struct{}) (*kindsOutput, error) {
		out := &kindsOutput{CacheControl: noStore}
		out.Body.Kinds = zoneKinds()
		return out, nil
	})
	type answerOutput struct {
		CacheControl string `header:"Cache-Control"`
		Body         ZoneAnswer
	}
	handle(s, huma.Operation{
		OperationID: "previewZone", Method: http.MethodPost, Path: "/api/zones/preview", Tags: []string{"zones"}, MaxBodyBytes: zone.MaxJSON,
		Summary: "When a zone would hold, and on which ground, before anybody saves it", Description: "Nothing is kept.",
	}, func(ctx context.Context, in *struct{ Body ZoneQuestion }) (*answerOutput, error) {
		answer, err := s.zoneAnswer(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		return &answerOutput{noStore, answer}, nil
	})
}

// days are the bureau's holidays; nil if none are known.
func (s *Server) days() *calendar.Days {
	if s.room == nil {
		return nil
	}
	return s.room.Days()
}

func (s *Server) zoneAnswer(ctx context.Context, q ZoneQuestion) (a ZoneAnswer, err error) {
	when := calendar.Always()
	a.When, a.Windows = Names{}, []ZoneSpan{}
	if q.Calendar.Spec != nil {
		if when, err = calendar.New(*q.Calendar.Spec, s.days()); err != nil {
			return a, invalid("calendar.invalid", "body.calendar", "%v", err)
		}
		for _, lang := range []string{"zh-CN", "en"} {
			a.When[lang] = q.Calendar.Describe(lang)
		}
	}
	at := s.now()
	if q.At != nil {
		at = *q.At
	}
	a.Active = when.ActiveAt(at)
	if t, ok := when.NextChange(at); ok {
		t = t.UTC()
		a.NextChange = &t
	}
	for w := range when.Windows(at, at.AddDate(0, 0, 7)) {
		if a.Windows = append(a.Windows, ZoneSpan{w.From.UTC(), w.To.UTC()}); len(a.Windows) == maxSpans {
			break
		}
	}
	if q.Drawn.Drawn == nil {
		return a, nil
	}
	// A scribble of thousands of corners takes seconds: only a few at once.
	leave, err := s.drawing.enter(ctx)
	if err != nil {
		return a, err
	}
	defer leave()
	// What is wrong with it is said before it is led along streets.
	ground, err := q.Drawn.Ground()
	if err != nil {
		return a, err
	}
	a.Drawn = q.Drawn
	if q.Snap {
		if a.Drawn.Drawn, a.OffStreet, err = s.snapped(ctx, q.Drawn.Drawn); err != nil {
			return a, err
		}
		if ground, err = a.Drawn.Ground(); err != nil {
			return a, err
		}
	}
	a.Geometry, a.AreaM2 = &Ground{ground}, orbgeo.Area(ground)
	return a, nil
}

// snapped leads what is drawn along the streets: a line by the shortest way on foot
// from point to point, a point to the nearest street. What no street is near stays.
func (s *Server) snapped(ctx context.Context, d *zone.Drawn) (*zone.Drawn, bool, error) {
	m, err := s.served()
	if err != nil {
		return nil, false, err
	}
	if err := s.pace(ctx); err != nil {
		return nil, false, err
	}
	out, off := *d, false
	if d.Point != nil {
		if near := m.Network.Nearest(*d.Point, zoneSnap, patrolled(m.Network), 1); len(near) > 0 {
			out.Point = &near[0].At
		} else {
			off = true
		}
		return &out, off, nil
	}
	points := 0
	for _, l := range d.Lines {
		points += len(l)
	}
	if points > zoneSnaps {
		return nil, false, invalid("zones.invalid", "body.drawn", "more than %d points to lead along streets: draw fewer, at the bends", zoneSnaps)
	}
	router, _, err := s.router(ctx, m, "body.", Travel{Profile: "foot"})
	if err != nil {
		return nil, false, err
	}
	out.Lines = nil
	for _, l := range d.Lines {
		var line orb.LineString
		for i := 1; i < len(l); i++ {
			way, err := router.Route(ctx, path.Query{From: l[i-1], To: l[i], SnapLimit: zoneSnap})
			along := way.Line
			// A way that goes round three sides of a block is not what was drawn.
			if err != nil || way.Distance > 3*geo.Distance(l[i-1], l[i])+50 {
				if ctx.Err() != nil {
					return nil, false, ctx.Err()
				}
				along, off = orb.LineString{l[i-1], l[i]}, true
			}
			for _, p := range along {
				if len(line) == 0 || line[len(line)-1] != p {
					line = append(line, p)
				}
			}
		}
		out.Lines = append(out.Lines, line)
	}
	return &out, off, nil
}

// patrolled says which segments are streets that something lies at: not motorways
// and tunnels.
func patrolled(n *street.Network) func(street.SegmentID) bool {
	return func(id street.SegmentID) bool {
		s := n.Segment(id)
		return s.Forward&(street.Foot|street.Car) != 0 && s.Class != street.Motorway && s.Flags&street.Tunnel == 0
	}
}
