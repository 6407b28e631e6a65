package basemap

import (
	"cmp"
	"slices"

	"github.com/tidwall/rtree"
)

// separate is the first zoom that keeps every line on its own, as the app wants
// to light up one segment. Below it lines that look alike are merged.
const separate = 14

// tolerance is how far, in a tile's units, simplified lines may stray: a third
// of a pixel on a screen that shows the tile at its own zoom.
const tolerance = 3

// A sheet is what a zoom draws of the map: lines merged and simplified, things
// too small left out. The zooms from separate on share one, which draws
// everything as it is.
type sheet struct {
	zoom  uint32 // the lowest that it is for
	items []item // in drawing order; for labels that is the most important first
	trees [Layers]rtree.RTreeGN[float64, uint32]
}

// An item is a thing, or a part of one, on a sheet.
type item struct {
	record   uint32 // whose attributes it has
	layer    Layer
	first    uint8 // zoom
	outlines []outline
	box      box
	cell     cell // the item is only for the tiles in it
	order    float64
	merged   bool // from many records: a tile gives those of one record as one feature
}

type outline struct {
	points []Point
	hole   bool
}

// A cell is a tile address. The zero cell is the world.
type cell struct{ z, x, y uint32 }

// has tells whether the tile, which is not larger, lies in the cell.
func (c cell) has(z, x, y uint32) bool {
	return z >= c.z && x>>(z-c.z) == c.x && y>>(z-c.z) == c.y
}

// newSheet makes the sheet of zoom z. first holds the first zoom of each record.
func newSheet(p *Parts, first []uint8, z uint8) *sheet {
	s := sheet{zoom: min(uint32(z), separate)}
	var mergeable lineGroups
	for i := range p.Records {
		r := &p.Records[i]
		if first[i] > z {
			continue
		}
		if r.Shape == Lines && z < separate {
			mergeable.add(p, uint32(i), first[i], z)
			continue
		}
		it := item{record: uint32(i), layer: r.Layer, first: first[i], outlines: p.outlines(r)}
		if r.Shape == Polygons && z < separate {
			it.outlines = simplifyPolygon(it.outlines, z)
		}
		it.order = p.order(r)
		s.put(it, r.Shape)
	}
	for _, group := range mergeable.groups {
		r := &p.Records[group.record]
		it := item{record: group.record, layer: r.Layer, first: group.first, order: p.order(r), merged: true}
		for _, line := range merge(group.lines) {
			it.outlines = []outline{{points: simplify(line, tolerance*unit(z))}}
			s.put(it, Lines)
		}
	}
	s.index()
	return &s
}

// unit is the width of a unit of a tile of zoom z, in Point's.
func unit(z uint8) float64 {
	return float64(uint64(1) << (worldBits - extentBits - uint(z)))
}

// index sorts the items and makes the trees.
func (s *sheet) index() {
	slices.SortStableFunc(s.items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.layer, b.layer), cmp.Compare(a.order, b.order), cmp.Compare(a.record, b.record))
	})
	for i, it := range s.items {
		s.trees[it.layer].Insert(it.box.corners(uint32(i)))
	}
}

func (b box) corners(i uint32) (low, high [2]float64, item uint32) {
	return [2]float64{float64(b.low.X), float64(b.low.Y)}, [2]float64{float64(b.high.X), float64(b.high.Y)}, i
}

// outlines are the record's rings, on the map's own points.
func (p *Parts) outlines(r *Record) []outline {
	outlines := make([]outline, r.Rings)
	for i, ring := range p.Rings[r.First : r.First+r.Rings] {
		end := ring.First + ring.Count
		outlines[i] = outline{p.Points[ring.First:end:end], ring.Hole}
	}
	return outlines
}

// simplifyPolygon simplifies rings and leaves out small holes and, if there are
// others, small parts.
func simplifyPolygon(outlines []outline, z uint8) []outline {
	least := 4 * unit(z) * 4 * unit(z)
	var kept []outline
	dropped := false // the outer ring
	for _, o := range outlines {
		area := signedArea(o.points)
		small := max(area, -area) < least
		if !o.hole {
			dropped = small && len(outlines) > 1
		}
		if dropped || o.hole && small {
			continue
		}
		kept = append(kept, outline{simplifyRing(o.points, tolerance*unit(z)), o.hole})
	}
	if len(kept) == 0 {
		return outlines
	}
	return kept
}

// lineGroups are the lines of a sheet, by how they look.
type lineGroups struct {
	number map[Record]int
	groups []lineGroup // in the order of their first lines
}

type lineGroup struct {
	record uint32
	first  uint8
	lines  [][]Point
}

func (g *lineGroups) add(p *Parts, i uint32, first, z uint8) {
	r := &p.Records[i]
	look := p.shownAt(*r, z)
	n, known := g.number[look]
	if !known {
		if g.number == nil {
			g.number = map[Record]int{}
		}
		n = len(g.groups)
		g.number[look] = n
		g.groups = append(g.groups, lineGroup{record: i, first: first})
	}
	for _, o := range p.outlines(r) {
		g.groups[n].lines = append(g.groups[n].lines, o.points)
	}
}

// order sorts the items of a layer: areas large to small, so that a pond is on
// its park; streets from the ground up and from paths to motorways; labels from
// the most important down, as renderers place them first come, first served.
func (p *Parts) order(r *Record) float64 {
	switch {
	case r.Shape == Polygons:
		return -p.area(r)
	case r.Layer == Street:
		return float64(r.Level)*1000 - float64(streetZooms[p.Words[r.Kind]].draw)
	case r.Shape == Dots:
		return float64(p.ruledZoom(r))*1000 + float64(r.Rank)
	}
	return float64(r.Level)
}

// most is how many points a thing may have before it is cut up: a tile that
// needs a few of a coast's points shouldn't have to look at all of them.
const most = 500

// put adds an item, in cells of a quarter, a sixteenth ... of the world if it has
// many points. A cell's part reaches beyond it as far as the cell's own tile does,
// so beyond any tile within, and no cut edge shows.
func (s *sheet) put(it item, shape Shape) {
	points := 0
	for i, o := range it.outlines {
		points += len(o.points)
		if around := boxOf(o.points); i == 0 {
			it.box = around
		} else {
			it.box = it.box.with(around)
		}
	}
	if points <= most || shape == Dots || it.cell.z >= s.zoom {
		s.items = append(s.items, it)
		return
	}
	parts, total := quarters(it, shape)
	if total > points+points/4 {
		s.items = append(s.items, it) // a scribble, which cutting only makes more of
		return
	}
	for _, part := range parts {
		s.put(part, shape)
	}
}

// quarters cuts an item in four, and counts the points of the parts.
func quarters(it item, shape Shape) (parts []item, points int) {
	for quarter := range uint32(4) {
		part := it
		part.cell = cell{it.cell.z + 1, it.cell.x<<1 | quarter&1, it.cell.y<<1 | quarter>>1}
		ground := boxOfTile(part.cell.z, part.cell.x, part.cell.y, buffer)
		if !ground.meets(it.box) {
			continue
		}
		if part.outlines = clipOutlines(it.outlines, shape, ground); len(part.outlines) == 0 {
			continue
		}
		for _, o := range part.outlines {
			points += len(o.points)
		}
		parts = append(parts, part)
	}
	return parts, points
}

// clipOutlines is the part of the outlines inside the box.
func clipOutlines(outlines []outline, shape Shape, b box) []outline {
	var inside []outline
	outer := false // the last outer ring has a part inside
	for _, o := range outlines {
		if shape == Lines {
			for _, piece := range clipLine(o.points, b) {
				inside = append(inside, outline{points: piece})
			}
			continue
		}
		if o.hole && !outer {
			continue
		}
		ring := clipRing(o.points, b)
		if !o.hole {
			outer = ring != nil
		}
		if ring != nil {
			inside = append(inside, outline{ring, o.hole})
		}
	}
	return inside
}
