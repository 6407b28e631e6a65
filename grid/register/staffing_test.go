package register

import (
	"math/rand/v2"
	"testing"
	"time"

	"citygrid/grid"
	"citygrid/grid/people"
)

// 41 communities with 1-2-2 each: who is taken off the roster is missing where they
// worked, and nowhere else (Chun'an 2016).
func TestGapsInStaffing(t *testing.T) {
	from := time.Date(2030, 3, 1, 8, 0, 0, 0, time.UTC)
	var p grid.Plan
	var shifts []Shift
	person := people.ID(0)
	for i := range 41 {
		g := grid.Responsibility{ID: grid.GridID(i + 1), Team: grid.TeamID(i + 1), Staffing: &grid.Staffing{Liaison: 1, Officers: 2, Supervisors: 2}}
		for _, duty := range []Duty{LiaisonDuty, OfficerDuty, "", SupervisorDuty, SupervisorDuty} {
			person++
			for day := range 2 { // who works twice is one person
				start := from.AddDate(0, 0, day)
				shifts = append(shifts, Shift{Person: person, Team: g.Team, From: start, To: start.Add(8 * time.Hour), Duty: duty})
			}
			if g.Member == 0 {
				g.Member = int64(person)
			}
		}
		p.Grids = append(p.Grids, g)
	}
	p.Grids = append(p.Grids, grid.Responsibility{ID: 99, Team: 1}) // says nothing
	for _, m := range ManGrids(p, shifts, nil) {
		if m.Missing().Sum() != 0 || m.Have != m.Want {
			t.Fatalf("grid %d misses %+v", m.Grid, m.Missing())
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		gone := map[people.ID]bool{}
		for len(gone) < 3 {
			gone[people.ID(1+r.IntN(int(person)))] = true
		}
		want := map[grid.GridID]int{}
		for id := range gone {
			want[grid.GridID((id-1)/5+1)]++
		}
		all := ManGrids(p, shifts, func(id people.ID) bool { return !gone[id] })
		if len(all) != 41 {
			t.Fatalf("%d grids say how many they are to have, want 41", len(all))
		}
		for _, m := range all {
			if m.Missing().Sum() != want[m.Grid] {
				t.Fatalf("without %v grid %d misses %+v, want %d people", gone, m.Grid, m.Missing(), want[m.Grid])
			}
		}
	}
	// Two grids of one team share its people, none twice; whoever answers stays there.
	two := grid.Plan{Grids: []grid.Responsibility{
		{ID: 1, Team: 1, Staffing: &grid.Staffing{Officers: 2}}, {ID: 2, Team: 1, Member: 1, Staffing: &grid.Staffing{Officers: 2}},
	}}
	roster := []Shift{{Person: 1, Team: 1, From: from}, {Person: 2, Team: 1, From: from}, {Person: 3, Team: 1, From: from}, {Person: 4, Team: 2, From: from}}
	all := ManGrids(two, roster, nil)
	if all[0].Have.Officers != 2 || all[1].Have.Officers != 1 {
		t.Errorf("shared out as %+v", all)
	}
}
