//go:build !race

package fence

const small = false
