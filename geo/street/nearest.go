package street

import (
	"cmp"
	"math"
	"slices"

	"citygrid/geo"

	"github.com/paulmach/orb"
)

// A Near is the place on a segment that is nearest to some point.
type Near struct {
	Segment  SegmentID
	At       orb.Point  // the place on the segment
	Along    geo.Metres // from the segment's start to At, 0 <= Along <= LengthM
	Side     Sides      // where the point lies, seen along forward; 0 = on the line, to 1 cm
	Distance geo.Metres // from the point to At
}

// onLine is the distance under which a point has no side: OSM's own precision.
const onLine geo.Metres = 0.01

// rounding is more than two ways to work out a distance may differ by.
const rounding geo.Metres = 1e-6

// firstReach is the radius that Nearest looks at first. In a town it finds a
// street for most points, and looking wider costs more with the square.
const firstReach geo.Metres = 40

// Nearest gives the k segments nearest to p, no farther than limit, nearest
// first; segments equally far come in the order of their numbers. accept says
// which segments count, nil that all do; it may be asked about one twice.
//
// Distances are exact on the flat map of geo.MetresPerDegree around p, so for a
// limit of 500 m they differ from geo.Distance by less than 0.01 % up to 70
// degrees of latitude. Close to the poles that map fails. Across the date line
// segments are found, though none may cross it (OSM splits ways there).
func (n *Network) Nearest(p orb.Point, limit geo.Metres, accept func(SegmentID) bool, k int) []Near {
	return n.nearest(p, limit, accept, k, geo.Metres(math.Inf(1)))
}

// AsNear gives the segment nearest to p and those that are as near but for some
// slack, as all are that meet at a junction: up to k, in the order of Nearest. It is
// quicker than to look for k.
func (n *Network) AsNear(p orb.Point, limit geo.Metres, accept func(SegmentID) bool, k int, slack geo.Metres) []Near {
	return n.nearest(p, limit, accept, k, slack)
}

func (n *Network) nearest(p orb.Point, limit geo.Metres, accept func(SegmentID) bool, k int, slack geo.Metres) []Near {
	if k <= 0 || !(limit >= 0) || !finite(p) || !(slack >= 0) {
		return nil
	}
	flat := flatMap(p)
	var room [8]candidate
	best := room[:0] // the nearest k so far, in order
	for reach := min(firstReach, limit); ; reach = min(4*reach, limit) {
		best = best[:0]
		bound := reach // what is farther cannot be among the k
		flat.search(&n.index, reach, func(id SegmentID, boxAway geo.Metres) bool {
			if boxAway > bound+rounding {
				return true
			}
			c := flat.nearest(n.shape(id))
			c.id = id
			if c.distance > bound || (accept != nil && !accept(id)) {
				return true
			}
			at, dup := slices.BinarySearchFunc(best, c, candidate.compare)
			if dup { // found on both sides of the date line
				return true
			}
			if len(best) == k {
				if at == k {
					return true
				}
				best = best[:k-1]
			}
			best = slices.Insert(best, at, c)
			bound = min(bound, best[0].distance+slack)
			for best[len(best)-1].distance > bound {
				best = best[:len(best)-1]
			}
			if len(best) == k {
				bound = best[k-1].distance
			}
			return true
		})
		if reach >= limit || len(best) == k || len(best) > 0 && best[0].distance+slack <= reach {
			break
		}
	}
	if len(best) == 0 {
		return nil
	}
	near := make([]Near, len(best))
	for i, c := range best {
		near[i] = n.place(c)
	}
	return near
}

func finite(p orb.Point) bool {
	return math.Abs(p[0]) <= 360 && math.Abs(p[1]) <= 90 // false for NaN too
}

// A candidate is the nearest place on one segment: on the edge from shape point
// edge to the next, the share t of it along.
type candidate struct {
	id       SegmentID
	distance geo.Metres
	edge     int
	t        float64
	side     Sides
}

func (c candidate) compare(d candidate) int {
	return cmp.Or(cmp.Compare(c.distance, d.distance), cmp.Compare(c.id, d.id))
}

func (n *Network) place(c candidate) Near {
	var room [32]geo.Metres
	along := n.positions(room[:0], c.id)
	shape := n.shape(c.id)
	a, b := shape[c.edge].Point(), shape[c.edge+1].Point()
	return Near{
		Segment:  c.id,
		At:       orb.Point{a[0] + (b[0]-a[0])*c.t, a[1] + (b[1]-a[1])*c.t},
		Along:    along[c.edge] + (along[c.edge+1]-along[c.edge])*geo.Metres(c.t),
		Side:     c.side,
		Distance: c.distance,
	}
}

// A flat is the flat map around a point, which is its origin; see
// geo.MetresPerDegree.
type flat struct {
	origin     orb.Point
	lonM, latM float64 // metres per degree
}

func flatMap(p orb.Point) flat {
	lonM, latM := geo.MetresPerDegree(p[1])
	return flat{p, float64(lonM), float64(latM)}
}

// xy puts a position on the map. A longitude counts the short way round.
func (m flat) xy(f Fixed) (x, y float64) {
	lon := float64(f.Lon)/1e7 - m.origin[0]
	if lon > 180 {
		lon -= 360
	} else if lon < -180 {
		lon += 360
	}
	return lon * m.lonM, (float64(f.Lat)/1e7 - m.origin[1]) * m.latM
}

// search visits what may be within reach of the origin, on both sides of the
// date line, and tells how far away its box is at least.
func (m flat) search(index interface {
	Search(min, max [2]float32, visit func(min, max [2]float32, id SegmentID) bool)
}, reach geo.Metres, visit func(id SegmentID, boxAway geo.Metres) bool,
) {
	lon, lat := 360.0, float64(reach)/m.latM
	if float64(reach) < 360*m.lonM {
		lon = float64(reach) / m.lonM
	}
	for _, turn := range [...]float64{0, -360, 360} {
		x, y := m.origin[0]+turn, m.origin[1]
		lo, hi := orb.Point{x - lon, y - lat}, orb.Point{x + lon, y + lat}
		if turn != 0 && (lo[0] > 180 || hi[0] < -180) {
			continue
		}
		index.Search(outward(lo, -1), outward(hi, 1), func(lo, hi [2]float32, id SegmentID) bool {
			dx := max(0, float64(lo[0])-x, x-float64(hi[0])) * m.lonM
			dy := max(0, float64(lo[1])-y, y-float64(hi[1])) * m.latM
			return visit(id, geo.Metres(math.Sqrt(dx*dx+dy*dy)))
		})
	}
}

// nearest finds the place on a line nearest to the origin of the map.
func (m flat) nearest(shape []Fixed) candidate {
	best := candidate{}
	least := math.Inf(1)
	ax, ay := m.xy(shape[0])
	for i := 1; i < len(shape); i++ {
		bx, by := m.xy(shape[i])
		dx, dy := bx-ax, by-ay
		t := 0.0
		if l := dx*dx + dy*dy; l > 0 {
			t = min(1, max(0, -(ax*dx+ay*dy)/l))
		}
		x, y := ax+t*dx, ay+t*dy
		if d := x*x + y*y; d < least {
			least = d
			best.edge, best.t = i-1, t
		}
		ax, ay = bx, by
	}
	best.distance = geo.Metres(math.Sqrt(least))
	if best.distance > onLine {
		best.side = m.side(shape, best.edge, best.t)
	}
	return best
}

// side says on which side of the line the origin lies, given the nearest place.
// At a bend the two edges may disagree; the sum of their directions, the normal
// of the corner, is right for every point nearest to the corner.
func (m flat) side(shape []Fixed, edge int, t float64) Sides {
	dx, dy := m.direction(shape, edge, 1)
	x, y := m.xy(shape[edge])
	if t > 0 {
		bx, by := m.xy(shape[edge+1])
		x, y = x+t*(bx-x), y+t*(by-y)
	}
	if t == 0 {
		ex, ey := m.direction(shape, edge-1, -1)
		dx, dy = dx+ex, dy+ey
	} else if t == 1 {
		ex, ey := m.direction(shape, edge+1, 1)
		dx, dy = dx+ex, dy+ey
	}
	// The origin seen from the place is (-x, -y); left is where the cross
	// product of the direction with it is positive.
	switch cross := dy*x - dx*y; {
	case cross > 0:
		return Left
	case cross < 0:
		return Right
	}
	return 0
}

// direction is the unit vector of the first edge that has a length, from the
// given one on by step; beyond the line it is 0.
func (m flat) direction(shape []Fixed, edge, step int) (dx, dy float64) {
	for ; edge >= 0 && edge+1 < len(shape); edge += step {
		ax, ay := m.xy(shape[edge])
		bx, by := m.xy(shape[edge+1])
		if l := math.Hypot(bx-ax, by-ay); l > 0 {
			return (bx - ax) / l, (by - ay) / l
		}
	}
	return 0, 0
}
