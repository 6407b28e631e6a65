package city

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"citygrid/routing/closure"
	"citygrid/routing/path"
)

// A State is the streets at one time. What holds in it isn't changed any more, so
// whoever asks several things of it gets answers that fit each other.
type State struct {
	// Version differs whenever engines or closures do, and grows.
	Version int64
	// Active are the closures that hold.
	Active []closure.ID

	of      *Streets
	at      *time.Time // nil = now
	holding []known
	next    time.Time // when a closure begins or ends; zero = never
	slots   map[Who]*slot
}

// A slot has the engine of a traveller once somebody asked for it.
type slot struct{ made atomic.Pointer[made] }

type made struct {
	base   *base
	engine *path.Engine // with the closures of the state
}

// state has slots for all who travel.
func (s *Streets) state(is State) *State {
	is.of, is.slots = s, make(map[Who]*slot, 2*len(s.profiles))
	for i := range s.profiles {
		is.slots[Who{Profile: s.profiles[i].Name}] = &slot{}
		if s.ferries && !s.profiles[i].Ferries {
			is.slots[Who{s.profiles[i].Name, true}] = &slot{}
		}
	}
	return &is
}

// Engine is the engine of a profile; nil if there is none. The first to ask waits
// until it is made.
func (s *State) Engine(profile string) *path.Engine {
	e, _ := s.For(context.Background(), Who{Profile: profile}) // it can't be put on the streets: as good as none
	return e
}

// For is the engine of a traveller; nil if there is none. The first to ask waits
// until it is made: the error is the context's.
func (s *State) For(ctx context.Context, who Who) (*path.Engine, error) {
	is, ok := s.slots[who]
	if !ok {
		who.Ferries = false // there are none, or they are taken anyway
		if is, ok = s.slots[who]; !ok {
			return nil, nil
		}
	}
	if m := is.made.Load(); m != nil {
		s.of.engines.used(m.base)
		return m.engine, nil
	}
	b, err := s.of.engines.get(ctx, who, s.of.traveller(who), s.time())
	if err != nil {
		return nil, err
	}
	e, err := b.engine.With(changes(b.engine, s.of.Network, who.Profile, s.holding))
	if err != nil {
		return nil, fmt.Errorf("closures for %s: %w", who.Profile, err)
	}
	is.made.CompareAndSwap(nil, &made{b, e})
	return e, nil
}

// Ready tells if nobody has to wait for the engine of a traveller; also of one that
// there isn't.
func (s *State) Ready(who Who) bool {
	is, ok := s.slots[who]
	if !ok {
		who.Ferries = false
		is, ok = s.slots[who]
	}
	return !ok || is.made.Load() != nil || s.of.engines.find(who, s.time()) != nil
}

// time is the one that the state is of; zero is none.
func (s *State) time() time.Time {
	t := s.at
	if t == nil {
		t = s.of.told.Load()
	}
	if t == nil {
		return time.Time{}
	}
	return *t
}

// due is when something in the state ends; zero is never.
func (s *State) due() time.Time {
	next := s.next
	for _, is := range s.slots {
		if m := is.made.Load(); m != nil && !m.base.until.IsZero() && (next.IsZero() || m.base.until.Before(next)) {
			next = m.base.until
		}
	}
	return next
}
