package register

import (
	"fmt"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/calendar"
	"citygrid/grid/people"

	"github.com/paulmach/orb"
)

// A CampaignID names a campaign for as long as the bureau exists. 0 is no campaign.
type CampaignID int64

// A Campaign is an enforcement day that comes back (周三执法日): officers of several teams
// go along some roads in pairs and look for what is on a list.
type Campaign struct {
	ID        CampaignID
	Name      map[string]string // by language: zh-CN, en
	Area      grid.AreaID       // whose it is: rights are bound to areas
	Calendar  calendar.Spec     // each of its windows is one time that it is held
	Paused    bool              // it is held at no time
	Meet      orb.Point         // where pairs set out, and come back to
	Roads     []Road
	People    []people.ID   // who take part
	Teams     []grid.TeamID // and those who are on patrol for these then
	Tag       string        // somebody with this tag is in each pair while there are enough; "" = of no matter
	Alone     bool          // everybody goes alone
	Pace      int           // metres of a street a minute, looking
	Checklist []CheckItem
	Version   int64
}

// A Road is a street of a campaign. It is kept by its name and where it lies, not by the
// numbers of a map, so that it is found on the next map too.
type Road struct {
	Name  string           `json:"name"` // as on the map; "" = it has none
	Lines []orb.LineString `json:"lines"`
	Both  bool             `json:"both"` // each side is gone along by itself
}

// A CheckItem is something to be looked for: a kind of offence.
type CheckItem struct {
	Code string            `json:"code"` // unique in its list
	Text map[string]string `json:"text"` // by language: zh-CN, en
}

// Limits of a campaign.
const (
	MaxCampaignPeople = 200
	maxCampaignTeams  = 50
	maxRoads          = 40
	maxRoadPoints     = 5000 // of all roads
	maxCheckItems     = 40
	maxPace           = 200 // metres a minute
)

// Check reports the first rule that v breaks, as a *FieldError.
func (v Campaign) Check() error {
	c := checker{thing: "campaign"}
	c.see("name", names(v.Name))
	c.see("area", above0(int64(v.Area), "an area"))
	if err := v.Calendar.Check(); err != nil {
		c.see("calendar", fault{err.Error(), ""})
	}
	c.see("meet", place(v.Meet))
	c.see("roads", roads(v.Roads))
	c.see("people", most(len(v.People), MaxCampaignPeople))
	c.see("teams", most(len(v.Teams), maxCampaignTeams))
	if len(v.People)+len(v.Teams) == 0 {
		c.see("people", fault{"nobody takes part", "name people, or teams whose officers take part"})
	}
	c.see("people", once(v.People))
	c.see("teams", once(v.Teams))
	if v.Tag != "" {
		c.see("tag", tags([]string{v.Tag}))
	}
	if v.Pace < 1 || v.Pace > maxPace {
		c.see("pace", fault{fmt.Sprintf("must be 1 to %d metres a minute", maxPace), ""})
	}
	c.see("checklist", checklist(v.Checklist))
	return c.orNil()
}

func most(n, limit int) fault {
	if n > limit {
		return fault{fmt.Sprintf("has %d, the limit is %d", n, limit), ""}
	}
	return fault{}
}

// once refuses ids that are none, and the same one twice.
func once[T ~int64](ids []T) fault {
	seen := make(map[T]bool, len(ids))
	for _, id := range ids {
		if id <= 0 || seen[id] {
			return fault{fmt.Sprintf("%d is no id, or named twice", id), "name each once"}
		}
		seen[id] = true
	}
	return fault{}
}

func roads(all []Road) fault {
	if len(all) == 0 {
		return fault{"are missing", "name at least one"}
	}
	if f := most(len(all), maxRoads); f.is() {
		return f
	}
	points := 0
	for _, r := range all {
		if f := text(r.Name, false); f.is() {
			return f
		}
		if len(r.Lines) == 0 {
			return fault{fmt.Sprintf("%q has no line", clip(r.Name)), "say where it lies"}
		}
		for _, line := range r.Lines {
			if len(line) < 2 {
				return fault{fmt.Sprintf("%q has a line of one point", clip(r.Name)), ""}
			}
			if points += len(line); points > maxRoadPoints {
				return fault{fmt.Sprintf("have over %d points", maxRoadPoints), "make two campaigns of them"}
			}
			for _, p := range line {
				if f := place(p); f.is() {
					return f
				}
			}
		}
	}
	return fault{}
}

func checklist(items []CheckItem) fault {
	if len(items) == 0 {
		return fault{"is empty", "say what is looked for"}
	}
	if f := most(len(items), maxCheckItems); f.is() {
		return f
	}
	seen := make(map[string]bool, len(items))
	for _, i := range items {
		if f := code(i.Code, true); f.is() {
			return f
		}
		if seen[i.Code] {
			return fault{fmt.Sprintf("has %q twice", i.Code), "give each item its own code"}
		}
		seen[i.Code] = true
		if f := names(i.Text); f.is() {
			return f
		}
	}
	return fault{}
}

// Held are the times in from <= begin < to at which the campaign is held: the windows of
// its calendar that begin then. Windows that meet are one; one longer than a shift can be
// is none. The error is the calendar's.
func (v Campaign) Held(from, to time.Time, days *calendar.Days) ([]calendar.Active, error) {
	if v.Paused {
		return nil, nil
	}
	c, err := calendar.New(v.Calendar, days)
	if err != nil {
		return nil, err
	}
	begun := c.ActiveAt(from.Add(-time.Second))
	all := slices.Collect(c.Windows(from, to.Add(MaxShift+time.Second)))
	return slices.DeleteFunc(all, func(w calendar.Active) bool {
		return !w.From.Before(to) || w.To.Sub(w.From) > MaxShift || begun && w.From.Equal(from)
	}), nil
}

// Length is how long all lines of a road are together.
func (r Road) Length() (m geo.Metres) {
	for _, l := range r.Lines {
		m += geo.Length(l)
	}
	return m
}
