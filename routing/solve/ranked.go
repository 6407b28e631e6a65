package solve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
)

// ErrTurn is the rule that keeps out what could be done, but not when its turn comes.
var ErrTurn = errors.New("it cannot be done when its turn comes")

// Ranked is a solution in which each unit does what it has in the order of priority:
// all tasks of the most important class before any of the next. The part of each class
// is a postman's walk from where the one before ended, ways between lead over anything.
// What a unit has no time for in that order is left, the least important first. It is
// for tasks and units without windows, loads, breaks and fixed visits.
func (p *Problem) Ranked(ctx context.Context, s *Solution) (Solution, error) {
	out := Solution{Unserved: slices.Clone(s.Unserved)}
	class := p.Classes()
	for u := range s.Routes {
		if err := ctx.Err(); err != nil {
			return Solution{}, err
		}
		parts := make(map[int][]int)
		for _, x := range s.Routes[u].Stops {
			parts[class[x.Task]] = append(parts[class[x.Task]], x.Task)
		}
		r, left, why := p.inTurn(u, parts)
		out.Routes = append(out.Routes, r)
		for _, t := range left {
			out.Unserved = append(out.Unserved, Unserved{t, why})
		}
	}
	slices.SortFunc(out.Unserved, func(a, b Unserved) int { return a.Task - b.Task })
	return out, nil
}

// inTurn is a unit's route over the tasks of each class, and what it has no time for.
func (p *Problem) inTurn(unit int, parts map[int][]int) (r Route, left []int, why error) {
	at := p.Units[unit].Start
	var walks [][]int
	classes := make([]int, 0, len(parts))
	for c := range parts {
		classes = append(classes, c)
	}
	slices.Sort(classes)
	for _, c := range classes {
		var walk []int
		walk, at = p.through(unit, at, parts[c])
		walks = append(walks, walk)
	}
	// A part may be walked the other way round.
	free := *p
	free.Units = slices.Clone(p.Units)
	free.Units[unit].Shift.Close = 1 << 60
	length := func() (int64, bool) {
		r, err := free.InOrder(unit, slices.Concat(walks...))
		return int64(r.End), err == nil
	}
	for range 2 {
		for k := range walks {
			before, ok := length()
			slices.Reverse(walks[k])
			if after, fine := length(); ok && (!fine || after >= before) {
				slices.Reverse(walks[k])
			}
		}
	}
	order := slices.Concat(walks...)
	fits := func(n int) (err error) {
		r, err = p.InOrder(unit, order[:n])
		return err
	}
	if why = fits(len(order)); why == nil {
		return r, nil, nil
	}
	n := sort.Search(len(order), func(n int) bool { return fits(n+1) != nil })
	for n > 0 && fits(n) != nil {
		n--
	}
	if n == 0 {
		r = Route{Unit: unit, End: p.Units[unit].Shift.Open}
	}
	if !errors.Is(why, ErrShift) {
		why = fmt.Errorf("%w: no way leads on from what comes first", ErrTurn)
	}
	return r, order[n:], why
}

// through is a short order of tasks from a node on, and about where it ends.
func (p *Problem) through(unit int, start Node, tasks []int) (order []int, end Node) {
	g := newPostal(p, p.Units[unit].Profile, start, tasks)
	g.connect()
	g.makeEven()
	end = start
	for _, s := range g.euler() {
		if t := g.edges[s.edge].task; t >= 0 {
			order, end = append(order, t), g.nodes[g.to(s)]
		}
	}
	return order, end
}
