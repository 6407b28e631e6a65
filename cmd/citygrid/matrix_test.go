package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func near(got *float64, want float64) bool { return got != nil && *got > want-1 && *got < want+1 }

func TestRoutePairsAndMatrix(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	mustSay(t, "", "import", "--data", dir, "--quiet", writeTown(t))

	pairs := writeFile(t, "pairs.csv", "\ufefffrom_lat,from_lon,note,to_lon,to_lat\r\n0,0,a,0.002,0\r\n0.001,0.001,b,0,0\n0,0,sea,1,1\n0,0,x,0.001\n95,0,x,0,0\n0,0,again,0.002,0\n")
	out := mustSay(t, "", "route", "--data", dir, "--profile", "car", "--pairs", pairs, "--json")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 6 {
		t.Fatalf("%d lines, want 6:\n%s", len(lines), out)
	}
	for i, want := range []struct {
		metres float64
		says   string
	}{{222.4, ""}, {379.6, ""}, {0, "no street for car within 500 m"}, {0, "line 5"}, {0, "line 6"}, {222.4, ""}} {
		var got struct {
			DistanceM *float64 `json:"distance_m"`
			DurationS *float64 `json:"duration_s"`
			Error     string   `json:"error"`
		}
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatalf("%v: %s", err, lines[i])
		}
		if want.says == "" && !near(got.DistanceM, want.metres) || want.says != "" && got.DistanceM != nil || !strings.Contains(got.Error, want.says) {
			t.Errorf("line %d: %s, want %v m, error %q", i+1, lines[i], want.metres, want.says)
		}
	}

	points := writeFile(t, "points.csv", "lon,lat\n0,0\n0.001,0.001\n1,1\n")
	code, out, errs := said(t, "", "matrix", "--data", dir, "--profile", "car", "--points", points, "--json")
	if code != 0 || !strings.Contains(errs, "point 3") {
		t.Fatalf("exit %d, %s", code, errs)
	}
	var table struct {
		Durations [][]*float64 `json:"durations_s"`
		Distances [][]*float64 `json:"distances_m"`
	}
	if err := json.Unmarshal([]byte(out), &table); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if len(table.Durations) != 3 || len(table.Durations[2]) != 3 || table.Durations[2][2] != nil || table.Durations[0][2] != nil || table.Durations[2][0] != nil {
		t.Errorf("durations %s: want nulls for the third point", out)
	}
	if d := table.Distances; !near(d[0][0], 0) || !near(d[0][1], 222.4) || !near(d[1][0], 379.6) || d[2][1] != nil {
		t.Errorf("distances %s, want 222.4 m there and 379.6 m back", out)
	}
	if out := mustSay(t, "", "matrix", "--data", dir, "--points", writeFile(t, "none.csv", "lon,lat\n")); out != "{\"durations_s\":[],\"distances_m\":[]}\n" {
		t.Errorf("of nothing: %s", out)
	}
}

func TestBadPointsEndWithTwo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	mustSay(t, "", "import", "--data", dir, "--quiet", writeTown(t))
	good := writeFile(t, "good.csv", "lon,lat\n0,0\n")
	for _, tt := range []struct {
		says string
		args []string
	}{
		{"from_lon", []string{"route", "--data", dir, "--pairs", good}},
		{"not both", []string{"route", "--data", dir, "--pairs", good, "--from", "0,0"}},
		{"--pairs", []string{"route", "--data", dir, "--from", "0,0"}},
		{"no such file", []string{"route", "--data", dir, "--pairs", good + "x"}},
		{"it is empty", []string{"matrix", "--data", dir, "--points", writeFile(t, "empty.csv", "")}},
		{"no column lat", []string{"matrix", "--data", dir, "--points", writeFile(t, "half.csv", "lon\n0\n")}},
		{"line 3", []string{"matrix", "--data", dir, "--points", writeFile(t, "word.csv", "lon,lat\n0,0\nwest,0\n")}},
		{"line 2", []string{"matrix", "--data", dir, "--points", writeFile(t, "far.csv", "lon,lat\n0,91\n")}},
		{"--points", []string{"matrix", "--data", dir}},
		{"--profile", []string{"matrix", "--data", dir, "--profile", "ufo", "--points", good}},
		{"has no map", []string{"matrix", "--data", t.TempDir(), "--points", good}},
		{"has no map", []string{"bench", "path", "--data", t.TempDir()}},
	} {
		code, out, errs := said(t, "", tt.args...)
		if code != 2 || out != "" || !strings.Contains(errs, tt.says) {
			t.Errorf("%v: exit %d, %q, %q; want 2 and %q", tt.args, code, out, errs, tt.says)
		}
	}
}

func TestBenchPathHasItsFields(t *testing.T) {
	if testing.Short() {
		t.Skip("draws thousands of routes")
	}
	dir := filepath.Join(t.TempDir(), "data")
	mustSay(t, "", "import", "--data", dir, "--quiet", writeTown(t))
	var got map[string]float64
	if err := json.Unmarshal([]byte(mustSay(t, "", "bench", "path", "--data", dir, "--tables", "1", "--json")), &got); err != nil {
		t.Fatal(err)
	}
	want := []string{"import_s", "order_s", "customize_ms", "close_one_us_p99", "route_us_p50", "route_us_p99", "table100_ms", "table500_ms", "table1000_ms", "rss_mb"}
	for _, f := range want {
		if v, ok := got[f]; !ok || v <= 0 {
			t.Errorf("%s is %v, want a positive number", f, v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("fields %v, want %v", got, want)
	}
}
