package store

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cockroachdb/pebble/v2"
	"github.com/klauspost/compress/zstd"
)

// Backup writes the whole data folder to w, as it is at some moment during the
// call, while changes and fixes go on. manifest.go says what is in it. It needs
// room on the disk for a second copy of the database; fixes are linked.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	if s.readOnly {
		return fmt.Errorf("%w: a backup needs the folder, or the running server", ErrReadOnly)
	}
	temp, err := os.MkdirTemp(s.dir, TempPattern)
	if err != nil {
		return explain(s.dir, fmt.Errorf("backup: %w", err))
	}
	err = s.backup(ctx, temp, w)
	if err != nil {
		err = fmt.Errorf("backup: %w", explain(s.dir, err))
	}
	return errors.Join(err, os.RemoveAll(temp))
}

func (s *Store) backup(ctx context.Context, temp string, w io.Writer) error {
	m := manifest{Format: backupFormat, At: s.now().UTC()}
	if err := s.snapshotDatabase(ctx, temp, &m); err != nil {
		return err
	}
	if err := s.snapshotFixes(temp, &m); err != nil {
		return err
	}
	if err := s.snapshotFiles(temp); err != nil {
		return err
	}
	if err := m.list(ctx, temp); err != nil {
		return err
	}
	return m.write(ctx, temp, w)
}

// snapshotDatabase copies the database and takes the sessions out of the copy:
// a restored server asks everybody to log in.
func (s *Store) snapshotDatabase(ctx context.Context, temp string, m *manifest) error {
	path := databasePath(temp)
	if _, err := s.read.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // read only from here on
	db.SetMaxOpenConns(1)
	for _, statement := range []string{`PRAGMA secure_delete = ON`, `DELETE FROM session`} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("take sessions out of the copy: %w", err)
		}
	}
	head, err := auditHead(ctx, db)
	m.Audit = headJSON(head)
	return err
}

func (s *Store) snapshotFixes(temp string, m *manifest) error {
	done, err := s.fixes.use()
	if err != nil {
		return err
	}
	defer done()
	s.fixes.mu.Lock()
	m.Arrival, err = s.fixes.arrival, s.fixes.broken
	s.fixes.mu.Unlock()
	if err != nil {
		return err
	}
	// What was committed before is in it, and on disk.
	if err := s.fixes.db.Checkpoint(filepath.Join(temp, fixesName), pebble.WithFlushedWAL()); err != nil {
		return fmt.Errorf("copy fixes: %w", err)
	}
	return nil
}

// snapshotFiles links what is only ever replaced as a whole, by rename, and copies
// what people write.
func (s *Store) snapshotFiles(temp string) error {
	names := []string{mapName}
	tls, err := os.ReadDir(TLSPath(s.dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil {
		if err := os.Mkdir(filepath.Join(temp, tlsName), 0o700); err != nil {
			return err
		}
	}
	for _, e := range tls {
		if name := tlsName + "/" + e.Name(); e.Type().IsRegular() && fileName.MatchString(name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		err := os.Link(filepath.Join(s.dir, name), filepath.Join(temp, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("link %s: %w", name, err)
		}
	}
	for _, name := range written {
		if err := copyWritten(filepath.Join(s.dir, name), filepath.Join(temp, name)); err != nil {
			return err
		}
	}
	return nil
}

// copyWritten copies a file that somebody may be writing to meanwhile, if it is there.
func copyWritten(from, to string) error {
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, maxWritten+1))
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	if len(text) > maxWritten {
		return fmt.Errorf("copy %s: it is larger than %d MiB, which is no file for people to write", from, maxWritten>>20)
	}
	return os.WriteFile(to, text, 0o600)
}

// list notes the files in temp with their hashes.
func (m *manifest) list(ctx context.Context, temp string) error {
	return filepath.WalkDir(temp, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(temp, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if !fileName.MatchString(name) {
			return fmt.Errorf("there is no place in a backup for %s", name)
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		hash := sha256.New()
		n, err := io.Copy(hash, untilDone{ctx, f})
		m.Files = append(m.Files, fileEntry{name, n, hex.EncodeToString(hash.Sum(nil))})
		return errors.Join(err, f.Close())
	})
}

func (m *manifest) write(ctx context.Context, temp string, w io.Writer) error {
	packed, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	out := tar.NewWriter(packed)
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	if err := out.WriteHeader(m.header(manifestName, int64(len(text)))); err != nil {
		return err
	}
	if _, err := out.Write(text); err != nil {
		return err
	}
	for _, entry := range m.Files {
		if err := m.add(ctx, out, temp, entry); err != nil {
			return fmt.Errorf("%s: %w", entry.Name, err)
		}
	}
	return errors.Join(out.Close(), packed.Close())
}

func (m *manifest) header(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: m.At.Truncate(1e9), Format: tar.FormatPAX}
}

func (m *manifest) add(ctx context.Context, out *tar.Writer, temp string, entry fileEntry) error {
	f, err := os.Open(filepath.Join(temp, filepath.FromSlash(entry.Name)))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	if err := out.WriteHeader(m.header(entry.Name, entry.Size)); err != nil {
		return err
	}
	_, err = io.CopyN(out, untilDone{ctx, f}, entry.Size)
	return err
}

// untilDone is a reader that ends with its ctx.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}
