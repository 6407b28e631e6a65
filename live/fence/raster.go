package fence

import (
	"math"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A raster answers which zones a point is in, or near the border of, by looking
// up the cell it lies in. A cell knows of every zone whether it is full or how to
// tell: the edges within reach of the cell, and whether a reference point in the
// cell is inside. From there to the point the line crosses a border or it doesn't.
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
// what a cell knows lies together, and the corners near it lie together again.
type block struct {
	words []uint32 // the entries of cell i are words[starts[i]:starts[i+1]]
	spots []orb.Point
	zones []resident
	// starts has one more, the end.
	starts [blockSide*blockSide + 1]uint32
}

// A resident is a zone that cells of a block know of.
type resident struct {
	zone *fenced
	// Corner i of the zone is spots[first+i-corner], for those that are needed here.
	first  uint32
	corner uint16
}

// An entry is what a cell knows of a zone. It takes entryWords words, the number of
// its zone in the block and the rest packed, and one for each edge: the place in spots
// of the corner from which it goes to the next.
type entry struct {
	n     uint16 // edges; 0: the cell is full
	place uint8  // where on the middle line of the cell the reference point is
	flags uint8
}

const entryWords = 2

func (e entry) pack() uint32    { return uint32(e.n) | uint32(e.place)<<16 | uint32(e.flags)<<24 }
func unpack(w uint32) (e entry) { return entry{uint16(w), uint8(w >> 16), uint8(w >> 24)} }

const (
	insideAtRef = 1 << iota
	alwaysPlain // no reference point is good enough: ask the whole border
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

// near appends the zones that p is in, and those whose border is within reach, to
// buf. Those of one level are by id.
func (r *raster) near(p orb.Point, buf []near) []near {
	var lonM, latM float64
	for i := range r.levels {
		l := &r.levels[i]
		if l.blocks.n == 0 {
			continue
		}
		c := l.cell(p)
		b := l.blocks.get(c.x>>blockBits, c.y>>blockBits)
		if b == nil {
			continue
		}
		k := (c.y&blockMask)<<blockBits | c.x&blockMask
		words := b.words[b.starts[k]:b.starts[k+1]]
		for len(words) > 0 {
			z, e := words[0], unpack(words[1])
			edges := words[entryWords : entryWords+int(e.n)]
			words = words[entryWords+int(e.n):]
			if e.n == 0 {
				buf = append(buf, near{b.zones[z].zone, true, reach})
				continue
			}
			if lonM == 0 {
				x, y := geo.MetresPerDegree(p[1])
				lonM, latM = float64(x), float64(y)
			}
			ref := orb.Point{(float64(c.x)+refX(e.place))/l.perX - 180, (float64(c.y)+refY)/l.perY - 90}
			crossed, off2 := ask(p, ref, b.spots, edges, lonM, latM)
			inside := crossed != (e.flags&insideAtRef != 0)
			if off2 < tooNear*tooNear || e.flags&alwaysPlain != 0 {
				inside = b.zones[z].zone.contains(p)
			}
			switch {
			case off2 < reach*reach:
				buf = append(buf, near{b.zones[z].zone, inside, math.Sqrt(off2)})
			case inside:
				buf = append(buf, near{b.zones[z].zone, true, reach})
			}
		}
	}
	return buf
}

// ask says whether the line from p to ref crosses an odd number of edges, and the
// square of the distance from p to the nearest; infinite where that is beyond reach.
func ask(p, ref orb.Point, spots []orb.Point, edges []uint32, lonM, latM float64) (crossed bool, off2 float64) {
	rx, ry := (ref[0]-p[0])*lonM, (ref[1]-p[1])*latM
	off2 = math.Inf(1)
	for _, i := range edges {
		ends := spots[i : i+2 : i+2]
		ax, ay := (ends[0][0]-p[0])*lonM, (ends[0][1]-p[1])*latM
		bx, by := (ends[1][0]-p[0])*lonM, (ends[1][1]-p[1])*latM
		dx, dy := bx-ax, by-ay
		// The line from p, at 0,0, to the reference point crosses the edge if the
		// edge's ends are on its two sides, and its own ends on the edge's.
		if (rx*ay-ry*ax > 0) != (rx*by-ry*bx > 0) && (dy*ax-dx*ay > 0) != (dx*(ry-ay)-dy*(rx-ax) > 0) {
			crossed = !crossed
		}
		// Many of a cell's edges are too far from p to matter, and a division is slow.
		if ax > reach && bx > reach || ax < -reach && bx < -reach || ay > reach && by > reach || ay < -reach && by < -reach {
			continue
		}
		t := -(ax*dx + ay*dy)
		if l := dx*dx + dy*dy; t >= l {
			ax, ay = bx, by
		} else if t > 0 {
			t /= l
			ax += t * dx
			ay += t * dy
		}
		off2 = min(off2, ax*ax+ay*ay)
	}
	return crossed, off2
}
