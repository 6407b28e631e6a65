package path

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
)

// This file reads the rules of the road once more, the plain way: a traveller
// who remembers every edge of the way so far and asks before each turn whether
// it is allowed. The engine's graph, its memories and its search are not used.

// A rulebook answers for one vehicle.
type rulebook struct {
	n *street.Network
	p Profile
	v *view // access and speeds, which have tests of their own
}

func newRulebook(n *street.Network, p Profile) rulebook { return newRulebookAt(n, p, When{}) }

func newRulebookAt(n *street.Network, p Profile, w When) rulebook {
	return rulebook{n, p, newView(n, &p, w)}
}

func (b rulebook) tail(e edge) street.JunctionID { return head(b.n, e.reverse()) }

func (b rulebook) mayTravel(e edge) bool {
	_, ok := b.v.weight(b.n.Segment(e.segment()), e.forward())
	return ok
}

func (b rulebook) private(e edge) bool {
	return b.v.private(e)
}

func (b rulebook) afloat(e edge) bool {
	c := b.n.Segment(e.segment()).Class
	return c == street.Waterway || c == street.Ferry
}

// as is the vehicle class that an edge is travelled as.
func (b rulebook) as(e edge) street.Vehicles {
	if b.p.Vehicle == street.Boat && !b.afloat(e) {
		return b.p.Ashore
	}
	return b.p.Vehicle
}

// breaks says why one who came along the edges of way may not turn into to, or
// "".
func (b rulebook) breaks(way []edge, to edge) string {
	last := way[len(way)-1]
	j := head(b.n, last)
	switch {
	case b.tail(to) != j:
		return fmt.Sprintf("edge %d does not join edge %d", to, last)
	case !b.mayTravel(to):
		return fmt.Sprintf("edge %d may not be travelled", to)
	case b.afloat(to) != b.afloat(last) && b.p.Vehicle == street.Boat && b.n.Junction(j).Flags&street.Pier == 0:
		return fmt.Sprintf("junction %d is no pier", j)
	case b.n.Junction(j).Blocked&(b.as(last)|b.as(to)) != 0 && to != last.reverse():
		return fmt.Sprintf("a barrier stands at junction %d", j)
	}
	if to == last.reverse() && !b.p.UTurnsAnywhere && b.n.Junction(j).Blocked&b.as(last) == 0 {
		for _, end := range b.n.At(j) {
			other := edgeOf(end.Segment, end.Forward)
			if other != to && b.mayTravel(other) && !b.private(other) {
				return fmt.Sprintf("U-turn at junction %d, where edge %d goes on", j, other)
			}
		}
	}
	forced, free := make(map[string]bool), make(map[string]bool)
	for i, r := range b.n.Parts().Restrictions {
		if r.For&b.p.Vehicle == 0 || r.Except&b.p.Vehicle != 0 || !b.v.banned(r.When) {
			continue
		}
		came := append([]street.SegmentID{r.From}, r.ViaWays...)
		if !b.cameAlong(way, came, r.Via) {
			continue
		}
		if !r.Only {
			// Round a loop once more is not what a ban of a U-turn means.
			if to.segment() == r.To && to != last {
				return fmt.Sprintf("restriction %d bans it", i)
			}
			continue
		}
		// Of several only_ from the same way any may be taken.
		key := fmt.Sprint(came, r.Via)
		open := false
		for _, end := range b.n.At(j) {
			e := edgeOf(end.Segment, end.Forward)
			open = open || e.segment() == r.To && e != last && b.mayTravel(e)
		}
		if open {
			forced[key] = true
			free[key] = free[key] || to.segment() == r.To && to != last
		}
	}
	for key := range forced {
		if !free[key] {
			return "an only_ restriction wants another way: " + key
		}
	}
	return ""
}

// cameAlong says whether way ends with those segments, the first left over via.
func (b rulebook) cameAlong(way []edge, segments []street.SegmentID, via street.JunctionID) bool {
	if len(way) < len(segments) {
		return false
	}
	end := way[len(way)-len(segments):]
	for i, id := range segments {
		if end[i].segment() != id || i > 0 && end[i] == end[i-1] {
			return false
		}
	}
	return head(b.n, end[0]) == via
}

// turnCost is what the turn costs in milliseconds.
func (b rulebook) turnCost(from, to edge) uint32 {
	if to == from.reverse() {
		return uint32(b.p.UTurn.Milliseconds())
	}
	j := head(b.n, from)
	ends := 0
	for _, end := range b.n.At(j) {
		e := edgeOf(end.Segment, end.Forward)
		if b.mayTravel(e) || b.mayTravel(e.reverse()) {
			ends++
		}
	}
	cost := b.p.pass(b.n.Junction(j).Flags)
	if b.afloat(from) != b.afloat(to) {
		cost += uint32(b.p.Board.Milliseconds())
	}
	if ends > 2 {
		in, out := b.n.Line(from.segment()), b.n.Line(to.segment())
		if !from.forward() {
			slices.Reverse(in)
		}
		if !to.forward() {
			slices.Reverse(out)
		}
		// By float32, as the engine keeps bearings.
		arrive := float64(float32(geo.Bearing(in[len(in)-1], in[len(in)-2]))) + 180
		angle := math.Mod(float64(float32(geo.Bearing(out[0], out[1])))-arrive+720, 360)
		if angle > 180 {
			angle -= 360
		}
		cost += b.p.turn(angle, b.n.Parts().DrivesLeft)
	}
	return cost
}

// A walker is where the plain search is: the last edges of its way, as many as
// the longest restriction has, and how far it is in private, public, private.
type walker struct {
	way   []edge
	phase int // 0 private start, 1 public, 2 private end
	cost  uint32
}

func (w walker) key() string { return fmt.Sprint(w.way, w.phase) }

// cheapest finds the cost of the best route between two places with plain
// Dijkstra over walkers; ok is false when there is none.
func (b rulebook) cheapest(e *Engine, from, to place) (cost uint32, ok bool) {
	keep := 2
	for _, r := range b.n.Parts().Restrictions {
		keep = max(keep, len(r.ViaWays)+1)
	}
	share := func(d edge, near street.Near, w uint32) uint32 {
		along := near.Along
		length := geo.Metres(b.n.Segment(d.segment()).LengthM)
		if !d.forward() {
			along = length - along
		}
		if length == 0 {
			return 0
		}
		return min(w, uint32(math.Round(float64(w)*math.Max(0, float64(along/length)))))
	}
	weight := func(d edge) uint32 {
		w, _ := b.v.weight(b.n.Segment(d.segment()), d.forward())
		return w
	}
	best := uint32(math.MaxUint32)
	var queue []walker
	known := make(map[string]bool)
	for _, f := range from {
		for _, forward := range []bool{true, false} {
			d := edgeOf(f.Segment, forward)
			if !b.mayTravel(d) || f.shut[d&1] {
				continue
			}
			phase := 1
			if b.private(d) {
				phase = 0
			}
			queue = append(queue, walker{[]edge{d}, phase, weight(d) - share(d, f.Near, weight(d))})
			for _, t := range to {
				if t.Segment == f.Segment && !t.shut[d&1] && e.position(d, f.Near) <= e.position(d, t.Near) {
					best = min(best, share(d, t.Near, weight(d))-share(d, f.Near, weight(d)))
				}
			}
		}
	}
	for len(queue) > 0 {
		i := 0
		for k := range queue {
			if cmp.Compare(queue[k].cost, queue[i].cost) < 0 {
				i = k
			}
		}
		w := queue[i]
		queue[i] = queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if w.cost >= best {
			break
		}
		if known[w.key()] {
			continue
		}
		known[w.key()] = true
		last := w.way[len(w.way)-1]
		for _, end := range b.n.At(head(b.n, last)) {
			d := edgeOf(end.Segment, end.Forward)
			phase := w.phase
			switch {
			case b.private(d) && phase == 1:
				phase = 2
			case !b.private(d) && phase == 0:
				phase = 1
			case !b.private(d) && phase == 2:
				continue
			}
			if b.breaks(w.way, d) != "" {
				continue
			}
			turned := w.cost + b.turnCost(last, d)
			for _, t := range to {
				if t.Segment == d.segment() && !t.shut[d&1] {
					best = min(best, turned+share(d, t.Near, weight(d)))
				}
			}
			way := append(slices.Clone(w.way), d)
			if len(way) > keep {
				way = way[len(way)-keep:]
			}
			queue = append(queue, walker{way, phase, turned + weight(d)})
		}
	}
	return best, best != math.MaxUint32
}

// check says what is wrong with a route, or "".
func (b rulebook) check(r Route) string {
	if len(r.Legs) == 0 || len(r.Line) < 2 {
		return "no legs or no line"
	}
	var way []edge
	var length geo.Metres
	var spent time.Duration
	phase := 0
	for i, leg := range r.Legs {
		d := edgeOf(leg.Segment, leg.Forward)
		whole := geo.Metres(b.n.Segment(leg.Segment).LengthM)
		lo, hi := leg.Start, leg.End
		if !leg.Forward {
			lo, hi = hi, lo
		}
		switch {
		case !b.mayTravel(d):
			return fmt.Sprintf("leg %d may not be travelled", i)
		case lo > hi || lo < 0 || hi > whole:
			return fmt.Sprintf("leg %d runs from %v to %v of %v m", i, leg.Start, leg.End, whole)
		case i > 0 && (leg.Forward && leg.Start != 0 || !leg.Forward && leg.Start != whole):
			return fmt.Sprintf("leg %d does not start at its junction", i)
		case i < len(r.Legs)-1 && (leg.Forward && leg.End != whole || !leg.Forward && leg.End != 0):
			return fmt.Sprintf("leg %d does not end at its junction", i)
		}
		switch private := b.private(d); {
		case private && phase == 1:
			phase = 2
		case !private && phase == 2:
			return fmt.Sprintf("leg %d leads out of private ground in mid-route", i)
		case !private:
			phase = 1
		}
		if i > 0 {
			if why := b.breaks(way, d); why != "" {
				return fmt.Sprintf("leg %d: %s", i, why)
			}
			if turn := time.Duration(b.turnCost(way[len(way)-1], d)) * time.Millisecond; turn != leg.Turn {
				return fmt.Sprintf("leg %d: turn of %v, want %v", i, leg.Turn, turn)
			}
		}
		way = append(way, d)
		length += leg.Distance
		spent += leg.Turn + leg.Duration
	}
	if math.Abs(float64(length-r.Distance)) > 1e-6 || spent != r.Duration {
		return fmt.Sprintf("legs sum up to %v m, %v; the route says %v m, %v", length, spent, r.Distance, r.Duration)
	}
	if along := geo.Length(r.Line); math.Abs(float64(along-r.Distance)) > 0.05+0.001*float64(r.Distance) {
		return fmt.Sprintf("line is %v m long, the route %v m", along, r.Distance)
	}
	if r.Line[0] != r.FromSnap.At && geo.Distance(r.Line[0], r.FromSnap.At) > 0.001 ||
		geo.Distance(r.Line[len(r.Line)-1], r.ToSnap.At) > 0.001 {
		return "line does not run from snap to snap"
	}
	var told geo.Metres
	var toldTime time.Duration
	for _, s := range r.Streets {
		told += s.Distance
		toldTime += s.Duration
	}
	if math.Abs(float64(told-r.Distance)) > 1e-6 || toldTime != r.Duration {
		return fmt.Sprintf("streets sum up to %v m, %v; the route says %v m, %v", told, toldTime, r.Distance, r.Duration)
	}
	return ""
}
