package fence

import (
	"slices"
	"time"

	"citygrid/live/ingest"
)

// A fix that is hours late (a tracker came out of a garage and sends what it kept)
// is judged by going back to a judgement before it and on from there through the
// fixes that were stored since. The judgements that are kept for that grow sparser
// with age, each as far from the next as it is old at most, so a state has some
// twenty of them for a day, however often its tracker reports. Going back costs at
// most about twice the fixes that came after the late one.

const (
	// keepEvery is how far apart the newest of them are, in nanoseconds.
	keepEvery = int64(5 * time.Minute)
	maxPast   = 64
	// maxTold is how many breaches a state remembers; with more, the judgements that
	// would need the oldest are forgotten.
	maxTold = 4096
	// MaxPast is how many stored fixes are judged again for one late one at most.
	MaxPast = 250_000
)

// keep keeps base before it moves on.
func (j *Judge) keep(s *State) {
	if j.cfg.Horizon <= j.cfg.Lateness {
		return
	}
	if n := len(s.past); n > 0 && (s.base.now == never || s.past[n-1].now != never && s.base.now-s.past[n-1].now < keepEvery) {
		return
	}
	s.remember(&s.base)
	j.thin(s)
}

// remember puts a judgement after those that are kept. There are tens of thousands of
// trackers, so there is room for few more than there are, and rules that may be
// replaced tomorrow aren't held on to: what is nil is looked up.
func (s *State) remember(c *core) {
	if len(s.past) == cap(s.past) {
		s.past = append(make([]core, 0, len(s.past)+2), s.past...)
	}
	s.past = append(s.past, core{})
	kept := &s.past[len(s.past)-1]
	c.copyTo(kept)
	kept.rules = nil
	for i := range kept.recs {
		kept.recs[i].fenced = nil
	}
}

// thin takes out judgements that are closer together than they need to be, and those
// that are older than the horizon needs.
func (j *Judge) thin(s *State) {
	for i := 1; i+1 < len(s.past); {
		before, after := s.past[i-1].now, s.past[i+1].now
		if before != never && after-before <= (s.clock-after)/2 {
			s.past = slices.Delete(s.past, i, i+1)
		} else {
			i++
		}
	}
	old := 0
	for old+1 < len(s.past) && (s.past[old+1].now <= s.clock-int64(j.cfg.Horizon) || len(s.past)-old > maxPast || len(s.told) > maxTold && s.tellsLess(old)) {
		old++
	}
	if old > 0 {
		s.past = slices.Delete(s.past, 0, old)
	}
}

// tellsLess says whether too much would still be remembered without the judgements up
// to the one after old.
func (s *State) tellsLess(old int) bool {
	n := 0
	for i := range s.told {
		if e := &s.told[i]; e.end == 0 || e.at > s.past[old].now {
			n++
		}
	}
	return n > maxTold
}

// prune forgets what was told of breaches that nothing can change any more.
func (s *State) prune() {
	from := s.base.now
	if len(s.past) > 0 {
		from = s.past[0].now
	}
	if from == s.pruned {
		return
	}
	s.pruned = from
	s.told = slices.DeleteFunc(s.told, func(e episode) bool { return e.end != 0 && e.at <= from })
}

// judgedEarly says whether a stored fix was judged before its turn.
func (s *State) judgedEarly(seq uint64) bool {
	k, found := slices.BinarySearch(s.early, seq)
	if s.early = s.early[k:]; len(s.early) == 0 {
		s.early = nil
	}
	return found
}

// Stored gives the stored fixes of a tracker with from <= time < to, by time. It stops
// when yield says false.
type Stored func(from, to time.Time, yield func(ingest.Fix) bool) error

// Rejudge judges a fix for which Fix gave Past, with the stored fixes around it, and
// gives what that changed. That fix must be among them, if it has an arrival number;
// others that are stored and were not judged yet do no harm, and come as Duplicate
// later. An error is one of stored: nothing was changed then, and the same call can
// be made again.
func (j *Judge) Rejudge(s *State, f ingest.Fix, stored Stored) ([]Breach, Verdict, error) {
	out := j.amend(s)
	g := sightOf(&f)
	if s.base.now < g.t {
		more, verdict := j.Fix(s, f)
		return append(out, more...), verdict, nil
	}
	from := len(s.past) - 1
	for from >= 0 && s.past[from].now >= g.t {
		from--
	}
	if from < 0 {
		s.Counts.Late++
		return out, Late, nil
	}
	start := &s.past[from]
	sights, early, err := j.recall(s, start.now, f, stored)
	if err != nil {
		return out, Past, err
	}
	if len(sights) > MaxPast {
		s.Counts.Crowded++
		return out, Crowded, nil
	}
	s.early = early
	// What the run goes through: the instants at which judgements were kept, to keep new
	// ones there, and right after the late fix, where the next is likely to be.
	marks := []int64{g.t}
	for i := from + 1; i < len(s.past); i++ {
		marks = append(marks, s.past[i].now)
	}
	slices.Sort(marks)
	r := run{j: j, s: s, c: &s.head}
	start.copyTo(&s.head)
	kept, was := s.since(start)
	r.told = start.goingOn(was)
	s.past = s.past[:from+1]
	end := s.base.now
	for _, h := range sights {
		for len(marks) > 0 && marks[0] < h.t {
			r.mark(marks[0])
			marks = marks[1:]
		}
		r.clock(h.t)
		r.fix(h)
	}
	for _, t := range marks {
		r.mark(min(t, end))
	}
	r.clock(end)
	s.head.copyTo(&s.base)
	s.midTail = 0
	s.tail = slices.DeleteFunc(s.tail, func(h sight) bool { return h.t <= end })
	out = append(out, j.finish(&r, kept, was)...)
	j.thin(s)
	s.prune()
	return out, Judged, nil
}

// mark keeps the judgement at an instant.
func (r *run) mark(t int64) {
	r.clock(t)
	s := r.s
	if n := len(s.past); n > 0 && s.past[n-1].now >= r.c.now {
		return
	}
	s.remember(r.c)
}

// recall gives the stored fixes after an instant up to base, with f, in their order;
// early are the arrival numbers of those that came after f.
func (j *Judge) recall(s *State, after int64, f ingest.Fix, stored Stored) (sights []sight, early []uint64, err error) {
	var from time.Time
	if s.born != never {
		from = instant(s.born)
	}
	if after != never && after >= s.born {
		from = instant(after + 1)
	}
	err = stored(from, instant(s.base.now+1), func(h ingest.Fix) bool {
		if !h.Received.IsZero() && h.Time.Sub(h.Received) > j.cfg.Ahead {
			return true
		}
		if h.Seq > f.Seq {
			early = append(early, h.Seq)
		}
		sights = append(sights, sightOf(&h))
		return len(sights) <= MaxPast
	})
	if err != nil {
		return nil, nil, err
	}
	sights = append(sights, sightOf(&f))
	slices.SortFunc(sights, sight.compare)
	slices.Sort(early)
	return slices.Compact(sights), early, nil
}
