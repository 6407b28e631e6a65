package arcs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"citygrid/routing/solve/arc"
	"citygrid/routing/solve/arc/check"
	"citygrid/routing/solve/instance"
)

// maxWalkers bounds Options.Walkers.
const maxWalkers = 1000

// Formats are those that this package reads.
func Formats() []instance.Format {
	return []instance.Format{
		{
			Name: "CARPLIB capacitated arc routing (.dat)",
			Is: func(name string, data []byte) bool {
				return isArcs(name, data) && bytes.Contains(data, []byte("CAPACIDAD"))
			},
			Read: func(data []byte) (instance.Instance, error) { return open(data, true) },
		},
		{
			Name: "rural postman, undirected or windy",
			Is: func(name string, data []byte) bool {
				return isArcs(name, data) && !bytes.Contains(data, []byte("CAPACIDAD"))
			},
			Read: func(data []byte) (instance.Instance, error) { return open(data, false) },
		},
	}
}

// isArcs knows a file by its keywords; by its name only if it has the keyword that
// all begin with, as other problems have files called .dat.
func isArcs(name string, data []byte) bool {
	if bytes.Contains(data, []byte("LISTA_ARISTAS")) {
		return true
	}
	return strings.EqualFold(filepath.Ext(name), ".dat") && bytes.Contains(data, []byte("NOMBRE"))
}

// A file is the instance of either kind.
type file struct {
	p    *arc.Problem
	ends map[[2]int]int // edge by its ends, in the order of the file
}

func open(data []byte, loaded bool) (instance.Instance, error) {
	p, err := read(data, loaded)
	if err != nil {
		return nil, err
	}
	f := &file{p: p, ends: make(map[[2]int]int, len(p.Edges))}
	for i, e := range p.Edges {
		f.ends[[2]int{e.From, e.To}] = i
	}
	return f, nil
}

// problem is the one that so many walkers have; for one, the walk may begin
// anywhere.
func (f *file) problem(walkers int) *arc.Problem {
	if f.p.Capacity > 0 || walkers <= 1 {
		return f.p
	}
	p := *f.p
	p.Depot, p.Vehicles, p.Longest = 0, walkers, true
	return &p
}

// options refuses what makes no sense for the file.
func (f *file) options(o instance.Options) error {
	switch {
	case o.Rule != "" && o.Rule != "distance":
		return fmt.Errorf("%w: --rule %s, as the cost is the length walked; leave it out", instance.ErrOptions, o.Rule)
	case o.Walkers < 0 || o.Walkers > maxWalkers:
		return fmt.Errorf("%w: --walkers %d, 1 to %d are possible", instance.ErrOptions, o.Walkers, maxWalkers)
	case o.Walkers > 0 && f.p.Capacity > 0:
		return fmt.Errorf("%w: --walkers %d, as its vehicles have a capacity; leave it out", instance.ErrOptions, o.Walkers)
	}
	return nil
}

// Solve implements instance.Instance.
func (f *file) Solve(ctx context.Context, o instance.Options) (instance.Result, error) {
	if err := f.options(o); err != nil {
		return instance.Result{}, err
	}
	p := f.problem(o.Walkers)
	start := time.Now()
	if o.Time <= 0 {
		o.Time = 10 * time.Second
	}
	res := instance.Result{Unserved: []instance.Unserved{}, Trace: [][2]float64{}}
	bound, proven := f.bound(ctx, p, o)
	s := arc.Solver{
		Time: max(o.Time-time.Since(start), time.Millisecond), Threads: o.Threads, Seed: o.Seed, Iterations: o.Iterations, Enough: bound,
		Better: func(cost int64) {
			res.Trace = append(res.Trace, [2]float64{time.Since(start).Seconds(), float64(cost)})
		},
	}
	limit := ctx
	if o.Iterations > 0 { // the solver itself doesn't look at the clock then
		var stop context.CancelFunc
		limit, stop = context.WithTimeout(ctx, s.Time)
		defer stop()
	}
	sol, err := s.Solve(limit, p)
	if err != nil {
		return instance.Result{}, err
	}
	routes := make([][][2]int, len(sol.Routes))
	for i, r := range sol.Routes {
		routes[i] = make([][2]int, len(r))
		for k, a := range r {
			from, to := p.Ends(a)
			routes[i][k] = [2]int{from + 1, to + 1}
		}
		if len(r) > 0 {
			res.Vehicles++
		}
	}
	res.Routes = routes
	// No answer leaves unchecked.
	report := check.Routes(p, sol.Routes)
	res.Cost, res.Feasible = float64(report.Cost), report.Feasible()
	if !proven {
		bound, proven = p.LowerBound(ctx)
	}
	if proven {
		b := float64(bound)
		res.LowerBound = &b
	}
	res.Seconds = time.Since(start).Seconds()
	return res, nil
}

// boundShare is the part of the time that is spent on the bound before the search.
const boundShare = 10

// bound is a lower bound that ends the search when it is reached.
func (f *file) bound(ctx context.Context, p *arc.Problem, o instance.Options) (int64, bool) {
	if o.Iterations == 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, o.Time/boundShare)
		defer stop()
	}
	return p.LowerBound(ctx)
}

// Check implements instance.Instance. Without Options.Walkers there are as many as
// routes.
func (f *file) Check(routes json.RawMessage, o instance.Options) (instance.Verdict, error) {
	if err := f.options(o); err != nil {
		return instance.Verdict{}, err
	}
	var named [][][]int
	if err := json.Unmarshal(routes, &named); err != nil {
		return instance.Verdict{}, fmt.Errorf("routes must be lists of arcs [from,to]: %w", err)
	}
	walkers := o.Walkers
	if walkers == 0 {
		walkers = len(named)
	}
	v := instance.Verdict{Violations: []string{}}
	list := make([][]arc.Arc, len(named))
	for i, r := range named {
		for k, ends := range r {
			if len(ends) != 2 {
				return v, fmt.Errorf("route %d, arc %d has %d numbers, it must be [from,to]", i+1, k+1, len(ends))
			}
			a, ok := f.named(ends[0]-1, ends[1]-1)
			if !ok {
				if len(v.Violations) < 100 {
					v.Violations = append(v.Violations, fmt.Sprintf("route %d, arc %d: no edge joins vertices %d and %d", i+1, k+1, ends[0], ends[1]))
				}
				continue
			}
			list[i] = append(list[i], a)
		}
	}
	report := check.Routes(f.problem(walkers), list)
	v.Violations = append(v.Violations, report.Violations...)
	v.Cost, v.Feasible = float64(report.Cost), len(v.Violations) == 0
	return v, nil
}

// named finds the arc from one vertex to another.
func (f *file) named(from, to int) (arc.Arc, bool) {
	if i, ok := f.ends[[2]int{from, to}]; ok {
		return arc.Arc{Edge: i}, true
	}
	i, ok := f.ends[[2]int{to, from}]
	return arc.Arc{Edge: i, Back: true}, ok
}
