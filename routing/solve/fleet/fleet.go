// Package fleet is the search over the whole of solve.Problem: units that differ,
// several trips with drop-offs at sites of choice, breaks, escorts, windows hard
// and soft, priorities, tasks that can be done in several ways, pairs of a pick-up and
// its delivery, a fixed beginning. Where fewest units are wanted it first gives up units.
//
// It is slack induction by string removals (Christiaans and Vanden Berghe,
// Transportation Science 54(2), 2020), as package ruin is, which keeps to what the
// instances of the literature have and is faster for it. A task is put back
// together with what it needs: a drop-off before or behind it, a break. What an
// insertion does to the end of a route, to lateness, loads and the room at sites is
// known in O(1) from numbers kept at each place, but behind windows with gaps,
// lateness and escorts, where the rest of the route is gone through.
//
// A plan that is under way is kept: Offers says at once who could take one task
// more, and a Search that starts from the plan mends what can no longer be done,
// after a unit was lost or is late, a street or site was closed, and then improves
// it as long as it may, changing no more routes than allowed.
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
	// Start is a solution to begin with: the answer is never worse. Where it breaks
	// a rule, because something has changed since, it is mended first, and tasks that
	// it has not are put in; without Time and Iterations that is all. nil = none.
	Start *solve.Solution
	// Change is how many routes may differ from Start's as mended; 0 = all.
	Change int
	// Better is told how good each better solution is, in order; nil = nobody is.
	Better func(elapsed time.Duration, s solve.Score)
}

// Solve gives the best that was found, which package check has held against the
// problem. That ctx ended is no error. The error is solve.ErrProblem, or a
// *solve.RouteError if a unit's fixed visits alone break a rule.
func (s Search) Solve(ctx context.Context, p *solve.Problem) (solve.Solution, error) {
	if err := p.Check(); err != nil {
		return solve.Solution{}, err
	}
	m := newModel(p)
	if s.Time > 0 || s.Iterations > 0 || s.Start == nil {
		m.neighbours()
	}
	r := &run{m: m, c: s, begun: time.Now()}
	best, err := r.search(ctx)
	if err != nil {
		return solve.Solution{}, err
	}
	sol, err := m.solution(best)
	if err != nil {
		return solve.Solution{}, err
	}
	m.explain(ctx, &sol)
	if report := check.Solution(p, &sol); !report.Feasible() {
		return solve.Solution{}, fmt.Errorf("the answer breaks %d rules, first %v", len(report.Violations), report.Violations[0])
	}
	return sol, nil
}
