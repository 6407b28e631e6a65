package matching

import "fmt"

// Labels of nodes. The value of a node grows with its label.
const (
	inner = -1 // at odd distance from the root of its tree: matched with an outer one below
	none  = 0  // in no tree, matched
	outer = 1  // at even distance
)

// A half is an edge seen from one of its ends: edge i is the halves 2i and 2i+1,
// each other's half^1.
type half int32

const noHalf half = -1

// A forest holds a matching that grows and dual variables that stay feasible. Its
// nodes are vertices, numbered as such, and blossoms, numbered from n. A node that
// is in no blossom is a top. Values of tops move with time; what is stored of one
// is as of since.
type forest struct {
	n     int
	ends  []int32 // by half: the vertex it is seen from
	cost  []int64 // by edge, in quarters
	at    [][]half
	mate  []half  // by vertex: the matched edge seen from it
	top   []int32 // by vertex: the top that holds it
	pot   []int64 // by vertex: the values of all nodes that hold it
	nodes []node
	idle  []int32 // blossoms that are not in use

	trees  map[int32][]int32 // by root vertex: nodes that have been its tops
	now    int64
	events events
	free   int // vertices without mate
	mark   int32
}

type node struct {
	label    int8
	used     bool
	parent   int32 // the blossom that holds it, -1 = it is a top
	base     int32 // the vertex that is matched outside
	root     int32 // of the tree it is in
	link     half  // of an inner top: the edge to its parent in the tree, seen from it
	marked   int32
	value    int64
	since    int64
	children []int32 // of a blossom, in a ring; the first holds the base
	ring     []half  // the edge from each child to the next
	vertices []int32
}

func newForest(n int, edges []Edge) *forest {
	f := &forest{
		n: n, ends: make([]int32, 2*len(edges)), cost: make([]int64, len(edges)),
		at: make([][]half, n), mate: make([]half, n), top: make([]int32, n), pot: make([]int64, n),
		nodes: make([]node, n+n/2+1), trees: map[int32][]int32{}, free: n,
	}
	degree := make([]int, n)
	for _, e := range edges {
		degree[e.A]++
		degree[e.B]++
	}
	room := make([]half, 2*len(edges))
	for v := range n {
		f.at[v], room = room[:0:degree[v]], room[degree[v]:]
		f.mate[v], f.top[v] = noHalf, int32(v)
	}
	for i, e := range edges {
		f.cost[i] = quarters * e.Weight
		f.ends[2*i], f.ends[2*i+1] = int32(e.A), int32(e.B)
		f.at[e.A] = append(f.at[e.A], half(2*i))
		f.at[e.B] = append(f.at[e.B], half(2*i+1))
	}
	for b := range f.nodes {
		f.nodes[b].parent, f.nodes[b].root, f.nodes[b].link = -1, -1, noHalf
		if b < n {
			f.nodes[b].used, f.nodes[b].base, f.nodes[b].vertices = true, int32(b), []int32{int32(b)}
		} else {
			f.idle = append(f.idle, int32(b))
		}
	}
	return f
}

func (f *forest) other(h half) int32 { return f.ends[h^1] }

// run matches all vertices.
func (f *forest) run() error {
	if err := f.start(); err != nil {
		return err
	}
	for f.free > 0 {
		e, ok := f.events.pop()
		if !ok {
			return fmt.Errorf("%w: %d vertices are left over", ErrNone, f.free)
		}
		f.now = e.at
		if e.what < 0 {
			f.expandIf(^e.what)
		} else {
			f.tight(half(e.what))
		}
	}
	return nil
}

// start gives vertices values by which as many edges as can be are tight, and
// matches along those greedily. Values are even, so that two outer vertices are
// always an even slack apart.
func (f *forest) start() error {
	for v := range f.n {
		if len(f.at[v]) == 0 {
			return fmt.Errorf("%w: vertex %d has no edge", ErrNone, v)
		}
		least := f.cost[f.at[v][0]/2]
		for _, h := range f.at[v] {
			least = min(least, f.cost[h/2])
		}
		f.pot[v] = least / 2
	}
	for v := range f.n {
		if f.mate[v] >= 0 {
			continue
		}
		best := f.at[v][0]
		for _, h := range f.at[v] {
			if f.slack(h) < f.slack(best) || f.slack(h) == f.slack(best) && f.mate[f.other(h)] < 0 {
				best = h
			}
		}
		f.pot[v] += f.slack(best)
		if w := f.other(best); f.mate[w] < 0 {
			f.mate[v], f.mate[w] = best, best^1
			f.free -= 2
		}
	}
	for v := range int32(f.n) {
		f.nodes[v].value = f.pot[v]
		if f.mate[v] < 0 {
			f.nodes[v].label, f.nodes[v].root = outer, v
			f.trees[v] = []int32{v}
		}
	}
	for v := range int32(f.n) {
		if f.nodes[v].label == outer {
			f.scan(v)
		}
	}
	return nil
}

// potential is the sum of the values of all nodes that hold v, as of now.
func (f *forest) potential(v int32) int64 {
	b := &f.nodes[f.top[v]]
	return f.pot[v] + int64(b.label)*(f.now-b.since)
}

// slack is what an edge between two tops weighs more than the values it crosses.
func (f *forest) slack(h half) int64 {
	return f.cost[h/2] - f.potential(f.ends[h]) - f.potential(f.ends[h^1])
}

// fold writes down the value of a top as of now.
func (f *forest) fold(b int32) {
	x := &f.nodes[b]
	if d := int64(x.label) * (f.now - x.since); d != 0 {
		x.value += d
		for _, v := range x.vertices {
			f.pot[v] += d
		}
	}
	x.since = f.now
}

// label makes a top outer, inner or none, as of now.
func (f *forest) label(b int32, l int8, root int32) {
	f.fold(b)
	f.nodes[b].label, f.nodes[b].root = l, root
	if root >= 0 {
		f.trees[root] = append(f.trees[root], b)
	}
	if l == inner && b >= int32(f.n) {
		f.events.push(event{f.now + f.nodes[b].value, ^b})
	}
}

// scan foresees when edges at a top become tight: of an outer one those to outer
// and unlabelled tops, of an unlabelled one those to outer tops.
func (f *forest) scan(b int32) {
	l := f.nodes[b].label
	for _, v := range f.nodes[b].vertices {
		for _, h := range f.at[v] {
			w := f.top[f.other(h)]
			if w == b {
				continue
			}
			f.foresee(h, l, f.nodes[w].label)
		}
	}
}

func (f *forest) foresee(h half, x, y int8) {
	switch {
	case x == outer && y == outer:
		f.events.push(event{f.now + f.slack(h)/2, int32(h)})
	case x+y == outer: // one of them is none
		f.events.push(event{f.now + f.slack(h), int32(h)})
	}
}

// tight does what is to be done with an edge that may be tight now.
func (f *forest) tight(h half) {
	u, v := f.top[f.ends[h]], f.top[f.other(h)]
	x, y := &f.nodes[u], &f.nodes[v]
	if u == v || int(x.label)+int(y.label) < outer {
		return
	}
	if f.slack(h) > 0 {
		f.foresee(h, x.label, y.label) // a label has changed since
		return
	}
	switch {
	case x.label == none:
		f.grow(h ^ 1)
	case y.label == none:
		f.grow(h)
	case x.root == y.root:
		f.shrink(h)
	default:
		f.augment(h)
	}
}

// grow takes a matched pair into the tree of an outer top: h leads to it.
func (f *forest) grow(h half) {
	root := f.nodes[f.top[f.ends[h]]].root
	b := f.top[f.other(h)]
	f.nodes[b].link = h ^ 1
	f.label(b, inner, root)
	c := f.top[f.other(f.mate[f.nodes[b].base])]
	f.label(c, outer, root)
	f.scan(c)
}

// above is the next top towards the root, and the edge there seen from b.
func (f *forest) above(b int32) (int32, half) {
	x := &f.nodes[b]
	h := x.link
	if x.label == outer {
		h = f.mate[x.base]
	}
	if h < 0 {
		return -1, noHalf
	}
	return f.top[f.other(h)], h
}

// shrink makes a blossom of the ring that edge h closes in a tree.
func (f *forest) shrink(h half) {
	u, v := f.top[f.ends[h]], f.top[f.other(h)]
	f.mark++
	meet := int32(-1)
	for x, y := u, v; meet < 0; x, y = y, x {
		if x < 0 {
			continue
		}
		if f.nodes[x].marked == f.mark {
			meet = x
			break
		}
		f.nodes[x].marked = f.mark
		x, _ = f.above(x)
	}
	id := f.idle[len(f.idle)-1]
	f.idle = f.idle[:len(f.idle)-1]
	b := &f.nodes[id]
	*b = node{used: true, parent: -1, base: f.nodes[meet].base, link: noHalf}
	// From the meeting point down to u, over h to v, and up again.
	for x := u; x != meet; {
		b.children = append(b.children, x)
		next, up := f.above(x)
		b.ring = append(b.ring, up^1)
		x = next
	}
	b.children = append(b.children, meet)
	reverse(b.children)
	reverse(b.ring)
	b.ring = append(b.ring, h)
	for x := v; x != meet; {
		b.children = append(b.children, x)
		next, up := f.above(x)
		b.ring = append(b.ring, up)
		x = next
	}
	root := f.nodes[meet].root
	var found []int32
	for _, c := range b.children {
		f.fold(c)
		x := &f.nodes[c]
		x.parent = id
		b.vertices = append(b.vertices, x.vertices...)
		if x.label == inner {
			found = append(found, c)
		}
		x.label, x.root = none, -1
	}
	for _, w := range b.vertices {
		f.top[w] = id
	}
	b.since = f.now
	f.label(id, outer, root)
	for _, c := range found { // edges of the others are foreseen already
		for _, w := range f.nodes[c].vertices {
			for _, e := range f.at[w] {
				if o := f.top[f.other(e)]; o != id {
					f.foresee(e, outer, f.nodes[o].label)
				}
			}
		}
	}
}

func reverse[T any](s []T) {
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
}

// augment matches along the path between two roots over edge h, and takes both
// trees apart.
func (f *forest) augment(h half) {
	a, b := f.nodes[f.top[f.ends[h]]].root, f.nodes[f.top[f.other(h)]].root
	f.flip(h)
	f.flip(h ^ 1)
	f.free -= 2
	for _, root := range [...]int32{a, b} {
		var tops []int32
		for _, x := range f.trees[root] {
			if y := &f.nodes[x]; y.used && y.parent < 0 && y.root == root {
				f.fold(x)
				y.label, y.root, y.link = none, -1, noHalf
				tops = append(tops, x)
			}
		}
		delete(f.trees, root)
		for _, x := range tops {
			f.scan(x)
		}
	}
}

// flip matches the end of h by h, and goes on to the root of its tree.
func (f *forest) flip(h half) {
	for {
		v := f.ends[h]
		b := f.top[v]
		old := f.mate[f.nodes[b].base]
		f.rebase(b, v)
		f.mate[v] = h
		if old < 0 {
			return
		}
		c := f.top[f.other(old)]
		link := f.nodes[c].link
		f.rebase(c, f.ends[link])
		f.mate[f.ends[link]] = link
		h = link ^ 1
	}
}

// child is the index of the child of blossom b that holds vertex v.
func (f *forest) child(b, v int32) int {
	c := v
	for f.nodes[c].parent != b {
		c = f.nodes[c].parent
	}
	for i, x := range f.nodes[b].children {
		if x == c {
			return i
		}
	}
	panic("matching: a blossom does not hold its vertex")
}

// rebase matches the inside of a node such that v is left for the outside.
func (f *forest) rebase(b, v int32) {
	x := &f.nodes[b]
	if b < int32(f.n) || x.base == v {
		return
	}
	i, k := f.child(b, v), len(x.children)
	f.rebase(x.children[i], v)
	// Pairs are 1+2, 3+4, ... beside the first; now i is left over instead.
	if i%2 == 0 {
		for j := 0; j < i; j += 2 {
			f.pair(x.children[j], x.children[j+1], x.ring[j])
		}
	} else {
		for j := i + 1; j < k; j += 2 {
			f.pair(x.children[j], x.children[(j+1)%k], x.ring[j])
		}
	}
	x.children = append(x.children[i:k:k], x.children[:i]...)
	x.ring = append(x.ring[i:k:k], x.ring[:i]...)
	x.base = v
}

func (f *forest) pair(a, b int32, h half) {
	f.rebase(a, f.ends[h])
	f.rebase(b, f.other(h))
	f.mate[f.ends[h]], f.mate[f.other(h)] = h, h^1
}

// expandIf takes an inner blossom apart if its value is spent.
func (f *forest) expandIf(id int32) {
	b := &f.nodes[id]
	if !b.used || b.parent >= 0 || b.label != inner {
		return
	}
	if left := b.value - (f.now - b.since); left > 0 {
		f.events.push(event{f.now + left, ^id})
		return
	}
	f.fold(id)
	root, link, k := b.root, b.link, len(b.children)
	for _, c := range b.children {
		x := &f.nodes[c]
		x.parent, x.label, x.root, x.since, x.link = -1, none, -1, f.now, noHalf
		for _, v := range x.vertices {
			f.top[v] = c
		}
	}
	// The way from where the tree enters to the base stays in the tree.
	entry := f.ends[link]
	i := 0
	for b.children[i] != f.top[entry] {
		i++
	}
	inTree := make([]int8, k)
	inTree[i] = inner
	f.nodes[b.children[i]].link = link
	for i != 0 {
		var out, in int
		var h half // seen from the next inner child
		if i%2 == 0 {
			out, in = i-1, i-2
			h = b.ring[in]
		} else {
			out, in = i+1, (i+2)%k
			h = b.ring[out] ^ 1
		}
		inTree[out], inTree[in] = outer, inner
		f.nodes[b.children[in]].link = h
		i = in
	}
	children := b.children
	*b = node{parent: -1, root: -1, link: noHalf}
	f.idle = append(f.idle, id)
	for j, c := range children {
		if inTree[j] != none {
			f.label(c, inTree[j], root)
		}
	}
	for j, c := range children {
		if inTree[j] != inner {
			f.scan(c)
		}
	}
}

// matching is the answer when all are matched.
func (f *forest) matching() Matching {
	m := Matching{Mate: make([]int, f.n), Proof: Certificate{Vertex: make([]int64, f.n)}}
	for v := range f.n {
		h := f.mate[v]
		m.Mate[v] = int(f.other(h))
		if f.ends[h] < f.other(h) {
			m.Weight += f.cost[h/2] / quarters
		}
		f.fold(f.top[v])
	}
	for b := range f.nodes {
		x := &f.nodes[b]
		switch {
		case b < f.n:
			m.Proof.Vertex[b] = x.value
		case x.used && x.value > 0:
			set := make([]int, len(x.vertices))
			for i, v := range x.vertices {
				set[i] = int(v)
			}
			m.Proof.Blossoms = append(m.Proof.Blossoms, Blossom{set, x.value})
		}
	}
	return m
}
