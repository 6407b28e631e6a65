package room

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/register"
	"citygrid/routing/closure"
)

// A CutWalk is a walk that has still to go along a street that somebody closes.
type CutWalk struct {
	Shift  register.ShiftID `json:"shift"`
	Person Person           `json:"person"`
	Team   grid.TeamID      `json:"team"`
	Street string           `json:"street"` // the first of them; empty when it has no name
	At     time.Time        `json:"at"`     // when they come to it, as planned
}

// Cut lists the walks of now and soon that have still to go along one of some streets
// of a map, by officer.
func (r *Room) Cut(mapID string, streets []closure.Stretch) []CutWalk {
	all, b, now, city := []CutWalk{}, r.book.Load(), r.c.Now(), r.town()
	if city == nil || city.ID != mapID || len(streets) == 0 {
		return all
	}
	closed := make(map[street.SegmentID]closure.Stretch, len(streets))
	for _, s := range streets {
		closed[s.Segment] = s
	}
	r.walks.mu.Lock()
	afoot := slices.Collect(maps.Values(r.walks.afoot))
	r.walks.mu.Unlock()
	for _, w := range afoot {
		if w.city != mapID || !w.shift.To.After(now) {
			continue
		}
		w.mu.Lock()
		done := w.trail.done
		w.mu.Unlock()
		gone := 0.0
		for _, l := range w.is.Legs {
			gone += float64(l.Metres)
			s, is := closed[l.Segment]
			if !is || gone <= done+atEnd || l.Forward && !s.Forward || !l.Forward && !s.Backward {
				continue
			}
			name := city.Network.Name(city.Network.Segment(l.Segment).Name)
			all = append(all, CutWalk{w.shift.ID, *b.person(w.shift.Person), w.shift.Team, cmp.Or(name.Default, name.Ref), l.Begin.UTC()})
			break
		}
	}
	slices.SortFunc(all, func(a, b CutWalk) int {
		return cmp.Or(cmp.Compare(a.Person.Name, b.Person.Name), cmp.Compare(a.Shift, b.Shift))
	})
	return all
}
