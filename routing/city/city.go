// Package city is the streets of a city as they are now: the engines of all who
// travel, with the closures that hold, the conditions of the map (gates that are
// locked at night, streets without trucks in the morning) and the speeds of the hour.
//
// An engine is made when it is first asked for, in some tenths of a second for a city,
// and kept as long as there is room (engines.go). A closure that begins or ends makes the
// next ones out of those that are there, in about a millisecond for a street; an hour
// that changes the rules of the map or the speeds has its engines made beforehand.
// Readers find the new ones at their next question, without a lock. A question that
// runs goes on with the old.
//
// Nothing here looks at a clock: whoever does calls Advance.
package city

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"citygrid/geo/street"
	"citygrid/grid/calendar"
	"citygrid/routing/closure"
	"citygrid/routing/path"
)

// A Who is a kind of traveller.
type Who struct {
	Profile string
	Ferries bool // takes them, even if the profile doesn't by itself
}

// Streets are the streets of a map, and what holds on them. New makes them; their
// methods are for any goroutine.
type Streets struct {
	ID      string // of the map: segments mean something only with it
	Network *street.Network

	profiles []path.Profile
	ferries  bool // there are some on the map
	engines  *engines
	now      atomic.Pointer[State]     // never nil
	told     atomic.Pointer[time.Time] // by Set and Advance; nil = no time yet

	mu       sync.Mutex // one change at a time; never held while an engine is made
	closures []known    // guarded by mu
	then     []*State   // guarded by mu: the last that At made
}

// keptStates is how many states of other times are kept for who asks again.
const keptStates = 4

// known is a closure, found on the map.
type known struct {
	closure.Closure
	when     closure.When
	streets  []closure.Stretch
	missing  int
	unusable bool // its calendar cannot be read
}

// A key names a version of a closure.
type key struct {
	id      closure.ID
	version int64
}

// New is the streets of a map for those who travel, at no time yet. Of two profiles
// of one name the first counts.
func New(id string, n *street.Network, profiles []path.Profile) *Streets {
	s := &Streets{ID: id, Network: n, profiles: slices.Clone(profiles)}
	s.engines = newEngines(n, s.let)
	for i := range street.SegmentID(n.Segments()) {
		s.ferries = s.ferries || n.Segment(i).Class == street.Ferry
	}
	s.now.Store(s.state(State{Version: 1}))
	return s
}

// Travellers are who travels, in the order of New.
func (s *Streets) Travellers() []path.Profile { return slices.Clone(s.profiles) }

// HasFerries tells if there are ferries on the map.
func (s *Streets) HasFerries() bool { return s.ferries }

// Profiles are the names of who travels, in the order of New.
func (s *Streets) Profiles() []string {
	names := make([]string, len(s.profiles))
	for i := range s.profiles {
		names[i] = s.profiles[i].Name
	}
	return names
}

func (s *Streets) profile(name string) *path.Profile {
	for i := range s.profiles {
		if s.profiles[i].Name == name {
			return &s.profiles[i]
		}
	}
	return nil
}

// Base is the engine of a profile without any closure or time; nil if there is none.
// The error is the context's.
func (s *Streets) Base(ctx context.Context, profile string) (*path.Engine, error) {
	p := s.profile(profile)
	if p == nil {
		return nil, nil
	}
	b, err := s.engines.get(ctx, Who{Profile: profile}, *p, time.Time{})
	if err != nil {
		return nil, err
	}
	return b.engine, nil
}

// Travels tells if a profile ever travels a segment, whatever holds now.
func (s *Streets) Travels(profile string, id street.SegmentID) bool {
	p, seg := s.profile(profile), s.Network.Segment(id)
	if p == nil || !(p.SpeedKMH[seg.Class] > 0) {
		return false
	}
	return (seg.Forward|seg.Backward)&(p.Vehicle|p.Ashore) != 0 || seg.Rules != 0 || seg.Class == street.Ferry
}

// Now is the streets as they are now.
func (s *Streets) Now() *State { return s.now.Load() }

// SetZone says by which clocks the map's rules go; before that they go by the zone of
// the times that are told.
func (s *Streets) SetZone(zone *time.Location) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engines.setZone(zone) {
		s.forget()
	}
}

// Zone is what SetZone said; UTC before.
func (s *Streets) Zone() *time.Location {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.engines.clocks(), time.UTC)
}

// SetDays says which days are public holidays: conditions on PH hold on them, on the
// map, in profiles and in closures. Before that none are known.
func (s *Streets) SetDays(days *calendar.Days) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.engines.setDays(days) {
		return nil
	}
	for i := range s.closures {
		s.closures[i] = s.find(s.closures[i].Closure)
	}
	s.forget()
	if now := s.told.Load(); now != nil {
		return s.move(s.closures, *now, true)
	}
	return nil
}

// Days are the public holidays that count; nil if none are known.
func (s *Streets) Days() *calendar.Days { return s.engines.holidays() }

// forget has all engines made anew. s.mu is held.
func (s *Streets) forget() {
	was := s.now.Load()
	s.then = nil
	s.now.Store(s.state(State{Version: was.Version + 1, Active: was.Active, holding: was.holding, next: was.next}))
}

// Set says which closures there are, all of them, and what time it is. After an
// error the streets are as they were.
func (s *Streets) Set(closures []closure.Closure, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := make(map[key]known, len(s.closures))
	for _, k := range s.closures {
		was[key{k.ID, k.Version}] = k
	}
	same := len(was) == len(closures)
	list := make([]known, 0, len(closures))
	for _, c := range closures {
		k, ok := was[key{c.ID, c.Version}]
		if !ok {
			k, same = s.find(c), false
		}
		list = append(list, k)
	}
	return s.move(list, now, !same)
}

// find looks for the streets of a closure on the map.
func (s *Streets) find(c closure.Closure) known {
	k := known{Closure: c}
	var err error
	k.when, err = c.When(s.engines.holidays())
	k.unusable = err != nil // Check refuses such a calendar
	k.streets, k.missing = closure.Resolve(s.Network, c)
	return k
}

// move makes the streets those of now. s.mu is held.
func (s *Streets) move(list []known, now time.Time, changed bool) error {
	was := s.now.Load()
	holding := at(list, now)
	next := State{Version: was.Version, holding: holding}
	for _, k := range list {
		if t, ok := k.when.NextChange(now); ok && !k.unusable && (next.next.IsZero() || t.Before(next.next)) {
			next.next = t
		}
	}
	for _, k := range holding {
		next.Active = append(next.Active, k.ID)
	}
	changed = changed || !slices.Equal(was.Active, next.Active)
	state, use := s.state(next), make(map[*base]bool)
	for who, slot := range was.slots {
		m := slot.made.Load()
		if m == nil {
			continue
		}
		base, from := m.base, m.engine
		if !base.covers(now) {
			// One that isn't there yet is for Prepare to make; the old stands until then.
			if b := s.engines.find(who, now); b != nil && b != base {
				base, from, changed = b, b.engine, true
			}
		}
		e := from
		if base != m.base || !slices.Equal(keys(holding), keys(was.holding)) {
			var err error
			if e, err = from.With(changes(base.engine, s.Network, who.Profile, holding)); err != nil {
				return fmt.Errorf("closures for %s: %w", who.Profile, err)
			}
		}
		state.slots[who].made.Store(&made{base, e})
		use[base] = true
	}
	if changed {
		state.Version++
	}
	s.closures, s.then = list, nil
	s.told.Store(&now)
	s.now.Store(state)
	s.engines.past(now, use)
	return nil
}

// at are the closures that hold at a time.
func at(list []known, t time.Time) (holding []known) {
	for _, k := range list {
		if !k.unusable && k.when.ActiveAt(t) {
			holding = append(holding, k)
		}
	}
	return holding
}

func keys(list []known) []key {
	all := make([]key, len(list))
	for i, k := range list {
		all[i] = key{k.ID, k.Version}
	}
	return all
}

// At is the streets as they will be at a time, by the closures that are known now.
// Its Version is that of now.
func (s *Streets) At(t time.Time) *State {
	s.mu.Lock()
	defer s.mu.Unlock()
	holding, now := at(s.closures, t), s.now.Load()
	for _, known := range s.then {
		if known.at.Equal(t) {
			return known
		}
	}
	then := State{Version: now.Version, holding: holding, at: &t}
	for _, k := range holding {
		then.Active = append(then.Active, k.ID)
	}
	state := s.state(then)
	s.then = append(s.then, state)
	if len(s.then) > keptStates {
		s.then = slices.Clone(s.then[1:])
	}
	return state
}

// On gives the streets of a closure on this map, and how many are not there any
// more.
func (s *Streets) On(c closure.Closure) (streets []closure.Stretch, missing int) {
	s.mu.Lock()
	for _, k := range s.closures {
		if k.ID == c.ID && k.Version == c.Version && c.ID != 0 {
			s.mu.Unlock()
			return k.streets, k.missing
		}
	}
	s.mu.Unlock()
	return closure.Resolve(s.Network, c)
}
