package room

import (
	"context"
	"time"

	"citygrid/grid/register"
	"citygrid/grid/zone"
	"citygrid/live/fence"
	"citygrid/live/ingest"
)

// The room's clock may turn out to have been ahead: it was started while the machine's
// was wrong, or went over to it. What was judged by then of times that have not come is
// judged anew, from the stored fixes.

// ahead is how far trackers may be ahead of the clock, and be judged.
const ahead = 2 * time.Minute

// rewind goes on with a clock that went back.
func (r *Room) rewind(ctx context.Context, now time.Time) {
	r.c.Log.Warn("the clock went back; what was judged of times that have not come is judged anew")
	select {
	case r.reloading.turn <- struct{}{}:
	case <-ctx.Done():
		return
	}
	defer func() { <-r.reloading.turn }()
	r.edits.rewind(now)
	if err := r.edits.save(ctx, r.c.Store); err != nil && ctx.Err() == nil {
		r.c.Log.Error("edits of zones cannot be kept; a restart would judge late positions by the zones of now", "err", err)
	}
	r.rules.Store(r.rules.Load().Rewind(now))
	r.intake.Rejudge()
}

// rewind has edits that were to come be in force now.
func (e *edits) rewind(now time.Time) {
	for i := range e.Edits {
		if e.Edits[i].At.After(now) {
			e.Edits[i].At = now
		}
	}
}

// aboutOne bounds how many alerts about a subject are looked at.
const aboutOne = 1000

// rewind makes the state of a tracker anew if it has heard of times that have not come.
// After an error nothing was changed.
func (j *judge) rewind(ctx context.Context, rules *fence.Judge, t *tracked, now time.Time) error {
	old := t.state
	if !old.Clock().After(now.Add(ahead)) {
		return nil
	}
	state, from := old.Anew(now.Add(-horizon))
	kept, err := j.r.keptOf(ctx, old, from)
	if err != nil {
		return err
	}
	for _, k := range kept {
		if k.key.Start.Before(from) {
			from = k.key.Start.Add(-time.Hour)
		}
	}
	err = j.r.c.Store.Fixes(ctx, old.Tracker(), from, now.Add(ahead), func(f ingest.Fix) bool {
		rules.Fix(state, f)
		return ctx.Err() == nil
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	rules.Advance(state, now)
	t.owed = append(t.owed, state.Instead(old, from)...)
	t.state, t.kept, t.started = state, kept, true
	return nil
}

// keptOf is what there are alerts for of a tracker, that last or ended since.
func (r *Room) keptOf(ctx context.Context, s *fence.State, since time.Time) (kept []keptBreach, err error) {
	alerts, err := r.c.Store.AlertsAbout(ctx, register.Subject(s.Subject()), aboutOne)
	if err != nil {
		return nil, err
	}
	for _, a := range alerts {
		if a.Tracker == s.Tracker() && !a.Withdrawn && a.Key.Rule != zone.HeadCount && (a.Lasts() || !a.Ended.Before(since)) {
			kept = append(kept, keptBreach{a.Key, a.Ended, a.Grade})
		}
	}
	return kept, nil
}
