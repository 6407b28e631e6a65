package planar

import "math"

// A raster lays cells over a piece of the plane, so that what is near is found
// without looking at everything. The cells are half open: from their west and
// south side up to, not with, the next one.
type raster struct {
	min        Point
	cell       Point // the size of a cell
	cols, rows int
}

// newRaster lays about n cells over the box from low to high.
func newRaster(low, high Point, n int) raster {
	side := int(math.Sqrt(float64(n))) + 1
	r := raster{min: low, cols: side, rows: side}
	r.cell = Point{(high.X-low.X)/int64(side) + 1, (high.Y-low.Y)/int64(side) + 1}
	return r
}

func (r *raster) col(x int64) int { return clamp((x-r.min.X)/r.cell.X, r.cols) }
func (r *raster) row(y int64) int { return clamp((y-r.min.Y)/r.cell.Y, r.rows) }

func clamp(i int64, n int) int { return int(max(0, min(i, int64(n-1)))) }

// crossed calls visit with the cells that the edge from a to b comes within pad
// of, and perhaps with a few beside them. Each cell comes once.
func (r *raster) crossed(a, b Point, pad int64, visit func(cell int)) {
	if a.Y > b.Y {
		a, b = b, a
	}
	slope := 0.0
	if b.Y > a.Y {
		slope = float64(b.X-a.X) / float64(b.Y-a.Y)
	}
	west, east := min(a.X, b.X), max(a.X, b.X)
	first, last := r.row(a.Y-pad), r.row(b.Y+pad)
	for row := first; row <= last; row++ {
		from, to := west, east
		if first < last && b.Y > a.Y {
			// The part of the edge beside this row, a little too long.
			low := max(a.Y, r.min.Y+int64(row)*r.cell.Y-pad-1)
			high := min(b.Y, r.min.Y+int64(row+1)*r.cell.Y+pad+1)
			x := a.X + int64(slope*float64(low-a.Y))
			y := a.X + int64(slope*float64(high-a.Y))
			from, to = max(west, min(x, y)-2), min(east, max(x, y)+2)
		}
		for col := r.col(from - pad); col <= r.col(to+pad); col++ {
			visit(row*r.cols + col)
		}
	}
}

// A cells is a list of numbers for each cell of a raster.
type cells struct {
	first []int32
	items []int32
}

func (c *cells) at(cell int) []int32 { return c.items[c.first[cell]:c.first[cell+1]] }

// fill makes the lists: each calls add with the cells of the i-th of n things.
func (r *raster) fill(n int, each func(i int, add func(cell int))) cells {
	c := cells{first: make([]int32, r.cols*r.rows+1)}
	for i := range n {
		each(i, func(cell int) { c.first[cell+1]++ })
	}
	for i := 1; i < len(c.first); i++ {
		c.first[i] += c.first[i-1]
	}
	c.items = make([]int32, c.first[len(c.first)-1])
	next := append([]int32(nil), c.first...)
	for i := range n {
		each(i, func(cell int) {
			c.items[next[cell]] = int32(i)
			next[cell]++
		})
	}
	return c
}
