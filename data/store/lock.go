package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// lockFolder takes the folder for this process until the file is closed or the
// process ends, however it ends. The lock is the kernel's (flock); the process
// id in the file only tells people whom to stop. flock does not reach other
// machines over some network file systems: a data folder belongs on a local
// disk.
func lockFolder(dir string) (*os.File, error) {
	f, err := flock(dir, syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	pid := []byte(strconv.Itoa(os.Getpid()) + "\n")
	if err := errors.Join(f.Truncate(0), writeAt(f, pid)); err != nil {
		return nil, errors.Join(fmt.Errorf("write lock file: %w", err), f.Close())
	}
	return f, nil
}

// Lock takes the folder dir, which must be there, for a command that changes its
// files beside the database, such as an import of a map. The error is a
// *LockedError while a server or another command has the folder.
func Lock(dir string) (unlock func() error, err error) {
	f, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	return f.Close, nil
}

func writeAt(f *os.File, b []byte) error {
	_, err := f.WriteAt(b, 0)
	return err
}

// shareFolder keeps a server from starting while a command reads the fixes of a
// folder that no server has.
func shareFolder(dir string) (*os.File, error) { return flock(dir, syscall.LOCK_SH) }

func flock(dir string, how int) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	for {
		err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = &LockedError{dir, holder(f)}
	} else {
		err = fmt.Errorf("lock data folder: %w", err)
	}
	return nil, errors.Join(err, f.Close())
}

func holder(f *os.File) int {
	b, err := io.ReadAll(io.LimitReader(f, 20))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || pid < 0 {
		return 0
	}
	return pid
}
