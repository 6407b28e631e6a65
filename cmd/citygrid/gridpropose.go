package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"citygrid/data/mapfile"
	"citygrid/geo"
	"citygrid/geo/basemap"
	"citygrid/geo/partition"
	"citygrid/geo/planar"
	"citygrid/grid"
	"citygrid/grid/balance"
	"citygrid/grid/studio"
	"citygrid/grid/workload"

	"github.com/paulmach/orb"
)

// cityGround is which ground of the map is cut, for commands that cut it.
type cityGround struct {
	Data     string     `help:"Data folder." default:"citygrid-data" type:"path"`
	Boundary string     `help:"The ground to cut: a file of areas. Without it, all that lies between the map's streets." type:"path" placeholder:"FILE"`
	Place    *pointFlag `help:"Or the ground to cut: what the map's administrative borders enclose around a place, LON,LAT." placeholder:"LON,LAT"`
	Size     float64    `help:"About how large a unit grid is, in m2; larger on maps of more than 30000 of them." default:"10000"`
}

// mostUnits is how many unit grids a map is cut into at most, or about.
const mostUnits = 30_000

// cut opens the map and cuts its unit grids with the work on their streets.
func (c *cityGround) cut(rates workload.Rates, walls ...orb.LineString) (*mapfile.Map, *grid.Units, error) {
	if !(c.Size >= 100 && c.Size <= 1e9) {
		return nil, nil, badInput(fmt.Errorf("--size %v: want 100 to 1000000000 m2", c.Size))
	}
	m, err := openCity(c.Data)
	if err != nil {
		return nil, nil, err
	}
	boundary, err := c.boundary(m)
	if err != nil {
		return nil, nil, err
	}
	o := grid.UnitOptions{SizeM2: max(c.Size, partition.AreaM2(boundary)/mostUnits), Work: rates.Street, Walls: walls}
	for f := range m.Base.Features() {
		if f.Layer == basemap.Waterway && (f.Kind == "river" || f.Kind == "canal") || f.Layer == basemap.Rail && f.Kind == "rail" && !f.Tunnel && !f.Bridge {
			o.Lines = append(o.Lines, linesOf(f.Geometry)...)
		}
	}
	u, err := grid.CutUnits(m.Network, boundary, o)
	if errors.Is(err, grid.ErrShape) || errors.Is(err, grid.ErrNoGround) || errors.Is(err, grid.ErrTangled) {
		return nil, nil, badInput(err)
	}
	return m, u, err
}

// boundary is the ground asked for.
func (c *cityGround) boundary(m *mapfile.Map) (orb.MultiPolygon, error) {
	switch {
	case c.Boundary != "" && c.Place != nil:
		return nil, badInput(errors.New("--boundary or --place, not both"))
	case c.Boundary != "":
		in, err := readGrids(c.Boundary)
		if err != nil {
			return nil, err
		}
		var all orb.MultiPolygon
		for i, area := range in.areas {
			if fault, told := in.faults[i]; told {
				return nil, badInput(fmt.Errorf("%s: feature %d: %s", c.Boundary, i, fault))
			}
			all = append(all, area...)
		}
		return all, nil
	case c.Place != nil:
		var borders []orb.LineString
		for f := range m.Base.Features() {
			if f.Layer == basemap.Boundary {
				borders = append(borders, linesOf(f.Geometry)...)
			}
		}
		city, found, err := planar.Around(borders, c.Place.Point)
		if err != nil {
			return nil, badInput(fmt.Errorf("the map's borders: %w", err))
		}
		if !found {
			return nil, badInput(fmt.Errorf("--place %v,%v: the map has no administrative border around it; give --boundary", c.Place.Point[0], c.Place.Point[1]))
		}
		return city, nil
	}
	return grid.Hull(m.Network, nil), nil
}

func linesOf(g orb.Geometry) []orb.LineString {
	switch g := g.(type) {
	case orb.LineString:
		return []orb.LineString{g}
	case orb.MultiLineString:
		return g
	}
	return nil
}

// workFlags are what the work of a grid is reckoned with.
type workFlags struct {
	WalkingSpeed float64     `help:"Of an officer on patrol, in km/h." default:"4"`
	ShopMinutes  float64     `help:"Minutes a day for each shop." default:"0.5"`
	CasesPerKm   float64     `help:"Cases a day to expect for each kilometre of street." default:"0.05"`
	CaseMinutes  float64     `help:"Minutes that a case takes." default:"20"`
	Station      []pointFlag `help:"Where teams start from, LON,LAT; the middle of the work without one. May be given more than once." placeholder:"LON,LAT" sep:"none"`
}

func (w *workFlags) rates() (workload.Rates, error) {
	r := workload.Usual()
	r.WalkingKmh, r.ShopMinutes, r.CasesPerKm, r.CaseMinutes = w.WalkingSpeed, w.ShopMinutes, w.CasesPerKm, w.CaseMinutes
	if !(r.WalkingKmh >= 0.5 && r.WalkingKmh <= 100) {
		return r, badInput(fmt.Errorf("--walking-speed %v: want 0.5 to 100 km/h", r.WalkingKmh))
	}
	for flag, v := range map[string]float64{"--shop-minutes": r.ShopMinutes, "--cases-per-km": r.CasesPerKm, "--case-minutes": r.CaseMinutes} {
		if !(v >= 0 && v <= 10_000) {
			return r, badInput(fmt.Errorf("%s %v: want 0 to 10000", flag, v))
		}
	}
	return r, nil
}

// minutes is the work of each unit grid a day: streets and cases, shops, and the
// way from the station.
func (w *workFlags) minutes(m *mapfile.Map, u *grid.Units, rates workload.Rates) []float64 {
	c := studio.City{Network: m.Network, Rates: rates}
	for f := range m.Base.Features() {
		if f.Layer == basemap.POI && f.Group == "shop" {
			if at, isPoint := f.Geometry.(orb.Point); isPoint {
				c.Shops = append(c.Shops, at)
			}
		}
	}
	for _, s := range w.Station {
		c.Stations = append(c.Stations, s.Point)
	}
	return c.Minutes(u)
}

type gridProposeCmd struct {
	cityGround
	Count int           `help:"How many responsibility grids." required:""`
	Time  time.Duration `help:"How long to search." default:"30s"`
	Seed  uint64        `help:"Another seed, another proposal." default:"1"`
	JSON  bool          `help:"Print one GeoJSON FeatureCollection: properties.minutes of each grid, and a member summary." name:"json"`
	workFlags
}

// Help says what is proposed.
func (gridProposeCmd) Help() string {
	return `Responsibility grids of equal work, each in one piece, made of unit grids between streets. Work is minutes of an officer
a day: streets of each class as often as they are walked, shops, cases to expect, and the way from the station.`
}

// Run proposes grids. Without --json it prints the summary.
func (c *gridProposeCmd) Run(e *env) error {
	if c.Count < 1 || c.Count > grid.MaxGrids {
		return badInput(fmt.Errorf("--count %d: want 1 to %d", c.Count, grid.MaxGrids))
	}
	if c.Time < 0 {
		return badInput(fmt.Errorf("--time %v: want a time such as 30s", c.Time))
	}
	rates, err := c.rates()
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(e.ctx, c.Time)
	defer stop()
	m, u, err := c.cut(rates)
	if err != nil {
		return err
	}
	minutes := c.minutes(m, u, rates)
	p, err := balance.Propose(ctx, balanceUnits(u, minutes), c.Count, balance.Options{Seed: c.Seed})
	if errors.Is(err, balance.ErrFewUnits) {
		return badInput(fmt.Errorf("--count %d: %w: ask for fewer, or for smaller ones with --size", c.Count, err))
	}
	if err != nil {
		return err
	}
	if e.ctx.Err() != nil {
		return e.ctx.Err()
	}
	return c.write(e.stdout, u, minutes, p)
}

// balanceUnits gives the unit grids as the search takes them.
func balanceUnits(u *grid.Units, minutes []float64) []balance.Unit {
	units := make([]balance.Unit, len(u.List))
	lonM, latM := geo.MetresPerDegree(u.List[0].Middle[1])
	for i, one := range u.List {
		units[i] = balance.Unit{
			Work: minutes[i], AreaM2: one.AreaM2,
			X: one.Middle[0] * float64(lonM), Y: one.Middle[1] * float64(latM),
		}
	}
	for _, b := range u.Borders {
		units[b.A].Beside = append(units[b.A].Beside, balance.Beside{Unit: b.B, Cost: b.Ease})
		units[b.B].Beside = append(units[b.B].Beside, balance.Beside{Unit: b.A, Cost: b.Ease})
	}
	return units
}

type proposalSummary struct {
	MaxOverMean     float64 `json:"max_over_mean"`
	LowerBound      float64 `json:"lower_bound"`
	CV              float64 `json:"cv"`
	Connected       bool    `json:"connected"`
	CompactnessMean float64 `json:"compactness_mean"`
	CutKm           float64 `json:"cut_km"`
}

func (c *gridProposeCmd) write(w io.Writer, u *grid.Units, minutes []float64, p balance.Proposal) error {
	order := u.ReadingOrder(p.Group, c.Count)
	group, work, units := make([]int32, len(p.Group)), make([]float64, c.Count), make([]int, c.Count)
	for i, g := range p.Group {
		group[i] = order[g]
		work[group[i]] += minutes[i]
		units[group[i]]++
	}
	grounds := u.Join(group, c.Count)
	s := proposalSummary{MaxOverMean: p.Score.MaxOverMean, LowerBound: p.Score.LowerBound, CV: p.Score.CV, Connected: p.Score.Connected}
	for _, b := range u.Borders {
		if group[b.A] != group[b.B] {
			s.CutKm += b.LengthM / 1000
		}
	}
	areas := make([]float64, c.Count)
	for i, ground := range grounds {
		areas[i] = partition.AreaM2(ground)
		s.CompactnessMean += grid.Compactness(ground, areas[i]) / float64(c.Count)
	}
	if !c.JSON {
		_, err := fmt.Fprintf(w, "%d grids of %d unit grids: the most work is %.3f of the mean (no less than %.3f is possible), variation %.3f, in one piece each: %v, compactness %.2f, %.1f km of borders\n",
			c.Count, len(u.List), s.MaxOverMean, s.LowerBound, s.CV, s.Connected, s.CompactnessMean, s.CutKm)
		return err
	}
	b := bufio.NewWriter(w)
	head, err := json.Marshal(s)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "{\"type\":\"FeatureCollection\",\"summary\":%s,\"features\":[", head)
	for i, ground := range grounds {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		err := writeFeature(b, int64(i+1), struct {
			ID      int     `json:"id"`
			Code    string  `json:"code"`
			Name    string  `json:"name"`
			Minutes float64 `json:"minutes"`
			Units   int     `json:"units"`
			AreaM2  float64 `json:"area_m2"`
		}{i + 1, fmt.Sprintf("%02d", i+1), fmt.Sprintf("Grid %d", i+1), round(work[i], 3), units[i], round(areas[i], 1)}, ground)
		if err != nil {
			return err
		}
	}
	b.WriteString("\n]}\n")
	return b.Flush()
}

func round(v float64, digits int) float64 {
	p := math.Pow10(digits)
	return math.Round(v*p) / p
}

// writeFeature writes a GeoJSON feature, in one line: a Polygon where it is one.
func writeFeature(w io.Writer, id int64, properties any, area orb.MultiPolygon) error {
	type geometry struct {
		Type        string `json:"type"`
		Coordinates any    `json:"coordinates"`
	}
	g := geometry{"MultiPolygon", area}
	if len(area) == 1 {
		g = geometry{"Polygon", area[0]}
	}
	line, err := json.Marshal(struct {
		Type       string   `json:"type"`
		ID         int64    `json:"id"`
		Properties any      `json:"properties"`
		Geometry   geometry `json:"geometry"`
	}{"Feature", id, properties, g})
	if err != nil {
		return err
	}
	_, err = w.Write(line)
	return err
}
