package studio

import "slices"

// Touched is what an entry left different on the map.
type Touched struct {
	Shapes       []UnitID // whose borders are new or may have changed
	Gone         []UnitID
	Painted      []UnitID // of the others, those whose part is another
	Parts        []PartID // whose units, work or words are different
	RemovedParts []PartID
}

// Touched says what became different with an entry that was just made, undone or
// made again.
func (d *Draft) Touched(e Entry) Touched {
	shapes, painted := map[UnitID]bool{}, map[UnitID]bool{}
	parts := map[PartID]bool{}
	for _, c := range e.Changes {
		for _, list := range [2][]int32{c.ArcsIn, c.ArcsOut} {
			for _, n := range list {
				shapes[d.arcs[n].left], shapes[d.arcs[n].right] = true, true
			}
		}
		for _, u := range c.Units {
			if u.Was.Live != u.Is.Live {
				shapes[u.ID] = true
			}
			painted[u.ID] = true
			parts[u.Was.Part], parts[u.Is.Part] = true, true
		}
		for _, p := range c.Parts {
			parts[p.ID] = true
		}
	}
	delete(shapes, 0)
	delete(parts, 0)
	var t Touched
	for u := range shapes {
		if d.units[u].Live {
			t.Shapes = append(t.Shapes, u)
			parts[d.units[u].Part] = true
		} else {
			t.Gone = append(t.Gone, u)
		}
	}
	for u := range painted {
		if !shapes[u] {
			t.Painted = append(t.Painted, u)
		}
	}
	delete(parts, 0)
	for p := range parts {
		if d.parts[p].live {
			t.Parts = append(t.Parts, p)
		} else {
			t.RemovedParts = append(t.RemovedParts, p)
		}
	}
	slices.Sort(t.Shapes)
	slices.Sort(t.Gone)
	slices.Sort(t.Painted)
	slices.Sort(t.Parts)
	slices.Sort(t.RemovedParts)
	return t
}
