package arc

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// A walk improves one closed walk over many tasks. It removes and replaces strings
// like search, but the walk is a ring of links and a task is put only beside tasks
// that lie near it, whose directions stay: a round takes as long in a walk of a
// thousand tasks as in one of a hundred. Now and then the directions of all are
// chosen anew.
type walk struct {
	t   *table
	rnd *source

	// The depot, if there is one, is a task of no length at the end.
	ends [][2]int32 // by task: a and b
	cost [][2]int32

	next, prev []int32 // by task, -1 = absent
	back       []bool  // by task: it is served from b to a
	length     int32

	bestNext []int32
	bestBack []bool
	best     int32

	absent []int32
	log    []undo // what this round changed, to be taken back in reverse
	keys   []int32
	rounds int
	dp     []reach
	anew   *rejoiner // nil where streets are longer one way
}

// An undo says that a task was taken out from behind another (out), or put in.
type undo struct {
	task, after int32
	back, out   bool
}

// straighten is after how many rounds directions are chosen anew, and by how many
// neighbours tasks are tried; rejoin is after how many rounds the walk is made
// anew from its streets.
const (
	straighten = 2048
	tried      = 24
	rejoin     = 4 * straighten
)

func newWalk(t *table, order []int32, seed uint64) *walk {
	w := &walk{t: t, rnd: newSource(seed)}
	for _, s := range t.tasks {
		w.ends = append(w.ends, [2]int32{s.a, s.b})
		w.cost = append(w.cost, s.cost)
	}
	if t.p.Depot != Anywhere {
		order = append(slices.Clone(order), int32(len(w.ends)))
		w.ends = append(w.ends, [2]int32{t.home, t.home})
		w.cost = append(w.cost, [2]int32{})
	}
	n := len(w.ends)
	w.next, w.prev, w.back, w.keys = make([]int32, n), make([]int32, n), make([]bool, n), make([]int32, n)
	w.lay(order)
	if t.even {
		w.anew = newRejoiner(t, w.rnd)
	}
	w.direct()
	w.bestNext, w.bestBack, w.best = slices.Clone(w.next), slices.Clone(w.back), w.length
	return w
}

func (w *walk) enter(x int32) int32 {
	if w.back[x] {
		return w.ends[x][1]
	}
	return w.ends[x][0]
}

func (w *walk) leave(x int32) int32 {
	if w.back[x] {
		return w.ends[x][0]
	}
	return w.ends[x][1]
}

// gap is the way from a task to the next.
func (w *walk) gap(x, y int32) int32 { return w.t.dist.row(int(w.leave(x)))[w.enter(y)] }

func (w *walk) service(x int32) int32 {
	if w.back[x] {
		return w.cost[x][1]
	}
	return w.cost[x][0]
}

// remove takes a task out.
func (w *walk) remove(x int32) {
	p, n := w.prev[x], w.next[x]
	w.length -= w.gap(p, x) + w.service(x) + w.gap(x, n)
	w.next[p], w.prev[n] = n, p
	w.next[x], w.prev[x] = -1, -1
	w.length += w.gap(p, n)
}

// insert puts a task behind another.
func (w *walk) insert(x, after int32, back bool) {
	n := w.next[after]
	w.length -= w.gap(after, n)
	w.back[x] = back
	w.next[after], w.prev[n] = x, x
	w.next[x], w.prev[x] = n, after
	w.length += w.gap(after, x) + w.service(x) + w.gap(x, n)
}

// round tries one change.
func (w *walk) round(heat float64) {
	n := len(w.t.tasks)
	if n < 2 {
		return
	}
	w.rounds++
	before := w.length
	w.ruin(n)
	w.sortAbsent()
	for _, x := range w.absent {
		w.place(x)
	}
	w.absent = w.absent[:0]
	if float64(w.length) > float64(before)-heat*math.Log(1-w.rnd.float()) {
		for k := len(w.log) - 1; k >= 0; k-- {
			u := w.log[k]
			if u.out {
				w.insert(u.task, u.after, u.back)
			} else {
				w.remove(u.task)
			}
		}
	}
	w.log = w.log[:0]
	early := w.rounds >= 64 && w.rounds < rejoin && w.rounds&(w.rounds-1) == 0 // a walk gains most at first
	switch {
	case w.anew != nil && (early || w.rounds%rejoin == 0):
		w.rejoin()
	case w.rounds%straighten == 0:
		w.direct()
	}
	if w.length < w.best {
		w.best = w.length
		copy(w.bestNext, w.next)
		copy(w.bestBack, w.back)
	}
}

// ruin takes some strings of tasks out, near one task.
func (w *walk) ruin(n int) {
	average := min(averageRuin, max(1, n/4))
	strings := 1 + w.rnd.intn(3)
	seed := int32(w.rnd.intn(n))
	left := 1 + w.rnd.intn(2*average)
	w.take(seed, &left)
	for _, x := range w.t.near[seed] {
		if left <= 0 || len(w.ends)-len(w.absent) <= 1 {
			return
		}
		if w.next[x] < 0 {
			continue
		}
		if strings--; strings <= 0 {
			return
		}
		w.take(x, &left)
	}
}

// take takes up to left tasks in a row that x is one of.
func (w *walk) take(x int32, left *int) {
	length := 1 + w.rnd.intn(min(longestString, *left))
	for k := w.rnd.intn(length); k > 0; k-- {
		x = w.prev[x]
	}
	for ; length > 0 && len(w.ends)-len(w.absent) > 1; length-- {
		next := w.next[x]
		if int(x) < len(w.t.tasks) { // not the depot
			w.log = append(w.log, undo{x, w.prev[x], w.back[x], true})
			w.remove(x)
			w.absent = append(w.absent, x)
			*left--
		}
		x = next
	}
}

// place puts a task where it costs least beside those that lie near.
func (w *walk) place(x int32) {
	u, v := w.ends[x][0], w.ends[x][1]
	fromU, fromV, toU, toV := w.t.dist.row(int(u)), w.t.dist.row(int(v)), w.t.back.row(int(u)), w.t.back.row(int(v))
	best, at, back := int32(math.MaxInt32), int32(-1), false
	try := func(p int32) {
		q := w.next[p]
		from, to := w.leave(p), w.enter(q)
		free := w.t.dist.row(int(from))[to]
		if d := toU[from] + w.cost[x][0] + fromV[to] - free; d < best && !w.rnd.blink() {
			best, at, back = d, p, false
		}
		if d := toV[from] + w.cost[x][1] + fromU[to] - free; d < best && !w.rnd.blink() {
			best, at, back = d, p, true
		}
	}
	count := 0
	for _, y := range w.t.near[x] {
		if w.next[y] < 0 {
			continue
		}
		try(y)
		try(w.prev[y])
		if count++; count == tried {
			break
		}
	}
	if at < 0 { // all near it are absent, or it blinked everywhere
		at = 0
		for w.next[at] < 0 {
			at++
		}
	}
	w.insert(x, at, back)
	w.log = append(w.log, undo{x, at, back, false})
}

// sortAbsent chooses the order in which tasks are put back.
func (w *walk) sortAbsent() {
	for i := len(w.absent) - 1; i > 0; i-- {
		k := w.rnd.intn(i + 1)
		w.absent[i], w.absent[k] = w.absent[k], w.absent[i]
	}
	if w.rnd.intn(3) > 0 {
		return
	}
	slices.SortStableFunc(w.absent, func(x, y int32) int {
		return -cmp.Compare(w.cost[x][0]+w.cost[x][1], w.cost[y][0]+w.cost[y][1])
	})
}

// rejoin makes the walk anew from its streets; it stays if that is longer.
func (w *walk) rejoin() {
	gaps := make([][2]int32, 0, len(w.ends))
	for x := range w.next {
		gaps = append(gaps, [2]int32{w.leave(int32(x)), w.enter(w.next[x])})
	}
	order, err := w.anew.order(context.Background(), gaps)
	if err != nil {
		return
	}
	if w.t.p.Depot != Anywhere {
		order = append(order, int32(len(w.t.tasks)))
	}
	length, next, back := w.length, slices.Clone(w.next), slices.Clone(w.back)
	w.lay(order)
	w.direct()
	if w.length > length {
		w.length, w.next, w.back = length, next, back
		for x, y := range next {
			w.prev[y] = int32(x)
		}
	}
}

// lay links the tasks in an order.
func (w *walk) lay(order []int32) {
	for i, x := range order {
		y := order[(i+1)%len(order)]
		w.next[x], w.prev[y] = y, x
	}
}

// A reach is the least length up to a task in each direction, and the direction of
// the task before in which it is reached.
type reach struct {
	length [2]int32
	before [2]bool
}

// direct chooses all directions anew, that of one task being fixed in turn, by
// dynamic programming round the walk.
func (w *walk) direct() {
	n := len(w.ends)
	first := int32(w.rounds/straighten) % int32(n)
	if cap(w.dp) < n+1 {
		w.dp = make([]reach, n+1)
	}
	least, open := int32(math.MaxInt32), false
	for _, back := range [...]bool{false, true} {
		if l := w.reach(first, back); l < least {
			least, open = l, back
		}
	}
	w.reach(first, open)
	x, d := first, open
	for k := n; k > 0; k-- {
		d = w.dp[k].before[side(d)]
		x = w.prev[x]
		w.back[x] = d
	}
	w.length = least
}

func side(back bool) int {
	if back {
		return 1
	}
	return 0
}

// reach fills in the lengths round the walk from a task in a direction to itself.
func (w *walk) reach(first int32, back bool) int32 {
	w.dp = w.dp[:len(w.ends)+1]
	w.dp[0].length = [2]int32{infinite, infinite}
	w.dp[0].length[side(back)] = 0
	x := first
	for k := 1; k <= len(w.ends); k++ {
		y := w.next[x]
		p, q := &w.dp[k-1], &w.dp[k]
		fromB, fromA := w.t.dist.row(int(w.ends[x][1])), w.t.dist.row(int(w.ends[x][0]))
		for d, enter := range w.ends[y] {
			onward := p.length[0] + w.cost[x][0] + fromB[enter]
			turned := p.length[1] + w.cost[x][1] + fromA[enter]
			q.length[d], q.before[d] = min(onward, turned), turned < onward
		}
		x = y
	}
	return w.dp[len(w.ends)].length[side(back)]
}

func (w *walk) score() float64 { return float64(w.best) }

func (w *walk) total() int64 { return int64(w.best) }

func (w *walk) adopt(other island) {
	o := other.(*walk)
	copy(w.bestNext, o.bestNext)
	copy(w.bestBack, o.bestBack)
	copy(w.next, o.bestNext)
	copy(w.back, o.bestBack)
	for x, y := range w.next {
		w.prev[y] = int32(x)
	}
	w.best, w.length = o.best, o.best
}

// arcs is the best walk from the depot, or from where it passes home.
func (w *walk) arcs() [][]Arc {
	n := len(w.ends)
	at := func(x int32, back bool) int32 { // where x is entered
		return w.ends[x][side(back)]
	}
	begin := int32(n - 1) // the depot, if it is one
	if n == len(w.t.tasks) {
		begin = 0
		for x := range int32(n) {
			y := w.bestNext[x]
			if at(y, w.bestBack[y]) == w.t.home || at(x, !w.bestBack[x]) == w.t.home {
				begin = x
				break
			}
		}
	}
	route := make([]Arc, 0, n)
	x := begin
	for range n {
		x = w.bestNext[x]
		if int(x) < len(w.t.tasks) {
			route = append(route, Arc{w.t.tasks[x].edge, w.bestBack[x]})
		}
	}
	return [][]Arc{route}
}
