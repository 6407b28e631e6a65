package own

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"citygrid/routing/solve/instance"
)

// example is the one of docs/solve.md.
const example = `{
  "profiles": [{"time_s": [[0, 60, 120], [60, 0, 60], [120, 60, 0]], "length_m": [[0, 500, 1000], [500, 0, 500], [1000, 500, 0]]}],
  "tasks": [
    {"name": "e-bikes at the school", "modes": [{"enter": 1, "leave": 1, "service_s": 300}], "load": [4], "windows_s": [[0, 3600]]},
    {"name": "Elm Street", "modes": [{"enter": 1, "leave": 2, "service_s": 90}, {"enter": 2, "leave": 1, "service_s": 90}]}
  ],
  "units": [{"name": "truck 1", "start": 0, "end": 0, "shift_s": [0, 7200], "capacity": [8]}],
  "sites": [{"name": "depot yard", "at": 2, "service_s": 120, "room": [20]}]
}`

func TestSolveThenCheck(t *testing.T) {
	p, err := Read([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Solve(t.Context(), instance.Options{Iterations: 50, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	// There, both tasks, the yard and back: 60 + 300 + 90 + 120 + 120 s.
	if !r.Feasible || r.Cost != 690 || r.Vehicles != 1 || len(r.Unserved) > 0 {
		t.Errorf("%+v, want a cost of 690 s", r)
	}
	text, err := json.Marshal(r.Routes)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := p.Check(text, instance.Options{}); err != nil || !v.Feasible || v.Cost != 690 {
		t.Errorf("%s: %+v, %v", text, v, err)
	}
	for routes, says := range map[string]string{
		`[[{"task":1}]]`:                     "not empty at the end",
		`[[{"task":9}]]`:                     "nothing known",
		`[[{}]]`:                             "nothing known",
		`[[{"task":2},{"task":2,"mode":1}]]`: "done 2 times",
		`[[],[]]`:                            "2 routes for 1 units",
	} {
		v, err := p.Check([]byte(routes), instance.Options{})
		if err != nil || v.Feasible || !strings.Contains(strings.Join(v.Violations, "; "), says) {
			t.Errorf("%s: %+v, %v; want %q", routes, v, err, says)
		}
	}
	if _, err := p.Check([]byte(`{"a":1}`), instance.Options{}); err == nil {
		t.Error("an object is taken for routes")
	}
}

// whole has all that the form has: a break at the yard, a task that is due, an
// escort, what is fixed.
const whole = `{
  "profiles": [{"time_s": [[0, 60, 120], [60, 0, 60], [120, 60, 0]]}],
  "tasks": [
    {"name": "van", "modes": [{"enter": 1, "leave": 1, "service_s": 300}], "load": [1, 900], "due_s": 0, "escort": 1},
    {"name": "bike", "modes": [{"enter": 1, "leave": 1, "service_s": 60}], "load": [1, 20]}
  ],
  "units": [{"name": "truck 1", "start": 0, "shift_s": [0, 7200], "capacity": [8, 1000], "fixed": [{"task": 2}],
    "breaks": [{"window_s": [200, 600], "service_s": 600, "at": [2]}]}],
  "sites": [{"name": "yard", "at": 2, "service_s": 120}],
  "escorts": [{"name": "police", "windows_s": [[900, 1000]]}],
  "goal": "total"
}`

func TestWholeForm(t *testing.T) {
	p, err := Read([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Solve(t.Context(), instance.Options{Iterations: 200, Seed: 1, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r.Routes)
	if err != nil {
		t.Fatal(err)
	}
	// The bike is first, 120 s; the break at node 2 from 200 to 800; back at 860, the
	// police come at 900; the van is done at 1200, at the yard 1260, unloaded 1380.
	if want := `[[{"task":2},{"break":1},{"task":1},{"site":1}]]`; string(text) != want || r.Cost != 1380 || !r.Feasible {
		t.Errorf("%s, cost %v, want %s and 1380", text, r.Cost, want)
	}
	for routes, says := range map[string]string{
		`[[{"task":2},{"task":1},{"site":1}]]`:                         "no break",
		`[[{"task":2},{"task":1},{"break":1},{"site":1}]]`:             "too late",
		`[[{"task":2},{"break":1,"place":1},{"task":1},{"site":1}]]`:   "nothing known",
		`[[{"break":1},{"task":2},{"task":1},{"site":1}]]`:             "fixed",
		`[[{"task":2},{"break":1},{"break":1},{"task":1},{"site":1}]]`: "break",
	} {
		v, err := p.Check([]byte(routes), instance.Options{})
		if err != nil || v.Feasible || !strings.Contains(strings.Join(v.Violations, "; "), says) {
			t.Errorf("%s: %+v, %v; want %q", routes, v, err, says)
		}
	}
	for edit, says := range map[[2]string]string{
		{`"total"`, `"least"`}:                  "goal",
		{`"escort": 1`, `"escort": 2`}:          "escort 2 of 1",
		{`"at": [2]`, `"at": [3]`}:              "units[0].breaks[0].at",
		{`[200, 600]`, `[600, 200]`}:            "break 0",
		{`{"task": 2}]`, `{"task": 9}]`}:        "fixed visit 0",
		{`[[900, 1000]]`, `[[1000, 900]]`}:      "escort 0",
		{`"capacity": [8, 1000]`, `"loads": 1`}: "loads",
	} {
		if _, err := Read([]byte(strings.Replace(whole, edit[0], edit[1], 1))); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", edit[1], err, says)
		}
	}
}

func TestFaultsSayWhere(t *testing.T) {
	for _, tt := range []struct{ old, new, says string }{
		{`"sites"`, `"places"`, "places"},
		{`[60, 0, 60],`, `[60, 0, 60,`, "line 2"},
		{`"start": 0`, `"start": "x"`, "line 7"},
		{`"start": 0`, `"start": 3`, "units[0].start: node 3, want 0 to 2"},
		{`"load": [4]`, `"load": [-4]`, "task 0"},
		{`[60, 0, 60]`, `[60, 60]`, "profiles[0], row 1"},
		{`[60, 0, 60]`, `[60, -1, 60]`, "profiles[0].time_s[1][1]"},
		{`"service_s": 90`, `"service_s": 1e300`, "tasks[1].modes[0].service_s"},
		{`"capacity": [8]`, `"capacity": [8], "skills": [64]`, "units[0].skills: skill 64"},
		{`"start": 0`, `"start": 0, "profile": 1`, "units[0].profile: 1"},
		{`"room": [20]}]` + "\n}", `"room": [20]}]}{}`, "more than one"},
	} {
		_, err := Read([]byte(strings.Replace(example, tt.old, tt.new, 1)))
		if err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", tt.new, err, tt.says)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(example), []byte(`[[{"task":1},{"site":1}]]`))
	f.Add([]byte(whole), []byte(`[[{"task":2},{"break":1},{"task":1},{"site":1}]]`))
	f.Add([]byte(parcels), []byte(`[[{"task":3},{"task":4},{"task":1},{"task":2}]]`))
	f.Fuzz(func(t *testing.T, data, routes []byte) {
		p, err := Read(data)
		if err != nil {
			return
		}
		if err := p.model.Check(); err != nil {
			t.Errorf("taken, but %v", err)
		}
		_, _ = p.Check(routes, instance.Options{})
		limited, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if r, err := p.Solve(limited, instance.Options{Iterations: 20, Threads: 1}); err == nil && !r.Feasible {
			t.Errorf("the answer breaks a rule: %+v", r)
		}
	})
}

// What no plan can keep is explained: which unit, and why.
func TestInfeasibleIsExplained(t *testing.T) {
	for text, says := range map[string]string{
		`{"profiles":[{"time_s":[[0,100],[100,0]]}],"units":[{"name":"truck 7","start":0,"end":1,"shift_s":[0,60]}]}`:                                       "truck 7",
		`{"profiles":[{"time_s":[[0,100],[-1,0]]}],"units":[{"start":1,"end":0,"shift_s":[0,600]}]}`:                                                        "no way",
		`{"profiles":[{"time_s":[[0]]}],"units":[{"start":0,"end":0,"shift_s":[0,600],"capacity":[3],"loaded":[2]}]}`:                                       "units[0]",
		`{"profiles":[{"time_s":[[0]]}],"tasks":[{"modes":[{"service_s":900}]}],"units":[{"start":0,"end":0,"shift_s":[0,600],"fixed":[{"task":1}]}]}`:      "after the end of the shift",
		`{"profiles":[{"time_s":[[0]]}],"tasks":[{"modes":[{}],"windows_s":[[0,9]]}],"units":[{"end":0,"shift_s":[10,600],"fixed":[{"task":1,"mode":0}]}]}`: "last window",
	} {
		p, err := Read([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		_, err = p.Solve(t.Context(), instance.Options{Iterations: 1})
		if !errors.Is(err, instance.ErrInfeasible) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v; want %q", text, err, says)
		}
	}
}

// Who has a price is done where that costs less, and is left and paid for where not.
func TestPrice(t *testing.T) {
	const text = `{"profiles":[{"time_s":[[0,100],[100,0]]}],"goal":"total","tasks":[{"modes":[{"enter":1,"leave":1}],"price_s":%d}],"units":[{"end":0,"shift_s":[0,600]}]}`
	for price, want := range map[int]struct {
		cost float64
		left int
	}{199: {199, 1}, 201: {200, 0}} {
		p, err := Read(fmt.Appendf(nil, text, price))
		if err != nil {
			t.Fatal(err)
		}
		r, err := p.Solve(t.Context(), instance.Options{Iterations: 50})
		if err != nil || r.Cost != want.cost || len(r.Unserved) != want.left || r.LowerBound == nil || *r.LowerBound > r.Cost {
			t.Errorf("a price of %d s: %+v, %v; want %+v", price, r, err, want)
		}
	}
}
