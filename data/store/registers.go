package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"citygrid/data/audit"
	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/zone"
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
	return removeFrom(ctx, s, teams, id, version, act)
}

var stations = table[register.Station]{
	name: "station", unique: "code", columns: []string{"code", "name", "lon", "lat", "team", "calendar"},
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
		var calendar any
		if t.Calendar != nil {
			text, err := json.Marshal(t.Calendar)
			if err != nil {
				return nil, err
			}
			calendar = string(text)
		}
		return []any{t.Code, string(name), t.At[0], t.At[1], orNull(int64(t.Team)), calendar}, nil
	},
	scan: func(rows *sql.Rows) (t register.Station, err error) {
		var name string
		var team sql.NullInt64
		var calendar sql.NullString
		if err := rows.Scan(&t.ID, &t.Code, &name, &t.At[0], &t.At[1], &team, &calendar, &t.Version); err != nil {
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

var vehicles = table[register.Vehicle]{
	name: "vehicle", unique: "plate", columns: []string{"plate", "kind", "team", "capacity", "retired"},
	id:      func(v register.Vehicle) any { return v.ID },
	number:  func(v *register.Vehicle, id int64) { v.ID = register.VehicleID(id) },
	version: func(v *register.Vehicle) *int64 { return &v.Version },
	check:   register.Vehicle.Check,
	needs:   func(v register.Vehicle) []needed { return []needed{{"team", "team", int64(v.Team)}} },
	values: func(v register.Vehicle) ([]any, error) {
		return []any{v.Plate, v.Kind, orNull(int64(v.Team)), v.Capacity, v.Retired}, nil
	},
	scan: func(rows *sql.Rows) (v register.Vehicle, err error) {
		var team sql.NullInt64
		err = rows.Scan(&v.ID, &v.Plate, &v.Kind, &team, &v.Capacity, &v.Retired, &v.Version)
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
	return addOne(ctx, s, vehicles, v, act, nil)
}

// ImportVehicles adds all of them or none.
func (s *Store) ImportVehicles(ctx context.Context, list []register.Vehicle, act audit.Act) ([]register.Vehicle, error) {
	return addTo(ctx, s, vehicles, list, act, nil)
}

// UpdateVehicle is like UpdateTeam.
func (s *Store) UpdateVehicle(ctx context.Context, v register.Vehicle, act audit.Act) (register.Vehicle, error) {
	return updateIn(ctx, s, vehicles, v, act, nil)
}

var dogs = table[register.Dog]{
	name: "dog", unique: "licence",
	columns: []string{"name", "licence", "breed", "owner", "owner_phone", "lon", "lat", "area", "retired"},
	id:      func(d register.Dog) any { return d.ID },
	number:  func(d *register.Dog, id int64) { d.ID = register.DogID(id) },
	version: func(d *register.Dog) *int64 { return &d.Version },
	check:   register.Dog.Check,
	needs:   func(d register.Dog) []needed { return []needed{{"area", "area", int64(d.Area)}} },
	values: func(d register.Dog) ([]any, error) {
		return []any{d.Name, d.Licence, d.Breed, d.Owner, d.OwnerPhone, d.Home[0], d.Home[1], d.Area, d.Retired}, nil
	},
	scan: func(rows *sql.Rows) (d register.Dog, err error) {
		err = rows.Scan(&d.ID, &d.Name, &d.Licence, &d.Breed, &d.Owner, &d.OwnerPhone, &d.Home[0], &d.Home[1], &d.Area, &d.Retired, &d.Version)
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
	return addOne(ctx, s, dogs, d, act, nil)
}

// ImportDogs adds all of them or none.
func (s *Store) ImportDogs(ctx context.Context, list []register.Dog, act audit.Act) ([]register.Dog, error) {
	return addTo(ctx, s, dogs, list, act, nil)
}

// UpdateDog is like UpdateTeam.
func (s *Store) UpdateDog(ctx context.Context, d register.Dog, act audit.Act) (register.Dog, error) {
	return updateIn(ctx, s, dogs, d, act, nil)
}

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

var shifts = table[register.Shift]{
	name: "shift", unique: "id", columns: []string{"person", "team", "vehicle", "from_at", "to_at"},
	id:      func(v register.Shift) any { return v.ID },
	number:  func(v *register.Shift, id int64) { v.ID = register.ShiftID(id) },
	version: func(v *register.Shift) *int64 { return &v.Version },
	check:   register.Shift.Check,
	needs: func(v register.Shift) []needed {
		return []needed{{"person", "person", int64(v.Person)}, {"team", "team", int64(v.Team)}, {"vehicle", "vehicle", int64(v.Vehicle)}}
	},
	values: func(v register.Shift) ([]any, error) {
		return []any{v.Person, v.Team, orNull(int64(v.Vehicle)), nanos(v.From), nanos(v.To)}, nil
	},
	scan: func(rows *sql.Rows) (v register.Shift, err error) {
		var vehicle sql.NullInt64
		var from, to int64
		err = rows.Scan(&v.ID, &v.Person, &v.Team, &vehicle, &from, &to, &v.Version)
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

// UpdateShift is like UpdateTeam.
func (s *Store) UpdateShift(ctx context.Context, v register.Shift, act audit.Act) (register.Shift, error) {
	return updateIn(ctx, s, shifts, v, act, apart)
}

// RemoveShift removes a shift that no walk was made for.
func (s *Store) RemoveShift(ctx context.Context, id register.ShiftID, version int64, act audit.Act) error {
	return removeFrom(ctx, s, shifts, id, version, act)
}

// ImportPeople adds all of them or none, as AddPerson does.
func (s *Store) ImportPeople(ctx context.Context, list []people.Person, act audit.Act) (added []people.Person, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	err = s.change(ctx, act, func(ctx context.Context, q querier, act *audit.Act) error {
		added = make([]people.Person, len(list))
		for i, p := range list {
			if added[i], err = addPerson(ctx, q, p, s.now()); err != nil {
				return fmt.Errorf("%s: %w", p.Login, err)
			}
		}
		if act.Object == "" {
			act.Object = "person"
		}
		if act.Detail == "" {
			act.Detail = fmt.Sprintf("%d added", len(added))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}
