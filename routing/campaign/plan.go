package campaign

import (
	"context"
	"fmt"
	"slices"
	"time"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/people"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

// A Request asks for the walks of a campaign's pairs.
type Request struct {
	Network *street.Network
	Ways    patrol.Ways // on foot
	Roads   []Streets
	Meet    orb.Point
	Pace    geo.Metres // along a street of a road, in a minute
	From    time.Time  // From <= t <= To
	To      time.Time
	Pairs   [][]people.ID
}

// Streets is one road on the map; a segment that is of several roads is of the first.
type Streets struct {
	Segments []street.SegmentID
	Both     bool // each side is gone along by itself
}

// Plan shares the roads' streets over the pairs in even minutes of work, and makes of each
// pair's a walk from the meeting point and back. Each street is gone along once, or once a
// side, by one of them; what is in no walk is in the second answer, with the reason. The
// error is patrol.ErrRequest, the context's or the solver's.
func Plan(ctx context.Context, r Request) ([]Pair, []Left, error) {
	roadOf := make(map[street.SegmentID]int)
	both := make(map[street.SegmentID]bool)
	var ids, odd []street.SegmentID
	for k, road := range r.Roads {
		for _, id := range road.Segments {
			if _, twice := roadOf[id]; twice {
				continue
			}
			if roadOf[id], both[id] = k, road.Both; int64(id) < int64(r.Network.Segments()) {
				ids = append(ids, id)
			} else {
				odd = append(odd, id)
			}
		}
	}
	ways := looking{r.Ways, r.Network, r.Pace, roadOf}
	parts, err := share(ctx, &r, ids, func(id street.SegmentID) int {
		if both[id] {
			return 2
		}
		return 1
	})
	if err != nil {
		return nil, nil, err
	}
	var left []patrol.Left
	for _, id := range odd {
		left = append(left, patrol.Left{Segment: id, Why: patrol.ErrUnknown})
	}
	pairs := make([]Pair, len(r.Pairs))
	for i, who := range r.Pairs {
		ask := patrol.Request{
			Network: r.Network, Ways: ways, Streets: parts[i],
			Officers: []patrol.Officer{{Person: who[0], Name: fmt.Sprintf("pair %d", i+1), Station: r.Meet, From: r.From, To: r.To}},
		}
		for _, id := range parts[i] {
			if both[id] {
				ask.Both = append(ask.Both, id)
			}
		}
		plan, err := patrol.Assign(ctx, ask)
		if err != nil {
			return nil, nil, err
		}
		pairs[i] = Pair{People: slices.Clone(who), Walk: plan.Walks[0], RoadM: make([]geo.Metres, len(r.Roads))}
		for _, l := range plan.Walks[0].Legs {
			if l.Serve {
				pairs[i].RoadM[roadOf[l.Segment]] += l.Metres
			}
		}
		left = append(left, plan.Left...)
	}
	return pairs, byRoad(r.Network, left, roadOf), nil
}

// byRoad adds up what is left.
func byRoad(n *street.Network, left []patrol.Left, roadOf map[street.SegmentID]int) (all []Left) {
	for _, l := range left {
		one := Left{Road: roadOf[l.Segment], Short: patrol.Short(l.Why)}
		k := slices.IndexFunc(all, func(x Left) bool { return x.Road == one.Road && x.Short == one.Short })
		if k < 0 {
			k, all = len(all), append(all, one)
		}
		if int64(l.Segment) < int64(n.Segments()) {
			all[k].Metres += geo.Metres(n.Segment(l.Segment).LengthM)
		}
	}
	return all
}

// looking is ways on which the streets of the roads take as long as looking takes. To get
// somewhere along them is no slower than else.
type looking struct {
	patrol.Ways
	n     *street.Network
	pace  geo.Metres
	roads map[street.SegmentID]int
}

func (w looking) Along(id street.SegmentID, forward bool) (time.Duration, bool) {
	d, ok := w.Ways.Along(id, forward)
	if _, is := w.roads[id]; ok && is {
		d = max(d, time.Duration(float64(w.n.Segment(id).LengthM)/float64(w.pace)*float64(time.Minute)).Truncate(time.Millisecond))
	}
	return d, ok
}
