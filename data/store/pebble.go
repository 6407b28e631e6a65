package store

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// pebbleOptions are few on purpose: a county's fixes are far from Pebble's
// limits.
func pebbleOptions(fs vfs.FS, readOnly bool, log *slog.Logger, fatal func(format string, args ...any)) *pebble.Options {
	o := &pebble.Options{
		FS:        privateFS{fs},
		ReadOnly:  readOnly,
		CacheSize: 64 << 20,
		// Some 300,000 fixes between two flushes.
		MemTableSize: 32 << 20,
		// By name, so that a newer Pebble does not change files by itself.
		FormatMajorVersion: pebble.FormatTableFormatV6,
		Logger:             pebbleLog{log, fatal},
	}
	o.ApplyCompressionSettings(func() pebble.DBCompressionSettings { return pebble.DBCompressionBalanced })
	o.EventListener = &pebble.EventListener{
		BackgroundError: func(err error) { log.Error("fixes: background work", "err", err) },
		DiskSlow:        func(i pebble.DiskSlowInfo) { log.Warn("fixes: slow disk", "dur", i.Duration) },
		// The default ends the process. The reader gets ErrCorrupt anyway.
		DataCorruption: func(i pebble.DataCorruptionInfo) { log.Error("fixes: damaged file", "err", i.Details) },
	}
	return o
}

// pebbleLog passes on what Pebble cannot go on from.
type pebbleLog struct {
	log   *slog.Logger
	fatal func(format string, args ...any)
}

func (pebbleLog) Infof(string, ...any) {} // each flush and compaction

func (l pebbleLog) Errorf(format string, args ...any) {
	l.log.Error("fixes: " + fmt.Sprintf(format, args...))
}

// Fatalf must not return, see fixes.die.
func (l pebbleLog) Fatalf(format string, args ...any) { l.fatal(format, args...) }

// privateFS makes files for their owner only.
type privateFS struct{ vfs.FS }

func private(f vfs.File, err error, name string) (vfs.File, error) {
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(name, 0o600); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (p privateFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := p.FS.Create(name, c)
	return private(f, err, name)
}

func (p privateFS) OpenReadWrite(name string, c vfs.DiskWriteCategory, o ...vfs.OpenOption) (vfs.File, error) {
	f, err := p.FS.OpenReadWrite(name, c, o...)
	return private(f, err, name)
}

func (p privateFS) ReuseForWrite(oldname, newname string, c vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := p.FS.ReuseForWrite(oldname, newname, c)
	return private(f, err, newname)
}

func (p privateFS) Lock(name string) (io.Closer, error) {
	l, err := p.FS.Lock(name)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(name, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (p privateFS) MkdirAll(dir string, _ os.FileMode) error { return p.FS.MkdirAll(dir, 0o700) }

func (p privateFS) Unwrap() vfs.FS { return p.FS }
