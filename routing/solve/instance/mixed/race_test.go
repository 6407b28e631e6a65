//go:build race

package mixed

const raced = true
