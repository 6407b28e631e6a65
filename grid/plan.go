package grid

import (
	"time"

	"github.com/paulmach/orb"
)

// A GridID names a responsibility grid for as long as the bureau exists: it
// stays with the ground's successor when a plan is edited. 0 is no grid.
type GridID int64

// A PlanID names a plan through all its versions. 0 is no plan.
type PlanID int64

// A TeamID names a team (班组), which package register describes. It lives here
// because grids say which team they belong to. 0 is no team.
type TeamID int64

// A Plan cuts the city's ground into responsibility grids (责任网格), so that each
// point of it has exactly one owner. It is a value: an edit makes a new one.
//
// Two grids never share ground, and there is no gap between them; Check says
// where a plan breaks that. Index answers whose a point is.
type Plan struct {
	ID      PlanID
	Version int64            // counts the changes of this plan, from 1
	From    time.Time        // who answers for what from this instant on
	Grids   []Responsibility // in the order of the file or the cut; ids are unique
}

// A Responsibility is one responsibility grid: a piece of ground and who answers
// for it.
type Responsibility struct {
	ID     GridID
	Code   string            // unique in its plan; "" until it is given
	Name   map[string]string // by language: zh-CN, en
	Team   TeamID            // 0 = no team yet
	Member int64             // the responsible member, a people.ID; 0 = nobody yet
	Tasks  []string          // what is done there: patrol, stalls, dogs ...

	Staffing *Staffing // how many people it is to have; nil = not said

	// Ground is what the grid covers. Outer rings run counter-clockwise, holes
	// clockwise, and every ring ends where it began, as in RFC 7946. Neighbours
	// share the vertices of their common border.
	Ground orb.MultiPolygon
}

// Grid gives the grid with this id, and whether there is one.
func (p Plan) Grid(id GridID) (Responsibility, bool) {
	for _, g := range p.Grids {
		if g.ID == id {
			return g, true
		}
	}
	return Responsibility{}, false
}
