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
	d.sum(id, -1)
	if u.painted() && u.Work == d.heaviest && (!is.painted() || is.Work != u.Work) {
		d.weighed = false
	}
	*u = *is
	if u.painted() {
		d.heaviest = max(d.heaviest, u.Work)
	}
	d.sum(id, 1)
	if moves {
		for _, n := range d.around[id] {
			d.rims(&d.arcs[n], 1)
		}
	}
}

func (u *unit) painted() bool { return u.Live && u.Part != 0 }

// sum adds a unit to its part, or takes it off.
func (d *Draft) sum(id UnitID, sign int64) {
	u := &d.units[id]
	if !u.Live {
		return
	}
	d.live += int(sign)
	p := &d.parts[u.Part]
	p.units += int(sign)
	p.work += sign * u.Work
	p.area += sign * u.Area
	if _, known := d.loose[u.Part]; !known {
		d.loose[u.Part] = id
	}
}

// count finds in how many pieces the parts are whose borders have changed.
func (d *Draft) count() {
	if len(d.loose) == 0 {
		return
	}
	delete(d.loose, 0)
	if d.seen == nil || len(d.seen) < len(d.units) {
		d.seen = make([]int32, len(d.units)+len(d.units)/8)
		d.look = 0
	}
	d.look++
	// Most are in one piece: all of it is reached from one of its units. The others
	// are counted in one pass over all units.
	for p, from := range d.loose {
		one := &d.parts[p]
		if one.units > 0 && from != 0 && d.units[from].Live && d.units[from].Part == p && d.seen[from] != d.look {
			if d.flood(from); len(d.queue) == one.units {
				one.pieces = 1
				delete(d.loose, p)
				continue
			}
			for _, u := range d.queue {
				d.seen[u] = 0
			}
		}
		if one.pieces = 0; one.units == 0 {
			delete(d.loose, p)
		}
	}
	if len(d.loose) == 0 {
		return
	}
	for id := 1; id < len(d.units); id++ {
		u := &d.units[id]
		if !u.Live || d.seen[id] == d.look {
			continue
		}
		if _, counts := d.loose[u.Part]; counts {
			d.parts[u.Part].pieces++
			d.flood(UnitID(id))
		}
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
