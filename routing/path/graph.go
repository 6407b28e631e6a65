package path

import (
	"cmp"
	"math"
	"slices"

	"citygrid/geo"
	"citygrid/geo/street"
)

// A state numbers the nodes of the graph that is searched: an edge that the
// profile may travel, with a memory. The states without memory come first.
type state uint32

const noState state = math.MaxUint32

// A hop is one arc of the graph, from or to a state, with the cost of the turn
// in milliseconds.
type hop struct {
	state state
	cost  uint32
}

// A graph is the network as one profile sees it. Its nodes are edges of the
// network, so that turns have costs and bans; see state. It is built once and
// then only read.
//
// It takes about 100 bytes a segment for cars and 125 for feet: in Delaware, of
// 115,000 segments, 12 MB and 15 MB; with 500,000, 50 MB and 62 MB. Making it
// takes 0.2 s of one core in Delaware.
type graph struct {
	edge    []edge  // by state
	whole   []cost  // by state: along the whole edge
	private []bool  // by state: only to reach places on it
	of      []state // by edge: its state without memory, or noState
	copies  map[edge][]state

	firstOut, firstIn []uint32 // hops of state s: out[firstOut[s]:firstOut[s+1]]
	out, in           []hop
}

// outOf and into are the hops that leave a state, and those that lead to it.
func (g *graph) outOf(s state) []hop { return g.out[g.firstOut[s]:g.firstOut[s+1]] }
func (g *graph) into(s state) []hop  { return g.in[g.firstIn[s]:g.firstIn[s+1]] }

// A builder holds what is needed to build a graph and not to search it.
type builder struct {
	*graph
	*view
	bans    *bans
	depart  []float32 // by edge: bearing in which it leaves its junction
	ways    []uint8   // by junction: how many segment ends the profile uses, up to 255
	through []uint8   // of those, how many lead away and are not private
	memory  []memory  // by state
	copy    map[remembered]state
}

// remembered is what a state with a memory stands for.
type remembered struct {
	e edge
	m memory
}

func newGraph(v *view) *graph {
	b := builder{graph: &graph{copies: make(map[edge][]state)}, view: v, bans: bansOf(v), copy: make(map[remembered]state)}
	b.states()
	b.bearings()
	b.hops()
	b.turnRound()
	return b.graph
}

// states lists the usable edges, neighbours near each other: a search spends much
// of its time waiting for memory, and is a fifth quicker so.
func (b *builder) states() {
	edges := 2 * b.n.Segments()
	order := b.alongCurve()
	b.of = make([]state, edges)
	b.ways = make([]uint8, b.n.Junctions())
	b.through = make([]uint8, b.n.Junctions())
	count := func(of []uint8, j street.JunctionID) {
		if of[j] < math.MaxUint8 {
			of[j]++
		}
	}
	for i := range edges {
		e := order[i/2]<<1 | edge(i&1)
		s := b.n.Segment(e.segment())
		b.of[e] = noState
		if w, ok := b.weight(s, e.forward()); ok {
			b.of[e] = b.add(remembered{e, 0}, costOf(w, geo.Metres(s.LengthM)))
			if !b.graph.private[b.of[e]] {
				count(b.through, head(b.n, e.reverse()))
			}
		}
		if !e.forward() && (b.of[e] != noState || b.of[e.reverse()] != noState) {
			count(b.ways, s.From)
			count(b.ways, s.To)
		}
	}
}

// alongCurve lists the segments (as edges without direction) in the order of
// their starts along Morton's curve, which keeps neighbours together.
func (b *builder) alongCurve() []edge {
	spread := func(v int32) uint64 { // 32 bits to every second of 64
		x := uint64(uint32(v) ^ 1<<31)
		x = (x | x<<16) & 0x0000ffff0000ffff
		x = (x | x<<8) & 0x00ff00ff00ff00ff
		x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
		x = (x | x<<2) & 0x3333333333333333
		return (x | x<<1) & 0x5555555555555555
	}
	type at struct {
		curve   uint64
		segment edge
	}
	places := make([]at, b.n.Segments())
	for i := range places {
		start := b.n.Junction(b.n.Segment(street.SegmentID(i)).From).At
		places[i] = at{spread(start.Lon) | spread(start.Lat)<<1, edge(i)}
	}
	slices.SortFunc(places, func(a, b at) int {
		return cmp.Or(cmp.Compare(a.curve, b.curve), cmp.Compare(a.segment, b.segment))
	})
	order := make([]edge, len(places))
	for i, p := range places {
		order[i] = p.segment
	}
	return order
}

func (b *builder) add(r remembered, whole cost) state {
	s := state(len(b.edge))
	b.edge = append(b.edge, r.e)
	b.whole = append(b.whole, whole)
	b.graph.private = append(b.graph.private, b.view.private(r.e))
	b.memory = append(b.memory, r.m)
	return s
}

// bearings finds in which direction each usable edge leaves its junction. The
// one in which it arrives is that of its reverse, turned round.
func (b *builder) bearings() {
	b.depart = make([]float32, len(b.of))
	for i := range b.n.Segments() {
		id := street.SegmentID(i)
		forward, backward := edgeOf(id, true), edgeOf(id, false)
		if b.of[forward] == noState && b.of[backward] == noState {
			continue
		}
		s, shape := b.n.Segment(id), b.n.Parts().Shape
		first, last := s.Shape, s.Shape+s.Points-1
		k := first
		for k < last && shape[k] == shape[first] {
			k++
		}
		b.depart[forward] = float32(geo.Bearing(shape[first].Point(), shape[k].Point()))
		for k = last; k > first && shape[k] == shape[last]; {
			k--
		}
		b.depart[backward] = float32(geo.Bearing(shape[last].Point(), shape[k].Point()))
	}
}

// hops lists the turns out of every state. States with a memory are made as they
// are met, and so are their turns.
func (b *builder) hops() {
	b.firstOut = append(make([]uint32, 0, len(b.edge)+1), 0)
	b.out = make([]hop, 0, len(b.edge)*5/2)
	for s := state(0); int(s) < len(b.edge); s++ {
		b.turns(s)
		b.firstOut = append(b.firstOut, uint32(len(b.out)))
	}
}

// turns adds the hops out of one state.
func (b *builder) turns(s state) {
	e, m := b.edge[s], b.memory[s]
	j := head(b.n, e)
	junction := b.n.Junction(j)
	passing := b.p.pass(junction.Flags)
	for _, end := range b.n.At(j) {
		to := edgeOf(end.Segment, end.Forward)
		if b.of[to] == noState || !b.bans.allowed(m, e, j, to) {
			continue
		}
		board, ok := b.board(e, to, junction.Flags)
		if !ok {
			continue
		}
		var cost uint32
		switch {
		case to == e.reverse():
			if !b.mayTurnRound(e, j, b.blocked(e, e, junction)) {
				continue
			}
			cost = milliseconds(float64(b.p.UTurn.Milliseconds()))
		case b.blocked(e, to, junction):
			continue
		case b.ways[j] > 2:
			arrive := geo.Degrees(b.depart[e.reverse()]) + 180
			cost = b.p.turn(float64(arrive.Turn(geo.Degrees(b.depart[to]))), b.n.Parts().DrivesLeft) + passing + board
		default:
			cost = passing + board
		}
		next := b.of[to]
		if after := b.bans.after(m, e, to); after != 0 {
			r := remembered{to, after}
			known, ok := b.copy[r]
			if !ok {
				known = b.add(r, b.whole[next])
				b.copy[r] = known
				b.copies[to] = append(b.copies[to], known)
			}
			next = known
		}
		b.out = append(b.out, hop{next, cost})
	}
}

// mayTurnRound says whether an edge may be left backward at its end j: at a dead
// end, before a barrier, where nothing but private ground goes on, or everywhere
// if the profile does.
func (b *builder) mayTurnRound(e edge, j street.JunctionID, blocked bool) bool {
	others := b.through[j]
	if back := b.of[e.reverse()]; back != noState && !b.graph.private[back] && others < math.MaxUint8 {
		others--
	}
	return b.p.UTurnsAnywhere || blocked || others == 0
}

// turnRound lists the hops by where they lead to.
func (b *builder) turnRound() {
	b.firstIn = make([]uint32, len(b.edge)+1)
	for _, h := range b.out {
		b.firstIn[h.state+1]++
	}
	for s := range b.edge {
		b.firstIn[s+1] += b.firstIn[s]
	}
	next := append([]uint32(nil), b.firstIn...)
	b.in = make([]hop, len(b.out))
	for s := range b.edge {
		for _, h := range b.outOf(state(s)) {
			b.in[next[h.state]] = hop{state(s), h.cost}
			next[h.state]++
		}
	}
}
