package own

import (
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citygrid/routing/solve/instance"
	"citygrid/routing/solve/instance/vrp"
)

// rewritten is a problem of the literature in our own form, for so many units.
func rewritten(t testing.TB, v *vrp.Problem, units int) *Problem {
	t.Helper()
	type object = map[string]any
	var times [][]float64
	for _, a := range v.Points {
		var row []float64
		for _, b := range v.Points {
			row = append(row, math.Hypot(a.X-b.X, a.Y-b.Y))
		}
		times = append(times, row)
	}
	var tasks, fleet []object
	for i, p := range v.Points[1:] {
		task := object{
			"modes":     []object{{"enter": i + 1, "leave": i + 1, "service_s": p.Service}},
			"windows_s": [][2]float64{{p.Open, p.Close}},
		}
		if p.Demand > 0 {
			task["load"] = []int64{p.Demand}
		} else {
			task["delivers"] = p.Partner
		}
		tasks = append(tasks, task)
	}
	for range units {
		fleet = append(fleet, object{"end": 0, "shift_s": [2]float64{v.Points[0].Open, v.Points[0].Close}, "capacity": []int64{v.Capacity}})
	}
	text, err := json.Marshal(object{"profiles": []object{{"time_s": times}}, "tasks": tasks, "units": fleet, "goal": "fewest"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A published problem of pairs in our own form has an answer like that which the engine
// of the published forms has: no more vehicles, and no more work.
func TestPairsAsPublished(t *testing.T) {
	for _, c := range []struct {
		name       string
		iterations int
		vehicles   int     // the fewest known
		more       float64 // work, beside the other engine's
	}{
		{"lrc107", 1500, 11, 1.02},
	} {
		data, err := os.ReadFile(filepath.Join(cmp.Or(os.Getenv("CITYGRID_SHARED"), "../../../../../shared"), "bench/pdptw-lilim", c.name+".txt"))
		if err != nil {
			t.Skip(err)
		}
		v, err := vrp.ReadLiLim(data)
		if err != nil {
			t.Fatal(err)
		}
		p := rewritten(t, v, v.Fleet)
		ours, err := p.Solve(t.Context(), instance.Options{Iterations: c.iterations, Threads: 2, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := v.Solve(t.Context(), instance.Options{Iterations: 5 * c.iterations, Time: time.Hour, Threads: 2, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		var routes [][]Stop
		for _, customers := range theirs.Routes.([][]int) {
			stops := []Stop{}
			for _, n := range customers {
				stops = append(stops, Stop{Task: n})
			}
			routes = append(routes, stops)
		}
		for len(routes) < v.Fleet {
			routes = append(routes, []Stop{})
		}
		text, err := json.Marshal(routes)
		if err != nil {
			t.Fatal(err)
		}
		same, err := p.Check(text, instance.Options{})
		if err != nil || !same.Feasible {
			t.Fatalf("%s: the published form's answer in ours: %v, %v", c.name, same.Violations, err)
		}
		t.Logf("%s: %d vehicles and %.0f s of work, the other engine %d and %.0f", c.name, ours.Vehicles, ours.Cost, theirs.Vehicles, same.Cost)
		if !ours.Feasible || len(ours.Unserved) > 0 || ours.Vehicles > c.vehicles || ours.Cost > c.more*same.Cost {
			t.Errorf("%s: %d left, %d vehicles, want %d; %.0f s of work, want at most %.2f of %.0f s", c.name, len(ours.Unserved), ours.Vehicles, c.vehicles, ours.Cost, c.more, same.Cost)
		}
	}
}

// Two parcels for a van that takes one and a half of them: each is brought before the next.
const parcels = `{
  "profiles": [{"time_s": [[0, 60, 120], [60, 0, 60], [120, 60, 0]]}],
  "tasks": [
    {"name": "parcel", "modes": [{"enter": 1, "leave": 1}], "load": [2]},
    {"name": "parcel's", "modes": [{"enter": 2, "leave": 2}], "delivers": 1},
    {"name": "chair", "modes": [{"enter": 1, "leave": 1}], "load": [2]},
    {"name": "chair's", "modes": [{"enter": 2, "leave": 2, "service_s": 30}], "delivers": 3, "windows_s": [[0, 150]]}
  ],
  "units": [{"name": "van", "end": 0, "shift_s": [0, 900], "capacity": [3], "fixed": [{"task": 3}]}],
  "goal": "total"
}`

func TestPairs(t *testing.T) {
	p, err := Read([]byte(parcels))
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Solve(t.Context(), instance.Options{Iterations: 50, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r.Routes)
	if err != nil {
		t.Fatal(err)
	}
	// 60 there, 60 over, 30, 60 back, 60 over, 120 home.
	if want := `[[{"task":3},{"task":4},{"task":1},{"task":2}]]`; string(text) != want || r.Cost != 390 || !r.Feasible || r.LowerBound == nil || *r.LowerBound > 390 {
		t.Errorf("%s: %+v; want %s and 390 s", text, r, want)
	}
	for routes, says := range map[string]string{
		`[[{"task":3},{"task":1},{"task":4},{"task":2}]]`: "a load of 4",
		`[[{"task":3},{"task":4},{"task":2},{"task":1}]]`: "has not picked it up",
		`[[{"task":3},{"task":4},{"task":1}]]`:            "without delivering parcel",
		`[[{"task":3}]]`:                                  "without delivering chair",
	} {
		v, err := p.Check([]byte(routes), instance.Options{})
		if err != nil || v.Feasible || !strings.Contains(strings.Join(v.Violations, "; "), says) {
			t.Errorf("%s: %+v, %v; want %q", routes, v, err, says)
		}
	}
	if v, err := p.Check([]byte(`[[{"task":3},{"task":4}]]`), instance.Options{}); err != nil || !v.Feasible {
		t.Errorf("a pair is left: %+v, %v", v, err)
	}
	for edit, says := range map[[2]string]string{
		{`"delivers": 1`, `"delivers": 9`}:                   "which is none",
		{`"delivers": 1`, `"delivers": 2`}:                   "itself",
		{`"delivers": 3`, `"delivers": 1`}:                   "by task 1 already",
		{`"delivers": 3`, `"delivers": 2`}:                   "a delivery itself",
		{`"delivers": 1`, `"delivers": 1, "load": [1]`}:      "those of its pick-up",
		{`"delivers": 1`, `"delivers": 1, "price_s": 5`}:     "those of its pick-up",
		{`"fixed": [{"task": 3}]`, `"fixed": [{"task": 4}]`}: "fixed visit 0 delivers",
	} {
		if _, err := Read([]byte(strings.Replace(parcels, edit[0], edit[1], 1))); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", edit[1], err, says)
		}
	}
	// What is on board can't be delivered in time: no plan keeps that.
	p, err = Read([]byte(strings.Replace(parcels, `[[0, 150]]`, `[[0, 110]]`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Solve(t.Context(), instance.Options{Iterations: 1}); !errors.Is(err, instance.ErrInfeasible) || !strings.Contains(err.Error(), "chair's") {
		t.Errorf("%v, want that the chair's delivery comes too late", err)
	}
}
