package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

// Passed measures what passes, also while the machine sleeps.
func Passed() func() time.Duration {
	begin := time.Now()
	return func() time.Duration {
		var t unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
			return time.Since(begin)
		}
		return time.Duration(t.Nano())
	}
}
