package basemap

import (
	"math"

	"github.com/paulmach/orb"
)

// A Point is a Web Mercator position in 1/2^32 of the world's width: x east from
// 180 W, y south from 85.0511 N. A position that OSM can state (1e-7 degree) has
// a Point of its own, and Point.LonLat gives exactly that position back.
type Point struct{ X, Y uint32 }

// worldBits is the binary logarithm of the world's width in Point's unit.
const worldBits = 32

const world = 1 << worldBits

// project gives the Point of p. Latitudes beyond the square world go to its
// edge. It reports false for what is no position on earth.
func project(p orb.Point) (Point, bool) {
	if !(p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90) { // NaN fails too
		return Point{}, false
	}
	sin := math.Sin(p[1] * (math.Pi / 180))
	x := (p[0] + 180) / 360 * world
	y := (0.5 - math.Atanh(sin)/(2*math.Pi)) * world // at the poles: infinite
	return Point{onWorld(x), onWorld(y)}, true
}

func onWorld(v float64) uint32 {
	return uint32(min(max(math.Round(v), 0), world-1))
}

// LonLat gives the position in degrees, rounded to 1e-7.
func (p Point) LonLat() orb.Point {
	lon := float64(p.X)/world*360 - 180
	y := (0.5 - float64(p.Y)/world) * (2 * math.Pi)
	lat := math.Asin(math.Tanh(y)) * (180 / math.Pi)
	return orb.Point{math.Round(lon*1e7) / 1e7, math.Round(lat*1e7) / 1e7}
}
