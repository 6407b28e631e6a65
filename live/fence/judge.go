package fence

import (
	"slices"
	"time"

	"citygrid/live/ingest"
)

// A Judge holds trackers against rules. It is never changed once made and may be
// shared between goroutines; Swap makes the next one.
type Judge struct {
	cfg   Config
	marks [Confirmed + 1]float64 // the evidence that each grade takes
	top   float64                // standard deviations that say all one fix can say
	// edits are the rules by when they came into force, the first since ever. A fix
	// that comes late is judged by the rules of its time.
	edits []edit
}

type edit struct {
	from  int64
	rules *Rules
}

// New makes a Judge.
func New(rules *Rules, cfg Config) (*Judge, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	j := &Judge{cfg: cfg, edits: []edit{{never, rules}}, top: cfg.Depths[2]}
	for i, d := range cfg.Depths {
		j.marks[i+1] = logOdds(d)
	}
	return j, nil
}

// Swap makes a Judge for which other rules are in force from an instant on. Fixes
// keep being judged by either while trackers are handed over one by one; call
// Advance for each of them with that instant or a later one, so that what the
// edit opens and closes is told. Equal zones change nothing.
//
// An instant before the last swap is taken for that one: edits have an order.
func (j *Judge) Swap(at time.Time, rules *Rules) *Judge {
	next := *j
	from := max(at.UnixNano(), j.edits[len(j.edits)-1].from)
	next.edits = append(slices.Clip(slices.Clone(j.edits)), edit{from, rules})
	return &next
}

// Forget makes a Judge without the rules that no fix can be judged by any more:
// those replaced before the instant. Every tracker must have been advanced to
// Lateness after it or further.
func (j *Judge) Forget(before time.Time) *Judge {
	next := *j
	keep := 0
	for keep+1 < len(j.edits) && j.edits[keep+1].from < before.UnixNano() {
		keep++
	}
	next.edits = slices.Clone(j.edits[keep:])
	next.edits[0].from = never
	return &next
}

// Rules are those in force last.
func (j *Judge) Rules() *Rules { return j.edits[len(j.edits)-1].rules }

// Config is how it judges, with defaults filled in.
func (j *Judge) Config() Config { return j.cfg }

// rulesAt gives the rules in force at t, and the next ones if there are.
func (j *Judge) rulesAt(t int64) (now *Rules, next *edit) {
	for i := len(j.edits) - 1; ; i-- {
		if e := &j.edits[i]; e.from <= t || i == 0 {
			return e.rules, next
		}
		next = &j.edits[i]
	}
}

// A Verdict says what became of a fix.
type Verdict string

// The verdicts.
const (
	Judged    Verdict = "judged"
	Duplicate Verdict = "duplicate" // the same time and place was judged before
	Late      Verdict = "late"      // it came too late: what it would change was final
	// Past: it is late by so much that the stored fixes are needed to judge it. Nothing
	// was done yet; see Judge.Rejudge.
	Past    Verdict = "past"
	Ahead   Verdict = "ahead"   // the tracker's clock is ahead
	Crowded Verdict = "crowded" // too many fixes in too short a time
)

// MaxTail is how many fixes one tracker may have in the time in which late ones
// are waited for, before further ones are not judged.
const MaxTail = 4096

// Fix judges one fix that was stored, and gives what it changed, by event time as
// far as events are new. The fix must keep ingest's Check; its tracker isn't
// looked at.
func (j *Judge) Fix(s *State, f ingest.Fix) ([]Breach, Verdict) {
	if !f.Received.IsZero() && f.Time.Sub(f.Received) > j.cfg.Ahead {
		s.Counts.Ahead++
		return nil, Ahead
	}
	g := sightOf(&f)
	if s.clock != never && g.t <= s.clock-int64(j.cfg.Horizon) || g.t < s.born {
		s.Counts.Late++
		return nil, Late
	}
	s.seq = max(s.seq, f.Seq)
	if g.t <= s.base.now {
		if f.Seq != 0 && (f.Seq <= s.known || s.judgedEarly(f.Seq)) {
			return nil, Duplicate
		}
		return nil, Past
	}
	out := j.amend(s)
	if len(s.tail) >= MaxTail {
		s.Counts.Crowded++
		return out, Crowded
	}
	k := len(s.tail)
	// The last of the tail is the head's last fix, which is at hand.
	if k > 0 && s.head.last.t >= g.t {
		var twice bool
		if k, twice = slices.BinarySearchFunc(s.tail, g, sight.compare); twice {
			s.Counts.Duplicate++
			return out, Duplicate
		}
	}
	s.clock = max(s.clock, g.t)
	// Nothing that was judged is after it: neither a fix nor a change of the clock.
	if k == len(s.tail) && s.head.now <= g.t && (!s.head.has || s.head.last.t < g.t || s.head.last.compare(g) < 0) {
		r := run{j: j, s: s, c: &s.head, tell: true, out: out}
		r.clock(g.t)
		r.fix(g)
		s.added(k, g)
		s.tail = append(s.tail, g)
		j.settle(s)
		r.clock(s.clock)
		return r.out, Judged
	}
	s.added(k, g)
	s.tail = slices.Insert(s.tail, k, g)
	return append(out, j.again(s)...), Judged
}

// added drops mid when a fix comes among those that are in it, or at its instant.
func (s *State) added(k int, g sight) {
	if m := int(s.midTail); m > 0 && (k < m || k == m && g.t <= s.midAt) {
		s.midTail = 0
	}
}

// amend judges again what was judged by rules that turned out not to be those of
// its time: an edit came into force at an instant that the state was past already.
func (j *Judge) amend(s *State) []Breach {
	if rules, _ := j.rulesAt(s.head.now); s.head.sum == rules.sum || s.head.now == never {
		return nil
	}
	s.midTail = 0
	return j.again(s)
}

// Advance tells the state that it is t now: windows that opened and closed by then,
// silence, edits of zones. A t in the past changes nothing.
func (j *Judge) Advance(s *State, t time.Time) []Breach {
	s.clock = max(s.clock, t.UnixNano())
	out := j.amend(s)
	r := run{j: j, s: s, c: &s.head, tell: true, out: out}
	r.clock(s.clock)
	j.settle(s)
	return r.out
}

// NextWake is when Advance will have something to do if no fix comes before; ok is
// false if never. It sees edits of zones that are to come; after a Swap every state is
// advanced anyway.
func (j *Judge) NextWake(s *State) (at time.Time, ok bool) {
	t := int64(forever)
	for i := range s.head.recs {
		rec := &s.head.recs[i]
		if t = min(t, rec.until); rec.due != 0 {
			t = min(t, rec.due)
		}
	}
	if len(s.head.recs) > 0 {
		t = min(t, s.head.last.t+j.cfg.silence(s.head.pace))
	}
	if _, next := j.rulesAt(s.head.now); next != nil && s.head.now != never {
		t = min(t, next.from)
	}
	return instant(t), t != forever
}

// Since is from when on a state that was decoded must be given the stored fixes
// again: earlier ones are in it for good, or would come too late. The last of
// those in it is among them.
func (j *Judge) Since(s *State) time.Time {
	t := int64(forever)
	if s.clock != never {
		t = s.clock - int64(j.cfg.Lateness)
	}
	if s.head.has {
		t = min(t, s.head.last.t)
	}
	if t == forever {
		return time.Time{}
	}
	return instant(t)
}

// SinceAll is Since for a program that may have ended with fixes stored and not
// judged: those that came late by more than Lateness are among them.
func (j *Judge) SinceAll(s *State) time.Time {
	if s.clock == never {
		return time.Time{}
	}
	return instant(max(s.clock-int64(j.cfg.Horizon), s.born))
}

// Close ends all breaches that last, when a tracker is taken off its subject or the
// subject struck off. The state must not be used after it.
func (j *Judge) Close(s *State, at time.Time) []Breach {
	out := j.Advance(s, at)
	for i := range s.told {
		if e := &s.told[i]; e.end == 0 {
			e.end, e.why = max(s.clock, e.start), Closed
			e.at = e.end
			out = append(out, s.breach(e, Ended, e.end, Closed))
		}
	}
	s.head.recs = nil
	return out
}

// settle moves base up to what only fixes can come before that are later than
// Lateness.
func (j *Judge) settle(s *State) {
	final := s.clock - int64(j.cfg.Lateness)
	if s.base.now < s.head.now && s.head.now <= final {
		j.keep(s)
		s.head.copyTo(&s.base)
		s.tail, s.midTail = s.tail[:0], 0
		s.prune()
		return
	}
	if s.midTail > 0 && s.midAt <= final {
		j.keep(s)
		s.mid, s.base = s.base, s.mid
		s.tail = append(s.tail[:0], s.tail[s.midTail:]...)
		s.midTail = 0
		s.prune()
	}
	// base is before the tail, so it tells at once when the tail is too short.
	half := int64(j.cfg.Lateness) / 2
	if n := len(s.tail); s.midTail == 0 && n > 0 && (s.base.now == never || s.head.now-s.base.now >= half) &&
		s.head.now == s.head.last.t && s.head.now-s.tail[0].t >= half {
		s.head.copyTo(&s.mid)
		s.midTail, s.midAt = int32(n), s.head.now
	}
}

// again judges once more from base on, and tells the difference.
func (j *Judge) again(s *State) []Breach {
	r := run{j: j, s: s, c: &s.head}
	s.base.copyTo(&s.head)
	kept, was := s.since(&s.base)
	r.told = s.base.goingOn(was)
	return j.finish(&r, kept, was)
}

// finish carries a run from base on through the tail to the clock, and tells what that
// changes: was is what was told, kept what the run doesn't touch.
func (j *Judge) finish(r *run, kept, was []episode) []Breach {
	s := r.s
	for _, f := range s.tail {
		r.clock(f.t)
		r.fix(f)
	}
	r.clock(s.clock)
	out := s.correct(was, r.told)
	s.told = merged(kept, r.told)
	j.settle(s)
	return out
}

// since parts what was told: what was over at a judgement, and what came after it or
// lasted.
func (s *State) since(c *core) (over, rest []episode) {
	for _, e := range s.told {
		if e.end != 0 && e.at <= c.now {
			over = append(over, e)
		} else {
			rest = append(rest, e)
		}
	}
	return over, rest
}

// goingOn lists those of some episodes that lasted at c, as they were then.
func (c *core) goingOn(some []episode) (out []episode) {
	for _, e := range some {
		if rec := c.lasting(&e); rec != nil {
			e.end, e.why, e.at, e.grade = 0, "", 0, rec.grade
			out = append(out, e)
		}
	}
	return out
}

// merged is both in their order.
func merged(a, b []episode) []episode {
	if len(a) == 0 {
		return b
	}
	out := slices.Concat(a, b)
	slices.SortStableFunc(out, func(x, y episode) int { return x.compare(&y) })
	return out
}

// lasting is the record of an episode that lasts, nil if it doesn't.
func (c *core) lasting(e *episode) *record {
	if k, ok := c.find(e.zone); ok && c.recs[k].start == e.start {
		return &c.recs[k]
	}
	return nil
}
