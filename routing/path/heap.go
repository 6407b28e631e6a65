package path

// A heap is a priority queue of states by cost, with four children a node, so
// half as deep as the usual kind. Cost and state are one number, so that equal
// costs come in the order of their states and a search does the same each time.
type heap []uint64

func (h *heap) push(cost uint32, s state) {
	key := uint64(cost)<<32 | uint64(s)
	*h = append(*h, key)
	q := *h
	i := len(q) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if q[parent] <= key {
			break
		}
		q[i] = q[parent]
		i = parent
	}
	q[i] = key
}

func (h *heap) pop() (cost uint32, s state) {
	q := *h
	top := q[0]
	last := len(q) - 1
	key := q[last]
	q = q[:last]
	*h = q
	if last > 0 {
		i := 0
		for {
			child := 4*i + 1
			if child >= last {
				break
			}
			least := child
			for c := child + 1; c < min(child+4, last); c++ {
				if q[c] < q[least] {
					least = c
				}
			}
			if q[least] >= key {
				break
			}
			q[i] = q[least]
			i = least
		}
		q[i] = key
	}
	return uint32(top >> 32), state(top & 0xffffffff)
}
