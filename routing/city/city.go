// Package city is the streets of a city as they are now: the engines of all who
// travel, with the closures that hold.
//
// Engines are made once for a map; a closure that begins or ends makes the next ones
// out of them, in about a millisecond for a street, and readers find the new ones at
// their next question, without a lock. A question that runs goes on with the old.
//
// Nothing here looks at a clock: whoever does calls Advance.
package city

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"citygrid/geo/street"
	"citygrid/routing/closure"
	"citygrid/routing/path"
)

// A State is the streets at one time. It isn't changed any more, so whoever asks
// several things of it gets answers that fit each other.
type State struct {
	// Version differs whenever engines or closures do, and grows.
	Version int64
	// Active are the closures that hold.
	Active []closure.ID

	engines map[string]*path.Engine
	next    time.Time // when a closure begins or ends; zero = never
}

// Engine is the engine of a profile; nil if there is none.
func (s *State) Engine(profile string) *path.Engine { return s.engines[profile] }

// Streets are the streets of a map, and what holds on them. New makes them; their
// methods are for any goroutine.
type Streets struct {
	ID      string // of the map: segments mean something only with it
	Network *street.Network

	base map[string]*path.Engine // as the map has it
	now  atomic.Pointer[State]   // never nil

	mu       sync.Mutex // one change at a time
	closures []known    // guarded by mu
	once     *State     // guarded by mu: the last that At made
	onceFor  []key      // guarded by mu: of which closures
}

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

// New makes the engines of profiles by name, side by side: some tenths of a second
// for a city, more where the network has no order.
func New(id string, n *street.Network, profiles map[string]path.Profile) *Streets {
	s := &Streets{ID: id, Network: n, base: make(map[string]*path.Engine, len(profiles))}
	var building sync.WaitGroup
	var mu sync.Mutex // guards s.base
	for name, p := range profiles {
		building.Go(func() {
			e := path.NewEngine(n, p)
			mu.Lock()
			defer mu.Unlock()
			s.base[name] = e
		})
	}
	building.Wait()
	s.now.Store(&State{Version: 1, engines: s.base})
	return s
}

// Profiles are the names of who travels, in order.
func (s *Streets) Profiles() []string { return slices.Sorted(maps.Keys(s.base)) }

// Base is the engine of a profile without any closure; nil if there is none.
func (s *Streets) Base(profile string) *path.Engine { return s.base[profile] }

// Now is the streets as they are now.
func (s *Streets) Now() *State { return s.now.Load() }

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
	k.when, err = c.When()
	k.unusable = err != nil // Check refuses such a calendar
	k.streets, k.missing = closure.Resolve(s.Network, c)
	return k
}

// Advance says what time it is. It is cheap as long as no closure begins or ends.
func (s *Streets) Advance(now time.Time) error {
	if next := s.now.Load().next; next.IsZero() || now.Before(next) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.move(s.closures, now, false)
}

// Next is when the next closure begins or ends, after the time last told; zero is
// never.
func (s *Streets) Next() time.Time { return s.now.Load().next }

// move makes the streets those of now. s.mu is held.
func (s *Streets) move(list []known, now time.Time, changed bool) error {
	was := s.now.Load()
	holding := at(list, now)
	next := &State{Version: was.Version, engines: was.engines}
	for _, k := range list {
		if t, ok := k.when.NextChange(now); ok && !k.unusable && (next.next.IsZero() || t.Before(next.next)) {
			next.next = t
		}
	}
	for _, k := range holding {
		next.Active = append(next.Active, k.ID)
	}
	if changed || !slices.Equal(was.Active, next.Active) {
		engines, err := s.engines(was.engines, holding)
		if err != nil {
			return err
		}
		next.engines, changed = engines, true
	}
	if changed {
		next.Version++
	}
	s.closures, s.once, s.onceFor = list, nil, nil
	s.now.Store(next)
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

// engines makes the engines with some closures out of others.
func (s *Streets) engines(from map[string]*path.Engine, holding []known) (map[string]*path.Engine, error) {
	made := make(map[string]*path.Engine, len(from))
	for name, e := range from {
		changed, err := e.With(changes(s.base[name], s.Network, name, holding))
		if err != nil {
			return nil, fmt.Errorf("closures for %s: %w", name, err)
		}
		made[name] = changed
	}
	return made, nil
}

// At is the streets as they will be at a time, by the closures that are known now.
// Their Version is that of now.
func (s *Streets) At(t time.Time) (*State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	holding, now := at(s.closures, t), s.now.Load()
	ids := keys(holding)
	if s.once != nil && slices.Equal(s.onceFor, ids) {
		return s.once, nil
	}
	engines, err := s.engines(now.engines, holding)
	if err != nil {
		return nil, err
	}
	then := &State{Version: now.Version, engines: engines}
	for _, k := range ids {
		then.Active = append(then.Active, k.id)
	}
	s.once, s.onceFor = then, ids
	return then, nil
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
