package store

import (
	"context"
	"database/sql"
	"fmt"

	"citygrid/data/audit"
	"citygrid/geo"
	"citygrid/grid/register"
	"citygrid/grid/zone"
)

var devices = table[register.Device]{
	name: "device", unique: "id",
	columns: []string{"class", "protocol", "secret_hash", "datum", "person", "vehicle", "dog", "disabled"},
	id:      func(d register.Device) any { return d.ID },
	version: func(d *register.Device) *int64 { return &d.Version },
	check:   register.Device.Check,
	needs: func(d register.Device) []needed {
		return []needed{{"subject", string(d.Subject.Class), d.Subject.ID}} // classes are called like their tables
	},
	values: func(d register.Device) ([]any, error) {
		args := []any{d.Class, d.Protocol, d.SecretHash, d.Datum.String(), nil, nil, nil, d.Disabled}
		if d.Subject.ID != 0 {
			args[4+subjectColumn[d.Subject.Class]] = d.Subject.ID
		}
		return args, nil
	},
	scan: func(rows *sql.Rows) (d register.Device, err error) {
		var datum string
		var subject [3]sql.NullInt64
		err = rows.Scan(&d.ID, &d.Class, &d.Protocol, &d.SecretHash, &datum, &subject[0], &subject[1], &subject[2], &d.Disabled, &d.Version)
		if err != nil {
			return d, err
		}
		for class, column := range subjectColumn {
			if id := subject[column]; id.Valid {
				d.Subject = register.Subject{Class: class, ID: id.Int64}
			}
		}
		if d.Datum, err = geo.ParseDatum(datum); err != nil {
			return d, fmt.Errorf("%w: datum of device: %w", ErrCorrupt, err)
		}
		return d, nil
	},
	// Its track would become another dog's.
	change: func(was, is register.Device) error {
		if was.Class != is.Class || was.Class == register.DogTag && was.Subject.ID != 0 && was.Subject != is.Subject {
			return &register.FieldError{
				Thing: "device", Field: "subject", What: "was bound already", Mend: "disable this device and register another", Rule: register.ErrBound,
			}
		}
		return nil
	},
}

var subjectColumn = map[zone.Class]int{zone.Person: 0, zone.Vehicle: 1, zone.Dog: 2}

// Devices is every device, the disabled too, by id.
func (s *Store) Devices(ctx context.Context) ([]register.Device, error) {
	return listOf(ctx, s, devices, ``)
}

// Device is the device of that id, or register.ErrNone. register.CheckSecret
// tells if it is the one it says.
func (s *Store) Device(ctx context.Context, id register.DeviceID) (register.Device, error) {
	return oneOf(ctx, s, devices, id)
}

// AddDevice is like AddTeam; the device brings its own id, which is never given
// to another.
func (s *Store) AddDevice(ctx context.Context, d register.Device, act audit.Act) (register.Device, error) {
	return addOne(ctx, s, devices, d, act, nil)
}

// ImportDevices adds all of them or none.
func (s *Store) ImportDevices(ctx context.Context, list []register.Device, act audit.Act) ([]register.Device, error) {
	return addTo(ctx, s, devices, list, act, nil)
}

// UpdateDevice is like UpdateTeam. A dog tag that has its dog keeps it:
// register.ErrBound.
func (s *Store) UpdateDevice(ctx context.Context, d register.Device, act audit.Act) (register.Device, error) {
	return updateIn(ctx, s, devices, d, act, nil)
}
