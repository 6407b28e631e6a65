// Package campaign makes the day of a campaign: who goes with whom, and which of its
// streets each pair goes along in which order.
//
// Pairs are a perfect matching of least weight, see Pairs: by declared keys, one before
// the other, and a seed, so the same people and the same seed give the same pairs. Walks
// are those of package patrol, with everybody setting out from one place and each street
// taking as long as looking takes. Roads are kept by name and place and found anew on each
// map, see Find.
package campaign

import (
	"fmt"
	"time"

	"citygrid/geo"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/routing/patrol"
)

// A DayID names a planned day of a campaign. 0 is none.
type DayID int64

// A Day is one time that a campaign is held, as planned. What it takes from the campaign
// is kept with it: later changes of that don't change what was planned and found.
type Day struct {
	ID         DayID
	Campaign   register.CampaignID
	Begin, End time.Time // Begin <= t < End
	Off        bool      // called off: nobody is kept from their beat
	Map        string    // id of the map that the walks are on
	Seed       uint64
	Roads      []string // their names
	Checklist  []register.CheckItem
	Pairs      []Pair
	Left       []Left
	Version    int64 // counts changes, from 1
}

// A Pair is who goes together, two or three, or one alone, and where.
type Pair struct {
	People []people.ID
	Walk   patrol.Walk  // Person is the first of them
	RoadM  []geo.Metres // of each road, so much of it, each side by itself
}

// Left is what of a road nobody has time for, or nobody can get to.
type Left struct {
	Road   int
	Metres geo.Metres
	Short  bool // for want of time or people: not because it can't be walked
}

// Has says whether somebody is in one of the pairs, and in which.
func (d *Day) Has(id people.ID) (pair int, ok bool) {
	for i, p := range d.Pairs {
		for _, one := range p.People {
			if one == id {
				return i, true
			}
		}
	}
	return 0, false
}

// A Count is what was found of one item.
type Count struct {
	Item    string `json:"item"` // its code
	Found   int    `json:"found"`
	Fixed   int    `json:"fixed"`   // on the spot
	Notices int    `json:"notices"` // given
}

// A Sheet is what a pair found on a road.
type Sheet struct {
	Day        DayID
	Pair, Road int
	Counts     []Count // of items with something found, each once
	Note       string
	By         people.ID // who wrote it last
	At         time.Time
	Version    int64 // counts changes, from 1; 0 is a sheet that isn't there
}

// Limits of a sheet.
const (
	maxFound = 10_000
	maxNote  = 1000 // bytes
)

// Check says what keeps a sheet from being one of the day, as a *register.FieldError.
func (s *Sheet) Check(d *Day) error {
	bad := func(field, what, mend string) error {
		return &register.FieldError{Thing: "sheet", Field: field, What: what, Mend: mend, Rule: register.ErrEntry}
	}
	switch {
	case s.Pair < 0 || s.Pair >= len(d.Pairs):
		return bad("pair", fmt.Sprintf("the day has %d pairs", len(d.Pairs)), "")
	case s.Road < 0 || s.Road >= len(d.Roads):
		return bad("road", fmt.Sprintf("the day has %d roads", len(d.Roads)), "")
	case len(s.Note) > maxNote:
		return bad("note", fmt.Sprintf("has %d bytes, the limit is %d", len(s.Note), maxNote), "")
	}
	items := make(map[string]bool)
	for _, i := range d.Checklist {
		items[i.Code] = true
	}
	for _, c := range s.Counts {
		if !items[c.Item] {
			return bad("counts", fmt.Sprintf("%.40q is not on the day's list, or there twice", c.Item), "name each item once")
		}
		delete(items, c.Item)
		if c.Found < 0 || c.Found > maxFound || c.Fixed < 0 || c.Fixed > c.Found || c.Notices < 0 || c.Notices > c.Found {
			return bad("counts", fmt.Sprintf("%s: %d found, %d fixed, %d notices", c.Item, c.Found, c.Fixed, c.Notices), "neither fixed nor notices may be more than were found")
		}
	}
	return nil
}
