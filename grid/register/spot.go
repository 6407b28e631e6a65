package register

import (
	"fmt"
	"time"

	"citygrid/grid"
	"citygrid/grid/calendar"

	"github.com/paulmach/orb"
)

// A SpotID names a spot for as long as the bureau exists. 0 is no spot.
type SpotID int64

// A Spot is a place that a team's patrols call at: a square, a market, a barbecue stall at
// night. Spots of several themes at one place are called at together.
type Spot struct {
	ID       SpotID
	Name     map[string]string // by language: zh-CN, en
	Theme    string            // what it is called at for, or the list that it is on; "" = not told
	At       orb.Point
	Team     grid.TeamID
	Visits   int            // in each window of its hours
	StayMin  int            // minutes that a visit takes
	Calendar *calendar.Spec // its hours: a window over midnight is the night's; nil = while the team is on patrol
	Version  int64
}

// Limits of a spot.
const (
	maxSpotVisits = 12
	maxSpotStay   = 240 // minutes
)

// Check reports the first rule that s breaks, as a *FieldError.
func (s Spot) Check() error {
	c := checker{thing: "spot"}
	c.see("name", names(s.Name))
	c.see("theme", text(s.Theme, false))
	c.see("at", place(s.At))
	c.see("team", above0(int64(s.Team), "a team"))
	if s.Visits < 1 || s.Visits > maxSpotVisits {
		c.see("visits", fault{fmt.Sprintf("must be 1 to %d", maxSpotVisits), ""})
	}
	if s.StayMin < 0 || s.StayMin > maxSpotStay {
		c.see("stay_min", fault{fmt.Sprintf("must be 0 to %d", maxSpotStay), ""})
	}
	if s.Calendar != nil {
		if err := s.Calendar.Check(); err != nil {
			c.see("calendar", fault{err.Error(), ""})
		}
	}
	return c.orNil()
}

// A SpotVisit is when a spot is to be called at once: begun in Open <= t < Close.
type SpotVisit struct {
	Spot        SpotID
	Open, Close time.Time
}

// Due are the visits of the day from <= t < to: those of windows that begin on it, each
// window in as many equal parts as there are visits. work is when the team patrols on the
// day, which are the hours of a spot without any. The error is the calendar's.
func (s Spot) Due(from, to time.Time, work calendar.Active, days *calendar.Days) ([]SpotVisit, error) {
	var windows []calendar.Active
	if s.Calendar == nil {
		windows = append(windows, work)
	} else {
		c, err := calendar.New(*s.Calendar, days)
		if err != nil {
			return nil, err
		}
		before := c.ActiveAt(from.Add(-time.Second))
		for w := range c.Windows(from, to.Add(24*time.Hour)) {
			switch {
			case !w.From.Before(to):
			case before && w.From.Equal(from) && w.To.Before(to): // the end of yesterday's
			case w.To.Sub(w.From) > to.Sub(from): // it never ends, or not for days
				windows = append(windows, calendar.Active{From: w.From, To: to})
			default:
				windows = append(windows, w)
			}
		}
	}
	var all []SpotVisit
	for _, w := range windows {
		n, length := time.Duration(s.Visits), w.To.Sub(w.From)
		for k := range n {
			if length > 0 {
				all = append(all, SpotVisit{s.ID, w.From.Add(length * k / n), w.From.Add(length * (k + 1) / n)})
			}
		}
	}
	return all, nil
}
