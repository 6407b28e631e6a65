//go:build !race

package planar

const small = false
