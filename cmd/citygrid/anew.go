package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"syscall"
	"time"

	"citygrid/data/store"
)

// After a fault of the disk fixes can't be kept by this process any more (see
// store.Mended). When the disk is well again the server ends as it does on a signal, and
// the same process runs the program anew: devices that were refused come again, maps come
// back as after any restart.

// errAnew ends a command whose program is to be run anew.
var errAnew = errors.New("the disk is well again: citygrid starts anew to keep positions")

// codeAnew is the exit code should that fail: a supervisor starts what ended with an
// error. It is EX_TEMPFAIL of sysexits.h.
const codeAnew = 75

const (
	// lookMended is how often it is looked whether a disk is well again.
	lookMended = time.Second
	// steadyFor is how long a server has run at least before it starts anew: with a disk
	// that comes and goes it still serves most of the time.
	steadyFor = 5 * time.Second
	// endWithin is how long it may take to end. What hangs then hangs in what is broken,
	// and nothing that was acknowledged depends on it.
	endWithin = 20 * time.Second
)

// watchDisk waits for a disk that failed and is well again, and then calls end; true if
// it did. It returns when ctx ends.
// While doubted says that the machine's clock is not believed it waits: a program that
// starts anew believes it.
// What ends badly leaves no process behind that serves nobody, and one that was told to
// stop (told is not nil) doesn't start.
func watchDisk(ctx context.Context, st *store.Store, doubted func() bool, told func() error, log *slog.Logger, end func()) bool {
	began := time.Now()
	look := time.NewTicker(lookMended)
	defer look.Stop()
	for {
		select {
		case <-look.C:
		case <-ctx.Done():
			return false
		}
		if time.Since(began) < steadyFor || doubted() || !st.Mended() {
			continue
		}
		log.Warn(errAnew.Error())
		time.AfterFunc(endWithin, func() {
			log.Error("the server does not end: it starts anew without waiting")
			if told() == nil {
				log.Error("it can't start anew", "err", startAnew())
			}
			os.Exit(codeAnew)
		})
		end()
		return true
	}
}

// startAnew runs the program in the place of this one. It returns only with an error.
func startAnew() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(self, os.Args, os.Environ())
}
