//go:build !race

package demo

const small = false
