package solve

import "time"

// WorkBound is a working time of all units together that no routes undercut which do
// every task. Each visit is come to once, from somewhere else: so it takes its
// service and the shortest of all ways that lead there. What is to be unloaded takes
// as many drop-offs as it fills the roomiest unit, each of them come to from a task, a
// break or where a unit sets out. ok is false where some task can't be reached at all.
//
// A task with a price counts as the price where that is less, and needs no drop-off; a
// pair counts as one. What is to be delivered needs no drop-off either.
// It knows nothing of who goes where next: expect it well under what can be had.
func (p *Problem) WorkBound() (work time.Duration, ok bool) {
	b := comings{p: p}
	for i := range p.Units {
		u := &p.Units[i]
		b.profiles[min(u.Profile, len(b.profiles)-1)] = true
		b.add(u.Start, -1)
		for _, rest := range u.Breaks {
			for _, n := range rest.At {
				b.add(n, -1)
			}
		}
	}
	for i := range p.Tasks {
		for _, m := range p.Tasks[i].Modes {
			b.add(m.Leave, i)
		}
	}
	drop := never
	for i := range p.Sites {
		if d := b.nearest(p.Sites[i].At, -2); d < never {
			drop = min(drop, d+p.Sites[i].Service)
		}
	}
	for i := range p.Sites {
		b.add(p.Sites[i].At, -1)
	}
	coming := make([]time.Duration, len(p.Tasks))
	for i := range p.Tasks {
		coming[i] = never
		for _, m := range p.Tasks[i].Modes {
			if d := b.nearest(m.Enter, i); d < never {
				coming[i] = min(coming[i], d+m.Service)
			}
		}
	}
	for i := range p.Tasks {
		if from := p.Tasks[i].Delivers - 1; from >= 0 { // both ends count with the pick-up
			if coming[from] < never && coming[i] < never {
				coming[from] += coming[i]
			} else {
				coming[from] = never
			}
			coming[i] = 0
		}
	}
	for i := range p.Tasks {
		best := coming[i]
		if price := p.Tasks[i].Price; price > 0 {
			best = min(best, price)
		}
		if best == never {
			return 0, false
		}
		work += best
	}
	if n := p.dropOffsNeeded(); n > 0 && drop < never {
		work += time.Duration(n) * drop
	}
	return work, true
}

const never = time.Duration(1<<63 - 1)

// comings are where a visit may be come to from, with the task that is left there; -1
// for none.
type comings struct {
	p        *Problem
	profiles [maxProfiles]bool
	from     []Node
	task     []int
}

const maxProfiles = 64

func (b *comings) add(n Node, task int) { b.from, b.task = append(b.from, n), append(b.task, task) }

// nearest is the shortest way to a node from anything but that task itself.
func (b *comings) nearest(to Node, task int) time.Duration {
	best := never
	for k, from := range b.from {
		if b.task[k] == task {
			continue
		}
		for profile, used := range b.profiles {
			if !used {
				continue
			}
			if c, ok := b.p.Costs.Between(profile, from, to); ok {
				best = min(best, c.Time)
			}
		}
	}
	return best
}

// dropOffsNeeded is how often units must unload at least.
func (p *Problem) dropOffsNeeded() (most int64) {
	mates := p.Mates()
	for d := range maxDimensions {
		load, roomiest := int64(0), int64(0)
		for i := range p.Tasks {
			if l := p.Tasks[i].Load; d < len(l) && p.Tasks[i].Price == 0 && (mates == nil || mates[i] < 0) {
				load += int64(l[d])
			}
		}
		for i := range p.Units {
			u := &p.Units[i]
			if d < len(u.Loaded) {
				load += int64(u.Loaded[d])
			}
			if d < len(u.Capacity) {
				roomiest = max(roomiest, int64(u.Capacity[d]))
			}
		}
		if roomiest > 0 {
			most = max(most, (load+roomiest-1)/roomiest)
		}
	}
	return most
}
