package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"citygrid/data/audit"
	"citygrid/grid/register"
)

// MaxObjects is how many objects a bureau may have.
const MaxObjects = 500_000

var objects = table[register.Object]{
	name: "object", unique: "code", columns: []string{"code", "name", "kind", "lon", "lat", "beside"},
	id:      func(o register.Object) any { return o.ID },
	number:  func(o *register.Object, id int64) { o.ID = register.ObjectID(id) },
	version: func(o *register.Object) *int64 { return &o.Version },
	check:   register.Object.Check,
	needs:   func(register.Object) []needed { return nil },
	values: func(o register.Object) ([]any, error) {
		name, err := json.Marshal(o.Name)
		if err != nil {
			return nil, err
		}
		beside, err := textOrNull(o.Beside)
		return []any{o.Code, string(name), o.Kind, o.At[0], o.At[1], beside}, err
	},
	scan: func(rows *sql.Rows) (o register.Object, err error) {
		var name string
		var beside sql.NullString
		if err := rows.Scan(&o.ID, &o.Code, &name, &o.Kind, &o.At[0], &o.At[1], &beside, &o.Version); err != nil {
			return o, err
		}
		if beside.Valid {
			if err := decodeJSON(beside.String, &o.Beside, fmt.Sprintf("street of object %d", o.ID)); err != nil {
				return o, err
			}
		}
		return o, decodeJSON(name, &o.Name, fmt.Sprintf("name of object %d", o.ID))
	},
}

// Objects is every object of the register, by id.
func (s *Store) Objects(ctx context.Context) ([]register.Object, error) {
	return listOf(ctx, s, objects, ``)
}

// Object is the object of that id, or register.ErrNone.
func (s *Store) Object(ctx context.Context, id register.ObjectID) (register.Object, error) {
	return oneOf(ctx, s, objects, id)
}

// AddObject is like AddTeam.
func (s *Store) AddObject(ctx context.Context, o register.Object, act audit.Act) (register.Object, error) {
	return addOne(ctx, s, objects, o, act, fewEnough)
}

// ImportObjects adds all of them or none.
func (s *Store) ImportObjects(ctx context.Context, list []register.Object, act audit.Act) ([]register.Object, error) {
	return addTo(ctx, s, objects, list, act, fewEnough)
}

// fewEnough says whether there are too many.
func fewEnough(ctx context.Context, q querier, _ []register.Object) error {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM object`).Scan(&n); err != nil {
		return fmt.Errorf("count objects: %w", err)
	}
	if n > MaxObjects {
		return &register.FieldError{Thing: "object", What: fmt.Sprintf("there would be %d, the limit is %d", n, MaxObjects), Mend: "remove some", Rule: register.ErrEntry}
	}
	return nil
}

// UpdateObject is like UpdateTeam.
func (s *Store) UpdateObject(ctx context.Context, o register.Object, act audit.Act) (register.Object, error) {
	return updateIn(ctx, s, objects, o, act, nil)
}

// RemoveObject is like RemoveTeam.
func (s *Store) RemoveObject(ctx context.Context, id register.ObjectID, version int64, act audit.Act) error {
	return removeFrom(ctx, s, objects, id, version, act)
}

// ObjectsMark is another text after each change of the objects: entries are numbered on
// and versions count on.
func (s *Store) ObjectsMark(ctx context.Context) (mark string, err error) {
	return s.mark(ctx, `SELECT count(*) || '.' || coalesce(sum(version), 0) || '.' ||
		coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'object'), 0) FROM object`)
}

func (s *Store) mark(ctx context.Context, query string) (mark string, err error) {
	err = s.view(ctx, func(q querier) error {
		if err := q.QueryRowContext(ctx, query).Scan(&mark); err != nil {
			return fmt.Errorf("look for changes: %w", err)
		}
		return nil
	})
	return mark, err
}
