package path

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// DefaultSnapLimit is how far from a street a point may lie when the query does
// not say.
const DefaultSnapLimit geo.Metres = 500

// farthestLook bounds the search for the street that an OffNetworkError tells of.
const farthestLook geo.Metres = 50_000

func checkLimit(limit geo.Metres) error {
	if !(limit > 0 && limit <= farthestLook) {
		return fmt.Errorf("snap limit %v m: want more than 0 and at most %v m", float64(limit), float64(farthestLook))
	}
	return nil
}

// Errors of routes. Match with errors.Is.
var (
	ErrOffNetwork = errors.New("no street near enough")
	ErrNoRoute    = errors.New("no route")
)

// An End is one of the points of a query.
type End string

// The points.
const (
	From End = "from"
	To   End = "to"
	Via  End = "via"
)

// An OffNetworkError says which end of a query has no street near enough that
// the profile may use, and where the nearest is.
type OffNetworkError struct {
	End     End
	At      orb.Point
	Limit   geo.Metres
	Nearest geo.Metres // how far the nearest usable street is; 0 = none within 50 km
	Profile string
}

func (e *OffNetworkError) Error() string {
	where := "none within 50 km"
	if e.Nearest > 0 {
		where = fmt.Sprintf("the nearest is %.0f m away", e.Nearest)
	}
	return fmt.Sprintf("%s %.6f,%.6f: no street for %s within %.0f m: %s", e.End, e.At[0], e.At[1], e.Profile, e.Limit, where)
}

// Unwrap makes errors.Is(err, ErrOffNetwork) hold.
func (e *OffNetworkError) Unwrap() error { return ErrOffNetwork }

// A place is where a route may start or end: on one segment, or at a junction,
// where it is on all that meet there.
type place []spot

// A spot is a place on one segment, with what must be kept there.
type spot struct {
	street.Near
	shut  [2]bool // by edge & 1: it may not be left or reached in that direction
	fixed bool    // it is left or reached on the state on alone
	on    state
}

// takes says whether one who travels on a state, which is of an edge, may stop at
// the spot.
func (s *spot) takes(on state, d edge) bool {
	if s.fixed {
		return s.on == on
	}
	return !s.shut[d&1]
}

// How many segments an end of a route may be snapped to: the nearest ones, and
// if none of them is in the main part of the network, the nearest there.
const (
	nearestAny  = 6
	nearestMain = 3
)

// sameSpot is how much farther than another a segment may be to count as just as
// near: OSM's own precision.
const sameSpot geo.Metres = 0.01

// first is the place nearest to a point, the one that places lists first: nil if
// it lies off the network.
func (e *Engine) first(p orb.Point, limit geo.Metres) place {
	near := e.n.AsNear(p, limit, e.usable, nearestAny, sameSpot)
	if len(near) == 0 {
		return nil
	}
	return gather(near)[0]
}

// places lists where an end may be snapped to, nearest first.
func (e *Engine) places(end End, p orb.Point, limit geo.Metres) ([]place, error) {
	near := e.n.Nearest(p, limit, e.usable, nearestAny)
	if len(near) == 0 {
		return nil, e.offNetwork(end, p, limit)
	}
	if !slices.ContainsFunc(near, func(n street.Near) bool { return e.inMain(n.Segment) }) {
		near = append(near, e.n.Nearest(p, limit, e.inMain, nearestMain)...)
	}
	return gather(near), nil
}

func (e *Engine) offNetwork(end End, p orb.Point, limit geo.Metres) *OffNetworkError {
	off := &OffNetworkError{End: end, At: p, Limit: limit, Profile: e.p.Name}
	if far := e.n.Nearest(p, farthestLook, e.usable, 1); len(far) > 0 {
		off.Nearest = far[0].Distance
	}
	return off
}

// gather makes places of what is near, in order: what is at the same spot is one.
func gather(near []street.Near) []place {
	var all []place
	for _, n := range near {
		if k := len(all) - 1; k >= 0 && n.Distance-all[k][0].Distance <= sameSpot && geo.Distance(n.At, all[k][0].At) <= sameSpot {
			all[k] = append(all[k], spot{Near: n})
		} else {
			all = append(all, place{{Near: n}})
		}
	}
	return all
}

// usable says whether the profile may travel a segment in some direction.
func (e *Engine) usable(id street.SegmentID) bool {
	return e.open(edgeOf(id, true)) || e.open(edgeOf(id, false))
}

// open says whether the profile may travel an edge now.
func (e *Engine) open(d edge) bool {
	s := e.g.of[d]
	return s != noState && e.whole(s) < never
}

// inMain says whether a segment belongs to the main part of the network.
func (e *Engine) inMain(id street.SegmentID) bool {
	for _, forward := range [...]bool{true, false} {
		if d := edgeOf(id, forward); e.open(d) && e.main[e.g.of[d]] {
			return true
		}
	}
	return false
}

// A pair is two places to try, and how far they are from the ends together.
type pair struct {
	from, to place
	i, j     int // of the places
	off      geo.Metres
}

// pairs lists the places to try against each other, the nearest first, without
// those that no way joins.
func (e *Engine) pairs(from, to []place) []pair {
	return e.joinedPairs(from, to, e.allAround(from), e.allAround(to))
}

// joinedPairs is pairs when what is around the places is known.
func (e *Engine) joinedPairs(from, to []place, aroundFrom, aroundTo []around) []pair {
	var all []pair
	for i, f := range from {
		for j, t := range to {
			if e.joins(&aroundFrom[i], &aroundTo[j]) {
				all = append(all, pair{f, t, i, j, f[0].Distance + t[0].Distance})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b pair) int { return cmp.Compare(a.off, b.off) })
	return all
}

// joined says whether there may be a way between two places on the map as it is:
// most that cannot be are known without a search.
func (e *Engine) joined(from, to place) bool {
	f, t := e.around(from), e.around(to)
	return e.joins(&f, &t)
}

// around is what is known about getting from and to a place.
type around struct {
	states []state // it is on
	leads  bool    // the main part can be reached from it
	led    bool    // it can be reached from the main part
}

func (e *Engine) around(p place) (a around) {
	for _, near := range p {
		for _, s := range e.statesAt(near) {
			a.states = append(a.states, s)
			a.leads, a.led = a.leads || e.leads[s], a.led || e.led[s]
		}
	}
	return a
}

func (e *Engine) allAround(places []place) []around {
	all := make([]around, len(places))
	for i, p := range places {
		all[i] = e.around(p)
	}
	return all
}

// joins says whether there may be a way from one place to another.
func (e *Engine) joins(from, to *around) bool {
	if !e.share(e.island, from, to) {
		return false
	}
	return (from.leads || e.share(e.outOf, from, to)) && (to.led || e.share(e.into, from, to))
}

// share says whether a state of one place is in the same part as one of the other.
func (e *Engine) share(part []state, from, to *around) bool {
	for _, s := range from.states {
		for _, t := range to.states {
			if part[s] == part[t] {
				return true
			}
		}
	}
	return false
}

// statesOn lists the states without memory of a segment that are open, up to two.
func (e *Engine) statesOn(id street.SegmentID) []state {
	forward, backward := e.g.of[edgeOf(id, true)], e.g.of[edgeOf(id, false)]
	if forward != noState && e.whole(forward) == never {
		forward = noState
	}
	if backward != noState && e.whole(backward) == never {
		backward = noState
	}
	switch {
	case backward == noState && forward == noState:
		return nil
	case backward == noState:
		return []state{forward}
	case forward == noState:
		return []state{backward}
	}
	return []state{forward, backward}
}

// statesAt are the states on which a spot may be left, or reached, memory aside.
func (e *Engine) statesAt(at spot) []state {
	if at.fixed {
		if e.whole(at.on) >= never {
			return nil
		}
		return []state{at.on}
	}
	states := e.statesOn(at.Segment)
	if at.shut == [2]bool{} {
		return states
	}
	return slices.DeleteFunc(states, func(s state) bool { return at.shut[e.g.edge[s]&1] })
}

// position is how far along an edge, in its direction, a place on its segment is.
func (e *Engine) position(d edge, near street.Near) geo.Metres {
	if d.forward() {
		return near.Along
	}
	return max(0, geo.Metres(e.n.Segment(d.segment()).LengthM)-near.Along)
}

// upTo is the cost from the start of an edge to a position along it.
func (e *Engine) upTo(s state, position geo.Metres) cost {
	length := geo.Metres(e.n.Segment(e.g.edge[s].segment()).LengthM)
	whole := e.whole(s)
	if length <= 0 {
		return 0
	}
	share := min(1, position/length)
	return min(whole, costOf(uint32(math.Round(float64(whole.ms())*float64(share))), share*length))
}

// near is the one of a place's segments that an edge runs along.
func (at place) near(d edge) street.Near {
	i := slices.IndexFunc(at, func(n spot) bool { return n.Segment == d.segment() })
	return at[i].Near
}
