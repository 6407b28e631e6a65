//go:build race

package simulate

// small has tests leave out what takes minutes under the race detector and starts
// no goroutine.
const small = true
