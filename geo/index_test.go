package geo_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"citygrid/geo"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

var square = orb.Polygon{
	{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}},
	{{1, 1}, {1, 2}, {2, 2}, {2, 1}, {1, 1}},
}

func TestContains(t *testing.T) {
	for _, c := range []struct {
		name string
		area orb.Geometry
		p    orb.Point
		want bool
	}{
		{"inside", square, orb.Point{3, 3}, true},
		{"corner", square, orb.Point{4, 4}, true},
		{"edge along a parallel", square, orb.Point{2, 4}, true},
		{"edge along a meridian", square, orb.Point{0, 2}, true},
		{"beside an edge, level with it", square, orb.Point{5, 4}, false},
		{"in the hole", square, orb.Point{1.5, 1.5}, false},
		{"on the hole's edge", square, orb.Point{1, 1.5}, true},
		{"on the hole's corner", square, orb.Point{2, 2}, true},
		{"level with a corner", orb.Ring{{0, 0}, {2, 1}, {0, 2}}, orb.Point{1, 1}, true},
		{"level with a corner, outside", orb.Ring{{0, 0}, {2, 1}, {0, 2}}, orb.Point{-1, 1}, false},
		{"on the edge that an open ring leaves out", orb.Ring{{0, 0}, {2, 0}, {2, 2}}, orb.Point{1, 1}, true},
		{"ring of one point, on it", orb.Ring{{3, 3}}, orb.Point{3, 3}, true},
		{"ring of one point, beside it", orb.Ring{{3, 3}}, orb.Point{3, 3.1}, false},
		{"ring of two points, between", orb.Ring{{0, 0}, {2, 2}}, orb.Point{1, 1}, true},
		{"doubled points", orb.Ring{{0, 0}, {0, 0}, {2, 0}, {2, 0}, {2, 2}, {2, 2}, {0, 0}}, orb.Point{1.5, 0.5}, true},
		{"second part", orb.MultiPolygon{square, {{{9, 9}, {10, 9}, {10, 10}}}}, orb.Point{9.9, 9.5}, true},
		{"empty", orb.Polygon{}, orb.Point{0, 0}, false},
		{"none", nil, orb.Point{0, 0}, false},
		{"a line contains nothing", orb.LineString{{0, 0}, {1, 1}}, orb.Point{0, 0}, false},
	} {
		if got := geo.Contains(c.area, c.p); got != c.want {
			t.Errorf("%s: Contains(%v, %v) = %v, want %v", c.name, c.area, c.p, got, c.want)
		}
	}
}

func TestIndexRefuses(t *testing.T) {
	var x geo.Index[int]
	for _, c := range []struct {
		area orb.Geometry
		want error
	}{
		{nil, geo.ErrNotArea},
		{orb.Point{1, 1}, geo.ErrNotArea},
		{orb.Polygon{}, geo.ErrEmptyShape},
		{orb.Polygon{{}}, geo.ErrEmptyShape},
		{orb.MultiPolygon{{}}, geo.ErrEmptyShape},
		{orb.Ring{{0, 91}}, geo.ErrPosition},
		{orb.Ring{{math.NaN(), 0}}, geo.ErrPosition},
		{orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}}, geo.ErrEmptyShape},
	} {
		if err := x.Insert(c.area, 1); !errors.Is(err, c.want) {
			t.Errorf("Insert(%v): error %v, want %v", c.area, err, c.want)
		}
	}
	if x.Len() != 0 {
		t.Errorf("index has %d values, want none", x.Len())
	}
}

// star is a random ring around a place, its corners up to radius away.
func star(r *rand.Rand, mid orb.Point, radius geo.Metres, corners int) orb.Ring {
	lonM, latM := geo.MetresPerDegree(mid[1])
	ring := make(orb.Ring, 0, corners+1)
	for i := range corners {
		a := (float64(i) + r.Float64()*0.9) / float64(corners) * 2 * math.Pi
		d := float64(radius) * (0.1 + 0.9*r.Float64())
		p := orb.Point{mid[0] + d*math.Cos(a)/float64(lonM), mid[1] + d*math.Sin(a)/float64(latM)}
		ring = append(ring, orb.Point{min(180, max(-180, p[0])), min(90, max(-90, p[1]))})
	}
	return append(ring, ring[0])
}

// scaled is the ring drawn together towards a point.
func scaled(ring orb.Ring, mid orb.Point, by float64) orb.Ring {
	out := make(orb.Ring, len(ring))
	for i, p := range ring {
		out[i] = orb.Point{mid[0] + (p[0]-mid[0])*by, mid[1] + (p[1]-mid[1])*by}
	}
	return out
}

// area draws a polygon, some with a hole, or a multipolygon of two.
func area(r *rand.Rand, mid orb.Point, radius geo.Metres) orb.Geometry {
	one := func(mid orb.Point) orb.Polygon {
		ring := star(r, mid, radius, 3+r.IntN(12))
		p := orb.Polygon{ring}
		if r.IntN(2) == 0 {
			p = append(p, scaled(ring, mid, 0.3+0.5*r.Float64()))
		}
		return p
	}
	switch r.IntN(4) {
	case 0:
		away := geo.Destination(mid, geo.Degrees(r.Float64()*360), radius*geo.Metres(1+2*r.Float64()))
		if math.Abs(away[0]-mid[0]) > 90 {
			away = mid
		}
		return orb.MultiPolygon{one(mid), one(away)}
	case 1:
		return one(mid).Bound()
	}
	return one(mid)
}

var places = []orb.Point{{-75.5, 39.7}, {116.4, 39.9}, {14.5, 35.9}, {0, 0}, {180, -17}, {-180, 65}, {25, 80}}

func TestIndexEqualsScan(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		mid := rapid.SampledFrom(places).Draw(rt, "around")
		near := func() orb.Point {
			p := geo.Destination(mid, geo.Degrees(r.Float64()*360), geo.Metres(r.Float64()*3000))
			return p
		}
		var x geo.Index[int]
		areas := make([]orb.Geometry, rapid.IntRange(0, 200).Draw(rt, "areas"))
		for i := range areas {
			areas[i] = area(r, near(), geo.Metres(50+r.Float64()*800))
			if err := x.Insert(areas[i], i); err != nil {
				rt.Fatal(err)
			}
		}
		for range 50 {
			p := near()
			if len(areas) > 0 && r.IntN(4) == 0 { // a corner
				if poly, ok := areas[r.IntN(len(areas))].(orb.Polygon); ok {
					p = poly[0][r.IntN(len(poly[0]))]
				}
			}
			var want []int
			for i, a := range areas {
				if geo.Contains(a, p) {
					want = append(want, i)
				}
			}
			if got := slices.Sorted(x.At(p)); !slices.Equal(got, want) {
				rt.Fatalf("at %v: %v, want %v", p, got, want)
			}
			b := orb.Bound{Min: p, Max: p}.Extend(near())
			want = nil
			for i, a := range areas {
				if a.Bound().Intersects(b) {
					want = append(want, i)
				}
			}
			if got := slices.Sorted(x.Meeting(b)); !slices.Equal(got, want) {
				rt.Fatalf("meeting %v: %v, want %v", b, got, want)
			}
		}
	})
}

// Away from borders we agree with orb.
func TestContainsEqualsOrb(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		mid := rapid.SampledFrom(places).Draw(rt, "around")
		a := area(r, mid, 500)
		for range 50 {
			p := geo.Destination(mid, geo.Degrees(r.Float64()*360), geo.Metres(r.Float64()*1500))
			var want bool
			switch a := a.(type) {
			case orb.Bound:
				want = a.Contains(p)
			case orb.Polygon:
				want = planar.PolygonContains(a, p)
			case orb.MultiPolygon:
				want = planar.MultiPolygonContains(a, p)
			}
			if got := geo.Contains(a, p); got != want {
				rt.Fatalf("Contains(%v, %v) = %v, orb says %v", a, p, got, want)
			}
		}
	})
}
