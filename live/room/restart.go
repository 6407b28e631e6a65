package room

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/fence"
	"citygrid/live/ingest"
)

// What was judged is on disk twice: as alerts, at once, and as the states of
// trackers, every minute. After a restart each tracker goes on from its state with
// the fixes that were stored since, so a breach that lasts stays one.

// A start is what the store knew of a tracker when the program started.
type start struct {
	state *fence.State // nil when none was kept
	kept  []keptBreach
}

// horizon is how far back breaches that ended may still be told otherwise, and
// fixes of trackers without a state are judged again.
const horizon = 24 * time.Hour

// Beside the states of trackers the store keeps, under names that no tracker can
// have, the edits of zones that fixes still may be judged by, and whether all that
// was stored was judged when the program ended.
const (
	zoneEdits ingest.TrackerID = "\x00zones"
	cleanEnd  ingest.TrackerID = "\x00clean"
)

// readStarts reads what was judged before, and makes the judge.
func (r *Room) readStarts(ctx context.Context, b *book) error {
	states, err := r.c.Store.States(ctx)
	if err != nil {
		return err
	}
	if err := r.readVeil(ctx, states[veilKey]); err != nil {
		return err
	}
	delete(states, veilKey)
	judging, err := r.judgeSince(ctx, states[zoneEdits], b)
	if err != nil {
		return err
	}
	r.rules.Store(judging)
	if r.clean = len(states[cleanEnd]) > 0 || len(states) == 0; r.clean {
		if err := r.c.Store.SaveStates(ctx, map[ingest.TrackerID][]byte{cleanEnd: nil}); err != nil {
			return err
		}
	}
	delete(states, zoneEdits)
	delete(states, cleanEnd)
	r.starts = make(map[ingest.TrackerID]*start, len(states))
	for id, text := range states {
		s, err := fence.Decode(text)
		if err != nil || s.Tracker() != id { // of another version: its fixes are judged again instead
			r.c.Log.Warn("the state of a tracker cannot be read", "err", err)
			continue
		}
		r.starts[id] = &start{state: s}
		r.counts.recall(judging, s)
	}
	alerts, err := r.c.Store.AlertsLasting(ctx, r.c.Now().Add(-horizon))
	if err != nil {
		return fmt.Errorf("read alerts: %w", err)
	}
	for _, a := range alerts {
		if a.Withdrawn || a.Key.Subject.ID == 0 { // a crowd's: it is counted again
			continue
		}
		s := r.starts[a.Tracker]
		if s == nil {
			s = &start{}
			r.starts[a.Tracker] = s
		}
		s.kept = append(s.kept, keptBreach{a.Key, a.Ended, a.Grade})
	}
	return nil
}

// begin is what is known of a tracker when it is first judged since the start.
func (r *Room) begin(id ingest.TrackerID, subject fence.Subject) *tracked {
	t := &tracked{}
	if s := r.starts[id]; s != nil {
		t.state, t.kept, t.started = s.state, slices.Clone(s.kept), true
	}
	if t.state == nil {
		t.state = fence.NewState(id, subject)
	}
	return t
}

// since is from when on a tracker's fixes are judged again: for one whose state
// was lost in a breach, from before that.
func (r *Room) since(id ingest.TrackerID) (t time.Time) {
	s := r.starts[id]
	if s == nil {
		return t
	}
	if s.state != nil && r.clean {
		return r.rules.Load().Since(s.state)
	}
	if s.state != nil {
		return r.rules.Load().SinceAll(s.state)
	}
	for _, k := range s.kept {
		if from := k.key.Start.Add(-time.Hour); k.ended.IsZero() && (t.IsZero() || from.Before(t)) {
			t = from
		}
	}
	if usual := r.c.Now().Add(-horizon); t.After(usual) {
		return time.Time{}
	}
	return t
}

// reporting lists whose fixes are judged again at the start: registered devices,
// and phone pages.
func (r *Room) reporting(context.Context) ([]register.Device, error) {
	b := r.book.Load()
	var all []register.Device
	for _, d := range b.devices {
		all = append(all, d)
	}
	for id, p := range b.people {
		_, known := r.starts[ingest.TrackerID(phoneID(id))]
		if known || has(p, people.Officer) || has(p, people.Driver) {
			all = append(all, phoneOf(id))
		}
	}
	slices.SortFunc(all, func(a, b register.Device) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// states are on their way to the store. A newer one takes the place of an older.
type states struct {
	mu      sync.Mutex
	waiting map[ingest.TrackerID][]byte // guarded by mu
	bell    chan struct{}               // room for one
}

func newStates() *states {
	return &states{waiting: make(map[ingest.TrackerID][]byte), bell: make(chan struct{}, 1)}
}

func (s *states) put(some map[ingest.TrackerID][]byte) {
	if len(some) == 0 {
		return
	}
	s.mu.Lock()
	for id, text := range some {
		s.waiting[id] = text
	}
	s.mu.Unlock()
	select {
	case s.bell <- struct{}{}:
	default:
	}
}

// take takes out some, so that one transaction stays short.
func (s *states) take() map[ingest.TrackerID][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	some := make(map[ingest.TrackerID][]byte)
	for id, text := range s.waiting {
		if len(some) == 500 {
			break
		}
		some[id] = text
		delete(s.waiting, id)
	}
	return some
}

// saveStates writes what waits. What can't be written is left: the fixes are
// there. It tells if all was written.
func (r *Room) saveStates(ctx context.Context) bool {
	for {
		some := r.states.take()
		if len(some) == 0 {
			return true
		}
		if err := r.c.Store.SaveStates(ctx, some); err != nil {
			if ctx.Err() == nil {
				r.c.Log.Error("states of trackers cannot be kept; a restart would judge more fixes again", "err", err)
			}
			return false
		}
	}
}
