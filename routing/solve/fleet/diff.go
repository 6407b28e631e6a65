package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"citygrid/routing/solve"
)

// A Change is what is different for one task between two plans.
type Change struct {
	Task     int
	From, To int           // units; -1 = undone
	Was, Now time.Duration // when it begins, with a unit
}

// Diff lists the tasks that another unit does now, or that were or are undone, and
// those whose begin has moved by more than tolerance; by unit and time now, what is
// undone last.
func Diff(was, now *solve.Solution, tolerance time.Duration) []Change {
	type place struct {
		unit  int
		begin time.Duration
	}
	places := func(s *solve.Solution) map[int]place {
		all := map[int]place{}
		for _, r := range s.Routes {
			for _, stop := range r.Stops {
				if stop.Kind == solve.Serve {
					all[stop.Task] = place{r.Unit, stop.Begin}
				}
			}
		}
		for _, u := range s.Unserved {
			all[u.Task] = place{-1, 0}
		}
		return all
	}
	before, after := places(was), places(now)
	var all []Change
	for t, b := range after {
		a, known := before[t]
		if !known {
			a.unit = -1
		}
		moved := b.begin - a.begin
		if a.unit != b.unit || b.unit >= 0 && max(moved, -moved) > tolerance || !known {
			all = append(all, Change{t, a.unit, b.unit, a.begin, b.begin})
		}
	}
	for t, a := range before {
		if _, still := after[t]; !still && a.unit >= 0 {
			all = append(all, Change{t, a.unit, -1, a.begin, 0})
		}
	}
	slices.SortFunc(all, func(x, y Change) int {
		return cmp.Or(cmp.Compare(uint(x.To), uint(y.To)), cmp.Compare(x.Now, y.Now), cmp.Compare(x.Task, y.Task))
	})
	return all
}

// Say tells a change to people: "red van: truck 1 at 10:20 -> truck 2 at 10:45". zero
// is the instant that the problem counts from.
func (c Change) Say(p *solve.Problem, zero time.Time) string {
	at := func(unit int, begin time.Duration) string {
		if unit < 0 {
			return "nobody"
		}
		return fmt.Sprintf("%s at %s", cmp.Or(p.Units[unit].Name, fmt.Sprintf("unit %d", unit+1)), zero.Add(begin).Format("15:04"))
	}
	name := cmp.Or(p.Tasks[c.Task].Name, fmt.Sprintf("task %d", c.Task+1))
	if c.From == c.To {
		return fmt.Sprintf("%s: %s, not %s", name, at(c.To, c.Now), zero.Add(c.Was).Format("15:04"))
	}
	return fmt.Sprintf("%s: %s -> %s", name, at(c.From, c.Was), at(c.To, c.Now))
}
