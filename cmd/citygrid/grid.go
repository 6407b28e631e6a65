package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"citygrid/data/gis"
	"citygrid/geo/partition"
	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

type gridCmd struct {
	Check   gridCheckCmd   `cmd:"" help:"Say where grids of a file are no areas, share ground, or leave gaps."`
	Repair  gridRepairCmd  `cmd:"" help:"Make a clean partition of the grids of a file, moving borders no farther than a limit."`
	Units   gridUnitsCmd   `cmd:"" help:"Cut the map into unit grids between streets."`
	Propose gridProposeCmd `cmd:"" help:"Propose responsibility grids of equal work for the map."`
}

type gridCheckCmd struct {
	Tolerance float64 `help:"Ground that two grids may share, or that may lie between grids, in m2." default:"1"`
	JSON      bool    `help:"Print one JSON object: features, invalid, overlaps, gaps." name:"json"`
	gridInput
}

// Help says what the exit code means.
func (gridCheckCmd) Help() string {
	return `An overlap is a pair of features that share more than the tolerance, a gap a piece of ground that no feature
covers, with features all around it, larger than the tolerance. Features are counted from 0. Areas are square metres on
the ellipsoid of WGS 84.

Exit code 0: the file was read, and the report says what is wrong with it, if anything. 2: it could not be read.`
}

// Run prints the report. A report of faults is an answer, not a failure.
func (c *gridCheckCmd) Run(e *env) error {
	if !(c.Tolerance >= 0 && c.Tolerance < math.MaxFloat64) {
		return badInput(fmt.Errorf("--tolerance %v: want square metres, 0 or more", c.Tolerance))
	}
	in, err := c.read(e)
	if err != nil {
		return err
	}
	report, err := in.check(c.Tolerance)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeReport(e.stdout, report)
	}
	return tellReport(e.stdout, report)
}

// grids are the areas of a file, with what keeps features from being one.
type grids struct {
	file   *gis.Collection
	areas  []orb.MultiPolygon
	faults map[int]string
}

// readGrids reads a file; what is wrong with it as a whole is bad input.
func readGrids(path string) (*grids, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, badInput(err)
	}
	defer f.Close()
	c, err := gis.Read(f)
	if errors.Is(err, gis.ErrFormat) {
		return nil, badInput(fmt.Errorf("%s: %w", path, err))
	}
	if err != nil {
		return nil, badInput(err)
	}
	g := &grids{file: c, faults: map[int]string{}}
	for i := range c.Features {
		area, fault := c.Features[i].Area()
		if fault != "" {
			g.faults[i] = fault
		}
		g.areas = append(g.areas, area)
	}
	return g, nil
}

// check finds what is wrong with the areas. Lines that are no areas at all are bad
// input.
func (g *grids) check(tolerance float64) (partition.Report, error) {
	report, err := partition.Check(g.areas, tolerance)
	if errors.Is(err, planar.ErrTangled) {
		return report, badInput(err)
	}
	for i := range report.Invalid {
		if fault, told := g.faults[report.Invalid[i].Feature]; told {
			report.Invalid[i].Reason = fault
		}
	}
	return report, err
}

// place is a position in JSON, null without one.
type place *orb.Point

type invalidJSON struct {
	Feature int    `json:"feature"`
	Reason  string `json:"reason"`
	At      place  `json:"at"`
}

type overlapJSON struct {
	A      int       `json:"a"`
	B      int       `json:"b"`
	AreaM2 float64   `json:"area_m2"`
	At     orb.Point `json:"at"`
}

type gapJSON struct {
	AreaM2 float64   `json:"area_m2"`
	At     orb.Point `json:"at"`
}

func writeReport(w io.Writer, r partition.Report) error {
	out := struct {
		Features int           `json:"features"`
		Invalid  []invalidJSON `json:"invalid"`
		Overlaps []overlapJSON `json:"overlaps"`
		Gaps     []gapJSON     `json:"gaps"`
	}{r.Features, []invalidJSON{}, []overlapJSON{}, []gapJSON{}}
	for _, f := range r.Invalid {
		out.Invalid = append(out.Invalid, invalidJSON{f.Feature, f.Reason, f.At})
	}
	for _, o := range r.Overlaps {
		out.Overlaps = append(out.Overlaps, overlapJSON{o.A, o.B, o.AreaM2, o.At})
	}
	for _, g := range r.Gaps {
		out.Gaps = append(out.Gaps, gapJSON{g.AreaM2, g.At})
	}
	return json.NewEncoder(w).Encode(out)
}

// tellReport says the same to a person.
func tellReport(w io.Writer, r partition.Report) error {
	b := bufio.NewWriter(w)
	for _, f := range r.Invalid {
		fmt.Fprintf(b, "feature %d is no area: %s", f.Feature, f.Reason)
		if f.At != nil {
			fmt.Fprintf(b, " at %.7f,%.7f", f.At[0], f.At[1])
		}
		fmt.Fprintf(b, "; %s\n", f.Mend)
	}
	for _, o := range r.Overlaps {
		fmt.Fprintf(b, "features %d and %d share %.1f m2 at %.7f,%.7f\n", o.A, o.B, o.AreaM2, o.At[0], o.At[1])
	}
	for _, g := range r.Gaps {
		fmt.Fprintf(b, "nobody has %.1f m2 at %.7f,%.7f\n", g.AreaM2, g.At[0], g.At[1])
	}
	fmt.Fprintf(b, "%d features, %d of them no areas, %d overlaps, %d gaps\n", r.Features, len(r.Invalid), len(r.Overlaps), len(r.Gaps))
	return b.Flush()
}
