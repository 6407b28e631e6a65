package fence

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"citygrid/geo"
	"citygrid/grid/zone"
	"citygrid/live/ingest"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// A day is a random tracker in random zones, with edits of the zones.
type day struct {
	cfg     Config
	periods []period
	fixes   []ingest.Fix // by time
	end     time.Time
}

func randomDay(seed uint64) day {
	rnd := rand.New(rand.NewPCG(seed, 5))
	d := day{cfg: Config{
		Lateness: time.Duration(1+rnd.IntN(240)) * time.Second,
		Silence:  time.Duration(2+rnd.IntN(40)) * time.Minute,
	}}
	size := 60 + 240*rnd.Float64()
	d.cfg.Horizon, d.cfg.Sparse = 30*24*time.Hour, time.Duration(5+rnd.IntN(60))*time.Second
	zs := zones(rnd, 2+rnd.IntN(10), size, size)
	homes := anyHomes(rnd, size)
	start := at("10:30:00").Add(time.Duration(rnd.IntN(24*3600)) * time.Second)
	d.periods = []period{{time.Time{}, zs, homes}}
	t, p := start, by(wilmington, size*(2*rnd.Float64()-1), size*(2*rnd.Float64()-1))
	pace := []float64{2, 10, 60, 300}[rnd.IntN(4)]
	tells := rnd.IntN(2) == 0
	accuracy := geo.Metres([]float64{0, 4, 12, 40}[rnd.IntN(4)])
	for range 10 + rnd.IntN(90) {
		gap := pace * (0.2 + 1.6*rnd.Float64())
		switch rnd.IntN(25) {
		case 0:
			gap *= 20
		case 1:
			gap = 0
		}
		t = t.Add(time.Duration(gap * float64(time.Second)).Truncate(time.Millisecond))
		step := min(150, 2*math.Max(gap, 3))
		p = by(p, step*rnd.NormFloat64(), step*rnd.NormFloat64())
		if geo.Distance(p, wilmington) > geo.Metres(4*size) {
			p = wilmington
		}
		f := ingest.Fix{Time: t, At: p, Accuracy: accuracy, Speed: math.NaN()}
		if tells && rnd.IntN(4) > 0 {
			f.Speed = 30 * rnd.Float64()
		}
		d.fixes = append(d.fixes, f)
		if rnd.IntN(40) == 0 {
			if zs = edited(rnd, zs, size); rnd.IntN(3) == 0 {
				homes = anyHomes(rnd, size)
			}
			when := t.Add(time.Duration(rnd.IntN(3)) * 7 * time.Second)
			if last := d.periods[len(d.periods)-1]; when.After(last.from) {
				d.periods = append(d.periods, period{when, zs, homes})
			}
		}
	}
	d.end = t.Add(time.Duration(rnd.IntN(7200)) * time.Second)
	return d
}

func anyHomes(rnd *rand.Rand, size float64) map[Subject]orb.Point {
	homes := map[Subject]orb.Point{}
	for id := range int64(2) {
		if rnd.IntN(4) > 0 {
			homes[Subject{zone.Dog, id + 1}] = by(wilmington, size*rnd.NormFloat64(), size*rnd.NormFloat64())
		}
	}
	return homes
}

func edited(rnd *rand.Rand, zs []zone.Zone, size float64) []zone.Zone {
	out := slices.Clone(zs)
	switch i := rnd.IntN(len(out)); rnd.IntN(5) {
	case 4:
		out[i].Rule = anyRule(rnd)
	case 0:
		out[i].Ground = ground(rnd, wilmington, size)
	case 1:
		out[i].Calendar = calendars[rnd.IntN(len(calendars))]
	case 2:
		if len(out) > 1 {
			out = slices.Delete(out, i, i+1)
		}
	default:
		z := zones(rnd, 1, size, size)[0]
		for z.ID = zone.ID(1000 + rnd.IntN(1000)); slices.ContainsFunc(out, func(o zone.Zone) bool { return o.ID == z.ID }); {
			z.ID++
		}
		out = append(out, z)
	}
	return out
}

// A way is in which order and with what in between a day reaches the judge.
type way struct {
	late     bool // fixes come out of order, within the lateness
	hours    bool // fixes come out of order, within the horizon, and some days are sent backwards
	twice    bool // fixes come again
	clock    bool // Advance is called in between
	restart  bool // the state is written down and read in between
	swap     bool // equal zones are swapped in between
	editLate bool // edits are known a while after they came into force
}

// judge takes a day that way, and gives what was told.
func (d *day) judge(t *rapid.T, rnd *rand.Rand, w way) map[Key]outcome {
	compiled := func(old *Rules, p period) *Rules {
		r, err := old.With(p.zones, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r.WithHomes(p.homes)
	}
	j, err := New(compiled(noRules, d.periods[0]), d.cfg)
	if err != nil {
		t.Fatal(err)
	}
	s := NewState("tag", Subject{zone.Dog, 1})
	have := map[Key]outcome{}
	alternate := map[Key]Event{}
	told := func(events []Breach) {
		fold(have, events)
		for _, b := range events {
			checkEvent(t, alternate, b)
		}
	}
	order := slices.Clone(d.fixes)
	if w.late { // each is held back by less than the lateness, as far as the clock of fixes goes
		hold := map[int]time.Time{}
		index := make([]int, len(order))
		for i := range order {
			index[i] = i
			hold[i] = order[i].Time
			if rnd.IntN(2) == 0 {
				hold[i] = order[i].Time.Add(time.Duration(rnd.Float64() * 0.99 * float64(j.cfg.Lateness)))
			}
		}
		slices.SortStableFunc(index, func(a, b int) int { return hold[a].Compare(hold[b]) })
		for i, k := range index {
			order[i] = d.fixes[k]
		}
	}
	if w.hours {
		switch rnd.IntN(3) {
		case 0:
			slices.Reverse(order)
		case 1:
			rnd.Shuffle(len(order), func(i, k int) { order[i], order[k] = order[k], order[i] })
		default: // the middle comes at the end, in its order: a garage
			a := rnd.IntN(len(order))
			b := a + rnd.IntN(len(order)-a)
			order = slices.Concat(order[:a], order[b:], order[a:b])
		}
	}
	edits := d.periods[1:]
	if w.hours { // an edit is known when it comes into force: before these fixes come
		for _, e := range edits {
			j = j.Swap(e.from, compiled(j.Rules(), e))
		}
		edits = nil
	}
	newest := order[0].Time
	for i, f := range order {
		if f.Time.After(newest) {
			newest = f.Time
		}
		for len(edits) > 0 && !edits[0].from.After(newest.Add(lateBy(w.editLate, -j.cfg.Lateness/2))) {
			j = j.Swap(edits[0].from, compiled(j.Rules(), edits[0]))
			if !w.editLate || rnd.IntN(2) == 0 { // else the next fix finds out
				told(j.Advance(s, edits[0].from))
			}
			edits = edits[1:]
		}
		if i%2 == 0 { // may be left out
			j.Expect([]*State{s}, []ingest.Fix{f})
		}
		f.Seq = uint64(i + 1)
		events, verdict := d.fix(t, rnd, j, s, f, order)
		told(events)
		if verdict != Judged && verdict != Duplicate {
			t.Fatalf("fix %d is %s", i, verdict)
		}
		if w.twice && rnd.IntN(3) == 0 {
			k := rnd.IntN(i + 1)
			again := order[k]
			again.Seq = uint64(k + 1)
			if events, verdict := j.Fix(s, again); len(events) > 0 || verdict == Judged {
				t.Fatalf("a fix that came again: %s, %v", verdict, events)
			}
		}
		if w.clock && rnd.IntN(3) == 0 && !w.late && (!w.hours || rnd.IntN(8) == 0) {
			to := newest
			if i+1 < len(order) && order[i+1].Time.After(newest) {
				to = to.Add(time.Duration(rnd.Float64() * float64(order[i+1].Time.Sub(newest))))
			}
			if len(edits) == 0 || to.Before(edits[0].from) {
				told(j.Advance(s, to))
				checkWake(t, j, s)
			}
		}
		if w.swap && rnd.IntN(5) == 0 && len(edits) == 0 {
			k := j.Swap(newest, compiled(noRules, d.periods[len(d.periods)-1]))
			if events := k.Advance(s, newest); len(events) > 0 {
				t.Fatalf("a swap of equal zones told %v", events)
			}
			j = k
		}
		if w.restart && rnd.IntN(3) == 0 {
			s = reborn(t, s)
		}
	}
	for _, e := range edits {
		j = j.Swap(e.from, compiled(j.Rules(), e))
		told(j.Advance(s, e.from))
	}
	told(j.Advance(s, d.end))
	lasting := 0
	for _, o := range have {
		if o.End.IsZero() {
			lasting++
		}
	}
	if got := s.Lasting(); len(got) != lasting {
		t.Fatalf("%d breaches last, %d were told", len(got), lasting)
	}
	return have
}

// fix judges a fix as the room does: one that is late by hours with what is stored,
// among which are fixes whose turn comes later.
func (d *day) fix(t *rapid.T, rnd *rand.Rand, j *Judge, s *State, f ingest.Fix, order []ingest.Fix) ([]Breach, Verdict) {
	events, verdict := j.Fix(s, f)
	if verdict != Past {
		return events, verdict
	}
	have := make([]ingest.Fix, 0, len(order))
	ahead := rnd.IntN(4)
	for i, g := range order {
		g.Seq = uint64(i + 1)
		if g.Seq <= f.Seq || g.Seq <= f.Seq+uint64(ahead) {
			have = append(have, g)
		}
	}
	slices.SortStableFunc(have, func(a, b ingest.Fix) int { return a.Time.Compare(b.Time) })
	out, verdict, err := j.Rejudge(s, f, func(from, to time.Time, yield func(ingest.Fix) bool) error {
		for _, g := range have {
			if !g.Time.Before(from) && g.Time.Before(to) && !yield(g) {
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return append(events, out...), verdict
}

func lateBy(late bool, d time.Duration) time.Duration {
	if late {
		return d
	}
	return 0
}

// reborn is the state after a restart.
func reborn(t *rapid.T, s *State) *State {
	b := s.Encode()
	r, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if string(r.Encode()) != string(b) {
		t.Fatal("what was read is written otherwise")
	}
	return r
}

// checkEvent: of one key, began and ended alternate.
func checkEvent(t *rapid.T, last map[Key]Event, b Breach) {
	k := b.Key()
	if !b.Was.IsZero() {
		was := k
		was.Start = b.Was
		if last[was] == "" {
			t.Fatalf("corrected what was never told: %+v", b)
		}
		delete(last, was)
	}
	ok := true
	switch b.Event {
	case Began:
		ok = last[k] != Began && b.End.IsZero()
		last[k] = Began
	case Raised:
		ok = last[k] == Began && b.End.IsZero()
	case Ended:
		ok = last[k] == Began && !b.End.IsZero()
		last[k] = Ended
	case Corrected:
		ok = !b.Was.IsZero() || last[k] != ""
		last[k] = Began
		if !b.End.IsZero() {
			last[k] = Ended
		}
	case Withdrawn:
		ok = last[k] != ""
		delete(last, k)
	}
	if !ok || b.Grade == NoGrade || b.Start.After(b.At) && b.Event == Began {
		t.Fatalf("after %q comes %+v", last[k], b)
	}
}

// checkWake: before the next wake-up the clock changes nothing.
func checkWake(t *rapid.T, j *Judge, s *State) {
	if wake, ok := j.NextWake(s); ok {
		u, err := Decode(s.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if events := j.Advance(u, wake.Add(-1)); len(events) > 0 {
			t.Fatalf("events %v before the wake-up at %s", events, wake)
		}
	}
}

func TestJudgeIsTheReference(t *testing.T) {
	some := 0
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		d := randomDay(seed)
		want := reference(d.cfg, zone.Dog, d.periods, d.fixes, d.end)
		some += len(want)
		for i, w := range []way{
			{},
			{clock: true},
			{restart: true, clock: true},
			{swap: true, twice: true},
			{late: true},
			{late: true, restart: true, twice: true, swap: true},
			{editLate: true},
			{hours: true},
			{hours: true, restart: true, clock: true},
			{hours: true, late: true, restart: true, twice: true, swap: true},
		} {
			if small && uint64(i) != seed%10 || i%2 != int(seed%2) {
				continue
			}
			rnd := rand.New(rand.NewPCG(seed, 9))
			got := d.judge(t, rnd, w)
			if !maps.Equal(got, want) {
				t.Fatalf("%+v: got\n%v\nwant\n%v", w, got, want)
			}
		}
	})
	if some == 0 {
		t.Error("no day had a breach")
	}
	t.Log(some, "breaches")
}
