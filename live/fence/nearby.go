package fence

import (
	"cmp"
	"slices"

	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// A nearby is where a tracker was last on the raster: most fixes are in the cell of
// the one before, and the way to a cell costs as much as what it says. It is no part
// of the judgement. The zero nearby knows of no cell.
type nearby struct {
	rules *Rules
	n     int // levels known
	cells [2]spot
	away  []*fenced // that are for the subject
}

// A spot is what a cell knows.
type spot struct {
	level *level
	at    cell
	words []uint32
	zones []*fenced // that the words number
}

// enter begins with other rules, for the subject of s.
func (y *nearby) enter(rules *Rules, s *State) {
	*y = nearby{rules: rules, away: rules.awayFor(s)}
	for i := range rules.raster.levels {
		l := &rules.raster.levels[i]
		if l.blocks.n == 0 {
			continue
		}
		if y.n == len(y.cells) { // a city with lanes and counties
			y.n = -1
			return
		}
		y.cells[y.n] = spot{level: l, at: cell{-1, -1}}
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

// inside is raster.inside of the rules.
func (y *nearby) inside(p orb.Point, classes uint8, buf []near) []near {
	if y.n < 0 {
		return y.rules.raster.inside(p, classes, buf)
	}
	for i := range y.n {
		s := &y.cells[i]
		s.move(p)
		if len(s.words) > 0 {
			buf = s.level.ask(p, s.at, s.words, s.zones, classes, buf)
		}
	}
	return buf
}

func (s *spot) move(p orb.Point) {
	if at := s.level.cell(p); at != s.at {
		s.at = at
		s.words, s.zones = s.level.words(at)
	}
}

// Expect looks at what judging a few dozen fixes, each of the state beside it, will
// want of the memory. It judges nothing and may be left out. Judging waits for
// memory most of the time when there are many trackers, and a processor that is
// told of several places at once waits for them together.
//
// What it gives back means nothing, and keeps a compiler from leaving it all out.
func (j *Judge) Expect(states []*State, fixes []ingest.Fix) (touched int64) {
	for _, s := range states {
		touched += s.clock + s.base.now + int64(s.nearby.n) + s.head.now
	}
	for _, s := range states {
		if n := len(s.tail); n > 0 {
			touched += s.tail[n-1].t
		}
		if n := len(s.head.recs); n > 0 {
			touched += s.head.recs[n-1].until
		}
	}
	rules := j.Rules()
	for i, s := range states {
		if s.nearby.rules == rules && s.nearby.n > 0 {
			s.nearby.cells[0].move(fixes[i].At)
		}
	}
	for _, s := range states {
		if c := &s.nearby.cells[0]; len(c.words) > 0 {
			touched += int64(c.words[0]) + int64(c.words[len(c.words)-1])
		}
	}
	return touched
}
