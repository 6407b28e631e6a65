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
	crumbM2      = 1  // what is no ground at all
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
	over   []map[int32]float64 // the same, of borders that are barred
	barred func(edge int) bool // says which borders must stay; nil for none
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
	m.start()
	var queue smallest
	for f, in := range m.inside {
		if in && m.up[f] == int32(f) {
			queue = append(queue, queued{int32(f), m.size[f]})
		}
	}
	heap.Init(&queue)
	for queue.Len() > 0 {
		q := heap.Pop(&queue).(queued)
		f := q.face
		if m.up[f] != f || m.size[f] != q.size || !m.isSliver(f) {
			continue
		}
		into := longest(m.beside[f])
		if into < 0 && m.size[f] < crumbM2 {
			into = longest(m.over[f]) // a street drawn twice
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

// start measures the faces, joined as up has them already.
func (m *merger) start() {
	n := m.mesh.Faces()
	if m.up == nil {
		m.up = make([]int32, n)
		for f := range n {
			m.up[f] = int32(f)
		}
	}
	m.size, m.rim = make([]float64, n), make([]float64, n)
	m.beside, m.over = make([]map[int32]float64, n), make([]map[int32]float64, n)
	for f := range n {
		if head := planar.Find(m.up, int32(f)); head == int32(f) {
			m.beside[f], m.over[f] = map[int32]float64{}, map[int32]float64{}
		}
		if m.inside[f] {
			m.size[planar.Find(m.up, int32(f))] += m.area(f)
		}
	}
	for i, e := range m.mesh.Edges {
		left, right := planar.Find(m.up, e.Left), planar.Find(m.up, e.Right)
		if left == right {
			continue
		}
		length := m.length(e)
		m.rim[left] += length
		m.rim[right] += length
		if m.inside[e.Left] && m.inside[e.Right] {
			next := m.beside
			if m.barred != nil && m.barred(i) {
				next = m.over
			}
			next[left][right] += length
			next[right][left] += length
		}
	}
	for f := range m.over {
		m.bar(int32(f))
	}
}

// longest is the neighbour with the longest border, the lower of two such; -1
// without any.
func longest(beside map[int32]float64) int32 {
	into, most := int32(-1), 0.0
	for g, length := range beside {
		if length > most || length == most && g < into {
			into, most = g, length
		}
	}
	return into
}

// isThin says whether a face is a strip.
func (m *merger) isThin(f int32) bool { return 2*m.size[f] < thinBlockM*m.rim[f] }

// isSliver says whether a face is no block: too small, too thin, or enclosed by
// another, which would make that one a ring.
func (m *merger) isSliver(f int32) bool {
	if m.size[f] < smallBlockM2 || m.isThin(f) {
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
	between := m.beside[f][g] + m.over[f][g]
	planar.Unite(m.up, f, g)
	m.size[f] += m.size[g]
	m.rim[f] += m.rim[g] - 2*between
	for _, beside := range [][]map[int32]float64{m.beside, m.over} {
		for h, length := range beside[g] {
			delete(beside[h], g)
			if h != f {
				beside[h][f] += length
				beside[f][h] += length
			}
		}
		delete(beside[f], g)
		beside[g] = nil
	}
	m.bar(f)
	return queued{f, m.size[f]}
}

// bar keeps f from being joined to what it touches over a barred border too.
func (m *merger) bar(f int32) {
	for g, length := range m.over[f] {
		if free := m.beside[f][g]; free > 0 {
			delete(m.beside[f], g)
			delete(m.beside[g], f)
			m.over[f][g], m.over[g][f] = length+free, length+free
		}
	}
}

func sortedKeys(of map[int32]float64) []int32 {
	keys := make([]int32, 0, len(of))
	for k := range of {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
