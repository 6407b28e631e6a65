package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"

	"citygrid/geo"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// maxTablePoints keeps a table within 200 MB of memory.
const maxTablePoints = 5000

type matrixCmd struct {
	profileFlags `embed:""`
	Points       string  `help:"CSV file with the columns lon, lat; at most 5000 rows." required:"" type:"path" placeholder:"FILE.csv"`
	Snap         float64 `help:"How far a point may lie from a usable street, in metres, at most 50000." default:"500"`
	JSON         bool    `help:"Print JSON: durations_s and distances_m, a row for each start, null where no way leads. There is no other form yet." name:"json"`
}

// Run prints the times and distances between all the points. A file that can't be
// read as points is bad input; a point off the network has nulls, and a line on
// standard error.
func (c *matrixCmd) Run(e *env) error {
	if err := checkSnap(c.Snap); err != nil {
		return err
	}
	points, err := readPoints(c.Points)
	if err != nil {
		return err
	}
	engine, err := c.engine()
	if err != nil {
		return err
	}
	t, err := engine.Table(e.ctx, points, points, geo.Metres(c.Snap))
	if err != nil {
		return err
	}
	for i, off := range t.FromOff {
		if off {
			fmt.Fprintf(e.stderr, "citygrid: point %d (%v,%v): no street for %s within %v m\n", i+1, points[i][0], points[i][1], c.Profile, c.Snap)
		}
	}
	return printTable(e.stdout, t, len(points))
}

// readPoints reads all positions of a CSV file; any fault in it is bad input.
func readPoints(name string) ([]orb.Point, error) {
	file, err := openPoints(name, "lon", "lat")
	if err != nil {
		return nil, err
	}
	defer file.close()
	var all []orb.Point
	for {
		p, err := file.next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, badInput(fmt.Errorf("%s: %w", name, err))
		}
		if len(all) == maxTablePoints {
			return nil, badInput(fmt.Errorf("%s: more than %d points; ask for several tables", name, maxTablePoints))
		}
		all = append(all, p[0])
	}
}

func printTable(w io.Writer, t *path.Table, n int) error {
	out := bufio.NewWriterSize(w, 1<<16)
	var room []byte
	half := func(name string, number func(path.Cost) float64) {
		fmt.Fprintf(out, "%q:[", name)
		for i := range n {
			room = append(room[:0], '[')
			for j := range n {
				if j > 0 {
					room = append(room, ',')
				}
				if way, ok := t.At(i, j); ok {
					room = strconv.AppendFloat(room, number(way), 'f', -1, 64)
				} else {
					room = append(room, "null"...)
				}
			}
			room = append(room, ']')
			if i < n-1 {
				room = append(room, ',')
			}
			_, _ = out.Write(room) // Flush says what went wrong
		}
		_ = out.WriteByte(']')
	}
	_ = out.WriteByte('{')
	half("durations_s", func(c path.Cost) float64 { return c.Duration.Seconds() })
	_ = out.WriteByte(',')
	half("distances_m", func(c path.Cost) float64 { return float64(c.Distance) })
	_, _ = out.WriteString("}\n")
	return out.Flush()
}
