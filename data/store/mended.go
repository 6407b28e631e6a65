package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Pebble can't go on once its log could not be written, nor be closed: it holds locks that
// it never gives back. What it acknowledged is on the disk, so a process that starts anew
// loses nothing. When that makes sense is found out here.

// probeSize is how much must go onto the disk for it to be well again.
const probeSize = 1 << 20

// Mended tells that fixes can't be kept for a fault of the disk that is over: a process
// that starts anew can keep them.
func (s *Store) Mended() bool {
	if s.readOnly || s.fixes == nil {
		return false
	}
	f := s.fixes
	done, err := f.use()
	if err != nil {
		return false
	}
	defer done()
	f.mu.Lock()
	broken := f.broken != nil
	f.mu.Unlock()
	if !broken {
		return false
	}
	var room space
	if err := room.check(s.dir, s.reserve); err != nil {
		return false
	}
	return s.probe() == nil
}

// probe writes a file where the fixes are, and takes it away.
func (s *Store) probe() (err error) {
	name := filepath.Join(s.dir, tempPrefix+"probe")
	file, err := s.fs.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, probeSize))
	return errors.Join(err, file.Sync(), file.Close(), s.fs.Remove(name))
}

// die is Pebble saying that it can't go on; it never returns. In one of its own
// goroutines a panic would end the process while the disk may be bad for hours, and with
// it the desk and all that is in SQLite; so that goroutine stays where it is. In one of
// ours there is somebody to recover, who waits for an answer.
func (f *fixes) die(message string) {
	if calledByUs() {
		panic(message)
	}
	go func() { // who has f.mu may be waiting for the goroutine that stays here
		f.mu.Lock()
		defer f.mu.Unlock()
		_ = f.breakDown(errors.New(message))
	}()
	select {}
}

// calledByUs tells if a function of ours is above those of Pebble.
func calledByUs() bool {
	pcs := make([]uintptr, 100)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	inPebble := false
	for {
		frame, more := frames.Next()
		switch {
		case strings.HasPrefix(frame.Function, "github.com/cockroachdb/pebble/"):
			inPebble = true
		case inPebble && strings.HasPrefix(frame.Function, "citygrid/"):
			return true
		}
		if !more {
			return false
		}
	}
}

// fatal is how Pebble's last words come here, before and after there are fixes.
func (f *fixes) fatal(format string, args ...any) {
	message := "fixes: " + fmt.Sprintf(format, args...)
	f.log.Error(message)
	f.die(message)
}
