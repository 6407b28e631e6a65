//go:build !race

package studio

const small = false
