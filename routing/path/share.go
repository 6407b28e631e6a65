package path

import (
	"maps"
	"slices"
	"sync"

	"citygrid/geo/street"
)

// For is the engine on the same network for another profile, or for another time
// (see NewEngineAt), without the changes of e. What is the same as in e is shared:
// all but the costs where the two may travel the same streets and turns, as with the
// speeds of another hour; then it takes the time of a customisation instead of that
// of a new hierarchy.
func (e *Engine) For(p Profile, w When) *Engine { return newEngine(e.n, p, w, e) }

// newEngine makes an engine; like, if there is one, is of the same network.
func newEngine(n *street.Network, p Profile, w When, like *Engine) *Engine {
	e := &Engine{n: n, p: p, when: w}
	v := newView(n, &e.p, w)
	e.g = newGraph(v)
	e.until, e.changing = v.until()
	e.timed, e.unread = v.timed, v.unread
	if like != nil && e.g.sameShape(like.g) {
		e.main, e.leads, e.led, e.island = like.main, like.leads, like.led, like.island
		e.outOf, e.into = like.outOf, like.into
		e.h, e.rooms = like.h, like.rooms
		if len(like.changes.few) == 0 && like.changes.all == nil && slices.Equal(e.g.whole, like.g.whole) && slices.Equal(e.g.out, like.g.out) {
			e.g, e.metric = like.g, like.metric
			return e
		}
		e.g.share(like.g)
		e.metric = newMetric(e.h, e.g, e.whole)
		return e
	}
	e.main = e.g.main()
	e.leads, e.led, e.outOf, e.into = e.g.around(e.main)
	e.island = e.g.islands()
	e.h = newHierarchy(n, e.g)
	e.metric = newMetric(e.h, e.g, e.whole)
	e.rooms = &sync.Pool{New: func() any { return newRoom() }}
	return e
}

// Timed says whether anything in the engine depends on the time. One that does not
// stands for all times, and for none.
func (e *Engine) Timed() bool { return e.timed }

// sameShape says whether two graphs of a network have the same states and turns,
// whatever they cost.
func (g *graph) sameShape(other *graph) bool {
	turn := func(a, b hop) bool { return a.state == b.state }
	return slices.Equal(g.edge, other.edge) && slices.Equal(g.private, other.private) && slices.Equal(g.of, other.of) &&
		slices.Equal(g.firstOut, other.firstOut) && slices.EqualFunc(g.out, other.out, turn) && maps.EqualFunc(g.copies, other.copies, slices.Equal[[]state])
}

// share lets go of what is the same in other, a graph of the same shape.
func (g *graph) share(other *graph) {
	g.edge, g.private, g.of, g.copies = other.edge, other.private, other.of, other.copies
	g.firstOut, g.firstIn = other.firstOut, other.firstIn
}
