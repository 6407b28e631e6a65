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

// Not beside others: what they allocate would be taken for zones.
func TestBenchFence(t *testing.T) {
	fields := []string{"fixes_per_s_core", "ns_per_fix", "events", "bytes_per_zone", "build_s"}
	got := benched(t, fields, "fence", "--zones", "300", "--trackers", "2000", "--seconds", "1")
	for _, f := range fields {
		if got[f] <= 0 {
			t.Errorf("%s is %v", f, got[f])
		}
	}
}

func TestBenchIngest(t *testing.T) {
	t.Parallel()
	fields := []string{"acked_per_s", "ack_p50_ms", "ack_p99_ms", "publish_p50_ms", "publish_p99_ms"}
	got := benched(t, fields, "ingest", "--rate", "200", "--seconds", "1", "--zones", "100", "--dir", t.TempDir())
	if got["acked_per_s"] < 20 || got["acked_per_s"] > 220 {
		t.Errorf("%v fixes a second are acknowledged, 200 are sent", got["acked_per_s"])
	}
	if !(got["ack_p50_ms"] > 0 && got["ack_p99_ms"] >= got["ack_p50_ms"] && got["publish_p99_ms"] >= got["publish_p50_ms"] && got["publish_p50_ms"] > 0) {
		t.Errorf("latencies: %v", got)
	}
}

func TestBenchHub(t *testing.T) {
	t.Parallel()
	fields := []string{"cpu_cores", "p50_ms", "p99_ms", "bytes_per_position", "lost_alerts"}
	got := benched(t, fields, "hub", "--clients", "5", "--trackers", "20", "--seconds", "1", "--tick", "100ms")
	if got["lost_alerts"] != 0 || !(got["p50_ms"] > 0 && got["p99_ms"] >= got["p50_ms"] && got["p99_ms"] < 4096) || !(got["bytes_per_position"] > 5) {
		t.Errorf("%v", got)
	}
}

func TestBenchRefuses(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"fence", "--zones", "-1"},
		{"fence", "--trackers", "0"},
		{"fence", "--seconds", "0"},
		{"ingest", "--rate", "0"},
		{"hub", "--clients", "0"},
		{"ingest", "--dir", "/nowhere/at/all"},
	} {
		code, _, errs := said(t, "", append([]string{"bench"}, args...)...)
		if code != 2 || !strings.Contains(errs, args[len(args)-2]) {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
}
