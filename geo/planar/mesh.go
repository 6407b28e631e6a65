package planar

import (
	"cmp"
	"slices"
)

// A Mesh is the plane cut along lines. Its edges meet at nodes only.
type Mesh struct {
	Nodes []Point // from west to east, then from south to north
	Edges []Edge

	uses  []Use
	used  []int32   // uses[used[e]:used[e+1]] are those of edge e
	next  []int32   // the half-edge that follows around the face on the left
	outer [][]int32 // by face: a half-edge of each of its rings
	at    []int32   // by node: its first place in spokes
	spoke []int32   // the half-edges that leave each node, counter-clockwise
}

// An Edge joins two nodes without meeting anything in between. It runs from west
// to east, or straight north.
type Edge struct {
	From, To    int32 // nodes
	Left, Right int32 // faces; the same where the edge ends in the middle of a face
}

// Half-edge 2e runs along edge e, 2e+1 against it. Each has its face on its left.

func (m *Mesh) start(h int32) int32 {
	if h&1 == 0 {
		return m.Edges[h>>1].From
	}
	return m.Edges[h>>1].To
}

func (m *Mesh) end(h int32) int32 { return m.start(h ^ 1) }

// left is the face on the left of a half-edge.
func (m *Mesh) left(h int32) int32 {
	if h&1 == 0 {
		return m.Edges[h>>1].Left
	}
	return m.Edges[h>>1].Right
}

// Faces is how many faces there are. Face 0 is the outside, all that no ring of
// edges encloses; an enclosed one has the faces inside it as holes.
func (m *Mesh) Faces() int { return len(m.outer) }

// Uses says which lines run along an edge.
func (m *Mesh) Uses(edge int) []Use { return m.uses[m.used[edge]:m.used[edge+1]] }

// New cuts the plane along the lines. Where lines cross without a node the
// crossing is rounded to a whole position, and the lines are led through it. The
// errors are ErrTooLong and ErrTangled.
func New(lines []Line) (*Mesh, error) {
	nodes, pieces, err := node(lines)
	if err != nil {
		return nil, err
	}
	m := &Mesh{Nodes: nodes}
	for i, p := range pieces {
		if i == 0 || p.from != pieces[i-1].from || p.to != pieces[i-1].to {
			m.Edges = append(m.Edges, Edge{From: p.from, To: p.to})
			m.used = append(m.used, int32(i))
		}
		m.uses = append(m.uses, p.use)
	}
	m.used = append(m.used, int32(len(pieces)))
	m.join()
	m.walk()
	return m, nil
}

// join sorts the half-edges around each node and finds what follows each.
func (m *Mesh) join() {
	m.at = make([]int32, len(m.Nodes)+1)
	for _, e := range m.Edges {
		m.at[e.From+1]++
		m.at[e.To+1]++
	}
	for i := 1; i < len(m.at); i++ {
		m.at[i] += m.at[i-1]
	}
	m.spoke = make([]int32, 2*len(m.Edges))
	free := slices.Clone(m.at)
	for h := range int32(len(m.spoke)) {
		v := m.start(h)
		m.spoke[free[v]] = h
		free[v]++
	}
	m.next = make([]int32, len(m.spoke))
	for v := range m.Nodes {
		around := m.spoke[m.at[v]:m.at[v+1]]
		slices.SortFunc(around, func(g, h int32) int { return m.turn(g, h) })
		for i, h := range around {
			// Coming in along h^1, the face on the left goes out on the spoke
			// before h.
			m.next[h^1] = around[(i+len(around)-1)%len(around)]
		}
	}
}

// turn compares the directions of two half-edges that leave one node,
// counter-clockwise from just after west, so that west itself is last.
func (m *Mesh) turn(g, h int32) int {
	d, e := m.direction(g), m.direction(h)
	if c := cmp.Compare(half(d), half(e)); c != 0 {
		return c
	}
	return cmp.Compare(0, d.X*e.Y-d.Y*e.X)
}

func (m *Mesh) direction(h int32) Point {
	a, b := m.Nodes[m.start(h)], m.Nodes[m.end(h)]
	return Point{b.X - a.X, b.Y - a.Y}
}

// half is 0 for directions south of the west-east line, 2 for west, 1 for the rest.
func half(d Point) int {
	switch {
	case d.Y < 0:
		return 0
	case d.Y > 0 || d.X > 0:
		return 1
	}
	return 2
}

// walk goes round every ring of half-edges and gives the faces their numbers.
func (m *Mesh) walk() {
	ring := make([]int32, len(m.spoke)) // by half-edge
	for h := range ring {
		ring[h] = -1
	}
	var first []int32 // by ring, a half-edge of it
	for h := range int32(len(ring)) {
		if ring[h] >= 0 {
			continue
		}
		for g := h; ring[g] < 0; g = m.next[g] {
			ring[g] = int32(len(first))
		}
		first = append(first, h)
	}
	// Edges that hang together have one ring around them, that of the last spoke
	// of their westernmost node: nothing of theirs is west of it.
	part := m.parts()
	around := map[int32]int32{} // ring -> part
	var roots []int32           // the westernmost node of each part, from west to east
	seen := map[int32]bool{}
	for v := range int32(len(m.Nodes)) {
		if p := part[v]; !seen[p] {
			seen[p] = true
			roots = append(roots, v)
			around[ring[m.spoke[m.at[v+1]-1]]] = p
		}
	}
	m.outer = make([][]int32, 1)
	face := make([]int32, len(first)) // by ring
	for r, h := range first {
		if _, isAround := around[int32(r)]; !isAround {
			face[r] = int32(len(m.outer))
			m.outer = append(m.outer, []int32{h})
		}
	}
	if len(roots) > 1 {
		m.nest(roots, part, ring, face)
	}
	for r, h := range first {
		if _, isAround := around[int32(r)]; isAround {
			m.outer[face[r]] = append(m.outer[face[r]], h)
		}
	}
	for e := range m.Edges {
		m.Edges[e].Left, m.Edges[e].Right = face[ring[2*e]], face[ring[2*e+1]]
	}
}

// nest finds the face that each part lies in, from west to east: what is next to
// the west of its westernmost node is done already.
func (m *Mesh) nest(roots, part, ring, face []int32) {
	l := newLocator(m, func(e int) (west, east int32) {
		h := int32(2 * e)
		if m.Nodes[m.Edges[e].From].Y > m.Nodes[m.Edges[e].To].Y {
			h++ // now h runs north
		}
		return h, h ^ 1
	})
	for _, v := range roots {
		p := m.Nodes[v]
		skip := func(s *span) bool { return part[m.start(s.east)] == part[v] }
		in := int32(0)
		if s := l.nearest(p, skip); s != nil {
			in = face[ring[s.east]]
		}
		face[ring[m.spoke[m.at[v+1]-1]]] = in
	}
}

// parts numbers the nodes by what hangs together.
func (m *Mesh) parts() []int32 {
	up := make([]int32, len(m.Nodes))
	for v := range up {
		up[v] = int32(v)
	}
	for _, e := range m.Edges {
		Unite(up, e.From, e.To)
	}
	for v := range up {
		up[v] = Find(up, int32(v))
	}
	return up
}

// Find gives the head of i's set in a forest of numbers that each name one above
// them; heads name themselves.
func Find(up []int32, i int32) int32 {
	for up[i] != i {
		up[i] = up[up[i]]
		i = up[i]
	}
	return i
}

// Unite joins two sets of such a forest; the lower head stays head.
func Unite(up []int32, i, j int32) {
	i, j = Find(up, i), Find(up, j)
	up[max(i, j)] = min(i, j)
}

// Spread visits every face but the outside once, each after a face beside it: it
// calls step with a face that was visited (or the outside), a new one, and the
// edge between them, which the step crosses to its left or to its right.
func (m *Mesh) Spread(step func(from, to int32, edge int, toLeft bool)) {
	done := make([]bool, m.Faces())
	done[0] = true
	queue := []int32{0}
	beside := make([][]int32, m.Faces())
	for e, x := range m.Edges {
		if x.Left != x.Right {
			beside[x.Left] = append(beside[x.Left], int32(e))
			beside[x.Right] = append(beside[x.Right], int32(e))
		}
	}
	for len(queue) > 0 {
		f := queue[0]
		queue = queue[1:]
		for _, e := range beside[f] {
			x := m.Edges[e]
			to, toLeft := x.Left, true
			if to == f {
				to, toLeft = x.Right, false
			}
			if done[to] {
				continue
			}
			done[to] = true
			step(f, to, int(e), toLeft)
			queue = append(queue, to)
		}
	}
}
