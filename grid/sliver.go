package grid

import (
	"cmp"
	"container/heap"
	"math"
	"slices"

	"citygrid/geo/planar"
)

// What is no block of its own: the strip between two carriageways, the island of
// a roundabout, the triangle at a slip road.
const (
	smallBlockM2 = 2_000
	thinBlockM   = 15 // about the width of a strip
)

// merger joins faces until none is too small or too thin to be a block.
type merger struct {
	mesh      *planar.Mesh
	inside    []bool // by face
	perDegree [2]float64

	up     []int32 // see planar.Find
	size   []float64
	rim    []float64           // the length of the border
	beside []map[int32]float64 // the length of the border with each neighbour
}

// area is the area of a face in m2.
func (m *merger) area(face int) float64 {
	return m.mesh.Area(face) * m.perDegree[0] * m.perDegree[1]
}

// length is the length of an edge in m.
func (m *merger) length(e planar.Edge) float64 {
	p, q := m.mesh.Nodes[e.From].Orb(), m.mesh.Nodes[e.To].Orb()
	return math.Hypot((p[0]-q[0])*m.perDegree[0], (p[1]-q[1])*m.perDegree[1])
}

// queued is a face and what its size was when it was queued.
type queued struct {
	face int32
	size float64
}

// smallest is a heap of faces, the smallest on top.
type smallest []queued

func (q smallest) Len() int      { return len(q) }
func (q smallest) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *smallest) Push(x any)   { *q = append(*q, x.(queued)) }
func (q smallest) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[i].size, q[j].size), cmp.Compare(q[i].face, q[j].face)) < 0
}

func (q *smallest) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// merge joins each sliver to the neighbour with the longest border on it, the
// smallest sliver first.
func (m *merger) merge() {
	n := m.mesh.Faces()
	m.up, m.size, m.rim = make([]int32, n), make([]float64, n), make([]float64, n)
	m.beside = make([]map[int32]float64, n)
	var queue smallest
	for f := range n {
		m.up[f], m.beside[f] = int32(f), map[int32]float64{}
		if m.inside[f] {
			m.size[f] = m.area(f)
			queue = append(queue, queued{int32(f), m.size[f]})
		}
	}
	for _, e := range m.mesh.Edges {
		if e.Left == e.Right {
			continue
		}
		length := m.length(e)
		m.rim[e.Left] += length
		m.rim[e.Right] += length
		if m.inside[e.Left] && m.inside[e.Right] {
			m.beside[e.Left][e.Right] += length
			m.beside[e.Right][e.Left] += length
		}
	}
	heap.Init(&queue)
	for queue.Len() > 0 {
		q := heap.Pop(&queue).(queued)
		f := q.face
		if m.up[f] != f || m.size[f] != q.size || !m.isSliver(f) {
			continue
		}
		into, longest := int32(-1), 0.0
		for g, length := range m.beside[f] {
			if length > longest || length == longest && g < into {
				into, longest = g, length
			}
		}
		if into >= 0 {
			heap.Push(&queue, m.join(f, into))
			// A neighbour may be left with one neighbour only.
			head := planar.Find(m.up, f)
			for _, g := range sortedKeys(m.beside[head]) {
				if len(m.beside[g]) == 1 {
					heap.Push(&queue, queued{g, m.size[g]})
				}
			}
		}
	}
}

// isSliver says whether a face is no block: too small, too thin, or enclosed by
// another, which would make that one a ring.
func (m *merger) isSliver(f int32) bool {
	if m.size[f] < smallBlockM2 || 2*m.size[f] < thinBlockM*m.rim[f] {
		return true
	}
	if len(m.beside[f]) != 1 {
		return false
	}
	for _, length := range m.beside[f] {
		return length >= m.rim[f]*(1-1e-9) // no border on the outside
	}
	return false
}

// join merges two faces; the lower one stands for both.
func (m *merger) join(f, g int32) queued {
	f, g = min(f, g), max(f, g)
	between := m.beside[f][g]
	planar.Unite(m.up, f, g)
	m.size[f] += m.size[g]
	m.rim[f] += m.rim[g] - 2*between
	for h, length := range m.beside[g] {
		delete(m.beside[h], g)
		if h != f {
			m.beside[h][f] += length
			m.beside[f][h] += length
		}
	}
	m.beside[g] = nil
	return queued{f, m.size[f]}
}

func sortedKeys(of map[int32]float64) []int32 {
	keys := make([]int32, 0, len(of))
	for k := range of {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
