package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestProfilesCommand(t *testing.T) {
	dir := t.TempDir()
	list := mustSay(t, "", "profiles", "--data", dir)
	for _, name := range []string{"foot", "e-bike", "car", "patrol-car", "tow-truck", "sanitation-truck", "boat", "清障车", "3.60 m high"} {
		if !strings.Contains(list, name) {
			t.Errorf("no %s in the list:\n%s", name, list)
		}
	}
	var rows []struct {
		Name    string  `json:"name"`
		HeightM float64 `json:"height_m"`
	}
	if err := json.Unmarshal([]byte(mustSay(t, "", "profiles", "--data", dir, "--json")), &rows); err != nil || len(rows) != 7 || rows[4].HeightM != 3.6 {
		t.Errorf("%+v, %v", rows, err)
	}
	// What is printed is a file that is read, and may be changed.
	file := mustSay(t, "", "profiles", "tow-truck", "--data", dir)
	if again := mustSay(t, "", "profiles", "tow-truck", "--data", dir, "--profiles", writeFile(t, "p.toml", file)); again != file {
		t.Errorf("printed again:\n%s", again)
	}
	if err := os.WriteFile(filepath.Join(dir, "profiles.toml"), []byte(strings.Replace(file, "height_m = 3.6", "height_m = 4.2", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if again := mustSay(t, "", "profiles", "tow-truck", "--data", dir); !strings.Contains(again, "height_m = 4.2") {
		t.Error("profiles.toml in the data folder is not read")
	}
	for _, c := range []struct {
		says string
		args []string
	}{
		{"bus", []string{"profiles", "bus", "--data", dir}},
		{"line 2: speed_kmh.primary: fast", []string{"profiles", "--data", dir, "--profiles", writeFile(t, "q.toml", "[foot]\nspeed_kmh.primary = fast")}},
		{"no such file", []string{"profiles", "--data", dir, "--profiles", filepath.Join(dir, "none.toml")}},
	} {
		code, _, errs := said(t, "", c.args...)
		if code != 2 || !strings.Contains(errs, c.says) {
			t.Errorf("%v: exit %d, %s; want 2, %q", c.args, code, errs, c.says)
		}
	}
}

func TestRouteWithWishes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	mustSay(t, "", "import", "--data", dir, "--quiet", writeTown(t))
	route := func(args ...string) string {
		return mustSay(t, "", append([]string{"route", "--data", dir, "--profile", "car", "--from", "0,0", "--to", "0.002,0"}, args...)...)
	}
	var got shownRoute
	read := func(out string) {
		t.Helper()
		got = shownRoute{}
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	read(route("--json", "--steps", "zh", "--via", "0.001,0", "--heading", "90", "--curb", "--at", "2026-11-23T08:30"))
	if len(got.Stops) != 1 || len(got.Steps) < 3 || !strings.Contains(got.Steps[0].Text, "出发") || got.Steps[len(got.Steps)-1].Kind != "arrive" {
		t.Errorf("%+v", got)
	}
	read(route("--json", "--alternatives", "2"))
	if got.DistanceM < 221 || got.DistanceM > 224 || len(got.Alternatives) > 2 {
		t.Errorf("%+v", got)
	}
	// Without wishes nothing is added to what was promised.
	var fields map[string]any
	if err := json.Unmarshal([]byte(route("--json")), &fields); err != nil || len(fields) != 3 {
		t.Errorf("%v, %v; want distance_m, duration_s, geometry", fields, err)
	}
	if out := route("--steps", "en"); !strings.Contains(out, "1. Head east") || !strings.Contains(out, "Arrive") {
		t.Error(out)
	}
	// The bureau's holidays are read, and a mistake in them is told.
	holidays := filepath.Join(dir, "holidays.csv")
	for text, want := range map[string]int{"date,acts_as,name\n2026-10-01,PH,National Day\n": 0, "date,acts_as,name\n1 October,PH,\n": 2} {
		if err := os.WriteFile(holidays, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		code, _, errs := said(t, "", "route", "--data", dir, "--profile", "car", "--from", "0,0", "--to", "0.002,0", "--at", "2026-10-01T08:30")
		if code != want || want == 2 && !strings.Contains(errs, "holidays.csv: line 2") {
			t.Errorf("holidays %q: exit %d, %s", text, code, errs)
		}
	}
	if err := os.Remove(holidays); err != nil {
		t.Fatal(err)
	}
	pairs := writeFile(t, "pairs.csv", "from_lon,from_lat,to_lon,to_lat\n0,0,0.002,0\n")
	for _, c := range []struct {
		says string
		args []string
	}{
		{"zh or en", []string{"--steps", "fr"}},
		{"360", []string{"--heading", "nan"}},
		{"360", []string{"--heading", "1e9"}},
		{"0 to 7", []string{"--alternatives", "8"}},
		{"0 to 7", []string{"--alternatives=-1"}},
		{"without --via", []string{"--alternatives", "1", "--via", "0,0"}},
		{"degrees", []string{"--via", "0;0"}},
		{"time such as", []string{"--at", "monday"}},
	} {
		code, _, errs := said(t, "", append([]string{"route", "--data", dir, "--from", "0,0", "--to", "0.002,0"}, c.args...)...)
		if code != 2 || !strings.Contains(errs, c.says) {
			t.Errorf("%v: exit %d, %s; want 2, %q", c.args, code, errs, c.says)
		}
	}
	code, _, errs := said(t, "", "route", "--data", dir, "--pairs", pairs, "--steps", "en")
	if code != 2 || !strings.Contains(errs, "not for --pairs") {
		t.Errorf("--pairs with --steps: exit %d, %s", code, errs)
	}
}
