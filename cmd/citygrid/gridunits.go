package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"citygrid/geo/planar"
	"citygrid/grid"

	"github.com/paulmach/orb"
)

type gridUnitsCmd struct {
	cityGround
	Communities string `help:"Areas that no unit grid crosses, with their code in properties.code." type:"path" placeholder:"FILE"`
	Scheme      string `help:"Codes of 15 digits (a community's 12 and 3), of 20 (18 and 2), or free ones (any text and 5 digits)." default:"free" enum:"15,20,free"`
	Prefix      string `help:"The community's code, where communities are not given." placeholder:"CODE"`
	Given       string `help:"Codes given before, in use or retired, one a line; none is given again." type:"path" placeholder:"FILE"`
	JSON        bool   `help:"Print one GeoJSON FeatureCollection." name:"json"`
	workFlags
}

// Help says what a unit grid is.
func (gridUnitsCmd) Help() string {
	return `Unit grids lie between streets at ground level, rivers, canals and railways: what is small is joined, never across
a main street (motorway to secondary) or the border of a community, what is large is split. Together they cover the ground exactly. They are
numbered from west to east in rows from north to south.`
}

// Run cuts the map into unit grids. Without --json it prints how many.
func (c *gridUnitsCmd) Run(e *env) error {
	rates, err := c.rates()
	if err != nil {
		return err
	}
	communities, walls, err := c.communities()
	if err != nil {
		return err
	}
	given, err := c.given()
	if err != nil {
		return err
	}
	m, u, err := c.cut(rates, walls...)
	if err != nil {
		return err
	}
	minutes := c.minutes(m, u, rates)
	inside := u.Insides()
	coder := grid.NewCoder(map[string]grid.CodeScheme{"15": grid.Code15, "20": grid.Code20, "free": grid.CodeFree}[c.Scheme], given)
	codes := make([]string, len(u.List))
	for i := range u.List {
		if codes[i], err = coder.Next(communities.codeAt(inside[i], c.Prefix)); errors.Is(err, grid.ErrCode) {
			return badInput(err)
		} else if err != nil {
			return err
		}
	}
	if !c.JSON {
		area, work := 0.0, 0.0
		for i, one := range u.List {
			area, work = area+one.AreaM2, work+minutes[i]
		}
		_, err := fmt.Fprintf(e.stdout, "%d unit grids on %.2f km2, %.0f m2 each; %.0f minutes of work a day\n",
			len(u.List), area/1e6, area/float64(len(u.List)), work)
		return err
	}
	b := bufio.NewWriter(e.stdout)
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i, ground := range u.Grounds() {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		err := writeFeature(b, int64(i+1), struct {
			ID      int     `json:"id"`
			Code    string  `json:"code"`
			AreaM2  float64 `json:"area_m2"`
			StreetM float64 `json:"street_m"`
			Minutes float64 `json:"minutes"`
		}{i + 1, codes[i], round(u.List[i].AreaM2, 1), round(u.List[i].StreetM, 1), round(minutes[i], 3)}, ground)
		if err != nil {
			return err
		}
	}
	b.WriteString("\n]}\n")
	return b.Flush()
}

// given reads the codes that must not come again.
func (c *gridUnitsCmd) given() ([]string, error) {
	if c.Given == "" {
		return nil, nil
	}
	b, err := os.ReadFile(c.Given)
	if err != nil {
		return nil, badInput(err)
	}
	return strings.Fields(string(b)), nil
}

// communityCodes says in which community a point is.
type communityCodes struct {
	owners *grid.Owners
	codes  []string
}

func (c *gridUnitsCmd) communities() (*communityCodes, []orb.LineString, error) {
	if c.Communities == "" {
		return nil, nil, nil
	}
	in, err := readGrids(c.Communities)
	if err != nil {
		return nil, nil, err
	}
	out := &communityCodes{}
	var plan grid.Plan
	var walls []orb.LineString
	for i, area := range in.areas {
		if fault, told := in.faults[i]; told {
			return nil, nil, badInput(fmt.Errorf("%s: feature %d: %s", c.Communities, i, fault))
		}
		var properties struct {
			Code any `json:"code"`
		}
		if err := json.Unmarshal(in.file.Features[i].Properties, &properties); err != nil || properties.Code == nil {
			return nil, nil, badInput(fmt.Errorf("%s: feature %d has no properties.code", c.Communities, i))
		}
		code := fmt.Sprint(properties.Code)
		if n, isNumber := properties.Code.(float64); isNumber {
			code = fmt.Sprintf("%.0f", n)
		}
		out.codes = append(out.codes, code)
		plan.Grids = append(plan.Grids, grid.Responsibility{ID: grid.GridID(i + 1), Ground: area})
		for _, poly := range area {
			for _, ring := range poly {
				walls = append(walls, orb.LineString(ring))
			}
		}
	}
	if out.owners, err = plan.Index(); errors.Is(err, planar.ErrPosition) || errors.Is(err, planar.ErrTooLong) || errors.Is(err, planar.ErrTangled) {
		return nil, nil, badInput(fmt.Errorf("%s: %w", c.Communities, err))
	}
	return out, walls, err
}

// codeAt is the code of the community at a point, or what it is without one.
func (c *communityCodes) codeAt(p orb.Point, without string) string {
	if c == nil {
		return without
	}
	if id, ok := c.owners.OwnerAt(p); ok {
		return c.codes[id-1]
	}
	return without
}
