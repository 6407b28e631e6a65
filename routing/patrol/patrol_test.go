package patrol

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"citygrid/data/demo"
	"citygrid/data/mapfile"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/grid/people"
	"citygrid/routing/path"
	"citygrid/routing/solve"
	"citygrid/routing/solve/beat"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

var morning = time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)

func officers(n int, station orb.Point, shift time.Duration) []Officer {
	all := make([]Officer, n)
	for i := range all {
		all[i] = Officer{Person: people.ID(11 + i), Station: station, From: morning, To: morning.Add(shift)}
	}
	return all
}

// planned assigns and fails the test on anything that the checker finds.
func planned(t testing.TB, r Request) Plan {
	t.Helper()
	p, err := Assign(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range Check(r, p) {
		t.Error(wrong)
	}
	return p
}

func everything(*street.Segment) bool { return true }
func everywhere(orb.Point) bool       { return true }

func TestOneOfficerWalksEveryStreet(t *testing.T) {
	n, at := streettest.Draw(t, `
a---b---c
|   |   |
d---e---f
|   |   |
g---h---i---j`)
	r := Request{
		Network: n, Ways: path.NewEngine(n, path.Foot()), Streets: Streets(n, everywhere, everything),
		Officers: officers(1, n.Junction(at('e')).At.Point(), time.Hour),
	}
	p := planned(t, r)
	// The four middles of the sides are paired, 80 m, and the dead end with a
	// corner that the pairs pass: 160 m is what there is to walk twice.
	var streets geo.Metres
	for i := range n.Segments() {
		streets += geo.Metres(n.Segment(street.SegmentID(i)).LengthM)
	}
	if d := p.Covered - streets; d > 0.1 || d < -0.1 {
		t.Errorf("%v m covered, want all %v m", p.Covered, streets)
	}
	if p.Walked-p.Covered > 161 {
		t.Errorf("%v m walked for %v m: want at most 160 m more", p.Walked, p.Covered)
	}
	if len(p.Left) != 0 || p.Walks[0].TurnRound > 1 {
		t.Errorf("left %v, turned on the heel %d times; want none and, as blocks are ties, at most once", p.Left, p.Walks[0].TurnRound)
	}
}

func TestLeft(t *testing.T) {
	n, at := streettest.Draw(t, `
a---b---c   x---y
    |
d---e===f`, func(d *streettest.Drawing) {
		for i := range d.Parts.Segments {
			if s := &d.Parts.Segments[i]; s.Class == street.Busway {
				s.Forward, s.Backward = street.Bus, street.Bus
			}
		}
		d.Parts.Segments[0].Private = street.Foot
	})
	r := Request{
		Network: n, Ways: path.NewEngine(n, path.Foot()), Streets: append(Streets(n, everywhere, everything), 99),
		Officers: officers(1, n.Junction(at('e')).At.Point(), time.Hour),
	}
	p := planned(t, r)
	count := map[error]int{}
	for _, l := range p.Left {
		for _, why := range []error{ErrPrivate, ErrClosed, ErrUnknown, solve.ErrNoWay} {
			if errors.Is(l.Why, why) {
				count[why]++
			}
		}
	}
	want := map[error]int{ErrPrivate: 1, ErrClosed: 1, ErrUnknown: 1, solve.ErrNoWay: 1}
	if !reflect.DeepEqual(count, want) {
		t.Errorf("left %v: %v, want %v", p.Left, count, want)
	}

	r.Officers = nil
	if p := planned(t, r); len(p.Left) != len(r.Streets) {
		t.Errorf("without officers %d streets are left, want all %d", len(p.Left), len(r.Streets))
	}
	r.Officers = officers(1, orb.Point{10, 10}, time.Hour)
	if p := planned(t, r); len(p.Left) != len(r.Streets) {
		t.Errorf("from a station off the map %d streets are left, want all %d", len(p.Left), len(r.Streets))
	}
	r.Officers[0].To = morning.Add(-1)
	if _, err := Assign(t.Context(), r); !errors.Is(err, ErrRequest) {
		t.Errorf("a shift that ends before it begins: %v, want %v", err, ErrRequest)
	}
}

// A shift that is too short leaves streets, and says so.
func TestShortShift(t *testing.T) {
	n, at := streettest.Draw(t, `
a---b---c---d---e---f---g---h
|   |   |   |   |   |   |   |
i---j---k---l---m---n---o---p`)
	r := Request{
		Network: n, Ways: path.NewEngine(n, path.Foot()), Streets: Streets(n, everywhere, everything),
		Officers: officers(2, n.Junction(at('a')).At.Point(), 6*time.Minute),
	}
	p := planned(t, r)
	if len(p.Left) == 0 || p.Covered < 300 {
		t.Errorf("%d streets left, %v m covered; want some of both", len(p.Left), p.Covered)
	}
	for _, l := range p.Left {
		if !errors.Is(l.Why, solve.ErrShift) {
			t.Errorf("segment %d: %v, want %v", l.Segment, l.Why, solve.ErrShift)
		}
	}
}

// Whatever the streets, the checker finds nothing, and it is the same plan again.
func TestAnyStreets(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		n := randomStreets(rt, rnd, rapid.IntRange(2, 7).Draw(rt, "side"))
		want := rnd.Float64()
		shift := 4 * time.Hour
		if rnd.IntN(3) == 0 {
			shift = time.Duration(rnd.IntN(40)) * time.Minute
		}
		r := Request{
			Network: n, Ways: path.NewEngine(n, path.Foot()),
			Streets: Streets(n, everywhere, func(*street.Segment) bool { return rnd.Float64() < want }),
		}
		for i := range rapid.IntRange(1, 4).Draw(rt, "officers") {
			at := n.Junction(street.JunctionID(rnd.IntN(n.Junctions()))).At.Point()
			at[0] += 0.0003 * rnd.Float64()
			r.Officers = append(r.Officers, Officer{Person: people.ID(i + 1), Station: at, From: morning.Add(time.Duration(i) * time.Minute), To: morning.Add(shift + time.Hour)})
		}
		r.Solver = beat.Solver{Rounds: 20}
		profiles := path.Profiles()
		r.Ways = path.NewEngine(n, profiles[rnd.IntN(len(profiles))])
		for _, id := range r.Streets {
			if rnd.IntN(4) == 0 {
				r.Both = append(r.Both, id)
			}
		}
		for i := range rapid.IntRange(0, 6).Draw(rt, "spots") {
			at := n.Junction(street.JunctionID(rnd.IntN(min(n.Junctions(), 5)))).At.Point()
			at[1] += 0.0004 * float64(rnd.IntN(2))
			open := morning.Add(time.Duration(rnd.IntN(90)-20) * time.Minute)
			r.Spots = append(r.Spots, Spot{ID: int64(i), Name: "a spot", At: at, Open: open, Close: open.Add(time.Duration(rnd.IntN(60)) * time.Minute), Stay: time.Duration(rnd.IntN(9)) * time.Minute, Officer: rnd.IntN(len(r.Officers)+1) - 1})
		}
		r.Order = someKeys(rnd, rapid.IntRange(0, 3).Draw(rt, "keys"))
		p, err := Assign(rt.Context(), r)
		if err != nil {
			rt.Fatal(err)
		}
		for _, wrong := range Check(r, p) {
			rt.Error(wrong)
		}
		for _, l := range p.Left {
			if why := couldSee(rt, r, p, l); why != "" {
				rt.Errorf("by %s, segment %d is left, %v: %s", r.Ways.Profile().Name, l.Segment, l.Why, why)
			}
		}
		again, err := Assign(rt.Context(), r)
		if err != nil || !reflect.DeepEqual(p, again) {
			rt.Error("another plan the second time")
		}
	})
}

// couldSee says why the reason for which a street is left is none: it may be gone along,
// or there is a way to it and back from where somebody sets out, on both sides if so asked.
func couldSee(t *rapid.T, r Request, p Plan, l Left) string {
	_, forward := r.Ways.Along(l.Segment, true)
	_, backward := r.Ways.Along(l.Segment, false)
	switch {
	case errors.Is(l.Why, ErrClosed) && (forward || backward):
		return "it is open"
	case !errors.Is(l.Why, solve.ErrNoWay):
		return ""
	}
	s := r.Network.Segment(l.Segment)
	ends := [2]orb.Point{r.Network.Junction(s.From).At.Point(), r.Network.Junction(s.To).At.Point()}
	leads := func(from, to orb.Point) bool {
		_, err := r.Ways.Route(t.Context(), path.Query{From: from, To: to, SnapLimit: onStreet})
		return err == nil
	}
	for i, w := range p.Walks {
		if len(w.Legs) == 0 {
			continue
		}
		at := r.Network.PointAt(w.Legs[0].Segment, w.Legs[0].From)
		along, against := forward && leads(at, ends[0]) && leads(ends[1], at), backward && leads(at, ends[1]) && leads(ends[0], at)
		if along && against || (along || against) && r.Sides(l.Segment) == 1 {
			return fmt.Sprintf("walk %d could see it", i)
		}
	}
	return ""
}

// randomStreets is a grid of streets with holes, private and one-way ones, streets for
// walkers alone, and canals.
func randomStreets(t *rapid.T, r *rand.Rand, side int) *street.Network {
	p := street.Parts{}
	for row := range side {
		for column := range side {
			at := orb.Point{-75.55 + (float64(column)+0.4*r.Float64())*0.001, 39.74 + (float64(row)+0.4*r.Float64())*0.0008}
			j := street.Junction{Node: int64(len(p.Junctions) + 1), At: street.FixedPoint(at)}
			if r.IntN(5) == 0 {
				j.Flags = street.Signals
			}
			p.Junctions = append(p.Junctions, j)
		}
	}
	add := func(a, b int) {
		if r.IntN(6) == 0 {
			return
		}
		s := street.Segment{
			From: street.JunctionID(a), To: street.JunctionID(b), Shape: uint32(len(p.Shape)), Points: 2,
			Class: street.Residential, Forward: street.AllVehicles, Backward: street.AllVehicles,
		}
		switch r.IntN(12) {
		case 0:
			s.Private = street.Foot
		case 1:
			s.Backward = street.Car
		case 2:
			s.Forward, s.Backward = street.Car, street.Car
		case 3:
			s.Class, s.Forward, s.Backward = street.Pedestrian, street.Foot, street.Foot
		case 4:
			s.Backward = street.Foot
		case 5, 6:
			s.Class, s.Forward, s.Backward = street.Waterway, street.Boat, street.Boat
		}
		from, to := p.Junctions[a].At, p.Junctions[b].At
		p.Shape = append(p.Shape, from, to)
		s.LengthM = float32(geo.Distance(from.Point(), to.Point()))
		p.Segments = append(p.Segments, s)
	}
	for row := range side {
		for column := range side {
			i := row*side + column
			if column+1 < side {
				add(i, i+1)
			}
			if row+1 < side {
				add(i, i+side)
			}
		}
	}
	// Where water meets streets one may board, as on a map that was imported.
	for i := range p.Junctions {
		var wet, dry bool
		for _, s := range p.Segments {
			if int(s.From) == i || int(s.To) == i {
				wet, dry = wet || s.Class.Afloat(), dry || !s.Class.Afloat()
			}
		}
		if wet && dry {
			p.Junctions[i].Flags |= street.Pier
		}
	}
	n, err := street.Build(p)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// wilmington is the demo city's network, read once for all tests.
var wilmington = sync.OnceValues(func() (*street.Network, error) {
	data, err := demo.Map()
	if err != nil {
		return nil, err
	}
	m, err := mapfile.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	return m.Network, nil
})

func city(t testing.TB) *street.Network {
	n, err := wilmington()
	if err != nil {
		t.Skip("no demo city: ", err)
	}
	return n
}

// square is one twelfth of the city of Wilmington, downtown.
var square = orb.Bound{Min: orb.Point{-75.562, 39.738}, Max: orb.Point{-75.542, 39.752}}

func downtown(n *street.Network, officers []Officer) Request {
	return Request{
		Network: n, Ways: path.NewEngine(n, path.Foot()),
		Streets: Streets(n, square.Contains, Daily), Officers: officers,
	}
}

// On the real streets all is covered, balanced and without senseless turns.
func TestWilmington(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a city")
	}
	n := city(t)
	r := downtown(n, officers(2, orb.Point{-75.5520, 39.7447}, 8*time.Hour))
	r.Solver = beat.Solver{Rounds: 800} // a twentieth of what is usual
	start := time.Now()
	p := planned(t, r)
	if p.Above() > 0.045 {
		t.Errorf("%.1f %% above the least possible, want 4.5 %%", 100*p.Above())
	}
	t.Logf("%d streets, %.1f km, gap %.1f %%, %.1f %% above the bound, %d left, in %v", len(r.Streets), float64(p.Covered)/1000, 100*p.Gap(), 100*p.Above(), len(p.Left), time.Since(start).Round(time.Millisecond))
	least, most := p.Walks[0].Minutes, p.Walks[0].Minutes
	for _, w := range p.Walks {
		t.Logf("%.1f min, %.1f km seen, %.1f km between, %d turns on the heel, %d legs", w.Minutes, float64(w.Served)/1000, float64(w.Dead)/1000, w.TurnRound, len(w.Legs))
		least, most = min(least, w.Minutes), max(most, w.Minutes)
	}
	if most > 1.05*least {
		t.Errorf("walks of %.0f to %.0f minutes: want within 5 %%", least, most)
	}
	for _, l := range p.Left {
		t.Logf("left: segment %d, way %d: %v", l.Segment, n.Segment(l.Segment).Way, l.Why)
	}
}

// A twelfth of the city for two officers, and a quarter for seven.
func BenchmarkWilmington(b *testing.B) {
	n := city(b)
	quarter := orb.Bound{Min: orb.Point{-75.570, 39.733}, Max: orb.Point{-75.535, 39.757}}
	for _, size := range []struct {
		bound    orb.Bound
		officers int
	}{{square, 2}, {quarter, 7}} {
		r := downtown(n, officers(size.officers, orb.Point{-75.5520, 39.7447}, 8*time.Hour))
		r.Streets = Streets(n, size.bound.Contains, Daily)
		b.Run(fmt.Sprintf("streets=%d/officers=%d", len(r.Streets), size.officers), func(b *testing.B) {
			var p Plan
			for b.Loop() {
				var err error
				if p, err = Assign(b.Context(), r); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(100*p.Gap(), "gap_%")
			b.ReportMetric(100*p.Above(), "above_%")
		})
	}
}
