package street

import (
	"cmp"
	"slices"
)

// NotUsed marks the segments that Connected leaves out.
const NotUsed = -1

// Connected numbers the connected parts of the network that v sees, the
// direction of one-ways aside, the longest first: of[s] is the part of segment
// s, or NotUsed if none of v may travel it either way. Junctions whose barrier
// stops all of v do not connect. lengths are the parts' lengths in metres.
//
// It works on Parts that are not built yet, so the importer can mark what it
// keeps; junction numbers must be in range.
func (p *Parts) Connected(v Vehicles) (of []int32, lengths []float64) {
	// A union-find over segments: neighbours at a junction are joined through
	// the first segment seen there.
	parent := make([]int32, len(p.Segments))
	for i := range parent {
		parent[i] = int32(i)
	}
	root := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	used := func(s *Segment) bool { return (s.Forward|s.Backward)&v != 0 }
	seen := make([]int32, len(p.Junctions)) // 1 + a segment at the junction
	for i := range p.Segments {
		s := &p.Segments[i]
		if !used(s) {
			continue
		}
		for _, j := range [...]JunctionID{s.From, s.To} {
			if v&^p.Junctions[j].Blocked == 0 {
				continue
			}
			if seen[j] == 0 {
				seen[j] = int32(i) + 1
				continue
			}
			// The smaller number becomes the root, so the result does not
			// depend on the order of joins.
			a, b := root(int32(i)), root(seen[j]-1)
			parent[max(a, b)] = min(a, b)
		}
	}

	of = make([]int32, len(p.Segments))
	sum := make(map[int32]float64)
	for i := range p.Segments {
		if of[i] = NotUsed; used(&p.Segments[i]) {
			of[i] = root(int32(i))
			sum[of[i]] += float64(p.Segments[i].LengthM)
		}
	}
	roots := make([]int32, 0, len(sum))
	for r := range sum {
		roots = append(roots, r)
	}
	slices.SortFunc(roots, func(a, b int32) int {
		return cmp.Or(cmp.Compare(sum[b], sum[a]), cmp.Compare(a, b))
	})
	rank := make(map[int32]int32, len(roots))
	for i, r := range roots {
		rank[r] = int32(i)
		lengths = append(lengths, sum[r])
	}
	for i := range of {
		if of[i] != NotUsed {
			of[i] = rank[of[i]]
		}
	}
	return of, lengths
}
