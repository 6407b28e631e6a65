package closure

import (
	"cmp"
	"slices"

	"citygrid/geo"
	"citygrid/geo/street"
)

// How pieces are found again on a map.
const (
	sameWay  geo.Metres = 8   // a way may have been drawn anew by so much
	otherWay geo.Metres = 4   // a way may have been cut, and have another number
	mostOf              = 0.5 // of a segment must be covered by a piece
)

// A Stretch is a segment of a map that a closure is about, and in which directions.
type Stretch struct {
	Segment           street.SegmentID
	Forward, Backward bool
}

// Resolve finds the streets of a closure on a map, by segment, and counts the pieces
// that are not there any more. A street that was cut into several since is all of
// them; one that became part of a longer one is that one.
func Resolve(n *street.Network, c Closure) (found []Stretch, missing int) {
	both := c.Direction == Both
	for _, p := range c.Pieces {
		covered := along(n, p.Line, sameWay, func(id street.SegmentID) bool { return n.Segment(id).Way == p.Way })
		if len(covered) == 0 {
			covered = along(n, p.Line, otherWay, nil)
		}
		var best street.SegmentID
		taken := false
		for id, t := range covered {
			if t.length >= mostOf*geo.Metres(n.Segment(id).LengthM) {
				found, taken = append(found, stretch(id, t, both)), true
			}
			if b := covered[best]; t.length > b.length || t.length == b.length && id < best {
				best = id
			}
		}
		if !taken {
			if t := covered[best]; t.length > mostOf*lengthOf(p.Line) {
				found = append(found, stretch(best, t, both))
			} else {
				missing++
			}
		}
	}
	slices.SortFunc(found, func(a, b Stretch) int { return cmp.Compare(a.Segment, b.Segment) })
	out := found[:0]
	for _, s := range found {
		if k := len(out) - 1; k >= 0 && out[k].Segment == s.Segment {
			out[k].Forward, out[k].Backward = out[k].Forward || s.Forward, out[k].Backward || s.Backward
		} else {
			out = append(out, s)
		}
	}
	return out, missing
}

func stretch(id street.SegmentID, t tally, both bool) Stretch {
	return Stretch{id, both || t.sense >= 0, both || t.sense < 0}
}
