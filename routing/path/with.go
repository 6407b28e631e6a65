package path

import (
	"fmt"
	"math"

	"citygrid/geo"
	"citygrid/geo/street"
)

// A Change is what a segment is like for now, against the map: closed, or with
// another speed.
type Change struct {
	Segment           street.SegmentID
	Forward, Backward bool    // the directions it is about
	SpeedKMH          float64 // 0 = closed
}

// manyChanges is the share of states from which on all costs are found anew.
const manyChanges = 0.02

// With is the engine for the same streets with these changes and no others: those
// of e don't count. It takes time by the number of segments in which the two
// differ, under a millisecond for a few. A closed segment can't be travelled, nor
// can routes start or end there; one that the profile may not travel stays so. A
// later change of a segment replaces an earlier one. The error says which change
// makes no sense.
func (e *Engine) With(changes []Change) (*Engine, error) {
	now := make(map[state]cost)
	for i, c := range changes {
		if uint64(c.Segment) >= uint64(e.n.Segments()) {
			return nil, fmt.Errorf("change %d: segment %d, there are %d", i, c.Segment, e.n.Segments())
		}
		if !(c.SpeedKMH >= 0 && c.SpeedKMH <= math.MaxFloat32) {
			return nil, fmt.Errorf("change %d: speed %v km/h, want 0 (closed) or more", i, c.SpeedKMH)
		}
		length := geo.Metres(e.n.Segment(c.Segment).LengthM)
		whole := never
		if c.SpeedKMH > 0 {
			whole = costOf(milliseconds(float64(length)/c.SpeedKMH*3600), length)
		}
		for _, forward := range [...]bool{true, false} {
			s := e.g.of[edgeOf(c.Segment, forward)]
			if s == noState || forward && !c.Forward || !forward && !c.Backward {
				continue
			}
			now[s] = whole
			for _, copied := range e.g.copies[e.g.edge[s]] {
				now[copied] = whole
			}
		}
	}
	var differ []state
	for s, c := range now {
		if c != e.whole(s) {
			differ = append(differ, s)
		}
	}
	for s := range e.changes {
		if _, still := now[s]; !still && e.changes[s] != e.g.whole[s] {
			differ = append(differ, s)
		}
	}
	with := *e
	with.changes = now
	switch {
	case len(differ) == 0:
	case float64(len(differ)) > manyChanges*float64(len(e.h.state)):
		with.metric = newMetric(e.h, e.g, with.whole)
	default:
		with.metric = e.metric.changed(e.h, e.g, with.whole, differ)
	}
	return &with, nil
}
