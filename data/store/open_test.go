package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citygrid/live/ingest"
)

func TestOneProcessHasTheFolder(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	_, err := Open(dir, Options{})
	var locked *LockedError
	if !errors.As(err, &locked) || !errors.Is(err, ErrLocked) || locked.PID != os.Getpid() {
		t.Fatalf("opened twice: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	opened(t, dir, Options{})
}

func TestReadOnlyBesideServer(t *testing.T) {
	s, _ := setUp(t)
	must(s.AppendFixes(t.Context(), []ingest.Fix{fixAt("a", noon)}))(t)
	r := opened(t, s.dir, Options{ReadOnly: true})
	if p := must(r.Person(t.Context(), 1))(t); p.Login != "root1" {
		t.Errorf("read %+v", p)
	}
	if err := r.Record(t.Context(), act("x")); !errors.Is(err, ErrReadOnly) {
		t.Errorf("wrote: %v", err)
	}
	if _, err := r.AppendFixes(t.Context(), nil); !errors.Is(err, ErrReadOnly) {
		t.Errorf("appended: %v", err)
	}
	if err := r.Sessions().Delete("x"); !errors.Is(err, ErrReadOnly) {
		t.Errorf("deleted a session: %v", err)
	}
	none := func(ingest.Fix) bool { return true }
	if err := r.Fixes(t.Context(), "a", time.Time{}, time.Time{}, none); !errors.Is(err, ErrNoFixes) || !errors.Is(err, ErrLocked) {
		t.Errorf("fixes of a running server: %v", err)
	}
	// Without the server they can be read, and a server has to wait meanwhile.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := count(t, r, "a"); n != 1 {
		t.Errorf("read %d fixes, want 1", n)
	}
	if _, err := Open(s.dir, Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("opened beside a reader of fixes: %v", err)
	}
}

func TestClosed(t *testing.T) {
	s, _ := setUp(t)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Record(t.Context(), act("x")); !errors.Is(err, ErrClosed) {
		t.Errorf("Record: %v", err)
	}
	if _, err := s.AppendFixes(t.Context(), []ingest.Fix{fixAt("a", noon)}); !errors.Is(err, ErrClosed) {
		t.Errorf("AppendFixes: %v", err)
	}
	if err := s.Fixes(t.Context(), "a", noon, noon, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("Fixes: %v", err)
	}
}

func TestFolderIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := opened(t, dir, Options{})
	must(s.AppendFixes(t.Context(), []ingest.Fix{fixAt("a", noon)}))(t)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", strings.TrimPrefix(path, dir), info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFolderOfOthers(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letters.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), "letters.txt") {
		t.Errorf("got %v, want %v", err, ErrForeign)
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o755 {
		t.Error("a refused folder was changed")
	}
	if _, err := Open(t.TempDir(), Options{ReadOnly: true}); !errors.Is(err, ErrNoData) {
		t.Errorf("read an empty folder: %v", err)
	}
}

func TestNotADatabase(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(databasePath(dir), []byte(strings.Repeat("not a database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("got %v, want %v", err, ErrCorrupt)
	}
}

func TestDatabaseOfANewerProgram(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, Options{})
	err := s.writer.do(t.Context(), func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{}, {ReadOnly: true}} {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, o); !errors.Is(err, ErrNewer) {
			t.Errorf("%+v: got %v, want %v", o, err, ErrNewer)
		}
	}
}
