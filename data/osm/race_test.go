//go:build race

package osm

// small is set under the race detector, which makes everything ten times slower.
const small = true
