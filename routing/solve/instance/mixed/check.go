package mixed

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"

	"citygrid/routing/solve/instance"
)

// mostSaid is how many violations are listed.
const mostSaid = 100

// Check implements instance.Instance. A route is a list of what it serves in order, each
// as [node] or [from,to]; between, the cheapest ways are taken. It is written from the
// package's comment alone: where the arc by which a node is come to is open, all are kept.
func (p *problem) Check(routes json.RawMessage, o instance.Options) (instance.Verdict, error) {
	v := instance.Verdict{Violations: []string{}}
	if err := p.options(o); err != nil {
		return v, err
	}
	var named [][][]int
	if err := json.Unmarshal(routes, &named); err != nil {
		return v, fmt.Errorf("routes must be lists of [node] and [from,to]: %w", err)
	}
	say := func(format string, args ...any) {
		if len(v.Violations) < mostSaid {
			v.Violations = append(v.Violations, fmt.Sprintf(format, args...))
		}
	}
	byNode, byArc := map[int]int{}, map[int]int{}
	for i, t := range p.tasks {
		if t.node >= 0 {
			byNode[t.node] = i
		}
		for _, a := range t.arcs {
			byArc[a] = i
		}
	}
	times := make([]int, len(p.tasks))
	used := 0
	for i, route := range named {
		var load int64
		at := places{home: true}
		for k, name := range route {
			arc, index, known := -1, 0, false
			switch len(name) {
			case 1:
				index, known = byNode[name[0]-1]
			case 2:
				if arc, known = p.byEnds[[2]int{name[0] - 1, name[1] - 1}]; known {
					index, known = byArc[arc]
				}
			}
			if !known {
				say("route %d, stop %d: %v is nothing to serve", i+1, k+1, name)
				continue
			}
			t := p.tasks[index]
			times[index]++
			load += t.load
			if arc < 0 {
				at = p.toNode(at, t.node)
			} else {
				at = p.toArc(at, arc, t.cost)
			}
			if len(at.after) == 0 && !at.home {
				say("route %d, stop %d: no way leads to %v", i+1, k+1, name)
				at = places{home: true}
			}
		}
		if len(route) > 0 {
			used++
		}
		if load > p.capacity {
			say("route %d has a load of %d, the capacity is %d", i+1, load, p.capacity)
		}
		back := p.toNode(at, p.depot)
		cost := math.Inf(1)
		if back.home {
			cost = back.cost
		}
		for _, x := range back.after {
			cost = min(cost, x)
		}
		if math.IsInf(cost, 1) {
			say("route %d: no way leads home", i+1)
			continue
		}
		v.Cost += cost
	}
	for i, n := range times {
		if n != 1 {
			say("%v is served %d times", p.named(i, 0), n)
		}
	}
	if p.vehicles > 0 && used > p.vehicles {
		say("%d routes for %d vehicles", used, p.vehicles)
	}
	v.Cost = math.Round(v.Cost*1e6) / 1e6
	v.Feasible = len(v.Violations) == 0
	return v, nil
}

// places are where a vehicle may be after what it has served, with the cost until then:
// at the depot without having moved, or having come along one of some arcs.
type places struct {
	home  bool
	cost  float64 // at home
	after map[int]float64
}

// walk lets who is at one of the places go on as far as they like. Costs of arcs are
// lowered until none can be (Bellman and Ford).
func (p *problem) walk(at places) map[int]float64 {
	best := maps.Clone(at.after)
	if best == nil {
		best = map[int]float64{}
	}
	var open []int
	lower := func(a int, cost float64) {
		if was, known := best[a]; !known || cost < was {
			best[a] = cost
			open = append(open, a)
		}
	}
	for a := range at.after {
		open = append(open, a)
	}
	if at.home {
		for a := range p.arcs {
			if p.arcs[a].from == p.depot {
				lower(a, at.cost+p.arcs[a].cost)
			}
		}
	}
	for len(open) > 0 {
		a := open[0]
		open = open[1:]
		for _, t := range p.arcs[a].turns {
			lower(t.into, best[a]+t.cost+p.arcs[t.into].cost)
		}
	}
	return best
}

// toNode is having come to a node.
func (p *problem) toNode(at places, node int) places {
	out := places{home: at.home && node == p.depot, cost: at.cost, after: map[int]float64{}}
	for a, cost := range p.walk(at) {
		if p.arcs[a].to == node {
			out.after[a] = cost
		}
	}
	return out
}

// toArc is having served an arc.
func (p *problem) toArc(at places, arc int, cost float64) places {
	least := math.Inf(1)
	if at.home && p.arcs[arc].from == p.depot {
		least = at.cost
	}
	for a, before := range p.walk(at) {
		for _, t := range p.arcs[a].turns {
			if t.into == arc {
				least = min(least, before+t.cost)
			}
		}
	}
	if math.IsInf(least, 1) {
		return places{}
	}
	return places{after: map[int]float64{arc: least + cost}}
}
