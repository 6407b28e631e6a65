package fence

import (
	"math"
	"math/rand/v2"
	"time"

	"citygrid/geo"
	"citygrid/grid/calendar"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// wilmington is where the tests are.
var wilmington = orb.Point{-75.55, 39.74}

// by is the point so many metres east and north of p.
func by(p orb.Point, east, north float64) orb.Point {
	lonM, latM := geo.MetresPerDegree(p[1])
	return orb.Point{p[0] + east/float64(lonM), p[1] + north/float64(latM)}
}

// star is a ring of n corners around a point, between lo and hi metres from it.
func star(rnd *rand.Rand, at orb.Point, n int, lo, hi float64) orb.Ring {
	ring := make(orb.Ring, n, n+1)
	for i := range ring {
		angle := 2 * math.Pi * (float64(i) + 0.8*rnd.Float64()) / float64(n)
		d := lo + (hi-lo)*rnd.Float64()
		ring[i] = by(at, d*math.Cos(angle), d*math.Sin(angle))
	}
	return append(ring, ring[0])
}

// box is a ring with sides along the meridians.
func box(at orb.Point, east, north float64) orb.Ring {
	a, b := by(at, -east/2, -north/2), by(at, east/2, north/2)
	return orb.Ring{a, {b[0], a[1]}, b, {a[0], b[1]}, a}
}

// ground is what a planner might draw, of a size in metres.
func ground(rnd *rand.Rand, at orb.Point, size float64) orb.MultiPolygon {
	corners := 5 + rnd.IntN(40)
	switch rnd.IntN(5) {
	case 0:
		return orb.MultiPolygon{{box(at, size, size*(0.2+rnd.Float64()))}}
	case 1: // with a hole
		return orb.MultiPolygon{{star(rnd, at, corners, size*0.35, size*0.6), star(rnd, at, 5, size*0.05, size*0.3)}}
	case 2: // in two pieces
		return orb.MultiPolygon{
			{star(rnd, by(at, -size, 0), corners, size*0.2, size*0.6)},
			{box(by(at, size, 0), size, size), box(by(at, size, 0), size/2, size/2)},
		}
	default:
		return orb.MultiPolygon{{star(rnd, at, corners, size*0.2, size*0.6)}}
	}
}

var calendars = []*calendar.Spec{
	nil,
	{Zone: "America/New_York", Rules: []calendar.Rule{{Windows: []calendar.Window{{From: 7 * 60, To: 19 * 60}}}}},
	{Zone: "America/New_York", Rules: []calendar.Rule{{Windows: []calendar.Window{{From: 20 * 60, To: 26 * 60}}}}},
	{Zone: "Asia/Shanghai", Rules: []calendar.Rule{
		{Windows: []calendar.Window{{From: 0, To: 7}, {From: 11, To: 13}, {From: 17, To: 40}, {From: 53, To: 60}, {From: 75, To: 97}}},
	}},
	{Zone: "UTC"}, // never
}

// zones gives n of them within so many metres of Wilmington.
func zones(rnd *rand.Rand, n int, within, size float64) []zone.Zone {
	out := make([]zone.Zone, n)
	for i := range out {
		at := by(wilmington, within*(2*rnd.Float64()-1), within*(2*rnd.Float64()-1))
		out[i] = zone.Zone{
			ID: zone.ID(i*3 + 1), Name: map[string]string{"en": "z"}, Kind: zone.NoDog,
			Ground:   ground(rnd, at, size*(0.3+rnd.Float64())),
			Rule:     zone.Rule{Kind: zone.InsideWhileActive},
			Calendar: calendars[rnd.IntN(len(calendars))],
			Classes:  []zone.Class{zone.Dog},
		}
		out[i].Rule = anyRule(rnd)
		switch rnd.IntN(8) {
		case 0:
			out[i].Subjects = []int64{1, 7}
		case 1:
			out[i].Subjects = []int64{2}
		}
		if rnd.IntN(8) == 0 {
			out[i].Classes = []zone.Class{zone.Vehicle}
		}
	}
	return out
}

// anyRule is a rule, most often the plain one.
func anyRule(rnd *rand.Rand) zone.Rule {
	longer := time.Duration(1+rnd.IntN(600)) * time.Second
	switch rnd.IntN(10) {
	case 0, 1:
		return zone.Rule{Kind: zone.Dwell, Longer: longer}
	case 2:
		return zone.Rule{Kind: zone.Corridor, Longer: longer}
	case 3:
		return zone.Rule{Kind: zone.Curfew, HomeM: 10 + 100*rnd.Float64()}
	case 4:
		return zone.Rule{Kind: zone.Speed, SpeedKmh: 3 + 20*rnd.Float64()}
	case 5:
		return zone.Rule{Kind: zone.HeadCount, Most: 1 + rnd.IntN(5)}
	}
	return zone.Rule{Kind: zone.InsideWhileActive}
}

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", "2026-06-01 "+s)
	if err != nil {
		panic(err)
	}
	return t
}
