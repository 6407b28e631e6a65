package store

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/klauspost/compress/zstd"
)

var (
	// ErrBackup says that something is not a whole citygrid backup.
	ErrBackup = errors.New("not a citygrid backup, or a damaged one")
	// ErrNotEmpty refuses to restore over what is there.
	ErrNotEmpty = errors.New("folder is not empty: restore into a new one, then start citygrid with that")
)

// Restore makes the data folder dir from a backup. dir must be new or empty.
// Everything is written beside it, checked (sizes, hashes, the database, the
// audit log, the fixes) and then renamed, so dir is either whole or as before; so it is when ctx ends.
func Restore(ctx context.Context, r io.Reader, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := checkEmpty(dir); err != nil {
		return err
	}
	parent := filepath.Dir(dir)
	if err := makeFolder(parent); err != nil {
		return explain(parent, fmt.Errorf("restore: %w", err))
	}
	temp, err := os.MkdirTemp(parent, "."+filepath.Base(dir)+"-restore-*")
	if err != nil {
		return explain(parent, fmt.Errorf("restore: %w", err))
	}
	if err := restore(untilDone{ctx, r}, temp, dir); err != nil {
		return errors.Join(explain(dir, fmt.Errorf("restore: %w", err)), os.RemoveAll(temp))
	}
	return nil
}

func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return explain(dir, fmt.Errorf("restore: %w", err))
	}
	if len(entries) > 0 {
		return fmt.Errorf("%w (%s has %s)", ErrNotEmpty, dir, entries[0].Name())
	}
	return nil
}

func restore(r io.Reader, temp, dir string) error {
	packed, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(128<<20), zstd.WithDecoderMaxWindow(32<<20))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBackup, err)
	}
	defer packed.Close()
	m, err := unpack(packed, temp)
	if err != nil {
		return err
	}
	if err := verifyFolder(temp, m); err != nil {
		return err
	}
	for _, sub := range []string{fixesName, tlsName, "."} {
		if err := syncFolder(filepath.Join(temp, sub)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	// The system call takes the place of an empty folder, and of nothing else;
	// os.Rename would refuse that one too.
	if err := syscall.Rename(temp, dir); err != nil {
		return fmt.Errorf("%w (if %s is a mount point, restore into a folder below it)", err, dir)
	}
	return syncFolder(filepath.Dir(dir))
}

// unpack writes the files of the tar in r into dir and holds them against the
// manifest. What is wrong with r is ErrBackup.
func unpack(r io.Reader, dir string) (manifest, error) {
	in := tar.NewReader(r)
	bad := func(err error, format string, args ...any) (manifest, error) {
		what := fmt.Sprintf(format, args...)
		if err == nil {
			return manifest{}, fmt.Errorf("%w: %s", ErrBackup, what)
		}
		return manifest{}, fmt.Errorf("%w: %s: %w", ErrBackup, what, err)
	}
	head, err := in.Next()
	if err != nil {
		return bad(err, "no manifest")
	}
	if head.Name != manifestName || head.Typeflag != tar.TypeReg || head.Size > maxManifest {
		return bad(nil, "it begins with %q, not with a manifest", head.Name)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return bad(err, "manifest")
	}
	m, err := parseManifest(text)
	if err != nil {
		return manifest{}, err
	}
	// The files are as many and as large as the manifest says, so a small
	// backup cannot fill the disk unseen.
	free, err := freeBytes(dir)
	if err != nil {
		return manifest{}, err
	}
	if size := m.size(); size > free {
		return manifest{}, fmt.Errorf("%w (%d MiB are needed, %d MiB are free)", ErrDiskFull, size>>20, free>>20)
	}
	for _, want := range m.Files {
		head, err := in.Next()
		if err != nil {
			return bad(err, "%s is missing", want.Name)
		}
		if head.Name != want.Name || head.Typeflag != tar.TypeReg || head.Size != want.Size {
			return bad(nil, "%q of %d bytes comes where %s of %d bytes should be", head.Name, head.Size, want.Name, want.Size)
		}
		if err := unpackFile(in, dir, want); err != nil {
			return manifest{}, err
		}
	}
	if head, err := in.Next(); !errors.Is(err, io.EOF) {
		if err != nil {
			return bad(err, "after the last file")
		}
		return bad(nil, "%q is not in the manifest", head.Name)
	}
	// To the end, where zstd has its checksum.
	if _, err := io.Copy(io.Discard, r); err != nil {
		return bad(err, "after the last file")
	}
	return m, nil
}

func unpackFile(in io.Reader, dir string, want fileEntry) error {
	path := filepath.Join(dir, filepath.FromSlash(want.Name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	hash := sha256.New()
	r := &sourceReader{r: in}
	_, err = io.Copy(io.MultiWriter(f, hash), r)
	if r.err != nil {
		err = fmt.Errorf("%w: %s: %w", ErrBackup, want.Name, r.err)
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != want.SHA256 {
		return fmt.Errorf("%w: %s is not what was backed up", ErrBackup, want.Name)
	}
	return nil
}

// A sourceReader notes an error of the backup, to tell it from one of the disk.
type sourceReader struct {
	r   io.Reader
	err error
}

func (s *sourceReader) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// verifyFolder opens what was unpacked and checks what its hash cannot show: that
// it was good when it was backed up.
func verifyFolder(dir string, m manifest) error {
	if err := verifyDatabase(dir, m); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, fixesName), 0o700); err != nil {
		return err
	}
	f, err := openFixes(dir, vfs.Default, false, 0, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if f.arrival < m.Arrival {
		err = fmt.Errorf("%w: fixes go to arrival %d, the manifest says %d", ErrBackup, f.arrival, m.Arrival)
	}
	return errors.Join(err, f.close())
}

func verifyDatabase(dir string, m manifest) (err error) {
	db, err := openDatabase(dir, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	ctx := context.Background()
	var result string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&result); err != nil {
		return fmt.Errorf("check database: %w", err)
	}
	if result != "ok" {
		return fmt.Errorf("%w: database: %s", ErrBackup, result)
	}
	if err := checkVersion(ctx, db); err != nil && !errors.Is(err, ErrOlder) {
		return err
	}
	noted, err := m.Audit.head()
	if err != nil {
		return err
	}
	_, err = verifyAudit(ctx, db, noted)
	return err
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
