package solve

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// A divider cuts tasks into parts, one a unit, that are connected as far as the
// tasks are and of equal work. Tasks that share a node are neighbours.
type divider struct {
	p           *Problem
	units       []int // by part
	tasks       []int // by place in part and the slices below
	unreachable []Unserved

	near   [][]int         // by task: its neighbours
	work   []time.Duration // by task
	part   []int           // by task; -1 = none yet
	load   []float64       // by part, in ns
	seed   []int           // by part: the task it grew from
	apart  [][]int64       // by part and task: ns from the seed
	factor []float64       // by part: what a ns of work takes with its ways
	over   []float64       // by part: ns from and to the station
}

func newDivider(p *Problem) *divider {
	d := &divider{p: p}
	fixed := map[int]bool{}
	for u := range p.Units {
		d.units = append(d.units, u)
		for _, v := range p.Units[u].Fixed {
			if v.Kind == Serve {
				fixed[v.Task] = true
			}
		}
	}
	for t := range p.Tasks {
		switch {
		case fixed[t]:
		case len(p.Units) == 0:
			d.unreachable = append(d.unreachable, Unserved{t, ErrNoUnit})
		case !p.Reachable(t):
			d.unreachable = append(d.unreachable, Unserved{t, ErrNoWay})
		default:
			d.tasks = append(d.tasks, t)
		}
	}
	at := map[Node][]int{}
	d.work = make([]time.Duration, len(d.tasks))
	for k, t := range d.tasks {
		d.work[k] = shortest(p.Tasks[t].Modes)
		for _, n := range d.nodes(k) {
			at[n] = append(at[n], k)
		}
	}
	d.near = make([][]int, len(d.tasks))
	for k := range d.tasks {
		for _, n := range d.nodes(k) {
			for _, other := range at[n] {
				if other != k {
					d.near[k] = append(d.near[k], other)
				}
			}
		}
		slices.Sort(d.near[k])
		d.near[k] = slices.Compact(d.near[k])
	}
	d.bridge()
	d.factor = make([]float64, len(d.units))
	d.over = make([]float64, len(d.units))
	for i := range d.factor {
		d.factor[i] = 1.2
	}
	return d
}

// nodes are the two ends of a task's first mode, the same one twice for a point.
func (d *divider) nodes(k int) [2]Node {
	m := d.p.Tasks[d.tasks[k]].Modes[0]
	return [2]Node{m.Enter, m.Leave}
}

func shortest(modes []Mode) time.Duration {
	least := modes[0].Service
	for _, m := range modes {
		least = min(least, m.Service)
	}
	return least
}

// Reachable says whether some unit can go to the task and to its end from there.
func (p *Problem) Reachable(t int) bool {
	for i := range p.Units {
		u := &p.Units[i]
		for _, m := range p.Tasks[t].Modes {
			_, there := p.Costs.Between(u.Profile, u.Start, m.Enter)
			back := true
			if u.End != Nowhere {
				_, back = p.Costs.Between(u.Profile, m.Leave, u.End)
			}
			if there && back {
				return true
			}
		}
	}
	return false
}

func (d *divider) between(a, b int) time.Duration {
	profile := d.p.Units[0].Profile
	least := far
	for _, x := range d.nodes(a) {
		for _, y := range d.nodes(b) {
			least = min(least, d.p.apart(profile, x, y))
		}
	}
	return least
}

// divide makes the parts: the first time they grow from seeds, then they only
// trade along their borders.
func (d *divider) divide(ctx context.Context) error {
	if len(d.units) == 0 || len(d.tasks) == 0 {
		return nil
	}
	if d.part == nil {
		d.plant()
		if err := d.grow(ctx); err != nil {
			return err
		}
	}
	d.load = make([]float64, len(d.units))
	for i := range d.load {
		d.load[i] = d.over[i]
	}
	for k, part := range d.part {
		d.load[part] += float64(d.work[k]) * d.factor[part]
	}
	return d.trade(ctx)
}

// plant chooses the seeds, far from each other, and gives each unit, station by
// station, the nearest.
func (d *divider) plant() {
	parts := min(len(d.units), len(d.tasks))
	least := make([]time.Duration, len(d.tasks)) // to the nearest seed
	for k := range least {
		least[k] = far
	}
	// The first is as far as can be from the first unit's start.
	first, most := 0, time.Duration(-1)
	for k := range d.tasks {
		u := &d.p.Units[0]
		if t := d.p.apart(u.Profile, u.Start, d.nodes(k)[0]); t < far && t > most {
			first, most = k, t
		}
	}
	seeds := []int{first}
	for len(seeds) < parts {
		last := seeds[len(seeds)-1]
		next := -1
		for k := range d.tasks {
			least[k] = min(least[k], d.between(last, k))
			if !slices.Contains(seeds, k) && (next < 0 || least[k] > least[next]) {
				next = k
			}
		}
		seeds = append(seeds, next)
	}
	d.seed = make([]int, 0, parts)
	taken := make([]bool, parts)
	units := d.units[:0:0]
	for u := range d.p.Units { // the greedy choice is plain and good when teams share a station
		if len(units) == parts {
			break
		}
		best := -1
		for i, s := range seeds {
			if !taken[i] && (best < 0 || d.p.apart(d.p.Units[u].Profile, d.p.Units[u].Start, d.nodes(s)[0]) <
				d.p.apart(d.p.Units[u].Profile, d.p.Units[u].Start, d.nodes(seeds[best])[0])) {
				best = i
			}
		}
		taken[best] = true
		units = append(units, u)
		d.seed = append(d.seed, seeds[best])
	}
	d.units = units
	d.factor, d.over = d.factor[:parts], d.over[:parts]
	d.apart = make([][]int64, parts)
	for i, s := range d.seed {
		d.apart[i] = make([]int64, len(d.tasks))
		u := &d.p.Units[d.units[i]]
		over := far
		for k := range d.tasks {
			d.apart[i][k] = int64(d.between(s, k))
			over = min(over, d.p.apart(u.Profile, u.Start, d.nodes(k)[0]))
		}
		d.over[i] = 2 * float64(over)
	}
}

// grow gives the lightest part the nearest task beside it, until all are given.
func (d *divider) grow(ctx context.Context) error {
	d.part = make([]int, len(d.tasks))
	for k := range d.part {
		d.part[k] = -1
	}
	edge := make([]map[int]bool, len(d.units)) // tasks beside each part, some taken since
	d.load = slices.Clone(d.over)
	left := len(d.tasks)
	give := func(k, part int) {
		d.part[k] = part
		d.load[part] += float64(d.work[k]) * d.factor[part]
		left--
		for _, other := range d.near[k] {
			if d.part[other] < 0 {
				edge[part][other] = true
			}
		}
	}
	for i, s := range d.seed {
		edge[i] = map[int]bool{}
		if d.part[s] < 0 {
			give(s, i)
		}
	}
	for left > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		part, task := -1, -1
		for i := range d.units {
			if part >= 0 && d.load[i] >= d.load[part] {
				continue
			}
			if k := d.nearestOf(i, edge[i]); k >= 0 {
				part, task = i, k
			}
		}
		if part < 0 {
			// Nothing borders on a part: an island of streets starts anew, with
			// the part that is nearest to it.
			for k := range d.tasks {
				if d.part[k] >= 0 {
					continue
				}
				for i := range d.units {
					if part < 0 || d.apart[i][k] < d.apart[part][task] {
						part, task = i, k
					}
				}
			}
		}
		give(task, part)
	}
	return nil
}

// nearestOf is the task of a part's edge that is nearest to its seed, -1 if there
// is none; it forgets those that are taken.
func (d *divider) nearestOf(part int, edge map[int]bool) int {
	best := -1
	for k := range edge {
		if d.part[k] >= 0 {
			delete(edge, k)
			continue
		}
		if best < 0 || cmp.Or(cmp.Compare(d.apart[part][k], d.apart[part][best]), cmp.Compare(k, best)) < 0 {
			best = k
		}
	}
	return best
}

// trade moves tasks over borders from heavy parts to light ones until no move
// makes two parts more equal.
func (d *divider) trade(ctx context.Context) error {
	type border struct{ from, to int }
	for range 8 * len(d.tasks) {
		if err := ctx.Err(); err != nil {
			return err
		}
		moves := map[border][]int{}
		for k, from := range d.part {
			for _, other := range d.near[k] {
				to := d.part[other]
				if to == from || d.load[from]-d.load[to] <= float64(d.work[k])*max(d.factor[from], d.factor[to]) {
					continue
				}
				b := border{from, to}
				if m := moves[b]; len(m) == 0 || m[len(m)-1] != k {
					moves[b] = append(m, k)
				}
			}
		}
		borders := make([]border, 0, len(moves))
		for b := range moves {
			borders = append(borders, b)
		}
		slices.SortFunc(borders, func(x, y border) int {
			return cmp.Or(-cmp.Compare(d.load[x.from]-d.load[x.to], d.load[y.from]-d.load[y.to]), cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
		})
		if !slices.ContainsFunc(borders, func(b border) bool { return d.move(b.from, b.to, moves[b]) }) {
			return nil
		}
	}
	return nil
}

// move gives one of the tasks from a part to another: the one that belongs there
// most and that the part can do without in one piece, or else with what hangs on it.
// false if there is none.
func (d *divider) move(from, to int, tasks []int) bool {
	slices.SortFunc(tasks, func(a, b int) int {
		return cmp.Or(cmp.Compare(d.apart[to][a]-d.apart[from][a], d.apart[to][b]-d.apart[from][b]), cmp.Compare(a, b))
	})
	give := func(all []int) {
		for _, k := range all {
			d.part[k] = to
			d.load[from] -= float64(d.work[k]) * d.factor[from]
			d.load[to] += float64(d.work[k]) * d.factor[to]
		}
	}
	hanging := make([][]int, len(tasks))
	for i, k := range tasks {
		if hanging[i] = d.cutOff(k); len(hanging[i]) == 0 {
			give([]int{k})
			return true
		}
	}
	for i, k := range tasks {
		work := d.work[k]
		for _, h := range hanging[i] {
			work += d.work[h]
		}
		if d.load[from]-d.load[to] > float64(work)*max(d.factor[from], d.factor[to]) {
			give(append(hanging[i], k))
			return true
		}
	}
	return false
}

// learn takes from the walks how much longer than the work each part is.
func (d *divider) learn(sol *Solution) {
	for i, u := range d.units {
		var work time.Duration
		for k, part := range d.part {
			if part == i {
				work += d.work[k]
			}
		}
		r := &sol.Routes[u]
		if work <= 0 || len(r.Stops) == 0 {
			continue
		}
		took := float64(r.End-d.p.Units[u].Shift.Open) - d.over[i]
		// Half of the way: what a trade brings is not quite what it took.
		d.factor[i] = (d.factor[i] + max(1, took/float64(work))) / 2
	}
}
