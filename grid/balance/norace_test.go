//go:build !race

package balance

const small = false
