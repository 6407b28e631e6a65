package osm

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"citygrid/geo/street"
)

// cross is a crossing of a-b-c and d-b-e, and f north-east of it.
const cross = `
  d-----f
  |     |
a-b-----c
  |
  e`

func TestRestrictions(t *testing.T) {
	split := []string{"ab highway=residential", "bc highway=residential", "db highway=residential", "be highway=residential", "df highway=residential", "fc highway=residential"}
	whole := []string{"abc highway=residential", "dbe highway=residential"}
	for _, c := range []struct {
		name string
		ways []string
		rel  string
		want string // from>via>to, "!" for only
	}{
		{"no left turn", split, "from:1 via:b to:3 type=restriction restriction=no_left_turn", "ab>db"},
		{"only straight on", split, "from:1 via:b to:2 type=restriction restriction=only_straight_on", "!ab>bc"},
		{"no u-turn", split, "from:1 via:b to:1 type=restriction restriction=no_u_turn", "ab>ab"},
		{"via way", split, "from:1 via:3 to:5 type=restriction restriction=no_right_turn", "ab>db>df"},
		{"via ways in disorder", split, "from:1 via:5 via:3 to:6 type=restriction restriction=no_u_turn", "ab>db>df>fc"},
		{"only over a via way", split, "from:1 via:3 to:5 type=restriction restriction=only_right_turn", "!ab>db>df"},
		{"no entry from several", split, "from:1 from:2 via:b to:3 type=restriction restriction=no_entry", "ab>db bc>db"},
		{"no exit to several", split, "from:1 via:b to:3 to:4 type=restriction restriction=no_exit", "ab>db ab>be"},
		{"ways not split: the turn tells which", whole, "from:1 via:b to:2 type=restriction restriction=no_entry", ""},
		{"one way not split", []string{"ab highway=residential", "bc highway=residential", "dbe highway=residential"}, "from:1 via:b to:3 type=restriction restriction=no_left_turn", "ab>db"},
		{"one-way street tells which half", []string{"ab highway=residential", "bc highway=residential", "dbe highway=residential oneway=yes"}, "from:1 via:b to:3 type=restriction restriction=no_straight_on", "ab>be"},
		{"no via", split, "from:1 to:3 type=restriction restriction=no_left_turn", ""},
		{"no from", split, "via:b to:3 type=restriction restriction=no_left_turn", ""},
		{"member missing", split, "from:1 via:b to:99 type=restriction restriction=no_left_turn", ""},
		{"ways that don't meet", split, "from:1 via:b to:6 type=restriction restriction=no_left_turn", ""},
		{"nonsense", split, "from:1 via:b to:3 type=restriction restriction=no_dancing", ""},
		{"on red", split, "from:1 via:b to:3 type=restriction restriction=no_right_turn_on_red", ""},
		{"several pieces of the from street", append(slices.Clone(split), "ac highway=residential"), "from:1 from:6 via:b to:3 type=restriction restriction=no_left_turn", "ab>db"},
	} {
		r := sketch{drawing: cross, ways: c.ways, rels: []string{c.rel}}.read(t, Options{})
		var got []string
		for _, x := range r.Parts.Restrictions {
			s := seg(&r.Parts, x.From)
			for _, v := range append(slices.Clone(x.ViaWays), x.To) {
				s += ">" + seg(&r.Parts, v)
			}
			if x.Only {
				s = "!" + s
			}
			got = append(got, s)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s", c.name, got, c.want)
		}
	}
}

func TestWhoKeepsARestriction(t *testing.T) {
	ways := []string{"ab highway=residential", "bc highway=residential", "db highway=residential"}
	for tags, want := range map[string]string{
		"restriction=no_left_turn":                                                   fmt.Sprint(defaultFor, " except ", street.Vehicles(0), " when "),
		"restriction=no_left_turn except=psv;bicycle":                                fmt.Sprint(defaultFor, " except ", bus|bike, " when "),
		"restriction:hgv=no_left_turn":                                               fmt.Sprint(hgv, " except ", street.Vehicles(0), " when "),
		"restriction:conditional=no_left_turn~@~(Mo-Fr~07:00-09:00;~Sa~08:00-10:00)": fmt.Sprint(defaultFor, " except ", street.Vehicles(0), " when Mo-Fr 07:00-09:00; Sa 08:00-10:00"),
	} {
		r := sketch{drawing: cross, ways: ways, rels: []string{"from:1 via:b to:3 type=restriction " + tags}}.read(t, Options{})
		if len(r.Parts.Restrictions) != 1 {
			t.Errorf("%s: %d restrictions", tags, len(r.Parts.Restrictions))
			continue
		}
		x := r.Parts.Restrictions[0]
		if got := fmt.Sprint(x.For, " except ", x.Except, " when ", x.When); got != want {
			t.Errorf("%s: got %s, want %s", tags, got, want)
		}
	}
}
