package dissect

// sourceShare of the junctions at each end of the line is source or sink, so
// each half has at least so many.
const sourceShare = 0.25

// flow parts a connected cell of three junctions and more along the cheapest of
// the cuts found in four directions: the one with the fewest segments to the
// junctions of its smaller side.
func (c *cell) flow() []bool {
	f := newFlow(c)
	for _, d := range [...][2]float32{{1, 0}, {0, 1}, {1, 1}, {1, -1}} {
		f.try(c.along(d[0], d[1]))
	}
	return f.best
}

// A flow is the room to find cuts of one cell in, by Dinic's algorithm (1970)
// with a capacity of one each way on every segment.
type flow struct {
	*cell
	room  []uint8  // by arc: what may still flow along it
	level []int32  // by junction: steps from the sources, -1 = not reached
	next  []uint32 // by junction: the next arc to try
	role  []int8   // by junction: 1 source, -1 sink
	queue []uint32
	way   []uint32 // arcs from a source to where the search is

	best    []bool
	segment int // cut by best
	smaller int // junctions on its smaller side
}

func newFlow(c *cell) *flow {
	n := c.junctions()
	return &flow{
		cell: c, room: make([]uint8, len(c.to)), level: make([]int32, n), next: make([]uint32, n), role: make([]int8, n),
		queue: make([]uint32, 0, n),
	}
}

// try looks for the least cut between the ends of a line.
func (f *flow) try(line []uint32) {
	for i := range f.room {
		f.room[i] = 1
	}
	clear(f.role)
	k := max(1, int(sourceShare*float64(len(line))))
	for i := range k {
		f.role[line[i]], f.role[line[len(line)-1-i]] = 1, -1
	}
	size := 0
	for f.layers(line[:k]) {
		for _, s := range line[:k] {
			for f.augment(s) {
				size++
			}
		}
		// No side can be larger than half of the cell.
		if f.best != nil && size*f.smaller >= f.segment*(len(line)/2) {
			return
		}
	}
	// The cut nearest to the sources is where layers stopped; the one nearest
	// to the sinks is found from there.
	f.take(size, f.level, func(l int32) bool { return l >= 0 })
	f.fromSinks(line[len(line)-k:])
	f.take(size, f.level, func(l int32) bool { return l < 0 })
}

// layers numbers the junctions that more can flow to, and says whether there is
// a sink among them.
func (f *flow) layers(sources []uint32) (reached bool) {
	for j := range f.level {
		f.level[j] = -1
		f.next[j] = f.first[j]
	}
	f.queue = f.queue[:0]
	for _, s := range sources {
		f.level[s] = 0
		f.queue = append(f.queue, s)
	}
	for i := 0; i < len(f.queue); i++ {
		j := f.queue[i]
		for a := f.first[j]; a < f.first[j+1]; a++ {
			to := f.to[a]
			if f.room[a] == 0 || f.level[to] >= 0 {
				continue
			}
			f.level[to] = f.level[j] + 1
			if f.role[to] < 0 {
				reached = true
			} else {
				f.queue = append(f.queue, to)
			}
		}
	}
	return reached
}

// augment sends one more from a source to a sink, down the layers.
func (f *flow) augment(source uint32) bool {
	f.way = f.way[:0]
	j := source
	for f.role[j] >= 0 {
		advanced := false
		for ; f.next[j] < f.first[j+1]; f.next[j]++ {
			a := f.next[j]
			if to := f.to[a]; f.room[a] > 0 && f.level[to] == f.level[j]+1 {
				f.way = append(f.way, a)
				j, advanced = to, true
				break
			}
		}
		if advanced {
			continue
		}
		if len(f.way) == 0 {
			return false
		}
		back := f.way[len(f.way)-1]
		f.way = f.way[:len(f.way)-1]
		j = f.to[f.twin[back]]
		f.next[j]++
	}
	for _, a := range f.way {
		f.room[a]--
		f.room[f.twin[a]]++
	}
	return true
}

// fromSinks marks, with a level of 0, the junctions that can still flow to a sink.
func (f *flow) fromSinks(sinks []uint32) {
	for j := range f.level {
		f.level[j] = -1
	}
	f.queue = f.queue[:0]
	for _, s := range sinks {
		f.level[s] = 0
		f.queue = append(f.queue, s)
	}
	for i := 0; i < len(f.queue); i++ {
		j := f.queue[i]
		for a := f.first[j]; a < f.first[j+1]; a++ {
			if to := f.to[a]; f.room[f.twin[a]] > 0 && f.level[to] < 0 {
				f.level[to] = 0
				f.queue = append(f.queue, to)
			}
		}
	}
}

// take keeps a cut if it is better than the best.
func (f *flow) take(size int, level []int32, in func(int32) bool) {
	count := 0
	for _, l := range level {
		if in(l) {
			count++
		}
	}
	smaller := min(count, len(level)-count)
	if f.best != nil && size*f.smaller >= f.segment*smaller {
		return
	}
	if f.best == nil {
		f.best = make([]bool, len(level))
	}
	for j, l := range level {
		f.best[j] = in(l)
	}
	f.segment, f.smaller = size, smaller
}
