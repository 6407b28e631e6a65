package room

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/routing/campaign"
	"citygrid/routing/patrol"
)

// A Coverage is how much of a team's streets has been seen on a day, and what has not.
type Coverage struct {
	Team    grid.TeamID       `json:"team"`
	Name    map[string]string `json:"name" nullable:"false"`
	StreetM float64           `json:"street_m"` // of all streets that are to be seen
	SeenM   float64           `json:"seen_m"`
	Unseen  []Unseen          `json:"unseen" nullable:"false"` // those whose turn comes first, then those in no walk
	Spots   []SpotVisit       `json:"spots" nullable:"false"`  // visits of the day, by opening
}

// An Unseen is a street that is not seen yet: the parts of one name in one walk.
type Unseen struct {
	Street string       `json:"street"`
	Metres float64      `json:"metres"`
	Walk   *int64       `json:"walk"` // shift; null: it is in nobody's walk
	ETA    *time.Time   `json:"eta"`  // as planned
	Lines  [][]Position `json:"lines" nullable:"false"`
}

// daily remembers which streets a team has to see: it goes through the whole map.
type daily struct {
	mu    sync.Mutex
	mark  string // guarded by mu: of the map and the plan that of is for
	teams map[grid.TeamID][]street.SegmentID
}

// toSee lists the streets that each team has to see each day.
func (r *Room) toSee(b *book, city *town) map[grid.TeamID][]street.SegmentID {
	d := &r.daily
	d.mu.Lock()
	defer d.mu.Unlock()
	mark := fmt.Sprint(b.plan.ID, b.plan.Version, city.ID, city.version)
	if d.mark == mark {
		return d.teams
	}
	d.mark, d.teams = mark, make(map[grid.TeamID][]street.SegmentID)
	for team, beat := range b.beats(city.Network) {
		d.teams[team] = slices.DeleteFunc(beat.streets, city.closed)
	}
	return d.teams
}

// A pace is a leg of a walk, and whether it is behind.
type pace struct {
	leg  patrol.Leg
	done bool
}

func (w *walk) legs() (all []pace) {
	w.mu.Lock()
	defer w.mu.Unlock()
	sum, at := 0.0, 0.0
	for _, l := range w.is.Legs {
		sum += float64(l.Metres)
	}
	for _, l := range w.is.Legs {
		at += float64(l.Metres)
		all = append(all, pace{l, w.trail.done > 0 && w.trail.done >= at*w.trail.length()/max(sum, 0.01)-atEnd})
	}
	return all
}

// Coverage says for each team that may see (nil: all) what has been seen of its
// streets in from <= t < to.
func (r *Room) Coverage(ctx context.Context, may func(grid.TeamID) bool, from, to time.Time) ([]Coverage, error) {
	city := r.town()
	if city == nil || city.Foot == nil {
		return nil, ErrNoMap
	}
	b := r.book.Load()
	kept, maps, err := r.c.Store.Walks(ctx, from.Add(-about), to.Add(about))
	if err != nil {
		return nil, err
	}
	shifts, err := r.c.Store.Shifts(ctx, from, to)
	if err != nil {
		return nil, err
	}
	seen := make(map[street.SegmentID]bool)
	type turn struct {
		shift int64
		eta   time.Time
	}
	turns := make(map[street.SegmentID]turn)
	of := make(map[grid.TeamID][]*walk)
	water := make(map[grid.TeamID][]street.SegmentID) // counts where somebody has a boat
	for _, s := range shifts {
		is, ok := kept[s.ID]
		if !ok || maps[s.ID] != city.ID || may != nil && !may(s.Team) {
			continue
		}
		r.walks.mu.Lock()
		one := r.walks.afoot[s.ID]
		r.walks.mu.Unlock()
		if one == nil || !sameWalk(one.is, is) {
			one = newWalk(b, s, is, maps[s.ID])
			if err := r.retrace(ctx, b, one); err != nil {
				return nil, err
			}
		}
		of[s.Team] = append(of[s.Team], one)
		for _, l := range one.legs() {
			if !l.leg.Serve {
				continue
			}
			if city.Network.Segment(l.leg.Segment).Class.Afloat() && !slices.Contains(water[s.Team], l.leg.Segment) {
				water[s.Team] = append(water[s.Team], l.leg.Segment)
			}
			if l.done {
				seen[l.leg.Segment] = true
			} else if was, ok := turns[l.leg.Segment]; !ok || l.leg.Begin.Before(was.eta) {
				turns[l.leg.Segment] = turn{int64(s.ID), l.leg.Begin.UTC()}
			}
		}
	}
	err = r.campaignWalks(ctx, b, from, to, func(d *campaign.Day, _ int, w *walk) {
		for _, l := range w.legs() {
			if l.leg.Serve && l.done && d.Map == city.ID {
				seen[l.leg.Segment] = true
			}
		}
	})
	if err != nil {
		return nil, err
	}
	all := []Coverage{}
	name := city.nameOf(city.ID)
	for team, streets := range r.toSee(b, city) {
		if may != nil && !may(team) {
			continue
		}
		c := Coverage{Team: team, Name: b.teams[team].Name, Unseen: []Unseen{}, Spots: r.spotsToday(b, team, from, to, of[team])}
		type group struct {
			name  string
			shift int64
		}
		at := make(map[group]int)
		for _, id := range slices.Concat(streets, water[team]) {
			m := float64(city.Network.Segment(id).LengthM)
			c.StreetM += m
			if seen[id] {
				c.SeenM += m
				continue
			}
			t, planned := turns[id]
			g := group{name(patrol.Leg{Segment: id}), t.shift}
			k, ok := at[g]
			if !ok {
				k = len(c.Unseen)
				at[g] = k
				c.Unseen = append(c.Unseen, Unseen{Street: g.name, Lines: [][]Position{}})
			}
			u := &c.Unseen[k]
			u.Metres += m
			u.Lines = append(u.Lines, positions(city.Network.Line(id)))
			if planned && (u.ETA == nil || t.eta.Before(*u.ETA)) {
				u.Walk, u.ETA = &t.shift, &t.eta
			}
		}
		c.StreetM, c.SeenM = rounded(c.StreetM, 1), rounded(c.SeenM, 1)
		for i := range c.Unseen {
			c.Unseen[i].Metres = rounded(c.Unseen[i].Metres, 1)
		}
		slices.SortFunc(c.Unseen, func(x, y Unseen) int {
			switch {
			case x.ETA == nil && y.ETA == nil:
				return cmp.Compare(x.Street, y.Street)
			case x.ETA == nil:
				return 1
			case y.ETA == nil:
				return -1
			}
			return cmp.Or(x.ETA.Compare(*y.ETA), cmp.Compare(x.Street, y.Street))
		})
		all = append(all, c)
	}
	slices.SortFunc(all, func(x, y Coverage) int { return cmp.Compare(x.Team, y.Team) })
	return all, nil
}
