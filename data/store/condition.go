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
)

// Why it can't.
const (
	DiskFull   = "disk-full"
	DiskLocked = "read-only"
	Damaged    = "damaged"
	Failed     = "failed"
)

// A Lapse is a promise that can't be kept now.
type Lapse struct {
	What  string // Positions, Changes, Reading
	Why   string // DiskFull, ...
	Since time.Time
	Err   error
}

// A condition remembers since when promises aren't kept.
type condition struct {
	mu    sync.Mutex
	since map[string]time.Time // guarded by mu: by what
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
	}{{Positions, s.keepsFixes()}, {Changes, s.keepsChanges(ctx)}, {Reading, s.reads(ctx)}} {
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
