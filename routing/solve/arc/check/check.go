// Package check holds routes against an arc routing problem. It is written from
// the problem statement of package arc alone and shares no code with its solver:
// every path, load and cost is worked out anew.
package check

import (
	"fmt"

	"citygrid/routing/solve/arc"
)

// A Report is what was found.
type Report struct {
	Violations []string
	Cost       int64   // under the problem's rule
	Lengths    []int64 // by route
}

// Feasible says whether no rule is broken.
func (r *Report) Feasible() bool { return len(r.Violations) == 0 }

// maxSaid bounds the list of violations; the rest is counted.
const maxSaid = 100

// Routes checks routes against p. Vertices are named from 1 in what it says.
// The problem itself is taken to be as Problem.Check wants it.
func Routes(p *arc.Problem, routes [][]arc.Arc) Report {
	c := checker{p: p, from: make([][]way, p.Vertices), known: map[int][]int64{}}
	for _, e := range p.Edges {
		c.from[e.From] = append(c.from[e.From], way{e.To, e.Cost[0]})
		c.from[e.To] = append(c.from[e.To], way{e.From, e.Cost[1]})
	}
	served := make([]int, len(p.Edges))
	var sum, longest int64
	used := 0
	for i, r := range routes {
		if len(r) > 0 {
			used++
		}
		length := c.route(i+1, r, served)
		c.r.Lengths = append(c.r.Lengths, length)
		sum += length
		longest = max(longest, length)
	}
	c.r.Cost = sum
	if p.Longest {
		c.r.Cost = longest
	}
	if p.Vehicles > 0 && used > p.Vehicles {
		c.say("%d routes serve streets, there are %d vehicles or walkers", used, p.Vehicles)
	}
	if p.Depot == arc.Anywhere && len(routes) > 1 {
		c.say("%d routes where one closed walk is asked for", len(routes))
	}
	for i, e := range p.Edges {
		switch {
		case e.Required && served[i] == 0:
			c.say("required edge (%d,%d) is not served", e.From+1, e.To+1)
		case e.Required && served[i] > 1:
			c.say("required edge (%d,%d) is served %d times", e.From+1, e.To+1, served[i])
		case !e.Required && served[i] > 0:
			c.say("edge (%d,%d) is served, but need not be", e.From+1, e.To+1)
		}
	}
	if c.more > 0 {
		c.r.Violations = append(c.r.Violations, fmt.Sprintf("and %d more", c.more))
	}
	return c.r
}

type way struct {
	to   int
	cost int64
}

type checker struct {
	p     *arc.Problem
	r     Report
	more  int
	from  [][]way
	known map[int][]int64 // lengths of shortest paths, by vertex where they begin
}

func (c *checker) say(format string, args ...any) {
	if len(c.r.Violations) >= maxSaid {
		c.more++
		return
	}
	c.r.Violations = append(c.r.Violations, fmt.Sprintf(format, args...))
}

// route adds up one route.
func (c *checker) route(number int, route []arc.Arc, served []int) int64 {
	if len(route) == 0 {
		return 0
	}
	var length, load int64
	first, at := -1, c.p.Depot
	for _, a := range route {
		if a.Edge < 0 || a.Edge >= len(c.p.Edges) {
			c.say("route %d: there is no edge %d", number, a.Edge)
			return length
		}
		e := c.p.Edges[a.Edge]
		served[a.Edge]++
		enter, leave, cost := e.From, e.To, e.Cost[0]
		if a.Back {
			enter, leave, cost = e.To, e.From, e.Cost[1]
		}
		if first < 0 {
			first = enter
		}
		if at != arc.Anywhere {
			length += c.path(number, at, enter)
		}
		length += cost
		load += e.Demand
		at = leave
	}
	home := c.p.Depot
	if home == arc.Anywhere {
		home = first
	}
	length += c.path(number, at, home)
	if c.p.Capacity > 0 && load > c.p.Capacity {
		c.say("route %d: a load of %d exceeds the capacity of %d", number, load, c.p.Capacity)
	}
	return length
}

// path is the length of a shortest path, by Bellman and Ford's algorithm with a
// queue of what became nearer.
func (c *checker) path(number, a, b int) int64 {
	far, ok := c.known[a]
	if !ok {
		far = make([]int64, c.p.Vertices)
		for i := range far {
			far[i] = -1
		}
		far[a] = 0
		waiting := make([]bool, c.p.Vertices)
		for queue := []int{a}; len(queue) > 0; {
			v := queue[0]
			queue = queue[1:]
			waiting[v] = false
			for _, w := range c.from[v] {
				if d := far[v] + w.cost; far[w.to] < 0 || d < far[w.to] {
					far[w.to] = d
					if !waiting[w.to] {
						waiting[w.to] = true
						queue = append(queue, w.to)
					}
				}
			}
		}
		c.known[a] = far
	}
	if far[b] < 0 {
		c.say("route %d: no way leads from vertex %d to %d", number, a+1, b+1)
		return 0
	}
	return far[b]
}
