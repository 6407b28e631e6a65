package register

import (
	"slices"

	"citygrid/grid"
	"citygrid/grid/people"
)

// Manned is how many people a grid is to have, and how many of the roster it has.
type Manned struct {
	Grid       grid.GridID
	Want, Have grid.Staffing
}

// Missing is what of the template nobody fills.
func (m Manned) Missing() grid.Staffing { return m.Want.Less(m.Have) }

// ManGrids shares the people of a roster out to the grids of a plan that say how many
// they are to have, in the plan's order: each person once, to a grid of the team that
// they work for, as what they work; whoever answers for a grid goes there first. there
// says who is still here; nil that all are.
func ManGrids(p grid.Plan, shifts []Shift, there func(people.ID) bool) []Manned {
	type free struct {
		person people.ID
		duty   Duty
	}
	of := map[grid.TeamID][]free{}
	seen := map[people.ID]bool{}
	ordered := slices.Clone(shifts)
	slices.SortStableFunc(ordered, func(a, b Shift) int { return a.From.Compare(b.From) })
	for _, s := range ordered {
		if seen[s.Person] || there != nil && !there(s.Person) {
			continue
		}
		seen[s.Person] = true
		duty := s.Duty
		if duty == "" {
			duty = OfficerDuty
		}
		of[s.Team] = append(of[s.Team], free{s.Person, duty})
	}
	var out []Manned
	for _, g := range p.Grids {
		if g.Staffing != nil {
			out = append(out, Manned{Grid: g.ID, Want: *g.Staffing})
		}
	}
	// fill gives a grid those of its team whom take chooses.
	fill := func(m *Manned, team grid.TeamID, take func(free) bool) {
		of[team] = slices.DeleteFunc(of[team], func(f free) bool {
			if !take(f) {
				return false
			}
			want, have := &m.Want.Officers, &m.Have.Officers
			switch f.duty {
			case LiaisonDuty:
				want, have = &m.Want.Liaison, &m.Have.Liaison
			case SupervisorDuty:
				want, have = &m.Want.Supervisors, &m.Have.Supervisors
			}
			if *have >= *want {
				return false
			}
			*have++
			return true
		})
	}
	for _, own := range []bool{true, false} {
		for i := range out {
			g, _ := p.Grid(out[i].Grid)
			fill(&out[i], g.Team, func(f free) bool { return !own || int64(f.person) == g.Member })
		}
	}
	return out
}
