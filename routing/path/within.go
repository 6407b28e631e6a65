package path

import (
	"context"
	"fmt"
	"math"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// A Stretch is a part of a segment, in one direction, that can be reached within a
// limit of time.
type Stretch struct {
	Segment    street.SegmentID
	Forward    bool
	Start, End geo.Metres    // along the segment, from its own start; backward, End < Start
	Begin      time.Duration // until Start is reached
	Finish     time.Duration // until End is
}

// maxWithin bounds the time of Within: two hours of a car are a province.
const maxWithin = 24 * time.Hour

// Snap lists where a point may be put on the streets: the nearest places on up to
// so many segments that the profile may travel now, nearest first, none farther
// than the limit (0 = DefaultSnapLimit). A segment whose nearest place is its end
// counts, too.
func (e *Engine) Snap(at orb.Point, limit geo.Metres, most int) []street.Near {
	if limit == 0 {
		limit = DefaultSnapLimit
	}
	return e.n.Nearest(at, limit, e.usable, most)
}

// Within tells each stretch of street that can be reached in some time from a
// place on a segment, in whichever direction one sets out, nearest first by the
// time of their begin. A segment comes once for each direction, and again where
// one sets out in the middle of it and comes back to its begin, or comes along
// another way that leaves other turns banned; the first time is the least. visit
// returns false to end the search. It is Dijkstra's algorithm from one end, so it
// takes time by what is reached: about a microsecond a stretch. The error is the
// context's, or that of a limit that is none.
func (e *Engine) Within(ctx context.Context, from street.Near, limit time.Duration, visit func(Stretch) bool) error {
	if !(limit >= 0 && limit <= maxWithin) {
		return fmt.Errorf("time limit %v: want 0 to %v", limit, maxWithin)
	}
	if uint64(from.Segment) >= uint64(e.n.Segments()) {
		return fmt.Errorf("segment %d, there are %d", from.Segment, e.n.Segments())
	}
	w := within{e: e, limit: cost(limit.Milliseconds())<<32 | math.MaxUint32, known: make(map[phased]cost)}
	for _, s := range e.statesOn(from.Segment) {
		position := e.position(e.g.edge[s], from)
		left := e.whole(s) - e.upTo(s, position)
		if !visit(e.stretch(s, position, 0, left, w.limit)) {
			return nil
		}
		w.hops(phased{s, e.g.private[s], false}, left)
	}
	for steps := 1; len(w.queue) > 0; steps++ {
		if steps%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		_, i := w.queue.pop()
		at := w.open[i]
		if at.cost != w.known[at.phased] {
			continue
		}
		whole := e.whole(at.state)
		// On private ground at the end of a way one comes where others came
		// setting out there; only the first of them is told.
		if !w.told[at.state] {
			w.tell(at.state)
			if !visit(e.stretch(at.state, 0, at.cost, whole, w.limit)) {
				return nil
			}
		}
		w.hops(at.phased, at.cost.plus(whole))
	}
	return nil
}

// A phased state is one on a way that is private, then public, then private.
type phased struct {
	state    state
	starting bool // on private ground since the start
	ending   bool // on private ground after public
}

type openState struct {
	phased
	cost cost // to the start of its edge
}

type within struct {
	e     *Engine
	limit cost
	known map[phased]cost
	open  []openState
	queue heap // of places in open
	told  map[state]bool
}

func (w *within) tell(s state) {
	if w.told == nil {
		w.told = make(map[state]bool)
	}
	w.told[s] = true
}

// hops goes on from the end of a state's edge.
func (w *within) hops(at phased, ended cost) {
	if ended > w.limit {
		return
	}
	for _, h := range w.e.g.outOf(at.state) {
		if w.e.whole(h.state) >= never {
			continue
		}
		next := phased{state: h.state}
		if private := w.e.g.private[h.state]; private {
			next.starting, next.ending = at.starting, !at.starting
		} else if at.ending {
			continue
		}
		c := ended.plus(turnCost(h.cost))
		if old, is := w.known[next]; c > w.limit || is && c >= old {
			continue
		}
		w.known[next] = c
		w.queue.push(c.ms(), state(len(w.open)))
		w.open = append(w.open, openState{next, c})
	}
}

// stretch is the part of a state's edge from a position on, as far as one gets;
// begin is the cost to the position, left that to the end of the edge.
func (e *Engine) stretch(s state, position geo.Metres, begin, left, limit cost) Stretch {
	d := e.g.edge[s]
	length := geo.Metres(e.n.Segment(d.segment()).LengthM)
	end, finish := length, begin.plus(left)
	if finish.ms() > limit.ms() && left.ms() > 0 {
		share := geo.Metres(limit.ms()-begin.ms()) / geo.Metres(left.ms())
		end, finish = position+share*(length-position), turnCost(limit.ms())
	}
	t := Stretch{Segment: d.segment(), Forward: d.forward(), Start: position, End: end, Begin: begin.duration(), Finish: finish.duration()}
	if !t.Forward {
		t.Start, t.End = length-position, length-end
	}
	return t
}
