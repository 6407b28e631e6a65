package city

import (
	"context"
	"time"

	"citygrid/routing/path"
)

// Advance says what time it is. It is cheap as long as no closure begins or ends and
// the hour makes no difference to who travels. Where it does, the engines change once
// Prepare has made the next ones; until then the old serve.
func (s *Streets) Advance(now time.Time) error {
	s.told.Store(&now)
	if next := s.now.Load().due(); next.IsZero() || now.Before(next) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.move(s.closures, now, false)
}

// ahead is how long before an hour its engines are made.
const ahead = 2 * time.Minute

// Wants tells if Prepare has something to do.
func (s *Streets) Wants(now time.Time) bool {
	for who, is := range s.now.Load().slots {
		if t, ok := wanted(is.made.Load(), now); ok && s.engines.find(who, t) == nil {
			return true
		}
	}
	return false
}

// wanted is the time for which an engine that is in use needs the next one, ok if that
// is now or soon.
func wanted(m *made, now time.Time) (t time.Time, ok bool) {
	switch {
	case m == nil:
		return time.Time{}, false
	case !m.base.covers(now):
		return now, true
	}
	return m.base.until, !m.base.until.IsZero() && !now.Before(m.base.until.Add(-ahead))
}

// Prepare makes the engines of those who travel now for an hour that begins soon, or
// has begun: some tenths of a second each for a city. Advance has them serve. The
// error is the context's.
func (s *Streets) Prepare(ctx context.Context, now time.Time) error {
	for who, is := range s.now.Load().slots {
		t, ok := wanted(is.made.Load(), now)
		if !ok {
			continue
		}
		if _, err := s.engines.get(ctx, who, s.traveller(who), t); err != nil {
			return err
		}
	}
	return nil
}

// traveller is the profile of who is in the slots.
func (s *Streets) traveller(who Who) path.Profile {
	p := *s.profile(who.Profile)
	p.Ferries = p.Ferries || who.Ferries
	return p
}

// let forgets the engines made of one that was let go of.
func (s *Streets) let(gone *base) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, state := range append([]*State{s.now.Load()}, s.then...) {
		if is := state.slots[gone.who]; is != nil {
			if m := is.made.Load(); m != nil && m.base == gone {
				is.made.CompareAndSwap(m, nil)
			}
		}
	}
}

// Next is when to ask Wants and to call Advance again, after the time last told; zero
// is never.
func (s *Streets) Next() time.Time {
	state := s.now.Load()
	next := state.due()
	for who, is := range state.slots {
		m := is.made.Load()
		if m == nil || m.base.until.IsZero() || s.engines.find(who, m.base.until) != nil {
			continue
		}
		if t := m.base.until.Add(-ahead); next.IsZero() || t.Before(next) {
			next = t
		}
	}
	return next
}
