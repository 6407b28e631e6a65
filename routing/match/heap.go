package match

// A heap is a priority queue of labels by cost; equal costs come in the order of
// the labels, so that a search does the same each time.
type heap []queued

type queued struct {
	cost  float64
	label int32
}

func (a queued) before(b queued) bool {
	return a.cost < b.cost || a.cost == b.cost && a.label < b.label
}

func (h *heap) push(cost float64, l int32) {
	q := append(*h, queued{cost, l})
	*h = q
	i := len(q) - 1
	for x := q[i]; i > 0; {
		parent := (i - 1) / 2
		if !x.before(q[parent]) {
			break
		}
		q[i], q[parent] = q[parent], x
		i = parent
	}
}

func (h *heap) pop() (label int32, cost float64) {
	q := *h
	top, last := q[0], len(q)-1
	x := q[last]
	q = q[:last]
	*h = q
	for i := 0; last > 0; {
		child := 2*i + 1
		if child+1 < last && q[child+1].before(q[child]) {
			child++
		}
		if child >= last || !q[child].before(x) {
			q[i] = x
			break
		}
		q[i] = q[child]
		i = child
	}
	return top.label, top.cost
}
