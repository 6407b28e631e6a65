//go:build race

package studio

// small is set under the race detector, which makes everything ten times slower.
const small = true
