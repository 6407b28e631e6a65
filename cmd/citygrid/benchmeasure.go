package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"syscall"
	"time"
)

// cpuTime is what this process has used of all cores so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// quantileMs is the q-th quantile of durations, in milliseconds; 0 of none. It
// sorts them.
func quantileMs(all []time.Duration, q float64) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	i := min(len(all)-1, int(q*float64(len(all))))
	return digits(float64(all[i])/1e6, 3)
}

// digits rounds to so many digits after the point.
func digits(v float64, n int) float64 {
	scale := math.Pow10(n)
	return math.Round(v*scale) / scale
}

// printResult prints a benchmark's result: a line of JSON, or its fields under
// each other.
func printResult(w io.Writer, asJSON bool, result any) error {
	text, err := json.Marshal(result)
	if err != nil {
		return err
	}
	if asJSON {
		_, err = fmt.Fprintf(w, "%s\n", text)
		return err
	}
	indented, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", indented)
	return err
}

// within refuses a flag's number that is out of bounds.
func within(flag string, v, low, high int) error {
	if v < low || v > high {
		return badInput(fmt.Errorf("--%s %d: want %d to %d", flag, v, low, high))
	}
	return nil
}
