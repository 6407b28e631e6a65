package hub

import (
	"math"

	"github.com/paulmach/orb"
)

// Ground is divided into the tiles of a web map at this zoom, 2.4 km wide at the
// equator: a map of a town shows a few dozen.
const cellZoom = 14

// A cellKey is a tile: x in the high half, y from the north in the low one.
type cellKey uint32

func (u *unit) cell() cellKey {
	const shift = tileZoom + 16 - cellZoom
	return cellKey(u.x>>shift<<16 | u.y>>shift)
}

// A span is the cells that a view has ground in.
type span struct {
	west, east   [2]uint32 // x from and to, of one part or two
	north, south uint32
	parts        int
}

// cells are those of a view.
func (v view) cells() span {
	const shift = tileZoom + 16 - cellZoom
	at := func(lon, lat float64) (x, y uint32) {
		x, y = pixel(orb.Point{lon, max(-mercatorTop, min(mercatorTop, lat))})
		return x >> shift, y >> shift
	}
	var s span
	s.parts = 1
	s.west[0], s.north = at(v.west, v.north)
	s.east[0], s.south = at(v.east, v.south)
	if v.west > v.east { // across the date line
		s.west[1], s.east[1] = 0, s.east[0]
		s.east[0] = 1<<cellZoom - 1
		s.parts = 2
	}
	return s
}

// len is how many cells there are.
func (s span) len() int {
	n := 0
	for i := range s.parts {
		n += int(s.east[i]-s.west[i]) + 1
	}
	if n > math.MaxInt32/(1<<cellZoom) {
		return math.MaxInt32
	}
	return n * (int(s.south-s.north) + 1)
}

func (s span) each(f func(cellKey)) {
	for i := range s.parts {
		for x := s.west[i]; x <= s.east[i]; x++ {
			for y := s.north; y <= s.south; y++ {
				f(cellKey(x<<16 | y))
			}
		}
	}
}

// A ground is units by cell. A unit may be in several, and twice in one.
type ground struct {
	cells map[cellKey][]*unit
	all   []*unit // nil where all are known otherwise
}

// near calls f on the units in the cells of a view and may call it on others. all are
// those that are in some cell.
func (g *ground) near(s span, all func(func(*unit)), f func(*unit)) {
	if s.len() >= len(g.cells) {
		all(f)
		return
	}
	s.each(func(k cellKey) {
		for _, u := range g.cells[k] {
			f(u)
		}
	})
}

func (g *ground) add(k cellKey, u *unit) {
	if g.cells == nil {
		g.cells = make(map[cellKey][]*unit)
	}
	g.cells[k] = append(g.cells[k], u)
}

// remove takes u out of a cell that it is in once.
func (g *ground) remove(k cellKey, u *unit) {
	list := g.cells[k]
	for i, v := range list {
		if v == u {
			list[i] = list[len(list)-1]
			list[len(list)-1] = nil
			list = list[:len(list)-1]
			break
		}
	}
	if len(list) == 0 {
		delete(g.cells, k)
	} else {
		g.cells[k] = list
	}
}

// clear empties g and keeps its memory for a round that is much like the last.
func (g *ground) clear() {
	g.all = g.all[:0]
	for k, list := range g.cells {
		if len(list) == 0 {
			delete(g.cells, k)
		} else {
			clear(list)
			g.cells[k] = list[:0]
		}
	}
}
