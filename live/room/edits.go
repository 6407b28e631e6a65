package room

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"citygrid/grid/zone"
	"citygrid/live/fence"
	"citygrid/live/ingest"
)

// A fix that comes hours late is judged by the zones of its time. Which those were is
// kept by version, so that it is known after a restart too; the versions themselves the
// store keeps for ever. Homes are not: a late fix is judged by where its subject is at
// home now.

// maxEdits is how many edits are remembered; of more, fixes from before are judged by the
// oldest that is.
const maxEdits = 64

// edits are the zones that held, from the oldest instant that matters.
type edits struct {
	Zones map[zone.ID]int64 `json:"zones"` // versions, before the first edit
	Edits []edit            `json:"edits"` // by time
	last  map[zone.ID]int64 // after them
}

// An edit is what changed at an instant; version 0 is a zone that was removed.
type edit struct {
	At    time.Time         `json:"at"`
	Zones map[zone.ID]int64 `json:"zones"`
}

func versions(zones []zone.Zone) map[zone.ID]int64 {
	out := make(map[zone.ID]int64, len(zones))
	for _, z := range zones {
		out[z.ID] = z.Version
	}
	return out
}

// add notes the zones that hold from an instant on, and forgets edits that are past
// all lateness. It tells if they are others than before.
func (e *edits) add(at time.Time, zones []zone.Zone) (changed bool) {
	is := versions(zones)
	next := edit{At: at, Zones: map[zone.ID]int64{}}
	for id, v := range is {
		if e.last[id] != v {
			next.Zones[id] = v
		}
	}
	for id := range e.last {
		if is[id] == 0 {
			next.Zones[id] = 0
		}
	}
	e.last = is
	if len(next.Zones) > 0 {
		e.Edits = append(e.Edits, next)
	}
	for len(e.Edits) > maxEdits || len(e.Edits) > 0 && e.Edits[0].At.Before(at.Add(-remembered)) {
		e.Edits[0].apply(e.Zones)
		e.Edits = e.Edits[1:]
	}
	return len(next.Zones) > 0
}

// remembered is for how long fixes that come late are judged by the rules of their time.
const remembered = horizon + time.Hour

func (e *edit) apply(to map[zone.ID]int64) {
	for id, v := range e.Zones {
		if v == 0 {
			delete(to, id)
		} else {
			to[id] = v
		}
	}
}

// before is the instant before which no edit is remembered.
func (e *edits) before(now time.Time) time.Time {
	if len(e.Edits) == maxEdits {
		return e.Edits[0].At
	}
	return now.Add(-remembered)
}

func (e *edits) save(ctx context.Context, s Store) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return s.SaveStates(ctx, map[ingest.TrackerID][]byte{zoneEdits: text})
}

// judgeSince makes the judge that knows the zones of the time in which fixes may be late.
func (r *Room) judgeSince(ctx context.Context, text []byte, b *book) (*fence.Judge, error) {
	now := r.c.Now()
	if err := json.Unmarshal(text, &r.edits); err != nil || r.edits.Zones == nil {
		r.edits = edits{Zones: versions(b.zones)}
	}
	r.edits.rewind(now)
	known := map[zone.ID]map[int64]zone.Zone{}
	for _, z := range b.zones {
		known[z.ID] = map[int64]zone.Zone{z.Version: z}
	}
	rules, err := fence.Compile(nil, r.c.Days)
	if err != nil {
		return nil, err
	}
	holding := func(held map[zone.ID]int64) (*fence.Rules, error) {
		zones := make([]zone.Zone, 0, len(held))
		for id, v := range held {
			z, ok := known[id][v]
			if !ok {
				var err error
				if z, err = r.c.Store.ZoneVersion(ctx, id, v); errors.Is(err, zone.ErrNoZone) {
					continue
				} else if err != nil {
					return nil, err
				}
				if known[id] == nil {
					known[id] = map[int64]zone.Zone{}
				}
				known[id][v] = z
			}
			zones = append(zones, z)
		}
		slices.SortFunc(zones, func(a, b zone.Zone) int { return int(min(max(a.ID-b.ID, -1), 1)) })
		var err error
		if rules, err = rules.With(zones, r.c.Days); err != nil {
			return nil, fmt.Errorf("zones: %w", err)
		}
		return rules.WithHomes(b.homes), nil
	}
	held := map[zone.ID]int64{}
	(&edit{Zones: r.edits.Zones}).apply(held)
	first, err := holding(held)
	if err != nil {
		return nil, err
	}
	judging, err := fence.New(first, fence.Config{Horizon: horizon})
	if err != nil {
		return nil, err
	}
	for i := range r.edits.Edits {
		e := &r.edits.Edits[i]
		e.apply(held)
		next, err := holding(held)
		if err != nil {
			return nil, err
		}
		judging = judging.Swap(e.At, next)
	}
	r.edits.last = held
	if changed := r.edits.add(now, b.zones); changed || judging.Rules().Len() != len(b.zones) {
		// Zones were changed when nobody judged, or right before the end.
		next, err := rules.With(b.zones, r.c.Days)
		if err != nil {
			return nil, fmt.Errorf("zones: %w", err)
		}
		judging = judging.Swap(now, next.WithHomes(b.homes))
	}
	return judging, r.edits.save(ctx, r.c.Store)
}
