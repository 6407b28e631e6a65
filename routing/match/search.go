package match

import (
	"math"
	"slices"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// A course is a segment in a direction: twice its number, and one if it is
// travelled backward.
type course uint32

func courseOf(id street.SegmentID, forward bool) course {
	if forward {
		return course(id) << 1
	}
	return course(id)<<1 | 1
}

func (c course) segment() street.SegmentID { return street.SegmentID(c >> 1) }
func (c course) forward() bool             { return c&1 == 0 }
func (c course) reverse() course           { return c ^ 1 }

// A node is what the search goes over: a state of the engine, or, behind them, a
// course that the profile may not travel.
type node uint32

func (m *Matcher) node(c course) (v node, open bool) {
	if s, ok := m.e.State(c.segment(), c.forward()); ok {
		return node(s), true
	}
	return node(m.e.States()) + node(c), false
}

func (m *Matcher) course(v node) course {
	if states := node(m.e.States()); v >= states {
		return course(v - states)
	}
	return courseOf(m.e.Travels(path.State(v)))
}

func (m *Matcher) length(c course) float64 { return float64(m.n.Segment(c.segment()).LengthM) }

// head is the junction where a course ends.
func (m *Matcher) head(c course) street.JunctionID {
	s := m.n.Segment(c.segment())
	if c.forward() {
		return s.To
	}
	return s.From
}

// foreign says whether a street is none that the profile could be on, whatever the
// map forbids: water, and stairs for what has wheels.
func (m *Matcher) foreign(id street.SegmentID) bool {
	switch m.n.Segment(id).Class {
	case street.Ferry, street.Waterway:
		return true
	case street.Steps, street.Corridor, street.Platform:
		return m.e.Profile().Vehicle != street.Foot
	}
	return false
}

// closedWeight is how much longer a metre is where the profile may not travel.
const closedWeight = 1.5

// A label is how a search came to the start of a node.
type label struct {
	node   node
	parent int32   // label; -1 for the start
	cost   float64 // nats: length by spread, turns, broken rules
	length float64 // metres
}

// A room is what searches need and use again.
type room struct {
	best   []int32  // by node: its label in this search
	stamp  []uint32 // by node: the search that best is of
	now    uint32
	labels []label
	queue  heap
	turns  []node

	goal          goal
	spread, limit float64
}

func newRoom(nodes int) *room {
	return &room{best: make([]int32, nodes), stamp: make([]uint32, nodes)}
}

func (r *room) start() {
	r.now++
	if r.now == 0 {
		clear(r.stamp)
		r.now = 1
	}
	r.labels, r.queue = r.labels[:0], r.queue[:0]
}

// reach lowers the cost of a node, if it does. The queue is by the least that a way
// over the node may cost (A*).
func (m *Matcher) reach(r *room, l label, at street.Fixed) {
	least := l.cost + r.goal.least(at)/r.spread
	if least > r.limit {
		return
	}
	if r.stamp[l.node] == r.now {
		old := r.best[l.node]
		if r.labels[old].cost <= l.cost {
			return
		}
	}
	r.stamp[l.node], r.best[l.node] = r.now, int32(len(r.labels))
	r.queue.push(least, int32(len(r.labels)))
	r.labels = append(r.labels, l)
}

// A goal is the circle in which all spots that are looked for lie.
type goal struct {
	at         orb.Point
	lonM, latM float64 // metres per degree
	radius     float64
}

func (m *Matcher) around(at orb.Point, radius geo.Metres) goal {
	lonM, latM := geo.MetresPerDegree(at[1])
	return goal{at, float64(lonM), float64(latM), float64(radius)}
}

// least is a length that is surely left to the circle. The flat map is off by less
// than a thousandth for some kilometres, up to 80 degrees of latitude.
func (g *goal) least(from street.Fixed) float64 {
	x := math.Abs(float64(from.Lon)/1e7 - g.at[0])
	x = min(x, 360-x) * g.lonM
	y := (float64(from.Lat)/1e7 - g.at[1]) * g.latM
	return max(0, 0.995*math.Sqrt(x*x+y*y)-g.radius)
}

// A spot is a place in a direction; off is how far along, in that direction.
type spot struct {
	course course
	off    float64
}

// An arrival is the way found to one of the spots that were looked for.
type arrival struct {
	kind   kind
	label  int32
	cost   float64 // nats; negative = none
	length float64
}

// kind says how a way begins.
type kind uint8

const (
	along  kind = iota // on the same course, forward
	back               // on the same course, a little backward: it stands
	round              // turned round where it is
	beyond             // over the end of the course
)

// search finds the ways from a spot to others, each that which costs least, none
// above limit. spread is what a nat is in metres.
func (m *Matcher) search(r *room, from spot, to []spot, goal goal, spread, limit float64, found []arrival) {
	left := len(to)
	worst := 0.0 // of those found
	length := m.length(from.course)
	for i, t := range to {
		found[i].cost = -1
		switch {
		case t.course == from.course && t.off >= from.off:
			d := t.off - from.off
			found[i] = arrival{along, -1, d / spread, d}
		case t.course == from.course:
			found[i] = arrival{back, -1, (from.off - t.off) / spread, 0}
		case t.course == from.course.reverse():
			d := max(from.off-(length-t.off), (length-t.off)-from.off)
			found[i] = arrival{round, -1, d/spread + m.p.Round, d}
			if _, open := m.node(t.course); !open {
				found[i].cost += m.p.Closed
			}
		default:
			continue
		}
		if found[i].cost > limit {
			found[i].cost = -1
			continue
		}
		left--
		worst = max(worst, found[i].cost)
	}
	r.start()
	r.goal, r.spread, r.limit = goal, spread, limit
	m.expand(r, from.course, label{mustNode(m.node(from.course)), -1, (length - from.off) / spread, length - from.off}, -1, spread)
	for len(r.queue) > 0 {
		at, cost := r.queue.pop()
		if left == 0 && cost > worst {
			return
		}
		l := r.labels[at]
		if r.best[l.node] != at {
			continue
		}
		c := m.course(l.node)
		weight := 1.0
		if int(l.node) >= m.e.States() {
			weight = closedWeight
		}
		for i, t := range to {
			if t.course != c {
				continue
			}
			reached := l.cost + weight*t.off/spread
			if reached > limit || found[i].cost >= 0 && found[i].cost <= reached {
				continue
			}
			if found[i].cost < 0 {
				left--
			}
			found[i] = arrival{beyond, at, reached, l.length + t.off}
			worst = max(worst, reached)
		}
		long := m.length(c)
		m.expand(r, c, label{l.node, at, l.cost + weight*long/spread, l.length + long}, at, spread)
	}
}

func mustNode(v node, _ bool) node { return v }

// expand goes on from the end of a course; ended is what it took to get there.
func (m *Matcher) expand(r *room, c course, ended label, parent int32, spread float64) {
	r.turns = r.turns[:0]
	j := m.head(c)
	at := m.n.Junction(j).At
	states := m.e.States()
	if int(ended.node) < states {
		for s, turn := range m.e.Turns(path.State(ended.node)) {
			cost := ended.cost
			next := m.course(node(s))
			if next == c.reverse() {
				cost += m.p.Round
			} else {
				cost += turn.Seconds() * m.p.Turn
			}
			r.turns = append(r.turns, node(next))
			m.reach(r, label{node(s), parent, cost, ended.length}, at)
		}
	}
	for _, end := range m.n.At(j) {
		next := courseOf(end.Segment, end.Forward)
		if slices.Contains(r.turns, node(next)) {
			continue
		}
		v, open := m.node(next)
		cost := ended.cost
		switch {
		case next == c.reverse():
			cost += m.p.Round
		case open && int(ended.node) < states:
			cost += m.p.Banned
		case !open && int(ended.node) < states:
			cost += m.p.Closed
		}
		if !open && m.foreign(end.Segment) {
			continue
		}
		m.reach(r, label{v, parent, cost, ended.length}, at)
	}
}

// way lists the courses of the way to an arrival, without the one it began on.
func (m *Matcher) way(r *room, a arrival, to spot, into []course) []course {
	into = into[:0]
	switch a.kind {
	case round:
		return append(into, to.course)
	case beyond:
		for i := a.label; i >= 0; i = r.labels[i].parent {
			into = append(into, m.course(r.labels[i].node))
		}
		slices.Reverse(into)
	}
	return into
}

// spotOf is a near place in a direction.
func (m *Matcher) spotOf(near *street.Near, forward bool) spot {
	s := spot{courseOf(near.Segment, forward), float64(near.Along)}
	if !forward {
		s.off = max(0, m.length(s.course)-s.off)
	}
	return s
}
