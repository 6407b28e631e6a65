package match

import (
	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// Lines draws the parts of a way, without those that stay where they are.
func (m *Matcher) Lines(parts [][]Leg) orb.MultiLineString {
	lines := orb.MultiLineString{}
	for _, legs := range parts {
		var line, piece orb.LineString
		var long geo.Metres
		for i := range legs {
			l := &legs[i]
			long += l.Distance()
			piece = m.n.Cut(piece[:0], l.Segment, l.Start, l.End)
			for _, p := range piece {
				if len(line) == 0 || line[len(line)-1] != p {
					line = append(line, p)
				}
			}
		}
		if len(line) > 1 && long > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

// Nodes are the OSM nodes at the ends of a segment, in a direction of travel.
func Nodes(n *street.Network, id street.SegmentID, forward bool) (from, to int64) {
	s := n.Segment(id)
	from, to = n.Junction(s.From).Node, n.Junction(s.To).Node
	if !forward {
		from, to = to, from
	}
	return from, to
}
