package path

import (
	"iter"
	"time"

	"citygrid/geo/street"
)

// A State numbers what an Engine searches over: a segment in a direction that the
// profile may travel, some of them again with a memory of the way that led there,
// for turn bans over via ways. Those of one Engine are 0 to States-1.
type State uint32

// Network is the network the engine was made for.
func (e *Engine) Network() *street.Network { return e.n }

// States is how many states there are.
func (e *Engine) States() int { return len(e.g.edge) }

// State is a segment in a direction, without a memory; ok whether it is open to
// the profile now.
func (e *Engine) State(id street.SegmentID, forward bool) (s State, ok bool) {
	d := edgeOf(id, forward)
	return State(e.g.of[d]), e.open(d)
}

// Travels is the segment of a state and its direction.
func (e *Engine) Travels(s State) (id street.SegmentID, forward bool) {
	d := e.g.edge[s]
	return d.segment(), d.forward()
}

// Turns lists the states that may follow one now, each with the cost of the turn
// into it and of what is waited at the junction.
func (e *Engine) Turns(s State) iter.Seq2[State, time.Duration] {
	return func(yield func(State, time.Duration) bool) {
		for _, h := range e.g.outOf(state(s)) {
			if e.whole(h.state) < never && !yield(State(h.state), time.Duration(h.cost)*time.Millisecond) {
				return
			}
		}
	}
}
