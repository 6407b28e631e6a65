package grid

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"citygrid/geo"
	"citygrid/geo/partition"
	"citygrid/geo/planar"
	"citygrid/geo/street"
	"citygrid/grid/balance"

	"github.com/paulmach/orb"
)

// ErrFewBlocks says that the streets cut the ground into fewer blocks than grids
// were asked for.
var ErrFewBlocks = errors.New("too few blocks between the streets")

// CutOptions say how CutAlongStreets cuts. The zero value is ready.
type CutOptions struct {
	// Seed chooses among equally good cuts: the same seed gives the same grids.
	Seed uint64

	// Classes are the streets that borders may follow and whose length counts as
	// work. nil takes all from motorways to residential and pedestrian streets.
	Classes []street.Class

	// Lines are other lines that borders may follow: rivers, railways, borders of
	// communities.
	Lines []orb.LineString
}

// How long the blocks are shared out: a seed gives one cut, whatever the machine.
const cutRounds, cutStarts = 2, 4

// defaultClasses are the streets that people take for the edge of a block.
var defaultClasses = []street.Class{
	street.Motorway, street.Trunk, street.Primary, street.Secondary, street.Tertiary,
	street.Unclassified, street.Residential, street.LivingStreet, street.Pedestrian,
}

// CutAlongStreets cuts the ground inside the boundary into k grids whose borders
// follow streets. Together the grids cover the boundary exactly; neighbours share
// all vertices of their common border. Each grid is compact and in one piece (unless
// the boundary is in more pieces than that), and the grids have about equal lengths
// of street, a street on a border counting half for each side.
//
// A bridge or a tunnel doesn't meet the streets it passes, so borders follow those
// that pass none: over a river, for instance. Streets at ground level that cross
// without a junction do cut each other. The grids are numbered from 1, in rows from
// north to south, each from west to east.
//
// The errors are ErrShape for a boundary that is no valid area, ErrFewBlocks, and
// ErrTangled.
func CutAlongStreets(n *street.Network, boundary orb.MultiPolygon, k int, o CutOptions) ([]Responsibility, error) {
	if f := partition.Validate(boundary); f != nil {
		return nil, fmt.Errorf("cut along streets: boundary: %s: %w", f.Reason, ErrShape)
	}
	if k < 1 || k > MaxGrids {
		return nil, fmt.Errorf("cut along streets: %d grids, there can be 1 to %d", k, MaxGrids)
	}
	b, err := cutBlocks(n, boundary, o)
	if err != nil {
		return nil, fmt.Errorf("cut along streets: %w", err)
	}
	if len(b.blocks) < k {
		return nil, fmt.Errorf("cut along streets: %d blocks for %d grids: %w", len(b.blocks), k, ErrFewBlocks)
	}
	shared, err := balance.Propose(context.Background(), b.blocks, k, balance.Options{Seed: o.Seed, Rounds: cutRounds, Workers: cutStarts})
	if err != nil {
		return nil, fmt.Errorf("cut along streets: %w", err)
	}
	group := shared.Group
	order := readingOrder(b.blocks, group, k)
	label := make([]int32, b.mesh.Faces())
	for f, block := range b.of {
		label[f] = -1
		if block >= 0 {
			label[f] = order[group[block]]
		}
	}
	grids := make([]Responsibility, k)
	for i, ground := range b.mesh.Dissolve(label, k) {
		grids[i] = Responsibility{
			ID:     GridID(i + 1),
			Code:   fmt.Sprintf("%02d", i+1),
			Name:   map[string]string{"en": fmt.Sprintf("Grid %d", i+1), "zh-CN": fmt.Sprintf("第%d网格", i+1)},
			Ground: ground,
		}
	}
	return grids, nil
}

// linework is what the ground is cut along, by line.
type linework struct {
	lines []planar.Line
	what  []lineKind
}

type lineKind struct {
	ease     float64 // what a metre of it costs as a border; 0 for the boundary
	isStreet bool    // its length is work
	offGrade bool    // a bridge or a tunnel

	work      float64 // of a metre, for unit grids
	protected bool    // no unit grid lies on both sides
	chord     bool    // made by us, to split what is large
}

// gather collects the boundary and the lines near it that borders may follow.
func gather(n *street.Network, boundary orb.MultiPolygon, o CutOptions) (linework, error) {
	var w linework
	for _, poly := range boundary {
		for j, ring := range poly {
			points, _ := partition.RingPoints(ring, j == 0) // it is valid
			w.add(points, lineKind{})
		}
	}
	bound := boundary.Bound()
	var points []planar.Point
	for id := range street.SegmentID(n.Segments()) {
		s := n.Segment(id)
		if !o.follows(s) {
			continue
		}
		line := n.Line(id)
		if !line.Bound().Intersects(bound) {
			continue
		}
		points = nil
		for _, p := range line {
			q, _ := planar.At(p)
			points = append(points, q)
		}
		w.add(points, lineKind{ease: Ease(s.Class), isStreet: true, offGrade: offGrade(s)})
	}
	for _, line := range o.Lines {
		if !line.Bound().Intersects(bound) {
			continue
		}
		points = nil
		for _, p := range line {
			q, ok := planar.At(p)
			if !ok {
				return w, fmt.Errorf("line at %v: %w", p, planar.ErrPosition)
			}
			points = append(points, q)
		}
		w.add(points, lineKind{ease: 0.5})
	}
	return w, nil
}

// offGrade says whether a segment is a bridge or a tunnel.
func offGrade(s *street.Segment) bool {
	return s.Layer != 0 || s.Flags&(street.Bridge|street.Tunnel) != 0
}

func (w *linework) add(points []planar.Point, what lineKind) {
	w.lines, w.what = append(w.lines, planar.Line{Points: points}), append(w.what, what)
}

// level takes out the bridges and tunnels that pass a street between their ends,
// and gives what is left and what was taken out.
func (w *linework) level() (left, out linework, err error) {
	mesh, err := planar.New(w.lines)
	if err != nil {
		return left, out, err
	}
	at := map[int32][]int32{} // the streets at each node
	for e, x := range mesh.Edges {
		for _, u := range mesh.Uses(e) {
			if w.what[u.Line].isStreet {
				at[x.From] = append(at[x.From], u.Line)
				at[x.To] = append(at[x.To], u.Line)
			}
		}
	}
	passes := make([]bool, len(w.lines))
	for v, lines := range at {
		for _, i := range lines {
			points := w.lines[i].Points
			ends := mesh.Nodes[v] == points[0] || mesh.Nodes[v] == points[len(points)-1]
			if w.what[i].offGrade && !ends && slices.ContainsFunc(lines, func(j int32) bool { return j != i }) {
				passes[i] = true
			}
		}
	}
	for i, line := range w.lines {
		if passes[i] {
			out.add(line.Points, w.what[i])
		} else {
			left.add(line.Points, w.what[i])
		}
	}
	return left, out, nil
}

// follows says whether borders may follow streets of this kind.
func (o *CutOptions) follows(s *street.Segment) bool {
	classes := o.Classes
	if classes == nil {
		classes = defaultClasses
	}
	return s.Flags&street.Area == 0 && slices.Contains(classes, s.Class)
}

// Ease is what a metre of border along such a street costs: everybody knows the
// main streets, so they make the better borders.
func Ease(c street.Class) float64 {
	switch c {
	case street.Motorway, street.Trunk, street.Primary:
		return 0.5
	case street.Secondary, street.Tertiary:
		return 0.7
	}
	return 1
}

// blocked is the ground cut into blocks: ground between streets, with none of its
// slivers left. Their work is metres of street, until they are shared out.
type blocked struct {
	mesh   *planar.Mesh
	of     []int32 // by face: its block, -1 outside the boundary
	blocks []balance.Unit
}

// cutBlocks nodes the linework, takes the faces inside the boundary, and merges
// what is too small or too thin to be a block.
func cutBlocks(n *street.Network, boundary orb.MultiPolygon, o CutOptions) (*blocked, error) {
	w, err := gather(n, boundary, o)
	if err != nil {
		return nil, err
	}
	w, passing, err := w.level()
	if err != nil {
		return nil, tangled(err)
	}
	mesh, err := planar.New(w.lines)
	if err != nil {
		return nil, tangled(err)
	}
	m := newMerger(mesh, &w, boundary)
	m.merge()
	b := &blocked{mesh: mesh}
	b.number(&m)
	b.middles(&m)
	b.measure(&m, w)
	b.count(passing)
	return b, nil
}

// newMerger finds the faces inside the boundary and is ready to merge them.
func newMerger(mesh *planar.Mesh, w *linework, boundary orb.MultiPolygon) merger {
	times := make([]int, mesh.Faces())
	mesh.Spread(func(from, to int32, edge int, toLeft bool) {
		times[to] = times[from]
		for _, u := range mesh.Uses(edge) {
			switch {
			case w.what[u.Line].ease != 0:
			case u.Forward == toLeft:
				times[to]++
			default:
				times[to]--
			}
		}
	})
	lonM, latM := geo.MetresPerDegree(boundary.Bound().Center()[1])
	m := merger{mesh: mesh, inside: make([]bool, mesh.Faces()), perDegree: [2]float64{float64(lonM), float64(latM)}}
	for f, t := range times {
		m.inside[f] = t > 0
	}
	return m
}

func tangled(err error) error {
	if errors.Is(err, planar.ErrTangled) {
		return fmt.Errorf("%w: %w", ErrTangled, err)
	}
	return err
}

// number gives the merged faces inside the boundary their block numbers.
func (b *blocked) number(m *merger) {
	b.of = make([]int32, b.mesh.Faces())
	for f := range b.of {
		b.of[f] = -1
		if !m.inside[f] {
			continue
		}
		// The head of a set is its lowest face, so it has its number already.
		if head := planar.Find(m.up, int32(f)); head != int32(f) {
			b.of[f] = b.of[head]
		} else {
			b.of[f] = int32(len(b.blocks))
			b.blocks = append(b.blocks, balance.Unit{})
		}
	}
}

// middles finds the blocks' areas and middles.
func (b *blocked) middles(m *merger) {
	for f, i := range b.of {
		if i < 0 {
			continue
		}
		area, at := m.area(f), b.mesh.Middle(f)
		c := &b.blocks[i]
		c.X += area * at[0] * m.perDegree[0]
		c.Y += area * at[1] * m.perDegree[1]
		c.AreaM2 += area
	}
	for i := range b.blocks {
		c := &b.blocks[i]
		c.X, c.Y = c.X/c.AreaM2, c.Y/c.AreaM2
	}
}

// measure finds the blocks' streets and neighbours.
func (b *blocked) measure(m *merger, w linework) {
	costs := map[[2]int32]float64{}
	var pairs [][2]int32
	for i, e := range b.mesh.Edges {
		left, right := b.of[e.Left], b.of[e.Right]
		if left < 0 && right < 0 {
			continue
		}
		length, cost, isStreet := m.length(e), 1.0, false
		for _, u := range b.mesh.Uses(i) {
			if what := w.what[u.Line]; what.ease > 0 {
				cost = min(cost, what.ease)
				isStreet = isStreet || what.isStreet
			}
		}
		if isStreet {
			for _, side := range []int32{left, right} {
				if side >= 0 {
					b.blocks[side].Work += length / 2
				}
			}
			if left < 0 || right < 0 { // all of it is inside, or on the boundary
				b.blocks[max(left, right)].Work += length / 2
			}
		}
		if left >= 0 && right >= 0 && left != right {
			pair := [2]int32{min(left, right), max(left, right)}
			if _, known := costs[pair]; !known {
				pairs = append(pairs, pair)
			}
			costs[pair] += length * cost
		}
	}
	for _, p := range pairs {
		b.link(p[0], p[1], costs[p])
	}
}

func (b *blocked) link(i, j int32, cost float64) {
	b.blocks[i].Beside = append(b.blocks[i].Beside, balance.Beside{Unit: j, Cost: cost})
	b.blocks[j].Beside = append(b.blocks[j].Beside, balance.Beside{Unit: i, Cost: cost})
}

// count adds the work on bridges and in tunnels to the blocks they pass over and
// under.
func (b *blocked) count(passing linework) {
	label := make([]int32, len(b.of))
	for f, i := range b.of {
		label[f] = i + 1
	}
	where := b.mesh.Locator(label)
	for _, line := range passing.lines {
		for i := 1; i < len(line.Points); i++ {
			p, q := line.Points[i-1], line.Points[i]
			if in := where.At(planar.Point{X: (p.X + q.X) / 2, Y: (p.Y + q.Y) / 2}); in > 0 {
				b.blocks[in-1].Work += float64(geo.Distance(p.Orb(), q.Orb()))
			}
		}
	}
}

// readingOrder numbers groups in rows from north to south, each from west to east.
func readingOrder(blocks []balance.Unit, group []int32, k int) []int32 {
	type middle struct{ x, y, area float64 }
	at := make([]middle, k)
	total, north := 0.0, math.Inf(-1)
	for i, b := range blocks {
		m := &at[group[i]]
		m.x, m.y, m.area = m.x+b.X*b.AreaM2, m.y+b.Y*b.AreaM2, m.area+b.AreaM2
		total, north = total+b.AreaM2, max(north, b.Y)
	}
	row := math.Sqrt(total / float64(k)) // as high as a square grid of mean size
	order := make([]int32, k)
	for g := range at {
		at[g].x, at[g].y, order[g] = at[g].x/at[g].area, at[g].y/at[g].area, int32(g)
	}
	rowOf := func(g int32) int { return int((north - at[g].y) / row) }
	slices.SortStableFunc(order, func(g, h int32) int {
		return cmp.Or(cmp.Compare(rowOf(g), rowOf(h)), cmp.Compare(at[g].x, at[h].x))
	})
	number := make([]int32, k)
	for i, g := range order {
		number[g] = int32(i)
	}
	return number
}
