package path

// This file is the plain way to find a route on the engine's graph: Dijkstra's
// algorithm from one end, without any hierarchy, private ground kept by phases.

// A reached is where a plain search is: at the end of a state's edge, and how far
// it is in private, public, private.
type reached struct {
	cost  cost
	state state
	phase int
}

// A frontier is a binary heap of what is reached, the cheapest on top.
type frontier []reached

func (l *frontier) push(x reached) {
	q := append(*l, x)
	i := len(q) - 1
	for i > 0 && x.cost < q[(i-1)/2].cost {
		q[i] = q[(i-1)/2]
		i = (i - 1) / 2
	}
	q[i] = x
	*l = q
}

func (l *frontier) pop() reached {
	q := *l
	top, last := q[0], q[len(q)-1]
	q = q[:len(q)-1]
	for i := 0; len(q) > 0; {
		child := 2*i + 1
		if child+1 < len(q) && q[child+1].cost < q[child].cost {
			child++
		}
		if child >= len(q) || last.cost <= q[child].cost {
			q[i] = last
			break
		}
		q[i] = q[child]
		i = child
	}
	*l = q
	return top
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
	var queue frontier
	for _, near := range from {
		for _, s := range e.statesAt(near) {
			phase := 1
			if e.g.private[s] {
				phase = 0
			}
			queue.push(reached{e.whole(s) - e.upTo(s, e.position(e.g.edge[s], near.Near)), s, phase})
		}
	}
	for len(queue) > 0 {
		l := queue.pop()
		if at := p.at[l.state][l.phase]; at < never && l.cost > at+e.whole(l.state) {
			continue
		}
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
			queue.push(reached{turned + whole, h.state, phase})
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
