package room

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync/atomic"
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
	brought atomic.Pointer[map[register.StationID]int] // vehicles in the last 24 hours, as last counted

	turn chan struct{} // holds one; who has it owns the rest
	at   time.Time     // by the machine's clock
	on   int64         // version of the streets then
	list []run

	ended map[register.ShiftID][]drop // what was brought in shifts of the last 24 hours that are over
}

// A run is a truck's, with its shift.
type run struct {
	shift register.Shift
	plan  clearance.Run
	open  map[dispatch.TaskID]dispatch.Task // the jobs
	past  []RunFinish
	off   bool           // dropped out
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
	if city == nil || city.Tows == nil {
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
			if err := r.runs.list[i].draw(ctx, b, city.Tows, board.Sites); err != nil {
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

// TowSites is where the trucks of some runs unload.
func (r *Room) TowSites(runs []Run) []TowSite {
	all := []TowSite{}
	now := r.c.Now()
	b := r.book.Load()
	var brought map[register.StationID]int
	if last := r.runs.brought.Load(); last != nil {
		brought = *last
	}
	for _, s := range b.pounds(now, r.c.Days, brought) {
		one := TowSite{ID: int64(s.ID), Name: s.Name, Names: b.siteNames(s.ID), At: position(s.At), Hours: []Hours{}, Always: s.Hours == nil}
		for _, h := range s.Hours {
			one.Hours = append(one.Hours, Hours{h.Open.UTC(), h.Close.UTC()})
		}
		if s.Room >= 0 {
			one.Room = &s.Room
			if k := slices.IndexFunc(b.stations, func(x register.Station) bool { return int64(x.ID) == one.ID }); k >= 0 {
				one.Places = &b.stations[k].Room
			}
		}
		for i := range runs {
			load := runs[i].Loaded
			for k := range runs[i].Stops {
				stop := &runs[i].Stops[k]
				if stop.Site != nil && *stop.Site == one.ID {
					one.Coming += load
					if one.Next == nil || stop.Arrive.Before(*one.Next) {
						one.Next = &stop.Arrive
					}
				}
				load = stop.Load
			}
		}
		all = append(all, one)
	}
	return all
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
	dropped, err := r.c.Store.Dropped(ctx, now)
	if err != nil {
		return clearance.Board{}, err
	}
	var list []run
	var trucks []clearance.Truck
	var orders []order
	var drops []drop
	for _, s := range b.roster.At(now) {
		if v := b.vehicles[s.Vehicle]; v.Kind != register.TowTruck || v.Retired || slices.ContainsFunc(list, func(o run) bool { return o.shift.Vehicle == s.Vehicle }) {
			continue
		}
		truck, past, here, err := r.truckNow(ctx, b, city, s, now)
		if err != nil {
			return clearance.Board{}, err
		}
		drops = append(drops, here...)
		one := run{shift: s, past: past, off: slices.Contains(dropped, s.ID), open: map[dispatch.TaskID]dispatch.Task{}}
		var jobs []dispatch.Task
		for _, t := range open {
			if t.Person == s.Person && t.Kind == dispatch.KindTow {
				jobs, one.open[t.ID] = append(jobs, t), t
			}
		}
		list, trucks, orders = append(list, one), append(trucks, truck), append(orders, jobsInOrder(jobs, was[s.Vehicle]))
	}
	brought, err := r.brought(ctx, b, now, drops)
	if err != nil {
		return clearance.Board{}, err
	}
	r.runs.brought.Store(&brought)
	board := clearance.Board{Ways: city.Tows, Sites: b.pounds(now, r.c.Days, brought)}
	for i := range list {
		if list[i].plan, err = planRun(ctx, board, trucks[i], orders[i]); err != nil {
			return board, err
		}
	}
	slices.SortFunc(list, func(a, b run) int { return cmp.Compare(a.shift.Vehicle, b.shift.Vehicle) })
	r.runs.list = list
	return board, nil
}

func jobOf(t dispatch.Task) clearance.Job {
	return clearance.Job{ID: clearance.JobID(t.ID), Name: t.Note, At: t.At, Load: 1}
}

// An order is jobs of which the first so many are done in this order; the others come
// where they cost least.
type order struct {
	jobs  []clearance.Job
	fixed int
}

// jobsInOrder puts jobs into an order: who is there already goes first, then that of the
// run before, then the places that people gave them.
func jobsInOrder(tasks []dispatch.Task, was clearance.Run) (o order) {
	rank := func(t dispatch.Task) (group int, place int64) {
		if t.State == dispatch.Arrived {
			return 0, t.Place
		}
		if k := slices.IndexFunc(was.Stops, func(s clearance.Stop) bool { return s.Job.ID == clearance.JobID(t.ID) }); k >= 0 {
			return 1, int64(k)
		}
		if t.Place > 0 {
			return 2, t.Place
		}
		return 3, 0
	}
	tasks = slices.Clone(tasks)
	slices.SortStableFunc(tasks, func(a, b dispatch.Task) int {
		ga, pa := rank(a)
		gb, pb := rank(b)
		return cmp.Or(cmp.Compare(ga, gb), cmp.Compare(pa, pb))
	})
	for _, t := range tasks {
		if group, _ := rank(t); group < 3 {
			o.fixed++
		}
		o.jobs = append(o.jobs, jobOf(t))
	}
	return o
}

// planRun plans jobs for a truck. Jobs that no longer fit into the shift are planned
// beyond it: they were sent; and those for which no pound has room to where there is
// none left. One that cannot be planned at all is left out.
func planRun(ctx context.Context, board clearance.Board, truck clearance.Truck, o order) (clearance.Run, error) {
	var rule *solve.RouteError
	shiftEnds := truck.To
	full := slices.Clone(board.Sites)
	for i := range full {
		full[i].Room = -1
	}
	for _, try := range []struct {
		more  time.Duration
		sites []clearance.Site
	}{{0, board.Sites}, {over, board.Sites}, {over, full}} {
		truck.To, board.Sites = shiftEnds.Add(try.more), try.sites
		plan := clearance.Start(truck)
		for _, j := range o.jobs[:o.fixed] {
			plan.Stops = append(plan.Stops, clearance.Stop{Job: j})
		}
		plan, err := board.Again(ctx, plan)
		for _, j := range o.jobs[o.fixed:] {
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
func (o *run) draw(ctx context.Context, b *book, truck *path.Engine, sites []clearance.Site) error {
	o.line, o.stops = nil, nil
	at := o.plan.Truck.Start
	for i, s := range o.plan.Stops {
		to := RunStop{
			N: i + 1, Kind: "job", Arrive: s.Arrive.UTC(), Begin: s.Begin.UTC(), Leave: s.Leave.UTC(), Load: s.Load,
			LateS: max(0, s.Leave.Sub(o.shift.To).Seconds()),
		}
		place := s.Job.At
		if s.IsSite() {
			to.Kind = "site"
			if k := slices.IndexFunc(sites, func(x clearance.Site) bool { return x.ID == s.Site }); k >= 0 {
				place, to.Name, to.Names = sites[k].At, sites[k].Name, b.siteNames(s.Site)
			}
			site := int64(s.Site)
			to.Site = &site
		} else {
			task := dispatch.TaskID(s.Job.ID)
			to.Task, to.Name, to.State = &task, o.open[task].Note, o.open[task].State
		}
		to.At = position(place)
		o.stops = append(o.stops, to)
		route, err := truck.Route(ctx, path.Query{From: at, To: place})
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
		Shift: int64(o.shift.ID), From: o.shift.From.UTC(), To: o.shift.To.UTC(), End: o.plan.End.UTC(),
		Capacity: o.plan.Truck.Capacity, Loaded: o.plan.Truck.Loaded, Off: o.off,
		Line: positions(o.line), Stops: append([]RunStop{}, o.stops...), Past: append([]RunFinish{}, o.past...),
	}
}
