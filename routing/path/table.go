package path

import (
	"context"
	"slices"
)

// lanes is how many starts a table works on at once: their costs lie side by side,
// so each arc is looked up once for all of them.
const lanes = 8

// A sweep finds costs from many places to many: the one-to-many search on a
// hierarchy that is restricted to what is above the goals (RPHAST; Delling,
// Goldberg, Werneck 2011). From each start it goes up the tree; then it goes down
// over the nodes above any goal, once for eight starts.
type sweep struct {
	place []uint32 // by node: 1 + its place among nodes; 0 = not above a goal
	nodes []uint32 // above a goal, the most important first
	first []uint32 // arcs into nodes[i]: arc[first[i]:first[i+1]]
	arc   []sweepArc
	cost  []lane // by place
}

// A lane holds the costs of one node for all the starts that are worked on. They
// are kept less 1<<63, as signed numbers, which processors compare in vectors:
// adding to them and comparing them is as it is with costs.
type lane [lanes]int64

// signed is a cost as a lane keeps it, and unsigned the cost of that.
func signed(c cost) int64   { return int64(c ^ 1<<63) }
func unsigned(x int64) cost { return cost(x) ^ 1<<63 }

// far is a lane where no start has come.
var far = func() (l lane) {
	for i := range l {
		l[i] = signed(never)
	}
	return l
}()

// A sweepArc leads down from the node at a place.
type sweepArc struct {
	from uint64
	cost cost
}

// table finds the costs between places, row by row into costs: never where there
// is no way or no place.
func (b *doorBook) table(ctx context.Context, r *room, from, to []place, costs []cost) error {
	e := b.e
	for i := range costs {
		costs[i] = never
	}
	if len(from) == 0 || len(to) == 0 {
		return nil
	}
	goals := make([][]door, len(to))
	for j, p := range to {
		goals[j] = b.arriving(p)
	}
	ends := e.ends(to, goals)
	t := &r.table
	t.choose(e, goals)
	defer t.forget()
	targets := t.targets(e.h, goals)
	for first := 0; first < len(from); first += lanes {
		if err := ctx.Err(); err != nil {
			return err
		}
		group := from[first:min(first+lanes, len(from))]
		for i := range t.cost {
			t.cost[i] = far
		}
		for lane, p := range group {
			row := costs[(first+lane)*len(to) : (first+lane+1)*len(to)]
			doors := b.leaving(p)
			ends.fill(e, p, doors, row)
			t.climb(e, &r.forward, doors, lane)
		}
		t.down()
		for k := 0; k < len(targets); {
			goal, least := targets[k].goal, far
			for ; k < len(targets) && targets[k].goal == goal; k++ {
				above, c := &t.cost[targets[k].place], int64(targets[k].cost)
				for i := range least {
					least[i] = min(least[i], above[i]+c)
				}
			}
			for i := range group {
				cell := &costs[(first+i)*len(to)+int(goal)]
				*cell = min(*cell, unsigned(least[i]))
			}
		}
	}
	return nil
}

// choose lists the nodes above the goals' doors, with the arcs into them.
func (t *sweep) choose(e *Engine, goals [][]door) {
	t.nodes, t.first, t.arc = t.nodes[:0], t.first[:0], t.arc[:0]
	h := e.h
	for _, doors := range goals {
		for _, d := range doors {
			for v := h.node[d.state]; v != noNode && t.place[v] == 0; v = h.parent[v] {
				t.place[v] = 1
				t.nodes = append(t.nodes, v)
			}
		}
	}
	slices.Sort(t.nodes)
	slices.Reverse(t.nodes)
	for i, v := range t.nodes {
		t.place[v] = uint32(i) + 1
		t.first = append(t.first, uint32(len(t.arc)))
		costs := e.metric.in.of(&h.in, v)
		for k, u := range h.in.of(v) {
			if costs[k] < never {
				t.arc = append(t.arc, sweepArc{uint64(t.place[u] - 1), costs[k]})
			}
		}
	}
	t.first = append(t.first, uint32(len(t.arc)))
	t.cost = slices.Grow(t.cost[:0], len(t.nodes))[:len(t.nodes)]
}

func (t *sweep) forget() {
	for _, v := range t.nodes {
		t.place[v] = 0
	}
}

// A sweepGoal is a door of a goal.
type sweepGoal struct {
	place uint32
	goal  uint32
	cost  cost
}

func (t *sweep) targets(h *hierarchy, goals [][]door) (all []sweepGoal) {
	for j, doors := range goals {
		for _, d := range doors {
			if v := h.node[d.state]; v != noNode {
				all = append(all, sweepGoal{t.place[v] - 1, uint32(j), d.cost})
			}
		}
	}
	return all
}

// climb goes up from the doors of a start and notes the costs in its lane.
func (t *sweep) climb(e *Engine, a *ascent, doors []door, lane int) {
	a.reset()
	for _, d := range doors {
		if v := e.h.node[d.state]; v != noNode && !d.end {
			a.enter(v, d.cost)
		}
	}
	for v := a.least(); v != noNode; v = a.least() {
		a.pass(v, e.h.parent)
		if a.cost[v] >= never {
			continue
		}
		if at := t.place[v]; at != 0 {
			t.cost[at-1][lane] = signed(a.cost[v])
		}
		a.relax(v, e.h.out.of(v), e.metric.out.of(&e.h.out, v))
	}
}

// down carries the costs from the most important node to the least.
func (t *sweep) down() {
	if len(t.arc) > 0 {
		carry(t.cost, t.first, t.arc)
	}
}

// ends are the goals by what the hierarchy doesn't know of: the private ground
// around them and the segments they lie on.
type ends struct {
	to      []place
	doors   [][]door
	private map[state][]end
	on      map[uint32][]int32 // goals by segment
}

type end struct{ goal, door int32 }

func (e *Engine) ends(to []place, doors [][]door) *ends {
	x := &ends{to, doors, make(map[state][]end), make(map[uint32][]int32)}
	for j, list := range doors {
		for i, d := range list {
			if e.h.node[d.state] == noNode {
				x.private[d.state] = append(x.private[d.state], end{int32(j), int32(i)})
			}
		}
		for i, near := range to[j] {
			id := uint32(near.Segment)
			if i == 0 || near.Segment != to[j][i-1].Segment {
				x.on[id] = append(x.on[id], int32(j))
			}
		}
	}
	return x
}

// fill lowers the costs of ways along one segment, and over private ground alone.
func (x *ends) fill(e *Engine, from place, doors []door, row []cost) {
	for _, near := range from {
		for _, j := range x.on[uint32(near.Segment)] {
			if _, c := e.direct(from, x.to[j]); c < row[j] {
				row[j] = c
			}
		}
	}
	if len(x.private) == 0 {
		return
	}
	for _, d := range doors {
		if d.end || e.h.node[d.state] != noNode {
			continue
		}
		for _, g := range x.private[d.state] {
			row[g.goal] = min(row[g.goal], d.cost.plus(x.doors[g.goal][g.door].cost))
		}
	}
}
