package path

import (
	"fmt"
	"math"

	"citygrid/geo"
	"citygrid/geo/street"
)

// This file keeps what a query wants of its ends: how one sets out, and on which
// side of the street one stops.

// start is a place to set out from, as the query wants it: nil if there is none.
func (e *Engine) start(q *Query, p place) place {
	if q.Heading == nil {
		return p
	}
	return e.narrowed(p, func(at *spot) {
		ahead := e.bearing(at.Near)
		if math.Abs(float64(q.Heading.Turn(ahead))) > 90 {
			at.shut[0] = true
		}
		if math.Abs(float64(q.Heading.Turn(ahead+180))) > 90 {
			at.shut[1] = true
		}
	})
}

// stop is a place to stop at, as the query wants it: nil if there is none.
func (e *Engine) stop(q *Query, p place) place {
	if !q.Curb || e.p.Vehicle == street.Foot || e.p.Vehicle == street.Boat {
		return p
	}
	return e.narrowed(p, func(at *spot) {
		if at.Side == 0 || !e.open(edgeOf(at.Segment, true)) || !e.open(edgeOf(at.Segment, false)) {
			return
		}
		near := street.Right
		if e.n.Parts().DrivesLeft {
			near = street.Left
		}
		// Forward has the point at hand, or backward does.
		at.shut[0], at.shut[1] = at.Side != near, at.Side == near
	})
}

// narrowed is a place with only the spots, and the directions, that narrow leaves.
func (e *Engine) narrowed(p place, narrow func(*spot)) place {
	var kept place
	for _, at := range p {
		narrow(&at)
		if len(e.statesAt(at)) > 0 {
			kept = append(kept, at)
		}
	}
	return kept
}

// kept are the places that the query's wishes leave; the error says that none is
// left to set out from.
func (e *Engine) kept(q *Query, from, to []place) (starts, stops []place, err error) {
	if q.Heading == nil && !q.Curb {
		return from, to, nil
	}
	for _, p := range from {
		if p = e.start(q, p); p != nil {
			starts = append(starts, p)
		}
	}
	for _, p := range to {
		if p = e.stop(q, p); p != nil {
			stops = append(stops, p)
		}
	}
	if len(starts) == 0 {
		return nil, nil, e.noStart(q)
	}
	return starts, stops, nil
}

// noStart is the error for a heading that no street near has.
func (e *Engine) noStart(q *Query) error {
	return fmt.Errorf("from %.6f,%.6f: no street for %s leads that way, %.0f degrees: %w",
		q.From[0], q.From[1], e.p.Name, float64(*q.Heading), ErrNoRoute)
}

// bearing is the direction in which a segment runs, forward, at a place on it.
func (e *Engine) bearing(at street.Near) geo.Degrees {
	const reach = 2 // metres: nearer points tell nothing, OSM's precision is 1 cm
	a, b := e.n.PointAt(at.Segment, at.Along-reach), e.n.PointAt(at.Segment, at.Along+reach)
	return geo.Bearing(a, b)
}
