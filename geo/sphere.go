package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Bearing is the direction in which the great circle from a to b sets out,
// 0 <= bearing < 360. From a pole every direction is south or north, and the
// bearing counts from the meridian of a's longitude. From a to a it is 0.
func Bearing(a, b orb.Point) Degrees {
	lat1, lat2 := a[1]*radians, b[1]*radians
	dLon := (b[0] - a[0]) * radians
	y := math.Sin(dLon) * math.Cos(lat2)
	x := math.Cos(lat1)*math.Sin(lat2) - math.Sin(lat1)*math.Cos(lat2)*math.Cos(dLon)
	return Degrees(math.Atan2(y, x) / radians).Normal()
}

// Normal is the same direction with 0 <= d < 360.
func (d Degrees) Normal() Degrees {
	d = Degrees(math.Mod(float64(d), 360))
	if d < 0 {
		d += 360
	}
	if d >= 360 { // a tiny negative number plus 360
		d = 0
	}
	return d
}

// Turn is the change of direction from d to e, -180 < turn <= 180; positive is
// to the right.
func (d Degrees) Turn(e Degrees) Degrees {
	t := (e - d).Normal()
	if t > 180 {
		t -= 360
	}
	return t
}

// Destination is the point so far from p along the great circle that sets out at
// that bearing, with -180 <= longitude <= 180. It is the inverse of Distance and
// Bearing, on the same sphere.
func Destination(p orb.Point, bearing Degrees, d Metres) orb.Point {
	lat, b, angle := p[1]*radians, float64(bearing)*radians, float64(d/EarthRadius)
	sinLat := math.Sin(lat)*math.Cos(angle) + math.Cos(lat)*math.Sin(angle)*math.Cos(b)
	sinLat = min(1, max(-1, sinLat))
	lon := p[0] + math.Atan2(math.Sin(b)*math.Sin(angle)*math.Cos(lat), math.Cos(angle)-math.Sin(lat)*sinLat)/radians
	return orb.Point{math.Remainder(lon, 360), math.Asin(sinLat) / radians}
}

// Length is the sum of the distances along a line.
func Length(line orb.LineString) Metres {
	var sum Metres
	for i := 1; i < len(line); i++ {
		sum += Distance(line[i-1], line[i])
	}
	return sum
}

// NearestOnSegment is the point of the straight line from a to b that is nearest
// to p, the share t of the way from a to b where it lies (0 <= t <= 1), and its
// distance from p. It measures on the flat map of MetresPerDegree around p, with
// the error said there; the line may cross the date line.
func NearestOnSegment(p, a, b orb.Point) (at orb.Point, t float64, d Metres) {
	lonM, latM := MetresPerDegree(p[1])
	ax, ay := math.Remainder(a[0]-p[0], 360)*float64(lonM), (a[1]-p[1])*float64(latM)
	dLon, dLat := math.Remainder(b[0]-a[0], 360), b[1]-a[1]
	dx, dy := dLon*float64(lonM), dLat*float64(latM)
	if l := dx*dx + dy*dy; l > 0 {
		t = min(1, max(0, -(ax*dx+ay*dy)/l))
	}
	switch t {
	case 0:
		at = a
	case 1:
		at = b
	default:
		at = orb.Point{math.Remainder(a[0]+t*dLon, 360), a[1] + t*dLat}
	}
	return at, t, Metres(math.Hypot(ax+t*dx, ay+t*dy))
}
