package osm

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// joinRings joins lines, each given as node numbers, end to end into rings. The
// lines may run in any direction. What a line leaves open comes back as open.
// Where rings touch at a node, each is closed by itself.
func joinRings(lines [][]uint32) (rings, open [][]uint32) {
	at := map[uint32][]int{} // unused lines by end node
	for i, l := range lines {
		if len(l) < 2 {
			continue
		}
		if l[0] == l[len(l)-1] {
			rings = append(rings, l)
			continue
		}
		at[l[0]] = append(at[l[0]], i)
		at[l[len(l)-1]] = append(at[l[len(l)-1]], i)
	}
	used := make([]bool, len(lines))
	take := func(n uint32) (int, bool) {
		for _, i := range at[n] {
			if !used[i] {
				used[i] = true
				return i, true
			}
		}
		return 0, false
	}
	for i, l := range lines {
		if len(l) < 2 || used[i] || l[0] == l[len(l)-1] {
			continue
		}
		used[i] = true
		path := chain{nodes: slices.Clone(l)}
		path.joints = []int{0, len(l) - 1}
		for {
			if ring, ok := path.loop(); ok {
				rings = append(rings, ring)
				if len(path.nodes) == 0 {
					break
				}
			}
			next, ok := take(path.nodes[len(path.nodes)-1])
			if !ok {
				// Nothing goes on here; perhaps at the other end.
				slices.Reverse(path.nodes)
				for k := range path.joints {
					path.joints[k] = len(path.nodes) - 1 - path.joints[k]
				}
				slices.Reverse(path.joints)
				if next, ok = take(path.nodes[len(path.nodes)-1]); !ok {
					open = append(open, path.nodes)
					break
				}
			}
			path.extend(lines[next])
		}
	}
	return rings, open
}

// A chain is a line in the making. joints are the places in nodes where its
// lines join, both ends included.
type chain struct {
	nodes  []uint32
	joints []int
}

func (c *chain) extend(l []uint32) {
	if l[0] == c.nodes[len(c.nodes)-1] {
		c.nodes = append(c.nodes, l[1:]...)
	} else {
		for k := len(l) - 2; k >= 0; k-- {
			c.nodes = append(c.nodes, l[k])
		}
	}
	c.joints = append(c.joints, len(c.nodes)-1)
}

// loop cuts off the ring that the chain's end closes with an earlier joint.
func (c *chain) loop() ([]uint32, bool) {
	end := c.nodes[len(c.nodes)-1]
	for k, j := range c.joints[:len(c.joints)-1] {
		if c.nodes[j] != end {
			continue
		}
		ring := slices.Clone(c.nodes[j:])
		if j == 0 {
			c.nodes, c.joints = nil, nil
		} else {
			c.nodes, c.joints = c.nodes[:j+1], c.joints[:k+1]
		}
		return ring, true
	}
	return nil, false
}

// A ringPath is a closed ring with what nesting asks for.
type ringPath struct {
	ring  orb.Ring
	area  float64 // twice, signed, in square fixed-point units; positive = counter-clockwise
	bound orb.Bound
}

func (g *gathering) ring(nodes []uint32) (r ringPath, ok bool) {
	if len(nodes) < 4 {
		return r, false
	}
	r.ring = make(orb.Ring, len(nodes))
	for i, n := range nodes {
		r.ring[i] = g.nodes.at[n].Point()
	}
	r.area = signedArea(r.ring)
	r.bound = r.ring.Bound()
	return r, math.Abs(r.area) > 1e-13 // about 1 m2
}

// signedArea is twice the ring's area in square degrees, positive if it runs
// counter-clockwise. It is taken from the first point, so that small rings far
// from 0, 0 keep their digits.
func signedArea(r orb.Ring) float64 {
	sum := 0.0
	for i := 1; i < len(r)-1; i++ {
		ax, ay := r[i][0]-r[0][0], r[i][1]-r[0][1]
		bx, by := r[i+1][0]-r[0][0], r[i+1][1]-r[0][1]
		sum += ax*by - ay*bx
	}
	return sum
}

// orient turns a ring so that outer ones run counter-clockwise, inner ones
// clockwise, as GeoJSON has it.
func (r ringPath) orient(ccw bool) orb.Ring {
	if (r.area > 0) != ccw {
		out := slices.Clone(r.ring)
		slices.Reverse(out)
		return out
	}
	return r.ring
}

// nest makes polygons of rings by what lies in what, not by roles, which are
// often wrong: a ring in an even number of others is an outer one.
func nest(rings []ringPath) orb.MultiPolygon {
	slices.SortStableFunc(rings, func(a, b ringPath) int { return cmp.Compare(math.Abs(b.area), math.Abs(a.area)) })
	depth := make([]int, len(rings))
	parent := make([]int, len(rings))
	for i := range rings {
		parent[i] = -1
		for j := i - 1; j >= 0; j-- { // the smallest that holds it is its parent
			if encloses(&rings[j], &rings[i]) {
				parent[i], depth[i] = j, depth[j]+1
				break
			}
		}
	}
	var out orb.MultiPolygon
	outer := make([]int, len(rings))
	for i, r := range rings {
		if depth[i]%2 == 0 {
			outer[i] = len(out)
			out = append(out, orb.Polygon{r.orient(true)})
		} else {
			p := outer[parent[i]]
			out[p] = append(out[p], r.orient(false))
		}
	}
	return out
}

// encloses reports whether b lies in a. Rings may touch, so a point of b that is
// no point of a's outline decides.
func encloses(a, b *ringPath) bool {
	if !a.bound.Contains(b.bound.Min) || !a.bound.Contains(b.bound.Max) {
		return false
	}
	for i := range len(b.ring) - 1 {
		p := b.ring[i]
		switch where(a.ring, p) {
		case inside:
			return true
		case outside:
			return false
		}
		// Every corner of b may lie on a; then the middle of a side decides.
		q := b.ring[i+1]
		switch where(a.ring, orb.Point{(p[0] + q[0]) / 2, (p[1] + q[1]) / 2}) {
		case inside:
			return true
		case outside:
			return false
		}
	}
	return true
}

type location int

const (
	outside location = iota
	onEdge
	inside
)

// where says where a point lies, by the crossing number.
func where(r orb.Ring, p orb.Point) location {
	in := false
	for i := range len(r) - 1 {
		a, b := r[i], r[i+1]
		cross := (b[0]-a[0])*(p[1]-a[1]) - (b[1]-a[1])*(p[0]-a[0])
		if math.Abs(cross) < 1e-15 && p[0] >= min(a[0], b[0]) && p[0] <= max(a[0], b[0]) && p[1] >= min(a[1], b[1]) && p[1] <= max(a[1], b[1]) {
			return onEdge
		}
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
			in = !in
		}
	}
	if in {
		return inside
	}
	return outside
}

// assemble makes the polygons of a relation. missing counts members that the
// file lacks, open the rings that don't close.
func (g *gathering) assemble(r *relation) (mp orb.MultiPolygon, missing, open int) {
	var lines [][]uint32
	for _, m := range r.members {
		if m.kind != ways {
			continue
		}
		w, ok := g.wayByID(m.id)
		if !ok {
			missing++
			continue
		}
		line, whole := g.present(w)
		if !whole {
			missing++
			continue
		}
		lines = append(lines, line)
	}
	rings, left := joinRings(lines)
	var paths []ringPath
	for _, ring := range rings {
		if p, ok := g.ring(ring); ok {
			paths = append(paths, p)
		}
	}
	return nest(paths), missing, len(left)
}

// present gives a way's nodes without repeats; whole is false if the file lacks
// some of them.
func (g *gathering) present(w *way) (line []uint32, whole bool) {
	for _, n := range g.nodesOf(w) {
		if !g.nodes.have[n] {
			return nil, false
		}
		if len(line) == 0 || line[len(line)-1] != n {
			line = append(line, n)
		}
	}
	return line, len(line) > 1
}

func fixedLine(g *gathering, nodes []uint32) orb.LineString {
	line := make(orb.LineString, len(nodes))
	for i, n := range nodes {
		line[i] = g.nodes.at[n].Point()
	}
	return line
}
