package basemap

import (
	"maps"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// gather collects features into Parts, one copy of each word and name.
type gather struct {
	parts Parts
	words map[string]uint32
	names map[string]uint32 // by spelling, see spell
}

func newGather(features int) *gather {
	g := &gather{words: map[string]uint32{"": 0}, names: map[string]uint32{"": 0}}
	g.parts.Words = []string{""}
	g.parts.Names = []map[string]string{nil}
	g.parts.Records = make([]Record, 0, features)
	g.parts.Rings = make([]Ring, 0, features)
	return g
}

// add takes f over, unless nothing of its geometry can be drawn.
func (g *gather) add(f Feature) {
	if f.Layer >= Layers {
		return
	}
	r := Record{
		First: uint32(len(g.parts.Rings)), Segment: f.Segment, HeightM: f.HeightM,
		Layer: f.Layer, MinZoom: f.MinZoom, Rank: f.Rank, OneWay: f.OneWay, Level: f.Level,
	}
	if !g.geometry(f.Geometry, &r.Shape) {
		return
	}
	r.Rings = uint32(len(g.parts.Rings)) - r.First
	kind := f.Kind
	if f.Layer == Street {
		kind, f.Link = withoutLink(kind, f.Link)
	}
	r.Flags = Link.when(f.Link) | Bridge.when(f.Bridge) | Tunnel.when(f.Tunnel)
	r.Kind, r.Group, r.Ref = g.word(kind), g.word(f.Group), g.word(f.Ref)
	r.Names = g.name(f.Name)
	g.parts.Records = append(g.parts.Records, r)
}

func withoutLink(kind string, link bool) (string, bool) {
	if bare, cut := strings.CutSuffix(kind, "_link"); cut {
		return bare, true
	}
	return kind, link
}

func (g *gather) word(w string) uint32 {
	id, known := g.words[w]
	if !known {
		id = uint32(len(g.parts.Words))
		w = strings.Clone(w) // not a slice of some block of the extract
		g.words[w] = id
		g.parts.Words = append(g.parts.Words, w)
	}
	return id
}

func (g *gather) name(name map[string]string) uint32 {
	s := spell(name)
	id, known := g.names[s]
	if !known {
		id = uint32(len(g.parts.Names))
		g.names[s] = id
		g.parts.Names = append(g.parts.Names, maps.Clone(name))
	}
	return id
}

// spell writes a name in all its languages as one string, "" for none.
func spell(name map[string]string) string {
	if len(name) == 0 {
		return ""
	}
	if plain, ok := name[""]; ok && len(name) == 1 {
		return "\x00" + plain
	}
	var b strings.Builder
	for _, language := range slices.Sorted(maps.Keys(name)) {
		b.WriteString(language)
		b.WriteByte(0)
		b.WriteString(name[language])
		b.WriteByte(0)
	}
	return b.String()
}

// geometry appends the rings of og, tells their shape, and reports whether there
// are any. A collection gives its polygons, else its lines, else its points.
func (g *gather) geometry(og orb.Geometry, shape *Shape) bool {
	before := len(g.parts.Rings)
	switch og := og.(type) {
	case orb.Point:
		*shape = Dots
		g.ring([]orb.Point{og}, Dots, false)
	case orb.MultiPoint:
		*shape = Dots
		g.ring(og, Dots, false)
	case orb.LineString:
		*shape = Lines
		g.ring(og, Lines, false)
	case orb.MultiLineString:
		*shape = Lines
		for _, line := range og {
			g.ring(line, Lines, false)
		}
	case orb.Ring:
		*shape = Polygons
		g.polygon(orb.Polygon{og})
	case orb.Polygon:
		*shape = Polygons
		g.polygon(og)
	case orb.Bound:
		*shape = Polygons
		g.polygon(og.ToPolygon())
	case orb.MultiPolygon:
		*shape = Polygons
		for _, polygon := range og {
			g.polygon(polygon)
		}
	case orb.Collection:
		for want := 2; want >= 0; want-- {
			for _, part := range og {
				if part != nil && part.Dimensions() == want {
					g.geometry(part, shape)
				}
			}
			if len(g.parts.Rings) > before {
				break
			}
		}
	}
	return len(g.parts.Rings) > before
}

// polygon appends a polygon. Without a usable outer ring its holes go too.
func (g *gather) polygon(polygon orb.Polygon) {
	for i, ring := range polygon {
		if !g.ring(ring, Polygons, i > 0) && i == 0 {
			return
		}
	}
}

// ring appends one run of points without repetitions. It reports false, and
// appends nothing, if too few are left for the shape.
func (g *gather) ring(points []orb.Point, shape Shape, hole bool) bool {
	first := len(g.parts.Points)
	for _, lonLat := range points {
		p, ok := project(lonLat)
		if !ok {
			continue
		}
		if n := len(g.parts.Points); shape != Dots && n > first && g.parts.Points[n-1] == p {
			continue
		}
		g.parts.Points = append(g.parts.Points, p)
	}
	if n := len(g.parts.Points); shape == Polygons && n > first+1 && g.parts.Points[n-1] == g.parts.Points[first] {
		g.parts.Points = g.parts.Points[:n-1]
	}
	count := uint32(len(g.parts.Points) - first)
	if count < shape.least() {
		g.parts.Points = g.parts.Points[:first]
		return false
	}
	g.parts.Rings = append(g.parts.Rings, Ring{First: uint32(first), Count: count, Hole: hole})
	return true
}
