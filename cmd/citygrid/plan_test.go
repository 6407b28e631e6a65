package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"citygrid/data/demo"
	"citygrid/data/store"
)

// mapped is a data folder with the demo city's map.
func mapped(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	data, err := demo.Map()
	if err != nil {
		t.Fatal(err) // make city
	}
	if err := os.WriteFile(store.MapPath(dir), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func written(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

const (
	someTrucks = "name,lon,lat,capacity,from,to,break_hours,break_min\nTOW1,-75.546,39.745,3,08:00,18:00,11:00-13:00,30\nTOW2,-75.546,39.745,3,08:00,18:00,,\n"
	someSites  = `[{"name": "yard", "lon": -75.53, "lat": 39.735}, {"name": "riverside", "lon": -75.555, "lat": 39.755, "hours": "08:00-09:00", "room": 4}]`
)

// Eight tows of two trucks on the demo city: all are fetched, the small site takes no
// more than it has room for and nothing after it closes.
func TestPlanClearance(t *testing.T) {
	dir := mapped(t)
	tows := "name,lon,lat,load,from,to,strict,police\n"
	for i := range 8 {
		tows += fmt.Sprintf("car %d,%v,%v,1,%s,,%v,\n", i+1, -75.57+0.006*float64(i), 39.74+0.003*float64(i%4), []string{"", "10:00"}[i%2], i == 6)
	}
	args := []string{"plan", "clearance", "--data", dir, "--tows", written(t, "tows.csv", tows), "--trucks", written(t, "trucks.csv", someTrucks), "--sites", written(t, "sites.json", someSites), "--iterations", "60", "--json"}
	var first string
	for range 2 {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr); code != 0 {
			t.Fatalf("exit code %d, %s", code, stderr.String())
		}
		var out dayJSON
		if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
			t.Fatal(err)
		}
		if out.Tows != 8 || len(out.Left) > 0 || !out.Feasible || len(out.Trace) == 0 {
			t.Errorf("%s", stdout.String())
		}
		room := 4
		for _, r := range out.Runs {
			load := 0
			for _, s := range r.Stops {
				switch {
				case s.Kind == "tow" && s.Load > 3, s.Name == "riverside" && s.Begin > "09:00:00", s.Kind == "tow" && s.Row%2 == 0 && s.Begin < "10:00:00":
					t.Errorf("%s: %+v", r.Truck, s)
				case s.Name == "riverside":
					room -= load
				}
				load = s.Load
			}
		}
		if room < 0 {
			t.Errorf("the riverside has room for 4, it gets %d more", -room)
		}
		text, err := json.Marshal(out.Runs)
		if err != nil {
			t.Fatal(err)
		}
		if first != "" && string(text) != first {
			t.Errorf("the same seed, another plan")
		}
		first = string(text)
	}
	for says, edit := range map[string][2]string{
		"line 2: lon is":       {"tows", "lon,lat\n200,1\n"},
		"no lat":               {"tows", "lon,lat\n1,\n"},
		`no field "lod"`:       {"tows", "lon,lat,lod\n1,1,1\n"},
		"from is \"8am\"":      {"tows", "lon,lat,from\n1,1,8am\n"},
		"item 1: lon":          {"sites", `[{"lon": "x", "lat": 1}]`},
		"item 1: hours is":     {"sites", `[{"lon": 1, "lat": 1, "hours": "12:00-08:00"}]`},
		"line 2: capacity is":  {"trucks", "lon,lat,capacity,from,to\n1,1,x,08:00,09:00\n"},
		"ends before it begin": {"trucks", "lon,lat,capacity,from,to\n1,1,1,09:00,08:00\n"},
	} {
		wrong := append([]string(nil), args...)
		for i := range wrong {
			if wrong[i] == "--"+edit[0] {
				wrong[i+1] = written(t, "wrong", edit[1])
			}
		}
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), wrong, strings.NewReader(""), &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), says) {
			t.Errorf("%q: exit code %d, %s; want 2 and %q", edit[1], code, stderr.String(), says)
		}
	}
}

// A few blocks of the demo city for two teams: each street is walked, or left with a
// reason, above the bound, and primary streets as often as asked.
func TestPlanPatrol(t *testing.T) {
	dir := mapped(t)
	square := func(team string, west float64) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{"team":%q},"geometry":{"type":"Polygon","coordinates":[[[%v,39.742],[%v,39.742],[%v,39.746],[%v,39.746],[%v,39.742]]]}}`,
			team, west, west+0.006, west+0.006, west, west)
	}
	file := written(t, "grids.geojson", `{"type":"FeatureCollection","features":[`+square("A", -75.556)+","+square("B", -75.550)+`]}`)
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"plan", "patrol", "--data", dir, "--grids", file, "--visits", "residential=2", "--both", "secondary", "--json"}, strings.NewReader(""), &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d, %s", code, stderr.String())
	}
	var out patrolJSON
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Teams) != 2 || !out.Feasible {
		t.Fatalf("%s", stdout.String())
	}
	for _, team := range out.Teams {
		walked := len(team.Left)
		for _, w := range team.Walks {
			walked += len(w.Segments)
		}
		if walked != team.Visits || team.Visits <= team.Streets || team.AbovePct < 0 || team.LeastMin <= 0 || team.WorkedMin < team.LeastMin {
			t.Errorf("team %s: %d of %d visits to %d streets, %v min, %v at least, %v %%", team.Team, walked, team.Visits, team.Streets, team.WorkedMin, team.LeastMin, team.AbovePct)
		}
		if team.Fewest == nil || team.Fewest.Found < team.Fewest.Least || team.Fewest.Found != team.Officers {
			t.Errorf("team %s: fewest %+v of %d officers", team.Team, team.Fewest, team.Officers)
		}
	}
	stdout.Reset()
	order := written(t, "order.json", `[{"first": {"en": "main"}, "then": {"en": "side"}, "by": "classes", "classes": ["primary", "secondary", "tertiary"]}]`)
	if code := run(t.Context(), []string{"plan", "patrol", "--data", dir, "--grids", file, "--officers", "2", "--iterations", "50", "--order", order, "--json"}, strings.NewReader(""), &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d, %s", code, stderr.String())
	}
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	for _, team := range out.Teams {
		main := 0
		for _, w := range team.Walks {
			for i, s := range w.Segments {
				if s.Reason[0]["en"] == "main" {
					main++
				}
				if i > 0 && s.Reason[0]["en"] == "main" && w.Segments[i-1].Reason[0]["en"] != "main" {
					t.Errorf("%s of team %s: a main street comes after a side street", w.Officer, team.Team)
				}
			}
			if w.Pieces < 1 || w.WholePct <= 0 || w.WholePct < team.WholePct {
				t.Errorf("%s: %d pieces, %v %% in the largest, least %v", w.Officer, w.Pieces, w.WholePct, team.WholePct)
			}
		}
		if main == 0 || len(team.Keys) != 1 || team.OrderMin < 0 {
			t.Errorf("team %s: %d main streets, keys %v, %v min", team.Team, main, team.Keys, team.OrderMin)
		}
	}
	for says, args := range map[string][]string{
		"key 1 goes by spots": {"--grids", file, "--order", written(t, "spots.json", `[{"first": {"en": "x"}, "by": "spots"}]`)},
		"is no class":         {"--grids", file, "--order", written(t, "class.json", `[{"first": {"en": "x"}, "by": "classes", "classes": ["lane"]}]`)},
		"unknown field":       {"--grids", file, "--order", written(t, "field.json", `[{"name": "x"}]`)},

		"--visits roads=1": {"--visits", "roads=1", "--grids", file},
		"--from and --to":  {"--from", "8", "--grids", file},
		"--both roads":     {"--both", "roads", "--grids", file},
		"--officers -1":    {"--officers=-1", "--grids", file},
	} {
		stderr.Reset()
		if code := run(t.Context(), append([]string{"plan", "patrol", "--data", dir}, args...), strings.NewReader(""), &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), says) {
			t.Errorf("%v: exit code %d, %s; want 2 and %q", args, code, stderr.String(), says)
		}
	}
}

// By e-bike, car and boat: what is in walks and what is left, with why, is all that they
// are to see, and a boat sees water alone.
func TestPlanPatrolByProfile(t *testing.T) {
	dir := mapped(t)
	file := written(t, "grids.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"team":"R"},"geometry":{"type":"Polygon","coordinates":[[[-75.558,39.732],[-75.546,39.732],[-75.546,39.742],[-75.558,39.742],[-75.558,39.732]]]}}]}`)
	var streets []int
	for _, profile := range []string{"foot", "e-bike", "car", "boat"} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), []string{"plan", "patrol", "--data", dir, "--grids", file, "--officers", "2", "--iterations", "50", "--profile", profile, "--both", "primary", "--json"}, strings.NewReader(""), &stdout, &stderr); code != 0 {
			t.Fatalf("%s: exit code %d, %s", profile, code, stderr.String())
		}
		var out patrolJSON
		if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
			t.Fatal(err)
		}
		team := out.Teams[0]
		streets = append(streets, team.Streets)
		seen := len(team.Left)
		for _, w := range team.Walks {
			seen += len(w.Segments)
		}
		if team.Profile != profile || team.Streets == 0 || team.CoveredM == 0 || seen < team.Streets {
			t.Errorf("%s: %d seen or left of %d, %v m covered, by %s", profile, seen, team.Streets, team.CoveredM, team.Profile)
		}
		for _, l := range team.Left {
			if l.Why == "" {
				t.Errorf("%s: segment %d is left without a reason", profile, l.Segment)
			}
		}
	}
	if streets[0] != streets[1] || streets[0] != streets[2] || streets[3] >= streets[0] {
		t.Errorf("%v streets on foot, by e-bike, by car, and waterways: want the same three times, and less water", streets)
	}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"plan", "patrol", "--data", dir, "--grids", file, "--profile", "tram"}, strings.NewReader(""), &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), `--profile "tram"`) {
		t.Errorf("by tram: exit code %d, %s", code, stderr.String())
	}
}

// Each visit of a spot of the file is called at once within its hours, by its team, or
// missed with a reason; those of one place are one stop.
func TestPlanPatrolSpots(t *testing.T) {
	dir := mapped(t)
	file := written(t, "grids.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"team":"R"},"geometry":{"type":"Polygon","coordinates":[[[-75.552,39.738],[-75.546,39.738],[-75.546,39.742],[-75.552,39.742],[-75.552,39.738]]]}}]}`)
	spots := written(t, "spots.csv", "name,theme,lon,lat,team,visits,stay_min,hours\nMarket,stalls,-75.5495,39.7405,R,2,5,08:00-12:00\nCorner,bikes,-75.54951,39.74051,,1,5,09:00-10:00\nGrill,barbecue,-75.548,39.740,R,1,10,20:00-02:00\nFar away,river,-75.5495,39.7412,,1,5,\n")
	plan := func(args ...string) (patrolJSON, int, string) {
		var stdout, stderr bytes.Buffer
		args = append([]string{"plan", "patrol", "--data", dir, "--grids", file, "--officers", "2", "--iterations", "20", "--json"}, args...)
		code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
		var out patrolJSON
		if code == 0 {
			if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
				t.Fatal(err)
			}
		}
		return out, code, stderr.String()
	}
	for _, more := range [][]string{nil, {"--visits", "residential=2"}} {
		out, code, said := plan(append(more, "--spots", spots)...)
		if code != 0 {
			t.Fatalf("exit code %d, %s", code, said)
		}
		times := map[string]int{}
		for _, w := range out.Teams[0].Walks {
			for _, c := range w.Calls {
				for _, s := range c.Spots {
					times[s.Name]++
					if c.Begin < s.Open || c.Begin > s.Close || s.Theme == "" || c.Behind > len(w.Segments) {
						t.Errorf("call %+v", c)
					}
				}
			}
		}
		if times["Market"] != 2 || times["Corner"] != 1 || times["Far away"] != 1 || times["Grill"] != 0 {
			t.Errorf("called at %v", times)
		}
		if m := out.Teams[0].Missed; len(m) != 1 || m[0].Name != "Grill" || m[0].Why == "" || m[0].Open != "20:00:00" || m[0].Theme != "barbecue" {
			t.Errorf("missed %+v, want the one at night", m)
		}
	}
	for says, text := range map[string]string{
		"hours is":   "lon,lat,hours\n-75.5495,39.7405,noon\n",
		"team is":    "lon,lat,team\n-75.5495,39.7405,X\n",
		"1 to 12":    "lon,lat,visits\n-75.5495,39.7405,20\n",
		`team is ""`: "lon,lat\n-75.1,39.7\n",
	} {
		if _, code, said := plan("--spots", written(t, "wrong.csv", text)); code != 2 || !strings.Contains(said, says) {
			t.Errorf("%q: exit code %d, %s; want 2 and %q", text, code, said, says)
		}
	}
}
