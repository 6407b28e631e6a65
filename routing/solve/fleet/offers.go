package fleet

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"citygrid/routing/solve"
	"citygrid/routing/solve/check"
)

// An Offer is how one unit would take one more task.
type Offer struct {
	Unit  int
	Route solve.Route   // with the task in it
	Extra time.Duration // more working time
	Way   time.Duration // more time on the way and at sites
	Late  time.Duration // more lateness, of this task and those behind it
	Begin time.Duration // of the task, of a pair the pick-up
}

// A Refusal says why a unit cannot take it.
type Refusal struct {
	Unit int
	Why  error // a rule of package solve, mostly as a *solve.RouteError
}

// Offers asks every unit of a running plan for the best place of one more task or pair: who
// can take it, the least lateness and then the least extra time first, and why the
// others can't. The other tasks keep their order, drop-offs are added as they are
// needed. Where that finds no place the unit's drop-offs and breaks are placed anew,
// so that a refusal says that there is none. The plan is left as it is; a route of it
// that breaks a rule already is refused with that.
func Offers(p *solve.Problem, plan *solve.Solution, task int) ([]Offer, []Refusal, error) {
	if err := p.Check(); err != nil {
		return nil, nil, err
	}
	if task < 0 || task >= len(p.Tasks) || len(plan.Routes) != len(p.Units) {
		return nil, nil, fmt.Errorf("%w: task %d of %d, %d routes for %d units", solve.ErrProblem, task, len(p.Tasks), len(plan.Routes), len(p.Units))
	}
	m := newModel(p)
	task = int(m.whose(int32(task)))
	s := newState(m, 0)
	broken := make([]error, len(p.Units))
	for u := range p.Units {
		items := make([]int32, 0, len(plan.Routes[u].Stops)+1)
		for _, stop := range plan.Routes[u].Stops {
			if stop.Kind == solve.Serve && (stop.Task == task || int32(stop.Task) == m.tasks[task].mate) || !p.Knows(u, stop.Visit) {
				return nil, nil, fmt.Errorf("%w: the plan has task %d already, or visits what is not known", solve.ErrProblem, task)
			}
			items = append(items, m.item(u, stop.Visit))
		}
		if !s.set(u, items) {
			_, broken[u] = p.Schedule(u, m.visits(items))
			broken[u] = cmp.Or(broken[u], error(solve.ErrRoom))
		}
	}
	var offers []Offer
	var refused []Refusal
	for u := range p.Units {
		if broken[u] != nil {
			refused = append(refused, Refusal{u, broken[u]})
			continue
		}
		route, err := s.offer(u, task)
		if err != nil {
			refused = append(refused, Refusal{u, err})
			continue
		}
		old := &plan.Routes[u]
		o := Offer{Unit: u, Route: route, Extra: route.End - old.End, Way: p.Effort(&route) - p.Effort(old)}
		for _, stop := range route.Stops {
			if stop.Kind == solve.Serve && stop.Task == task {
				o.Begin = stop.Begin
			}
		}
		was, is := solve.Solution{Routes: []solve.Route{*old}}, solve.Solution{Routes: []solve.Route{route}}
		o.Late = is.Score(p).Late - was.Score(p).Late
		offers = append(offers, o)
	}
	slices.SortStableFunc(offers, func(a, b Offer) int {
		return cmp.Or(cmp.Compare(a.Late, b.Late), cmp.Compare(a.Way, b.Way), cmp.Compare(a.Begin, b.Begin))
	})
	return offers, refused, nil
}

// offer is a unit's route with one more task.
func (s *state) offer(u, task int) (solve.Route, error) {
	m := s.m
	f := s.finder(false)
	f.longest = never // balance is not what is asked for
	f.all(u, &m.tasks[task])
	var visits []solve.Visit
	if f.best.cost < never {
		x := &f.best
		visits = slices.Insert(m.visits(s.routes[u].items), x.then, m.visits(x.tail[:x.tails])...)
		visits = slices.Insert(visits, x.place, m.visits(x.seq[:x.n])...)
		return m.checked(u, visits)
	}
	route, err := m.roomFor(s, u).Insert(u, m.visits(s.routes[u].items), task)
	if err != nil {
		return route, err
	}
	for _, x := range route.Stops {
		visits = append(visits, x.Visit)
	}
	now, err := m.checked(u, visits)
	for k := range now.Stops {
		if now.Stops[k].Begin != route.Stops[k].Begin { // an escort's window that another has was waited over
			return route, &solve.RouteError{Unit: u, Stop: k, Rule: solve.ErrEscort, What: "the escort is with another unit then"}
		}
	}
	return now, err
}

// checked gives visits their times, and holds them against the problem.
func (m *model) checked(u int, visits []solve.Visit) (solve.Route, error) {
	route, err := m.p.Schedule(u, visits)
	if err != nil {
		return route, err
	}
	if wrong := check.Route(m.p, &route); len(wrong) > 0 {
		return route, errors.New(wrong[0].String())
	}
	return route, nil
}

// lessRoom is the room of a site that has taken more.
func lessRoom(room []int32, more load) []int32 {
	room = slices.Clone(room)
	for d := range room {
		room[d] -= int32(min(more[d], int64(room[d])))
	}
	return room
}

// roomFor is the problem with the room and the escorts that the other units leave.
func (m *model) roomFor(s *state, unit int) *solve.Problem {
	q := *m.p
	q.Sites = slices.Clone(q.Sites)
	q.Escorts = slices.Clone(q.Escorts)
	for u := range s.routes {
		if u == unit {
			continue
		}
		for _, x := range s.routes[u].room {
			q.Sites[x.site].Room = lessRoom(q.Sites[x.site].Room, x.load)
		}
	}
	slot := 0
	for e := range q.Escorts {
		var left []solve.Window
		for _, w := range q.Escorts[e].Windows {
			if with := s.with[slot]; with < 0 || int(with) == unit {
				left = append(left, w)
			}
			slot++
		}
		if left == nil && len(q.Escorts[e].Windows) > 0 { // all are taken: none is in time
			left = []solve.Window{{Open: -1 << 61, Close: -1 << 61}}
		}
		q.Escorts[e].Windows = left
	}
	return &q
}
