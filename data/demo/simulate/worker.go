package simulate

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A worker is an officer or a driver at work, with a phone that shows what there
// is to do.
type worker struct {
	*person
	by  By
	rng *rand.Rand // of work alone

	// owned by work
	kept    progress // from before a restart
	walk    *walk
	lineOf  Line
	round   int // how often the walk was walked on this shift
	tasks   []task
	told    map[string]bool // steps that the server has
	doing   *task           // what it goes to or is at
	until   time.Time       // busy there until then
	next    string          // the step to tell at until
	run     run             // of a driver's truck
	places  int             // for vehicles on it
	cargo   []*task         // fetched and on it
	site    orb.Point       // where they go
	toSite  bool
	looked  time.Time // when tasks were asked for, real time
	planned time.Time // when walks or runs were, real time

	mu      sync.Mutex // guards the rest
	journey *Journey   // nil: nobody knows where
	from    time.Time  // on duty from <= t < to
	to      time.Time
	shift   int64
	patrol  bool       // the journey is along the walk
	along   geo.Metres // else: how far it has come
}

func newWorker(p *person, by By, seed uint64) *worker {
	return &worker{person: p, by: by, rng: lot(seed, p.account.Login, time.Time{}), told: map[string]bool{}}
}

// What the server tells of work.
type (
	walk struct {
		Shift  int64 `json:"shift"`
		Person struct{ ID int64 }
		From   time.Time      `json:"from"`
		To     time.Time      `json:"to"`
		Start  time.Time      `json:"start"`
		Line   orb.LineString `json:"line"`
		DoneM  float64        `json:"done_m"`
	}
	task struct {
		ID     int64     `json:"id"`
		Kind   string    `json:"kind"`
		State  string    `json:"state"`
		At     orb.Point `json:"at"`
		Sent   time.Time `json:"sent"`
		Person struct{ ID int64 }
		About  *struct {
			Subject subject `json:"subject"`
		} `json:"about"`
	}
	run struct {
		Driver struct{ ID int64 }
		From   time.Time `json:"from"`
		To     time.Time `json:"to"`
		Stops  []stop    `json:"stops"`
	}
)

// How often a phone asks for tasks, and for walks or runs, in real time; and how
// often its bearer thinks.
const (
	askTasks = 2 * time.Second
	askPlan  = 10 * time.Second
	think    = 300 * time.Millisecond
)

// work is the day of a worker, until ctx ends.
func (w *worker) work(ctx context.Context, s *simulation) {
	pause := time.Duration(w.rng.Int64N(int64(askTasks))) // not all at once
	for sleep(ctx, pause) == nil {
		pause = think
		if err := w.once(ctx, s); err != nil && ctx.Err() == nil {
			s.Log.Debug("work", "err", err)
			pause = askTasks
		}
	}
}

func (w *worker) once(ctx context.Context, s *simulation) error {
	now := s.clock.Now()
	if w.id == 0 {
		if err := w.logIn(ctx); err != nil {
			return err
		}
	}
	if time.Since(w.looked) > askTasks {
		w.looked = time.Now()
		if err := w.askTasks(ctx); err != nil {
			return err
		}
	}
	if w.by == ByCar {
		return w.drives(ctx, s, now)
	}
	return w.patrols(ctx, s, now)
}

func (w *worker) askTasks(ctx context.Context) error {
	var said struct {
		Tasks []task `json:"tasks"`
	}
	if err := w.ask(ctx, http.MethodGet, "/api/tasks?open=true", nil, nil, &said); err != nil {
		return err
	}
	w.tasks = slices.DeleteFunc(said.Tasks, func(t task) bool { return t.Person.ID != w.person.id })
	slices.SortFunc(w.tasks, func(a, b task) int { return a.Sent.Compare(b.Sent) })
	return nil
}

// open tells if the server still wants a task done.
func (w *worker) open(id int64) bool {
	return slices.ContainsFunc(w.tasks, func(t task) bool { return t.ID == id }) && !w.told[fmt.Sprint(id, "done")] && !w.told[fmt.Sprint(id, "decline")]
}

// nextTask is the oldest that is to be done.
func (w *worker) nextTask() *task {
	for i := range w.tasks {
		if t := &w.tasks[i]; w.open(t.ID) {
			return t
		}
	}
	return nil
}

// tell takes a task a step on. What the server refuses is not told again: the
// task is somebody else's by now, or over.
func (w *worker) tell(ctx context.Context, t *task, step string, at time.Time, note string) error {
	key := fmt.Sprint(t.ID, step)
	if w.told[key] {
		return nil
	}
	err := w.ask(ctx, http.MethodPost, fmt.Sprintf("/api/tasks/%d/%s", t.ID, step),
		http.Header{"Idempotency-Key": {"simulate-" + key}}, map[string]any{"at": at.UTC(), "note": note}, nil)
	var r *refusal
	if err == nil || errors.As(err, &r) && r.Status >= 400 && r.Status < 500 && r.Status != http.StatusUnauthorized {
		w.told[key] = true
		return nil
	}
	return err
}

// receive has the phone show what came in.
func (w *worker) receive(ctx context.Context, now time.Time) error {
	for i := range w.tasks {
		if t := &w.tasks[i]; t.State == "sent" && now.Sub(t.Sent) > 8*time.Second {
			if err := w.tell(ctx, t, "received", now, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// where is where the worker is at t.
func (w *worker) where(t time.Time) place {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.journey == nil {
		return place{}
	}
	at, speed, course := w.journey.At(t)
	return place{at, speed, course, !t.Before(w.from) && t.Before(w.to)}
}

// sets out on another journey. patrol says that it is along the walk.
func (w *worker) sets(j *Journey, patrol bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.patrol && w.journey != nil {
		w.along = w.journey.Along(j.Begin())
	}
	w.journey, w.patrol = j, patrol
}

// arrived tells if the journey is over.
func (w *worker) arrived(now time.Time) (at time.Time, there bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.journey == nil {
		return now, true
	}
	return w.journey.End(), !now.Before(w.journey.End())
}

// goes sets out to a place, from where the worker is at now.
func (w *worker) goes(ctx context.Context, s *simulation, to orb.Point, now time.Time) error {
	from := w.where(now).at
	way, err := s.wayFor(ctx, w.person, w.by, from, to)
	if err != nil {
		return err
	}
	j := Rest(from, now)
	if w.by == ByCar {
		j.drive(way)
	} else {
		j.walk(way, walkingSpeed*1.1) // in a hurry
		if here, _, _ := j.At(j.End()); geo.Distance(here, to) < 60 {
			j.Leg(to, walkingSpeed)
		}
	}
	w.sets(j, false)
	return nil
}

// progress is where the worker is, and how far along the walk.
func (w *worker) progress(now time.Time) (progress, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.journey == nil {
		return progress{}, false
	}
	along := w.along
	if w.patrol {
		along = w.journey.Along(now)
	}
	at, _, _ := w.journey.At(now)
	return progress{w.shift, float64(along), at}, true
}

// Way implements Ways by the server's routes, as the admin.
func (s *simulation) Way(ctx context.Context, by By, from, to orb.Point) (Way, error) {
	return s.wayFor(ctx, s.admin, by, from, to)
}

func (s *simulation) wayFor(ctx context.Context, p *person, by By, from, to orb.Point) (Way, error) {
	var said struct {
		Geometry struct {
			Coordinates orb.LineString `json:"coordinates"`
		} `json:"geometry"`
		Streets []struct {
			DistanceM float64 `json:"distance_m"`
			DurationS float64 `json:"duration_s"`
		} `json:"streets"`
	}
	path := fmt.Sprintf("/api/route?profile=%s&from=%.6f,%.6f&to=%.6f,%.6f", by, from[0], from[1], to[0], to[1])
	if err := p.ask(ctx, http.MethodGet, path, nil, nil, &said); err != nil {
		return Way{}, err
	}
	w := Way{Line: said.Geometry.Coordinates}
	for _, x := range said.Streets {
		w.Pieces = append(w.Pieces, Piece{geo.Metres(x.DistanceM), x.DurationS})
	}
	if len(w.Line) == 0 {
		return w, fmt.Errorf("%s: a route without a line", path)
	}
	return w, nil
}
