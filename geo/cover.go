package geo

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// maxCover bounds the cells of one cover, about 8 MB of them. A bureau's whole
// city of 2,000 km2 has 140,000 cells of resolution 10.
const maxCover = 1_000_000

// Errors of covers.
var (
	ErrCoverSize  = errors.New("cover would have too many cells: take a coarser resolution")
	ErrPolar      = errors.New("shape reaches beyond 85 degrees of latitude")
	ErrResolution = errors.New("resolution is not 0 to 15")
)

// CoverOverlapping gives the cells that share ground with an area, in ascending
// order, each once: for every point in the area, Contains says, its cell is among
// them. So it is the cover to pre-filter with. It may have a few cells more that
// come within a hand's breadth of the area.
//
// The area is what Index.Insert takes; it may be smaller than a cell. One that
// crosses the date line must be cut in two there (ErrDateLine), as RFC 7946 asks,
// and one whose box spans over 180 degrees is taken for such. Beyond 85 degrees of
// latitude, where edges straight in longitude and latitude mean little, it is
// ErrPolar.
func CoverOverlapping(area orb.Geometry, resolution int) ([]Cell, error) {
	return cover(area, resolution, func(p orb.Polygon) ([]Cell, error) {
		cells, err := fillOverlapping(p, resolution)
		if err != nil {
			return nil, err
		}
		return grazed(p, cells), nil
	})
}

// CoverCentre gives the cells whose centre lies in an area, in ascending order,
// each once. Areas that share no ground share no cells, so it is the cover for
// statistics. Of an area smaller than a cell it is often empty. See
// CoverOverlapping for what it takes.
func CoverCentre(area orb.Geometry, resolution int) ([]Cell, error) {
	return cover(area, resolution, func(p orb.Polygon) ([]Cell, error) { return fillCentre(p, resolution) })
}

func cover(area orb.Geometry, resolution int, fill func(orb.Polygon) ([]Cell, error)) ([]Cell, error) {
	if resolution < 0 || resolution > MaxResolution {
		return nil, fmt.Errorf("%d: %w", resolution, ErrResolution)
	}
	if err := checkArea(area); err != nil {
		return nil, err
	}
	var all []Cell
	for _, p := range polygons(area) {
		b := p.Bound()
		if b.Max[0]-b.Min[0] >= 180 {
			return nil, ErrDateLine
		}
		if b.Min[1] < -85 || b.Max[1] > 85 {
			return nil, ErrPolar
		}
		if expectedCells(p, resolution)+float64(len(all)) > maxCover {
			return nil, ErrCoverSize
		}
		cells, err := fill(p)
		if err != nil {
			return nil, fmt.Errorf("cover of %v at resolution %d: %w", b, resolution, err)
		}
		all = append(all, cells...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// polygons takes a checked area apart.
func polygons(area orb.Geometry) []orb.Polygon {
	switch a := area.(type) {
	case orb.Bound:
		return []orb.Polygon{a.ToPolygon()}
	case orb.Ring:
		return []orb.Polygon{{a}}
	case orb.Polygon:
		return []orb.Polygon{a}
	case orb.MultiPolygon:
		return a
	}
	return nil
}

// expectedCells is about how many cells cover a polygon: those of its ground and
// those along its rings.
func expectedCells(p orb.Polygon, resolution int) float64 {
	lonM, latM := MetresPerDegree(p.Bound().Center()[1])
	area := cellArea(resolution)
	var ground, length float64
	for k, ring := range p {
		var twice float64
		for i := range ring {
			a, b := ring[i], ring[(i+1)%len(ring)]
			twice += (a[0]-p[0][0][0])*(b[1]-p[0][0][1]) - (b[0]-p[0][0][0])*(a[1]-p[0][0][1])
			length += float64(Distance(a, b))
		}
		sign := 1.0
		if k > 0 {
			sign = -1
		}
		ground += sign * math.Abs(twice) / 2 * float64(lonM*latM)
	}
	return max(0, ground)/area + 2*length/math.Sqrt(area) + 1
}

// grazed adds to the cells that H3 finds for a polygon those that the polygon
// only just reaches into.
//
// H3 fills with outlines whose edges are straight in longitude and latitude, but
// which cell a point lies in follows edges straight on the ground. Between the
// two is a sliver, 0.1 mm wide at resolution 10 and 70 m at 3. A polygon whose
// corner lies in a sliver would be missed by a look-up from there. So each
// neighbour of a cell found is taken too if the polygon comes within the sliver's
// width of it.
func grazed(p orb.Polygon, cells []Cell) []Cell {
	had := make(map[Cell]bool, len(cells))
	for _, c := range cells {
		had[c] = true
	}
	for i := 0; i < len(cells); i++ { // cells grows: what is added has neighbours too
		for _, c := range cells[i].neighbours() {
			if !had[c] {
				had[c] = true
				if reaches(p, c.Boundary()) {
					cells = append(cells, c)
				}
			}
		}
	}
	return cells
}

// reaches says whether a ring of p comes as near to an edge of the cell as the
// sliver is wide.
func reaches(p orb.Polygon, cell orb.Ring) bool {
	mid := cell.Bound().Center()
	for i := 1; i < len(cell); i++ {
		a, b := cell[i-1], cell[i]
		near := sliver(a, b)
		lonM, latM := MetresPerDegree(min(85, max(math.Abs(a[1]), math.Abs(b[1]))))
		grow := [2]float64{float64(near / lonM), float64(near / latM)}
		box := orb.Bound{Min: a, Max: a}.Extend(b)
		box.Min[0], box.Min[1] = box.Min[0]-grow[0], box.Min[1]-grow[1]
		box.Max[0], box.Max[1] = box.Max[0]+grow[0], box.Max[1]+grow[1]
		for _, ring := range p {
			for k := range ring {
				c, d := ring[k], ring[(k+1)%len(ring)]
				// The cell may lie beyond the date line, seen from p.
				turn := 360 * math.Round((mid[0]-c[0])/360)
				c[0], d[0] = c[0]+turn, d[0]+turn
				if !box.Intersects(orb.Bound{Min: c, Max: c}.Extend(d)) {
					continue
				}
				if edgesApart(a, b, c, d) <= near {
					return true
				}
			}
		}
	}
	return false
}

// sliver bounds how far the great circle from a to b leaves the line straight in
// longitude and latitude: length squared over 8 R, times the tangent of the
// latitude, twice that for safety, plus 1 cm for roundings.
func sliver(a, b orb.Point) Metres {
	l := Distance(a, b)
	lat := min(85, max(math.Abs(a[1]), math.Abs(b[1]))+1)
	return l*l/(4*EarthRadius)*Metres(math.Tan(lat*radians)) + 0.01
}

// edgesApart is the distance between two edges that don't cross; of those that
// cross it is that of the nearest end.
func edgesApart(a, b, c, d orb.Point) Metres {
	_, _, d1 := NearestOnSegment(a, c, d)
	_, _, d2 := NearestOnSegment(b, c, d)
	_, _, d3 := NearestOnSegment(c, a, b)
	_, _, d4 := NearestOnSegment(d, a, b)
	return min(d1, d2, d3, d4)
}
