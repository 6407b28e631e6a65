package arc

// Distances are the lengths of shortest paths between all vertices.
type Distances struct {
	n int
	d []int32
}

// infinite is longer than any path: Problem.Check refuses edges that are as long
// as that together.
const infinite = 1 << 29

// Between is the length of a shortest path; infinite where there is none.
func (d *Distances) Between(from, to int) int32 { return d.d[from*d.n+to] }

// row are the lengths from a vertex to each.
func (d *Distances) row(from int) []int32 { return d.d[from*d.n : (from+1)*d.n] }

type link struct {
	to   int32
	cost int32
}

// NewDistances works out the shortest paths from each vertex (Dijkstra).
func NewDistances(p *Problem) *Distances {
	return distances(p, func(e *Edge, back int) int64 { return e.Cost[back] })
}

func distances(p *Problem, cost func(e *Edge, back int) int64) *Distances {
	links := make([][]link, p.Vertices)
	for i := range p.Edges {
		e := &p.Edges[i]
		links[e.From] = append(links[e.From], link{int32(e.To), int32(cost(e, 0))})
		links[e.To] = append(links[e.To], link{int32(e.From), int32(cost(e, 1))})
	}
	all := &Distances{n: p.Vertices, d: make([]int32, p.Vertices*p.Vertices)}
	for i := range all.d {
		all.d[i] = infinite
	}
	var q queue
	for v := range p.Vertices {
		row := all.row(v)
		row[v] = 0
		q = append(q[:0], item{0, int32(v)})
		for len(q) > 0 {
			it := q.pop()
			if it.far > row[it.at] {
				continue
			}
			for _, l := range links[it.at] {
				if far := it.far + l.cost; far < row[l.to] {
					row[l.to] = far
					q.push(item{far, l.to})
				}
			}
		}
	}
	return all
}

// A queue is a heap of vertices, the nearest first.
type queue []item

type item struct{ far, at int32 }

func (q *queue) push(it item) {
	h := append(*q, it)
	i := len(h) - 1
	for i > 0 && h[(i-1)/2].far > it.far {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i] = it
	*q = h
}

func (q *queue) pop() item {
	h := *q
	first, it := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*q = h
	i := 0
	for {
		down := 2*i + 1
		if down+1 < len(h) && h[down+1].far < h[down].far {
			down++
		}
		if down >= len(h) || h[down].far >= it.far {
			break
		}
		h[i] = h[down]
		i = down
	}
	if len(h) > 0 {
		h[i] = it
	}
	return first
}

// Length is the length of a route, from the depot to the depot or round.
func (p *Problem) Length(d *Distances, route []Arc) int64 {
	if len(route) == 0 {
		return 0
	}
	at := p.Depot
	if at == Anywhere {
		_, at = p.Ends(route[len(route)-1])
	}
	home := at
	var sum int64
	for _, a := range route {
		enter, leave := p.Ends(a)
		sum += int64(d.Between(at, enter)) + p.Edges[a.Edge].walk(a.Back)
		at = leave
	}
	if p.Depot != Anywhere {
		sum += int64(d.Between(at, home))
	}
	return sum
}

func (e *Edge) walk(back bool) int64 {
	if back {
		return e.Cost[1]
	}
	return e.Cost[0]
}

// CostOf is the cost of routes under the problem's rule.
func (p *Problem) CostOf(d *Distances, routes [][]Arc) int64 {
	var sum, longest int64
	for _, r := range routes {
		l := p.Length(d, r)
		sum += l
		longest = max(longest, l)
	}
	if p.Longest {
		return longest
	}
	return sum
}
