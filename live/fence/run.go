package fence

import (
	"math"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// A run carries a core forward through fixes and the clock.
type run struct {
	j *Judge
	s *State
	c *core
	// tell: the core is the state's head, and each event is told as it happens.
	// Else episodes are only listed, in told.
	tell bool
	told []episode
	out  []Breach
}

// clock carries the core through all that happens up to and at an instant without
// a fix. Of things at one instant, an edit comes first, then calendars by zone, then
// who has stayed too long by zone, then silence.
func (r *run) clock(to int64) {
	c := r.c
	rules, next := r.j.rulesAt(c.now)
	if c.sum != rules.sum {
		// A new state; or one that was kept while other zones were in force.
		r.swap(noRules, rules, c.now)
	}
	for {
		t := int64(forever)
		if next != nil {
			t = next.from
		}
		turn := -1
		for i := range c.recs {
			if u := c.recs[i].until; c.recs[i].in && u < t {
				t, turn = u, i
			}
		}
		long := -1
		for i := range c.recs {
			if u := c.recs[i].due; u != 0 && u < t {
				t, turn, long = u, -1, i
			}
		}
		silent := false
		if len(c.recs) > 0 {
			if u := c.last.t + r.j.cfg.silence(c.pace); u < t {
				t, silent = u, true
			}
		}
		if t > to || t == forever {
			return
		}
		c.now = max(c.now, t)
		switch {
		case silent:
			for i := range c.recs {
				r.end(&c.recs[i], t, Silence)
			}
			c.recs = c.recs[:0]
		case long >= 0:
			rec := &c.recs[long]
			r.begin(rec, rules.byID[rec.zone], t, Stayed)
		case turn >= 0:
			r.turn(&c.recs[turn], rules, t)
		default:
			was := rules
			rules, next = r.j.rulesAt(t)
			r.swap(was, rules, t)
		}
	}
}

// turn is the calendar of the zone a record is about changing.
func (r *run) turn(rec *record, rules *Rules, t int64) {
	f := rules.byID[rec.zone]
	if rec.ask(f, t); rec.active {
		r.enter(rec, f, t, Clock)
	} else {
		r.end(rec, t, Clock)
	}
}

// ask asks the zone's calendar whether it holds, and until when.
func (rec *record) ask(f *fenced, t int64) {
	if f.when == nil {
		rec.active, rec.until = true, forever
		return
	}
	at := instant(t)
	rec.active, rec.until = f.when.ActiveAt(at), forever
	if change, ok := f.when.NextChange(at); ok && change.Before(endOfTime) {
		rec.until = change.UnixNano()
	}
}

// endOfTime is a little before nanoseconds since 1970 don't fit any more.
var endOfTime = time.Date(2260, 1, 1, 0, 0, 0, 0, time.UTC)

// swap puts other rules into force. Zones that were changed or removed end what
// they had begun; those that were changed or added are held against the last fix.
func (r *run) swap(was, rules *Rules, t int64) {
	c := r.c
	c.sum = rules.sum
	if was == rules || was.sum == rules.sum {
		return
	}
	subject := r.s.subject
	c.recs = slices.DeleteFunc(c.recs, func(rec record) bool {
		if f := rules.byID[rec.zone]; f != nil && rules.sumFor(f, subject) == rec.sum {
			return false
		}
		r.end(&rec, t, Edited)
		return true
	})
	if was == noRules || !c.has || t-c.last.t >= r.j.cfg.silence(c.pace) {
		return
	}
	var buf [8]near
	g := seen{rules: rules, fix: c.last, stretch: c.noise.stretch(&r.j.cfg)}
	g.sigma = r.j.cfg.sigma(c.last.accuracy) * g.stretch
	look := func(f *fenced, n *near) {
		if old := was.byID[f.id]; old != nil && was.sumFor(old, subject) == rules.sumFor(f, subject) {
			return
		}
		r.meet(f, n, &g, 1, t, Edited)
	}
	for _, n := range rules.raster.inside(c.last.at, r.s.class, buf[:0]) {
		look(n.zone, &n)
	}
	for _, f := range rules.awayFor(r.s) {
		look(f, nil)
	}
}

// depth is how many standard deviations inside the zone a fix is.
func (r *run) depth(n *near, f sight, sigma float64) float64 {
	off, top := n.off, r.j.top
	if off >= reach && off < top*sigma {
		off = r.s.nearby.offBorder(n.zone, f.at, (top+0.01)*sigma)
	}
	return min(off/sigma, top)
}

// A seen is a fix that is held against zones.
type seen struct {
	rules *Rules
	fix   sight
	sigma float64 // of fix
	prev  sight   // the fix before, if gap is above 0
	gap   time.Duration

	stretch float64 // of what the tracker tells of its accuracy
}

// held is how many standard deviations a fix is within what the rule of a zone
// forbids, negative outside of it; n is nil if it is not on its ground. ok is false
// if the fix doesn't tell. Where a rule forbids several things together it is the
// one that is least sure.
func (r *run) held(f *fenced, n *near, g *seen) (z float64, ok bool) {
	top, p := r.j.top, g.fix.at
	switch {
	case f.away:
		if f.bound.Contains(p) && f.contains(p) {
			return -min(r.s.nearby.offBorder(f, p, (top+0.01)*g.sigma)/g.sigma, top), true
		}
		return r.beyond(f, p, top, g.sigma), true
	case n == nil:
		return -r.beyond(f, p, top, g.sigma), true
	case n.off < 0:
		return -min(-n.off/g.sigma, top), true
	}
	z = r.depth(n, g.fix, g.sigma)
	if f.home > 0 {
		home, known := g.rules.homes[r.s.subject]
		if !known {
			return -top, true
		}
		z = min(z, max(-top, (apart(home, p)-f.home)/g.sigma))
	}
	if f.speed > 0 {
		kmh, off, told := r.j.speed(g)
		if !told {
			return 0, false
		}
		z = min(z, max(-top, (kmh-f.speed)/off))
	}
	return z, true
}

// beyond is how many standard deviations outside p is, at most top: exactly that far
// away, where one fix says all it can.
func (r *run) beyond(f *fenced, p orb.Point, top, sigma float64) float64 {
	return min(r.s.nearby.outside(f, p, (top+0.01)*sigma)/sigma, top)
}

// speedGap is over how much time at most two fixes tell a speed.
const speedGap = 2 * time.Minute

// speed is how fast the subject goes, in km/h, and its standard deviation: as the
// tracker tells it, or from the fix before.
func (j *Judge) speed(g *seen) (kmh, off float64, ok bool) {
	if g.fix.speed >= 0 {
		return float64(g.fix.speed), j.cfg.SpeedError, true
	}
	if g.gap <= 0 || g.gap > speedGap {
		return 0, 0, false
	}
	const perHour = 3.6
	s := g.gap.Seconds()
	off = math.Hypot(g.sigma, j.cfg.sigma(g.prev.accuracy)*g.stretch) / s * perHour
	return apart(g.prev.at, g.fix.at) / s * perHour, off, true
}

// apart is how many metres are between two points, on the flat map around b.
func apart(a, b orb.Point) float64 {
	lonM, latM := geo.MetresPerDegree(b[1])
	return math.Hypot((a[0]-b[0])*float64(lonM), (a[1]-b[1])*float64(latM))
}

// fix judges a fix; the clock has been carried up to it.
func (r *run) fix(f sight) {
	c, j := r.c, r.j
	rules, _ := j.rulesAt(f.t)
	g := seen{rules: rules, fix: f}
	if c.has {
		g.prev, g.gap = c.last, time.Duration(f.t-c.last.t)
		c.noise.learn(&j.cfg, &c.last, &f)
	}
	g.stretch = c.noise.stretch(&j.cfg)
	sparse := c.has && g.gap >= j.cfg.Sparse && int64(g.gap) < j.cfg.silence(c.pace)
	first := !c.has
	c.now, c.last, c.has = f.t, f, true
	if !first {
		c.pace = paced(c.pace, g.gap)
	}
	y := &r.s.nearby
	if y.rules != rules {
		y.enter(rules, r.s)
	}
	var buf [8]near
	found := y.near(f.at, r.s.class, len(c.recs) > 0, buf[:0])
	if len(found)+len(c.recs)+len(y.away) == 0 {
		c.rules = rules
		if sparse {
			r.cross(&g, nil)
		}
		return
	}
	var in []zone.ID // before
	if sparse {
		for i := range c.recs {
			if c.recs[i].in {
				in = append(in, c.recs[i].zone)
			}
		}
	}
	weight := 1.0
	if !first {
		weight = j.cfg.weight(g.gap)
	}
	g.sigma = j.cfg.sigma(f.accuracy) * g.stretch
	// Zones that something is known of, whether or not it is near them now.
	for i := 0; i < len(c.recs); i++ {
		rec := &c.recs[i]
		zone := rec.fenced
		if c.rules != rules || zone == nil {
			zone = rules.byID[rec.zone]
			rec.fenced = zone
		}
		var n *near
		for k := range found {
			if found[k].zone == zone {
				n = &found[k]
				break
			}
		}
		z, ok := r.held(zone, n, &g)
		if n != nil {
			n.zone = nil
		}
		if ok && !r.weigh(rec, zone, z, weight, f.t, Moved) {
			c.recs = slices.Delete(c.recs, i, i+1)
			i--
		}
	}
	c.rules = rules
	for k := range found {
		if n := &found[k]; n.zone != nil && n.off >= 0 {
			r.meet(n.zone, n, &g, weight, f.t, Moved)
		}
	}
	for _, f := range y.away {
		if _, known := c.find(f.id); !known {
			r.meet(f, nil, &g, weight, g.fix.t, Moved)
		}
	}
	if sparse {
		r.cross(&g, in)
	}
}

// meet weighs a fix within what a zone forbids that nothing was known of.
func (r *run) meet(f *fenced, n *near, g *seen, weight float64, t int64, why Why) {
	if !f.isFor(r.s.class, r.s.subject.ID) {
		return
	}
	z, ok := r.held(f, n, g)
	if !ok || z <= 0 {
		return
	}
	rec := record{zone: f.id, fenced: f, sum: g.rules.sumFor(f, r.s.subject), until: forever}
	if r.weigh(&rec, f, z, weight, t, why) {
		k, _ := r.c.find(f.id)
		r.c.recs = slices.Insert(r.c.recs, k, rec)
	}
}

// weigh adds the evidence of a fix z standard deviations inside a zone. It says
// whether there is still something to know of the zone.
//
// A fix counts in full by itself, and adds to those before it by what it is deeper
// than the margin, with the weight of the time since. The first one inside counts for
// Likely at most, however deep: of real trackers one fix in a hundred or so is somewhere
// else altogether, and two in a row seldom.
func (r *run) weigh(rec *record, f *fenced, z, weight float64, t int64, why Why) bool {
	j := r.j
	limit := j.marks[Confirmed]
	add := func(have, z, most float64) float64 {
		return min(limit, max(0, have+weight*logOdds(z-j.cfg.Margin), min(most, logOdds(z))))
	}
	alone := limit
	if !rec.in {
		alone = j.marks[Likely]
	}
	rec.enter = add(rec.enter, z, alone)
	if !rec.in {
		if rec.enter < j.marks[Possible] {
			return rec.enter > 0
		}
		rec.in, rec.since, rec.leave, rec.grade = true, t, 0, j.grade(rec.enter)
		if rec.ask(f, t); rec.active {
			r.enter(rec, f, t, why)
		}
		return true
	}
	rec.leave = add(rec.leave, -z, limit)
	if rec.leave >= j.marks[rec.grade] {
		r.end(rec, t, why)
		return false
	}
	if g := j.grade(rec.enter); g > rec.grade {
		rec.grade = g
		r.raise(rec, t, why)
	}
	return true
}

// grade is the grade that so much evidence gives.
func (j *Judge) grade(evidence float64) Grade {
	g := NoGrade
	for g < Confirmed && evidence >= j.marks[g+1] {
		g++
	}
	return g
}

// enter is the subject being inside while the zone's calendar holds, from now on.
func (r *run) enter(rec *record, f *fenced, t int64, why Why) {
	if f.longer == 0 {
		r.begin(rec, f, t, why)
		return
	}
	rec.due = t + f.longer
}

func (r *run) begin(rec *record, f *fenced, t int64, why Why) {
	rec.start, rec.due = t, 0
	e := episode{zone: rec.zone, rule: f.rule, start: t, grade: rec.grade}
	list := r.list()
	k, again := slices.BinarySearchFunc(*list, &e, func(a episode, b *episode) int { return a.compare(b) })
	if again { // two fixes of one instant: it ended and begins anew with the same key
		(*list)[k] = e
	} else {
		*list = slices.Insert(*list, k, e)
	}
	r.say(&e, Began, t, why)
}

func (r *run) raise(rec *record, t int64, why Why) {
	if rec.start == 0 {
		return
	}
	e := r.episode(rec)
	e.grade = rec.grade
	r.say(e, Raised, t, why)
}

func (r *run) end(rec *record, t int64, why Why) {
	rec.due = 0
	if rec.start == 0 {
		return
	}
	e := r.episode(rec)
	e.end, e.why, e.at = t, why, t
	rec.start = 0
	r.say(e, Ended, t, why)
}

// list is the list of episodes that the run writes.
func (r *run) list() *[]episode {
	if r.tell {
		return &r.s.told
	}
	return &r.told
}

// episode is that of a record whose breach lasts.
func (r *run) episode(rec *record) *episode {
	list := *r.list()
	want := episode{zone: rec.zone, start: rec.start}
	k, _ := slices.BinarySearchFunc(list, &want, func(a episode, b *episode) int { return a.compare(b) })
	return &list[k]
}

func (r *run) say(e *episode, event Event, t int64, why Why) {
	if r.tell {
		r.out = append(r.out, r.s.breach(e, event, t, why))
	}
}
