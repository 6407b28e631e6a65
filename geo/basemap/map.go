package basemap

import (
	"iter"
	"slices"
	"sync"

	"github.com/paulmach/orb"
)

// A Map is the base map of one city, ready to be cut into tiles.
type Map struct {
	parts  Parts
	bound  orb.Bound
	first  []uint8                     // the zoom of each record
	sheets [separate + 1]func() *sheet // by zoom, the last for all from separate on; made when first asked for
}

// sheet gives the sheet of zoom z.
func (m *Map) sheet(z uint8) *sheet { return m.sheets[min(z, separate)]() }

// New makes a Map of features, in their order. Features without a position on
// earth, lines shorter than about a centimetre and polygons without an inside
// are left out. It keeps nothing of what it is given.
func New(features []Feature) *Map {
	g := newGather(len(features))
	for _, f := range features {
		g.add(f)
	}
	g.parts.Points = slices.Clip(g.parts.Points)
	return newMap(g.parts)
}

// Build makes a Map of parts that were saved. It checks every index (ErrParts)
// and keeps the parts, which the caller must leave alone from then on.
func Build(p Parts) (*Map, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	return newMap(p), nil
}

func newMap(p Parts) *Map {
	m := &Map{parts: p}
	if len(p.Points) > 0 {
		around := boxOf(p.Points)
		m.bound = orb.MultiPoint{around.low.LonLat(), around.high.LonLat()}.Bound()
	}
	m.first = make([]uint8, len(p.Records))
	for i := range p.Records {
		m.first[i] = p.firstZoom(&p.Records[i])
	}
	for z := range m.sheets {
		zoom := uint8(z)
		if z == separate {
			zoom = MaxZoom
		}
		m.sheets[z] = sync.OnceValue(func() *sheet { return newSheet(&m.parts, m.first, zoom) })
	}
	return m
}

// Parts are the map's columns, for saving. They are the map's own: read only.
func (m *Map) Parts() *Parts { return &m.parts }

// Len is how many features the map has.
func (m *Map) Len() int { return len(m.parts.Records) }

// Bound holds every feature. It is the zero Bound if there are none.
func (m *Map) Bound() orb.Bound { return m.bound }

// Features yields the features in the order that New was given them, positions
// rounded to 1e-7 degrees. Their names are the map's own: read only.
func (m *Map) Features() iter.Seq[Feature] {
	return func(yield func(Feature) bool) {
		for i := range m.parts.Records {
			if !yield(m.parts.feature(&m.parts.Records[i])) {
				return
			}
		}
	}
}

func (p *Parts) feature(r *Record) Feature {
	return Feature{
		Layer: r.Layer, Kind: p.Words[r.Kind], Group: p.Words[r.Group],
		Geometry: p.geometry(r), Name: p.Names[r.Names], Ref: p.Words[r.Ref],
		MinZoom: r.MinZoom, Rank: r.Rank, HeightM: r.HeightM, Segment: r.Segment,
		OneWay: r.OneWay, Level: r.Level,
		Link: r.Flags&Link != 0, Bridge: r.Flags&Bridge != 0, Tunnel: r.Flags&Tunnel != 0,
	}
}

// geometry is the record's geometry in degrees, in orb's simplest type for it.
func (p *Parts) geometry(r *Record) orb.Geometry {
	rings := p.Rings[r.First : r.First+r.Rings]
	switch r.Shape {
	case Lines:
		lines := make(orb.MultiLineString, len(rings))
		for i, ring := range rings {
			lines[i] = p.degrees(ring, 0)
		}
		if len(lines) == 1 {
			return lines[0]
		}
		return lines
	case Polygons:
		var polygons orb.MultiPolygon
		for _, ring := range rings {
			closed := orb.Ring(p.degrees(ring, 1))
			closed[len(closed)-1] = closed[0]
			if ring.Hole {
				last := len(polygons) - 1
				polygons[last] = append(polygons[last], closed)
			} else {
				polygons = append(polygons, orb.Polygon{closed})
			}
		}
		if len(polygons) == 1 {
			return polygons[0]
		}
		return polygons
	}
	var dots orb.MultiPoint
	for _, ring := range rings {
		dots = append(dots, p.degrees(ring, 0)...)
	}
	if len(dots) == 1 {
		return dots[0]
	}
	return dots
}

// degrees gives the ring's points, with room for extra more at the end.
func (p *Parts) degrees(ring Ring, extra int) []orb.Point {
	points := make([]orb.Point, int(ring.Count)+extra)
	for i, q := range p.Points[ring.First : ring.First+ring.Count] {
		points[i] = q.LonLat()
	}
	return points
}
