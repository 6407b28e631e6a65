package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// benched runs a benchmark, and gives its fields, which must be these.
func benched(t *testing.T, fields []string, args ...string) map[string]float64 {
	t.Helper()
	out := mustSay(t, "", append([]string{"bench"}, append(args, "--json")...)...)
	var got map[string]float64
	if err := json.Unmarshal([]byte(out), &got); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("%v in %q", err, out)
	}
	for _, f := range fields {
		if _, ok := got[f]; !ok {
			t.Errorf("no field %q in %s", f, out)
		}
	}
	if len(got) != len(fields) {
		t.Errorf("want the fields %v, got %s", fields, out)
	}
	return got
}

func TestBenchFence(t *testing.T) {
	fields := []string{"fixes_per_s_core", "ns_per_fix", "events", "bytes_per_zone", "build_s"}
	got := benched(t, fields, "fence", "--zones", "300", "--trackers", "2000", "--seconds", "1")
	for _, f := range fields {
		if got[f] <= 0 {
			t.Errorf("%s is %v", f, got[f])
		}
	}
}

func TestBenchRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"fence", "--zones", "-1"},
		{"fence", "--trackers", "0"},
		{"fence", "--seconds", "0"},
	} {
		code, _, errs := said(t, "", append([]string{"bench"}, args...)...)
		if code != 2 || !strings.Contains(errs, args[len(args)-2]) {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
}
