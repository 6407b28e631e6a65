package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"citygrid/grid/register"
)

// A desk is what the intake remembers of a tracker that reported since the
// start. Whoever holds its turn owns the rest.
type desk struct {
	turn chan struct{} // holds one

	allowed float64   // fixes that may come now
	filled  time.Time // when allowed was reckoned

	// latest is no earlier than any stored fix; known says that it was looked
	// up. What is later can be no duplicate, which spares the look at the store.
	latest time.Time
	known  bool
}

func (in *Intake) desk(id TrackerID) *desk {
	in.mu.Lock()
	defer in.mu.Unlock()
	k, ok := in.desks[id]
	if !ok {
		k = &desk{turn: make(chan struct{}, 1)}
		in.desks[id] = k
	}
	return k
}

// fill adds what the time since the last call allows.
func (k *desk) fill(now time.Time, c Config) {
	switch since := now.Sub(k.filled).Seconds(); {
	case k.filled.IsZero():
		k.allowed = float64(c.Burst)
	case since > 0: // a clock set back gives nothing and takes nothing
		k.allowed = min(k.allowed+since*c.Rate, float64(c.Burst))
	}
	k.filled = now
}

func (k *desk) take() bool {
	if k.allowed < 1 {
		return false
	}
	k.allowed--
	return true
}

// store keeps the candidates that aren't kept yet and hands them to w. It writes
// the verdicts.
func (in *Intake) store(ctx context.Context, heard time.Time, k *desk, w *worker, d register.Device, verdicts []Verdict, good []candidate) error {
	fixes, err := in.sift(ctx, k, verdicts, good)
	if err != nil {
		return err
	}
	if len(fixes) > 0 {
		if err := in.wait(ctx, w.slots); err != nil {
			return err
		}
		first, err := in.c.Keeper.AppendFixes(ctx, fixes)
		if err != nil {
			<-w.slots
			return fmt.Errorf("store %d fixes: %w", len(fixes), err)
		}
		durable := time.Now()
		for i := range fixes {
			fixes[i].Seq = first + uint64(i)
			if fixes[i].Time.After(k.latest) {
				k.latest = fixes[i].Time
			}
		}
		w.parcels <- parcel{d, fixes, durable} // has room: we hold a slot
		in.c.Took(Durable, durable.Sub(heard))
	}
	for _, c := range good {
		verdicts[c.index].Stored = true
	}
	return nil
}

// sift gives those of good that are new, and notes the others as duplicates.
func (in *Intake) sift(ctx context.Context, k *desk, verdicts []Verdict, good []candidate) ([]Fix, error) {
	stored, err := in.stored(ctx, k, good)
	if err != nil {
		return nil, fmt.Errorf("look for duplicates: %w", err)
	}
	if len(good) == 1 && len(stored) == 0 { // as most calls are
		return []Fix{good[0].Fix}, nil
	}
	var fresh []Fix
	seen := make(map[spot]bool, len(good))
	for _, c := range good {
		s := spotOf(c.Fix)
		if stored[s] || seen[s] {
			verdicts[c.index].Why = Duplicate
			continue
		}
		seen[s] = true
		fresh = append(fresh, c.Fix)
	}
	return fresh, nil
}

// apart is how far times may be apart to be looked up by one scan.
const apart = 10 * time.Minute

// stored finds which spots at the times of good are in the store.
func (in *Intake) stored(ctx context.Context, k *desk, good []candidate) (map[spot]bool, error) {
	id := good[0].Tracker
	if !k.known {
		last := slices.MaxFunc(good, func(a, b candidate) int { return a.Time.Compare(b.Time) }).Time
		k.latest = last
		err := in.c.Keeper.Fixes(ctx, id, last, time.Time{}, func(f Fix) bool {
			k.latest = f.Time
			return true
		})
		if err != nil {
			return nil, err
		}
		k.known = true
	}
	var late []time.Time
	for _, c := range good {
		if !c.Time.After(k.latest) {
			late = append(late, c.Time)
		}
	}
	if len(late) == 0 {
		return nil, nil
	}
	slices.SortFunc(late, time.Time.Compare)
	stored := make(map[spot]bool)
	for i := 0; i < len(late); {
		from, j := late[i], i+1
		for j < len(late) && late[j].Sub(late[j-1]) <= apart {
			j++
		}
		err := in.c.Keeper.Fixes(ctx, id, from, late[j-1].Add(1), func(f Fix) bool {
			stored[spotOf(f)] = true
			return true
		})
		if err != nil {
			return nil, err
		}
		i = j
	}
	return stored, nil
}
