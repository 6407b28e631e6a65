package vrp

import (
	"context"
	"fmt"
	"math"
	"time"

	"citygrid/routing/solve/instance"
	"citygrid/routing/solve/ruin"
)

// finest is how many parts a unit of distance is cut into where distances are
// exact. The search rounds them up, so what it finds in time is in time.
const finest = 10_000

// Solve searches with routing/solve/ruin. Costs are worked out anew by the
// checker, which also has the last word on feasible.
func (p *Problem) Solve(ctx context.Context, o instance.Options) (instance.Result, error) {
	begun := time.Now()
	ru, err := p.rule(o.Rule)
	if err != nil {
		return instance.Result{}, err
	}
	model, err := p.model(ru)
	if err != nil {
		return instance.Result{}, err
	}
	r := instance.Result{Routes: [][]int{}, Unserved: []instance.Unserved{}, Trace: [][2]float64{}}
	late := time.Since(begun)
	answer, err := ruin.Solve(ctx, model, ruin.Config{
		Time: max(time.Millisecond, o.Time-late), Iterations: o.Iterations, Threads: o.Threads, Seed: o.Seed,
		Better: func(elapsed time.Duration, routes ruin.Routes) {
			r.Trace = append(r.Trace, [2]float64{(late + elapsed).Seconds(), p.cost(plain(routes), ru)})
		},
	})
	if err != nil {
		return instance.Result{}, err
	}
	routes := plain(answer.Routes)
	v := p.check(routes, ru)
	r.Cost, r.Vehicles, r.Routes, r.Feasible = v.Cost, len(routes), routes, v.Feasible
	for _, c := range answer.Absent {
		why := fmt.Sprintf("none of %d vehicles has time and room for it with the others", p.Fleet)
		if one := p.check([][]int{p.alone(int(c))}, ru); len(one.Violations) > len(p.Points)-1-len(p.alone(int(c))) {
			why = "a vehicle can't serve it even alone: " + one.Violations[0]
		}
		for _, one := range p.alone(int(c)) {
			r.Unserved = append(r.Unserved, instance.Unserved{Task: one, Why: why})
		}
	}
	r.Seconds = time.Since(begun).Seconds()
	return r, nil
}

// alone is the route of one customer, with its partner.
func (p *Problem) alone(c int) []int {
	if p.Paired {
		return []int{c, p.Points[c].Partner}
	}
	return []int{c}
}

// plain are routes as they are printed.
func plain(routes ruin.Routes) [][]int {
	all := make([][]int, len(routes))
	for i, route := range routes {
		all[i] = make([]int, len(route))
		for k, c := range route {
			all[i][k] = int(c)
		}
	}
	return all
}

// cost is the distance of routes, without checking them.
func (p *Problem) cost(routes [][]int, r rule) float64 {
	var sum float64
	for _, route := range routes {
		at := 0
		for _, c := range append(route, 0) {
			sum += r.metric.between(&p.Points[at], &p.Points[c])
			at = c
		}
	}
	return sum / r.unit
}

// model is the problem in whole numbers.
func (p *Problem) model(r rule) (*ruin.Problem, error) {
	n := len(p.Points)
	most := 1.0
	for i := range p.Points {
		pt := &p.Points[i]
		most = max(most, pt.Close, pt.Service, pt.Release, 4*math.Abs(pt.X), 4*math.Abs(pt.Y))
	}
	scale := 1.0
	if r.metric == exact {
		for scale = finest; scale > 1 && most*scale >= ruin.MaxNumber; scale /= 10 {
		}
	}
	unit := r.metric.scale() * scale
	if most*unit >= ruin.MaxNumber {
		return nil, fmt.Errorf("numbers up to %.0f are too large", most)
	}
	m := &ruin.Problem{
		Points: make([]ruin.Point, n), Dist: make([]int32, n*n), Capacity: int32(min(p.Capacity, ruin.MaxNumber-1)), Fleet: p.Fleet,
		Fewest: r.fleet, Timed: p.Timed, Reload: p.Reload, Paired: p.Paired,
	}
	for i := range p.Points {
		pt := &p.Points[i]
		if pt.Demand >= ruin.MaxNumber || pt.Demand <= -ruin.MaxNumber {
			return nil, fmt.Errorf("customer %d: a demand of %d is too large", i, pt.Demand)
		}
		m.Points[i] = ruin.Point{
			Demand: int32(pt.Demand), Open: int32(math.Ceil(pt.Open * unit)), Close: int32(math.Floor(pt.Close * unit)),
			Service: int32(math.Ceil(pt.Service * unit)), Release: int32(math.Ceil(pt.Release * unit)), Partner: int32(pt.Partner),
		}
		for k := range i {
			d := int32(math.Ceil(r.metric.between(pt, &p.Points[k])*scale - 1e-6)) // what is whole stays whole
			m.Dist[i*n+k], m.Dist[k*n+i] = d, d
		}
	}
	return m, nil
}
