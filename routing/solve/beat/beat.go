// Package beat makes the walks of a team that sees streets: solve.Postman's, made
// shorter and more even by the search of package arc, which takes streets from walk to
// walk and chooses the order and direction of all anew.
package beat

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"citygrid/routing/solve"
	"citygrid/routing/solve/arc"
)

// A Solver makes walks. With Rounds the answer depends on the settings alone.
type Solver struct {
	Rounds  int           // of the search, each thread; 0 = as many as take a second or two, if Time is 0
	Time    time.Duration // to search
	Threads int           // 0 = 1
	Seed    uint64

	ordered bool
}

// Rounds without settings: so many a street, but no more steps than that along walks,
// as a round takes longer where these are.
const (
	rounds = 25
	steps  = 6_000_000 // rounds times the streets of a walk
)

// unit is the resolution of the search. Times are rounded up, so that walks which
// keep their limits in it keep their shifts.
const unit = 10 * time.Millisecond

// longest is the longest street or way that the search takes in.
const longest = 10 * time.Hour

// Solve gives walks that are no worse than Postman's by the problem's goal. Problems
// with loads, windows, sites, breaks, skills, escorts or fixed visits, and those of
// several profiles, are Postman's alone.
func (s Solver) Solve(ctx context.Context, p *solve.Problem) (solve.Solution, error) {
	first, err := solve.Postman{}.Solve(ctx, p)
	if err != nil || len(p.Units) == 0 {
		return first, err
	}
	return s.improve(ctx, p, first)
}

// Order makes walks that each go through the classes of priority in order: from those of a
// solution, Solve's say, and by the search from there.
func (s Solver) Order(ctx context.Context, p *solve.Problem, of *solve.Solution) (solve.Solution, error) {
	first, err := p.Ranked(ctx, of)
	if err != nil || len(p.Units) == 0 {
		return first, err
	}
	s.ordered = true
	return s.improve(ctx, p, first)
}

// improve searches from a solution.
func (s Solver) improve(ctx context.Context, p *solve.Problem, first solve.Solution) (solve.Solution, error) {
	if !plain(p) {
		return first, nil
	}
	b := stated(p, &first)
	b.team.Ordered = s.ordered
	if len(b.tasks) == 0 {
		return first, nil
	}
	a := arc.Solver{Iterations: s.Rounds, Time: s.Time, Threads: s.Threads, Seed: s.Seed}
	if s.Rounds == 0 && s.Time == 0 {
		a.Iterations = max(1, min(rounds*len(b.tasks), steps*len(p.Units)/len(b.tasks)))
	}
	if a.Iterations > 0 && s.Time == 0 {
		a.Time = 24 * time.Hour
	}
	walks, undone, err := a.Team(ctx, &b.team, b.start)
	if err != nil {
		return first, err
	}
	better, ok := b.solution(walks, undone, &first)
	if !ok || worse(p, &better, &first) {
		return first, nil
	}
	return better, nil
}

// plain says whether a problem is about walks alone.
func plain(p *solve.Problem) bool {
	for i := range p.Tasks {
		t := &p.Tasks[i]
		if len(t.Load) > 0 || len(t.Windows) > 0 || t.Release != 0 || t.Due != 0 || t.Escort != 0 || t.Price != 0 || t.Skills != 0 || len(t.Modes) > 2 {
			return false
		}
		if m := t.Modes; len(m) == 2 && (m[0].Enter != m[1].Leave || m[0].Leave != m[1].Enter) {
			return false
		}
		for _, m := range t.Modes {
			if m.Service > longest {
				return false
			}
		}
	}
	for i := range p.Units {
		u := &p.Units[i]
		if len(u.Fixed) > 0 || len(u.Breaks) > 0 || len(u.Loaded) > 0 || u.Profile != p.Units[0].Profile {
			return false
		}
	}
	return p.Nodes < arc.MaxVertices
}

// A beat is a problem as the search wants it.
type beat struct {
	p     *solve.Problem
	team  arc.Team
	tasks []int // by street
	start [][]arc.Arc
	never []solve.Unserved // what nobody can come to
}

// ceil is a time in units.
func ceil(d time.Duration) int64 { return int64((d + unit - 1) / unit) }

// stated states the problem, to begin with a solution.
func stated(p *solve.Problem, first *solve.Solution) *beat {
	b := &beat{p: p, team: arc.Team{Vertices: p.Nodes, Even: p.Goal == solve.Balance}}
	profile := p.Units[0].Profile
	b.team.Ways = func(from, to int) (int64, bool) {
		c, ok := p.Costs.Between(profile, solve.Node(from), solve.Node(to))
		return ceil(c.Time), ok && c.Time <= longest
	}
	never := map[int]bool{}
	for _, x := range first.Unserved {
		if !p.Reachable(x.Task) {
			never[x.Task] = true
			b.never = append(b.never, x)
		}
	}
	class := p.Classes()
	number := make([]int, len(p.Tasks))
	for i := range p.Tasks {
		number[i] = -1
		if never[i] {
			continue
		}
		number[i] = len(b.tasks)
		b.tasks = append(b.tasks, i)
		m := p.Tasks[i].Modes
		s := arc.Street{From: int(m[0].Enter), To: int(m[0].Leave), Cost: [2]int64{ceil(m[0].Service), -1}, Class: min(class[i], arc.MaxClasses-1)}
		switch {
		case len(m) == 2:
			s.Cost[1] = ceil(m[1].Service)
		case m[0].Enter == m[0].Leave:
			s.Cost[1] = s.Cost[0] // a point
		}
		b.team.Streets = append(b.team.Streets, s)
	}
	for i := range p.Units {
		u := &p.Units[i]
		w := arc.Walker{Start: int(u.Start), End: int(u.End), Limit: int64((u.Shift.Close - u.Shift.Open) / unit)}
		if u.End == solve.Nowhere {
			w.End = arc.Anywhere
		}
		b.team.Walkers = append(b.team.Walkers, w)
		var walk []arc.Arc
		for _, s := range first.Routes[i].Stops {
			walk = append(walk, arc.Arc{Edge: number[s.Task], Back: s.Mode == 1})
		}
		b.start = append(b.start, walk)
	}
	return b
}

// solution gives walks their times; ok is false if one doesn't keep a rule, such as a
// shift that was just long enough.
func (b *beat) solution(walks [][]arc.Arc, undone []int, first *solve.Solution) (s solve.Solution, ok bool) {
	for i, walk := range walks {
		visits := make([]solve.Visit, len(walk))
		for k, a := range walk {
			visits[k].Task = b.tasks[a.Edge]
			if a.Back && len(b.p.Tasks[visits[k].Task].Modes) == 2 {
				visits[k].Mode = 1
			}
		}
		r, err := b.p.Schedule(i, visits)
		if err != nil {
			return s, false
		}
		s.Routes = append(s.Routes, r)
	}
	s.Unserved = append(s.Unserved, b.never...)
	why := map[int]error{}
	for _, x := range first.Unserved {
		why[x.Task] = x.Why
	}
	for _, k := range undone {
		t := b.tasks[k]
		reason := why[t]
		if reason == nil {
			reason = fmt.Errorf("%w: nobody has time for it", solve.ErrShift)
		}
		s.Unserved = append(s.Unserved, solve.Unserved{Task: t, Why: reason})
	}
	slices.SortFunc(s.Unserved, func(x, y solve.Unserved) int { return cmp.Compare(x.Task, y.Task) })
	return s, true
}

// worse says whether a is worse than b by what is undone, most important first, and
// the goal.
func worse(p *solve.Problem, a, b *solve.Solution) bool {
	class := p.Classes()
	count := func(s *solve.Solution) []int {
		n := make([]int, len(p.Tasks)+1)
		for _, x := range s.Unserved {
			n[class[x.Task]]++
		}
		return n
	}
	if c := slices.Compare(count(a), count(b)); c != 0 {
		return c > 0
	}
	return p.Goal.Compare(a.Score(p), b.Score(p)) > 0
}
