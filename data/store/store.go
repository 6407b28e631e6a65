// Package store keeps what citygrid knows on disk. It is the only package that
// knows the files.
//
// Fixes are in Pebble, everything else is in SQLite; layout.go lists the files
// of a data folder. What a method has told the caller is done is on the disk
// (fsync) when the method returns, and is there after kill -9.
//
// One exported method is one transaction. One goroutine writes to SQLite and
// commits what waits for it together; readers have connections of their own
// and never wait for it. Every change carries an audit.Act, which goes into
// the audit log in the same transaction. Fixes do not: there are thousands a
// second.
//
// A Store may be shared between goroutines. A ctx that ends while a change
// waits for its turn takes it back; once its turn has come, the method returns
// what became of it.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Options are for Open. The zero Options open for writing.
type Options struct {
	ReadOnly bool             // beside a running server: only reads, no lock taken
	Now      func() time.Time // nil = time.Now
	Log      *slog.Logger     // nil = none
	// Reserve is how many bytes stay free on the disk: with less, fixes are
	// refused with ErrDiskFull before the disk is full in fact, and taken
	// again when there is room. 0 = 128 MiB, negative = none.
	Reserve int64

	fs vfs.FS // of fixes, for tests; nil = the system's
}

// A Store is an open data folder.
type Store struct {
	dir      string
	readOnly bool
	now      func() time.Time
	log      *slog.Logger

	lock      *os.File
	write     *sql.DB // one connection, used by the writer alone; nil when read-only
	writer    *writer // nil when read-only
	read      *sql.DB
	fixes     *fixes // nil when read-only, until wanted
	reserve   int64
	fs        vfs.FS
	roFixes   sync.Mutex // guards fixes when read-only
	purge     purgeClock
	condition condition
	closing   sync.Once
	closeErr  error
}

// Open opens the data folder dir and makes it if need be. The folder is locked
// to this process: another gets a *LockedError. A database of an older citygrid
// is brought up to date first; one of a newer is refused with ErrNewer.
func Open(dir string, o Options) (*Store, error) {
	s := &Store{dir: dir, readOnly: o.ReadOnly, now: o.Now, log: o.Log, reserve: o.Reserve, fs: o.fs}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.fs == nil {
		s.fs = vfs.Default
	}
	if s.reserve == 0 {
		s.reserve = 128 << 20
	}
	open := s.openForWriting
	if o.ReadOnly {
		open = s.openForReading
	}
	if err := open(context.Background()); err != nil {
		return nil, errors.Join(explain(dir, err), s.Close())
	}
	return s, nil
}

func (s *Store) openForWriting(ctx context.Context) (err error) {
	if err := prepareFolder(s.dir); err != nil {
		return err
	}
	if s.lock, err = lockFolder(s.dir); err != nil {
		return err
	}
	removeLeftovers(s.dir)
	if s.write, err = openDatabase(s.dir, false); err != nil {
		return err
	}
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	s.writer = startWriter(conn, s.log)
	if s.read, err = openDatabase(s.dir, true); err != nil {
		return err
	}
	s.fixes, err = openFixes(s.dir, s.fs, false, s.reserve, s.log)
	return err
}

func (s *Store) openForReading(ctx context.Context) (err error) {
	if _, err := os.Stat(databasePath(s.dir)); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%w in %s: run citygrid setup, or name the right folder", ErrNoData, s.dir)
		}
		return err
	}
	if s.read, err = openDatabase(s.dir, true); err != nil {
		return err
	}
	return checkVersion(ctx, s.read)
}

// Close waits for the writes under way and gives the folder back. Later calls
// do nothing.
func (s *Store) Close() error {
	s.closing.Do(func() {
		var errs []error
		s.roFixes.Lock()
		if s.fixes != nil {
			errs = append(errs, s.fixes.close())
		}
		s.roFixes.Unlock()
		if s.writer != nil {
			errs = append(errs, s.writer.stop())
		}
		// Readers go first: the last connection to close cleans up the WAL.
		for _, db := range []*sql.DB{s.read, s.write} {
			if db != nil {
				errs = append(errs, db.Close())
			}
		}
		if s.lock != nil {
			errs = append(errs, s.lock.Close())
		}
		s.closeErr = errors.Join(errs...)
	})
	return s.closeErr
}

// Dir is the data folder.
func (s *Store) Dir() string { return s.dir }

// Ready tells if the store can take changes and fixes now: nil, or why not.
func (s *Store) Ready(ctx context.Context) error {
	if lapses := s.Lapses(ctx); len(lapses) > 0 {
		return lapses[0].Err
	}
	return ctx.Err()
}
