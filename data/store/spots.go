package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"citygrid/data/audit"
	"citygrid/grid/register"
)

var spots = table[register.Spot]{
	name: "spot", unique: "id", columns: []string{"name", "theme", "lon", "lat", "team", "visits", "stay_min", "calendar"},
	id:      func(v register.Spot) any { return v.ID },
	number:  func(v *register.Spot, id int64) { v.ID = register.SpotID(id) },
	version: func(v *register.Spot) *int64 { return &v.Version },
	check:   register.Spot.Check,
	needs:   func(v register.Spot) []needed { return []needed{{"team", "team", int64(v.Team)}} },
	values: func(v register.Spot) ([]any, error) {
		name, err := json.Marshal(v.Name)
		if err != nil {
			return nil, err
		}
		hours, err := textOrNull(v.Calendar)
		return []any{string(name), v.Theme, v.At[0], v.At[1], v.Team, v.Visits, v.StayMin, hours}, err
	},
	scan: func(rows *sql.Rows) (v register.Spot, err error) {
		var name string
		var hours sql.NullString
		if err := rows.Scan(&v.ID, &name, &v.Theme, &v.At[0], &v.At[1], &v.Team, &v.Visits, &v.StayMin, &hours, &v.Version); err != nil {
			return v, err
		}
		if hours.Valid {
			if err := decodeJSON(hours.String, &v.Calendar, fmt.Sprintf("hours of spot %d", v.ID)); err != nil {
				return v, err
			}
		}
		return v, decodeJSON(name, &v.Name, fmt.Sprintf("name of spot %d", v.ID))
	},
}

// maxSpots is how many spots a bureau may have.
const maxSpots = 2000

// Spots is every spot, by id.
func (s *Store) Spots(ctx context.Context) ([]register.Spot, error) { return listOf(ctx, s, spots, ``) }

// Spot is the spot of that id, or register.ErrNone.
func (s *Store) Spot(ctx context.Context, id register.SpotID) (register.Spot, error) {
	return oneOf(ctx, s, spots, id)
}

// AddSpot is like AddTeam.
func (s *Store) AddSpot(ctx context.Context, v register.Spot, act audit.Act) (register.Spot, error) {
	return addOne(ctx, s, spots, v, act, func(ctx context.Context, q querier, _ []register.Spot) error {
		var n int
		if err := q.QueryRowContext(ctx, `SELECT count(*) FROM spot`).Scan(&n); err != nil {
			return fmt.Errorf("count spots: %w", err)
		}
		if n > maxSpots {
			return &register.FieldError{Thing: "spot", What: fmt.Sprintf("there would be %d, the limit is %d", n, maxSpots), Mend: "remove some", Rule: register.ErrEntry}
		}
		return nil
	})
}

// UpdateSpot is like UpdateTeam.
func (s *Store) UpdateSpot(ctx context.Context, v register.Spot, act audit.Act) (register.Spot, error) {
	return updateIn(ctx, s, spots, v, act, nil)
}

// RemoveSpot is like RemoveTeam. Walks that were made call there still.
func (s *Store) RemoveSpot(ctx context.Context, id register.SpotID, version int64, act audit.Act) error {
	return removeFrom(ctx, s, spots, id, version, act)
}
