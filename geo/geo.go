// Package geo is the ground the other packages stand on: distances, datums, H3
// cells and R-tree indexes.
//
// A point is an orb.Point, longitude first, in WGS 84 degrees (CGCS2000 is the
// same for our purpose: the two differ by less than GPS noise). Lengths are
// Metres, times time.Duration, bearings Degrees clockwise from true north. H3
// puts latitude first; h3.go is the only file that swaps the two. GCJ-02 and
// BD-09 exist only in datum.go, for the edges of the program.
//
// Everything here is safe to share between goroutines once built.
package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Metres is a length along the ground.
type Metres float64

// Degrees is an angle; a bearing counts clockwise from true north, 0 <= b < 360.
type Degrees float64

// EarthRadius is the mean radius R1 of the GRS 80 ellipsoid, (2a+b)/3
// (Moritz, Geodetic Reference System 1980).
const EarthRadius Metres = 6_371_008.8

// Distance is the great-circle distance from a to b, by the haversine formula.
// It takes the earth for a sphere, so it can be off by 0.5 %.
func Distance(a, b orb.Point) Metres {
	const rad = math.Pi / 180
	lat1, lat2 := a[1]*rad, b[1]*rad
	sinLat := math.Sin((lat2 - lat1) / 2)
	sinLon := math.Sin((b[0] - a[0]) * rad / 2)
	h := sinLat*sinLat + math.Cos(lat1)*math.Cos(lat2)*sinLon*sinLon
	return 2 * EarthRadius * Metres(math.Asin(math.Sqrt(min(1, h))))
}
