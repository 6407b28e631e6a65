package vrp

import (
	"encoding/json"
	"fmt"

	"citygrid/routing/solve/instance"
)

// slack is what binary fractions may be off in a sum of distances that are not
// whole numbers.
const slack = 1e-6

// maxViolations is how many are told.
const maxViolations = 100

// Check holds routes against the problem.
func (p *Problem) Check(routes json.RawMessage, o instance.Options) (instance.Verdict, error) {
	r, err := p.rule(o.Rule)
	if err != nil {
		return instance.Verdict{}, err
	}
	var list [][]int
	if err := json.Unmarshal(routes, &list); err != nil {
		return instance.Verdict{}, fmt.Errorf("routes, want lists of customers: %w", err)
	}
	return p.check(list, r), nil
}

// An auditor adds up one answer.
type auditor struct {
	p       *Problem
	r       rule
	v       instance.Verdict
	served  []int // times, by point
	onRoute []int // 1 + the route that served it last, by point
	cost    float64
}

// check is the checker, on its own reading of the problem statement.
func (p *Problem) check(routes [][]int, r rule) instance.Verdict {
	a := auditor{p: p, r: r, served: make([]int, len(p.Points)), onRoute: make([]int, len(p.Points))}
	used := 0
	for i, route := range routes {
		if len(route) > 0 {
			used++
			a.route(i, route)
		}
	}
	if p.Fleet > 0 && used > p.Fleet {
		a.say("%d vehicles leave the depot, there are %d", used, p.Fleet)
	}
	for c, n := range a.served {
		if c > 0 && n != 1 {
			a.say("customer %d is served %d times", c, n)
		}
	}
	a.v.Cost = a.cost / r.unit
	a.v.Feasible = len(a.v.Violations) == 0
	return a.v
}

func (a *auditor) say(format string, args ...any) {
	if len(a.v.Violations) < maxViolations {
		a.v.Violations = append(a.v.Violations, fmt.Sprintf(format, args...))
	}
}

// route follows one vehicle. n is its number in the list, from 0.
func (a *auditor) route(n int, stops []int) {
	for _, c := range stops {
		switch {
		case c < 0 || c >= len(a.p.Points):
			a.say("route %d: there is no customer %d", n+1, c)
			return
		case c == 0 && !a.p.Reload:
			a.say("route %d: the depot is inside, but vehicles make one trip", n+1)
			return
		}
	}
	ready := a.p.Points[0].Open * a.r.metric.scale() // when the vehicle can leave the depot
	for from := 0; from <= len(stops); {
		to := from
		for to < len(stops) && stops[to] != 0 {
			to++
		}
		trip := stops[from:to]
		from = to + 1
		if len(trip) == 0 {
			a.say("route %d: a trip without customers", n+1)
			continue
		}
		ready = a.trip(n, trip, ready)
	}
}

// trip follows one trip that can leave at time now, and gives when it is back.
func (a *auditor) trip(n int, trip []int, now float64) float64 {
	p, unit := a.p, a.r.metric.scale()
	var load int64
	for _, c := range trip {
		now = max(now, p.Points[c].Release*unit)
		if !p.Paired {
			load += p.Points[c].Demand
		}
	}
	if load > p.Capacity {
		a.say("route %d: a trip with a load of %d, the capacity is %d", n+1, load, p.Capacity)
	}
	at := 0
	for _, c := range trip {
		pt := &p.Points[c]
		d := a.r.metric.between(&p.Points[at], pt)
		a.cost += d
		now += d
		if p.Timed {
			if now > pt.Close*unit+slack {
				a.say("route %d: customer %d is reached at %.1f, its window closes at %.1f", n+1, c, now/unit, pt.Close)
			}
			now = max(now, pt.Open*unit)
		}
		now += pt.Service * unit
		a.served[c]++
		a.onRoute[c] = n + 1
		if p.Paired {
			load += pt.Demand
			if load > p.Capacity {
				a.say("route %d: a load of %d after customer %d, the capacity is %d", n+1, load, c, p.Capacity)
			}
			if pt.Demand < 0 && a.onRoute[pt.Partner] != n+1 {
				a.say("route %d: customer %d gets what is not picked up before at %d", n+1, c, pt.Partner)
			}
		}
		at = c
	}
	d := a.r.metric.between(&p.Points[at], &p.Points[0])
	a.cost += d
	now += d
	if p.Timed && now > p.Points[0].Close*unit+slack {
		a.say("route %d: it is back at %.1f, the depot closes at %.1f", n+1, now/unit, p.Points[0].Close)
	}
	return now
}
