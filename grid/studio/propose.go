package studio

import (
	"context"
	"fmt"
	"slices"

	"citygrid/geo"
	"citygrid/grid/balance"

	"github.com/paulmach/orb"
)

// A Proposal is one way to paint a draft.
type Proposal struct {
	Seed    uint64
	Painted []Paintwork
	Summary Summary
}

// Paintwork is a unit and the part that it is to have.
type Paintwork struct {
	Unit UnitID
	Part PartID
}

// Work is a draft's units as they were when it was asked for, for proposals: it
// can be searched while the draft goes on.
type Work struct {
	ids   []UnitID // of what may be painted
	units []balance.Unit
	was   []PartID
	next  PartID   // the first part that is new
	open  []PartID // parts that may be painted, by id
	fixed []int64  // work of the locked parts
}

// Work gathers the units that a proposal may paint: all but those of locked
// parts. ease says what a metre of border counts where; nil = all the same.
func (d *Draft) Work(ease func(orb.Point) float64) *Work {
	w := &Work{next: PartID(len(d.parts))}
	place := make([]int32, len(d.units))
	for id := 1; id < len(d.parts); id++ {
		if p := &d.parts[id]; p.live && p.is.Locked {
			w.fixed = append(w.fixed, p.work)
		} else if p.live {
			w.open = append(w.open, PartID(id))
		}
	}
	for id := range d.Units {
		if p := d.units[id].Part; p != 0 && d.parts[p].is.Locked {
			place[id] = -1
			continue
		}
		place[id] = int32(len(w.ids))
		w.ids, w.was = append(w.ids, id), append(w.was, d.units[id].Part)
	}
	if len(w.ids) == 0 {
		return w
	}
	low, high := d.low.Orb(), d.high.Orb()
	lonM, latM := geo.MetresPerDegree((low[1] + high[1]) / 2)
	for _, id := range w.ids {
		u := balance.Unit{Work: d.Minutes(id), AreaM2: max(d.AreaM2(id), 0.01)}
		middle := d.middle(id)
		u.X, u.Y = (middle[0]-low[0])*float64(lonM), (middle[1]-low[1])*float64(latM)
		for _, n := range d.around[id] {
			a := &d.arcs[n]
			o := a.other(id)
			if o == 0 || place[o] < 0 {
				continue
			}
			cost := float64(a.length) / metre
			if ease != nil {
				k := len(a.points) / 2
				p, q := a.points[k-1].Orb(), a.points[k].Orb()
				cost *= ease(orb.Point{(p[0] + q[0]) / 2, (p[1] + q[1]) / 2})
			}
			at := slices.IndexFunc(u.Beside, func(b balance.Beside) bool { return b.Unit == place[o] })
			if at < 0 {
				u.Beside = append(u.Beside, balance.Beside{Unit: place[o]})
				at = len(u.Beside) - 1
			}
			u.Beside[at].Cost += cost
		}
		w.units = append(w.units, u)
	}
	return w
}

// middle is about the middle of a unit: of the corners of its borders.
func (d *Draft) middle(id UnitID) orb.Point {
	rings, simple := d.rings(id)
	if !simple || len(rings) == 0 {
		return d.Inside(id)
	}
	outer := rings[0]
	for _, r := range rings {
		if len(r) > 2 && twiceArea(r) > 0 {
			outer = r
			break
		}
	}
	o, x, y, area := outer[0], 0.0, 0.0, 0.0
	for i, p := range outer {
		q := outer[(i+1)%len(outer)]
		px, py, qx, qy := float64(p.X-o.X), float64(p.Y-o.Y), float64(q.X-o.X), float64(q.Y-o.Y)
		c := px*qy - py*qx
		x, y, area = x+(px+qx)*c, y+(py+qy)*c, area+c
	}
	if area <= 0 {
		return d.Inside(id)
	}
	return orb.Point{o.Orb()[0] + x/area/3e9, o.Orb()[1] + y/area/3e9}
}

// Propose shares out the work to so many parts that are not locked. Parts that
// are there stay where they were most; those that are too few get new ids, from
// the first free one on, those that are too many no units.
//
// The errors are balance.ErrFewUnits and balance.ErrUnits.
func (w *Work) Propose(ctx context.Context, count int, o balance.Options) ([]Paintwork, error) {
	p, err := balance.Propose(ctx, w.units, count, o)
	if err != nil {
		return nil, fmt.Errorf("propose %d parts: %w", count, err)
	}
	name := w.names(p.Group, count)
	out := make([]Paintwork, len(w.ids))
	for i, id := range w.ids {
		out[i] = Paintwork{id, name[p.Group[i]]}
	}
	return out, nil
}

// names gives each group the part that has most of its work already, and others a
// new one.
func (w *Work) names(group []int32, count int) []PartID {
	type pair struct {
		group int32
		part  PartID
	}
	shared := map[pair]float64{}
	for i, g := range group {
		if w.was[i] != 0 {
			shared[pair{g, w.was[i]}] += w.units[i].AreaM2
		}
	}
	pairs := make([]pair, 0, len(shared))
	for p := range shared {
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		switch {
		case shared[a] > shared[b]:
			return -1
		case shared[a] < shared[b]:
			return 1
		case a.group != b.group:
			return int(a.group - b.group)
		}
		return int(a.part - b.part)
	})
	name, taken := make([]PartID, count), map[PartID]bool{}
	for _, p := range pairs {
		if name[p.group] == 0 && !taken[p.part] {
			name[p.group], taken[p.part] = p.part, true
		}
	}
	free := w.open
	next := w.next
	for g := range name {
		for name[g] == 0 && len(free) > 0 {
			if !taken[free[0]] {
				name[g] = free[0]
			}
			free = free[1:]
		}
		if name[g] == 0 {
			name[g] = next
			next++
		}
	}
	return name
}

// PaintEdits are the edits that make a proposal so: parts that are missing, and
// paint.
func (d *Draft) PaintEdits(painted []Paintwork) []Edit {
	by := map[PartID][]UnitID{}
	most := PartID(len(d.parts) - 1)
	for _, p := range painted {
		by[p.Part] = append(by[p.Part], p.Unit)
		most = max(most, p.Part)
	}
	var edits []Edit
	for id := PartID(len(d.parts)); id <= most; id++ {
		edits = append(edits, Edit{Op: NewPart, Name: map[string]string{"zh-CN": fmt.Sprintf("网格%d", id), "en": fmt.Sprintf("Grid %d", id)}})
	}
	for id := PartID(1); id <= most; id++ {
		if len(by[id]) > 0 {
			edits = append(edits, Edit{Op: Paint, Part: id, Units: by[id]})
		}
	}
	return edits
}

// AcceptEdits are PaintEdits, and merge parts that are left without units into the
// first one that has some, so that none is left over.
func (d *Draft) AcceptEdits(painted []Paintwork) []Edit {
	edits := d.PaintEdits(painted)
	has := map[PartID]bool{}
	for _, p := range painted {
		has[p.Part] = true
	}
	for id := 1; id < len(d.parts); id++ {
		if p := &d.parts[id]; p.live && !p.is.Locked && !has[PartID(id)] {
			edits = append(edits, Edit{Op: MergeParts, Parts: []PartID{painted[0].Part, PartID(id)}})
		}
	}
	return edits
}

// Preview is the summary that a draft would have after a proposal. The draft stays
// as it is.
func (d *Draft) Preview(painted []Paintwork) (Summary, error) {
	undo, redo, parts := d.undo, d.redo, len(d.parts)
	_, err := d.Apply(d.PaintEdits(painted), nil)
	if err != nil {
		return Summary{}, err
	}
	// Parts that the proposal leaves without units don't count: they are not in it.
	s := d.summary(true)
	_, err = d.Undo()
	d.parts = d.parts[:parts]
	d.undo, d.redo = undo, redo
	return s, err
}
