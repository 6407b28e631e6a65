package store

import (
	"context"
	"database/sql"
	"strings"

	"citygrid/data/audit"
	"citygrid/grid"
	"citygrid/grid/register"
)

var vehicles = table[register.Vehicle]{
	name: "vehicle", unique: "plate", columns: []string{"plate", "kind", "team", "capacity", "retired", "tags"},
	id:      func(v register.Vehicle) any { return v.ID },
	number:  func(v *register.Vehicle, id int64) { v.ID = register.VehicleID(id) },
	version: func(v *register.Vehicle) *int64 { return &v.Version },
	check:   register.Vehicle.Check,
	needs:   func(v register.Vehicle) []needed { return []needed{{"team", "team", int64(v.Team)}} },
	values: func(v register.Vehicle) ([]any, error) {
		return []any{v.Plate, v.Kind, orNull(int64(v.Team)), v.Capacity, v.Retired, strings.Join(v.Tags, ";")}, nil
	},
	scan: func(rows *sql.Rows) (v register.Vehicle, err error) {
		var team sql.NullInt64
		var tags string
		err = rows.Scan(&v.ID, &v.Plate, &v.Kind, &team, &v.Capacity, &v.Retired, &tags, &v.Version)
		v.Tags = grid.Tags(tags)
		v.Team = grid.TeamID(team.Int64)
		return v, err
	},
}

// Vehicles is every vehicle, the retired too, by id.
func (s *Store) Vehicles(ctx context.Context) ([]register.Vehicle, error) {
	return listOf(ctx, s, vehicles, ``)
}

// Vehicle is the vehicle of that id, or register.ErrNone.
func (s *Store) Vehicle(ctx context.Context, id register.VehicleID) (register.Vehicle, error) {
	return oneOf(ctx, s, vehicles, id)
}

// AddVehicle is like AddTeam.
func (s *Store) AddVehicle(ctx context.Context, v register.Vehicle, act audit.Act) (register.Vehicle, error) {
	return addOne(ctx, s, vehicles, v, act, retag[register.Vehicle](s))
}

// ImportVehicles adds all of them or none.
func (s *Store) ImportVehicles(ctx context.Context, list []register.Vehicle, act audit.Act) ([]register.Vehicle, error) {
	return addTo(ctx, s, vehicles, list, act, retag[register.Vehicle](s))
}

// UpdateVehicle is like UpdateTeam.
func (s *Store) UpdateVehicle(ctx context.Context, v register.Vehicle, act audit.Act) (register.Vehicle, error) {
	return updateIn(ctx, s, vehicles, v, act, retag[register.Vehicle](s))
}
