package fleet

import (
	"slices"

	"citygrid/routing/solve"
)

// A route is what one unit does, with what insertions are judged by. Places are
// 0..n: place k is before item k, n before the end.
type route struct {
	unit  int
	items []int32
	first int // places before it are fixed

	depart []int64 // by place: when the unit leaves for item k
	node   []int32 // by place: where it is then
	// limit is by place the latest arrival at item k for the rest to be in time;
	// limitRest if one more break is taken before.
	limit, limitRest []int64
	// Who arrives at item k at t ends at max(t + after, least), if no window from
	// there on has gaps (single) and nothing is late: t <= soft.
	after, least, soft []int64
	single             []bool
	board              []load  // by place: what is on board for a site
	held               []load  // by place: what is on board to be delivered
	trip               []load  // by place: what the trip has on board at its end, for a site
	most               []load  // by place: the most that is on board until the trip's end
	drop               []int32 // by place: the next item that unloads, -1 = none
	lateFrom           []int64 // by place: lateness from item k on
	end, late, way     int64
	rests              int
	room               []siteLoad // what is left where
	slots              []int32    // windows of escorts that are used
}

type siteLoad struct {
	site int32
	load load
}

// begin is the first instant from t on in a window, and the escort's slot.
func begin(windows []window, t int64) (int64, int32, bool) {
	if windows == nil {
		return t, -1, true
	}
	for i := range windows {
		if w := &windows[i]; t <= w.close {
			return max(t, w.open), w.slot, true
		}
	}
	return 0, -1, false
}

// last is the latest arrival from which service begins by t; ok is false if there
// is none.
func last(windows []window, t int64) (int64, bool) {
	if windows == nil {
		return t, true
	}
	for i := len(windows) - 1; i >= 0; i-- {
		if w := &windows[i]; w.open <= t {
			return min(t, w.close), true
		}
	}
	return 0, false
}

// to is the time from a node to another; ok is false where no way leads.
func (u *unit) to(nodes int, from, to int32) (int64, bool) {
	if to == nowhere {
		return 0, true
	}
	t := u.times[int(from)*nodes+int(to)]
	return t, t >= 0
}

// deadline is when a unit must be done that has taken so many breaks.
func (u *unit) deadline(rests int) int64 {
	if rests < len(u.restBy) {
		return min(u.close, u.restBy[rests])
	}
	return u.close
}

// resize makes room for n items.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2+4)
	}
	return s[:n]
}

// refresh works out what is kept of a route, whose items have changed. It is false
// if they break a rule, other than the room at sites and whom escorts are with.
func (m *model) refresh(r *route) bool {
	u := &m.units[r.unit]
	n := len(r.items)
	r.depart, r.node = resize(r.depart, n+1), resize(r.node, n+1)
	r.limit, r.limitRest = resize(r.limit, n+1), resize(r.limitRest, n+1)
	r.after, r.least, r.soft = resize(r.after, n+1), resize(r.least, n+1), resize(r.soft, n+1)
	r.single, r.board, r.trip = resize(r.single, n+1), resize(r.board, n+1), resize(r.trip, n+1)
	r.drop, r.lateFrom = resize(r.drop, n+1), resize(r.lateFrom, n+1)
	r.held, r.most = resize(r.held, n+1), resize(r.most, n+1)
	r.room, r.slots = r.room[:0], r.slots[:0]
	r.late, r.way, r.rests = 0, 0, 0

	now, node, board := u.open, u.start, u.loaded
	var held load
	var ways int64
	for k := range r.items {
		it := &m.items[r.items[k]]
		r.depart[k], r.node[k], r.board[k], r.held[k] = now, node, board, held
		way, ok := u.to(m.nodes, node, it.enter)
		at, slot, open := begin(it.windows, now+way)
		if !ok || !open {
			return false
		}
		if slot >= 0 && !slices.Contains(r.slots, slot) {
			r.slots = append(r.slots, slot)
		}
		ways += way
		r.lateFrom[k] = max(0, at-it.due)
		r.late += r.lateFrom[k]
		if now = at + it.service; now > u.close {
			return false
		}
		if it.leave != nowhere {
			node = it.leave
		}
		switch it.kind {
		case solve.Unload:
			r.room = append(r.room, siteLoad{it.id, board})
			board = load{}
		case solve.Rest:
			if int(it.id) != r.rests {
				return false
			}
			r.rests++
		default:
			if it.paired {
				held = held.plus(it.load)
			} else {
				board = board.plus(it.load)
			}
			if !board.plus(held).within(u.capacity) {
				return false
			}
		}
	}
	r.depart[n], r.node[n], r.board[n], r.held[n] = now, node, board, held
	way, ok := u.to(m.nodes, node, u.end)
	r.end, r.way = now+way, ways+way
	if !ok || r.end > u.deadline(r.rests) || board != (load{}) {
		return false
	}

	r.limit[n], r.limitRest[n] = u.deadline(r.rests), u.deadline(r.rests+1)
	r.after[n], r.least[n], r.soft[n], r.single[n] = 0, -never, never, true
	r.trip[n], r.drop[n], r.lateFrom[n], r.most[n] = board, -1, 0, board.plus(held)
	for k := n - 1; k >= 0; k-- {
		it := &m.items[r.items[k]]
		next := u.end
		if k+1 < n {
			next = m.items[r.items[k+1]].enter
		}
		way, _ := u.to(m.nodes, r.node[k+1], next)
		on := it.service + way
		r.limit[k], _ = last(it.windows, r.limit[k+1]-on)
		if r.limitRest[k], ok = last(it.windows, r.limitRest[k+1]-on); !ok || it.kind == solve.Rest {
			r.limitRest[k] = -never // breaks come in their order
		}
		open := int64(-never)
		if len(it.windows) > 0 {
			open = it.windows[0].open
		}
		r.single[k] = r.single[k+1] && len(it.windows) < 2 && it.enter != nowhere
		r.after[k] = on + r.after[k+1]
		r.least[k] = max(open+on+r.after[k+1], r.least[k+1])
		if r.soft[k] = min(it.due, r.soft[k+1]-on); open > r.soft[k] {
			r.soft[k] = -never
		}
		r.lateFrom[k] += r.lateFrom[k+1]
		r.trip[k], r.drop[k] = r.trip[k+1], r.drop[k+1]
		r.most[k] = r.board[k].plus(r.held[k])
		if it.kind == solve.Unload {
			r.trip[k], r.drop[k] = r.board[k], int32(k)
		} else {
			r.most[k] = r.most[k].most(r.most[k+1])
		}
	}
	return true
}

// value is what the search weighs a route by: working time, lateness a hundredfold,
// ways a little, so that of two plans that wait the one that drives less is better.
func (m *model) value(r *route) int64 {
	v := r.end - m.units[r.unit].open + lateness(r.late) + r.way/wayShare
	if m.p.Goal == solve.Fewest && len(r.items) > 0 {
		v += unitWeight
	}
	return v
}

// lateness is what late work weighs; more than some days is all the same.
func lateness(late int64) int64 { return lateWeight * max(-mostLate, min(late, mostLate)) }

const (
	lateWeight = 100
	mostLate   = 1 << 50 // 13 days
	wayShare   = 16
	unitWeight = int64(24 * 3600e9) // a day
)
