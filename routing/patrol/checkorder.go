package patrol

import (
	"context"
	"time"

	"citygrid/geo/street"
	"citygrid/routing/path"

	"github.com/paulmach/orb"
)

// almost is how much sooner than a spot opens somebody may be there for whom it is still
// closed: ways are rounded where they are added up.
const almost = time.Second

// A turn is something that a walk sees, with where and when the walk is free for it.
type turn struct {
	rank Rank
	at   orb.Point
	free time.Time
	call *Call // nil: a street
	on   street.SegmentID
}

// checkOrder looks at each walk for something that is seen before what has a lower rank
// and could have been seen in its place.
func checkOrder(r Request, p Plan, say func(format string, args ...any)) {
	if len(r.Order) == 0 {
		return
	}
	streets, spots := Ranks(r.Order)
	for i, w := range p.Walks {
		all := turns(r, w)
		for k, x := range all {
			rank := x.rank
			if x.call == nil {
				all[k].rank = streets(x.on)
			} else {
				all[k].rank = 1<<len(r.Order) - 1
				for _, s := range x.call.Spots {
					all[k].rank = min(all[k].rank, spots(s))
				}
			}
			if rank != all[k].rank {
				say("walk %d, turn %d is of rank %b, it says %b", i, k, all[k].rank, rank)
			}
		}
		for j, y := range all {
			for k, x := range all[:j] {
				if x.rank <= y.rank || y.call != nil && !feasible(r, x, y.call) {
					continue
				}
				say("walk %d sees turn %d of rank %b, with turn %d of rank %b still to see", i, k, x.rank, j, y.rank)
			}
		}
	}
}

// turns are what a walk sees, in order.
func turns(r Request, w Walk) (all []turn) {
	if len(w.Legs) == 0 && len(w.Calls) == 0 {
		return nil
	}
	at, free := orb.Point{}, w.Start
	if len(w.Legs) > 0 {
		at = r.Network.PointAt(w.Legs[0].Segment, w.Legs[0].From)
	} else {
		at = w.Calls[0].At
	}
	next := 0
	for k := 0; k <= len(w.Legs); k++ {
		for ; next < len(w.Calls) && w.Calls[next].Legs <= k; next++ {
			c := &w.Calls[next]
			all = append(all, turn{c.Rank, at, free, c, 0})
			at, free = c.At, c.End
		}
		if k == len(w.Legs) || !w.Legs[k].Serve {
			continue
		}
		l := w.Legs[k]
		all = append(all, turn{l.Rank, at, free, nil, l.Segment})
		at, free = r.Network.PointAt(l.Segment, l.To), l.End
	}
	return all
}

// feasible says whether who goes to a call in the place of a turn is there when it is open.
func feasible(r Request, x turn, c *Call) bool {
	way, err := r.Ways.Route(context.Background(), path.Query{From: x.at, To: c.At, SnapLimit: onStreet})
	if err != nil {
		return false
	}
	there := x.free.Add(way.Duration)
	for _, s := range c.Spots {
		if there.Before(s.Open.Add(almost)) {
			return false
		}
	}
	return true
}
