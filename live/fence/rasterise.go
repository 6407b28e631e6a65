package fence

import (
	"cmp"
	"math"
	"slices"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// with gives the raster with zones added and gone. The old one stays as it is;
// both share the blocks that neither touches.
func (r raster) with(added, gone []*fenced) raster {
	next := raster{width: r.width, height: r.height, levels: slices.Clone(r.levels)}
	if len(added) > 0 && next.height == 0 {
		lonM, latM := geo.MetresPerDegree(middle(added))
		next.width, next.height = cellM/max(1, float64(lonM)), cellM/float64(latM)
	}
	if next.levels == nil && next.height != 0 {
		for i := range maxLevels {
			next.levels = append(next.levels, next.level(i))
		}
	}
	// What is to be put into each block, by level and block. A block with nothing new
	// but something to lose has an empty list.
	work := make([]map[uint64][]item, len(next.levels))
	for i := range work {
		work[i] = map[uint64][]item{}
	}
	leaves := make(map[*fenced]bool, len(gone))
	for _, f := range gone {
		leaves[f] = true
		for y := f.lo.y >> blockBits; y <= f.hi.y>>blockBits; y++ {
			for x := f.lo.x >> blockBits; x <= f.hi.x>>blockBits; x++ {
				if key := blockKey(x, y); work[f.level][key] == nil {
					work[f.level][key] = []item{}
				}
			}
		}
	}
	var d drawing
	for _, f := range added {
		next.place(f)
		for _, it := range d.draw(f, &next.levels[f.level]) {
			key := blockKey(it.at.x>>blockBits, it.at.y>>blockBits)
			work[f.level][key] = append(work[f.level][key], it)
		}
	}
	for i, blocks := range work {
		if len(blocks) == 0 {
			continue
		}
		all := next.levels[i].blocks.all()
		for key, items := range blocks {
			if b := all[key].with(items, leaves); b != nil {
				all[key] = b
			} else {
				delete(all, key)
			}
		}
		next.levels[i].blocks = tableOf(all)
	}
	return next
}

// middle is the mean latitude of where zones begin.
func middle(zones []*fenced) float64 {
	sum := 0.0
	for _, f := range zones {
		sum += f.line[0][1]
	}
	return sum / float64(len(zones))
}

// place chooses a zone's level and finds the cells it may reach.
func (r *raster) place(f *fenced) {
	b := f.bound
	lat := max(math.Abs(b.Min[1]), math.Abs(b.Max[1]))
	lonM, latM := geo.MetresPerDegree(min(89.9, lat+0.01))
	padLat := (reach + 1) / float64(latM)
	padLon := (reach + 1) / float64(lonM)
	lo := orb.Point{max(-180, b.Min[0]-padLon), max(-90, b.Min[1]-padLat)}
	hi := orb.Point{min(180, b.Max[0]+padLon), min(90, b.Max[1]+padLat)}
	for f.level = range r.levels {
		f.lo, f.hi = r.levels[f.level].cell(lo), r.levels[f.level].cell(hi)
		if max(f.hi.x-f.lo.x, f.hi.y-f.lo.y) < maxAcross {
			break
		}
	}
}

// An item is an entry on its way into a block, with its points.
type item struct {
	at     cell
	zone   *fenced
	entry  entry
	points []uint32
}

// with is the block with items put in and the entries of zones that leave taken
// out; nil if nothing is left. b may be nil.
func (b *block) with(items []item, leave map[*fenced]bool) *block {
	if b != nil {
		items = append(items, b.items(leave)...)
	}
	if len(items) == 0 {
		return nil
	}
	slices.SortFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.inBlock(), b.inBlock()), cmp.Compare(a.zone.id, b.zone.id))
	})
	next := &block{}
	number := map[*fenced]uint32{}
	words := 0
	for i := range items {
		words += entryWords + len(items[i].points)
	}
	next.words = make([]uint32, 0, words)
	k := 0
	for i := range items {
		it := &items[i]
		for ; k <= it.inBlock(); k++ {
			next.starts[k] = uint32(len(next.words))
		}
		z, known := number[it.zone]
		if !known {
			z = uint32(len(next.zones))
			number[it.zone] = z
			next.zones = append(next.zones, it.zone)
		}
		next.words = append(append(next.words, z, it.entry.pack()), it.points...)
	}
	for ; k < len(next.starts); k++ {
		next.starts[k] = uint32(len(next.words))
	}
	next.zones = slices.Clip(next.zones)
	return next
}

// items takes the block apart again, but for zones that leave. They share its words.
func (b *block) items(leave map[*fenced]bool) []item {
	var out []item
	for k := range blockSide * blockSide {
		words := b.words[b.starts[k]:b.starts[k+1]]
		for len(words) > 0 {
			f, e := b.zones[words[0]], unpack(words[1])
			points := words[entryWords : entryWords+2*e.n]
			words = words[entryWords+2*e.n:]
			if !leave[f] {
				out = append(out, item{cell{int32(k & blockMask), int32(k >> blockBits)}, f, e, points})
			}
		}
	}
	return out
}

func (it *item) inBlock() int {
	return int(it.at.y&blockMask)<<blockBits | int(it.at.x&blockMask)
}

// A drawing draws zones into cells. It keeps its working space from one to the
// next.
type drawing struct {
	pairs  []pair
	counts []uint32
	meets  []bool      // cells that an edge touches, or nearly
	rows   [][]float64 // where the border crosses the reference line of each row, ascending
}

// A pair is an edge within reach of a cell.
type pair struct {
	cell  uint32 // row by row from f.lo
	edge  uint16
	meets bool // it touches the cell, or nearly
}

// draw gives the zone's items: of cells that share ground with it, or might by
// rounding.
func (d *drawing) draw(f *fenced, l *level) []item {
	wide, high := int(f.hi.x-f.lo.x)+1, int(f.hi.y-f.lo.y)+1
	d.cross(f, l, high)
	edges, starts := d.collect(f, l, wide, high)
	var items []item
	for y := range high {
		for x := range wide {
			i := y*wide + x
			at := cell{f.lo.x + int32(x), f.lo.y + int32(y)}
			e := entry{classes: allClasses}
			if !f.away { // for these being inside is nothing to look at
				e.classes |= f.classes
			}
			mine := edges[starts[i]:starts[i+1]]
			if len(mine) == 0 {
				if odd(d.rows[y], (float64(at.x)+0.5)/l.perX-180) {
					items = append(items, item{at, f, e, nil})
				}
				continue
			}
			if !d.meets[i] && !odd(d.rows[y], l.reference(at, 0)[0]) {
				continue // all of it is outside
			}
			good := e.choose(at, l, f, mine)
			if odd(d.rows[y], l.reference(at, e.place)[0]) {
				e.flags |= insideAtRef
			}
			if !good {
				e.flags |= alwaysPlain
			}
			points, ok := l.points(at, f, mine)
			if e.n = uint32(len(points) / 2); !ok {
				e.n, e.flags = 0, noPoints
			}
			items = append(items, item{at, f, e, points})
		}
	}
	return items
}

// points are the ends of edges as a cell keeps them, edges that follow each other
// in a row; ok is false if a cell can't keep them.
func (l *level) points(at cell, f *fenced, edges []uint16) (points []uint32, ok bool) {
	ox, oy := l.origin(at)
	add := func(p orb.Point) bool {
		x, y := math.Round(p[0]*units)-ox, math.Round(p[1]*units)-oy
		if math.Abs(x) >= math.MaxInt32 || math.Abs(y) >= math.MaxInt32 {
			return false
		}
		points = append(points, uint32(int32(x)), uint32(int32(y)))
		return true
	}
	points = make([]uint32, 0, 2*len(edges)+4)
	for i, k := range edges {
		if i == 0 || edges[i-1]+1 != k {
			if i > 0 {
				points = append(points, 1<<31, 0) // gap
			}
			if !add(f.line[k]) {
				return nil, false
			}
		}
		if !add(f.line[k+1]) {
			return nil, false
		}
	}
	return points, len(points)/2 <= maxPoints
}

// odd says whether an odd number of crossings are east of x.
func odd(row []float64, x float64) bool {
	// The first that is greater: a ray from x counts those with x < crossing.
	i, _ := slices.BinarySearchFunc(row, x, func(c, x float64) int {
		if c > x {
			return 1
		}
		return -1
	})
	return (len(row)-i)%2 == 1
}

// cross finds where the border crosses the reference line of each row.
func (d *drawing) cross(f *fenced, l *level, high int) {
	for len(d.rows) < high {
		d.rows = append(d.rows, nil)
	}
	for y := range high {
		d.rows[y] = d.rows[y][:0]
	}
	for k := 1; k < len(f.rings); k++ {
		for i := f.rings[k-1]; i < f.rings[k]-1; i++ {
			a, b := f.line[i], f.line[i+1]
			from := l.cell(orb.Point{0, min(a[1], b[1])}).y
			to := l.cell(orb.Point{0, max(a[1], b[1])}).y
			for y := from; y <= to; y++ {
				lat := (float64(y)+refY)/l.perY - 90
				if (a[1] > lat) != (b[1] > lat) {
					d.rows[y-f.lo.y] = append(d.rows[y-f.lo.y], eastAt(a, b, lat))
				}
			}
		}
	}
	for y := range high {
		slices.Sort(d.rows[y])
	}
}

// collect finds the edges within reach of each cell: edges[starts[i]:starts[i+1]].
func (d *drawing) collect(f *fenced, l *level, wide, high int) (edges []uint16, starts []uint32) {
	d.pairs = d.pairs[:0]
	starts = make([]uint32, wide*high+1)
	for k := 1; k < len(f.rings); k++ {
		for i := f.rings[k-1]; i < f.rings[k]-1; i++ {
			d.edge(f, l, uint16(i), wide)
		}
	}
	d.meets = append(d.meets[:0], make([]bool, wide*high)...)
	for _, p := range d.pairs {
		starts[p.cell+1]++
		d.meets[p.cell] = d.meets[p.cell] || p.meets
	}
	for i := range wide * high {
		starts[i+1] += starts[i]
	}
	edges = make([]uint16, len(d.pairs))
	d.counts = append(d.counts[:0], starts...)
	for _, p := range d.pairs {
		edges[d.counts[p.cell]] = p.edge
		d.counts[p.cell]++
	}
	return edges, starts
}

// edge finds the cells within reach of one edge: those whose box, made larger by
// the reach on all sides, it meets. Degrees are taken so that no cell is missed
// whichever latitude's metres the asking fix uses.
func (d *drawing) edge(f *fenced, l *level, i uint16, wide int) {
	a, b := f.line[i], f.line[i+1]
	pad := reachDegrees(l, f)
	from := l.cell(orb.Point{max(-180, min(a[0], b[0])-pad[0]), max(-90, min(a[1], b[1])-pad[1])})
	to := l.cell(orb.Point{min(180, max(a[0], b[0])+pad[0]), min(90, max(a[1], b[1])+pad[1])})
	// A metre for what rounding might do.
	tiny := orb.Point{pad[0] / (reach + 1), pad[1] / (reach + 1)}
	for y := max(from.y, f.lo.y); y <= min(to.y, f.hi.y); y++ {
		low, high := float64(y)/l.perY-90, float64(y+1)/l.perY-90
		west, east, ok := between(a, b, low-pad[1], high+pad[1])
		if !ok {
			continue
		}
		// The part of the edge in this row spans these cells, and the reach.
		first := l.cell(orb.Point{max(-180, west-pad[0]), 0}).x
		last := l.cell(orb.Point{min(180, east+pad[0]), 0}).x
		west, east, touches := between(a, b, low-tiny[1], high+tiny[1])
		firstIn := l.cell(orb.Point{max(-180, west-tiny[0]), 0}).x
		lastIn := l.cell(orb.Point{min(180, east+tiny[0]), 0}).x
		for x := max(first, f.lo.x); x <= min(last, f.hi.x); x++ {
			d.pairs = append(d.pairs, pair{uint32(int(y-f.lo.y)*wide + int(x-f.lo.x)), i, touches && x >= firstIn && x <= lastIn})
		}
	}
}

// between gives the longitudes that the edge from a to b has between two
// latitudes; ok is false if it has none.
func between(a, b orb.Point, south, north float64) (west, east float64, ok bool) {
	if a[1] > b[1] {
		a, b = b, a
	}
	if b[1] < south || a[1] > north {
		return 0, 0, false
	}
	if a[1] < south {
		a = orb.Point{eastAt(a, b, south), south}
	}
	if b[1] > north {
		b = orb.Point{eastAt(a, b, north), north}
	}
	return min(a[0], b[0]), max(a[0], b[0]), true
}

// reachDegrees is how far, in degrees of longitude and latitude, an edge of f may
// be from a cell that it is within reach of.
func reachDegrees(l *level, f *fenced) [2]float64 {
	south, north := float64(f.lo.y)/l.perY-90, float64(f.hi.y+1)/l.perY-90
	lonM, latM := geo.MetresPerDegree(min(89.9, max(math.Abs(south), math.Abs(north))))
	return [2]float64{(reach + 1) / float64(lonM), (reach + 1) / float64(latM)}
}

// choose finds a reference point off the lines that the edges lie on: a line from
// a point on such a line could not be said to cross the edge or not. It says
// whether there is one.
func (e *entry) choose(at cell, l *level, f *fenced, edges []uint16) bool {
	lat := (float64(at.y)+refY)/l.perY - 90
	lonM, latM := geo.MetresPerDegree(lat)
	size := float64(latM) / l.perY
	best := -1.0
	for place := range uint8(refs) {
		p := l.reference(at, place)
		off := math.Inf(1)
		for _, i := range edges {
			a, b := f.line[i], f.line[i+1]
			dx, dy := (b[0]-a[0])*float64(lonM), (b[1]-a[1])*float64(latM)
			long := math.Hypot(dx, dy)
			if long == 0 {
				continue
			}
			cross := dx*(p[1]-a[1])*float64(latM) - dy*(p[0]-a[0])*float64(lonM)
			if off = min(off, math.Abs(cross)/long); off <= best {
				break
			}
		}
		if off > best {
			best, e.place = off, place
		}
		if best > size/50 {
			break
		}
	}
	return best > size/10_000
}
