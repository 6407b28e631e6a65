//go:build race

package main

// raceEnabled: the race detector is on, and large maps take too long.
const raceEnabled = true
