package path

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// plain is a car without turn costs, 36 km/h, so 10 m are a second.
func plain() Profile {
	p := Profile{Name: "plain", Vehicle: street.Car, SpeedKMH: make(map[street.Class]float64)}
	for c := street.Motorway; c < street.Ferry; c++ {
		p.SpeedKMH[c] = 36
	}
	return p
}

// turning is plain, and turns round wherever it likes in 5 s.
func turning() Profile {
	p := plain()
	p.UTurnsAnywhere, p.UTurn = true, 5*time.Second
	return p
}

// letters tells a route by the junctions it passes.
func letters(d *streettest.Drawing, n *street.Network, r Route) string {
	names := make(map[street.JunctionID]rune)
	for _, c := range "abcdefghijklmnopqrstuwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" {
		if j, ok := d.Find(c); ok {
			names[j] = c
		}
	}
	var out strings.Builder
	for _, leg := range r.Legs[:len(r.Legs)-1] {
		out.WriteRune(names[head(n, edgeOf(leg.Segment, leg.Forward))])
	}
	return out.String()
}

// cross is most tests' map. The middle of each street is a half.
const cross = `
a---b---c
|   |   |
d---e---f
|   |   |
g---h---i
`

func TestRoute(t *testing.T) {
	type point struct{ column, row float64 }
	for _, c := range []struct {
		name    string
		drawing string
		edit    func(*streettest.Drawing)
		profile func() Profile
		from    point
		to      point
		via     string // the junctions it passes
		metres  float64
		err     error // then no point may snap farther than 25 m
	}{
		{"along one street", cross, nil, plain, point{1, 0}, point{3, 0}, "", 20, nil},
		{"along one street, backward", cross, nil, plain, point{3, 0}, point{1, 0}, "", 20, nil},
		{"to where one is", cross, nil, plain, point{3, 0}, point{3, 0}, "", 0, nil},
		{"round a corner", cross, nil, plain, point{2, 0}, point{0, 1}, "a", 30, nil},
		{
			"against a one-way, round the block", "a->-b\n|   |\nc---d", nil, plain,
			point{3, 0},
			point{1, 0},
			"bdca", 10 + 20 + 40 + 20 + 10, nil,
		},
		{"feet go against a one-way", "a->-b\n|   |\nc---d", nil, Foot, point{3, 0}, point{1, 0}, "", 20, nil},
		{
			"no left turn at e", cross, func(d *streettest.Drawing) { d.Ban("hed") }, plain,
			point{4, 3},
			point{2, 2},
			"hgd", 10 + 40 + 20 + 20, nil,
		},
		{
			"feet turn where cars may not", cross, func(d *streettest.Drawing) { d.Ban("hed") }, Foot,
			point{4, 3},
			point{2, 2},
			"e", 30, nil,
		},
		{
			"only straight on at e", cross, func(d *streettest.Drawing) { d.Only("heb") }, plain,
			point{4, 3},
			point{2, 2},
			"hgd", 90, nil,
		},
		{
			"a ban with an exception for us", cross, func(d *streettest.Drawing) {
				d.Ban("hed")
				d.Parts.Restrictions[0].Except = street.Car
			}, plain, point{4, 3}, point{2, 2}, "e", 30, nil,
		},
		{
			"a ban for lorries", cross, func(d *streettest.Drawing) {
				d.Ban("hed")
				d.Parts.Restrictions[0].For = street.Goods
			}, plain, point{4, 3}, point{2, 2}, "e", 30, nil,
		},
		{
			"a ban at some hours is not kept yet", cross, func(d *streettest.Drawing) {
				d.Ban("hed")
				d.Parts.Restrictions[0].When = "Mo-Fr 07:00-09:00"
			}, plain, point{4, 3}, point{2, 2}, "e", 30, nil,
		},
		{
			"only_ into a street closed to us is a mistake", cross, func(d *streettest.Drawing) {
				d.Only("heb")
				d.Segment('e', 'b').Forward, d.Segment('e', 'b').Backward = street.Bus, street.Bus
			}, plain, point{4, 3}, point{2, 2}, "e", 30, nil,
		},
		{
			"a ban over a via way", cross, func(d *streettest.Drawing) { d.Ban("hefc") }, plain,
			point{4, 3},
			point{8, 1.5},
			"hif", 10 + 40 + 20 + 5, nil,
		},
		{
			"from the via way the turn is free", cross, func(d *streettest.Drawing) { d.Ban("hefc") }, plain,
			point{5, 2},
			point{8, 1},
			"f", 40, nil,
		},
		{
			"bans over via ways that overlap", "a---b---c\n|   |   |\nd---e---f\n|   |\ng---h", func(d *streettest.Drawing) {
				d.Ban("gheb")
				d.Ban("hefc") // begins inside the one before
			}, plain, point{1, 4}, point{8, 0.5}, "gdef", 10 + 20 + 40 + 40 + 15, nil,
		},
		{
			"only_ over a via way", "a---b---c---d\n    |   |\n    e---f", func(d *streettest.Drawing) { d.Only("abcf") }, plain,
			point{2, 0},
			point{10, 0},
			"befc", 20 + 20 + 40 + 20 + 20, nil,
		},
		{
			"turning round at a dead end", "a---b---c", func(d *streettest.Drawing) { d.Segment('a', 'b').Backward = 0; d.Segment('b', 'c').Private = 0 }, plain,
			point{6, 0},
			point{7, 0},
			"", 10, nil,
		},
		{
			"no turning round in mid-street, even if it is far", "a---b---c\n    |\n    d", func(d *streettest.Drawing) {
				d.Only("abc")
			}, plain, point{2, 0}, point{4, 1}, "bcb", 20 + 40 + 40 + 10, nil,
		},
		{
			"a barrier", cross, func(d *streettest.Drawing) { d.Parts.Junctions[d.At('b')].Blocked = street.Motor }, plain,
			point{3, 0},
			point{5, 0},
			"adefc", 30 + 20 + 40 + 40 + 20 + 30, nil,
		},
		{
			"feet pass a barrier", cross, func(d *streettest.Drawing) { d.Parts.Junctions[d.At('b')].Blocked = street.Motor }, Foot,
			point{3, 0},
			point{5, 0},
			"b", 20, nil,
		},
		{
			"turning round before a barrier", "a---b---c\n|\nd", func(d *streettest.Drawing) {
				d.Parts.Junctions[d.At('b')].Blocked = street.Car
				d.Ban("dab") // so b is no place to come by, only to leave
			}, plain, point{3, 0}, point{0, 1}, "a", 40, nil,
		},
		{
			"not through private ground", cross, func(d *streettest.Drawing) { d.Segment('b', 'e').Private = street.Motor }, plain,
			point{3, 0},
			point{4.2, 3},
			"ade", 30 + 20 + 40 + 10, nil,
		},
		{
			"to private ground", cross, func(d *streettest.Drawing) { d.Segment('b', 'e').Private = street.Motor }, plain,
			point{3, 0},
			point{4, 1},
			"b", 20, nil,
		},
		{
			"from private ground to private ground", cross, func(d *streettest.Drawing) {
				d.Segment('b', 'e').Private = street.Motor
				d.Segment('a', 'd').Private = street.Motor
			}, plain,
			point{4, 1},
			point{0, 1},
			"ba", 10 + 40 + 10, nil,
		},
		{
			"private ground parts the city", "a---b---c---d", func(d *streettest.Drawing) { d.Segment('b', 'c').Private = street.Motor }, plain,
			point{1, 0},
			point{11, 0},
			"", 0, ErrNoRoute,
		},
		{"busways are not for cars", "a---b===c---d", nil, plain, point{1, 0}, point{11, 0}, "", 0, ErrNoRoute},
		{"footways are for feet", "a---b...c---d", nil, Foot, point{1, 0}, point{11, 0}, "bc", 100, nil},
		{
			"from beside a street that nothing joins", "a---b---c\n\n   d-e\n\nf---g---h\n|       |\ni-------j", nil, plain,
			point{4, 2.1},
			point{1, 6},
			"fi", 40 + 20 + 10, nil,
		},
		{"two one-ways that part at the start", "a-<-b->-c\n|       |\nd-->-->-e", nil, plain, point{4, 0}, point{8, 1}, "c", 50, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := streettest.Parse(c.drawing)
			if err != nil {
				t.Fatal(err)
			}
			if c.edit != nil {
				c.edit(d)
			}
			n, err := street.Build(d.Parts)
			if err != nil {
				t.Fatal(err)
			}
			e := NewEngine(n, c.profile())
			q := Query{From: streettest.Place(c.from.column, c.from.row), To: streettest.Place(c.to.column, c.to.row)}
			if c.err != nil {
				q.SnapLimit = 25
			}
			r, err := e.Route(t.Context(), q)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if err != nil {
				return
			}
			if why := newRulebook(n, e.p).check(r); why != "" {
				t.Errorf("route %s: %s", letters(d, n, r), why)
			}
			if got := letters(d, n, r); got != c.via || math.Abs(float64(r.Distance)-c.metres) > 0.1 {
				t.Errorf("route by %q, %.2f m; want %q, %v m", got, r.Distance, c.via, c.metres)
			}
			if c.profile().Name == "plain" {
				if want := time.Duration(c.metres * float64(time.Second) / 10); (r.Duration - want).Abs() > 20*time.Millisecond {
					t.Errorf("%v, want %v", r.Duration, want)
				}
			}
		})
	}
}

func TestOffNetwork(t *testing.T) {
	n, _ := streettest.Draw(t, "a---b\n\nc...d")
	e := NewEngine(n, Car())
	on := streettest.Place(2, 0)
	for _, c := range []struct {
		name    string
		q       Query
		end     End
		nearest geo.Metres
	}{
		{"from", Query{From: streettest.Place(2, -60), To: on}, From, 600},
		{"to", Query{From: on, To: streettest.Place(2, -60)}, To, 600},
		{"a footway is no street for cars", Query{From: streettest.Place(2, 2), To: on, SnapLimit: 10}, From, 20},
		{"on another continent", Query{From: orb.Point{10, 50}, To: on}, From, 0},
	} {
		_, err := e.Route(t.Context(), c.q)
		var off *OffNetworkError
		if !errors.Is(err, ErrOffNetwork) || !errors.As(err, &off) {
			t.Errorf("%s: error %v, want an OffNetworkError", c.name, err)
			continue
		}
		if off.End != c.end || math.Abs(float64(off.Nearest-c.nearest)) > 1 {
			t.Errorf("%s: %s is off, the nearest %.1f m away; want %s, %v m (%v)", c.name, off.End, off.Nearest, c.end, c.nearest, err)
		}
	}
	for _, q := range []Query{
		{From: orb.Point{math.NaN(), 0}, To: on},
		{From: on, To: orb.Point{0, 91}},
		{From: on, To: on, SnapLimit: -1},
		{From: on, To: on, SnapLimit: geo.Metres(math.NaN())},
	} {
		if _, err := e.Route(t.Context(), q); err == nil || errors.Is(err, ErrOffNetwork) || errors.Is(err, ErrNoRoute) {
			t.Errorf("query %+v: error %v, want one that says what is wrong with it", q, err)
		}
	}
	empty, err := street.Build(street.Parts{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewEngine(empty, Foot()).Route(t.Context(), Query{From: on, To: on}); !errors.Is(err, ErrOffNetwork) {
		t.Errorf("in an empty network: error %v, want ErrOffNetwork", err)
	}
}

func TestRouteStopsWithItsContext(t *testing.T) {
	n, err := street.Build(randomGrid(rand.New(rand.NewPCG(1, 1)), 60, 60, 0))
	if err != nil {
		t.Fatal(err)
	}
	e := NewEngine(n, Car())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Route(ctx, Query{From: gridPlace(0, 0), To: gridPlace(59, 59)}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// A table does, too.
func TestTimesStopWithTheirContext(t *testing.T) {
	n, err := street.Build(randomGrid(rand.New(rand.NewPCG(1, 1)), 10, 10, 0))
	if err != nil {
		t.Fatal(err)
	}
	e := NewEngine(n, Car())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	points := []orb.Point{gridPlace(0, 0), gridPlace(9, 9)}
	if _, err := e.Times(ctx, points, points); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if table, err := e.Times(t.Context(), points, points); err != nil || table[0][1] == nil {
		t.Errorf("the same again with time: %v, error %v; want a way", table, err)
	}
}

func TestStreets(t *testing.T) {
	d, err := streettest.Parse(cross)
	if err != nil {
		t.Fatal(err)
	}
	d.Name("North Street", "abc")
	d.Name("East Street", "cfi")
	n, err := street.Build(d.Parts)
	if err != nil {
		t.Fatal(err)
	}
	p := plain()
	p.NearTurn, p.CrossTurn = time.Second, time.Second // so that one turn is better than three
	r, err := NewEngine(n, p).Route(t.Context(), Query{From: streettest.Place(0, 0), To: streettest.Place(8, 3)})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Streets) != 2 || r.Streets[0].Name != 1 || r.Streets[1].Name != 2 ||
		math.Abs(float64(r.Streets[0].Distance)-80) > 0.1 || math.Abs(float64(r.Streets[1].Distance)-30) > 0.1 {
		t.Errorf("streets %+v, want 80 m of 1 and 30 m of 2", r.Streets)
	}
}

// gridPlace is where the junction in that column and row of a random grid lies.
func gridPlace(column, row float64) orb.Point {
	lonM, latM := geo.MetresPerDegree(streettest.Origin[1])
	return orb.Point{
		streettest.Origin[0] + column*100/float64(lonM),
		streettest.Origin[1] + row*100/float64(latM),
	}
}

// randomGrid makes a network of blocks of 100 m, shaken, with some streets
// missing, one-way, private, closed or for feet only, junctions with lights and
// barriers, and with bans: turns, U-turns and runs over via ways, that overlap.
// wild is the share of all that; 0 makes a whole grid.
func randomGrid(r *rand.Rand, columns, rows int, wild float64) street.Parts {
	some := func(share float64) bool { return r.Float64() < share*wild }
	p := street.Parts{Names: []street.Name{{}, {Default: "A"}, {Default: "B"}}, DrivesLeft: some(0.5)}
	for row := range rows {
		for column := range columns {
			j := street.Junction{Node: int64(len(p.Junctions) + 1)}
			shake := 0.4 * wild
			j.At = street.FixedPoint(gridPlace(float64(column)+shake*(r.Float64()-0.5), float64(row)+shake*(r.Float64()-0.5)))
			if some(0.08) {
				j.Blocked = street.Motor
			}
			if some(0.2) {
				j.Flags |= street.Signals
			}
			if some(0.1) {
				j.Flags |= street.Gate
			}
			p.Junctions = append(p.Junctions, j)
		}
	}
	add := func(from, to street.JunctionID) {
		if some(0.15) {
			return
		}
		if r.IntN(2) == 0 {
			from, to = to, from
		}
		s := street.Segment{
			Way: int64(len(p.Segments) + 1), From: from, To: to, Shape: uint32(len(p.Shape)),
			Forward: street.AllVehicles, Backward: street.AllVehicles,
			Class: street.Residential, Name: street.NameID(r.IntN(3)),
		}
		if r.IntN(5) == 0 {
			s.Class = street.Primary
		}
		switch {
		case some(0.25):
			s.Backward &= street.Foot
		case some(0.12):
			s.Private = street.AllVehicles
		case some(0.05):
			s.Forward, s.Backward = street.Foot, street.Foot
		case some(0.05):
			s.Forward, s.Backward = 0, 0
		}
		a, b := p.Junctions[from].At, p.Junctions[to].At
		p.Shape = append(p.Shape, a)
		if some(0.3) || from == to || some(0.1) {
			p.Shape = append(p.Shape, street.Fixed{Lon: (a.Lon+b.Lon)/2 + r.Int32N(4000) + 100, Lat: (a.Lat+b.Lat)/2 + r.Int32N(4000) + 100})
			if from == to {
				p.Shape = append(p.Shape, street.Fixed{Lon: a.Lon - 3000, Lat: a.Lat + 2000})
			}
		}
		p.Shape = append(p.Shape, b)
		s.Points = uint32(len(p.Shape)) - s.Shape
		var line orb.LineString
		for _, f := range p.Shape[s.Shape:] {
			line = append(line, f.Point())
		}
		s.LengthM = float32(geo.Length(line))
		p.Segments = append(p.Segments, s)
	}
	for row := range rows {
		for column := range columns {
			j := street.JunctionID(row*columns + column)
			if column+1 < columns {
				add(j, j+1)
				if some(0.05) {
					add(j, j+1) // a second one beside it
				}
			}
			if row+1 < rows {
				add(j, j+street.JunctionID(columns))
			}
			if some(0.03) {
				add(j, j) // a loop
			}
		}
	}
	at := make(map[street.JunctionID][]street.SegmentID)
	for i, s := range p.Segments {
		at[s.From] = append(at[s.From], street.SegmentID(i))
		if s.To != s.From {
			at[s.To] = append(at[s.To], street.SegmentID(i))
		}
	}
	// A ban follows a random walk; the next one often begins inside it.
	var walk []street.SegmentID
	var joints []street.JunctionID
	for range int(wild * float64(len(p.Segments)) / 2) {
		if len(p.Segments) == 0 {
			break
		}
		if len(walk) > 3 && r.IntN(3) > 0 {
			walk, joints = slices.Clone(walk[1:3]), slices.Clone(joints[1:2])
		} else {
			walk, joints = []street.SegmentID{street.SegmentID(r.IntN(len(p.Segments)))}, nil
		}
		s := p.Segments[walk[0]]
		j := []street.JunctionID{s.From, s.To}[r.IntN(2)]
		if len(walk) == 2 { // go on from where the piece of the last walk ends
			j = joints[0]
			if s := p.Segments[walk[1]]; s.From == j {
				j = s.To
			} else {
				j = s.From
			}
		}
		for range 1 + r.IntN(3) {
			joints = append(joints, j)
			next := at[j][r.IntN(len(at[j]))]
			walk = append(walk, next)
			if s := p.Segments[next]; s.From == j {
				j = s.To
			} else {
				j = s.From
			}
		}
		ban := street.Restriction{
			From: walk[0], Via: joints[0], To: walk[len(walk)-1], Only: r.IntN(4) == 0,
			For: street.AllVehicles &^ street.Foot,
		}
		if len(walk) > 2 {
			ban.ViaWays = append([]street.SegmentID(nil), walk[1:len(walk)-1]...)
		}
		if some(0.1) {
			ban.Except = street.Car
		}
		if some(0.1) {
			ban.When = "Mo-Fr 07:00-09:00"
		}
		p.Restrictions = append(p.Restrictions, ban)
	}
	return p
}

// monday is a Monday morning in the rush hour.
var monday = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)

// everybody are all profiles that we stand by, and those of these tests.
func everybody() []Profile { return append(Profiles(), plain(), turning()) }

// ruled gives a random grid water, piers, posted limits, surfaces, and rules that
// hold for some sizes and at some times.
func ruled(r *rand.Rand, p street.Parts) street.Parts {
	p.Rules = []street.Rules{
		{},
		{MaxHeightM: 3.4},
		{MaxWeightT: 7.5},
		{MaxWidthM: 2.3},
		{MaxWeightT: 10, Conditional: map[string]string{"maxweight:conditional": "3.5 @ (Mo-Fr 07:00-09:00)"}},
		{Conditional: map[string]string{"access:conditional": "no @ (Mo-Fr 07:00-10:00)", "access": "yes"}},
		{Conditional: map[string]string{"motor_vehicle:conditional": "destination @ (08:00-09:00)"}},
		{Conditional: map[string]string{"hgv:conditional": "no @ (weight > 7.5)", "maxspeed:hgv": "20"}},
		{Conditional: map[string]string{"oneway:conditional": "yes @ (Mo-Fr 06:00-09:00); -1 @ (Mo-Fr 16:00-19:00)"}},
		{Conditional: map[string]string{"maxspeed:conditional": "20 @ (Mo-Fr 08:00-09:00)"}},
		{Conditional: map[string]string{"access": "no", "access:conditional": "yes @ (Mo 08:00-12:00)"}},
	}
	for i := range p.Segments {
		s := &p.Segments[i]
		if r.IntN(3) == 0 {
			s.Rules = street.RuleID(r.IntN(len(p.Rules)))
		}
		if r.IntN(4) == 0 {
			s.SpeedForward, s.SpeedBackward = 30, uint8(10*r.IntN(6))
		}
		s.Surface = street.Surface(r.IntN(5) * r.IntN(2))
		switch r.IntN(8) {
		case 0:
			s.Class, s.Forward, s.Backward = street.Waterway, street.Boat, street.Boat
		case 1:
			s.Class = street.Ferry
		case 2:
			s.Class = street.Steps
		}
	}
	for i := range p.Junctions {
		if r.IntN(3) == 0 {
			p.Junctions[i].Flags |= street.Pier
		}
	}
	return p
}

// The law of this package: the engine's route costs what plain Dijkstra finds,
// and it breaks no rule: for everybody, at any time, headed and on the curb side.
func TestRouteEqualsPlainDijkstra(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		columns, rows := rapid.IntRange(1, 6).Draw(rt, "columns"), rapid.IntRange(1, 6).Draw(rt, "rows")
		parts := randomGrid(r, columns, rows, rapid.Float64Range(0, 1.2).Draw(rt, "wild"))
		if rapid.Bool().Draw(rt, "ruled") {
			parts = ruled(r, parts)
		}
		n, err := street.Build(parts)
		if err != nil {
			rt.Fatal(err)
		}
		p := rapid.SampledFrom(everybody()).Draw(rt, "profile")
		p.Ferries = p.Ferries || rapid.Bool().Draw(rt, "ferries")
		when := rapid.SampledFrom([]When{{}, {At: monday}, {At: monday.Add(9 * time.Hour)}, {At: monday.Add(18 * time.Hour)}}).Draw(rt, "when")
		e := NewEngineAt(n, p, when)
		book := newRulebookAt(n, p, when)
		somewhere := func() orb.Point {
			if r.IntN(4) == 0 && n.Junctions() > 0 { // on a junction
				return n.Junction(street.JunctionID(r.IntN(n.Junctions()))).At.Point()
			}
			return gridPlace(r.Float64()*float64(columns), r.Float64()*float64(rows))
		}
		for range 12 {
			q := Query{From: somewhere(), To: somewhere(), SnapLimit: 150}
			if r.IntN(8) == 0 {
				q.To = q.From
			}
			if r.IntN(3) == 0 {
				heading := geo.Degrees(r.Float64() * 360)
				q.Heading = &heading
			}
			q.Curb = r.IntN(3) == 0
			got, err := e.Route(t.Context(), q)
			if errors.Is(err, ErrOffNetwork) {
				continue
			}
			from, errFrom := e.places(From, q.From, q.SnapLimit)
			to, errTo := e.places(To, q.To, q.SnapLimit)
			if errFrom != nil || errTo != nil {
				rt.Fatal(errFrom, errTo)
			}
			want, found := uint32(0), false
			from, to, _ = e.kept(&q, from, to)
			for i, pair := range e.pairs(from, to) {
				if want, found = book.cheapest(e, pair.from, pair.to); found || i == maxTries-1 {
					break
				}
			}
			switch {
			case !found:
				if !errors.Is(err, ErrNoRoute) {
					rt.Fatalf("%+v: %v, error %v; want ErrNoRoute", q, got.Duration, err)
				}
				continue
			case err != nil:
				rt.Fatalf("%+v: error %v; want a route of %d ms", q, err, want)
			case got.Duration.Milliseconds() != int64(want):
				rt.Fatalf("%+v: %d ms, want %d ms\n%+v", q, got.Duration.Milliseconds(), want, got.Legs)
			}
			if why := book.check(got); why != "" {
				rt.Fatalf("%+v: %s\n%+v", q, why, got.Legs)
			}
			again, err := NewEngineAt(n, p, when).Route(t.Context(), q)
			if err != nil || !reflect.DeepEqual(got, again) {
				rt.Fatalf("%+v: another engine finds another route", q)
			}
		}
	})
}
