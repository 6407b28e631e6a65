package register

import (
	"fmt"
	"slices"

	"citygrid/geo/street"
	"citygrid/grid"
	"citygrid/grid/zone"
)

// A RankingID names a ranking for as long as the bureau exists. 0 is no ranking.
type RankingID int64

// A Ranking is in which order a team's patrols see what they have to see, such as town
// before country, then road lines before the shore, then key spots before the rest. The
// first key counts most. That of team 0 is of all teams without one of their own.
type Ranking struct {
	ID      RankingID
	Team    grid.TeamID // 0 = the bureau's
	Keys    []RankingKey
	Version int64
}

// A RankingKey tells what comes first from what comes after it, as files and requests have
// it. What it says nothing of comes after.
type RankingKey struct {
	First   map[string]string `json:"first" doc:"what comes first is called, by language: the reason that is shown"`
	Then    map[string]string `json:"then,omitempty" doc:"what comes after it is called; left out: nothing is shown"`
	By      RankedBy          `json:"by" enum:"areas,classes,water,zones,spots" doc:"how it is told"`
	Areas   []grid.AreaID     `json:"areas,omitempty" maxItems:"200" doc:"with areas: what lies in one of these, or below one that is not drawn"`
	Classes []string          `json:"classes,omitempty" maxItems:"20" doc:"with classes: streets of these, such as primary, and spots at them"`
	WithinM float64           `json:"within_m,omitempty" minimum:"0" maximum:"2000" doc:"with water: what lies within so many metres of a river or canal"`
	Zones   []zone.Kind       `json:"zones,omitempty" maxItems:"20" doc:"with zones: what lies in one of these kinds, such as strict-road"`
	Themes  []string          `json:"themes,omitempty" maxItems:"100" doc:"with spots: those of these themes; none: all spots"`
	Not     bool              `json:"not,omitempty" doc:"the other way round: what it does not hold for comes first"`
}

// RankedBy is how a key tells what comes first.
type RankedBy string

// The ways to tell.
const (
	ByAreas   RankedBy = "areas"
	ByClasses RankedBy = "classes"
	ByWater   RankedBy = "water"
	ByZones   RankedBy = "zones"
	BySpots   RankedBy = "spots"
)

// Limits of a ranking.
const (
	maxRankingKeys   = 6
	maxRankingWithin = 2000 // metres
	maxRankingList   = 200
)

// Check reports the first rule that o breaks, as a *FieldError.
func (o Ranking) Check() error {
	c := checker{thing: "ranking"}
	c.see("team", notBelow0(int64(o.Team), "a team"))
	if len(o.Keys) < 1 || len(o.Keys) > maxRankingKeys {
		c.see("keys", fault{fmt.Sprintf("must be 1 to %d", maxRankingKeys), ""})
	}
	for i, k := range o.Keys {
		field, f := k.fault()
		c.see(fmt.Sprintf("keys.%d.%s", i, field), f)
	}
	return c.orNil()
}

func (k RankingKey) fault() (field string, f fault) {
	if f := names(k.First); f.is() {
		return "first", f
	}
	if f := names(k.Then); len(k.Then) > 0 && f.is() {
		return "then", f
	}
	if max(len(k.Areas), len(k.Classes), len(k.Zones), len(k.Themes)) > maxRankingList {
		return string(k.By), fault{fmt.Sprintf("a list may have %d entries", maxRankingList), ""}
	}
	switch k.By {
	case ByAreas:
		if len(k.Areas) == 0 {
			return "areas", fault{"is missing", "name an area"}
		}
	case ByClasses:
		if len(k.Classes) == 0 {
			return "classes", fault{"is missing", ""}
		}
		for _, name := range k.Classes {
			if _, link, known := street.ParseClass(name); !known || link {
				return "classes", fault{fmt.Sprintf("%q is no class of streets", clip(name)), ""}
			}
		}
	case ByWater:
		if !(k.WithinM >= 1 && k.WithinM <= maxRankingWithin) {
			return "within_m", fault{fmt.Sprintf("must be 1 to %d", maxRankingWithin), ""}
		}
	case ByZones:
		if len(k.Zones) == 0 {
			return "zones", fault{"is missing", ""}
		}
		for _, kind := range k.Zones {
			if !slices.Contains(zone.Kinds(), kind) {
				return "zones", fault{fmt.Sprintf("%q is no kind of zone", clip(string(kind))), ""}
			}
		}
	case BySpots:
		for _, theme := range k.Themes {
			if f := text(theme, true); f.is() {
				return "themes", f
			}
		}
	default:
		return "by", fault{fmt.Sprintf("%q is no way to tell", clip(string(k.By))), ""}
	}
	return "", fault{}
}

// RankingOf is the ranking of a team: its own, else the bureau's; ok is false if there is none.
func RankingOf(all []Ranking, team grid.TeamID) (o Ranking, ok bool) {
	for _, one := range all {
		if one.Team == team || one.Team == 0 && !ok {
			o, ok = one, true
		}
	}
	return o, ok
}
