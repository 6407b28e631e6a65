package main

import (
	"fmt"
	"math"

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
		if better, share, now := guessDatum(m.Network, in.areas, datum); better != datum {
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

// guessDatum says in which datum the corners of areas lie on streets: the share of
// corners within 15 m of one, read so and read as declared. A datum is better only
// when twice as many lie there as in the declared one, and a third of them all: borders
// follow streets, but not all do, and in a town some street is always near.
func guessDatum(n *street.Network, areas []orb.MultiPolygon, declared geo.Datum) (best geo.Datum, share, now float64) {
	var corners []orb.Point
	for _, area := range areas {
		for _, poly := range area {
			for _, ring := range poly {
				corners = append(corners, ring...)
			}
		}
	}
	const enough = 2000
	step := max(1, len(corners)/enough)
	onStreets := func(d geo.Datum) float64 {
		on, all := 0, 0
		for i := 0; i < len(corners); i += step {
			p := corners[i]
			if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
				continue
			}
			p = d.ToWGS84(p)
			if !n.Bound().Contains(p) {
				continue
			}
			all++
			if len(n.Nearest(p, 15, nil, 1)) > 0 {
				on++
			}
		}
		if all < 20 {
			return 0 // too few to tell
		}
		return float64(on) / float64(all)
	}
	now = onStreets(declared)
	best, share = declared, now
	for _, d := range []geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09} {
		if s := onStreets(d); d != declared && s > max(share, 2*now, 1.0/3) {
			best, share = d, s
		}
	}
	return best, share, now
}
