//go:build race

package planar

// small is set under the race detector, which makes everything ten times slower.
const small = true
