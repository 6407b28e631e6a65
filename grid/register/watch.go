package register

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"citygrid/grid"
	"citygrid/grid/calendar"
)

// A Watch is who patrols for a team at the same time, from <= t < to. It can be a key.
type Watch struct {
	Team     grid.TeamID
	From, To int64 // Unix nanoseconds
}

// WatchOf is the watch that a shift belongs to.
func WatchOf(s Shift) Watch { return Watch{s.Team, s.From.UnixNano(), s.To.UnixNano()} }

// OnFoot is how who has no vehicle travels; who has one, by its kind.
const OnFoot = "foot"

// Alike cuts the shifts of a watch into those who travel alike, as by says, in the order
// of their coming.
func Alike(shifts []Shift, by func(Shift) string) (alike [][]Shift) {
	for _, s := range shifts {
		k := slices.IndexFunc(alike, func(list []Shift) bool { return by(list[0]) == by(s) })
		if k < 0 {
			k, alike = len(alike), append(alike, nil)
		}
		alike[k] = append(alike[k], s)
	}
	return alike
}

// Callers is which of those who travel alike call at the spots: who walks, else who has an
// e-bike, a car, a boat.
func Callers(alike [][]Shift, by func(Shift) string) int {
	order := []string{OnFoot, string(EBike), string(PatrolCar)}
	best, rank := 0, len(order)+1
	for i, list := range alike {
		k := slices.Index(order, by(list[0]))
		if k < 0 {
			k = len(order)
		}
		if k < rank {
			best, rank = i, k
		}
	}
	return best
}

// A DueVisit is a visit, and whose walks it belongs into.
type DueVisit struct {
	SpotVisit
	Of    Spot
	Watch Watch // the zero Watch: nobody is on patrol then
}

// VisitsOn are the visits of a team on the day from <= t < to, by opening. shifts are the
// team's patrols that begin on the day. Each visit is of the watch that is on patrol for
// the longest part of it, of several the first. The error says which spots have hours that
// can't be read; the visits of the others are there.
func VisitsOn(spots []Spot, team grid.TeamID, shifts []Shift, from, to time.Time, days *calendar.Days) (all []DueVisit, err error) {
	var watches []Watch
	var work calendar.Active
	for _, s := range shifts {
		if s.Team != team || s.From.Before(from) || !s.From.Before(to) {
			continue
		}
		if work.From.IsZero() || s.From.Before(work.From) {
			work.From = s.From
		}
		if s.To.After(work.To) {
			work.To = s.To
		}
		if w := WatchOf(s); !slices.Contains(watches, w) {
			watches = append(watches, w)
		}
	}
	for _, spot := range spots {
		if spot.Team != team {
			continue
		}
		due, fault := spot.Due(from, to, work, days)
		if fault != nil {
			err = errors.Join(err, fmt.Errorf("hours of spot %d: %w", spot.ID, fault))
			continue
		}
		for _, v := range due {
			one, best := DueVisit{SpotVisit: v, Of: spot}, int64(0)
			for _, w := range watches {
				if d := min(w.To, v.Close.UnixNano()) - max(w.From, v.Open.UnixNano()); d > best {
					one.Watch, best = w, d
				}
			}
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(x, y DueVisit) int {
		return cmp.Or(x.Open.Compare(y.Open), x.Close.Compare(y.Close), cmp.Compare(x.Spot, y.Spot))
	})
	return all, err
}
