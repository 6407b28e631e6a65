package path

import (
	stdheap "container/heap"
)

// This file is the plain way to find a route on the engine's graph: Dijkstra's
// algorithm from one end, without any hierarchy, private ground kept by phases.

// A reached is where a plain search is: at the end of a state's edge, and how far
// it is in private, public, private.
type reached struct {
	cost  cost
	state state
	phase int
}

type frontier []reached

func (l frontier) Len() int           { return len(l) }
func (l frontier) Less(i, j int) bool { return l[i].cost < l[j].cost }
func (l frontier) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *frontier) Push(x any)        { *l = append(*l, x.(reached)) }
func (l *frontier) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}

// A plain search knows what it costs from a place to everywhere.
type plainSearch struct {
	e    *Engine
	from place
	at   [][3]cost // by state and phase: to the start of its edge, over a turn at least
}

func plainly(e *Engine, from place) *plainSearch {
	p := &plainSearch{e, from, make([][3]cost, len(e.g.edge))}
	for s := range p.at {
		p.at[s] = [3]cost{never, never, never}
	}
	queue := &frontier{}
	for _, near := range from {
		for _, s := range e.statesAt(near) {
			phase := 1
			if e.g.private[s] {
				phase = 0
			}
			stdheap.Push(queue, reached{e.whole(s) - e.upTo(s, e.position(e.g.edge[s], near.Near)), s, phase})
		}
	}
	for queue.Len() > 0 {
		l := stdheap.Pop(queue).(reached)
		for _, h := range e.g.outOf(l.state) {
			phase := l.phase
			switch private := e.g.private[h.state]; {
			case private && phase == 1:
				phase = 2
			case !private && phase == 2:
				continue
			case !private:
				phase = 1
			}
			turned, whole := l.cost+turnCost(h.cost), e.whole(h.state)
			if whole >= never || turned >= p.at[h.state][phase] {
				continue
			}
			p.at[h.state][phase] = turned
			stdheap.Push(queue, reached{turned + whole, h.state, phase})
		}
	}
	return p
}

// to is the cost to a place, never if there is no way.
func (p *plainSearch) to(to place) cost {
	_, best := p.e.direct(p.from, to)
	for _, near := range to {
		for _, s := range p.e.statesAt(near) {
			for _, t := range append([]state{s}, p.e.g.copies[p.e.g.edge[s]]...) {
				for _, c := range p.at[t] {
					if c < never {
						best = min(best, c+p.e.upTo(s, p.e.position(p.e.g.edge[s], near.Near)))
					}
				}
			}
		}
	}
	return best
}
