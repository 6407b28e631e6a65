package path

import (
	"fmt"
	"math"
	"slices"

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

// manyChanges is the share of segments from which on all costs are found anew.
const manyChanges = 0.02

// With is the engine for the same streets with these changes and no others: those
// of e don't count. It takes time by the number of segments in which the two
// differ, under a millisecond for a few. A closed segment can't be travelled, nor
// can routes start or end there; one that the profile may not travel stays so. A
// later change of a segment replaces an earlier one. The error says which change
// makes no sense.
func (e *Engine) With(changes []Change) (*Engine, error) {
	for i, c := range changes {
		if uint64(c.Segment) >= uint64(e.n.Segments()) {
			return nil, fmt.Errorf("change %d: segment %d, there are %d", i, c.Segment, e.n.Segments())
		}
		if !(c.SpeedKMH >= 0 && c.SpeedKMH <= math.MaxFloat32) {
			return nil, fmt.Errorf("change %d: speed %v km/h, want 0 (closed) or more", i, c.SpeedKMH)
		}
	}
	with := *e
	if float64(len(changes)) > manyChanges*float64(e.n.Segments()) {
		with.changes = changed{all: slices.Clone(e.g.whole)}
		e.apply(changes, func(s state, c cost) { with.changes.all[s] = c })
		for d, copies := range e.g.copies {
			for _, c := range copies {
				with.changes.all[c] = with.changes.all[e.g.of[d]]
			}
		}
		with.metric = newMetric(e.h, e.g, with.whole)
		return &with, nil
	}
	with.changes = changed{few: make(map[state]cost, 2*len(changes))}
	e.apply(changes, func(s state, c cost) {
		with.changes.few[s] = c
		for _, copied := range e.g.copies[e.g.edge[s]] {
			with.changes.few[copied] = c
		}
	})
	if differ, ok := e.differ(with.changes.few); !ok {
		with.metric = newMetric(e.h, e.g, with.whole)
	} else if len(differ) > 0 {
		with.metric = e.metric.changed(e.h, e.g, with.whole, differ)
	}
	return &with, nil
}

// changed are the costs of states that are not those of the map: a few, or all.
type changed struct {
	few map[state]cost
	all []cost
}

// apply tells the states that changes are about, copies aside, and what they cost
// then.
func (e *Engine) apply(changes []Change, set func(state, cost)) {
	for _, c := range changes {
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
			set(s, whole)
		}
	}
}

// differ lists the states that cost something else now, in their order; ok is
// false if they are many.
func (e *Engine) differ(now map[state]cost) (differ []state, ok bool) {
	if e.changes.all != nil {
		return nil, false
	}
	for s, c := range now {
		if c != e.whole(s) {
			differ = append(differ, s)
		}
	}
	for s, c := range e.changes.few {
		if _, still := now[s]; !still && c != e.g.whole[s] {
			differ = append(differ, s)
		}
	}
	slices.Sort(differ)
	return differ, float64(len(differ)) <= manyChanges*float64(len(e.g.whole))
}
