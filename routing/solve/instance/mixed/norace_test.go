//go:build !race

package mixed

const raced = false
