package partition

import (
	"math"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// The ellipsoid of WGS 84: half the long axis, and the square of the eccentricity.
const (
	axis    = 6_378_137.0
	squash  = 0.00669437999014
	radians = math.Pi / 180
)

// squareDegree is how many square metres a square degree around a latitude has:
// the radii of curvature along the meridian and across it (Snyder, Map projections:
// a working manual, 1987, equation 3-11), multiplied.
func squareDegree(lat float64) float64 {
	sin, cos := math.Sincos(lat * radians)
	w := 1 - squash*sin*sin
	return axis * axis * (1 - squash) / (w * w) * cos * radians * radians
}

// under is the ground between the equator and a latitude, for each radian of
// longitude, in square metres (Snyder, equation 3-12).
func under(lat float64) float64 {
	e := math.Sqrt(squash)
	sin := math.Sin(lat * radians)
	return axis * axis * (1 - squash) / 2 * (sin/(1-squash*sin*sin) + math.Atanh(e*sin)/e)
}

// tall is the height in degrees from which on a square degree is not the same
// at the bottom and at the top. Below it the error is less than 1e-7.
const tall = 0.05

// SquareMetres is the area of a face, without its holes.
func (o *Overlay) SquareMetres(face int) float64 {
	rings := o.Mesh.Rings(face)
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	for _, ring := range rings {
		for _, v := range ring {
			y := o.Mesh.Nodes[v].Y
			low, high = min(low, y), max(high, y)
		}
	}
	if float64(high-low) < tall*planar.Unit {
		return math.Abs(o.Mesh.Area(face)) * squareDegree(o.Mesh.Middle(face)[1])
	}
	sum := 0.0
	for _, ring := range rings {
		for i, v := range ring {
			sum += strip(o.Mesh.Nodes[v].Orb(), o.Mesh.Nodes[ring[(i+1)%len(ring)]].Orb(), float64(low)/planar.Unit)
		}
	}
	return math.Abs(sum)
}

// strip is the ground between an edge and a latitude south of it, in square metres;
// negative for an edge that runs west. It takes the integral at the five points of
// Gauss and Legendre, exact to the last digits for edges up to a degree.
func strip(a, b orb.Point, south float64) float64 {
	base := under(south)
	sum := 0.0
	for _, g := range [...][2]float64{
		{0, 0.5688888888888889},
		{-0.5384693101056831, 0.47862867049936647},
		{0.5384693101056831, 0.47862867049936647},
		{-0.906179845938664, 0.23692688505618908},
		{0.906179845938664, 0.23692688505618908},
	} {
		sum += g[1] * (under(a[1]+(b[1]-a[1])*(1+g[0])/2) - base)
	}
	return sum / 2 * (b[0] - a[0]) * radians
}

// AreaM2 is the area of a valid multipolygon on the ellipsoid of WGS 84, in square
// metres, its edges straight in longitude and latitude and at most a degree long.
func AreaM2(area orb.MultiPolygon) float64 {
	sum := 0.0
	for _, poly := range area {
		for j, ring := range poly {
			one := 0.0
			for i := 1; i < len(ring); i++ {
				one += strip(ring[i-1], ring[i], ring[0][1])
			}
			if j == 0 {
				sum += math.Abs(one)
			} else {
				sum -= math.Abs(one)
			}
		}
	}
	return sum
}
