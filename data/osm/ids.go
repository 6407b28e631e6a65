package osm

import (
	"slices"

	"citygrid/geo/street"
)

// An idSet is a set of element ids: 512 to a page, since ids that are near each
// other in a city's data are often near as numbers too.
type idSet struct {
	page map[int64]int32
	bits [][8]uint64
}

func (s *idSet) add(id int64) {
	if s.page == nil {
		s.page = make(map[int64]int32)
	}
	p, ok := s.page[id>>9]
	if !ok {
		p = int32(len(s.bits))
		s.page[id>>9] = p
		s.bits = append(s.bits, [8]uint64{})
	}
	s.bits[p][id>>6&7] |= 1 << (id & 63)
}

func (s *idSet) has(id int64) bool {
	p, ok := s.page[id>>9]
	return ok && s.bits[p][id>>6&7]&(1<<(id&63)) != 0
}

// nodeStore keeps the positions of the nodes that something needs: 17 bytes a
// node. A node is known by its index from then on.
type nodeStore struct {
	id   []int64 // sorted
	at   []street.Fixed
	have []bool // false: the file doesn't have the node
}

// newNodeStore takes the ids that are needed, in any order and repeated.
func newNodeStore(ids []int64) *nodeStore {
	slices.Sort(ids)
	ids = slices.Clip(slices.Compact(ids))
	return &nodeStore{id: ids, at: make([]street.Fixed, len(ids)), have: make([]bool, len(ids))}
}

// index finds a node; hint is where to look first (the answer to the last
// question, plus one): ids in a file mostly go up.
func (s *nodeStore) index(id int64, hint int) (int, bool) {
	lo, hi := 0, len(s.id)
	if hint < len(s.id) && s.id[hint] <= id {
		// Gallop: the wanted id is most likely a few steps on.
		lo = hint
		for step := 1; ; step *= 2 {
			if lo+step >= len(s.id) {
				break
			}
			if s.id[lo+step] > id {
				hi = lo + step
				break
			}
			lo += step
		}
	} else if hint < len(s.id) {
		hi = hint
	}
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if s.id[mid] < id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(s.id) && s.id[lo] == id
}
