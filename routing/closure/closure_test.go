package closure_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/grid/calendar"
	"citygrid/grid/register"
	"citygrid/routing/closure"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

var at = streettest.Place

// block has streets of 80 and 40 m; every street is a way of its own.
const block = `
a-------b-------c
|       |       |
|       |       |
|       |       |
d-------e-------f
`

func drawn(t testing.TB, drawing string) (*street.Network, func(from, to rune) street.SegmentID) {
	d, err := streettest.Parse(drawing)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Parts.Segments {
		d.Parts.Segments[i].Way = int64(100 + i)
	}
	n, err := street.Build(d.Parts)
	if err != nil {
		t.Fatal(err)
	}
	return n, d.ID
}

func TestFind(t *testing.T) {
	n, id := drawn(t, block)
	cases := []struct {
		name  string
		drawn orb.Geometry
		want  []string
	}{
		{"a click beside a street", orb.MultiPoint{at(4, 1)}, []string{"ab"}},
		{"two clicks on one street are one", orb.MultiPoint{at(4, 0), at(2, 0)}, []string{"ab"}},
		{"clicks on two streets", orb.MultiPoint{at(4, 0), at(8, 2)}, []string{"ab", "be"}},
		{"a line along two streets, 10 m beside them", orb.LineString{at(0, 1), at(16, 1)}, []string{"ab", "bc"}},
		{"a line that begins in a street and ends a little into the next", orb.LineString{at(3, 0), at(9, 0)}, []string{"ab"}},
		{"a line round a corner", orb.LineString{at(2, 0), at(8, 0), at(8, 4)}, []string{"ab", "be"}},
		{"a line across two streets follows none", orb.LineString{at(4, -1), at(4, 5)}, []string{"ab", "de"}},
		{"an area over a crossing", orb.Polygon{{at(6, -1), at(10, -1), at(10, 3), at(6, 3), at(6, -1)}}, []string{"ab", "bc", "be"}},
		{"an area that touches a street for 5 m", orb.Polygon{{at(7.5, 1), at(16.5, 1), at(16.5, 4.5), at(7.5, 4.5), at(7.5, 1)}}, []string{"be", "cf", "ef"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pieces, err := closure.Find(n, c.drawn, closure.Both, nil)
			if err != nil {
				t.Fatal(err)
			}
			var want, got []int64
			for _, name := range c.want {
				want = append(want, n.Segment(id(rune(name[0]), rune(name[1]))).Way)
			}
			for _, p := range pieces {
				got = append(got, p.Way)
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("ways %v, want %v (%v)", got, want, c.want)
			}
		})
	}
}

func TestFindNothing(t *testing.T) {
	n, _ := drawn(t, block)
	for name, g := range map[string]orb.Geometry{
		"a click 100 m off":              orb.MultiPoint{at(4, -10)},
		"a line that meets no street":    orb.LineString{at(2, 1.9), at(4, 2.1)},
		"an area between streets":        orb.Polygon{{at(2, 1.5), at(6, 1.5), at(6, 2.5), at(2, 1.5)}},
		"no points":                      orb.MultiPoint{},
		"a line of one point":            orb.LineString{at(0, 0)},
		"an area with a hole":            orb.Polygon{{at(0, 0), at(1, 0), at(1, 1), at(0, 0)}, {at(0, 0), at(1, 0), at(1, 1), at(0, 0)}},
		"a ring that isn't closed":       orb.Polygon{{at(0, 0), at(1, 0), at(1, 1), at(0, 1)}},
		"a point that is not on earth":   orb.MultiPoint{{200, 0}},
		"a line over half a degree long": orb.LineString{{-75.5, 39.7}, {-74.5, 39.7}},
		"nothing at all":                 nil,
		"too many points":                make(orb.MultiPoint, closure.MaxDrawn+1),
	} {
		var bad *register.FieldError
		if p, err := closure.Find(n, g, closure.Both, nil); !errors.As(err, &bad) || bad.Field != "drawn" {
			t.Errorf("%s: %v, %v; want an error about drawn", name, p, err)
		}
	}
}

// TestDirection: along is that of the line, whichever way the map draws the street.
func TestDirection(t *testing.T) {
	n, id := drawn(t, block)
	ab := id('a', 'b')
	east := n.Segment(ab).From == 0 // the map draws it from a to b
	for _, c := range []struct {
		line    orb.LineString
		d       closure.Direction
		forward bool // on the ground from a to b
	}{
		{orb.LineString{at(0, 0), at(8, 0)}, closure.Along, true},
		{orb.LineString{at(0, 0), at(8, 0)}, closure.Against, false},
		{orb.LineString{at(8, 0), at(0, 0)}, closure.Along, false},
		{orb.LineString{at(8, 0), at(0, 0)}, closure.Against, true},
	} {
		pieces, err := closure.Find(n, c.line, c.d, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, missing := closure.Resolve(n, closure.Closure{Direction: c.d, Pieces: pieces})
		want := []closure.Stretch{{Segment: ab, Forward: c.forward == east, Backward: c.forward != east}}
		if missing != 0 || !slices.Equal(got, want) {
			t.Errorf("%v %s: %v (%d missing), want %v", c.line, c.d, got, missing, want)
		}
	}
}

// TestResolve: a closure outlives an import that numbers segments anew, cuts a
// street in two, joins two to one, gives a way another number, or loses it.
func TestResolve(t *testing.T) {
	n, id := drawn(t, block)
	pieces, err := closure.Find(n, orb.MultiPoint{at(4, 0), at(12, 0)}, closure.Both, nil)
	if err != nil {
		t.Fatal(err)
	}
	ab, bc := n.Segment(id('a', 'b')).Way, n.Segment(id('b', 'c')).Way
	c := closure.Closure{Direction: closure.Both, Pieces: pieces}
	cases := []struct {
		name, drawing string
		way           map[string]int64 // of the new map's streets
		want          []string
		missing       int
	}{
		{"the same map with others before", "a-------b-------c\n|       |       |\n|       |       |\n|       |       |\nd-------e-------f\n        |\n        g", map[string]int64{"ab": ab, "bc": bc}, []string{"ab", "bc"}, 0},
		{"a new crossing in the middle", "a---x---b-------c\n    |\n    y", map[string]int64{"ax": ab, "xb": ab, "bc": bc}, []string{"ax", "xb", "bc"}, 0},
		{"cut in two, one half with a new number", "a---x---b-------c", map[string]int64{"ax": ab, "xb": 999, "bc": bc}, []string{"ax", "bc"}, 0},
		{"one street now", "a---------------c", map[string]int64{"ac": ab}, []string{"ac"}, 0},
		{"other numbers", "a-------b-------c", map[string]int64{"ab": 901, "bc": 902}, []string{"ab", "bc"}, 0},
		{"a street is gone", "a-------b       c\n        |       |\n        e-------f", map[string]int64{"ab": ab}, []string{"ab"}, 1},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			d, err := streettest.Parse(x.drawing)
			if err != nil {
				t.Fatal(err)
			}
			for i := range d.Parts.Segments {
				d.Parts.Segments[i].Way = int64(5000 + i)
			}
			for name, way := range x.way {
				d.Segment(rune(name[0]), rune(name[1])).Way = way
			}
			n, err := street.Build(d.Parts)
			if err != nil {
				t.Fatal(err)
			}
			var want []street.SegmentID
			for _, name := range x.want {
				want = append(want, d.ID(rune(name[0]), rune(name[1])))
			}
			slices.Sort(want)
			found, missing := closure.Resolve(n, c)
			var got []street.SegmentID
			for _, s := range found {
				if !s.Forward || !s.Backward {
					t.Errorf("%+v is open one way", s)
				}
				got = append(got, s.Segment)
			}
			if !slices.Equal(got, want) || missing != x.missing {
				t.Errorf("segments %v with %d missing, want %v (%v) with %d", got, missing, want, x.want, x.missing)
			}
		})
	}
}

// TestResolveItself: on the map that it was drawn on a closure is its streets, be
// they short, winding or crossed by others.
func TestResolveItself(t *testing.T) {
	n, _ := drawn(t, `
a-b-c--------+
| | |        |
d-e-f----+   |
  |      |   |
  g------h---i
`)
	rapid.Check(t, func(rt *rapid.T) {
		var want []closure.Stretch
		c := closure.Closure{Direction: rapid.SampledFrom([]closure.Direction{closure.Both, closure.Along}).Draw(rt, "direction")}
		for id := range street.SegmentID(n.Segments()) {
			if !rapid.Bool().Draw(rt, "closed") {
				continue
			}
			line, s := n.Line(id), closure.Stretch{Segment: id, Forward: true, Backward: true}
			if c.Direction == closure.Along {
				if s.Forward = rapid.Bool().Draw(rt, "forward"); !s.Forward {
					line.Reverse()
				}
				s.Backward = !s.Forward
			}
			c.Pieces = append(c.Pieces, closure.Piece{Way: n.Segment(id).Way, Line: line})
			want = append(want, s)
		}
		if got, missing := closure.Resolve(n, c); missing != 0 || !slices.Equal(got, want) {
			rt.Fatalf("%v with %d missing, want %v", got, missing, want)
		}
	})
}

// TestNextChange holds the next change against looking at every minute.
func TestNextChange(t *testing.T) {
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // a Monday
	spec := &calendar.Spec{Zone: "UTC", Rules: []calendar.Rule{{Weekdays: calendar.WorkWeek, Windows: []calendar.Window{{From: 7 * 60, To: 9 * 60}}}}}
	rapid.Check(t, func(rt *rapid.T) {
		minute := rapid.IntRange(0, 3*24*60)
		c := closure.Closure{State: closure.Approved, From: day.Add(time.Duration(minute.Draw(rt, "from")) * time.Minute)}
		if rapid.Bool().Draw(rt, "ends") {
			c.To = c.From.Add(time.Duration(1+minute.Draw(rt, "lasts")) * time.Minute)
		}
		if rapid.Bool().Draw(rt, "calendar") {
			c.Calendar = spec
		}
		when, err := c.When(nil)
		if err != nil {
			rt.Fatal(err)
		}
		now := day.Add(time.Duration(minute.Draw(rt, "now")) * time.Minute)
		horizon := day.Add(8 * 24 * time.Hour)
		want, changes := time.Time{}, false
		for at := now.Add(time.Minute); at.Before(horizon); at = at.Add(time.Minute) {
			if when.ActiveAt(at) != when.ActiveAt(now) {
				want, changes = at, true
				break
			}
		}
		got, ok := when.NextChange(now)
		if ok != changes && (ok && got.Before(horizon) || changes) || changes && !got.Equal(want) {
			rt.Fatalf("%v to %v, calendar %v, at %v: %v, %v; want %v, %v", c.From, c.To, c.Calendar != nil, now, got, ok, want, changes)
		}
	})
	c := closure.Closure{State: closure.Proposed, From: day}
	when, _ := c.When(nil)
	if _, ok := when.NextChange(day.Add(-time.Hour)); ok || when.ActiveAt(day) {
		t.Error("a proposal holds")
	}
}

func TestCheck(t *testing.T) {
	good := func() closure.Closure {
		return closure.Closure{
			State: closure.Approved, Reason: "burst main", Drawn: orb.MultiPoint{at(4, 0)}, Direction: closure.Both,
			Pieces: []closure.Piece{{Way: 1, Line: orb.LineString{at(0, 0), at(8, 0)}}}, From: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
		}
	}
	if err := good().Check(); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*closure.Closure){
		"reason": func(c *closure.Closure) { c.Reason = "" },
		"state":  func(c *closure.Closure) { c.State = "perhaps" },
		"direction": func(c *closure.Closure) {
			c.Drawn, c.Direction = orb.Polygon{{at(0, 0), at(1, 0), at(1, 1), at(0, 0)}}, closure.Along
		},
		"drawn":       func(c *closure.Closure) { c.Pieces = nil },
		"profiles":    func(c *closure.Closure) { c.Profiles = []string{"car", "car"} },
		"speed_kmh":   func(c *closure.Closure) { c.Effect.SpeedKMH = -1 },
		"speed_share": func(c *closure.Closure) { c.Effect.Share = 1.5 },
		"from":        func(c *closure.Closure) { c.From = time.Time{} },
		"to":          func(c *closure.Closure) { c.To = c.From },
		"calendar":    func(c *closure.Closure) { c.Calendar = &calendar.Spec{Zone: "Nowhere/At all"} },
	} {
		c := good()
		spoil(&c)
		var bad *register.FieldError
		if err := c.Check(); !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
