package planar

import (
	"errors"
	"fmt"
)

// ErrOutside says that an edge leaves the ground that a Borders was made for.
var ErrOutside = errors.New("edge leaves the ground that is indexed")

// maxSpan is how wide the ground of a Borders may be: two degrees.
const maxSpan = 2 * Unit

// Borders says whose ground a point is on by edges that come and go: unlike a Locator it
// is not made anew when a border moves. Edges meet at their ends alone. The rule for a
// point on a border is that of Locator.
//
// A question touches a cell and its edges and nothing else: at a million edges it mostly
// waits for memory.
//
// One goroutine may change it while nobody asks.
type Borders struct {
	r     raster
	east  Point
	cells []drawer
	edges []stretch // of the cells, each cell's side by side
	waste int       // edges that no cell has any more
}

// A stretch is an edge from its low to its high end, from the south-west corner
// of the ground, with what the caller calls it and the ground east of it.
type stretch struct {
	lowX, lowY, highX, highY int32
	line, ground             int32
}

// A drawer is where the edges of a cell are.
type drawer struct{ from, n, room uint32 }

// NewBorders makes room for about n edges between two corners.
func NewBorders(low, high Point, n int) (*Borders, error) {
	if high.X-low.X > maxSpan || high.Y-low.Y > maxSpan {
		return nil, fmt.Errorf("ground from %v to %v is wider than two degrees: %w", low.Orb(), high.Orb(), ErrTooLong)
	}
	b := &Borders{r: newRaster(low, high, n), east: high}
	b.cells = make([]drawer, b.r.cols*b.r.rows)
	return b, nil
}

// stretch is an edge as it is kept; false for one that crosses no latitude.
func (b *Borders) stretch(line, left, right int32, from, to Point) (stretch, bool) {
	if from.Y == to.Y {
		return stretch{}, false
	}
	if from.Y > to.Y {
		from, to, right = to, from, left
	}
	o := b.r.min
	return stretch{int32(from.X - o.X), int32(from.Y - o.Y), int32(to.X - o.X), int32(to.Y - o.Y), line, right}, true
}

// Add puts an edge in, with the ground on its left and on its right. The error is
// ErrOutside.
func (b *Borders) Add(line, left, right int32, from, to Point) error {
	for _, p := range [2]Point{from, to} {
		if p.X < b.r.min.X || p.Y < b.r.min.Y || p.X > b.east.X || p.Y > b.east.Y {
			return ErrOutside
		}
	}
	if s, ok := b.stretch(line, left, right, from, to); ok {
		b.r.crossed(from, to, 0, func(cell int) { b.put(cell, s) })
		if b.waste > len(b.edges)/2 {
			b.Pack()
		}
	}
	return nil
}

// put adds an edge to a cell, which moves to the end when it is full.
func (b *Borders) put(cell int, s stretch) {
	d := &b.cells[cell]
	if d.n == d.room {
		b.waste += int(d.room)
		from := uint32(len(b.edges))
		b.edges = append(b.edges, b.edges[d.from:d.from+d.n]...)
		d.from, d.room = from, max(2, 2*d.room)
		for range d.room - d.n {
			b.edges = append(b.edges, stretch{})
		}
	}
	b.edges[d.from+d.n] = s
	d.n++
}

// in are the edges of a cell.
func (b *Borders) in(cell int) []stretch {
	d := b.cells[cell]
	return b.edges[d.from : d.from+d.n]
}

// Remove takes an edge out that was put in so.
func (b *Borders) Remove(line, left, right int32, from, to Point) {
	s, ok := b.stretch(line, left, right, from, to)
	if !ok {
		return
	}
	b.r.crossed(from, to, 0, func(cell int) {
		here := b.in(cell)
		for i := range here {
			if here[i] == s {
				here[i] = here[len(here)-1]
				b.cells[cell].n--
				return
			}
		}
	})
}

// Pack lays the edges of all cells side by side in memory, row by row, without room
// between them. Call it when the edges that there are at first are in.
func (b *Borders) Pack() {
	n := 0
	for _, d := range b.cells {
		n += int(d.n)
	}
	all := make([]stretch, 0, n)
	for cell := range b.cells {
		from := len(all)
		all = append(all, b.in(cell)...)
		b.cells[cell] = drawer{uint32(from), uint32(len(all) - from), uint32(len(all) - from)}
	}
	b.edges, b.waste = all, 0
}

// At is the ground that p is on: what is east of the edge next to the west of p, or
// under it. It is false where there is none.
func (b *Borders) At(p Point) (ground int32, found bool) {
	if p.X < b.r.min.X || p.Y < b.r.min.Y || p.X > b.east.X || p.Y > b.east.Y {
		return 0, false
	}
	x, y := p.X-b.r.min.X, p.Y-b.r.min.Y
	row := b.r.row(p.Y) * b.r.cols
	for col := b.r.col(p.X); col >= 0; col-- {
		side := int64(col) * b.r.cell.X
		var best *stretch
		here := b.in(row + col)
		for i := range here {
			s := &here[i]
			if y < int64(s.lowY) || y >= int64(s.highY) {
				continue
			}
			if x < int64(min(s.lowX, s.highX)) || s.east(x, y) > 0 || s.east(side, y) < 0 {
				continue
			}
			if best == nil || s.eastOf(best) {
				best = s
			}
		}
		if best != nil {
			return best.ground, true
		}
	}
	return 0, false
}

// Near calls visit with the edges around a point, some perhaps twice.
func (b *Borders) Near(p Point, visit func(line int32)) {
	row, col := b.r.row(p.Y), b.r.col(p.X)
	for r := max(0, row-1); r <= min(b.r.rows-1, row+1); r++ {
		for c := max(0, col-1); c <= min(b.r.cols-1, col+1); c++ {
			for _, s := range b.in(r*b.r.cols + c) {
				visit(s.line)
			}
		}
	}
}

// east is positive when s passes east of a place at its latitude, negative when it
// passes west of it, 0 when through it.
func (s *stretch) east(x, y int64) int64 {
	return (int64(s.highX)-int64(s.lowX))*(y-int64(s.lowY)) - (int64(s.highY)-int64(s.lowY))*(x-int64(s.lowX))
}

// eastOf says whether s is the eastern one of two edges that cross one latitude
// and meet at their ends at most.
func (s *stretch) eastOf(t *stretch) bool {
	e, f, swapped := s, t, false
	if e.lowY < f.lowY {
		e, f, swapped = t, s, true
	}
	// e starts beside f, or both start together: then the one that ends first
	// ends beside the other.
	if d := f.east(int64(e.lowX), int64(e.lowY)); d != 0 {
		return (d < 0) != swapped
	}
	if e.highY > f.highY {
		e, f, swapped = f, e, !swapped
	}
	return (f.east(int64(e.highX), int64(e.highY)) < 0) != swapped
}
