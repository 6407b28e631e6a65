package planar

// A Locator says which label the ground at a point has. Labels are numbers from 0
// that the caller gave to the faces of a mesh; the outside has 0.
//
// A point on a border belongs to the ground just east of it; where the border
// runs due east, to the ground just north of it. So each point has one label.
type Locator struct {
	r     raster
	near  cells
	spans []span
	plain []int32 // by cell: the label where no border comes near, -1 elsewhere
	east  Point   // the north-east corner
}

// A span is an edge that runs north, with what lies beside it. One that runs east
// crosses no latitude; it is there so that its cells don't pass for plain ones.
type span struct {
	low, high  Point
	west, east int32
}

// Locator makes a locator of the faces' labels. Edges between equal labels cost
// nothing.
func (m *Mesh) Locator(label []int32) *Locator {
	l := newLocator(m, func(e int) (west, east int32) {
		x := m.Edges[e]
		west, east = label[x.Left], label[x.Right]
		if m.Nodes[x.From].Y > m.Nodes[x.To].Y {
			west, east = east, west
		}
		return west, east
	})
	l.plain = make([]int32, l.r.cols*l.r.rows)
	for cell := range l.plain {
		if len(l.near.at(cell)) > 0 {
			l.plain[cell] = -1
			continue
		}
		col, row := cell%l.r.cols, cell/l.r.cols
		p := Point{l.r.min.X + int64(col)*l.r.cell.X, l.r.min.Y + int64(row)*l.r.cell.Y}
		l.plain[cell] = -1 // not known yet
		l.plain[cell] = l.find(p)
	}
	return l
}

// newLocator makes a locator of the edges with something different on each side.
func newLocator(m *Mesh, sides func(edge int) (west, east int32)) *Locator {
	l := &Locator{}
	for e, x := range m.Edges {
		west, east := sides(e)
		a, b := m.Nodes[x.From], m.Nodes[x.To]
		if west == east {
			continue
		}
		if a.Y > b.Y {
			a, b = b, a
		}
		l.spans = append(l.spans, span{a, b, west, east})
	}
	if len(l.spans) == 0 {
		return l
	}
	low, high := l.spans[0].low, l.spans[0].high
	for _, s := range l.spans {
		low = Point{min(low.X, s.low.X, s.high.X), min(low.Y, s.low.Y)}
		high = Point{max(high.X, s.low.X, s.high.X), max(high.Y, s.high.Y)}
	}
	// Twice as many cells as edges: a point's cell then has two edges or so.
	l.r, l.east = newRaster(low, high, 2*len(l.spans)), high
	l.near = l.r.fill(len(l.spans), func(i int, add func(int)) {
		l.r.crossed(l.spans[i].low, l.spans[i].high, 0, add)
	})
	return l
}

// At is the label of the ground at p.
func (l *Locator) At(p Point) int32 {
	if len(l.spans) == 0 || p.X < l.r.min.X || p.Y < l.r.min.Y || p.X > l.east.X || p.Y > l.east.Y {
		return 0
	}
	return l.find(p)
}

// find looks from p to the west for the next edge, or for a cell of one label.
func (l *Locator) find(p Point) int32 {
	row := l.r.row(p.Y) * l.r.cols
	for col := l.r.col(p.X); col >= 0; col-- {
		if label := l.plain[row+col]; label >= 0 {
			return label
		}
		if s := l.inCell(row+col, col, p, nil); s != nil {
			return s.east
		}
	}
	return 0
}

// nearest is the next edge to the west of p or under it, nil when there is none.
func (l *Locator) nearest(p Point, skip func(*span) bool) *span {
	if len(l.spans) == 0 || p.Y < l.r.min.Y || p.Y > l.east.Y || p.X < l.r.min.X {
		return nil
	}
	row := l.r.row(p.Y) * l.r.cols
	for col := l.r.col(p.X); col >= 0; col-- {
		if s := l.inCell(row+col, col, p, skip); s != nil {
			return s
		}
	}
	return nil
}

// inCell is the easternmost edge of a cell that crosses p's latitude between the
// cell's west side and p. An edge crosses the latitudes from its low end up to,
// not with, its high end.
func (l *Locator) inCell(cell, col int, p Point, skip func(*span) bool) *span {
	var best *span
	side := Point{l.r.min.X + int64(col)*l.r.cell.X, p.Y}
	for _, i := range l.near.at(cell) {
		s := &l.spans[i]
		if p.Y < s.low.Y || p.Y >= s.high.Y || !s.westOf(p) || s.strictlyWestOf(side) || skip != nil && skip(s) {
			continue
		}
		if best == nil || s.eastOf(best) {
			best = s
		}
	}
	return best
}

// westOf says whether s passes west of p, or through it. s crosses p's latitude.
func (s *span) westOf(p Point) bool {
	if p.X < min(s.low.X, s.high.X) {
		return false
	}
	return p.X >= max(s.low.X, s.high.X) || orient(s.low, s.high, p) <= 0
}

// strictlyWestOf says whether s passes west of p, not through it.
func (s *span) strictlyWestOf(p Point) bool {
	if p.X <= min(s.low.X, s.high.X) {
		return false
	}
	return p.X > max(s.low.X, s.high.X) || orient(s.low, s.high, p) < 0
}

// eastOf says whether s is the eastern one of two edges that cross one latitude
// and meet at their ends at most.
func (s *span) eastOf(t *span) bool {
	e, f, swapped := s, t, false
	if e.low.Y < f.low.Y {
		e, f, swapped = t, s, true
	}
	// e starts beside f.
	if d := orient(f.low, f.high, e.low); d != 0 {
		return (d < 0) != swapped
	}
	// They start together: the one that ends first ends beside the other.
	if e.high.Y > f.high.Y {
		e, f, swapped = f, e, !swapped
	}
	return (orient(f.low, f.high, e.high) < 0) != swapped
}
