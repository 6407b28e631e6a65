package grid

import (
	"errors"
	"fmt"
	"math"

	"citygrid/geo"
	"citygrid/geo/partition"
	"citygrid/geo/planar"
	"citygrid/geo/street"
	"citygrid/grid/balance"

	"github.com/paulmach/orb"
)

// UnitArea is about how large a unit grid (单元网格) is, in square metres: the
// national principle of "ten-thousand-metre grids".
const UnitArea = 10_000.0

// ErrNoGround says that there is no street to cut unit grids along.
var ErrNoGround = errors.New("no streets, so no ground to cut")

// UnitOptions say how CutUnits cuts. The zero value is ready.
type UnitOptions struct {
	SizeM2 float64 // about how large; 0 = UnitArea

	// Classes are the streets that borders follow; nil takes all from motorways to
	// residential and pedestrian streets.
	Classes []street.Class

	// Protected are the streets that no unit grid lies on both sides of. nil takes
	// motorways to secondary streets; an empty list none.
	Protected []street.Class

	// Lines are other lines that borders follow: rivers, railways.
	Lines []orb.LineString

	// Walls are lines that no unit grid lies on both sides of: borders of towns
	// and communities.
	Walls []orb.LineString

	// Work is the work of a metre of a street, in any unit; nil counts metres of
	// the streets that borders follow. A street between two unit grids is half
	// the work of each.
	Work func(*street.Segment) float64
}

var defaultProtected = []street.Class{street.Motorway, street.Trunk, street.Primary, street.Secondary}

// Units are the unit grids of a city: they cover its boundary exactly, and
// neighbours share every vertex of their border. They are built once, then only
// read, and may be shared between goroutines.
type Units struct {
	List    []Unit
	Borders []UnitBorder // each pair of neighbours once

	mesh  *planar.Mesh
	label []int32 // by face: its unit, -1 outside
	where *planar.Locator
}

// A Unit is one unit grid. They are numbered from 0 in rows from north to south,
// each from west to east.
type Unit struct {
	AreaM2  float64
	Work    float64   // of the streets in it and half of those around it
	StreetM float64   // metres of those that count as work
	Middle  orb.Point // its centroid, which need not lie inside
}

// A UnitBorder is what two unit grids have in common.
type UnitBorder struct {
	A, B    int32 // units, A < B
	LengthM float64
	Ease    float64 // the same, a metre along a main street counting less: it is the better border
}

// Hull is the convex hull of the streets that borders follow, as a boundary for a
// map without one.
func Hull(n *street.Network, classes []street.Class) orb.MultiPolygon {
	o := CutOptions{Classes: classes}
	var points []orb.Point
	for id := range street.SegmentID(n.Segments()) {
		if o.follows(n.Segment(id)) {
			points = append(points, n.Line(id)...)
		}
	}
	ring := convex(points)
	if len(ring) < 4 {
		return nil
	}
	return orb.MultiPolygon{{ring}}
}

// CutUnits cuts the ground inside the boundary into unit grids whose borders follow
// streets at ground level, and the lines given. What is too small is joined to a
// neighbour, never across a protected street (so the strip between its lanes stays
// a unit of its own); what is too large is split, straight across.
//
// The errors are ErrShape for a boundary that is no valid area, ErrNoGround and
// ErrTangled.
func CutUnits(n *street.Network, boundary orb.MultiPolygon, o UnitOptions) (*Units, error) {
	if len(boundary) == 0 {
		return nil, fmt.Errorf("cut unit grids: %w", ErrNoGround)
	}
	if f := partition.Validate(boundary); f != nil {
		return nil, fmt.Errorf("cut unit grids: boundary: %s: %w", f.Reason, ErrShape)
	}
	if !(o.SizeM2 > 0) {
		o.SizeM2 = UnitArea
	}
	if o.Protected == nil {
		o.Protected = defaultProtected
	}
	u, err := o.cut(n, boundary)
	if err != nil {
		return nil, fmt.Errorf("cut unit grids: %w", tangled(err))
	}
	return u, nil
}

func (o *UnitOptions) cut(n *street.Network, boundary orb.MultiPolygon) (*Units, error) {
	w, others, err := o.gather(n, boundary)
	if err != nil {
		return nil, err
	}
	w, passing, err := w.level()
	if err != nil {
		return nil, err
	}
	mesh, err := planar.New(w.lines)
	if err != nil {
		return nil, err
	}
	m := newMerger(mesh, &w, boundary)
	m.barred = w.barred(mesh)
	m.merge()
	m.gather(o.SizeM2)
	if w.chords(&m, o.SizeM2) {
		if m, err = w.again(&m, boundary); err != nil {
			return nil, err
		}
	}
	u := &Units{mesh: m.mesh, label: make([]int32, m.mesh.Faces())}
	u.number(&m)
	u.measure(&m, &w)
	u.count(&passing, func(k lineKind) float64 { return k.work })
	u.count(&others, func(k lineKind) float64 { return k.work })
	return u, nil
}

// gather collects what to cut along, and the streets that are work only.
func (o *UnitOptions) gather(n *street.Network, boundary orb.MultiPolygon) (w, others linework, err error) {
	if w, err = gather(n, boundary, CutOptions{Classes: []street.Class{}, Lines: o.Lines}); err != nil {
		return w, others, err
	}
	walls := CutOptions{Classes: []street.Class{}, Lines: o.Walls}
	if len(o.Walls) > 0 {
		all, err := gather(n, boundary, walls)
		if err != nil {
			return w, others, err
		}
		for i, line := range all.lines {
			if all.what[i].ease > 0 {
				w.add(line.Points, lineKind{ease: 0.5, protected: true})
			}
		}
	}
	follow := CutOptions{Classes: o.Classes}
	bound := boundary.Bound()
	for id := range street.SegmentID(n.Segments()) {
		s := n.Segment(id)
		follows, work := follow.follows(s), 0.0
		if o.Work != nil {
			work = o.Work(s)
		} else if follows {
			work = 1
		}
		line := n.Line(id)
		if !follows && !(work > 0) || !line.Bound().Intersects(bound) {
			continue
		}
		points := make([]planar.Point, 0, len(line))
		for _, p := range line {
			q, _ := planar.At(p)
			points = append(points, q)
		}
		kind := lineKind{ease: Ease(s.Class), isStreet: true, offGrade: offGrade(s), work: work}
		if !follows {
			others.add(points, kind)
			continue
		}
		for _, c := range o.Protected {
			kind.protected = kind.protected || c == s.Class
		}
		w.add(points, kind)
	}
	return w, others, nil
}

// barred says which edges no unit grid lies on both sides of.
func (w *linework) barred(mesh *planar.Mesh) func(edge int) bool {
	return func(e int) bool {
		for _, u := range mesh.Uses(e) {
			if w.what[u.Line].protected {
				return true
			}
		}
		return false
	}
}

// number gives the merged faces their units, in reading order.
func (u *Units) number(m *merger) {
	b := blocked{mesh: m.mesh}
	b.number(m)
	b.middles(m)
	group := make([]int32, len(b.blocks))
	for i := range group {
		group[i] = int32(i)
	}
	order := readingOrder(b.blocks, group, len(b.blocks))
	u.List = make([]Unit, len(b.blocks))
	for i, c := range b.blocks {
		u.List[order[i]] = Unit{AreaM2: c.AreaM2, Middle: orb.Point{c.X / m.perDegree[0], c.Y / m.perDegree[1]}}
	}
	for f, i := range b.of {
		if u.label[f] = -1; i >= 0 {
			u.label[f] = order[i]
		}
	}
}

// measure finds the units' streets and borders.
func (u *Units) measure(m *merger, w *linework) {
	at := map[[2]int32]int{}
	for e, x := range m.mesh.Edges {
		left, right := u.label[x.Left], u.label[x.Right]
		if left < 0 && right < 0 {
			continue
		}
		length, cost, work, counts := m.length(x), 1.0, 0.0, false
		for _, use := range m.mesh.Uses(e) {
			if what := w.what[use.Line]; what.ease > 0 && !what.chord {
				cost = min(cost, what.ease)
				work = max(work, what.work)
				counts = counts || what.work > 0
			}
		}
		if counts {
			sides := []int32{left, right}
			if left < 0 || right < 0 { // all of it is inside, or on the boundary
				sides = []int32{max(left, right), max(left, right)}
			}
			for _, side := range sides {
				u.List[side].Work += work * length / 2
				u.List[side].StreetM += length / 2
			}
		}
		if left >= 0 && right >= 0 && left != right {
			pair := [2]int32{min(left, right), max(left, right)}
			i, known := at[pair]
			if !known {
				i = len(u.Borders)
				at[pair] = i
				u.Borders = append(u.Borders, UnitBorder{A: pair[0], B: pair[1]})
			}
			u.Borders[i].LengthM += length
			u.Borders[i].Ease += length * cost
		}
	}
}

// count adds work on streets that are no borders to the units they pass.
func (u *Units) count(lines *linework, work func(lineKind) float64) {
	if len(lines.lines) == 0 {
		return
	}
	for k, line := range lines.lines {
		for i := 1; i < len(line.Points); i++ {
			p, q := line.Points[i-1], line.Points[i]
			if in := u.in(planar.Point{X: (p.X + q.X) / 2, Y: (p.Y + q.Y) / 2}); in >= 0 {
				length := float64(geo.Distance(p.Orb(), q.Orb()))
				u.List[in].Work += work(lines.what[k]) * length
				u.List[in].StreetM += length
			}
		}
	}
}

func (u *Units) in(p planar.Point) int {
	if u.where == nil {
		label := make([]int32, len(u.label))
		for f, i := range u.label {
			label[f] = i + 1
		}
		u.where = u.mesh.Locator(label)
	}
	return int(u.where.At(p)) - 1
}

// At is the unit that p is in, -1 outside all of them. Of a point on a border the
// rule is that of Owners.
func (u *Units) At(p orb.Point) int {
	q, ok := planar.At(p)
	if !ok {
		return -1
	}
	return u.in(q)
}

// Grounds gives the ground of each unit.
func (u *Units) Grounds() []orb.MultiPolygon { return u.mesh.Dissolve(u.label, len(u.List)) }

// Join gives the ground of each of k groups of units. group is a unit's group, from
// 0, or -1.
func (u *Units) Join(group []int32, k int) []orb.MultiPolygon {
	label := make([]int32, len(u.label))
	for f, i := range u.label {
		if label[f] = -1; i >= 0 {
			label[f] = group[i]
		}
	}
	return u.mesh.Dissolve(label, k)
}

// Perimeter is the length of the rings of an area on the ground.
func Perimeter(area orb.MultiPolygon) geo.Metres {
	var sum geo.Metres
	for _, poly := range area {
		for _, ring := range poly {
			sum += geo.Length(orb.LineString(ring))
		}
	}
	return sum
}

// compactness is the ratio of Polsby and Popper (1991): 1 for a disc.
func compactness(areaM2 float64, rim geo.Metres) float64 {
	return 4 * math.Pi * areaM2 / (float64(rim) * float64(rim))
}

// Compactness is the ratio of Polsby and Popper (1991) of an area of so many square
// metres: 1 for a disc, less the more its border winds.
func Compactness(area orb.MultiPolygon, areaM2 float64) float64 {
	return compactness(areaM2, Perimeter(area))
}

// ReadingOrder numbers k groups of units in rows from north to south, each from
// west to east: by group, its number from 0.
func (u *Units) ReadingOrder(group []int32, k int) []int32 {
	if len(u.List) == 0 {
		return make([]int32, k)
	}
	lonM, latM := geo.MetresPerDegree(u.List[0].Middle[1])
	blocks := make([]balance.Unit, len(u.List))
	for i, one := range u.List {
		blocks[i] = balance.Unit{AreaM2: one.AreaM2, X: one.Middle[0] * float64(lonM), Y: one.Middle[1] * float64(latM)}
	}
	return readingOrder(blocks, group, k)
}

// Insides gives a point well inside each unit.
func (u *Units) Insides() []orb.Point {
	at, largest := make([]orb.Point, len(u.List)), make([]float64, len(u.List))
	for f, i := range u.label {
		if i >= 0 {
			if area := u.mesh.Area(f); area > largest[i] {
				largest[i], at[i] = area, u.mesh.Inside(f)
			}
		}
	}
	return at
}
