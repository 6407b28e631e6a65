package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"citygrid/routing/solve/instance"
	"citygrid/routing/solve/instance/arcs"
	"citygrid/routing/solve/instance/mixed"
	"citygrid/routing/solve/instance/own"
	"citygrid/routing/solve/instance/vrp"
)

// formats are the kinds of files that solve and check read, asked in this order.
var formats = slices.Concat(arcs.Formats(), vrp.Formats(), []instance.Format{mixed.Format(), own.Format()})

// maxInstance bounds a file of solve and check.
const maxInstance = 64 << 20

// ruleFlags say how a file is to be understood.
type ruleFlags struct {
	Walkers int    `help:"How many walk, in problems of several postmen; 0 is one." default:"0"`
	Rule    string `help:"What counts: fleet (fewest vehicles, then distance), distance, or dimacs (distance cut to one decimal); without it, what is usual for the format." enum:",fleet,distance,dimacs" default:""`
}

type solveCmd struct {
	File string `arg:"" help:"Problem: Solomon, Homberger or Li & Lim .txt, VRPLIB .vrp, CARP, postman or turn-penalty .dat, or JSON as docs/solve.md says." type:"path"`
	searchFlags
	ruleFlags
	Out  string `help:"Write the JSON to a file, too." type:"path" placeholder:"SOL.json"`
	JSON bool   `help:"Print JSON: cost, vehicles, routes, unserved, lower_bound, feasible, seconds, trace." name:"json"`
}

// Run solves a problem. A flag or a file that is wrong, or that no plan can keep, is bad
// input; an answer
// that the checker refuses is printed as such, exit code 1.
func (c *solveCmd) Run(e *env) error {
	limit, err := c.limit()
	if err != nil {
		return err
	}
	problem, err := c.read(c.File)
	if err != nil {
		return err
	}
	r, err := problem.Solve(e.ctx, instance.Options{
		Time: limit, Threads: c.Threads, Seed: c.Seed, Iterations: c.Iterations, Walkers: c.Walkers, Rule: c.Rule,
	})
	if errors.Is(err, instance.ErrOptions) || errors.Is(err, instance.ErrInfeasible) {
		return badInput(fmt.Errorf("%s: %w", c.File, err))
	}
	if err != nil {
		return err
	}
	if c.Out != "" {
		text, err := json.Marshal(r)
		if err == nil {
			err = os.WriteFile(c.Out, append(text, '\n'), 0o600)
		}
		if err != nil {
			return badInput(fmt.Errorf("--out: %w", err))
		}
	}
	if c.JSON {
		err = json.NewEncoder(e.stdout).Encode(r)
	} else {
		_, err = fmt.Fprintf(e.stdout, "cost %v, %d vehicles, %d unserved, %.1f s\n", r.Cost, r.Vehicles, len(r.Unserved), r.Seconds)
	}
	if err == nil && !r.Feasible {
		err = errors.New("the answer breaks a rule of the problem, citygrid check says which")
	}
	return err
}

// read reads a problem in whichever format it is.
func (c *ruleFlags) read(file string) (instance.Instance, error) {
	if c.Walkers < 0 || c.Walkers > 1000 {
		return nil, badInput(fmt.Errorf("--walkers %d: want 0 to 1000", c.Walkers))
	}
	data, err := readLimited(file)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.Name
		if !f.Is(filepath.Base(file), data) {
			continue
		}
		problem, err := f.Read(data)
		if err != nil {
			return nil, badInput(fmt.Errorf("%s (as %s): %w", file, f.Name, err))
		}
		return problem, nil
	}
	return nil, badInput(fmt.Errorf("%s: the format is none of %s", file, strings.Join(names, ", ")))
}

// readLimited reads a whole file, which may not be endless.
func readLimited(file string) (data []byte, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, badInput(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err = io.ReadAll(io.LimitReader(f, maxInstance+1))
	if err != nil {
		return nil, badInput(err)
	}
	if len(data) > maxInstance {
		return nil, badInput(fmt.Errorf("%s: larger than %d MB", file, maxInstance>>20))
	}
	return data, nil
}

type checkCmd struct {
	File     string `arg:"" help:"Problem, in a format of solve." type:"path"`
	Solution string `arg:"" help:"What solve printed for it." type:"path"`
	ruleFlags
	JSON bool `help:"Print JSON: feasible, cost, violations. There is no other form." name:"json"`
}

// Run holds an answer against its problem: exit code 1 when it breaks a rule,
// 2 when one of the files can't be read.
func (c *checkCmd) Run(e *env) error {
	problem, err := c.read(c.File)
	if err != nil {
		return err
	}
	data, err := readLimited(c.Solution)
	if err != nil {
		return err
	}
	var answer struct {
		Routes json.RawMessage `json:"routes"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return badInput(fmt.Errorf("%s: %w", c.Solution, err))
	}
	if answer.Routes == nil {
		return badInput(fmt.Errorf(`%s: it has no "routes"`, c.Solution))
	}
	v, err := problem.Check(answer.Routes, instance.Options{Walkers: c.Walkers, Rule: c.Rule})
	if err != nil {
		return badInput(fmt.Errorf("%s: %w", c.Solution, err))
	}
	if v.Violations == nil {
		v.Violations = []string{} // [], not null
	}
	if err := json.NewEncoder(e.stdout).Encode(v); err != nil {
		return err
	}
	if !v.Feasible {
		return fmt.Errorf("%s breaks %d rules of the problem", c.Solution, len(v.Violations))
	}
	return nil
}
