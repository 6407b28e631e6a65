package osm

import (
	"slices"

	"citygrid/geo"
	"citygrid/geo/street"
)

// A cutter makes the segments: ways end where they share a node, where a barrier
// stands, and once on the way round where they come back to themselves.
type cutter struct {
	g     *gathering
	parts street.Parts
	uses  []uint8 // by node: how often a street way passes it, 2 = twice or more
	seen  []uint32
	names map[string]street.NameID
	rules map[string]street.RuleID
	// segments of each way, in order, for turn restrictions: way w has
	// first[w] .. first[w+1].
	first []uint32
}

// cut turns the street ways into the parts of a network.
func (g *gathering) cut() *cutter {
	c := &cutter{
		g: g, uses: make([]uint8, len(g.nodes.id)), seen: make([]uint32, len(g.nodes.id)),
		names: map[string]street.NameID{}, rules: map[string]street.RuleID{},
		first: make([]uint32, 1, len(g.ways)+1),
	}
	c.parts.Names = []street.Name{{}}
	c.parts.Rules = []street.Rules{{}}
	for i := range g.ways {
		if g.ways[i].street == 0 {
			continue
		}
		for _, run := range g.runs(&g.ways[i], nil) {
			for k, n := range run {
				c.uses[n] = min(2, c.uses[n]+1)
				if k == 0 || k == len(run)-1 {
					c.uses[n] = 2
				}
			}
		}
	}
	joins := g.pierJoins()
	for _, j := range joins {
		c.uses[j.pier], c.uses[j.water] = 2, 2
	}
	for n, s := range g.stands {
		if s.cut && c.uses[n] > 0 {
			c.uses[n] = 2
		}
	}
	for i := range g.ways {
		if g.ways[i].street > 0 {
			c.way(&g.ways[i])
		}
		c.first = append(c.first, uint32(len(c.parts.Segments)))
	}
	c.join(joins)
	return c
}

// runs gives the pieces of a way that can be used: nodes that stand twice in a
// row are taken once, a node that the file lacks ends a piece, and so does the
// box: a piece keeps its first node outside of it. t is told what was mended.
func (g *gathering) runs(w *way, t *tally) [][]uint32 {
	all := g.nodesOf(w)
	var out [][]uint32
	var run []uint32
	end := func() {
		if len(run) > 1 {
			out = append(out, run)
		}
		run = nil
	}
	twice, missing := 0, 0
	for _, n := range all {
		switch {
		case !g.nodes.have[n]:
			missing++
			end()
			continue
		case len(run) > 0 && run[len(run)-1] == n:
			twice++
			continue
		}
		if g.bound != nil && len(run) > 0 && !g.touchesBox(run[len(run)-1], n) {
			end()
		}
		run = append(run, n)
	}
	end()
	if t != nil {
		t.repair("way: node twice in a row", twice)
		t.repair("way: cut where a node is missing", min(1, missing))
		if len(out) == 0 && missing > 0 {
			t.drop("way: its nodes are missing", 1)
		}
	}
	return out
}

// touchesBox reports whether the straight line between two nodes has a point in
// the box, by Cohen and Sutherland's outcodes and, if they leave it open, by the
// side of the line that the box's corners lie on.
func (g *gathering) touchesBox(a, b uint32) bool {
	p, q := g.nodes.at[a], g.nodes.at[b]
	r := fixedBox(*g.bound)
	if r.has(p) || r.has(q) {
		return true
	}
	if max(p.Lon, q.Lon) < r.min.Lon || min(p.Lon, q.Lon) > r.max.Lon || max(p.Lat, q.Lat) < r.min.Lat || min(p.Lat, q.Lat) > r.max.Lat {
		return false
	}
	dx, dy := float64(q.Lon)-float64(p.Lon), float64(q.Lat)-float64(p.Lat)
	side := func(lon, lat int32) bool {
		return dx*(float64(lat)-float64(p.Lat))-dy*(float64(lon)-float64(p.Lon)) > 0
	}
	s := side(r.min.Lon, r.min.Lat)
	return s != side(r.min.Lon, r.max.Lat) || s != side(r.max.Lon, r.min.Lat) || s != side(r.max.Lon, r.max.Lat)
}

// way appends the segments of one way.
func (c *cutter) way(w *way) {
	s := &c.g.streets[w.street-1]
	seg := s.seg
	seg.Way = w.id
	seg.Name = c.name(s.name)
	seg.Rules = c.rule(s.rules)
	runs := c.g.runs(w, &c.g.tally)
	for _, run := range runs {
		from := 0
		for k := 1; k < len(run); k++ {
			if c.uses[run[k]] >= 2 {
				c.loopFree(run[from:k+1], seg)
				from = k
			}
		}
	}
}

// loopFree appends the segment along the nodes; one that would come back to
// where it began is halved, so that every segment has two different ends.
func (c *cutter) loopFree(run []uint32, seg street.Segment) {
	if run[0] != run[len(run)-1] {
		c.segment(run, seg)
		return
	}
	mid := len(run) / 2
	if len(run) < 3 {
		return
	}
	c.g.tally.repair("street: loop halved", 1)
	c.segment(run[:mid+1], seg)
	c.segment(run[mid:], seg)
}

func (c *cutter) segment(run []uint32, seg street.Segment) {
	seg.From, seg.To = c.junction(run[0]), c.junction(run[len(run)-1])
	seg.Shape, seg.Points = uint32(len(c.parts.Shape)), uint32(len(run))
	length := geo.Metres(0)
	for i, n := range run {
		at := c.g.nodes.at[n]
		c.parts.Shape = append(c.parts.Shape, at)
		if i > 0 {
			length += geo.Distance(c.g.nodes.at[run[i-1]].Point(), at.Point())
		}
	}
	seg.LengthM = float32(length)
	c.standInside(run, &seg)
	c.parts.Segments = append(c.parts.Segments, seg)
}

// signalReach is how far from a junction the signals and stop lines that belong
// to it stand, by rule of thumb.
const signalReach geo.Metres = 30

// standInside hands signals and stop signs that stand on the way to a junction,
// at the stop line, to that junction: segments aren't cut there.
func (c *cutter) standInside(run []uint32, seg *street.Segment) {
	for i := 1; i < len(run)-1; i++ {
		s, ok := c.g.stands[run[i]]
		if !ok || s.flags&(street.Signals|street.Stop) == 0 {
			continue
		}
		at := c.g.nodes.at[run[i]].Point()
		from, to := c.g.nodes.at[run[0]].Point(), c.g.nodes.at[run[len(run)-1]].Point()
		near, d := seg.From, geo.Distance(at, from)
		if e := geo.Distance(at, to); e < d {
			near, d = seg.To, e
		}
		if d <= signalReach {
			c.parts.Junctions[near].Flags |= s.flags & (street.Signals | street.Stop)
		}
	}
}

func (c *cutter) junction(n uint32) street.JunctionID {
	if c.seen[n] == 0 {
		j := street.Junction{At: c.g.nodes.at[n], Node: c.g.nodes.id[n]}
		if s, ok := c.g.stands[n]; ok {
			j.Blocked, j.Flags = s.blocked, s.flags
			if s.rules != nil {
				j.Rules = c.rule(*s.rules)
			}
		}
		c.parts.Junctions = append(c.parts.Junctions, j)
		c.seen[n] = uint32(len(c.parts.Junctions))
	}
	return street.JunctionID(c.seen[n] - 1)
}

func (c *cutter) name(n street.Name) street.NameID {
	if n.Default == "" && n.Ref == "" && len(n.In) == 0 {
		return 0
	}
	k := nameKey(n.In) + "\x00" + n.Default + "\x00" + n.Ref
	id, ok := c.names[k]
	if !ok {
		id = street.NameID(len(c.parts.Names))
		c.names[k] = id
		c.parts.Names = append(c.parts.Names, n)
	}
	return id
}

func (c *cutter) rule(r street.Rules) street.RuleID {
	if r.MaxHeightM == 0 && r.MaxWidthM == 0 && r.MaxWeightT == 0 && len(r.Conditional) == 0 {
		return 0
	}
	k := ruleKey(r)
	id, ok := c.rules[k]
	if !ok {
		id = street.RuleID(len(c.parts.Rules))
		c.rules[k] = id
		c.parts.Rules = append(c.parts.Rules, r)
	}
	return id
}

// finish marks what depends on the whole: gates that are private, piers, parts
// that are not connected.
func (c *cutter) finish() {
	p := &c.parts
	c.privateGates()
	c.piers()
	foot, _ := p.Connected(street.Foot)
	car, _ := p.Connected(street.Car)
	for i := range p.Segments {
		if foot[i] != 0 && car[i] != 0 {
			p.Segments[i].Flags |= street.Disconnected
		}
	}
}

// privateGates: nobody may pass a private gate but to reach what is behind it.
// A junction can't say so, so the segments at it do: the minor ones, which lead
// to the gate, or if there are none, all.
func (c *cutter) privateGates() {
	p := &c.parts
	gates := map[street.JunctionID]street.Vehicles{}
	for n, s := range c.g.stands {
		if s.private != 0 && c.seen[n] > 0 {
			gates[street.JunctionID(c.seen[n]-1)] = s.private
		}
	}
	if len(gates) == 0 {
		return
	}
	at := map[street.JunctionID][]street.SegmentID{}
	for i := range p.Segments {
		for _, j := range []street.JunctionID{p.Segments[i].From, p.Segments[i].To} {
			if gates[j] != 0 {
				at[j] = append(at[j], street.SegmentID(i))
			}
		}
	}
	for j, who := range gates {
		minor := func(id street.SegmentID) bool { return p.Segments[id].Class >= street.ServiceRoad }
		all := !slices.ContainsFunc(at[j], minor)
		for _, id := range at[j] {
			if s := &p.Segments[id]; all || minor(id) {
				s.Private |= who & (s.Forward | s.Backward)
			}
		}
	}
}
