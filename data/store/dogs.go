package store

import (
	"context"
	"database/sql"
	"strings"

	"citygrid/data/audit"
	"citygrid/grid/register"

	"citygrid/grid"
)

var dogs = table[register.Dog]{
	name: "dog", unique: "licence",
	columns: []string{"name", "licence", "breed", "owner", "owner_phone", "lon", "lat", "area", "retired", "tags"},
	id:      func(d register.Dog) any { return d.ID },
	number:  func(d *register.Dog, id int64) { d.ID = register.DogID(id) },
	version: func(d *register.Dog) *int64 { return &d.Version },
	check:   register.Dog.Check,
	needs:   func(d register.Dog) []needed { return []needed{{"area", "area", int64(d.Area)}} },
	values: func(d register.Dog) ([]any, error) {
		return []any{d.Name, d.Licence, d.Breed, d.Owner, d.OwnerPhone, d.Home[0], d.Home[1], d.Area, d.Retired, strings.Join(d.Tags, ";")}, nil
	},
	scan: func(rows *sql.Rows) (d register.Dog, err error) {
		var tags string
		err = rows.Scan(&d.ID, &d.Name, &d.Licence, &d.Breed, &d.Owner, &d.OwnerPhone, &d.Home[0], &d.Home[1], &d.Area, &d.Retired, &tags, &d.Version)
		d.Tags = grid.Tags(tags)
		return d, err
	},
}

// Dogs is every dog with its owner, the retired too, by id. Whoever shows an
// owner to somebody records that in the audit log.
func (s *Store) Dogs(ctx context.Context) ([]register.Dog, error) {
	return listOf(ctx, s, dogs, ``)
}

// Dog is the dog of that id, or register.ErrNone.
func (s *Store) Dog(ctx context.Context, id register.DogID) (register.Dog, error) {
	return oneOf(ctx, s, dogs, id)
}

// AddDog is like AddTeam.
func (s *Store) AddDog(ctx context.Context, d register.Dog, act audit.Act) (register.Dog, error) {
	return addOne(ctx, s, dogs, d, act, retag[register.Dog](s))
}

// ImportDogs adds all of them or none.
func (s *Store) ImportDogs(ctx context.Context, list []register.Dog, act audit.Act) ([]register.Dog, error) {
	return addTo(ctx, s, dogs, list, act, retag[register.Dog](s))
}

// UpdateDog is like UpdateTeam.
func (s *Store) UpdateDog(ctx context.Context, d register.Dog, act audit.Act) (register.Dog, error) {
	return updateIn(ctx, s, dogs, d, act, retag[register.Dog](s))
}
