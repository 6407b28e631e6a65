package clearance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"citygrid/routing/solve"
	"citygrid/routing/solve/check"

	"github.com/paulmach/orb"
)

// Times to load a vehicle and to unload a truck when none are given.
const (
	DefaultService = 10 * time.Minute
	DefaultUnload  = 15 * time.Minute
)

// MaxStops bounds a run; a truck has a shift of 24 hours at most.
const MaxStops = 500

// A Board is what jobs are planned on: the streets and the sites.
type Board struct {
	Ways  Ways
	Sites []Site // 16 at most
}

// Start is the run of a truck that has nothing to do yet.
func Start(t Truck) Run { return Run{Truck: t, End: t.From} }

// Insert gives the run with one more job, where it costs least time on the road
// and at sites, and how much more that is. The other jobs keep their order; what
// is fixed stays; drop-offs are placed anew. The error is ErrKnown, ErrJob, ErrRun
// or a *solve.RouteError with the rule that the job would break.
func (b Board) Insert(ctx context.Context, r Run, j Job) (Offer, error) {
	if slices.ContainsFunc(r.Stops, func(s Stop) bool { return s.Job.ID == j.ID }) {
		return Offer{}, fmt.Errorf("job %d: %w", j.ID, ErrKnown)
	}
	m, err := b.model(ctx, r, &j)
	if err != nil {
		return Offer{}, err
	}
	before := m.effort(r)
	route, err := m.p.Insert(0, m.visits, len(m.jobs)-1)
	if err != nil {
		return Offer{}, err
	}
	next, err := m.run(r, &route)
	if err != nil {
		return Offer{}, err
	}
	o := Offer{Run: next, Extra: m.p.Effort(&route) - before}
	for _, s := range next.Stops {
		if s.Job.ID == j.ID {
			o.Arrive = s.Arrive
		}
	}
	return o, nil
}

// Offers asks every truck: those that can take the job, the least extra time
// first (a job on a strict road goes to who is there first), and of the others
// why not. runs share the sites' room. The error is the context's, or that the
// job or a run is wrong.
func (b Board) Offers(ctx context.Context, runs []Run, j Job) ([]Offer, []Refusal, error) {
	var offers []Offer
	var refused []Refusal
	for i, r := range runs {
		offer, err := b.without(runs, i).Insert(ctx, r, j)
		var rule *solve.RouteError
		switch {
		case err == nil:
			offers = append(offers, offer)
		case errors.As(err, &rule) || errors.Is(err, ErrKnown):
			refused = append(refused, Refusal{r.Truck.ID, err})
		default:
			return nil, nil, fmt.Errorf("job %d, truck %d: %w", j.ID, r.Truck.ID, err)
		}
	}
	slices.SortStableFunc(offers, func(x, y Offer) int {
		early, cheap := x.Arrive.Compare(y.Arrive), cmp.Compare(x.Extra, y.Extra)
		if j.Strict {
			return cmp.Or(early, cheap)
		}
		return cmp.Or(cheap, early)
	})
	return offers, refused, nil
}

// without is the board with the room that all runs but one leave.
func (b Board) without(runs []Run, but int) Board {
	b.Sites = slices.Clone(b.Sites)
	for i, r := range runs {
		load := r.Truck.Loaded
		for _, s := range r.Stops {
			if !s.IsSite() {
				load = s.Load
				continue
			}
			for k := range b.Sites {
				if i != but && b.Sites[k].ID == s.Site && b.Sites[k].Room >= 0 {
					b.Sites[k].Room = max(0, b.Sites[k].Room-load)
				}
			}
			load = s.Load
		}
	}
	return b
}

// Remove gives the run without a job: a vehicle that was released or left. The
// error is ErrNoJob, ErrFixed if it is done or under way, or ErrRun.
func (b Board) Remove(ctx context.Context, r Run, id JobID) (Run, error) {
	at := slices.IndexFunc(r.Stops, func(s Stop) bool { return s.Job.ID == id && id != 0 })
	switch {
	case at < 0:
		return r, fmt.Errorf("job %d: %w", id, ErrNoJob)
	case at < r.Fixed:
		return r, fmt.Errorf("job %d: %w", id, ErrFixed)
	}
	less := r
	less.Stops = slices.Delete(slices.Clone(r.Stops), at, at+1)
	m, err := b.model(ctx, less, nil)
	if err != nil {
		return r, err
	}
	// Without the job a drop-off may be of no use, or come too early.
	route, err := m.p.Unloaded(0, m.jobVisits())
	if err != nil {
		return r, fmt.Errorf("run of truck %d without job %d: %w", r.Truck.ID, id, err)
	}
	return m.run(less, &route)
}

// Again gives the run its times anew, with drop-offs placed anew: when a site
// closes, or a truck is late and says where it is. The error is a
// *solve.RouteError when what is planned can no longer be done.
func (b Board) Again(ctx context.Context, r Run) (Run, error) {
	m, err := b.model(ctx, r, nil)
	if err != nil {
		return r, err
	}
	route, err := m.p.Unloaded(0, m.jobVisits())
	if err != nil {
		return r, err
	}
	return m.run(r, &route)
}

// A model is one run as a problem of one unit.
type model struct {
	b      Board
	p      solve.Problem
	zero   time.Time
	jobs   []Job // by task
	visits []solve.Visit
}

func (b Board) model(ctx context.Context, r Run, more *Job) (*model, error) {
	t := r.Truck
	switch {
	case t.To.Before(t.From):
		return nil, fmt.Errorf("%w: the shift of truck %d ends before it begins", ErrRun, t.ID)
	case r.Fixed < 0 || r.Fixed > len(r.Stops) || len(r.Stops) > MaxStops:
		return nil, fmt.Errorf("%w: %d of %d stops of truck %d are fixed, %d is the most", ErrRun, r.Fixed, len(r.Stops), t.ID, MaxStops)
	}
	m := &model{b: b, zero: t.From}
	points := []orb.Point{t.Start}
	node := func(p orb.Point) solve.Node {
		if i := slices.Index(points, p); i >= 0 {
			return solve.Node(i)
		}
		points = append(points, p)
		return solve.Node(len(points) - 1)
	}
	for _, s := range b.Sites {
		site := solve.Site{Name: s.Name, At: node(s.At), Service: cmp.Or(s.Service, DefaultUnload)}
		for _, h := range s.Hours {
			site.Windows = append(site.Windows, m.window(h))
		}
		if s.Room >= 0 {
			site.Room = []int32{int32(s.Room)}
		}
		m.p.Sites = append(m.p.Sites, site)
	}
	task := func(j Job) error {
		if j.ID == 0 || j.Load < 1 || j.Load > 1000 {
			return fmt.Errorf("%w: job %d takes %d places: want an id and 1 to 1000", ErrJob, j.ID, j.Load)
		}
		w := m.window(j.Window)
		if w.Close < w.Open {
			return fmt.Errorf("%w: the window of job %d ends before it begins", ErrJob, j.ID)
		}
		at := node(j.At)
		m.p.Tasks = append(m.p.Tasks, solve.Task{
			Name: fmt.Sprintf("job %d", j.ID), Load: []int32{int32(j.Load)}, Windows: []solve.Window{w},
			Modes: []solve.Mode{{Enter: at, Leave: at, Service: cmp.Or(j.Service, DefaultService)}},
		})
		m.jobs = append(m.jobs, j)
		return nil
	}
	for i, s := range r.Stops {
		v := solve.Visit{Kind: solve.Unload, Site: slices.IndexFunc(b.Sites, func(x Site) bool { return x.ID == s.Site })}
		if !s.IsSite() {
			v = solve.Visit{Task: len(m.p.Tasks)}
			if err := task(s.Job); err != nil {
				return nil, err
			}
		} else if v.Site < 0 && i < r.Fixed {
			return nil, fmt.Errorf("%w: truck %d was at site %d, which is not known", ErrRun, t.ID, s.Site)
		} else if v.Site < 0 {
			continue // the site is gone; drop-offs are placed anew
		}
		m.visits = append(m.visits, v)
	}
	if more != nil {
		if err := task(*more); err != nil {
			return nil, err
		}
	}
	unit := solve.Unit{
		Name: cmp.Or(t.Name, fmt.Sprintf("truck %d", t.ID)), End: solve.Nowhere,
		Shift: solve.Window{Close: t.To.Sub(t.From)}, Capacity: []int32{int32(t.Capacity)},
		Loaded: []int32{int32(t.Loaded)}, Fixed: m.visits[:r.Fixed:r.Fixed],
	}
	if t.End != (orb.Point{}) {
		unit.End = node(t.End)
	}
	m.p.Units = []solve.Unit{unit}
	m.p.Nodes = len(points)
	times, err := b.Ways.Times(ctx, points, points)
	if err != nil {
		return nil, fmt.Errorf("times of the run of truck %d: %w", t.ID, err)
	}
	table := solve.NewTable(len(points))
	for i, row := range times {
		for j, c := range row {
			if c != nil {
				table.Set(solve.Node(i), solve.Node(j), solve.Cost{Time: c.Duration, Length: c.Distance})
			}
		}
	}
	m.p.Costs = table
	if err := m.p.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRun, err)
	}
	return m, nil
}

// window is w from the begin of the shift; no end is far away.
func (m *model) window(w Window) solve.Window {
	const far = 1000 * time.Hour
	out := solve.Window{Open: -far, Close: far}
	if !w.Open.IsZero() {
		out.Open = w.Open.Sub(m.zero)
	}
	if !w.Close.IsZero() {
		out.Close = w.Close.Sub(m.zero)
	}
	return out
}

// jobVisits are the visits after the fixed ones without drop-offs.
func (m *model) jobVisits() []solve.Visit {
	var order []solve.Visit
	for _, v := range m.visits[len(m.p.Units[0].Fixed):] {
		if v.Kind == solve.Serve {
			order = append(order, v)
		}
	}
	return order
}

// effort is what the run as it is takes on the road and at sites.
func (m *model) effort(r Run) time.Duration {
	if route, err := m.p.Schedule(0, m.visits); err == nil {
		return m.p.Effort(&route)
	}
	// It can't be done as it is, because a site has closed since: what it would
	// be with drop-offs placed anew.
	if route, err := m.p.Unloaded(0, m.jobVisits()); err == nil {
		return m.p.Effort(&route)
	}
	return r.End.Sub(r.Truck.From)
}

// run turns a route back into a run.
func (m *model) run(old Run, route *solve.Route) (Run, error) {
	sol := solve.Solution{Routes: []solve.Route{*route}}
	if report := check.Solution(&m.p, &sol); !report.Feasible() {
		return old, fmt.Errorf("run of truck %d: the answer breaks %d rules, first %v", old.Truck.ID, len(report.Violations), report.Violations[0])
	}
	next := Run{Truck: old.Truck, Fixed: old.Fixed, End: m.zero.Add(route.End), Back: route.Back.Length}
	load := old.Truck.Loaded
	for _, s := range route.Stops {
		stop := Stop{Arrive: m.zero.Add(s.Arrive), Begin: m.zero.Add(s.Begin), Leave: m.zero.Add(s.Leave), Metres: s.Way.Length}
		if s.Kind == solve.Unload {
			stop.Site = m.b.Sites[s.Site].ID
			load = 0
		} else {
			stop.Job = m.jobs[s.Task]
			load += stop.Job.Load
		}
		stop.Load = load
		next.Stops = append(next.Stops, stop)
	}
	return next, nil
}
