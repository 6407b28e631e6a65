// Package solves runs routing problems that people have sent: one at a time each,
// with limits, told of while it searches, ended when they like, taken when they are
// content.
//
// A Desk keeps the latest in memory; after a restart there are none. Times of
// searches go by the machine's clock.
package solves

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"citygrid/grid/people"
	"citygrid/routing/solve/instance"
	"citygrid/routing/solve/instance/own"
)

// Limits.
const (
	MaxBytes = 16 << 20
	MaxTasks = 1000
	MaxTime  = 5 * time.Minute
	maxAtAll = 2  // searches at once, of all people
	maxKept  = 32 // solves that are over, of all people
	maxTrace = 500
)

// Rules. Match with errors.Is.
var (
	ErrForm    = errors.New("the problem cannot be read")
	ErrLimit   = errors.New("more than may be asked for")
	ErrBusy    = errors.New("your last search is still running: wait for it, or end it")
	ErrFull    = errors.New("others are searching: try again later")
	ErrNone    = errors.New("no such solve")
	ErrRunning = errors.New("the search is still running")
	ErrFailed  = errors.New("the search has no answer that could be taken")
)

// A State is how far a solve has come.
type State string

// The states.
const (
	Running   State = "running"
	Done      State = "done"
	Cancelled State = "cancelled" // with the best so far
	Accepted  State = "accepted"
	Failed    State = "failed"
)

// A Solve is one problem and its search.
type Solve struct {
	ID      int64
	By      people.ID
	At      time.Time // by the bureau's clock
	Tasks   int
	Limit   time.Duration
	Subject string   // what is planned: Runs; "" = a problem that was sent
	Bound   *float64 // no plan that does all undercuts it, in the unit of the costs; nil = none is known
	Plan    any      // with Runs and a result: what comes of it
	State   State
	Version int          // counts what can be seen of it
	Trace   [][2]float64 // seconds and cost of each better plan, the last MaxTrace
	Result  *instance.Result
	Why     string // with Failed
	Digest  string // of the result's routes, with a result: the first of its SHA-256
}

// A Desk runs them.
type Desk struct {
	now func() time.Time
	end context.Context // when the desk closes
	off context.CancelFunc
	all sync.WaitGroup

	mu   sync.Mutex
	last int64  // guarded by mu, as is the rest
	list []*one // the newest last
}

// one is a solve with what runs it; the desk's mu guards it.
type one struct {
	Solve
	cancel  context.CancelFunc
	stopped bool
	bell    chan struct{} // closed when there is something new
}

// NewDesk makes a desk; now is the bureau's clock.
func NewDesk(now func() time.Time) *Desk {
	d := &Desk{now: now}
	d.end, d.off = context.WithCancel(context.Background())
	return d
}

// Close ends all searches and waits for them.
func (d *Desk) Close() {
	d.off()
	d.all.Wait()
}

// Runs is the Subject of a search for better runs of the bureau's own trucks.
const Runs = "runs"

// A Search is one whose problem the program itself has stated.
type Search struct {
	Subject string
	Tasks   int
	Bound   *float64
	// Run searches until the time is over or ctx ends. plan is shown to people as it
	// is, cost is its cost in seconds.
	Run func(ctx context.Context, limit time.Duration, better func(seconds, cost float64)) (plan any, cost float64, err error)
}

// An Ask is what is sent.
type Ask struct {
	Problem    []byte  // our own JSON, as docs/solve.md says
	Search     *Search // instead of Problem
	Time       time.Duration
	Iterations int // 0 = until the time is over
	Seed       uint64
}

// Submit begins a search. The error is ErrForm, ErrLimit, ErrBusy or ErrFull.
func (d *Desk) Submit(by people.ID, a Ask) (Solve, error) {
	if a.Time <= 0 || a.Time > MaxTime || a.Iterations < 0 || len(a.Problem) > MaxBytes {
		return Solve{}, fmt.Errorf("%w: %v and %d bytes; want up to %v and %d bytes", ErrLimit, a.Time, len(a.Problem), MaxTime, MaxBytes)
	}
	run, about, err := a.prepare()
	if err != nil {
		return Solve{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.end.Err() != nil {
		return Solve{}, ErrFull
	}
	running := 0
	for _, o := range d.list {
		if o.State == Running {
			if running++; o.By == by {
				return Solve{}, ErrBusy
			}
		}
	}
	if running >= maxAtAll {
		return Solve{}, ErrFull
	}
	d.last++
	ctx, cancel := context.WithCancel(d.end)
	about.ID, about.By, about.At, about.Limit, about.State, about.Version = d.last, by, d.now(), a.Time, Running, 1
	o := &one{Solve: about, cancel: cancel, bell: make(chan struct{})}
	d.list = append(d.list, o)
	d.forget()
	d.all.Go(func() {
		defer cancel()
		r, plan, err := guarded(func() (instance.Result, any, error) {
			return run(ctx, func(seconds, cost float64) { d.better(o, seconds, cost) })
		})
		d.over(o, r, plan, err)
	})
	return o.copy(), nil
}

// A runner searches, and tells of better plans.
type runner func(ctx context.Context, better func(seconds, cost float64)) (instance.Result, any, error)

// prepare reads what is asked for. The error is ErrForm or ErrLimit.
func (a Ask) prepare() (run runner, about Solve, err error) {
	if s := a.Search; s != nil {
		about = Solve{Subject: s.Subject, Tasks: s.Tasks, Bound: s.Bound}
		return func(ctx context.Context, better func(seconds, cost float64)) (instance.Result, any, error) {
			begun := time.Now()
			plan, cost, err := s.Run(ctx, a.Time, better)
			return instance.Result{Cost: cost, Feasible: true, LowerBound: s.Bound, Seconds: time.Since(begun).Seconds()}, plan, err
		}, about, nil
	}
	p, err := own.Read(a.Problem)
	if err != nil {
		return nil, about, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if p.Tasks() > MaxTasks {
		return nil, about, fmt.Errorf("%w: %d tasks, %d is the most", ErrLimit, p.Tasks(), MaxTasks)
	}
	about.Tasks = p.Tasks()
	if bound, ok := p.Bound(); ok {
		about.Bound = &bound
	}
	return func(ctx context.Context, better func(seconds, cost float64)) (instance.Result, any, error) {
		r, err := p.Solve(ctx, instance.Options{Time: a.Time, Iterations: a.Iterations, Seed: a.Seed, Threads: 1, Better: better})
		return r, nil, err
	}, about, nil
}

// guarded searches over what came from outside: a fault of ours that it brings to
// light ends this search, not the server. A search has one thread, which is ours.
func guarded(search func() (instance.Result, any, error)) (r instance.Result, plan any, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the search broke off by a fault of the program: %v", fault)
			slog.Error("a search broke off", "err", err, "stack", string(debug.Stack()))
		}
	}()
	return search()
}

// forget drops the oldest that are over, those that nobody accepted first. mu is held.
func (d *Desk) forget() {
	for len(d.list) > maxKept {
		k := slices.IndexFunc(d.list, func(o *one) bool { return o.State != Running && o.State != Accepted })
		if k < 0 {
			k = slices.IndexFunc(d.list, func(o *one) bool { return o.State != Running })
		}
		if k < 0 {
			return
		}
		d.list = slices.Delete(d.list, k, k+1)
	}
}

func (d *Desk) better(o *one, seconds, cost float64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if o.Trace = append(o.Trace, [2]float64{seconds, cost}); len(o.Trace) > maxTrace {
		o.Trace = slices.Delete(o.Trace, 1, 2) // the first stays: where it began
	}
	o.ring()
}

func (d *Desk) over(o *one, r instance.Result, plan any, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer o.ring()
	text, jsonErr := json.Marshal([]any{r.Routes, plan})
	if err = cmp.Or(err, jsonErr); err == nil && !r.Feasible {
		err = errors.New("the answer breaks a rule of the problem")
	}
	if err != nil {
		o.State, o.Why = Failed, err.Error()
		return
	}
	sum := sha256.Sum256(text)
	o.Plan = plan
	o.Result, o.Digest = &r, hex.EncodeToString(sum[:8])
	r.Trace = nil // o.Trace has it
	if o.State = Done; o.stopped || d.end.Err() != nil {
		o.State = Cancelled
	}
}

// ring says that there is something new. The desk's mu is held.
func (o *one) ring() {
	o.Version++
	close(o.bell)
	o.bell = make(chan struct{})
}

func (o *one) copy() Solve {
	s := o.Solve
	s.Trace = slices.Clone(s.Trace)
	return s
}

// find is a person's own solve. mu is held.
func (d *Desk) find(by people.ID, id int64) (*one, error) {
	for _, o := range d.list {
		if o.ID == id && o.By == by {
			return o, nil
		}
	}
	return nil, ErrNone
}

// Solves are a person's own, the newest first.
func (d *Desk) Solves(by people.ID) (all []Solve) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, o := range slices.Backward(d.list) {
		if o.By == by {
			all = append(all, o.copy())
		}
	}
	return all
}

// Solve is one of a person's own. The error is ErrNone.
func (d *Desk) Solve(by people.ID, id int64) (Solve, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o, err := d.find(by, id)
	if err != nil {
		return Solve{}, err
	}
	return o.copy(), nil
}

// Next waits until a solve is newer than version, or is over, and gives it. The error
// is ErrNone, or the context's.
func (d *Desk) Next(ctx context.Context, by people.ID, id int64, version int) (Solve, error) {
	for {
		d.mu.Lock()
		o, err := d.find(by, id)
		if err != nil {
			d.mu.Unlock()
			return Solve{}, err
		}
		s, bell := o.copy(), o.bell
		d.mu.Unlock()
		if s.Version > version || s.State != Running {
			return s, nil
		}
		select {
		case <-bell:
		case <-ctx.Done():
			return s, ctx.Err()
		}
	}
}

// Cancel ends a search, which keeps the best so far; one that is over stays as it
// is.
func (d *Desk) Cancel(by people.ID, id int64) (s Solve, changed bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o, err := d.find(by, id)
	if err != nil {
		return Solve{}, false, err
	}
	changed = o.State == Running && !o.stopped
	o.stopped = true
	o.cancel()
	return o.copy(), changed, nil
}

// Accept notes that a person goes by a result. The error is ErrNone, ErrRunning or
// ErrFailed. One that is accepted stays so.
func (d *Desk) Accept(by people.ID, id int64) (Solve, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	o, err := d.find(by, id)
	switch {
	case err != nil:
		return Solve{}, err
	case o.State == Running:
		return Solve{}, ErrRunning
	case o.State == Failed:
		return Solve{}, ErrFailed
	case o.State != Accepted:
		o.State = Accepted
		o.ring()
	}
	return o.copy(), nil
}
