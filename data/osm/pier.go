package osm

import (
	"cmp"
	"slices"

	"github.com/paulmach/osm"

	"citygrid/geo"
	"citygrid/geo/street"
)

// joinReach is how far a pier may end from the line of a waterway or ferry to be
// joined to it. A river's line runs in its middle, so this is half the width of a
// wide one.
const joinReach geo.Metres = 500

// isPier reports whether a way is where boats land.
func isPier(tags osm.Tags) bool {
	return tags.Find("man_made") == "pier" || tags.Find("leisure") == "slipway" || isLanding(tags)
}

// isLanding reports whether boats land at a node, or at a way with its tags.
func isLanding(tags osm.Tags) bool {
	switch {
	case tags.Find("amenity") == "ferry_terminal", tags.Find("leisure") == "slipway", tags.Find("man_made") == "pier":
		return true
	}
	m := tags.Find("mooring")
	return m != "" && m != "no" && m != "private"
}

// A pierJoin is a straight way over water that the map lacks: from a pier to the
// nearest node of a waterway or ferry.
type pierJoin struct {
	pier, water uint32 // nodes
	way         int64  // the waterway
}

// waterNodes are the nodes of waterways and ferries by place, in squares that are
// joinReach wide at least.
type waterNodes struct {
	g     *gathering
	cells map[[2]int32][]waterNode
	has   map[uint32]bool
}

type waterNode struct {
	node uint32
	way  int64
}

// pierJoins finds for each pier that doesn't touch the water's lines the shortest
// way to one of them, if it is within joinReach.
func (g *gathering) pierJoins() []pierJoin {
	w := waterNodes{g, make(map[[2]int32][]waterNode), make(map[uint32]bool)}
	piers := false
	for i := range g.ways {
		if g.ways[i].street == 0 {
			continue
		}
		s := &g.streets[g.ways[i].street-1]
		piers = piers || s.pier
		if !s.seg.Class.Afloat() {
			continue
		}
		for _, run := range g.runs(&g.ways[i], nil) {
			for _, n := range run {
				if w.has[n] {
					continue
				}
				w.has[n] = true
				c := w.cell(n)
				w.cells[c] = append(w.cells[c], waterNode{n, g.ways[i].id})
			}
		}
	}
	if len(w.has) == 0 {
		return nil
	}
	var all []pierJoin
	landings := make(map[uint32]bool) // on a street
	for i := range g.ways {
		if g.ways[i].street == 0 {
			continue
		}
		s := &g.streets[g.ways[i].street-1]
		if s.seg.Class.Afloat() {
			continue
		}
		runs := g.runs(&g.ways[i], nil)
		if s.pier {
			if j, ok := w.join(slices.Concat(runs...)); ok {
				all = append(all, j)
			}
			continue
		}
		for _, run := range runs {
			for _, n := range run {
				if g.stands[n].flags&street.Pier != 0 {
					landings[n] = true
				}
			}
		}
	}
	for n := range landings {
		if j, ok := w.join([]uint32{n}); ok {
			all = append(all, j)
		}
	}
	slices.SortFunc(all, func(a, b pierJoin) int {
		return cmp.Or(cmp.Compare(a.pier, b.pier), cmp.Compare(a.water, b.water))
	})
	return slices.CompactFunc(all, func(a, b pierJoin) bool { return a.pier == b.pier })
}

// cell is 0.005 degrees of latitude, 550 m, and of longitude what is as much at 60
// degrees, so that within joinReach nothing lies beyond the next cell up to there.
func (w *waterNodes) cell(n uint32) [2]int32 {
	at := w.g.nodes.at[n]
	return [2]int32{at.Lon / 100_000, at.Lat / 50_000}
}

// join finds the shortest way from one of some nodes to the water; ok is false if
// it is too far, or one of them lies on the water's lines already.
func (w *waterNodes) join(nodes []uint32) (j pierJoin, ok bool) {
	best := joinReach
	for _, n := range nodes {
		if w.has[n] {
			return j, false
		}
		c := w.cell(n)
		for lon := c[0] - 1; lon <= c[0]+1; lon++ {
			for lat := c[1] - 1; lat <= c[1]+1; lat++ {
				for _, water := range w.cells[[2]int32{lon, lat}] {
					if d := geo.Distance(w.g.nodes.at[n].Point(), w.g.nodes.at[water.node].Point()); d < best {
						j, ok, best = pierJoin{n, water.node, water.way}, true, d
					}
				}
			}
		}
	}
	return j, ok
}

// join adds the segments of the joins.
func (c *cutter) join(joins []pierJoin) {
	for _, j := range joins {
		c.segment([]uint32{j.pier, j.water}, street.Segment{
			Way: j.way, Class: street.Waterway, Forward: street.Boat, Backward: street.Boat, Flags: street.Joined | street.SideUnknown,
		})
	}
	c.g.tally.repair("pier: joined to the waterway beside it", len(joins))
}

// piers marks where one may board: a pier or landing that meets the water, or
// another minor way or any street that a ferry does. A road that only shares a node
// with a river, as a badly drawn bridge does, is none.
func (c *cutter) piers() {
	p := &c.parts
	const minor, major, ferry, water = 1, 2, 4, 8
	at := make([]uint8, len(p.Junctions))
	for i := range p.Segments {
		s := &p.Segments[i]
		var what uint8
		switch {
		case s.Class == street.Ferry:
			what = ferry
		case s.Class == street.Waterway:
			what = water
		case s.Class >= street.ServiceRoad:
			what = minor
		default:
			what = major
		}
		at[s.From] |= what
		at[s.To] |= what
	}
	for j := range p.Junctions {
		flags := &p.Junctions[j].Flags
		landing := *flags&street.Pier != 0
		*flags &^= street.Pier
		wet, dry := at[j]&(ferry|water) != 0, at[j]&(minor|major) != 0
		if wet && dry && (landing || at[j]&ferry != 0 || at[j]&minor != 0) {
			*flags |= street.Pier
		}
	}
}
