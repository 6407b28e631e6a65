package basemap

import "slices"

// chunk is how many points are simplified at once. It bounds the work on a
// hostile line, which Douglas and Peucker's method does in quadratic time.
const chunk = 2048

// simplify leaves out points of a line that are no farther than tolerance from
// what is left (Douglas and Peucker 1973). Both ends stay.
func simplify(line []Point, tolerance float64) []Point {
	if len(line) < 3 {
		return line
	}
	keep := make([]bool, len(line))
	keep[0] = true
	for from := 0; from < len(line)-1; from += chunk {
		to := min(from+chunk, len(line)-1)
		keep[to] = true
		mark(line, keep, from, to, tolerance*tolerance)
	}
	var left []Point
	for i, p := range line {
		if keep[i] {
			left = append(left, p)
		}
	}
	return left
}

// mark sets keep for the points between from and to that matter.
func mark(line []Point, keep []bool, from, to int, squared float64) {
	type span struct{ from, to int }
	for todo := []span{{from, to}}; len(todo) > 0; {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		far, at := squared, 0
		for i := s.from + 1; i < s.to; i++ {
			if d := fromStep(line[i], line[s.from], line[s.to]); d > far {
				far, at = d, i
			}
		}
		if at > 0 {
			keep[at] = true
			todo = append(todo, span{s.from, at}, span{at, s.to})
		}
	}
}

// fromStep is the squared distance of p from the straight line between a and b.
func fromStep(p, a, b Point) float64 {
	dx, dy := b.minus(a)
	px, py := p.minus(a)
	if length := dx*dx + dy*dy; length > 0 {
		t := min(max((px*dx+py*dy)/length, 0), 1)
		px, py = px-t*dx, py-t*dy
	}
	return px*px + py*py
}

// simplifyRing does the same to a ring, which it opens at its first point and at
// the one farthest from it. A ring that would vanish stays as it is.
func simplifyRing(ring []Point, tolerance float64) []Point {
	if len(ring) < 5 {
		return ring
	}
	far, at := 0.0, 0
	for i, p := range ring {
		if dx, dy := p.minus(ring[0]); dx*dx+dy*dy > far {
			far, at = dx*dx+dy*dy, i
		}
	}
	there := simplify(ring[:at+1], tolerance)
	back := simplify(append(slices.Clone(ring[at:]), ring[0]), tolerance)
	simple := slices.Concat(there, back[1:len(back)-1])
	if len(simple) < 3 || signedArea(simple) == 0 {
		return ring
	}
	return simple
}
