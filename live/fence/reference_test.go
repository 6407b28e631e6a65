package fence

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid/calendar"
	"citygrid/grid/zone"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
)

// An outcome is how a breach stands in the end.
type outcome struct {
	End   time.Time
	Grade Grade
}

// A period is zones in force from an instant on.
type period struct {
	from  time.Time
	zones []zone.Zone
	homes map[Subject]orb.Point
}

// reference judges in the plainest way: zone by zone, all fixes in order, each
// against the whole border, each window of the calendars listed, nothing kept from one
// zone or period to the next but what the rules say. It is written from the doc of
// the package.
func reference(cfg Config, class zone.Class, periods []period, fixes []ingest.Fix, end time.Time) map[Key]outcome {
	cfg = cfg.withDefaults()
	var sights []sight
	for _, f := range fixes {
		sights = append(sights, sightOf(&f))
	}
	slices.SortFunc(sights, sight.compare)
	sights = slices.Compact(sights)
	ids := map[zone.ID]bool{}
	for _, p := range periods {
		for _, z := range p.zones {
			ids[z.ID] = true
		}
	}
	out := map[Key]outcome{}
	for id := range ids {
		referenceZone(cfg, class, id, periods, sights, end, out)
	}
	return out
}

// A happening is something at an instant; those of one instant are in the order of
// kind.
type happening struct {
	t    int64
	kind int // 0 edit, 1 calendar, 2 silence, 3 fix
	fix  sight
	z    *zone.Zone

	stretch float64 // with fix

	homes map[Subject]orb.Point
}

func referenceZone(cfg Config, class zone.Class, id zone.ID, periods []period, sights []sight, end time.Time, out map[Key]outcome) {
	versions := make([]*zone.Zone, len(periods))
	me := Subject{class, 1}
	homes := periods[0].homes
	var all []happening
	for i, p := range periods {
		for k := range p.zones {
			if p.zones[k].ID == id {
				versions[i] = &p.zones[k]
			}
		}
		from, to := p.from, end.Add(time.Hour)
		if i == 0 {
			from = time.Unix(0, sights[0].t).Add(-48 * time.Hour)
		} else {
			all = append(all, happening{t: from.UnixNano(), kind: 0, z: versions[i], homes: p.homes})
		}
		if i+1 < len(periods) {
			to = periods[i+1].from
		}
		if versions[i] != nil && versions[i].Calendar != nil {
			c, err := calendar.New(*versions[i].Calendar, nil)
			if err != nil {
				panic(err)
			}
			for w := range c.Windows(from, to) {
				for _, t := range []time.Time{w.From, w.To} {
					if t.Before(to) {
						all = append(all, happening{t: t.UnixNano(), kind: 1})
					}
				}
			}
		}
	}
	pace := 0.0
	quiet := make(map[int64]int64) // how long silence takes after the fixes of an instant
	for i, f := range sights {
		all = append(all, happening{t: f.t, kind: 3, fix: f, stretch: plainStretch(cfg, sights[:i+1])})
		if i > 0 && f.t > sights[i-1].t {
			switch gap := float64(f.t-sights[i-1].t) / 1e9; {
			case pace == 0:
				pace = min(gap, 1800)
			default:
				pace += (min(gap, 4*pace) - pace) / 8
			}
		}
		long := 6 * pace
		if pace == 0 {
			long = 6 * 300
		}
		quiet[f.t] = int64(max(cfg.Silence.Seconds(), min(cfg.MaxSilence.Seconds(), long)) * 1e9)
		if t := f.t + quiet[f.t]; i+1 == len(sights) || sights[i+1].t >= t {
			all = append(all, happening{t: t, kind: 2})
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.kind, b.kind)) })

	z := versions[0]
	active := func(t int64) bool {
		if z.Calendar == nil {
			return true
		}
		c, _ := calendar.New(*z.Calendar, nil)
		return c.ActiveAt(time.Unix(0, t))
	}
	var (
		in           bool
		enter, leave float64
		grade        Grade
		open         *Key
		last         sight
		has          bool
		stretch      = 1.0
		due          int64 // when a stay becomes a breach; 0: none does
		marks        = []float64{0, logOdds(cfg.Depths[0]), logOdds(cfg.Depths[1]), logOdds(cfg.Depths[2])}
	)
	gradeOf := func(e float64) (g Grade) {
		for i, m := range marks {
			if e >= m {
				g = Grade(i)
			}
		}
		return g
	}
	begin := func(t int64) {
		open = &Key{Subject{class, 1}, id, z.Rule.Kind, time.Unix(0, t).UTC()}
		out[*open] = outcome{Grade: grade}
	}
	inside := func(t int64) {
		if z.Rule.Longer > 0 {
			due = t + int64(z.Rule.Longer)
			return
		}
		begin(t)
	}
	stop := func(t int64) {
		due = 0
		if open != nil {
			out[*open] = outcome{End: time.Unix(0, t).UTC(), Grade: grade}
			open = nil
		}
	}
	// look holds a fix against the zone; before is the fix before, if its speed counts.
	look := func(f sight, before *sight, weight float64, t int64) {
		if z == nil || !z.ForSubject(class, 1) {
			return
		}
		g, _ := fence(z, 0)
		sd := cfg.sigma(f.accuracy) * stretch
		top := cfg.Depths[2]
		clamp := func(d float64) float64 { return max(-top, min(top, d)) }
		depth := clamp(g.offBorder(f.at) / sd)
		if !g.contains(f.at) {
			depth = -depth
		}
		switch on := depth > 0 || g.contains(f.at); {
		case z.Rule.Kind == zone.Corridor:
			depth = -depth
		case z.Rule.Kind == zone.Curfew && on:
			depth = min(depth, -top)
			if home, known := homes[me]; known {
				depth = min(clamp(g.offBorder(f.at)/sd), clamp((plainly(home, f.at)-z.Rule.HomeM)/sd))
			}
		case z.Rule.Kind == zone.Speed && on:
			kmh, off := float64(f.speed), cfg.SpeedError
			if f.speed < 0 {
				if before == nil || f.t == before.t || f.t-before.t > int64(2*time.Minute) {
					return
				}
				s := float64(f.t-before.t) / 1e9
				a, b := cfg.sigma(before.accuracy)*stretch, sd
				kmh, off = plainly(before.at, f.at)/s*3.6, math.Sqrt(a*a+b*b)/s*3.6
			}
			depth = min(depth, clamp((kmh-z.Rule.SpeedKmh)/off))
		}
		add := func(have, d, alone float64) float64 {
			return min(marks[3], max(0, have+weight*logOdds(d-cfg.Margin), min(alone, logOdds(d))))
		}
		alone := marks[3]
		if !in { // one fix confirms nothing
			alone = marks[2]
		}
		enter = add(enter, depth, alone)
		if !in {
			if enter >= marks[1] {
				in, leave, grade = true, 0, gradeOf(enter)
				if active(t) {
					inside(t)
				}
			}
			return
		}
		if leave = add(leave, -depth, marks[3]); leave >= marks[grade] {
			stop(t)
			in, enter, leave = false, 0, 0
			return
		}
		if grade = max(grade, gradeOf(enter)); open != nil {
			out[*open] = outcome{Grade: grade}
		}
	}
	stayed := func(to int64) {
		if due != 0 && due <= to {
			begin(due)
			due = 0
		}
	}
	for _, h := range all {
		if h.t > end.UnixNano() {
			break
		}
		if h.kind <= 1 { // edits and calendars come before who stayed too long
			stayed(h.t - 1)
		} else {
			stayed(h.t)
		}
		switch h.kind {
		case 0:
			if same(z, h.z) && (z == nil || z.Rule.Kind != zone.Curfew || homes[me] == h.homes[me]) {
				homes = h.homes
				continue
			}
			stop(h.t)
			in, enter, leave = false, 0, 0
			z, homes = h.z, h.homes
			if has && h.t-last.t < quiet[last.t] {
				look(last, nil, 1, h.t)
			}
		case 1:
			if in && active(h.t) && open == nil && due == 0 {
				inside(h.t)
			} else if !active(h.t) {
				stop(h.t)
			}
		case 2:
			stop(h.t)
			in, enter, leave = false, 0, 0
		case 3:
			weight, before := 1.0, &last
			if has {
				weight = math.Tanh(float64(h.t-last.t) / 2 / float64(cfg.NoiseTime))
			} else {
				before = nil
			}
			was, wasIn := last, in
			stretch = h.stretch
			look(h.fix, before, weight, h.t)
			if has && !in && !wasIn {
				edited := int64(never)
				for i, p := range periods[1:] {
					if t := p.from.UnixNano(); t > was.t && t <= h.t && !same(versions[i], versions[i+1]) {
						edited = t
					}
				}
				if edited == never {
					referenceCross(cfg, me, z, was, h.fix, stretch, quiet[was.t], out)
				}
			}
			last, has = h.fix, true
		}
	}
	stayed(end.UnixNano())
}

// plainStretch is what the fixes so far tell of the noise, each three that follow one
// another looked at again.
func plainStretch(cfg Config, sights []sight) float64 {
	known, asked := 0.0, 0
	near := func(a, b sight) bool { return b.t > a.t && b.t-a.t <= int64(cfg.NoiseTime)/2 }
	for i := 2; i < len(sights); i++ {
		a, b, c := sights[i-2], sights[i-1], sights[i]
		if !near(a, b) || !near(b, c) {
			continue
		}
		lon, lat := geo.MetresPerDegree(b.at[1])
		metres := func(p, q orb.Point) (float64, float64) {
			return (q[0] - p[0]) * float64(lon), (q[1] - p[1]) * float64(lat)
		}
		if x, y := metres(a.at, c.at); math.Sqrt(x*x+y*y) > 3*float64(c.t-a.t)/1e9 {
			continue
		}
		late := float64(b.t-a.t) / float64(c.t-a.t)
		x, y := metres(orb.Point{a.at[0] + late*(c.at[0]-a.at[0]), a.at[1] + late*(c.at[1]-a.at[1])}, b.at)
		// The error is one of b, less shares of those of a and c.
		share := []float64{-(1 - late), 1, -late}
		times := []int64{a.t, b.t, c.t}
		spread := 0.0
		for j := range share {
			for k := range share {
				spread += share[j] * share[k] * math.Exp(-math.Abs(float64(times[j]-times[k]))/float64(cfg.NoiseTime))
			}
		}
		if known == 0 {
			known = 1
		}
		step := 1 + 1/float64(min(asked, 100)+5)
		if math.Sqrt(x*x+y*y) > known*math.Sqrt(2*math.Ln2)*cfg.sigma(b.accuracy)*math.Sqrt(spread) {
			known = min(known*step, 2*cfg.MaxStretch)
		} else {
			known = max(known/step, 0.5)
		}
		asked++
	}
	return max(1, min(known/1.05, cfg.MaxStretch))
}

// plainly is the distance between two places, in metres, on the flat map around b.
func plainly(a, b orb.Point) float64 {
	lon, lat := geo.MetresPerDegree(b[1])
	x, y := (a[0]-b[0])*float64(lon), (a[1]-b[1])*float64(lat)
	return math.Sqrt(x*x + y*y)
}

// referenceCross looks whether the straight way between two fixes crosses a zone.
func referenceCross(cfg Config, me Subject, z *zone.Zone, a, b sight, stretch float64, quiet int64, out map[Key]outcome) {
	gap := b.t - a.t
	if z == nil || z.Rule.Kind != zone.InsideWhileActive || !z.ForSubject(me.Class, me.ID) || gap < int64(cfg.Sparse) || gap >= quiet {
		return
	}
	long := plainly(a.at, b.at)
	if long < 15 || long > 60*float64(gap)/1e9 {
		return
	}
	n := max(2, min(64, int(long/15)+1))
	g, _ := fence(z, 0)
	deepest, from, to := 0.0, 0.0, 0.0
	for i := 1; i < n; i++ {
		// The stretch that begins here, if one does.
		at := func(k int) orb.Point {
			s := float64(k) / float64(n)
			return orb.Point{a.at[0] + s*(b.at[0]-a.at[0]), a.at[1] + s*(b.at[1]-a.at[1])}
		}
		if !g.contains(at(i)) || i > 1 && g.contains(at(i-1)) {
			continue
		}
		deep, k := 0.0, i
		for ; k < n && g.contains(at(k)); k++ {
			s := float64(k) / float64(n)
			u, v, w := (1-s)*stretch*cfg.sigma(a.accuracy), s*stretch*cfg.sigma(b.accuracy), 0.25*long
			deep = max(deep, min(cfg.Depths[2], g.offBorder(at(k))/math.Sqrt(u*u+v*v+s*(1-s)*w*w)))
		}
		if deep > deepest {
			deepest, from, to = deep, float64(i)/float64(n), float64(k-1)/float64(n)
		}
	}
	if deepest < cfg.Depths[0] {
		return
	}
	grade := Possible
	if deepest >= cfg.Depths[1] {
		grade = Likely
	}
	start, end := time.Unix(0, a.t+int64(from*float64(gap))).UTC(), time.Unix(0, a.t+int64(to*float64(gap))).UTC()
	if z.Calendar != nil {
		c, err := calendar.New(*z.Calendar, nil)
		if err != nil {
			panic(err)
		}
		found := false
		for w := range c.Windows(start.Add(-48*time.Hour), end.Add(48*time.Hour)) {
			if w.To.After(start) && !w.From.After(end) && !found {
				found = true
				if w.From.After(start) {
					start = w.From.UTC()
				}
				if w.To.Before(end) {
					end = w.To.UTC()
				}
			}
		}
		if !found {
			return
		}
	}
	k := Key{me, z.ID, z.Rule.Kind, start}
	if _, known := out[k]; !known {
		out[k] = outcome{End: end, Grade: grade}
	}
}

// same says whether two zones mean the same to a judge.
func same(a, b *zone.Zone) bool {
	if a == nil || b == nil {
		return a == b
	}
	return reflect.DeepEqual(a.Ground, b.Ground) && reflect.DeepEqual(a.Calendar, b.Calendar) && reflect.DeepEqual(a.Classes, b.Classes) && reflect.DeepEqual(a.Subjects, b.Subjects) && a.Rule == b.Rule
}

// fold keeps the last of what was told, as somebody would who hears the events.
func fold(have map[Key]outcome, events []Breach) {
	for _, b := range events {
		switch {
		case b.Event == Withdrawn:
			delete(have, b.Key())
			continue
		case !b.Was.IsZero():
			was := b.Key()
			was.Start = b.Was
			delete(have, was)
		}
		have[b.Key()] = outcome{b.End, b.Grade}
	}
}
