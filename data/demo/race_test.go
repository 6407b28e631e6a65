//go:build race

package demo

// small: the race detector makes all of it ten times as slow.
const small = true
