package patrol

import (
	"cmp"
	"slices"

	"citygrid/geo"
	"citygrid/geo/street"

	"github.com/paulmach/orb"
)

// A Crew is those of a watch who travel alike.
type Crew struct {
	Ways     Ways
	Officers int
}

// Share says which of a team's streets each of its crews sees when several work at the
// same time: boats all water, the others streets in proportion to how many they are and
// how fast they travel. Who is faster takes main roads before side streets, and of each
// what lies farthest from the station first; what they may not travel is left to those
// who are slower. The slowest take the rest, so that each street that anybody may see is
// in one share; one that nobody may see is in none. Shares are in the order of crews.
func Share(n *street.Network, streets []street.SegmentID, crews []Crew, station orb.Point) [][]street.SegmentID {
	shares := make([][]street.SegmentID, len(crews))
	order := make([]int, len(crews))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return -cmp.Compare(crews[a].pace(), crews[b].pace()) })
	rest := slices.Clone(streets)
	slices.SortStableFunc(rest, func(a, b street.SegmentID) int {
		x, y := n.Segment(a), n.Segment(b)
		far := func(s street.SegmentID) geo.Metres { return geo.Distance(station, n.Line(s)[0]) }
		return cmp.Or(cmp.Compare(main(x), main(y)), -cmp.Compare(far(a), far(b)), cmp.Compare(a, b))
	})
	var power float64 // of crews that have no share yet, on land
	var land geo.Metres
	for _, c := range crews {
		if !c.afloat() {
			power += c.pace() * float64(c.Officers)
		}
	}
	for _, id := range rest {
		if s := n.Segment(id); !s.Class.Afloat() {
			land += geo.Metres(s.LengthM)
		}
	}
	for k, i := range order {
		c := crews[i]
		want := land
		if own := c.pace() * float64(c.Officers); !c.afloat() && power > 0 {
			want, power = land*geo.Metres(own/power), power-own
		}
		var got geo.Metres
		rest = slices.DeleteFunc(rest, func(id street.SegmentID) bool {
			s := n.Segment(id)
			slower := func(j int) bool { return crews[j].sees(s, id) }
			if !c.sees(s, id) || got >= want && slices.ContainsFunc(order[k+1:], slower) {
				return false
			}
			if shares[i] = append(shares[i], id); !c.afloat() {
				got += geo.Metres(s.LengthM)
			}
			return true
		})
		land -= got
	}
	for _, ids := range shares {
		slices.Sort(ids)
	}
	return shares
}

// main is 0 for a main road, 1 for a side street.
func main(s *street.Segment) int {
	if s.Class <= street.Tertiary {
		return 0
	}
	return 1
}

func (c Crew) afloat() bool { return c.Ways.Profile().Vehicle == street.Boat }

// pace is how fast a crew goes along a side street, in km/h, water for a boat.
func (c Crew) pace() float64 {
	p := c.Ways.Profile()
	if c.afloat() {
		return p.SpeedKMH[street.Waterway]
	}
	return p.SpeedKMH[street.Residential]
}

// sees says whether a street is of those for a crew, and it may travel along it in some
// direction.
func (c Crew) sees(s *street.Segment, id street.SegmentID) bool {
	_, forward := c.Ways.Along(id, true)
	_, backward := c.Ways.Along(id, false)
	return s.Class.Afloat() == c.afloat() && (forward || backward) && s.Private&c.Ways.Profile().Vehicle == 0
}
