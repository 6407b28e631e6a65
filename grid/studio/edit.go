package studio

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"

	"citygrid/geo/planar"
	"citygrid/grid"

	"github.com/paulmach/orb"
)

// An Op says what an Edit does.
type Op string

// The operations of a planner.
const (
	Paint      Op = "paint"       // Units become Part's; 0 takes the paint off
	SplitUnit  Op = "split_unit"  // Unit is cut along Line
	MergeUnits Op = "merge_units" // Units become one, of the part of the first
	SplitPart  Op = "split_part"  // Part is cut along Line; the side with less work becomes a new part
	MergeParts Op = "merge_parts" // Parts become one, the first
	MoveVertex Op = "move_vertex" // what has a vertex at From has it at To
	NewPart    Op = "new_part"    // a part called Name, without units
	Rename     Op = "rename"      // Part is called Name
	Assign     Op = "assign"      // Part gets Team, Member, Tasks and Staffing
	Lock       Op = "lock"        // Part's units stay its own, while Locked
)

// What a part is cut along.
const (
	AlongLine    = "line"    // units too
	AlongBorders = "streets" // borders of units near the line, which follow streets; no unit is cut
)

// An Edit is one thing that a planner does, as a value.
type Edit struct {
	Op     Op
	Unit   UnitID
	Units  []UnitID
	Part   PartID
	Parts  []PartID
	Line   orb.LineString
	Along  string // of a split part; "" is AlongLine
	From   orb.Point
	To     orb.Point
	Name   map[string]string // by language: zh-CN, en
	Team   grid.TeamID
	Member int64
	Tasks  []string
	Staff  *Staffing
	Locked bool
}

// Limits of one edit.
const (
	MaxLine  = 1000 // positions
	maxTasks = 100
	maxText  = 200 // bytes of a name or task
)

// Weigh says how much work there is on some ground, in any unit: it shares out
// the work of units that are cut. nil goes by area.
type Weigh func(orb.MultiPolygon) float64

// An Entry is edits made in one go, and what they changed.
type Entry struct {
	Edits   []Edit
	Changes []Change
}

// keepUndo is how many entries can be taken back at most.
const keepUndo = 500

// Apply makes edits, all or none, as one entry of the history. After an error the
// draft is as it was.
func (d *Draft) Apply(edits []Edit, weigh Weigh) (Entry, error) {
	e := Entry{Edits: edits}
	before := [3]int{len(d.arcs), len(d.units), len(d.parts)}
	for i, edit := range edits {
		c, err := d.apply(edit, weigh)
		if err != nil {
			for j := len(e.Changes) - 1; j >= 0; j-- {
				d.back(&e.Changes[j])
			}
			d.arcs, d.units, d.around, d.parts = d.arcs[:before[0]], d.units[:before[1]], d.around[:before[1]], d.parts[:before[2]]
			d.count()
			return Entry{}, fmt.Errorf("edit %d, %s: %w", i, edit.Op, err)
		}
		e.Changes = append(e.Changes, c)
	}
	d.count()
	d.Note(e)
	return e, nil
}

// Note puts an entry that was made on the history, as Apply does.
func (d *Draft) Note(e Entry) {
	if len(d.undo) == keepUndo {
		d.undo = slices.Delete(d.undo, 0, 1)
	}
	d.undo, d.redo = append(d.undo, e), nil
}

// Undo takes the last entry back, Redo makes it again. The errors are ErrNoUndo
// and ErrNoRedo.
func (d *Draft) Undo() (Entry, error) {
	if len(d.undo) == 0 {
		return Entry{}, ErrNoUndo
	}
	e := d.undo[len(d.undo)-1]
	d.undo = d.undo[:len(d.undo)-1]
	for i := len(e.Changes) - 1; i >= 0; i-- {
		d.back(&e.Changes[i])
	}
	d.count()
	d.redo = append(d.redo, e)
	return e, nil
}

// Redo makes the entry again that was last taken back.
func (d *Draft) Redo() (Entry, error) {
	if len(d.redo) == 0 {
		return Entry{}, ErrNoRedo
	}
	e := d.redo[len(d.redo)-1]
	d.redo = d.redo[:len(d.redo)-1]
	for i := range e.Changes {
		d.do(&e.Changes[i])
	}
	d.count()
	d.undo = append(d.undo, e)
	return e, nil
}

// History is how many entries can be taken back, and made again.
func (d *Draft) History() (undo, redo int) { return len(d.undo), len(d.redo) }

// apply makes one edit.
func (d *Draft) apply(e Edit, weigh Weigh) (c Change, err error) {
	switch e.Op {
	case Paint:
		c, err = d.paint(e.Units, e.Part)
	case SplitUnit:
		c, err = d.splitUnit(e.Unit, e.Line, weigh)
	case MergeUnits:
		c, err = d.mergeUnits(e.Units)
	case SplitPart:
		return d.splitPart(e, weigh) // in two steps, and done
	case MergeParts:
		c, err = d.mergeParts(e.Parts)
	case MoveVertex:
		c, err = d.moveVertex(e.From, e.To)
	case NewPart:
		if err = checkName(e.Name); err == nil {
			c, err = d.newPart(Part{Name: e.Name})
		}
	case Rename:
		if err = checkName(e.Name); err == nil {
			c, err = d.changePart(e.Part, func(p *Part) { p.Name = maps.Clone(e.Name) })
		}
	case Assign:
		if err = e.checkAssign(); err == nil {
			c, err = d.changePart(e.Part, func(p *Part) {
				p.Team, p.Member, p.Tasks, p.Staffing = e.Team, e.Member, slices.Clone(e.Tasks), e.Staff
			})
		}
	case Lock:
		c, err = d.changePart(e.Part, func(p *Part) { p.Locked = e.Locked })
	default:
		err = fmt.Errorf("%w: %q is no operation", ErrEdit, string(e.Op))
	}
	if err == nil {
		d.do(&c)
	}
	return c, err
}

// open says whether units of a part may change.
func (d *Draft) open(p PartID) error {
	if p != 0 && d.parts[p].is.Locked {
		return fmt.Errorf("%w: %d", ErrLocked, p)
	}
	return nil
}

func (d *Draft) paint(units []UnitID, p PartID) (c Change, err error) {
	if p != 0 {
		if err := d.hasPart(p); err != nil {
			return c, err
		}
	}
	if err := d.open(p); err != nil {
		return c, err
	}
	seen := make(map[UnitID]bool, len(units))
	for _, id := range units {
		if err := d.has(id); err != nil {
			return c, err
		}
		was := d.units[id]
		if was.Part == p || seen[id] {
			continue
		}
		if err := d.open(was.Part); err != nil {
			return c, err
		}
		seen[id] = true
		is := was
		is.Part = p
		c.Units = append(c.Units, unitChange{id, was, is})
	}
	return c, nil
}

func (d *Draft) newPart(p Part) (c Change, err error) {
	if len(d.parts) > MaxParts {
		return c, fmt.Errorf("%w: %d parts, there can be no more", ErrEdit, MaxParts)
	}
	p.ID = PartID(len(d.parts))
	return Change{Parts: []partChange{{ID: p.ID, Is: &p}}}, nil
}

func (d *Draft) changePart(id PartID, f func(*Part)) (c Change, err error) {
	if err := d.hasPart(id); err != nil {
		return c, err
	}
	was, is := d.parts[id].is.clone(), d.parts[id].is.clone()
	f(&is)
	return Change{Parts: []partChange{{ID: id, Was: &was, Is: &is}}}, nil
}

func (d *Draft) mergeParts(parts []PartID) (c Change, err error) {
	if len(parts) < 2 {
		return c, fmt.Errorf("%w: %d parts, want two or more", ErrEdit, len(parts))
	}
	gone := map[PartID]bool{}
	for i, p := range parts {
		if err := d.hasPart(p); err != nil {
			return c, err
		}
		if err := d.open(p); err != nil {
			return c, err
		}
		if gone[p] || i > 0 && p == parts[0] {
			return c, fmt.Errorf("%w: part %d is there twice", ErrEdit, p)
		}
		if i > 0 {
			gone[p] = true
			was := d.parts[p].is.clone()
			c.Parts = append(c.Parts, partChange{ID: p, Was: &was})
		}
	}
	for id := range d.Units {
		if was := d.units[id]; gone[was.Part] {
			is := was
			is.Part = parts[0]
			c.Units = append(c.Units, unitChange{id, was, is})
		}
	}
	return c, nil
}

// mergeUnits makes one unit of several that hang together.
func (d *Draft) mergeUnits(units []UnitID) (c Change, err error) {
	if len(units) < 2 {
		return c, fmt.Errorf("%w: %d unit grids, want two or more", ErrEdit, len(units))
	}
	gone := map[UnitID]bool{}
	for _, id := range units {
		if err := d.has(id); err != nil {
			return c, err
		}
		if gone[id] {
			return c, fmt.Errorf("%w: unit grid %d is there twice", ErrEdit, id)
		}
		if err := d.open(d.units[id].Part); err != nil {
			return c, err
		}
		gone[id] = true
	}
	reached := []UnitID{units[0]}
	met := map[UnitID]bool{units[0]: true}
	for at := 0; at < len(reached); at++ {
		for _, n := range d.around[reached[at]] {
			if o := d.arcs[n].other(reached[at]); gone[o] && !met[o] {
				met[o] = true
				reached = append(reached, o)
			}
		}
	}
	if len(reached) < len(units) {
		return c, ErrApart
	}
	is := unit{Live: true, Part: d.units[units[0]].Part}
	id := UnitID(len(d.units))
	var out []int32
	for _, u := range units {
		was := d.units[u]
		is.Area, is.Work = is.Area+was.Area, is.Work+was.Work
		dead := was
		dead.Live = false
		c.Units = append(c.Units, unitChange{u, was, dead})
		out = append(out, d.around[u]...)
	}
	c.Units = append(c.Units, unitChange{ID: id, Is: is})
	slices.Sort(out)
	c.ArcsOut = slices.Compact(out)
	for _, n := range c.ArcsOut {
		a := d.arcs[n]
		if gone[a.left] && gone[a.right] {
			continue
		}
		if gone[a.left] {
			a.left = id
		} else {
			a.right = id
		}
		d.arcs = append(d.arcs, a)
		c.ArcsIn = append(c.ArcsIn, int32(len(d.arcs)-1))
	}
	return c, nil
}

// shareOut gives shares of a whole in proportion to weights, so that together
// they are the whole. Without any weight all get about the same.
func shareOut(whole int64, weights []float64) []int64 {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	out := make([]int64, len(weights))
	rest, most := whole, 0
	for i, w := range weights {
		part := 1 / float64(len(weights))
		if sum > 0 {
			part = w / sum
		}
		out[i] = int64(float64(whole) * part)
		rest -= out[i]
		if w > weights[most] {
			most = i
		}
	}
	out[most] += rest
	return out
}

// weights of pieces of ground.
func weights(grounds []orb.MultiPolygon, weigh Weigh) []float64 {
	out := make([]float64, len(grounds))
	sum := 0.0
	for i, g := range grounds {
		if weigh != nil {
			out[i] = max(0, weigh(g))
		}
		sum += out[i]
	}
	if sum > 0 {
		return out
	}
	for i, g := range grounds {
		out[i] = float64(areaOf(g))
	}
	return out
}

func checkName(names map[string]string) error {
	if len(names) == 0 || len(names) > 10 {
		return fmt.Errorf("%w: a name in %d languages: give zh-CN, en or both", ErrEdit, len(names))
	}
	for lang, name := range names {
		if why := cmp.Or(badText(lang), badText(name)); why != "" {
			return fmt.Errorf("%w: name: %s", ErrEdit, why)
		}
	}
	return nil
}

func (e *Edit) checkAssign() error {
	if e.Team < 0 || e.Member < 0 {
		return fmt.Errorf("%w: team %d, member %d: leave out what there is none of", ErrEdit, e.Team, e.Member)
	}
	if len(e.Tasks) > maxTasks {
		return fmt.Errorf("%w: %d tasks, %d is the most", ErrEdit, len(e.Tasks), maxTasks)
	}
	for _, t := range e.Tasks {
		if why := badText(t); why != "" {
			return fmt.Errorf("%w: task: %s", ErrEdit, why)
		}
	}
	if s := e.Staff; s != nil && !s.Fits() {
		return fmt.Errorf("%w: staffing: want 0 to %d people of each", ErrEdit, grid.MaxStaff)
	}
	return nil
}

func badText(s string) string {
	switch {
	case s == "":
		return "is empty"
	case len(s) > maxText:
		return fmt.Sprintf("%d bytes, %d is the most", len(s), maxText)
	case !utf8.ValidString(s):
		return "is no UTF-8"
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return "holds a character that cannot be printed"
		}
	}
	return ""
}

// lineOf takes a drawn line to whole positions.
func lineOf(line orb.LineString) ([]planar.Point, error) {
	if len(line) < 2 || len(line) > MaxLine {
		return nil, fmt.Errorf("%w: a line of %d positions, want 2 to %d", ErrEdit, len(line), MaxLine)
	}
	out := make([]planar.Point, 0, len(line))
	for _, p := range line {
		at, ok := planar.At(p)
		if !ok {
			return nil, fmt.Errorf("%w: %v is not on earth", ErrEdit, p)
		}
		if len(out) == 0 || out[len(out)-1] != at {
			out = append(out, at)
		}
	}
	if len(out) < 2 {
		return nil, fmt.Errorf("%w: the line has no length", ErrEdit)
	}
	return out, nil
}
