//go:build !race

package grid

const Small = false
