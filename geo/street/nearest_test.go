package street_test

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func TestNearestSide(t *testing.T) {
	n, at := streettest.Draw(t, `
a---b---c
        |
d--->---e
|
+--f
`)
	for _, c := range []struct {
		name        string
		column, row float64
		from, to    rune
		along       geo.Metres
		distance    geo.Metres
		side        street.Sides
	}{
		{"left of a to b, above it", 1, -1, 'a', 'b', 10, 10, street.Left},
		{"right of a to b, below it", 1.5, 0.4, 'a', 'b', 15, 4, street.Right},
		{"on the line", 2, 0, 'a', 'b', 20, 0, 0},
		{"beyond the end, off the axis", -1, -1, 'a', 'b', 0, 14.142, street.Left},
		{"left of c to e, east of it", 9, 1, 'c', 'e', 10, 10, street.Left},
		{"outside a bend", -1, 5, 'd', 'f', 20, 14.142, street.Right},
		{"inside a bend", 0.3, 3.5, 'd', 'f', 15, 3, street.Left},
	} {
		near := n.Nearest(streettest.Place(c.column, c.row), 20, nil, 1)
		if len(near) != 1 {
			t.Errorf("%s: found nothing", c.name)
			continue
		}
		got := near[0]
		s := n.Segment(got.Segment)
		if s.From != at(c.from) || s.To != at(c.to) || math.Abs(float64(got.Along-c.along)) > 0.02 ||
			math.Abs(float64(got.Distance-c.distance)) > 0.02 || got.Side != c.side {
			t.Errorf("%s: %d to %d, along %.3f m, %.3f m off, side %d; want %c to %c, along %v m, %v m off, side %d", c.name,
				s.From, s.To, got.Along, got.Distance, got.Side, c.from, c.to, c.along, c.distance, c.side)
		}
	}
}

func TestNearestLimitIsClosed(t *testing.T) {
	n, _ := streettest.Draw(t, "a---b")
	p := streettest.Place(2, 3)
	exact := n.Nearest(p, 100, nil, 1)[0].Distance
	if got := n.Nearest(p, exact, nil, 1); len(got) != 1 {
		t.Errorf("found %v with a limit of exactly the distance, want the street", got)
	}
	if got := n.Nearest(p, exact-0.001, nil, 1); got != nil {
		t.Errorf("found %v beyond the limit, want none", got)
	}
	for _, bad := range []orb.Point{{math.NaN(), 0}, {0, math.NaN()}, {math.Inf(1), 0}, {0, 91}} {
		if got := n.Nearest(bad, 1e9, nil, 1); got != nil {
			t.Errorf("found %v for %v, want none", got, bad)
		}
	}
}

// randomNetwork scatters short bent streets around a place.
func randomNetwork(r *rand.Rand, around orb.Point, spread float64, count int) (*street.Network, error) {
	var p street.Parts
	point := func() street.Fixed {
		at := orb.Point{around[0] + (r.Float64()-0.5)*spread, around[1] + (r.Float64()-0.5)*spread}
		at[0] = min(180, max(-180, at[0]))
		at[1] = min(90, max(-90, at[1]))
		return street.FixedPoint(at)
	}
	for i := range count {
		a := point()
		first := uint32(len(p.Shape))
		p.Shape = append(p.Shape, a)
		for range r.IntN(4) {
			last := p.Shape[len(p.Shape)-1]
			p.Shape = append(p.Shape, street.Fixed{
				Lon: max(-180e7, min(180e7, last.Lon+r.Int32N(8000)-4000)),
				Lat: max(-90e7, min(90e7, last.Lat+r.Int32N(8000)-4000)),
			})
		}
		b := street.Fixed{Lon: a.Lon, Lat: max(-90e7, a.Lat-r.Int32N(5000))}
		p.Shape = append(p.Shape, b)
		p.Junctions = append(p.Junctions, street.Junction{At: a}, street.Junction{At: b})
		p.Segments = append(p.Segments, street.Segment{
			From: street.JunctionID(2 * i), To: street.JunctionID(2*i + 1),
			Shape: first, Points: uint32(len(p.Shape)) - first, LengthM: 1,
			Forward: street.Foot,
		})
	}
	return street.Build(p)
}

// scanned is Nearest the plain way: every segment, every edge.
func scanned(n *street.Network, p orb.Point, limit geo.Metres, accept func(street.SegmentID) bool, k int) []street.Near {
	lonM, latM := geo.MetresPerDegree(p[1])
	var all []street.Near
	for i := range n.Segments() {
		id := street.SegmentID(i)
		line := n.Line(id)
		best := math.Inf(1)
		for e := 1; e < len(line); e++ {
			flat := func(q orb.Point) (x, y float64) {
				return math.Remainder(q[0]-p[0], 360) * float64(lonM), (q[1] - p[1]) * float64(latM)
			}
			ax, ay := flat(line[e-1])
			bx, by := flat(line[e])
			t := 0.0
			if l := (bx-ax)*(bx-ax) + (by-ay)*(by-ay); l > 0 {
				t = min(1, max(0, -(ax*(bx-ax)+ay*(by-ay))/l))
			}
			best = min(best, math.Hypot(ax+t*(bx-ax), ay+t*(by-ay)))
		}
		if geo.Metres(best) <= limit && (accept == nil || accept(id)) {
			all = append(all, street.Near{Segment: id, Distance: geo.Metres(best)})
		}
	}
	slices.SortFunc(all, func(a, b street.Near) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Segment, b.Segment))
	})
	return all[:min(k, len(all))]
}

func TestNearestEqualsScan(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		r := rand.New(rand.NewPCG(seed, 1))
		around := rapid.SampledFrom([]orb.Point{{-75.5, 39.7}, {116.4, 39.9}, {0, 0}, {180, -17}, {-180, 65}, {25, 78}}).Draw(rt, "around")
		n, err := randomNetwork(r, around, rapid.SampledFrom([]float64{0.001, 0.02, 0.3}).Draw(rt, "spread"), rapid.IntRange(1, 150).Draw(rt, "segments"))
		if err != nil {
			rt.Fatal(err)
		}
		odd := func(id street.SegmentID) bool { return id%2 == 1 }
		for range 20 {
			p := orb.Point{around[0] + (r.Float64()-0.5)*0.03, around[1] + (r.Float64()-0.5)*0.03}
			limit := geo.Metres(math.Pow(10, r.Float64()*5))
			k := 1 + r.IntN(12)
			accept := []func(street.SegmentID) bool{nil, odd}[r.IntN(2)]
			got := n.Nearest(p, limit, accept, k)
			want := scanned(n, p, limit, accept, k)
			if len(got) != len(want) {
				rt.Fatalf("nearest %d of %v within %.1f m: found %d, want %d", k, p, limit, len(got), len(want))
			}
			for i := range got {
				if math.Abs(float64(got[i].Distance-want[i].Distance)) > 1e-6 {
					rt.Fatalf("nearest %d of %v: %v m to segment %d, want %v m to %d", i, p, got[i].Distance, got[i].Segment, want[i].Distance, want[i].Segment)
				}
				s := n.Segment(got[i].Segment)
				if got[i].Along < 0 || got[i].Along > geo.Metres(s.LengthM) {
					rt.Fatalf("along %v of %v m", got[i].Along, s.LengthM)
				}
			}
		}
	})
}

func TestCut(t *testing.T) {
	n, _ := streettest.Draw(t, `
a---+
    |
b---+`)
	for _, c := range []struct {
		from, to geo.Metres
		want     []orb.Point
	}{
		{0, 100, []orb.Point{streettest.Place(0, 0), streettest.Place(4, 0), streettest.Place(4, 2), streettest.Place(0, 2)}},
		{100, 0, []orb.Point{streettest.Place(0, 2), streettest.Place(4, 2), streettest.Place(4, 0), streettest.Place(0, 0)}},
		{10, 50, []orb.Point{streettest.Place(1, 0), streettest.Place(4, 0), streettest.Place(4, 1)}},
		{40, 60, []orb.Point{streettest.Place(4, 0), streettest.Place(4, 2)}},
		{30, 30, []orb.Point{streettest.Place(3, 0), streettest.Place(3, 0)}},
		{-5, 500, []orb.Point{streettest.Place(0, 0), streettest.Place(4, 0), streettest.Place(4, 2), streettest.Place(0, 2)}},
	} {
		got := n.Cut(nil, 0, c.from, c.to)
		if len(got) != len(c.want) {
			t.Errorf("cut %v to %v m: %v, want %v", c.from, c.to, got, c.want)
			continue
		}
		for i := range got {
			if d := geo.Distance(got[i], c.want[i]); d > 0.02 {
				t.Errorf("cut %v to %v m: point %d is %v, want %v, %.3f m off", c.from, c.to, i, got[i], c.want[i], d)
			}
		}
	}
}

func TestParseClass(t *testing.T) {
	for _, c := range []struct {
		highway     string
		class       street.Class
		link, known bool
	}{
		{"motorway_link", street.Motorway, true, true},
		{"living_street", street.LivingStreet, false, true},
		{"service", street.ServiceRoad, false, true},
		{"footway_link", street.ClassUnknown, false, false},
		{"construction", street.ClassUnknown, false, false},
		{"unknown", street.ClassUnknown, false, false},
		{"", street.ClassUnknown, false, false},
	} {
		class, link, known := street.ParseClass(c.highway)
		if class != c.class || link != c.link || known != c.known {
			t.Errorf("ParseClass(%q) = %v, %v, %v; want %v, %v, %v", c.highway, class, link, known, c.class, c.link, c.known)
		}
	}
	if got := street.Class(250).String(); got != "unknown" {
		t.Errorf("class 250 is %q, want unknown", got)
	}
}
