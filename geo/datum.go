package geo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// A Datum is a system of coordinates that a source may use. Inside the program
// everything is WGS 84; a source that isn't says so, and is turned into it where
// it enters.
type Datum uint8

// The datums. GCJ-02 is the shifted one that maps published in China must use
// (AMap, Tencent, Google in China); BD-09 is Baidu's, shifted once more.
const (
	WGS84 Datum = iota
	GCJ02
	BD09
)

var datumNames = [...]string{"wgs84", "gcj02", "bd09"}

// String is the name that ParseDatum reads.
func (d Datum) String() string {
	if int(d) >= len(datumNames) {
		return fmt.Sprintf("Datum(%d)", uint8(d))
	}
	return datumNames[d]
}

// ParseDatum reads "wgs84", "gcj02" or "bd09". CGCS2000 is WGS 84 to us.
func ParseDatum(s string) (Datum, error) {
	for i, name := range datumNames {
		if s == name {
			return Datum(i), nil
		}
	}
	if s == "cgcs2000" {
		return WGS84, nil
	}
	return 0, fmt.Errorf("datum %q is not one of wgs84, cgcs2000, gcj02, bd09", s)
}

// FromWGS84 gives p, in WGS 84, in the datum.
func (d Datum) FromWGS84(p orb.Point) orb.Point {
	switch d {
	case GCJ02:
		return toGCJ(p)
	case BD09:
		return gcjToBD(toGCJ(p))
	}
	return p
}

// ToWGS84 gives p, in the datum, in WGS 84. Neither shift has an inverse in
// closed form; it is found by iteration, to better than 1e-9 degree of what
// FromWGS84 would shift back to p.
//
// The shift stops at the edge of the box of InChina, in one step of up to 1 km,
// so within 1 km of that edge the inverse may not be the point one started from.
func (d Datum) ToWGS84(p orb.Point) orb.Point {
	switch d {
	case GCJ02:
		return fromGCJ(p)
	case BD09:
		return fromGCJ(bdToGCJ(p))
	}
	return p
}

// InChina says whether GCJ-02 shifts a WGS 84 point. It is the box that all
// published versions of the formula use, 72.004 <= lon <= 137.8347 and
// 0.8293 <= lat <= 55.8271, not the border: maps that stop shifting at the border
// (as most do for Hong Kong, Macau and Taiwan) differ from it there, and a source
// from those places should be declared WGS 84.
func InChina(p orb.Point) bool {
	return p[0] >= 72.004 && p[0] <= 137.8347 && p[1] >= 0.8293 && p[1] <= 55.8271
}

func toGCJ(p orb.Point) orb.Point {
	if !InChina(p) {
		return p
	}
	return shifted(p)
}

// shifted moves p as GCJ-02 does. The formula was never published officially;
// this is the one that leaked in 2010 and that every open converter uses, on the
// Krasovsky 1940 ellipsoid.
func shifted(p orb.Point) orb.Point {
	const (
		a  = 6378245.0
		e2 = 0.00669342162296594323
	)
	x, y := p[0]-105, p[1]-35
	wave := func(v, a1, p1, a2, p2 float64) float64 {
		return (a1*math.Sin(v*math.Pi/p1) + a2*math.Sin(v*math.Pi/p2)) * 2 / 3
	}
	root := math.Sqrt(math.Abs(x))
	short := wave(x, 20, 1./6, 20, 1./2)
	dLat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + short +
		wave(y, 20, 1, 40, 3) + wave(y, 160, 12, 320, 30)
	dLon := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + short +
		wave(x, 20, 1, 40, 3) + wave(x, 150, 12, 300, 30)
	sin := math.Sin(p[1] * radians)
	w := 1 - e2*sin*sin
	dLat = dLat / (a * (1 - e2) / (w * math.Sqrt(w)) * radians)
	dLon = dLon / (a / math.Sqrt(w) * math.Cos(p[1]*radians) * radians)
	return orb.Point{p[0] + dLon, p[1] + dLat}
}

// fromGCJ undoes toGCJ: the point in the box that the shift takes to p, else p.
func fromGCJ(p orb.Point) orb.Point {
	// A margin wider than any shift; beyond it the formula has no meaning.
	const margin = 0.1
	if p[0] < 72.004-margin || p[0] > 137.8347+margin || p[1] < 0.8293-margin || p[1] > 55.8271+margin {
		return p
	}
	// Inside, the second case is the gap that the step leaves along the edge:
	// nothing is shifted there, and the formula goes on as if the box did.
	if q := invert(p, shifted); InChina(q) || InChina(p) {
		return q
	}
	return p
}

// bdAngle is the x_pi of the published formula of BD-09.
const bdAngle = math.Pi * 3000 / 180

func gcjToBD(p orb.Point) orb.Point {
	r := math.Hypot(p[0], p[1]) + 0.00002*math.Sin(p[1]*bdAngle)
	theta := math.Atan2(p[1], p[0]) + 0.000003*math.Cos(p[0]*bdAngle)
	return orb.Point{r*math.Cos(theta) + 0.0065, r*math.Sin(theta) + 0.006}
}

// bdToGCJ undoes gcjToBD. The published inverse is off by up to 1e-6 degree; ours
// iterates.
func bdToGCJ(p orb.Point) orb.Point { return invert(p, gcjToBD) }

// invert finds q with shift(q) = p for a shift that hardly changes from place to
// place: what shift misses p by is taken off, until it misses by nothing. Each
// round gains two digits or more.
func invert(p orb.Point, shift func(orb.Point) orb.Point) orb.Point {
	q := p
	for range 20 {
		s := shift(q)
		dLon, dLat := s[0]-p[0], s[1]-p[1]
		q[0] -= dLon
		q[1] -= dLat
		if math.Abs(dLon) < 1e-11 && math.Abs(dLat) < 1e-11 {
			break
		}
	}
	return q
}
