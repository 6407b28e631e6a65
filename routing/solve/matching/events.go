package matching

// An event is an edge (its half) that becomes tight, or a blossom (^ its number)
// that is spent, at a time.
type event struct {
	at   int64
	what int32
}

// events is a heap, the earliest first.
type events []event

func (q *events) push(e event) {
	h := append(*q, e)
	i := len(h) - 1
	for i > 0 {
		up := (i - 1) / 2
		if h[up].at <= e.at {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = e
	*q = h
}

func (q *events) pop() (event, bool) {
	h := *q
	if len(h) == 0 {
		return event{}, false
	}
	first, e := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*q = h
	if len(h) == 0 {
		return first, true
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= len(h) {
			break
		}
		if down+1 < len(h) && h[down+1].at < h[down].at {
			down++
		}
		if h[down].at >= e.at {
			break
		}
		h[i] = h[down]
		i = down
	}
	h[i] = e
	return first, true
}
