package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"citygrid/data/gis"
	"citygrid/geo/partition"
	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

type gridRepairCmd struct {
	Out   string  `help:"Where to write the mended grids: .geojson, .zip (a Shapefile) or .kml." required:"" type:"path" placeholder:"FILE"`
	Limit float64 `help:"How far a border may move, in metres." default:"1"`
	Lakes bool    `help:"Leave gaps that are wider as they are: lakes, say."`
	JSON  bool    `help:"Print one JSON object: features, changed, refused." name:"json"`
	gridInput
}

// Help says what is repaired and what is refused.
func (gridRepairCmd) Help() string {
	return `All borders are cut where they meet, and each piece of ground gets one owner: of two grids that share ground, the first in
the file keeps its border; a gap goes to the neighbour with the longest border on it. What would move a border farther than the
limit is refused, and then no file is written. Afterwards grid check finds nothing.

Exit code 0: the grids were mended and written. 2: they could not be read, or something was refused.`
}

// Run mends the grids. What is refused is the user's to mend.
func (c *gridRepairCmd) Run(e *env) error {
	if !(c.Limit >= 0 && c.Limit < math.MaxFloat64) {
		return badInput(fmt.Errorf("--limit %v: want metres, 0 or more", c.Limit))
	}
	format, err := gis.FormatOf(c.Out)
	if err != nil {
		return badInput(fmt.Errorf("--out: %w", err))
	}
	in, err := c.read(e)
	if err != nil {
		return err
	}
	for i, area := range in.areas {
		if fault := in.faults[i]; fault != "" {
			return badInput(fmt.Errorf("%s: feature %d: %s: that is nothing to repair; take it out", c.File, i, fault))
		}
		if p, off := partition.OffEarth(area); off {
			return badInput(fmt.Errorf("%s: feature %d: position %v is not on earth: export it in WGS 84 degrees, not in metres", c.File, i, p))
		}
	}
	m, err := partition.Mend(in.areas, c.Limit, c.Lakes)
	if errors.Is(err, planar.ErrTangled) {
		return badInput(err)
	}
	if err != nil {
		return err
	}
	if m.Areas != nil {
		if err := c.save(in.file.Features, m.Areas, format); err != nil {
			return err
		}
	}
	if c.JSON {
		err = writeMending(e.stdout, len(in.areas), m)
	} else {
		err = tellMending(e.stdout, m)
	}
	if err == nil && m.Areas == nil {
		return badInput(fmt.Errorf("%s: %d of the faults ask for more than the limit of %v m: mend them by hand, or raise --limit; nothing was written", c.File, len(m.Refused), c.Limit))
	}
	return err
}

// save writes beside the file and renames, so there is the old file or the new one.
func (c *gridRepairCmd) save(features []gis.Feature, areas []orb.MultiPolygon, format gis.Format) (err error) {
	for i := range features {
		features[i].Geometry = areas[i]
	}
	f, err := os.CreateTemp(filepath.Dir(c.Out), ".repair-*")
	if err != nil {
		return badInput(err)
	}
	name := strings.TrimSuffix(filepath.Base(c.Out), filepath.Ext(c.Out))
	err = gis.Write(f, features, format, name)
	err = errors.Join(err, f.Sync(), f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), c.Out)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

type changeJSON struct {
	What   string    `json:"what"`
	From   []int     `json:"from"`
	To     *int      `json:"to"`
	AreaM2 float64   `json:"area_m2"`
	MovedM float64   `json:"moved_m"`
	At     orb.Point `json:"at"`
}

func changesJSON(changes []partition.Change) []changeJSON {
	out := []changeJSON{}
	for _, c := range changes {
		one := changeJSON{c.What, c.From, nil, c.AreaM2, c.MovedM, c.At}
		if one.From == nil {
			one.From = []int{}
		}
		if c.To >= 0 {
			one.To = &c.To
		}
		out = append(out, one)
	}
	return out
}

func writeMending(w io.Writer, features int, m partition.Mending) error {
	return json.NewEncoder(w).Encode(struct {
		Features int          `json:"features"`
		Changed  []changeJSON `json:"changed"`
		Refused  []changeJSON `json:"refused"`
	}{features, changesJSON(m.Changes), changesJSON(m.Refused)})
}

func tellMending(w io.Writer, m partition.Mending) error {
	b := bufio.NewWriter(w)
	for _, c := range m.Refused {
		fmt.Fprintf(b, "refused: %v\n", c)
	}
	const told = 20
	area, most := 0.0, 0.0
	for i, c := range m.Changes {
		if area, most = area+c.AreaM2, max(most, c.MovedM); i < told {
			fmt.Fprintln(b, c)
		}
	}
	if more := len(m.Changes) - told; more > 0 {
		fmt.Fprintf(b, "... and %d smaller ones\n", more)
	}
	fmt.Fprintf(b, "%d faults mended, %.1f m2 in all, no border moved by more than %.3f m; %d refused\n", len(m.Changes), area, most, len(m.Refused))
	return b.Flush()
}
