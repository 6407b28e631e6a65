package patrol

import (
	"testing"

	"citygrid/geo/street"
	"citygrid/geo/street/streettest"
	"citygrid/grid"
	"citygrid/grid/register"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// Each way to tell what comes first, of streets and of spots.
func TestKeys(t *testing.T) {
	n, at := streettest.Draw(t, `
a---b---c---d

e---f---g---h`, func(d *streettest.Drawing) {
		for i := range d.Parts.Segments {
			s := &d.Parts.Segments[i]
			s.Class = street.Residential
			if i == 0 {
				s.Class = street.Primary
			}
			if i == 5 { // gh
				s.Class, s.Forward, s.Backward = street.Waterway, street.Boat, street.Boat
			}
		}
	})
	around := func(letter rune, m float64) orb.MultiPolygon {
		p := n.Junction(at(letter)).At.Point()
		d := m / 111_000
		return orb.MultiPolygon{{{{p[0] - d, p[1] - d}, {p[0] + d, p[1] - d}, {p[0] + d, p[1] + d}, {p[0] - d, p[1] + d}, {p[0] - d, p[1] - d}}}}
	}
	ground := Ground{
		Network: n, Areas: []grid.Area{{ID: 1}, {ID: 2, Parent: 1}, {ID: 3, Parent: 2, Boundary: around('a', 30)}},
		Zones: []zone.Zone{{Kind: zone.StrictRoad, Ground: around('b', 30)}},
		Spots: []register.Spot{{ID: 7, Theme: "barbecue"}},
	}
	ab, cd := street.SegmentID(0), street.SegmentID(2)
	here := func(letter rune, id int64) Spot { return Spot{ID: id, At: n.Junction(at(letter)).At.Point()} }
	for _, c := range []struct {
		what       string
		key        register.RankingKey
		ab, cd     bool
		grill, far bool // spot 7 at a, spot 8 at h
	}{
		{"areas that are drawn below", register.RankingKey{By: register.ByAreas, Areas: []grid.AreaID{1}}, true, false, true, false},
		{"areas the other way round", register.RankingKey{By: register.ByAreas, Areas: []grid.AreaID{3}, Not: true}, false, true, false, true},
		{"classes", register.RankingKey{By: register.ByClasses, Classes: []string{"primary"}}, true, false, true, false},
		{"water", register.RankingKey{By: register.ByWater, WithinM: 45}, false, true, false, true},
		{"zones", register.RankingKey{By: register.ByZones, Zones: []zone.Kind{zone.StrictRoad}}, true, false, false, false},
		{"spots", register.RankingKey{By: register.BySpots}, false, false, true, true},
		{"themes", register.RankingKey{By: register.BySpots, Themes: []string{"barbecue"}}, false, false, true, false},
	} {
		k := ground.Keys(register.Ranking{Keys: []register.RankingKey{c.key}})[0]
		if k.Street(ab) != c.ab || k.Street(cd) != c.cd || k.Spot(here('a', 7)) != c.grill || k.Spot(here('h', 8)) != c.far {
			t.Errorf("%s: ab %v, cd %v, spots %v and %v come first", c.what, k.Street(ab), k.Street(cd), k.Spot(here('a', 7)), k.Spot(here('h', 8)))
		}
	}
}
