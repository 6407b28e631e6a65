package room

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/live/dispatch"
	"citygrid/routing/clearance"
	"citygrid/routing/solve"
	"citygrid/routing/solve/fleet"
)

// Why a change of plan is refused as a whole. Match with errors.Is.
var (
	ErrNoUnit = errors.New("no such unit is on duty")
	ErrNoItem = errors.New("no such stop is planned")
	ErrOrders = errors.New("the orders don't hold the same jobs as before")
)

// errBegun is why a job stays with its truck.
var errBegun = errors.New("the truck is there already")

// A Move takes a job to a place in a truck's run.
type Move struct {
	Task    dispatch.TaskID    `json:"task"`
	Vehicle register.VehicleID `json:"vehicle"`
	Before  *dispatch.TaskID   `json:"before,omitempty" doc:"the job that comes after it; 0 is at the end; left out: where it costs least"`
}

// A RunsEdit is what somebody wants changed in the runs, all at once.
type RunsEdit struct {
	Moves   []Move               `json:"moves,omitempty" maxItems:"100"`
	Release []dispatch.TaskID    `json:"release,omitempty" maxItems:"100" doc:"jobs whose vehicle has left"`
	Lost    []register.VehicleID `json:"lost,omitempty" maxItems:"100" doc:"trucks that can't go on: the others take over what they have not begun"`
	Back    []register.VehicleID `json:"back,omitempty" maxItems:"100" doc:"trucks that can go on again"`
	Improve bool                 `json:"improve,omitempty" doc:"look for shorter runs"`
	Change  int                  `json:"change,omitempty" minimum:"0" maximum:"100" doc:"with improve and lost: so many of the other runs may change; 0 is all"`
}

// An Order is in which order a truck does its jobs.
type Order struct {
	Vehicle register.VehicleID `json:"vehicle"`
	Tasks   []dispatch.TaskID  `json:"tasks" nullable:"false" maxItems:"500"`
}

// A RunsPreview is what a change of the runs comes to. Nothing is changed before it is
// sent.
type RunsPreview struct {
	Basis   string          `json:"basis" doc:"what it was made of, to be sent with it"`
	Orders  []Order         `json:"orders" nullable:"false" doc:"of the runs that change, to be sent with it"`
	Units   []ReplanUnit    `json:"units" nullable:"false" doc:"whose plans change"`
	Changes []ReplanChange  `json:"changes" nullable:"false" doc:"by unit and time"`
	Refused []ReplanRefused `json:"refused" nullable:"false" doc:"what was wanted and can't be; the rest can be sent"`
}

// A ReplanUnit is one unit's plan before and after.
type ReplanUnit struct {
	Unit     string    `json:"unit" doc:"v and the number of a vehicle, or s and that of a shift"`
	Name     string    `json:"name"`
	Person   Person    `json:"person"`
	ExtraS   float64   `json:"extra_s" doc:"so much longer it works, in seconds"`
	EndWas   time.Time `json:"end_was"`
	End      time.Time `json:"end"`
	LateWasS float64   `json:"late_was_s" doc:"so long after the end of its shift it ended"`
	LateS    float64   `json:"late_s"`
	Stops    []RunStop `json:"stops" nullable:"false" doc:"of a truck, as they would be"`
}

// A ReplanChange is what becomes of one stop.
type ReplanChange struct {
	Task  int64      `json:"task" doc:"0 for streets"`
	Name  string     `json:"name"`
	From  string     `json:"from" doc:"unit; empty for nobody"`
	To    string     `json:"to" doc:"unit; empty for nobody"`
	Was   *time.Time `json:"was"`
	Now   *time.Time `json:"now"`
	LateS float64    `json:"late_s" doc:"so long after the end of the shift it is done"`
}

// A ReplanRefused is a stop that can't be where it was wanted, and why.
type ReplanRefused struct {
	Task int64  `json:"task" doc:"0 for streets"`
	Name string `json:"name"`
	Unit string `json:"unit"`
	Rule string `json:"rule" enum:"capacity,shift,window,turn,site,no_way,skills,break,begun,closed,no_unit,other"`
	Why  string `json:"why" doc:"in English; to show something, translate the rule"`
}

// A replan is runs before and after. Its runs are in one order.
type replan struct {
	board    clearance.Board
	was, now []run
	refused  []ReplanRefused
}

// A Search is how an edit's search for better runs goes on.
type Search struct {
	Time   time.Duration // 0 = brief
	Better func(elapsed time.Duration, s solve.Score)
}

// brief is how many steps a search takes whose answer somebody waits for.
const brief = 400

// PreviewRuns says what a change of the runs would come to, for somebody who may send
// certain drivers (nil: all).
func (r *Room) PreviewRuns(ctx context.Context, may func(driver people.ID) bool, e RunsEdit, s Search) (RunsPreview, error) {
	city := r.town()
	if city == nil || city.Tows == nil {
		return RunsPreview{}, ErrNoMap
	}
	if err := r.runs.enter(ctx); err != nil {
		return RunsPreview{}, err
	}
	b := r.book.Load()
	board, err := r.planRuns(ctx, b, city)
	list := slices.Clone(r.runs.list)
	r.runs.at = r.runs.at.Add(-fresh)
	r.runs.leave() // a search is no reason to keep others waiting
	if err != nil {
		return RunsPreview{}, err
	}
	p := replan{board: board, was: list, now: slices.Clone(list)}
	if err := p.edit(ctx, may, e, s); err != nil {
		return RunsPreview{}, err
	}
	if s.Time > 0 { // a search that was ended has an answer all the same
		var end context.CancelFunc
		ctx, end = context.WithTimeout(context.WithoutCancel(ctx), tell)
		defer end()
	}
	return p.json(ctx, b, city)
}

// tell is how long it may take to find the lines of runs that were searched for.
const tell = 10 * time.Second

// find is the run that has an open task, and its stop.
func find(list []run, id dispatch.TaskID) (at int, t dispatch.Task, ok bool) {
	for i := range list {
		if t, ok = list[i].open[id]; ok {
			return i, t, true
		}
	}
	return 0, t, false
}

func ofVehicle(list []run, id register.VehicleID) int {
	return slices.IndexFunc(list, func(o run) bool { return o.shift.Vehicle == id })
}

// jobs are the open tasks of a run, in its order.
func (o *run) jobs() (all []dispatch.TaskID) {
	for _, s := range o.plan.Stops {
		if s.Job.ID != 0 {
			all = append(all, dispatch.TaskID(s.Job.ID))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(o.open)) { // what could not be planned is there all the same
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

func (p *replan) refuse(t dispatch.Task, unit register.VehicleID, why error) {
	p.refused = append(p.refused, ReplanRefused{int64(t.ID), t.Note, unitID(register.VehicleSubject(unit)), RuleName(why), why.Error()})
}

// edit makes now out of was.
func (p *replan) edit(ctx context.Context, may func(driver people.ID) bool, e RunsEdit, s Search) error {
	mayChange := func(i int) bool { return i >= 0 && (may == nil || may(p.was[i].shift.Person)) }
	for _, id := range e.Release {
		i, _, ok := find(p.now, id)
		if !ok || !mayChange(i) {
			return fmt.Errorf("%w: task %d", ErrNoItem, id)
		}
		if err := p.without(ctx, i, id); err != nil {
			return err
		}
	}
	for _, id := range e.Back {
		i := ofVehicle(p.now, id)
		if !mayChange(i) {
			return fmt.Errorf("%w: vehicle %d", ErrNoUnit, id)
		}
		p.now[i].off = false
	}
	for _, m := range e.Moves {
		from, t, ok := find(p.now, m.Task)
		to := ofVehicle(p.now, m.Vehicle)
		switch {
		case !ok || !mayChange(from):
			return fmt.Errorf("%w: task %d", ErrNoItem, m.Task)
		case !mayChange(to):
			return fmt.Errorf("%w: vehicle %d", ErrNoUnit, m.Vehicle)
		case t.State == dispatch.Arrived:
			p.refuse(t, m.Vehicle, errBegun)
		default:
			if err := p.move(ctx, from, to, t, m.Before); err != nil {
				return err
			}
		}
	}
	var waiting []dispatch.Task
	for _, id := range e.Lost {
		i := ofVehicle(p.now, id)
		if !mayChange(i) {
			return fmt.Errorf("%w: vehicle %d", ErrNoUnit, id)
		}
		p.now[i].off = true
		for _, job := range p.now[i].jobs() {
			if t := p.now[i].open[job]; t.State != dispatch.Arrived {
				waiting = append(waiting, t)
				if err := p.without(ctx, i, job); err != nil {
					return err
				}
			} else {
				p.refuse(t, id, errBegun)
			}
		}
	}
	if e.Improve || len(waiting) > 0 {
		return p.search(ctx, mayChange, waiting, e.Change, s)
	}
	return nil
}

// put plans a run in an order of jobs, beyond its shift if need be.
func (p *replan) put(ctx context.Context, i int, order []dispatch.Task) (run, error) {
	o := p.now[i]
	truck := o.plan.Truck
	truck.To = truck.To.Add(over)
	plan := clearance.Start(truck)
	o.open = make(map[dispatch.TaskID]dispatch.Task, len(order))
	for _, t := range order {
		plan.Stops, o.open[t.ID] = append(plan.Stops, clearance.Stop{Job: jobOf(t)}), t
	}
	plan, err := p.board.Again(ctx, plan)
	plan.Truck.To = o.plan.Truck.To
	o.plan = plan
	return o, err
}

func (p *replan) tasks(i int) (all []dispatch.Task) {
	for _, id := range p.now[i].jobs() {
		all = append(all, p.now[i].open[id])
	}
	return all
}

// without takes a job out of a run.
func (p *replan) without(ctx context.Context, i int, id dispatch.TaskID) (err error) {
	p.now[i], err = p.put(ctx, i, slices.DeleteFunc(p.tasks(i), func(t dispatch.Task) bool { return t.ID == id }))
	return err
}

// move takes a job to a run. Where that can't be, it is refused and all stays.
func (p *replan) move(ctx context.Context, from, to int, t dispatch.Task, before *dispatch.TaskID) error {
	was := slices.Clone(p.now)
	if err := p.without(ctx, from, t.ID); err != nil {
		return err
	}
	order := p.tasks(to)
	begun := 0
	for begun < len(order) && order[begun].State == dispatch.Arrived {
		begun++
	}
	var rule *solve.RouteError
	var best run
	var err error
	if before != nil {
		at := slices.IndexFunc(order, func(x dispatch.Task) bool { return x.ID == *before })
		if at < 0 {
			if at = len(order); *before != 0 {
				return fmt.Errorf("%w: task %d", ErrNoItem, *before)
			}
		}
		best, err = p.put(ctx, to, slices.Insert(order, max(at, begun), t))
	} else {
		for at := begun; at <= len(order); at++ {
			one, fault := p.put(ctx, to, slices.Insert(slices.Clone(order), at, t))
			if fault == nil && (best.open == nil || one.plan.End.Before(best.plan.End)) {
				best = one
			}
			err = cmp.Or(err, fault)
		}
		if best.open != nil {
			err = nil
		}
	}
	switch {
	case errors.As(err, &rule):
		p.now = was
		p.refuse(t, p.now[to].shift.Vehicle, err)
		return nil
	case err != nil:
		return err
	}
	p.now[to] = best
	return nil
}

// search gives jobs to the runs that may change, and looks for shorter ones.
func (p *replan) search(ctx context.Context, mayChange func(int) bool, waiting []dispatch.Task, change int, s Search) error {
	var at []int
	var runs []clearance.Run
	known := make(map[dispatch.TaskID]dispatch.Task)
	for i := range p.now {
		if p.now[i].off || !mayChange(i) {
			continue
		}
		plan := p.now[i].plan
		plan.Truck.To = plan.Truck.To.Add(over)
		for plan.Fixed < len(plan.Stops) && p.now[i].open[dispatch.TaskID(plan.Stops[plan.Fixed].Job.ID)].State == dispatch.Arrived {
			plan.Fixed++
		}
		at, runs = append(at, i), append(runs, plan)
		for id, t := range p.now[i].open {
			known[id] = t
		}
	}
	var jobs []clearance.Job
	for _, t := range waiting {
		jobs, known[t.ID] = append(jobs, jobOf(t)), t
	}
	if len(runs) == 0 {
		for _, t := range waiting {
			p.refuse(t, 0, ErrNoTruck)
		}
		return nil
	}
	f := fleet.Search{Time: s.Time, Threads: 1, Seed: 1, Change: change, Better: s.Better}
	if s.Time == 0 {
		f.Iterations = brief
	}
	board := p.board
	board.Goal = solve.Total
	day, err := board.Plan(ctx, runs, jobs, f)
	if err != nil {
		return err
	}
	for k, i := range at {
		plan := day.Runs[k]
		plan.Truck.To, plan.Fixed = p.now[i].plan.Truck.To, 0
		p.now[i].plan = plan
		p.now[i].open = make(map[dispatch.TaskID]dispatch.Task)
		for _, x := range plan.Stops {
			if id := dispatch.TaskID(x.Job.ID); id != 0 {
				p.now[i].open[id] = known[id]
			}
		}
	}
	for _, l := range day.Left {
		p.refuse(known[dispatch.TaskID(l.Job.ID)], 0, l.Why)
	}
	return nil
}

// basisOf names who of some vehicles has which jobs in which order. That somebody has
// come to a job is no other order.
func basisOf(list []run, touched map[register.VehicleID]bool) string {
	h := sha256.New()
	for _, o := range list {
		if !touched[o.shift.Vehicle] {
			continue
		}
		fmt.Fprintln(h, o.shift.ID, o.shift.Version, o.off)
		for _, t := range o.jobs() {
			fmt.Fprintln(h, t)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
