package street

import (
	"slices"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// An End is one end of a segment, seen from the junction where it lies: Forward
// says that leaving the junction along it goes forward.
type End struct {
	Segment SegmentID
	Forward bool
}

// Parts are what the network was built from; read only.
func (n *Network) Parts() *Parts { return &n.parts }

// Junctions is how many junctions there are.
func (n *Network) Junctions() int { return len(n.parts.Junctions) }

// Segments is how many segments there are.
func (n *Network) Segments() int { return len(n.parts.Segments) }

// Junction is the junction with that number; read only.
func (n *Network) Junction(id JunctionID) *Junction { return &n.parts.Junctions[id] }

// Segment is the segment with that number; read only.
func (n *Network) Segment(id SegmentID) *Segment { return &n.parts.Segments[id] }

// Name is the name with that number; read only.
func (n *Network) Name(id NameID) *Name { return &n.parts.Names[id] }

// At lists the ends of segments that meet at a junction, by segment number;
// read only. A segment that comes back to its own junction is there twice.
func (n *Network) At(id JunctionID) []End { return n.ends[n.first[id]:n.first[id+1]] }

// Bound is the smallest box around all segments; without segments it is empty.
func (n *Network) Bound() orb.Bound { return n.bound }

// Line is the shape of a segment along its forward direction. It is a copy.
func (n *Network) Line(id SegmentID) orb.LineString {
	shape := n.shape(id)
	line := make(orb.LineString, len(shape))
	for i, f := range shape {
		line[i] = f.Point()
	}
	return line
}

func (n *Network) shape(id SegmentID) []Fixed {
	s := &n.parts.Segments[id]
	return n.parts.Shape[s.Shape : s.Shape+s.Points]
}

// Cut appends to line the part of a segment between two positions along it, in
// metres from its start; to < from runs backward. Both cut points are in the
// result, even when they are the same point.
func (n *Network) Cut(line orb.LineString, id SegmentID, from, to geo.Metres) orb.LineString {
	var room [32]geo.Metres
	along := n.positions(room[:0], id)
	shape := n.shape(id)
	lo, hi := min(from, to), max(from, to)
	start := len(line)
	line = append(line, pointAt(shape, along, lo))
	for i := 1; i < len(shape)-1; i++ {
		if lo < along[i] && along[i] < hi {
			line = append(line, shape[i].Point())
		}
	}
	line = append(line, pointAt(shape, along, hi))
	if to < from {
		slices.Reverse(line[start:])
	}
	return line
}

// PointAt is the point so many metres along the segment; before its start and
// beyond its end it is that end.
func (n *Network) PointAt(id SegmentID, along geo.Metres) orb.Point {
	var room [32]geo.Metres
	return pointAt(n.shape(id), n.positions(room[:0], id), along)
}

// positions appends how far along the segment each point of its shape lies. The
// last is LengthM exactly: the pieces are scaled to it, which changes nothing
// but roundings unless the importer knew the length better than the shape.
func (n *Network) positions(along []geo.Metres, id SegmentID) []geo.Metres {
	shape := n.shape(id)
	along = append(along, 0)
	var sum geo.Metres
	for i := 1; i < len(shape); i++ {
		sum += geo.Distance(shape[i-1].Point(), shape[i].Point())
		along = append(along, sum)
	}
	length := geo.Metres(n.parts.Segments[id].LengthM)
	if sum > 0 {
		for i := range along {
			along[i] *= length / sum
		}
	}
	along[len(along)-1] = length
	return along
}

func pointAt(shape []Fixed, along []geo.Metres, d geo.Metres) orb.Point {
	if d <= 0 {
		return shape[0].Point()
	}
	for i := 1; i < len(shape); i++ {
		if d < along[i] {
			a, b := shape[i-1].Point(), shape[i].Point()
			t := float64((d - along[i-1]) / (along[i] - along[i-1]))
			return orb.Point{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t}
		}
	}
	return shape[len(shape)-1].Point()
}
