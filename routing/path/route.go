package path

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// An Engine finds routes for one profile on one network, as its streets are at
// one time: With makes the engine for other closures and speeds, which shares all
// but the costs that differ. It is safe for any number of goroutines. In Delaware,
// of 115,000 segments, it takes about 50 MB for cars, and each query under way 5 MB
// that later ones use again.
type Engine struct {
	n       *street.Network
	p       Profile
	when    When
	g       *graph
	h       *hierarchy
	main    []bool  // by state: in the largest part where each reaches each
	leads   []bool  // by state: from it the main part can be reached
	led     []bool  // by state: it can be reached from the main part
	island  []state // by state: equal where there may be a way
	into    []state // by state: equal where a way may lead to what is not led
	outOf   []state // by state: equal where one may lead from what doesn't lead
	rooms   *sync.Pool
	metric  *metric
	changes changed // against the map

	until    time.Time // see Until
	changing bool
	timed    bool // see Timed
	unread   int
}

// NewEngine prepares routes for a profile. The network must not change. It takes
// longer where the network has no order (street.Parts.Order).
func NewEngine(n *street.Network, p Profile) *Engine { return NewEngineAt(n, p, When{}) }

// NewEngineAt is NewEngine for the streets as they are at a time: with the access,
// the directions, the limits and the turn bans that hold then, and the profile's
// speeds at that hour. It stands for that time until another is made; Until says
// when that should be.
func NewEngineAt(n *street.Network, p Profile, w When) *Engine { return newEngine(n, p, w, nil) }

// whole is the cost along a whole state now; never if it is closed.
func (e *Engine) whole(s state) cost {
	if e.changes.all != nil {
		return e.changes.all[s]
	}
	if len(e.changes.few) > 0 {
		if c, ok := e.changes.few[s]; ok {
			return c
		}
	}
	return e.g.whole[s]
}

// Along is the time along a whole segment, ok whether the profile may travel it
// in that direction. Private ground counts as travelled.
func (e *Engine) Along(id street.SegmentID, forward bool) (d time.Duration, ok bool) {
	if d := edgeOf(id, forward); e.open(d) {
		return e.whole(e.g.of[d]).duration(), true
	}
	return 0, false
}

// Passing is what the profile waits at a junction that it goes over: at traffic
// lights, at a gate. A Leg's Turn has it in.
func (e *Engine) Passing(j street.JunctionID) time.Duration {
	return time.Duration(e.p.pass(e.n.Junction(j).Flags)) * time.Millisecond
}

// Profile is the profile the engine was made for; its maps are read only.
func (e *Engine) Profile() Profile { return e.p }

// When is the time that the engine was made for.
func (e *Engine) When() When { return e.when }

// Until is the first time after When at which a condition of the map or an hour
// of the profile changes, so that another engine should take over; ok is false if
// none ever does, as when the engine knows no time.
func (e *Engine) Until() (t time.Time, ok bool) { return e.until, e.changing }

// Unread is how many different conditions on the map could not be read. They count
// as not there.
func (e *Engine) Unread() int { return e.unread }

// A Query asks for a route between two points.
type Query struct {
	From, To orb.Point
	// Via are points to be passed on the way, in order, at most MaxVia. At each the
	// traveller goes on as they came; feet, and profiles that turn round anywhere,
	// may turn round.
	Via []orb.Point
	// Heading is where the traveller looks at From, clockwise from north; nil =
	// anywhere. A street is not set out on in a direction more than 90 degrees off.
	Heading *geo.Degrees
	// Curb: Via and To are reached with the point on the side of the street where
	// one stops, the right one where traffic keeps right. On a one-way street either
	// side will do, and it is of no matter to feet and boats.
	Curb      bool
	SnapLimit geo.Metres // how far from a street any of them may be; 0 = DefaultSnapLimit
}

// MaxVia is the most points that a route passes on its way.
const MaxVia = 50

// A Route is the quickest way. Its legs join: each starts where the one before
// ends.
type Route struct {
	Distance geo.Metres
	Duration time.Duration  // whole milliseconds
	Line     orb.LineString // from FromSnap.At to ToSnap.At, at least two points
	Legs     []Leg          // at least one
	Streets  []Street       // the legs, as one would tell them
	Stops    []Stop         // the points of Query.Via
	FromSnap street.Near
	ToSnap   street.Near
}

// A Leg is the way along one segment. Only the first and the last may be less
// than the whole of it.
type Leg struct {
	Segment  street.SegmentID
	Forward  bool
	Start    geo.Metres // along the segment, from its own start; going backward,
	End      geo.Metres // End is less than Start
	Distance geo.Metres
	Turn     time.Duration // the turn into it; 0 for the first
	Duration time.Duration // along it, without the turn
}

// A Stop is a point on the way: the legs from Leg on come after it.
type Stop struct {
	Leg  int
	Snap street.Near
}

// A Street is the way along legs that follow each other under one name.
type Street struct {
	Name     street.NameID
	Distance geo.Metres
	Duration time.Duration // the turn into it included
}

// maxTries bounds how many pairs of places a query tries before it says that
// there is no route.
const maxTries = 16

// Route finds the quickest route.
//
// Each end is snapped to the nearest street the profile may use. Where from there
// no route leads to the other end, as beside a car park that nothing joins to the
// streets, the streets next nearest are tried. The error is an OffNetworkError
// for an end too far from any street (both, joined, if both are), ErrNoRoute when
// there are streets but no way, geo.ErrPosition for a point not on earth, or the
// context's.
func (e *Engine) Route(ctx context.Context, q Query) (Route, error) {
	if err := q.check(); err != nil {
		return Route{}, err
	}
	r := e.rooms.Get().(*room)
	defer e.rooms.Put(r)
	if len(q.Via) > 0 {
		ways, err := e.through(ctx, r, q)
		if err != nil {
			return Route{}, err
		}
		return e.chain(r, ways), nil
	}
	var route Route
	err := e.try(ctx, q, func(from, to place) bool {
		states := e.between(r, from, to)
		if states != nil {
			route = e.route(states, from, to)
		}
		return states != nil
	})
	return route, err
}

// Cost is Route without the way itself, and several times as quick. Its distance
// is Route's but for the rounding of each segment to a millimetre.
func (e *Engine) Cost(ctx context.Context, q Query) (Cost, error) {
	if err := q.check(); err != nil {
		return Cost{}, err
	}
	r := e.rooms.Get().(*room)
	defer e.rooms.Put(r)
	if len(q.Via) > 0 {
		ways, err := e.through(ctx, r, q)
		if err != nil {
			return Cost{}, err
		}
		sum := cost(0)
		for _, w := range ways {
			sum = sum.plus(w.cost)
		}
		return Cost{sum.duration(), sum.length()}, nil
	}
	least := never
	err := e.try(ctx, q, func(from, to place) bool {
		least = e.least(r, from, to)
		return least < never
	})
	return Cost{least.duration(), least.length()}, err
}

// least is the cost of the quickest way between two places.
func (e *Engine) least(r *room, from, to place) cost {
	_, direct := e.direct(from, to)
	return min(direct, e.search(r, e.exits(from, to), e.arriving(to)).cost)
}

// check fills in the limit and refuses what is no query.
func (q *Query) check() error {
	if q.SnapLimit == 0 {
		q.SnapLimit = DefaultSnapLimit
	}
	if err := checkLimit(q.SnapLimit); err != nil {
		return err
	}
	if len(q.Via) > MaxVia {
		return fmt.Errorf("%d points on the way, %d is the most", len(q.Via), MaxVia)
	}
	if h := q.Heading; h != nil && !(math.Abs(float64(*h)) <= 360) {
		return fmt.Errorf("heading %v: want 0 to 360 degrees", float64(*h))
	}
	for i, at := range append([]orb.Point{q.From, q.To}, q.Via...) {
		if !(math.Abs(at[0]) <= 180 && math.Abs(at[1]) <= 90) {
			return fmt.Errorf("%s %v: %w", [...]End{From, To, Via}[min(i, 2)], at, geo.ErrPosition)
		}
	}
	return nil
}

// try asks for a way between two places, pair after pair, until there is one.
// Nearly always the first pair will do, so the others are only looked for then.
func (e *Engine) try(ctx context.Context, q Query, way func(from, to place) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if f, t := e.start(&q, e.first(q.From, q.SnapLimit)), e.stop(&q, e.first(q.To, q.SnapLimit)); f != nil && t != nil && e.joined(f, t) && way(f, t) {
		return nil
	}
	from, errFrom := e.places(From, q.From, q.SnapLimit)
	to, errTo := e.places(To, q.To, q.SnapLimit)
	if err := errors.Join(errFrom, errTo); err != nil {
		return err
	}
	if from, to, errFrom = e.kept(&q, from, to); errFrom != nil {
		return errFrom
	}
	pairs := e.pairs(from, to)
	for _, p := range pairs[:min(maxTries, len(pairs))] {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("search for a route: %w", err)
		}
		if way(p.from, p.to) {
			return nil
		}
	}
	return e.noRoute(q)
}

func (e *Engine) noRoute(q Query) error {
	return fmt.Errorf("%s from %.6f,%.6f to %.6f,%.6f: %w", e.p.Name, q.From[0], q.From[1], q.To[0], q.To[1], ErrNoRoute)
}

// between finds the states of the quickest route from one place to another, none
// if there is no route.
func (e *Engine) between(r *room, from, to place) []state {
	direct, directCost := e.direct(from, to)
	way := e.search(r, e.exits(from, to), e.arriving(to))
	switch {
	case direct != noState && directCost <= way.cost:
		return []state{direct}
	case way.cost >= never:
		return nil
	}
	return e.states(r, way)
}

// direct finds the quickest route along one edge without a turn, noState if the
// places are on no common edge in that order.
func (e *Engine) direct(from, to place) (best state, least cost) {
	best, least = noState, never
	for _, f := range from {
		for _, t := range to {
			if f.Segment != t.Segment {
				continue
			}
			for _, s := range e.statesAt(f) {
				start, end := e.position(e.g.edge[s], f.Near), e.position(e.g.edge[s], t.Near)
				if start > end || !t.takes(s, e.g.edge[s]) {
					continue
				}
				if c := e.upTo(s, end) - e.upTo(s, start); c < least {
					best, least = s, c
				}
			}
		}
	}
	return best, least
}

// route writes down the route over the given states.
func (e *Engine) route(states []state, from, to place) Route {
	last := len(states) - 1
	r := Route{
		Legs:     make([]Leg, 0, len(states)),
		FromSnap: from.near(e.g.edge[states[0]]),
		ToSnap:   to.near(e.g.edge[states[last]]),
	}
	for i, s := range states {
		d := e.g.edge[s]
		length := geo.Metres(e.n.Segment(d.segment()).LengthM)
		leg := Leg{Segment: d.segment(), Forward: d.forward(), Start: 0, End: length}
		if !leg.Forward {
			leg.Start, leg.End = length, 0
		}
		ms := e.whole(s).ms()
		if i == last {
			leg.End = r.ToSnap.Along
			ms = e.upTo(s, e.position(d, r.ToSnap)).ms()
		}
		if i == 0 {
			leg.Start = r.FromSnap.Along
			ms -= e.upTo(s, e.position(d, r.FromSnap)).ms()
		} else {
			leg.Turn = time.Duration(e.turn(states[i-1], s)) * time.Millisecond
		}
		leg.Distance = max(leg.Start, leg.End) - min(leg.Start, leg.End)
		leg.Duration = time.Duration(ms) * time.Millisecond
		r.add(e.n, leg)
	}
	return r
}

// turn is the cost of the hop from x to y.
func (e *Engine) turn(x, y state) uint32 {
	for _, h := range e.g.outOf(x) {
		if h.state == y {
			return h.cost
		}
	}
	panic("path: route over a hop that is not in the graph")
}

// add puts a leg at the end of the route.
func (r *Route) add(n *street.Network, leg Leg) {
	r.Legs = append(r.Legs, leg)
	r.Distance += leg.Distance
	r.Duration += leg.Turn + leg.Duration

	start := len(r.Line)
	r.Line = n.Cut(r.Line, leg.Segment, leg.Start, leg.End)
	if start > 0 { // it begins where the leg before ended
		r.Line = append(r.Line[:start], r.Line[start+1:]...)
	}

	name := n.Segment(leg.Segment).Name
	if k := len(r.Streets) - 1; k >= 0 && (r.Streets[k].Name == name || leg.Distance == 0) {
		r.Streets[k].Distance += leg.Distance
		r.Streets[k].Duration += leg.Turn + leg.Duration
		return
	} else if k == 0 && r.Streets[0].Distance == 0 {
		// The start is on the corner: the way begins with the next street.
		r.Streets[0].Name = name
		r.Streets[0].Distance += leg.Distance
		r.Streets[0].Duration += leg.Turn + leg.Duration
		return
	}
	r.Streets = append(r.Streets, Street{name, leg.Distance, leg.Turn + leg.Duration})
}
