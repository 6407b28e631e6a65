package osm

import (
	"cmp"
	"context"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/osm"

	"citygrid/geo/street"
)

// A gathering is what the scans of the file collect, before it is cut up and
// put together.
type gathering struct {
	src   source
	bound *orb.Bound // what the user wants of it; nil = all
	lim   limits
	kept  *meter // of what stands below
	count counts
	tally tally

	ways    []way
	refs    []int64  // node ids of the ways, until nodes are known
	at      []uint32 // the same as indexes in nodes
	byID    []int32  // ways, sorted by id
	rels    []relation
	nodes   *nodeStore
	stands  map[uint32]standing
	dots    []dot
	streets []streetWay

	streetsOnly bool
}

// A way is a way that something is made of.
type way struct {
	id       int64
	from, to int       // in refs, or at
	street   int32     // 1 + index in streets; 0 = none
	draw     []drawing // what it is by itself
	asOuter  []drawing // what a multipolygon without tags is that it is the edge of
	coast    bool
	admin    uint8 // admin_level, if it is tagged as a boundary itself
	closed   bool
	touches  bool // it has a node in the box, or there is no box
}

// A relation is a multipolygon, a boundary or a turn restriction.
type relation struct {
	id      int64
	members []member
	draw    []drawing
	street  *streetWay // of a multipolygon that is a pedestrian area
	admin   uint8      // admin_level of a boundary
	names   map[string]string
	tags    osm.Tags // of a restriction
	turn    bool
}

// A dot is a node with something to draw, or a place.
type dot struct {
	at   street.Fixed
	draw []drawing
}

// counts is what the file holds.
type counts struct {
	nodes, ways, rels int64
	highways          int64
	dangling          int64 // references to nodes or members that aren't there
}

// boxMargin is how far beyond the box nodes are looked at, in degrees, so that
// a way across the box with no node inside is found as well.
const boxMargin = 0.02

// readWays reads all ways and relations. Which ways a multipolygon needs is known
// only after the last relation, so until then all of them are kept.
func (g *gathering) readWays(ctx context.Context, step func(done, total int)) error {
	inBox, err := g.nodesInBox(ctx)
	if err != nil {
		return err
	}
	prepare := func(b *block) (wayPart, error) {
		var p wayPart
		p.count.ways, p.count.rels = int64(len(b.ways)), int64(len(b.rels))
		for _, raw := range b.ways {
			touches := inBox == nil || slices.ContainsFunc(raw.refs, inBox.has)
			if !touches && len(raw.refs) == 0 {
				continue
			}
			w := way{id: raw.id, touches: touches, closed: len(raw.refs) > 3 && raw.refs[0] == raw.refs[len(raw.refs)-1]}
			if touches {
				w.read(raw.tags, &p.streets, &p.count, &p.tally, g.streetsOnly)
			} else {
				w.asOuter = outerDrawings(raw.tags)
			}
			w.from = len(p.refs)
			p.refs = append(p.refs, raw.refs...)
			w.to = len(p.refs)
			p.ways = append(p.ways, w)
		}
		for _, raw := range b.rels {
			if r, ok := readRelation(raw, &p.tally); ok {
				p.rels = append(p.rels, r)
			}
		}
		return p, g.kept.take(p.cost())
	}
	return scan(ctx, g.src, ways|relations, step, prepare, func(p wayPart) error {
		base, streets := len(g.refs), int32(len(g.streets))
		for _, w := range p.ways {
			w.from, w.to = w.from+base, w.to+base
			if w.street > 0 {
				w.street += streets
			}
			g.ways = append(g.ways, w)
		}
		g.refs = append(g.refs, p.refs...)
		g.streets = append(g.streets, p.streets...)
		g.rels = append(g.rels, p.rels...)
		g.count.add(p.count)
		g.tally.add(&p.tally)
		if int64(len(g.refs)) > g.lim.refs {
			return ErrTooBig
		}
		return nil
	})
}

// A wayPart is what one block has of ways and relations.
type wayPart struct {
	ways    []way
	refs    []int64
	rels    []relation
	streets []streetWay
	count   counts
	tally   tally
}

func (p *wayPart) cost() int64 {
	n := costWay*int64(len(p.ways)) + costRef*int64(len(p.refs))
	for i := range p.ways {
		n += costOfDrawings(p.ways[i].draw) + costOfDrawings(p.ways[i].asOuter)
	}
	for i := range p.streets {
		n += costStreet + costOfNames(p.streets[i].name.In) + int64(len(p.streets[i].name.Default))
	}
	for i := range p.rels {
		r := &p.rels[i]
		n += costWay + costMember*int64(len(r.members)) + costOfDrawings(r.draw) + costOfNames(r.names) + costOfTags(r.tags)
	}
	return n
}

// read works out what a way is.
func (w *way) read(tags osm.Tags, streets *[]streetWay, n *counts, t *tally, streetsOnly bool) {
	if len(tags) == 0 {
		return
	}
	if tags.Find("highway") != "" {
		n.highways++
	}
	s, ok, drop := readStreet(tags, t)
	switch {
	case ok:
		if s.area && w.closed {
			s.seg.Flags |= street.Area
		}
		*streets = append(*streets, s)
		w.street = int32(len(*streets))
	case drop != "":
		t.drop("way: "+drop, 1)
	}
	if streetsOnly {
		return
	}
	w.draw = drawings(tags, false, w.closed, t)
	if !w.closed {
		w.asOuter = outerDrawings(tags)
	}
	w.coast = tags.Find("natural") == "coastline"
	if tags.Find("boundary") == "administrative" {
		w.admin = adminLevel(tags)
	}
}

// outerDrawings is what an edge of a multipolygon makes of it when the relation
// itself says nothing, which was the custom until 2017.
func outerDrawings(tags osm.Tags) []drawing {
	if len(tags) == 0 || tags.Find("highway") != "" {
		return nil
	}
	var none tally
	return slices.DeleteFunc(drawings(tags, false, true, &none), func(d drawing) bool { return d.shape != asArea })
}

// nodesInBox lists the nodes in the box and a little around it; nil without a box.
func (g *gathering) nodesInBox(ctx context.Context) (*idSet, error) {
	if g.bound == nil {
		return nil, nil
	}
	box := fixedBox(g.bound.Pad(boxMargin))
	set := new(idSet)
	err := scan(ctx, g.src, nodes, nil, func(b *block) ([]int64, error) {
		var in []int64
		for i, at := range b.nodeAt {
			if box.has(at) {
				in = append(in, b.nodeID[i])
			}
		}
		return in, nil
	}, func(in []int64) error {
		before := len(set.bits)
		for _, id := range in {
			set.add(id)
		}
		return g.kept.take(costPage * int64(len(set.bits)-before))
	})
	return set, err
}

// readNodes drops the ways that nothing needs and reads the nodes of the rest,
// and what stands or is drawn at nodes.
func (g *gathering) readNodes(ctx context.Context, step func(done, total int)) error {
	g.nodes = newNodeStore(slices.Clone(g.refs))
	g.at = make([]uint32, len(g.refs))
	box := fixedBox(orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}})
	if g.bound != nil {
		box = fixedBox(*g.bound)
	}
	type known struct {
		i  int
		at street.Fixed
	}
	type stand struct {
		i uint32
		s standing
	}
	type part struct {
		known  []known
		stands []stand
		dots   []dot
		n      int64
		tally  tally
	}
	g.stands = make(map[uint32]standing)
	prepare := func(b *block) (part, error) {
		p := part{n: int64(len(b.nodeID))}
		p.known = make([]known, 0, len(b.nodeID))
		hint := 0
		for i, id := range b.nodeID {
			n, ok := g.nodes.index(id, hint)
			hint = n
			if ok {
				p.known = append(p.known, known{n, b.nodeAt[i]})
			}
		}
		for _, tn := range b.tagged {
			if n, ok := g.nodes.index(b.nodeID[tn.i], 0); ok {
				if s, ok := readStanding(tn.tags, &p.tally); ok {
					p.stands = append(p.stands, stand{uint32(n), s})
				}
			}
			if at := b.nodeAt[tn.i]; !g.streetsOnly && box.has(at) {
				if d := drawings(tn.tags, true, false, &p.tally); len(d) > 0 {
					p.dots = append(p.dots, dot{at, d})
				}
			}
		}
		cost := int64(64 * len(p.stands))
		for i := range p.dots {
			cost += 32 + costOfDrawings(p.dots[i].draw)
		}
		return p, g.kept.take(cost)
	}
	err := scan(ctx, g.src, nodes, step, prepare, func(p part) error {
		for _, k := range p.known {
			g.nodes.at[k.i], g.nodes.have[k.i] = k.at, true
		}
		for _, s := range p.stands {
			g.stands[s.i] = s.s
		}
		g.dots = append(g.dots, p.dots...)
		g.count.nodes += p.n
		g.tally.add(&p.tally)
		return nil
	})
	if err != nil {
		return err
	}
	hint := 0
	for i, id := range g.refs {
		hint, _ = g.nodes.index(id, hint)
		g.at[i] = uint32(hint)
	}
	g.refs = nil
	for _, have := range g.nodes.have {
		if !have {
			g.count.dangling++
		}
	}
	return nil
}

// sortWays makes the index by id. Of two ways with one id the first is kept.
func (g *gathering) sortWays() {
	g.byID = make([]int32, len(g.ways))
	for i := range g.byID {
		g.byID[i] = int32(i)
	}
	slices.SortStableFunc(g.byID, func(a, b int32) int { return cmp.Compare(g.ways[a].id, g.ways[b].id) })
}

// wayIndex finds a way by its id.
func (g *gathering) wayIndex(id int64) (int32, bool) {
	i, ok := slices.BinarySearchFunc(g.byID, id, func(w int32, id int64) int { return cmp.Compare(g.ways[w].id, id) })
	if !ok {
		return 0, false
	}
	return g.byID[i], true
}

func (g *gathering) wayByID(id int64) (*way, bool) {
	i, ok := g.wayIndex(id)
	if !ok {
		return nil, false
	}
	return &g.ways[i], true
}

// keepNeeded drops the ways that nothing is made of, and with a box also the
// relations that don't touch it, so that their nodes need not be kept.
func (g *gathering) keepNeeded() {
	g.sortWays()
	needed := make([]bool, len(g.ways))
	for i, w := range g.ways {
		if k, _ := g.wayIndex(w.id); k != int32(i) {
			g.tally.drop("way: its id is there twice", 1)
			continue
		}
		needed[i] = w.touches && (w.street > 0 || len(w.draw) > 0 || w.coast || w.admin > 0)
	}
	g.rels = slices.DeleteFunc(g.rels, func(r relation) bool {
		touches := false
		for _, m := range r.members {
			if m.kind != ways {
				continue
			}
			if i, ok := g.wayIndex(m.id); ok && g.ways[i].touches {
				touches = true
				break
			}
		}
		if touches && !r.turn && (!g.streetsOnly || r.street != nil) {
			for _, m := range r.members {
				if m.kind == ways {
					if i, ok := g.wayIndex(m.id); ok {
						needed[i] = true
					}
				}
			}
		}
		return !touches
	})
	var kept []way
	var refs []int64
	for i, w := range g.ways {
		if needed[i] {
			from := len(refs)
			refs = append(refs, g.refs[w.from:w.to]...)
			w.from, w.to = from, len(refs)
			kept = append(kept, w)
		}
	}
	g.ways, g.refs = kept, refs
	g.sortWays()
}

// nodesOf gives a way's nodes as indexes in g.nodes.
func (g *gathering) nodesOf(w *way) []uint32 { return g.at[w.from:w.to] }

func (c *counts) add(o counts) {
	c.nodes += o.nodes
	c.ways += o.ways
	c.rels += o.rels
	c.highways += o.highways
	c.dangling += o.dangling
}

// A fixedRect is a box in fixed point, edges included.
type fixedRect struct{ min, max street.Fixed }

func fixedBox(b orb.Bound) fixedRect {
	clamp := func(p orb.Point) orb.Point {
		return orb.Point{max(-180, min(180, p[0])), max(-90, min(90, p[1]))}
	}
	return fixedRect{street.FixedPoint(clamp(b.Min)), street.FixedPoint(clamp(b.Max))}
}

func (r fixedRect) has(f street.Fixed) bool {
	return f.Lon >= r.min.Lon && f.Lon <= r.max.Lon && f.Lat >= r.min.Lat && f.Lat <= r.max.Lat
}
