package web

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"time"

	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/zone"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// A Ground is what a zone or a grid covers: a GeoJSON Polygon or MultiPolygon.
type Ground struct{ orb.MultiPolygon }

// MarshalJSON writes one piece as a Polygon.
func (g Ground) MarshalJSON() ([]byte, error) {
	if len(g.MultiPolygon) == 1 {
		return json.Marshal(struct {
			Type        string      `json:"type"`
			Coordinates orb.Polygon `json:"coordinates"`
		}{"Polygon", g.MultiPolygon[0]})
	}
	return json.Marshal(struct {
		Type        string           `json:"type"`
		Coordinates orb.MultiPolygon `json:"coordinates"`
	}{"MultiPolygon", g.MultiPolygon})
}

// UnmarshalJSON reads a shape; what rules it must keep is the domain's to say.
// Heights are passed over.
func (g *Ground) UnmarshalJSON(text []byte) error {
	var b Boundary
	bad := func(format string, args ...any) error {
		return invalid("zones.ground", "body.geometry", format, args...)
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return bad("not a GeoJSON geometry")
	}
	var parts [][][][]float64
	var err error
	switch b.Type {
	case "Polygon":
		parts = make([][][][]float64, 1)
		err = json.Unmarshal(b.Coordinates, &parts[0])
	case "MultiPolygon":
		err = json.Unmarshal(b.Coordinates, &parts)
	default:
		return bad("draw a Polygon or a MultiPolygon")
	}
	if err != nil {
		return bad("not the coordinates of a GeoJSON %s", b.Type)
	}
	g.MultiPolygon = make(orb.MultiPolygon, len(parts))
	for i, part := range parts {
		g.MultiPolygon[i] = make(orb.Polygon, len(part))
		for j, ring := range part {
			g.MultiPolygon[i][j] = make(orb.Ring, len(ring))
			for k, p := range ring {
				if len(p) < 2 { // would be read as 0 north, 0 east
					return bad("point %d of ring %d of polygon %d has %d numbers: give longitude and latitude", k, j, i, len(p))
				}
				g.MultiPolygon[i][j][k] = orb.Point{p[0], p[1]}
			}
		}
	}
	return nil
}

// Schema is that of a Boundary.
func (Ground) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[Boundary](), true, "")
}

// A ZoneRule says what may not be in a zone.
type ZoneRule struct {
	Kind     zone.RuleKind `json:"kind" enum:"none,inside-while-active,dwell,corridor,curfew,head-count,speed" doc:"what breaks it, while the calendar holds: nothing; being inside; staying inside; being outside; being inside and away from home; more than some inside; going fast inside"`
	LongerS  int64         `json:"longer_s,omitempty" minimum:"0" maximum:"604800" doc:"from how many seconds on it is broken; for dwell and corridor alone"`
	HomeM    float64       `json:"home_m,omitempty" minimum:"0" maximum:"100000" doc:"how far from its home a subject may be, in metres, from 10; for curfew alone"`
	Most     int           `json:"most,omitempty" minimum:"0" maximum:"10000" doc:"how many may be inside at a time; for head-count alone"`
	SpeedKmh float64       `json:"speed_kmh,omitempty" minimum:"0" maximum:"300" doc:"how fast a subject may go, from 3; for speed alone"`

	RemindS   int64 `json:"remind_s,omitempty" minimum:"0" maximum:"86400" doc:"after how many seconds people are reminded of an alert that nobody acknowledged, and again each so many; 0 is never"`
	EscalateS int64 `json:"escalate_s,omitempty" minimum:"0" maximum:"86400" doc:"after how many seconds such an alert is taken to the team leader, and after as many again to the bureau; 0 is never"`
}

func ruleOf(r zone.Rule) ZoneRule {
	return ZoneRule{
		r.Kind, int64(r.Longer / time.Second), r.HomeM, r.Most, r.SpeedKmh, int64(r.Remind / time.Second), int64(r.Escalate / time.Second),
	}
}

// rule is the rule that takes the place of was. Of a change of the kind, what belongs to
// the kind before is left out by who didn't say it.
func (r ZoneRule) rule(was zone.Rule) zone.Rule {
	is := zone.Rule{Kind: r.Kind, Longer: time.Duration(r.LongerS) * time.Second, HomeM: r.HomeM, Most: r.Most, SpeedKmh: r.SpeedKmh}
	is.Remind, is.Escalate = time.Duration(r.RemindS)*time.Second, time.Duration(r.EscalateS)*time.Second
	if is.Kind == was.Kind {
		return is
	}
	if is.Longer == was.Longer && is.Kind != zone.Dwell && is.Kind != zone.Corridor {
		is.Longer = 0
	}
	if is.HomeM == was.HomeM {
		is.HomeM = 0
	}
	if is.Most == was.Most {
		is.Most = 0
	}
	if is.SpeedKmh == was.SpeedKmh {
		is.SpeedKmh = 0
	}
	return is
}

// A ZoneFeature is a zone as a GeoJSON Feature.
type ZoneFeature struct {
	Type       string         `json:"type" enum:"Feature"`
	ID         int64          `json:"id"`
	Geometry   Ground         `json:"geometry"`
	Properties ZoneProperties `json:"properties"`
}

// ZoneProperties are what a zone is, and how it is now.
type ZoneProperties struct {
	ID         int64        `json:"id"`
	Name       Names        `json:"name" doc:"by language: zh-CN, en"`
	Kind       zone.Kind    `json:"kind" enum:"no-dog,timed,no-parking,strict-road,parking-frame,loading,stall,market,drop-off,station,water,other"`
	Drawn      ZoneDrawn    `json:"drawn" doc:"the lines or the point that the ground was made of; null where it was drawn itself"`
	Beside     *AtStreet    `json:"beside,omitempty" doc:"the street that it lies at, of a row of an imported file; absent where nobody said"`
	Rule       ZoneRule     `json:"rule"`
	Calendar   Calendar     `json:"calendar" doc:"when the rule holds; null is always"`
	When       Names        `json:"when" doc:"the calendar in words, by language"`
	Classes    []zone.Class `json:"classes" nullable:"false" enum:"person,vehicle,dog" doc:"whom the rule is for"`
	Subjects   []int64      `json:"subjects,omitempty" nullable:"false" doc:"for whom of the one class the rule is alone, by id; left out, and without tags: for all"`
	Tags       []string     `json:"tags,omitempty" nullable:"false" doc:"for whom of the one class the rule is alone, too: vehicles or dogs with one of these tags"`
	Tagged     []int64      `json:"tagged,omitempty" nullable:"false" doc:"who has these tags, by id"`
	Version    int64        `json:"version" doc:"send it as If-Match with a change"`
	Active     bool         `json:"active" doc:"the rule holds now"`
	NextChange *time.Time   `json:"next_change" doc:"when it begins or ends to hold; null when never"`
}

func (ZoneFeature) plural() string { return "zones" }

// ZoneFields are what a planner says of a zone: a Feature, of which a change may
// leave out anything.
type ZoneFields struct {
	Type       string   `json:"type" enum:"Feature"`
	ID         any      `json:"id" doc:"passed over"`
	Geometry   Ground   `json:"geometry"`
	Properties ZoneSaid `json:"properties"`
}

// ZoneSaid are the properties of a zone that a planner says. Unknown ones are
// refused, so that a slip of the pen doesn't make a zone hold always; those that
// only we say are passed over, so that what was read can be sent back.
type ZoneSaid struct {
	Name     Names        `json:"name" required:"false" doc:"by language: zh-CN, en"`
	Kind     zone.Kind    `json:"kind" required:"false" enum:"no-dog,timed,no-parking,strict-road,parking-frame,loading,stall,market,drop-off,station,water,other"`
	Drawn    ZoneDrawn    `json:"drawn" required:"false" doc:"lines with a side and a width, or a point with a radius: the geometry is made of it and may be left out. A change of the geometry alone takes it away"`
	Rule     ZoneRule     `json:"rule" required:"false"`
	Calendar Calendar     `json:"calendar" required:"false" doc:"when the rule holds; null is always"`
	Classes  []zone.Class `json:"classes" required:"false" nullable:"false" enum:"person,vehicle,dog" doc:"whom the rule is for"`
	Tags     []string     `json:"tags" required:"false" nullable:"false" maxItems:"20" doc:"for whom of the one class the rule is alone, too: vehicles or dogs with one of these tags"`
	Subjects []int64      `json:"subjects" required:"false" doc:"for whom of the one class the rule is alone, by id, ascending; empty: for all"`

	ID         any `json:"id" required:"false" doc:"passed over, as are tagged, beside, version, when, active and next_change"`
	Beside     any `json:"beside" required:"false"`
	Tagged     any `json:"tagged" required:"false"`
	Version    any `json:"version" required:"false"`
	When       any `json:"when" required:"false"`
	Active     any `json:"active" required:"false"`
	NextChange any `json:"next_change" required:"false"`
}

func zones() entries[zone.ID, zone.Zone, ZoneFields, ZoneFeature] {
	return entries[zone.ID, zone.Zone, ZoneFields, ZoneFeature]{
		one: "zone", get: Store.Zone, add: Store.AddZone, update: Store.UpdateZone, remove: Store.RemoveZone, maxBody: zone.MaxJSON,
		id:      func(z zone.Zone) zone.ID { return z.ID },
		version: func(z zone.Zone) int64 { return z.Version },
		fields: func(z zone.Zone) ZoneFields {
			return ZoneFields{Geometry: Ground{z.Ground}, Properties: ZoneSaid{
				Name: z.Name, Kind: z.Kind, Drawn: ZoneDrawn{z.Drawn}, Rule: ruleOf(z.Rule), Calendar: Calendar{z.Calendar}, Classes: z.Classes, Subjects: z.Subjects, Tags: z.Tags,
			}}
		},
		with: func(z zone.Zone, f ZoneFields) zone.Zone {
			p := f.Properties
			z.Name, z.Kind, z.Rule, z.Calendar = p.Name, p.Kind, p.Rule.rule(z.Rule), p.Calendar.Spec
			was := z.Ground
			if z.Ground, z.Drawn = drawnAnew(z, f.Geometry.MultiPolygon, p.Drawn.Drawn); !orb.Equal(was, z.Ground) {
				z.Beside = nil // it was drawn somewhere else
			}
			z.Classes, z.Subjects, z.Tags = p.Classes, p.Subjects, tagsOf(p.Tags)
			if len(z.Tags) == 0 {
				z.Tagged = nil
			}
			return z
		},
		show: func(w *view, z zone.Zone) ZoneFeature { return zoneFeature(z, w.s.now(), w.s.days()) },
		// Zones are the bureau's: a planner of a part of it only reads them.
		within: func(w *view, _ zone.Zone) ([]grid.AreaID, error) { return w.ofBureau(), nil },
		wide:   true,
	}
}

func zoneFeature(z zone.Zone, now time.Time, days *calendar.Days) ZoneFeature {
	p := ZoneProperties{
		ID: int64(z.ID), Name: z.Name, Kind: z.Kind, Drawn: ZoneDrawn{z.Drawn}, Rule: ruleOf(z.Rule), Calendar: Calendar{z.Calendar}, Classes: z.Classes, Subjects: z.Subjects, Tags: z.Tags, Tagged: z.Tagged, Version: z.Version,
		When: Names{}, Beside: atStreet(z.Beside),
	}
	// What is stored keeps Check, so there is a calendar.
	if c, err := z.When(days); err == nil {
		p.Active = c.ActiveAt(now)
		if t, ok := c.NextChange(now); ok {
			t = t.UTC()
			p.NextChange = &t
		}
	}
	if z.Calendar != nil {
		for _, lang := range []string{"zh-CN", "en"} {
			p.When[lang] = z.Calendar.Describe(lang)
		}
	}
	return ZoneFeature{Type: "Feature", ID: int64(z.ID), Geometry: Ground{z.Ground}, Properties: p}
}

// A ZoneCollection is zones as a GeoJSON FeatureCollection.
type ZoneCollection struct {
	Type     string        `json:"type" enum:"FeatureCollection"`
	Features []ZoneFeature `json:"features" nullable:"false"`
}

func (s *Server) zoneRoutes() {
	zones().routes(s)
	s.zoneHelpRoutes()
	s.zoneImportRoute()
	s.handleRaw("GET /api/zones", &huma.Operation{
		OperationID: "listZones", Method: http.MethodGet, Path: "/api/zones", Tags: []string{"zones"},
		Summary: "Every zone that holds, as GeoJSON", Description: "With If-None-Match of the ETag that was read, 304 while all is as it was.",
		Responses: map[string]*huma.Response{"200": {
			Description: "A FeatureCollection",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: schemaOf[ZoneCollection](s.api, "ZoneCollection")}},
		}},
	}, func(w http.ResponseWriter, r *http.Request) {
		mark, err := s.store.ZonesMark(r.Context())
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		now := s.now()
		text, tag, err := s.zoneList.fresh(mark, now, func() ([]byte, time.Time, error) { return s.zonesNow(r.Context(), now) })
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		s.answerTagged(w, r, "application/json", tag, text)
	})
}

// zonesNow is every zone as it is now, and when the clock next changes one.
func (s *Server) zonesNow(ctx context.Context, now time.Time) (text []byte, until time.Time, err error) {
	all, err := s.store.Zones(ctx)
	if err != nil {
		return nil, until, err
	}
	out := ZoneCollection{Type: "FeatureCollection", Features: make([]ZoneFeature, len(all))}
	for i, z := range all {
		out.Features[i] = zoneFeature(z, now, s.days())
		if t := out.Features[i].Properties.NextChange; t != nil && (until.IsZero() || t.Before(until)) {
			until = *t
		}
	}
	text, err = json.Marshal(out)
	return append(text, '\n'), until, err
}

// zoneProblem is a rule that a zone broke.
func zoneProblem(e *zone.FieldError) *Problem {
	where := "body.properties." + e.Field
	if e.Field == "ground" {
		where = "body.geometry"
	}
	p := invalid("zones.invalid", where, "%s", e.What)
	if e.At != nil {
		at := positionOf(*e.At)
		p.Faults = []Fault{{Field: e.Field, What: e.What, At: &at}}
	}
	return p
}

// A Fault is one thing that is wrong with a file, a plan or a drawing.
type Fault struct {
	Line    int       `json:"line,omitempty" doc:"of a file, from 1, which is the header"`
	Feature *int      `json:"feature,omitempty" doc:"of a plan: which of its features, from 0"`
	Grid    string    `json:"grid,omitempty" doc:"of a plan: code or id of the grid"`
	Other   string    `json:"other,omitempty" doc:"of an overlap: code or id of the second grid"`
	Field   string    `json:"field" doc:"the column or property; empty: the whole line or shape"`
	What    string    `json:"what" doc:"what is wrong, in English"`
	Mend    string    `json:"mend" doc:"what to do about it, in English; may be empty"`
	At      *Position `json:"at,omitempty" doc:"where to look on the map"`
	AreaM2  float64   `json:"area_m2,omitempty" doc:"of an overlap or a gap"`
}
