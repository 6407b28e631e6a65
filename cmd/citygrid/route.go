package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"citygrid/geo"
	"citygrid/routing/path"

	"github.com/paulmach/orb/geojson"
)

type routeCmd struct {
	Data    string     `help:"Data folder." default:"citygrid-data" type:"path"`
	Profile string     `help:"Who travels: foot or car." default:"foot" enum:"foot,car"`
	From    *pointFlag `help:"Start, LON,LAT in WGS 84 degrees." placeholder:"LON,LAT"`
	To      *pointFlag `help:"End, LON,LAT in WGS 84 degrees." placeholder:"LON,LAT"`
	Pairs   string     `help:"Instead of one start and end: a CSV file with the columns from_lon, from_lat, to_lon, to_lat. Prints a JSON line a row." type:"path" placeholder:"FILE.csv"`
	Snap    float64    `help:"How far a place may lie from a usable street, in metres, at most 50000." default:"500"`
	JSON    bool       `help:"Print JSON: distance_m, duration_s, geometry; for --pairs distance_m and duration_s, or error." name:"json"`
}

// Run prints one route, or what many take. A place off the network or an unknown
// folder is bad input; that no way leads there is an answer, but not a route: exit
// code 1. Of many, what is wrong with one stands on its line.
func (c *routeCmd) Run(e *env) error {
	if err := checkSnap(c.Snap); err != nil {
		return err
	}
	single := c.From != nil && c.To != nil
	switch {
	case c.Pairs != "" && (c.From != nil || c.To != nil):
		return badInput(errors.New("--pairs or --from and --to, not both"))
	case c.Pairs == "" && !single:
		return badInput(errors.New("missing flags: --from=LON,LAT and --to=LON,LAT, or --pairs=FILE.csv"))
	}
	m, err := openCity(c.Data)
	if err != nil {
		return err
	}
	if !single {
		pairs, err := openPoints(c.Pairs, "from_lon", "from_lat", "to_lon", "to_lat")
		if err != nil {
			return err
		}
		return errors.Join(c.many(e, path.NewEngine(m.Network, profiles()[c.Profile]), pairs), pairs.close())
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

// many prints a line for each pair, in their order.
func (c *routeCmd) many(e *env, engine *path.Engine, pairs *pointFile) (err error) {
	out := bufio.NewWriter(e.stdout)
	defer func() { err = errors.Join(err, out.Flush()) }()
	lines := json.NewEncoder(out)
	for {
		points, err := pairs.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var way path.Cost
		if err == nil {
			way, err = engine.Cost(e.ctx, path.Query{From: points[0], To: points[1], SnapLimit: geo.Metres(c.Snap)})
		}
		switch {
		case err == nil:
			err = lines.Encode(struct {
				DistanceM float64 `json:"distance_m"`
				DurationS float64 `json:"duration_s"`
			}{float64(way.Distance), way.Duration.Seconds()})
		case errors.Is(err, errRow) || errors.Is(err, path.ErrOffNetwork) || errors.Is(err, path.ErrNoRoute):
			err = lines.Encode(struct {
				Error string `json:"error"`
			}{err.Error()})
		}
		if err != nil {
			return err
		}
	}
}

func checkSnap(metres float64) error {
	if !(metres > 0 && metres <= 50_000) { // not <= 0 ||: NaN is a number to the flag
		return badInput(fmt.Errorf("--snap %v: want more than 0 and at most 50000 metres", metres))
	}
	return nil
}
