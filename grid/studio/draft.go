// Package studio is where a planner cuts a city: a draft is the ground as unit
// grids (单元网格) that share their borders, each painted with the responsibility
// grid (责任网格) to be, here called a part.
//
// What a draft is made of are arcs: runs of border between two units, each kept
// once with the unit on its left and on its right. A border that moves moves for
// both, so no edit can open a gap or make an overlap. Edits are values; what each
// changed is kept, so that it can be taken back and done again.
//
// Positions are whole numbers of 1e-9 degrees (package planar). Work is in
// millionths of a minute a day, ground in mm2 and borders in micrometres, all
// whole numbers: sums that are kept up with the edits are what a count from the
// beginning gives.
//
// A Draft belongs to one goroutine at a time.
package studio

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"citygrid/geo"
	"citygrid/geo/partition"
	"citygrid/geo/planar"
	"citygrid/grid"

	"github.com/paulmach/orb"
)

// A UnitID names a unit grid in its draft; ids are never given twice. 0 is the
// ground outside.
type UnitID int32

// A PartID names a part in its draft; ids are never given twice. 0 is no part:
// units not painted yet.
type PartID int32

// Limits of a draft, set where only a mistake or an attack goes.
const (
	MaxUnits  = 400_000
	MaxParts  = grid.MaxGrids
	maxPoints = 20_000_000
)

// Errors of drafts. Match with errors.Is.
var (
	ErrGround   = errors.New("ground of a draft breaks a rule")
	ErrNoUnit   = errors.New("no such unit grid")
	ErrNoPart   = errors.New("no such part")
	ErrLocked   = errors.New("part is locked: unlock it first")
	ErrCrossing = errors.New("borders would cross")
	ErrNoCut    = errors.New("the line cuts nothing in two: draw it right across")
	ErrApart    = errors.New("what is to be merged does not hang together")
	ErrRim      = errors.New("the city's own border stays where it is")
	ErrNoVertex = errors.New("no border has a vertex there")
	ErrEdit     = errors.New("edit breaks a rule")
	ErrNoUndo   = errors.New("nothing to undo")
	ErrNoRedo   = errors.New("nothing to do again")
)

// Units of the whole numbers that sums are kept in.
const (
	minute      = 1_000_000 // millionths of a minute
	squareMetre = 1_000_000 // mm2
	metre       = 1_000_000 // micrometres
)

// An arc is a run of border between two units. Its points never change; a border
// that moves is another arc.
type arc struct {
	points      []planar.Point
	left, right UnitID
	length      int64
}

// unit is what a unit grid is beside its borders.
type unit struct {
	Live bool
	Part PartID
	Area int64
	Work int64
	Code string // given when it was first published; "" before
}

// A Draft is a city being cut. The zero Draft is of no use; New makes one.
type Draft struct {
	arcs   []arc // by number; without points when it never is used again
	units  []unit
	around [][]int32 // by unit: its arcs; the outside's are not kept
	parts  []part    // by id; 0 is what is not painted
	where  *planar.Borders
	low    planar.Point
	high   planar.Point

	live  int   // units
	cut   int64 // length of the borders between parts
	undo  []Entry
	redo  []Entry
	loose map[PartID]UnitID // parts whose pieces must be counted anew, and a unit that may be in one

	seen  []int32 // by unit: the last look around that came by
	look  int32
	queue []UnitID

	heaviest int64 // most work on a painted unit
	weighed  bool  // heaviest is right
}

// part is a part with its sums.
type part struct {
	live   bool
	is     Part
	units  int
	work   int64
	area   int64
	rim    int64
	pieces int
}

// A Part is a responsibility grid to be, and who is to answer for it.
type Part struct {
	ID       PartID            `json:"id"`
	Grid     grid.GridID       `json:"grid,omitempty"` // of the plan that it comes from; 0 = new
	Code     string            `json:"code,omitempty"`
	Name     map[string]string `json:"name,omitempty"`
	Team     grid.TeamID       `json:"team,omitempty"`
	Member   int64             `json:"member,omitempty"`
	Tasks    []string          `json:"tasks,omitempty"`
	Staffing *Staffing         `json:"staffing,omitempty"`
	Locked   bool              `json:"locked,omitempty"`
}

// Staffing is how many people a part is to have.
type Staffing = grid.Staffing

// clone is p with nothing shared.
func (p Part) clone() Part {
	p.Name, p.Tasks = maps.Clone(p.Name), slices.Clone(p.Tasks)
	if p.Staffing != nil {
		s := *p.Staffing
		p.Staffing = &s
	}
	return p
}

// A Unit is one unit grid as it is put in.
type Unit struct {
	Ground  orb.MultiPolygon
	Minutes float64 // of work a day
	Part    PartID  // 0, or one of the parts
	Code    string
}

// New makes a draft. The units must share out their ground, with faults of at
// most a metre, which are mended. They get the ids 1, 2 ... in their order; the
// parts must be numbered 1, 2 ... in theirs.
func New(units []Unit, parts []Part) (*Draft, error) {
	if len(units) == 0 || len(units) > MaxUnits {
		return nil, fmt.Errorf("%w: %d unit grids, want 1 to %d", ErrGround, len(units), MaxUnits)
	}
	if len(parts) > MaxParts {
		return nil, fmt.Errorf("%w: %d parts, %d is the most", ErrGround, len(parts), MaxParts)
	}
	d := &Draft{parts: make([]part, 1, len(parts)+1), units: make([]unit, 1, len(units)+1), loose: map[PartID]UnitID{}}
	d.around = make([][]int32, len(units)+1)
	for i, p := range parts {
		if p.ID != PartID(i+1) {
			return nil, fmt.Errorf("%w: part %d has the id %d", ErrGround, i, p.ID)
		}
		d.parts = append(d.parts, part{live: true, is: p.clone()})
	}
	grounds := make([]orb.MultiPolygon, len(units))
	for i, u := range units {
		if u.Part < 0 || int(u.Part) > len(parts) || !(u.Minutes >= 0 && u.Minutes < 1e9) {
			return nil, fmt.Errorf("%w: unit grid %d has part %d and %v minutes", ErrGround, i, u.Part, u.Minutes)
		}
		grounds[i] = u.Ground
	}
	o, label, err := layOut(grounds)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		d.units = append(d.units, unit{Live: true, Part: u.Part, Work: int64(math.Round(u.Minutes * minute)), Code: u.Code})
	}
	d.live = len(units)
	for _, u := range d.units[1:] {
		p := &d.parts[u.Part]
		p.units, p.work, p.area = p.units+1, p.work+u.Work, p.area+u.Area
	}
	edges := 0
	d.low, d.high = planar.Point{X: math.MaxInt64, Y: math.MaxInt64}, planar.Point{X: math.MinInt64, Y: math.MinInt64}
	found := chains(o, func(e int) (left, right int32) {
		x := o.Edges[e]
		return label[x.Left], label[x.Right]
	}, func(int) bool { return true })
	for _, c := range found {
		edges += len(c.points) - 1
		for _, p := range c.points {
			d.low = planar.Point{X: min(d.low.X, p.X), Y: min(d.low.Y, p.Y)}
			d.high = planar.Point{X: max(d.high.X, p.X), Y: max(d.high.Y, p.Y)}
		}
	}
	if d.where, err = planar.NewBorders(d.low, d.high, edges); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGround, err)
	}
	for _, c := range found {
		n := d.newArc(c.points, UnitID(c.left), UnitID(c.right))
		d.putArc(n)
	}
	d.where.Pack()
	for id := range d.units[1:] {
		if err := d.measure(UnitID(id + 1)); err != nil {
			return nil, err
		}
	}
	d.count()
	return d, nil
}

// measure takes the area of a unit from its borders.
func (d *Draft) measure(id UnitID) error {
	ground := d.Ground(id)
	if len(ground) == 0 {
		return fmt.Errorf("%w: unit grid %d has no ground of its own", ErrGround, id-1)
	}
	u := &d.units[id]
	area := areaOf(ground)
	d.parts[u.Part].area += area - u.Area
	u.Area = area
	return nil
}

func areaOf(ground orb.MultiPolygon) int64 {
	return int64(math.Round(partition.AreaM2(ground) * squareMetre))
}

// layOut lays grounds over each other and says whose each face is: 0 is the
// outside, i+1 the i-th.
func layOut(grounds []orb.MultiPolygon) (*planar.Mesh, []int32, error) {
	for again := false; ; again = true {
		o, err := partition.Lay(grounds)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrGround, err)
		}
		label := make([]int32, o.Mesh.Faces())
		gap := o.Uncovered()
		clean := true
		for f := range label {
			owners, once := o.Owners(f)
			if len(owners) > 0 {
				label[f] = int32(owners[0]) + 1
			}
			clean = clean && once && len(owners) <= 1 && gap[f] <= 0
		}
		if clean || again {
			return o.Mesh, label, nil
		}
		// Slivers between drawn borders; a lake that nobody has stays outside.
		mended, err := partition.Mend(grounds, 1, true)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("%w: %w", ErrGround, err)
		case len(mended.Refused) > 0:
			return nil, nil, fmt.Errorf("%w: %s", ErrGround, mended.Refused[0])
		}
		grounds = mended.Areas
	}
}

// newArc makes an arc that is not part of the draft yet.
func (d *Draft) newArc(points []planar.Point, left, right UnitID) int32 {
	length := 0.0
	for i := 1; i < len(points); i++ {
		length += float64(geo.Distance(points[i-1].Orb(), points[i].Orb()))
	}
	d.arcs = append(d.arcs, arc{points, left, right, int64(math.Round(length * metre))})
	return int32(len(d.arcs) - 1)
}

// putArc makes an arc a border of the draft.
func (d *Draft) putArc(n int32) {
	a := &d.arcs[n]
	for _, u := range [2]UnitID{a.left, a.right} {
		if u != 0 {
			d.around[u] = append(d.around[u], n)
		}
	}
	d.rims(a, 1)
	for i := 1; i < len(a.points); i++ {
		// Nothing leaves the ground: the city's border stays where it is.
		_ = d.where.Add(n, int32(a.left), int32(a.right), a.points[i-1], a.points[i])
	}
}

// takeArc takes an arc out of the draft.
func (d *Draft) takeArc(n int32) {
	a := &d.arcs[n]
	for _, u := range [2]UnitID{a.left, a.right} {
		if u != 0 {
			list := d.around[u]
			if i := slices.Index(list, n); i >= 0 {
				list[i] = list[len(list)-1]
				d.around[u] = list[:len(list)-1]
			}
		}
	}
	d.rims(a, -1)
	for i := 1; i < len(a.points); i++ {
		d.where.Remove(n, int32(a.left), int32(a.right), a.points[i-1], a.points[i])
	}
}

// rims adds an arc to the borders of the parts on its sides, or takes it off.
func (d *Draft) rims(a *arc, sign int64) {
	l, r := d.units[a.left].Part, d.units[a.right].Part
	if l == r && a.left != 0 && a.right != 0 {
		return
	}
	if a.left != 0 {
		d.parts[l].rim += sign * a.length
		d.loose[l] = a.left
	}
	if a.right != 0 {
		d.parts[r].rim += sign * a.length
		d.loose[r] = a.right
	}
	if a.left != 0 && a.right != 0 {
		d.cut += sign * a.length
	}
}

// other is what lies across an arc from a unit.
func (a *arc) other(u UnitID) UnitID {
	if a.left == u {
		return a.right
	}
	return a.left
}

// UnitAt is the unit grid that p is in; 0 outside. A point on a border belongs to
// the unit just east of it; where the border runs due east, to the one just north.
func (d *Draft) UnitAt(p orb.Point) UnitID {
	at, ok := planar.At(p)
	if !ok {
		return 0
	}
	return d.unitAt(at)
}

func (d *Draft) unitAt(p planar.Point) UnitID {
	u, _ := d.where.At(p)
	return UnitID(u)
}

// PartAt is the part that p is in, and whether it is in the city at all.
func (d *Draft) PartAt(p orb.Point) (PartID, bool) {
	u := d.UnitAt(p)
	return d.units[u].Part, u != 0
}

// Units calls yield with each unit grid, by id.
func (d *Draft) Units(yield func(UnitID) bool) {
	for id := 1; id < len(d.units); id++ {
		if d.units[id].Live && !yield(UnitID(id)) {
			return
		}
	}
}

// Len is how many unit grids there are.
func (d *Draft) Len() int { return d.live }

// PartOf is the part of a unit grid.
func (d *Draft) PartOf(id UnitID) PartID { return d.units[id].Part }

// Minutes is the work on a unit grid, in minutes a day.
func (d *Draft) Minutes(id UnitID) float64 { return float64(d.units[id].Work) / minute }

// AreaM2 is how large a unit grid is.
func (d *Draft) AreaM2(id UnitID) float64 { return float64(d.units[id].Area) / squareMetre }

// Code is a unit grid's code; "" until it is published.
func (d *Draft) Code(id UnitID) string { return d.units[id].Code }

// unit says whether there is a unit grid of that id.
func (d *Draft) has(id UnitID) error {
	if id <= 0 || int(id) >= len(d.units) || !d.units[id].Live {
		return fmt.Errorf("%w: %d", ErrNoUnit, id)
	}
	return nil
}

// hasPart says whether there is a part of that id.
func (d *Draft) hasPart(id PartID) error {
	if id <= 0 || int(id) >= len(d.parts) || !d.parts[id].live {
		return fmt.Errorf("%w: %d", ErrNoPart, id)
	}
	return nil
}
