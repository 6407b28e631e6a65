package web

import (
	"context"
	"hash/maphash"
	"time"
)

// A gate lets a few in at once. Who waits longer than the patience is sent away
// with errBusy, so that a rush of slow requests doesn't pile up.
type gate struct {
	slots    chan struct{}
	patience time.Duration
}

func newGate(slots int, patience time.Duration) gate {
	return gate{make(chan struct{}, slots), patience}
}

// enter waits for a place; leave must be called when err is nil.
func (g gate) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-g.slots }
	select {
	case g.slots <- struct{}{}:
		return leave, nil
	default:
	}
	t := time.NewTimer(g.patience)
	defer t.Stop()
	select {
	case g.slots <- struct{}{}:
		return leave, nil
	case <-t.C:
		return nil, errBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Turns make things with the same key go one after the other, without keeping
// anything per key: keys share a fixed number of gates.
type turns struct {
	seed  maphash.Seed
	gates []gate
}

func newTurns(n int) turns {
	t := turns{seed: maphash.MakeSeed()}
	for range n {
		t.gates = append(t.gates, newGate(1, 10*time.Second))
	}
	return t
}

func (t turns) enter(ctx context.Context, key string) (leave func(), err error) {
	return t.gates[maphash.String(t.seed, key)%uint64(len(t.gates))].enter(ctx)
}
