package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"citygrid/data/mapfile"
	"citygrid/data/store"
	"citygrid/geo/place"
	"citygrid/routing/path"
	"citygrid/web"

	"github.com/paulmach/orb"
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

// profiles are the travellers that routes can be asked for, by name.
func profiles() map[string]path.Profile {
	return map[string]path.Profile{"foot": path.Foot(), "car": path.Car()}
}

// ready makes a map ready to serve: gazetteer and route engines are built side
// by side.
func ready(m *mapfile.Map) *web.Map {
	served := &web.Map{
		ID: m.Meta.ID, Name: m.Meta.Name, Bound: m.Meta.Bound,
		ImportedAt: m.Meta.ImportedAt, DataTime: m.Meta.DataTime,
		Languages: m.Meta.Languages, Report: m.Report,
		Network: m.Network, Tiles: m.Base,
		Routers: make(map[string]web.Router),
	}
	var building sync.WaitGroup
	building.Go(func() { served.Places = place.New(m.Places) })
	var mu sync.Mutex // guards served.Routers
	for name, p := range profiles() {
		building.Go(func() {
			r := router{path.NewEngine(m.Network, p)}
			mu.Lock()
			defer mu.Unlock()
			served.Routers[name] = r
		})
	}
	building.Wait()
	return served
}

// router gives the browser routes in web's words.
type router struct{ engine *path.Engine }

// Route implements web.Router.
func (r router) Route(ctx context.Context, from, to orb.Point) (web.Way, error) {
	found, err := r.engine.Route(ctx, path.Query{From: from, To: to})
	var off *path.OffNetworkError
	switch {
	case errors.As(err, &off):
		return web.Way{}, &web.OffNetworkError{End: string(off.End), Nearest: off.Nearest}
	case errors.Is(err, path.ErrNoRoute):
		return web.Way{}, web.ErrNoRoute
	case err != nil:
		return web.Way{}, err
	}
	way := web.Way{
		Distance: found.Distance, Duration: found.Duration, Line: found.Line,
		From: found.FromSnap, To: found.ToSnap,
		Legs: make([]web.Leg, len(found.Legs)),
	}
	for i, leg := range found.Legs {
		way.Legs[i] = web.Leg{Segment: leg.Segment, Distance: leg.Distance, Duration: leg.Turn + leg.Duration}
	}
	return way, nil
}
