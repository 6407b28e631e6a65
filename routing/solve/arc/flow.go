package arc

import (
	"context"
	"math"
)

// A network is a graph for flows of least cost. Its arcs come in pairs, an arc and
// the one that takes its flow back.
type network struct {
	at     [][]int32 // arcs by vertex where they begin
	to     []int32
	cost   []int64
	room   []int64
	excess []int64 // by vertex: what is to flow away, or below 0, to it
}

func newNetwork(n int) *network { return &network{at: make([][]int32, n), excess: make([]int64, n)} }

func (g *network) arc(from, to int, cost, room int64) {
	g.at[from] = append(g.at[from], int32(len(g.to)))
	g.at[to] = append(g.at[to], int32(len(g.to)+1))
	g.to = append(g.to, int32(to), int32(from))
	g.cost = append(g.cost, cost, -cost)
	g.room = append(g.room, room, 0)
}

// settle sends all excess where it lacks, at the least cost: along one shortest
// path after the other, with potentials that keep costs above 0 (Edmonds and Karp,
// 1972). ok is false when ctx ended before, or where no path leads.
func (g *network) settle(ctx context.Context) (cost int64, ok bool) {
	n := len(g.at)
	potential := make([]int64, n)
	far := make([]int64, n)
	came := make([]int32, n) // the arc it was reached by, -1 = it is a source
	done := make([]bool, n)
	var q flowQueue
	for {
		left := false
		q = q[:0]
		for v := range far {
			far[v], done[v] = math.MaxInt64, false
			if g.excess[v] > 0 {
				left = true
				far[v], came[v] = 0, -1
				q.push(flowItem{0, int32(v)})
			}
		}
		if !left {
			return cost, true
		}
		if ctx.Err() != nil {
			return 0, false
		}
		end := int32(-1)
		for len(q) > 0 && end < 0 {
			it := q.pop()
			if done[it.at] {
				continue
			}
			done[it.at] = true
			if g.excess[it.at] < 0 {
				end = it.at
				break
			}
			for _, a := range g.at[it.at] {
				if w := g.to[a]; g.room[a] > 0 && !done[w] {
					if d := it.far + g.cost[a] + potential[it.at] - potential[w]; d < far[w] {
						far[w], came[w] = d, a
						q.push(flowItem{d, w})
					}
				}
			}
		}
		if end < 0 {
			return 0, false
		}
		for v := range potential {
			potential[v] += min(far[v], far[end])
		}
		amount := -g.excess[end]
		v := end
		for came[v] >= 0 {
			amount = min(amount, g.room[came[v]])
			v = g.to[came[v]^1]
		}
		amount = min(amount, g.excess[v])
		g.excess[v] -= amount
		g.excess[end] += amount
		for v = end; came[v] >= 0; v = g.to[came[v]^1] {
			g.room[came[v]] -= amount
			g.room[came[v]^1] += amount
			cost += amount * g.cost[came[v]]
		}
	}
}

// balanced is the least length of walks that serve all required edges and leave
// each vertex as often as they come, edges served in part one way and in part the
// other being allowed (Win's relaxation of the windy postman, 1989). Where each
// street may be walked one way only and the required ones are in one piece, it is
// the length of the shortest walk.
func (p *Problem) balanced(ctx context.Context) (int64, bool) {
	g := newNetwork(p.Vertices)
	const half = 2 // lengths are counted in halves
	var sum int64
	total := int64(2 * len(p.Edges))
	for _, e := range p.Edges {
		g.arc(e.From, e.To, half*e.Cost[0], total)
		g.arc(e.To, e.From, half*e.Cost[1], total)
		if !e.Required {
			continue
		}
		from, to, less, more := e.From, e.To, e.Cost[0], e.Cost[1]
		if more < less {
			from, to, less, more = to, from, more, less
		}
		sum += less
		g.excess[to]++
		g.excess[from]--
		g.arc(to, from, more-less, 2) // two of these turn it round, at more - less together
	}
	cost, ok := g.settle(ctx)
	return sum + (cost+1)/half, ok
}

type flowItem struct {
	far int64
	at  int32
}

// A flowQueue is a heap of vertices, the nearest first.
type flowQueue []flowItem

func (q *flowQueue) push(it flowItem) {
	h := append(*q, it)
	i := len(h) - 1
	for i > 0 && h[(i-1)/2].far > it.far {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i] = it
	*q = h
}

func (q *flowQueue) pop() flowItem {
	h := *q
	first, it := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*q = h
	for i := 0; len(h) > 0; {
		down := 2*i + 1
		if down+1 < len(h) && h[down+1].far < h[down].far {
			down++
		}
		if down >= len(h) || h[down].far >= it.far {
			h[i] = it
			break
		}
		h[i] = h[down]
		i = down
	}
	return first
}
