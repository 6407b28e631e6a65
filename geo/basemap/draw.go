package basemap

import (
	"slices"

	"github.com/paulmach/orb"
)

// geometry is the item in the tile's units, clipped, or nil if nothing of it is
// left there. Lines and areas are rounded to the nearest unit. Points are rounded
// down, so that each is in exactly one tile: renderers leave out labels that
// stand in a tile's buffer.
func (c *canvas) geometry(it *item, shape Shape) orb.Geometry {
	if shape == Dots {
		return c.dots(it)
	}
	outlines := it.outlines
	if !c.ground.holds(it.box) {
		outlines = clipOutlines(outlines, shape, c.ground)
	}
	if shape == Lines {
		return c.lines(outlines)
	}
	return c.polygons(outlines)
}

// at places p in the tile's units, after adding so much of Point's units.
func (c *canvas) at(p Point, add int64) (x, y int64) {
	shift := worldBits - extentBits - c.z
	x = (int64(p.X)+add)>>shift - int64(c.x)<<extentBits
	y = (int64(p.Y)+add)>>shift - int64(c.y)<<extentBits
	return x, y
}

func (c *canvas) half() int64 { return 1 << (worldBits - extentBits - c.z) >> 1 }

func (c *canvas) dots(it *item) orb.Geometry {
	var dots orb.MultiPoint
	for _, o := range it.outlines {
		for _, p := range o.points {
			if x, y := c.at(p, 0); x >= 0 && x < extent && y >= 0 && y < extent {
				dots = append(dots, orb.Point{float64(x), float64(y)})
			}
		}
	}
	switch len(dots) {
	case 0:
		return nil
	case 1:
		return dots[0]
	}
	return dots
}

// rounded places a line or ring, without points that fall on the one before.
func (c *canvas) rounded(points []Point, room int) []orb.Point {
	rounded := make([]orb.Point, 0, len(points)+room)
	for _, p := range points {
		x, y := c.at(p, c.half())
		q := orb.Point{float64(x), float64(y)}
		if n := len(rounded); n == 0 || rounded[n-1] != q {
			rounded = append(rounded, q)
		}
	}
	return rounded
}

func (c *canvas) lines(outlines []outline) orb.Geometry {
	var lines orb.MultiLineString
	for _, o := range outlines {
		if line := c.rounded(o.points, 0); len(line) > 1 {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return lines
}

// polygons winds outer rings clockwise on the screen and holes the other way, as
// the format wants: it tells them apart by that alone.
func (c *canvas) polygons(outlines []outline) orb.Geometry {
	var polygons orb.MultiPolygon
	outer := false // the last outer ring is there
	for _, o := range outlines {
		if o.hole && !outer {
			continue
		}
		ring := straightened(c.rounded(o.points, 1))
		turn := turning(ring)
		if !o.hole {
			outer = turn != 0
		}
		if turn == 0 {
			continue
		}
		if turn > 0 == o.hole {
			slices.Reverse(ring)
		}
		ring = append(ring, ring[0])
		if o.hole {
			last := len(polygons) - 1
			polygons[last] = append(polygons[last], ring)
		} else {
			polygons = append(polygons, orb.Polygon{ring})
		}
	}
	switch len(polygons) {
	case 0:
		return nil
	case 1:
		return polygons[0]
	}
	return polygons
}

// straightened leaves out points in the middle of a straight side, and spikes,
// which rounding and clipping make. It works in place, on a ring that is open.
func straightened(ring []orb.Point) []orb.Point {
	kept := ring[:0]
	for _, p := range ring {
		for len(kept) > 1 && straight(kept[len(kept)-2], kept[len(kept)-1], p) {
			kept = kept[:len(kept)-1]
		}
		if len(kept) == 0 || kept[len(kept)-1] != p {
			kept = append(kept, p)
		}
	}
	// Where the ring closes the same may hold at either end.
	for len(kept) > 2 {
		n := len(kept)
		switch {
		case kept[n-1] == kept[0] || straight(kept[n-2], kept[n-1], kept[0]):
			kept = kept[:n-1]
		case straight(kept[n-1], kept[0], kept[1]):
			kept = kept[1:]
		default:
			return kept
		}
	}
	return kept
}

// straight reports whether the three are on one line, in whichever order.
func straight(a, b, c orb.Point) bool {
	return (b[0]-a[0])*(c[1]-a[1]) == (c[0]-a[0])*(b[1]-a[1])
}

// turning is twice the ring's area in the tile, positive if it turns clockwise
// on the screen, and 0 for less than three points.
func turning(ring []orb.Point) (twice float64) {
	for i := 2; i < len(ring); i++ {
		a, b, c := ring[0], ring[i-1], ring[i]
		twice += (b[0]-a[0])*(c[1]-a[1]) - (c[0]-a[0])*(b[1]-a[1])
	}
	return twice
}
