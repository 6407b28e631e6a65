package room

import (
	"context"
	"fmt"
	"maps"
	"sync/atomic"
)

// A reload is the turn of reading the book anew. Calls that come while one reads
// share the next.
type reload struct {
	turn  chan struct{} // holds one
	asked *atomic.Int64 // calls so far
	done  int64         // of the holder of turn: calls that a book read since answers
	plans int64         // of the holder of turn: how often another plan held
}

func newReload() reload { return reload{turn: make(chan struct{}, 1), asked: new(atomic.Int64)} }

// Reload reads anew what was changed in registers, shifts, plan, zones or people,
// and has everything go by it when it returns. Call it after every such change.
// After an error the room goes on with what it knew.
func (r *Room) Reload(ctx context.Context) error {
	mine := r.reloading.asked.Add(1)
	select {
	case r.reloading.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.reloading.turn }()
	if r.reloading.done >= mine {
		return nil
	}
	answers := r.reloading.asked.Load()
	was, now := r.book.Load(), r.c.Now()
	b, err := read(ctx, r.c.Store, now, was)
	if err != nil {
		return err
	}
	if !was.sameZones(b) || !maps.Equal(was.homes, b.homes) {
		old := r.rules.Load()
		rules, err := old.Rules().With(b.zones, r.c.Days)
		if err != nil {
			return fmt.Errorf("zones: %w", err)
		}
		r.edits.add(now, b.zones)
		if err := r.edits.save(ctx, r.c.Store); err != nil {
			return err
		}
		// All trackers were handed over to the rules of then long since.
		r.rules.Store(old.Swap(now, rules.WithHomes(b.homes)).Forget(r.edits.before(now)))
		r.book.Store(b)
		r.intake.Rejudge()
	}
	r.book.Store(b)
	if !was.same(b.ground) {
		r.reloading.plans++
		r.hub.Plan(r.reloading.plans)
	}
	r.fitStreets()
	r.reloading.done = answers
	r.sweep(true)
	r.walks.wake()
	return nil
}
