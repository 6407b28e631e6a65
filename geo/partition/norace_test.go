//go:build !race

package partition

const small = false
