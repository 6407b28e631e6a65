package solve

import (
	"context"
	"fmt"
	"slices"
)

// maxOpen is how many deliveries may be open at the end of a unit's fixed visits, and
// maxOpenModes how many modes these may have together: all orders and modes are tried.
const (
	maxOpen      = 8
	maxOpenModes = 16
)

// Mates gives by task the other end of its pair, -1 = it has none; nil if no task has.
func (p *Problem) Mates() []int {
	if !slices.ContainsFunc(p.Tasks, func(t Task) bool { return t.Delivers != 0 }) {
		return nil
	}
	mates := make([]int, len(p.Tasks))
	for i := range mates {
		mates[i] = -1
	}
	for i := range p.Tasks {
		if from := p.Tasks[i].Delivers - 1; from >= 0 {
			mates[i], mates[from] = from, i
		}
	}
	return mates
}

// checkPairs says what is wrong with the pairs.
func (p *Problem) checkPairs() error {
	by := make([]int, len(p.Tasks)) // by pick-up: 1 + its delivery
	for i := range p.Tasks {
		t := &p.Tasks[i]
		if t.Delivers == 0 {
			continue
		}
		bad := func(format string, args ...any) error {
			return fmt.Errorf("%w: task %d (%s): %s", ErrProblem, i, t.Name, fmt.Sprintf(format, args...))
		}
		from := t.Delivers - 1
		switch {
		case from < 0 || from >= len(p.Tasks) || from == i:
			return bad("it delivers what task %d of %d picks up, which is none or itself", from, len(p.Tasks))
		case p.Tasks[from].Delivers != 0:
			return bad("it delivers what task %d picks up, which is a delivery itself", from)
		case by[from] > 0:
			return bad("what task %d picks up is delivered by task %d already", from, by[from]-1)
		case len(t.Load) > 0 || len(t.Priority) > 0 || t.Price != 0:
			return bad("a delivery's load, priority and price are those of its pick-up, task %d", from)
		}
		by[from] = i + 1
	}
	return nil
}

// checkFixedPairs says what is wrong with pairs among fixed visits: deliveries without
// their pick-ups before, and units with more open deliveries, or modes of these, than
// can be planned for.
func (p *Problem) checkFixedPairs() error {
	mates := p.Mates()
	for i := range p.Units {
		if mates == nil {
			return nil
		}
		u := &p.Units[i]
		var open []int
		for k, v := range u.Fixed {
			if v.Kind != Serve {
				continue
			}
			t := &p.Tasks[v.Task]
			if t.Delivers == 0 {
				if mates[v.Task] >= 0 {
					open = append(open, v.Task)
				}
				continue
			}
			at := slices.Index(open, t.Delivers-1)
			if at < 0 {
				return fmt.Errorf("%w: unit %d (%s): fixed visit %d delivers what the visits before have not picked up", ErrProblem, i, u.Name, k)
			}
			open = slices.Delete(open, at, at+1)
		}
		if len(open) > maxOpen {
			return fmt.Errorf("%w: unit %d (%s): after its fixed visits %d deliveries are open, %d is the most", ErrProblem, i, u.Name, len(open), maxOpen)
		}
		modes := 0
		for _, o := range open {
			modes += len(p.Tasks[mates[o]].Modes)
		}
		if modes > maxOpenModes {
			return fmt.Errorf("%w: unit %d (%s): the deliveries that are open after its fixed visits can be done in %d ways, %d is the most", ErrProblem, i, u.Name, modes, maxOpenModes)
		}
	}
	return nil
}

// checkFixedOnce says which task is fixed more than once.
func (p *Problem) checkFixedOnce() error {
	by := make(map[int]int, len(p.Units)) // by task: the unit
	for i := range p.Units {
		for _, v := range p.Units[i].Fixed {
			if v.Kind != Serve {
				continue
			}
			if first, twice := by[v.Task]; twice {
				return fmt.Errorf("%w: task %d (%s) is a fixed visit of unit %d (%s) and again of unit %d (%s)", ErrProblem,
					v.Task, p.Tasks[v.Task].Name, first, p.Units[first].Name, i, p.Units[i].Name)
			}
			by[v.Task] = i
		}
	}
	return nil
}

// hold takes what a pick-up has put on board into what is to be delivered.
func (w *walker) hold(task int) {
	w.open = append(w.open[:len(w.open):len(w.open)], int32(task))
	for d, l := range w.p.Tasks[task].Load {
		w.held[d] += int64(l)
	}
}

// deliver takes off what a pick-up has put on board; false if it isn't there.
func (w *walker) deliver(pickUp int) bool {
	at := slices.Index(w.open, int32(pickUp))
	if at < 0 {
		return false
	}
	w.open = slices.Delete(slices.Clone(w.open), at, at+1)
	for d, l := range w.p.Tasks[pickUp].Load {
		w.held[d] -= int64(l)
		w.load[d] -= int64(l)
	}
	return true
}

// Emptied does a unit's fixed visits, delivers what they have picked up, and unloads the
// rest, such that the unit is done first: all orders are tried. The error is a
// *RouteError, or that of ctx.
func (p *Problem) Emptied(ctx context.Context, unit int) (Route, error) {
	first, err := p.begun(unit)
	if err != nil {
		return Route{}, err
	}
	type end struct { // one way to do one of the deliveries that are left
		visit Visit
		bit   int
	}
	ends := []end{{}} // the first is where the fixed visits end
	for k, o := range first.w.open {
		task := first.w.mates[o]
		for m := range p.Tasks[task].Modes {
			ends = append(ends, end{Visit{Task: task, Mode: m}, 1 << k})
		}
	}
	// By what is delivered, as bits, and by the last of ends.
	reached := make([][][]*trail, 1<<len(first.w.open))
	for done := range reached {
		reached[done] = make([][]*trail, len(ends))
	}
	reached[0][0] = []*trail{first}
	for done := range reached {
		for _, trails := range reached[done] {
			for k, e := range ends {
				if len(trails) == 0 || done|e.bit == done {
					continue
				}
				if err := ctx.Err(); err != nil {
					return Route{}, err
				}
				on, broken := p.onward(trails, unit, len(p.Units[unit].Fixed), e.visit)
				if broken != nil {
					err = broken
				}
				for _, t := range on {
					reached[done|e.bit][k] = keep(reached[done|e.bit][k], t)
				}
			}
		}
	}
	all := slices.Concat(reached[len(reached)-1]...)
	if len(all) == 0 {
		return Route{}, err
	}
	best, _, _, err := p.finish(all, unit, len(p.Units[unit].Fixed)+len(first.w.open))
	if err != nil {
		return Route{}, err
	}
	return p.Schedule(unit, best.visits())
}
