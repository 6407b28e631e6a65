package studio

import (
	"errors"
	"fmt"
	"slices"

	"citygrid/grid"
)

// ErrUnpainted says that a plan would have gaps. Match with errors.Is.
var ErrUnpainted = errors.New("there are unit grids without a part, or parts without unit grids")

// A Publication is a draft that becomes a plan.
type Publication struct {
	Head     Head // in the version that was read, as it is to be
	Plan     grid.Plan
	FirstNew grid.GridID // grids from this id on are new
	Codes    []string    // of all unit grids
	Image    []byte      // of the draft with its codes
}

// Whole says whether each unit grid has a part and each part one: ErrUnpainted.
func (d *Draft) Whole() error {
	if d.parts[0].units > 0 {
		return fmt.Errorf("%w: %d unit grids", ErrUnpainted, d.parts[0].units)
	}
	n := 0
	for id := 1; id < len(d.parts); id++ {
		if d.parts[id].live && d.parts[id].units == 0 {
			return fmt.Errorf("%w: part %d", ErrUnpainted, id)
		}
		if d.parts[id].live {
			n++
		}
	}
	if n == 0 {
		return fmt.Errorf("%w: there are no parts", ErrUnpainted)
	}
	return nil
}

// Plan is the draft as a plan: each grid the union of its unit grids. Parts that go
// on from a grid keep its id, others get the ids from next on, and codes made of
// them. Both stay in the draft.
func (d *Draft) Plan(next grid.GridID) (grid.Plan, error) {
	if err := d.Whole(); err != nil {
		return grid.Plan{}, err
	}
	var p grid.Plan
	var ids []PartID
	codes := map[string]bool{}
	for _, s := range d.Parts() {
		codes[s.Code] = true
	}
	for _, s := range d.Parts() {
		is := &d.parts[s.ID].is
		if is.Grid == 0 {
			is.Grid = next
			next++
		}
		for n := 0; is.Code == ""; n++ {
			code := fmt.Sprintf("G%04d", is.Grid)
			if n > 0 {
				code = fmt.Sprintf("%s-%d", code, n)
			}
			if !codes[code] {
				is.Code, codes[code] = code, true
			}
		}
		ids = append(ids, s.ID)
		p.Grids = append(p.Grids, grid.Responsibility{ID: is.Grid, Code: is.Code, Name: s.Name, Team: s.Team, Member: s.Member, Tasks: s.Tasks, Staffing: s.Staffing})
	}
	for i, ground := range d.Grounds(ids) {
		p.Grids[i].Ground = ground
	}
	return p, nil
}

// GiveCodes gives each unit grid that has none a code, in rows from north to
// south, each from west to east. retired are codes of ground that is gone: who has
// one of these, in a draft of long ago, gets another. The codes that the draft has
// then come back by unit. The error is grid.ErrCode.
func (d *Draft) GiveCodes(c *grid.Coder, prefix string, retired func(code string) bool) ([]string, error) {
	var need []UnitID
	var all []string
	for id := range d.Units {
		if u := &d.units[id]; u.Code == "" || retired(u.Code) {
			u.Code = ""
			need = append(need, id)
		} else {
			all = append(all, u.Code)
		}
	}
	for _, id := range d.readingOrder(need) {
		code, err := c.Next(prefix)
		if err != nil {
			return nil, err
		}
		d.units[id].Code = code
		all = append(all, code)
	}
	return all, nil
}

// readingOrder sorts units into rows from north to south, each from west to east.
// A row is as high as a unit is wide, about.
func (d *Draft) readingOrder(units []UnitID) []UnitID {
	if len(units) == 0 {
		return nil
	}
	height := int64(0)
	type place struct {
		id  UnitID
		x   int64
		row int64
	}
	places := make([]place, len(units))
	for i, id := range units {
		low, high := d.box(id)
		height += high.Y - low.Y
		places[i] = place{id, (low.X + high.X) / 2, (low.Y + high.Y) / 2}
	}
	height = max(1, height/int64(len(units)))
	for i := range places {
		places[i].row = (d.high.Y - places[i].row) / height
	}
	slices.SortFunc(places, func(a, b place) int {
		switch {
		case a.row != b.row:
			return int(max(-1, min(1, a.row-b.row)))
		case a.x != b.x:
			return int(max(-1, min(1, a.x-b.x)))
		}
		return int(a.id - b.id)
	})
	out := make([]UnitID, len(places))
	for i, p := range places {
		out[i] = p.id
	}
	return out
}
