package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"citygrid/geo"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// maxContours bounds what one command draws.
const maxContours = 20

type isochroneCmd struct {
	profileFlags `embed:""`
	From         pointFlag `help:"Start, LON,LAT in WGS 84 degrees." required:"" placeholder:"LON,LAT"`
	Minutes      []float64 `help:"How long, up to 240; several with commas." default:"5,10,15" placeholder:"M,..."`
	Snap         float64   `help:"How far the start may lie from a usable street, in metres, at most 50000." default:"500"`
	JSON         bool      `help:"Print GeoJSON; there is no other form yet." name:"json"`
}

// Run prints the ground that can be reached, a feature for each time in the order
// given. A start off the network is bad input.
func (c *isochroneCmd) Run(e *env) error {
	if err := checkSnap(c.Snap); err != nil {
		return err
	}
	if len(c.Minutes) == 0 || len(c.Minutes) > maxContours {
		return badInput(fmt.Errorf("--minutes: want 1 to %d numbers", maxContours))
	}
	times := make([]time.Duration, len(c.Minutes))
	for i, m := range c.Minutes {
		if !(m > 0 && m <= path.MaxIsochrone.Minutes()) {
			return badInput(fmt.Errorf("--minutes %v: want more than 0 and at most %v", m, path.MaxIsochrone.Minutes()))
		}
		times[i] = time.Duration(m * float64(time.Minute))
	}
	engine, err := c.engine()
	if err != nil {
		return err
	}
	areas, err := engine.Isochrones(e.ctx, c.From.Point, geo.Metres(c.Snap), times)
	if errors.Is(err, path.ErrOffNetwork) {
		return badInput(err)
	}
	if err != nil {
		return err
	}
	all := geojson.NewFeatureCollection()
	for i, area := range areas {
		var g orb.Geometry = area
		if len(area) == 1 {
			g = area[0]
		}
		f := geojson.NewFeature(g)
		f.Properties["minutes"] = c.Minutes[i]
		all.Append(f)
	}
	return json.NewEncoder(e.stdout).Encode(all)
}
