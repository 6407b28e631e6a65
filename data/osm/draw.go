package osm

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"

	"citygrid/geo"
	"citygrid/geo/basemap"
	"citygrid/geo/place"
	"citygrid/geo/street"
)

// A painter makes the base map's features and the gazetteer's places.
type painter struct {
	g      *gathering
	feats  []basemap.Feature
	places []place.Place
	admins []adminArea
	notes  []string

	outlines []outline // settlements given by outline, until the nodes are known
}

// An outline is a settlement's area, drawn as a point in it.
type outline struct {
	d  drawing
	at orb.Point
}

// An adminArea is a municipality or a part of one: who is in it is in a place of
// that name.
type adminArea struct {
	name  map[string]string
	level uint8
	area  orb.MultiPolygon
	bound orb.Bound
}

// paint draws everything that was gathered, streets aside.
func (g *gathering) paint(box orb.Bound) *painter {
	p := &painter{g: g}
	replaced := p.relations()
	var coast []orb.LineString
	admin := g.boundaryLevels()
	for i := range g.ways {
		w := &g.ways[i]
		if len(w.draw) == 0 && !w.coast && admin[i] == 0 {
			continue
		}
		line, whole := g.present(w)
		if !whole {
			if len(w.draw) > 0 && w.street == 0 {
				g.tally.drop("feature: its nodes are missing", 1)
			}
			if len(line) < 2 {
				line = longestRun(g, w)
			}
			if len(line) < 2 {
				continue
			}
		}
		if w.coast {
			coast = append(coast, fixedLine(g, line))
		}
		if admin[i] > 0 {
			f := basemap.Feature{Layer: basemap.Boundary, Kind: "admin_" + strconv.Itoa(int(admin[i]))}
			p.add(f, fixedLine(g, line))
		}
		for _, d := range w.draw {
			if replaced[w.id] && d.shape == asArea {
				continue // the multipolygon draws it, with its holes
			}
			switch {
			case d.shape == asLine:
				p.draw(&d, fixedLine(g, line))
			case !whole:
			default:
				if r, ok := g.ring(line); ok {
					p.draw(&d, orb.Polygon{r.orient(true)})
				} else {
					g.tally.drop("feature: area without an inside", 1)
				}
			}
		}
	}
	for _, d := range g.dots {
		for k := range d.draw {
			p.draw(&d.draw[k], d.at.Point())
		}
	}
	p.drawOutlines()
	p.sea(coast, box)
	return p
}

// longestRun is the longest piece of a way whose nodes are all there.
func longestRun(g *gathering, w *way) (best []uint32) {
	for _, r := range g.runs(w, nil) {
		if len(r) > len(best) {
			best = r
		}
	}
	return best
}

// relations draws the multipolygons. It tells which ways they draw in passing.
func (p *painter) relations() (replaced map[int64]bool) {
	g := p.g
	replaced = map[int64]bool{}
	for i := range g.rels {
		r := &g.rels[i]
		if r.turn {
			continue
		}
		draws := r.areas()
		old := len(draws) == 0
		if old {
			draws = g.outerDraws(r)
		}
		if len(draws) == 0 && (r.admin < 7 || len(r.names) == 0) {
			continue
		}
		mp, missing, open := g.assemble(r)
		if missing+open > 0 {
			g.tally.drop("multipolygon: rings left open", open)
			g.tally.drop("multipolygon: members missing", missing)
		}
		if len(mp) == 0 {
			g.tally.drop("multipolygon: no closed ring", 1)
			continue
		}
		for _, m := range r.members {
			if w, ok := g.wayByID(m.id); ok && m.kind == ways && len(w.draw) > 0 && (old && m.role != "inner" || sameArea(w.draw, draws)) {
				replaced[m.id] = true
			}
		}
		for k := range draws {
			p.draw(&draws[k], mp)
		}
		if r.admin >= 7 && len(r.names) > 0 && open == 0 && missing == 0 {
			p.admins = append(p.admins, adminArea{r.names, r.admin, mp, mp.Bound()})
		}
	}
	return replaced
}

func (r *relation) areas() (out []drawing) {
	for _, d := range r.draw {
		if d.shape != asLine {
			out = append(out, d)
		}
	}
	return out
}

// outerDraws finds what the outer ways of a multipolygon without tags say.
func (g *gathering) outerDraws(r *relation) []drawing {
	for _, m := range r.members {
		if m.kind != ways || m.role == "inner" {
			continue
		}
		if w, ok := g.wayByID(m.id); ok {
			d := w.asOuter
			if w.closed {
				d = nil
				for _, x := range w.draw {
					if x.shape != asLine {
						d = append(d, x)
					}
				}
			}
			if len(d) > 0 {
				return d
			}
		}
	}
	return nil
}

func sameArea(a, b []drawing) bool {
	for _, x := range a {
		for _, y := range b {
			if x.shape == asArea && y.shape == asArea && x.feat.Layer == y.feat.Layer && x.feat.Kind == y.feat.Kind {
				return true
			}
		}
	}
	return false
}

// boundaryLevels gives each way the highest boundary (lowest number) it is part of.
func (g *gathering) boundaryLevels() []uint8 {
	out := make([]uint8, len(g.ways))
	for i, w := range g.ways {
		out[i] = w.admin
	}
	for i := range g.rels {
		r := &g.rels[i]
		if r.admin == 0 {
			continue
		}
		for _, m := range r.members {
			if m.kind != ways {
				continue
			}
			if w, ok := g.wayIndex(m.id); ok && (out[w] == 0 || r.admin < out[w]) {
				out[w] = r.admin
			}
		}
	}
	return out
}

// draw adds a feature, and its place in the gazetteer.
func (p *painter) draw(d *drawing, geom orb.Geometry) {
	if d.shape == asPoint {
		at, ok := pointOf(geom)
		if !ok || p.g.bound != nil && !p.g.bound.Contains(at) {
			return
		}
		if d.outline {
			p.outlines = append(p.outlines, outline{*d, at})
			return
		}
		if !p.add(d.feat, at) {
			return
		}
		geom = at
	} else {
		var ok bool
		if geom, ok = p.clipped(geom); !ok {
			return
		}
		p.add(d.feat, geom)
	}
	if d.hasPlace {
		p.place(d, geom)
	}
}

// drawOutlines draws the settlements given by outline that have no node: a city
// commonly has both, and should not stand on the map twice.
func (p *painter) drawOutlines() {
	seats := map[string][]orb.Point{}
	for i := range p.places {
		if pl := &p.places[i]; pl.Kind == place.Settlement {
			key := pl.Detail + "\x00" + pl.Name[""]
			seats[key] = append(seats[key], pl.At)
		}
	}
	for i := range p.outlines {
		o := &p.outlines[i]
		key := o.d.feat.Kind + "\x00" + o.d.feat.Name[""]
		reach := settlementReach[o.d.feat.Kind]
		if slices.ContainsFunc(seats[key], func(seat orb.Point) bool { return geo.Distance(seat, o.at) <= reach }) {
			p.g.tally.repair("settlement: outline and node are one", 1)
			continue
		}
		o.d.outline = false
		p.draw(&o.d, o.at)
	}
}

// clipped cuts a geometry to the user's box.
func (p *painter) clipped(geom orb.Geometry) (orb.Geometry, bool) {
	if p.g.bound == nil {
		return geom, true
	}
	b := geom.Bound()
	if p.g.bound.Contains(b.Min) && p.g.bound.Contains(b.Max) {
		return geom, true
	}
	if !p.g.bound.Intersects(b) {
		return nil, false
	}
	geom = clip.Geometry(*p.g.bound, orb.Clone(geom))
	return geom, geom != nil
}

func (p *painter) add(f basemap.Feature, geom orb.Geometry) bool {
	geom, ok := p.clipped(geom)
	if !ok {
		return false
	}
	f.Geometry = geom
	p.feats = append(p.feats, f)
	return true
}

func (p *painter) sea(coast []orb.LineString, box orb.Bound) {
	water, problems := sea(coast, box)
	for i, s := range problems {
		if i == 20 {
			p.notes = append(p.notes, fmt.Sprintf("and %d more about coastlines", len(problems)-i))
			break
		}
		p.notes = append(p.notes, s)
	}
	for _, poly := range water {
		p.add(basemap.Feature{Layer: basemap.Water, Kind: "sea"}, poly)
	}
}

// pointOf is a point that stands for a geometry, inside it if it is an area.
func pointOf(g orb.Geometry) (orb.Point, bool) {
	switch g := g.(type) {
	case orb.Point:
		return g, true
	case orb.LineString:
		return g[len(g)/2], len(g) > 0
	case orb.MultiLineString:
		if len(g) == 0 {
			return orb.Point{}, false
		}
		return pointOf(g[0])
	case orb.Polygon:
		return insideOf(g)
	case orb.MultiPolygon:
		var best orb.Polygon
		for _, p := range g {
			if best == nil || math.Abs(signedArea(p[0])) > math.Abs(signedArea(best[0])) {
				best = p
			}
		}
		return insideOf(best)
	}
	return orb.Point{}, false
}

// insideOf is the centre of gravity of the outer ring if that lies in the
// polygon, else the middle of the widest stretch at half its height.
func insideOf(p orb.Polygon) (orb.Point, bool) {
	if len(p) == 0 || len(p[0]) < 4 {
		return orb.Point{}, false
	}
	r := p[0]
	var x, y, a float64
	for i := range len(r) - 1 {
		ax, ay, bx, by := r[i][0]-r[0][0], r[i][1]-r[0][1], r[i+1][0]-r[0][0], r[i+1][1]-r[0][1]
		c := ax*by - bx*ay
		x, y, a = x+(ax+bx)*c, y+(ay+by)*c, a+c
	}
	if a != 0 {
		c := orb.Point{r[0][0] + x/(3*a), r[0][1] + y/(3*a)}
		if contains(p, c) {
			return c, true
		}
	}
	b := r.Bound()
	mid := (b.Min[1] + b.Max[1]) / 2
	var xs []float64
	for _, ring := range p {
		for i := range len(ring) - 1 {
			s, e := ring[i], ring[i+1]
			if (s[1] > mid) != (e[1] > mid) {
				xs = append(xs, s[0]+(mid-s[1])*(e[0]-s[0])/(e[1]-s[1]))
			}
		}
	}
	best, at := -1.0, r[0]
	for i := range xs {
		for j := range xs {
			m := orb.Point{(xs[i] + xs[j]) / 2, mid}
			if d := xs[j] - xs[i]; d > best && len(xs) < 64 && contains(p, m) {
				best, at = d, m
			}
		}
	}
	return at, true
}

func contains(p orb.Polygon, at orb.Point) bool {
	if where(p[0], at) == outside {
		return false
	}
	for _, hole := range p[1:] {
		if where(hole, at) == inside {
			return false
		}
	}
	return true
}

// streetFeatures draws each segment.
func streetFeatures(p *street.Parts) []basemap.Feature {
	out := make([]basemap.Feature, 0, len(p.Segments))
	named := make([]map[string]string, len(p.Names))
	for i, n := range p.Names {
		named[i] = nameMap(n)
	}
	for i := range p.Segments {
		s := &p.Segments[i]
		line := make(orb.LineString, s.Points)
		for k, f := range p.Shape[s.Shape : s.Shape+s.Points] {
			line[k] = f.Point()
		}
		if s.Class == street.Waterway {
			continue // the base map draws the river itself
		}
		f := basemap.Feature{
			Layer: basemap.Street, Kind: s.Class.String(), Geometry: line, Segment: 1 + uint32(i), Name: named[s.Name], Ref: p.Names[s.Name].Ref,
			Link: s.Flags&street.Link != 0, Bridge: s.Flags&street.Bridge != 0, Tunnel: s.Flags&street.Tunnel != 0, Level: s.Layer,
		}
		who := street.Car
		if (s.Forward|s.Backward)&street.Car == 0 {
			who = street.Bicycle
		}
		switch f1, b1 := s.Forward&who != 0, s.Backward&who != 0; {
		case f1 && !b1:
			f.OneWay = 1
		case b1 && !f1:
			f.OneWay = -1
		}
		out = append(out, f)
	}
	return out
}

// nameMap gives a street's names by language, nil for one that has none.
func nameMap(n street.Name) map[string]string {
	if n.Default == "" && len(n.In) == 0 {
		return nil
	}
	out := make(map[string]string, 1+len(n.In))
	for l, v := range n.In {
		out[l] = v
	}
	if n.Default != "" && n.Default != n.Ref {
		out[""] = n.Default
	}
	return out
}
