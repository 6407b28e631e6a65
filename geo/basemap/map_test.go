package basemap

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func TestFeaturesComeBackAsGiven(t *testing.T) {
	square := orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}}
	hole := orb.Ring{{.2, .2}, {.2, .4}, {.4, .4}, {.2, .2}}
	given := []Feature{
		{Layer: Settlement, Kind: "city", Geometry: orb.Point{116.3912345, 39.9}, Name: map[string]string{"": "北京", "en": "Beijing"}, Rank: 2, MinZoom: 3},
		{Layer: POI, Kind: "cafe", Group: "amenity", Geometry: orb.MultiPoint{{1, 2}, {3, 4}}},
		{Layer: Street, Kind: "primary", Geometry: orb.LineString{{1, 2}, {3, 4}, {1, 2}}, Name: map[string]string{"": "Main Street"}, Ref: "US 13", Segment: 7, OneWay: -1, Level: -2, Link: true, Bridge: true},
		{Layer: Rail, Kind: "tram", Geometry: orb.MultiLineString{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}, Tunnel: true},
		{Layer: Building, Geometry: orb.Polygon{square, hole}, HeightM: 12.5},
		{Layer: Water, Kind: "lake", Geometry: orb.MultiPolygon{{square, hole}, {{{5, 5}, {6, 5}, {6, 6}, {5, 5}}}}},
	}
	m := New(given)
	got := slices.Collect(m.Features())
	if !reflect.DeepEqual(got, given) {
		t.Errorf("got  %v\nwant %v", got, given)
	}
	again, err := Build(*m.Parts())
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Collect(again.Features()); !reflect.DeepEqual(got, given) {
		t.Errorf("after Build: got  %v\nwant %v", got, given)
	}
	if want := (orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{116.3912345, 39.9}}); m.Bound() != want {
		t.Errorf("bound %v, want %v", m.Bound(), want)
	}
}

func TestNewLeavesOutWhatCannotBeDrawn(t *testing.T) {
	nan := math.NaN()
	for name, g := range map[string]orb.Geometry{
		"nothing":                  nil,
		"an empty line":            orb.LineString{},
		"a line of one point":      orb.LineString{{1, 1}, {1, 1}},
		"no number":                orb.Point{nan, 1},
		"not on earth":             orb.Point{181, 1},
		"a polygon without rings":  orb.Polygon{},
		"a ring of two points":     orb.Polygon{{{1, 1}, {2, 2}, {1, 1}}},
		"holes in no polygon":      orb.Polygon{{}, {{1, 1}, {2, 2}, {2, 1}, {1, 1}}},
		"an empty collection":      orb.Collection{nil, orb.Collection{}},
		"a typed nil multipolygon": orb.MultiPolygon(nil),
	} {
		if m := New([]Feature{{Layer: Green, Geometry: g}}); m.Len() != 0 {
			t.Errorf("%s: kept", name)
		}
	}
	if m := New([]Feature{{Layer: Layers, Geometry: orb.Point{1, 1}}}); m.Len() != 0 {
		t.Error("a layer that does not exist: kept")
	}
}

func TestOSMPositionsSurviveMercator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lon := rapid.IntRange(-1800000000, 1799999999).Draw(t, "lon")
		lat := rapid.IntRange(-850000000, 850000000).Draw(t, "lat")
		p := orb.Point{math.Round(float64(lon)) / 1e7, math.Round(float64(lat)) / 1e7}
		q, ok := project(p)
		if !ok || q.LonLat() != p {
			t.Fatalf("%v comes back as %v (%v)", p, q.LonLat(), ok)
		}
	})
}

func TestBuildRefusesPartsThatDoNotFit(t *testing.T) {
	whole := func() Parts {
		return *New([]Feature{
			{Layer: Street, Kind: "primary", Geometry: orb.LineString{{1, 2}, {3, 4}}, Name: map[string]string{"": "a"}},
			{Layer: Green, Geometry: orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}},
		}).Parts()
	}
	for name, spoil := range map[string]func(*Parts){
		"no words":          func(p *Parts) { p.Words = nil },
		"no names":          func(p *Parts) { p.Names = nil },
		"a word too high":   func(p *Parts) { p.Records[0].Kind = 9 },
		"a name too high":   func(p *Parts) { p.Records[0].Names = 9 },
		"an unknown layer":  func(p *Parts) { p.Records[0].Layer = Layers },
		"an unknown shape":  func(p *Parts) { p.Records[0].Shape = shapes },
		"no rings":          func(p *Parts) { p.Records[0].Rings = 0 },
		"rings that wrap":   func(p *Parts) { p.Records[0].First, p.Records[0].Rings = math.MaxUint32, 2 },
		"points that wrap":  func(p *Parts) { p.Rings[0].First, p.Rings[0].Count = math.MaxUint32, 2 },
		"a line of 1 point": func(p *Parts) { p.Rings[0].Count = 1 },
		"a hole in a line":  func(p *Parts) { p.Rings[0].Hole = true },
	} {
		p := whole()
		spoil(&p)
		if _, err := Build(p); !errors.Is(err, ErrParts) {
			t.Errorf("%s: %v, want ErrParts", name, err)
		}
	}
}
