package solve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// A Solver finds routes. What it returns keeps the problem's rules whatever its
// cost; a task it leaves undone is in Unserved with the reason. Its settings, a
// seed or a time limit, are fields of its own. The error is the context's or
// ErrProblem.
type Solver interface {
	Solve(ctx context.Context, p *Problem) (Solution, error)
}

// A Kind is what a visit is for.
type Kind uint8

// The kinds of visits.
const (
	Serve  Kind = iota // do Task in Mode
	Unload             // leave everything at Site
	Rest               // take Break in Place
)

// A Visit is one thing a unit does.
type Visit struct {
	Kind       Kind
	Task, Mode int // with Serve: of Problem.Tasks, of its Modes
	Site       int // with Unload: of Problem.Sites
	Break      int // with Rest: of Unit.Breaks
	Place      int // with Rest: of Break.At; 0 if that is nil
}

// A Stop is a visit with its times.
type Stop struct {
	Visit
	Way    Cost          // from where the unit was before
	Arrive time.Duration // when it is there
	Begin  time.Duration // Arrive, or when the window opens
	Leave  time.Duration // when it is done
}

// A Route is what one unit does. A route without stops stays at the start.
type Route struct {
	Unit  int // of Problem.Units
	Stops []Stop
	Back  Cost          // from the last stop to the unit's end
	End   time.Duration // when it is there
}

// A Solution has a route for each unit, in their order. Each task is in one of
// the routes or in Unserved.
type Solution struct {
	Routes   []Route
	Unserved []Unserved // by task
}

// An Unserved task and why.
type Unserved struct {
	Task int
	Why  error // one of the rules below, mostly as a *RouteError
}

// Rules of the problem. Match with errors.Is.
var (
	ErrProblem  = errors.New("the problem does not fit together")
	ErrNoWay    = errors.New("no way leads there")
	ErrShift    = errors.New("the shift is too short")
	ErrWindow   = errors.New("outside its time window")
	ErrCapacity = errors.New("more than the unit can take")
	ErrRoom     = errors.New("no drop-off site has room or is open")
	ErrSkills   = errors.New("the unit lacks a skill")
	ErrBreak    = errors.New("a break cannot be taken in time")
	ErrEscort   = errors.New("the escort is with another unit or not there")
	ErrPair     = errors.New("what is picked up is delivered later by the same unit")
	ErrFull     = errors.New("every unit that could do it has too much to do")
	ErrFixed    = errors.New("the route must begin with its fixed visits")
	ErrNoUnit   = errors.New("there is no unit")
	ErrPrice    = errors.New("to leave it costs less than to do it")
)

// A RouteError says where on a route a rule is broken.
type RouteError struct {
	Unit int
	Stop int // of the route; its length = at the end
	Rule error
	What string
	task int // 1 + the task that it is about; 0 = none
}

func (e *RouteError) Error() string {
	return fmt.Sprintf("unit %d, stop %d: %s", e.Unit, e.Stop, e.What)
}

// Unwrap gives the rule.
func (e *RouteError) Unwrap() error { return e.Rule }

// A Score is what a solution is judged by, in the order of the fields.
type Score struct {
	Undone  int           // tasks without a price, a pair as one; which ones matters more than how many, see Problem
	Late    time.Duration // of all tasks
	Longest time.Duration // working time of a unit
	Units   int           // that have something to do
	Total   time.Duration // working time of all
	Price   time.Duration // of what is left; it counts with Longest and Total
}

// Score adds up the routes as they say of themselves; package check does not
// believe them.
func (s *Solution) Score(p *Problem) Score {
	sc := Score{}
	for _, u := range s.Unserved {
		if p.Tasks[u.Task].Delivers > 0 {
			continue // counted with its pick-up
		}
		if price := p.Tasks[u.Task].Price; price > 0 {
			sc.Price += price
		} else {
			sc.Undone++
		}
	}
	for _, r := range s.Routes {
		work := r.End - p.Units[r.Unit].Shift.Open
		sc.Longest = max(sc.Longest, work)
		sc.Total += work
		if len(r.Stops) > 0 {
			sc.Units++
		}
		for _, s := range r.Stops {
			if s.Kind == Serve && s.Task < len(p.Tasks) {
				sc.Late += p.Tasks[s.Task].lateness(s.Begin)
			}
		}
	}
	return sc
}

func (t *Task) lateness(begin time.Duration) time.Duration {
	if t.Due == 0 {
		return 0
	}
	return max(0, begin-t.Due)
}

// Compare is under 0 if a is better than b. Of tasks left undone it knows the
// number alone.
func (g Goal) Compare(a, b Score) int {
	c := cmp.Or(cmp.Compare(a.Undone, b.Undone), cmp.Compare(a.Late, b.Late))
	switch g {
	case Balance:
		c = cmp.Or(c, cmp.Compare(a.Longest+a.Price, b.Longest+b.Price))
	case Fewest:
		c = cmp.Or(c, cmp.Compare(a.Units, b.Units))
	}
	return cmp.Or(c, cmp.Compare(a.Total+a.Price, b.Total+b.Price))
}
