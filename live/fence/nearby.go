package fence

import (
	"cmp"
	"math"
	"slices"

	"citygrid/geo"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// A nearby is where a tracker was last on the raster: most fixes are in the cell of
// the one before, and the way to a cell costs as much as what it says. It is no part
// of the judgement. The zero nearby knows of no cell.
type nearby struct {
	rules  *Rules
	n      int8    // levels known; -1: too many
	levels [2]int8 // which
	spots  [2]spot
	away   []*fenced // that are for the subject
	offs   [2]measured
	next   int8 // of offs, to be replaced
}

// A measured is how far from a zone's border, in metres, a tracker was at a place. As
// long as it is not far from there, it is about as far from the border, and a long border
// need not be measured again to know that it is far.
type measured struct {
	zone *fenced
	at   orb.Point
	off  float64
}

// maxOff is what is relied on of what was measured, in metres, up to latitude maxLat: the
// flat maps around two places that are so far apart differ by less than the share slack.
const (
	maxOff = 1000
	maxLat = 85
	slack  = 0.01
)

// offBorder is the distance from p to the border of f, in metres; where that is limit or
// more it may be anything of limit or more.
func (y *nearby) offBorder(f *fenced, p orb.Point, limit float64) float64 {
	if math.Abs(p[1]) > maxLat {
		return f.offBorder(p)
	}
	if f.clear > limit && f.clear-apart(f.middle, p) > limit {
		return limit
	}
	at := -1
	for i := range y.offs {
		if m := &y.offs[i]; m.zone == f {
			if far := min(m.off, maxOff) * (1 - slack); far-apart(m.at, p) > limit {
				return limit
			}
			at = i
		}
	}
	if at < 0 {
		at = int(y.next)
		y.next = 1 - y.next
	}
	off := f.offBorder(p)
	y.offs[at] = measured{f, p, off}
	return off
}

// outside is the distance from p, which is outside, to the border, in metres; top where it
// is that or more.
func (y *nearby) outside(f *fenced, p orb.Point, top float64) float64 {
	lonM, latM := geo.MetresPerDegree(p[1])
	dx := max(f.bound.Min[0]-p[0], p[0]-f.bound.Max[0]) * float64(lonM)
	dy := max(f.bound.Min[1]-p[1], p[1]-f.bound.Max[1]) * float64(latM)
	if dx >= top || dy >= top {
		return top
	}
	return min(top, y.offBorder(f, p, top))
}

// A spot is what a cell knows: words from..to of a block.
type spot struct {
	at       cell
	block    *block // nil: nothing
	from, to uint32
}

// enter begins with other rules, for the subject of s.
func (y *nearby) enter(rules *Rules, s *State) {
	*y = nearby{rules: rules, away: rules.awayFor(s)}
	for i := range rules.raster.levels {
		l := &rules.raster.levels[i]
		if l.blocks.n == 0 {
			continue
		}
		if int(y.n) == len(y.spots) { // a city with lanes and counties
			y.n = -1
			return
		}
		y.levels[y.n], y.spots[y.n] = int8(i), spot{at: cell{-1, -1}}
		y.n++
	}
}

// awayFor lists the zones that s may not be outside of, by id.
func (r *Rules) awayFor(s *State) (all []*fenced) {
	if len(r.away) == 0 {
		return nil
	}
	for _, f := range r.away[Subject{}] {
		if f.classes&s.class != 0 {
			all = append(all, f)
		}
	}
	all = append(all, r.away[s.subject]...)
	slices.SortFunc(all, func(a, b *fenced) int { return cmp.Compare(a.id, b.id) })
	return all
}

// near is raster.inside of the rules; with beside, zones that p is outside of by less
// than reach are in it too where the cell knows, with off below 0.
func (y *nearby) near(p orb.Point, classes uint8, beside bool, buf []near) []near {
	if y.n < 0 {
		return y.rules.raster.inside(p, classes, buf)
	}
	for i := range y.n {
		l, s := &y.rules.raster.levels[y.levels[i]], &y.spots[i]
		s.move(l, p)
		if s.block != nil {
			buf = l.ask(p, s.at, s.block.words[s.from:s.to], s.block.zones, classes, beside, buf)
		}
	}
	return buf
}

func (s *spot) move(l *level, p orb.Point) {
	if at := l.cell(p); at != s.at {
		s.at = at
		s.block, s.from, s.to = l.find(at)
	}
}

// Expect looks at what judging a few dozen fixes, each of the state beside it, will
// want of the memory. It judges nothing and may be left out. Judging waits for
// memory most of the time when there are many trackers, and a processor that is
// told of several places at once waits for them together.
//
// What it gives back means nothing, and keeps a compiler from leaving it all out.
func (j *Judge) Expect(states []*State, fixes []ingest.Fix) (touched int64) {
	rules := j.Rules()
	for _, s := range states { // each line of what is in front
		touched += s.clock + s.head.now + int64(s.head.last.accuracy) + int64(s.nearby.n) + s.base.now
	}
	for i, s := range states {
		if n := len(s.tail); n > 0 {
			touched += s.tail[n-1].t
		}
		if n := len(s.head.recs); n > 0 {
			touched += s.head.recs[n-1].until
		}
		if s.nearby.rules == rules && s.nearby.n > 0 {
			s.nearby.spots[0].move(&rules.raster.levels[s.nearby.levels[0]], fixes[i].At)
		}
	}
	for _, s := range states {
		if p := &s.nearby.spots[0]; s.nearby.rules == rules && p.block != nil {
			words := p.block.words[p.from:p.to]
			touched += int64(words[0]) + int64(words[len(words)-1])
		}
		for i := range s.head.recs {
			if f := s.head.recs[i].fenced; f != nil {
				touched += f.longer
				touched += int64(f.bound.Min[0])
			}
		}
	}
	return touched
}
