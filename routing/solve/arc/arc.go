// Package arc solves problems whose work lies along streets: who salts, sweeps or
// patrols them, in which order and which way.
//
// # The problem
//
// Given is a graph of vertices 0..Vertices-1 and edges that join two of them.
// An edge may be walked from From to To at Cost[0] and back at Cost[1], as often
// as one likes. Some edges are required: each of them is served once, by one
// route, in one of the two directions, at the cost of walking it. A served edge
// puts its demand on the route; walking along without serving puts nothing.
//
// A route is a list of served edges with their directions. It starts at the
// depot, takes a shortest path to the first, from each to the next, and from the
// last back to the depot; without a depot it takes a shortest path from the last
// to the first. The demands of a route sum up to Capacity at most.
//
// Wanted are routes that serve each required edge once. What is least:
//
//   - the length of all routes together, serving included (the capacitated arc
//     routing problem of Golden and Wong, 1981; with one route, no demands and
//     no depot the rural postman problem of Orloff, 1974), or
//   - with Longest, the length of the longest route; there are Vehicles of them
//     (the min-max k-vehicles windy rural postman problem of Benavent,
//     Corberan, Plana and Sanchis, 2009).
//
// No more than Vehicles routes serve anything.
//
// Lengths and demands are whole numbers in the unit of the data. A Problem is
// only read and may be shared between goroutines.
package arc

import (
	"errors"
	"fmt"
)

// Limits of what can be solved: the table of distances takes 4 bytes a pair of
// vertices, 64 MB at most, and no sum of lengths may leave its type.
const (
	MaxVertices = 4000
	MaxEdges    = 20000
	MaxCost     = 1_000_000 // of an edge
	MaxDemand   = 1 << 40
)

// Anywhere is the Depot of closed walks that may begin where they like.
const Anywhere = -1

// A Problem is what the package's comment says.
type Problem struct {
	Vertices int
	Edges    []Edge
	Depot    int   // a vertex, or Anywhere
	Capacity int64 // of a route; 0 = no limit
	Vehicles int   // 0 = as many as one likes
	Longest  bool  // the cost is the longest route's, not the sum
}

// An Edge joins two vertices.
type Edge struct {
	From, To int
	Cost     [2]int64 // from From to To, and back
	Demand   int64
	Required bool
}

// An Arc is an edge served in a direction.
type Arc struct {
	Edge int  // of Problem.Edges
	Back bool // from To to From
}

// A Solution is a list of routes.
type Solution struct {
	Routes [][]Arc
	Cost   int64 // under the problem's rule
}

// Rules of a problem. Match with errors.Is.
var (
	ErrProblem = errors.New("the problem does not fit together")
	ErrNoWay   = errors.New("no way leads there")
	ErrDemand  = errors.New("the demand exceeds the capacity")
)

// Ends are the vertices where the arc is entered and left.
func (p *Problem) Ends(a Arc) (enter, leave int) {
	e := &p.Edges[a.Edge]
	if a.Back {
		return e.To, e.From
	}
	return e.From, e.To
}

// Check says what keeps a problem from being solved at all.
func (p *Problem) Check() error {
	switch {
	case p.Vertices < 1 || p.Vertices > MaxVertices:
		return fmt.Errorf("%w: %d vertices, 1 to %d can be solved", ErrProblem, p.Vertices, MaxVertices)
	case len(p.Edges) > MaxEdges:
		return fmt.Errorf("%w: %d edges, %d are the most that can be solved", ErrProblem, len(p.Edges), MaxEdges)
	case p.Depot < Anywhere || p.Depot >= p.Vertices:
		return fmt.Errorf("%w: the depot is vertex %d of %d", ErrProblem, p.Depot+1, p.Vertices)
	case p.Depot == Anywhere && (p.Longest || p.Capacity > 0):
		return fmt.Errorf("%w: several routes need a depot", ErrProblem)
	case p.Longest && p.Vehicles < 1:
		return fmt.Errorf("%w: %d walkers", ErrProblem, p.Vehicles)
	case p.Longest && p.Capacity > 0:
		return fmt.Errorf("%w: a balance of loaded routes can't be solved yet", ErrProblem)
	case p.Capacity < 0 || p.Vehicles < 0:
		return fmt.Errorf("%w: a capacity of %d, %d vehicles", ErrProblem, p.Capacity, p.Vehicles)
	}
	var sum int64
	for i, e := range p.Edges {
		sum += max(e.Cost[0], e.Cost[1])
		switch {
		case e.From < 0 || e.From >= p.Vertices || e.To < 0 || e.To >= p.Vertices:
			return fmt.Errorf("%w: edge %d joins vertices %d and %d of %d", ErrProblem, i, e.From+1, e.To+1, p.Vertices)
		case min(e.Cost[0], e.Cost[1]) < 0 || max(e.Cost[0], e.Cost[1]) > MaxCost:
			return fmt.Errorf("%w: edge %d costs %d and %d, 0 to %d is allowed", ErrProblem, i, e.Cost[0], e.Cost[1], MaxCost)
		case e.Demand < 0 || e.Demand > MaxDemand:
			return fmt.Errorf("%w: edge %d has a demand of %d", ErrProblem, i, e.Demand)
		case e.Required && p.Capacity > 0 && e.Demand > p.Capacity:
			return fmt.Errorf("%w: edge (%d,%d) has %d, a vehicle takes %d", ErrDemand, e.From+1, e.To+1, e.Demand, p.Capacity)
		}
	}
	if sum >= infinite {
		return fmt.Errorf("%w: the edges are %d long together, up to %d can be reckoned with", ErrProblem, sum, infinite-1)
	}
	return p.joined()
}

// joined sees to it that every required edge can be reached.
func (p *Problem) joined() error {
	set := make([]int, p.Vertices)
	for i := range set {
		set[i] = i
	}
	root := func(v int) int {
		for set[v] != v {
			set[v] = set[set[v]]
			v = set[v]
		}
		return v
	}
	for _, e := range p.Edges {
		set[root(e.From)] = root(e.To)
	}
	home := p.Depot
	for i, e := range p.Edges {
		if !e.Required {
			continue
		}
		if home == Anywhere {
			home = e.From
		}
		if root(e.From) != root(home) {
			return fmt.Errorf("%w: from vertex %d to the required edge (%d,%d), number %d", ErrNoWay, home+1, e.From+1, e.To+1, i+1)
		}
	}
	return nil
}

// Required are the edges that have to be served.
func (p *Problem) Required() []int {
	var all []int
	for i := range p.Edges {
		if p.Edges[i].Required {
			all = append(all, i)
		}
	}
	return all
}
