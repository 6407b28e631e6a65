package fleet

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"citygrid/routing/solve"
)

// solution gives a plan its times. Why tasks are undone is explain's to say.
func (m *model) solution(k *kept) (solve.Solution, error) {
	var sol solve.Solution
	for u := range m.units {
		route, err := m.p.Schedule(u, m.visits(k.routes[u]))
		if err != nil {
			return sol, fmt.Errorf("the answer breaks a rule: %w", err)
		}
		sol.Routes = append(sol.Routes, route)
	}
	for _, t := range k.absent {
		sol.Unserved = append(sol.Unserved, solve.Unserved{Task: int(t), Why: solve.ErrFull})
		if mate := m.tasks[t].mate; mate >= 0 {
			sol.Unserved = append(sol.Unserved, solve.Unserved{Task: int(mate), Why: solve.ErrFull})
		}
	}
	slices.SortFunc(sol.Unserved, func(a, b solve.Unserved) int { return cmp.Compare(a.Task, b.Task) })
	return sol, nil
}

// orders is for how long explain looks for orders of what is on board; units that it
// has no time for are told of as if they had only their fixed visits to make.
const orders = 2 * time.Second

// explain says why tasks are undone: what keeps each from the unit that comes
// nearest to doing it, had it nothing else to do than what is fixed, or else that
// all who could do it have too much to do.
func (m *model) explain(ctx context.Context, sol *solve.Solution) {
	ctx, end := context.WithTimeout(ctx, orders)
	defer end()
	free := make([][]solve.Visit, len(m.units))
	for u := range m.units {
		free[u] = m.visits(m.units[u].fixed)
		if !m.paired {
			continue
		}
		if route, err := m.p.Emptied(ctx, u); err == nil { // with what must follow
			free[u] = free[u][:0]
			for _, s := range route.Stops {
				free[u] = append(free[u], s.Visit)
			}
		}
	}
	const asked = 100 // of units that differ; the rest would say the same
	for i := range sol.Unserved {
		n := 0
		x := &sol.Unserved[i]
		x.Why = solve.ErrNoUnit
		mate := int(m.tasks[x.Task].mate)
		for u := range m.units {
			if m.units[u].like != int32(u) {
				continue
			}
			if n++; n > asked {
				break
			}
			_, err := m.p.Insert(u, free[u], x.Task)
			if err == nil {
				if price := m.price(x.Task); price > 0 {
					x.Why = fmt.Errorf("%w: its price is %v", solve.ErrPrice, price)
					break
				}
				x.Why = fmt.Errorf("%w: %s could do it, but has no time or room left", solve.ErrFull, cmp.Or(m.p.Units[u].Name, fmt.Sprintf("unit %d", u)))
				break
			}
			if u == 0 || solve.Telling(err, x.Task, mate) > solve.Telling(x.Why, x.Task, mate) {
				x.Why = err
			}
		}
	}
}
