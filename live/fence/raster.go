package fence

import (
	"math"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A raster answers which zones a point is in, and how far from their borders, by
// looking up the cell it lies in. A cell knows of every zone that it shares ground
// with whether it is full or how to tell: the edges within reach of the cell, and
// whether a reference point in the cell is inside. From there to the point the line
// crosses a border or it doesn't.
//
// Small zones lie on cells of about 50 m, larger ones on cells 8 times as wide at
// each level, so that a zone takes some thousand cells at most. Cells lie in blocks
// of 16 by 16; blocks that no zone comes near don't exist, and an edit of a zone
// makes only the blocks anew that it touches.
type raster struct {
	// width and height of the cells of level 0 in degrees. The width is set by the first
	// zones, so that cells are about square where they are.
	width, height float64
	levels        []level // by size of cell; levels without zones have no blocks
}

const (
	cellM     = 50 // metres
	levelStep = 8
	maxLevels = 7
	// maxAcross is how many cells a zone may span on its level.
	maxAcross = 64
	// reach is how far from a border it is known how far it is, in metres: three
	// standard deviations of a fix good to 15 m. For fixes that are less good the whole
	// border is measured, where it matters.
	reach     = 30
	blockBits = 4
	blockSide = 1 << blockBits
	blockMask = blockSide - 1
)

type cell struct{ x, y int32 }

type level struct {
	perX, perY float64 // cells a degree
	blocks     blockTable
}

// A block is 16 by 16 cells. A look-up is bound by memory that isn't in the cache, so
// all that a cell knows lies together.
type block struct {
	words []uint32 // the entries of cell i are words[starts[i]:starts[i+1]]
	zones []*fenced
	// starts has one more, the end.
	starts [blockSide*blockSide + 1]uint32
}

// An entry is what a cell knows of a zone. It takes entryWords words, the number of
// its zone in the block and the rest packed, and two for each point of the border
// that is within reach: how far east and north it is of the cell's origin, in units. From
// each point an edge goes to the next, but not from or to one that is gap east.
type entry struct {
	n       uint32 // points; 0: the cell is full
	place   uint8  // where on the middle line of the cell the reference point is
	flags   uint8
	classes uint8 // of the zone
}

const (
	entryWords = 2
	maxPoints  = 1<<20 - 1
	gap        = math.MinInt32
	// units are what a degree is divided into: 0.1 mm each. Corners are rounded to
	// them, wherever the cells lie, so that equal zones are judged alike by whichever
	// raster. Entries with points beyond units of int32 are asked the plain way.
	units = 1e9
)

func (e entry) pack() uint32 {
	return e.n | uint32(e.place)<<20 | uint32(e.flags)<<24 | uint32(e.classes)<<28
}

func unpack(w uint32) entry {
	return entry{w & maxPoints, uint8(w>>20) & 15, uint8(w>>24) & 15, uint8(w >> 28)}
}

const (
	insideAtRef = 1 << iota
	alwaysPlain // no reference point is good enough: ask whether it is inside the plain way
	noPoints    // they are too many or too far: ask the plain way for all
)

// refs are the places of reference points along a cell, refY the line they are on.
// Odd numbers, so that they fall on nobody's edge by the roundness of its corners.
const (
	refs  = 16
	refY  = 0.4871302
	refX0 = 0.0311707
)

func refX(place uint8) float64 { return refX0 + float64(place)*(1-2*refX0)/(refs-1) }

// tooNear is the distance from the border, in metres, within which rounding might
// decide where a line crosses; there the plain rule over the whole border is asked.
const tooNear = 1e-3

func (r *raster) level(i int) level {
	size := math.Pow(levelStep, float64(i))
	return level{perX: 1 / (r.width * size), perY: 1 / (r.height * size)}
}

func (l *level) cell(p orb.Point) cell {
	return cell{int32((p[0] + 180) * l.perX), int32((p[1] + 90) * l.perY)}
}

// origin is the corner of a cell that its points are told from, in units.
func (l *level) origin(c cell) (x, y float64) {
	return math.Round((float64(c.x)/l.perX - 180) * units), math.Round((float64(c.y)/l.perY - 90) * units)
}

// reference is a reference point of a cell.
func (l *level) reference(c cell, place uint8) orb.Point {
	return orb.Point{(float64(c.x)+refX(place))/l.perX - 180, (float64(c.y)+refY)/l.perY - 90}
}

// find gives what the cell knows: words from..to of a block; nil when that is nothing.
func (l *level) find(c cell) (b *block, from, to uint32) {
	if b = l.blocks.get(c.x>>blockBits, c.y>>blockBits); b == nil {
		return nil, 0, 0
	}
	k := (c.y&blockMask)<<blockBits | c.x&blockMask
	if from, to = b.starts[k], b.starts[k+1]; from == to {
		return nil, 0, 0
	}
	return b, from, to
}

// inside appends to buf the zones that p is in, of those for one of the classes.
// Those of one level are by id.
func (r *raster) inside(p orb.Point, classes uint8, buf []near) []near {
	for i := range r.levels {
		if l := &r.levels[i]; l.blocks.n > 0 {
			c := l.cell(p)
			if b, from, to := l.find(c); b != nil {
				buf = l.ask(p, c, b.words[from:to], b.zones, classes, false, buf)
			}
		}
	}
	return buf
}

// ask is inside for one cell; with beside also zones that p is outside of by less than
// reach, with off below 0, as far as the cell can tell.
func (l *level) ask(p orb.Point, c cell, words []uint32, zones []*fenced, classes uint8, beside bool, buf []near) []near {
	var m metric
	for len(words) > 0 {
		z, e := words[0], unpack(words[1])
		points := words[entryWords : entryWords+2*e.n]
		words = words[entryWords+2*e.n:]
		if e.classes&classes == 0 {
			continue
		}
		if e.flags&noPoints != 0 {
			if f := zones[z]; f.contains(p) {
				buf = append(buf, near{f, min(reach, f.offBorder(p))})
			}
			continue
		}
		if e.n == 0 {
			buf = append(buf, near{zones[z], reach})
			continue
		}
		if m.lon == 0 {
			m = l.metric(p, c)
		}
		odd, off2 := m.cross(l.reference(c, e.place), points)
		inside := odd != (e.flags&insideAtRef != 0)
		if off2 < tooNear*tooNear || e.flags&alwaysPlain != 0 {
			inside = zones[z].contains(p)
		}
		switch {
		case inside:
			buf = append(buf, near{zones[z], math.Sqrt(min(off2, reach*reach))})
		case beside && off2 <= reach*reach && off2 > 0:
			buf = append(buf, near{zones[z], -math.Sqrt(off2)})
		}
	}
	return buf
}

// A metric is the flat map around a point that is asked for: how long units are
// there, and where the point and the origin of its cell are.
type metric struct {
	lon, lat         float64 // metres a unit
	x, y             float64 // the point, in units from the origin
	originX, originY float64
}

func (l *level) metric(p orb.Point, c cell) metric {
	lonM, latM := geo.MetresPerDegree(p[1])
	ox, oy := l.origin(c)
	return metric{
		lon: max(float64(lonM), 1e-9) / units, lat: float64(latM) / units,
		x: p[0]*units - ox, y: p[1]*units - oy, originX: ox, originY: oy,
	}
}

// cross says whether the line from the point to ref crosses an odd number of
// edges, and the square of the distance to the nearest edge; infinite where that is
// beyond reach.
func (m *metric) cross(ref orb.Point, points []uint32) (odd bool, off2 float64) {
	rx, ry := (ref[0]*units-m.originX-m.x)*m.lon, (ref[1]*units-m.originY-m.y)*m.lat
	off2 = math.Inf(1)
	var ax, ay, aside float64
	from := false // there is a point that an edge goes from
	for ; len(points) >= 2; points = points[2:] {
		east := int32(points[0])
		if east == gap {
			from = false
			continue
		}
		bx, by := (float64(east)-m.x)*m.lon, (float64(int32(points[1]))-m.y)*m.lat
		bside := rx*by - ry*bx
		if from {
			dx, dy := bx-ax, by-ay
			// The line from the point, at 0,0, to the reference point crosses the edge if
			// the edge's ends are on its two sides, and its own ends on the edge's.
			if (aside > 0) != (bside > 0) && (dy*ax-dx*ay > 0) != (dx*(ry-ay)-dy*(rx-ax) > 0) {
				odd = !odd
			}
			// Many of a cell's edges are too far to matter, and a division is slow.
			far := ax > reach && bx > reach || ax < -reach && bx < -reach || ay > reach && by > reach || ay < -reach && by < -reach
			if !far {
				x, y := ax, ay
				t := -(ax*dx + ay*dy)
				if l := dx*dx + dy*dy; t >= l {
					x, y = bx, by
				} else if t > 0 {
					t /= l
					x += t * dx
					y += t * dy
				}
				off2 = min(off2, x*x+y*y)
			}
		}
		ax, ay, aside, from = bx, by, bside, true
	}
	return odd, off2
}
