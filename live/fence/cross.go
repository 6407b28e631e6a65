package fence

import (
	"math"
	"slices"

	"citygrid/grid/zone"

	"github.com/paulmach/orb"
)

// What a subject did between two fixes minutes apart is not known; that it went
// straight is the middle of what it may have done. Around the straight way the
// place is uncertain as in the Brownian bridge of J. S. Horne and others, "Analyzing
// animal movements using Brownian bridges", Ecology 88, 2007: a share a of the way
// along, its variance is (1-a)^2 and a^2 of the fixes' and a(1-a) of the motion's.
// The latter grows with the way: streets bend.
const (
	// bend is the standard deviation of a way across the straight line, in the middle of
	// it, as a share of twice its length: 1 in 8 of the length.
	bend = 0.25
	// strideM is how far apart places on the way are looked at, in metres; at most
	// maxStrides of them.
	strideM    = 15
	maxStrides = 64
	// tooFast is where two fixes tell of an error and not of a way, in metres a second.
	tooFast = 60
)

// A crossing is the deepest stretch of a way inside a zone: a share from..to of it.
type crossing struct {
	zone     *fenced
	from, to float64
	deepest  float64 // standard deviations
	// of the stretch that is looked at
	open                    bool
	nowFrom, nowTo, nowDeep float64
}

func (x *crossing) inside(a, z float64) {
	if !x.open {
		x.open, x.nowFrom, x.nowDeep = true, a, 0
	}
	x.nowTo, x.nowDeep = a, max(x.nowDeep, z)
}

func (x *crossing) outside() {
	if x.open && x.nowDeep > x.deepest {
		x.from, x.to, x.deepest = x.nowFrom, x.nowTo, x.nowDeep
	}
	x.open = false
}

// strides is at how many places a way of so many metres is looked at.
func strides(long float64) int { return max(2, min(maxStrides, int(long/strideM)+1)) }

// between is the place a share of the way from one fix to the next, and its
// standard deviation in metres.
func (c *Config) between(from, to sight, stretch, long, a float64) (orb.Point, float64) {
	p := orb.Point{from.at[0] + a*(to.at[0]-from.at[0]), from.at[1] + a*(to.at[1]-from.at[1])}
	s, e := (1-a)*stretch*c.sigma(from.accuracy), a*stretch*c.sigma(to.accuracy)
	return p, math.Sqrt(s*s + e*e + a*(1-a)*bend*bend*long*long)
}

// cross tells of zones that the subject was in neither at the last fix nor at this
// one and that lie on the way: they were begun and ended between the two. in are
// those that it was in at the last. A crossing is Possible or Likely and never more;
// it is asked for rules that being inside breaks at once.
func (r *run) cross(g *seen, in []zone.ID) {
	j := r.j
	long := apart(g.prev.at, g.fix.at)
	if long < strideM || long > tooFast*g.gap.Seconds() || len(g.rules.zones) == 0 {
		return
	}
	var all []crossing
	var buf [8]near
	n := strides(long)
	for i := 1; i < n; i++ {
		a := float64(i) / float64(n)
		p, off := j.cfg.between(g.prev, g.fix, g.stretch, long, a)
		found := g.rules.raster.inside(p, r.s.class, buf[:0])
		for k := range all {
			if !slices.ContainsFunc(found, func(n near) bool { return n.zone == all[k].zone }) {
				all[k].outside()
			}
		}
		for _, n := range found {
			k := slices.IndexFunc(all, func(x crossing) bool { return x.zone == n.zone })
			if k < 0 {
				if n.zone.rule != zone.InsideWhileActive || !n.zone.isFor(r.s.class, r.s.subject.ID) {
					continue
				}
				k = len(all)
				all = append(all, crossing{zone: n.zone})
			}
			deep := n.off
			if deep >= reach && deep < j.top*off {
				deep = n.zone.offBorder(p)
			}
			all[k].inside(a, min(deep/off, j.top))
		}
	}
	before, _ := j.rulesAt(g.prev.t)
	slices.SortFunc(all, func(a, b crossing) int { return int(min(max(a.zone.id-b.zone.id, -1), 1)) })
	for i := range all {
		x := &all[i]
		x.outside()
		grade := min(Likely, j.grade(logOdds(x.deepest)))
		if old := before.byID[x.zone.id]; grade == NoGrade || slices.Contains(in, x.zone.id) || old == nil || old.sum != x.zone.sum {
			continue
		}
		if k, known := r.c.find(x.zone.id); known && r.c.recs[k].in {
			continue
		}
		at := func(a float64) int64 { return g.prev.t + int64(a*float64(g.gap)) }
		if start, end, ok := x.zone.during(at(x.from), at(x.to)); ok {
			r.crossed(x.zone, start, end, g.fix.t, grade)
		}
	}
}

// during is the first stretch from..to or a part of it in which the zone's calendar
// holds.
func (f *fenced) during(from, to int64) (start, end int64, ok bool) {
	if f.when == nil {
		return from, to, true
	}
	start = from
	if !f.when.ActiveAt(instant(from)) {
		t, ok := f.when.NextChange(instant(from))
		if !ok || t.UnixNano() > to {
			return 0, 0, false
		}
		start = t.UnixNano()
	}
	end = to
	if t, ok := f.when.NextChange(instant(start)); ok && t.Before(instant(to)) {
		end = t.UnixNano()
	}
	return start, end, true
}

// crossed tells of a breach that began and ended before it was seen.
func (r *run) crossed(f *fenced, start, end, seen int64, grade Grade) {
	e := episode{zone: f.id, rule: f.rule, start: start, grade: grade}
	list := r.list()
	k, known := slices.BinarySearchFunc(*list, &e, func(a episode, b *episode) int { return a.compare(b) })
	if known {
		return
	}
	r.say(&e, Began, start, Crossed)
	e.end, e.why, e.at = end, Crossed, seen
	*list = slices.Insert(*list, k, e)
	r.say(&e, Ended, end, Crossed)
}
