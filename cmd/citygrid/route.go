package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"citygrid/geo"
	"citygrid/routing/path"

	"github.com/paulmach/orb/geojson"
)

type routeCmd struct {
	profileFlags `embed:""`

	From  *pointFlag `help:"Start, LON,LAT in WGS 84 degrees." placeholder:"LON,LAT"`
	To    *pointFlag `help:"End, LON,LAT in WGS 84 degrees." placeholder:"LON,LAT"`
	Pairs string     `help:"Instead of one start and end: a CSV file with the columns from_lon, from_lat, to_lon, to_lat. Prints a JSON line a row." type:"path" placeholder:"FILE.csv"`
	Snap  float64    `help:"How far a place may lie from a usable street, in metres, at most 50000." default:"500"`

	Via          []pointFlag `help:"Pass this place on the way; several, in their order, each with its own --via." sep:"none" placeholder:"LON,LAT"`
	Alternatives int         `help:"Other routes worth a choice, so many at most, up to 7." default:"0"`
	Heading      *float64    `help:"Where one looks at the start, degrees clockwise from north: no turning round there." placeholder:"DEGREES"`
	Curb         bool        `help:"Arrive with the place on the side of the street where one stops."`
	Steps        string      `help:"Tell the way step by step, in zh or en." placeholder:"zh|en"`

	JSON bool `help:"Print JSON: distance_m, duration_s, geometry, and steps, stops, alternatives if asked for; for --pairs distance_m and duration_s, or error." name:"json"`
}

// Run prints one route, or what many take. A place off the network or an unknown
// folder is bad input; that no way leads there is an answer, but not a route: exit
// code 1. Of many, what is wrong with one stands on its line.
func (c *routeCmd) Run(e *env) error {
	if err := c.check(); err != nil {
		return badInput(err)
	}
	engine, err := c.engine()
	if err != nil {
		return err
	}
	if c.Pairs != "" {
		pairs, err := openPoints(c.Pairs, "from_lon", "from_lat", "to_lon", "to_lat")
		if err != nil {
			return err
		}
		return errors.Join(c.many(e, engine, pairs), pairs.close())
	}
	q := path.Query{From: c.From.Point, To: c.To.Point, SnapLimit: geo.Metres(c.Snap), Curb: c.Curb}
	for _, p := range c.Via {
		q.Via = append(q.Via, p.Point)
	}
	if c.Heading != nil {
		h := geo.Degrees(*c.Heading)
		q.Heading = &h
	}
	var routes []path.Route
	if c.Alternatives > 0 {
		routes, err = engine.Alternatives(e.ctx, q, c.Alternatives+1)
	} else {
		routes = make([]path.Route, 1)
		routes[0], err = engine.Route(e.ctx, q)
	}
	if errors.Is(err, path.ErrOffNetwork) || errors.Is(err, geo.ErrPosition) {
		return badInput(err)
	}
	if err != nil {
		return err
	}
	return c.print(e, engine, routes)
}

// check says what is wrong with the flags.
func (c *routeCmd) check() error {
	if err := checkSnap(c.Snap); err != nil {
		return err
	}
	switch {
	case c.Pairs != "" && (c.From != nil || c.To != nil):
		return errors.New("--pairs or --from and --to, not both")
	case c.Pairs == "" && (c.From == nil || c.To == nil):
		return errors.New("missing flags: --from=LON,LAT and --to=LON,LAT, or --pairs=FILE.csv")
	case c.Pairs != "" && (len(c.Via) > 0 || c.Alternatives != 0 || c.Heading != nil || c.Steps != ""):
		return errors.New("--via, --alternatives, --heading and --steps are for one route, not for --pairs")
	case c.Alternatives < 0 || c.Alternatives >= path.MaxAlternatives:
		return fmt.Errorf("--alternatives %d: want 0 to %d", c.Alternatives, path.MaxAlternatives-1)
	case c.Alternatives > 0 && len(c.Via) > 0:
		return errors.New("--alternatives are for a route without --via")
	case len(c.Via) > path.MaxVia:
		return fmt.Errorf("--via: %d places, %d is the most", len(c.Via), path.MaxVia)
	case c.Heading != nil && !(math.Abs(*c.Heading) <= 360):
		return fmt.Errorf("--heading %v: want 0 to 360 degrees", *c.Heading)
	}
	if _, ok := path.ParseLanguage(c.Steps); c.Steps != "" && !ok {
		return fmt.Errorf("--steps %q: want zh or en", c.Steps)
	}
	return nil
}

// A shownRoute is a route in JSON.
type shownRoute struct {
	DistanceM    float64           `json:"distance_m"`
	DurationS    float64           `json:"duration_s"`
	Geometry     *geojson.Geometry `json:"geometry"`
	Stops        [][2]float64      `json:"stops,omitempty"` // on the street, by --via
	Steps        []shownStep       `json:"steps,omitempty"`
	Alternatives []shownRoute      `json:"alternatives,omitempty"`
}

// A shownStep is an instruction in JSON.
type shownStep struct {
	Kind      path.StepKind `json:"kind"`
	Text      string        `json:"text"`
	Name      string        `json:"name,omitempty"`
	At        [2]float64    `json:"at"`
	Bearing   float64       `json:"bearing"` // whole degrees clockwise from north
	DistanceM float64       `json:"distance_m"`
	DurationS float64       `json:"duration_s"`
	Notes     []path.Note   `json:"notes,omitempty"`
}

func (c *routeCmd) print(e *env, engine *path.Engine, routes []path.Route) error {
	language, tell := path.ParseLanguage(c.Steps)
	var shown []shownRoute
	for i, r := range routes {
		one := shownRoute{DistanceM: float64(r.Distance), DurationS: r.Duration.Seconds(), Geometry: geojson.NewGeometry(r.Line)}
		for _, s := range r.Stops {
			one.Stops = append(one.Stops, s.Snap.At)
		}
		var steps []path.Step
		if tell {
			steps = engine.Steps(r, language)
		}
		for _, s := range steps {
			one.Steps = append(one.Steps, shownStep{
				s.Kind, s.Text, s.Name, s.At, math.Round(math.Mod(float64(s.Bearing)+360, 360)), float64(s.Distance), s.Duration.Seconds(), s.Notes,
			})
		}
		if !c.JSON {
			if i > 0 && tell {
				fmt.Fprintln(e.stdout)
			}
			if _, err := fmt.Fprintf(e.stdout, "%.0f m, %s\n", float64(r.Distance), r.Duration.Round(1e9)); err != nil {
				return err
			}
			tellSteps(e.stdout, steps, language)
		}
		shown = append(shown, one)
	}
	if !c.JSON {
		return nil
	}
	shown[0].Alternatives = shown[1:]
	return json.NewEncoder(e.stdout).Encode(shown[0])
}

// tellSteps prints a line for each step: what to do, then how far it goes on.
func tellSteps(w io.Writer, steps []path.Step, l path.Language) {
	metres := "m"
	if l == path.Chinese {
		metres = "米"
	}
	for i, s := range steps {
		fmt.Fprintf(w, "%3d. %s", i+1, s.Text)
		if s.Kind != path.StepArrive {
			fmt.Fprintf(w, ", %.0f %s", float64(s.Distance), metres)
		}
		for _, n := range s.Notes {
			fmt.Fprintf(w, " (%s)", n.Told(l))
		}
		fmt.Fprintln(w)
	}
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
			way, err = engine.Cost(e.ctx, path.Query{From: points[0], To: points[1], SnapLimit: geo.Metres(c.Snap), Curb: c.Curb})
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
