package room

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"citygrid/data/audit"
	"citygrid/grid/people"
	"citygrid/live/dispatch"
	"citygrid/routing/clearance"

	"github.com/paulmach/orb"
)

// Why a vehicle cannot be fetched. Match with errors.Is.
var (
	ErrNoPound = errors.New("there is no pound open where it could be brought: add a station of kind pound")
	ErrNoTruck = errors.New("no tow truck on duty can fetch it")
)

// A NoTruckError says why each of the trucks on duty can't.
type NoTruckError struct{ Refusals []clearance.Refusal }

func (e *NoTruckError) Error() string {
	if len(e.Refusals) == 0 {
		return ErrNoTruck.Error() + ": none is on duty"
	}
	return fmt.Sprintf("%s: %v", ErrNoTruck, e.Refusals[0].Why)
}

// Unwrap gives ErrNoTruck.
func (e *NoTruckError) Unwrap() error { return ErrNoTruck }

// asked is a job that is no task yet.
const asked clearance.JobID = 1 << 62

// Tow has a vehicle fetched: the truck that takes it with the least extra time
// gets a task for its driver, of those whom the one who asks may send (nil: all). key is as
// in Store.SendTask: asked for again, the task is that of the first time, and the
// offer says how it stands now.
func (r *Room) Tow(ctx context.Context, by people.ID, may func(driver people.ID) bool, at orb.Point, note, key string, act audit.Act) (t dispatch.Task, o clearance.Offer, err error) {
	city := r.town()
	if city == nil || city.Tows == nil {
		return t, o, ErrNoMap
	}
	if err := r.runs.enter(ctx); err != nil {
		return t, o, err
	}
	defer r.runs.leave()
	offers, refusals, err := r.offers(ctx, city, may, at)
	if err != nil {
		return t, o, err
	}
	if len(offers) == 0 {
		return t, o, &NoTruckError{refusals}
	}
	o = offers[0]
	i := slices.IndexFunc(r.runs.list, func(one run) bool { return one.plan.Truck.ID == o.Run.Truck.ID })
	t, err = r.c.Store.SendTask(ctx, dispatch.Task{
		Kind: dispatch.KindTow, Person: r.runs.list[i].shift.Person, Note: note, At: at, Sent: r.c.Now(), By: by,
	}, key, act)
	if err != nil {
		return t, o, err
	}
	r.Changed()
	if earlier, ok := r.runs.with(t.ID); ok {
		return t, earlier, nil
	}
	for k := range o.Run.Stops { // the next plan keeps this order
		if s := &o.Run.Stops[k]; s.Job.ID == asked {
			s.Job.ID = clearance.JobID(t.ID)
		}
	}
	r.runs.list[i].plan = o.Run
	return t, o, nil
}

// TowOffers lists the trucks on duty that could fetch a vehicle, of those whose
// drivers the one who asks may send (nil: all), the best first, and of the others why
// not. Nothing is sent.
func (r *Room) TowOffers(ctx context.Context, may func(driver people.ID) bool, at orb.Point) ([]clearance.Offer, []TruckRefusal, error) {
	city := r.town()
	if city == nil || city.Tows == nil {
		return nil, nil, ErrNoMap
	}
	if err := r.runs.enter(ctx); err != nil {
		return nil, nil, err
	}
	defer r.runs.leave()
	offers, refusals, err := r.offers(ctx, city, may, at)
	if err != nil {
		return nil, nil, err
	}
	var out []TruckRefusal
	for _, x := range refusals {
		for _, one := range r.runs.list {
			if one.plan.Truck.ID == x.Truck {
				out = append(out, TruckRefusal{one.plan.Truck, x.Why})
			}
		}
	}
	return offers, out, nil
}

// A TruckRefusal says why a truck can't fetch a vehicle.
type TruckRefusal struct {
	Truck clearance.Truck
	Why   error // a rule of routing/solve
}

// offers plans the runs as of now and asks each for one job more. The caller has the
// runs' turn.
func (r *Room) offers(ctx context.Context, city *town, may func(driver people.ID) bool, at orb.Point) ([]clearance.Offer, []clearance.Refusal, error) {
	board, err := r.planRuns(ctx, r.book.Load(), city)
	if err != nil {
		return nil, nil, err
	}
	r.runs.at = r.runs.at.Add(-fresh)
	if len(board.Sites) == 0 {
		return nil, nil, ErrNoPound
	}
	var plans []clearance.Run
	for _, one := range r.runs.list {
		if !one.off && (may == nil || may(one.shift.Person)) {
			plans = append(plans, one.plan)
		}
	}
	return board.Offers(ctx, plans, clearance.Job{ID: asked, At: at, Load: 1})
}

// with is the run that has a task already, as an offer that costs nothing more.
func (r *runs) with(id dispatch.TaskID) (o clearance.Offer, ok bool) {
	for _, one := range r.list {
		for _, s := range one.plan.Stops {
			if s.Job.ID == clearance.JobID(id) {
				return clearance.Offer{Run: one.plan, Arrive: s.Arrive}, true
			}
		}
	}
	return o, false
}
