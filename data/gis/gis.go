// Package gis is where foreign formats of geometry come in and go out.
//
// Inside citygrid a geometry is an orb value, longitude first, WGS 84. Formats
// that orb lacks pass through github.com/twpayne/go-geom here and nowhere else:
// so far EWKB, the binary form of PostGIS, for polygons and for tracks whose
// third coordinate is a time.
//
// The functions are pure and may be shared between goroutines.
package gis

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"
)

// SRID is the reference system of all our geometries: WGS 84 (EPSG:4326).
const SRID = 4326

var errEmptyPoint = errors.New("gis: an empty point has no place")

// ToGeom is g as go-geom has it, with our SRID. It takes points, lines,
// polygons and their multiples; rings keep their direction.
func ToGeom(g orb.Geometry) (geom.T, error) {
	switch g := g.(type) {
	case orb.Point:
		return geom.NewPointFlat(geom.XY, []float64{g[0], g[1]}).SetSRID(SRID), nil
	case orb.MultiPoint:
		return geom.NewMultiPointFlat(geom.XY, flat(nil, g)).SetSRID(SRID), nil
	case orb.LineString:
		return geom.NewLineStringFlat(geom.XY, flat(nil, g)).SetSRID(SRID), nil
	case orb.MultiLineString:
		var coords []float64
		var ends []int
		for _, line := range g {
			coords = flat(coords, line)
			ends = append(ends, len(coords))
		}
		return geom.NewMultiLineStringFlat(geom.XY, coords, ends).SetSRID(SRID), nil
	case orb.Polygon:
		coords, ends := flatPolygon(nil, g)
		return geom.NewPolygonFlat(geom.XY, coords, ends).SetSRID(SRID), nil
	case orb.MultiPolygon:
		var coords []float64
		var endss [][]int
		for _, polygon := range g {
			var ends []int
			coords, ends = flatPolygon(coords, polygon)
			endss = append(endss, ends)
		}
		return geom.NewMultiPolygonFlat(geom.XY, coords, endss).SetSRID(SRID), nil
	}
	return nil, fmt.Errorf("gis: %T has no form in EWKB here", g)
}

func flat[P ~[]orb.Point](to []float64, points P) []float64 {
	for _, p := range points {
		to = append(to, p[0], p[1])
	}
	return to
}

func flatPolygon(to []float64, p orb.Polygon) (coords []float64, ends []int) {
	for _, ring := range p {
		to = flat(to, ring)
		ends = append(ends, len(to))
	}
	return to, ends
}

// FromGeom is g as orb has it. Heights and measures are dropped; an SRID other
// than ours, or none, is the caller's to judge.
func FromGeom(g geom.T) (orb.Geometry, error) {
	stride := g.Stride()
	switch g := g.(type) {
	case *geom.Point:
		if g.Empty() {
			return nil, errEmptyPoint
		}
		return orb.Point{g.X(), g.Y()}, nil
	case *geom.MultiPoint:
		if len(g.FlatCoords()) != g.NumPoints()*stride {
			return nil, errEmptyPoint
		}
		return orb.MultiPoint(points(g.FlatCoords(), stride)), nil
	case *geom.LineString:
		return orb.LineString(points(g.FlatCoords(), stride)), nil
	case *geom.MultiLineString:
		lines := make(orb.MultiLineString, 0, g.NumLineStrings())
		start := 0
		for _, end := range g.Ends() {
			lines = append(lines, points(g.FlatCoords()[start:end], stride))
			start = end
		}
		return lines, nil
	case *geom.Polygon:
		polygon, _ := rings(g.FlatCoords(), 0, g.Ends(), stride)
		return polygon, nil
	case *geom.MultiPolygon:
		polygons := make(orb.MultiPolygon, 0, g.NumPolygons())
		start := 0
		for _, ends := range g.Endss() {
			var polygon orb.Polygon
			polygon, start = rings(g.FlatCoords(), start, ends, stride)
			polygons = append(polygons, polygon)
		}
		return polygons, nil
	}
	return nil, fmt.Errorf("gis: %T has no form in orb here", g)
}

func points(coords []float64, stride int) []orb.Point {
	p := make([]orb.Point, 0, len(coords)/stride)
	for i := 0; i < len(coords); i += stride {
		p = append(p, orb.Point{coords[i], coords[i+1]})
	}
	return p
}

func rings(coords []float64, start int, ends []int, stride int) (orb.Polygon, int) {
	polygon := make(orb.Polygon, 0, len(ends))
	for _, end := range ends {
		polygon = append(polygon, points(coords[start:end], stride))
		start = end
	}
	return polygon, start
}
