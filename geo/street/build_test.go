package street_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/geo/street/streettest"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func drawnParts(t testing.TB) street.Parts {
	t.Helper()
	d, err := streettest.Parse(`
a---b---c   f
|       |   |
d--->---e---g
`)
	if err != nil {
		t.Fatal(err)
	}
	d.Ban("abc")
	d.Only("bceg")
	return d.Parts
}

func TestBuildRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(*street.Parts)
		want   string
	}{
		{"from junction", func(p *street.Parts) { p.Segments[1].From = 99 }, "segment 1: junctions 99"},
		{"to junction", func(p *street.Parts) { p.Segments[1].To = math.MaxUint32 }, "segment 1: junctions"},
		{"one point", func(p *street.Parts) { p.Segments[0].Points = 1 }, "2 is the least"},
		{"shape beyond the end", func(p *street.Parts) { p.Segments[0].Shape = uint32(len(p.Shape)) }, "points from"},
		{"shape overflows", func(p *street.Parts) { p.Segments[0].Shape, p.Segments[0].Points = math.MaxUint32, 2 }, "points from"},
		{"shape elsewhere", func(p *street.Parts) { p.Segments[0].Shape = p.Segments[2].Shape + 1 }, "does not start"},
		{"length NaN", func(p *street.Parts) { p.Segments[0].LengthM = float32(math.NaN()) }, "length"},
		{"length negative", func(p *street.Parts) { p.Segments[0].LengthM = -1 }, "length"},
		{"name", func(p *street.Parts) { p.Segments[0].Name = 1 }, "name 1, there are 1"},
		{"rules", func(p *street.Parts) { p.Segments[0].Rules = 7 }, "rules 7, there are 1"},
		{"class", func(p *street.Parts) { p.Segments[0].Class = 200 }, "class 200"},
		{"surface", func(p *street.Parts) { p.Segments[0].Surface = 200 }, "surface 200"},
		{"vehicles", func(p *street.Parts) { p.Segments[0].Forward = 1 << 15 }, "vehicles"},
		{"off earth", func(p *street.Parts) { p.Shape[3].Lat = 91e7 }, "shape point 3"},
		{"junction's rules", func(p *street.Parts) { p.Junctions[2].Rules = 99 }, "junction 2: rules 99"},
		{"junction off earth", func(p *street.Parts) { p.Junctions[2].At.Lon = math.MinInt32 }, "junction 2"},
		{"first name not empty", func(p *street.Parts) { p.Names[0].Default = "Main Street" }, "name 0"},
		{"rule limit", func(p *street.Parts) {
			p.Rules = append(p.Rules, street.Rules{MaxHeightM: float32(math.Inf(1))})
		}, "rules 1"},
		{"ban from", func(p *street.Parts) { p.Restrictions[0].From = 99 }, "restriction 0: from segment 99"},
		{"ban to", func(p *street.Parts) { p.Restrictions[0].To = 99 }, "restriction 0: to segment 99"},
		{"ban via", func(p *street.Parts) { p.Restrictions[0].Via = 99 }, "via junction 99"},
		{"ban not touching", func(p *street.Parts) { p.Restrictions[0].Via = 3 }, "does not meet"},
		{"ban via way gap", func(p *street.Parts) { p.Restrictions[1].ViaWays[0] = 0 }, "go on"},
		{"ban via way number", func(p *street.Parts) { p.Restrictions[1].ViaWays[0] = 1 << 31 }, "via segment"},
	} {
		p := drawnParts(t)
		c.damage(&p)
		_, err := street.Build(p)
		if !errors.Is(err, street.ErrParts) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want ErrParts with %q", c.name, err, c.want)
		}
	}
}

func TestBuildEmpty(t *testing.T) {
	n, err := street.Build(street.Parts{})
	if err != nil {
		t.Fatal(err)
	}
	if near := n.Nearest(orb.Point{1, 2}, 1e9, nil, 3); near != nil {
		t.Errorf("nearest in an empty network: %v, want none", near)
	}
	if !n.Bound().IsEmpty() {
		t.Errorf("bound %v of an empty network, want an empty one", n.Bound())
	}
	if of, lengths := n.Parts().Connected(street.Car); len(of) != 0 || len(lengths) != 0 {
		t.Errorf("parts %v %v of an empty network, want none", of, lengths)
	}
}

// What Build takes can be used, however it was damaged.
func TestDamagedPartsNeverPanic(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := drawnParts(t)
		number := rapid.OneOf(rapid.Uint32Range(0, 20), rapid.Uint32())
		for range rapid.IntRange(1, 3).Draw(rt, "damages") {
			s := &p.Segments[rapid.IntRange(0, len(p.Segments)-1).Draw(rt, "segment")]
			r := &p.Restrictions[rapid.IntRange(0, len(p.Restrictions)-1).Draw(rt, "restriction")]
			v := number.Draw(rt, "value")
			switch rapid.IntRange(0, 9).Draw(rt, "field") {
			case 0:
				s.From = street.JunctionID(v)
			case 1:
				s.To = street.JunctionID(v)
			case 2:
				s.Shape = v
			case 3:
				s.Points = v
			case 4:
				s.LengthM = math.Float32frombits(v)
			case 5:
				r.From = street.SegmentID(v)
			case 6:
				r.To = street.SegmentID(v)
			case 7:
				r.Via = street.JunctionID(v)
			case 8:
				r.ViaWays = append(r.ViaWays, street.SegmentID(v))
			case 9:
				p.Shape[int(v)%len(p.Shape)] = street.Fixed{Lon: int32(v), Lat: int32(v >> 3)}
			}
		}
		n, err := street.Build(p)
		if err != nil {
			return
		}
		n.Nearest(streettest.Place(3, 1), 1e6, nil, 4)
		p.Connected(street.Car)
		for i := range n.Segments() {
			id := street.SegmentID(i)
			n.Line(id)
			n.Cut(nil, id, 5, geo.Metres(n.Segment(id).LengthM))
			n.At(n.Segment(id).From)
			n.At(n.Segment(id).To)
		}
	})
}

func TestConnected(t *testing.T) {
	d, err := streettest.Parse(`
a---b---c   f..h
|       |   |
d--->---e   g---B---i
`)
	if err != nil {
		t.Fatal(err)
	}
	d.Parts.Junctions[d.At('B')].Blocked = street.Car
	part := func(v street.Vehicles, from, to rune) int32 {
		of, _ := d.Parts.Connected(v)
		return of[d.ID(from, to)]
	}
	for _, c := range []struct {
		v        street.Vehicles
		from, to rune
		want     int32
	}{
		{street.Car, 'a', 'b', 0},
		{street.Car, 'd', 'e', 0},
		{street.Car, 'f', 'g', 1}, // 60 m
		{street.Car, 'g', 'B', 1},
		{street.Car, 'B', 'i', 2}, // the barrier parts it
		{street.Car, 'f', 'h', street.NotUsed},
		{street.Foot, 'f', 'h', 1},
		{street.Foot, 'B', 'i', 1},
		{street.Foot | street.Car, 'B', 'i', 1}, // the barrier lets feet through
	} {
		if got := part(c.v, c.from, c.to); got != c.want {
			t.Errorf("part of %c%c for %v: %d, want %d", c.from, c.to, c.v, got, c.want)
		}
	}
}
