package osm

import (
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"citygrid/geo/street"
)

func TestWaysAreCut(t *testing.T) {
	for _, c := range []struct {
		name string
		s    sketch
		want string // segments, by the letters of their ends
	}{
		{"where two share a node", sketch{drawing: "a-b-c\n  |\n  d", ways: []string{"abc highway=residential", "bd highway=footway"}}, "ab bc bd"},
		{"not where they only cross", sketch{drawing: "a-b-c\n  |\n  d", ways: []string{"abc highway=residential", "bd building=yes"}}, "ac"},
		{"where one ends on itself", sketch{drawing: "a-b-c\n  |/\n  d", ways: []string{"abcdb highway=residential"}}, "ab bd db"},
		{"a closed way in two", sketch{drawing: "a-b\n|-|\nd-c", ways: []string{"abcda highway=residential"}}, "ac ca"},
		{"there and back", sketch{drawing: "a-b", ways: []string{"aba highway=residential"}}, "ab ba"},
		{"at a bollard", sketch{drawing: "a-b-c", nodes: map[string]string{"b": "barrier=bollard"}, ways: []string{"abc highway=residential"}}, "ab bc"},
		{"not at a cattle grid", sketch{drawing: "a-b-c", nodes: map[string]string{"b": "barrier=cattle_grid"}, ways: []string{"abc highway=residential"}}, "ac"},
		{"where a node is missing", sketch{drawing: "a-b-c-d-e", missing: "c", ways: []string{"abcde highway=residential"}}, "ab de"},
		{"a node twice in a row", sketch{drawing: "a-b-c", ways: []string{"abbc highway=residential"}}, "ac"},
		{"a way of one node is none", sketch{drawing: "a-b-c", ways: []string{"abc highway=residential", "b highway=service"}}, "ac"},
		{"a way id there twice", sketch{drawing: "a-b-c", ways: []string{"abc highway=residential"}}, "ac"},
	} {
		r := c.s.read(t, Options{})
		if got := strings.Join(segs(&r.Parts), " "); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestBoxCutsJustOutside(t *testing.T) {
	// The box goes from column 3 to column 9.
	s := sketch{
		drawing: "a-b-c-d-e-f-g",
		ways:    []string{"abcdefg highway=residential", "ag highway=track"},
		nodes:   map[string]string{"a": "amenity=cafe name=Out", "d": "amenity=cafe name=In"},
	}
	r := s.read(t, Options{Bound: &orb.Bound{Min: orb.Point{3 * cell, -cell}, Max: orb.Point{9 * cell, cell}}})
	got := segs(&r.Parts)
	slices.Sort(got)
	if strings.Join(got, " ") != "ag bf" {
		t.Errorf("got %v, want bf, and ag which crosses the box", got)
	}
	if len(r.Places) != 1 || r.Places[0].Name[""] != "In" {
		t.Errorf("places %v, want the cafe in the box alone", r.Places)
	}
	_, err := readText(t, s.xml(), Options{Bound: &orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{2, 2}}})
	if err == nil || !strings.Contains(err.Error(), "no streets") {
		t.Errorf("a box without streets: got %v", err)
	}
	_, err = readText(t, s.xml(), Options{Bound: &orb.Bound{Min: orb.Point{2, 2}, Max: orb.Point{1, 1}}})
	if err == nil || !strings.Contains(err.Error(), "west,south,east,north") {
		t.Errorf("a box upside down: got %v", err)
	}
}

func TestSignalsAtTheStopLineBelongToTheJunction(t *testing.T) {
	r := sketch{
		drawing: "a--------b-c\n           |\n           d",
		nodes:   map[string]string{"b": "highway=traffic_signals"},
		ways:    []string{"abc highway=primary", "cd highway=residential"},
	}.read(t, Options{})
	if junction(t, &r.Parts, 'c').Flags&street.Signals == 0 || junction(t, &r.Parts, 'a').Flags != 0 {
		t.Error("the signals near c are not at c alone")
	}
}

func TestPrivateGateMakesTheWayBehindItPrivate(t *testing.T) {
	r := sketch{
		drawing: "a-b-c\n  |\n  d",
		nodes:   map[string]string{"b": "barrier=gate access=private"},
		ways:    []string{"abc highway=residential", "bd highway=service"},
	}.read(t, Options{})
	for i, s := range r.Parts.Segments {
		if private := s.Private&street.Car != 0; private != (seg(&r.Parts, street.SegmentID(i)) == "bd") {
			t.Errorf("%s: private %v", seg(&r.Parts, street.SegmentID(i)), private)
		}
	}
}

func TestUnconnectedPartsAreMarkedAndReported(t *testing.T) {
	r := sketch{drawing: "a-----b\n\nc-d", ways: []string{"ab highway=residential", "cd highway=residential"}}.read(t, Options{})
	if r.Parts.Segments[0].Flags&street.Disconnected != 0 || r.Parts.Segments[1].Flags&street.Disconnected == 0 {
		t.Error("cd is the part that is not connected")
	}
	if r.Report.Car.Parts != 2 || r.Report.Car.Segments != 2 {
		t.Errorf("report: %+v", r.Report.Car)
	}
}

func TestNamesAndConditions(t *testing.T) {
	r := sketch{drawing: "a-b", ways: []string{
		"ab highway=residential name=王府井大街 name:en=Wangfujing~Street name:zh=王府井大街 ref=S1 name:left=No alt_name=金街 maxheight=3.5 access:conditional=no~@~(Mo-Fr~07:00-09:00)",
	}}.read(t, Options{})
	s := r.Parts.Segments[0]
	n := r.Parts.Names[s.Name]
	if n.Default != "王府井大街" || n.Ref != "S1" || n.In["en"] != "Wangfujing Street" || n.In["alt_name"] != "金街" || n.In["left"] != "" {
		t.Errorf("name %+v", n)
	}
	if rules := r.Parts.Rules[s.Rules]; rules.MaxHeightM != 3.5 || rules.Conditional["access:conditional"] != "no @ (Mo-Fr 07:00-09:00)" {
		t.Errorf("rules %+v", rules)
	}
}

func TestSquaresCanBeWalkedRound(t *testing.T) {
	r := sketch{drawing: "a-b\n| |\nd-c", ways: []string{"abcda highway=pedestrian area=yes"}}.read(t, Options{})
	for _, s := range r.Parts.Segments {
		if s.Flags&street.Area == 0 || s.Forward != foot {
			t.Errorf("segment %+v", s)
		}
	}
	r = sketch{drawing: "a-b\n| |\nd-c", ways: []string{"abc source=x", "cda source=x"}, rels: []string{"outer:1 outer:2 type=multipolygon highway=pedestrian"}}.read(t, Options{})
	if len(r.Parts.Segments) != 2 || r.Parts.Segments[0].Flags&street.Area == 0 {
		t.Errorf("multipolygon: segments %+v", r.Parts.Segments)
	}
}
