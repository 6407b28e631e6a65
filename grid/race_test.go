//go:build race

package grid

// Small is set under the race detector, which makes everything ten times slower.
const Small = true
