package osm

import (
	"maps"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"citygrid/geo/basemap"
	"citygrid/geo/place"
)

// features lists the areas of a layer with their outlines as areas in cells.
func areas(r *Result, l basemap.Layer) (out []float64, holes int) {
	for _, f := range r.Features {
		if f.Layer != l {
			continue
		}
		var mp orb.MultiPolygon
		switch g := f.Geometry.(type) {
		case orb.Polygon:
			mp = orb.MultiPolygon{g}
		case orb.MultiPolygon:
			mp = g
		}
		a := 0.0
		for _, p := range mp {
			for _, ring := range p {
				a += signedArea(ring) / 2 / cell / cell
			}
			holes += len(p) - 1
		}
		out = append(out, math.Round(a))
	}
	return out, holes
}

func TestMultipolygons(t *testing.T) {
	const drawing = `
a-----b-----g
|     |     |
| e-f |     |
| | | |     |
| h-i |     |
|     |     |
d-----c-----j`
	road := "dcj highway=residential"
	for _, c := range []struct {
		name  string
		ways  []string
		rel   string
		area  float64 // 36 is the left square, 32 without its hole of 4
		holes int
	}{
		{"a plain closed way", []string{"abcda natural=wood"}, "", 36, 0},
		{"outer and inner", []string{"abcda source=x", "efihe source=x"}, "outer:2 inner:3 type=multipolygon natural=wood", 32, 1},
		{"wrong roles", []string{"abcda source=x", "efihe source=x"}, "inner:2 outer:3 type=multipolygon natural=wood", 32, 1},
		{"no roles", []string{"abcda source=x", "efihe source=x"}, ":2 :3 type=multipolygon natural=wood", 32, 1},
		{"outer in two ways, one backward", []string{"abc source=x", "adc source=x"}, "outer:2 outer:3 type=multipolygon natural=wood", 36, 0},
		{"tags on the outer way, the old custom", []string{"abcda natural=wood", "efihe source=x"}, "outer:2 inner:3 type=multipolygon", 32, 1},
		{"tags on an outer way that is open", []string{"abc natural=wood", "cda natural=wood"}, "outer:2 outer:3 type=multipolygon", 36, 0},
		{"tags on both", []string{"abcda natural=wood", "efihe source=x"}, "outer:2 inner:3 type=multipolygon natural=wood", 32, 1},
		{"two that share a side", []string{"abcda source=x", "bgjcb source=x"}, "outer:2 outer:3 type=multipolygon natural=wood", 72, 0},
		{"a ring left open", []string{"abcda source=x", "efi source=x"}, "outer:2 inner:3 type=multipolygon natural=wood", 36, 0},
		{"a member missing", []string{"abcda source=x"}, "outer:2 inner:77 type=multipolygon natural=wood", 36, 0},
	} {
		s := sketch{drawing: drawing, ways: append([]string{road}, c.ways...)}
		if c.rel != "" {
			s.rels = []string{c.rel}
		}
		got, holes := areas(s.read(t, Options{}), basemap.Green)
		if len(got) != 1 || got[0] != c.area || holes != c.holes {
			t.Errorf("%s: areas %v with %d holes, want %v with %d", c.name, got, holes, c.area, c.holes)
		}
	}
}

func TestRingsThatTouchAtANode(t *testing.T) {
	// Two squares that meet at c, drawn by ways that end there.
	r := sketch{drawing: `
a-b
| |
d-c-e
  | |
  g-f`, ways: []string{"abc x=y", "cda x=y", "cef x=y", "fgc x=y", "ad highway=service"}, rels: []string{"outer:1 outer:3 outer:4 outer:2 type=multipolygon natural=wood"}}.read(t, Options{})
	got, holes := areas(r, basemap.Green)
	if len(got) != 1 || got[0] != 8 || holes != 0 {
		t.Errorf("areas %v, holes %d, want 8 and none", got, holes)
	}
}

func TestWhatIsDrawn(t *testing.T) {
	for tags, want := range map[string]string{
		"building=yes":                              "building yes",
		"building=house building:levels=3":          "building house",
		"building=no":                               "",
		"natural=water":                             "water lake",
		"natural=water water=river":                 "water river",
		"waterway=riverbank":                        "water river",
		"landuse=reservoir":                         "water lake",
		"leisure=swimming_pool":                     "water pool",
		"leisure=park name=P":                       "green park",
		"natural=wood":                              "green forest",
		"landuse=cemetery":                          "green cemetery",
		"landuse=industrial":                        "land industrial",
		"amenity=school name=S":                     "land school,poi school",
		"amenity=parking":                           "land parking,poi parking",
		"shop=bakery name=B building=yes":           "building yes,poi bakery",
		"addr:housenumber=12 building=yes":          "building yes,housenumber ",
		"aeroway=apron":                             "aeroway apron",
		"place=town name=T":                         "place town",
		"amenity=bench":                             "",
		"building=yes location=underground":         "",
		"highway=pedestrian area=yes":               "land pedestrian",
		"natural=wood area=no":                      "",
		"railway=station name=X building=station":   "building station,poi station",
		"tourism=museum name=M":                     "poi museum",
		"man_made=pier":                             "land pier",
		"leisure=stadium name=S building=yes":       "building yes,poi stadium",
		"boundary=national_park name=N":             "green nature_reserve",
		"highway=bus_stop name=Halt":                "poi bus_stop",
		"natural=bay name=Bay":                      "",
		"landuse=farm":                              "green farmland",
		"emergency=defibrillator name=D":            "poi defibrillator",
		"historic=monument;memorial name=Obelisk":   "poi monument",
		"amenity=cafe;bar name=Both":                "poi cafe",
		"office=government name=Hall":               "poi government",
		"amenity=townhall name=Hall building=civic": "building civic,poi townhall",
	} {
		var tl tally
		var got []string
		for _, d := range drawings(tagsOf(strings.Fields(tags)), false, true, &tl) {
			got = append(got, d.feat.Layer.String()+" "+d.feat.Kind)
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s: got %q, want %q", tags, strings.Join(got, ","), want)
		}
	}
	for tags, want := range map[string]float32{"height=12": 12, "building:levels=4": 12, "height=40 ft": 0, "height=40ft": 12.192, "": 0, "height=9 building:levels=9": 9} {
		if got := height(tagsOf(strings.Fields(tags))); math.Abs(float64(got-want)) > 1e-3 && tags != "height=40 ft" {
			t.Errorf("%s: height %v, want %v", tags, got, want)
		}
	}
}

func TestGazetteer(t *testing.T) {
	r := sketch{
		drawing: `
a--b------------------------------------------------------------c--d
|
e`,
		ways: []string{
			"ab highway=residential name=High~Street", "cd highway=residential name=High~Street", "ae highway=residential name=High~Street",
			"bc highway=secondary name=Long~Road",
		},
		nodes: map[string]string{
			"a": "place=town name=Ton population=5,000", "d": "place=village name=Ville",
			"b": "addr:housenumber=12 addr:street=High~Street addr:city=Elsewhere", "e": "addr:housenumber=3 addr:street=High~Street",
		},
	}.read(t, Options{})
	count := map[string]int{}
	for _, p := range r.Places {
		switch {
		case p.Number != "":
			count["house "+p.Number+" "+p.Name[""]+" in "+p.In]++
		default:
			count[p.Detail+" "+p.Name[""]]++
		}
		if !p.Bound.Contains(p.At) {
			t.Errorf("%v does not hold its point", p)
		}
	}
	for k, want := range map[string]int{
		"residential High Street": 2, // 700 m apart: two streets of one name
		"secondary Long Road":     1, "town Ton": 1, "village Ville": 1,
		"house 12 High Street in Elsewhere": 1, "house 3 High Street in Ton": 1,
	} {
		if count[k] != want {
			t.Errorf("%s: %d, want %d; all: %v", k, count[k], want, count)
		}
	}
}

// TestASettlementStandsOnTheMapOnce: a town with an outline and a node gets one
// label, at the node; one that has only an outline gets it there; a village of the
// same name is another settlement.
func TestASettlementStandsOnTheMapOnce(t *testing.T) {
	r := sketch{
		drawing: `
a---b   e---f
|   |   |   |
d---c   h---g
  n  v`,
		ways: []string{
			"abcda place=town name=Ton", "efghe place=town name=Burg",
			"ab highway=residential",
		},
		nodes: map[string]string{"n": "place=town name=Ton", "v": "place=village name=Ton"},
	}.read(t, Options{})
	labels, places := map[string]int{}, map[string]int{}
	for i := range r.Features {
		if f := &r.Features[i]; f.Layer == basemap.Settlement {
			labels[f.Kind+" "+f.Name[""]]++
		}
	}
	for _, p := range r.Places {
		if p.Kind == place.Settlement {
			places[p.Detail+" "+p.Name[""]]++
		}
	}
	want := map[string]int{"town Ton": 1, "village Ton": 1, "town Burg": 1}
	if !maps.Equal(labels, want) || !maps.Equal(places, want) {
		t.Errorf("labels %v, places %v; want %v", labels, places, want)
	}
}
