// Package presence counts where units have been: visits and time in the cells of
// H3. One Counter counts the tracks of a period; it reads no clock and keeps
// nobody's name. Positions are [lon, lat] in WGS 84. A Counter is for one
// goroutine.
package presence

import (
	"errors"
	"fmt"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// Away is how long a unit must have been elsewhere, or silent, before its next
// position in a cell is another visit. Without it somebody who walks along the
// border of two cells would visit both all the time.
const Away = 5 * time.Minute

// MaxCells is the most cells that a Counter keeps.
const MaxCells = 50_000

// ErrCells says that there would be more than MaxCells.
var ErrCells = errors.New("more than 50,000 cells: take a coarser resolution or a shorter time")

// A Count is what happened in a cell.
type Count struct {
	Visits int
	Time   time.Duration // between positions that are at most Away apart, for the cell of the earlier
	Alerts int
}

// A Counter counts in cells of one resolution.
type Counter struct {
	resolution int
	cells      map[geo.Cell]*Count
}

// NewCounter counts in cells of a resolution, 0 to geo.MaxResolution.
func NewCounter(resolution int) (*Counter, error) {
	if resolution < 0 || resolution > geo.MaxResolution {
		return nil, fmt.Errorf("%d: %w", resolution, geo.ErrResolution)
	}
	return &Counter{resolution, make(map[geo.Cell]*Count)}, nil
}

// Cells is what was counted; the Counter's own.
func (c *Counter) Cells() map[geo.Cell]*Count { return c.cells }

// At is the count of the cell of a place, which is there from now on.
func (c *Counter) At(p orb.Point) (*Count, error) {
	cell, err := geo.CellAt(p, c.resolution)
	if err != nil {
		return nil, err
	}
	return c.of(cell)
}

// Keep has a cell counted even when nobody comes there.
func (c *Counter) Keep(cell geo.Cell) error {
	_, err := c.of(cell)
	return err
}

func (c *Counter) of(cell geo.Cell) (*Count, error) {
	n := c.cells[cell]
	if n == nil {
		if len(c.cells) == MaxCells {
			return nil, ErrCells
		}
		n = new(Count)
		c.cells[cell] = n
	}
	return n, nil
}

// A Visitor is one unit on its way.
type Visitor struct {
	counter *Counter
	last    time.Time
	here    *Count
	cell    geo.Cell
	middle  orb.Point
	within  geo.Metres // of the middle: certainly in the cell
	left    map[geo.Cell]time.Time
	visits  int
}

// Visitor is another unit, whose positions are told by Visitor.Move.
func (c *Counter) Visitor() *Visitor {
	return &Visitor{counter: c, left: make(map[geo.Cell]time.Time)}
}

// Visits is how many the unit has made so far.
func (v *Visitor) Visits() int { return v.visits }

// Move is where the unit is next; at must not be before the time told last.
func (v *Visitor) Move(at time.Time, p orb.Point) error {
	begun := v.here != nil
	gap := at.Sub(v.last)
	if begun && gap <= Away {
		v.here.Time += gap
	}
	if begun {
		v.left[v.cell] = v.last
	}
	if !begun || geo.Distance(p, v.middle) >= v.within { // the look-up costs ten times as much as the distance
		cell, err := geo.CellAt(p, v.counter.resolution)
		if err != nil {
			return err
		}
		if !begun || cell != v.cell {
			if v.here, err = v.counter.of(cell); err != nil {
				return err
			}
			v.cell, v.middle, v.within = cell, cell.Center(), inside(cell)
		}
	}
	if left, ever := v.left[v.cell]; !ever || at.Sub(left) > Away {
		v.here.Visits++
		v.visits++
	}
	v.last = at
	return nil
}

// inside is a distance from the middle of a cell that is certainly in it: half of
// that to the nearest corner, where a regular cell would allow 0.86 of it.
func inside(cell geo.Cell) geo.Metres {
	middle, least := cell.Center(), geo.Metres(0)
	for i, corner := range cell.Boundary() {
		if d := geo.Distance(middle, corner); i == 0 || d < least {
			least = d
		}
	}
	return least / 2
}
