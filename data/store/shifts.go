package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/people"
	"citygrid/grid/register"
)

var shifts = table[register.Shift]{
	name: "shift", unique: "id", columns: []string{"person", "team", "vehicle", "from_at", "to_at", "duty"},
	id:      func(v register.Shift) any { return v.ID },
	number:  func(v *register.Shift, id int64) { v.ID = register.ShiftID(id) },
	version: func(v *register.Shift) *int64 { return &v.Version },
	check:   register.Shift.Check,
	needs: func(v register.Shift) []needed {
		return []needed{{"person", "person", int64(v.Person)}, {"team", "team", int64(v.Team)}, {"vehicle", "vehicle", int64(v.Vehicle)}}
	},
	values: func(v register.Shift) ([]any, error) {
		return []any{v.Person, v.Team, orNull(int64(v.Vehicle)), nanos(v.From), nanos(v.To), v.Duty}, nil
	},
	scan: func(rows *sql.Rows) (v register.Shift, err error) {
		var vehicle sql.NullInt64
		var from, to int64
		err = rows.Scan(&v.ID, &v.Person, &v.Team, &vehicle, &from, &to, &v.Duty, &v.Version)
		v.Vehicle, v.From, v.To = register.VehicleID(vehicle.Int64), instant(from), instant(to)
		return v, err
	},
}

// apart refuses shifts of one person that overlap, with each other or with those
// there are.
func apart(ctx context.Context, q querier, list []register.Shift) error {
	for i, v := range list {
		var person people.ID
		var from, to int64
		err := q.QueryRowContext(ctx, `SELECT person, from_at, to_at FROM shift
			WHERE person = ? AND from_at > ? AND from_at < ? AND to_at > ? AND id <> ? LIMIT 1`,
			v.Person, nanos(v.From.Add(-register.MaxShift)), nanos(v.To), nanos(v.From), v.ID).Scan(&person, &from, &to)
		if err == sql.ErrNoRows {
			continue
		}
		if err != nil {
			return fmt.Errorf("look for shifts of person %d: %w", v.Person, err)
		}
		return shifts.refuse(i, "from", fmt.Sprintf("person %d works from %s to %s already",
			person, instant(from).Format(time.RFC3339), instant(to).Format(time.RFC3339)),
			"end that one first, or start this one later", register.ErrOverlap)
	}
	return nil
}

// Shifts is every shift that holds at some instant of from <= t < to, by id.
func (s *Store) Shifts(ctx context.Context, from, to time.Time) ([]register.Shift, error) {
	// A shift is no longer than MaxShift, so the index on from_at finds it.
	return listOf(ctx, s, shifts, `WHERE from_at > ? AND from_at < ? AND to_at > ?`,
		nanos(from.Add(-register.MaxShift))-1, nanos(to), nanos(from))
}

// Shift is the shift of that id, or register.ErrNone.
func (s *Store) Shift(ctx context.Context, id register.ShiftID) (register.Shift, error) {
	return oneOf(ctx, s, shifts, id)
}

// AddShift is like AddTeam. A person works one shift at a time:
// register.ErrOverlap.
func (s *Store) AddShift(ctx context.Context, v register.Shift, act audit.Act) (register.Shift, error) {
	return addOne(ctx, s, shifts, v, act, apart)
}

// ImportShifts adds all of them or none.
func (s *Store) ImportShifts(ctx context.Context, list []register.Shift, act audit.Act) ([]register.Shift, error) {
	return addTo(ctx, s, shifts, list, act, apart)
}

// UpdateShift is like UpdateTeam. The walk that was made for the shift as it was
// is dropped: it may be another person's now, or longer than the shift.
func (s *Store) UpdateShift(ctx context.Context, v register.Shift, act audit.Act) (register.Shift, error) {
	return updateIn(ctx, s, shifts, v, act, func(ctx context.Context, q querier, list []register.Shift) error {
		if err := dropWalk(ctx, q, v.ID); err != nil {
			return err
		}
		return apart(ctx, q, list)
	})
}

// RemoveShift removes a shift, and the walk that was made for it.
func (s *Store) RemoveShift(ctx context.Context, id register.ShiftID, version int64, act audit.Act) error {
	return s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		if act.Object == "" {
			act.Object = fmt.Sprintf("shift/%d", id)
		}
		if err := dropWalk(ctx, q, id); err != nil { // a stale version takes this back too
			return err
		}
		return shifts.remove(ctx, q, id, version)
	})
}

func dropWalk(ctx context.Context, q querier, shift register.ShiftID) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM walk WHERE shift = ?`, shift); err != nil {
		return fmt.Errorf("drop the walk of shift %d: %w", shift, err)
	}
	return nil
}
