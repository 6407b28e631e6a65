//go:build race

package room_test

// small is set under the race detector, which makes everything ten times slower.
const small = true
