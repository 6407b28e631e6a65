//go:build !race

package simulate

const small = false
