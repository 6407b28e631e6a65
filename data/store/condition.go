package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"
)

// What a store promises, and may be unable to.
const (
	Positions = "positions" // what is acknowledged to a device is on the disk; without it nothing is
	Changes   = "changes"   // so is what people change, and alerts
	Reading   = "reading"   // what was kept can be read
	Times     = "times"     // the times that things are kept with are right
)

// Why it can't.
const (
	DiskFull    = "disk-full"
	DiskLocked  = "read-only"
	Damaged     = "damaged"
	ClockJumped = "clock-jumped"
	Failed      = "failed"
)

// A Lapse is a promise that can't be kept now.
type Lapse struct {
	What  string // Positions, Changes, Reading, Times
	Why   string // DiskFull, ...
	Since time.Time
	Err   error
}

// A condition remembers since when promises aren't kept.
type condition struct {
	mu    sync.Mutex
	since map[string]time.Time // guarded by mu: by what
	clock clockWatch           // guarded by mu
}

// Lapses are the promises that can't be kept now, in the order of the constants; none
// is all is well. It looks at the disk: that changes could not be written is found out
// by writing again.
func (s *Store) Lapses(ctx context.Context) []Lapse {
	c := &s.condition
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []Lapse
	for _, look := range []struct {
		what string
		err  error
	}{{Positions, s.keepsFixes()}, {Changes, s.keepsChanges(ctx)}, {Reading, s.reads(ctx)}, {Times, c.clock.now()}} {
		if look.err == nil || ctx.Err() != nil {
			delete(c.since, look.what)
			continue
		}
		if c.since == nil {
			c.since = make(map[string]time.Time)
		}
		if c.since[look.what].IsZero() {
			c.since[look.what] = s.now()
		}
		all = append(all, Lapse{look.what, why(look.err), c.since[look.what], look.err})
	}
	return all
}

func why(err error) string {
	switch {
	case errors.Is(err, ErrDiskFull):
		return DiskFull
	case errors.Is(err, ErrReadOnly):
		return DiskLocked
	case errors.Is(err, ErrCorrupt):
		return Damaged
	case errors.Is(err, errClock):
		return ClockJumped
	}
	return Failed
}

func (s *Store) keepsFixes() error {
	if s.readOnly {
		return nil
	}
	return s.fixes.ready()
}

// keepsChanges writes what is there already when the last write failed, or when it
// might: the disk is as good as full.
func (s *Store) keepsChanges(ctx context.Context) error {
	if s.readOnly {
		return nil
	}
	if s.writer.failed.Load() == nil {
		return explain(s.dir, s.writer.do(ctx, func(context.Context, *sql.Conn) error { return nil }))
	}
	err := explain(s.dir, s.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
		var v int64
		if err := conn.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&v); err != nil {
			return err
		}
		_, err := conn.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, v))
		return err
	}))
	if err == nil {
		s.writer.failed.Store(nil)
	}
	return err
}

func (s *Store) reads(ctx context.Context) error {
	return s.view(ctx, func(q querier) error {
		var one int
		err := q.QueryRowContext(ctx, `SELECT 1 FROM settings WHERE one = 1`).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // before the setup
		}
		return err
	})
}

// ofDisk tells if an error of a change is the disk's fault rather than the change's.
func ofDisk(err error) bool {
	var lite sqlite3.Error
	if !errors.As(err, &lite) {
		return false
	}
	return liteRule(lite) != nil || lite.Code == sqlite3.ErrIoErr
}

var errClock = errors.New("the clock of this machine was set")

// Of the clock: how much it may be set without a word, and how long a jump is told.
const (
	clockStep = 30 * time.Second
	clockTold = time.Hour
)

// A clockWatch finds that somebody set the clock, by what passes without one.
type clockWatch struct {
	steady, told time.Time // of the last look: without clock, and by it
	jumped       time.Duration
	at           time.Time // when it did, by steady
}

func (w *clockWatch) now() error {
	now := time.Now()
	return w.look(now, now.Round(0))
}

// look says if the clock was set in the last hour, by more than clockStep at once.
// Judgements and times of that hour may be off by as much; purging waits meanwhile by
// a rule of its own.
//
// steady has a monotonic reading, which is what is compared; told has none.
func (w *clockWatch) look(steady, told time.Time) error {
	if !w.steady.IsZero() {
		if by := told.Sub(w.told) - steady.Sub(w.steady); by.Abs() > clockStep {
			w.jumped, w.at = by, steady
		}
	}
	w.steady, w.told = steady, told
	if w.at.IsZero() || steady.Sub(w.at) > clockTold {
		return nil
	}
	direction := "ahead"
	if w.jumped < 0 {
		direction = "back"
	}
	return fmt.Errorf("%w %s by %v", errClock, direction, w.jumped.Abs().Round(time.Second))
}
