//go:build !race

package room_test

const small = false
