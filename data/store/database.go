package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// querier is a transaction or a connection; steps take one, so they compose.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// openDatabase opens the one connection that writes, or the pool that reads.
func openDatabase(dir string, readOnly bool) (*sql.DB, error) {
	abs, err := filepath.Abs(databasePath(dir))
	if err != nil {
		return nil, err
	}
	q := url.Values{
		"_busy_timeout":    {"5000"}, // ms; only a foreign tool could hold it that long
		"_foreign_keys":    {"1"},
		"_stmt_cache_size": {"64"},
	}
	if readOnly {
		q.Set("mode", "ro") // _query_only too would forbid VACUUM INTO
	} else {
		q.Set("mode", "rw")
		q.Set("_journal_mode", "WAL")
		q.Set("_synchronous", "FULL") // NORMAL would lose the last commits at a power cut
		q.Set("_txlock", "immediate")
	}
	dsn := url.URL{Scheme: "file", Path: abs, RawQuery: q.Encode()}
	db, err := sql.Open("sqlite3", dsn.String())
	if err != nil {
		return nil, err
	}
	n := 1
	if readOnly {
		n = max(4, runtime.NumCPU())
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	if err := db.Ping(); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), db.Close())
	}
	return db, nil
}

func provider(db *sql.DB) (*goose.Provider, error) {
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, steps, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
}

// newest is the version that the last migration leads to, by its name.
func newest() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		return 0, errors.Join(errors.New("there are none"), err)
	}
	return goose.NumericComponent(slices.Max(names))
}

// migrate brings the database to the newest version, each step in a
// transaction of its own.
func migrate(ctx context.Context, db *sql.DB) error {
	// Most starts find nothing to do, and need not read what there would be.
	if err := checkVersion(ctx, db); err == nil || errors.Is(err, ErrNewer) {
		return err
	}
	p, err := provider(db)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read version of database: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring database from version %d to %d: %w", have, want, err)
	}
	return nil
}

// checkVersion tells if db can be read as it is.
func checkVersion(ctx context.Context, db *sql.DB) error {
	want, err := newest()
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	var have int64
	err = db.QueryRowContext(ctx, `SELECT max(version_id) FROM goose_db_version`).Scan(&have)
	switch {
	case err != nil:
		return fmt.Errorf("read version of database: %w", err)
	case have > want:
		return fmt.Errorf("%w (version %d, this one knows %d)", ErrNewer, have, want)
	case have < want:
		return fmt.Errorf("%w (version %d, this one needs %d)", ErrOlder, have, want)
	}
	return nil
}

// view runs do on one snapshot of the database.
func (s *Store) view(ctx context.Context, do func(querier) error) error {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return explain(s.dir, err)
	}
	defer func() { _ = tx.Rollback() }() // it only read
	return explain(s.dir, do(tx))
}

// nanos and instant are how the database has a time: nanoseconds since 1970,
// 0 for none.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func instant(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}
