package planar

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
)

// A piece is a part of a line between two nodes, as the noding leaves it.
type piece struct {
	from, to int32 // from < to
	use      Use
}

// A Use says which line runs along an edge, and whether in the edge's direction.
type Use struct {
	Line    int32
	Forward bool
}

// noder finds the nodes of lines by snap rounding (Hobby, Practical segment
// intersection with finite precision output, 1999): every end and every crossing,
// rounded, is a hot pixel, and each edge is led through the middle of all hot
// pixels it passes. No edge moves by more than a unit, and what comes out crosses
// nowhere but at its nodes, although all of it is whole numbers.
type noder struct {
	ends  [][2]Point // the edges, each once, first end before second
	uses  []piece    // from is the edge's number here
	nodes []Point
	r     raster
}

// node cuts the lines where they meet. The nodes come sorted.
func node(lines []Line) ([]Point, []piece, error) {
	var n noder
	if err := n.take(lines); err != nil {
		return nil, nil, err
	}
	if len(n.ends) == 0 {
		return nil, nil, nil
	}
	if err := n.heat(); err != nil {
		return nil, nil, err
	}
	pieces := n.lead(throughPixel)
	// An edge may end up exactly on a node that it had not come near enough to.
	// Cutting it there moves nothing, so this ends.
	for {
		count := len(pieces)
		n.edgesOf(pieces)
		if pieces = n.lead(onEdge); len(pieces) == count {
			return n.nodes, pieces, nil
		}
	}
}

// take collects the edges of the lines, equal ones once.
func (n *noder) take(lines []Line) error {
	type use struct {
		ends [2]Point
		use  Use
	}
	var all []use
	for i, line := range lines {
		for j := 1; j < len(line.Points); j++ {
			a, b := line.Points[j-1], line.Points[j]
			if a == b {
				continue
			}
			if max(a.X-b.X, b.X-a.X, a.Y-b.Y, b.Y-a.Y) > MaxEdge {
				return fmt.Errorf("line %d, from %v to %v: %w", i, a.Orb(), b.Orb(), ErrTooLong)
			}
			u := use{[2]Point{a, b}, Use{int32(i), true}}
			if compare(a, b) > 0 {
				u = use{[2]Point{b, a}, Use{int32(i), false}}
			}
			all = append(all, u)
		}
	}
	slices.SortStableFunc(all, func(a, b use) int {
		return cmp.Or(compare(a.ends[0], b.ends[0]), compare(a.ends[1], b.ends[1]))
	})
	for _, u := range all {
		if k := len(n.ends); k == 0 || n.ends[k-1] != u.ends {
			n.ends = append(n.ends, u.ends)
		}
		n.uses = append(n.uses, piece{from: int32(len(n.ends) - 1), use: u.use})
	}
	return nil
}

// heat finds the hot pixels.
func (n *noder) heat() error {
	low, high := n.ends[0][0], n.ends[0][0]
	for _, e := range n.ends {
		for _, p := range e {
			low = Point{min(low.X, p.X), min(low.Y, p.Y)}
			high = Point{max(high.X, p.X), max(high.Y, p.Y)}
			n.nodes = append(n.nodes, p)
		}
	}
	n.r = newRaster(low, high, len(n.ends))
	near := n.r.fill(len(n.ends), func(i int, add func(int)) {
		n.r.crossed(n.ends[i][0], n.ends[i][1], 0, add)
	})
	// Streets and borders cross about as often as there are edges; the limit is
	// for scribbles, where every edge crosses every other.
	crossings, limit := 0, 100_000+10*len(n.ends)
	for cell := range n.r.cols * n.r.rows {
		here := near.at(cell)
		for i, e := range here {
			for _, f := range here[:i] {
				p, cross := crossing(n.ends[e], n.ends[f])
				if !cross {
					continue
				}
				if crossings++; crossings > limit {
					return ErrTangled
				}
				n.nodes = append(n.nodes, p)
			}
		}
	}
	slices.SortFunc(n.nodes, compare)
	n.nodes = slices.Compact(n.nodes)
	return nil
}

// crossing is the rounded point where two edges cross inside both. Edges that
// only touch have an end there, which is hot anyway.
func crossing(e, f [2]Point) (Point, bool) {
	a, b, c, d := e[0], e[1], f[0], f[1]
	if a.X > d.X || c.X > b.X || max(a.Y, b.Y) < min(c.Y, d.Y) || max(c.Y, d.Y) < min(a.Y, b.Y) {
		return Point{}, false // ends go from west to east
	}
	s, t := orient(c, d, a), orient(c, d, b)
	if s == 0 || t == 0 || (s > 0) == (t > 0) {
		return Point{}, false
	}
	u, v := orient(a, b, c), orient(a, b, d)
	if u == 0 || v == 0 || (u > 0) == (v > 0) {
		return Point{}, false
	}
	// a + (b-a) * s/(s-t)
	if s < 0 {
		s, t = -s, -t
	}
	return Point{a.X + share(b.X-a.X, s, s-t), a.Y + share(b.Y-a.Y, s, s-t)}, true
}

// share is d*num/den rounded to the nearest whole number, halves up. 0 < num <
// den < 2^62 and |d| <= MaxEdge.
func share(d, num, den int64) int64 {
	if d < 0 {
		hi, lo := bits.Mul64(uint64(-d), uint64(num))
		q, rest := bits.Div64(hi, lo, uint64(den))
		if rest > uint64(den)-rest { // more than half
			q++
		}
		return -int64(q)
	}
	hi, lo := bits.Mul64(uint64(d), uint64(num))
	q, rest := bits.Div64(hi, lo, uint64(den))
	if rest >= uint64(den)-rest {
		q++
	}
	return int64(q)
}

// lead takes each edge through the nodes it meets and gives the pieces, equal
// ones once for each use.
func (n *noder) lead(meets func(a, b, p Point) bool) []piece {
	held := n.r.fill(len(n.nodes), func(i int, add func(int)) {
		add(n.r.row(n.nodes[i].Y)*n.r.cols + n.r.col(n.nodes[i].X))
	})
	var pieces []piece
	var way []int32
	last := int32(-1)
	for _, u := range n.uses {
		if u.from != last {
			last = u.from
			way = n.way(way[:0], n.ends[last], held, meets)
		}
		for i := 1; i < len(way); i++ {
			p := piece{way[i-1], way[i], u.use}
			if p.from > p.to {
				p.from, p.to, p.use.Forward = p.to, p.from, !p.use.Forward
			}
			pieces = append(pieces, p)
		}
	}
	slices.SortStableFunc(pieces, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	return pieces
}

// way appends the nodes that an edge meets, in order.
func (n *noder) way(way []int32, e [2]Point, held cells, meets func(a, b, p Point) bool) []int32 {
	a, b := e[0], e[1]
	n.r.crossed(a, b, 1, func(cell int) {
		for _, i := range held.at(cell) {
			if meets(a, b, n.nodes[i]) {
				way = append(way, i)
			}
		}
	})
	// An edge runs through pixels in one direction along both axes, so the
	// middles are in order along it too.
	d := Point{b.X - a.X, b.Y - a.Y}
	slices.SortFunc(way, func(i, j int32) int {
		p, q := n.nodes[i], n.nodes[j]
		return cmp.Compare(d.X*(p.X-a.X)+d.Y*(p.Y-a.Y), d.X*(q.X-a.X)+d.Y*(q.Y-a.Y))
	})
	return way
}

// edgesOf makes the pieces the edges of the next round.
func (n *noder) edgesOf(pieces []piece) {
	n.ends, n.uses = n.ends[:0], n.uses[:0]
	for i, p := range pieces {
		if i == 0 || p.from != pieces[i-1].from || p.to != pieces[i-1].to {
			n.ends = append(n.ends, [2]Point{n.nodes[p.from], n.nodes[p.to]})
		}
		n.uses = append(n.uses, piece{from: int32(len(n.ends) - 1), use: p.use})
	}
}

// onEdge says whether p lies on the edge from a to b.
func onEdge(a, b, p Point) bool {
	return min(a.X, b.X) <= p.X && p.X <= max(a.X, b.X) &&
		min(a.Y, b.Y) <= p.Y && p.Y <= max(a.Y, b.Y) && orient(a, b, p) == 0
}

// throughPixel says whether the edge from a to b meets the pixel of p: the unit
// square around it with its west and south side, without the other two. The order
// of the tests is that of the Java Topology Suite's HotPixel.
func throughPixel(a, b, p Point) bool {
	// Doubled, the sides of the pixel are whole numbers; from p they are -1 and 1.
	if a.X > b.X {
		a, b = b, a
	}
	a = Point{2 * (a.X - p.X), 2 * (a.Y - p.Y)}
	b = Point{2 * (b.X - p.X), 2 * (b.Y - p.Y)}
	if a.X >= 1 || b.X < -1 || min(a.Y, b.Y) >= 1 || max(a.Y, b.Y) < -1 {
		return false
	}
	if a.X == b.X || a.Y == b.Y {
		return true
	}
	rises := b.Y > a.Y
	nw := orient(a, b, Point{-1, 1})
	if nw == 0 {
		return !rises // falling through that corner it comes inside
	}
	ne := orient(a, b, Point{1, 1})
	if ne == 0 {
		return rises
	}
	if (nw > 0) != (ne > 0) {
		return true
	}
	sw := orient(a, b, Point{-1, -1})
	if sw == 0 {
		return true
	}
	if (sw > 0) != (nw > 0) {
		return true
	}
	se := orient(a, b, Point{1, -1})
	if se == 0 {
		return !rises
	}
	return (sw > 0) != (se > 0)
}
