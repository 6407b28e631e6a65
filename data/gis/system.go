package gis

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// A system turns positions of a file into longitude and latitude, WGS 84. nil
// leaves them as they are. CGCS 2000, ETRS 89 and NAD 83 are within a metre of WGS 84
// and are taken for it.
type system func(orb.Point) orb.Point

// systemOfCode is the system of an EPSG code, or of a name such as
// "urn:ogc:def:crs:OGC:1.3:CRS84". The error is ErrFormat.
func systemOfCode(name string) (system, error) {
	if name == "" || strings.Contains(name, "CRS84") || strings.HasSuffix(name, "WGS84") || strings.HasSuffix(name, "WGS 84") {
		return nil, nil
	}
	digits := regexp.MustCompile(`(\d{4,6})\D*$`).FindStringSubmatch(name)
	code := 0
	if digits != nil {
		code, _ = strconv.Atoi(digits[1])
	}
	grs80 := func(meridian, easting float64) system {
		return transverse{a: 6378137, f: 1 / 298.257222101, scale: 1, meridian: meridian, easting: easting}.inverse
	}
	switch {
	case code == 4326 || code == 4490 || code == 4258 || code == 4269:
		return nil, nil
	case code == 3857 || code == 900913 || code == 102100:
		return mercator, nil
	case code > 32600 && code <= 32660 || code > 32700 && code <= 32760:
		t := transverse{a: 6378137, f: 1 / 298.257223563, scale: 0.9996, meridian: float64(code%100)*6 - 183, easting: 500_000}
		if code > 32700 {
			t.northing = 10_000_000
		}
		return t.inverse, nil
	case code >= 4491 && code <= 4501: // CGCS 2000 in zones of six degrees, the zone before the easting
		zone := float64(code - 4491 + 13)
		return grs80(zone*6-3, zone*1e6+500_000), nil
	case code >= 4502 && code <= 4512:
		return grs80(float64(code-4502)*6+75, 500_000), nil
	case code >= 4513 && code <= 4533: // of three degrees
		zone := float64(code - 4513 + 25)
		return grs80(zone*3, zone*1e6+500_000), nil
	case code >= 4534 && code <= 4554:
		return grs80(float64(code-4534)*3+75, 500_000), nil
	}
	return nil, bad("its positions are in the system %q, which is not known here: export it in WGS 84, longitude and latitude in degrees", clip(name))
}

// systemOfWKT reads a .prj: geographic systems, and projected ones of the kinds
// that cities are surveyed in (Gauss-Krueger, UTM, web Mercator). The error is
// ErrFormat.
func systemOfWKT(text string) (system, error) {
	upper := strings.ToUpper(strings.TrimSpace(text))
	if upper == "" || strings.HasPrefix(upper, "GEOGCS") || strings.HasPrefix(upper, "GEOGCRS") {
		if strings.Contains(upper, "BEIJING_1954") || strings.Contains(upper, "XIAN_1980") {
			return nil, bad("its positions are in %s, up to 100 m from WGS 84: transform it before", clip(text))
		}
		return nil, nil
	}
	if !strings.HasPrefix(upper, "PROJCS") {
		return nil, bad("its .prj is no system that is known here: %s", clip(text))
	}
	number := func(pattern string, otherwise float64) float64 {
		m := regexp.MustCompile(`(?i)` + pattern).FindStringSubmatch(text)
		if m == nil {
			return otherwise
		}
		v, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return otherwise
		}
		return v
	}
	const value = `"\s*,\s*([-+0-9.eE]+)`
	projection := regexp.MustCompile(`PROJECTION\["([^"]*)"`).FindStringSubmatch(upper)
	if projection == nil {
		return nil, bad("its .prj names no projection")
	}
	switch projection[1] {
	case "MERCATOR_AUXILIARY_SPHERE", "POPULAR_VISUALISATION_PSEUDO_MERCATOR":
		return mercator, nil
	case "TRANSVERSE_MERCATOR", "GAUSS_KRUGER":
		t := transverse{
			a:        number(`SPHEROID\["[^"]*"\s*,\s*([0-9.eE+]+)`, 6378137),
			f:        1 / number(`SPHEROID\["[^"]*"\s*,\s*[0-9.eE+]+\s*,\s*([0-9.eE+]+)`, 298.257223563),
			scale:    number(`"scale_factor`+value, 1),
			meridian: number(`"central_meridian`+value, math.NaN()),
			easting:  number(`"false_easting`+value, 0),
			northing: number(`"false_northing`+value, 0),
		}
		if origin := number(`"latitude_of_origin`+value, 0); origin != 0 {
			return nil, bad("its projection starts at latitude %v, not at the equator: export it in WGS 84", origin)
		}
		if !(t.a > 6e6 && t.a < 7e6 && t.f > 0.003 && t.f < 0.004 && t.scale > 0.9 && t.scale < 1.1 && math.Abs(t.meridian) <= 180) {
			return nil, bad("its .prj has numbers that cannot be: %s", clip(text))
		}
		if strings.Contains(upper, "BEIJING_1954") || strings.Contains(upper, "XIAN_1980") {
			return nil, bad("its positions are in an old datum, up to 100 m from WGS 84: transform it before")
		}
		return t.inverse, nil
	}
	return nil, bad("its projection is %s, which is not known here: export it in WGS 84, longitude and latitude in degrees", clip(projection[1]))
}

// mercator is the inverse of the projection of web maps, EPSG 3857.
func mercator(p orb.Point) orb.Point {
	const r = 6378137
	return orb.Point{p[0] / r * 180 / math.Pi, (2*math.Atan(math.Exp(p[1]/r)) - math.Pi/2) * 180 / math.Pi}
}

// transverse is a transverse Mercator projection that starts at the equator.
type transverse struct {
	a, f              float64 // of the ellipsoid
	scale             float64 // along the meridian
	meridian          float64 // degrees
	easting, northing float64 // false ones
}

// inverse gives longitude and latitude, by the series of Krueger to the fourth order
// (Karney, Transverse Mercator with an accuracy of a few nanometers, 2011,
// equations 11, 15, 17 to 21); within 20 degrees of the meridian it is off by less
// than a millimetre.
func (t transverse) inverse(p orb.Point) orb.Point {
	n := t.f / (2 - t.f)
	radius := t.a / (1 + n) * (1 + n*n/4 + n*n*n*n/64) * t.scale
	xi, eta := (p[1]-t.northing)/radius, (p[0]-t.easting)/radius
	if !(math.Abs(eta) < 1 && math.Abs(xi) < 2) {
		return orb.Point{math.NaN(), math.NaN()} // nowhere near the meridian
	}
	x, y := xi, eta
	for j, b := range [...]float64{
		n/2 - 2*n*n/3 + 37*n*n*n/96 - n*n*n*n/360,
		n*n/48 + n*n*n/15 - 437*n*n*n*n/1440,
		17*n*n*n/480 - 37*n*n*n*n/840,
		4397 * n * n * n * n / 161280,
	} {
		m := 2 * float64(j+1)
		x -= b * math.Sin(m*xi) * math.Cosh(m*eta)
		y -= b * math.Cos(m*xi) * math.Sinh(m*eta)
	}
	goal := math.Sin(x) / math.Hypot(math.Sinh(y), math.Cos(x))
	e := math.Sqrt(t.f * (2 - t.f))
	tau := goal / (1 - e*e)
	for range 6 {
		root := math.Sqrt(1 + tau*tau)
		sigma := math.Sinh(e * math.Atanh(e*tau/root))
		now := tau*math.Sqrt(1+sigma*sigma) - sigma*root
		tau += (goal - now) / math.Sqrt(1+now*now) * (1 + (1-e*e)*tau*tau) / ((1 - e*e) * root)
	}
	return orb.Point{t.meridian + math.Atan2(math.Sinh(y), math.Cos(x))*180/math.Pi, math.Atan(tau) * 180 / math.Pi}
}

// Move gives each position of the collection another place: that of another datum,
// for instance.
func (c *Collection) Move(to func(orb.Point) orb.Point) {
	for i := range c.Features {
		c.Features[i].Geometry = moved(c.Features[i].Geometry, to)
	}
}

func moved(g orb.Geometry, to func(orb.Point) orb.Point) orb.Geometry {
	all := func(points []orb.Point) {
		for i, p := range points {
			points[i] = to(p)
		}
	}
	switch g := g.(type) {
	case orb.Point:
		return to(g)
	case orb.MultiPoint:
		all(g)
	case orb.LineString:
		all(g)
	case orb.MultiLineString:
		for _, line := range g {
			all(line)
		}
	case orb.Polygon:
		for _, ring := range g {
			all(ring)
		}
	case orb.MultiPolygon:
		for _, poly := range g {
			moved(poly, to)
		}
	case orb.Collection:
		for i := range g {
			g[i] = moved(g[i], to)
		}
	case nil:
	default:
		panic(fmt.Sprintf("gis: %T is no geometry that is read here", g))
	}
	return g
}
