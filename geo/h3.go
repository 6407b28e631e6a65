package geo

import (
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

// A Cell is an H3 cell. In JSON it is a hex string: as a number it would not fit
// JavaScript's. The zero Cell is none.
type Cell uint64

// ErrCell is the rule for text that names no cell.
var ErrCell = errors.New("not an H3 cell")

// MaxResolution is H3's finest resolution, cells of 0.9 m2. Each step coarser is
// seven times as large; 10 is 1.5 ha.
const MaxResolution = 15

// CellAt is the cell of that resolution (0 to MaxResolution) that p lies in.
func CellAt(p orb.Point, resolution int) (Cell, error) {
	if err := checkPoint(p); err != nil {
		return 0, err
	}
	c, err := h3.LatLngToCell(h3.LatLng{Lat: p[1], Lng: p[0]}, resolution)
	if err != nil {
		return 0, fmt.Errorf("cell of resolution %d at %v: %w", resolution, p, err)
	}
	return Cell(c), nil
}

// ParseCell reads the hex string of a cell.
func ParseCell(s string) (Cell, error) {
	c := h3.CellFromString(s)
	if !c.IsValid() || c.String() != s {
		return 0, fmt.Errorf("%q: %w", s, ErrCell)
	}
	return Cell(c), nil
}

// String is the cell's hex string, such as "8a2aa1072b47fff"; of no cell, "".
func (c Cell) String() string {
	if c == 0 {
		return ""
	}
	return h3.Cell(c).String()
}

// MarshalText writes the hex string.
func (c Cell) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a hex string; of the empty one it makes the zero Cell.
func (c *Cell) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*c = 0
		return nil
	}
	*c, err = ParseCell(string(text))
	return err
}

// Valid says whether c is a cell at all.
func (c Cell) Valid() bool { return h3.Cell(c).IsValid() }

// Resolution is the cell's resolution, 0 to MaxResolution.
func (c Cell) Resolution() int { return h3.Cell(c).Resolution() }

// Center is the cell's middle; of what is no valid cell it is NaN.
func (c Cell) Center() orb.Point {
	if !c.Valid() {
		return orb.Point{math.NaN(), math.NaN()}
	}
	at, err := h3.Cell(c).LatLng()
	if err != nil {
		return orb.Point{math.NaN(), math.NaN()}
	}
	return orb.Point{at.Lng, at.Lat}
}

// Boundary is the cell's outline, closed, counter-clockwise as GeoJSON wants it.
// Of a cell on the date line some longitudes are beyond 180 or -180, so that the
// ring is in one piece. Of what is no valid cell it is nil.
func (c Cell) Boundary() orb.Ring {
	if !c.Valid() {
		return nil
	}
	corners, err := h3.Cell(c).Boundary()
	if err != nil {
		return nil
	}
	ring := make(orb.Ring, 0, len(corners)+1)
	for i, corner := range corners {
		lon := corner.Lng
		if i > 0 {
			lon = ring[0][0] + math.Remainder(lon-ring[0][0], 360)
		}
		ring = append(ring, orb.Point{lon, corner.Lat})
	}
	return append(ring, ring[0])
}

// Parent is the coarser cell that c belongs to. Its outline is not quite the sum
// of its children's. ok is false if c is not valid or not finer than resolution.
func (c Cell) Parent(resolution int) (parent Cell, ok bool) {
	if !c.Valid() || resolution < 0 || resolution > c.Resolution() {
		return 0, false
	}
	p, err := h3.Cell(c).Parent(resolution)
	return Cell(p), err == nil
}

// neighbours are the cells around c, six or, of a pentagon, five.
func (c Cell) neighbours() []Cell {
	disk, err := h3.Cell(c).GridDisk(1)
	if err != nil {
		return nil
	}
	cells := make([]Cell, 0, 6)
	for _, d := range disk {
		if Cell(d) != c {
			cells = append(cells, Cell(d))
		}
	}
	return cells
}

// cellArea is the mean area of a cell in square metres.
func cellArea(resolution int) float64 {
	km2, err := h3.HexagonAreaAvgKm2(resolution)
	if err != nil {
		return math.NaN()
	}
	return km2 * 1e6
}

// fill gives the cells of one polygon, in H3's order.
func fill(p orb.Polygon, resolution int, mode h3.ContainmentMode) ([]Cell, error) {
	loop := func(ring orb.Ring) h3.GeoLoop {
		if n := len(ring); n > 1 && ring[0] == ring[n-1] {
			ring = ring[:n-1]
		}
		out := make(h3.GeoLoop, len(ring))
		for i, at := range ring {
			out[i] = h3.LatLng{Lat: at[1], Lng: at[0]}
		}
		return out
	}
	poly := h3.GeoPolygon{GeoLoop: loop(p[0])}
	for _, hole := range p[1:] {
		poly.Holes = append(poly.Holes, loop(hole))
	}
	found, err := h3.PolygonToCellsExperimental(poly, resolution, mode)
	if err != nil {
		return nil, err
	}
	cells := make([]Cell, len(found))
	for i, c := range found {
		cells[i] = Cell(c)
	}
	return cells, nil
}

func fillOverlapping(p orb.Polygon, resolution int) ([]Cell, error) {
	return fill(p, resolution, h3.ContainmentOverlapping)
}

func fillCentre(p orb.Polygon, resolution int) ([]Cell, error) {
	return fill(p, resolution, h3.ContainmentCenter)
}
