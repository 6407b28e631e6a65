package calendar

import "slices"

// A span is from <= minute < to on one date, 0 to 1440. Lists of spans are
// sorted and their spans don't touch.
type span struct{ from, to Minute }

// A shape is what windows cover: of the date they begin on, and of the next.
type shape struct{ today, tail []span }

func shapeOf(ws []Window) shape {
	var today, tail []span
	for _, w := range ws {
		today = append(today, span{w.From, min(w.To, fullDay)})
		if w.To > fullDay {
			tail = append(tail, span{0, w.To - fullDay})
		}
	}
	return shape{joined(today), joined(tail)}
}

func (s shape) empty() bool { return len(s.today) == 0 }

func (s shape) tailEnd() Minute {
	if len(s.tail) == 0 {
		return 0
	}
	return s.tail[len(s.tail)-1].to
}

// joined sorts spans and makes one of those that overlap or touch, in place.
func joined(s []span) []span {
	slices.SortFunc(s, func(a, b span) int { return int(a.from - b.from) })
	out := s[:0]
	for _, x := range s {
		if n := len(out); n > 0 && x.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, x.to)
			continue
		}
		out = append(out, x)
	}
	return out
}

// covers tells whether a list covers the minute that begins at m.
func covers(s []span, m Minute) bool {
	for _, x := range s { // a handful of spans
		if m < x.to {
			return m >= x.from
		}
	}
	return false
}

// without appends to dst what of a is not in b.
func without(dst, a, b []span) []span {
	for _, x := range a {
		for _, y := range b {
			if y.to <= x.from {
				continue
			}
			if y.from >= x.to {
				break
			}
			if x.from < y.from {
				dst = append(dst, span{x.from, y.from})
			}
			x.from = min(y.to, x.to)
		}
		if x.from < x.to {
			dst = append(dst, x)
		}
	}
	return dst
}
