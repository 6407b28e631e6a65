package simulate

import (
	"context"
	"net/http"
	"slices"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// How long it takes to load a vehicle and to unload a truck.
const (
	loading   = 8 * time.Minute
	unloading = 10 * time.Minute
)

// A stop of a run.
type stop struct {
	Kind string    `json:"kind"` // job, site
	Task *int64    `json:"task"`
	At   orb.Point `json:"at"`
}

// drives is what a driver does next: the stops of the truck's run, in their order.
// When the truck is full, or there is no more to fetch, it goes to the pound, and
// what it brought there is done.
func (w *worker) drives(ctx context.Context, s *simulation, now time.Time) error {
	if time.Since(w.planned) > askPlan/2 {
		w.planned = time.Now()
		if err := w.askRun(ctx); err != nil {
			return err
		}
	}
	if err := w.receive(ctx, now); err != nil {
		return err
	}
	switch {
	case w.doing != nil:
		return w.tows(ctx, now)
	case w.toSite:
		return w.unloads(ctx, now)
	}
	if _, there := w.arrived(now); !there {
		return nil
	}
	t := w.nextJob()
	if full := len(w.cargo) >= max(1, w.places); len(w.cargo) > 0 && (full || t == nil) {
		if err := w.goes(ctx, s, w.site, now); err != nil {
			return err
		}
		w.toSite = true
		return nil
	}
	if t == nil {
		return nil
	}
	if err := w.goes(ctx, s, t.At, now); err != nil {
		if !isRefusal(err) {
			return err
		}
		return w.tell(ctx, t, "decline", now, "no way leads there")
	}
	w.doing, w.next = t, "arrived"
	return nil
}

// nextJob is the task of the first job of the run that is still open, else the
// oldest task.
func (w *worker) nextJob() *task {
	for _, stop := range w.run.Stops {
		if stop.Task == nil || !w.open(*stop.Task) || w.carries(*stop.Task) {
			continue
		}
		for i := range w.tasks {
			if w.tasks[i].ID == *stop.Task {
				return &w.tasks[i]
			}
		}
	}
	for i := range w.tasks {
		if t := &w.tasks[i]; w.open(t.ID) && !w.carries(t.ID) {
			return t
		}
	}
	return nil
}

func (w *worker) carries(id int64) bool {
	return slices.ContainsFunc(w.cargo, func(t *task) bool { return t.ID == id })
}

// tows goes on with a job: arrives and loads.
func (w *worker) tows(ctx context.Context, now time.Time) error {
	t := w.doing
	if !w.open(t.ID) { // called back
		w.doing = nil
		w.halt(now)
		return nil
	}
	at, there := w.arrived(now)
	if !there {
		return nil
	}
	if w.next == "arrived" {
		if err := w.tell(ctx, t, "arrived", at, ""); err != nil {
			return err
		}
		w.next, w.until = "load", at.Add(loading)
		return nil
	}
	if !now.Before(w.until) {
		w.doing, w.cargo = nil, append(w.cargo, t)
	}
	return nil
}

// unloads goes on with a drop-off.
func (w *worker) unloads(ctx context.Context, now time.Time) error {
	at, there := w.arrived(now)
	if !there || now.Before(at.Add(unloading)) {
		return nil
	}
	for _, t := range w.cargo {
		if err := w.tell(ctx, t, "done", at.Add(unloading), "brought to the pound"); err != nil {
			return err
		}
	}
	w.toSite, w.cargo = false, nil
	return nil
}

// halt stops the truck where it is.
func (w *worker) halt(now time.Time) {
	w.sets(Rest(w.where(now).at, now), false)
}

// askRun reads the run of the driver's truck.
func (w *worker) askRun(ctx context.Context) error {
	var said struct {
		Runs []run `json:"runs"`
	}
	if err := w.ask(ctx, http.MethodGet, "/api/runs", nil, nil, &said); err != nil {
		return err
	}
	i := slices.IndexFunc(said.Runs, func(r run) bool { return r.Driver.ID == w.id })
	if i < 0 {
		return nil
	}
	w.run = said.Runs[i]
	for _, stop := range w.run.Stops {
		if stop.Kind == "site" && geo.Distance(stop.At, orb.Point{}) > 0 {
			w.site = stop.At
			break
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.from, w.to = w.run.From, w.run.To
	return nil
}
