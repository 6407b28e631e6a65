package web

import (
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// A Drawing is what somebody drew to say which streets: a GeoJSON MultiPoint
// (streets picked one by one), LineString or Polygon.
type Drawing struct{ orb.Geometry }

// MarshalJSON writes GeoJSON.
func (d Drawing) MarshalJSON() ([]byte, error) { return json.Marshal(geojson.NewGeometry(d.Geometry)) }

// UnmarshalJSON reads a shape; what rules it must keep is the domain's to say.
// Heights are passed over.
func (d *Drawing) UnmarshalJSON(text []byte) error {
	bad := func(what string) error { return invalid("registers.invalid", "body.drawn", "%s", what) }
	var shape struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if err := json.Unmarshal(text, &shape); err != nil {
		return bad("not a GeoJSON geometry")
	}
	var rings [][][]float64
	var err error
	switch shape.Type {
	case "MultiPoint", "LineString":
		rings = make([][][]float64, 1)
		err = json.Unmarshal(shape.Coordinates, &rings[0])
	case "Polygon":
		err = json.Unmarshal(shape.Coordinates, &rings)
	default:
		return bad("draw a MultiPoint, a LineString or a Polygon")
	}
	if err != nil {
		return bad("not the coordinates of a GeoJSON " + shape.Type)
	}
	lines := make([][]orb.Point, len(rings))
	for i, ring := range rings {
		for _, p := range ring {
			if len(p) < 2 { // would be read as 0 north, 0 east
				return bad("a point has no two numbers: give longitude and latitude")
			}
			lines[i] = append(lines[i], orb.Point{p[0], p[1]})
		}
	}
	switch shape.Type {
	case "MultiPoint":
		d.Geometry = orb.MultiPoint(lines[0])
	case "LineString":
		d.Geometry = orb.LineString(lines[0])
	default:
		area := make(orb.Polygon, len(lines))
		for i, l := range lines {
			area[i] = l
		}
		d.Geometry = area
	}
	return nil
}

// Schema describes a Drawing.
func (Drawing) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{"type", "coordinates"}, AdditionalProperties: true,
		Properties: map[string]*huma.Schema{
			"type":        {Type: huma.TypeString, Enum: []any{"MultiPoint", "LineString", "Polygon"}},
			"coordinates": {Description: "as in GeoJSON, at most 1,000 points"},
		},
	}
}

// Lines are a GeoJSON MultiLineString.
type Lines struct {
	Type        string       `json:"type" enum:"MultiLineString"`
	Coordinates [][]Position `json:"coordinates" nullable:"false"`
}

func linesOf(lines []orb.LineString) Lines {
	out := Lines{Type: "MultiLineString", Coordinates: make([][]Position, len(lines))}
	for i, l := range lines {
		out.Coordinates[i] = lineOf(l).Coordinates
	}
	return out
}
