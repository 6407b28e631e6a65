package city

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"citygrid/geo/street"
	"citygrid/grid/calendar"
	"citygrid/routing/path"
)

// Of an engine 450 bytes a segment are its own (path.Engine). So much is kept of all
// of them, between leastKept and mostKept engines: those of now, those of hours that
// people plan for, and those of no time, for tracks.
const (
	engineBytes = 450
	keptBytes   = 3 << 29
	leastKept   = 8
	mostKept    = 24
)

// engines are those without closures, by traveller and time. Those unused for longest
// make room for others.
type engines struct {
	n      *street.Network
	most   int
	making chan struct{} // one is made at a time, on all cores
	clock  atomic.Int64  // counts uses

	let func(*base) // told what is let go of, without a lock held

	mu   sync.Mutex     // never held while an engine is made
	zone *time.Location // guarded by mu; nil = that of the time asked for
	days *calendar.Days // guarded by mu; nil = no holidays are known
	kept []*base        // guarded by mu
}

// A base is an engine without closures and the time for which it stands: from <= t <
// until.
type base struct {
	who    Who
	engine *path.Engine
	noTime bool         // made for none
	from   atomic.Int64 // Unix nanoseconds; it may turn out to stand for longer
	until  time.Time    // zero = no end
	last   atomic.Int64 // use
}

func newEngines(n *street.Network, let func(*base)) *engines {
	most := keptBytes / (engineBytes * max(1, n.Segments()))
	return &engines{n: n, most: min(mostKept, max(leastKept, most)), making: make(chan struct{}, 1), let: let}
}

// covers tells if the engine stands for a time; zero is no time at all.
func (b *base) covers(t time.Time) bool {
	switch {
	case !b.engine.Timed():
		return true
	case t.IsZero() || b.noTime:
		return t.IsZero() && b.noTime
	}
	return t.UnixNano() >= b.from.Load() && (b.until.IsZero() || t.Before(b.until))
}

func (e *engines) used(b *base) { b.last.Store(e.clock.Add(1)) }

// find gives an engine that is there; nil if there is none.
func (e *engines) find(who Who, t time.Time) *base {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, b := range e.kept {
		if b.who == who && b.covers(t) {
			e.used(b)
			return b
		}
	}
	return nil
}

// get gives an engine, and makes it if it isn't there. The error is the context's.
func (e *engines) get(ctx context.Context, who Who, p path.Profile, t time.Time) (*base, error) {
	if b := e.find(who, t); b != nil {
		return b, nil
	}
	select {
	case e.making <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-e.making }()
	if b := e.find(who, t); b != nil {
		return b, nil
	}
	e.mu.Lock()
	like, zone, days := e.like(who, p), e.zone, e.days
	e.mu.Unlock()
	when := path.When{At: t, Days: days}
	if zone != nil && !t.IsZero() {
		when.At = t.In(zone)
	}
	b := &base{who: who, noTime: t.IsZero()}
	b.from.Store(t.UnixNano())
	if like != nil {
		b.engine = like.For(p, when)
	} else {
		b.engine = path.NewEngineAt(e.n, p, when)
	}
	if until, ok := b.engine.Until(); ok {
		b.until = until
	}
	return e.keep(b, zone, days), nil
}

// like is the engine that another one has most in common with: of the same traveller,
// or of one of the same class. e.mu is held.
func (e *engines) like(who Who, p path.Profile) (found *path.Engine) {
	for _, b := range e.kept {
		if b.who == who {
			return b.engine
		}
		if is := b.engine.Profile(); is.Vehicle == p.Vehicle && is.Ferries == p.Ferries {
			found = b.engine
		}
	}
	return found
}

// keep keeps an engine, and lets go of those unused for longest.
func (e *engines) keep(b *base, zone *time.Location, days *calendar.Days) *base {
	e.mu.Lock()
	e.used(b)
	if zone != e.zone || days != e.days { // it was made by other clocks
		e.mu.Unlock()
		return b
	}
	for _, other := range e.kept {
		// What ends at the same time was the same from the earlier of the two on.
		if other.who == b.who && !b.noTime && !other.noTime && other.until.Equal(b.until) {
			other.from.Store(min(other.from.Load(), b.from.Load()))
			e.used(other)
			e.mu.Unlock()
			return other
		}
	}
	e.kept = append(e.kept, b)
	var gone []*base
	for len(e.kept) > e.most {
		oldest := slices.MinFunc(e.kept, func(a, b *base) int { return cmp.Compare(a.last.Load(), b.last.Load()) })
		e.kept, gone = without(e.kept, oldest), append(gone, oldest)
	}
	e.mu.Unlock()
	for _, b := range gone {
		e.let(b)
	}
	return b
}

// past lets go of engines whose time is over, but for those in use.
func (e *engines) past(now time.Time, use map[*base]bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.kept = slices.DeleteFunc(e.kept, func(b *base) bool { return !b.until.IsZero() && !now.Before(b.until) && !use[b] })
}

func without(list []*base, one *base) []*base {
	return slices.DeleteFunc(list, func(b *base) bool { return b == one })
}

// clocks is what setZone said; nil before.
func (e *engines) clocks() *time.Location {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.zone
}

// setZone says by which clocks the map's rules go, and whether that is new.
func (e *engines) setZone(zone *time.Location) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.zone != nil && zone != nil && e.zone.String() == zone.String() || e.zone == zone {
		return false
	}
	e.zone, e.kept = zone, nil
	return true
}

// setDays says which days are holidays, and whether that is new.
func (e *engines) setDays(days *calendar.Days) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.days == days {
		return false
	}
	e.days, e.kept = days, nil
	return true
}

func (e *engines) holidays() *calendar.Days {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.days
}
