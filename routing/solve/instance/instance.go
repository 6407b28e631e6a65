// Package instance says how problems of the field's benchmark files are solved
// and checked from the command line: what goes in, what is printed. The formats
// themselves are in the packages that read them.
package instance

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// ErrOptions is the rule for options that make no sense for a file.
var ErrOptions = errors.New("not for this file")

// ErrInfeasible is the rule for problems that have no answer at all, not even one that
// leaves every task.
var ErrInfeasible = errors.New("no plan can keep what the problem says")

// Options of one run. The zero value of each but Time means "as the format says".
type Options struct {
	Time       time.Duration // wall time to search; the best so far is the answer
	Threads    int           // islands that search at once; 0 = 1
	Seed       uint64        // with Iterations, one seed gives one answer
	Iterations int           // of each island; 0 = until Time is over
	Walkers    int           // of min-max k postmen; 0 = one
	Rule       string        // fleet, distance or dimacs; "" = the format's own
	// Better is told of each better answer, by the form that is our own alone; nil =
	// nobody is.
	Better func(seconds, cost float64)
}

// A Result is what `citygrid solve` prints.
type Result struct {
	Cost       float64      `json:"cost"`     // in the file's own unit, under the rule
	Vehicles   int          `json:"vehicles"` // that leave the depot
	Routes     any          `json:"routes"`   // [][]int of customers, depot 0; [][][2]int of served arcs
	Unserved   []Unserved   `json:"unserved"`
	LowerBound *float64     `json:"lower_bound"` // proven; nil = none known
	Feasible   bool         `json:"feasible"`    // by the independent checker
	Seconds    float64      `json:"seconds"`
	Trace      [][2]float64 `json:"trace"` // seconds, cost: each time a better one was found
}

// Unserved is a task that no route serves.
type Unserved struct {
	Task any    `json:"task"` // customer, or [from,to]
	Why  string `json:"why"`
}

// A Verdict is what `citygrid check` prints.
type Verdict struct {
	Feasible   bool     `json:"feasible"`
	Cost       float64  `json:"cost"`
	Violations []string `json:"violations"`
}

// An Instance is a problem read from a file.
type Instance interface {
	// Solve searches until the options or ctx end it, and has its answer checked.
	// The error is ErrOptions, or a fault of the program.
	Solve(ctx context.Context, o Options) (Result, error)
	// Check holds routes as Solve gives them against the problem. The error is
	// about JSON that holds no routes.
	Check(routes json.RawMessage, o Options) (Verdict, error)
}

// A Format reads instances. Is looks at the name and content of a file, Read
// gives an error that names the line and what is wrong there.
type Format struct {
	Name string
	Is   func(name string, data []byte) bool
	Read func(data []byte) (Instance, error)
}
