package main

import (
	"errors"
	"fmt"
	"io/fs"

	"citygrid/data/mapfile"
	"citygrid/data/store"
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
// profiles.toml, if there is one, adds to them.
func ready(m *mapfile.Map, dir string) (*web.Map, error) {
	who, err := profilesOf(dir, "")
	if err != nil {
		return nil, err
	}
	return web.NewMap(m, who), nil
}

// streets are those of a map, as the control room plans on them; nil without one.
func streets(m *web.Map) *city.Streets {
	if m == nil {
		return nil
	}
	return m.Streets
}
