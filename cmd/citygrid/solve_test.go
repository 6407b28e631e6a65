package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"citygrid/routing/solve/instance"
)

// echo is a problem whose answer is its options.
type echo struct{}

func (echo) Solve(_ context.Context, o instance.Options) (instance.Result, error) {
	return instance.Result{
		Cost: float64(o.Iterations), Vehicles: o.Walkers, Routes: [][]int{{1}}, Unserved: []instance.Unserved{},
		Feasible: o.Rule != "fleet", Seconds: o.Time.Seconds(), Trace: [][2]float64{{0, float64(o.Seed)}},
	}, nil
}

func (echo) Check(routes json.RawMessage, _ instance.Options) (instance.Verdict, error) {
	if string(routes) != "[[1]]" {
		return instance.Verdict{Violations: []string{"it is not [[1]]"}}, nil
	}
	return instance.Verdict{Feasible: true, Cost: 7}, nil
}

// echoes puts the format of echo before the others for a test.
func echoes(t *testing.T) {
	t.Helper()
	before := formats
	t.Cleanup(func() { formats = before })
	formats = append([]instance.Format{{
		Name: "echo",
		Is:   func(name string, _ []byte) bool { return strings.HasSuffix(name, ".echo") },
		Read: func(data []byte) (instance.Instance, error) {
			if len(data) == 0 {
				return nil, errors.New("line 1: it is empty")
			}
			return echo{}, nil
		},
	}}, formats...)
}

func TestSolveAndCheck(t *testing.T) {
	echoes(t)
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	problem, sol := file("p.echo", "x"), filepath.Join(dir, "sol.json")
	const want = `{"cost":9,"vehicles":3,"routes":[[1]],"unserved":[],"lower_bound":null,"feasible":true,"seconds":2,"trace":[[0,5]]}` + "\n"
	got := mustSay(t, "", "solve", "--time", "2s", "--threads", "2", "--seed", "5", problem, "--iterations", "9", "--walkers", "3", "--rule", "dimacs", "--out", sol, "--json")
	if got != want {
		t.Errorf("solve says %s, want %s", got, want)
	}
	if text, err := os.ReadFile(sol); err != nil || string(text) != want {
		t.Errorf("--out holds %q, %v; want what was printed", text, err)
	}
	if got, want := mustSay(t, "", "check", problem, sol), `{"feasible":true,"cost":7,"violations":[]}`+"\n"; got != want {
		t.Errorf("check says %s, want %s", got, want)
	}

	tests := []struct {
		name string
		args []string
		code int
		says string
	}{
		{"an answer that the checker refuses", []string{"solve", problem, "--rule", "fleet", "--json"}, 1, "breaks a rule"},
		{"an answer that breaks a rule", []string{"check", problem, file("bad.json", `{"routes":[[2]]}`)}, 1, "breaks 1 rules"},
		{"an answer without routes", []string{"check", problem, file("none.json", `{}`)}, 2, `no "routes"`},
		{"an answer that is not JSON", []string{"check", problem, problem}, 2, "invalid character"},
		{"no such answer", []string{"check", problem, "nowhere"}, 2, "no such file"},
		{"no such problem", []string{"solve", "nowhere"}, 2, "no such file"},
		{"a folder", []string{"solve", dir}, 2, "is a directory"},
		{"a faulty problem", []string{"solve", file("q.echo", "")}, 2, "line 1"},
		{"an unknown format", []string{"solve", file("q.txt", "hello")}, 2, "the format is none of echo"},
		{"an unknown rule", []string{"solve", problem, "--rule", "cheap"}, 2, "--rule"},
		{"no time", []string{"solve", problem, "--time", "0s"}, 2, "--time"},
		{"no thread", []string{"solve", problem, "--threads", "0"}, 2, "--threads"},
		{"less than no steps", []string{"solve", problem, "--iterations=-1"}, 2, "--iterations"},
		{"less than no walkers", []string{"solve", problem, "--walkers=-1"}, 2, "--walkers"},
		{"nowhere to write", []string{"solve", problem, "--out", filepath.Join(dir, "no", "sol.json")}, 2, "--out"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, _, errs := said(t, "", tt.args...)
			if code != tt.code || !strings.Contains(errs, tt.says) {
				t.Errorf("exit %d and %q; want %d and %q in it", code, errs, tt.code, tt.says)
			}
		})
	}
}
