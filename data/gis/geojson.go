package gis

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// DecodeGeoJSON reads GeoJSON, RFC 7946: a FeatureCollection, a Feature or a bare
// geometry. Altitudes are dropped. It keeps slices of data.
//
// A geometry that is wrong by itself is the fault of its feature; what is no JSON,
// or no GeoJSON, is an error. The old member crs is told as the System.
func DecodeGeoJSON(data []byte) (*Collection, error) {
	return decodeGeoJSON(data, Limits{}.withDefaults())
}

func decodeGeoJSON(data []byte, l Limits) (*Collection, error) {
	if !json.Valid(data) {
		err := json.Unmarshal(data, new(any))
		var at *json.SyntaxError
		if errors.As(err, &at) {
			line := 1 + bytes.Count(data[:min(int(at.Offset), len(data))], []byte("\n"))
			return nil, bad("not JSON: line %d: %v", line, err)
		}
		return nil, bad("not JSON: %v", err)
	}
	c := &Collection{Format: GeoJSON}
	top := members(data)
	c.System = systemOf(top["crs"])
	switch kind := textOf(top["type"]); kind {
	case "FeatureCollection":
		list := top["features"]
		if len(list) == 0 || list[0] != '[' {
			return nil, bad("a FeatureCollection without an array of features")
		}
		for raw := range elements(list) {
			if len(c.Features) == l.Features {
				return nil, l.full()
			}
			c.Features = append(c.Features, featureOf(raw))
		}
	case "Feature":
		c.Features = []Feature{featureOf(data)}
	case "":
		return nil, bad("no GeoJSON: there is no type")
	default:
		f := Feature{}
		f.Geometry, f.Fault = geometryOf(data, 0)
		if f.Geometry == nil && strings.HasPrefix(f.Fault, unknownKind) {
			return nil, bad("no GeoJSON: its type is %s", clip(kind))
		}
		c.Features = []Feature{f}
	}
	to, err := systemOfCode(c.System)
	if err != nil {
		return nil, err
	}
	if to != nil {
		c.Move(to)
	}
	return c, nil
}

func featureOf(raw []byte) Feature {
	m := members(raw)
	if kind := textOf(m["type"]); kind != "Feature" {
		return Feature{Fault: fmt.Sprintf("its type is %q, not Feature", clip(kind))}
	}
	f := Feature{ID: notNull(m["id"]), Properties: notNull(m["properties"])}
	if len(f.Properties) > 0 && f.Properties[0] != '{' {
		f.Properties = nil
	}
	f.Geometry, f.Fault = geometryOf(m["geometry"], 0)
	return f
}

func notNull(raw []byte) json.RawMessage {
	if string(raw) == "null" {
		return nil
	}
	return raw
}

// systemOf is the name in an old crs member, the whole of it where it has none.
func systemOf(crs []byte) string {
	if len(crs) == 0 || string(crs) == "null" {
		return ""
	}
	if crs[0] == '{' {
		if p := members(crs)["properties"]; len(p) > 0 && p[0] == '{' {
			if name := textOf(members(p)["name"]); name != "" {
				return name
			}
		}
	}
	return clip(string(crs))
}

// unknownKind begins the fault of a geometry of a type that does not exist.
const unknownKind = "no geometry of type"

// maxDepth is how deep GeometryCollections are followed.
const maxDepth = 8

func geometryOf(raw []byte, depth int) (g orb.Geometry, fault string) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, "no geometry"
	}
	if raw[0] != '{' {
		return nil, "its geometry is no object"
	}
	m := members(raw)
	kind, coordinates := textOf(m["type"]), m["coordinates"]
	r := reader{}
	switch kind {
	case "Point":
		g = r.position(coordinates)
	case "MultiPoint":
		g = orb.MultiPoint(r.line(coordinates))
	case "LineString":
		g = orb.LineString(r.line(coordinates))
	case "MultiLineString":
		var lines orb.MultiLineString
		for part := range r.list(coordinates, "lines") {
			lines = append(lines, r.line(part))
		}
		g = lines
	case "Polygon":
		g = r.polygon(coordinates)
	case "MultiPolygon":
		polygons := orb.MultiPolygon{}
		for part := range r.list(coordinates, "polygons") {
			polygons = append(polygons, r.polygon(part))
		}
		g = polygons
	case "GeometryCollection":
		return collectionOf(m["geometries"], depth)
	default:
		return nil, fmt.Sprintf("%s %q", unknownKind, clip(kind))
	}
	if r.fault != "" {
		return nil, r.fault
	}
	return g, ""
}

func collectionOf(raw []byte, depth int) (orb.Geometry, string) {
	if depth == maxDepth || len(raw) == 0 || raw[0] != '[' {
		return nil, "a GeometryCollection without an array of geometries, or too many in each other"
	}
	var all orb.Collection
	for part := range elements(raw) {
		g, fault := geometryOf(part, depth+1)
		if fault != "" {
			return nil, fault
		}
		all = append(all, g)
	}
	return all, ""
}

// reader reads coordinates and keeps the first fault.
type reader struct{ fault string }

func (r *reader) fail(format string, args ...any) {
	if r.fault == "" {
		r.fault = fmt.Sprintf(format, args...)
	}
}

func (r *reader) list(raw []byte, of string) func(func([]byte) bool) {
	if len(raw) == 0 || raw[0] != '[' {
		r.fail("its coordinates are no array of %s", of)
		return func(func([]byte) bool) {}
	}
	return elements(raw)
}

func (r *reader) polygon(raw []byte) orb.Polygon {
	p := orb.Polygon{}
	for ring := range r.list(raw, "rings") {
		p = append(p, r.line(ring))
	}
	return p
}

func (r *reader) line(raw []byte) []orb.Point {
	n := 0
	for range r.list(raw, "positions") {
		n++
	}
	line := make([]orb.Point, 0, n)
	for at := range r.list(raw, "positions") {
		line = append(line, r.position(at))
	}
	return line
}

// position reads the first two numbers. One that is too large for a float is left
// infinite, for the check to find.
func (r *reader) position(raw []byte) orb.Point {
	var p orb.Point
	i := 0
	for number := range r.list(raw, "numbers") {
		if i < 2 {
			v, err := strconv.ParseFloat(string(number), 64)
			if err != nil && !math.IsInf(v, 0) {
				r.fail("a position with %s in place of a number", clip(string(number)))
			}
			p[i] = v
		}
		i++
	}
	if i < 2 {
		r.fail("a position of %d numbers, 2 is the least", i)
	}
	return p
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "..."
	}
	return s
}
