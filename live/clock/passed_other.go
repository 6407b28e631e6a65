//go:build !linux

package clock

import "time"

// Passed measures what passes while the machine is awake.
func Passed() func() time.Duration {
	begin := time.Now()
	return func() time.Duration { return time.Since(begin) }
}
