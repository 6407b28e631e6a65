package patrol

import (
	"citygrid/geo"
	"citygrid/geo/street"
)

// Pieces is how many pieces the streets hang together in that a walk sees, those that meet
// at a junction in one, and the share of their metres that the largest of them has, 0 to 1.
// A walk that sees none has none, and 1.
func (w *Walk) Pieces(n *street.Network) (count int, largest float64) {
	piece := make(map[street.JunctionID]street.JunctionID)
	var root func(j street.JunctionID) street.JunctionID
	root = func(j street.JunctionID) street.JunctionID {
		up, ok := piece[j]
		if !ok || up == j {
			piece[j] = j
			return j
		}
		up = root(up)
		piece[j] = up
		return up
	}
	seen := make(map[street.SegmentID]bool)
	for _, l := range w.Legs {
		if l.Serve {
			s := n.Segment(l.Segment)
			piece[root(s.From)] = root(s.To)
			seen[l.Segment] = true
		}
	}
	of := make(map[street.JunctionID]geo.Metres)
	var all, most geo.Metres
	for id := range seen {
		s := n.Segment(id)
		of[root(s.From)] += geo.Metres(s.LengthM)
		all += geo.Metres(s.LengthM)
	}
	for _, m := range of {
		most = max(most, m)
	}
	if all == 0 {
		return len(of), 1
	}
	return len(of), float64(most / all)
}
