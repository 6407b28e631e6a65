package room

import (
	"context"
	"errors"
	"slices"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/alert"
	"citygrid/live/fence"
	"citygrid/live/ingest"
)

// byJudge is who does in the audit log what the judge does. It can be no login.
const byJudge = "(judge)"

// A judge holds the trackers of one worker of the intake against the zones and
// keeps what becomes of it as alerts. Only that worker calls it.
type judge struct {
	r        *Room
	trackers map[ingest.TrackerID]*tracked
	changed  map[ingest.TrackerID]*tracked // since the last save
	saved    time.Time                     // by the machine's clock

	states []*fence.State // working space of Expect, with fixes
	fixes  []ingest.Fix
}

// A tracked is what the judge knows of a tracker.
type tracked struct {
	state *fence.State
	// owed are breaches that are still to be kept: the store failed, and the intake
	// calls again.
	owed []fence.Breach
	// kept is what the store knew at the start, until the fixes since have been
	// judged again.
	kept []keptBreach
	// started is set while the fixes since the start are judged again: until orphans
	// and unknown are told.
	started bool
}

// A keptBreach is a breach that there is an alert for.
type keptBreach struct {
	key   fence.Key
	ended time.Time // zero while it lasts
	grade fence.Grade
}

func newJudge(r *Room) *judge {
	return &judge{
		r: r, trackers: make(map[ingest.TrackerID]*tracked), changed: make(map[ingest.TrackerID]*tracked), saved: time.Now(),
	}
}

// Judge implements ingest.Judge.
func (j *judge) Judge(ctx context.Context, d register.Device, f ingest.Fix) (wake time.Time, err error) {
	subject := fence.Subject(d.Subject)
	if subject.ID == 0 {
		return time.Time{}, nil // a device that is nobody's breaks no rule
	}
	rules := j.r.rules.Load()
	t := j.trackers[f.Tracker]
	if t == nil {
		t = j.r.begin(f.Tracker, subject)
		if err := j.rewind(ctx, rules, t, j.r.c.Now()); err != nil {
			return wake, err
		}
		j.trackers[f.Tracker] = t
	}
	if err := j.settle(ctx, t); err != nil {
		return wake, err
	}
	if t.state.Subject() != subject { // the device was given to somebody else
		t.owed = rules.Close(t.state, f.Time)
		t.state = fence.NewStateFrom(f.Tracker, subject, f.Time)
	}
	news, verdict := rules.Fix(t.state, f)
	t.owed = append(t.owed, news...)
	if verdict == fence.Past {
		news, _, err := rules.Rejudge(t.state, f, func(from, to time.Time, yield func(ingest.Fix) bool) error {
			return j.r.c.Store.Fixes(ctx, f.Tracker, from, to, yield)
		})
		if t.owed = append(t.owed, news...); err != nil {
			return wake, err
		}
	}
	return j.done(ctx, rules, t)
}

// Expect implements ingest.Expecter.
func (j *judge) Expect(fixes []ingest.Fix) {
	j.states, j.fixes = j.states[:0], j.fixes[:0]
	for _, f := range fixes {
		if t := j.trackers[f.Tracker]; t != nil {
			j.states, j.fixes = append(j.states, t.state), append(j.fixes, f)
		}
	}
	j.r.rules.Load().Expect(j.states, j.fixes)
}

// Advance implements ingest.Judge.
func (j *judge) Advance(ctx context.Context, id ingest.TrackerID, now time.Time) (wake time.Time, err error) {
	rules, t := j.r.rules.Load(), j.trackers[id]
	if t == nil {
		return time.Time{}, nil
	}
	if err := j.settle(ctx, t); err != nil {
		return wake, err
	}
	if err := j.rewind(ctx, rules, t, now); err != nil {
		return wake, err
	}
	t.owed = append(t.owed, rules.Advance(t.state, now)...)
	if err := j.settle(ctx, t); err != nil {
		return wake, err
	}
	// The intake advances a tracker only when its fixes since the start are judged.
	if t.started {
		t.owed = append(t.orphans(now), t.unknown(now)...)
		t.started, t.kept = false, nil
	}
	return j.done(ctx, rules, t)
}

func (j *judge) done(ctx context.Context, rules *fence.Judge, t *tracked) (wake time.Time, err error) {
	j.changed[t.state.Tracker()] = t
	if err := j.settle(ctx, t); err != nil {
		return wake, err
	}
	if time.Since(j.saved) >= j.r.c.SaveEvery {
		j.save()
	}
	if at, ok := rules.NextWake(t.state); ok {
		wake = at
	}
	return wake, nil
}

// settle keeps what is owed, in its order.
func (j *judge) settle(ctx context.Context, t *tracked) error {
	for len(t.owed) > 0 {
		b := t.recognise(t.owed[0])
		err := j.r.keep(ctx, b)
		if err != nil {
			return err
		}
		t.remember(b)
		t.owed = t.owed[1:]
	}
	t.owed = nil
	return nil
}

// save hands over the states that changed. A worker doesn't wait for the disk.
func (j *judge) save() {
	states := make(map[ingest.TrackerID][]byte, len(j.changed))
	for id, t := range j.changed {
		if len(t.owed) == 0 { // a state must not know what no alert knows
			states[id] = t.state.Encode()
			delete(j.changed, id)
		}
	}
	j.r.states.put(states)
	j.saved = time.Now()
}

// keep makes an alert of what happened to a breach, or goes on with the one there
// is.
func (r *Room) keep(ctx context.Context, b fence.Breach) error {
	if b.Rule == zone.HeadCount {
		return r.count(ctx, b) // that somebody is there alone breaks nothing
	}
	return r.keepOne(ctx, b)
}

func (r *Room) keepOne(ctx context.Context, b fence.Breach) error {
	if !b.Was.IsZero() {
		_, err := r.c.Store.AlertByKey(ctx, b.Key())
		if err == nil { // corrected already, later than the state that the judge goes on from
			double := b
			double.Event, double.Start, double.Was = fence.Withdrawn, b.Was, time.Time{}
			if double.End.IsZero() {
				double.End = b.At
			}
			b.Was = time.Time{}
			if err := r.fold(ctx, double); err != nil {
				return err
			}
		} else if !errors.Is(err, alert.ErrNoAlert) {
			return err
		}
	}
	return r.fold(ctx, b)
}

func (r *Room) fold(ctx context.Context, b fence.Breach) error {
	place := r.book.Load().place
	fold := func(old alert.Alert) (alert.Alert, error) { return r.policy.Take(old, b, place) }
	act := audit.Act{At: r.c.Now(), Who: byJudge, Verb: "alert.judge", Detail: string(b.Event)}
	_, err := r.c.Store.KeepAlert(ctx, alert.Before(b), fold, act)
	if errors.Is(err, alert.ErrQuiet) {
		return nil
	}
	if err == nil {
		r.hub.Changed()
		r.metrics.breaches.WithLabelValues(string(b.Event)).Inc()
	}
	return err
}

// recognise finds in a breach that begins one that there is an alert for: between
// the last save of the state and the end of the program its start was told
// otherwise. Nobody is in one zone twice at a time.
func (t *tracked) recognise(b fence.Breach) fence.Breach {
	if b.Event != fence.Began || len(t.kept) == 0 {
		return b
	}
	key := b.Key()
	found := -1
	for i, k := range t.kept {
		if k.key == key {
			return b
		}
		same := k.key.Subject == key.Subject && k.key.Zone == key.Zone && k.key.Rule == key.Rule
		if same && found < 0 && (k.ended.IsZero() || b.Start.Before(k.ended)) && (b.End.IsZero() || k.key.Start.Before(b.End)) {
			found = i
		}
	}
	if found >= 0 {
		b.Event, b.Was = fence.Corrected, t.kept[found].key.Start
	}
	return b
}

// remember notes what was kept, as long as that matters.
func (t *tracked) remember(b fence.Breach) {
	if !t.started {
		return
	}
	before := alert.Before(b)
	i := slices.IndexFunc(t.kept, func(k keptBreach) bool { return k.key == before })
	if i < 0 {
		if b.Event == fence.Withdrawn {
			return
		}
		i, t.kept = len(t.kept), append(t.kept, keptBreach{})
	}
	k := &t.kept[i]
	switch { // as alert.Policy takes it: what has ended doesn't begin once more
	case b.Event == fence.Began && k.key == b.Key():
		return
	case b.Event == fence.Raised && k.key == b.Key():
		k.grade = max(k.grade, b.Grade)
		return
	}
	*k = keptBreach{key: b.Key(), ended: b.End, grade: b.Grade}
	if b.Event == fence.Withdrawn && b.End.IsZero() {
		k.ended = b.At
	}
}

// orphans withdraws the breaches that are kept as lasting, or as beginning when it isn't
// yet, and that the judge, who has every stored fix, knows nothing of.
func (t *tracked) orphans(now time.Time) (out []fence.Breach) {
	lasting := make(map[fence.Key]bool)
	for _, b := range t.state.Lasting() {
		lasting[b.Key()] = true
	}
	for _, k := range t.kept {
		future := k.key.Start.After(now.Add(ahead))
		if !k.ended.IsZero() && !future || lasting[k.key] {
			continue
		}
		end := now
		if future {
			end = k.key.Start
		}
		out = append(out, fence.Breach{
			Subject: k.key.Subject, Tracker: t.state.Tracker(), Zone: k.key.Zone, Rule: k.key.Rule, Start: k.key.Start,
			End: end, Event: fence.Withdrawn, At: now,
		})
	}
	return out
}

// unknown tells the breaches that the judge takes for told and that are kept
// otherwise, or not at all: what was told between the last save of the state and the
// end of the program went on from another judgement, and one of its alerts may have
// been taken for this.
func (t *tracked) unknown(now time.Time) (out []fence.Breach) {
	kept := make(map[fence.Key]keptBreach, len(t.kept))
	for _, k := range t.kept {
		kept[k.key] = k
	}
	for _, b := range t.state.Told() {
		k, known := kept[b.Key()]
		switch {
		case b.Rule == zone.HeadCount, !b.End.IsZero() && b.End.Before(now.Add(-horizon)): // not among those that are read at the start
		case known && k.grade == b.Grade && k.ended.Equal(b.End):
		case !known && b.Grade < fence.Likely: // no alert was made of it
		default:
			out = append(out, b)
		}
	}
	return out
}
