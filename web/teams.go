package web

import (
	"cmp"

	"citygrid/grid"
	"citygrid/grid/register"

	"github.com/paulmach/orb"
)

// TeamFields are what an admin says of a team.
type TeamFields struct {
	Code string `json:"code" maxLength:"32" doc:"unique; what files call the team"`
	Name Names  `json:"name" doc:"by language: zh-CN, en"`
	Area int64  `json:"area" doc:"whose team it is; rights are bound to areas"`
}

// A Team is people who answer for grids together.
type Team struct {
	ID int64 `json:"id"`
	TeamFields
	Version int64 `json:"version" doc:"send it as If-Match with a change"`
}

func (Team) plural() string { return "teams" }

func teams() entries[grid.TeamID, register.Team, TeamFields, Team] {
	fields := func(t register.Team) TeamFields { return TeamFields{t.Code, t.Name, int64(t.Area)} }
	return entries[grid.TeamID, register.Team, TeamFields, Team]{
		one: "team", list: Store.Teams, get: Store.Team, add: Store.AddTeam, update: Store.UpdateTeam, remove: Store.RemoveTeam,
		id:      func(t register.Team) grid.TeamID { return t.ID },
		version: func(t register.Team) int64 { return t.Version },
		fields:  fields,
		with: func(t register.Team, f TeamFields) register.Team {
			t.Code, t.Name, t.Area = f.Code, f.Name, grid.AreaID(f.Area)
			return t
		},
		show:   func(_ *view, t register.Team) Team { return Team{int64(t.ID), fields(t), t.Version} },
		within: func(w *view, t register.Team) ([]grid.AreaID, error) { return w.ofArea("area", t.Area) },
		wide:   true,
	}
}

// StationFields are what an admin says of a station.
type StationFields struct {
	Code     string               `json:"code" maxLength:"32" doc:"unique; empty when it has none"`
	Name     Names                `json:"name" doc:"by language: zh-CN, en"`
	Kind     register.StationKind `json:"kind" enum:"station,pound" doc:"pound: what tow trucks bring is left here"`
	At       Position             `json:"at"`
	Team     *int64               `json:"team" doc:"null: nobody's"`
	Calendar Calendar             `json:"calendar" doc:"when it is staffed; null is always"`
	Room     int                  `json:"room,omitempty" minimum:"0" maximum:"100000" doc:"of a pound: vehicles that it takes in 24 hours; 0: not said"`
}

// A Station is where a team starts from and where people find it.
type Station struct {
	ID int64 `json:"id"`
	StationFields
	Version int64 `json:"version" doc:"send it as If-Match with a change"`
}

func (Station) plural() string { return "stations" }

func stations() entries[register.StationID, register.Station, StationFields, Station] {
	fields := func(s register.Station) StationFields {
		return StationFields{s.Code, s.Name, cmp.Or(s.Kind, register.AtWork), positionOf(s.At), idOrNull(s.Team), Calendar{s.Calendar}, s.Room}
	}
	return entries[register.StationID, register.Station, StationFields, Station]{
		one: "station", list: Store.Stations, get: Store.Station, add: Store.AddStation, update: Store.UpdateStation, remove: Store.RemoveStation,
		id:      func(s register.Station) register.StationID { return s.ID },
		version: func(s register.Station) int64 { return s.Version },
		fields:  fields,
		with: func(s register.Station, f StationFields) register.Station {
			s.Code, s.Name, s.Kind, s.At, s.Team, s.Calendar, s.Room = f.Code, f.Name, f.Kind, orb.Point(f.At), orNone[grid.TeamID](f.Team), f.Calendar.Spec, f.Room
			return s
		},
		show:   func(_ *view, s register.Station) Station { return Station{int64(s.ID), fields(s), s.Version} },
		within: func(w *view, s register.Station) ([]grid.AreaID, error) { return w.ofTeam("team", s.Team) },
		wide:   true,
		fill:   func(w *view) error { return w.teams.fill(w.ctx) },
	}
}
