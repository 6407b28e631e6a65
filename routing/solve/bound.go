package solve

import "time"

// LowerBound is a time that no routes undercut in which units do these tasks and
// come back to where they started: the tasks' own, and what has to be walked twice
// at least. Where an odd number of tasks meet, a way must begin, and lead to
// another such node; so half of the shortest such ways are in every solution. If a
// unit ends elsewhere than it starts, only the tasks' own time is sure.
func (p *Problem) LowerBound(tasks []int) time.Duration {
	var sum time.Duration
	degree := make([]int, p.Nodes)
	for _, t := range tasks {
		modes := p.Tasks[t].Modes
		sum += shortest(modes)
		degree[modes[0].Enter]++
		degree[modes[0].Leave]++
	}
	for i := range p.Units {
		if p.Units[i].End != p.Units[i].Start {
			return sum
		}
	}
	var twice time.Duration
	for n, d := range degree {
		if d%2 == 1 {
			twice += p.toOdd(Node(n), degree)
		}
	}
	return sum + twice/2
}

// toOdd is the shortest time from a node to another where an odd number of tasks
// meet, over any nodes between (Dijkstra): the ways of a solution may be shorter
// in pieces, as who stops at lights need not wait there again.
func (p *Problem) toOdd(from Node, degree []int) time.Duration {
	dist := make([]time.Duration, p.Nodes)
	done := make([]bool, p.Nodes)
	for i := range dist {
		dist[i] = 2 * far
	}
	dist[from] = 0
	for {
		at := -1
		for i := range dist {
			if !done[i] && (at < 0 || dist[i] < dist[at]) {
				at = i
			}
		}
		if at < 0 || dist[at] >= far {
			return 0
		}
		if Node(at) != from && degree[at]%2 == 1 {
			return dist[at]
		}
		done[at] = true
		for i := range dist {
			if done[i] {
				continue
			}
			for u := range p.Units {
				if u > 0 && p.Units[u].Profile == p.Units[u-1].Profile {
					continue
				}
				for _, w := range [...][2]Node{{Node(at), Node(i)}, {Node(i), Node(at)}} {
					if c, ok := p.Costs.Between(p.Units[u].Profile, w[0], w[1]); ok {
						dist[i] = min(dist[i], dist[at]+c.Time)
					}
				}
			}
		}
	}
}
