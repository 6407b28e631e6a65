package zone

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"citygrid/geo/street"
	"citygrid/grid/calendar"

	"github.com/paulmach/orb"
)

// Limits on the JSON forms, in bytes and zones.
const (
	MaxJSON  = 4 << 20   // of one zone
	MaxFile  = 256 << 20 // of a collection
	MaxZones = 200_000   // in a collection
)

// feature is the form that UnmarshalJSON documents.
type feature struct {
	Type       string     `json:"type"`
	ID         *ID        `json:"id,omitempty"`
	Geometry   *geometry  `json:"geometry"`
	Properties properties `json:"properties"`
}

type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

type properties struct {
	Name     map[string]string `json:"name"`
	Kind     Kind              `json:"kind"`
	Drawn    *Drawn            `json:"drawn,omitempty"`
	Beside   *street.Beside    `json:"beside,omitempty"`
	Rule     Rule              `json:"rule"`
	Calendar *calendar.Spec    `json:"calendar"`
	Classes  []Class           `json:"classes"`
	Subjects []int64           `json:"subjects,omitempty"`
	Tags     []string          `json:"tags,omitempty"`
	Tagged   []int64           `json:"tagged,omitempty"`
	Version  int64             `json:"version,omitempty"`
}

// A rule is a Rule in JSON, where spans are in seconds.
type rule struct {
	Kind     RuleKind `json:"kind"`
	LongerS  int64    `json:"longer_s,omitempty"`
	HomeM    float64  `json:"home_m,omitempty"`
	Most     int      `json:"most,omitempty"`
	SpeedKmh float64  `json:"speed_kmh,omitempty"`

	RemindS   int64 `json:"remind_s,omitempty"`
	EscalateS int64 `json:"escalate_s,omitempty"`
}

// MarshalJSON writes the rule as the rule of a zone's properties.
func (r Rule) MarshalJSON() ([]byte, error) {
	return json.Marshal(rule{
		r.Kind, int64(r.Longer / time.Second), r.HomeM, r.Most, r.SpeedKmh, int64(r.Remind / time.Second), int64(r.Escalate / time.Second),
	})
}

// UnmarshalJSON reads what MarshalJSON writes. What the rule means is not checked, but
// that it can be kept.
func (r *Rule) UnmarshalJSON(text []byte) error {
	var j rule
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return err
	}
	if j.LongerS < 0 || j.LongerS > int64(MaxLonger/time.Second) {
		return &FieldError{Field: "rule", What: fmt.Sprintf("longer_s must be %d to %d seconds", MinLonger/time.Second, MaxLonger/time.Second), Rule: ErrZone}
	}
	for _, s := range []int64{j.RemindS, j.EscalateS} {
		if s < 0 || s > int64(MaxCall/time.Second) {
			return &FieldError{Field: "rule", What: callFault, Rule: ErrZone}
		}
	}
	*r = Rule{
		j.Kind, time.Duration(j.LongerS) * time.Second, j.HomeM, j.Most, j.SpeedKmh,
		time.Duration(j.RemindS) * time.Second, time.Duration(j.EscalateS) * time.Second,
	}
	return nil
}

// MarshalJSON writes the zone in the form that UnmarshalJSON reads. A zone with a
// fault is refused, since it could not be read again.
func (z Zone) MarshalJSON() ([]byte, error) {
	if err := z.Check(); err != nil {
		return nil, err
	}
	coordinates, err := json.Marshal(z.Ground)
	if err != nil {
		return nil, err
	}
	f := feature{
		Type:     "Feature",
		Geometry: &geometry{"MultiPolygon", coordinates},
		Properties: properties{
			Name: z.Name, Kind: z.Kind, Drawn: z.Drawn, Beside: z.Beside, Rule: z.Rule, Calendar: z.Calendar, Classes: z.Classes, Subjects: z.Subjects, Tags: z.Tags, Tagged: z.Tagged, Version: z.Version,
		},
	}
	if z.ID != 0 {
		f.ID = &z.ID
	}
	return json.Marshal(f)
}

// UnmarshalJSON reads a zone from a GeoJSON Feature with a Polygon or
// MultiPolygon; id and version may be left out for a new zone, and a calendar
// that is null or left out holds always:
//
//	{
//	  "type": "Feature",
//	  "id": 7,
//	  "geometry": {"type": "Polygon", "coordinates": [[[-75.55,39.74], ...]]},
//	  "properties": {
//	    "name": {"zh-CN": "中心公园", "en": "Central Park"},
//	    "kind": "no-dog",
//	    "rule": {"kind": "inside-while-active"},
//	    "calendar": {"zone": "America/New_York", "rules": [{"windows": ["07:00-19:00"]}]},
//	    "classes": ["dog"],
//	    "subjects": [17],
//	    "version": 3
//	  }
//	}
//
// Rules are {"kind": "inside-while-active"}, {"kind": "dwell", "longer_s": 300},
// {"kind": "corridor", "longer_s": 60}, {"kind": "curfew", "home_m": 100},
// {"kind": "head-count", "most": 20}, {"kind": "speed", "speed_kmh": 15} and
// {"kind": "none"}. Subjects may be left out; with them the rule is for these ids of its
// one class alone. So it is with tags, of which tagged are the ids. A property drawn says what line or point the geometry was made of, as
// Drawn has it, and beside at which street it lies, as street.Beside has it.
//
// Names of properties that are unknown are an error, so that a slip of the pen
// ("calender") doesn't make a zone hold always. What is read keeps Check.
func (z *Zone) UnmarshalJSON(text []byte) error {
	if len(text) > MaxJSON {
		return &FieldError{Field: "zone", What: fmt.Sprintf("%d bytes of JSON, the limit is %d", len(text), MaxJSON), Rule: ErrZone}
	}
	// bbox and other members that GeoJSON allows beside ours are passed over; the
	// properties are ours alone.
	var outer struct {
		Type       string          `json:"type"`
		ID         *ID             `json:"id"`
		Geometry   *geometry       `json:"geometry"`
		Properties json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(text, &outer); err != nil {
		return notJSON(0, "zone", err)
	}
	var out Zone
	if outer.ID != nil {
		out.ID = *outer.ID
	}
	bad := func(field, format string, args ...any) error {
		return &FieldError{Zone: out.ID, Field: field, What: fmt.Sprintf(format, args...), Rule: ErrZone}
	}
	if outer.Type != "Feature" {
		return bad("type", "is %q: a zone is a GeoJSON Feature", clip(outer.Type))
	}
	if outer.Geometry == nil {
		return bad("ground", "the zone has no geometry: draw a Polygon or MultiPolygon")
	}
	var p properties
	if len(outer.Properties) == 0 || bytes.Equal(outer.Properties, []byte("null")) {
		return bad("properties", "are missing: a zone has name, kind, rule, calendar and classes")
	}
	d := json.NewDecoder(bytes.NewReader(outer.Properties))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return notJSON(out.ID, "properties", err)
	}
	var err error
	if out.Ground, err = outer.Geometry.polygons(); err != nil {
		return notJSON(out.ID, "ground", err)
	}
	out.Name, out.Kind, out.Drawn, out.Beside, out.Rule = p.Name, p.Kind, p.Drawn, p.Beside, p.Rule
	out.Calendar, out.Classes, out.Subjects, out.Version = p.Calendar, p.Classes, p.Subjects, p.Version
	out.Tags, out.Tagged = p.Tags, p.Tagged
	if err := out.Check(); err != nil {
		return err
	}
	*z = out
	return nil
}

// polygons reads the coordinates. Heights are passed over.
func (g *geometry) polygons() (orb.MultiPolygon, error) {
	var parts [][][][]float64
	switch g.Type {
	case "Polygon":
		parts = make([][][][]float64, 1)
		if err := json.Unmarshal(g.Coordinates, &parts[0]); err != nil {
			return nil, err
		}
	case "MultiPolygon":
		if err := json.Unmarshal(g.Coordinates, &parts); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("the geometry is a %q: use Polygon or MultiPolygon", clip(g.Type))
	}
	ground := make(orb.MultiPolygon, len(parts))
	for i, part := range parts {
		ground[i] = make(orb.Polygon, len(part))
		for j, ring := range part {
			ground[i][j] = make(orb.Ring, len(ring))
			for k, p := range ring {
				// A shorter one would be read as 0 north, 0 east.
				if len(p) < 2 || len(p) > 4 {
					return nil, fmt.Errorf("point %d of ring %d of polygon %d has %d numbers: give longitude and latitude", k, j, i, len(p))
				}
				ground[i][j][k] = orb.Point{p[0], p[1]}
			}
		}
	}
	return ground, nil
}

// notJSON puts what encoding/json says under the field it is about.
func notJSON(id ID, field string, err error) error {
	if e, ok := errors.AsType[*FieldError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*calendar.Error](err); ok {
		return &FieldError{Zone: id, Field: "calendar", What: e.Error(), Rule: errors.Join(ErrZone, e)}
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && e.Field != "" {
		return &FieldError{Zone: id, Field: field + "." + e.Field, What: fmt.Sprintf("a %s is of the wrong kind", e.Value), Rule: ErrZone}
	}
	return &FieldError{Zone: id, Field: field, What: err.Error(), Rule: ErrZone}
}

// WriteAll writes a GeoJSON FeatureCollection that ReadAll reads.
func WriteAll(w io.Writer, zones []Zone) error {
	if err := CheckAll(zones); err != nil {
		return err
	}
	if _, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`); err != nil {
		return err
	}
	for i, z := range zones {
		text, err := json.Marshal(z)
		if err != nil {
			return err
		}
		if i > 0 {
			text = append([]byte(",\n"), text...)
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "]}\n")
	return err
}

// ReadAll reads the zones of a FeatureCollection, all of them or none. An error
// says which feature it is about, counted from 1, and is around a *FieldError.
func ReadAll(r io.Reader) ([]Zone, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxFile {
		return nil, &FieldError{Field: "zones", What: fmt.Sprintf("more than %d bytes", MaxFile), Rule: ErrZone}
	}
	var in struct {
		Type     string            `json:"type"`
		Features []json.RawMessage `json:"features"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, notJSON(0, "zones", err)
	}
	if in.Type != "FeatureCollection" {
		return nil, &FieldError{Field: "type", What: fmt.Sprintf("is %q: zones are a GeoJSON FeatureCollection", clip(in.Type)), Rule: ErrZone}
	}
	if len(in.Features) > MaxZones {
		return nil, &FieldError{Field: "zones", What: fmt.Sprintf("%d zones, the limit is %d", len(in.Features), MaxZones), Rule: ErrZone}
	}
	zones := make([]Zone, len(in.Features))
	for i, f := range in.Features {
		if err := zones[i].UnmarshalJSON(f); err != nil {
			return nil, fmt.Errorf("feature %d: %w", i+1, err)
		}
	}
	return zones, CheckAll(zones)
}
