package studio

// A Change is what an edit did to a draft: which arcs went and came, and what
// became of units and parts. It can be taken back.
type Change struct {
	ArcsOut []int32      `json:"arcs_out,omitempty"`
	ArcsIn  []int32      `json:"arcs_in,omitempty"`
	Units   []unitChange `json:"units,omitempty"`
	Parts   []partChange `json:"parts,omitempty"`
}

// unitChange is what a unit was and is.
type unitChange struct {
	ID      UnitID
	Was, Is unit
}

// partChange is what a part was and is; nil when it wasn't or isn't there.
type partChange struct {
	ID      PartID
	Was, Is *Part
}

// do makes a change.
func (d *Draft) do(c *Change) {
	for _, p := range c.Parts {
		if p.Is != nil {
			d.setPart(p.ID, p.Is)
		}
	}
	for _, n := range c.ArcsOut {
		d.takeArc(n)
	}
	for i := range c.Units {
		d.setUnit(c.Units[i].ID, &c.Units[i].Is)
	}
	for _, n := range c.ArcsIn {
		d.putArc(n)
	}
	for _, p := range c.Parts {
		if p.Is == nil {
			d.setPart(p.ID, nil)
		}
	}
}

// back takes a change back.
func (d *Draft) back(c *Change) {
	for _, p := range c.Parts {
		if p.Was != nil {
			d.setPart(p.ID, p.Was)
		}
	}
	for _, n := range c.ArcsIn {
		d.takeArc(n)
	}
	for i := len(c.Units) - 1; i >= 0; i-- {
		d.setUnit(c.Units[i].ID, &c.Units[i].Was)
	}
	for _, n := range c.ArcsOut {
		d.putArc(n)
	}
	for _, p := range c.Parts {
		if p.Was == nil {
			d.setPart(p.ID, nil)
		}
	}
}

func (d *Draft) setPart(id PartID, is *Part) {
	for int(id) >= len(d.parts) {
		d.parts = append(d.parts, part{})
	}
	p := &d.parts[id]
	if p.live = is != nil; is != nil {
		p.is = is.clone()
	}
}

func (d *Draft) setUnit(id UnitID, is *unit) {
	for int(id) >= len(d.units) {
		d.units = append(d.units, unit{})
		d.around = append(d.around, nil)
	}
	u := &d.units[id]
	moves := u.Live && is.Live && u.Part != is.Part
	if moves {
		for _, n := range d.around[id] {
			d.rims(&d.arcs[n], -1)
		}
	}
	d.sum(u, -1)
	*u = *is
	d.sum(u, 1)
	if moves {
		for _, n := range d.around[id] {
			d.rims(&d.arcs[n], 1)
		}
	}
}

// sum adds a unit to its part, or takes it off.
func (d *Draft) sum(u *unit, sign int64) {
	if !u.Live {
		return
	}
	d.live += int(sign)
	p := &d.parts[u.Part]
	p.units += int(sign)
	p.work += sign * u.Work
	p.area += sign * u.Area
	d.loose[u.Part] = true
}

// count finds in how many pieces the parts are whose borders have changed.
func (d *Draft) count() {
	if len(d.loose) == 0 {
		return
	}
	delete(d.loose, 0)
	for p := range d.loose {
		d.parts[p].pieces = 0
	}
	// A few parts of many are looked at from their own units; that asks for a list
	// of them, so all of it is one pass over the units.
	if d.seen == nil || len(d.seen) < len(d.units) {
		d.seen = make([]int32, len(d.units)+len(d.units)/8)
		d.look = 0
	}
	d.look++
	for id := 1; id < len(d.units); id++ {
		u := &d.units[id]
		if !u.Live || d.seen[id] == d.look || !d.loose[u.Part] {
			continue
		}
		d.parts[u.Part].pieces++
		d.flood(UnitID(id))
	}
	clear(d.loose)
}

// flood marks what hangs together with a unit in its part.
func (d *Draft) flood(from UnitID) {
	p := d.units[from].Part
	d.seen[from] = d.look
	d.queue = append(d.queue[:0], from)
	for at := 0; at < len(d.queue); at++ {
		id := d.queue[at]
		for _, n := range d.around[id] {
			other := d.arcs[n].other(id)
			if other != 0 && d.seen[other] != d.look && d.units[other].Part == p {
				d.seen[other] = d.look
				d.queue = append(d.queue, other)
			}
		}
	}
}
