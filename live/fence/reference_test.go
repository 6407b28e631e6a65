package fence

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"time"

	"citygrid/grid/calendar"
	"citygrid/grid/zone"

	"citygrid/live/ingest"
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
}

// reference judges in the plainest way: zone by zone, all fixes in order, each
// against the whole border, each window of the calendars listed, nothing kept from one
// zone or period to the next but what the rules say. It is written from the doc of
// the package.
func reference(cfg Config, class zone.Class, periods []period, fixes []ingest.Fix, end time.Time) map[Key]outcome {
	cfg = cfg.withDefaults()
	var sights []sight
	for _, f := range fixes {
		sights = append(sights, sight{f.Time.UnixNano(), f.At, float64(f.Accuracy)})
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
}

func referenceZone(cfg Config, class zone.Class, id zone.ID, periods []period, sights []sight, end time.Time, out map[Key]outcome) {
	versions := make([]*zone.Zone, len(periods))
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
			all = append(all, happening{t: from.UnixNano(), kind: 0, z: versions[i]})
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
	for i, f := range sights {
		all = append(all, happening{t: f.t, kind: 3, fix: f})
		if t := f.t + int64(cfg.Silence); i+1 == len(sights) || sights[i+1].t >= t {
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
		if z.Rule.Kind == zone.Dwell {
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
	look := func(f sight, weight float64, t int64) {
		if z == nil || !z.For(class) {
			return
		}
		g, _ := fence(z, 0)
		depth := min(g.offBorder(f.at)/cfg.sigma(f.accuracy), cfg.Depths[2])
		if !g.contains(f.at) {
			depth = -depth
		}
		add := func(have, d float64) float64 {
			return min(marks[3], max(0, have+weight*logOdds(d-cfg.Margin), logOdds(d)))
		}
		enter = add(enter, depth)
		if !in {
			if enter >= marks[1] {
				in, leave, grade = true, 0, gradeOf(enter)
				if active(t) {
					inside(t)
				}
			}
			return
		}
		if leave = add(leave, -depth); leave >= marks[grade] {
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
			if same(z, h.z) {
				continue
			}
			stop(h.t)
			in, enter, leave = false, 0, 0
			z = h.z
			if has && h.t-last.t < int64(cfg.Silence) {
				look(last, 1, h.t)
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
			weight := 1.0
			if has {
				weight = math.Tanh(float64(h.t-last.t) / 2 / float64(cfg.NoiseTime))
			}
			last, has = h.fix, true
			look(h.fix, weight, h.t)
		}
	}
	stayed(end.UnixNano())
}

// same says whether two zones mean the same to a judge.
func same(a, b *zone.Zone) bool {
	if a == nil || b == nil {
		return a == b
	}
	return reflect.DeepEqual(a.Ground, b.Ground) && reflect.DeepEqual(a.Calendar, b.Calendar) && reflect.DeepEqual(a.Classes, b.Classes) && a.Rule == b.Rule
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
