package room

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"citygrid/data/audit"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/dispatch"
	"citygrid/routing/clearance"
)

// json tells people what an edit comes to.
func (p *replan) json(ctx context.Context, b *book, city *town) (RunsPreview, error) {
	out := RunsPreview{Orders: []Order{}, Units: []ReplanUnit{}, Changes: []ReplanChange{}, Refused: append([]ReplanRefused{}, p.refused...)}
	type place struct {
		unit  string
		begin time.Time
		late  float64
		note  string
		k     int // of the jobs of its run
	}
	places := func(list []run) map[dispatch.TaskID]place {
		all := make(map[dispatch.TaskID]place)
		for _, o := range list {
			k := 0
			for _, s := range o.plan.Stops {
				if id := dispatch.TaskID(s.Job.ID); id != 0 {
					all[id] = place{unitID(register.VehicleSubject(o.shift.Vehicle)), s.Begin.UTC(), max(0, s.Leave.Sub(o.shift.To).Seconds()), o.open[id].Note, k}
					k++
				}
			}
		}
		return all
	}
	was, now := places(p.was), places(p.now)
	touched := make(map[register.VehicleID]bool)
	for i := range p.now {
		before, after := &p.was[i], &p.now[i]
		same := slices.Equal(before.jobs(), after.jobs())
		if same && before.off == after.off {
			continue
		}
		touched[after.shift.Vehicle] = true
		if err := after.draw(ctx, b, city.Tows, p.board.Sites); err != nil {
			return out, err
		}
		late := func(o *run) float64 { return max(0, o.plan.End.Sub(o.shift.To).Seconds()) }
		out.Units = append(out.Units, ReplanUnit{
			Unit: unitID(register.VehicleSubject(after.shift.Vehicle)), Name: b.vehicles[after.shift.Vehicle].Plate, Person: *b.person(after.shift.Person),
			ExtraS: after.plan.End.Sub(before.plan.End).Seconds(), EndWas: before.plan.End.UTC(), End: after.plan.End.UTC(),
			LateWasS: late(before), LateS: late(after), Stops: append([]RunStop{}, after.stops...),
		})
		if !same {
			out.Orders = append(out.Orders, Order{after.shift.Vehicle, append([]dispatch.TaskID{}, after.jobs()...)})
		}
	}
	out.Basis = basisOf(p.was, touched)
	for id := range maps.Keys(was) {
		x, y := was[id], now[id]
		moved := y.begin.Sub(x.begin).Abs() >= time.Minute
		if x.unit == y.unit && !moved && x.k == y.k {
			continue
		}
		c := ReplanChange{Task: int64(id), Name: cmp.Or(x.note, y.note), From: x.unit, To: y.unit, Was: &x.begin, LateS: y.late}
		if y.unit != "" {
			c.Now = &y.begin
		}
		out.Changes = append(out.Changes, c)
	}
	slices.SortFunc(out.Changes, func(x, y ReplanChange) int {
		when := func(c ReplanChange) time.Time { return *cmp.Or(c.Now, c.Was) }
		return cmp.Or(cmp.Compare(x.To, y.To), when(x).Compare(when(y)), cmp.Compare(x.Task, y.Task))
	})
	return out, nil
}

// A RunsSend does what a preview showed.
type RunsSend struct {
	Basis   string               `json:"basis" maxLength:"64"`
	Orders  []Order              `json:"orders" maxItems:"100" nullable:"false"`
	Release []dispatch.TaskID    `json:"release,omitempty" maxItems:"100"`
	Lost    []register.VehicleID `json:"lost,omitempty" maxItems:"100"`
	Back    []register.VehicleID `json:"back,omitempty" maxItems:"100"`
}

// touches are the vehicles whose runs it changes.
func (s RunsSend) touches(list []run) map[register.VehicleID]bool {
	all := make(map[register.VehicleID]bool)
	for _, o := range s.Orders {
		all[o.Vehicle] = true
	}
	for _, id := range slices.Concat(s.Lost, s.Back) {
		all[id] = true
	}
	for _, id := range s.Release {
		if i, _, ok := find(list, id); ok {
			all[list[i].shift.Vehicle] = true
		}
	}
	return all
}

// SendRuns changes the runs as a preview showed it, and calls and sends the drivers.
// The error is dispatch.ErrMoved if something else has changed since. It is on disk
// when SendRuns returns.
func (r *Room) SendRuns(ctx context.Context, by people.ID, may func(driver people.ID) bool, s RunsSend, act audit.Act) error {
	city := r.town()
	if city == nil || city.Tows == nil {
		return ErrNoMap
	}
	if err := r.runs.enter(ctx); err != nil {
		return err
	}
	defer r.runs.leave()
	board, err := r.planRuns(ctx, r.book.Load(), city)
	if err != nil {
		return err
	}
	list := slices.Clone(r.runs.list)
	if basisOf(list, s.touches(list)) != s.Basis {
		return dispatch.ErrMoved
	}
	p, err := toKeep(list, may, s)
	if err != nil {
		return err
	}
	p.At, p.By = r.c.Now(), by
	change := replan{board: board, was: list, now: list}
	for _, o := range s.Orders { // no driver is sent what can't be driven
		tasks := make([]dispatch.Task, len(o.Tasks))
		for k, id := range o.Tasks {
			_, tasks[k], _ = find(list, id)
		}
		if _, err := change.put(ctx, ofVehicle(list, o.Vehicle), tasks); err != nil {
			return fmt.Errorf("the run of vehicle %d: %w", o.Vehicle, err)
		}
	}
	now, err := r.c.Store.Replan(ctx, p, act)
	if err != nil {
		return err
	}
	for _, o := range s.Orders { // the next plan keeps them: jobs go by their new numbers
		plan := &list[ofVehicle(list, o.Vehicle)].plan
		plan.Stops = nil
		for _, id := range o.Tasks {
			plan.Stops = append(plan.Stops, clearance.Stop{Job: jobOf(now[id])})
		}
	}
	r.runs.list, r.runs.at = list, time.Time{}
	r.Changed()
	return nil
}

// toKeep checks orders: together they hold the jobs of their runs, each once, and what
// is begun goes first.
func toKeep(list []run, may func(driver people.ID) bool, s RunsSend) (p dispatch.Replan, err error) {
	p.Release = s.Release
	left := make(map[dispatch.TaskID]bool)
	touch := func(id register.VehicleID) (int, error) {
		i := ofVehicle(list, id)
		if i < 0 || may != nil && !may(list[i].shift.Person) {
			return i, fmt.Errorf("%w: vehicle %d", ErrNoUnit, id)
		}
		return i, nil
	}
	for _, o := range s.Orders {
		i, err := touch(o.Vehicle)
		if err != nil {
			return p, err
		}
		for id := range list[i].open {
			left[id] = true
		}
		p.Orders = append(p.Orders, dispatch.Order{Person: list[i].shift.Person, Tasks: o.Tasks})
	}
	for _, id := range s.Release {
		i, _, ok := find(list, id)
		if !ok || may != nil && !may(list[i].shift.Person) {
			return p, fmt.Errorf("%w: task %d", ErrNoItem, id)
		}
		delete(left, id)
	}
	for _, o := range s.Orders {
		for k, id := range o.Tasks {
			i, t, _ := find(list, id)
			begun := t.State == dispatch.Arrived
			if !left[id] {
				return p, fmt.Errorf("%w: task %d", ErrOrders, id)
			}
			if begun && (list[i].shift.Vehicle != o.Vehicle || k > 0 && list[i].open[o.Tasks[k-1]].State != dispatch.Arrived) {
				return p, fmt.Errorf("%w: the driver is at task %d by now", dispatch.ErrMoved, id)
			}
			delete(left, id)
		}
	}
	for id := range left {
		return p, fmt.Errorf("%w: task %d is in none", ErrOrders, id)
	}
	for _, id := range s.Lost {
		i, err := touch(id)
		if err != nil {
			return p, err
		}
		p.Drop = append(p.Drop, list[i].shift.ID)
	}
	for _, id := range s.Back {
		i, err := touch(id)
		if err != nil {
			return p, err
		}
		p.Back = append(p.Back, list[i].shift.ID)
	}
	return p, nil
}

// RunsBound is how many jobs are in the runs of those drivers, and a working time of all
// of these runs in seconds that no plan undercuts; nil where there is none.
func (r *Room) RunsBound(ctx context.Context, may func(driver people.ID) bool) (jobs int, bound *float64, err error) {
	city := r.town()
	if city == nil || city.Tows == nil {
		return 0, nil, ErrNoMap
	}
	if err := r.runs.enter(ctx); err != nil {
		return 0, nil, err
	}
	board, err := r.planRuns(ctx, r.book.Load(), city)
	list := slices.Clone(r.runs.list)
	r.runs.at = r.runs.at.Add(-fresh)
	r.runs.leave()
	if err != nil {
		return 0, nil, err
	}
	var runs []clearance.Run
	for _, o := range list {
		if !o.off && (may == nil || may(o.shift.Person)) {
			runs, jobs = append(runs, o.plan), jobs+len(o.open)
		}
	}
	work, ok, err := board.Bound(ctx, runs)
	if err != nil || !ok {
		return jobs, nil, err
	}
	seconds := work.Seconds()
	return jobs, &seconds, nil
}
