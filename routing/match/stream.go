package match

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
)

// A Stream matches a track as it comes in: each fix is decided when so many later
// ones are known. With a long enough lag its answers are Match's.
type Stream struct {
	m     *Matcher
	lag   int
	fed   int
	total float64 // cost of the best way

	layers []layer // of the fixes that are not decided, behind the last one that is
	found  []arrival
	spots  []spot
	goal   goal
	best   float64   // score of the best point of the layer so far
	cost   []float64 // by fresh point: least so far
}

// A Course is a segment in a direction.
type Course struct {
	Segment street.SegmentID
	Forward bool
}

// Decided is what a stream has decided of a fix.
type Decided struct {
	Fix    int // the how manieth that was fed, from 0
	Time   time.Time
	Place  *Place   // nil = left out; then nothing below counts
	Begins bool     // the way begins anew here
	Round  bool     // it turned round on the street where it was, and not at its end
	Way    []Course // travelled since the last place, without its own, up to this one's
}

// Stream begins a track of which each fix is decided when lag later ones are known.
func (m *Matcher) Stream(lag int) *Stream {
	start := layer{points: []point{{kind: lost}}, alpha: []float64{0}}
	return &Stream{m: m, lag: max(0, lag), layers: []layer{start}}
}

// The further kinds of how a point follows the one before: see arrival.
const (
	anew    kind = 16 + iota // the way begins here
	carried                  // the fix is left out: it is still where it was
	lost                     // the fix is left out, and nothing is known
)

// A point is a hypothesis at a fix.
type point struct {
	spot
	near  int32 // of the layer's; -1 for one carried on
	base  *Fix  // the fix that its place was found for
	kind  kind
	prev  int32    // of the layer before
	way   []course // from there
	score float64  // Viterbi: cost of the best way here
}

// A move joins points of two layers.
type move struct {
	from, to uint16
	cost     float32
}

// A layer holds the hypotheses at one fix. Point 0 is that nothing is known.
type layer struct {
	fix    *Fix
	number int
	near   []street.Near
	points []point
	moves  []move
	alpha  []float64 // by point: log of the forward probability
	least  int32     // the best point
}

// Feed adds the next fix and gives what is decided by it. The error is
// geo.ErrPosition for a fix not on earth, ErrLate for one older than the one before,
// or the context's; the fix then does not count, and the stream may go on.
func (s *Stream) Feed(ctx context.Context, f Fix) ([]Decided, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	last := &s.layers[len(s.layers)-1]
	if s.fed > 0 && f.Time.Before(last.fix.Time) {
		return nil, ErrLate
	}
	s.layers = append(s.layers, layer{fix: &f, number: s.fed})
	s.fed++
	s.step()
	if len(s.layers)-2 < s.lag {
		return nil, nil
	}
	return s.decide(len(s.layers) - 1 - s.lag), nil
}

// Close decides the rest. The stream then begins anew.
func (s *Stream) Close() []Decided {
	rest := s.decide(len(s.layers) - 1)
	*s = *s.m.Stream(s.lag)
	return rest
}

// step finds the points of the last layer and how they follow those before.
func (s *Stream) step() {
	m, p := s.m, &s.m.p
	before, now := &s.layers[len(s.layers)-2], &s.layers[len(s.layers)-1]
	first := now.number == 0
	counts := 1.0
	var pause time.Duration
	if !first {
		pause = now.fix.Time.Sub(before.fix.Time)
		counts = p.counts(pause, geo.Distance(before.fix.At, now.fix.At))
	}
	now.near = m.nearby(now.fix)
	farthest := geo.Metres(0)
	for i := range now.near {
		farthest = max(farthest, now.near[i].Distance)
	}
	s.goal = m.around(now.fix.At, farthest)
	now.points = append(now.points, point{kind: lost, near: -1, prev: -1, score: math.Inf(1)})
	s.spots, s.cost = s.spots[:0], s.cost[:0]
	for i := range now.near {
		emission := counts * p.emission(now.fix, now.near[i].Distance)
		for _, forward := range [...]bool{true, false} {
			spot := m.spotOf(&now.near[i], forward)
			now.points = append(now.points, point{spot: spot, near: int32(i), base: now.fix, prev: -1, score: math.Inf(1)})
			s.spots = append(s.spots, spot)
			if _, open := m.node(spot.course); !open {
				s.cost = append(s.cost, emission+counts*p.Closed/4)
			} else {
				s.cost = append(s.cost, emission)
			}
		}
	}
	skip := p.Skip * counts
	least := before.points[before.least].score
	s.join(before, now, 0, 0, lost, skip)
	if before.least != 0 {
		s.join(before, now, int(before.least), 0, lost, p.Break+skip)
	}
	r := m.rooms.Get().(*room)
	defer m.rooms.Put(r)
	s.best = math.Inf(1)
	left := p.Carry
	for _, i := range before.order() {
		at := &before.points[i]
		if math.IsInf(at.score, 1) {
			continue // decided against
		}
		begin := p.Break // of a way that begins anew
		if at.kind == lost || pause > p.Gap {
			begin = 0
		}
		if at.kind == lost || i == int(before.least) {
			for k := range s.spots {
				s.join(before, now, i, k+1, anew, begin+s.cost[k])
			}
		}
		if at.kind == lost || pause > p.Gap {
			continue
		}
		if left > 0 && at.score+skip <= least+m.beam(before) && now.fix.Time.Sub(at.base.Time) <= p.Gap {
			left--
			now.points = append(now.points, point{spot: at.spot, near: -1, base: at.base, prev: -1, score: math.Inf(1)})
			s.join(before, now, i, len(now.points)-1, carried, skip)
		}
		s.travel(r, before, now, i, min(p.Break, s.best+m.beam(before))-at.score)
	}
	s.prune(before, now)
}

// closedMost is the share of Params.Most that streets may take which the profile
// can't travel, beside those that it can.
const closedMost = 4

// nearby lists the places on streets near a fix.
func (m *Matcher) nearby(f *Fix) []street.Near {
	reach := m.p.reach(f)
	closed := func(id street.SegmentID) bool {
		_, forward := m.e.State(id, true)
		_, backward := m.e.State(id, false)
		return !forward && !backward && !m.foreign(id)
	}
	return append(m.e.Snap(f.At, reach, m.p.Most), m.n.Nearest(f.At, reach, closed, (m.p.Most+closedMost-1)/closedMost)...)
}

// beam is by how much a hypothesis may be worse than the best one of a layer. Where
// that one leaves fixes out, a way that begins anew is to have its chance.
func (m *Matcher) beam(l *layer) float64 {
	if k := l.points[l.least].kind; k == carried || k == lost {
		return m.p.Break
	}
	return min(m.p.Beam, m.p.Break)
}

// order lists the points from the best on, as what comes of them limits the search
// from others.
func (l *layer) order() []int {
	order := make([]int, len(l.points))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(l.points[a].score, l.points[b].score) })
	return order
}

// travel joins a point to those of the next layer by the ways there.
func (s *Stream) travel(r *room, before, now *layer, i int, limit float64) {
	m, p := s.m, &s.m.p
	at := &before.points[i]
	straight := geo.Distance(at.base.At, now.fix.At)
	spread := p.spread(straight, now.fix.Time.Sub(at.base.Time))
	farthest := p.Fastest*now.fix.Time.Sub(at.base.Time).Seconds() + 100
	if float64(straight) > farthest || len(s.spots) == 0 {
		return
	}
	if cap(s.found) < len(s.spots) {
		s.found = make([]arrival, 2*len(s.spots))
	}
	found := s.found[:len(s.spots)]
	m.search(r, at.spot, s.spots, s.goal, spread, limit+float64(straight)/spread, found)
	for k, a := range found {
		if a.cost < 0 || a.length > farthest {
			continue
		}
		rules := a.cost - a.length/spread
		cost := math.Abs(a.length-float64(straight))/spread + rules + s.cost[k]
		if s.join(before, now, i, k+1, a.kind, cost) {
			to := &now.points[k+1]
			to.way = m.way(r, a, s.spots[k], to.way)
		}
	}
}

// join adds a move, and says whether it is the best to that point so far.
func (s *Stream) join(before, now *layer, from, to int, k kind, cost float64) bool {
	now.moves = append(now.moves, move{uint16(from), uint16(to), float32(cost)})
	at := &now.points[to]
	score := before.points[from].score + cost
	if score >= at.score {
		return false
	}
	at.score, at.prev, at.kind, at.way = score, int32(from), k, at.way[:0]
	s.best = min(s.best, score)
	return true
}

// prune drops points that can't be on the best way, as beginning anew from the best
// one is better, and sums up the probabilities.
func (s *Stream) prune(before, now *layer) {
	least := math.Inf(1)
	for i := range now.points {
		least = min(least, now.points[i].score)
	}
	for i := range now.points {
		if now.points[i].score == least {
			now.least = int32(i)
			break
		}
	}
	beam := s.m.beam(now)
	place := make([]int32, len(now.points))
	kept := 0
	s.total += least
	for i := range now.points {
		place[i] = -1
		at := &now.points[i]
		if i > 0 && !(at.score <= least+beam) {
			continue
		}
		place[i] = int32(kept)
		at.score -= least // only differences count
		now.points[kept] = *at
		kept++
	}
	now.points = now.points[:kept]
	now.least = place[now.least]
	moves := now.moves[:0]
	for _, v := range now.moves {
		if to := place[v.to]; to >= 0 {
			v.to = uint16(to)
			moves = append(moves, v)
		}
	}
	now.moves = moves
	now.alpha = sums(kept, moves, func(v move) (int, float64) { return int(v.to), before.alpha[v.from] - float64(v.cost) })
}

// sums gives the logarithm of sums of exponentials, the greatest of them 0.
func sums(n int, moves []move, of func(move) (int, float64)) []float64 {
	total, top := make([]float64, n), make([]float64, n)
	for i := range top {
		top[i] = math.Inf(-1)
	}
	for _, v := range moves {
		i, x := of(v)
		top[i] = max(top[i], x)
	}
	for _, v := range moves {
		if i, x := of(v); x > math.Inf(-1) {
			total[i] += math.Exp(x - top[i])
		}
	}
	most := math.Inf(-1)
	for i := range total {
		if total[i] > 0 {
			total[i] = top[i] + math.Log(total[i])
			most = max(most, total[i])
		} else {
			total[i] = math.Inf(-1)
		}
	}
	if most > math.Inf(-1) {
		for i := range total {
			total[i] -= most
		}
	}
	return total
}
