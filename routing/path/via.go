package path

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// A part is the way from one point of a query to the next.
type part struct {
	from, to place
	cost     cost
}

// through finds the quickest way over all points of a query: for every state on
// which a point on the way may be reached the least cost so far, as the way goes on
// on that state.
//
// Of the places near a point on the way the nearest is taken, or if so no way leads
// through, the nearest that lies in the main part of the network.
func (e *Engine) through(ctx context.Context, r *room, q Query) ([]part, error) {
	points := append(append([]orb.Point{q.From}, q.Via...), q.To)
	all := make([][]place, len(points))
	var off []error
	for i, at := range points {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		if all[i], err = e.places(whichEnd(i, len(points)), at, q.SnapLimit); err != nil {
			off = append(off, err)
			continue
		}
		var kept []place
		for _, p := range all[i] {
			if i == 0 {
				p = e.start(&q, p)
			} else {
				p = e.stop(&q, p)
			}
			if p != nil {
				kept = append(kept, p)
			}
		}
		if all[i] = kept; len(kept) == 0 {
			return nil, e.noStart(&q)
		}
	}
	if len(off) > 0 {
		return nil, errors.Join(off...)
	}
	nearest, main := make([]place, len(all)), make([]place, len(all))
	for i, places := range all {
		nearest[i] = places[0]
		main[i] = places[0]
		for _, p := range places {
			if a := e.around(p); a.leads && a.led {
				main[i] = p
				break
			}
		}
	}
	for _, places := range [][]place{nearest, main} {
		if ways, err := e.over(ctx, r, places); ways != nil || err != nil {
			return ways, err
		}
	}
	return nil, e.noRoute(q)
}

func whichEnd(i, points int) End {
	switch i {
	case 0:
		return From
	case points - 1:
		return To
	}
	return Via
}

// A standstill is a way to have come to a point: on a state, from one before.
type standstill struct {
	at     place // of one fixed spot
	cost   cost
	before int // in the layer before; -1 at the first point
	from   place
	part   cost
}

// over finds the quickest way over places, nil if there is none.
func (e *Engine) over(ctx context.Context, r *room, places []place) ([]part, error) {
	layers := [][]standstill{{{at: places[0], before: -1}}}
	for i := 1; i < len(places); i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		stops := []place{places[i]}
		if i < len(places)-1 {
			stops = e.fixed(places[i])
		}
		var next []standstill
		for _, at := range stops {
			best := standstill{cost: never}
			for k, s := range layers[i-1] {
				starts := []place{s.at}
				if i > 1 {
					starts = e.onward(s.at)
				}
				for turn, from := range starts {
					c := e.least(r, from, at)
					if turn > 0 {
						c = c.plus(turnCost(milliseconds(float64(e.p.UTurn.Milliseconds()))))
					}
					if sum := s.cost.plus(c); sum < best.cost {
						best = standstill{at, sum, k, from, c}
					}
				}
			}
			if best.cost < never {
				next = append(next, best)
			}
		}
		if len(next) == 0 {
			return nil, nil
		}
		layers = append(layers, next)
	}
	var ways []part
	for i, k := len(layers)-1, 0; i > 0; i-- {
		s := layers[i][k]
		ways = append(ways, part{s.from, s.at, s.part})
		k = s.before
	}
	slices.Reverse(ways)
	return ways, nil
}

// fixed are the ways to stop at a place: one for each state there, memories
// included.
func (e *Engine) fixed(p place) (all []place) {
	for _, at := range p {
		for _, s := range e.statesAt(at) {
			for _, on := range append([]state{s}, e.g.copies[e.g.edge[s]]...) {
				all = append(all, place{{Near: at.Near, fixed: true, on: on}})
			}
		}
	}
	return all
}

// onward are the ways to go on from a stop: as one came and, for those who may,
// turned round.
func (e *Engine) onward(stop place) []place {
	at := stop[0]
	all := []place{stop}
	if e.p.Vehicle == street.Foot || e.p.UTurnsAnywhere {
		if d := e.g.edge[at.on].reverse(); e.open(d) {
			all = append(all, place{{Near: at.Near, fixed: true, on: e.g.of[d]}})
		}
	}
	return all
}

// chain writes down a route of parts.
func (e *Engine) chain(r *room, ways []part) Route {
	var all Route
	for i, w := range ways {
		states := e.between(r, w.from, w.to)
		if states == nil {
			panic(fmt.Sprintf("path: part %d of a route is gone", i))
		}
		one := e.route(states, w.from, w.to)
		if i == 0 {
			all = one
			continue
		}
		all.Stops = append(all.Stops, Stop{len(all.Legs), one.FromSnap})
		for k, leg := range one.Legs {
			if k == 0 && leg.Forward != all.Legs[len(all.Legs)-1].Forward && all.Legs[len(all.Legs)-1].Segment == leg.Segment {
				leg.Turn = e.p.UTurn.Truncate(time.Millisecond)
			}
			all.add(e.n, leg)
		}
		all.ToSnap = one.ToSnap
	}
	return all
}
