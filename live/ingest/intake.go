package ingest

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"sync"
	"time"

	"citygrid/grid/register"
)

// Rules of the intake. Match with errors.Is.
var (
	ErrStopped = errors.New("the intake is shutting down, send the fixes again later")
	ErrBusy    = errors.New("too many fixes wait to be judged, send these again later")
	ErrBatch   = errors.New("too many fixes at once")
)

// A Keeper keeps fixes. *store.Store is one.
type Keeper interface {
	// AppendFixes has the fixes on disk when it returns, under the consecutive
	// arrival numbers from first on.
	AppendFixes(ctx context.Context, fixes []Fix) (first uint64, err error)
	// Fixes yields a tracker's fixes with from <= time < to, by time; a zero
	// from or to is no bound.
	Fixes(ctx context.Context, id TrackerID, from, to time.Time, yield func(Fix) bool) error
}

// A Judge holds fixes and the clock against rules. Each worker has its own, so a
// Judge needs no lock for what it knows of a tracker: all calls about one tracker
// come from one goroutine, one after the other.
//
// wake is when the clock alone could change the judgement (a zone's window
// opens); Advance is called then. Zero is never. Only the last answer counts.
//
// After an error the same call is made again, with growing pauses, until it
// succeeds: a Judge that could not keep an alert must try that again. Fixes may
// be judged twice, after a crash; their judgement must not depend on that.
type Judge interface {
	Judge(ctx context.Context, d register.Device, f Fix) (wake time.Time, err error)
	Advance(ctx context.Context, id TrackerID, now time.Time) (wake time.Time, err error)
}

// An Expecter is a Judge that is told which fixes it will judge next when several
// wait, so that it waits for memory once instead of for each. It judges nothing.
type Expecter interface {
	Expect(fixes []Fix)
}

// A Publisher is shown each fix after it was judged. It must not block: it may
// let a newer fix of a tracker stand for an older one, but not wait for viewers.
type Publisher interface {
	Publish(d register.Device, f Fix)
}

// A Stage is a part of the way of a fix.
type Stage string

// The stages. Each lasts from the end of the one before it, the first from when
// the fix was heard of.
const (
	Durable   Stage = "durable"
	Judged    Stage = "judged"
	Published Stage = "published"
)

// Config says what an Intake works with. Keeper, OnDuty, Judge and Publisher
// must be set; zero elsewhere means the default.
type Config struct {
	Keeper    Keeper
	OnDuty    func(s register.Subject, t time.Time) bool // asked of phones and vehicles, for the time of the fix
	Judge     func(worker int) Judge                     // called once for each worker, by New
	Publisher Publisher

	// Devices lists whose fixes are judged again at start. nil = nobody's.
	Devices func(ctx context.Context) ([]register.Device, error)
	// Since is from when on those of a tracker are, for a judge that kept what it
	// knew; zero, or nil, is Horizon before now.
	Since func(id TrackerID) time.Time

	Workers  int           // partitions; 4
	Queue    int           // batches that may wait in front of each worker; 256
	MaxBatch int           // fixes in one call of Accept; 1000
	Rate     float64       // fixes per second and tracker, in the long run; 20
	Burst    int           // fixes at once of a tracker that was silent; 2000
	Ahead    time.Duration // how far a tracker's clock may be fast; 5 min
	Behind   time.Duration // how old a fix may be; 7 days
	Horizon  time.Duration // how far back fixes are judged again at start; 24 h
	Drain    time.Duration // how long Run goes on judging at the end; 10 s

	Now   func() time.Time // time.Now
	Speed float64          // seconds of Now in a second; 1. A demo's day is faster

	Log *slog.Logger // slog.Default()

	// Took and Refused are told how long each stage took, and how many fixes
	// were not stored and why. They are called from many goroutines. nil = nobody.
	Took    func(s Stage, d time.Duration)
	Refused func(w Why, n int)
}

// An Intake takes in the fixes of known trackers: it stores them, says so, and
// has each judged and shown.
//
//   - A verdict that says stored is true after a crash: it comes after the disk.
//   - A fix sent again (same tracker, time and position) is stored once and
//     judged once, however long ago the first was.
//   - Stored fixes of a tracker are judged in the order of their arrival numbers,
//     by the one worker that the tracker belongs to.
//   - Room in the worker's queue is taken before a fix is stored. When there is
//     none the caller waits, until its context ends; then nothing was stored. So
//     what was stored never waits for room and is never dropped.
//   - At the end of Run what is queued is judged, within Config.Drain. What is
//     left then, or was when the power failed, is judged at the next start: each
//     worker begins by judging the last Horizon of its trackers from the Keeper
//     (or what Config.Since says), by time, and skips what of its queue was among
//     that.
//
// Every fix is converted to WGS 84 here, once, by its device's datum.
type Intake struct {
	c       Config
	seed    maphash.Seed
	workers []*worker

	mu       sync.Mutex // guards desks, stopped, and adding to running
	desks    map[TrackerID]*desk
	stopped  bool
	running  sync.WaitGroup // calls of Accept
	stopping chan struct{}  // closed with stopped
}

// New makes an Intake. Accept stores from now on; Run judges.
func New(c Config) (*Intake, error) {
	if c.Keeper == nil || c.OnDuty == nil || c.Judge == nil || c.Publisher == nil {
		return nil, errors.New("an intake needs a keeper, a roster, a judge and a publisher")
	}
	c = c.withDefaults()
	in := &Intake{c: c, seed: maphash.MakeSeed(), desks: make(map[TrackerID]*desk), stopping: make(chan struct{})}
	for i := range c.Workers {
		in.workers = append(in.workers, newWorker(in, i))
	}
	return in, nil
}

func (c Config) withDefaults() Config {
	positive(&c.Workers, 4)
	positive(&c.Queue, 256)
	positive(&c.MaxBatch, 1000)
	positive(&c.Rate, 20)
	positive(&c.Burst, 2000)
	positive(&c.Ahead, 5*time.Minute)
	positive(&c.Behind, 7*24*time.Hour)
	positive(&c.Horizon, 24*time.Hour)
	positive(&c.Drain, 10*time.Second)
	positive(&c.Speed, 1)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Took == nil {
		c.Took = func(Stage, time.Duration) {}
	}
	if c.Refused == nil {
		c.Refused = func(Why, int) {}
	}
	if c.Devices == nil {
		c.Devices = func(context.Context) ([]register.Device, error) { return nil, nil }
	}
	if c.Since == nil {
		c.Since = func(TrackerID) time.Time { return time.Time{} }
	}
	return c
}

func positive[T int | float64 | time.Duration](v *T, otherwise T) {
	if *v <= 0 {
		*v = otherwise
	}
}

// Accept takes fixes that a known device reports, and says of each whether it is
// stored. What they say of tracker, arrival and Seq is replaced. With an error
// nothing was acknowledged and all may be sent again: what was stored of it all
// the same comes back as a duplicate.
func (in *Intake) Accept(ctx context.Context, d register.Device, fixes []Fix) ([]Verdict, error) {
	if len(fixes) > in.c.MaxBatch {
		return nil, fmt.Errorf("%w: %d, at most %d are taken", ErrBatch, len(fixes), in.c.MaxBatch)
	}
	heard := time.Now()
	if !in.enter() {
		return nil, ErrStopped
	}
	defer in.running.Done()
	id := TrackerID(d.ID)
	// One call of a tracker at a time, so that storing and judging have one order.
	desk := in.desk(id)
	if err := in.wait(ctx, desk.turn); err != nil {
		return nil, err
	}
	defer func() { <-desk.turn }()

	now := in.c.Now()
	desk.fill(now, in.c)
	verdicts, good := in.examine(desk, d, fixes, now)
	if len(good) > 0 {
		w := in.worker(id)
		if err := in.store(ctx, heard, desk, w, d, verdicts, good); err != nil {
			return nil, err
		}
	}
	in.countRefused(verdicts)
	return verdicts, nil
}

func (in *Intake) enter() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.stopped {
		return false
	}
	in.running.Add(1)
	return true
}

// wait takes a place in slots.
func (in *Intake) wait(ctx context.Context, slots chan<- struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case slots <- struct{}{}:
		return nil
	case <-in.stopping:
		return ErrStopped
	case <-ctx.Done():
		return fmt.Errorf("%w (%w)", ErrBusy, ctx.Err())
	}
}

func (in *Intake) worker(id TrackerID) *worker {
	return in.workers[maphash.String(in.seed, string(id))%uint64(len(in.workers))]
}
