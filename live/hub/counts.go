package hub

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"github.com/paulmach/orb"
)

// Far out a city of thousands is a carpet of dots, and costs as much as one looked at
// closely. There a group whose viewers asked for it is told how many units there are,
// cell by cell. Those that an alert is about, and those a viewer wants to keep, are
// told one by one all the same. What is counted is what the group's rights see.

// Of counting.
const (
	countsVersion = 2
	countBelow    = 13.2 // zoom; from there on everybody is told one by one
	countFiner    = 3    // cells are tiles of a zoom so much greater than the map's: 64 to 128 pixels
	fullZoom      = tileZoom + 16
	countEvery    = time.Second // at most
	maxKeep       = 16          // units that a viewer may keep
	maxCells      = 1 << 20     // in a frame
)

// A sight is what a map shows, and how: viewers with equal ones see the same.
type sight struct {
	view
	cells uint8  // zoom of the cells by which many units are counted; 0 = they aren't
	keep  string // ids of those that are told one by one all the same, each with a line break before and after
}

// newSight is a view of a viewer who takes counts, and keeps some units.
func newSight(v view, zoom float64, keep []string) (sight, bool) {
	if len(keep) > maxKeep {
		return sight{}, false
	}
	s := sight{view: v}
	if !(zoom < countBelow) {
		return s, true
	}
	s.cells = uint8(math.Floor(max(0, zoom))) + countFiner
	if len(keep) > 0 {
		ids := slices.Clone(keep)
		slices.Sort(ids)
		s.keep = "\n" + strings.Join(slices.Compact(ids), "\n\n") + "\n"
		if len(s.keep) > 64*maxKeep {
			return sight{}, false
		}
	}
	return s, true
}

func (s *sight) keeps(id string) bool {
	return s.keep != "" && strings.Contains(s.keep, "\n"+id+"\n")
}

// A spot is how a group was told of a unit it sees: alone, or counted in a cell, and
// where in that, in 1/256.
type spot struct {
	alone bool
	cell  cellKey
	x, y  uint8
}

// A tally is the units of a cell.
type tally struct {
	n    int
	x, y int // sums of where in it they are
}

// A count is what a group's viewers are told by numbers.
type count struct {
	on      bool // else everybody is told one by one
	tallies map[cellKey]tally
	frame   *websocket.PreparedMessage // nil until wanted
	tick    uint64                     // when that was made
	dirty   bool                       // they have changed since then
}

// spot is how g is to be told of u.
func (g *group) spot(u *unit) spot {
	if !g.count.on || u.Alert != "" || g.key.keeps(u.ID) {
		return spot{alone: true}
	}
	shift := fullZoom - g.key.cells
	return spot{cell: cellKey(u.x>>shift<<16 | u.y>>shift), x: uint8(u.x >> (shift - 8)), y: uint8(u.y >> (shift - 8))}
}

// tally counts a spot in by 1 or out by -1.
func (g *group) tally(s spot, by int) {
	if s.alone {
		return
	}
	t := g.count.tallies[s.cell]
	t.n, t.x, t.y = t.n+by, t.x+by*int(s.x), t.y+by*int(s.y)
	if t.n == 0 {
		delete(g.count.tallies, s.cell)
	} else {
		g.count.tallies[s.cell] = t
	}
	g.count.dirty = true
}

// turn has g's units counted from many on, and told one by one again when they are
// clearly fewer. It tells if that has changed; then all are told anew.
func (g *group) turn(many int) bool {
	if g.key.cells == 0 {
		return false
	}
	n := len(g.visible)
	on := n >= many || g.count.on && n >= many-many/4
	if on == g.count.on {
		return false
	}
	g.count = count{on: on, tallies: make(map[cellKey]tally), dirty: true}
	for u := range g.visible {
		s := g.spot(u)
		g.visible[u] = s
		g.tally(s, 1)
	}
	return true
}

// counts is the frame of what g counts; it is made anew when it is time.
func (h *Hub) counts(g *group) *websocket.PreparedMessage {
	c := &g.count
	every := phases * max(1, uint64(countEvery/h.c.Tick))
	if c.frame == nil || c.dirty && h.tick >= c.tick+every {
		c.frame = frame(websocket.BinaryMessage, appendCounts(nil, h.c.Now(), g.key.cells, c.tallies))
		c.tick, c.dirty = h.tick, false
	}
	return c.frame
}

// appendCounts writes one frame.
func appendCounts(b []byte, now time.Time, zoom uint8, tallies map[cellKey]tally) []byte {
	keys := make([]cellKey, 0, len(tallies))
	for k := range tallies {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	b = append(b, countsVersion, zoom)
	b = binary.AppendUvarint(b, uint64(max(0, now.UnixMilli())))
	var x, y uint64
	for _, k := range keys {
		t := tallies[k]
		if nx := uint64(k >> 16); nx != x {
			b = binary.AppendUvarint(b, nx-x)
			x, y = nx, 0
		} else {
			b = append(b, 0)
		}
		ny := uint64(k & 0xffff)
		b = binary.AppendUvarint(b, ny-y)
		y = ny
		b = binary.AppendUvarint(b, uint64(t.n))
		b = append(b, byte(t.x/t.n), byte(t.y/t.n))
	}
	return b
}

// A Cell is a tile of a web map, and the units that are counted in it.
type Cell struct {
	X, Y  uint32
	Count int
	At    orb.Point // about the middle of them
}

// A Census is one binary frame of counts. docs/live-protocol.md has its bytes.
type Census struct {
	Zoom  int // of the cells
	Time  time.Time
	Cells []Cell // all that anybody is in, by X, then Y
}

// DecodeCounts reads a frame of counts, as viewers in Go do.
func DecodeCounts(b []byte) (Census, error) {
	if len(b) < 3 || b[0] != countsVersion || b[1] < countFiner || b[1] > 16 {
		return Census{}, ErrFrame
	}
	r := frameReader{b: b[2:]}
	c := Census{Zoom: int(b[1]), Time: time.UnixMilli(int64(r.uvarint(1 << 50)))}
	side := uint64(1) << c.Zoom
	shift := fullZoom - b[1]
	var x, y uint64
	for len(r.b) > 0 && r.err == nil {
		dx := r.uvarint(side - 1)
		if dx > 0 {
			x, y = x+dx, 0
		}
		y += r.uvarint(side - 1)
		n := r.uvarint(1 << 30)
		px, py := uint64(r.byte()), uint64(r.byte())
		if r.err == nil && (x >= side || y >= side || n == 0 || len(c.Cells) == maxCells) {
			r.err = fmt.Errorf("%w: a cell lies outside the map, or has nobody in it", ErrFrame)
		}
		if r.err != nil {
			return Census{}, r.err
		}
		half := uint64(1) << (shift - 9)
		c.Cells = append(c.Cells, Cell{uint32(x), uint32(y), int(n), place(x<<shift+px<<(shift-8)+half, y<<shift+py<<(shift-8)+half)})
	}
	slices.SortFunc(c.Cells, func(a, b Cell) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) })
	return c, r.err
}
