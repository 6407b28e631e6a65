package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
)

// The queue of the writer. When it is full, callers wait, or give up with their
// ctx: the database is slower than what comes in, and only they can slow down.
const queueLength = 1024

// A commit takes 0.25 to 10 ms, by the disk; so many small changes share one.
const maxBatch = 256

// A writer is the only one to write to SQLite. What waits when a commit ends
// goes into the next, each job under a savepoint of its own, so a job that
// fails takes back only itself.
type writer struct {
	conn    *sql.Conn // owned by run
	log     *slog.Logger
	jobs    chan *job
	closing chan struct{} // closed by stop
	stopped chan struct{} // closed when run returns

	failed atomic.Pointer[error] // the disk's last, until writing has worked again
}

type job struct {
	run   func(context.Context, *sql.Conn) error
	state atomic.Int32
	panic any // what run panicked with
	done  chan error
}

// States of a job: whoever moves it from waiting decides.
const (
	waiting = iota
	taken   // by the writer: it will answer
	dropped // by the caller, whose ctx ended
)

func startWriter(conn *sql.Conn, log *slog.Logger) *writer {
	w := &writer{
		conn: conn, log: log, jobs: make(chan *job, queueLength), closing: make(chan struct{}), stopped: make(chan struct{}),
	}
	go w.loop()
	return w
}

// stop waits for the jobs that are in the queue.
func (w *writer) stop() error {
	close(w.closing)
	<-w.stopped
	return w.conn.Close()
}

// do runs f in a transaction and returns when that is on the disk. f may run
// twice, should the first transaction fail as a whole; it sets its results anew
// each time.
func (w *writer) do(ctx context.Context, f func(context.Context, *sql.Conn) error) error {
	j := &job{run: f, done: make(chan error, 1)}
	select {
	case <-w.closing:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	default:
	}
	select {
	case w.jobs <- j:
	case <-w.closing:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	var err error
	select {
	case err = <-j.done:
	case <-w.stopped:
		// It came into the queue behind the writer's last look.
		select {
		case err = <-j.done:
		default:
			return ErrClosed
		}
	case <-ctx.Done():
		if j.state.CompareAndSwap(waiting, dropped) {
			return ctx.Err()
		}
		err = <-j.done
	}
	if j.panic != nil {
		panic(j.panic) // a bug, told where it was called from
	}
	return err
}

func (w *writer) loop() {
	defer close(w.stopped)
	batch := make([]*job, 0, maxBatch)
	for {
		select {
		case j := <-w.jobs:
			batch = append(batch[:0], j)
		case <-w.closing:
			select {
			case j := <-w.jobs:
				batch = append(batch[:0], j)
			default:
				return
			}
		}
		for more := true; more && len(batch) < maxBatch; {
			select {
			case j := <-w.jobs:
				batch = append(batch, j)
			default:
				more = false
			}
		}
		w.commit(batch)
	}
}

// commit runs a batch and answers each of its jobs.
func (w *writer) commit(batch []*job) {
	live := batch[:0]
	for _, j := range batch {
		if j.state.CompareAndSwap(waiting, taken) {
			live = append(live, j)
		}
	}
	errs, whole := w.transaction(live)
	for i, j := range live {
		if whole != nil && len(live) > 1 {
			// Which one was at fault cannot be told: each gets its own.
			errs, err := w.transaction(live[i : i+1])
			w.answer(j, errors.Join(errs[0], err))
			continue
		}
		w.answer(j, errors.Join(errs[i], whole))
	}
}

func (w *writer) answer(j *job, err error) {
	if err != nil && ofDisk(err) && w.failed.Swap(&err) == nil {
		w.log.Error("changes can't be written", "err", err)
	}
	j.done <- err
}

// transaction runs jobs in one transaction. It returns an error for each, and
// one for the whole, after which nothing of it was kept.
//
// No statement gets a caller's ctx: SQLite rolls back the whole transaction
// when a statement is interrupted.
func (w *writer) transaction(jobs []*job) (errs []error, whole error) {
	ctx := context.Background()
	errs = make([]error, len(jobs))
	exec := func(statement string) error {
		_, err := w.conn.ExecContext(ctx, statement)
		return err
	}
	if err := exec("BEGIN IMMEDIATE"); err != nil {
		return errs, fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if whole != nil {
			_ = exec("ROLLBACK") // it may be rolled back already
		}
	}()
	for i, j := range jobs {
		if err := exec("SAVEPOINT job"); err != nil {
			return errs, fmt.Errorf("savepoint: %w", err)
		}
		errs[i] = j.try(ctx, w.conn)
		if errs[i] != nil {
			if err := exec("ROLLBACK TO job"); err != nil {
				// SQLite has rolled back everything, as it does on a full disk.
				err = errs[i]
				errs[i] = nil
				return errs, err
			}
		}
		if err := exec("RELEASE job"); err != nil {
			return errs, fmt.Errorf("release: %w", err)
		}
	}
	if err := exec("COMMIT"); err != nil {
		return errs, fmt.Errorf("commit: %w", err)
	}
	return errs, nil
}

var errPanic = errors.New("panic in a transaction")

// try keeps a bug in one job from ending the writer, and with it all changes.
func (j *job) try(ctx context.Context, conn *sql.Conn) (err error) {
	j.panic = nil
	defer func() {
		if r := recover(); r != nil {
			j.panic, err = r, errPanic
		}
	}()
	return j.run(ctx, conn)
}
