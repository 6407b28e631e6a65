package basemap

import (
	"errors"
	"fmt"
)

// Parts are a Map's content as flat columns, as the map file keeps it. Words[0]
// is "" and Names[0] is nil. Names maps a language to a name and is shared by all
// features of that name: nobody may write to it.
type Parts struct {
	Words   []string
	Names   []map[string]string
	Records []Record
	Rings   []Ring
	Points  []Point
}

// A Record is a Feature without its pointers.
type Record struct {
	First            uint32 // its first ring in Parts.Rings
	Rings            uint32 // how many it has, at least 1
	Names            uint32 // in Parts.Names
	Kind, Group, Ref uint32 // in Parts.Words
	Segment          uint32
	HeightM          float32
	Layer            Layer
	Shape            Shape
	MinZoom, Rank    uint8
	OneWay, Level    int8
	Flags            Flags
}

// A Ring is a run of points: the points of a feature, one of its lines, or one
// ring of its polygons, which is not closed by a second copy of its first point.
type Ring struct {
	First, Count uint32 // in Parts.Points
	Hole         bool   // cut out of the ring before it that is no hole
}

// Shape says what the rings of a Record are.
type Shape uint8

// The shapes.
const (
	Dots Shape = iota
	Lines
	Polygons
	shapes
)

// Flags of a Record.
type Flags uint8

// What a street may be.
const (
	Link Flags = 1 << iota
	Bridge
	Tunnel
)

// when is the flag if it is on, else none.
func (f Flags) when(on bool) Flags {
	if on {
		return f
	}
	return 0
}

// ErrParts is why Build refuses: an index that points outside its column, or a
// ring with too few points.
var ErrParts = errors.New("base map parts do not fit together")

// check reports the first index of p that leads nowhere.
func (p *Parts) check() error {
	if len(p.Words) == 0 || p.Words[0] != "" || len(p.Names) == 0 || len(p.Names[0]) != 0 {
		return fmt.Errorf("%w: words and names must start with the empty ones", ErrParts)
	}
	for i, r := range p.Records {
		bad := func(what string) error { return fmt.Errorf("%w: record %d: %s", ErrParts, i, what) }
		words, names := uint32(len(p.Words)), uint32(len(p.Names))
		switch {
		case r.Layer >= Layers:
			return bad("no such layer")
		case r.Shape >= shapes:
			return bad("no such shape")
		case r.Kind >= words || r.Group >= words || r.Ref >= words:
			return bad("word out of range")
		case r.Names >= names:
			return bad("name out of range")
		case r.Rings == 0 || uint64(r.First)+uint64(r.Rings) > uint64(len(p.Rings)):
			return bad("rings out of range")
		}
		for k, ring := range p.Rings[r.First : r.First+r.Rings] {
			switch {
			case uint64(ring.First)+uint64(ring.Count) > uint64(len(p.Points)):
				return bad("points out of range")
			case ring.Count < r.Shape.least():
				return bad("too few points")
			case k == 0 && ring.Hole || ring.Hole && r.Shape != Polygons:
				return bad("a hole in nothing")
			}
		}
	}
	return nil
}

// least is how many points a ring of the shape must have.
func (s Shape) least() uint32 {
	switch s {
	case Lines:
		return 2
	case Polygons:
		return 3
	}
	return 1
}
