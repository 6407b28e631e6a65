package grid

import (
	"cmp"
	"container/heap"
	"math"
	"slices"

	"citygrid/geo/planar"

	"github.com/paulmach/orb"
)

// gather joins what is smaller than half the size to the neighbour with which it
// comes nearest to the size, the smallest first, if they don't come to more than
// half as much again.
func (m *merger) gather(size float64) {
	var queue smallest
	for f, in := range m.inside {
		if in && m.up[f] == int32(f) && m.size[f] < size/2 {
			queue = append(queue, queued{int32(f), m.size[f]})
		}
	}
	heap.Init(&queue)
	for queue.Len() > 0 {
		q := heap.Pop(&queue).(queued)
		f := q.face
		if m.up[f] != f || m.size[f] != q.size || m.size[f] >= size/2 {
			continue
		}
		into, best := int32(-1), 0.0
		for g, length := range m.beside[f] {
			if m.size[f]+m.size[g] > 1.5*size {
				continue
			}
			// Round ones: a long common border.
			if gain := length / math.Sqrt(m.size[f]+m.size[g]); gain > best || gain == best && g < into {
				into, best = g, gain
			}
		}
		if into >= 0 {
			heap.Push(&queue, m.join(f, into))
		}
	}
}

// chords adds lines that split what is larger than half as much again as the size
// into parts of about the size. It is false when there is nothing to split.
func (w *linework) chords(m *merger, size float64) bool {
	label, n := make([]int32, m.mesh.Faces()), 0
	for f := range label {
		label[f] = -1
		if !m.inside[f] || m.size[planar.Find(m.up, int32(f))] < 1.5*size {
			continue
		}
		// The head of a set is its lowest face, so it has its number already.
		if head := planar.Find(m.up, int32(f)); head != int32(f) {
			label[f] = label[head]
		} else {
			label[f] = int32(n)
			n++
		}
	}
	if n == 0 {
		return false
	}
	for _, area := range m.mesh.Dissolve(label, n) {
		for _, poly := range area {
			s := splitter{perDegree: m.perDegree, size: size, origin: poly[0][0]}
			rings := make([][]vec, len(poly))
			for i, ring := range poly {
				for _, p := range ring[:len(ring)-1] {
					rings[i] = append(rings[i], s.flat(p))
				}
			}
			s.split(rings)
			for _, c := range s.chords {
				w.add(c, lineKind{ease: 1.5, chord: true})
			}
		}
	}
	return true
}

// again cuts with the chords in, and joins what was joined before and isn't parted
// by a chord.
func (w *linework) again(old *merger, boundary orb.MultiPolygon) (merger, error) {
	label := make([]int32, old.mesh.Faces())
	for f := range label {
		if old.inside[f] {
			label[f] = planar.Find(old.up, int32(f)) + 1
		}
	}
	where := old.mesh.Locator(label)
	mesh, err := planar.New(w.lines)
	if err != nil {
		return merger{}, err
	}
	m := newMerger(mesh, w, boundary)
	m.barred = w.barred(mesh)
	m.up = make([]int32, mesh.Faces())
	was := make([]int32, mesh.Faces())
	for f := range m.up {
		m.up[f] = int32(f)
		if m.inside[f] {
			p, _ := planar.At(mesh.Inside(f))
			was[f] = where.At(p)
		}
	}
	for e, x := range mesh.Edges {
		if was[x.Left] > 0 && was[x.Left] == was[x.Right] && !m.barred(e) &&
			!slices.ContainsFunc(mesh.Uses(e), func(u planar.Use) bool { return w.what[u.Line].chord }) {
			planar.Unite(m.up, x.Left, x.Right)
		}
	}
	m.merge()
	return m, nil
}

// vec is a position in metres from a splitter's origin.
type vec struct{ x, y float64 }

// splitter finds the chords that split a polygon.
type splitter struct {
	perDegree [2]float64
	origin    orb.Point
	size      float64
	chords    [][]planar.Point
}

func (s *splitter) flat(p orb.Point) vec {
	return vec{(p[0] - s.origin[0]) * s.perDegree[0], (p[1] - s.origin[1]) * s.perDegree[1]}
}

func (s *splitter) point(v vec) planar.Point {
	q, _ := planar.At(orb.Point{s.origin[0] + v.x/s.perDegree[0], s.origin[1] + v.y/s.perDegree[1]})
	return q
}

// split cuts across the longer axis, at the place that gives each side its share,
// and then each side in turn.
func (s *splitter) split(rings [][]vec) {
	area := ringsArea(rings)
	parts := math.Round(area / s.size)
	if parts < 2 || area < 1.5*s.size {
		return
	}
	along := longAxis(rings)
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range rings[0] {
		d := v.x*along.x + v.y*along.y
		low, high = min(low, d), max(high, d)
	}
	share := math.Floor(parts/2) / parts
	from, to := low, high
	for range 30 {
		mid := (from + to) / 2
		if ringsArea(below(rings, along, mid)) < share*area {
			from = mid
		} else {
			to = mid
		}
	}
	cut := (from + to) / 2
	s.chord(rings, along, cut)
	for _, side := range []struct {
		along vec
		cut   float64
	}{{along, cut}, {vec{-along.x, -along.y}, -cut}} {
		part := below(rings, side.along, side.cut)
		if a := ringsArea(part); a < 0.98*area { // else the cut did nothing
			s.split(part)
		}
	}
}

// chord adds the parts of a cut that lie inside, each a little too long, so that it
// meets the border wherever that is rounded to.
func (s *splitter) chord(rings [][]vec, along vec, cut float64) {
	across := vec{-along.y, along.x}
	var at []float64
	for _, ring := range rings {
		for i, p := range ring {
			q := ring[(i+1)%len(ring)]
			d, e := p.x*along.x+p.y*along.y-cut, q.x*along.x+q.y*along.y-cut
			if (d > 0) == (e > 0) {
				continue
			}
			t := d / (d - e)
			at = append(at, (p.x+t*(q.x-p.x))*across.x+(p.y+t*(q.y-p.y))*across.y)
		}
	}
	slices.SortFunc(at, cmp.Compare)
	const beyond = 0.002 // metres
	for i := 0; i+1 < len(at); i += 2 {
		if at[i+1]-at[i] < 2*beyond {
			continue
		}
		place := func(d float64) planar.Point {
			return s.point(vec{along.x*cut + across.x*d, along.y*cut + across.y*d})
		}
		s.chords = append(s.chords, []planar.Point{place(at[i] - beyond), place(at[i+1] + beyond)})
	}
}

// below clips rings to one side of a line (Sutherland and Hodgman 1974). Parts of
// one ring stay joined along the line, which does no harm to areas.
func below(rings [][]vec, along vec, cut float64) [][]vec {
	var out [][]vec
	for _, ring := range rings {
		var kept []vec
		for i, p := range ring {
			q := ring[(i+1)%len(ring)]
			d, e := p.x*along.x+p.y*along.y-cut, q.x*along.x+q.y*along.y-cut
			if d <= 0 {
				kept = append(kept, p)
			}
			if d < 0 && e > 0 || d > 0 && e < 0 {
				t := d / (d - e)
				kept = append(kept, vec{p.x + t*(q.x-p.x), p.y + t*(q.y-p.y)})
			}
		}
		if len(kept) > 2 {
			out = append(out, kept)
		}
	}
	return out
}

func ringsArea(rings [][]vec) float64 {
	sum := 0.0
	for _, ring := range rings {
		for i, p := range ring {
			q := ring[(i+1)%len(ring)]
			sum += p.x*q.y - p.y*q.x
		}
	}
	return math.Abs(sum) / 2
}

// longAxis is the direction in which the rings reach farthest, of eighteen.
func longAxis(rings [][]vec) vec {
	var best vec
	most := -1.0
	for i := range 18 {
		sin, cos := math.Sincos(float64(i) * math.Pi / 18)
		low, high := math.Inf(1), math.Inf(-1)
		for _, ring := range rings {
			for _, v := range ring {
				d := v.x*cos + v.y*sin
				low, high = min(low, d), max(high, d)
			}
		}
		if high-low > most {
			most, best = high-low, vec{cos, sin}
		}
	}
	return best
}

// convex is the convex hull of points as a closed ring, counter-clockwise (Andrew
// 1979). It has less than four positions when all points lie on a line.
func convex(points []orb.Point) orb.Ring {
	points = slices.Clone(points)
	slices.SortFunc(points, func(a, b orb.Point) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	points = slices.Compact(points)
	var hull orb.Ring
	half := func(from int, p orb.Point) {
		for len(hull) >= from+2 {
			a, b := hull[len(hull)-2], hull[len(hull)-1]
			if (b[0]-a[0])*(p[1]-a[1])-(b[1]-a[1])*(p[0]-a[0]) > 0 {
				break
			}
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, p)
	}
	for _, p := range points {
		half(0, p)
	}
	upper := len(hull) - 1
	for i := len(points) - 2; i >= 0; i-- {
		half(upper, points[i])
	}
	return hull
}
