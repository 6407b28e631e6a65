package mixed

import (
	"container/heap"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"citygrid/routing/solve"
	"citygrid/routing/solve/fleet"
	"citygrid/routing/solve/instance"
)

// maxPlaces bounds the table of ways, 12 bytes a pair, and with it what is to be served.
const maxPlaces = 3_000

// Format is this package's.
func Format() instance.Format {
	return instance.Format{
		Name: "nodes, edges and arcs with turn penalties (.dat)",
		Is:   func(_ string, data []byte) bool { return isMixed(data) },
		Read: func(data []byte) (instance.Instance, error) {
			p, err := read(data)
			if err != nil {
				return nil, err
			}
			return p, nil
		},
	}
}

// A model is the problem as solve states it. Its nodes are the depot, the begin of each
// arc that can be served, and the end of each arc that can be served or that leads to a
// node to be served: what a turn costs depends on the arc that one comes along.
type model struct {
	p     *problem
	solve solve.Problem
	begin map[int]solve.Node // by arc
	end   map[int]solve.Node
	arcOf []int // by node; -1 for the depot
}

// costOf is a cost of the file as the search has it: one is a second.
func costOf(x float64) time.Duration { return time.Duration(math.Round(x * float64(time.Second))) }

func (p *problem) model() (*model, error) {
	m := &model{p: p, begin: map[int]solve.Node{}, end: map[int]solve.Node{}, arcOf: []int{-1}}
	place := func(of map[int]solve.Node, a int) solve.Node {
		n, ok := of[a]
		if !ok {
			n = solve.Node(len(m.arcOf))
			of[a], m.arcOf = n, append(m.arcOf, a)
		}
		return n
	}
	for _, t := range p.tasks {
		task := solve.Task{Load: []int32{int32(t.load)}}
		for _, a := range t.arcs {
			task.Modes = append(task.Modes, solve.Mode{Enter: place(m.begin, a), Leave: place(m.end, a), Service: costOf(t.cost)})
		}
		if t.node >= 0 {
			for _, a := range p.into[t.node] {
				at := place(m.end, a)
				task.Modes = append(task.Modes, solve.Mode{Enter: at, Leave: at})
			}
			if t.node == p.depot {
				task.Modes = append(task.Modes, solve.Mode{})
			}
		}
		if len(task.Modes) == 0 {
			return nil, fmt.Errorf("%w: no way leads to node %d", instance.ErrInfeasible, t.node+1)
		}
		m.solve.Tasks = append(m.solve.Tasks, task)
	}
	if len(m.arcOf) > maxPlaces {
		return nil, fmt.Errorf("%w: %d ends of what is to be served, %d are the most", instance.ErrOptions, len(m.arcOf), maxPlaces)
	}
	m.solve.Nodes, m.solve.Goal = len(m.arcOf), solve.Total
	m.solve.Costs = m.ways()
	vehicles := p.vehicles
	if vehicles == 0 || vehicles > len(p.tasks) {
		vehicles = max(1, len(p.tasks))
	}
	for range vehicles {
		m.solve.Units = append(m.solve.Units, solve.Unit{Shift: solve.Window{Close: math.MaxInt64 / 4}, Capacity: []int32{int32(p.capacity)}})
	}
	m.solve.Sites = []solve.Site{{Name: "depot"}}
	return m, nil
}

// ways is the table of the cheapest ways, each with the turns into its first arc and
// into the one where it ends.
func (m *model) ways() solve.Costs {
	table := solve.NewTable(m.solve.Nodes)
	set := func(from, to solve.Node, x float64) {
		if !math.IsInf(x, 1) {
			table.Set(from, to, solve.Cost{Time: costOf(x)})
		}
	}
	begins := make(map[solve.Node]bool, len(m.begin))
	for _, n := range m.begin {
		begins[n] = true
	}
	for from := range solve.Node(len(m.arcOf)) {
		if begins[from] {
			continue // what begins there ends elsewhere
		}
		last := m.arcOf[from]
		along := m.p.spread(last)
		for a, n := range m.begin {
			best := math.Inf(1)
			if last < 0 && m.p.arcs[a].from == m.p.depot {
				best = 0
			}
			if last >= 0 {
				best = m.p.turning(last, a)
			}
			for _, b := range m.p.into[m.p.arcs[a].from] {
				best = min(best, along[b]+m.p.turning(b, a))
			}
			set(from, n, best)
		}
		for a, n := range m.end {
			if n != from {
				set(from, n, along[a])
			}
		}
		home := math.Inf(1)
		if last < 0 || m.p.arcs[last].to == m.p.depot {
			home = 0
		}
		for _, b := range m.p.into[m.p.depot] {
			home = min(home, along[b])
		}
		set(from, 0, home)
	}
	return table
}

// turning is what the turn from one arc into another costs; infinite where it is not
// allowed, or they don't meet.
func (p *problem) turning(from, into int) float64 {
	for _, t := range p.arcs[from].turns {
		if t.into == into {
			return t.cost
		}
	}
	return math.Inf(1)
}

// spread gives, for who has come along an arc (-1: who is at the depot), what it costs to
// have gone along each arc after it.
func (p *problem) spread(last int) []float64 {
	along := make([]float64, len(p.arcs))
	for a := range along {
		along[a] = math.Inf(1)
	}
	var q queue
	reach := func(a int, cost float64) {
		if cost += p.arcs[a].cost; cost < along[a] {
			along[a] = cost
			heap.Push(&q, reached{a, cost})
		}
	}
	if last < 0 {
		for _, a := range p.from[p.depot] {
			reach(a, 0)
		}
	} else {
		for _, t := range p.arcs[last].turns {
			reach(t.into, t.cost)
		}
	}
	for len(q) > 0 {
		r := heap.Pop(&q).(reached)
		if r.cost > along[r.arc] {
			continue
		}
		for _, t := range p.arcs[r.arc].turns {
			reach(t.into, r.cost+t.cost)
		}
	}
	return along
}

type reached struct {
	arc  int
	cost float64
}

type queue []reached

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].cost < q[j].cost }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(reached)) }
func (q *queue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// options refuses what makes no sense for the file.
func (p *problem) options(o instance.Options) error {
	switch {
	case o.Rule != "" && o.Rule != "distance":
		return fmt.Errorf("%w: --rule %s, as the cost is that of ways and turns; leave it out", instance.ErrOptions, o.Rule)
	case o.Walkers != 0:
		return fmt.Errorf("%w: --walkers %d, as its vehicles have a capacity; leave it out", instance.ErrOptions, o.Walkers)
	}
	return nil
}

// Solve implements instance.Instance. A unit of the search may make several trips; each
// is a route, and there are no more than the file has vehicles, or the answer is not
// feasible.
func (p *problem) Solve(ctx context.Context, o instance.Options) (instance.Result, error) {
	if err := p.options(o); err != nil {
		return instance.Result{}, err
	}
	begun := time.Now()
	r := instance.Result{Unserved: []instance.Unserved{}, Trace: [][2]float64{}}
	m, err := p.model()
	if err != nil {
		return r, err
	}
	if o.Time <= 0 {
		o.Time = 10 * time.Second
	}
	s, err := fleet.Search{
		Time: max(o.Time-time.Since(begun), time.Millisecond), Iterations: o.Iterations, Threads: o.Threads, Seed: o.Seed,
		Better: func(_ time.Duration, s solve.Score) {
			if s.Undone == 0 {
				r.Trace = append(r.Trace, [2]float64{time.Since(begun).Seconds(), s.Total.Seconds()})
			}
		},
	}.Solve(ctx, &m.solve)
	if err != nil {
		return r, err
	}
	routes := [][][]int{}
	for _, route := range s.Routes {
		var trip [][]int
		for _, stop := range route.Stops {
			if stop.Kind == solve.Unload {
				if len(trip) > 0 {
					routes, trip = append(routes, trip), nil
				}
				continue
			}
			trip = append(trip, p.named(stop.Task, stop.Mode))
		}
		if len(trip) > 0 {
			routes = append(routes, trip)
		}
	}
	for _, u := range s.Unserved {
		r.Unserved = append(r.Unserved, instance.Unserved{Task: p.named(u.Task, 0), Why: u.Why.Error()})
	}
	text, err := json.Marshal(routes)
	if err != nil {
		return r, err
	}
	v, err := p.Check(text, o) // no answer leaves unchecked
	if err != nil {
		return r, err
	}
	r.Routes, r.Vehicles, r.Cost, r.Feasible = routes, len(routes), v.Cost, v.Feasible
	r.Seconds = time.Since(begun).Seconds()
	return r, nil
}

// named is how an answer names what is served: [node], or an arc as [from,to].
func (p *problem) named(task, mode int) []int {
	t := p.tasks[task]
	if t.node >= 0 {
		return []int{t.node + 1}
	}
	a := p.arcs[t.arcs[mode]]
	return []int{a.from + 1, a.to + 1}
}
