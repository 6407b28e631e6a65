package planar

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

// scribble is a bundle of random lines: some closed, some sharing points, in a
// square of the given size. A small square makes every accident common.
func scribble(r *rand.Rand, size int64) []Line {
	o := Point{-75_500_000_000, 39_700_000_000}
	p := func() Point { return Point{o.X + r.Int64N(size), o.Y + r.Int64N(size)} }
	var lines []Line
	for range 1 + r.IntN(12) {
		line := Line{Points: []Point{p()}}
		for range 1 + r.IntN(8) {
			line.Points = append(line.Points, p())
		}
		if r.IntN(2) == 0 {
			line.Points = append(line.Points, line.Points[0])
		}
		if len(lines) > 0 && r.IntN(3) == 0 {
			other := lines[r.IntN(len(lines))].Points
			line.Points[0] = other[r.IntN(len(other))]
		}
		lines = append(lines, line)
	}
	return lines
}

// sizes are squares from a dozen units to a degree.
var sizes = []int64{4, 12, 40, 1000, 1_000_000, MaxEdge}

func eachScribble(t *testing.T, n int, try func(t *testing.T, r *rand.Rand, lines []Line, m *Mesh)) {
	if testing.Short() || small {
		n /= 10
	}
	for _, size := range sizes {
		for seed := range uint64(n) {
			r := rand.New(rand.NewPCG(seed, uint64(size)))
			lines := scribble(r, size)
			m, err := New(lines)
			if err != nil {
				t.Fatalf("size %d, seed %d: %v", size, seed, err)
			}
			try(t, r, lines, m)
			if t.Failed() {
				t.Fatalf("size %d, seed %d", size, seed)
			}
		}
	}
}

// TestEdgesMeetAtNodesOnly: no crossing, no node in the middle of an edge, no
// edge twice, and the faces obey Euler's formula.
func TestEdgesMeetAtNodesOnly(t *testing.T) {
	eachScribble(t, 300, func(t *testing.T, _ *rand.Rand, _ []Line, m *Mesh) {
		for i, e := range m.Edges {
			a, b := m.Nodes[e.From], m.Nodes[e.To]
			for v, p := range m.Nodes {
				if int32(v) != e.From && int32(v) != e.To && onEdge(a, b, p) {
					t.Errorf("node %v lies on the edge from %v to %v", p, a, b)
				}
			}
			for _, f := range m.Edges[:i] {
				if e.From == f.From && e.To == f.To {
					t.Errorf("edge from %v to %v is there twice", a, b)
				}
				c, d := m.Nodes[f.From], m.Nodes[f.To]
				if _, cross := crossing([2]Point{a, b}, [2]Point{c, d}); cross {
					t.Errorf("edges %v-%v and %v-%v cross", a, b, c, d)
				}
			}
		}
		heads := map[int32]bool{}
		for _, p := range m.parts() {
			heads[p] = true
		}
		if got, want := len(m.Nodes)-len(m.Edges)+m.Faces(), 1+len(heads); got != want {
			t.Errorf("nodes - edges + faces = %d, want %d with %d parts", got, want, len(heads))
		}
	})
}

// TestLinesStayWhereTheyAre: each line is led along itself, within a unit or so.
func TestLinesStayWhereTheyAre(t *testing.T) {
	eachScribble(t, 100, func(t *testing.T, _ *rand.Rand, lines []Line, m *Mesh) {
		turns := make([]map[int32]int, len(lines))
		for i := range turns {
			turns[i] = map[int32]int{}
		}
		for e, x := range m.Edges {
			for _, u := range m.Uses(e) {
				from, to := x.From, x.To
				if !u.Forward {
					from, to = to, from
				}
				turns[u.Line][from]++
				turns[u.Line][to]--
				for _, v := range []int32{from, to} {
					if d := distance(lines[u.Line], m.Nodes[v]); d > 0.7072 {
						t.Errorf("node %v is %.2f units off line %d", m.Nodes[v], d, u.Line)
					}
				}
			}
		}
		for i, line := range lines {
			first, last := line.Points[0], line.Points[len(line.Points)-1]
			for v, n := range turns[i] {
				want := 0
				if m.Nodes[v] == first {
					want++
				}
				if m.Nodes[v] == last {
					want--
				}
				if n != want {
					t.Errorf("line %d leaves %v %d times more than it comes, want %d", i, m.Nodes[v], n, want)
				}
			}
		}
	})
}

// distance is how far p is from a line, in units.
func distance(line Line, p Point) float64 {
	best := 1e18
	at := orb.Point{0, 0}
	rel := func(q Point) orb.Point { return orb.Point{float64(q.X - p.X), float64(q.Y - p.Y)} }
	for i := 1; i < len(line.Points); i++ {
		best = min(best, segmentDistance(rel(line.Points[i-1]), rel(line.Points[i]), at))
	}
	return best
}

// TestFacesShareOutThePlane: areas are positive and add up.
func TestFacesShareOutThePlane(t *testing.T) {
	eachScribble(t, 200, func(t *testing.T, _ *rand.Rand, _ []Line, m *Mesh) {
		sum := 0.0
		for f := 1; f < m.Faces(); f++ {
			if a := m.Area(f); a <= 0 {
				t.Errorf("face %d has an area of %v", f, a)
			} else {
				sum += a
			}
		}
		if out := -m.Area(0); !near(sum, out) {
			t.Errorf("faces cover %v, the outside leaves %v", sum, out)
		}
	})
}

// TestLocatorAgreesWithRings: the label at a point is that of the one area whose
// rings go round it, for points anywhere, on nodes and on edges.
func TestLocatorAgreesWithRings(t *testing.T) {
	eachScribble(t, 200, func(t *testing.T, r *rand.Rand, lines []Line, m *Mesh) {
		label := labels(r, m)
		l := m.Locator(label)
		areas := m.Dissolve(label, 5)
		if len(m.Nodes) == 0 {
			return
		}
		for range 60 {
			p := m.Nodes[r.IntN(len(m.Nodes))]
			switch r.IntN(4) {
			case 0:
				p.X += r.Int64N(5) - 2
				p.Y += r.Int64N(5) - 2
			case 1:
				q := m.Nodes[r.IntN(len(m.Nodes))]
				p = Point{(p.X + q.X) / 2, (p.Y + q.Y) / 2}
			case 2:
				e := m.Edges[r.IntN(len(m.Edges))]
				a, b := m.Nodes[e.From], m.Nodes[e.To]
				p = Point{(a.X + b.X) / 2, (a.Y + b.Y) / 2}
			}
			got, owners := l.At(p), 0
			for a := int32(1); a < 5; a++ {
				if within(areas[a], p) {
					owners++
					if got != a {
						t.Errorf("%v has label %d, its ground is that of %d", p, got, a)
					}
				}
			}
			if owners > 1 || (owners == 0) != (got == 0) {
				t.Errorf("%v has label %d and is in %d areas", p, got, owners)
			}
		}
	})
}

// TestDissolvedAreasAreValid: by another library's rules, and no ground is lost.
func TestDissolvedAreasAreValid(t *testing.T) {
	eachScribble(t, 100, func(t *testing.T, r *rand.Rand, _ []Line, m *Mesh) {
		label := labels(r, m)
		want := make([]float64, 5)
		for f, a := range label {
			if f > 0 {
				want[a] += m.Area(f)
			}
		}
		for a, area := range m.Dissolve(label, 5) {
			if a == 0 {
				continue // has the outside in it
			}
			got := 0.0
			for _, poly := range area {
				for i, ring := range poly {
					turned := signed(ring)
					got += turned
					if (turned > 0) != (i == 0) {
						t.Errorf("label %d: ring %d of a polygon turns the wrong way", a, i)
					}
				}
			}
			if !near(got, want[a]) {
				t.Errorf("label %d: area %v, its faces have %v", a, got, want[a])
			}
			if err := valid(area); err != nil {
				t.Errorf("label %d: %v", a, err)
			}
		}
	})
}

func TestInsideIsInside(t *testing.T) {
	eachScribble(t, 50, func(t *testing.T, _ *rand.Rand, _ []Line, m *Mesh) {
		each := make([]int32, m.Faces())
		for f := range each {
			each[f] = int32(f)
		}
		l := m.Locator(each)
		for f := 1; f < m.Faces(); f++ {
			if m.Area(f) < 100./Unit/Unit {
				continue // no whole position need lie in it
			}
			p, _ := At(m.Inside(f))
			if got := l.At(p); got != int32(f) && got == 0 {
				t.Errorf("%v is in face %d, want %d", p, got, f)
			}
		}
	})
}

func TestSpreadReachesEveryFace(t *testing.T) {
	eachScribble(t, 50, func(t *testing.T, _ *rand.Rand, _ []Line, m *Mesh) {
		seen := map[int32]bool{0: true}
		m.Spread(func(from, to int32, edge int, toLeft bool) {
			e := m.Edges[edge]
			if !toLeft {
				e.Left, e.Right = e.Right, e.Left
			}
			if !seen[from] || seen[to] || e.Left != to || e.Right != from {
				t.Errorf("step from %d to %d over %v", from, to, e)
			}
			seen[to] = true
		})
		if len(seen) != m.Faces() {
			t.Errorf("%d of %d faces visited", len(seen), m.Faces())
		}
	})
}

// labels gives faces labels from 0 to 4, the outside 0.
func labels(r *rand.Rand, m *Mesh) []int32 {
	label := make([]int32, m.Faces())
	for f := 1; f < len(label); f++ {
		label[f] = int32(r.IntN(5))
	}
	return label
}

// within is the plain test of a point by the half-open rule: how often a line to
// the west meets the rings.
func within(area orb.MultiPolygon, p Point) bool {
	inside := false
	for _, poly := range area {
		for _, ring := range poly {
			for i := 1; i < len(ring); i++ {
				a, _ := At(ring[i-1])
				b, _ := At(ring[i])
				if a.Y > b.Y {
					a, b = b, a
				}
				if a.Y <= p.Y && p.Y < b.Y && orient(a, b, p) <= 0 {
					inside = !inside
				}
			}
		}
	}
	return inside
}

func signed(ring orb.Ring) float64 {
	sum := 0.0
	o, _ := At(ring[0])
	for i := 1; i < len(ring); i++ {
		p, _ := At(ring[i-1])
		q, _ := At(ring[i])
		sum += float64(p.X-o.X)*float64(q.Y-o.Y) - float64(p.Y-o.Y)*float64(q.X-o.X)
	}
	return sum / 2 / Unit / Unit
}

// valid asks simplefeatures. It gets whole numbers, so nothing is rounded.
func valid(area orb.MultiPolygon) error {
	var polys []geom.Polygon
	for _, poly := range area {
		var rings []geom.LineString
		for _, ring := range poly {
			var flat []float64
			for _, p := range ring {
				q, _ := At(p)
				flat = append(flat, float64(q.X+75_500_000_000), float64(q.Y-39_700_000_000))
			}
			rings = append(rings, geom.NewLineString(geom.NewSequence(flat, geom.DimXY)))
		}
		polys = append(polys, geom.NewPolygon(rings))
	}
	return geom.NewMultiPolygon(polys).Validate()
}

func near(a, b float64) bool { return max(a-b, b-a) <= 1e-9*max(a, b)+1e-24 }

func segmentDistance(a, b, p orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = max(0, min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
	}
	x, y := a[0]+t*dx-p[0], a[1]+t*dy-p[1]
	return math.Hypot(x, y)
}
