package web

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// A Position is [longitude, latitude] in WGS 84 degrees, as GeoJSON has it.
type Position [2]float64

func positionOf(p orb.Point) Position { return Position(p) }

// Schema describes a Position to huma.
func (Position) Schema(huma.Registry) *huma.Schema {
	two := 2
	return &huma.Schema{
		Type: "array", Items: &huma.Schema{Type: "number"}, MinItems: &two, MaxItems: &two,
		Description: "[longitude, latitude] in WGS 84 degrees", Examples: []any{[]float64{-75.5466, 39.7459}},
	}
}

// Bounds are [west, south, east, north] in WGS 84 degrees.
type Bounds [4]float64

func boundsOf(b orb.Bound) Bounds { return Bounds{b.Min[0], b.Min[1], b.Max[0], b.Max[1]} }

// Schema describes Bounds to huma.
func (Bounds) Schema(huma.Registry) *huma.Schema {
	four := 4
	return &huma.Schema{
		Type: "array", Items: &huma.Schema{Type: "number"}, MinItems: &four, MaxItems: &four,
		Description: "[west, south, east, north] in WGS 84 degrees", Examples: []any{[]float64{-75.66, 39.68, -75.46, 39.82}},
	}
}

// A Line is a GeoJSON LineString.
type Line struct {
	Type        string     `json:"type" enum:"LineString"`
	Coordinates []Position `json:"coordinates" nullable:"false"`
}

func lineOf(l orb.LineString) Line {
	line := Line{Type: "LineString", Coordinates: make([]Position, len(l))}
	for i, p := range l {
		line.Coordinates[i] = Position(p)
	}
	return line
}

// schemaOf is the (shared) schema of T.
func schemaOf[T any](api huma.API, hint string) *huma.Schema {
	return api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, hint)
}

// pointers lists the properties of t that point to an object and are always there:
// null when there is none.
func pointers(t reflect.Type) (names []string) {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct && !strings.Contains(options, "omitempty") {
			names = append(names, name)
		}
	}
	return names
}

// orNull lets properties of s be null. huma can say so itself of plain values
// but not of objects.
func orNull(s *huma.Schema, properties ...string) *huma.Schema {
	for _, name := range properties {
		if p := s.Properties[name]; p != nil && p.Ref != "" {
			s.Properties[name] = &huma.Schema{OneOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}, Description: p.Description}
		}
	}
	return s
}
