package campaign

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"citygrid/data/demo"
	"citygrid/data/mapfile"
	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

var begin = time.Date(2026, 5, 6, 8, 30, 0, 0, time.UTC)

// lattice is streets along a lattice, some of them missing, each row under a name.
func lattice(rt *rapid.T, r *rand.Rand, side int) *street.Network {
	p := street.Parts{Names: []street.Name{{}}}
	for row := range side {
		p.Names = append(p.Names, street.Name{Default: string(rune('A'+row)) + " Street"})
		for column := range side {
			at := orb.Point{-75.55 + float64(column)*0.001, 39.74 + float64(row)*0.0008}
			p.Junctions = append(p.Junctions, street.Junction{Node: int64(len(p.Junctions) + 1), At: street.FixedPoint(at)})
		}
	}
	add := func(a, b int, name street.NameID) {
		if r.IntN(8) == 0 {
			return
		}
		s := street.Segment{
			From: street.JunctionID(a), To: street.JunctionID(b), Shape: uint32(len(p.Shape)), Points: 2, Name: name,
			Class: street.Residential, Forward: street.AllVehicles, Backward: street.AllVehicles,
		}
		from, to := p.Junctions[a].At, p.Junctions[b].At
		p.Shape = append(p.Shape, from, to)
		s.LengthM = float32(geo.Distance(from.Point(), to.Point()))
		p.Segments = append(p.Segments, s)
	}
	for row := range side {
		for column := range side {
			at := row*side + column
			if column+1 < side {
				add(at, at+1, street.NameID(row+1))
			}
			if row+1 < side {
				add(at, at+side, 0)
			}
		}
	}
	n, err := street.Build(p)
	if err != nil {
		rt.Fatal(err)
	}
	return n
}

func groups(n int) (all [][]people.ID) {
	for i := range n {
		all = append(all, []people.ID{people.ID(2*i + 1), people.ID(2*i + 2)})
	}
	return all
}

// Each street of the roads is in the walks once, or once a side, or it is said that it is
// left; legs join in place and time; nobody is late; looking takes its time.
func TestPlanSeesEachStreetOnceASide(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		n := lattice(rt, rnd, rapid.IntRange(3, 5).Draw(rt, "side"))
		if n.Segments() == 0 {
			return
		}
		r := Request{
			Network: n, Ways: path.NewEngine(n, path.Foot()), Meet: n.Junction(0).At.Point(), Pace: geo.Metres(rapid.IntRange(5, 60).Draw(rt, "pace")),
			From: begin, To: begin.Add(time.Duration(rapid.IntRange(10, 180).Draw(rt, "minutes")) * time.Minute), Pairs: groups(rapid.IntRange(1, 6).Draw(rt, "pairs")),
		}
		for range rapid.IntRange(1, 3).Draw(rt, "roads") {
			road := Streets{Both: rnd.IntN(2) == 0}
			for i := range n.Segments() {
				if rnd.IntN(3) == 0 {
					road.Segments = append(road.Segments, street.SegmentID(i))
				}
			}
			r.Roads = append(r.Roads, road)
		}
		pairs, left, err := Plan(t.Context(), r)
		if err != nil {
			rt.Fatal(err)
		}
		roadM, want := make([]geo.Metres, len(r.Roads)), make([]geo.Metres, len(r.Roads))
		wanted, got := map[street.SegmentID]int{}, map[street.SegmentID]int{}
		for k, road := range r.Roads {
			for _, id := range road.Segments {
				if wanted[id] > 0 {
					continue
				}
				if wanted[id] = 1; road.Both {
					wanted[id] = 2
				}
				want[k] += geo.Metres(float32(wanted[id]) * n.Segment(id).LengthM)
			}
		}
		for i, p := range pairs {
			w, now := p.Walk, p.Walk.Start
			if !slices.Equal(p.People, r.Pairs[i]) || w.Start.Before(r.From) || w.End.After(r.To) {
				rt.Errorf("pair %d: %v from %v to %v", i, p.People, w.Start, w.End)
			}
			for k, l := range w.Legs {
				if !l.Begin.Equal(now) || l.End.Before(l.Begin) {
					rt.Errorf("pair %d, leg %d: %v to %v, the one before ends %v", i, k, l.Begin, l.End, now)
				}
				now = l.End
				if k > 0 {
					a, b := n.PointAt(w.Legs[k-1].Segment, w.Legs[k-1].To), n.PointAt(l.Segment, l.From)
					if d := geo.Distance(a, b); d > 0.5 {
						rt.Errorf("pair %d, leg %d begins %.1f m from where the one before ended", i, k, float64(d))
					}
				}
				if l.Serve {
					got[l.Segment]++
					least := time.Duration(float64(l.Metres) / float64(r.Pace) * float64(time.Minute))
					if l.End.Sub(l.Begin) < least-2*time.Millisecond {
						rt.Errorf("pair %d looks along %.0f m in %v, want %v", i, float64(l.Metres), l.End.Sub(l.Begin), least)
					}
				}
			}
			for k, m := range p.RoadM {
				roadM[k] += m
			}
		}
		for _, l := range left {
			roadM[l.Road] += l.Metres
		}
		for id, n := range got {
			if n > wanted[id] {
				rt.Errorf("segment %d is gone along %d times, want %d", id, n, wanted[id])
			}
		}
		for k := range want {
			if d := roadM[k] - want[k]; d < -1 || d > 1 {
				rt.Errorf("road %d: %.0f m are in walks or left, it has %.0f m", k, float64(roadM[k]), float64(want[k]))
			}
		}
		if len(left) == 0 && len(got) != len(wanted) {
			rt.Errorf("%d of %d streets are in walks, none is left", len(got), len(wanted))
		}
	})
}

func city(t testing.TB) *street.Network {
	data, err := demo.Map()
	if err != nil {
		t.Skip("no demo city: ", err)
	}
	m, err := mapfile.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Skip("no demo city: ", err)
	}
	return m.Network
}

// Twenty officers on two roads of the real city, as on a Wednesday in Pinghu (2019): ten
// pairs, each side of each street once, walks even in minutes of work.
func TestTwentyOfficersOnTwoRoads(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a city")
	}
	n := city(t)
	ways := path.NewEngine(n, path.Foot())
	may := Walkable(n, ways)
	r := Request{Network: n, Ways: ways, Meet: orb.Point{-75.5498, 39.7434}, Pace: 25, From: begin, To: begin.Add(3 * time.Hour), Pairs: groups(10)}
	var metres geo.Metres
	for _, at := range []orb.Point{{-75.5498, 39.7434}, {-75.5560, 39.7470}} {
		road, ok := Along(n, at, 100, may)
		if !ok {
			t.Fatalf("no road at %v", at)
		}
		ids := Find(n, road, may)
		r.Roads = append(r.Roads, Streets{Segments: ids, Both: true})
		metres += road.Length()
		t.Logf("%s: %d segments, %.0f m", road.Name, len(ids), float64(road.Length()))
	}
	start := time.Now()
	pairs, left, err := Plan(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	var least, most, served, longest geo.Metres
	for _, road := range r.Roads {
		for _, id := range road.Segments {
			longest = max(longest, geo.Metres(n.Segment(id).LengthM))
		}
	}
	for i, p := range pairs {
		t.Logf("pair %d: %.1f min, %.0f m looked at, %.0f m between", i+1, p.Walk.Minutes, float64(p.Walk.Served), float64(p.Walk.Dead))
		if i == 0 {
			least = p.Walk.Served
		}
		least, most, served = min(least, p.Walk.Served), max(most, p.Walk.Served), served+p.Walk.Served
	}
	t.Logf("%.0f m of two sides each, the longest street %.0f m; %.1f to %.1f min of looking a pair, planned in %v",
		float64(metres), float64(longest), float64(least/r.Pace), float64(most/r.Pace), time.Since(start).Round(time.Millisecond))
	if len(left) > 0 || served < 2*metres-1 || served > 2*metres+1 {
		t.Errorf("%.0f m are looked at, want %.0f; left %v", float64(served), float64(2*metres), left)
	}
	if most-least > 2*longest {
		t.Errorf("pairs look along %.0f to %.0f m: want within both sides of the longest street, %.0f m", float64(least), float64(most), float64(2*longest))
	}
}

// No other way to cut the streets, in the order in which they follow each other, is more
// even.
func TestShareIsAsEvenAsCanBe(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := lattice(rt, rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1)), 3)
		var ids []street.SegmentID
		for i := range n.Segments() {
			ids = append(ids, street.SegmentID(i))
		}
		r := Request{Network: n, Meet: orb.Point{-75.55, 39.74}, Pace: 30, Pairs: groups(rapid.IntRange(1, 4).Draw(rt, "pairs"))}
		sides := func(id street.SegmentID) int { return 1 + int(id)%2 }
		parts := must(share(t.Context(), &r, ids, sides))(rt)
		order := chain(n, r.Meet, ids)
		if got := slices.Concat(parts...); !slices.Equal(got, order) {
			rt.Fatalf("parts %v are not the streets in order, %v", parts, order)
		}
		sum := func(parts [][]street.SegmentID) (s float64) {
			for _, p := range parts {
				minutes := 0.0
				for i, id := range p {
					if minutes += float64(sides(id)) * float64(n.Segment(id).LengthM) / 30; i > 0 {
						minutes += float64(apart(n, p[i-1], id)) / stroll
					}
				}
				s += minutes * minutes
			}
			return s
		}
		var cuts func(rest []street.SegmentID, k int, so [][]street.SegmentID) float64
		cuts = func(rest []street.SegmentID, k int, so [][]street.SegmentID) float64 {
			if k == 1 || len(rest) == 0 {
				return sum(append(slices.Clone(so), rest))
			}
			least := sum(append(slices.Clone(so), rest))
			for i := 1; i < len(rest); i++ {
				least = min(least, cuts(rest[i:], k-1, append(slices.Clone(so), rest[:i])))
			}
			return least
		}
		if got, want := sum(parts), cuts(order, len(r.Pairs), nil); got > want+1e-6 {
			rt.Errorf("squares sum up to %.3f, the least is %.3f", got, want)
		}
	})
}

// A road is found again on another map by its name and place: cut otherwise, with other
// numbers, under another name or drawn anew some metres off; and not the street beside it.
func TestRoadsSurviveANewMap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		n := lattice(rt, rand.New(rand.NewPCG(seed, 1)), 4)
		all := func(street.SegmentID) bool { return true }
		for k := range n.Segments() {
			id := street.SegmentID(k)
			if nameOf(n, id) == "" {
				continue
			}
			road, ok := Along(n, n.PointAt(id, 20), 30, all)
			if !ok {
				rt.Fatalf("no road at segment %d", id)
			}
			found := Find(n, road, all)
			if !slices.Contains(found, id) || len(found) != len(road.Lines) {
				rt.Fatalf("road %q of %d lines is found as %v, which should have %d", road.Name, len(road.Lines), found, id)
			}
			for _, f := range found {
				if nameOf(n, f) != road.Name {
					rt.Errorf("segment %d is %q, not %q", f, nameOf(n, f), road.Name)
				}
			}
			renamed := register.Road{Name: "Another Street", Lines: road.Lines}
			if got := Find(n, renamed, all); !slices.Equal(got, found) {
				rt.Errorf("%q under another name is %v, want %v", road.Name, got, found)
			}
			for i, l := range road.Lines {
				road.Lines[i] = l.Clone()
				for j := range road.Lines[i] {
					road.Lines[i][j][1] += 0.00008 // 9 m north
				}
			}
			if got := Find(n, road, all); !slices.Equal(got, found) {
				rt.Errorf("%q drawn 9 m off is %v, want %v", road.Name, got, found)
			}
		}
		// Each named street is in one of those that are found by name.
		in := map[string]int{}
		for _, r := range Named(n, "street", n.Bound(), 100, all) {
			in[r.Name] += len(r.Lines)
		}
		want := map[string]int{}
		for k := range n.Segments() {
			if name := nameOf(n, street.SegmentID(k)); name != "" {
				want[name]++
			}
		}
		for name := range want {
			if in[name] != want[name] {
				rt.Errorf("%q has %d lines, want %d", name, in[name], want[name])
			}
		}
	})
}

func TestSheetsAreCheckedAgainstTheirDay(t *testing.T) {
	d := Day{Roads: []string{"A", "B"}, Pairs: make([]Pair, 2), Checklist: []register.CheckItem{{Code: "A1"}, {Code: "A2"}}}
	good := Sheet{Pair: 1, Road: 1, Counts: []Count{{"A1", 16, 10, 6}, {"A2", 0, 0, 0}}}
	if err := good.Check(&d); err != nil {
		t.Error(err)
	}
	for what, s := range map[string]Sheet{
		"no such pair":     {Pair: 2},
		"no such road":     {Road: -1},
		"no such item":     {Counts: []Count{{"A3", 1, 0, 0}}},
		"an item twice":    {Counts: []Count{{"A1", 1, 0, 0}, {"A1", 1, 0, 0}}},
		"more than found":  {Counts: []Count{{"A1", 1, 2, 0}}},
		"less than none":   {Counts: []Count{{"A1", -1, -1, 0}}},
		"more than anyone": {Counts: []Count{{"A1", 10_001, 0, 0}}},
		"a book":           {Note: string(make([]byte, 1001))},
	} {
		if s.Check(&d) == nil {
			t.Errorf("%s: taken", what)
		}
	}
}
