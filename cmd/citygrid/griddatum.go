package main

import (
	"fmt"

	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// gridInput is a file of grids, for commands that read one.
type gridInput struct {
	Datum string `help:"The datum of the file's positions: wgs84, cgcs2000, gcj02 or bd09; they are turned into WGS 84." default:"wgs84" enum:"wgs84,cgcs2000,gcj02,bd09"`
	Data  string `help:"Data folder with a map, to guess by its streets whether the datum is right." type:"path" placeholder:"DIR"`
	File  string `arg:"" help:"The grids: GeoJSON, a zipped Shapefile, or KML." type:"path"`
}

// read reads the file, turns it into WGS 84, and warns where its borders would lie
// on the map's streets in another datum.
func (c *gridInput) read(e *env) (*grids, error) {
	in, err := readGrids(c.File)
	if err != nil {
		return nil, err
	}
	datum, err := geo.ParseDatum(c.Datum)
	if err != nil {
		return nil, badInput(err)
	}
	if c.Data != "" {
		m, err := openCity(c.Data)
		if err != nil {
			return nil, err
		}
		if better, share, now := street.GuessDatum(m.Network, corners(in.areas), datum); better != datum {
			fmt.Fprintf(e.stderr, "citygrid: %s: read as %v, %.0f %% of its corners lie on a street of the map, read as %v it would be %.0f %%: try --datum %v\n",
				c.File, datum, 100*now, better, 100*share, better)
		}
	}
	if datum != geo.WGS84 {
		in.move(datum.ToWGS84)
	}
	return in, nil
}

// move gives each position another place.
func (g *grids) move(to func(orb.Point) orb.Point) {
	g.file.Move(to)
	for i := range g.areas {
		g.areas[i], _ = g.file.Features[i].Area()
	}
}

func corners(areas []orb.MultiPolygon) (all []orb.Point) {
	for _, area := range areas {
		for _, poly := range area {
			for _, ring := range poly {
				all = append(all, ring...)
			}
		}
	}
	return all
}
