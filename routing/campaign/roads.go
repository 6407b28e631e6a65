package campaign

import (
	"slices"
	"strings"

	"citygrid/geo"
	"citygrid/geo/street"
	"citygrid/grid/register"
	"citygrid/routing/patrol"

	"github.com/paulmach/orb"
)

// How roads are found.
const (
	beside   geo.Metres = 25  // a street of the same name lies at most so far from the road's line
	nameless geo.Metres = 12  // one of another name
	gap      geo.Metres = 80  // a named street goes on behind a gap of so much
	longest             = 600 // segments of one road
)

// Find lists the segments of a map that a road is, by number: those of its name that lie
// where it lies; where there are none, because the street was given another name, those
// that lie there whatever they are called. wanted says which segments count at all.
func Find(n *street.Network, r register.Road, wanted func(street.SegmentID) bool) []street.SegmentID {
	named, near := []street.SegmentID{}, []street.SegmentID{}
	var bound orb.Bound
	for i, line := range r.Lines {
		if i == 0 {
			bound = line.Bound()
		} else {
			bound = bound.Union(line.Bound())
		}
	}
	bound = bound.Pad(0.001)
	for i := range n.Segments() {
		id := street.SegmentID(i)
		s := n.Segment(id)
		middle := n.PointAt(id, geo.Metres(s.LengthM)/2)
		if !bound.Contains(middle) || !wanted(id) {
			continue
		}
		off := away(r.Lines, middle)
		if off <= beside && r.Name != "" && nameOf(n, id) == r.Name {
			named = append(named, id)
		}
		if quarter := n.PointAt(id, geo.Metres(s.LengthM)/4); off <= nameless && away(r.Lines, quarter) <= nameless {
			near = append(near, id)
		}
	}
	if len(named) > 0 {
		return named
	}
	return near
}

// away is how far a place lies from the nearest of some lines.
func away(lines []orb.LineString, p orb.Point) geo.Metres {
	best := geo.Metres(-1)
	for _, l := range lines {
		for i := 1; i < len(l); i++ {
			if _, _, d := geo.NearestOnSegment(p, l[i-1], l[i]); best < 0 || d < best {
				best = d
			}
		}
	}
	if best < 0 {
		return geo.EarthRadius
	}
	return best
}

// nameOf is what a segment is called by default, else by its number.
func nameOf(n *street.Network, id street.SegmentID) string {
	name := n.Name(n.Segment(id).Name)
	if name.Default != "" {
		return name.Default
	}
	return name.Ref
}

// Along is the road through the street nearest to a place, at most limit away: as far as
// the street goes on under its name, over small gaps too; one without a name is one
// segment. ok is false where there is none.
func Along(n *street.Network, at orb.Point, limit geo.Metres, wanted func(street.SegmentID) bool) (r register.Road, ok bool) {
	near := n.Nearest(at, limit, wanted, 1)
	if len(near) == 0 {
		return r, false
	}
	first := near[0].Segment
	name := nameOf(n, first)
	if name == "" {
		return register.Road{Lines: []orb.LineString{n.Line(first)}}, true
	}
	return road(n, name, grow(n, first, called(n, name, n.Bound(), wanted))), true
}

// Named are the roads whose name has some text in it, in any case, and that lie in a
// bound, one for each street that hangs together, by name; at most limit.
func Named(n *street.Network, part string, bound orb.Bound, limit int, wanted func(street.SegmentID) bool) []register.Road {
	part = strings.ToLower(strings.TrimSpace(part))
	by := make(map[string][]street.SegmentID)
	for i := range n.Segments() {
		id := street.SegmentID(i)
		name := nameOf(n, id)
		if name != "" && strings.Contains(strings.ToLower(name), part) && bound.Contains(n.PointAt(id, geo.Metres(n.Segment(id).LengthM)/2)) && wanted(id) {
			by[name] = append(by[name], id)
		}
	}
	var names []string
	for name := range by {
		names = append(names, name)
	}
	slices.Sort(names)
	var all []register.Road
	for _, name := range names {
		for rest := by[name]; len(rest) > 0 && len(all) < limit; {
			one := grow(n, rest[0], rest)
			all = append(all, road(n, name, one))
			rest = slices.DeleteFunc(rest, func(id street.SegmentID) bool { return slices.Contains(one, id) })
		}
	}
	return all
}

// called lists the segments of a name in a bound.
func called(n *street.Network, name string, bound orb.Bound, wanted func(street.SegmentID) bool) (ids []street.SegmentID) {
	for i := range n.Segments() {
		id := street.SegmentID(i)
		if nameOf(n, id) == name && bound.Contains(n.PointAt(id, geo.Metres(n.Segment(id).LengthM)/2)) && wanted(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// grow is those of some segments that hang together with the first, in the order found.
func grow(n *street.Network, first street.SegmentID, ids []street.SegmentID) []street.SegmentID {
	ends := func(id street.SegmentID) [2]orb.Point {
		s := n.Segment(id)
		return [2]orb.Point{n.Junction(s.From).At.Point(), n.Junction(s.To).At.Point()}
	}
	got := []street.SegmentID{first}
	rest := slices.DeleteFunc(slices.Clone(ids), func(id street.SegmentID) bool { return id == first })
	for k := 0; k < len(got) && len(got) < longest; k++ {
		a := ends(got[k])
		rest = slices.DeleteFunc(rest, func(id street.SegmentID) bool {
			b := ends(id)
			if min(geo.Distance(a[0], b[0]), geo.Distance(a[0], b[1]), geo.Distance(a[1], b[0]), geo.Distance(a[1], b[1])) > gap || len(got) >= longest {
				return false
			}
			got = append(got, id)
			return true
		})
	}
	return got
}

func road(n *street.Network, name string, ids []street.SegmentID) register.Road {
	r := register.Road{Name: name}
	for _, id := range ids {
		r.Lines = append(r.Lines, n.Line(id))
	}
	return r
}

// Walkable says of a map's segments whether officers on foot may look along them.
func Walkable(n *street.Network, foot patrol.Ways) func(street.SegmentID) bool {
	return func(id street.SegmentID) bool {
		_, forth := foot.Along(id, true)
		_, back := foot.Along(id, false)
		s := n.Segment(id)
		return (forth || back) && !s.Class.Afloat() && s.Flags&street.Tunnel == 0
	}
}
