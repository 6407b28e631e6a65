//go:build !race

package osm

const small = false
