package basemap

// A box is a rectangle of the world, edges included.
type box struct{ low, high Point }

func (b box) meets(o box) bool {
	return b.low.X <= o.high.X && o.low.X <= b.high.X && b.low.Y <= o.high.Y && o.low.Y <= b.high.Y
}

func (b box) holds(o box) bool {
	return b.low.X <= o.low.X && o.high.X <= b.high.X && b.low.Y <= o.low.Y && o.high.Y <= b.high.Y
}

func (b box) has(p Point) bool {
	return b.low.X <= p.X && p.X <= b.high.X && b.low.Y <= p.Y && p.Y <= b.high.Y
}

// boxOf is the least box around the points, of which there is at least one.
func boxOf(points []Point) box {
	b := box{points[0], points[0]}
	for _, p := range points[1:] {
		b.low.X, b.low.Y = min(b.low.X, p.X), min(b.low.Y, p.Y)
		b.high.X, b.high.Y = max(b.high.X, p.X), max(b.high.Y, p.Y)
	}
	return b
}

func (b box) with(o box) box {
	return box{
		Point{min(b.low.X, o.low.X), min(b.low.Y, o.low.Y)},
		Point{max(b.high.X, o.high.X), max(b.high.Y, o.high.Y)},
	}
}

// boxOfTile is the ground of a tile and so many of its units around it.
func boxOfTile(z, x, y, buffer uint32) box {
	size := int64(1) << (worldBits - z)
	around := int64(buffer) * size / extent
	edge := func(tile uint32, end int64) uint32 {
		return uint32(min(max(int64(tile)*size+end, 0), world-1))
	}
	return box{
		Point{edge(x, -around), edge(y, -around)},
		Point{edge(x, size+around), edge(y, size+around)},
	}
}

// clipLine gives the pieces of a line inside the box (Liang and Barsky 1984, for
// each step of the line). A piece has at least two points.
func clipLine(line []Point, b box) [][]Point {
	var pieces [][]Point
	var piece []Point
	end := func() {
		if len(piece) > 1 {
			pieces = append(pieces, piece)
		}
		piece = nil
	}
	for i := 1; i < len(line); i++ {
		from, to := line[i-1], line[i]
		enter, leave, inside := b.cut(from, to)
		if !inside {
			end()
			continue
		}
		if piece == nil {
			piece = append(make([]Point, 0, len(line)-i+1), between(from, to, enter))
		}
		if p := between(from, to, leave); p != piece[len(piece)-1] {
			piece = append(piece, p)
		}
		if leave < 1 {
			end()
		}
	}
	end()
	return pieces
}

// cut tells which part of a step is in the box, as fractions of the way from
// from to to.
func (b box) cut(from, to Point) (enter, leave float64, inside bool) {
	enter, leave = 0, 1
	if b.has(from) && b.has(to) {
		return enter, leave, true
	}
	dx, dy := to.minus(from)
	lowX, lowY := b.low.minus(from)
	highX, highY := b.high.minus(from)
	for _, axis := range [2]struct{ d, low, high float64 }{{dx, lowX, highX}, {dy, lowY, highY}} {
		if axis.d == 0 {
			if axis.low > 0 || axis.high < 0 {
				return 0, 0, false
			}
			continue
		}
		in, out := axis.low/axis.d, axis.high/axis.d
		if in > out {
			in, out = out, in
		}
		enter, leave = max(enter, in), min(leave, out)
	}
	return enter, leave, enter <= leave
}

func between(from, to Point, t float64) Point {
	switch t {
	case 0:
		return from
	case 1:
		return to
	}
	dx, dy := to.minus(from)
	return Point{onWorld(float64(from.X) + t*dx), onWorld(float64(from.Y) + t*dy)}
}

// clipRing gives the part of a ring inside the box, nil if there is none
// (Sutherland and Hodgman 1974). A ring that leaves the box more than once comes
// back as one whose parts hang together along the box's edge: that edge is in
// the tile's buffer, where nobody sees it.
func clipRing(ring []Point, b box) []Point {
	around := boxOf(ring)
	if b.holds(around) {
		return ring
	}
	if !b.meets(around) {
		return nil
	}
	for side := range 4 {
		if ring = clipSide(ring, b, side); len(ring) < 3 {
			return nil
		}
	}
	return ring
}

// clipSide cuts a ring along one side of the box: left, right, top, bottom.
func clipSide(ring []Point, b box, side int) []Point {
	// in is how far inside a point is; negative is outside.
	in := func(p Point) float64 {
		switch side {
		case 0:
			return float64(p.X) - float64(b.low.X)
		case 1:
			return float64(b.high.X) - float64(p.X)
		case 2:
			return float64(p.Y) - float64(b.low.Y)
		}
		return float64(b.high.Y) - float64(p.Y)
	}
	out := make([]Point, 0, len(ring)+4)
	add := func(p Point) {
		if len(out) == 0 || out[len(out)-1] != p {
			out = append(out, p)
		}
	}
	last := ring[len(ring)-1]
	lastIn := in(last)
	for _, p := range ring {
		pIn := in(p)
		if (lastIn < 0) != (pIn < 0) {
			// From the lower end always, so that two rings sharing this edge in
			// opposite directions are cut at the same point.
			if lastIn < pIn {
				add(between(last, p, lastIn/(lastIn-pIn)))
			} else {
				add(between(p, last, pIn/(pIn-lastIn)))
			}
		}
		if pIn >= 0 {
			add(p)
		}
		last, lastIn = p, pIn
	}
	if len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	return out
}
