package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/routing/match"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

type matchCmd struct {
	profileFlags `embed:""`

	Track string `arg:"" help:"CSV file with the columns lon, lat, one of time, t_s and t_ms, and maybe accuracy in metres." type:"path" name:"track" placeholder:"TRACK.csv"`
	JSON  bool   `help:"Print JSON: path, ways, fixes." name:"json"`
}

// A matchedWay is a segment that was travelled, in OSM's numbers.
type matchedWay struct {
	Way  int64 `json:"way"`
	From int64 `json:"from_node"`
	To   int64 `json:"to_node"`
}

// A matchedFix is where a fix was.
type matchedFix struct {
	Way        int64   `json:"way"`
	From       int64   `json:"from_node"`  // the segment's end where the travel on it begins
	OffsetM    float64 `json:"offset_m"`   // from there
	Side       string  `json:"side"`       // left, right or on, seen in the direction of travel
	Confidence float64 `json:"confidence"` // 0 to 1
}

// Run prints the way of a track. A file that can't be read as one is bad input.
func (c *matchCmd) Run(e *env) error {
	rows, err := c.read()
	if err != nil {
		return err
	}
	profile, err := c.chosen()
	if err != nil {
		return err
	}
	m, err := openCity(c.Data)
	if err != nil {
		return err
	}
	var track []match.Fix
	for _, r := range rows {
		if !r.None {
			track = append(track, r.Fix)
		}
	}
	when, err := c.when()
	if err != nil {
		return err
	}
	matcher := match.New(path.NewEngineAt(m.Network, profile, when), match.Params{})
	r, err := matcher.Match(e.ctx, track)
	if err != nil {
		return err
	}
	if !c.JSON {
		return c.tell(e, r)
	}
	out := bufio.NewWriter(e.stdout)
	return errors.Join(writeMatch(out, m.Network, lineOrLines(matcher.Lines(r.Parts)), rows, r), out.Flush())
}

// writeMatch writes the way of a track as JSON, item by item: of a million fixes the
// whole of it would take more memory than the matching.
func writeMatch(out *bufio.Writer, n *street.Network, line *geojson.Geometry, rows []match.Row, r match.Result) error {
	said := ""
	item := func(before string, v any) error {
		text, err := json.Marshal(v)
		if err == nil {
			_, _ = out.WriteString(said + before) // Flush says what went wrong
			_, err = out.Write(text)
		}
		said = ","
		return err
	}
	if err := item(`{"path":`, line); err != nil {
		return err
	}
	said = `,"ways":[`
	for _, legs := range r.Parts {
		for _, l := range legs {
			from, to := match.Nodes(n, l.Segment, l.Forward)
			if err := item("", matchedWay{n.Segment(l.Segment).Way, from, to}); err != nil {
				return err
			}
		}
	}
	if said != "," {
		_, _ = out.WriteString(said)
	}
	said = `],"fixes":[`
	next := 0
	for i := range rows {
		var fix *matchedFix
		if !rows[i].None {
			fix = fixOf(n, r.Fixes[next])
			next++
		}
		if err := item("", fix); err != nil {
			return err
		}
	}
	if said != "," {
		_, _ = out.WriteString(said)
	}
	_, err := out.WriteString("]}\n")
	return err
}

func (c *matchCmd) read() ([]match.Row, error) {
	f, err := os.Open(c.Track)
	if err != nil {
		return nil, badInput(err)
	}
	rows, err := match.ReadCSV(bufio.NewReader(f))
	if err != nil {
		err = fmt.Errorf("%s: %w", c.Track, err)
	}
	return rows, badInput(errors.Join(err, f.Close()))
}

// tell prints the way in a line for people.
func (c *matchCmd) tell(e *env, r match.Result) error {
	var long geo.Metres
	for _, legs := range r.Parts {
		for i := range legs {
			long += legs[i].Distance()
		}
	}
	on := 0
	for _, p := range r.Fixes {
		if p != nil {
			on++
		}
	}
	_, err := fmt.Fprintf(e.stdout, "%.0f m in unbroken pieces: %d; fixes on streets: %d of %d\n", float64(long), len(r.Parts), on, len(r.Fixes))
	return err
}

// lineOrLines is a LineString for a way in one piece.
func lineOrLines(lines orb.MultiLineString) *geojson.Geometry {
	if len(lines) == 1 {
		return geojson.NewGeometry(lines[0])
	}
	return geojson.NewGeometry(lines)
}

// fixOf is a place as it is told, nil for a fix that was left out.
func fixOf(n *street.Network, p *match.Place) *matchedFix {
	if p == nil {
		return nil
	}
	s := n.Segment(p.Segment)
	from, _ := match.Nodes(n, p.Segment, p.Forward)
	offset := p.Along
	if !p.Forward {
		offset = max(0, geo.Metres(s.LengthM)-p.Along)
	}
	side := "on"
	switch p.Side {
	case street.Left:
		side = "left"
	case street.Right:
		side = "right"
	}
	return &matchedFix{s.Way, from, math.Round(float64(offset)*100) / 100, side, math.Round(p.Confidence*1e4) / 1e4}
}
