package planar

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Dissolve joins the faces of equal label into areas. It gives one area for each
// label from 0 to n-1; faces of other labels, -1 for instance, are left out.
//
// Areas that lie side by side have all nodes of their common border in both. Outer
// rings run counter-clockwise, holes clockwise, each ring is closed and meets no
// node twice: where an area touches itself at a node there is a hole that touches
// its ring. Faces that touch only at a node are parts of a multipolygon.
func (m *Mesh) Dissolve(label []int32, n int) []orb.MultiPolygon {
	whole := make([]int32, m.Faces()) // faces of one label that lie side by side
	for f := range whole {
		whole[f] = int32(f)
	}
	for _, e := range m.Edges {
		if label[e.Left] == label[e.Right] {
			Unite(whole, e.Left, e.Right)
		}
	}
	type part struct {
		label int32
		rings orb.Polygon
	}
	parts := map[int32]*part{}
	var order []int32
	done := make([]bool, len(m.next))
	for h := range int32(len(m.next)) {
		f := m.left(h)
		at := label[f]
		if done[h] || at < 0 || int(at) >= n || label[m.left(h^1)] == at {
			continue
		}
		var ring []int32 // nodes
		for g := h; !done[g]; g = m.border(g, label) {
			done[g] = true
			ring = append(ring, m.start(g))
		}
		head := Find(whole, f)
		if parts[head] == nil {
			parts[head] = &part{label: at}
			order = append(order, head)
		}
		for _, loop := range loops(ring) {
			r := m.ring(loop)
			p := parts[head]
			p.rings = append(p.rings, r)
			if m.twiceArea(loop) > 0 { // the outer ring goes first
				k := len(p.rings) - 1
				p.rings[0], p.rings[k] = p.rings[k], p.rings[0]
			}
		}
	}
	out := make([]orb.MultiPolygon, n)
	for _, head := range order {
		p := parts[head]
		out[p.label] = append(out[p.label], p.rings)
	}
	return out
}

// border is the half-edge that follows h around the area of its label: from its
// end, past all that lies inside the area.
func (m *Mesh) border(h int32, label []int32) int32 {
	at := label[m.left(h)]
	h = m.next[h]
	for label[m.left(h^1)] == at {
		h = m.next[h^1]
	}
	return h
}

// loops takes a closed walk apart where it meets a node again.
func loops(walk []int32) [][]int32 {
	var out [][]int32
	var stack []int32
	at := make(map[int32]int, len(walk))
	for _, v := range walk {
		if i, met := at[v]; met {
			out = append(out, slices.Clone(stack[i:]))
			for _, w := range stack[i+1:] {
				delete(at, w)
			}
			stack = stack[:i+1]
			continue
		}
		at[v] = len(stack)
		stack = append(stack, v)
	}
	return append(out, stack)
}

func (m *Mesh) ring(nodes []int32) orb.Ring {
	r := make(orb.Ring, 0, len(nodes)+1)
	for _, v := range nodes {
		r = append(r, m.Nodes[v].Orb())
	}
	return append(r, r[0])
}

// twiceArea is twice the signed area of a ring of nodes, in square units,
// positive counter-clockwise. It is exact up to 4 square degrees.
func (m *Mesh) twiceArea(nodes []int32) float64 {
	o := m.Nodes[nodes[0]]
	about, exact := 0.0, int64(0) // exact wraps around and back again
	for i, v := range nodes {
		p, q := m.Nodes[v], m.Nodes[nodes[(i+1)%len(nodes)]]
		about += float64(p.X-o.X)*float64(q.Y-o.Y) - float64(p.Y-o.Y)*float64(q.X-o.X)
		exact += (p.X-o.X)*(q.Y-o.Y) - (p.Y-o.Y)*(q.X-o.X)
	}
	if math.Abs(about) < 8e18 {
		return float64(exact)
	}
	return about
}

// Rings gives the nodes of a face's rings: its own first, counter-clockwise, then
// those of the parts inside it. The outside has only the latter.
func (m *Mesh) Rings(face int) [][]int32 {
	var out [][]int32
	for _, h := range m.outer[face] {
		var ring []int32
		for g := h; ; {
			ring = append(ring, m.start(g))
			if g = m.next[g]; g == h {
				break
			}
		}
		out = append(out, ring)
	}
	return out
}

// RingEdges is like Rings, with the edges that the rings run along.
func (m *Mesh) RingEdges(face int) [][]int32 {
	var out [][]int32
	for _, h := range m.outer[face] {
		var ring []int32
		for g := h; ; {
			ring = append(ring, g>>1)
			if g = m.next[g]; g == h {
				break
			}
		}
		out = append(out, ring)
	}
	return out
}

// Area is the area of a face in square degrees, with its holes taken off; for the
// outside, minus all that is enclosed.
func (m *Mesh) Area(face int) float64 {
	sum := 0.0
	for _, ring := range m.Rings(face) {
		sum += m.twiceArea(ring)
	}
	return sum / 2 / Unit / Unit
}

// Inside is a point well inside an enclosed face: halfway along the longest cut
// through it from west to east at one of a few latitudes.
func (m *Mesh) Inside(face int) orb.Point {
	rings := m.Rings(face)
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	for _, v := range rings[0] {
		low, high = min(low, m.Nodes[v].Y), max(high, m.Nodes[v].Y)
	}
	best, width := m.Nodes[rings[0][0]].Orb(), -1.0
	for _, part := range []float64{0.5, 0.25, 0.75, 0.37, 0.61} {
		y := float64(low) + float64(high-low)*part
		var xs []float64
		for _, ring := range rings {
			for i, v := range ring {
				p, q := m.Nodes[v], m.Nodes[ring[(i+1)%len(ring)]]
				if (float64(p.Y) > y) != (float64(q.Y) > y) {
					xs = append(xs, float64(p.X)+float64(q.X-p.X)*(y-float64(p.Y))/float64(q.Y-p.Y))
				}
			}
		}
		slices.Sort(xs)
		for i := 0; i+1 < len(xs); i += 2 {
			if w := xs[i+1] - xs[i]; w > width {
				width, best = w, orb.Point{(xs[i] + xs[i+1]) / 2 / Unit, y / Unit}
			}
		}
	}
	return best
}

// Middle is the centroid of an enclosed face, which need not lie inside it.
func (m *Mesh) Middle(face int) orb.Point {
	rings := m.Rings(face)
	o := m.Nodes[rings[0][0]]
	x, y, area := 0.0, 0.0, 0.0
	for _, ring := range rings {
		for i, v := range ring {
			p, q := m.Nodes[v], m.Nodes[ring[(i+1)%len(ring)]]
			px, py, qx, qy := float64(p.X-o.X), float64(p.Y-o.Y), float64(q.X-o.X), float64(q.Y-o.Y)
			c := px*qy - py*qx
			x, y, area = x+(px+qx)*c, y+(py+qy)*c, area+c
		}
	}
	if area <= 0 {
		return o.Orb()
	}
	at := o.Orb()
	return orb.Point{at[0] + x/area/3/Unit, at[1] + y/area/3/Unit}
}
