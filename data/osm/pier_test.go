package osm

import (
	"testing"

	"citygrid/geo"
	"citygrid/geo/street"
)

// Piers that end short of a waterway's line are joined to its nearest node.
func TestPiersAreJoinedToTheWater(t *testing.T) {
	for _, c := range []struct {
		name   string
		s      sketch
		joined string // the ends of the segment that is added
		piers  string
	}{
		{
			"a pier beside a river",
			sketch{drawing: "r---s---t\n\n    p\n    |\na---b---c", ways: []string{"rst waterway=river", "abc highway=residential", "bp man_made=pier"}},
			"ps", "p",
		},
		{
			"a pier that reaches it",
			sketch{drawing: "r---s---t\n    |\n    p\n    |\na---b---c", ways: []string{"rst waterway=river", "abc highway=residential", "bps man_made=pier"}},
			"", "s",
		},
		{
			"a slipway at the end of a street",
			sketch{drawing: "r---s---t\n\na---b", ways: []string{"rst waterway=canal", "ab highway=service"}, nodes: map[string]string{"b": "leisure=slipway"}},
			"bs", "b",
		},
		{
			"no pier", sketch{drawing: "r---s---t\n\na---b", ways: []string{"rst waterway=canal", "ab highway=service"}}, "", "",
		},
		{
			"a river without boats",
			sketch{drawing: "r---s---t\n\n    p\n    |\na---b", ways: []string{"rst waterway=river boat=no motorboat=no ship=no", "ab highway=residential", "bp man_made=pier"}},
			"", "",
		},
		{
			"a bridge that shares a node with the river",
			sketch{drawing: "    c\n    |\nr---s---t\n    |\n    a", ways: []string{"rst waterway=river", "asc highway=primary bridge=yes"}},
			"", "",
		},
		{
			"a ferry from a street",
			sketch{drawing: "a---b---c---d", ways: []string{"ab highway=primary", "bc route=ferry", "cd highway=primary"}},
			"", "bc",
		},
	} {
		r := c.s.read(t, Options{StreetsOnly: true})
		joined, piers := "", ""
		for i, s := range r.Parts.Segments {
			if s.Flags&street.Joined != 0 {
				joined += seg(&r.Parts, street.SegmentID(i))
				if s.Class != street.Waterway || s.Forward != street.Boat || s.Backward != street.Boat || s.LengthM <= 0 {
					t.Errorf("%s: joined by %+v", c.name, s)
				}
			}
		}
		for _, letter := range "abcdpqrst" {
			for _, j := range r.Parts.Junctions {
				if j.Node == int64(letter) && j.Flags&street.Pier != 0 {
					piers += string(letter)
				}
			}
		}
		if joined != c.joined || piers != c.piers {
			t.Errorf("%s: joined %q, piers %q; want %q, %q", c.name, joined, piers, c.joined, c.piers)
		}
		if _, err := street.Build(r.Parts); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if joinReach > 550*geo.Metres(1) {
		t.Error("cells are narrower than the reach")
	}
}

// What holds only sometimes is kept with the plain tags that it stands beside, and
// so is a way that is closed but at times.
func TestConditionsAreKeptWithTheirTags(t *testing.T) {
	r := sketch{drawing: "a---b---c---d", ways: []string{
		"ab highway=residential access=no access:conditional=yes~@~(08:00-09:00) name=x",
		"bc highway=residential hgv=yes oneway=yes surface=asphalt access:conditional=no~@~(08:00-09:00)",
		"cd highway=residential hgv=yes maxspeed:hgv=30 maxspeed:conditional=20~@~(08:00-09:00)",
	}}.read(t, Options{StreetsOnly: true})
	if len(r.Parts.Segments) != 3 {
		t.Fatalf("%d segments, want 3", len(r.Parts.Segments))
	}
	for i, want := range []map[string]string{
		{"access": "no", "access:conditional": "yes @ (08:00-09:00)"},
		{"hgv": "yes", "oneway": "yes", "access:conditional": "no @ (08:00-09:00)"},
		{"maxspeed:hgv": "30", "maxspeed:conditional": "20 @ (08:00-09:00)"},
	} {
		s := r.Parts.Segments[i]
		got := r.Parts.Rules[s.Rules].Conditional
		if len(got) != len(want) {
			t.Errorf("segment %d: %v, want %v", i, got, want)
		}
		for k, v := range want {
			if got[k] != v {
				t.Errorf("segment %d: %s is %q, want %q", i, k, got[k], v)
			}
		}
		if closed := s.Forward|s.Backward == 0; closed != (i == 0) {
			t.Errorf("segment %d: closed %v", i, closed)
		}
	}
}
