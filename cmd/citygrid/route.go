package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"citygrid/geo"
	"citygrid/routing/path"

	"github.com/paulmach/orb/geojson"
)

type routeCmd struct {
	Data    string    `help:"Data folder." default:"citygrid-data" type:"path"`
	Profile string    `help:"Who travels: foot or car." default:"foot" enum:"foot,car"`
	From    pointFlag `help:"Start, LON,LAT in WGS 84 degrees." required:"" placeholder:"LON,LAT"`
	To      pointFlag `help:"End, LON,LAT in WGS 84 degrees." required:"" placeholder:"LON,LAT"`
	Snap    float64   `help:"How far a place may lie from a usable street, in metres, at most 50000." default:"500"`
	JSON    bool      `help:"Print JSON: distance_m, duration_s, geometry." name:"json"`
}

// Run prints one route. A place off the network or an unknown folder is bad
// input; that no way leads there is an answer, but not a route: exit code 1.
func (c *routeCmd) Run(e *env) error {
	if !(c.Snap > 0 && c.Snap <= 50_000) { // not <= 0 ||: NaN is a number to the flag
		return badInput(fmt.Errorf("--snap %v: want more than 0 and at most 50000 metres", c.Snap))
	}
	m, err := openCity(c.Data)
	if err != nil {
		return err
	}
	r, err := path.NewEngine(m.Network, profiles()[c.Profile]).Route(e.ctx, path.Query{
		From: c.From.Point, To: c.To.Point, SnapLimit: geo.Metres(c.Snap),
	})
	if errors.Is(err, path.ErrOffNetwork) || errors.Is(err, geo.ErrPosition) {
		return badInput(err)
	}
	if err != nil {
		return err
	}
	if !c.JSON {
		_, err = fmt.Fprintf(e.stdout, "%.0f m, %s\n", float64(r.Distance), r.Duration.Round(1e9))
		return err
	}
	return json.NewEncoder(e.stdout).Encode(struct {
		DistanceM float64           `json:"distance_m"`
		DurationS float64           `json:"duration_s"`
		Geometry  *geojson.Geometry `json:"geometry"`
	}{float64(r.Distance), r.Duration.Seconds(), geojson.NewGeometry(r.Line)})
}
