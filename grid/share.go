package grid

import (
	"math"
	"math/rand/v2"
	"slices"
)

// sharing is k groups of blocks on the way to being equal and compact. What it
// tries to make small is a sum of three things, each about 1 a group when middling:
//   - the groups' work off the mean, squared
//   - the cost of the borders between groups
//   - the moment of inertia of the groups' ground, least for round ones
type sharing struct {
	blocks []block
	group  []int32
	groups []sum
	mean   float64 // work of a group

	cutUnit, roundUnit float64 // what counts as 1 of the second and the third

	seen  []int32 // by block: the last look around that came by
	look  int32
	queue []int32
}

// sum is what a group's blocks come to.
type sum struct {
	blocks                int
	work, area, x, y, xx2 float64 // x and y times area; xx2 the squares of both times area
}

func (s *sum) add(b *block, sign float64) {
	s.blocks += int(sign)
	s.work += sign * b.work
	s.area += sign * b.area
	s.x += sign * b.area * b.x
	s.y += sign * b.area * b.y
	s.xx2 += sign * b.area * (b.x*b.x + b.y*b.y)
}

// inertia is the moment of inertia around the group's own middle.
func (s *sum) inertia() float64 {
	if s.area <= 0 {
		return 0
	}
	return s.xx2 - (s.x*s.x+s.y*s.y)/s.area
}

// How much the three weigh, and how the temperature falls (found by looking at
// the cuts of some cities).
const (
	balanceWeight = 40.0
	cutWeight     = 2.0
	roundWeight   = 1.0
	hot, cold     = 0.3, 0.002
	movesPerBlock = 400
	leastMoves    = 5_000
	mostMoves     = 2_000_000
	starts        = 8
)

// shareOut puts the blocks into k connected groups of about equal work: by growth
// from k seeds and simulated annealing of moves of single blocks, the best of a few
// starts. A seed in a dead end is never freed by small moves, so one start is not
// enough. There are at least k blocks, and they hang together.
func shareOut(blocks []block, k int, seed uint64) []int32 {
	if k == 1 {
		return make([]int32, len(blocks))
	}
	moves := max(leastMoves, min(mostMoves, movesPerBlock*len(blocks)))
	var best []int32
	least := math.Inf(1)
	for start := range uint64(starts) {
		r := rand.New(rand.NewPCG(seed, start))
		s := newSharing(blocks, k)
		s.grow(seeds(blocks, k, r))
		s.anneal(r, moves)
		if now := s.total(); now < least {
			best, least = s.group, now
		}
	}
	return best
}

func newSharing(blocks []block, k int) *sharing {
	// Middles are metres from far away; around their own mean no digits get lost.
	near := slices.Clone(blocks)
	mx, my, work, area := 0.0, 0.0, 0.0, 0.0
	for _, b := range near {
		mx, my, work, area = mx+b.x, my+b.y, work+b.work, area+b.area
	}
	for i := range near {
		near[i].x -= mx / float64(len(near))
		near[i].y -= my / float64(len(near))
	}
	s := &sharing{
		blocks: near,
		group:  make([]int32, len(blocks)),
		groups: make([]sum, k),
		mean:   work / float64(k),
		seen:   make([]int32, len(blocks)),
	}
	if s.mean <= 0 {
		s.mean = 1
	}
	each := area / float64(k)
	s.cutUnit = 1.86 * math.Sqrt(each)        // half the rim of a hexagon of mean size
	s.roundUnit = each * each / (2 * math.Pi) // a disc of mean size
	return s
}

// seeds chooses k blocks far apart: the first at random, each next one with a
// chance that grows with the square of its distance to the others (k-means++,
// Arthur and Vassilvitskii 2007).
func seeds(blocks []block, k int, r *rand.Rand) []int32 {
	chosen := []int32{int32(r.IntN(len(blocks)))}
	far := make([]float64, len(blocks))
	for i := range far {
		far[i] = math.Inf(1)
	}
	for len(chosen) < k {
		last, total := blocks[chosen[len(chosen)-1]], 0.0
		for i, b := range blocks {
			dx, dy := b.x-last.x, b.y-last.y
			far[i] = min(far[i], dx*dx+dy*dy)
			total += far[i] * (b.work + 1)
		}
		pick, at := r.Float64()*total, int32(-1)
		for i, b := range blocks {
			if w := far[i] * (b.work + 1); w > 0 {
				at = int32(i)
				if pick -= w; pick < 0 {
					break
				}
			}
		}
		if at < 0 { // blocks in one place: take any that is free
			for i := range blocks {
				if !slices.Contains(chosen, int32(i)) {
					at = int32(i)
					break
				}
			}
		}
		far[at] = 0
		chosen = append(chosen, at)
	}
	return chosen
}

// grow lets the group with the least work take the free block beside it that is
// nearest to its middle, until all blocks are taken.
func (s *sharing) grow(from []int32) {
	const free = -1
	for i := range s.group {
		s.group[i] = free
	}
	rims := make([][]int32, len(from)) // blocks beside the group, some of them taken by now
	take := func(i int32, g int) {
		s.group[i] = int32(g)
		s.groups[g].add(&s.blocks[i], 1)
		for _, b := range s.blocks[i].beside {
			if s.group[b.block] == free {
				rims[g] = append(rims[g], b.block)
			}
		}
	}
	for g, i := range from {
		take(i, g)
	}
	for left := len(s.blocks) - len(from); left > 0; left-- {
		g := -1
		for h := range rims {
			rims[h] = slices.DeleteFunc(rims[h], func(i int32) bool { return s.group[i] != free })
			if len(rims[h]) > 0 && (g < 0 || s.groups[h].work < s.groups[g].work) {
				g = h
			}
		}
		best, least := int32(-1), math.Inf(1)
		x, y := s.groups[g].x/s.groups[g].area, s.groups[g].y/s.groups[g].area
		for _, i := range rims[g] {
			if d := math.Hypot(s.blocks[i].x-x, s.blocks[i].y-y); d < least {
				best, least = i, d
			}
		}
		take(best, g)
	}
}

// anneal moves single blocks to a group beside them, mostly where that makes the
// sum smaller, and keeps the best state it saw.
func (s *sharing) anneal(r *rand.Rand, moves int) {
	now, best := 0.0, 0.0
	kept := slices.Clone(s.group)
	fall := math.Pow(cold/hot, 1/float64(moves))
	temperature := hot
	for range moves {
		temperature *= fall
		i := int32(r.IntN(len(s.blocks)))
		b := &s.blocks[i]
		if len(b.beside) == 0 {
			continue
		}
		from, to := s.group[i], s.group[b.beside[r.IntN(len(b.beside))].block]
		if from == to || s.groups[from].blocks == 1 {
			continue
		}
		change := s.change(i, to)
		if change > 0 && r.Float64() >= math.Exp(-change/temperature) || !s.holdsWithout(i) {
			continue
		}
		s.groups[from].add(b, -1)
		s.groups[to].add(b, 1)
		s.group[i] = to
		if now += change; now < best-1e-9 {
			best = now
			copy(kept, s.group)
		}
	}
	copy(s.group, kept)
	clear(s.groups)
	for i := range s.blocks {
		s.groups[s.group[i]].add(&s.blocks[i], 1)
	}
}

// change is by how much the sum grows when block i goes to group to.
func (s *sharing) change(i, to int32) float64 {
	b, from := &s.blocks[i], s.group[i]
	cut := 0.0
	for _, x := range b.beside {
		switch s.group[x.block] {
		case from:
			cut += x.cost
		case to:
			cut -= x.cost
		}
	}
	f, t := s.groups[from], s.groups[to]
	before := sq(f.work/s.mean-1) + sq(t.work/s.mean-1)
	round := f.inertia() + t.inertia()
	f.add(b, -1)
	t.add(b, 1)
	after := sq(f.work/s.mean-1) + sq(t.work/s.mean-1)
	round = f.inertia() + t.inertia() - round
	return balanceWeight*(after-before) + cutWeight*cut/s.cutUnit + roundWeight*round/s.roundUnit
}

// total is the sum that is to be small.
func (s *sharing) total() float64 {
	total := 0.0
	for _, g := range s.groups {
		total += balanceWeight*sq(g.work/s.mean-1) + roundWeight*g.inertia()/s.roundUnit
	}
	for i, b := range s.blocks {
		for _, x := range b.beside {
			if x.block > int32(i) && s.group[x.block] != s.group[i] {
				total += cutWeight * x.cost / s.cutUnit
			}
		}
	}
	return total
}

func sq(x float64) float64 { return x * x }

// holdsWithout says whether the group of block i stays in one piece when i leaves.
func (s *sharing) holdsWithout(i int32) bool {
	g := s.group[i]
	s.look++
	missing := 0
	s.queue = s.queue[:0]
	for _, b := range s.blocks[i].beside {
		if s.group[b.block] == g {
			missing++
			if len(s.queue) == 0 {
				s.queue = append(s.queue, b.block)
				s.seen[b.block] = s.look
			}
		}
	}
	if missing--; missing <= 0 {
		return true // it hung on by one block, or not at all
	}
	isBeside := func(j int32) bool {
		for _, b := range s.blocks[i].beside {
			if b.block == j {
				return true
			}
		}
		return false
	}
	for at := 0; at < len(s.queue); at++ {
		for _, b := range s.blocks[s.queue[at]].beside {
			j := b.block
			if j == i || s.group[j] != g || s.seen[j] == s.look {
				continue
			}
			s.seen[j] = s.look
			s.queue = append(s.queue, j)
			if isBeside(j) {
				if missing--; missing == 0 {
					return true
				}
			}
		}
	}
	return false
}
