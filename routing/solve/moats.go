package solve

import "slices"

// Moats are drawn round the islands that tasks form, streets that hang together: who
// does tasks on an island and sets out from elsewhere comes over its moat and goes
// back, so twice its width is walked whatever the order. Moats don't overlap: of two
// nodes apart, those round one of them and not the other are together no wider than
// the way between. They grow evenly round each island that nobody sets out from; where
// two meet, one goes on round both (as for Steiner trees, Goemans and Williamson,
// 1995). Ways over moats are shorter by them then, and the least matching of the odd
// nodes may go over them: both together is a bound as the matching alone is one.
type moats struct {
	island []int     // by node
	width  [][]int64 // by two islands: of the moats between them, us
	twice  int64     // of all moats
}

// maxIslands bounds them: the moats take their square a step.
const maxIslands = 400

// moats gives nil where all is one island, or there are too many.
func (b *bounder) moats(tasks []int) *moats {
	p := b.p
	piece := make([]int, p.Nodes)
	for n := range piece {
		piece[n] = n
	}
	root := func(n int) int {
		for piece[n] != n {
			piece[n] = piece[piece[n]]
			n = piece[n]
		}
		return n
	}
	busy := make([]bool, p.Nodes)
	for _, t := range tasks {
		m := p.Tasks[t].Modes[0]
		piece[root(int(m.Enter))] = root(int(m.Leave))
		busy[m.Enter], busy[m.Leave] = true, true
	}
	for i := range p.Units {
		piece[root(int(p.Units[i].Start))] = root(int(p.Units[0].Start))
	}
	m := &moats{island: make([]int, p.Nodes)}
	number := map[int]int{}
	for n := range piece {
		r := root(n)
		if _, ok := number[r]; !ok {
			number[r] = len(number)
		}
		m.island[n] = number[r]
	}
	k := len(number)
	if k < 2 || k > maxIslands {
		return nil
	}
	grows := make([]bool, k) // by island: somebody must come
	for n, is := range busy {
		grows[m.island[n]] = grows[m.island[n]] || is
	}
	home := m.island[p.Units[0].Start]
	free := make([][]int64, k) // by two islands: of the shortest way what no moat takes
	for a := range free {
		free[a] = slices.Repeat([]int64{1 << 50}, k)
		m.width = append(m.width, make([]int64, k))
	}
	for x := range Node(p.Nodes) {
		for y := range x {
			if a, c := m.island[x], m.island[y]; a != c {
				if us, ok := b.between(x, y); ok {
					free[a][c] = min(free[a][c], us)
					free[c][a] = free[a][c]
				}
			}
		}
	}
	m.grow(free, grows, home)
	return m
}

// grow lets moats grow until all islands that need one are joined with home.
func (m *moats) grow(free [][]int64, grows []bool, home int) {
	k := len(grows)
	of := make([]int, k) // by island: the first of those it is joined with
	for a := range of {
		of[a] = a
	}
	active := func(a int) bool { return grows[of[a]] && of[a] != of[home] }
	for {
		least, x, y := int64(1<<50), -1, -1
		for a := range k {
			for c := range a {
				speed := int64(0)
				if active(a) {
					speed++
				}
				if active(c) {
					speed++
				}
				if of[a] != of[c] && speed > 0 && free[a][c] < 1<<49 && free[a][c]/speed < least {
					least, x, y = free[a][c]/speed, a, c
				}
			}
		}
		if x < 0 {
			return
		}
		for a := range k {
			if of[a] == a && active(a) {
				m.twice += 2 * least
			}
			for c := range k {
				if of[a] == of[c] {
					continue
				}
				for _, end := range [...]int{a, c} {
					if active(end) {
						m.width[a][c] += least
						free[a][c] -= least
					}
				}
			}
		}
		to, from := of[x], of[y]
		grows[to] = grows[to] || grows[from]
		for a := range of {
			if of[a] == from {
				of[a] = to
			}
		}
	}
}
