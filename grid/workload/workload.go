// Package workload says how many minutes of work a day the ground asks for: the
// streets to walk, the shops to look in at, the cases to expect, and the way there
// from the station.
//
// Lengths are metres, work is minutes of one officer a day. The functions are pure
// and may be shared between goroutines.
package workload

import (
	"container/heap"
	"math"

	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// Rates are what the bureau asks for. Start from Usual and change what is known
// better.
type Rates struct {
	WalkingKmh   float64                  // of an officer on patrol
	VisitsADay   map[street.Class]float64 // how often each street is walked; classes that are missing are not
	ShopMinutes  float64                  // a day for each shop
	CasesPerKm   float64                  // cases a day to expect for each kilometre of street
	CaseMinutes  float64                  // that a case takes
	ShiftMinutes float64                  // between leaving the station and coming back to it
}

// Usual are the rates of a bureau that has given none: every street where people
// live once a day ("one patrol a day", Quzhou 2020), main streets twice, nobody on
// motorways. Walking is slower than going somewhere: 4 km/h.
func Usual() Rates {
	return Rates{
		WalkingKmh: 4,
		VisitsADay: map[street.Class]float64{
			street.Trunk: 1, street.Primary: 2, street.Secondary: 2, street.Tertiary: 2,
			street.Unclassified: 1, street.Residential: 1, street.LivingStreet: 1, street.Pedestrian: 2,
		},
		ShopMinutes: 0.5, CasesPerKm: 0.05, CaseMinutes: 20, ShiftMinutes: 420,
	}
}

// Street is the minutes a day for a metre of a street: walking it, and the cases
// there.
func (r Rates) Street(s *street.Segment) float64 {
	visits := r.VisitsADay[s.Class]
	if visits <= 0 || s.Flags&(street.Area|street.Link) != 0 || (s.Forward|s.Backward)&(street.Foot|street.Motor) == 0 {
		return 0
	}
	return visits/(r.WalkingKmh*1000/60) + r.CasesPerKm/1000*r.CaseMinutes
}

// WithTravel adds to the work at a place the ways there and back: each shift's
// worth of work is a way of so many minutes each way.
func (r Rates) WithTravel(work, minutesAway float64) float64 {
	return work * (1 + 2*minutesAway/r.ShiftMinutes)
}

// metresAMinute is how fast an officer goes somewhere: 5 km/h.
const metresAMinute = 5000 / 60.0

// Away gives the minutes on foot along streets from the nearest station to each
// junction, by its number; +Inf where no way leads. Stations are taken to the
// nearest street open to feet, within 50 km.
func Away(n *street.Network, stations []orb.Point) []float64 {
	minutes := make([]float64, n.Junctions())
	for i := range minutes {
		minutes[i] = math.Inf(1)
	}
	var queue nearest
	const far = 50_000 // metres
	for _, at := range stations {
		for _, near := range n.Nearest(at, far, func(id street.SegmentID) bool { return walkable(n.Segment(id)) }, 1) {
			s := n.Segment(near.Segment)
			along := float64(near.Along)
			for _, end := range []reached{{s.From, along}, {s.To, float64(s.LengthM) - along}} {
				if m := (end.minutes + float64(near.Distance)) / metresAMinute; m < minutes[end.at] {
					minutes[end.at] = m
					heap.Push(&queue, reached{end.at, m})
				}
			}
		}
	}
	for queue.Len() > 0 {
		r := heap.Pop(&queue).(reached)
		if r.minutes > minutes[r.at] {
			continue
		}
		for _, e := range n.At(r.at) {
			s := n.Segment(e.Segment)
			if !walkable(s) {
				continue
			}
			to := s.To
			if to == r.at {
				to = s.From
			}
			if m := r.minutes + float64(s.LengthM)/metresAMinute; m < minutes[to] {
				minutes[to] = m
				heap.Push(&queue, reached{to, m})
			}
		}
	}
	return minutes
}

// AwayFrom gives the minutes on foot to places, from what Away gave: by the street
// nearest to each. Where no way leads it is as far as the farthest place to which
// one does.
func AwayFrom(n *street.Network, away []float64, places []orb.Point) []float64 {
	out := make([]float64, len(places))
	farthest := 0.0
	for i, p := range places {
		out[i] = math.Inf(1)
		for _, near := range n.Nearest(p, 20_000, func(id street.SegmentID) bool { return walkable(n.Segment(id)) }, 1) {
			s := n.Segment(near.Segment)
			along := float64(near.Along)
			out[i] = min(away[s.From]+along/metresAMinute, away[s.To]+(float64(s.LengthM)-along)/metresAMinute) + float64(near.Distance)/metresAMinute
		}
		if !math.IsInf(out[i], 1) {
			farthest = max(farthest, out[i])
		}
	}
	for i := range out {
		out[i] = min(out[i], farthest)
	}
	return out
}

// walkable says whether feet may use a segment, either way.
func walkable(s *street.Segment) bool { return (s.Forward|s.Backward)&street.Foot != 0 }

// reached is a junction and how far it is.
type reached struct {
	at      street.JunctionID
	minutes float64
}

// nearest is a heap of junctions, the nearest on top.
type nearest []reached

func (q nearest) Len() int           { return len(q) }
func (q nearest) Less(i, j int) bool { return q[i].minutes < q[j].minutes }
func (q nearest) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *nearest) Push(x any)        { *q = append(*q, x.(reached)) }
func (q *nearest) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}
