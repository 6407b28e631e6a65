package web

import (
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// parsePoint reads "lon,lat" in WGS 84 degrees.
func parsePoint(location, text string) (orb.Point, error) {
	n, ok := numbers(text, 2)
	p := orb.Point{}
	if ok {
		p = orb.Point{n[0], n[1]}
	}
	if !ok || !onEarth(p) {
		return orb.Point{}, invalid("query.point", location, "%s must be longitude,latitude in degrees, such as -75.5466,39.7459", location)
	}
	return p, nil
}

// parseBound reads "west,south,east,north" in WGS 84 degrees.
func parseBound(location, text string) (orb.Bound, error) {
	n, ok := numbers(text, 4)
	b := orb.Bound{}
	if ok {
		b = orb.Bound{Min: orb.Point{n[0], n[1]}, Max: orb.Point{n[2], n[3]}}
	}
	if !ok || !onEarth(b.Min) || !onEarth(b.Max) || b.Min[0] >= b.Max[0] || b.Min[1] >= b.Max[1] {
		return orb.Bound{}, invalid("query.bbox", location, "%s must be west,south,east,north in degrees, such as -75.66,39.68,-75.46,39.82", location)
	}
	return b, nil
}

// numbers reads exactly count numbers with commas between.
func numbers(text string, count int) ([]float64, bool) {
	if len(text) > 40*count {
		return nil, false
	}
	parts := strings.Split(text, ",")
	if len(parts) != count {
		return nil, false
	}
	n := make([]float64, count)
	for i, part := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil {
			return nil, false
		}
		n[i] = v
	}
	return n, true
}

// onEarth is false for NaN and infinities too.
func onEarth(p orb.Point) bool {
	return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90
}
