package web

import (
	"context"
	"fmt"

	"citygrid/geo"
	"citygrid/grid"
	"citygrid/grid/people"
	"citygrid/grid/register"
	"citygrid/grid/studio"

	"github.com/paulmach/orb"
)

// A DraftEdit is one thing that a planner does. Which fields count is said by op.
type DraftEdit struct {
	Op       studio.Op  `json:"op" enum:"paint,split_unit,merge_units,split_part,merge_parts,move_vertex,new_part,rename,assign,lock"`
	Unit     int64      `json:"unit,omitempty" doc:"of split_unit"`
	Units    []int64    `json:"units,omitempty" nullable:"false" maxItems:"400000" doc:"of paint and merge_units"`
	Part     int64      `json:"part,omitempty" doc:"of paint (0: takes the paint off), split_part, rename, assign, lock"`
	Parts    []int64    `json:"parts,omitempty" nullable:"false" maxItems:"10000" doc:"of merge_parts; the first keeps its id"`
	Line     []Position `json:"line,omitempty" nullable:"false" maxItems:"1000" doc:"of split_unit and split_part"`
	Along    string     `json:"along,omitempty" enum:"line,streets" doc:"of split_part: cut unit grids along the line, or go along their borders near it, which follow streets"`
	From     *Position  `json:"from,omitempty" doc:"of move_vertex"`
	To       *Position  `json:"to,omitempty" doc:"of move_vertex"`
	Snap     bool       `json:"snap,omitempty" doc:"of move_vertex: to the street near it"`
	Name     Names      `json:"name,omitempty" doc:"of new_part and rename, by language"`
	Team     *int64     `json:"team,omitempty" nullable:"true" doc:"of assign; null: none"`
	Member   *int64     `json:"member,omitempty" nullable:"true" doc:"of assign: a person's id; null: nobody"`
	Tasks    []string   `json:"tasks,omitempty" nullable:"false" maxItems:"100" doc:"of assign"`
	Staffing *Staffing  `json:"staffing,omitempty" doc:"of assign"`
	Locked   bool       `json:"locked,omitempty" doc:"of lock"`
}

type editsInput struct {
	ID      int64  `path:"id" minimum:"1"`
	IfMatch string `header:"If-Match"`
	Body    struct {
		Edits []DraftEdit `json:"edits" nullable:"false" minItems:"1" maxItems:"1000"`
	}
}

// snapLimit is how far off a street a vertex may be that is to lie on it.
const snapLimit geo.Metres = 30

func (s *Server) editDraft(ctx context.Context, in *editsInput) (*draftChangeOutput, error) {
	w, err := s.view(ctx)
	if err != nil {
		return nil, err
	}
	edits := make([]studio.Edit, len(in.Body.Edits))
	var what []string
	for i, e := range in.Body.Edits {
		if edits[i], err = s.readEdit(w, fmt.Sprintf("body.edits[%d]", i), e); err != nil {
			return nil, err
		}
		if len(what) == 0 || what[len(what)-1] != string(e.Op) {
			what = append(what, string(e.Op))
		}
	}
	return s.stepDraft(ctx, in.ID, in.IfMatch, what[:min(len(what), 20)], func(d *studio.Draft) (studio.Kind, studio.Entry, error) {
		entry, err := d.Apply(edits, s.weigh())
		return studio.Edited, entry, err
	})
}

// weigh shares out the work of what is cut by the streets of the map, where there
// is one.
func (s *Server) weigh() studio.Weigh {
	m, err := s.served()
	if err != nil || m.Network == nil {
		return nil
	}
	return (&studio.City{Network: m.Network}).Weigh()
}

// readEdit takes an edit from the wire.
func (s *Server) readEdit(w *view, where string, e DraftEdit) (out studio.Edit, err error) {
	out = studio.Edit{
		Op: e.Op, Unit: studio.UnitID(within32(e.Unit)), Part: studio.PartID(within32(e.Part)), Along: e.Along,
		Name: e.Name, Team: orNone[grid.TeamID](e.Team), Member: orNone[int64](e.Member), Tasks: e.Tasks, Locked: e.Locked,
	}
	for _, u := range e.Units {
		out.Units = append(out.Units, studio.UnitID(within32(u)))
	}
	for _, p := range e.Parts {
		out.Parts = append(out.Parts, studio.PartID(within32(p)))
	}
	for _, p := range e.Line {
		out.Line = append(out.Line, orb.Point(p))
	}
	if e.Staffing != nil {
		staff := studio.Staffing(*e.Staffing)
		out.Staff = &staff
	}
	switch e.Op {
	case studio.MoveVertex:
		if e.From == nil || e.To == nil {
			return out, invalid("draft.edit", where, "move_vertex wants from and to")
		}
		out.From, out.To = orb.Point(*e.From), orb.Point(*e.To)
		if !onEarth(out.From) || !onEarth(out.To) {
			return out, invalid("draft.edit", where, "a position is not on earth")
		}
		if m, err := s.served(); e.Snap && err == nil {
			out.To, _ = (&studio.City{Network: m.Network}).Snap(out.To, snapLimit)
		}
	case studio.Assign:
		if _, err := w.teams.get(w.ctx, out.Team); out.Team != 0 && err != nil {
			return out, fmt.Errorf("%w: team %d", register.ErrNone, out.Team)
		}
		if _, err := w.people.get(w.ctx, people.ID(out.Member)); out.Member != 0 && err != nil {
			return out, fmt.Errorf("%w: person %d", register.ErrNone, out.Member)
		}
	}
	return out, nil
}

// within32 is an id that fits the draft's; what doesn't is none.
func within32(id int64) int64 {
	if id < 0 || id > 1<<31-1 {
		return -1
	}
	return id
}
