package room

import (
	"context"
	"sync"

	"citygrid/live/fence"
)

// counts are the heads in zones. Every worker's judge tells them who came and went.
type counts struct {
	mu    sync.Mutex
	heads fence.Heads    // guarded by mu
	owed  []fence.Breach // guarded by mu: still to be kept
}

// count makes alerts of a subject that came to where heads are counted, or left.
func (r *Room) count(ctx context.Context, b fence.Breach) error {
	c := &r.counts
	c.mu.Lock()
	defer c.mu.Unlock()
	c.owed = append(c.owed, c.heads.Take(r.rules.Load(), b)...)
	for len(c.owed) > 0 {
		if err := r.keepOne(ctx, c.owed[0]); err != nil {
			return err // the caller comes again with b, which then says nothing new
		}
		c.owed = c.owed[1:]
	}
	return nil
}

// recall counts again whom a state knew somewhere when the program ended.
func (c *counts) recall(j *fence.Judge, s *fence.State) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heads.Recall(j, s)
}
