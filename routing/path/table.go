package path

import (
	"cmp"
	"context"
	"slices"

	"citygrid/geo/street"
)

// A table is found from the climbs of all its places. What a start and a goal have
// above them both are the nodes at which the paths from the root to them are one,
// so with the costs of each climb in a row, by depth, a cell is the least sum of
// two rows as far as the paths are one: a hundred numbers or so, and no search.
// These are hub labels (Abraham, Delling, Goldberg, Werneck 2011) made for one
// table and thrown away.

// tile is how many starts, and how many goals, a table works on at once; it bounds
// the memory for their climbs to some megabytes.
const tile = 1024

// A tableRoom is what a table works in.
type tableRoom struct {
	from, to lines
	climbs   climbs
	all      []meeting
	depth    []uint32 // how many nodes above all[i] and all[i+1] are the same
	trunks   trunks
}

// table finds the costs between places, row by row into costs: never where there
// is no way or no place.
func (b *doorBook) table(ctx context.Context, r *room, from, to []place, costs []cost) error {
	h, m, t := b.e.h, b.e.metric, &r.table
	for i := range costs {
		costs[i] = never
	}
	starts, goals := make([]exits, len(from)), make([][]door, len(to))
	for i, p := range from {
		starts[i] = b.setOut(p)
	}
	for j, p := range to {
		goals[j] = b.arriving(p)
	}
	for firstGoal := 0; firstGoal < len(to); firstGoal += tile {
		someGoals := goals[firstGoal:min(firstGoal+tile, len(to))]
		t.to.enter(h, len(someGoals), func(j int) []door { return someGoals[j] })
		t.climbs.fill(&t.to, h, &h.in, m.in)
		for firstStart := 0; firstStart < len(from); firstStart += tile {
			someStarts := starts[firstStart:min(firstStart+tile, len(from))]
			t.from.enter(h, len(someStarts), func(i int) []door { return someStarts[i].doors })
			t.climbs.fill(&t.from, h, &h.out, m.out)
			t.sort(h)
			err := t.meet(ctx, func(start, goal int32, c cost) {
				cell := &costs[(firstStart+int(start))*len(to)+firstGoal+int(goal)]
				*cell = min(*cell, c-someStarts[start].added)
			})
			if err != nil {
				return err
			}
		}
	}
	b.besides(r, from, to, starts, goals, costs)
	return nil
}

// besides does what the hierarchy doesn't know of: ways over private ground alone,
// and cells whose places are on one segment.
func (b *doorBook) besides(r *room, from, to []place, starts []exits, goals [][]door, costs []cost) {
	h := b.e.h
	type end struct {
		goal int
		cost cost
	}
	private := make(map[state][]end)
	on := make(map[street.SegmentID][]int) // goals
	for j, doors := range goals {
		for _, d := range doors {
			if h.node[d.state] == noNode {
				private[d.state] = append(private[d.state], end{j, d.cost})
			}
		}
		for i := range to[j] {
			on[to[j][i].Segment] = append(on[to[j][i].Segment], j)
		}
	}
	for i := range from {
		row := costs[i*len(to) : (i+1)*len(to)]
		for _, d := range starts[i].doors {
			if d.end || h.node[d.state] != noNode {
				continue
			}
			for _, g := range private[d.state] {
				row[g.goal] = min(row[g.goal], d.cost.plus(g.cost))
			}
		}
		for k := range from[i] {
			for _, j := range on[from[i][k].Segment] {
				row[j] = b.onOne(r, from[i], to[j])
			}
		}
	}
}

// onOne is the cost between places on one segment. It may well be quicker round
// the block than along it, but nothing is quicker than nothing.
func (b *doorBook) onOne(r *room, from, to place) cost {
	_, direct := b.e.direct(from, to)
	if direct == 0 {
		return 0
	}
	return min(direct, b.e.search(r, b.e.leaving(from), b.arriving(to)).cost)
}

// A line is a branch of one of many places.
type line struct {
	branch
	place int32
	entry cost
	at    int // where its costs begin in lines.costs
}

// lines are the branches of many places.
type lines struct {
	lines     []line   // by place
	order     []uint32 // of them, ascending by node
	costs     []cost   // by line, each padded with never
	entrances []entrance
}

// enter lists the lines of so many places by their doors.
func (l *lines) enter(h *hierarchy, places int, doors func(int) []door) {
	l.lines, l.order = l.lines[:0], l.order[:0]
	room := 0
	for i := range places {
		l.entrances = enter(h, doors(i), l.entrances[:0])
		for k, n := range l.entrances {
			x := line{branch{node: n.node}, int32(i), n.cost, room}
			if k > 0 {
				x.low = h.shared(l.entrances[k-1].node, n.node)
			}
			l.order = append(l.order, uint32(len(l.lines)))
			l.lines = append(l.lines, x)
			room += padded(int(h.depth[n.node]) + 1)
		}
	}
	l.costs = slices.Grow(l.costs[:0], room)[:room]
	for i := range l.lines {
		x := &l.lines[i]
		x.branch.costs = l.costs[x.at : x.at+int(h.depth[x.node])+1]
	}
	slices.SortFunc(l.order, func(a, b uint32) int { return cmp.Compare(l.lines[a].node, l.lines[b].node) })
}

// climbs finds the costs from many nodes up to all that is above them: those of a
// node from the ones of the nodes right above, which are a row each, by depth.
// Going over the nodes as the tree has them, only the rows on one path from the
// root are there at a time.
type climbs struct {
	stride int
	rows   []int64  // by depth, of signed costs padded with never
	node   []uint32 // by depth: whose row it is
	path   []uint32
}

// padded is the room for a row of so many costs: whole vectors.
func padded(costs int) int { return (costs + 15) &^ 15 }

// fill finds the costs of all lines.
func (c *climbs) fill(l *lines, h *hierarchy, a *arcs, p pages) {
	deep := int(h.deepest) + 1
	c.stride = padded(deep)
	c.rows = slices.Grow(c.rows[:0], deep*c.stride)[:deep*c.stride]
	c.node = slices.Grow(c.node[:0], deep)[:deep]
	for i := range c.node {
		c.node[i] = noNode
	}
	for _, i := range slices.Backward(l.order) {
		x := &l.lines[i]
		c.path = c.path[:0]
		for v := x.node; v != noNode && c.node[h.depth[v]] != v; v = h.parent[v] {
			c.path = append(c.path, v)
		}
		for _, v := range slices.Backward(c.path) {
			d := int(h.depth[v])
			row := c.rows[d*c.stride : d*c.stride+padded(d+1)]
			inherit(row, c.rows, c.stride, a.depths(v), p.of(a, v))
			row[d] = signed(0)
			c.node[d] = v
		}
		row := c.rows[int(h.depth[x.node])*c.stride:]
		for k := range x.costs {
			x.costs[k] = never
			if up := unsigned(row[k]); up < never {
				x.costs[k] = up.plus(x.entry)
			}
		}
		for k := x.at + len(x.costs); k < x.at+padded(len(x.costs)); k++ {
			l.costs[k] = never
		}
	}
	for i := len(l.lines) - 1; i > 0; i-- {
		from := &l.lines[i]
		k := int(from.low) - 1
		for j := i - 1; k >= 0; j-- {
			to := &l.lines[j]
			for ; k >= int(to.low); k-- {
				to.costs[k] = min(to.costs[k], from.costs[k])
			}
		}
	}
}

// A meeting is a line of a start or a goal among all of them.
type meeting struct {
	*line
	goal bool
}

// sort puts the lines of starts and goals in one row, ascending by node, so that
// what two have in common is the least of what their neighbours between them have.
// Lines of which all belongs to others are left out.
func (t *tableRoom) sort(h *hierarchy) {
	t.all, t.depth = t.all[:0], t.depth[:0]
	add := func(l *lines, i uint32, goal bool) {
		if x := &l.lines[i]; int(x.low) < len(x.costs) {
			t.all = append(t.all, meeting{x, goal})
		}
	}
	from, to := t.from.order, t.to.order
	for len(from) > 0 || len(to) > 0 {
		if len(to) == 0 || len(from) > 0 && t.from.lines[from[0]].node <= t.to.lines[to[0]].node {
			add(&t.from, from[0], false)
			from = from[1:]
		} else {
			add(&t.to, to[0], true)
			to = to[1:]
		}
	}
	for i := 1; i < len(t.all); i++ {
		t.depth = append(t.depth, h.shared(t.all[i-1].node, t.all[i].node))
	}
}

// meet tells the costs of the ways over each start and goal that meet, of a pair
// more than once where they have several lines.
func (t *tableRoom) meet(ctx context.Context, tell func(start, goal int32, c cost)) error {
	t.trunks.list(t)
	for i := range t.all {
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch x := &t.all[i]; {
		case x.low > 0:
			t.aside(i, tell)
		case !x.goal:
			t.trunks.meet(t, i, tell)
		}
	}
	return nil
}

// aside does a line that is a side branch: it meets only what is near.
func (t *tableRoom) aside(i int, tell func(start, goal int32, c cost)) {
	x := &t.all[i]
	look := func(other *meeting, common uint32) {
		if other.goal == x.goal {
			return
		}
		best := never
		for k := max(x.low, other.low); k < common; k++ {
			best = min(best, x.costs[k]+other.costs[k])
		}
		if best < never && x.goal {
			tell(other.place, x.place, best)
		} else if best < never {
			tell(x.place, other.place, best)
		}
	}
	common := uint32(len(x.costs))
	for k := i + 1; k < len(t.all); k++ {
		if common = min(common, t.depth[k-1]); common <= x.low {
			break
		}
		look(&t.all[k], common)
	}
	common = uint32(len(x.costs))
	for k := i - 1; k >= 0; k-- {
		if common = min(common, t.depth[k]); common <= x.low {
			break
		}
		look(&t.all[k], common)
	}
}

// trunks are the goals' lines that go up to the root, nearly all that there are.
type trunks struct {
	at    []int    // their places in tableRoom.all
	place []int32  // the goal
	start []uint32 // where the costs begin in tableRoom.to.costs
	depth []uint32 // what each has in common with the next
	front []int64  // the costs of the start, as signed numbers
	sums  []int64
}

func (g *trunks) list(t *tableRoom) {
	g.at, g.place, g.start, g.depth = g.at[:0], g.place[:0], g.start[:0], g.depth[:0]
	for i, x := range t.all {
		if x.goal && x.low == 0 {
			g.at, g.place, g.start = append(g.at, i), append(g.place, x.place), append(g.start, uint32(x.line.at))
		}
	}
	for k := 1; k < len(g.at); k++ {
		g.depth = append(g.depth, slices.Min(t.depth[g.at[k-1]:g.at[k]]))
	}
	g.sums = slices.Grow(g.sums[:0], len(g.at))[:len(g.at)]
}

// meet does the line of a start with all of them, from the nearest to either side.
func (g *trunks) meet(t *tableRoom, i int, tell func(start, goal int32, c cost)) {
	x := &t.all[i]
	next, _ := slices.BinarySearch(g.at, i)
	low, high := next, next // those that have something in common with it
	if next < len(g.at) {
		common := slices.Min(t.depth[i:g.at[next]])
		for g.set(x.costs, common); common > 0; {
			first := high
			now := common
			for high++; high < len(g.at); high++ {
				if now = min(now, g.depth[high-1]); now < common {
					break
				}
			}
			g.lower(t, first, high, common)
			if high == len(g.at) {
				break
			}
			g.cut(now, common)
			common = now
		}
	}
	if next > 0 {
		common := slices.Min(t.depth[g.at[next-1]:i])
		for g.set(x.costs, common); common > 0; {
			last := low
			now := common
			for low--; low > 0; low-- {
				if now = min(now, g.depth[low-1]); now < common {
					break
				}
			}
			g.lower(t, low, last, common)
			if low == 0 {
				break
			}
			g.cut(now, common)
			common = now
		}
	}
	for k := low; k < high; k++ {
		if c := unsigned(g.sums[k]); c < never {
			tell(x.place, g.place[k], c)
		}
	}
}

// set takes the first costs of a start for the front; cut leaves less of them.
func (g *trunks) set(costs []cost, common uint32) {
	g.front = g.front[:0]
	for _, c := range costs[:common] {
		g.front = append(g.front, signed(c))
	}
	for range padded(len(g.front)) - len(g.front) {
		g.front = append(g.front, signed(never))
	}
}

func (g *trunks) cut(now, common uint32) {
	for k := now; k < common; k++ {
		g.front[k] = signed(never)
	}
}

// lower finds the sums of some goals.
func (g *trunks) lower(t *tableRoom, first, last int, common uint32) {
	least(g.front[:padded(int(common))], t.to.costs, g.start[first:last], g.sums[first:last])
}

// signed is a cost less 1<<63, as a signed number, which processors compare in
// vectors: adding to it and comparing it is as it is with costs.
func signed(c cost) int64   { return int64(c ^ 1<<63) }
func unsigned(x int64) cost { return cost(x) ^ 1<<63 }
