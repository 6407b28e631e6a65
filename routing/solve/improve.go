package solve

import (
	"context"
	"slices"
	"time"
)

// How far improve looks: chunks of so many visits are moved. Of long tours, where
// it takes long and finds little (0.1 % of a walk over 400 streets), it goes
// through one round only, of those under roundsOver visits through more.
const (
	longestChunk = 6
	roundsOver   = 300
	worth        = 100 // less than a hundredth is not worth a walk that looks less natural
)

// polish improves the routes of a solution where it is worth it: moving parts about
// makes walkers turn on their heel more often.
func (p *Problem) polish(ctx context.Context, sol *Solution) error {
	for i, r := range sol.Routes {
		if err := ctx.Err(); err != nil {
			return err
		}
		u := &p.Units[i]
		visits := visitsOf(r)
		if len(visits) <= len(u.Fixed) {
			continue
		}
		start := u.Start
		if k := len(u.Fixed); k > 0 {
			start = p.leaves(u.Fixed[k-1])
		}
		tour := p.improve(u, start, visits[len(u.Fixed):])
		order := make([]int, len(tour))
		for k, v := range tour {
			order[k] = v.Task
		}
		tour = p.modes(u, start, order)
		next, err := p.Schedule(i, append(slices.Clone(u.Fixed), tour...))
		if err == nil && r.End-next.End > (r.End-u.Shift.Open)/worth {
			sol.Routes[i] = next
		}
	}
	return nil
}

// An improver shortens a tour whose tasks have neither windows nor loads, by
// turning parts of it round (2-opt) and moving short parts elsewhere (or-opt),
// either way round, until neither helps.
type improver struct {
	p      *Problem
	u      *Unit
	start  Node
	tour   []Visit
	back   []Visit         // by place in tour: the visit the other way
	turns  []int           // how many of tour[:i] can't be done the other way
	onward []time.Duration // tour[:i] walked onward: services, and the ways between
	behind []time.Duration // the same walked backward
}

// improve gives a tour that takes no longer.
func (p *Problem) improve(u *Unit, start Node, tour []Visit) []Visit {
	m := &improver{p: p, u: u, start: start, tour: slices.Clone(tour)}
	m.measure()
	for range 1 + roundsOver/max(1, len(tour)) {
		better := false
		for i := range m.tour {
			better = m.turnFrom(i) || better
			better = m.moveFrom(i) || better
		}
		if !better {
			break
		}
	}
	return m.tour
}

// measure fills in what moves are judged by.
func (m *improver) measure() {
	n := len(m.tour)
	m.back = make([]Visit, n)
	m.turns = make([]int, n+1)
	m.onward = make([]time.Duration, n+1)
	m.behind = make([]time.Duration, n+1)
	for i, v := range m.tour {
		m.turns[i+1] = m.turns[i]
		var ok bool
		if m.back[i], ok = m.p.reversed(v); !ok {
			m.turns[i+1]++
		}
		m.onward[i+1] = m.onward[i] + m.service(v)
		m.behind[i+1] = m.behind[i] + m.service(m.back[i])
		if i > 0 {
			m.onward[i+1] += m.way(m.tour[i-1], v)
			m.behind[i+1] += m.way(m.back[i], m.back[i-1])
		}
	}
}

// reversed is the visit done the other way: in a mode between the same nodes.
func (p *Problem) reversed(v Visit) (Visit, bool) {
	modes := p.Tasks[v.Task].Modes
	for k, m := range modes {
		if m.Enter == modes[v.Mode].Leave && m.Leave == modes[v.Mode].Enter {
			return Visit{Kind: Serve, Task: v.Task, Mode: k}, true
		}
	}
	return v, false
}

func (m *improver) service(v Visit) time.Duration { return m.p.Tasks[v.Task].Modes[v.Mode].Service }

func (m *improver) way(a, b Visit) time.Duration { return m.between(m.p.leaves(a), m.p.enters(b)) }

func (m *improver) between(a, b Node) time.Duration {
	if c, ok := m.p.Costs.Between(m.u.Profile, a, b); ok {
		return c.Time
	}
	return far
}

// from is the way to a visit from the one at place i, -1 being the start.
func (m *improver) from(i int, v Visit) time.Duration {
	if i < 0 {
		return m.between(m.start, m.p.enters(v))
	}
	return m.way(m.tour[i], v)
}

// to is the way from a visit to the one at place i, beyond the last the end.
func (m *improver) to(v Visit, i int) time.Duration {
	if i < len(m.tour) {
		return m.way(v, m.tour[i])
	}
	if m.u.End == Nowhere {
		return 0
	}
	return m.between(m.p.leaves(v), m.u.End)
}

// joined is the way from place i to place j, either of them start or end.
func (m *improver) joined(i, j int) time.Duration {
	if i >= 0 {
		return m.to(m.tour[i], j)
	}
	if j < len(m.tour) {
		return m.from(-1, m.tour[j])
	}
	return 0
}

// gained is what it saves to walk tour[i..j] backward, the ways to it and from it
// aside; ok is false where that can't be done.
func (m *improver) gained(i, j int) (d time.Duration, ok bool) {
	if m.turns[j+1] != m.turns[i] {
		return 0, false
	}
	onward := m.onward[j+1] - m.onward[i]
	behind := m.behind[j+1] - m.behind[i]
	if i > 0 {
		onward -= m.way(m.tour[i-1], m.tour[i])
		behind -= m.way(m.back[i], m.back[i-1])
	}
	return onward - behind, true
}

// turnFrom turns the best part that begins at i round.
func (m *improver) turnFrom(i int) bool {
	best, at := time.Duration(0), -1
	for j := i; j < len(m.tour); j++ {
		d, ok := m.gained(i, j)
		if !ok {
			break
		}
		d += m.joined(i-1, i) + m.joined(j, j+1) - m.from(i-1, m.back[j]) - m.to(m.back[i], j+1)
		if d > best {
			best, at = d, j
		}
	}
	if at < 0 {
		return false
	}
	part := slices.Clone(m.back[i : at+1])
	slices.Reverse(part)
	copy(m.tour[i:], part)
	m.measure()
	return true
}

// moveFrom moves the best part that begins at i to where it is best.
func (m *improver) moveFrom(i int) bool {
	best, last, to, turned := time.Duration(0), -1, 0, false
	for j := i; j < min(i+longestChunk, len(m.tour)); j++ {
		save := m.joined(i-1, i) + m.joined(j, j+1) - m.joined(i-1, j+1)
		if save <= best {
			continue
		}
		inside, ok := m.gained(i, j)
		for p := -1; p < len(m.tour); p++ { // to between p and p+1
			if p >= i-1 && p <= j {
				continue
			}
			free := save + m.joined(p, p+1)
			if d := free - m.from(p, m.tour[i]) - m.to(m.tour[j], p+1); d > best {
				best, last, to, turned = d, j, p, false
			}
			if !ok {
				continue
			}
			if d := free + inside - m.from(p, m.back[j]) - m.to(m.back[i], p+1); d > best {
				best, last, to, turned = d, j, p, true
			}
		}
	}
	if last < 0 {
		return false
	}
	part := slices.Clone(m.tour[i : last+1])
	if turned {
		part = slices.Clone(m.back[i : last+1])
		slices.Reverse(part)
	}
	m.tour = slices.Delete(m.tour, i, last+1)
	if to > last {
		to -= last - i + 1
	}
	m.tour = slices.Insert(m.tour, to+1, part...)
	m.measure()
	return true
}
