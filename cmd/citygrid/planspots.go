package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"citygrid/data/store"
	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/register"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

// spotFields are those of a file of spots.
var spotFields = []string{"id", "name", "theme", "lon", "lat", "team", "visits", "stay_min", "hours"}

// readSpots reads --spots. teamOf says whose a spot is, by the file's word or, without
// one, by where it lies.
func (c *planPatrolCmd) readSpots(zone string, teamOf func(name string, at orb.Point) (grid.TeamID, bool)) (spots []register.Spot, err error) {
	rows, err := readRecords(c.Spots, spotFields, []string{"lon", "lat"})
	if err != nil {
		return nil, err
	}
	for i := range rows {
		r := &rows[i]
		s := register.Spot{
			ID: register.SpotID(i + 1), Name: map[string]string{"en": cmp.Or(r.text("name"), r.text("id"), fmt.Sprintf("spot %d", i+1))}, Theme: r.text("theme"),
			At: r.place("lon", "lat"), Visits: r.whole("visits", 1, 1, 1000), StayMin: r.whole("stay_min", 5, 0, 1440),
		}
		var known bool
		if s.Team, known = teamOf(r.text("team"), s.At); !known {
			r.bad("team", "one of the plan's; without one the spot lies in a grid")
		}
		if hours := strings.FieldsFunc(r.text("hours"), func(x rune) bool { return x == ' ' || x == ',' || x == ';' }); len(hours) > 0 {
			rule := calendar.Rule{}
			for _, h := range hours {
				w, err := calendar.ParseWindow(h)
				if err != nil {
					r.bad("hours", "windows such as 08:00-12:00 20:00-02:00")
					break
				}
				rule.Windows = append(rule.Windows, w)
			}
			s.Calendar = &calendar.Spec{Zone: zone, Rules: []calendar.Rule{rule}}
		}
		if r.fault != nil {
			return nil, r.fault
		}
		if err := s.Check(); err != nil {
			return nil, badInput(fmt.Errorf("%s, %s: %w", r.file, r.where, err))
		}
		spots = append(spots, s)
	}
	return spots, nil
}

// bureauSpots are those of --spots, else of the bureau.
func (c *planPatrolCmd) bureauSpots(ctx context.Context, st *store.Store, teams []register.Team, zone *time.Location, own *grid.Owners, plan grid.Plan) ([]register.Spot, error) {
	if c.Spots == "" {
		return st.Spots(ctx)
	}
	return c.readSpots(zone.String(), func(name string, at orb.Point) (grid.TeamID, bool) {
		if name == "" {
			id, ok := own.OwnerAt(at)
			g, known := plan.Grid(id)
			return g.Team, ok && known
		}
		for _, t := range teams {
			if name == t.Code || name == t.Name["en"] || name == t.Name["zh-CN"] {
				return t.ID, true
			}
		}
		return 0, false
	})
}

// giveVisits gives a team's visits of the day that begins at from to its duties, those of a
// watch to who calls there; the times of duties are of planDay. Visits when nobody is on
// patrol stay with the first.
func giveVisits(duties []duty, watches [][]register.Shift, callers []int, visits []register.DueVisit, from time.Time) {
	for _, v := range visits {
		w := slices.IndexFunc(watches, func(list []register.Shift) bool { return register.WatchOf(list[0]) == v.Watch })
		v.Open, v.Close = planDay.Add(v.Open.Sub(from)), planDay.Add(v.Close.Sub(from))
		if w < 0 {
			duties[0].unwatched = append(duties[0].unwatched, v)
			continue
		}
		d := &duties[callers[w]]
		d.visits = append(d.visits, v)
	}
}

// spotsOf are a duty's spots of one part of the shift: those with the longest part of their
// hours in it.
func (b *duty) spotsOf(pass, passes int) (spots []patrol.Spot) {
	length := b.to.Sub(b.from)
	at := func(i int) time.Time { return b.from.Add(length * time.Duration(i) / time.Duration(passes)) }
	for _, v := range b.visits {
		best, most := 0, time.Duration(-1)
		for i := range passes {
			from, to := v.Open, v.Close
			if at(i).After(from) {
				from = at(i)
			}
			if at(i + 1).Before(to) {
				to = at(i + 1)
			}
			if d := to.Sub(from); d > most {
				best, most = i, d
			}
		}
		if best == pass {
			spots = append(spots, patrol.SpotOf(v))
		}
	}
	return spots
}

// A callJSON is a stop of a walk at spots of one place.
type callJSON struct {
	Begin  string     `json:"begin"`
	End    string     `json:"end"`
	Behind int        `json:"behind"` // so many of the walk's segments come before it
	Spots  []spotJSON `json:"spots"`
}

// spotJSON is a spot, or a visit of it; id counts rows of the file, or is the bureau's.
type spotJSON struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Theme string `json:"theme"`
	Open  string `json:"open"` // the call begins
	Close string `json:"close"`
	Why   string `json:"why,omitempty"` // of a missed one
}

func (b *duty) spotJSON(s patrol.Spot, why string) spotJSON {
	out := spotJSON{ID: s.ID, Name: s.Name, Open: clockText(s.Open), Close: clockText(s.Close), Why: why}
	for _, v := range b.visits {
		if int64(v.Spot) == s.ID {
			out.Theme = v.Of.Theme
		}
	}
	return out
}

// calls are those of a walk.
func (b *duty) calls(w patrol.Walk) []callJSON {
	all := []callJSON{}
	for _, c := range w.Calls {
		one := callJSON{Begin: clockText(c.Begin), End: clockText(c.End)}
		for _, l := range w.Legs[:c.Legs] {
			if l.Serve {
				one.Behind++
			}
		}
		for _, s := range c.Spots {
			one.Spots = append(one.Spots, b.spotJSON(s, ""))
		}
		all = append(all, one)
	}
	return all
}

// missed are the visits that are in no walk, with the reason.
func (b *duty) missed(plans []patrol.Plan) []spotJSON {
	all := []spotJSON{}
	for _, v := range b.unwatched {
		one := b.spotJSON(patrol.SpotOf(v), "nobody is on patrol then")
		one.Theme = v.Of.Theme
		all = append(all, one)
	}
	for _, p := range plans {
		for _, m := range p.Missed {
			all = append(all, b.spotJSON(m.Spot, m.Why.Error()))
		}
	}
	return all
}

// tellCalls says in words what a walk calls at.
func tellCalls(calls []callJSON) string {
	var text strings.Builder
	for _, c := range calls {
		var names []string
		for _, s := range c.Spots {
			names = append(names, s.Name)
		}
		fmt.Fprintf(&text, "    %s %s\n", c.Begin[:5], strings.Join(names, ", "))
	}
	return text.String()
}
