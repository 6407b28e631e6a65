package match

import (
	"math"
	"slices"

	"citygrid/geo/street"
)

// decide gives what the best way says of the layers up to one, and forgets them.
func (s *Stream) decide(upTo int) []Decided {
	last := len(s.layers) - 1
	if upTo < 1 {
		return nil
	}
	best := make([]int32, last+1)
	best[last] = s.layers[last].least
	for i := last; i > 0; i-- {
		best[i-1] = s.layers[i].points[best[i]].prev
	}
	confidence := make([]float64, upTo+1)
	beta := make([]float64, len(s.layers[last].points))
	for i := last; i > 0; i-- {
		l := &s.layers[i]
		if i <= upTo {
			confidence[i] = s.confidence(l, beta, best[i])
		}
		beta = sums(len(s.layers[i-1].points), l.moves, func(v move) (int, float64) { return int(v.from), beta[v.to] - float64(v.cost) })
	}
	decided := make([]Decided, 0, upTo)
	for i := 1; i <= upTo; i++ {
		decided = append(decided, s.decided(&s.layers[i], best[i], confidence[i]))
	}
	s.keep(upTo, best[upTo])
	return decided
}

// Of a long track what is settled is decided after every so many fixes; a fix's
// confidence looks so many ahead at least.
const (
	settleEvery     = 2048
	confidenceAhead = 512
)

// settled is the last layer, so many before the end at least, at which the best ways
// to all hypotheses of now were one; 0 if there is none behind what is decided.
func (s *Stream) settled(ahead int) int {
	last := len(s.layers) - 1
	alive := make([]bool, len(s.layers[last].points))
	for k := range alive {
		alive[k] = !math.IsInf(s.layers[last].points[k].score, 1)
	}
	for i := last; i > 1; i-- {
		before := make([]bool, len(s.layers[i-1].points))
		count := 0
		for k, is := range alive {
			if prev := s.layers[i].points[k].prev; is && prev >= 0 && !before[prev] {
				before[prev] = true
				count++
			}
		}
		if alive = before; count == 1 && i-1 <= last-ahead {
			return i - 1
		}
	}
	return 0
}

// decided puts one layer into words.
func (s *Stream) decided(l *layer, best int32, confidence float64) Decided {
	d := Decided{Fix: l.number, Time: l.fix.Time}
	at := &l.points[best]
	if at.kind == lost || at.kind == carried {
		return d
	}
	near := l.near[at.near]
	d.Place = &Place{
		Segment: near.Segment, Forward: at.course.forward(), Along: near.Along, At: near.At,
		Side: near.Side, Distance: near.Distance, Confidence: confidence,
	}
	if !d.Place.Forward && near.Side != 0 {
		d.Place.Side = street.Left + street.Right - near.Side
	}
	d.Begins, d.Round = at.kind == anew, at.kind == round
	for _, c := range at.way {
		d.Way = append(d.Way, Course{c.segment(), c.forward()})
	}
	return d
}

// near is how far apart two places along a way may be to count as one.
const near = 15

// confidence is the posterior probability of a point, and of those that are just
// before or behind it on the streets.
func (s *Stream) confidence(l *layer, beta []float64, best int32) float64 {
	at := &l.points[best]
	sum, all := 0.0, 0.0
	top := math.Inf(-1)
	for i := range l.points {
		top = max(top, l.alpha[i]+beta[i])
	}
	for i := range l.points {
		p := math.Exp(l.alpha[i] + beta[i] - top)
		all += p
		if int32(i) == best || l.points[i].kind != lost && at.kind != lost && s.m.adjoin(at.spot, l.points[i].spot) {
			sum += p
		}
	}
	return sum / all
}

// adjoin says whether two spots are nearly one, one street going over in the other
// in between.
func (m *Matcher) adjoin(a, b spot) bool {
	if a.course == b.course {
		return math.Abs(a.off-b.off) <= near
	}
	follows := func(a, b spot) bool {
		return b.off+m.length(a.course)-a.off <= near && m.head(a.course) == m.head(b.course.reverse()) && b.course != a.course.reverse()
	}
	return follows(a, b) || follows(b, a)
}

// keep forgets the layers before one, and of that all but the point decided on: what
// comes later goes on from there.
func (s *Stream) keep(upTo int, best int32) {
	s.layers = slices.Delete(s.layers, 0, upTo)
	var alive []bool
	for i := range s.layers {
		l := &s.layers[i]
		next := make([]bool, len(l.points))
		for k := range l.points {
			at := &l.points[k]
			next[k] = i == 0 && int32(k) == best || i > 0 && at.prev >= 0 && alive[at.prev]
			if !next[k] {
				at.score = math.Inf(1)
			}
		}
		alive = next
	}
}
