package web

import (
	"citygrid/grid"
	"citygrid/grid/register"

	"github.com/paulmach/orb"
)

// SpotFields are what a planner says of a spot.
type SpotFields struct {
	Name     Names    `json:"name" doc:"by language: zh-CN, en"`
	Theme    string   `json:"theme" maxLength:"200" doc:"what it is called at for, or the list that it is on; empty: not told"`
	At       Position `json:"at"`
	Team     int64    `json:"team" doc:"whose patrols call there"`
	Visits   int      `json:"visits" minimum:"1" maximum:"12" doc:"in each window of its hours"`
	StayMin  int      `json:"stay_min" minimum:"0" maximum:"240" doc:"minutes that a visit takes"`
	Calendar Calendar `json:"calendar" doc:"its hours; a window over midnight is the night's; null is while the team is on patrol"`
}

// A Spot is a place that a team's patrols call at.
type Spot struct {
	ID int64 `json:"id"`
	SpotFields
	Version int64 `json:"version" doc:"send it as If-Match with a change"`
}

func (Spot) plural() string { return "spots" }

func spots() entries[register.SpotID, register.Spot, SpotFields, Spot] {
	fields := func(s register.Spot) SpotFields {
		return SpotFields{s.Name, s.Theme, positionOf(s.At), int64(s.Team), s.Visits, s.StayMin, Calendar{s.Calendar}}
	}
	return entries[register.SpotID, register.Spot, SpotFields, Spot]{
		one: "spot", list: Store.Spots, get: Store.Spot, add: Store.AddSpot, update: Store.UpdateSpot, remove: Store.RemoveSpot,
		id:      func(s register.Spot) register.SpotID { return s.ID },
		version: func(s register.Spot) int64 { return s.Version },
		fields:  fields,
		with: func(s register.Spot, f SpotFields) register.Spot {
			s.Name, s.Theme, s.At, s.Team = f.Name, f.Theme, orb.Point(f.At), grid.TeamID(f.Team)
			s.Visits, s.StayMin, s.Calendar = f.Visits, f.StayMin, f.Calendar.Spec
			return s
		},
		show:   func(_ *view, s register.Spot) Spot { return Spot{int64(s.ID), fields(s), s.Version} },
		within: func(w *view, s register.Spot) ([]grid.AreaID, error) { return w.ofTeam("team", s.Team) },
		fill:   func(w *view) error { return w.teams.fill(w.ctx) },
	}
}
