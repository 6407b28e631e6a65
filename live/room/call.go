package room

import (
	"context"
	"errors"
	"time"

	"citygrid/data/audit"
	"citygrid/live/alert"
)

// callAgain has alerts call again that nobody acknowledges, as the rules of their zones
// say.
func (r *Room) callAgain(ctx context.Context) {
	ticks := time.NewTicker(r.c.CallEvery)
	defer ticks.Stop()
	known := make(map[alert.ID]time.Time) // since when people can know of an alert
	for {
		select {
		case <-ticks.C:
			if err := r.call(ctx, known); err != nil && ctx.Err() == nil {
				r.c.Log.Error("nobody is reminded of open alerts", "err", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// call makes the calls that are due. After a restart people are given the time again
// that was left to them: known is empty then.
func (r *Room) call(ctx context.Context, known map[alert.ID]time.Time) error {
	b := r.book.Load()
	if len(b.calls) == 0 {
		return nil
	}
	now := r.c.Now()
	open, err := r.c.Store.Alerts(ctx, []alert.State{alert.Open}, 0)
	if err != nil {
		return err
	}
	there := make(map[alert.ID]bool, len(open))
	for _, a := range open {
		there[a.ID] = true
		c, ok := b.calls[a.Key.Zone]
		if !ok {
			continue
		}
		since, ok := known[a.ID]
		if !ok {
			since = now
			known[a.ID] = since
		}
		if at, _, ok := c.Next(a, since); !ok || at.After(now) {
			continue
		}
		// As it is then: somebody may acknowledge it in this moment.
		fold := func(a alert.Alert) (alert.Alert, error) {
			if a.ID == 0 { // corrected to another key meanwhile: the next look finds it there
				return a, alert.ErrNoAlert
			}
			return c.Call(a, since, now), nil
		}
		_, err := r.c.Store.KeepAlert(ctx, a.Key, fold, audit.Act{At: now, Who: byJudge, Verb: "alert.call"})
		if err != nil && !errors.Is(err, alert.ErrNoAlert) {
			return err
		}
		r.hub.Changed()
	}
	for id := range known {
		if !there[id] {
			delete(known, id)
		}
	}
	return nil
}
