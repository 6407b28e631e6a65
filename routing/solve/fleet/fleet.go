// Package fleet is the search over the whole of solve.Problem: units that differ,
// several trips with drop-offs at sites of choice, breaks, escorts, windows hard
// and soft, priorities, tasks that can be done in several ways, a fixed beginning.
//
// It is slack induction by string removals (Christiaans and Vanden Berghe,
// Transportation Science 54(2), 2020), as package ruin is, which keeps to what the
// instances of the literature have and is faster for it. A task is put back
// together with what it needs: a drop-off before or behind it, a break. What an
// insertion does to the end of a route, to lateness, loads and the room at sites is
// known in O(1) from numbers kept at each place, but behind windows with gaps,
// lateness and escorts, where the rest of the route is gone through.
//
// Solve searches for a whole plan. A Repair keeps one that is under way: what is
// new, gone, late, lost or closed is answered at once and changes as few routes as
// it can.
package fleet

import (
	"context"
	"fmt"
	"time"

	"citygrid/routing/solve"
	"citygrid/routing/solve/check"
)

// A Search is how long to search, and from where. The zero value puts tasks where
// they cost least, one after the other, and stops.
type Search struct {
	Time       time.Duration // 0 = until Iterations are done or ctx ends
	Iterations int           // of each thread, 0 = until Time is over or ctx ends; with it, one seed gives one answer
	Threads    int           // 0 = 1
	Seed       uint64
	// Start is a solution to begin with: the answer is never worse. nil = none.
	Start *solve.Solution
	// Change is how many routes may differ from Start's; 0 = all.
	Change int
	// Better is told of each better solution, in order; nil = nobody is.
	Better func(elapsed time.Duration, s *solve.Solution)
}

// Solve gives the best that was found, which package check has held against the
// problem. That ctx ended is no error. The error is solve.ErrProblem, or a
// *solve.RouteError if a unit's fixed visits alone break a rule.
func (s Search) Solve(ctx context.Context, p *solve.Problem) (solve.Solution, error) {
	if err := p.Check(); err != nil {
		return solve.Solution{}, err
	}
	m := newModel(p)
	r := &run{m: m, c: s, begun: time.Now()}
	best, err := r.search(ctx)
	if err != nil {
		return solve.Solution{}, err
	}
	sol, err := m.solution(best)
	if err != nil {
		return solve.Solution{}, err
	}
	m.explain(&sol)
	if report := check.Solution(p, &sol); !report.Feasible() {
		return solve.Solution{}, fmt.Errorf("the answer breaks %d rules, first %v", len(report.Violations), report.Violations[0])
	}
	return sol, nil
}
