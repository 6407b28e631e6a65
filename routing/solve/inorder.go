package solve

import "slices"

// InOrder is a unit's route over tasks in that order, behind its fixed visits, each
// done in the mode that makes the whole shortest; windows and loads have no say in
// that. The error is a *RouteError as Schedule's.
func (p *Problem) InOrder(unit int, tasks []int) (Route, error) {
	u := &p.Units[unit]
	start := u.Start
	if k := len(u.Fixed); k > 0 {
		start = p.leaves(u.Fixed[k-1])
	}
	visits := slices.Clone(u.Fixed)
	if len(tasks) > 0 {
		visits = append(visits, p.modes(u, start, tasks)...)
	}
	return p.Schedule(unit, visits)
}
