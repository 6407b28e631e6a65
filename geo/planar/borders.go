package planar

import (
	"errors"
	"fmt"
)

// ErrOutside says that an edge leaves the ground that a Borders was made for.
var ErrOutside = errors.New("edge leaves the ground that is indexed")

// maxSpan is how wide the ground of a Borders may be: two degrees.
const maxSpan = 2 * Unit

// Borders finds the edge next to the west of a point among edges that come and
// go: unlike a Locator it is not made anew when a border moves. Edges meet at
// their ends alone. The rule for a point on a border is that of Locator.
//
// One goroutine may change it while nobody asks.
type Borders struct {
	r     raster
	east  Point
	cells [][]stretch
}

// A stretch is an edge from its low to its high end, from the south-west corner
// of the ground, with what the caller calls it.
type stretch struct {
	lowX, lowY, highX, highY int32
	line                     int32 // twice its number, and 1 when it was given from the high end
}

// NewBorders makes room for about n edges between two corners.
func NewBorders(low, high Point, n int) (*Borders, error) {
	if high.X-low.X > maxSpan || high.Y-low.Y > maxSpan {
		return nil, fmt.Errorf("ground from %v to %v is wider than two degrees: %w", low.Orb(), high.Orb(), ErrTooLong)
	}
	b := &Borders{r: newRaster(low, high, n), east: high}
	b.cells = make([][]stretch, b.r.cols*b.r.rows)
	return b, nil
}

// stretch is an edge as it is kept; false for one that crosses no latitude.
func (b *Borders) stretch(line int32, from, to Point) (stretch, bool) {
	if from.Y == to.Y {
		return stretch{}, false
	}
	line *= 2
	if from.Y > to.Y {
		from, to, line = to, from, line+1
	}
	o := b.r.min
	return stretch{int32(from.X - o.X), int32(from.Y - o.Y), int32(to.X - o.X), int32(to.Y - o.Y), line}, true
}

// Add puts an edge in. line is from 0 to 2^30. The error is ErrOutside.
func (b *Borders) Add(line int32, from, to Point) error {
	for _, p := range [2]Point{from, to} {
		if p.X < b.r.min.X || p.Y < b.r.min.Y || p.X > b.east.X || p.Y > b.east.Y {
			return ErrOutside
		}
	}
	if s, ok := b.stretch(line, from, to); ok {
		b.r.crossed(from, to, 0, func(cell int) { b.cells[cell] = append(b.cells[cell], s) })
	}
	return nil
}

// Remove takes an edge out that was put in so.
func (b *Borders) Remove(line int32, from, to Point) {
	s, ok := b.stretch(line, from, to)
	if !ok {
		return
	}
	b.r.crossed(from, to, 0, func(cell int) {
		here := b.cells[cell]
		for i := range here {
			if here[i] == s {
				here[i] = here[len(here)-1]
				b.cells[cell] = here[:len(here)-1]
				return
			}
		}
	})
}

// Pack lays the edges of all cells side by side in memory. Call it when the edges that
// there are at first are in: a question then waits for memory less often. What comes
// later finds its place by itself.
func (b *Borders) Pack() {
	n := 0
	for _, here := range b.cells {
		n += len(here)
	}
	all := make([]stretch, 0, n)
	for cell, here := range b.cells {
		from := len(all)
		all = append(all, here...)
		b.cells[cell] = all[from:len(all):len(all)]
	}
}

// West is the edge next to the west of p, or under it, and whether it was given
// running north, so that p is on its right. It is false where there is none.
func (b *Borders) West(p Point) (line int32, north, found bool) {
	if p.X < b.r.min.X || p.Y < b.r.min.Y || p.X > b.east.X || p.Y > b.east.Y {
		return 0, false, false
	}
	x, y := p.X-b.r.min.X, p.Y-b.r.min.Y
	row := b.r.row(p.Y) * b.r.cols
	for col := b.r.col(p.X); col >= 0; col-- {
		side := int64(col) * b.r.cell.X
		var best *stretch
		for i := range b.cells[row+col] {
			s := &b.cells[row+col][i]
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
			return best.line >> 1, best.line&1 == 0, true
		}
	}
	return 0, false, false
}

// Near calls visit with the edges around a point, some perhaps twice.
func (b *Borders) Near(p Point, visit func(line int32)) {
	row, col := b.r.row(p.Y), b.r.col(p.X)
	for r := max(0, row-1); r <= min(b.r.rows-1, row+1); r++ {
		for c := max(0, col-1); c <= min(b.r.cols-1, col+1); c++ {
			for i := range b.cells[r*b.r.cols+c] {
				visit(b.cells[r*b.r.cols+c][i].line >> 1)
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
