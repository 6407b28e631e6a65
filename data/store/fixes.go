package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"citygrid/live/ingest"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// MaxFixes is how many fixes AppendFixes takes at once.
const MaxFixes = 100_000

// ErrTooMany refuses a call with more than MaxFixes.
var ErrTooMany = fmt.Errorf("more than %d fixes at once", MaxFixes)

// fixes is the part of the store that is in Pebble.
type fixes struct {
	db      *pebble.DB
	dir     string
	reserve int64
	log     *slog.Logger
	lock    *os.File // when read-only

	// using is held for reading while db is used and for writing to close it;
	// taken before mu.
	using  sync.RWMutex
	closed bool

	group group

	mu      sync.Mutex // orders arrival numbers and commits alike
	arrival uint64     // of the last fix
	broken  error      // why no more fixes are taken; set once
	space   space
}

func openFixes(dir string, fs vfs.FS, readOnly bool, reserve int64, log *slog.Logger) (*fixes, error) {
	if err := checkLog(filepath.Join(dir, fixesName)); err != nil {
		return nil, explain(dir, err)
	}
	f := &fixes{dir: dir, reserve: reserve, log: log}
	db, err := pebble.Open(filepath.Join(dir, fixesName), pebbleOptions(fs, readOnly, log, f.fatal))
	if err != nil {
		return nil, explainFixes(dir, fmt.Errorf("open fixes: %w", err))
	}
	f.db = db
	last, closer, err := db.Get(arrivalKey)
	switch {
	case errors.Is(err, pebble.ErrNotFound):
		return f, nil
	case err != nil:
		return nil, errors.Join(explainFixes(dir, err), db.Close())
	case len(last) != 8:
		return nil, errors.Join(fmt.Errorf("%w: arrival number of fixes", ErrCorrupt), closer.Close(), db.Close())
	}
	f.arrival = binary.BigEndian.Uint64(last)
	return f, closer.Close()
}

// use keeps f open until done is called.
func (f *fixes) use() (done func(), err error) {
	f.using.RLock()
	if f.closed {
		f.using.RUnlock()
		return nil, ErrClosed
	}
	return f.using.RUnlock, nil
}

// close waits for who uses f.
func (f *fixes) close() error {
	f.using.Lock()
	defer f.using.Unlock()
	f.closed = true
	var errs []error
	if f.broken == nil {
		errs = append(errs, f.db.Close())
	} // else Pebble holds locks it will never give back, and what it acknowledged is on disk
	if f.lock != nil {
		errs = append(errs, f.lock.Close())
	}
	return errors.Join(errs...)
}

// ready tells if fixes are taken now.
func (f *fixes) ready() error {
	done, err := f.use()
	if err != nil {
		return err
	}
	defer done()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		return f.broken
	}
	return f.space.check(f.dir, f.reserve)
}

// AppendFixes keeps fixes; they are on the disk when it returns. They get
// consecutive arrival numbers, in the order given, from first on: of two calls
// the one with the lower numbers was kept first, and after a crash the fixes
// that are there are all up to some number. One fix that breaks a limit
// (ingest.Fix.Check) refuses the call. Fix.Seq is ignored.
//
// A fix that a tracker sends again is kept again, and given once: see Fixes.
func (s *Store) AppendFixes(ctx context.Context, batch []ingest.Fix) (first uint64, err error) {
	if s.readOnly {
		return 0, fmt.Errorf("%w: %s", ErrReadOnly, s.dir)
	}
	if len(batch) > MaxFixes {
		return 0, ErrTooMany
	}
	for i, fix := range batch {
		if err := fix.Check(); err != nil {
			return 0, fmt.Errorf("fix %d of %d: %w", i, len(batch), err)
		}
	}
	if err := ctx.Err(); err != nil || len(batch) == 0 {
		return 0, err
	}
	return s.fixes.append(batch)
}

func (f *fixes) append(batch []ingest.Fix) (first uint64, err error) {
	done, err := f.use()
	if err != nil {
		return 0, err
	}
	defer done()
	return f.group.append(f, batch)
}

// maxGroup is how many fixes are committed together, but for one call that brings more.
const maxGroup = 10_000

// A group lets calls that come together be one commit. Whoever leads applies what waits
// and passes the lead on before waiting for the disk, so that the next commit is on its
// way meanwhile. Thousands of devices would else queue at fixes.mu one by one.
type group struct {
	mu      sync.Mutex
	led     bool // somebody leads
	waiting []*appending
}

// An appending is a call of AppendFixes in a group.
type appending struct {
	batch []ingest.Fix
	lead  chan struct{} // told once it is to lead
	done  chan struct{} // closed when first and err are set
	first uint64
	err   error
}

func (g *group) append(f *fixes, batch []ingest.Fix) (first uint64, err error) {
	mine := &appending{batch: batch, done: make(chan struct{})}
	g.mu.Lock()
	if g.led {
		mine.lead = make(chan struct{}, 1)
		g.waiting = append(g.waiting, mine)
		g.mu.Unlock()
		select {
		case <-mine.done:
			return mine.first, mine.err
		case <-mine.lead: // it is the first that waits
		}
		g.mu.Lock()
	} else {
		g.led, g.waiting = true, append(g.waiting, mine)
	}
	together := g.take()
	g.mu.Unlock()

	b := f.db.NewBatch()
	first, err = f.apply(b, together)
	g.mu.Lock()
	if g.led = len(g.waiting) > 0; g.led {
		g.waiting[0].lead <- struct{}{}
	}
	g.mu.Unlock()
	if err == nil {
		if err = b.SyncWait(); err != nil {
			f.mu.Lock()
			err = f.breakDown(err)
			f.mu.Unlock()
		} else {
			err = b.Close()
		}
	}
	for _, a := range together {
		a.first, a.err = first, err
		first += uint64(len(a.batch))
		if err != nil {
			a.first = 0
		}
		close(a.done)
	}
	return mine.first, mine.err
}

// take takes those that wait out of the queue, in their order, as many as go together.
func (g *group) take() (together []*appending) {
	n, fixes := 0, 0
	for n < len(g.waiting) && (n == 0 || fixes+len(g.waiting[n].batch) <= maxGroup) {
		fixes += len(g.waiting[n].batch)
		n++
	}
	if n == len(g.waiting) {
		together, g.waiting = g.waiting, nil
		return together
	}
	together = slices.Clone(g.waiting[:n])
	g.waiting = slices.Delete(g.waiting, 0, n)
	return together
}

// apply numbers the fixes and hands them to Pebble under one lock, so that
// numbers and commits have one order; the wait for the disk is outside, where
// Pebble lets many share one fsync.
func (f *fixes) apply(b *pebble.Batch, together []*appending) (first uint64, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		return 0, f.broken
	}
	if err := f.space.check(f.dir, f.reserve); err != nil {
		return 0, err
	}
	first = f.arrival + 1
	last := f.arrival
	var key, value []byte
	for _, a := range together {
		for _, fix := range a.batch {
			last++
			key = fixKey(key[:0], fix.Tracker, fix.Time.UnixNano(), last)
			value = appendFix(value[:0], fix)
			if err := b.Set(key, value, nil); err != nil {
				return 0, fmt.Errorf("append fixes: %w", err)
			}
		}
	}
	if err := b.Set(arrivalKey, binary.BigEndian.AppendUint64(nil, last), nil); err != nil {
		return 0, fmt.Errorf("append fixes: %w", err)
	}
	// Once its log cannot be written, Pebble panics here; it cannot go on then,
	// but the rest of the program can.
	defer func() {
		if r := recover(); r != nil {
			first, err = 0, f.breakDown(fmt.Errorf("%v", r))
		}
	}()
	// Apply would end the process when the disk is full; this way the error
	// comes out of SyncWait.
	if err := f.db.ApplyNoSyncWait(b, pebble.Sync); err != nil {
		return 0, f.breakDown(err)
	}
	f.arrival = last
	return first, nil
}

// breakDown notes that fixes can no longer be kept. f.mu is held.
func (f *fixes) breakDown(err error) error {
	if f.broken == nil {
		f.log.Error("fixes can no longer be written", "err", err)
		f.broken = fmt.Errorf("%w: %w", errBroken, explain(f.dir, err))
	}
	return f.broken
}

// Fixes calls yield on each fix of a tracker with from <= time < to, by time and
// then by arrival, until yield returns false. A zero from or to is no bound.
//
// A fix that was sent again (ingest.Fix.Same) is given once, as it first
// arrived; two that differ at the same time are both given.
func (s *Store) Fixes(ctx context.Context, id ingest.TrackerID, from, to time.Time, yield func(ingest.Fix) bool) error {
	f, err := s.openedFixes()
	if err != nil {
		return err
	}
	done, err := f.use()
	if err != nil {
		return err
	}
	defer done()
	lower, upper := rangeKeys(id, from, to)
	it, err := f.db.NewIterWithContext(ctx, &pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return explainFixes(s.dir, err)
	}
	err = scan(ctx, it, id, yield)
	return explainFixes(s.dir, errors.Join(err, it.Close()))
}

// scan reads what it has, fixes of one tracker.
func scan(ctx context.Context, it *pebble.Iterator, id ingest.TrackerID, yield func(ingest.Fix) bool) error {
	var now given
	prefix := appendTracker(nil, id)
	for n, ok := 0, it.First(); ok; n, ok = n+1, it.Next() {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		fix, err := readFix(it, prefix)
		if err != nil {
			return err
		}
		fix.Tracker = id
		if now.has(fix) {
			continue
		}
		if !yield(fix) {
			return nil
		}
	}
	return it.Error()
}

// given is what was given of one tracker at one time, mostly one fix. A set,
// lest a tracker whose clock stands still make reading quadratic.
type given struct {
	last ingest.Fix
	more map[[7]float64]bool // nil until a second fix has the time of the last
}

// has tells if fix was given, and notes it.
func (g *given) has(fix ingest.Fix) bool {
	if !g.last.Time.Equal(fix.Time) {
		g.last, g.more = fix, nil
		return false
	}
	if g.more == nil {
		g.more = map[[7]float64]bool{said(g.last): true}
	}
	key := said(fix)
	if g.more[key] {
		return true
	}
	g.more[key] = true
	return false
}

// said is what ingest.Fix.Same compares, in a form that equals itself.
func said(f ingest.Fix) [7]float64 {
	v := numbersOf(f)
	for i := range v {
		if math.IsNaN(v[i]) {
			v[i] = math.Inf(1) // which no fix has
		}
	}
	return v
}

func readFix(it *pebble.Iterator, prefix []byte) (ingest.Fix, error) {
	ns, arrival, err := parseTail(it.Key(), prefix)
	if err != nil {
		return ingest.Fix{}, err
	}
	value, err := it.ValueAndErr()
	if err != nil {
		return ingest.Fix{}, err
	}
	fix, err := parseFix(value, time.Unix(0, ns).UTC())
	fix.Seq = arrival
	return fix, err
}

// openedFixes opens the fixes of a read-only store when they are first wanted.
func (s *Store) openedFixes() (*fixes, error) {
	if !s.readOnly {
		return s.fixes, nil
	}
	s.roFixes.Lock()
	defer s.roFixes.Unlock()
	if s.fixes != nil {
		return s.fixes, nil
	}
	lock, err := shareFolder(s.dir)
	if errors.Is(err, ErrLocked) {
		return nil, fmt.Errorf("%w: %w", ErrNoFixes, err)
	}
	if err != nil {
		return nil, explain(s.dir, err)
	}
	f, err := openFixes(s.dir, s.fs, true, 0, s.log)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	f.lock = lock
	s.fixes = f
	return f, nil
}

func explainFixes(dir string, err error) error {
	if err != nil && pebble.IsCorruptionError(err) {
		what, _, _ := strings.Cut(err.Error(), "\n") // Pebble adds a trace
		return fmt.Errorf("%w (%s: %s)", ErrCorrupt, filepath.Join(dir, fixesName), what)
	}
	return explain(dir, err)
}

// space knows how much room the disk has. Its owner guards it.
type space struct {
	looked time.Time
	free   int64
}

// check is ErrDiskFull with less than reserve bytes free. It asks the system
// at most four times a second: no disk of ours fills 128 MiB between.
func (s *space) check(dir string, reserve int64) error {
	if reserve <= 0 {
		return nil
	}
	if since := time.Since(s.looked); s.looked.IsZero() || since > 250*time.Millisecond {
		free, err := freeBytes(dir)
		if err != nil {
			return fmt.Errorf("free space of %s: %w", dir, err)
		}
		s.looked, s.free = time.Now(), free
	}
	if s.free < reserve {
		return fmt.Errorf("%w (%s: %d MiB are left, fixes need %d)", ErrDiskFull, dir, s.free>>20, reserve>>20)
	}
	return nil
}

func freeBytes(dir string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(st.Bavail) * st.Bsize, nil
}
