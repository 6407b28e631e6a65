package store

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"citygrid/live/dispatch"

	"github.com/mattn/go-sqlite3"
)

// A diskError is an error of the disk, which may be well again later.
type diskError string

func (e diskError) Error() string { return string(e) }

// Temporary tells callers of the API that the same may be sent again.
func (e diskError) Temporary() bool { return true }

// What can be wrong with a data folder. Match with errors.Is.
var (
	ErrLocked          = errors.New("data folder is in use")
	ErrNoData          = errors.New("there is no citygrid data")
	ErrNewer           = errors.New("data was written by a newer citygrid: install that or a later one")
	ErrOlder           = errors.New("data was written by an older citygrid: start this one's server once, it brings the data up to date")
	ErrForeign         = errors.New("folder holds other files and no citygrid data: give an empty or a new folder")
	ErrReadOnly  error = diskError("data folder cannot be written: it is open or mounted read-only, or belongs to somebody else")
	ErrDiskFull  error = diskError("disk is full: free some space; what was not acknowledged was not kept")
	ErrCorrupt         = errors.New("data is damaged: restore a backup")
	ErrClosed          = errors.New("store is closed")
	ErrNoFixes         = errors.New("fixes cannot be read while another process has the data folder: ask the running server")
	errBroken    error = diskError("fixes can no longer be written until the program starts anew, which the server does when the disk is well")
	ErrSetupDone       = errors.New("the bureau is set up already")
	ErrKeyUsed         = dispatch.ErrKeyUsed
	ErrSettings        = errors.New("settings break a rule")
)

// A LockedError says who has the data folder.
type LockedError struct {
	Dir string
	PID int // 0 = not known
}

func (e *LockedError) Error() string {
	by := "another process"
	if e.PID != 0 {
		by = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("data folder %s is in use by %s: stop that first, or work through the running server", e.Dir, by)
}

func (e *LockedError) Unwrap() error { return ErrLocked }

// explain adds to an error of SQLite or of the system which rule of ours it
// breaks. Other errors pass as they are.
func explain(dir string, err error) error {
	rule := error(nil)
	var lite sqlite3.Error
	switch {
	case err == nil || errors.Is(err, ErrDiskFull) || errors.Is(err, ErrReadOnly) || errors.Is(err, ErrCorrupt):
		return err
	case errors.As(err, &lite):
		rule = liteRule(lite)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		rule = ErrDiskFull
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		rule = ErrReadOnly
	}
	if rule == nil {
		return err
	}
	return fmt.Errorf("%w (%s: %w)", rule, dir, err)
}

func liteRule(e sqlite3.Error) error {
	switch e.Code {
	case sqlite3.ErrFull:
		return ErrDiskFull
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen:
		return ErrReadOnly
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return ErrCorrupt
	case sqlite3.ErrIoErr:
		switch e.SystemErrno {
		case syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG:
			return ErrDiskFull
		case syscall.EROFS:
			return ErrReadOnly
		}
	}
	return nil
}
