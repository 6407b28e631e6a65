package ingest

import (
	"context"
	"fmt"
	"time"

	"citygrid/grid/register"
)

// A parcel is stored fixes of one device, in the order of arrival.
type parcel struct {
	device  register.Device
	fixes   []Fix
	durable time.Time // by the machine's clock
}

// A worker judges the fixes of its share of the trackers. run owns what has no
// comment of its own.
type worker struct {
	in    *Intake
	name  int
	judge Judge

	parcels chan parcel   // room for as many as slots; closed when no more can come
	slots   chan struct{} // one for each parcel that is on its way, queued or in hand
	again   chan struct{} // room for one; asks for all trackers to be judged now

	wakes    wakes
	replayed map[TrackerID]replayed

	batch []parcel // working space of waiting
	first []Fix    // and of takeAll
}

// A replayed is what replay judged of a tracker.
type replayed struct {
	from time.Time // what isn't older
	last uint64    // arrival number
}

func newWorker(in *Intake, name int) *worker {
	return &worker{
		in: in, name: name, judge: in.c.Judge(name),
		parcels: make(chan parcel, in.c.Queue), slots: make(chan struct{}, in.c.Queue), again: make(chan struct{}, 1),
		replayed: make(map[TrackerID]replayed),
	}
}

// Run judges until ctx ends, and then what was stored by then. It returns an
// error if it couldn't judge all of that; the next start will.
func (in *Intake) Run(ctx context.Context) error {
	work, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	left := make(chan int, len(in.workers))
	for _, w := range in.workers {
		go func() { left <- w.run(ctx, work) }()
	}
	<-ctx.Done()
	in.mu.Lock()
	if !in.stopped {
		in.stopped = true
		close(in.stopping)
	}
	in.mu.Unlock()
	in.running.Wait()
	for _, w := range in.workers {
		close(w.parcels)
	}
	limit := time.AfterFunc(in.c.Drain, giveUp)
	defer limit.Stop()
	sum := 0
	for range in.workers {
		sum += <-left
	}
	if sum > 0 {
		return fmt.Errorf("%d stored fixes are still to be judged: the next start does it", sum)
	}
	return nil
}

// Rejudge has every tracker's state judged anew, as when its wake has come: zones
// or their calendars were changed.
func (in *Intake) Rejudge() {
	for _, w := range in.workers {
		select {
		case w.again <- struct{}{}:
		default: // asked for already
		}
	}
}

// longest is how long a worker sleeps at most, lest a clock that is set forward
// goes unnoticed.
const longest = 5 * time.Second

// run works until parcels is closed and empty; ctx ends the replay, work all. It
// gives how many stored fixes it left.
func (w *worker) run(ctx, work context.Context) (left int) {
	if !w.replay(ctx) {
		return w.leave(0)
	}
	timer := time.NewTimer(longest)
	defer timer.Stop()
	for {
		timer.Reset(w.sleep())
		select {
		case p, ok := <-w.parcels:
			if !ok {
				return 0
			}
			if n := w.takeAll(work, w.waiting(p)); n > 0 {
				return w.leave(n)
			}
		case <-w.again:
			now := w.in.c.Now() // before looking: what waits then was heard of before
			for range len(w.parcels) {
				if n := w.take(work, <-w.parcels); n > 0 {
					return w.leave(n)
				}
			}
			w.rejudge(work, now)
		case <-timer.C:
		}
		now := w.in.c.Now()
		if len(w.parcels) == 0 { // else what waits comes first, lest it be late for having waited
			w.wakeUp(work, now)
		}
	}
}

// together is how many parcels are looked at before the first of them is judged.
const together = 32

// waiting is a parcel and those that wait behind it.
func (w *worker) waiting(p parcel) []parcel {
	w.batch = append(w.batch[:0], p)
	for len(w.batch) < together {
		select {
		case p, ok := <-w.parcels:
			if !ok {
				return w.batch
			}
			w.batch = append(w.batch, p)
		default:
			return w.batch
		}
	}
	return w.batch
}

// takeAll takes parcels in their order; it gives how many fixes it could not judge
// before ctx ended.
func (w *worker) takeAll(ctx context.Context, parcels []parcel) (left int) {
	if e, ok := w.judge.(Expecter); ok && len(parcels) > 1 {
		w.first = w.first[:0]
		for _, p := range parcels {
			w.first = append(w.first, p.fixes[0])
		}
		e.Expect(w.first)
	}
	for i, p := range parcels {
		if left > 0 { // as leave does
			left += len(p.fixes)
			<-w.slots
		} else {
			left = w.take(ctx, p)
		}
		parcels[i] = parcel{}
	}
	return left
}

// leave empties the queue without judging, for the next start to do.
func (w *worker) leave(n int) int {
	for p := range w.parcels {
		n += len(p.fixes)
		<-w.slots
	}
	return n
}

// sleep is how long nothing is to be done without a fix.
func (w *worker) sleep() time.Duration {
	at, ok := w.wakes.next()
	if !ok {
		return longest
	}
	real := time.Duration(float64(at.Sub(w.in.c.Now())) / w.in.c.Speed)
	return max(0, min(real, longest))
}

// take judges and publishes a parcel; it gives how many of its fixes it could
// not judge before ctx ended.
func (w *worker) take(ctx context.Context, p parcel) (left int) {
	defer func() { <-w.slots }()
	for i, f := range p.fixes {
		if r, ok := w.replayed[f.Tracker]; ok && f.Seq <= r.last && !f.Time.Before(r.from) {
			continue
		}
		w.wakeUp(ctx, f.Received) // what the clock did before this fix comes before it
		if !w.one(ctx, p.device, f) {
			return len(p.fixes) - i
		}
		judged := time.Now()
		w.in.c.Took(Judged, judged.Sub(p.durable))
		w.in.c.Publisher.Publish(p.device, f)
		w.in.c.Took(Published, time.Since(judged))
	}
	return 0
}

func (w *worker) one(ctx context.Context, d register.Device, f Fix) bool {
	return w.insist(ctx, func() error {
		wake, err := w.judge.Judge(ctx, d, f)
		if err == nil {
			w.wakes.set(f.Tracker, wake)
		}
		return err
	})
}

// wakeUp judges whom the clock has reached at an instant.
func (w *worker) wakeUp(ctx context.Context, now time.Time) {
	for {
		id, ok := w.wakes.due(now)
		if !ok || !w.advance(ctx, id, now) {
			return
		}
	}
}

func (w *worker) rejudge(ctx context.Context, now time.Time) {
	for id := range w.wakes.all {
		if !w.advance(ctx, id, now) {
			return
		}
	}
}

func (w *worker) advance(ctx context.Context, id TrackerID, now time.Time) bool {
	return w.insist(ctx, func() error {
		wake, err := w.judge.Advance(ctx, id, now)
		if err != nil {
			return err
		}
		if !wake.IsZero() && !wake.After(now) {
			wake = now.Add(time.Second) // a judge that asks for the past gets no endless loop
		}
		w.wakes.set(id, wake)
		return nil
	})
}

// insist calls f until it succeeds or ctx ends; it tells if it succeeded. The
// queue fills meanwhile, and senders are told to come back.
func (w *worker) insist(ctx context.Context, f func() error) bool {
	pause := 100 * time.Millisecond
	for {
		if ctx.Err() != nil {
			return false
		}
		err := f()
		if err == nil {
			return true
		}
		w.in.c.Log.Error("judging doesn't get on", "worker", w.name, "err", err, "again", pause)
		t := time.NewTimer(pause)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return false
		}
		pause = min(2*pause, longest)
	}
}

// replay judges what its trackers told within the horizon, as after a crash
// nobody knows how far judging had come. The last position of each is published.
// It tells if it came to the end before ctx did.
func (w *worker) replay(ctx context.Context) bool {
	var devices []register.Device
	ok := w.insist(ctx, func() (err error) {
		devices, err = w.in.c.Devices(ctx)
		return err
	})
	horizon := w.in.c.Now().Add(-w.in.c.Horizon)
	for _, d := range devices {
		if !ok {
			return false
		}
		if w.in.worker(TrackerID(d.ID)) == w {
			ok = w.insist(ctx, func() error { return w.replayOne(ctx, d, horizon) })
		}
	}
	return ok
}

func (w *worker) replayOne(ctx context.Context, d register.Device, from time.Time) error {
	id := TrackerID(d.ID)
	if since := w.in.c.Since(id); !since.IsZero() {
		from = since
	}
	var last Fix
	err := w.in.c.Keeper.Fixes(ctx, id, from, time.Time{}, func(f Fix) bool {
		if !w.one(ctx, d, f) {
			return false
		}
		w.replayed[id] = replayed{from, max(w.replayed[id].last, f.Seq)}
		last = f
		return true
	})
	if err == nil {
		err = ctx.Err()
	}
	if err == nil && !last.Time.IsZero() {
		w.in.c.Publisher.Publish(d, last)
	}
	return err
}
