package clearance

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"citygrid/routing/solve"
	"citygrid/routing/solve/check"

	"github.com/paulmach/orb"
)

// A model is runs, and jobs that are in none of them, as one problem.
type model struct {
	b      Board
	p      solve.Problem
	zero   time.Time
	jobs   []Job           // by task
	visits [][]solve.Visit // by unit
	nodes  map[orb.Point]solve.Node
	points []orb.Point
	has    map[string]uint // what trucks have, numbered
}

// model states the problem. With apart, the jobs of a run stay its truck's, so ways
// between those of different runs are not asked for: with many trucks, most are.
func (b Board) model(ctx context.Context, runs []Run, more []Job, apart bool) (*model, error) {
	m := &model{b: b, nodes: map[orb.Point]solve.Node{}, has: map[string]uint{}}
	m.p.Goal = b.Goal
	for i, r := range runs {
		t := r.Truck
		switch {
		case t.To.Before(t.From):
			return nil, fmt.Errorf("%w: the shift of truck %d ends before it begins", ErrRun, t.ID)
		case r.Fixed < 0 || r.Fixed > len(r.Stops) || len(r.Stops) > MaxStops:
			return nil, fmt.Errorf("%w: %d of %d stops of truck %d are fixed, %d is the most", ErrRun, r.Fixed, len(r.Stops), t.ID, MaxStops)
		}
		if i == 0 || t.From.Before(m.zero) {
			m.zero = t.From
		}
	}
	for _, r := range runs {
		m.node(r.Truck.Start)
	}
	for _, s := range b.Sites {
		site := solve.Site{Name: s.Name, At: m.node(s.At), Service: cmp.Or(s.Service, DefaultUnload)}
		for _, h := range s.Hours {
			site.Windows = append(site.Windows, m.window(h))
		}
		if s.Room >= 0 {
			site.Room = []int32{int32(min(s.Room, most)), math.MaxInt32}
		}
		m.p.Sites = append(m.p.Sites, site)
	}
	police := solve.Escort{Name: "police"}
	for _, w := range b.Police {
		police.Windows = append(police.Windows, m.window(w))
	}
	if len(police.Windows) == 0 { // they are never there
		police.Windows = []solve.Window{{Open: -2 * far, Close: -2 * far}}
	}
	m.p.Escorts = []solve.Escort{police}
	for _, r := range runs {
		if err := m.unit(r); err != nil {
			return nil, err
		}
	}
	for _, j := range more {
		if err := m.task(j); err != nil {
			return nil, err
		}
	}
	if !slices.ContainsFunc(m.jobs, func(j Job) bool { return j.Police }) {
		m.p.Escorts = nil // the search is quicker without
	}
	if len(m.jobs) > MaxJobs {
		return nil, fmt.Errorf("%w: %d jobs, %d is the most", ErrJob, len(m.jobs), MaxJobs)
	}
	m.p.Nodes = len(m.points)
	m.p.Costs = solve.NewTable(len(m.points))
	var err error
	if apart {
		for u := range runs {
			if err = m.ways(ctx, m.block(u, more)); err != nil {
				break
			}
		}
	} else {
		all := make([]solve.Node, len(m.points))
		for i := range all {
			all[i] = solve.Node(i)
		}
		err = m.ways(ctx, all)
	}
	if err != nil {
		return nil, err
	}
	if err := m.p.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRun, err)
	}
	return m, nil
}

// most is what a bare number may be: more than any truck or site takes.
const most = 1_000_000

func (m *model) node(p orb.Point) solve.Node {
	n, ok := m.nodes[p]
	if !ok {
		n = solve.Node(len(m.points))
		m.nodes[p] = n
		m.points = append(m.points, p)
	}
	return n
}

// unit adds a run's truck and jobs.
func (m *model) unit(r Run) error {
	t := r.Truck
	visits := []solve.Visit{}
	rested := 0
	for i, s := range r.Stops {
		v := solve.Visit{Kind: solve.Unload, Site: slices.IndexFunc(m.b.Sites, func(x Site) bool { return x.ID == s.Site })}
		switch {
		case s.Rest:
			v = solve.Visit{Kind: solve.Rest, Break: rested, Place: s.place}
			rested++
		case !s.IsSite():
			v = solve.Visit{Task: len(m.p.Tasks)}
			if err := m.task(s.Job); err != nil {
				return err
			}
		case v.Site < 0 && i < r.Fixed:
			return fmt.Errorf("%w: truck %d was at site %d, which is not known", ErrRun, t.ID, s.Site)
		case v.Site < 0:
			continue // the site is gone; drop-offs are placed anew
		}
		visits = append(visits, v)
	}
	u := solve.Unit{
		Name: cmp.Or(t.Name, fmt.Sprintf("truck %d", t.ID)), Start: m.node(t.Start), End: solve.Nowhere,
		Shift:    solve.Window{Open: t.From.Sub(m.zero), Close: t.To.Sub(m.zero)},
		Capacity: []int32{int32(min(t.Capacity, most)), int32(min(cmp.Or(t.Kg, most), most))},
		Loaded:   []int32{int32(t.Loaded)}, Fixed: visits[:r.Fixed:r.Fixed], Skills: m.skills(t.Has),
	}
	if t.End != (orb.Point{}) {
		u.End = m.node(t.End)
	}
	for _, b := range t.Breaks {
		if b.Window.Open.IsZero() || b.Window.Close.IsZero() {
			return fmt.Errorf("%w: a break of truck %d has no window", ErrRun, t.ID)
		}
		rest := solve.Break{Window: m.window(b.Window), Service: b.Length}
		for _, at := range b.At {
			rest.At = append(rest.At, m.node(at))
		}
		u.Breaks = append(u.Breaks, rest)
	}
	m.p.Units = append(m.p.Units, u)
	m.visits = append(m.visits, visits)
	return nil
}

func (m *model) task(j Job) error {
	if j.ID == 0 || j.Load < 1 || j.Load > 1000 || j.Kg < 0 || j.Kg > most {
		return fmt.Errorf("%w: job %d takes %d places and %d kg: want an id, 1 to 1000 places and up to %d kg", ErrJob, j.ID, j.Load, j.Kg, most)
	}
	w := m.window(j.Window)
	if w.Close < w.Open {
		return fmt.Errorf("%w: the window of job %d ends before it begins", ErrJob, j.ID)
	}
	at := m.node(j.At)
	t := solve.Task{
		Name: cmp.Or(j.Name, fmt.Sprintf("job %d", j.ID)), Load: []int32{int32(j.Load), int32(j.Kg)}, Windows: []solve.Window{w},
		Modes:    []solve.Mode{{Enter: at, Leave: at, Service: cmp.Or(j.Service, DefaultService)}},
		Priority: []int32{1}, Skills: m.skills(j.Needs),
	}
	due := j.Due
	if j.Strict {
		t.Priority = []int32{0}
		if due.IsZero() {
			due = m.zero.Add(max(w.Open, 0) + cmp.Or(m.b.StrictWithin, DefaultStrictWithin))
		}
	}
	if !due.IsZero() {
		// 0 would be never: who is due at the very begin is due just after.
		t.Due = cmp.Or(due.Sub(m.zero), 1)
	}
	if j.Police {
		t.Escort = 1
	}
	m.p.Tasks = append(m.p.Tasks, t)
	m.jobs = append(m.jobs, j)
	if len(m.has) > 64 {
		return fmt.Errorf("%w: jobs need more than 64 different things", ErrJob)
	}
	return nil
}

func (m *model) skills(names []string) (s solve.Skills) {
	for _, name := range names {
		n, ok := m.has[name]
		if !ok {
			n = uint(len(m.has))
			m.has[name] = n
		}
		s |= 1 << (n & 63)
	}
	return s
}

// block is the places of one run, the sites, and the jobs that are in no run.
func (m *model) block(unit int, more []Job) (nodes []solve.Node) {
	u := &m.p.Units[unit]
	nodes = append(nodes, u.Start)
	if u.End != solve.Nowhere {
		nodes = append(nodes, u.End)
	}
	for _, b := range u.Breaks {
		nodes = append(nodes, b.At...)
	}
	for _, v := range m.visits[unit] {
		if v.Kind == solve.Serve {
			nodes = append(nodes, m.p.Tasks[v.Task].Modes[0].Enter)
		}
	}
	for _, s := range m.p.Sites {
		nodes = append(nodes, s.At)
	}
	for _, j := range more {
		nodes = append(nodes, m.nodes[j.At])
	}
	slices.Sort(nodes)
	return slices.Compact(nodes)
}

// ways looks up the ways between places.
func (m *model) ways(ctx context.Context, nodes []solve.Node) error {
	points := make([]orb.Point, len(nodes))
	for i, n := range nodes {
		points[i] = m.points[n]
	}
	times, err := m.b.Ways.Times(ctx, points, points)
	if err != nil {
		return fmt.Errorf("times of %d places of runs: %w", len(points), err)
	}
	table := m.p.Costs.(*solve.Table)
	for i, row := range times {
		for j, c := range row {
			if c != nil {
				table.Set(nodes[i], nodes[j], solve.Cost{Time: c.Duration, Length: c.Distance})
			}
		}
	}
	return nil
}

const far = 1000 * time.Hour

// window is w from the begin of the first shift; no end is far away.
func (m *model) window(w Window) solve.Window {
	out := solve.Window{Open: -far, Close: far}
	if !w.Open.IsZero() {
		out.Open = w.Open.Sub(m.zero)
	}
	if !w.Close.IsZero() {
		out.Close = w.Close.Sub(m.zero)
	}
	return out
}

// jobVisits are a unit's visits after the fixed ones without drop-offs and breaks.
func (m *model) jobVisits(u int) []solve.Visit {
	var order []solve.Visit
	for _, v := range m.visits[u][len(m.p.Units[u].Fixed):] {
		if v.Kind == solve.Serve {
			order = append(order, v)
		}
	}
	return order
}

// route is a unit's run as it is, or, where a site has closed since, with drop-offs
// placed anew.
func (m *model) route(u int) (solve.Route, error) {
	if r, err := m.p.Schedule(u, m.visits[u]); err == nil {
		return r, nil
	}
	return m.p.Unloaded(u, m.jobVisits(u))
}

// run turns a route back into a run, which is checked.
func (m *model) run(old Run, route *solve.Route) (Run, error) {
	if wrong := check.Route(&m.p, route); len(wrong) > 0 {
		return old, fmt.Errorf("run of truck %d: the answer breaks %d rules, first %v", old.Truck.ID, len(wrong), wrong[0])
	}
	next := Run{Truck: old.Truck, Fixed: old.Fixed, End: m.zero.Add(route.End), Back: route.Back.Length}
	load := old.Truck.Loaded
	for _, s := range route.Stops {
		stop := Stop{Arrive: m.zero.Add(s.Arrive), Begin: m.zero.Add(s.Begin), Leave: m.zero.Add(s.Leave), Metres: s.Way.Length}
		switch s.Kind {
		case solve.Unload:
			stop.Site = m.b.Sites[s.Site].ID
			load = 0
		case solve.Rest:
			stop.Rest, stop.place = true, s.Place
		default:
			stop.Job = m.jobs[s.Task]
			load += stop.Job.Load
		}
		stop.Load = load
		next.Stops = append(next.Stops, stop)
	}
	return next, nil
}
