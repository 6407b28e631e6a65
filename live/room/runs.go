package room

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"citygrid/grid/register"
	"citygrid/live/dispatch"
	"citygrid/routing/clearance"
	"citygrid/routing/path"
	"citygrid/routing/solve"

	"github.com/paulmach/orb"
)

const (
	fresh = 3 * time.Second // so long, by the machine's clock, runs are answered as they were
	over  = 12 * time.Hour  // what was sent is done, beyond the shift if need be
)

// runs are the trucks' runs, as last planned. What is sent stays in the order in
// which it was planned; the times are those of now.
type runs struct {
	turn chan struct{} // holds one; who has it owns the rest
	at   time.Time     // by the machine's clock
	on   int64         // version of the streets then
	list []run
}

// A run is a truck's, with its shift.
type run struct {
	shift register.Shift
	plan  clearance.Run
	line  orb.LineString // of when it was last asked for, as are stops
	stops []RunStop
}

func newRuns() *runs { return &runs{turn: make(chan struct{}, 1)} }

func (r *runs) enter(ctx context.Context) error {
	select {
	case r.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *runs) leave() { <-r.turn }

// Runs is the runs of the tow trucks on duty now, by vehicle.
func (r *Room) Runs(ctx context.Context) ([]Run, error) {
	city := r.town()
	if city == nil || city.Car == nil {
		return []Run{}, nil
	}
	if err := r.runs.enter(ctx); err != nil {
		return nil, err
	}
	defer r.runs.leave()
	b := r.book.Load()
	if time.Since(r.runs.at) > fresh || r.runs.on != city.version {
		board, err := r.planRuns(ctx, b, city)
		if err != nil {
			return nil, err
		}
		for i := range r.runs.list {
			if err := r.runs.list[i].draw(ctx, city.Car, board.Sites); err != nil {
				return nil, err
			}
		}
		r.runs.at, r.runs.on = time.Now(), city.version
	}
	out := make([]Run, len(r.runs.list))
	for i, one := range r.runs.list {
		out[i] = b.runJSON(one)
	}
	return out, nil
}

// planRuns plans the runs anew from what is open and where the trucks are.
func (r *Room) planRuns(ctx context.Context, b *book, city *town) (clearance.Board, error) {
	now := r.c.Now()
	open, err := r.c.Store.OpenTasks(ctx)
	if err != nil {
		return clearance.Board{}, err
	}
	was := make(map[register.VehicleID]clearance.Run)
	for _, one := range r.runs.list {
		was[one.shift.Vehicle] = one.plan
	}
	board := clearance.Board{Ways: city.Car, Sites: b.pounds(now)}
	var list []run
	for _, s := range b.roster.At(now) {
		if v := b.vehicles[s.Vehicle]; v.Kind != register.TowTruck || v.Retired || slices.ContainsFunc(list, func(o run) bool { return o.shift.Vehicle == s.Vehicle }) {
			continue
		}
		truck, err := r.truckNow(ctx, b, city, s, now)
		if err != nil {
			return board, err
		}
		var jobs []clearance.Job
		for _, t := range open {
			if t.Person == s.Person && t.Kind == dispatch.KindTow {
				jobs = append(jobs, jobOf(t))
			}
		}
		plan, err := planRun(ctx, board, truck, jobs, was[s.Vehicle])
		if err != nil {
			return board, err
		}
		list = append(list, run{shift: s, plan: plan})
	}
	slices.SortFunc(list, func(a, b run) int { return cmp.Compare(a.shift.Vehicle, b.shift.Vehicle) })
	r.runs.list = list
	return board, nil
}

func jobOf(t dispatch.Task) clearance.Job {
	return clearance.Job{ID: clearance.JobID(t.ID), At: t.At, Load: 1}
}

// planRun plans jobs for a truck: those of its run before in that order, then the
// others where they cost least. Jobs that no longer fit into the shift are planned
// beyond it: they were sent. One that cannot be planned at all is left out.
func planRun(ctx context.Context, board clearance.Board, truck clearance.Truck, jobs []clearance.Job, was clearance.Run) (clearance.Run, error) {
	var rule *solve.RouteError
	shiftEnds := truck.To
	for _, more := range []time.Duration{0, over} {
		truck.To = shiftEnds.Add(more)
		plan, left := clearance.Start(truck), slices.Clone(jobs)
		for _, s := range was.Stops {
			if k := slices.IndexFunc(left, func(j clearance.Job) bool { return j.ID == s.Job.ID }); k >= 0 {
				plan.Stops = append(plan.Stops, clearance.Stop{Job: left[k]})
				left = slices.Delete(left, k, k+1)
			}
		}
		plan, err := board.Again(ctx, plan)
		for _, j := range left {
			var o clearance.Offer
			if err != nil {
				break
			}
			if o, err = board.Insert(ctx, plan, j); err == nil {
				plan = o.Run
			}
		}
		if err == nil {
			plan.Truck.To = shiftEnds
			return plan, nil
		}
		if !errors.As(err, &rule) {
			return plan, err
		}
	}
	truck.To = shiftEnds
	return clearance.Start(truck), nil
}

// draw makes the line of a run; straight where no way leads.
func (o *run) draw(ctx context.Context, car *path.Engine, sites []clearance.Site) error {
	o.line, o.stops = nil, nil
	at := o.plan.Truck.Start
	for i, s := range o.plan.Stops {
		to := RunStop{N: i + 1, Kind: "job", Arrive: s.Arrive.UTC(), Leave: s.Leave.UTC(), Load: s.Load}
		place := s.Job.At
		if s.IsSite() {
			to.Kind = "site"
			if k := slices.IndexFunc(sites, func(x clearance.Site) bool { return x.ID == s.Site }); k >= 0 {
				place, to.Name = sites[k].At, sites[k].Name
			}
		} else {
			task := dispatch.TaskID(s.Job.ID)
			to.Task = &task
		}
		to.At = position(place)
		o.stops = append(o.stops, to)
		route, err := car.Route(ctx, path.Query{From: at, To: place})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		o.line = append(o.line, at)
		if err == nil {
			o.line = append(o.line, route.Line...)
		}
		o.line = append(o.line, place)
		at = place
	}
	return nil
}

func (b *book) runJSON(o run) Run {
	v := b.vehicles[o.shift.Vehicle]
	return Run{
		Vehicle: Vehicle{v.ID, v.Plate, v.Kind}, Driver: *b.person(o.shift.Person),
		From: o.shift.From.UTC(), To: o.shift.To.UTC(), End: o.plan.End.UTC(),
		Line: positions(o.line), Stops: append([]RunStop{}, o.stops...),
	}
}
