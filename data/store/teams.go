package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/register"
)

var teams = table[register.Team]{
	name: "team", unique: "code", columns: []string{"code", "name", "area"},
	id:      func(t register.Team) any { return t.ID },
	number:  func(t *register.Team, id int64) { t.ID = grid.TeamID(id) },
	version: func(t *register.Team) *int64 { return &t.Version },
	check:   register.Team.Check,
	needs:   func(t register.Team) []needed { return []needed{{"area", "area", int64(t.Area)}} },
	values: func(t register.Team) ([]any, error) {
		name, err := json.Marshal(t.Name)
		return []any{t.Code, string(name), t.Area}, err
	},
	scan: func(rows *sql.Rows) (t register.Team, err error) {
		var name string
		if err := rows.Scan(&t.ID, &t.Code, &name, &t.Area, &t.Version); err != nil {
			return t, err
		}
		return t, decodeJSON(name, &t.Name, fmt.Sprintf("name of team %d", t.ID))
	},
}

// Teams is every team, by id.
func (s *Store) Teams(ctx context.Context) ([]register.Team, error) {
	return listOf(ctx, s, teams, ``)
}

// Team is the team of that id, or register.ErrNone.
func (s *Store) Team(ctx context.Context, id grid.TeamID) (register.Team, error) {
	return oneOf(ctx, s, teams, id)
}

// AddTeam gives t an id and a version. Like the Add methods of all registers it
// refuses what Check refuses, a code that is taken (register.ErrTaken) and
// references to what is not there (register.ErrNone), as a *register.FieldError.
func (s *Store) AddTeam(ctx context.Context, t register.Team, act audit.Act) (register.Team, error) {
	return addOne(ctx, s, teams, t, act, nil)
}

// ImportTeams adds all of them or none.
func (s *Store) ImportTeams(ctx context.Context, list []register.Team, act audit.Act) ([]register.Team, error) {
	return addTo(ctx, s, teams, list, act, nil)
}

// UpdateTeam replaces the team with t's id. t.Version is the one that was read,
// else it is register.ErrStale; so it is with the Update methods of all registers.
func (s *Store) UpdateTeam(ctx context.Context, t register.Team, act audit.Act) (register.Team, error) {
	return updateIn(ctx, s, teams, t, act, nil)
}

// RemoveTeam removes a team that nothing refers to, else it is register.ErrInUse.
func (s *Store) RemoveTeam(ctx context.Context, id grid.TeamID, version int64, act audit.Act) error {
	return s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if act.Object == "" {
			act.Object = fmt.Sprintf("team/%d", id)
		}
		if err := teams.remove(ctx, q, id, version); err != nil {
			return err
		}
		return campaignOfTeam(ctx, q, id) // an error takes the removal back
	})
}

var stations = table[register.Station]{
	name: "station", unique: "code", columns: []string{"code", "name", "kind", "lon", "lat", "team", "calendar", "room"},
	id:      func(t register.Station) any { return t.ID },
	number:  func(t *register.Station, id int64) { t.ID = register.StationID(id) },
	version: func(t *register.Station) *int64 { return &t.Version },
	check:   register.Station.Check,
	needs:   func(t register.Station) []needed { return []needed{{"team", "team", int64(t.Team)}} },
	values: func(t register.Station) ([]any, error) {
		name, err := json.Marshal(t.Name)
		if err != nil {
			return nil, err
		}
		hours, err := textOrNull(t.Calendar)
		return []any{t.Code, string(name), t.Kind, t.At[0], t.At[1], orNull(int64(t.Team)), hours, t.Room}, err
	},
	scan: func(rows *sql.Rows) (t register.Station, err error) {
		var name string
		var team sql.NullInt64
		var calendar sql.NullString
		if err := rows.Scan(&t.ID, &t.Code, &name, &t.Kind, &t.At[0], &t.At[1], &team, &calendar, &t.Room, &t.Version); err != nil {
			return t, err
		}
		t.Team = grid.TeamID(team.Int64)
		if calendar.Valid {
			if err := decodeJSON(calendar.String, &t.Calendar, fmt.Sprintf("calendar of station %d", t.ID)); err != nil {
				return t, err
			}
		}
		return t, decodeJSON(name, &t.Name, fmt.Sprintf("name of station %d", t.ID))
	},
}

// textOrNull is a value as JSON in a column, NULL for none.
func textOrNull[T any](v *T) (any, error) {
	if v == nil {
		return nil, nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}

// orNull keeps 0, which is nobody, from being a reference.
func orNull(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// Stations is every station, by id.
func (s *Store) Stations(ctx context.Context) ([]register.Station, error) {
	return listOf(ctx, s, stations, ``)
}

// Station is the station of that id, or register.ErrNone.
func (s *Store) Station(ctx context.Context, id register.StationID) (register.Station, error) {
	return oneOf(ctx, s, stations, id)
}

// AddStation is like AddTeam.
func (s *Store) AddStation(ctx context.Context, t register.Station, act audit.Act) (register.Station, error) {
	return addOne(ctx, s, stations, t, act, nil)
}

// ImportStations adds all of them or none.
func (s *Store) ImportStations(ctx context.Context, list []register.Station, act audit.Act) ([]register.Station, error) {
	return addTo(ctx, s, stations, list, act, nil)
}

// UpdateStation is like UpdateTeam.
func (s *Store) UpdateStation(ctx context.Context, t register.Station, act audit.Act) (register.Station, error) {
	return updateIn(ctx, s, stations, t, act, nil)
}

// RemoveStation is like RemoveTeam.
func (s *Store) RemoveStation(ctx context.Context, id register.StationID, version int64, act audit.Act) error {
	return removeFrom(ctx, s, stations, id, version, act)
}
