package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citygrid/grid/people"
)

// held blocks the writer until release is called.
func held(t *testing.T, s *Store) (release func()) {
	t.Helper()
	started, gate, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.writer.do(context.Background(), func(context.Context, *sql.Conn) error {
			select {
			case <-started: // runs again
			default:
				close(started)
			}
			<-gate
			return nil
		})
	}()
	<-started
	return func() {
		close(gate)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// waitFor waits until n jobs are in the queue.
func waitFor(s *Store, n int) {
	for len(s.writer.jobs) < n {
		time.Sleep(time.Millisecond)
	}
}

func TestOneFailureOfABatch(t *testing.T) {
	s, _ := setUp(t)
	ctx := t.Context()
	release := held(t, s)
	const n = 30
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			p := officer(fmt.Sprint("officer", i))
			if i%3 == 0 {
				p.Grants[0].Area = 99 // fails after the person was written
			}
			_, errs[i] = s.AddPerson(ctx, p, act("person.add"))
		})
	}
	waitFor(s, n)
	release()
	wg.Wait()
	for i, err := range errs {
		_, found := s.PersonByLogin(ctx, fmt.Sprint("officer", i))
		if want := i%3 == 0; want != errors.Is(err, people.ErrPerson) || want != errors.Is(found, people.ErrNoPerson) {
			t.Errorf("officer %d: added %v, found %v", i, err, found)
		}
	}
	if entries := must(s.VerifyAudit(ctx))(t); entries != 1+n-n/3 {
		t.Errorf("%d audit entries, want %d", entries, 1+n-n/3)
	}
}

// A failure of the transaction as a whole is only for the job that made it.
func TestTransactionFailsAsAWhole(t *testing.T) {
	s, _ := setUp(t)
	ctx := t.Context()
	release := held(t, s)
	var wg sync.WaitGroup
	var good, bad error
	wg.Go(func() { good = s.Record(ctx, act("x")) })
	wg.Go(func() {
		bad = s.writer.do(ctx, func(ctx context.Context, conn *sql.Conn) error {
			_, err := conn.ExecContext(ctx, `ROLLBACK`) // as SQLite does on a full disk
			return errors.Join(err, errors.New("disk full"))
		})
	})
	waitFor(s, 2)
	release()
	wg.Wait()
	if good != nil || bad == nil {
		t.Errorf("good job: %v, bad job: %v", good, bad)
	}
	if n := must(s.VerifyAudit(ctx))(t); n != 2 {
		t.Errorf("%d audit entries, want 2", n)
	}
}

func TestGiveUpWaiting(t *testing.T) {
	s, _ := setUp(t)
	release := held(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Record(ctx, act("given up")) }()
	waitFor(s, 1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	release()
	if err := s.Record(ctx, act("never asked")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if n := must(s.VerifyAudit(t.Context()))(t); n != 1 {
		t.Errorf("%d audit entries, want 1: what was given up was written", n)
	}
}

// Readers go on while a transaction is open.
func TestReadersDoNotWait(t *testing.T) {
	s, _ := setUp(t)
	release := held(t, s)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := s.People(ctx); err != nil {
		t.Error(err)
	}
	release()
}

func TestCloseWaitsForTheQueue(t *testing.T) {
	s, _ := setUp(t)
	dir := s.dir
	release := held(t, s)
	const n = 20
	var kept atomic.Int64
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if s.Record(t.Context(), act("x")) == nil {
				kept.Add(1)
			}
		})
	}
	waitFor(s, n)
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	release()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	wg.Wait()
	s = opened(t, dir, Options{})
	if got := must(s.VerifyAudit(t.Context()))(t); got != 1+kept.Load() || kept.Load() != n {
		t.Errorf("%d entries after %d of %d were told kept", got, kept.Load(), n)
	}
}

func TestPanicIsTheCallers(t *testing.T) {
	s, _ := setUp(t)
	func() {
		defer func() {
			if r := recover(); r != "bug" {
				t.Errorf("recovered %v, want bug", r)
			}
		}()
		_ = s.writer.do(t.Context(), func(context.Context, *sql.Conn) error { panic("bug") })
	}()
	if err := s.Record(t.Context(), act("x")); err != nil {
		t.Errorf("after a panic: %v", err)
	}
}
