package clearance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"citygrid/routing/solve"
	"citygrid/routing/solve/fleet"
)

// Times to load a vehicle and to unload a truck when none are given, and how soon a
// job on a strict road is to be begun.
const (
	DefaultService      = 10 * time.Minute
	DefaultUnload       = 15 * time.Minute
	DefaultStrictWithin = time.Hour
)

// MaxStops bounds a run, MaxJobs a day.
const (
	MaxStops = 500
	MaxJobs  = 2000
)

// A Board is what jobs are planned on: the streets and the sites.
type Board struct {
	Ways   Ways
	Sites  []Site     // 16 at most
	Police []Window   // joint slots: when the police go with a truck, in order
	Goal   solve.Goal // of Plan, after lateness
	// StrictWithin is how soon after its window opens, or after the first shift
	// begins, a job on a strict road is to be begun: later it is late, which counts
	// before all working time. 0 = an hour.
	StrictWithin time.Duration
}

// Start is the run of a truck that has nothing to do yet.
func Start(t Truck) Run { return Run{Truck: t, End: t.From} }

// Plan makes the runs of a day: what is in runs stays as far as s wants it (see
// fleet.Search: Change; Start is not used), jobs come on top. Each run is checked. The error is
// ErrJob, ErrRun, the context's of looking up ways, or a *solve.RouteError if what
// is fixed can't be done; a job that no truck can fetch is in Day.Left.
func (b Board) Plan(ctx context.Context, runs []Run, jobs []Job, s fleet.Search) (Day, error) {
	m, err := b.model(ctx, runs, jobs, false)
	if err != nil {
		return Day{}, err
	}
	known := map[JobID]bool{}
	for _, j := range m.jobs {
		if known[j.ID] {
			return Day{}, fmt.Errorf("job %d: %w", j.ID, ErrKnown)
		}
		known[j.ID] = true
	}
	s.Start = nil
	var start solve.Solution
	for u := range runs {
		r := solve.Route{Unit: u}
		for _, v := range m.visits[u] {
			r.Stops = append(r.Stops, solve.Stop{Visit: v})
		}
		start.Routes = append(start.Routes, r)
		if len(r.Stops) > 0 {
			s.Start = &start
		}
	}
	sol, err := s.Solve(ctx, &m.p)
	if err != nil {
		return Day{}, err
	}
	day := Day{Late: sol.Score(&m.p).Late}
	for u := range sol.Routes {
		next, err := m.run(runs[u], &sol.Routes[u])
		if err != nil {
			return Day{}, err
		}
		day.Runs = append(day.Runs, next)
	}
	for _, x := range sol.Unserved {
		day.Left = append(day.Left, Left{m.jobs[x.Task], x.Why})
	}
	return day, nil
}

// Insert gives the run with one more job, where it costs least time on the road
// and at sites, and how much more that is. The other jobs keep their order; what
// is fixed stays. The error is ErrKnown, ErrJob, ErrRun or a *solve.RouteError with
// the rule that the job would break.
func (b Board) Insert(ctx context.Context, r Run, j Job) (Offer, error) {
	offers, refused, err := b.Offers(ctx, []Run{r}, j)
	if err != nil {
		return Offer{}, err
	}
	if len(refused) > 0 {
		return Offer{}, refused[0].Why
	}
	return offers[0], nil
}

// Offers asks every truck: those that can take the job, the least lateness and then
// the least extra time first (a job on a strict road goes to who is there first), and
// of the others why not. runs share the sites' room. The error is the context's, or
// that the job or a run is wrong.
func (b Board) Offers(ctx context.Context, runs []Run, j Job) ([]Offer, []Refusal, error) {
	m, err := b.model(ctx, runs, []Job{j}, true)
	if err != nil {
		return nil, nil, fmt.Errorf("job %d: %w", j.ID, err)
	}
	var plan solve.Solution
	var refused []Refusal
	away := map[int]bool{} // not to be asked
	for u, r := range runs {
		route, err := m.route(u)
		if err != nil {
			route = solve.Route{Unit: u, Stops: stops(m.visits[u])}
		}
		plan.Routes = append(plan.Routes, route)
		if slices.ContainsFunc(r.Stops, func(s Stop) bool { return s.Job.ID == j.ID }) {
			refused, away[u] = append(refused, Refusal{r.Truck.ID, fmt.Errorf("job %d: %w", j.ID, ErrKnown)}), true
		}
	}
	found, not, err := fleet.Offers(&m.p, &plan, len(m.jobs)-1)
	if err != nil {
		return nil, nil, fmt.Errorf("job %d: %w", j.ID, err)
	}
	var offers []Offer
	for _, o := range found {
		if away[o.Unit] {
			continue
		}
		next, err := m.run(runs[o.Unit], &o.Route)
		if err != nil {
			return nil, nil, err
		}
		offer := Offer{Run: next, Extra: o.Way, Late: o.Late}
		for _, s := range next.Stops {
			if s.Job.ID == j.ID {
				offer.Arrive = s.Arrive
			}
		}
		offers = append(offers, offer)
	}
	for _, x := range not {
		if !away[x.Unit] {
			refused = append(refused, Refusal{runs[x.Unit].Truck.ID, x.Why})
		}
	}
	slices.SortStableFunc(offers, func(x, y Offer) int {
		early, cheap := x.Arrive.Compare(y.Arrive), cmp.Or(cmp.Compare(x.Late, y.Late), cmp.Compare(x.Extra, y.Extra))
		if j.Strict {
			return cmp.Or(early, cheap)
		}
		return cmp.Or(cheap, early)
	})
	return offers, refused, nil
}

func stops(visits []solve.Visit) (all []solve.Stop) {
	for _, v := range visits {
		all = append(all, solve.Stop{Visit: v})
	}
	return all
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
	// Without the job a drop-off may be of no use, or come too early.
	next, err := b.Again(ctx, less)
	if err != nil {
		return r, fmt.Errorf("run of truck %d without job %d: %w", r.Truck.ID, id, err)
	}
	return next, nil
}

// Again gives the run its times anew, with drop-offs placed anew: when a site
// closes, or a truck is late and says where it is. The error is a
// *solve.RouteError when what is planned can no longer be done.
func (b Board) Again(ctx context.Context, r Run) (Run, error) {
	m, err := b.model(ctx, []Run{r}, nil, true)
	if err != nil {
		return r, err
	}
	route, err := m.p.Unloaded(0, m.jobVisits(0))
	if err != nil {
		return r, err
	}
	return m.run(r, &route)
}

// Bound is a working time of all trucks together that no runs undercut which fetch the
// jobs of these, see solve.WorkBound; ok is false where some job can't be reached.
func (b Board) Bound(ctx context.Context, runs []Run) (work time.Duration, ok bool, err error) {
	m, err := b.model(ctx, runs, nil, false)
	if err != nil {
		return 0, false, err
	}
	work, ok = m.p.WorkBound()
	return work, ok, nil
}
