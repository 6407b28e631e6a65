package basemap

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

// decoded gives the tile's layers by name; none if the tile is nil.
func decoded(t interface {
	Helper()
	Fatalf(string, ...any)
}, m *Map, z, x, y uint32,
) map[string][]*geojson.Feature {
	t.Helper()
	data, err := m.Tile(z, x, y)
	if err != nil {
		t.Fatalf("tile %d/%d/%d: %v", z, x, y, err)
	}
	layers, err := mvt.Unmarshal(data)
	if err != nil {
		t.Fatalf("tile %d/%d/%d does not decode: %v", z, x, y, err)
	}
	found := map[string][]*geojson.Feature{}
	for _, l := range layers {
		if l.Version != 2 || l.Extent != extent || len(l.Features) == 0 {
			t.Fatalf("layer %s: version %d, extent %d, %d features", l.Name, l.Version, l.Extent, len(l.Features))
		}
		found[l.Name] = l.Features
	}
	return found
}

func TestPropertiesOfATile(t *testing.T) {
	m := New([]Feature{
		{
			Layer: Street, Kind: "primary_link", Ref: "US 13", Segment: 8, OneWay: -1, Bridge: true, Level: 1,
			Name:     map[string]string{"": "Main Street", "zh": "主街", "en": "Main Street", "fr": "Rue Principale"},
			Geometry: orb.LineString{{0.001, -0.001}, {0.002, -0.002}},
		},
		{Layer: Building, HeightM: 9.5, Geometry: orb.Bound{Min: orb.Point{0.001, -0.002}, Max: orb.Point{0.002, -0.001}}},
		{Layer: POI, Kind: "cafe", Group: "amenity", Rank: 3, Geometry: orb.Point{0.001, -0.001}},
		{Layer: HouseNumber, Name: map[string]string{"": "12a"}, Geometry: orb.Point{0.001, -0.001}},
	})
	got := decoded(t, m, 15, 1<<14, 1<<14)
	for layer, want := range map[string]string{
		"street":      "map[bridge:true kind:primary level:1 link:true name:Main Street name:zh:主街 oneway:-1 ref:US 13]",
		"building":    "map[height:9.5]",
		"poi":         "map[group:amenity kind:cafe rank:3]",
		"housenumber": "map[number:12a]",
	} {
		if len(got[layer]) != 1 || fmt.Sprint(got[layer][0].Properties) != want {
			t.Errorf("%s: got %+v, want one with %s", layer, got[layer], want)
		}
	}
	if id := got["street"][0].ID; id != float64(8) {
		t.Errorf("street id %v (%T), want 8", id, id)
	}
	if low := decoded(t, m, 12, 1<<11, 1<<11)["street"]; len(low) != 1 || low[0].ID != nil {
		t.Errorf("at zoom 12, where lines are merged, got %+v, want one street without id", low)
	}
}

func TestTilesOutsideTheWorld(t *testing.T) {
	m := New(nil)
	for _, a := range [][3]uint32{{16, 0, 0}, {0, 1, 0}, {0, 0, 1}, {3, 8, 0}, {3, 0, 8}, {math.MaxUint32, 0, 0}} {
		if _, err := m.Tile(a[0], a[1], a[2]); !errors.Is(err, ErrNoTile) {
			t.Errorf("tile %v: %v, want ErrNoTile", a, err)
		}
	}
	if data, err := m.Tile(0, 0, 0); data != nil || err != nil {
		t.Errorf("empty map: %d bytes, %v; want nil, nil", len(data), err)
	}
	if data, err := New(nil).Tile(15, 1<<15-1, 1<<15-1); data != nil || err != nil {
		t.Errorf("the last tile: %d bytes, %v; want nil, nil", len(data), err)
	}
}

func TestFirstZooms(t *testing.T) {
	line := orb.LineString{{0.01, 0.01}, {0.2, 0.2}}
	// A square of side metres at the equator.
	square := func(side float64) orb.Geometry {
		d := side / 111_319.5
		return orb.Bound{Min: orb.Point{0.01, 0.01}, Max: orb.Point{0.01 + d, 0.01 + d}}
	}
	for _, c := range []struct {
		what    string
		feature Feature
		want    uint32
	}{
		{"motorway", Feature{Layer: Street, Kind: "motorway", Geometry: line}, 5},
		{"motorway link", Feature{Layer: Street, Kind: "motorway_link", Geometry: line}, 9},
		{"primary", Feature{Layer: Street, Kind: "primary", Geometry: line}, 8},
		{"secondary", Feature{Layer: Street, Kind: "secondary", Geometry: line}, 9},
		{"tertiary", Feature{Layer: Street, Kind: "tertiary", Geometry: line}, 11},
		{"residential", Feature{Layer: Street, Kind: "residential", Geometry: line}, 12},
		{"footway", Feature{Layer: Street, Kind: "footway", Geometry: line}, 14},
		{"residential that the importer puts off", Feature{Layer: Street, Kind: "residential", MinZoom: 15, Geometry: line}, 15},
		{"something put off for ever", Feature{Layer: Street, Kind: "path", MinZoom: 99, Geometry: line}, 15},
		{"sea", Feature{Layer: Water, Kind: "sea", Geometry: square(40_000)}, 0},
		{"lake of 4 km", Feature{Layer: Water, Kind: "lake", Geometry: square(4000)}, 6},
		{"pond of 40 m", Feature{Layer: Water, Kind: "lake", Geometry: square(40)}, 13},
		{"pool of 4 m", Feature{Layer: Water, Kind: "pool", Geometry: square(4)}, 15},
		{"hall of 100 m", Feature{Layer: Building, Geometry: square(100)}, 13},
		{"house of 12 m", Feature{Layer: Building, Geometry: square(12)}, 14},
		{"shed of 2 m", Feature{Layer: Building, Geometry: square(2)}, 15},
		{"house number", Feature{Layer: HouseNumber, Name: map[string]string{"": "1"}, Geometry: orb.Point{0.01, 0.01}}, 15},
		{"cafe", Feature{Layer: POI, Kind: "cafe", Geometry: orb.Point{0.01, 0.01}}, 14},
		{"city", Feature{Layer: Settlement, Kind: "city", Geometry: orb.Point{0.01, 0.01}}, 4},
	} {
		m := New([]Feature{c.feature})
		p, _ := project(orb.Point{0.01, 0.01})
		got := uint32(0)
		for ; got <= MaxZoom; got++ {
			// The north-east of the point, as far as the line goes.
			if data, _ := m.Tile(got, p.X>>(32-got), p.Y>>(32-got)); data != nil {
				break
			}
		}
		if got != c.want {
			t.Errorf("%s: first drawn at zoom %d, want %d", c.what, got, c.want)
		}
	}
}

// someFeature draws a feature of any layer, up to a degree wide, around (10, 50).
func someFeature(t *rapid.T) Feature {
	near := func() orb.Point {
		spread := math.Pow(10, -float64(rapid.IntRange(0, 4).Draw(t, "spread")))
		return orb.Point{
			10 + spread*float64(rapid.IntRange(-5000, 5000).Draw(t, "x"))/10000,
			50 + spread*float64(rapid.IntRange(-5000, 5000).Draw(t, "y"))/10000,
		}
	}
	points := func(least int) []orb.Point {
		points := make([]orb.Point, rapid.IntRange(least, 12).Draw(t, "points"))
		for i := range points {
			points[i] = near()
		}
		return points
	}
	f := Feature{Kind: rapid.SampledFrom([]string{"", "motorway", "residential", "river", "sea", "city", "rail"}).Draw(t, "kind")}
	switch rapid.IntRange(0, 2).Draw(t, "shape") {
	case 0:
		f.Layer = rapid.SampledFrom([]Layer{Settlement, POI, HouseNumber}).Draw(t, "layer")
		f.Geometry = near()
		f.Name = map[string]string{"": "x"}
	case 1:
		f.Layer = rapid.SampledFrom([]Layer{Street, Rail, Waterway, Boundary}).Draw(t, "layer")
		f.Geometry = orb.LineString(points(2))
	default:
		f.Layer = rapid.SampledFrom([]Layer{Land, Green, Water, Building}).Draw(t, "layer")
		ring := orb.Ring(points(3))
		f.Geometry = orb.Polygon{append(ring, ring[0])}
	}
	return f
}

// A line is on a tile, and a point's tile shows it, at every zoom that draws it.
func TestWhatIsVisibleIsInItsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := someFeature(t)
		m := New([]Feature{f})
		if m.Len() == 0 {
			return // its points fell together
		}
		r := &m.parts.Records[0]
		if r.Shape == Polygons && m.parts.area(r) < 1e10 {
			return // a needle, which no grid can hold
		}
		ring := m.parts.Rings[r.First]
		where := m.parts.Points[ring.First+uint32(rapid.IntRange(0, int(ring.Count)-1).Draw(t, "corner"))]
		for z := uint32(0); z <= MaxZoom; z++ {
			got := decoded(t, m, z, where.X>>(32-z), where.Y>>(32-z))[r.Layer.String()]
			switch visible := z >= uint32(m.first[0]); {
			case !visible && len(got) > 0:
				t.Fatalf("zoom %d: drawn, though its first zoom is %d", z, m.first[0])
			case visible && len(got) == 0 && (r.Shape == Dots || longerThan(f.Geometry, z)):
				t.Fatalf("zoom %d: missing from the tile of its corner %v", z, where.LonLat())
			}
		}
	})
}

// longerThan tells whether a line can be seen at the zoom in the tile of any of
// its corners: rounding and simplifying may move a corner out of its tile, but
// not out of a tile's buffer, and may make nothing only of what is tiny.
func longerThan(g orb.Geometry, z uint32) bool {
	line, ok := g.(orb.LineString)
	if !ok {
		return false // an area's corner may be cut off: see the test of areas
	}
	for i := 1; i < len(line); i++ {
		a, _ := project(line[i-1])
		b, _ := project(line[i])
		dx, dy := a.minus(b)
		if math.Hypot(dx, dy) < 40*unit(uint8(z)) {
			return false
		}
	}
	return true
}

func TestRingsAreValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var features []Feature
		for range rapid.IntRange(1, 4).Draw(t, "features") {
			features = append(features, someFeature(t))
		}
		m := New(features)
		z := uint32(rapid.IntRange(0, MaxZoom).Draw(t, "zoom"))
		p, _ := project(orb.Point{10, 50})
		x := p.X>>(32-z) + uint32(rapid.IntRange(0, 1).Draw(t, "east"))
		y := p.Y>>(32-z) + uint32(rapid.IntRange(0, 1).Draw(t, "south"))
		if x >= 1<<z || y >= 1<<z {
			return
		}
		for _, features := range decoded(t, m, z, x, y) {
			for _, f := range features {
				if why := wrong(f.Geometry); why != "" {
					t.Fatalf("%d/%d/%d: %s: %v", z, x, y, why, f.Geometry)
				}
			}
		}
	})
}

// wrong says what is wrong with a decoded geometry: outside the buffer,
// degenerate, or wound the wrong way.
func wrong(g orb.Geometry) string {
	b := g.Bound()
	if b.Min[0] < -buffer || b.Min[1] < -buffer || b.Max[0] > extent+buffer || b.Max[1] > extent+buffer {
		return "outside the buffer"
	}
	switch g := g.(type) {
	case orb.LineString:
		if len(g) < 2 {
			return "a line of one point"
		}
		for i := 1; i < len(g); i++ {
			if g[i] == g[i-1] {
				return "a line that stands still"
			}
		}
	case orb.MultiLineString:
		for _, line := range g {
			if why := wrong(line); why != "" {
				return why
			}
		}
	case orb.Polygon:
		for i, ring := range g {
			if len(ring) < 4 || !ring.Closed() {
				return "a ring of too few points"
			}
			// orb counts y up: counter-clockwise there is clockwise on the screen.
			if want := orb.CCW; i == 0 && ring.Orientation() != want || i > 0 && ring.Orientation() == want {
				return "a ring wound the wrong way"
			}
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			if why := wrong(polygon); why != "" {
				return why
			}
		}
	}
	return ""
}

// What two neighbours show of a line crosses their border at the same place.
func TestNeighboursMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := someFeature(t)
		f.Layer = Street
		line := orb.LineString{}
		for range rapid.IntRange(2, 20).Draw(t, "points") {
			line = append(line, orb.Point{
				10 + float64(rapid.IntRange(-9999, 9999).Draw(t, "x"))/1e5,
				50 + float64(rapid.IntRange(-9999, 9999).Draw(t, "y"))/1e5,
			})
		}
		f.Geometry = line
		f.Kind = "motorway"
		m := New([]Feature{f})
		z := uint32(rapid.IntRange(8, MaxZoom).Draw(t, "zoom"))
		p, _ := project(orb.Point{10, 50})
		x, y := p.X>>(32-z), p.Y>>(32-z)
		west := crossings(decoded(t, m, z, x, y)["street"], extent)
		east := crossings(decoded(t, m, z, x+1, y)["street"], 0)
		for _, w := range west {
			if !nearOne(w, east) {
				t.Fatalf("%d/%d/%d: crosses the border at %.1f, its eastern neighbour at %.1f", z, x, y, w, east)
			}
		}
		for _, e := range east {
			if !nearOne(e, west) {
				t.Fatalf("%d/%d/%d: crosses the border at %.1f, its western neighbour at %.1f", z, x+1, y, e, west)
			}
		}
	})
}

// crossings are the heights at which lines cross a vertical, well inside the
// tile, at an angle that lets rounding move the crossing by 2 units at most.
func crossings(features []*geojson.Feature, at float64) (heights []float64) {
	for _, f := range features {
		lines, _ := f.Geometry.(orb.MultiLineString)
		if line, ok := f.Geometry.(orb.LineString); ok {
			lines = orb.MultiLineString{line}
		}
		for _, line := range lines {
			for i := 1; i < len(line); i++ {
				a, b := line[i-1], line[i]
				if (a[0] < at) == (b[0] < at) || math.Abs(b[1]-a[1]) > 2*math.Abs(b[0]-a[0]) {
					continue
				}
				if h := a[1] + (at-a[0])/(b[0]-a[0])*(b[1]-a[1]); h > 10 && h < extent-10 {
					heights = append(heights, h)
				}
			}
		}
	}
	return heights
}

func nearOne(h float64, others []float64) bool {
	for _, o := range others {
		if math.Abs(h-o) <= 4 {
			return true
		}
	}
	return false
}

// The tiles of a zoom together cover as much of an area as it has, and each as
// much as orb's own clipping leaves of it.
func TestTilesTogetherCoverAnArea(t *testing.T) {
	covers(t, orb.Polygon{
		{{10.01, 50.01}, {10.09, 50.02}, {10.05, 50.05}, {10.08, 50.09}, {10.02, 50.08}, {10.01, 50.01}},
		{{10.03, 50.03}, {10.04, 50.06}, {10.035, 50.03}, {10.03, 50.03}},
	})
	// A shore with so many points that sheets keep it in cells, and an island.
	var shore, island orb.Ring
	for i := range 20_000 {
		sin, cos := math.Sincos(float64(i) / 20_000 * 2 * math.Pi)
		r := 0.04 * (1 + 0.02*math.Sin(float64(i)) + 0.1*math.Sin(float64(i)/50))
		shore = append(shore, orb.Point{10.05 + r*cos, 50.05 + r*sin})
		island = append(island, orb.Point{10.05 + r*cos/3, 50.05 + r*sin/3})
	}
	covers(t, orb.Polygon{append(shore, shore[0]), append(island, island[0])})
}

func covers(t *testing.T, lake orb.Polygon) {
	t.Helper()
	m := New([]Feature{{Layer: Water, Kind: "sea", Geometry: lake}})
	var want float64
	for i, ring := range m.parts.Rings {
		area := math.Abs(signedArea(m.parts.Points[ring.First : ring.First+ring.Count]))
		if i > 0 {
			area = -area
		}
		want += area
	}
	low, _ := project(orb.Point{10, 50.1})
	high, _ := project(orb.Point{10.1, 50})
	for z := uint32(9); z <= 15; z++ {
		var got float64
		for x := low.X >> (32 - z); x <= high.X>>(32-z); x++ {
			for y := low.Y >> (32 - z); y <= high.Y>>(32-z); y++ {
				for _, f := range decoded(t, m, z, x, y)["water"] {
					// Without the buffer, which neighbours share.
					polygon := f.Geometry.(orb.Polygon)
					for i, ring := range polygon {
						area := math.Abs(planar.Area(orb.Polygon{cropped(ring)}))
						if i > 0 {
							area = -area
						}
						got += area * unit(uint8(z)) * unit(uint8(z))
					}
				}
			}
		}
		if math.Abs(got-want) > 0.02*want {
			t.Errorf("zoom %d: tiles cover %.4g, the lake has %.4g", z, got, want)
		}
	}
}

// cropped cuts a decoded ring to the tile without its buffer.
func cropped(ring orb.Ring) orb.Ring {
	const away = 1000 // as Points are not negative
	points := make([]Point, len(ring)-1)
	for i, p := range ring[1:] {
		points[i] = Point{uint32(p[0] + away), uint32(p[1] + away)}
	}
	var left orb.Ring
	for _, p := range clipRing(points, box{Point{away, away}, Point{away + extent, away + extent}}) {
		left = append(left, orb.Point{float64(p.X), float64(p.Y)})
	}
	if len(left) > 0 {
		left = append(left, left[0])
	}
	return left
}

func TestTilesAreTheSameEachTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var features []Feature
		for range rapid.IntRange(1, 8).Draw(t, "features") {
			features = append(features, someFeature(t))
		}
		z := uint32(rapid.IntRange(0, MaxZoom).Draw(t, "zoom"))
		p, _ := project(orb.Point{10, 50})
		a, err := New(features).Tile(z, p.X>>(32-z), p.Y>>(32-z))
		b, err2 := New(features).Tile(z, p.X>>(32-z), p.Y>>(32-z))
		if err != nil || err2 != nil || !bytes.Equal(a, b) {
			t.Fatalf("two maps of the same features differ (%v, %v)", err, err2)
		}
	})
}

// Sheets are made when first asked for, by whichever goroutine is first.
func TestTilesAreCutByManyAtOnce(t *testing.T) {
	m := New([]Feature{{Layer: Street, Kind: "motorway", Geometry: orb.LineString{{10, 50}, {10.01, 50.01}, {10.02, 50}}}})
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			for z := range uint32(MaxZoom + 1) {
				p, _ := project(orb.Point{10.005, 50.005})
				if data, err := m.Tile(z, p.X>>(32-z), p.Y>>(32-z)); err != nil || (data == nil) != (z < 5) {
					t.Errorf("zoom %d: %d bytes, %v", z, len(data), err)
				}
			}
		})
	}
	running.Wait()
}

func FuzzTile(f *testing.F) {
	f.Add(uint32(14), uint32(1), uint32(2), []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
	f.Add(uint32(0), uint32(0), uint32(0), []byte("\xff\xff\xff\xff\x00\x00\x00\x00\x80\x80\x80\x80\x7f\x7f\x7f\x7f"))
	f.Add(uint32(15), uint32(32767), uint32(32767), bytes.Repeat([]byte{255, 0, 255, 1}, 300))
	f.Fuzz(func(t *testing.T, z, x, y uint32, data []byte) {
		var points []orb.Point
		for i := 0; i+4 <= len(data) && i < 8000; i += 4 {
			points = append(points, orb.Point{
				float64(int8(data[i]))*1.5 + float64(data[i+1])/200,
				float64(int8(data[i+2]))*0.75 + float64(data[i+3])/200,
			})
		}
		half := len(points) / 2
		m := New([]Feature{
			{Layer: Street, Kind: "motorway", Geometry: orb.LineString(points)},
			{Layer: Water, Kind: "sea", Geometry: orb.Polygon{orb.Ring(points[:half]), orb.Ring(points[half:])}},
			{Layer: Settlement, Kind: "city", Geometry: orb.MultiPoint(points)},
		})
		got, err := m.Tile(z, x, y)
		if err != nil {
			return
		}
		layers, err := mvt.Unmarshal(got)
		if err != nil {
			t.Fatal(err)
		}
		for _, layer := range layers {
			for _, feature := range layer.Features {
				if why := wrong(feature.Geometry); why != "" {
					t.Fatalf("%s: %v", why, feature.Geometry)
				}
			}
		}
	})
}
