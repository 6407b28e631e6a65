package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"citygrid/data/mapfile"
	"citygrid/data/store"
	"citygrid/grid/calendar"
	"citygrid/routing/city"
	"citygrid/web"
)

// openCity opens the map of the data folder dir. That there is none, or that it
// can't be read, is the user's to mend.
func openCity(dir string) (*mapfile.Map, error) {
	m, err := mapfile.Open(store.MapPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, badInput(fmt.Errorf("%s has no map: make one with citygrid import --data %s FILE", dir, dir))
	}
	return m, badInput(err)
}

// ready makes a map ready to serve for all who travel: the data folder's
// profiles.toml, if there is one, adds to them, and its holidays.csv says when
// there are public holidays.
func ready(m *mapfile.Map, dir string) (*web.Map, error) {
	who, err := profilesOf(dir, "")
	if err != nil {
		return nil, err
	}
	days, err := holidaysOf(dir)
	if err != nil {
		return nil, err
	}
	served := web.NewMap(m, who)
	return served, served.Streets.SetDays(days)
}

// holidaysOf reads the data folder's holidays.csv; nil if there is none: then PH never
// holds. A file that can't be read is bad input.
func holidaysOf(dir string) (*calendar.Days, error) {
	file := store.HolidaysPath(dir)
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, badInput(err)
	}
	defer f.Close()
	days, err := calendar.ReadDays(f)
	if err != nil {
		return nil, badInput(fmt.Errorf("%s: %w", file, err))
	}
	return days, nil
}

// streets are those of a map, as the control room plans on them; nil without one.
func streets(m *web.Map) *city.Streets {
	if m == nil {
		return nil
	}
	return m.Streets
}
