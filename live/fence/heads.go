package fence

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"citygrid/grid/zone"
)

// Heads is the second stage of zone.HeadCount: the first says of each subject when it
// was in the zone, this counts them. What it says depends on these stays alone, in
// whatever order and with whatever corrections it hears of them. It is for one
// goroutine at a time; the zero Heads has heard of nobody.
type Heads struct {
	zones map[zone.ID]*heads
}

// heads are those of one zone.
type heads struct {
	class zone.Class // the first that the rule is for
	now   int64      // the latest instant heard of
	stays map[Key]stay
	told  []episode // crowds, by start
}

// A stay is a subject being in a zone. end is 0 while it lasts.
type stay struct {
	start, end int64
	grade      Grade
	most       int // of the rule when it began
	sight      Sight
}

// crowdKept is how long after its end a stay may still be corrected, and is counted.
const crowdKept = 49 * time.Hour

// Take takes what happened to a breach of a head count, as a judge told it of one
// subject, and gives what that means for the zone. j has the rules. Told twice, it
// gives nothing the second time. A crowd is about nobody in particular: the Subject of
// its breaches is the first class that the zone is for, with ID 0.
func (h *Heads) Take(j *Judge, b Breach) []Breach {
	if b.Rule != zone.HeadCount {
		return nil
	}
	z := h.of(b.Zone)
	key := b.Key()
	old, had := z.stays[key]
	if !b.Was.IsZero() {
		was := key
		was.Start = b.Was
		if s, ok := z.stays[was]; ok {
			old, had = s, true
			delete(z.stays, was)
		}
	}
	if b.Event == Withdrawn {
		delete(z.stays, key)
	} else if s := (stay{start: b.Start.UnixNano(), grade: b.Grade, sight: b.Sight}); true {
		if !b.End.IsZero() {
			s.end = max(s.start, b.End.UnixNano())
		}
		rules, _ := j.rulesAt(s.start)
		if f := rules.byID[b.Zone]; f != nil && f.most > 0 {
			s.most, z.class = f.most, zone.Classes()[bits.TrailingZeros8(f.classes)]
		} else if had {
			s.most = old.most
		} else {
			return nil // the rule is long gone
		}
		z.stays[key] = s
	}
	z.now = max(z.now, b.At.UnixNano())
	is := slices.DeleteFunc(z.crowds(), z.isOld)
	out := z.correct(b, is)
	z.told = is
	z.prune()
	return out
}

// Recall takes what a state remembers, when a program starts: nothing is told.
func (h *Heads) Recall(j *Judge, s *State) {
	for i := range s.told {
		if e := &s.told[i]; e.rule == zone.HeadCount {
			b := s.breach(e, Began, e.start, Moved)
			h.Take(j, b)
		}
	}
}

func (h *Heads) of(id zone.ID) *heads {
	if h.zones == nil {
		h.zones = map[zone.ID]*heads{}
	}
	if h.zones[id] == nil {
		h.zones[id] = &heads{stays: map[Key]stay{}}
	}
	return h.zones[id]
}

// crowds finds when more were in the zone than may be. At one instant who goes goes
// before who comes.
func (z *heads) crowds() (all []episode) {
	type turn struct {
		t     int64
		come  bool
		grade Grade
		most  int
	}
	var turns []turn
	for _, s := range z.stays {
		if s.end == s.start {
			continue
		}
		turns = append(turns, turn{s.start, true, s.grade, s.most})
		if s.end != 0 {
			turns = append(turns, turn{s.end, false, s.grade, s.most})
		}
	}
	slices.SortFunc(turns, func(a, b turn) int {
		return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(b2u(a.come), b2u(b.come)), cmp.Compare(a.grade, b.grade), cmp.Compare(a.most, b.most))
	})
	var have [Confirmed + 1]int // by grade
	most := 0
	crowded := Grade(NoGrade)
	for i, t := range turns {
		if have[t.grade]--; t.come {
			have[t.grade] += 2
			most = t.most
		}
		if i+1 < len(turns) && turns[i+1].t == t.t {
			continue
		}
		is, n := NoGrade, 0
		for g := Confirmed; g > NoGrade && is == NoGrade; g-- {
			if n += have[g]; n > most {
				is = g
			}
		}
		switch {
		case is == NoGrade && crowded != NoGrade:
			e := &all[len(all)-1]
			e.end, e.at = t.t, t.t
		case is != NoGrade && crowded == NoGrade:
			all = append(all, episode{rule: zone.HeadCount, start: t.t, grade: is})
		case is > crowded && crowded != NoGrade:
			all[len(all)-1].grade = max(all[len(all)-1].grade, is)
		}
		crowded = is
	}
	for i := range all {
		if all[i].end != 0 {
			all[i].why = Moved
		}
	}
	return all
}

// correct tells the difference, as of a state whose last fix is that of b.
func (z *heads) correct(b Breach, is []episode) []Breach {
	teller := &State{tracker: b.Tracker, subject: Subject{Class: z.class}, clock: b.At.UnixNano()}
	was := slices.Clone(z.told)
	for i := range was {
		was[i].zone = b.Zone
	}
	now := slices.Clone(is)
	for i := range now {
		now[i].zone = b.Zone
	}
	out := teller.correct(was, now)
	for i := range out {
		out[i].Sight = b.Sight
	}
	return out
}

// prune forgets stays that nothing changes any more, but for those that a crowd that
// is remembered began with.
func (z *heads) prune() {
	from := z.now - int64(crowdKept)
	for i := range z.told {
		from = min(from, z.told[i].start)
	}
	for k, s := range z.stays {
		if s.end != 0 && s.end < from {
			delete(z.stays, k)
		}
	}
}

func (z *heads) isOld(e episode) bool { return e.end != 0 && e.end < z.now-int64(crowdKept) }
