package path

import (
	"slices"

	"citygrid/geo/street"
)

// An edge is a segment in a direction: 2*segment going forward, plus 1 going
// backward.
type edge uint32

func edgeOf(id street.SegmentID, forward bool) edge {
	if forward {
		return edge(id) << 1
	}
	return edge(id)<<1 | 1
}

func (e edge) segment() street.SegmentID { return street.SegmentID(e >> 1) }
func (e edge) forward() bool             { return e&1 == 0 }
func (e edge) reverse() edge             { return e ^ 1 }

// A memory is what the search must know beyond the edge it is on, to keep bans
// over via ways: which run of edges, the beginning of some ban, it has come
// along. Memory 0 is none. The others are the prefixes of two edges and more of
// all bans over via ways, a trie with the failure links of Aho and Corasick
// (1975), so that bans may overlap in any way.
type memory uint32

// bans are the turn restrictions that one vehicle keeps.
type bans struct {
	no   map[step]bool     // via a node: this turn is banned
	only map[edge][]target // via a node: from this edge over ...
	runs []run             // by memory; runs[0] is unused
	next map[grow]memory   // the trie
}

// A step is a turn from one edge into another.
type step struct{ from, to edge }

// A target is the one way on over a junction.
type target struct {
	via street.JunctionID
	to  edge
}

// A grow is an edge of the trie: what one more edge makes of a memory. For
// memories of one edge, which are not kept, last is that edge.
type grow struct {
	m    memory
	last edge
	to   edge
}

// A run is one memory.
type run struct {
	edges []edge // what it has come along
	fail  memory // the longest other memory that is the end of edges
	no    []edge // banned ways on
	only  []edge // if any, the only ways on
}

// maxSequences bounds the readings of one restriction: one, unless segments in
// it begin and end at the same junction, which doubles them.
const maxSequences = 16

// bansOf reads the restrictions that the profile's vehicle keeps at the moment.
func bansOf(v *view) *bans {
	n, p := v.n, v.p
	b := &bans{
		no: make(map[step]bool), only: make(map[edge][]target),
		runs: make([]run, 1), next: make(map[grow]memory),
	}
	for i := range n.Parts().Restrictions {
		r := &n.Parts().Restrictions[i]
		if r.For&p.Vehicle == 0 || r.Except&p.Vehicle != 0 || !v.banned(r.When) {
			continue
		}
		for _, edges := range sequences(n, r) {
			last := edges[len(edges)-1]
			if _, ok := v.weight(n.Segment(last.segment()), last.forward()); r.Only && !ok {
				continue // the only way on is closed to us: a mistake in the map
			}
			b.add(edges, r)
		}
	}
	b.link()
	return b
}

func (b *bans) add(edges []edge, r *street.Restriction) {
	last := edges[len(edges)-1]
	if len(edges) == 2 {
		if r.Only {
			b.only[edges[0]] = append(b.only[edges[0]], target{r.Via, last})
		} else {
			b.no[step{edges[0], last}] = true
		}
		return
	}
	var m memory
	for i := 1; i < len(edges)-1; i++ {
		g := grow{m, edges[i-1], edges[i]}
		known, ok := b.next[g]
		if !ok {
			known = memory(len(b.runs))
			b.runs = append(b.runs, run{edges: slices.Clone(edges[:i+1])})
			b.next[g] = known
		}
		m = known
	}
	if r.Only {
		b.runs[m].only = append(b.runs[m].only, last)
	} else {
		b.runs[m].no = append(b.runs[m].no, last)
	}
}

// link finds the failure links, short memories first as they were added along
// their own prefixes.
func (b *bans) link() {
	order := make([]memory, 0, len(b.runs))
	for m := 1; m < len(b.runs); m++ {
		order = append(order, memory(m))
	}
	slices.SortStableFunc(order, func(x, y memory) int { return len(b.runs[x].edges) - len(b.runs[y].edges) })
	for _, m := range order {
		edges := b.runs[m].edges
		if len(edges) == 2 {
			continue // its end is one edge: no memory
		}
		// The end of m without its first edge is where the walk of those
		// edges leads, all of them shorter than m.
		var end memory
		for i := 2; i < len(edges); i++ {
			end = b.after(end, edges[i-1], edges[i])
		}
		b.runs[m].fail = end
	}
}

// after is the memory after going from edge last, remembering m, into to.
func (b *bans) after(m memory, last, to edge) memory {
	if len(b.next) == 0 {
		return 0
	}
	for ; m != 0; m = b.runs[m].fail {
		if next, ok := b.next[grow{m, last, to}]; ok {
			return next
		}
	}
	return b.next[grow{0, last, to}]
}

// allowed says whether no ban forbids to go from edge last, remembering m, over
// junction via into to.
func (b *bans) allowed(m memory, last edge, via street.JunctionID, to edge) bool {
	if b.no[step{last, to}] {
		return false
	}
	forced, free := false, false
	for _, t := range b.only[last] {
		if t.via == via {
			forced = true
			free = free || t.to == to
		}
	}
	if forced && !free {
		return false
	}
	for ; m != 0; m = b.runs[m].fail {
		r := &b.runs[m]
		if slices.Contains(r.no, to) || len(r.only) > 0 && !slices.Contains(r.only, to) {
			return false
		}
	}
	return true
}

// sequences reads a restriction as runs of edges, from its From over its via
// ways to its To.
func sequences(n *street.Network, r *street.Restriction) [][]edge {
	var done [][]edge
	// into are the directions of a segment that lead away from a junction.
	into := func(id street.SegmentID, at street.JunctionID) []edge {
		s := n.Segment(id)
		var out []edge
		if s.From == at {
			out = append(out, edgeOf(id, true))
		}
		if s.To == at {
			out = append(out, edgeOf(id, false))
		}
		return out
	}
	var grow func(run []edge, at street.JunctionID, rest []street.SegmentID)
	grow = func(run []edge, at street.JunctionID, rest []street.SegmentID) {
		if len(done) >= maxSequences {
			return
		}
		if len(rest) == 0 {
			done = append(done, slices.Clone(run))
			return
		}
		for _, e := range into(rest[0], at) {
			// Round a loop once more is no turn that anybody bans.
			if e == run[len(run)-1] {
				continue
			}
			grow(append(run, e), head(n, e), rest[1:])
		}
	}
	rest := append(slices.Clone(r.ViaWays), r.To)
	for _, away := range into(r.From, r.Via) {
		grow([]edge{away.reverse()}, r.Via, rest)
	}
	return done
}

// head is the junction that an edge leads to.
func head(n *street.Network, e edge) street.JunctionID {
	s := n.Segment(e.segment())
	if e.forward() {
		return s.To
	}
	return s.From
}
